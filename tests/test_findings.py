"""What is doubtful or worth knowing about a round's answers, and stops nothing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from sample_round import (
    SECOND,
    cell,
    change,
    keep_responses,
    load,
    make_project,
    parameters,
    responses_file,
    round_data,
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path)


def findings(project: Path) -> pd.DataFrame:
    return load(project).findings


def found(project: Path, code: str) -> pd.Series:
    rows = findings(project)
    rows = rows.loc[rows["code"] == code]
    assert len(rows) == 1, rows
    return rows.iloc[0]


def test_a_row_in_which_nothing_was_sent_is_left_out_and_noted(project: Path) -> None:
    finding = found(project, "nothing-sent")  # r13 opened the form and left
    assert finding["severity"] == "note"
    assert finding["row"] == 15
    assert "nothing was sent" in finding["what"]


def test_a_comment_without_its_tick(tmp_path: Path) -> None:
    project = make_project(tmp_path, keys=SECOND)
    finding = found(project, "comment-without-tick")  # r26, through the interface
    assert finding["severity"] == "doubt"
    assert (finding["column"], finding["question"]) == ("ACT_SQ003comment", "activities")
    assert (finding["partnership"], finding["row"]) == ("Hypothetica", 11)
    assert "comment without a tick" not in finding["what"]
    choices = load(project).choices
    row = choices.loc[choices["comment"] == "comment without a tick"].iloc[0]
    assert not row["selected"]


def test_a_comment_on_other_without_its_text(project: Path) -> None:
    row = cell(project, "4", "BAR_othercomment", "secret")
    finding = found(project, "comment-without-tick")
    assert (finding["row"], finding["column"]) == (row, "BAR_othercomment")
    assert "secret" not in finding.to_string()


def test_more_agreements_claimed_than_described(project: Path) -> None:
    rows = findings(project)
    claims = rows.loc[rows["code"] == "claimed-agreements"].set_index("partnership")
    assert claims.loc["Ágora<Lab>", "what"] == "7 agreements are claimed and 5 described"
    assert claims.loc["SampleWave", "what"] == "2 agreements are claimed and 1 described"
    assert len(claims) == 2
    assert set(claims["severity"]) == {"doubt"}


def test_a_case_left_blank_is_no_agreement(project: Path) -> None:
    for part in ("CTYPE5", "CTYPE5_other", "CORG5_SQ001", "CORG5_SQ002", "CORG5_SQ003", "COBJ5"):
        cell(project, "2", part, "")
    survey = load(project)
    cases = survey.agreements.loc[survey.agreements["partnership"] == "DemoPack²", "case"]
    assert list(cases) == [1, 2, 3, 4]
    doubts = survey.findings.loc[survey.findings["partnership"] == "DemoPack²", "what"]
    assert list(doubts) == ["5 agreements are claimed and 4 described"]


@pytest.mark.parametrize("text", ["SME mentoring", "  sme  Mentoring."])
def test_a_text_under_other_that_is_an_option(project: Path, text: str) -> None:
    row = cell(project, "4", "ACT_other", text)
    finding = found(project, "other-is-listed")
    assert (finding["row"], finding["column"]) == (row, "ACT_other")
    choices = load(project).choices
    other = choices.loc[(choices["question"] == "activities") & (choices["option"] == "other")]
    assert other.set_index("partnership").loc["BløtGrid", "selected"]


def test_an_answer_on_a_page_after_the_last_one(project: Path) -> None:
    row = cell(project, "13", "lastpage", "2")  # r10 sent A, B and C
    finding = found(project, "beyond-last-page")
    assert (finding["severity"], finding["row"], finding["column"]) == ("note", row, "BAR_SQ001")
    sections = load(project).sections
    reached = sections.loc[sections["partnership"] == "Σ-Photon"].set_index("section")["reached"]
    assert list(reached[reached].index) == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("date", "doubted"),
    [
        ("2018-10-28 23:59:59", True),
        ("2018-10-29 00:00:00", False),
        ("2018-11-21 23:59:59", False),
        ("2018-11-22 00:00:00", True),
    ],
)
def test_a_response_submitted_outside_the_fieldwork(
    project: Path, date: str, doubted: bool
) -> None:
    row = cell(project, "2", "submitdate", date)
    rows = findings(project)
    outside = rows.loc[rows["code"] == "outside-fieldwork"]
    assert list(outside["row"]) == ([row] if doubted else [])


def test_a_complete_response_without_a_section(tmp_path: Path) -> None:
    rows = findings(make_project(tmp_path, keys=SECOND))
    lacking = rows.loc[rows["code"] == "complete-without-section"]
    assert list(lacking["partnership"]) == ["Hypothetica", "Hypothetica"]
    assert "section C was not reached" in lacking.iloc[0]["what"]
    assert "section F was not reached" in lacking.iloc[1]["what"]


def test_a_conditional_answer_alone_does_not_make_a_section_reached(project: Path) -> None:
    row = cell(project, "13", "SMEINVTXT", "secret")  # r10 sent A, B and C
    finding = found(project, "answer-in-unreached-section")
    assert (finding["severity"], finding["row"]) == ("doubt", row)
    assert finding["what"] == "section H was not reached and an answer stands in it"
    sections = load(project).sections
    reached = sections.loc[sections["partnership"] == "Σ-Photon"].set_index("section")["reached"]
    assert list(reached[reached].index) == ["A", "B", "C"]


def test_a_question_that_was_sent_in_part(tmp_path: Path) -> None:
    finding = found(make_project(tmp_path, keys=SECOND), "partly-sent")
    assert (finding["severity"], finding["question"]) == ("note", "activities")


def test_an_option_the_form_lacks(project: Path) -> None:
    finding = found(project, "missing-option")
    assert finding["what"] == "the form lacks the option 'Other'"
    assert finding["question"] == "collaborations"


def test_a_wording_that_was_changed(project: Path) -> None:
    change(
        round_data(project, "structure.lss"),
        "Do you use the ESCP-4i forum on the ECCP?",
        "Do you like the forum?",
    )
    finding = found(project, "changed-wording")
    assert "'Do you like the forum?'" in finding["what"]
    assert (finding["column"], finding["question"]) == ("FORUM", "forum_use")


def test_a_question_nobody_reads_and_a_question_nobody_asks(project: Path) -> None:
    change(parameters(project), "  FORUM: forum_use\n", "")
    assert found(project, "unread-question")["column"] == "FORUM"
    assert found(project, "unasked-question")["question"] == "forum_use"


def test_a_column_nobody_knows_is_not_read(project: Path) -> None:
    path = responses_file(project)
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    more = ["Phone\t", "PHONE\t", *["secret 555"] * (len(lines) - 2)]
    ends = [line.rstrip("\t") if at < 2 else line for at, line in enumerate(lines)]
    joined = [f"{line}\t{cell}" for line, cell in zip(ends, more, strict=True)]
    path.write_text("\n".join([*joined, ""]), encoding="utf-8", newline="")
    finding = found(project, "unknown-column")
    assert finding["column"] == "PHONE"
    survey = load(project)
    tables = [survey.choices, survey.answers, survey.findings, survey.events]
    assert "secret 555" not in "".join(table.to_csv() for table in tables)


def test_an_export_of_nobody(project: Path) -> None:
    keep_responses(project, ())
    assert set(findings(project)["code"]) == {"missing-option"}
