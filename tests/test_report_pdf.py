from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

import pypdf
import pytest
from report_samples import SVG, md, pdf_pages, report, shown, squeezed

from escp_analysis.errors import BuildError, RoundError
from escp_analysis.exhibits import MIME, figure, table
from escp_analysis.report.about import About
from escp_analysis.report.pdf import EscpPDFExporter
from escp_analysis.report.typeset import compile_template

TYPST = '#panic("x") *b* _i_ $x$ @ref <label> // gone /* too */ #image("/etc/passwd") \\u{41} `r`'


def pdf(notebook: Any = None, **chapters: Any) -> bytes:
    made, _ = EscpPDFExporter().from_notebook_node(notebook or report(**chapters))
    return made


def fig(**extra: Any) -> Any:
    shared: dict[str, Any] = {"name": "ticks", "caption": "Ticks", "alt": "One bar of seventeen."}
    return shown(figure(SVG, columns=["Option"], rows=[["Visits"]], **(shared | extra)))


def tab(count: int = 2, **extra: Any) -> Any:
    columns = [{"label": "Column head", "header": True}, {"label": "n", "align": "right"}]
    rows = [[f"row {number}", str(number)] for number in range(count)]
    return shown(table(columns, rows, name="rows", caption="Rows", **extra))


def reader(made: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(made))


def tags(made: bytes) -> list[tuple[str, dict[str, Any]]]:
    """Return the tags of the structure tree with their attributes, in reading order."""
    found: list[tuple[str, dict[str, Any]]] = []

    def visit(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for item in node:
                visit(item)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append((str(node["/S"]), node))
            if "/K" in node:
                visit(node["/K"])

    visit(reader(made).trailer["/Root"]["/StructTreeRoot"])
    return found


class TestAccessible:
    def test_claims_pdf_ua_with_language_and_title(self) -> None:
        catalogue = reader(pdf(c01_a=[md("# T"), fig()])).trailer["/Root"]
        metadata = catalogue["/Metadata"].get_object().get_data()
        assert b"pdfuaid:part" in metadata
        assert catalogue["/MarkInfo"]["/Marked"]
        assert str(catalogue["/Lang"]).startswith("en")
        assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
        assert b"Progress Report" in metadata

    def test_figures_carry_their_alternative_text(self) -> None:
        figures = [node for tag, node in tags(pdf(c01_a=[md("# T"), fig()])) if tag == "/Figure"]
        assert [str(node["/Alt"]) for node in figures if "/Alt" in node] == [
            "One bar of seventeen."
        ]

    def test_headings_and_table_heads_are_tagged(self) -> None:
        names = [tag for tag, _ in tags(pdf(c01_a=[md("# T\n\n## S\n\n### U\n\n- item"), tab()]))]
        assert {"/H1", "/H2", "/H3", "/L", "/Table", "/TH", "/TD"} <= set(names)
        assert names.count("/TH") == 2

    def test_bookmarks_lead_through_the_report(self) -> None:
        outline = reader(pdf(c01_a=[md("# T\n\n## S")])).outline
        titles = [item.title for item in outline if not isinstance(item, list)]
        assert any("T" in title for title in titles)


class TestPages:
    def test_cover_contents_and_lists_with_page_numbers(self) -> None:
        pages = pdf_pages(
            pdf(
                c01_a=[md("# First\n\n## Section"), fig()],
                c02_b=[md("# Second"), tab(), fig(name="s", caption="More", supplementary=True)],
            )
        )
        assert "Progress Report" in pages[0] and "4 March 2019" in pages[0]
        assert "Prepared under contract EX/1." in pages[1]
        assert "The views are those of the authors." in pages[1]
        contents = squeezed(pages[2]).replace(".", "")
        for line in ("1First4", "11Section4", "2Second5", "Figure1Ticks4", "FigureS1More5"):
            assert line in contents
        assert "Table1Rows5" in contents
        assert "First" in pages[3] and "Second" in pages[4]

    def test_every_page_says_where_the_responses_come_from(self) -> None:
        pages = pdf_pages(pdf(c01_a=[md("# First\n\n" + "Words. \n\n" * 200)]))
        assert len(pages) > 4
        assert [n for n, page in enumerate(pages) if "reconstructed" not in page.lower()] == []

    def test_running_head_and_foot(self) -> None:
        pages = pdf_pages(pdf(c02_a=[md("# The chapter\n\n" + "Words. \n\n" * 200)]))
        assert squeezed(pages[4]).startswith("2Thechapter")
        for number, page in enumerate(pages[1:], start=2):
            assert squeezed(page).endswith(f"{number}/{len(pages)}")
            assert "Progress Report" in page

    def test_collected_responses_need_no_line(self) -> None:
        pages = pdf_pages(pdf(report(About(title="Only title"), c01_a=[md("# T")])))
        assert "reconstructed" not in "".join(pages).lower()

    def test_wide_tables_lie_on_landscape_pages_with_their_head_repeated(self) -> None:
        made = pdf(c01_a=[md("# T"), tab(60, wide=True), md("after")])
        pages = reader(made).pages
        lying = [page for page in pages if page.mediabox.width > page.mediabox.height]
        assert len(lying) >= 2
        assert all("Column head" in page.extract_text() for page in lying)
        assert "after" in pages[-1].extract_text()
        assert pages[-1].mediabox.width < pages[-1].mediabox.height

    def test_an_annex_goes_on_below_another_where_there_is_room(self) -> None:
        pages = pdf_pages(pdf(A_a=[md("# First\n\nShort.")], B_b=[md("# Second")]))
        assert "Short." in pages[-1]
        assert "Second" in pages[-1]

    @pytest.mark.parametrize(
        ("one", "other", "words"), [("A_a", "B_b", 26), ("c01_a", "c02_b", 1), ("c01_a", "A_b", 1)]
    )
    def test_any_other_chapter_begins_on_a_page_of_its_own(
        self, one: str, other: str, words: int
    ) -> None:
        chapters = {one: [md("# First\n\n" + "Words.\n\n" * words)], other: [md("# Second")]}
        pages = pdf_pages(pdf(**chapters))
        assert "Second" in pages[-1]
        assert "Words." not in pages[-1]
        assert squeezed(pages[-1]).endswith(f"{len(pages)}/{len(pages)}")

    def test_a_long_table_goes_on_with_its_head(self) -> None:
        made = reader(pdf(c01_a=[md("# T"), tab(80)]))
        heads = [page for page in made.pages if "Column head" in page.extract_text()]
        assert len(heads) >= 2
        text = "".join(page.extract_text() for page in made.pages)
        assert all(f"row {number}" in text for number in range(80))

    def test_references_and_lists_are_links(self) -> None:
        made = reader(pdf(c01_a=[md("# T\n\n{ref}`ticks` [w](https://example.org/a)"), fig()]))
        notes = [note.get_object() for page in made.pages for note in page.get("/Annots") or []]
        addresses = [str(n["/A"]["/URI"]) for n in notes if "/A" in n and "/URI" in n["/A"]]
        assert addresses == ["https://example.org/a"]
        assert len(notes) >= 4


class TestHostileText:
    def test_typst_markup_is_printed_as_it_was_typed(self) -> None:
        form = {"kind": "form", "name": "q", "caption": TYPST, "numbered": True, "title": TYPST}
        items = [
            {"wording": TYPST, "help": [TYPST], "options": [{"label": TYPST}], "fields": [TYPST]}
        ]
        about = About(title=TYPST, provenance=TYPST, banner=TYPST, deliverable=TYPST)
        made = pdf(
            report(
                about,
                c01_a=[
                    md(f"# Title\n\n`` {TYPST} ``"),
                    fig(caption=TYPST, alt=TYPST, notes=[TYPST], base=TYPST, source=TYPST),
                    shown(table([{"label": TYPST}], [[TYPST]], name="t", caption=TYPST)),
                    shown({MIME: form | {"items": items}}),
                    shown({MIME: {"kind": "note", "text": TYPST}}),
                ],
            )
        )
        text = squeezed("".join(pdf_pages(made)))
        assert text.count(squeezed(TYPST)) > 12
        assert "root:" not in text


class TestBytes:
    def test_same_notebook_gives_the_same_bytes(self) -> None:
        notebook = report(c01_a=[md("# T"), fig(), tab()])
        assert pdf(notebook) == pdf(notebook)

    def test_a_report_without_a_date_too(self) -> None:
        notebook = report(About(title="T"), c01_a=[md("# T")])
        assert pdf(notebook) == pdf(notebook)

    def test_only_the_reports_own_fonts_are_used(self) -> None:
        made = reader(pdf(c01_a=[md("# Title ●\n\n*x* `y`"), fig()]))
        names = {
            str(font.get_object()["/BaseFont"]).split("+")[-1]
            for page in made.pages
            for font in (page["/Resources"].get("/Font") or {}).values()
        }
        assert names
        assert {name.split("-")[0] for name in names} <= {
            "SourceSansPro",
            "DejaVuSans",
            "DejaVuSansMono",
        }


class TestRefused:
    def test_a_picture_without_alternative_text(self) -> None:
        with pytest.raises(RoundError, match="alternative text"):
            block = {"kind": "figure", "name": "f", "caption": "C", "alt": " ", "data": {}}
            pdf(c01_a=[md("# T"), shown({MIME: block, "image/svg+xml": SVG})])

    def test_a_picture_that_is_none_is_told_as_a_failed_build(self) -> None:
        cell = shown({"image/png": base64.b64encode(b"no picture").decode()}, alt="A")
        with pytest.raises(BuildError, match="the PDF could not be set"):
            pdf(c01_a=[md("# T"), cell])

    def test_an_unknown_template_value(self) -> None:
        with pytest.raises(BuildError, match="the PDF could not be set"):
            compile_template("report.typ", "{}", format="pdf")
