"""What is doubtful or worth knowing about a round's answers, and stops nothing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from sample_round import (
    FIRST,
    SECOND,
    TRUTH,
    cell,
    change,
    decide,
    faults,
    keep_responses,
    load,
    make_project,
    parameters,
    responses_file,
    round_data,
    told,
)

from escp_analysis.errors import RoundError


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path)


def findings(project: Path) -> pd.DataFrame:
    return load(project).findings


def found(project: Path, code: str, **where: str) -> pd.Series:
    rows = findings(project)
    rows = rows.loc[rows["code"] == code]
    for column, wanted in where.items():
        rows = rows.loc[rows[column] == wanted]
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
    of_it = survey.findings.loc[survey.findings["partnership"] == "DemoPack²"]
    doubts = of_it.loc[of_it["severity"] == "doubt", "what"]
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


class TestTicksWithoutComment:
    def test_are_one_note_per_response_and_question(self, project: Path) -> None:
        rows = findings(project)
        rows = rows.loc[rows["code"] == "tick-without-comment"]
        told = rows.loc[(rows["partnership"] == "NORDLYS-4i") & (rows["question"] == "activities")]
        (one,) = told.to_dict("records")  # by truth.json, r02 left SQ001 of ACT without comment
        assert (one["severity"], one["row"], one["column"]) == ("note", 4, "ACT_SQ001")
        assert one["what"] == (
            "1 selected option has no comment, which the question asks for; the selection counts"
        )

    def test_are_as_many_as_the_respondents_left(self, project: Path) -> None:
        expected = 0
        for key in FIRST:
            for code in ("ACT", "BAR", "RESCL", "RESSME", "DIALESCP"):
                answer = told(key)["questions"][code]
                lacking = set(answer.get("ticked", ())) - set(answer.get("comments", {}))
                other = answer.get("other") and not answer.get("other_comment")
                expected += len(lacking) + bool(other)
        rows = findings(project)
        rows = rows.loc[rows["code"] == "tick-without-comment", "what"]
        assert rows.str.extract(r"^(\d+)")[0].astype(int).sum() == expected

    def test_are_a_doubt_where_the_table_needs_the_purpose(self, tmp_path: Path) -> None:
        rows = findings(make_project(tmp_path, keys=("r25",)))  # ticked all, described none
        rows = rows.loc[(rows["code"] == "tick-without-comment") & (rows["severity"] == "doubt")]
        assert set(rows["question"]) == {"collaborations"}
        assert "a contact without a purpose is not shown" in rows.iloc[0]["what"]

    def test_are_nothing_in_a_reconstructed_round(self, project: Path) -> None:
        change(parameters(project), "collected", "reconstructed")
        round_data(project, "published.csv").write_text(
            "question,option,strand,selected,lowest,highest,claims,note\n", encoding="utf-8"
        )
        assert "tick-without-comment" not in set(findings(project)["code"])


@pytest.mark.parametrize("text", ["none", "N/A", "-", "Keine", "nothing to add.", "Nessuno"])
def test_a_text_under_other_that_says_none(project: Path, text: str) -> None:
    row = cell(project, "4", "RESCL_other", text)
    finding = found(project, "other-means-none", question="cluster_results")
    assert (finding["severity"], finding["row"]) == ("doubt", row)
    assert finding["column"] == "RESCL_other"
    assert finding["do"] == (
        "ask the partnership, or decide in recodes.csv: question cluster_results.other, "
        "the text as raw_text"
    )


def test_a_text_under_other_of_a_block(project: Path) -> None:
    row = cell(project, "3", "CTYPE1_other", "university.")
    finding = found(project, "other-is-listed")
    assert (finding["row"], finding["question"]) == (row, "agreements")
    assert "question agreements.organisation_type.other" in finding["do"]


@pytest.mark.parametrize(("text", "doubted"), [("-3", True), ("2.5", True), ("0", False)])
def test_a_count_that_is_none(project: Path, text: str, doubted: bool) -> None:
    row = cell(project, "4", "NSMECOOP", text)
    rows = findings(project)
    rows = rows.loc[(rows["code"] == "odd-number") & (rows["row"] == row)]
    assert len(rows) == doubted
    if doubted:
        assert rows.iloc[0]["question"] == "sme_agreement_count"
        assert "the question asks how many" in rows.iloc[0]["what"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("30-31 June 2019", "names a day that does not exist"),
        ("2019-02-29", "names a day that does not exist"),
        ("14 May 2018", "lies before the survey, which asks for plans"),
        ("October 2017", "lies before the survey, which asks for plans"),
        ("June 2091", "lies more than 2 years ahead"),
    ],
)
def test_a_date_of_an_event_that_cannot_be(project: Path, text: str, what: str) -> None:
    row = cell(project, "4", "EVOUT_SQ002_DATE", text)
    finding = found(project, "impossible-date")
    assert (finding["severity"], finding["row"]) == ("doubt", row)
    assert (finding["column"], finding["question"]) == ("EVOUT_SQ002_DATE", "events_beyond")
    assert finding["what"] == f"the date of the event {what}"
    assert text not in finding.to_string()


@pytest.mark.parametrize("text", ["tbc", "October 2018", "05/11/2018", "2018", "November 2020"])
def test_a_date_of_an_event_that_may_be(project: Path, text: str) -> None:
    cell(project, "4", "EVOUT_SQ002_DATE", text)
    assert "impossible-date" not in set(findings(project)["code"])


class TestTestRows:
    @pytest.mark.parametrize("column", ["ACT_other", "ACT_SQ001comment", "EVEU_SQ001_NAME"])
    def test_a_text_that_is_nothing_but_test(self, project: Path, column: str) -> None:
        row = cell(project, "4", column, "This is a TEST")
        finding = found(project, "test-row")
        assert (finding["severity"], finding["row"]) == ("doubt", row)
        assert finding["what"] == (
            "the response looks like a test: it holds a text that says so; it counts"
        )
        assert "question response, its id as raw_text, action set aside" in finding["do"]
        assert "4" in set(load(project).responses["response"])

    def test_before_the_opening(self, project: Path) -> None:
        cell(project, "4", "ACT_other", "test")
        cell(project, "4", "submitdate", "2018-10-26 09:00:00")
        finding = found(project, "test-row")
        assert "says so and was submitted before the opening; it counts" in finding["what"]

    def test_a_name_that_begins_with_test_is_none(self, project: Path) -> None:
        assert "TESTA" in "".join(load(project).responses["partnership"])
        cell(project, "4", "ACT_other", "Test beds for members")
        assert "test-row" not in set(findings(project)["code"])


class TestStrands:
    def test_a_strand_that_is_not_the_registrys(self, project: Path) -> None:
        path = project / "data/registry/partnerships.csv"
        header, *lines = path.read_text(encoding="utf-8").split("\n")
        at = header.split(",").index("strand")
        answered = load(project).responses.set_index("partnership")["strand"]["SampleWave"]
        registered = "2" if answered == "1" else "1"
        for number, line in enumerate(lines):
            if line.startswith("SampleWave,"):
                cells = line.split(",")
                cells[at] = registered
                lines[number] = ",".join(cells)
        path.write_text("\n".join([header, *lines]), encoding="utf-8", newline="")
        finding = found(project, "strand-disagrees")
        assert (finding["severity"], finding["partnership"]) == ("doubt", "SampleWave")
        assert (finding["row"], finding["column"]) == (14, "STRAND")
        assert finding["what"] == (
            f"the registry has strand {registered} and the answer is another; the answer counts"
        )


def test_doubts_are_told_beside_what_stops(project: Path) -> None:
    cell(project, "2", "NCOOP", "many")
    with pytest.raises(RoundError) as caught:
        load(project)
    assert [fault.what for fault in caught.value.faults] == ["the value is not legal here"]
    codes = {finding["code"] for finding in caught.value.findings}
    assert {"claimed-agreements", "nothing-sent", "missing-option"} <= codes


def test_a_file_that_is_not_understood_makes_no_doubts_of_answers(project: Path) -> None:
    decide(project, ",response,2,set aside,")
    change(responses_file(project), "\tACT_SQ001\t", "\tACT_SQ01\t")
    assert len(faults(project)) == 1
    with pytest.raises(RoundError) as caught:
        load(project)
    codes = {finding["code"] for finding in caught.value.findings}
    assert codes <= {"missing-option", "nothing-sent", "unknown-column"}


def test_no_finding_repeats_what_somebody_typed(tmp_path: Path) -> None:
    project = make_project(tmp_path, keys=[response["key"] for response in TRUTH["responses"]])
    columns = ("ACT_other", "BAR_othercomment", "CTYPE1_other", "SMEDESC1", "EVEU_SQ001_DATE")
    for column, text in zip(columns, ("none", "test", "company", "xxx", "31.02.2019"), strict=True):
        cell(project, "4", column, text)
    typed = {
        str(text)
        for response in TRUTH["responses"]
        for answer in response["questions"].values()
        for texts in (answer, *(answer.get(name, {}) for name in ("comments", "parts")))
        for text in texts.values()
        if isinstance(text, str) and len(text) > 12
    } - {str(label) for label in labels_of_the_form()}
    assert len(typed) > 100
    told_ = findings(project)[["what", "do", "ask"]].fillna("")
    said = "\n".join(" ".join(row) for row in told_.to_numpy())
    assert [text for text in typed if text in said] == []
    assert "31.02" not in said


def labels_of_the_form() -> set[str]:
    """Return the names of partnerships, the only answers a sentence may name."""
    return {response["questions"]["NAME"].get("label") for response in TRUTH["responses"]}
