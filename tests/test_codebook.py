"""Codings are held against the answers: every wrong row is told at once, with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_survey import refusal
from sample_round import cell, decide, faults, load, make_project, round_data

from escp_analysis.loaders.codebook import read_codebook
from escp_analysis.loaders.vocabularies import read_countries, read_regions

CODEBOOK = "code,label,definition,example"
CODING = "response,question,code,coder"
MONEY = "money,Money,Money is missing,the budget was spent"
NORDLYS = "3"


def write(project: Path, name: str, *lines: str) -> None:
    text = "\n".join([*lines, ""])
    round_data(project, name).write_text(text, encoding="utf-8", newline="")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = make_project(tmp_path)
    write(project, "codebook.csv", CODEBOOK, MONEY)
    return project


def test_a_round_without_the_files_has_no_codes(tmp_path: Path) -> None:
    found = load(make_project(tmp_path))
    assert found.coding.empty and found.codebook.empty


def test_a_response_is_the_partnership_however_it_is_written(project: Path) -> None:
    write(project, "coding.csv", CODING, "nordlys-4i,barriers,money,A")
    coding = load(project).coding
    assert list(coding.itertuples(index=False, name=None)) == [
        ("NORDLYS-4i", "barriers", "money", "A")
    ]


def test_every_wrong_row_is_told_at_once_with_the_nearest_name(project: Path) -> None:
    write(
        project,
        "coding.csv",
        CODING,
        "NORDLIS-4i,barriers,money,A",
        "NORDLYS-4i,barrier,money,A",
        "NORDLYS-4i,barriers,mony,A",
        "NORDLYS-4i,cluster_results,money,A",
        "NORDLYS-4i,barriers,money,",
    )
    response, question, code, comment, coder = faults(project)
    assert "NORDLYS-4i" in response and "coding.csv, row 2, column response" in response
    assert "'barrier' is no question with comments" in question
    assert "coding.csv, row 3, column question" in question
    assert "did you mean 'barriers'?" in question
    assert "'mony' is not in the codebook" in code
    assert "coding.csv, row 4, column code" in code
    assert "did you mean 'money'?" in code
    assert comment.startswith(
        "NORDLYS-4i has no comment on cluster_results beside an option it selected\n"
        "  where:    coding.csv, row 5\n"
    )
    assert "those who have one: " in comment
    assert "the coder is missing" in coder and "coding.csv, row 6, column coder" in coder


def test_a_comment_set_aside_cannot_be_coded(project: Path) -> None:
    options = ("other_escps", "third_market_partners", "sme_engagement")
    decide(project, *(f"NORDLYS-4i,barriers.comment,{option},set aside," for option in options))
    write(project, "coding.csv", CODING, "NORDLYS-4i,barriers,money,A")
    (fault,) = faults(project)
    assert "NORDLYS-4i has no comment on barriers" in fault


def test_without_a_codebook_the_code_asks_for_one(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    write(project, "coding.csv", CODING, "NORDLYS-4i,barriers,money,A")
    (fault,) = faults(project)
    assert "expected: a row for it in codebook.csv\n  do:       add it to codebook.csv" in fault


def test_an_example_is_no_quotation_without_a_permission(project: Path) -> None:
    cell(project, NORDLYS, "BAR_SQ002comment", "We say: the BUDGET  was spent in spring.")
    (fault,) = faults(project)
    assert fault.startswith("the example is a comment of this round, word for word\n")
    assert "where:    codebook.csv, row 2, column example" in fault
    write(
        project,
        "permissions.csv",
        "response,question,option,permitted_by,date",
        "NORDLYS-4i,barriers,other_escps,a letter,2018-12-01",
    )
    assert len(load(project).codebook) == 1


def test_a_codebook_has_one_complete_row_per_code(tmp_path: Path) -> None:
    path = tmp_path / "codebook.csv"
    lines = (MONEY, MONEY, "Too much,Label,what,for example", "time,Time,,call 030 1234567 8")
    path.write_text("\n".join([CODEBOOK, *lines, ""]), encoding="utf-8")
    twice, name, blank, private = refusal(lambda: read_codebook(path))
    assert "the code stands twice\n  where:    codebook.csv, row 3, column code" in twice
    assert "'Too much' is no name for a code" in name
    assert "the definition is blank\n  where:    codebook.csv, row 5, column definition" in blank
    assert "the example holds an e-mail address or a telephone number" in private


def test_the_vocabularies_of_places_are_checked(tmp_path: Path) -> None:
    regions, countries = tmp_path / "regions.csv", tmp_path / "countries.csv"
    regions.write_text("term,region\nAsia,Azia\nAsia,Asia;Africa\nBlack Sea,\n", encoding="utf-8")
    twice, region = refusal(lambda: read_regions(regions))
    assert "the term is blank or stands twice\n  where:    regions.csv, row 3" in twice
    assert "'Azia' is no region\n  where:    regions.csv, row 2, column region" in region
    assert "did you mean 'Asia'?" in region
    countries.write_text("country_code,region,terms\nZZ,Asia,\nJP,Asia,\nJP,,\n", encoding="utf-8")
    code, double, blank = refusal(lambda: read_countries(countries))
    assert "'ZZ' is no country\n  where:    countries.csv, row 2, column country_code" in code
    assert "the country stands twice\n  where:    countries.csv, row 4" in double
    assert "'' is no region\n  where:    countries.csv, row 4, column region" in blank
    assert read_regions(tmp_path / "none.csv").empty
