"""What is drawn: bars, numbers, order, contrast; read from the SVG, not from the code."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pandas as pd
import pytest

from escp_analysis import figures
from escp_analysis.exhibits import Exhibit
from escp_analysis.figures.drawing import FILLS, INKS

SVG = "{http://www.w3.org/2000/svg}"
# option, label, strand-1, strand-2; bases 14 and 7.
BARS = (
    ("low", "Rarely done", 1, 0),
    ("high", "Often done", 14, 4),
    ("zero", "Never done", 0, 0),
    ("tie", "Rarely done too", 0, 1),
    ("other", "Other", 2, 3),
)


def shares(bars: tuple[tuple[str, str, int, int], ...] = BARS) -> pd.DataFrame:
    bases = {"all": 21, "1": 14, "2": 7}
    rows = [
        {
            "option": option,
            "label": label,
            "strand": strand,
            "selected": count,
            "base": bases[strand],
        }
        for option, label, first, second in bars
        for strand, count in (("all", first + second), ("1", first), ("2", second))
    ]
    return pd.DataFrame(rows)


def drawn(**more: object) -> Exhibit:
    return figures.stacked_bars(shares(), name="f", caption="Caption", source="Survey", **more)  # type: ignore[arg-type]


def texts(svg: str) -> list[str]:
    return [
        "".join(node.itertext()).strip() for node in ElementTree.fromstring(svg).iter(f"{SVG}text")
    ]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def widths(svg: str, fill: str) -> list[float]:
    """Return the widths of the bars drawn in a colour: paths of two x values, high enough."""
    found = []
    for path in ElementTree.fromstring(svg).iter(f"{SVG}path"):
        numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", path.get("d", ""))]
        xs, ys = numbers[0::2], numbers[1::2]
        if fill in path.get("style", "") and len(xs) == 4 and max(ys) - min(ys) > 12:
            found.append(max(xs) - min(xs))
    return found


class TestStackedBars:
    def test_options_are_sorted_by_total_ties_as_given_zero_kept_other_last(self) -> None:
        rows = drawn().block["data"]["rows"]
        assert [row[0] for row in rows] == [
            "Often done", "Rarely done", "Rarely done too", "Never done", "Other",
        ]  # fmt: skip
        assert rows[0] == ["Often done", "14", "4", "18", "18 of 21 (86\u202f%)"]

    def test_labels_totals_and_counts_are_drawn_but_no_zero_segment(self) -> None:
        svg = texts(drawn().svg or "")
        for text in ("Often done", "18", "14", "4", "Never done", "Strand-1", "Strand-2"):
            assert text in svg
        # 0 stands once as the total of the option nobody selected, and once on the axis.
        assert svg.count("0") == 2

    def test_bar_lengths_are_in_proportion_to_the_counts(self) -> None:
        svg = drawn().svg or ""
        first, second = widths(svg, "#00429d"), widths(svg, "#ffa600")
        one = first[0] / 14
        assert [round(width / one) for width in first] == [14, 1, 2]
        assert [round(width / one) for width in second] == [4, 1, 3]

    def test_the_axis_ends_at_the_base(self) -> None:
        assert "21" in texts(drawn().svg or "")

    def test_unpublished_heights_are_hatched_and_marked_in_figure_table_and_note(self) -> None:
        unpublished = pd.DataFrame({"option": ["high", "high"], "strand": ["2", "all"]})
        exhibit = drawn(unpublished=unpublished)
        assert "4†" in texts(exhibit.svg or "")
        assert "url(#h" in (exhibit.svg or "")
        assert exhibit.block["data"]["rows"][0][1:] == ["14", "4†", "18†", "18† of 21 (86\u202f%)"]
        assert "18†" in texts(exhibit.svg or "")
        assert exhibit.block["notes"] == ["† Height reconstructed, not published."]
        assert "†" not in "".join(texts(drawn().svg or ""))

    def test_alternative_text_tells_kind_base_first_last_and_zero(self) -> None:
        alt = drawn().block["alt"]
        assert alt == (
            "Stacked bar chart of 5 options by strand, sorted, 21 partnerships. Most selected: "
            "Often done, 18 of 21 (86\u202f%). Last: Other, 5 of 21 (24\u202f%). "
            "Nobody selected: Never done."
        )

    def test_base_and_source_are_said(self) -> None:
        text = drawn().text
        assert "Base: 21 partnerships (14 strand-1, 7 strand-2); several answers possible" in text
        assert "Source: Survey" in text

    def test_same_table_same_bytes_and_other_names_other_ids(self) -> None:
        assert drawn().svg == drawn().svg
        other = figures.stacked_bars(shares(), name="g", caption="C", source="S").svg or ""
        ids = [set(re.findall(r'id="([a-z0-9]{8,})"', svg)) for svg in (drawn().svg or "", other)]
        assert ids[0]
        assert not ids[0] & ids[1]

    def test_text_stays_text_in_the_house_font(self) -> None:
        assert "Source Sans Pro" in (drawn().svg or "")

    def test_hostile_labels_stay_text(self) -> None:
        bars = (("a", "<script>alert(1)</script> & $x^2$", 1, 1),)
        exhibit = figures.stacked_bars(shares(bars), name="f", caption="C", source="S")
        assert "<script>" not in (exhibit.svg or "") + exhibit.html
        assert "&lt;script&gt;" in exhibit.html
        assert "$x^2$" in " ".join(texts(exhibit.svg or ""))

    def test_nothing_to_draw_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="nothing to draw"):
            figures.stacked_bars(shares(()), name="f", caption="C", source="S")


@pytest.mark.parametrize("strand", ["1", "2"])
def test_numbers_can_be_read_on_their_bars(strand: str) -> None:
    assert contrast(FILLS[strand], INKS[strand]) >= 4.5


def test_neighbouring_fills_can_be_told_apart() -> None:
    assert contrast(FILLS["1"], FILLS["2"]) >= 3


def test_sorted_bars_say_their_base_and_keep_ties_in_order() -> None:
    counts = pd.DataFrame({"focus": ["b", "a", "c"], "partnerships": [1, 1, 3]})
    exhibit = figures.focus_bars(
        counts.assign(covered=4, selected=9), name="f", caption="Industrial focus"
    )
    assert exhibit.block["data"]["rows"] == [["c", 3], ["b", 1], ["a", 1]]
    assert exhibit.block["base"].startswith("4 of the 9 partnerships selected")
    assert not exhibit.block["supplementary"]


def test_a_pair_is_drawn_in_one_order_and_counts_both() -> None:
    both = pd.concat([shares().assign(question="x"), shares().assign(question="y")])
    exhibit = figures.paired_bars(
        both, titles={"x": "Clusters", "y": "SMEs"}, name="p", caption="C", source="S"
    )
    assert exhibit.block["data"]["columns"] == ["Option", "Clusters", "SMEs"]
    assert exhibit.block["data"]["rows"][1] == ["Often done", *["18 of 21 (86\u202f%)"] * 2]
    assert {"Clusters", "SMEs"} <= set(texts(exhibit.svg or ""))
    assert exhibit.block["supplementary"]


def unpublished(*pairs: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(pairs), columns=["option", "strand"])


class TestUnpublished:
    def test_an_unpublished_zero_is_marked_at_its_total(self) -> None:
        exhibit = drawn(unpublished=unpublished(("zero", "1"), ("zero", "all")))
        assert "0†" in texts(exhibit.svg or "")
        row = next(r for r in exhibit.block["data"]["rows"] if r[0] == "Never done")
        assert row == ["Never done", "0†", "0", "0†", "0† of 21 (0\u202f%)"]

    def test_a_published_total_of_an_unpublished_split_stays_unmarked(self) -> None:
        exhibit = drawn(unpublished=unpublished(("high", "1"), ("high", "2")))
        row = next(r for r in exhibit.block["data"]["rows"] if r[0] == "Often done")
        assert row == ["Often done", "14†", "4†", "18", "18 of 21 (86\u202f%)"]

    def test_published_bars_beside_it_stay_unmarked(self) -> None:
        drawn_texts = texts(
            drawn(unpublished=unpublished(("high", "2"), ("high", "all"))).svg or ""
        )
        assert [t for t in drawn_texts if "†" in t] == ["4†", "18†", "† not published"]

    def test_the_alternative_text_says_what_hatching_means(self) -> None:
        assert (
            drawn(unpublished=unpublished(("high", "2"), ("high", "all")))
            .block["alt"]
            .endswith(" Nobody selected: Never done. Hatched where not published.")
        )

    def test_a_pair_marks_each_panel_by_its_own_question(self) -> None:
        both = pd.concat([shares().assign(question="x"), shares().assign(question="y")])
        exhibit = figures.paired_bars(
            both,
            titles={"x": "Clusters", "y": "SMEs"},
            unpublished={
                "x": unpublished(),
                "y": unpublished(("high", "1"), ("high", "all")),
            }.__getitem__,
            name="p",
            caption="C",
            source="S",
        )
        share = "of 21 (86\u202f%)"
        assert exhibit.block["data"]["rows"][1] == ["Often done", f"18 {share}", f"18† {share}"]
        # A panel is too narrow for a dagger in a segment: it is hatched, its total is marked.
        assert [t for t in texts(exhibit.svg or "") if "†" in t] == ["18†", "† not published"]
        assert "url(#h" in (exhibit.svg or "")
        assert exhibit.block["notes"] == ["† Height reconstructed, not published."]


def test_options_that_tie_for_the_top_are_both_named() -> None:
    bars = (("a", "First", 2, 1), ("b", "Second", 1, 2), ("c", "Third", 0, 1))
    alt = figures.stacked_bars(shares(bars), name="f", caption="C", source="S").block["alt"]
    assert "Most selected: First; Second, 3 of 21 (14\u202f%) each. Last: Third, 1 of 21" in alt


def test_a_question_nobody_reached_is_drawn_without_a_warning(
    recwarn: pytest.WarningsRecorder,
) -> None:
    nobody = shares((("a", "First", 0, 0), ("b", "Second", 0, 0))).assign(base=0)
    exhibit = figures.stacked_bars(nobody, name="f", caption="C", source="S")
    assert [str(warning.message) for warning in recwarn] == []
    assert exhibit.block["data"]["rows"][0] == ["First", "0", "0", "0", "0 of 0"]
    assert exhibit.block["alt"] == (
        "Stacked bar chart of 2 options by strand, sorted, 0 partnerships. Nobody selected any."
    )


def test_two_bases_are_both_said_under_a_pair() -> None:
    smaller = shares().assign(question="y")
    smaller["base"] -= smaller["strand"].map({"all": 2, "1": 1, "2": 1})
    exhibit = figures.paired_bars(
        pd.concat([shares().assign(question="x"), smaller]),
        titles={"x": "Clusters", "y": "SMEs"}, name="p", caption="C", source="S",
    )  # fmt: skip
    assert exhibit.block["base"] == (
        "21 partnerships (14 strand-1, 7 strand-2); 19 partnerships (13 strand-1, 6 strand-2); "
        "several answers possible"
    )
