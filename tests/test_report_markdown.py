from __future__ import annotations

from typing import Any

import pytest

from escp_analysis.report.blocks import (
    Break,
    Code,
    Emphasis,
    Heading,
    Link,
    Listing,
    Paragraph,
    Preformatted,
    Quote,
    Ref,
    Strong,
    Table,
    Text,
    plain,
)
from escp_analysis.report.markdown import parse


def blocks(markdown: str, **options: Any) -> tuple[Any, ...]:
    found, faults = parse(markdown, "01_a.ipynb, cell 1", **options)
    assert faults == []
    return found


def faults(markdown: str, **options: Any) -> list[str]:
    return [str(fault) for fault in parse(markdown, "01_a.ipynb, cell 1", **options)[1]]


def words(markdown: str) -> tuple[Any, ...]:
    (paragraph,) = blocks(markdown)
    assert isinstance(paragraph, Paragraph)
    return paragraph.words


class TestInline:
    def test_kinds_of_words(self) -> None:
        assert words("a **b** *c* `d`") == (
            Text("a "),
            Strong((Text("b"),)),
            Text(" "),
            Emphasis((Text("c"),)),
            Text(" "),
            Code("d"),
        )

    def test_reference_is_not_code(self) -> None:
        assert words("see {ref}`figure-4`.") == (Text("see "), Ref("figure-4"), Text("."))

    def test_reference_inside_strong_words(self) -> None:
        assert words("**{ref}`x`**") == (Strong((Ref("x"),)),)

    def test_web_links_stay_links(self) -> None:
        assert words("[w](https://a.eu/b?c=1&d=2)") == (
            Link("https://a.eu/b?c=1&d=2", (Text("w"),)),
        )

    @pytest.mark.parametrize(
        "href",
        ["mailto:a@b.eu", "ftp://a.eu", "other.ipynb", "#part", "//a.eu", "https:", "http://"],
    )
    def test_other_links_leave_their_words(self, href: str) -> None:
        assert words(f"[w]({href})") == (Text("w"),)

    def test_a_script_as_address_is_no_link_at_all(self) -> None:
        found = words("[w](javascript:alert(1))")
        assert not any(isinstance(word, Link) for word in found)

    @pytest.mark.parametrize(
        "hostile",
        [
            "<script>alert(1)</script>",
            "<b onclick=x>y</b>",
            "#panic()",
            "{{ 7 * 7 }}",
            "$x$",
            "&lt;",
        ],
    )
    def test_markup_of_other_languages_is_text(self, hostile: str) -> None:
        expected = "<" if hostile == "&lt;" else hostile
        assert "".join(word.text for word in words(f"a {hostile}")) == f"a {expected}"

    def test_breaks(self) -> None:
        assert words("a\nb\\\nc") == (
            Text("a"),
            Text(" "),
            Text("b"),
            Break(),
            Text("c"),
        )


class TestBlocks:
    def test_target_line_names_the_heading_after_it(self) -> None:
        assert blocks("(barriers)=\n## Barriers\n\n### Part") == (
            Heading(2, (Text("Barriers"),), "barriers"),
            Heading(3, (Text("Part"),)),
        )

    def test_target_line_ends_a_paragraph(self) -> None:
        found = blocks("Some words\n(x)=\n## Heading")
        assert [type(block) for block in found] == [Paragraph, Heading]
        assert found[1].name == "x"

    def test_lists(self) -> None:
        bullets, numbers = blocks("- a\n  - b\n\n3. c\n4. d")
        assert isinstance(bullets, Listing) and isinstance(numbers, Listing)
        assert not bullets.ordered
        inner = bullets.items[0][1]
        assert isinstance(inner, Listing)
        assert plain(inner.items[0][0].words) == "b"
        assert (numbers.ordered, numbers.start, len(numbers.items)) == (True, 3, 2)

    def test_quote_and_preformatted(self) -> None:
        quote, code = blocks("> said\n\n```\n<b>\n  x\n```")
        assert quote == Quote((Paragraph((Text("said"),)),))
        assert code == Preformatted("<b>\n  x")

    def test_table(self) -> None:
        (table,) = blocks("| a | b |\n|---|--:|\n| {ref}`x` | 2 |")
        assert isinstance(table, Table)
        assert [column.align for column in table.columns] == ["left", "right"]
        assert [cell.words for cell in table.rows[0]] == [(Ref("x"),), (Text("2"),)]
        assert not table.numbered


class TestFaults:
    def test_target_without_heading(self) -> None:
        (fault,) = faults("(lost)=\n\nWords")
        assert "the target (lost)= names nothing" in fault
        assert "01_a.ipynb, cell 1" in fault

    def test_image(self) -> None:
        (fault,) = faults("![alt](https://a.eu/x.png)")
        assert "an image stands in the text" in fault
        assert "show it as a figure" in fault

    def test_level_that_is_too_deep(self) -> None:
        assert "a heading of level 4" in faults("#### Deep")[0]

    @pytest.mark.parametrize("markdown", ["> # Said", "- ## Item"])
    def test_heading_inside_another_block(self, markdown: str) -> None:
        assert "inside another block" in faults(markdown)[0]

    def test_heading_in_a_callout(self) -> None:
        assert "inside another block" in faults("# Title", headings=False)[0]

    def test_ruled_line(self) -> None:
        assert "ruled line" in faults("a\n\n---\n\nb")[0]

    def test_all_at_once(self) -> None:
        assert len(faults("#### Deep\n\n![a](b)\n\n---")) == 3
