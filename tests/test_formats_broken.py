"""Broken and hostile exports: each is told in words, with its place and what to do."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from escp_analysis.loaders.archive import member
from escp_analysis.loaders.export import read_export
from escp_analysis.loaders.ledger import Ledger
from escp_analysis.loaders.relevance import condition, variables
from escp_analysis.loaders.structure import Structure, parse_structure

LSS = """<document><LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>{version}</DBVersion>
<surveys><rows><row><sid>7</sid><language>en</language><format>G</format></row></rows></surveys>
<groups><rows>
<row><gid>1</gid><group_order>1</group_order></row>
<row><gid>2</gid><group_order>2</group_order></row>
</rows></groups>
<questions><rows>
<row><qid>5</qid><gid>1</gid><type>Y</type><title>COOP</title><question>Any?</question>
<question_order>1</question_order></row>
<row><qid>6</qid><gid>2</gid><type>M</type><title>ACT</title><question>Which?</question>
<question_order>2</question_order><relevance>COOP.NAOK == "Y"</relevance></row>
<row><qid>8</qid><gid>2</gid><type>T</type><title>WHY</title><question>Why?</question>
<question_order>3</question_order></row>
</rows></questions>
<subquestions><rows>
<row><qid>7</qid><parent_qid>6</parent_qid><gid>2</gid><title>SQ1</title><question>One</question>
<question_order>1</question_order></row>
</rows></subquestions></document>"""
HEAD = '"id","submitdate","lastpage","COOP","ACT[SQ1]","WHY"'
WANTED = ("COOP", "ACT_SQ1", "WHY")
DONE = "2018-11-01 10:00:00"


def form(version: int = 355) -> Structure:
    return parse_structure(LSS.format(version=version).encode(), "structure.lss")


def read(
    tmp_path: Path, content: bytes | str, name: str = "responses.csv", version: int = 355
) -> tuple[pd.DataFrame, Ledger]:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    ledger = Ledger()
    return read_export(path, form(version), WANTED, ledger).astype("str"), ledger


def rows(*cells: str) -> str:
    return "\r\n".join([HEAD, *cells, ""])


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "."), content)
    return out.getvalue()


def workbook(*lines: list[object]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(out)
    return out.getvalue()


def archive(responses: bytes) -> bytes:
    return zipped(survey_7__lss=LSS.format(version=355).encode(), survey_7_responses__lsr=responses)


def bombed(book: bytes) -> bytes:
    """Return a workbook whose sheet declares entities."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                start = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
                content = start + content.replace(b"<v>", b"<v>&a;")
            new.writestr(name, content)
    return out.getvalue()


LSR = (
    b"<document><LimeSurveyDocType>Responses</LimeSurveyDocType><responses><fields>"
    b"<fieldname>id</fieldname><fieldname>submitdate</fieldname><fieldname>lastpage</fieldname>"
    b"<fieldname>7X1X5</fieldname><fieldname>7X2X6SQ1</fieldname><fieldname>7X2X8</fieldname>"
    b"</fields><rows><row><id>1</id><_7X1X5>Y</_7X1X5><_7X2X6SQ1></_7X2X6SQ1></row></rows>"
    b"</responses></document>"
)
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    + LSR.replace(b"<document>", b"<document>&b;", 1)
)
RPC_ERROR = json.dumps({"id": 1, "result": {"status": "No permission"}, "error": None})

BROKEN: dict[str, tuple[Callable[[], bytes | str], str, str]] = {
    "empty": (lambda: "", "the file is empty: the export matched no response", ""),
    "blank line": (lambda: "\r\n", "the file is empty", ""),
    "pdf": (lambda: "%PDF-1.7 x", "the file is a PDF", ""),
    "old excel": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel workbook (.xls)", ""),
    "spss": (lambda: "$FL2@(#) SPSS DATA FILE", "the file is data for SPSS", ""),
    "spss text": (lambda: "'1','2018',,'en'\n", "data for SPSS: it has no headings", ""),
    "syntax": (lambda: "GET DATA\n /TYPE=TXT", "the syntax of a statistics program", ""),
    "r syntax": (lambda: 'data <- read.csv("x")', "the syntax of a statistics program", ""),
    "web page": (lambda: "<!DOCTYPE html><html>", "the file is a web page", ""),
    "structure": (lambda: LSS.format(version=1), "a survey's structure, it holds no resp", ""),
    "lsr": (lambda: LSR, "the file was taken out of an archive", ""),
    "stata": (lambda: "<?xml version='1.0'?><dta>", "XML for a statistics program", ""),
    "participants": (lambda: '"tid","firstname","email"\n', "lists participants, not resp", ""),
    "structure table": (lambda: "id\tclass\ttype/scale\n", "a survey's structure as a table", ""),
    "one column": (lambda: "just words\n", "no separator divides the first row", "row 1"),
    "utf-16": (lambda: rows().encode("utf-16"), "the file is UTF-16: a spreadsheet saved it", ""),
    "nul": (lambda: rows("1,a\0b"), "a NUL byte stands in the file", "line 2"),
    "no encoding": (
        lambda: rows('"1","","","","","\x81é"').encode("latin-1"),
        "is neither UTF-8 nor Windows-1252",
        "line 2",
    ),
    "open quote": (lambda: HEAD + '\r\n"1","a', "a double quote is never closed", ""),
    "too wide": (lambda: rows(f'"1","{DONE}","2","Y","Y","w","x"'), "the row has 7 cells", "row 2"),
    "too narrow": (lambda: rows('"1","","2","Y"'), "the row has 4 cells", "row 2"),
    "heading twice": (
        lambda: HEAD + ',"WHY"\r\n"1","","2","Y","Y","w","x"\r\n',
        "heading WHY stands 2 times",
        "row 1",
    ),
    "column missing": (
        lambda: '"id","submitdate","lastpage","COOP","ACT[SQ1]"\r\n"1","","2","Y","Y"\r\n',
        "column WHY is missing",
        "row 1",
    ),
    "other survey": (lambda: '"id","A","B"\r\n"1","2","3"\r\n', "do not belong together", "row 1"),
    "converted": (lambda: rows('"1","","2","Y","1","2"'), "ticks were converted to numbers", ""),
    "foreign": (lambda: rows('"1","","2","","Kyllä","w"'), "words of a language that the str", ""),
    "zip": (lambda: zipped(a__txt=b"x"), "neither an archive of a survey nor a workbook", ""),
    "cut zip": (lambda: zipped(a__txt=b"x")[:40], "the archive is damaged, or was cut", ""),
    "archive without responses": (
        lambda: zipped(survey_7__lss=b"x"),
        "the archive holds 0 files of responses",
        "",
    ),
    "bomb": (lambda: archive(b" " * 30_000_000), "unpacks to more than 5", ""),
    "entities": (lambda: archive(ENTITIES), "the responses declare XML entities", ""),
    "no xml": (lambda: archive(b"<document><rows>"), "the responses are not XML", "line 1"),
    "wrong xml": (lambda: archive(b"<document/>"), "holds no responses of LimeSurvey", ""),
    "cut json": (lambda: '{"responses": [{"id": ', "the file is not JSON, or was cut", "line 1"),
    "other json": (lambda: '{"a": 1}', "the JSON holds no responses", ""),
    "no response": (lambda: '{"responses": []}', "the export holds no response", ""),
    "no response in 3": (lambda: '{"responses": [{"": {}}]}', "the export holds no response", ""),
    "rpc error": (lambda: RPC_ERROR, "an error of RemoteControl, no responses", ""),
    "rpc text": (lambda: '{"result": "%%%"}', "the result is no base64 text", ""),
    "deep json": (lambda: "[" * 200_000, "the JSON is nested without end", ""),
    "json of texts": (
        lambda: '{"responses": [{"Response ID": "1", "Any?": "Yes", "Which? [One]": "Yes"}]}',
        "in JSON, columns of one text overwrite each other",
        "row 1",
    ),
    "empty workbook": (workbook, "the workbook holds no headings", ""),
    "workbook bomb": (
        lambda: zipped(**{"xl/workbook__xml": b"x", "xl/a__xml": b" " * 30_000_000}),
        "xl/a.xml unpacks to 30000000 bytes",
        "",
    ),
    "workbook entities": (lambda: bombed(workbook(["id"], ["1"])), "the workbook is damaged", ""),
    "broken workbook": (
        lambda: zipped(**{"xl/workbook__xml": b"x"}),
        "the workbook is damaged",
        "",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_export_says_what_where_and_what_to_do(tmp_path: Path, kind: str) -> None:
    made, what, where = BROKEN[kind]
    content = made()
    _, ledger = read(tmp_path, content)
    (fault,) = ledger.faults
    assert what in fault.what
    assert fault.where.startswith("responses.csv") and where in fault.where
    assert fault.do
    raw = content if isinstance(content, bytes) else content.encode()
    assert (tmp_path / "responses.csv").read_bytes() == raw


def test_forty_kinds_of_broken_export_are_told() -> None:
    assert len(BROKEN) >= 40


def test_an_archive_never_writes_and_takes_no_path(tmp_path: Path) -> None:
    content = zipped(**{"../../survey_7__lss": b"x", "survey_7__lss": b"structure"})
    assert member("x.lsa", content, "structure") == b"structure"
    assert list(tmp_path.iterdir()) == []


def test_a_header_that_lies_about_its_size_does_not_help(tmp_path: Path) -> None:
    content = archive(b" " * 30_000_000).replace(
        (30_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")
    )
    _, ledger = read(tmp_path, content)
    assert len(ledger.faults) == 1


class TestForms:
    def cell(self, tmp_path: Path, content: bytes | str, version: int = 355) -> list[object]:
        cells, ledger = read(tmp_path, content, version=version)
        assert ledger.faults == []
        return [None if pd.isna(it) else it for it in cells[list(WANTED)].iloc[0]]

    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    @pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_separator_mark_and_line_end_do_not_matter(
        self, tmp_path: Path, separator: str, bom: bytes, end: str
    ) -> None:
        text = rows(f'"1","{DONE}","2","Y","Y","a, b; c"').replace("\r\n", end)
        changed = text.replace('","', f'"{separator}"')
        assert self.cell(tmp_path, bom + changed.encode()) == ["Y", "Y", "a, b; c"]

    def test_a_spreadsheet_saved_it_again(self, tmp_path: Path) -> None:
        text = "id;submitdate;lastpage;COOP;ACT[SQ1];WHY\r\n1;2018-11-01 10:00:00;2;Y;Y;café\r\n"
        cells, ledger = read(tmp_path, text.encode("cp1252"))
        assert cells["WHY"].tolist() == ["café"]
        (told,) = [it for it in ledger.findings if it["code"] == "saved-again"]
        assert told["severity"] == "doubt"
        assert "Windows-1252" in told["what"]

    @pytest.mark.parametrize("word", ["None", "NA", "N/A", "null", "NaN", "TRUE", "0", "-"])
    def test_words_that_programs_eat_stay(self, tmp_path: Path, word: str) -> None:
        assert self.cell(tmp_path, rows(f'"1","{DONE}","2","Y","Y","{word}"'))[2] == word

    def test_line_breaks_quotes_and_tabs_stay_in_their_cell(self, tmp_path: Path) -> None:
        text = rows(f'"1","{DONE}","2","Y","Y","a\nb ""c""\td\\"')
        assert self.cell(tmp_path, text)[2] == 'a\nb "c"\td\\'

    def test_a_long_cell_stays_whole(self, tmp_path: Path) -> None:
        text = rows(f'"1","{DONE}","2","Y","Y","{"x" * 200_000}"')
        assert self.cell(tmp_path, text)[2] == "x" * 200_000

    @pytest.mark.parametrize(
        ("cell", "version", "ending", "told"),
        [
            ("'=1+1", 620, "", "=1+1"),  # the web export of 6.x masks it
            ("'=1+1", 620, "\r\n", "'=1+1"),  # a blank last line: RemoteControl, never masked
            ("'=1+1", 355, "", "'=1+1"),  # 3.14 masks nothing
            ("=1+1", 620, "", "=1+1"),
        ],
    )
    def test_the_mask_of_a_formula_is_taken_off_where_one_was_put(
        self, tmp_path: Path, cell: str, version: int, ending: str, told: str
    ) -> None:
        text = rows(f'"1","{DONE}","2","Y","Y","{cell}"') + ending
        assert self.cell(tmp_path, text, version)[2] == told

    def test_full_answers_become_codes(self, tmp_path: Path) -> None:
        assert self.cell(tmp_path, rows(f'"1","{DONE}","2","Yes","No","No"')) == ["Y", "", "No"]

    def test_remote_control_answers_in_base64(self, tmp_path: Path) -> None:
        inner = json.dumps(
            {"responses": [{"1": {"id": "1", "submitdate": None, "lastpage": "1", "COOP": "N"}
                            | {"ACT[SQ1]": None, "WHY": ""}}]}
        ).encode()  # fmt: skip
        envelope = json.dumps({"id": 1, "result": base64.b64encode(inner).decode(), "error": None})
        assert self.cell(tmp_path, envelope) == ["N", None, ""]

    def test_a_workbook_keeps_numbers_and_formulas_as_text(self, tmp_path: Path) -> None:
        head = ["id", "submitdate", "lastpage", "COOP", "ACT[SQ1]", "WHY"]
        content = workbook(head, [1, DONE, 2, "Y", "Y", 12.5])
        assert self.cell(tmp_path, content) == ["Y", "Y", "12.5"]


class TestReached:
    """The second page is sent where the response is complete, got there or has an answer on it."""

    @pytest.mark.parametrize(
        ("row", "told"),
        [
            (f'"1","{DONE}","","Y","",""', ["Y", "", ""]),  # complete
            ('"1","","2","Y","",""', ["Y", "", ""]),  # got there
            ('"1","","1","Y","",""', ["Y", None, None]),  # left before
            ('"1","","1","Y","","why"', ["Y", "", "why"]),  # went back
            ('"1","","2","N","",""', ["N", None, ""]),  # the condition does not hold
            ('"1","","2","N","Y",""', ["N", "Y", ""]),  # an answer is never taken away
        ],
    )
    def test_the_rule(self, tmp_path: Path, row: str, told: list[str | None]) -> None:
        cells, _ = read(tmp_path, rows(row))
        assert [None if pd.isna(it) else it for it in cells[list(WANTED)].iloc[0]] == told

    def test_a_page_opened_and_not_sent_holds_nothing(self, tmp_path: Path) -> None:
        cells, _ = read(tmp_path, rows('"1","","","","",""'))
        assert cells[list(WANTED)].isna().all(axis=None)

    @pytest.mark.parametrize(
        ("expression", "told"),
        [
            ('A.NAOK == "Y"', [True, False, False]),
            ('A == "Y" or B.NAOK >= 2', [True, True, False]),
            ('(A == "Y" && B > 2) || A != "Y"', [False, True, True]),
            ('!(A == "Y")', [False, True, True]),
            ("not is_empty(B.NAOK)", [True, True, False]),
            ("B == 1", [True, False, False]),
            ("1", [True, True, True]),
        ],
    )
    def test_conditions(self, expression: str, told: list[bool]) -> None:
        cells = {"A": pd.Series(["Y", "N", None]), "B": pd.Series(["1.0", "10", ""])}
        read_condition = condition(expression)
        assert read_condition is not None
        assert read_condition(cells).tolist() == told

    @pytest.mark.parametrize("expression", ["count(A) > 1", "A ==", "A = 1; B", "(A == 1", "{A}"])
    def test_a_condition_beyond_them_is_not_guessed(self, expression: str) -> None:
        assert condition(expression) is None

    def test_a_condition_that_cannot_be_read_is_a_doubt(self, tmp_path: Path) -> None:
        structure = parse_structure(
            LSS.format(version=355).replace('COOP.NAOK == "Y"', "sum(COOP) gt 1").encode(), "s.lss"
        )
        path = tmp_path / "r.csv"
        path.write_text(rows('"1","","2","N","",""', '"2","","2","N","Y",""'))
        ledger = Ledger()
        cells = read_export(path, structure, WANTED, ledger).astype("str")
        assert cells["ACT_SQ1"].isna().tolist() == [True, False]
        (told,) = [it for it in ledger.findings if it["code"] == "condition-not-read"]
        assert (told["severity"], told["column"]) == ("doubt", "ACT")

    def test_what_a_condition_speaks_of(self) -> None:
        assert variables('COOP.NAOK == "Y" and NCOOP.NAOK >= 2') == {"COOP", "NCOOP"}


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=30
)
ROWS = st.lists(
    st.tuples(st.booleans(), st.sampled_from(["", "1", "2"]), st.sampled_from(["", "Y", "N"]),
              st.sampled_from(["", "Y"]), TEXTS),
    min_size=1, max_size=6,
)  # fmt: skip


def quoted(*cells: str) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)


@given(answers=ROWS)
def test_what_is_written_as_csv_xlsx_and_json_comes_back(
    answers: list[tuple[bool, str, str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    told = [
        (str(number), DONE if done else "", page, coop, tick, why)
        for number, (done, page, coop, tick, why) in enumerate(answers, start=1)
    ]
    head = ["id", "submitdate", "lastpage", "COOP", "ACT[SQ1]", "WHY"]
    csv_text = "\r\n".join([quoted(*head), *(quoted(*row) for row in told), ""])
    flat = json.dumps({"responses": [dict(zip(head, row, strict=True)) for row in told]})
    folder = tmp_path_factory.mktemp("formats")
    for content in (csv_text, flat):
        cells, ledger = read(folder, content, version=620)
        assert ledger.faults == []
        assert cells["id"].tolist() == [row[0] for row in told]
        for name, at in (("COOP", 3), ("ACT_SQ1", 4), ("WHY", 5)):
            texts = [row[at].replace("\r\n", "\n").replace("\r", "\n") for row in told]
            unmasked = [it[1:] if it.startswith("'=") else it for it in texts]
            assert cells[name].fillna("").tolist() in (texts, unmasked)


@given(order=st.permutations(range(6)), lines=st.permutations(range(3)))
def test_the_order_of_rows_and_columns_changes_nothing(
    order: list[int], lines: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    head = ["id", "submitdate", "lastpage", "COOP", "ACT[SQ1]", "WHY"]
    told = [
        ["1", DONE, "2", "Y", "Y", "a"], ["2", "", "1", "N", "", ""], ["3", "", "2", "Y", "", "c"],
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("order")
    text = "\r\n".join(
        [quoted(*(head[at] for at in order)),
         *(quoted(*(told[line][at] for at in order)) for line in lines), ""]
    )  # fmt: skip
    straight = "\r\n".join([quoted(*head), *(quoted(*row) for row in told), ""])
    first, _ = read(folder, straight, "a.csv")
    second, _ = read(folder, text, "b.csv")
    sorted_second = second.sort_values("id").reset_index(drop=True)
    pd.testing.assert_frame_equal(first.reset_index(drop=True), sorted_second)
