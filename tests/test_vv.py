from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escp_analysis.errors import RoundError
from escp_analysis.loaders.export import read_export
from escp_analysis.loaders.ledger import Ledger
from escp_analysis.loaders.structure import Structure, parse_structure, read_structure
from escp_analysis.loaders.vv import open_vv

DATA = Path(__file__).parent / "data"
SYSTEM = "id\ttoken\tsubmitdate\tlastpage"
NULL = "{question_not_shown}"

STRUCTURE = b"""<document><LimeSurveyDocType>Survey</LimeSurveyDocType>
<surveys><rows><row><sid>7</sid><language>en</language></row></rows></surveys>
<groups><rows><row><gid>1</gid><group_order>1</group_order></row></rows></groups>
<questions><rows>
<row><qid>5</qid><gid>1</gid><type>S</type><title>ORG</title><question_order>1</question_order></row>
<row><qid>6</qid><gid>1</gid><type>T</type><title>WHY</title><question_order>2</question_order></row>
</rows></questions></document>"""


@pytest.fixture(scope="module")
def structure() -> Structure:
    return parse_structure(STRUCTURE, "structure.lss")


def write(tmp_path: Path, *rows: str, header: str = f"{SYSTEM}\tORG\tWHY\t") -> Path:
    path = tmp_path / "responses.txt"
    labels = "Response ID\ttoken\tDate submitted\tLast page\tOrganisation\tWhy\t"
    path.write_text("\n".join([labels, header, *rows, ""]), encoding="utf-8", newline="")
    return path


def read(path: Path, structure: Structure, wanted: tuple[str, ...] = ("WHY",)) -> pd.DataFrame:
    ledger = Ledger()
    cells = read_export(path, structure, wanted, ledger).astype("str")
    assert ledger.faults == []
    return cells


def faults(path: Path, structure: Structure) -> list[str]:
    ledger = Ledger()
    read_export(path, structure, ("ORG", "WHY"), ledger)
    return [str(fault) for fault in ledger.faults]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("plain", "plain"),
        ("a{tab}b", "a\tb"),
        ("a{newline}b{cr}c{cr}{newline}d", "a\nb\nc\nd"),
        ("{quote}said", '"said'),
        ("{lbrace}NAME} and {lbrace}1+1}", "{NAME} and {1+1}"),
        ("{lbrace}tab}", "{tab}"),
        ("{lbrace}question_not_shown}", "{question_not_shown}"),
        ("None", "None"),
        ("NA", "NA"),
        ("null", "null"),
        ("5.0000000000", "5.0000000000"),
        ("C:\\temp \\", "C:\\temp \\"),
        ('say "x"', 'say "x"'),
        ("caf\u00e9 \u2028 \U0001f600 \u65e5", "caf\u00e9 \u2028 \U0001f600 \u65e5"),
        ("{unknown}", "{unknown}"),
        ('"quoted ""word"""', 'quoted "word"'),
        ('"C:\\"x\\""', 'C:\\"x\\"'),
        ('"{quote}a b"', '"a b'),
        ('""', ""),
        ('"', '"'),
    ],
)
def test_a_cell_comes_out_as_typed(
    tmp_path: Path, structure: Structure, cell: str, text: str
) -> None:
    path = write(tmp_path, f"1\t\t\t1\torg\t{cell}")
    assert list(read(path, structure)["WHY"]) == [text]


def encoded(text: str) -> str:
    """Write a text as LimeSurvey's VV export does."""
    for sign, escape in (("{", "{lbrace}"), ("\n", "{newline}"), ("\r", "{cr}"), ("\t", "{tab}")):
        text = text.replace(sign, escape)
    return "{quote}" + text[1:] if text.startswith('"') else text


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_comes_back(text: str) -> None:
    with TemporaryDirectory() as folder:
        path = write(Path(folder), f"1\t\t\t1\torg\t{encoded(text)}")
        (found,) = read(path, parse_structure(STRUCTURE, "structure.lss"))["WHY"]
    assert found == text.replace("\r\n", "\n").replace("\r", "\n")


def test_null_is_missing_and_a_blank_is_not(tmp_path: Path, structure: Structure) -> None:
    cells = read(write(tmp_path, f"1\t\t\t\t\t{NULL}", "2\t\t\t\t\t"), structure)
    assert list(cells["WHY"].isna()) == [True, False]
    assert cells["WHY"].iloc[1] == ""


def test_rows_carry_their_line_in_the_file(tmp_path: Path, structure: Structure) -> None:
    cells = read(write(tmp_path, "7\t\t\t\t\ta", "9\t\t\t\t\tb"), structure)
    assert list(cells.index) == [3, 4]
    assert list(cells["id"]) == ["7", "9"]


def test_only_what_is_asked_for_leaves_the_reader(tmp_path: Path, structure: Structure) -> None:
    path = write(tmp_path, "1\tsecret-token\t\t1\tsecret organisation\twhy")
    cells = read(path, structure)
    assert list(cells.columns) == ["id", "submitdate", "lastpage", "WHY"]
    assert "secret" not in cells.to_csv()


def test_columns_may_stand_in_any_order(tmp_path: Path, structure: Structure) -> None:
    header = "id\tWHY\tlastpage\tORG\ttoken\tsubmitdate"
    path = write(tmp_path, "1\twhy\t2\torg\t\t1980-01-01 00:00:00", header=header)
    row = read(path, structure).iloc[0].to_dict()
    assert row == {"id": "1", "submitdate": "1980-01-01 00:00:00", "lastpage": "2", "WHY": "why"}


def test_database_names_are_led_back_to_codes(tmp_path: Path, structure: Structure) -> None:
    path = write(tmp_path, "1\t\t\t2\torg\twhy", header=f"{SYSTEM}\t7X1X5\t7X1X6")
    assert list(read(path, structure)["WHY"]) == ["why"]


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(
    tmp_path: Path, structure: Structure
) -> None:
    path = write(tmp_path, "1\t\t\t2\torg\twhy")
    plain = read(path, structure)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    pd.testing.assert_frame_equal(read(path, structure), plain)


def test_an_export_without_responses_has_no_rows(tmp_path: Path, structure: Structure) -> None:
    assert read(write(tmp_path), structure).empty


def test_versions_1_and_2_say_the_same() -> None:
    folder = DATA / "limesurvey-3.14"
    form = read_structure(folder / "survey.lss")
    wanted = tuple(column.name for column in form.columns)
    one, two = (
        read(folder / name, form, wanted) for name in ("vv_version1.csv", "vv_version2.txt")
    )
    pd.testing.assert_frame_equal(one, two)


def test_limesurvey_6_and_3_say_the_same_of_the_same_answers() -> None:
    cells = []
    for name in ("limesurvey-3.14", "limesurvey-6.4"):
        form = read_structure(DATA / name / "survey.lss")
        wanted = tuple(column.name for column in form.columns)
        read_cells = read(DATA / name / "vv_version2.txt", form, wanted)
        cells.append(read_cells.drop(columns=["id", "submitdate"]).reset_index(drop=True))
    three, six = cells
    extra = three.iloc[:1].drop(columns="lastpage")
    assert extra.isna().all(axis=None)
    pd.testing.assert_frame_equal(three.iloc[1:].reset_index(drop=True), six)


def test_another_encoding_names_line_and_byte(tmp_path: Path, structure: Structure) -> None:
    path = write(tmp_path, "1\t\t\t1\torg\tcaf\u00e9")
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    (fault,) = faults(path, structure)
    assert "(0xE9) is not UTF-8" in fault
    assert "responses.txt, line 3" in fault
    assert "expected: UTF-8" in fault
    assert "VV survey file" in fault


def test_utf_16_is_refused(tmp_path: Path, structure: Structure) -> None:
    path = write(tmp_path, "1\t\t\t1\torg\twhy")
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    (fault,) = faults(path, structure)
    assert "the file is UTF-16: a spreadsheet saved it" in fault


def test_a_nul_byte_names_its_line(tmp_path: Path, structure: Structure) -> None:
    (fault,) = faults(write(tmp_path, "1\t\t\t1\torg\ta", "2\t\t\t1\torg\ta\0b"), structure)
    assert "a NUL byte" in fault
    assert "responses.txt, line 4" in fault


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file is empty: the export matched no response"),
        ("\n", "the file is empty: the export matched no response"),
        ('"id","submitdate"\n"1",""\n', "responses and structure do not belong together: 2 of 2"),
        ("id\ttoken\n1\t\n", "responses and structure do not belong together: 2 of 2"),
        ("just words\n", "no separator divides the first row into headings"),
    ],
)
def test_what_is_no_vv_export_says_what_it_is(
    tmp_path: Path, structure: Structure, text: str, told: str
) -> None:
    path = tmp_path / "responses.txt"
    path.write_text(text, encoding="utf-8")
    (fault,) = faults(path, structure)
    assert told in fault


@pytest.mark.parametrize(
    ("row", "cells"), [("2\t\t\t1\tsecret why", 5), ("2\t\t\t1\tsecret\twhy\tmore", 7), ("2", 1)]
)
def test_a_row_with_another_number_of_cells(
    tmp_path: Path, structure: Structure, row: str, cells: int
) -> None:
    (fault,) = faults(write(tmp_path, "1\t\t\t1\torg\twhy", row), structure)
    assert f"the row has {cells} cells" in fault
    assert "responses.txt, row 4" in fault
    assert "6 cells" in fault
    assert "secret" not in fault


def test_every_bad_row_is_named_at_once(tmp_path: Path, structure: Structure) -> None:
    path = write(tmp_path, "1\tx", "2\t\t\t1\torg\twhy", "3\tx")
    rows = [fault.splitlines()[1] for fault in faults(path, structure)]
    assert rows == ["  where:    responses.txt, row 3", "  where:    responses.txt, row 5"]


def test_a_heading_that_stands_twice(tmp_path: Path) -> None:
    path = write(tmp_path, "1\t\t\t1\torg\twhy\tx", header=f"{SYSTEM}\tORG\tWHY\tWHY")
    with pytest.raises(RoundError, match="heading WHY stands 2 times"):
        open_vv(path.name, path.read_bytes())


def test_a_blank_heading(tmp_path: Path) -> None:
    path = write(tmp_path, "1\t\t\t1\torg\twhy\tx", header=f"{SYSTEM}\tORG\t\tWHY")
    with pytest.raises(RoundError, match="the heading of column 6 is blank"):
        open_vv(path.name, path.read_bytes())


def test_a_missing_column_names_the_nearest_unknown_one(
    tmp_path: Path, structure: Structure
) -> None:
    (fault,) = faults(
        write(tmp_path, "1\t\t\t1\torg\twhy", header=f"{SYSTEM}\tORG\tWHYY"), structure
    )
    assert "column WHY is missing" in fault
    assert "responses.txt, row 2" in fault
    assert "did you mean 'WHYY'?" in fault


def test_a_column_nobody_knows_is_a_doubt_and_is_not_read(
    tmp_path: Path, structure: Structure
) -> None:
    path = write(tmp_path, "1\t\t\t1\torg\twhy\tsecret", header=f"{SYSTEM}\tORG\tWHY\tPHONE")
    ledger = Ledger()
    cells = read_export(path, structure, ("WHY",), ledger).astype("str")
    (finding,) = ledger.findings
    assert (finding["severity"], finding["code"]) == ("doubt", "unknown-column")
    assert (finding["file"], finding["column"]) == ("responses.txt", "PHONE")
    assert "secret" not in cells.to_csv() + str(ledger)


def test_responses_of_another_survey_are_one_fault_not_hundreds() -> None:
    ledger = Ledger()
    version_1 = DATA / "limesurvey-3.14" / "vv_version1.csv"
    other = read_structure(DATA / "limesurvey-6.4" / "survey.lss")
    read_export(version_1, other, [column.name for column in other.columns], ledger)
    (fault,) = ledger.faults
    assert "responses and structure do not belong together: 272 of 272" in fault.what
    assert ledger.findings == []


def test_the_file_is_left_as_it_is(tmp_path: Path, structure: Structure) -> None:
    path = write(tmp_path, "1\t\t\t1\torg\tcaf\u00e9{newline}")
    before = path.read_bytes()
    read(path, structure)
    assert path.read_bytes() == before
