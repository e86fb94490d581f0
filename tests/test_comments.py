"""Comments are counted beside options that are ticked; their words need a permission."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from drawn_survey import first_round, refusal, survey

from escp_analysis import digest, metrics, narrative
from escp_analysis.loaders.survey import Survey

ROWS = (
    ("Alpha", "1", "sme_engagement", True, "no time"),
    ("Alpha", "1", "policy_makers", True, None),
    ("beta", "1", "sme_engagement", True, "None"),
    ("beta", "1", "policy_makers", False, "said beside a box left blank"),
    ("Gamma", "2", "sme_engagement", True, None),
    ("Gamma", "2", "policy_makers", True, "far away"),
    ("Delta", "2", "sme_engagement", False, None),
    ("Delta", "2", "policy_makers", False, None),
    ("Alpha", "1", "other", False, None),
)


def box(
    partnership: str,
    strand: str,
    option: str,
    selected: bool,
    comment: str | None,
    question: str = "barriers",
) -> dict[str, Any]:
    return {
        "partnership": partnership,
        "strand": strand,
        "question": question,
        "option": option,
        "reached": True,
        "selected": selected,
        "comment": comment,
    }


def drawn(**tables: Any) -> Survey:
    names = ("Alpha", "beta", "Gamma", "Delta")
    return survey(names, choices=[box(*row) for row in ROWS], **tables)


def reconstructed(drawn_survey: Survey) -> Survey:
    known = vars(drawn_survey.round) | {"provenance": "reconstructed"}
    round_: Any = SimpleNamespace(**known)
    return replace(drawn_survey, round=round_)


def test_comments_stand_by_option_and_strand_and_unticked_ones_do_not_count() -> None:
    table = metrics.comments(drawn())
    assert list(table.columns) == [
        "question", "option", "label", "strand", "partnership", "comment",
    ]  # fmt: skip
    assert list(table[["option", "partnership", "comment"]].itertuples(index=False, name=None)) == [
        ("policy_makers", "Gamma", "far away"),
        ("sme_engagement", "Alpha", "no time"),
        ("sme_engagement", "beta", "None"),
    ]
    assert table["label"].iloc[0] == "Engagement of regional policy makers"


def test_the_rate_is_comments_out_of_ticks_and_missing_where_nobody_ticked() -> None:
    table = metrics.comment_rates(drawn(), "barriers").set_index(["option", "strand"])
    counts = {
        key: (row["selected"], row["commented"], row["rate"])
        for key, row in table[["selected", "commented", "rate"]].iterrows()
    }
    assert counts[("sme_engagement", "all")] == (3, 2, 2 / 3)
    assert counts[("sme_engagement", "1")] == (2, 2, 1.0)
    assert counts[("sme_engagement", "2")] == (1, 0, 0.0)
    assert counts[("policy_makers", "1")] == (1, 0, 0.0)
    assert counts[("other", "all")][:2] == (0, 0)
    assert pd.isna(counts[("other", "all")][2])


def test_a_question_without_comments_is_refused() -> None:
    (fault,) = refusal(lambda: metrics.comments(drawn(), "collaborations"))
    assert fault.startswith("collaborations is no question with comments")
    assert "expected: one of activities, barriers, cluster_results, sme_results" in fault


def test_words_need_a_row_that_names_who_permitted_it() -> None:
    row = {"question": "barriers", "option": "sme_engagement", "date": "2018-12-01"}
    given = [
        row | {"response": "Alpha", "permitted_by": "a letter"},
        row | {"response": "beta", "permitted_by": ""},
    ]
    table = metrics.permitted_comments(drawn(permissions=given))
    assert list(table["comment"]) == ["no time"]
    assert metrics.permitted_comments(drawn()).empty


def test_named_values_hold_the_rates() -> None:
    values = metrics.values(drawn()).set_index("name")
    row = values.loc["comments.barriers.sme_engagement.rate.all"]
    assert (row["count"], row["base"]) == (2, 3)


class TestReconstructed:
    """A round of which only a few comments were ever printed."""

    def test_nothing_is_counted(self) -> None:
        round_ = reconstructed(drawn())
        assert metrics.comment_rates(round_).empty
        named = metrics.values(round_)
        about = named.loc[named["name"].str.startswith("comments."), ["name", "count"]]
        assert about.to_numpy().tolist() == [["comments.written", 3]]
        assert len(metrics.comments(round_)) == 3

    def test_the_sentence_says_why_and_how_many_are_there(self) -> None:
        told = narrative.comments(metrics.comment_totals(reconstructed(drawn()))).text
        assert told.startswith(
            "The comments of this round were not published, but for 3 that a published report "
            "repeats; they are not counted."
        )

    def test_the_first_round_shows_no_table(self) -> None:
        names = set(metrics.result_tables(first_round()))
        assert not {"comments", "comment_rates", "code_counts", "places_named"} & names


def shown(round_: Survey) -> str:
    return digest.question(
        metrics.comment_rates(round_, "barriers"),
        metrics.code_counts(round_, "barriers"),
        metrics.permitted_comments(round_, "barriers"),
        title="Barriers",
        name="barriers",
        source="a source",
    ).text


def test_the_digest_prints_counts_before_shares_and_a_dash_for_nobody() -> None:
    lines = shown(drawn()).splitlines()
    assert (
        "Engagement of SMEs in project activities | 2 of 3 (67\u202f%) | 2 of 2 (100\u202f%) | "
        "0 of 1 (0\u202f%)" in lines
    )
    assert "Other | – | – | –" in lines
    assert lines[0] == (
        "**Barriers.** The option with most comments is *Engagement of SMEs in project activities* "
        "(2 of 3, 67\u202f%)."
    )


def test_the_digest_does_not_print_the_words() -> None:
    assert not any(words in shown(drawn()) for words in ("no time", "far away"))


@pytest.mark.parametrize("hostile", ["<script>x</script> {{ 1 }}", "=SUM(A1) | *b*", "x" * 50_000])
def test_a_permitted_comment_is_printed_as_written_and_escaped(hostile: str) -> None:
    row = {"response": "Alpha", "question": "barriers", "option": "sme_engagement"}
    choices = [box("Alpha", "1", "sme_engagement", True, hostile)]
    round_ = survey(
        ["Alpha"], choices=choices, permissions=[row | {"permitted_by": "a letter", "date": "x"}]
    )
    exhibit = digest.question(
        metrics.comment_rates(round_, "barriers"),
        metrics.code_counts(round_, "barriers"),
        metrics.permitted_comments(round_, "barriers"),
        title="Barriers",
        name="barriers",
        source="a source",
    )
    assert hostile in exhibit.text
    assert "<script>" not in exhibit.html


def test_how_many_ticks_have_a_comment_is_said() -> None:
    told = narrative.comments(metrics.comment_totals(drawn())).text
    assert told == "3 of 5 ticks (60\u202f%) have a comment beside them."
    silent = survey(["Alpha"], choices=[box("Alpha", "1", "sme_engagement", True, None)])
    told = narrative.comments(metrics.comment_totals(silent)).text
    assert told == "No partnership commented on an option it ticked."
