"""A computed number carries its origin; nobody can forge one, and no form of it is lost."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from report_samples import chapter, code, md, pdf_pages, shown

from escp_analysis.exhibits import callout, prose
from escp_analysis.narrative.words import escape, inside
from escp_analysis.origins import computed, told, without_origins
from escp_analysis.report import markdown
from escp_analysis.report.blocks import Paragraph, Text, Value, walk
from escp_analysis.report.html import EscpHTMLExporter
from escp_analysis.report.pdf import EscpPDFExporter

THIN = "\u202f"
NUMBER = computed("4 of 6 (67 %)", "options.a.b.2", count=4, base=6, unit="share of partnerships")
ORIGIN = f"options.a.b.2: count 4, base 6, share 67{THIN}%, unit: share of partnerships"


def values(text: str, *, made: bool = True) -> list[tuple[str, str]]:
    blocks, _ = markdown.parse(text, "here", computed=made)
    return [(it.text, it.origin) for it in walk(blocks) if isinstance(it, Value)]


def test_a_number_and_its_origin_are_read_as_they_were_written() -> None:
    assert values(f"As *many* as {NUMBER} say so.") == [("4 of 6 (67 %)", ORIGIN)]


@pytest.mark.parametrize("name", ["a`b", "a<b>c", "a|b", "a\\b", "a\\", "`", "<", "a > b"])
def test_signs_of_the_syntax_in_a_name_stay_signs(name: str) -> None:
    assert values(f"x {told(name, f'country.{name}')} y") == [(name, f"country.{name}")]


def test_it_stands_in_a_cell_of_a_markdown_table() -> None:
    text = f"| a | b |\n|--|--|\n| {told('1|2', 'x|y')} | c |"
    assert values(text) == [("1|2", "x|y")]


@pytest.mark.parametrize(
    ("count", "base", "unit", "said"),
    [
        (3, None, "pairs", "n: count 3, unit: pairs"),
        (0, 0, "share of partnerships", "n: count 0, base 0, unit: share of partnerships"),
        (80, 14, "ticks per partnership", "n: count 80, base 14, unit: ticks per partnership"),
        (1, 8, "pairs", f"n: count 1, base 8, share 13{THIN}%, unit: pairs"),
        (None, None, "", "n"),
    ],
)
def test_the_origin_says_what_there_is_to_say(
    count: int | None, base: int | None, unit: str, said: str
) -> None:
    assert values(computed("x", "n", count=count, base=base, unit=unit)) == [("x", said)]


def test_a_share_in_brackets_keeps_its_origin() -> None:
    assert values(inside(NUMBER)) == [("4 of 6, 67 %", ORIGIN)]


class TestForgery:
    """Free text is escaped before it meets a sentence; what an analyst types is no origin."""

    @pytest.mark.parametrize(
        "typed", [NUMBER, f"\\{NUMBER}", f"a `{NUMBER}", "{value}`1 <x>`", "{value}`<x>`"]
    )
    def test_what_a_respondent_typed_stays_text(self, typed: str) -> None:
        assert values(f"They say “{escape(typed)}”.") == []
        (block,) = markdown.parse(escape(typed), "here", computed=True)[0]
        assert isinstance(block, Paragraph)
        assert {type(node) for node in block.words} == {Text}
        assert "".join(node.text for node in walk(block) if isinstance(node, Text)) == " ".join(
            typed.split()
        )

    def test_what_a_chapter_types_is_a_fault(self) -> None:
        _, (fault,) = markdown.parse(f"Of these, {NUMBER}.", "02_x.ipynb, cell 3")
        assert fault.what == "the origin of a number is written by hand"
        assert fault.where == "02_x.ipynb, cell 3"

    def test_markup_in_an_origin_is_text_in_the_page(self) -> None:
        page = html(prose(told("3", "country.<script>alert(1)</script>")))
        assert page.select("script") == []
        number = page.select_one(".value")
        assert number["data-origin"] == "country.<script>alert(1)</script>"
        described = page.find(id=number["aria-describedby"])
        assert described.get_text() == "country.<script>alert(1)</script>"


def html(*exhibits: object) -> BeautifulSoup:
    notebook = chapter(md("# Title"), *(shown(it) for it in exhibits), code())
    return BeautifulSoup(EscpHTMLExporter().from_notebook_node(notebook)[0], "html.parser")


class TestPage:
    """Reachable with a pointer, a keyboard, a finger and a screen reader; and without scripts."""

    def test_each_number_can_be_focused_and_is_described_by_its_origin(self) -> None:
        page = html(prose(f"{NUMBER} and {NUMBER}."), callout("important", "T", f"Also {NUMBER}."))
        numbers = page.select(".value")
        assert len(numbers) == 3
        for number in numbers:
            assert number["tabindex"] == "0"
            assert number["data-origin"] == ORIGIN
            assert page.find(id=number["aria-describedby"]).get_text() == ORIGIN
            assert number.get_text() == "4 of 6 (67 %)"
        assert len({it["aria-describedby"] for it in numbers}) == 3
        assert page.select("script") == []

    def test_the_style_shows_it_on_hover_and_on_focus(self) -> None:
        style = html(prose(NUMBER)).style.get_text()
        shown = style.split(".value:hover::after, .value:focus::after {")[1].split("}")[0]
        assert "content: attr(data-origin)" in shown

    def test_the_pdf_prints_the_number_alone(self) -> None:
        notebook = chapter(md("# Title"), shown(prose(f"As many as {NUMBER} say so.")))
        pages = " ".join(pdf_pages(EscpPDFExporter().from_notebook_node(notebook)[0]))
        assert "As many as 4 of 6 (67 %) say so." in " ".join(pages.split())
        assert "options.a.b.2" not in pages


class TestNotebook:
    def test_plain_text_holds_the_number_alone(self) -> None:
        assert prose(f"As many as {NUMBER} say so.").text == "As many as 4 of 6 (67 %) say so."
        assert callout("important", "T", NUMBER).text == "[important] T\n\n4 of 6 (67 %)"

    def test_html_shows_the_origin_as_a_title(self) -> None:
        shown_there = BeautifulSoup(prose(f"**{NUMBER}** <b>").html, "html.parser")
        (number,) = shown_there.select("span")
        assert (number.get_text(), number["title"], number["tabindex"]) == (
            "4 of 6 (67 %)",
            ORIGIN,
            "0",
        )
        assert shown_there.select("b") == []


def test_every_number_a_chapter_computes_names_a_value_of_the_round(built: Path) -> None:
    """The first word of an origin is a name of values.json, or a fact; none is invented."""
    named = set(json.loads((built / "values.json").read_text(encoding="utf-8")))
    origins = []
    for path in sorted((built / "chapters").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                block = output.get("data", {}).get("application/vnd.escp.block+json", {})
                for it in [block, *block.get("blocks", [])]:
                    origins += values(it.get("markdown", ""))
    assert len(origins) > 80
    for _, origin in origins:
        name = origin.rsplit(": count", 1)[0]
        known = name in named or name.startswith(("fact ", "base of ", "rank of "))
        assert known or " without " in name, origin


def test_without_origins_leaves_what_only_looks_like_one() -> None:
    assert without_origins("{value}`3` and {value} <x>") == "{value}`3` and {value} <x>"
