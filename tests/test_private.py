"""An address or a telephone number in a comment stops a round until somebody decides on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample_round import cell, decide, faults, load, make_project

from escp_analysis.loaders.private import MASKED
from escp_analysis.loaders.typed_words import PRIVATE

COLUMN = "BAR_SQ002comment"
NORDLYS = "3"


@pytest.mark.parametrize(
    "text",
    [
        "ask jo.doe@example.org for it",
        "<jo@mail.example.org>",
        "+351 226 076 400",
        "0049 30 1234567",
        "(030) 123 45 67 8",
        "on 01/06/2019 call 030 1234567 8",
    ],
)
def test_an_address_or_a_number_is_seen(text: str) -> None:
    assert PRIVATE.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "2018-11-05",
        "01/06/2019",
        "14-16/05/2019",
        "14/05/2019-16/05/2019",
        "the programme of 2014-2020",
        "12,000,000 EUR",
        "@ the Example fair",
        "1 200 000 EUR",
        "COS-CLUSINT-2016-03-01",
    ],
)
def test_a_date_an_amount_or_a_span_is_none(text: str) -> None:
    assert not PRIVATE.search(text)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a round of which a comment holds an address."""
    project = make_project(tmp_path)
    cell(project, NORDLYS, COLUMN, "ask jo@mail.example.net, or 030 1234567 8, about it")
    return project


def comment(project: Path) -> str:
    rows = load(project).choices.set_index(["partnership", "question", "option"])
    return str(rows.loc[("NORDLYS-4i", "barriers", "other_escps"), "comment"])


def test_it_stops_the_round_with_the_row_to_write_and_is_not_repeated(project: Path) -> None:
    (fault,) = faults(project)
    assert fault.startswith("a comment holds an e-mail address or a telephone number\n")
    assert f"column {COLUMN}" in fault
    assert "response NORDLYS-4i, question barriers.comment, raw_text other_escps" in fault
    assert "action mask (it is printed as […]) or set aside (the comment is left out)" in fault
    assert "jo@" not in fault and "1234567" not in fault


def test_a_masked_comment_keeps_its_other_words(project: Path) -> None:
    decide(project, "NORDLYS-4i,barriers.comment,other_escps,mask,")
    assert comment(project) == f"ask {MASKED}, or {MASKED}, about it"


def test_a_comment_set_aside_is_not_there(project: Path) -> None:
    decide(project, "NORDLYS-4i,barriers.comment,other_escps,set aside,")
    rows = load(project).choices
    own = rows.loc[(rows["partnership"] == "NORDLYS-4i") & (rows["option"] == "other_escps")]
    assert own["comment"].isna().all()
    assert own["selected"].all()


def test_a_decision_on_another_comment_lets_nothing_through(project: Path) -> None:
    decide(project, "NORDLYS-4i,barriers.comment,sme_engagement,mask,")
    assert len(faults(project)) == 1


def test_a_decision_on_no_comment_is_told_as_stale(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    decide(project, "NORDLYS-4i,barriers.comment,policy_makers,mask,")
    findings = load(project).findings
    assert list(findings.loc[findings["code"] == "stale-decision", "file"]) == ["recodes.csv"]


def test_an_unknown_option_is_refused_with_the_nearest(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    decide(project, "NORDLYS-4i,barriers.comment,other_escp,mask,")
    (fault,) = faults(project)
    assert "'other_escp' is no option" in fault
    assert "where:    recodes.csv, row 2, column raw_text" in fault
    assert "did you mean 'other_escps'?" in fault


def test_an_address_in_another_text_is_masked_and_told(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    cell(project, NORDLYS, "SMEDESC1", "Ask jo@mail.example.net or +351 226 076 400 first")
    survey = load(project)
    assert "Ask […] or […] first" in set(survey.sme_examples["description"])
    findings = survey.findings
    told = findings.loc[findings["code"] == "personal-data"]
    assert list(told["severity"]) == ["doubt"]
    assert list(told["column"]) == ["SMEDESC1"]
