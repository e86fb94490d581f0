"""The Survey itself: what it says of its source, and what it refuses to hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from sample_round import change, load, make_project, parameters, round_data

from escp_analysis import metrics
from escp_analysis.loaders import Survey, load_round
from escp_analysis.loaders.survey import typed


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    return load(make_project(tmp_path_factory.mktemp("project")))


def test_the_source_line_says_what_the_round_is(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    line = (
        "Progress survey of the European Strategic Cluster Partnerships, round 2018-10 "
        "(29 October to 21 November 2018)"
    )
    assert load(project).source == line
    change(parameters(project), "collected", "synthetic")
    assert load(project).source == f"{line}, synthetic responses"


def test_which_bars_were_published(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    assert load(project).unpublished("barriers").empty
    assert load(project).notes("barriers") == ()
    change(parameters(project), "collected", "reconstructed")
    round_data(project, "published.csv").write_text(
        "question,option,strand,selected,lowest,highest,claims,note\n"
        "barriers,sme_engagement,1,3,3,3,F001;F002,\n"
        "barriers,sme_engagement,2,,1,4,,bounded\n"
        "barriers,policy_makers,1,0,0,0,F003,\n"
        "barriers,policy_makers,2,0,0,0,F003,\n"
        "barriers,other_escps,all,5,5,5,F004,the split is not published\n"
    )
    survey = load(project)
    bars = survey.unpublished("barriers")
    assert list(bars.columns) == ["option", "strand"]
    assert len(bars) == 8 * 3 - 3 - 2  # three bars published, and two totals with them
    pairs = set(bars.itertuples(index=False, name=None))
    assert ("sme_engagement", "2") in pairs
    assert ("sme_engagement", "1") not in pairs
    assert ("sme_engagement", "all") in pairs
    assert ("policy_makers", "all") not in pairs  # the sum of two published bars
    assert {("other_escps", "1"), ("other_escps", "2")} <= pairs
    assert ("other_escps", "all") not in pairs
    (note,) = survey.notes("barriers")
    assert "13 of the 16 bars" in note
    assert survey.source.endswith(", responses reconstructed from published statements")


def test_one_response_follows_another_as_in_the_file(survey: Survey) -> None:
    order = list(survey.responses["partnership"])
    for name in ("sections", "choices", "answers"):
        partnerships = getattr(survey, name)["partnership"]
        starts = partnerships[partnerships != partnerships.shift()]
        assert list(starts) == order


def test_a_survey_with_a_table_of_other_columns_is_refused(survey: Survey) -> None:
    with pytest.raises(ValueError, match=r"survey\.answers: columns"):
        changed(survey, answers=survey.answers.drop(columns="number"))


def test_a_survey_with_a_column_of_another_type_is_refused(survey: Survey) -> None:
    wrong = survey.answers.astype({"number": "object"})
    with pytest.raises(ValueError, match="column number is object, expected Float64"):
        changed(survey, answers=wrong)


def test_a_missing_value_where_none_may_be_is_refused() -> None:
    with pytest.raises(ValueError, match="NA"):
        typed("agreements", [{"partnership": "DIA", "strand": "1"}])


def changed(survey: Survey, **tables: pd.DataFrame) -> Survey:
    return replace(survey, **tables)


def test_what_is_counted_once_is_counted_anew_of_a_changed_survey() -> None:
    own = load_round("2018-10")
    before = metrics.values(own)
    before.loc[:, "unit"] = "spoiled"
    assert "spoiled" not in set(metrics.values(own)["unit"])
    without = changed(own, agreements=own.agreements.iloc[:0])
    counts = [metrics.values(it).set_index("name")["count"] for it in (own, without)]
    name = "agreements.all.all.agreements"
    assert [int(count[name]) for count in counts] == [len(own.agreements), 0]
