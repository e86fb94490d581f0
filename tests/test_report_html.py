from __future__ import annotations

import base64
import io
import itertools
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from fontTools.ttLib import TTFont
from nbconvert.exporters import get_exporter
from report_samples import ABOUT, SVG, chapter, code, md, report, shown

from escp_analysis.errors import RoundError
from escp_analysis.exhibits import MIME, figure, prose, table
from escp_analysis.report.about import About
from escp_analysis.report.html import EscpHTMLExporter

HOSTILE = "</p><script>alert(1)</script><img src=x onerror=alert(2)> {{ 7 * 7 }} {% raw %} &amp;"


def page(notebook: Any = None, **chapters: Any) -> BeautifulSoup:
    made, _ = EscpHTMLExporter().from_notebook_node(notebook or report(**chapters))
    return BeautifulSoup(made, "html.parser")


def one(soup: BeautifulSoup | Tag, selector: str) -> Tag:
    found = soup.select(selector)
    assert len(found) == 1, f"{selector}: {len(found)}"
    return found[0]


def texts(soup: BeautifulSoup | Tag, selector: str) -> list[str]:
    return [" ".join(tag.get_text().split()) for tag in soup.select(selector)]


def fig(**extra: Any) -> Any:
    shared: dict[str, Any] = {"name": "ticks", "caption": "Ticks", "alt": "One bar."}
    return shown(figure(SVG, columns=["Option", "n"], rows=[["Visits", 17]], **(shared | extra)))


def states() -> Any:
    columns = [
        {"label": "By", "header": True},
        {"label": "State"},
        {"label": "n", "align": "right"},
    ]
    rows: list[Any] = [
        [{"text": "NF4", "rowspan": 2}, {"text": "● mutual", "state": "mutual"}, "5"],
        [None, "○ silent", "6"],
    ]
    return shown(table(columns, rows, name="rows", caption="States", base="17", notes=["n"]))


class TestPage:
    def test_language_title_landmarks_and_skip_link(self) -> None:
        soup = page(c01_a=[md("# Title")])
        assert one(soup, "html")["lang"] == "en"
        assert one(soup, "head > title").get_text() == "Progress Report (D5.5)"
        assert one(soup, "main")["id"] == one(soup, "a.skip")["href"].removeprefix("#")
        assert len(soup.select("body > header, body > footer")) == 2
        assert soup.select("nav[aria-labelledby]")

    def test_every_id_is_unique_and_every_inner_link_resolves(self) -> None:
        soup = page(
            c01_a=[md("# Same\n\n## Same\n\n{ref}`ticks` {ref}`rows`"), fig()],
            c02_b=[md("# Same\n\n## Same"), fig(name="second"), states()],
        )
        ids = [str(tag["id"]) for tag in soup.select("[id]")]
        assert len(ids) == len(set(ids))
        named = [
            name
            for tag in soup.select("[aria-labelledby]")
            for name in str(tag["aria-labelledby"]).split()
        ]
        links = [str(a["href"]).removeprefix("#") for a in soup.select('a[href^="#"]')]
        assert len(links) == 10
        assert set(links + named) <= set(ids)

    def test_nothing_is_loaded_and_nothing_runs(self) -> None:
        soup = page(c01_a=[md("# T\n\n[w](https://example.org)"), fig()])
        assert not soup.select("script, link, iframe, object, [src]:not([src^='data:'])")
        addresses = re.findall(r"url\(([^)]{0,9})", str(one(soup, "head > style")))
        assert addresses
        assert {address.lstrip("'\"")[:5] for address in addresses} == {"data:"}

    def test_headings_do_not_skip_a_level(self) -> None:
        soup = page(c01_a=[md("# T\n\n## S\n\n### U"), fig()])
        levels = [int(tag.name[1]) for tag in soup.select("h1, h2, h3, h4, h5, h6")]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
        assert texts(soup, ".chapter h2, .chapter h3, .chapter h4") == ["1 T", "1.1 S", "1.1.1 U"]

    def test_no_code_is_shown(self) -> None:
        soup = page(c01_a=[md("# T"), code("secret_name = 1"), shown(prose("Words"))])
        assert "secret_name" not in soup.get_text()


class TestCover:
    def test_says_what_the_report_is(self) -> None:
        soup = page(c01_a=[md("# T")])
        cover = one(soup, "body > header")
        told = cover.get_text()
        for words in ("An Observatory", "D5.5", "EX/1", "4 March 2019", "2018-10", ABOUT.fieldwork):
            assert words in told
        assert one(cover, "h1").get_text() == "Progress Report"
        assert ABOUT.provenance in one(cover, ".banner").get_text()
        assert ABOUT.provenance in one(soup, "body > footer").get_text()

    def test_imprint_and_disclaimer_stand_before_the_first_chapter(self) -> None:
        soup = page(c01_a=[md("# T")])
        front = one(soup, "section.imprint")
        assert [text.get_text() for text in front.find_all("p")] == [
            "Prepared under contract EX/1.",
            "The views are those of the authors.",
        ]
        assert "chapter" in (front.find_next_sibling("section") or {}).get("class", [])
        assert not page(report(About(title="T"), c01_a=[md("# T")])).select("section.imprint")

    def test_collected_responses_need_no_line(self) -> None:
        soup = page(report(About(title="T", date="2019-03-04"), c01_a=[md("# T")]))
        assert not soup.select(".banner, .provenance")

    def test_one_chapter_alone_is_titled_by_its_heading(self) -> None:
        soup = page(chapter(md("# Lone *chapter*")))
        assert one(soup, "h1").get_text() == "Lone chapter"


class TestContents:
    def test_contents_and_lists_with_numbers_and_links(self) -> None:
        soup = page(
            c01_a=[md("# T\n\n## S"), fig(), fig(name="s", caption="More", supplementary=True)],
            cA_b=[md("# F"), states()],
        )
        assert texts(soup, "nav.contents li") == ["1 T", "1.1 S", "Annex A F"]
        assert texts(soup, "nav.exhibits li") == [
            *("Figure 1 Ticks", "Figure S1 More"),
            "Table 1 States",
        ]
        assert texts(soup, "nav.exhibits h2") == ["List of figures", "List of tables"]

    def test_an_empty_list_is_left_out(self) -> None:
        assert not page(c01_a=[md("# T")]).select("nav.exhibits")


class TestFigure:
    def test_drawing_is_named_and_described(self) -> None:
        svg = one(page(c01_a=[md("# T"), fig()]), "figure svg")
        assert svg["role"] == "img"
        assert [tag.get_text() for tag in svg.select("title, desc")] == [
            "Figure 1 Ticks",
            "One bar.",
        ]

    def test_caption_base_notes_and_source(self) -> None:
        exhibit = fig(base="21 partnerships", source="A survey", notes=["† Not published."])
        figure_tag = one(page(c01_a=[md("# T"), exhibit]), "figure")
        assert texts(figure_tag, "figcaption") == ["Figure 1 Ticks"]
        assert texts(figure_tag, ".below p") == [
            "Base: 21 partnerships",
            "† Not published.",
            "Source: A survey",
        ]

    def test_data_stand_behind_it(self) -> None:
        details = one(page(c01_a=[md("# T"), fig()]), "figure details")
        assert texts(details, "summary") == ["Data behind Figure 1"]
        assert texts(details, "thead th[scope=col]") == ["Option", "n"]
        assert texts(details, "tbody tr > *") == ["Visits", "17"]

    def test_two_drawings_with_the_same_ids_do_not_share_them(self) -> None:
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><defs><clipPath id="p">'
            '<rect width="1" height="1"/></clipPath></defs><g clip-path="url(#p)"/></svg>'
        )
        options: dict[str, Any] = {"caption": "C", "alt": "A", "columns": [], "rows": []}
        both = [shown(figure(svg, name=name, **options)) for name in "ab"]
        soup = page(c01_a=[md("# T"), *both])
        ids = [str(tag["id"]) for tag in soup.find_all("clippath")]
        assert ids == ["figure-1-p", "figure-2-p"]
        assert [str(g["clip-path"]) for g in soup.select("g[clip-path]")] == [
            f"url(#{name})" for name in ids
        ]

    def test_png_keeps_its_alternative_text(self) -> None:
        cell = shown({"image/png": base64.b64encode(b"x").decode()}, alt='Bars "a" & b')
        image = one(page(c01_a=[md("# T"), cell]), "figure img")
        assert image["alt"] == 'Bars "a" & b'
        assert str(image["src"]).startswith("data:image/png;base64,")


class TestTable:
    def test_heads_spans_and_states(self) -> None:
        table_tag = one(page(c01_a=[md("# T"), states()]), "figure table")
        assert texts(table_tag, "thead th[scope=col]") == ["By", "State", "n"]
        head = one(table_tag, "tbody th[scope=row]")
        assert (head.get_text(), head["rowspan"]) == ("NF4", "2")
        assert texts(table_tag, "td.state.mutual") == ["● mutual"]
        assert [len(row.find_all(["td", "th"])) for row in table_tag.select("tbody tr")] == [3, 2]

    def test_scrolls_by_keyboard_and_is_named_by_its_caption(self) -> None:
        soup = page(c01_a=[md("# T"), states()])
        region = one(soup, "figure .scroll")
        assert (region["role"], region["tabindex"]) == ("region", "0")
        assert "Table 1" in str(region["aria-label"])
        caption = soup.find(id=str(one(soup, "figure table")["aria-labelledby"]))
        assert isinstance(caption, Tag)
        assert "States" in caption.get_text()

    def test_says_how_wide_it_is_so_that_a_phone_can_tell_of_scrolling(self) -> None:
        def least(*heads: str) -> float:
            columns = [{"label": head} for head in heads]
            made = shown(table(columns, [["a"] * len(heads)], name="t", caption="C"))
            style = str(one(page(c01_a=[md("# T"), made]), "figure .scroll")["style"])
            return float(style.removeprefix("--least: ").removesuffix("rem"))

        assert least("a", "b") < least("a", "b", "c") < least("a", "b", "longest-of-all-words-here")
        # A word without end does not widen the page without end.
        assert least("x" * 100_000) == least("y" * 200)
        css = one(page(c01_a=[md("# T")]), "head style").get_text()
        assert "Scroll sideways to see the whole" in css

    def test_no_header_is_empty(self) -> None:
        cell = shown(table([{"label": ""}, {"label": "n"}], [["a", "1"]], name="t", caption="C"))
        assert all(th.get_text(strip=True) for th in page(c01_a=[md("# T"), cell]).select("th"))


class TestForm:
    def test_facsimile(self) -> None:
        options = [
            {"label": "Exports", "mark": "box", "other": False, "comment": True},
            {"label": "Yes", "mark": "radio", "other": False, "comment": False},
        ]
        items = [
            {"wording": "Which?", "mandatory": True, "help": ["Select all."], "options": options},
            {
                "wording": "Events",
                "kind": "text grid",
                "rows": ["1st"],
                "columns": ["Name", "Date"],
            },
            {"introduction": "One case.", "wording": "Who?", "fields": ["Country"]},
        ]
        block = {"kind": "form", "name": "q", "caption": "Asked", "numbered": True, "items": items}
        form = one(page(c01_a=[md("# T"), shown({MIME: block | {"title": "D."}})]), "figure.form")
        assert texts(form, ".wording") == ["* Which?", "Events", "Who?", "Country"]
        assert texts(form, ".help, .introduction, .sheet-title") == [
            "D.",
            "Select all.",
            "One case.",
        ]
        assert texts(form, ".options li") == ["Exports", "Yes"]
        assert len(form.select(".mark.box")) == len(form.select(".mark.radio")) == 1
        assert len(form.select(".frame.comment")) == 1
        assert texts(form, "th[scope=col], th[scope=row]") == ["Name", "Date", "1st"]


class TestHostileText:
    """Text from respondents may stand wherever a block has text."""

    def everywhere(self) -> BeautifulSoup:
        rows: list[Any] = [[HOSTILE, {"text": HOSTILE, "state": HOSTILE}]]
        form = {
            "kind": "form", "name": "q", "caption": HOSTILE, "numbered": True, "title": HOSTILE,
            "items": [{"wording": HOSTILE, "help": [HOSTILE], "fields": [HOSTILE], "options": [
                {"label": HOSTILE, "mark": HOSTILE}]}],
        }  # fmt: skip
        box = {"kind": "callout", "style": HOSTILE, "title": HOSTILE, "markdown": HOSTILE}
        about = About(title=HOSTILE, deliverable=HOSTILE, provenance=HOSTILE, banner=HOSTILE)
        return page(
            report(
                about,
                c01_a=[
                    md(f"# {HOSTILE}\n\n{HOSTILE}\n\n`{HOSTILE}`"),
                    fig(
                        caption=HOSTILE, alt=HOSTILE, base=HOSTILE, notes=[HOSTILE], source=HOSTILE
                    ),
                    shown(
                        table([{"label": HOSTILE}, {"label": "b"}], rows, name="t", caption=HOSTILE)
                    ),
                    shown({MIME: form}),
                    shown({MIME: box}),
                    shown({MIME: {"kind": "note", "text": HOSTILE}}),
                ],
            )
        )

    def test_adds_no_element_and_no_handler(self) -> None:
        soup = self.everywhere()
        assert not soup.select("script, img")
        assert not [t for t in soup.find_all(True) if any(a.startswith("on") for a in t.attrs)]

    def test_is_printed_as_it_was_typed(self) -> None:
        soup = self.everywhere()
        assert soup.get_text().count("<script>alert(1)</script>") > 15
        assert "{{ 7 * 7 }}" in soup.get_text()
        assert "49" not in one(soup, "main").get_text()
        assert HOSTILE in one(soup, "td.state").get_text()


class TestFonts:
    def test_embedded_fonts_hold_the_signs_of_the_report(self) -> None:
        soup = page(c01_a=[md("# Ťitle ²\n\nWords ● ◐ ○")])
        style = str(one(soup, "head > style"))
        faces = re.findall(r'font-family: "([^"]+)".*?base64,([^)]+)\)', style)
        signs: dict[str, set[int]] = {}
        for family, woff in faces:
            with TTFont(io.BytesIO(base64.b64decode(woff))) as font:
                signs.setdefault(family, set()).update(font.getBestCmap())
        assert {ord("Ť"), ord("²"), ord("W")} <= signs["Source Sans Pro"]
        assert {ord("●"), ord("◐"), ord("○")} <= signs["DejaVu Sans"]

    def test_a_report_without_rare_signs_needs_no_fallback(self) -> None:
        style = str(one(page(c01_a=[md("# Title")]), "head > style"))
        assert '"DejaVu Sans"; font-weight' not in style

    def test_a_small_page_stays_small(self) -> None:
        made, _ = EscpHTMLExporter().from_notebook_node(report(c01_a=[md("# Title")]))
        assert len(made.encode()) < 60_000


def test_same_notebook_gives_the_same_bytes() -> None:
    notebook = report(c01_a=[md("# T"), fig(), states()])
    first, second = (EscpHTMLExporter().from_notebook_node(notebook)[0] for _ in range(2))
    assert first == second


def test_faults_of_a_chapter_are_told() -> None:
    with pytest.raises(RoundError, match="does not begin with its title"):
        page(chapter(md("## No title")))


def test_what_a_chapter_alone_cannot_show_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("WARNING"):
        page(chapter(md("# T"), shown({"text/plain": "42"})))
    assert "left out: Notebook.ipynb, cell 2: an output (text/plain)" in caplog.text


@pytest.mark.parametrize("name", ["escp-html", "escp-pdf"])
def test_nbconvert_knows_the_exporters(name: str) -> None:
    exporter = get_exporter(name)()
    made, resources = exporter.from_notebook_node(chapter(md("# Lone chapter")))
    assert resources["output_extension"] == f".{name.removeprefix('escp-')}"
    assert made[:5] in ("<!DOC", b"%PDF-")
