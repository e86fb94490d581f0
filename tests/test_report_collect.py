from __future__ import annotations

import base64
from typing import Any

import nbformat
import pandas as pd
import pytest
from report_samples import SVG, chapter, code, md, shown

from escp_analysis.exhibits import MIME, figure, prose, table
from escp_analysis.report.blocks import (
    Callout,
    Figure,
    Form,
    Heading,
    Incomplete,
    Note,
    Paragraph,
    Table,
    plain,
)
from escp_analysis.report.collect import Draft, collect, structure_faults

PNG = base64.b64encode(b"not really a picture").decode()


def draft(*cells: Any) -> Draft:
    return collect("01_a", chapter(md("# Title"), *cells).cells)


def blocks(*cells: Any) -> list[Any]:
    found = draft(*cells)
    assert found.faults == ()
    assert found.gates == ()
    return [block for part in found.parts for block in part.blocks][1:]


def gates(*cells: Any) -> list[str]:
    return [str(gate) for gate in draft(*cells).gates]


def stream(name: str, text: str) -> Any:
    output = nbformat.v4.new_output("stream", name=name, text=text)
    return nbformat.v4.new_code_cell("print()", outputs=[output])


def failed(ename: str = "KeyError", evalue: str = "'activites'") -> Any:
    output = nbformat.v4.new_output("error", ename=ename, evalue=evalue, traceback=[])
    return nbformat.v4.new_code_cell("1/0", outputs=[output])


class TestExhibits:
    def test_code_is_never_part_of_the_report(self) -> None:
        assert blocks(code("secret = 1")) == []

    def test_prose_becomes_blocks(self) -> None:
        heading, paragraph = blocks(shown(prose("## Part\n\nWords")))
        assert isinstance(heading, Heading) and isinstance(paragraph, Paragraph)

    def test_figure_keeps_drawing_alt_and_data(self) -> None:
        exhibit = figure(
            SVG, name="f", caption="C", alt="A", columns=["x"], rows=[[1]], notes=["n"], base="b"
        )
        (found,) = blocks(shown(exhibit))
        assert isinstance(found, Figure)
        assert (found.alt, found.columns, found.rows) == ("A", ("x",), (("1",),))
        assert "Drawn words" in found.svg
        assert (found.name, found.caption, found.base, found.notes) == ("f", "C", "b", ("n",))
        assert found.series == "Figure"

    def test_table_keeps_spans_and_states(self) -> None:
        exhibit = table(
            [{"label": "a", "header": True}, {"label": "b", "align": "right", "width": 2}],
            [[{"text": "x", "rowspan": 2}, {"text": "y", "state": "mutual"}], [None, "z"]],
            name="t",
            caption="C",
            wide=True,
        )
        (found,) = blocks(shown(exhibit))
        assert isinstance(found, Table)
        assert found.wide and not found.matrix
        assert found.columns[0].header and found.columns[1].align == "right"
        assert found.rows[0][0] is not None and found.rows[0][0].rowspan == 2
        assert found.rows[0][1] is not None and found.rows[0][1].state == "mutual"
        assert found.rows[1][0] is None

    def test_many_centred_columns_are_a_matrix(self) -> None:
        columns = [
            {"label": "by", "header": True},
            *({"label": c, "align": "center"} for c in "abcdefgh"),
        ]
        (found,) = blocks(shown(table(columns, [["r", *"12345678"]], name="t", caption="C")))
        assert found.matrix

    @pytest.mark.parametrize(("numbered", "series"), [(True, "Figure"), (False, "")])
    def test_form_counts_as_a_figure_where_it_is_numbered(
        self, numbered: bool, series: str
    ) -> None:
        block = {"kind": "form", "name": "f", "caption": "C", "numbered": numbered, "items": []}
        (found,) = blocks(shown({MIME: block}))
        assert isinstance(found, Form)
        assert found.series == series

    def test_callout_and_note(self) -> None:
        box = {"kind": "callout", "style": "important", "title": "T", "markdown": "Words"}
        callout, note = blocks(shown({MIME: box}), shown({MIME: {"kind": "note", "text": "N"}}))
        assert isinstance(callout, Callout) and isinstance(note, Note)
        assert (callout.title, note.text) == ("T", "N")

    def test_unknown_and_broken_blocks_are_faults_at_their_cell(self) -> None:
        found = draft(
            shown({MIME: {"kind": "chart"}}), shown({MIME: {"kind": "table", "name": "t"}})
        )
        first, second = map(str, found.faults)
        assert "a block of the kind 'chart'" in first and "01_a.ipynb, cell 2" in first
        assert "a table cannot be read" in second and "01_a.ipynb, cell 3" in second

    def test_a_figure_without_drawing_is_a_fault(self) -> None:
        bundle = figure(
            SVG, name="f", caption="C", alt="A", columns=[], rows=[]
        )._repr_mimebundle_()
        del bundle["image/svg+xml"]
        assert "the drawing is missing" in str(draft(shown(bundle)).faults[0])


class TestPlainOutputs:
    def test_markdown(self) -> None:
        (found,) = blocks(shown({"text/markdown": "*x*", "text/plain": "x"}))
        assert plain(found.words) == "x"

    def test_dataframe_becomes_a_table_without_its_row_numbers(self) -> None:
        frame = pd.DataFrame({"country": ["Canada", "<b>Jordan</b>"], "n": [3, 2]})
        (found,) = blocks(shown({"text/html": frame.to_html(), "text/plain": "x"}))
        assert isinstance(found, Table)
        assert [plain(column.label) for column in found.columns] == ["country", "n"]
        assert [[plain(cell.words) for cell in row if cell] for row in found.rows] == [
            ["Canada", "3"],
            ["<b>Jordan</b>", "2"],
        ]
        assert [column.align for column in found.columns] == ["left", "right"]

    def test_index_and_double_header_are_kept(self) -> None:
        index = pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")], names=["one", "two"])
        columns = pd.MultiIndex.from_tuples([("n", "all"), ("n", "some")])
        frame = pd.DataFrame([[1, 2], [3, 4]], index=index, columns=columns)
        (found,) = blocks(shown({"text/html": frame.to_html()}))
        assert [plain(column.label) for column in found.columns] == [
            "one",
            "two",
            "n, all",
            "n, some",
        ]
        assert [column.header for column in found.columns] == [True, True, False, False]
        assert found.rows[0][0].rowspan == 2 and found.rows[1][0] is None
        assert plain(found.rows[1][3].words) == "4"

    def test_a_frame_cut_by_pandas_is_stopped(self) -> None:
        html = pd.DataFrame({"n": range(100)}).to_html(max_rows=10, show_dimensions=True)
        (gate,) = gates(shown({"text/html": html}))
        assert "pandas left rows or columns of a table out" in gate
        assert "01_a.ipynb, cell 2" in gate

    @pytest.mark.parametrize("kind", ["image/png", "image/svg+xml"])
    def test_a_picture_needs_an_alternative_text(self, kind: str) -> None:
        content = PNG if kind == "image/png" else SVG
        (gate,) = gates(shown({kind: content, "text/plain": "<Figure>"}))
        assert "a picture has no alternative text" in gate
        (found,) = blocks(shown({kind: content}, alt="Bars"))
        assert isinstance(found, Figure)
        assert found.alt == "Bars" and not found.numbered
        (named,) = blocks(shown({kind: content}, **{kind: {"alt": "Bars", "caption": "C"}}))
        assert named.series == "Figure"

    @pytest.mark.parametrize(
        "data",
        [
            {"text/plain": "42"},
            {"application/json": {}, "text/plain": "{}"},
            {"text/html": "<p>no table</p>"},
            {"text/latex": "$x$"},
        ],
    )
    def test_what_has_no_form_in_a_pdf_is_told(self, data: dict[str, Any]) -> None:
        (gate,) = gates(shown(data))
        assert "has no PDF form" in gate
        assert ", ".join(sorted(data)) in gate

    def test_printed_text_is_told_and_warnings_are_not(self) -> None:
        assert len(gates(stream("stdout", "42"))) == 1
        assert gates(stream("stderr", "careful")) == []


class TestFailure:
    def test_a_note_ends_the_chapter(self) -> None:
        found = draft(md("before"), failed(), md("## After"), code())
        kinds = [type(block) for part in found.parts for block in part.blocks]
        assert kinds == [Heading, Paragraph, Incomplete]
        assert found.incomplete

    def test_the_note_says_where_and_why(self) -> None:
        (note,) = draft(failed()).parts[-1].blocks
        assert isinstance(note, Incomplete)
        assert note.text == (
            "This chapter is incomplete: it stopped at cell 2 with KeyError: 'activites'"
        )

    def test_a_title_after_the_failure_is_kept_first(self) -> None:
        found = collect("01_a", chapter(failed(), md("# Title\n\nWords")).cells)
        kinds = [type(block) for part in found.parts for block in part.blocks]
        assert kinds == [Heading, Incomplete]


class TestPlaces:
    def test_papermills_cell_is_not_counted(self) -> None:
        found = draft(code("x = 1", ["injected-parameters"]), stream("stdout", "x"))
        assert [gate.cell for gate in found.gates] == [2]


class TestStructure:
    @pytest.mark.parametrize(
        ("markdown", "expected"),
        [
            ("Words first\n\n# Title", "does not begin with its title"),
            ("## Section", "does not begin with its title"),
            ("# One\n\n# Two", "a second title"),
            ("# One\n\n### Three", "a heading of level 3 follows one of level 1"),
        ],
    )
    def test_faults(self, markdown: str, expected: str) -> None:
        found = list(structure_faults(collect("01_a", chapter(md(markdown)).cells)))
        assert [expected in str(fault) for fault in found] == [True]

    def test_a_sound_chapter_and_an_empty_one(self) -> None:
        sound = collect("01_a", chapter(md("# One\n\n## Two\n\n### Three\n\n## Two")).cells)
        assert list(structure_faults(sound)) == []
        empty = collect("01_a", chapter(code()).cells)
        assert "shows nothing" in str(next(structure_faults(empty)))
