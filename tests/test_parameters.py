from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from escp_analysis.errors import RoundError
from escp_analysis.loaders.commentary import read_commentary
from escp_analysis.loaders.parameters import Round, read_round

GOOD = """\
round_id: 2018-10
title: Progress survey
questionnaire: escp-4i-2018
provenance: reconstructed
opened: 2018-10-29
closed: 2018-11-21
reminders: 3
report:
  title: Progress Report
  deliverable: D5.5
  work_package: WP5
  contract: "2018/1"
  date: 2019-03-04
export:
  responses: responses.txt
  structure: structure.lss
questions:
  NAME: partnership
  NO: dialogue
  CTYPE{n}: agreements.organisation_type
"""


def read(tmp_path: Path, text: str) -> Round:
    folder = tmp_path / "parameters" / "2018-10"
    folder.mkdir(parents=True)
    (folder / "round.yaml").write_text(text, encoding="utf-8")
    return read_round(folder / "round.yaml")


def faults(tmp_path: Path, *changes: tuple[str, str]) -> list[str]:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with pytest.raises(RoundError) as error:
        read(tmp_path, text)
    return [str(fault) for fault in error.value.faults]


def test_every_key_has_its_type(tmp_path: Path) -> None:
    parameters = read(tmp_path, GOOD)
    assert parameters.round_id == "2018-10"
    assert (parameters.opened, parameters.closed) == (date(2018, 10, 29), date(2018, 11, 21))
    assert parameters.reminders == 3
    assert parameters.report.date == date(2019, 3, 4)
    assert parameters.report.contract == "2018/1"
    assert parameters.export.responses == "responses.txt"
    assert parameters.questions["CTYPE{n}"] == "agreements.organisation_type"


def test_a_code_that_yaml_takes_for_a_truth_value_stays_a_code(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD).questions["NO"] == "dialogue"


@pytest.mark.parametrize(
    ("opened", "closed", "words"),
    [
        ("2018-10-29", "2018-11-21", "29 October to 21 November 2018"),
        ("2018-10-29", "2019-01-02", "29 October 2018 to 2 January 2019"),
    ],
)
def test_the_fieldwork_in_words(tmp_path: Path, opened: str, closed: str, words: str) -> None:
    text = GOOD.replace("2018-10-29", opened).replace("2018-11-21", closed)
    assert read(tmp_path, text).fieldwork == words


def test_a_misspelt_key_names_the_nearest_and_is_not_missing_as_well(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, ("questionnaire:", "questionaire:"))
    assert "unknown key 'questionaire'" in fault
    assert "round.yaml" in fault
    assert "did you mean 'questionnaire'?" in fault


def test_a_missing_key_inside_the_report(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, ("  deliverable: D5.5\n", ""))
    assert "key 'deliverable' is missing" in fault
    assert "round.yaml, key report" in fault


@pytest.mark.parametrize(
    ("old", "new", "where", "expected"),
    [
        ("2018-11-21", "21.11.2018", "key closed", "a date as YYYY-MM-DD"),
        ("2018-11-21", "2018-11-31", "key closed", "a date as YYYY-MM-DD"),
        ("reminders: 3", "reminders: three", "key reminders", "a whole number, 0 or more"),
        ("reconstructed", "recontructed", "key provenance", "collected, reconstructed, synthetic"),
        ("responses.txt", "../responses.txt", "key export.responses", "without a path"),
        ("responses.txt", "C:\\x\\r.txt", "key export.responses", "without a path"),
        ("escp-4i-2018", "../escp", "key questionnaire", "small letters, digits and dashes"),
        ("D5.5", "[a, b]", "key report.deliverable", "a text"),
        ("NAME: partnership", "NA_ME: partnership", "key questions.NA_ME", "letters and digits"),
        ("NAME: partnership", "NAME: Part nership", "key questions.NAME", "a question id"),
        ("NAME: partnership", "NAME{n}: partnership", "key questions.NAME{n}", "block.field"),
        ("CTYPE{n}:", "CTYPE:", "key questions.CTYPE", "CODE{n}: block.field"),
        ("NO: dialogue", "NO: partnership", "key questions", "one code per question"),
        ("round_id: 2018-10", "round_id: 2019-05", "key round_id", "'2018-10'"),
        ("opened: 2018-10-29", "opened: 2018-09-29", "key opened", "a day of 2018-10"),
        ("closed: 2018-11-21", "closed: 2018-10-28", "key closed", "2018-10-29, the opening"),
    ],
)
def test_a_value_that_is_not_legal(
    tmp_path: Path, old: str, new: str, where: str, expected: str
) -> None:
    (fault,) = faults(tmp_path, (old, new))
    assert f"round.yaml, {where}" in fault
    assert expected in fault


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        ("title: Progress survey", "titel: Progress survey"),
        ("reminders: 3", "reminders: -1"),
        ("  date: 2019-03-04", "  date: soon"),
    )
    assert len(found) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD + "title: Another\n", "line 21\n  expected: legal YAML"),
        ("round_id: [", "round.yaml, line 1"),
        ("- a list", "a mapping is missing"),
        ("", "a mapping is missing"),
    ],
)
def test_what_is_no_mapping_or_no_yaml(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(RoundError) as error:
        read(tmp_path, text)
    assert words in str(error.value)


def test_a_key_that_stands_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(RoundError, match="key 'title' stands twice"):
        read(tmp_path, GOOD + "title: Another\n")


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "round.yaml"
    path.write_bytes("title: caf\u00e9\n".encode("cp1252"))
    with pytest.raises(RoundError, match="byte 11 is not UTF-8"):
        read_round(path)


def test_a_round_without_parameters(tmp_path: Path) -> None:
    with pytest.raises(RoundError, match="the file is missing") as error:
        read_round(tmp_path / "parameters" / "2019-05" / "round.yaml")
    assert "2019-05/round.yaml" in str(error.value)


@pytest.mark.parametrize(
    ("file", "content", "fault"),
    [
        ("webinars.md", b"words", "the file's name names no section"),
        ("2.1-Webinars.md", b"words", "2.1.md or 2.1-webinars.md"),
        ("2.1.md", b"caf\xe9", "byte 4 is not UTF-8"),
    ],
)
def test_a_file_of_commentary_says_where_it_belongs(
    file: str, content: bytes, fault: str, tmp_path: Path
) -> None:
    (tmp_path / file).write_bytes(content)
    with pytest.raises(RoundError) as caught:
        read_commentary(tmp_path)
    assert fault in str(caught.value)
    assert f"commentary/{file}" in str(caught.value)


def test_commentary_is_ordered_by_section_the_plain_file_first(tmp_path: Path) -> None:
    for name in ("2.1-b.md", "2.1.md", "2.1-a.md", "1.1.md"):
        (tmp_path / name).write_text("words", encoding="utf-8")
    files = [file.removeprefix("commentary/") for file in read_commentary(tmp_path)["file"]]
    assert files == ["1.1.md", "2.1.md", "2.1-a.md", "2.1-b.md"]
