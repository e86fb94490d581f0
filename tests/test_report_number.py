from __future__ import annotations

from typing import Any

import nbformat
import pytest
from report_samples import SVG, chapter, md, shown

from escp_analysis.errors import RoundError
from escp_analysis.exhibits import MIME, figure, table
from escp_analysis.report.blocks import Captioned, Chapter, Heading, Ref, walk
from escp_analysis.report.collect import collect
from escp_analysis.report.number import (
    chapter_number,
    contents,
    elsewhere_of,
    listed,
    number,
    only,
)


def fig(name: str, *, supplementary: bool = False) -> Any:
    caption = f"Caption of {name}"
    return shown(
        figure(
            SVG,
            name=name,
            caption=caption,
            alt="A",
            columns=[],
            rows=[],
            supplementary=supplementary,
        )
    )


def tab(name: str) -> Any:
    return shown(table([{"label": "a"}], [["1"]], name=name, caption=f"Caption of {name}"))


def form(name: str) -> Any:
    block = {"kind": "form", "name": name, "caption": "Asked", "numbered": True, "items": []}
    return shown({MIME: block})


def numbered(*, lenient: bool = False, **chapters: list[Any]) -> tuple[Chapter, ...]:
    drafts = [
        collect(name.removeprefix("c"), chapter(*cells).cells) for name, cells in chapters.items()
    ]
    return number(drafts, lenient=lenient)


def faults(**chapters: list[Any]) -> list[str]:
    with pytest.raises(RoundError) as caught:
        numbered(**chapters)
    return [str(fault) for fault in caught.value.faults]


def labels(chapters: tuple[Chapter, ...]) -> list[str]:
    return [node.label for node in walk(chapters) if isinstance(node, Captioned) and node.label]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("01_a", "1"), ("12_a_b", "12"), ("A_form", "A"), ("a_form", ""), ("notes", ""), ("01", "")],
)
def test_chapter_number(name: str, expected: str) -> None:
    assert chapter_number(name) == expected


class TestNumbers:
    def test_headings(self) -> None:
        chapters = numbered(
            c02_a=[md("# T\n\n## S\n\n### U\n\n### V\n\n## W\n\n### X")], cA_b=[md("# F\n\n## G")]
        )
        found = [node.number for node in walk(chapters) if isinstance(node, Heading)]
        assert found == ["2", "2.1", "2.1.1", "2.1.2", "2.2", "2.2.1", "Annex A", "A.1"]

    def test_series_run_through_the_report(self) -> None:
        chapters = numbered(
            c01_a=[md("# T"), fig("a"), fig("s", supplementary=True), tab("t")],
            c02_b=[md("# U"), form("b"), fig("c"), tab("u"), fig("r", supplementary=True)],
        )
        assert labels(chapters) == [
            *("Figure 1", "Figure S1", "Table 1"),
            *("Figure 2", "Figure 3", "Table 2", "Figure S2"),
        ]

    def test_lists_put_the_supplementary_last(self) -> None:
        chapters = numbered(c01_a=[md("# T"), fig("s", supplementary=True), fig("a"), form("b")])
        entries = listed(chapters, "Figure")
        assert [(entry.label, entry.text) for entry in entries] == [
            ("Figure 1", "Caption of a"),
            ("Figure 2", "Asked"),
            ("Figure S1", "Caption of s"),
        ]
        assert listed(chapters, "Table") == ()

    def test_contents_go_down_to_sections(self) -> None:
        chapters = numbered(c01_a=[md("# T\n\n## S *x*\n\n### U")])
        assert [(e.label, e.text, e.level) for e in contents(chapters)] == [
            ("1", "T", 1),
            ("1.1", "S x", 2),
        ]

    def test_anchors_differ(self) -> None:
        chapters = numbered(
            c01_a=[md("# Same\n\n## Same"), fig("a")], c02_b=[md("# Same\n\n## Same"), fig("b")]
        )
        anchors = [n.anchor for n in walk(chapters) if isinstance(n, Captioned | Heading)]
        assert len(anchors) == len(set(anchors)) == 6


class TestReferences:
    def test_to_figure_table_form_heading_and_chapter(self) -> None:
        text = "# T\n\n{ref}`f` {ref}`t` {ref}`q` {ref}`h` {ref}`annex`"
        chapters = numbered(
            c01_a=[md(text)],
            c02_b=[md("# U\n\n(h)=\n## S"), fig("f"), tab("t"), form("q")],
            cA_c=[md("(annex)=\n# F")],
        )
        found = [(n.label, n.anchor) for n in walk(chapters) if isinstance(n, Ref)]
        assert found == [
            ("Figure 1", "figure-1"),
            ("Table 1", "table-1"),
            ("Figure 2", "figure-2"),
            ("Section 2.1", "section-2-1"),
            ("Annex A", "annex-a"),
        ]

    def test_unknown_name_tells_place_and_nearest(self) -> None:
        (fault,) = faults(c01_a=[md("# T"), md("{ref}`activites`"), fig("activities")])
        assert "the reference 'activites' leads to nothing" in fault
        assert "01_a.ipynb, cell 2" in fault
        assert "did you mean 'activities'?" in fault

    def test_name_used_twice_tells_both_places(self) -> None:
        (fault,) = faults(c01_a=[md("# T"), fig("x")], c02_b=[md("(x)=\n# U")])
        assert "the name 'x' is used twice" in fault
        assert "01_a.ipynb, cell 2 and 02_b.ipynb, cell 1" in fault

    def test_faults_of_all_chapters_at_once(self) -> None:
        found = faults(
            c01_a=[md("# T\n\n{ref}`no`")],
            c02_b=[md("## No title")],
            c03_c=[md("# X\n\n#### deep")],
        )
        assert len(found) == 3

    def test_a_stopped_chapter_leaves_names_that_lead_nowhere(self) -> None:
        output = nbformat.v4.new_output("error", ename="E", evalue="e", traceback=[])
        stopped = nbformat.v4.new_code_cell("x", outputs=[output])
        chapters = numbered(c01_a=[md("# T\n\n{ref}`lost`")], c02_b=[md("# U"), stopped])
        (ref,) = [n for n in walk(chapters) if isinstance(n, Ref)]
        assert (ref.label, ref.anchor) == ("lost", "")

    def test_a_chapter_alone_may_refer_to_others(self) -> None:
        chapters = numbered(c01_a=[md("# T\n\n{ref}`elsewhere`")], lenient=True)
        (ref,) = [n for n in walk(chapters) if isinstance(n, Ref)]
        assert ref.label == "elsewhere"


class TestParts:
    def chapters(self) -> tuple[Chapter, ...]:
        return numbered(
            c01_a=[md("# T"), fig("a"), fig("s", supplementary=True)],
            c02_b=[md("# U\n\n{ref}`a` {ref}`b`"), fig("b")],
        )

    def test_only_keeps_numbers_and_cuts_links(self) -> None:
        (kept,) = only(self.chapters(), ["02_b"])
        refs = [(n.label, n.anchor) for n in walk(kept) if isinstance(n, Ref)]
        assert refs == [("Figure 1", ""), ("Figure 2", "figure-2")]

    def test_a_chapter_alone_keeps_its_numbers(self) -> None:
        elsewhere = elsewhere_of(only(self.chapters(), ["02_b"])[0])
        draft = collect("02_b", chapter(md("# U\n\n{ref}`a`"), fig("b")).cells)
        chapters = number([draft], elsewhere)
        assert labels(chapters) == ["Figure 2"]
        (ref,) = [n for n in walk(chapters) if isinstance(n, Ref)]
        assert (ref.label, ref.anchor) == ("Figure 1", "")
