"""Every form in which LimeSurvey exports the same responses gives the same cells.

The expectation is the server's VV export, taken apart here and not by the package; that it holds
what the respondents did is the business of test_loaders.
"""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from escp_analysis.loaders.export import read_export
from escp_analysis.loaders.ledger import Ledger
from escp_analysis.loaders.structure import Structure, read_structure

DATA = Path(__file__).parent / "data"
EXPORTS = DATA / "exports"
NULL = "{question_not_shown}"
FORMS = {
    "3.14": (DATA / "limesurvey-3.14/survey.lss", DATA / "limesurvey-3.14/vv_version2.txt"),
    "6.4": (DATA / "limesurvey-6.4/survey.lss", DATA / "limesurvey-6.4/vv_version2.txt"),
    "zoo": (EXPORTS / "zoo/zoo.lss", EXPORTS / "zoo/zoo_vv.csv"),
}
LOSSLESS = ["3.14/survey.lsa", "6.4/survey.lsa", "zoo/zoo.lsa", "3.14/rc_code_short.json"]
TWO_STATE = [
    *("3.14/ui_code_short.csv", "3.14/ui_code_long.csv", "3.14/ui_defaults_full_long.csv"),
    *("3.14/ui_codetext_long.csv", "3.14/ui_code_short.xlsx"),
    *("6.4/rc_code_long.csv", "6.4/ui_code_short_with_participants.csv"),
    *("6.4/ui_defaults_full_long.csv", "6.4/ui_emcode_short.csv", "6.4/rc_code_short.json"),
    "6.4/ui_full_long.xlsx",
    *("zoo/zoo_code_long.json", "zoo/zoo_code_long_en.csv", "zoo/zoo_code_long_fr.csv"),
    *("zoo/zoo_code_short.csv", "zoo/zoo_code_short.json", "zoo/zoo_full_long_en.csv"),
    *("zoo/zoo_full_long_fr.csv", "zoo/zoo_ui_codetext_long.csv", "zoo/zoo_ui_emcode_short.csv"),
]
REFUSED = {
    "3.14/ui_code_short_converted.csv": "ticks were converted to numbers",
    "3.14/ui_abbrev_long.csv": "the headings are abbreviated texts, which many columns share",
    "6.4/rc_code_short.xls.xlsx": "the workbook was cut at 255 columns, as RemoteControl does",
    "6.4/ui_R_data_file.csv": "ticks were converted to numbers",
    "6.4/participants.csv": "the file lists participants, not responses",
}


@cache
def form(name: str) -> Structure:
    return read_structure(FORMS[name][0])


@cache
def server(name: str) -> dict[str, dict[str, str | None]]:
    """Return response → column → what the server stored, from the VV export's raw text."""
    text = FORMS[name][1].read_bytes().decode().replace("\r\n", "\n")
    start = text.index("\nid\t") + 1
    header, *lines = text[start:].rstrip("\n").split("\n")
    names = header.rstrip("\t").split("\t")
    rows = [[stored(cell) for cell in line.split("\t")] for line in lines]
    return {str(row[0]): dict(zip(names, row, strict=False)) for row in rows}


def stored(cell: str) -> str | None:
    if cell == NULL:
        return None
    if len(cell) > 1 and cell.startswith('"') and cell.endswith('"'):
        cell = cell[1:-1].replace('""', '"')
    cell = cell.replace("{cr}{newline}", "\n").replace("{newline}", "\n").replace("{cr}", "\n")
    return cell.replace("{tab}", "\t").replace("{quote}", '"').replace("{lbrace}", "{")


def read(name: str) -> tuple[pd.DataFrame, Ledger]:
    folder = name.split("/", maxsplit=1)[0]
    ledger = Ledger()
    wanted = [column.name for column in form(folder).columns]
    return read_export(EXPORTS / name, form(folder), wanted, ledger).astype("str"), ledger


def same(text: str, told: str) -> bool:
    """Return whether two texts are one: numbers by value, blanks and line breaks as exported."""
    number = r"-?\d+(\.\d+)?"
    if re.fullmatch(number, text) and re.fullmatch(number, told):
        return Decimal(text) == Decimal(told)
    plain = [it.replace("\u2028", "\n").strip() for it in (text, told)]
    return plain[0] == plain[1]


def lost(name: str, column: str) -> bool:
    """Return whether the export loses a text: 6.4 drops the comment of a list in full answers."""
    return column == "LISTC_comment" and ("long" in name)


@pytest.mark.parametrize("name", [*LOSSLESS, *TWO_STATE])
def test_every_text_and_tick_is_what_the_server_stored(name: str) -> None:
    cells, ledger = read(name)
    assert ledger.faults == []
    expected = server(name.split("/", maxsplit=1)[0])
    assert set(cells["id"]) == set(expected)
    wrong = []
    for row in cells.to_dict("records"):
        for column, told in row.items():
            wanted = expected[row["id"]].get(str(column)) or ""
            text = "" if pd.isna(told) else str(told)
            if not same(wanted, text) and not lost(name, str(column)):
                wrong.append((row["id"], column, wanted[:30], text[:30]))
    assert wrong == []


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_forms_keep_what_was_not_reached(name: str) -> None:
    cells, ledger = read(name)
    expected = server(name.split("/", maxsplit=1)[0])
    columns = [it.name for it in form(name.split("/", maxsplit=1)[0]).columns]
    for row in cells.to_dict("records"):
        for column in columns:
            assert pd.isna(row[column]) == (expected[row["id"]][column] is None), column
    assert [it["code"] for it in ledger.findings if it["code"] == "states-inferred"] == []


@pytest.mark.parametrize("name", [it for it in TWO_STATE if not it.startswith("zoo")])
def test_two_state_forms_infer_what_was_not_reached(name: str) -> None:
    """Rows written by RemoteControl are complete and hold NULL: no rule over pages finds that."""
    cells, ledger = read(name)
    expected = server(name.split("/", maxsplit=1)[0])
    columns = [it.name for it in form(name.split("/", maxsplit=1)[0]).columns]
    imported = {key for key, row in expected.items() if row["submitdate"] and not row["lastpage"]}
    wrong = [
        (row["id"], column)
        for row in cells.to_dict("records")
        if row["id"] not in imported
        for column in columns
        if pd.isna(row[column]) != (expected[row["id"]][column] is None)
    ]
    assert wrong == []
    assert len(imported) == 1
    (told,) = [it for it in ledger.findings if it["code"] == "states-inferred"]
    assert told["severity"] == "note"
    assert "a page counts as sent where the response is complete" in told["what"]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_reliably_is_refused_with_the_export_to_ask_for(name: str) -> None:
    path = EXPORTS / name
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    cells, ledger = read(name)
    (fault,) = ledger.faults
    assert REFUSED[name] in fault.what
    assert fault.where.startswith(path.name)
    assert "Survey archive (.lsa)" in fault.do
    assert cells.empty or "converted" in fault.what
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_every_export_here_is_tested() -> None:
    files = {
        str(path.relative_to(EXPORTS))
        for path in EXPORTS.rglob("*.*")
        if path.is_file() and path.suffix not in (".md", ".lss")
    }
    assert files == {*LOSSLESS, *TWO_STATE, *REFUSED, "zoo/zoo_vv.csv"}


@pytest.mark.parametrize("name", ["3.14", "6.4"])
def test_the_structure_comes_out_of_an_archive_as_well(name: str) -> None:
    inside = read_structure(EXPORTS / name / "survey.lsa")
    assert inside.columns == form(name).columns
    assert inside.file == "survey.lsa"
