"""What is sent back to the partnerships: sentences they understand, and nothing anybody typed."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from drawn_survey import first_round, survey
from sample_round import SECOND, TRUTH, cell, decide, load, make_project

from escp_analysis.metrics import queries
from escp_analysis.report import outputs


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path)


def asked(project: Path, partnership: str, question: str) -> list[str]:
    table = queries(load(project))
    rows = table.loc[(table["partnership"] == partnership) & (table["question"] == question)]
    return list(rows["asked"])


BARRIERS = (
    "Section C, “Please select which kind of barriers/difficulties your ESCP-4i faced during the "
    "implementation of activities.”: "
)


def test_the_contract_of_the_table(project: Path) -> None:
    table = queries(load(project))
    assert list(table.columns) == ["partnership", "question", "section", "asked", "row"]
    names = [name.casefold() for name in table["partnership"]]
    assert names == sorted(names)
    of_one = table.loc[table["partnership"] == "Ágora<Lab>", "section"]
    assert list(of_one) == sorted(of_one)
    (claim,) = (
        table.loc[table["question"] == "agreement_count"]
        .loc[table["partnership"] == "SampleWave"]
        .to_dict("records")
    )
    assert (claim["section"], claim["row"]) == ("D", 14)
    assert claim["asked"] == (
        "Section D, “How many cooperation agreements or MoUs have been established by the ESCP-4i "
        "so far?”: 2 agreements are claimed and 1 described. Which number is right, and which "
        "agreements are missing, if any?"
    )


def test_an_other_that_says_none(project: Path) -> None:
    (question,) = asked(project, "Fiktiv Food & Feed", "barriers")
    assert question == (
        f"{BARRIERS}what you wrote under Other seems to say that there is nothing to add. "
        "May we take it that Other does not apply?"
    )


def test_a_comment_without_its_tick(tmp_path: Path) -> None:
    project = make_project(tmp_path, keys=SECOND)
    question = asked(project, "Hypothetica", "activities")[0]
    assert question.endswith(
        "you commented on “Identification of strategic partners in third countries” without "
        "selecting it. Does it apply to your partnership?"
    )


def test_ticks_without_comments(tmp_path: Path) -> None:
    project = make_project(tmp_path, keys=("r02",))
    assert asked(project, "NORDLYS-4i", "activities")[0].endswith(
        "you selected “Identification of strategic partners in Europe” without describing it. "
        "Could you add a short description?"
    )
    (several,) = asked(project, "NORDLYS-4i", "cluster_results")
    assert "”, “" in several
    assert "without describing them" in several


def test_many_options_are_not_all_listed(tmp_path: Path) -> None:
    project = make_project(tmp_path, keys=("r25",))
    (question,) = asked(project, "Dummy Rail", "collaborations")
    assert "“DemoPack²”" not in question
    assert " and 17 more without describing them" in question


def test_a_copy_of_a_block_and_a_row_of_a_grid_are_named(project: Path) -> None:
    cell(project, "2", "CTYPE2_other", "company")
    cell(project, "4", "EVEU_SQ003_DATE", "31 June 2019")
    (kind,) = asked(project, "DemoPack²", "agreements")
    assert kind.startswith(
        "Section D, Cooperation Case 2, “Type of organisation the ESCP-4i has established "
        "cooperation with.”: what you wrote under Other is one of the options of the list."
    )
    (date,) = asked(project, "BløtGrid", "events_europe")
    assert date.startswith("Section H, Event 3, “Which EUROPEAN trade fairs,")
    assert date.endswith("a day that does not exist. When does the event take place?")


def test_of_two_responses_one_question_is_asked(tmp_path: Path) -> None:
    table = queries(load(make_project(tmp_path, keys=("r17", "r25"))))
    (question,) = table.loc[table["question"].isna()].to_dict("records")
    assert question["asked"] == (
        "We received 2 answers from your partnership and count the latest complete one. "
        "Is that the one you want us to use?"
    )
    assert pd.isna(question["section"])
    assert question["row"] == 4


def test_what_was_decided_is_not_asked(project: Path) -> None:
    decide(project, "Fiktiv Food & Feed,barriers.other,none,set aside,")
    assert asked(project, "Fiktiv Food & Feed", "barriers") == []


def test_what_only_the_analyst_can_mend_is_not_asked(project: Path) -> None:
    cell(project, "4", "ACT_other", "test")
    cell(project, "4", "submitdate", "2018-10-01 00:00:00")
    findings = load(project).findings.set_index("code")["ask"]
    for code in ("test-row", "outside-fieldwork", "missing-option", "nothing-sent"):
        assert pd.isna(findings[code])


def test_nobody_is_asked_about_reconstructed_answers() -> None:
    finding = {"severity": "doubt", "partnership": "GCA", "what": "x", "do": "y", "ask": "z"}
    drawn = survey(["GCA"], findings=[finding])
    assert list(queries(drawn)["asked"]) == ["z"]
    object.__setattr__(drawn.round, "provenance", "reconstructed")
    assert queries(drawn).empty
    assert queries(first_round()).empty


def test_nothing_personal_and_nothing_typed_is_asked(tmp_path: Path) -> None:
    project = make_project(tmp_path, keys=[response["key"] for response in TRUTH["responses"]])
    said = "\n".join(queries(load(project))["asked"])
    comments = {
        text
        for response in TRUTH["responses"]
        for answer in response["questions"].values()
        for text in answer.get("comments", {}).values()
        if len(text) > 12
    }
    assert len(comments) > 100
    assert [text for text in comments if text in said] == []
    assert "@example.org" not in said
    assert "Invented Cluster" not in said


def test_the_file(tmp_path: Path) -> None:
    names = ("partnership", "question", "section", "asked", "row")
    table = pd.DataFrame([("=Alpha", None, None, "Is it so?", 3)], columns=list(names))
    outputs.write_queries(tmp_path, table)
    with (tmp_path / "queries.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [list(names), ["'=Alpha", "", "", "Is it so?", "3"]]
