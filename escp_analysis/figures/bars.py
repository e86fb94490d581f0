"""Bar charts: what is drawn stands in numbers beside the bar and in a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from escp_analysis.exhibits import Exhibit, figure, prose
from escp_analysis.figures.drawing import (
    FILLS,
    HATCHES,
    INK,
    INKS,
    STRONG,
    UNPUBLISHED,
    drawn,
    dress,
    height,
    mark,
)
from escp_analysis.rounding import share_text

_OTHER = "other"


def stacked_bars(
    shares: pd.DataFrame,
    *,
    name: str,
    caption: str,
    source: str,
    notes: Sequence[str] = (),
    unpublished: pd.DataFrame | None = None,
    supplementary: bool = False,
) -> Exhibit:
    """Return stacked horizontal bars of one question: an option each, a segment per strand.

    ``shares`` has the columns option, label, strand (``all`` and each strand), selected
    (partnerships) and base (partnerships), one question only. Bars are sorted by their total,
    ties in the order given, Other last; options nobody selected stay; the axis ends at the base.
    Segments listed in ``unpublished`` (option, strand) are hatched; their number is marked with
    a dagger, and so is the total where the strand is ``all``. Raises ``ValueError`` for an empty
    table. Source: Figures 4, 6, 10, 12 of D5.5.
    """
    bars = _bars(shares)
    marked = _pairs(unpublished)
    svg = drawn(name, height(bars["label"]), lambda axes: _draw_stack(axes, bars, marked))
    return figure(
        svg,
        name=name,
        caption=caption,
        alt=_stack_alt(bars, marked),
        columns=["Option", *(f"Strand-{strand}" for strand in _strands(bars)), "Total", "Share"],
        rows=[_stack_row(bar, marked) for bar in bars.to_dict("records")],
        base=_base_text([bars]),
        source=source,
        notes=[*_daggers(marked), *notes],
        supplementary=supplementary,
    )


def sorted_bars(
    counts: pd.DataFrame,
    *,
    label: str,
    value: str,
    name: str,
    caption: str,
    base: str,
    source: str,
    unit: str = "Partnerships",
    notes: Sequence[str] = (),
    supplementary: bool = False,
) -> Exhibit:
    """Return one horizontal bar per row of ``counts``, longest first, ties in the order given.

    ``label`` and ``value`` name its columns; ``unit`` names what ``value`` counts. Raises
    ``ValueError`` for an empty table.
    """
    bars = counts.sort_values(value, ascending=False, kind="stable").reset_index(drop=True)
    if bars.empty:
        raise ValueError("nothing to draw: the table has no rows")
    svg = drawn(
        name,
        height(bars[label]),
        lambda axes: _plain(axes, bars[label], bars[value], unit),
    )
    first, last = bars.iloc[0], bars.iloc[-1]
    alt = (
        f"Bar chart of {len(bars)} items, sorted. Highest: {first[label]}, {first[value]}; "
        f"lowest: {last[label]}, {last[value]}."
    )
    return figure(
        svg,
        name=name,
        caption=caption,
        alt=alt,
        columns=[label.capitalize(), unit],
        rows=[[str(row[label]), int(row[value])] for row in bars.to_dict("records")],
        base=base,
        source=source,
        notes=notes,
        supplementary=supplementary,
    )


def focus_bars(focus: pd.DataFrame, *, name: str, caption: str) -> Exhibit:
    """Return the industrial focus of a group of partnerships as sorted bars.

    ``focus`` as ``metrics.industrial_focus`` returns it; its base says how many of the
    partnerships selected have a source. Where it is empty a sentence says so. Source: Figures 1
    and 2 of D5.5.
    """
    if focus.empty:
        return prose("No source gives the industries of these partnerships.")
    covered, selected = int(focus["covered"].iloc[0]), int(focus["selected"].iloc[0])
    return sorted_bars(
        focus,
        label="focus",
        value="partnerships",
        name=name,
        caption=caption,
        base=f"{covered} of the {selected} partnerships selected, whose sectors a source gives",
        source="Registry of partnerships, from public pages named there",
        notes=["A partnership with several focuses counts once in each."],
    )


def paired_bars(
    shares: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    name: str,
    caption: str,
    source: str,
    notes: Sequence[str] = (),
    unpublished: Callable[[str], pd.DataFrame] | None = None,
    supplementary: bool = True,
) -> Exhibit:
    """Return two questions with the same options side by side, in the order given.

    ``shares`` as for ``stacked_bars`` with a column question; ``titles`` heads each question's
    panel and gives the panels' order; ``unpublished`` returns a question's as there.
    """
    panels = [_wide(shares.loc[shares["question"] == question]) for question in titles]
    marks = [_pairs(unpublished(question) if unpublished else None) for question in titles]
    labels = list(panels[0]["label"])

    svg = drawn(
        name,
        height(panels[0]["label"]),
        lambda axes: _draw_pair(axes, panels, list(titles.values()), marks),
    )
    totals = [
        f"{title}: {int(p['total'].sum())} ticks"
        for title, p in zip(titles.values(), panels, strict=True)
    ]
    return figure(
        svg,
        name=name,
        caption=caption,
        alt=f"Paired bar charts of {len(labels)} options in the same order. {'; '.join(totals)}.",
        columns=["Option", *titles.values()],
        rows=[
            [label, *(_share(p.iloc[at], those) for p, those in zip(panels, marks, strict=True))]
            for at, label in enumerate(labels)
        ],
        base=_base_text(panels),
        source=source,
        notes=[*_daggers(frozenset().union(*marks)), *notes],
        supplementary=supplementary,
    )


def _wide(shares: pd.DataFrame) -> pd.DataFrame:
    """Return one row per option in the order given: label, a column per strand, total, base."""
    if shares.empty:
        raise ValueError("nothing to draw: the table has no rows")
    wide = shares.pivot(index="option", columns="strand", values="selected")
    bases = shares.drop_duplicates("strand").set_index("strand")["base"]
    order = shares["option"].drop_duplicates()
    labels = shares.drop_duplicates("option").set_index("option")["label"]
    bars = wide.loc[order].rename(columns={"all": "total"}).assign(label=labels.loc[order])
    sizes = {f"base_{strand}": int(base) for strand, base in bases.items() if strand != "all"}
    return bars.assign(base=int(bases["all"]), **sizes).reset_index()


def _bars(shares: pd.DataFrame) -> pd.DataFrame:
    bars = _wide(shares)
    keys = pd.DataFrame({"other": bars["option"] == _OTHER, "total": -bars["total"]})
    return bars.loc[keys.sort_values(["other", "total"], kind="stable").index].reset_index(
        drop=True
    )


def _strands(bars: pd.DataFrame) -> list[str]:
    return [strand for strand in FILLS if strand in bars.columns]


def _pairs(unpublished: pd.DataFrame | None) -> frozenset[tuple[str, str]]:
    if unpublished is None:
        return frozenset()
    return frozenset(zip(unpublished["option"], unpublished["strand"], strict=True))


def _daggers(marked: frozenset[tuple[str, str]]) -> list[str]:
    return [f"{UNPUBLISHED} Height reconstructed, not published."] if marked else []


def _stack(
    axes: Axes, bars: pd.DataFrame, marked: frozenset[tuple[str, str]], roomy: bool = True
) -> None:
    """Draw bars of a segment per strand; a dagger stands in a segment only where there is room."""
    left = pd.Series(0, index=bars.index)
    for strand in _strands(bars):
        segments = axes.barh(
            bars.index, bars[strand], left=left, height=0.68, color=FILLS[strand],
            edgecolor="white", linewidth=0.6, label=f"Strand-{strand}",
        )  # fmt: skip
        hatched = [(option, strand) in marked for option in bars["option"]]
        for bar, count, hatch in zip(segments, bars[strand], hatched, strict=True):
            bar.set_visible(bool(count))
            if hatch:
                bar.set_hatch("////")
                bar.set_edgecolor(HATCHES[strand])
        behind = {"facecolor": FILLS[strand], "edgecolor": "none", "pad": 1.2}
        axes.bar_label(
            segments, list(map(_number, bars[strand], [roomy and hatch for hatch in hatched])),
            label_type="center",
            color=INKS[strand], fontsize=9, fontweight="bold", bbox=behind if marked else None,
        )  # fmt: skip
        left = left + bars[strand]
    end = max(1, int(bars["base"].iloc[0]))
    for at, option, total in zip(bars.index, bars["option"], bars["total"], strict=True):
        text = mark(int(total), (option, "all") in marked)
        axes.text(total + 0.012 * end, at, text, va="center", color=INK, **STRONG)
    dress(axes, bars["label"], end, "Partnerships")


def _legend(axes: Axes, strands: Sequence[str], marked: bool, **place: Any) -> None:
    handles = [Patch(facecolor=FILLS[strand], label=f"Strand-{strand}") for strand in strands]
    if marked:
        label = f"{UNPUBLISHED} not published"
        handles.append(Patch(facecolor="#d9d9d9", edgecolor="white", hatch="////", label=label))
    axes.legend(handles=handles, frameon=False, fontsize=9.5, handlelength=1.2, **place)


def _draw_stack(axes: Axes, bars: pd.DataFrame, marked: frozenset[tuple[str, str]]) -> None:
    _stack(axes, bars, marked)
    above = {"loc": "lower left", "bbox_to_anchor": (0, 1.0), "ncols": 3, "borderaxespad": 0.2}
    _legend(axes, _strands(bars), bool(marked), **above)


def _draw_pair(
    axes: Axes,
    panels: Sequence[pd.DataFrame],
    titles: Sequence[str],
    marks: Sequence[frozenset[tuple[str, str]]],
) -> None:
    axes.set_axis_off()
    for at, (panel, title, marked) in enumerate(zip(panels, titles, marks, strict=True)):
        inner = axes.inset_axes((0.52 * at, 0, 0.46, 1))
        _stack(inner, panel, marked, roomy=False)
        inner.set_title(title, fontsize=10, loc="left", color=INK)
        if at:
            inner.set_yticklabels([])
            _legend(inner, _strands(panel), any(marks), loc="lower right")


def _number(count: int, marked: bool) -> str:
    return mark(int(count), marked) if count else ""


def _plain(axes: Axes, labels: pd.Series[str], values: pd.Series[int], unit: str) -> None:
    plain = axes.barh(range(len(values)), values, height=0.68, color=FILLS["1"])
    axes.bar_label(
        plain,
        [str(int(value)) for value in values],
        padding=3,
        color=INK,
        **STRONG,
    )
    dress(axes, labels, int(values.max()) + 1, unit)


def _stack_alt(bars: pd.DataFrame, marked: frozenset[tuple[str, str]]) -> str:
    base, last = int(bars["base"].iloc[0]), bars.iloc[-1]
    opening = f"Stacked bar chart of {len(bars)} options by strand, sorted, {base} partnerships."
    hatched = " Hatched where not published." if marked else ""
    highest = int(bars["total"].max())
    if not highest:
        return f"{opening} Nobody selected any.{hatched}"
    first = bars.loc[bars["total"] == highest, "label"]
    each = " each" if len(first) > 1 else ""
    zero = [str(label) for label in bars.loc[bars["total"] == 0, "label"]]
    none = f" Nobody selected: {'; '.join(zero)}." if zero else ""
    return (
        f"{opening} Most selected: {'; '.join(first)}, {share_text(highest, base)}{each}. "
        f"Last: {last['label']}, {share_text(int(last['total']), base)}.{none}{hatched}"
    )


def _stack_row(bar: Mapping[Any, Any], marked: frozenset[tuple[str, str]]) -> list[str]:
    counts = {strand: int(bar[strand]) for strand in FILLS if strand in bar}
    counts["all"] = int(bar["total"])
    told = [mark(count, (bar["option"], strand) in marked) for strand, count in counts.items()]
    return [str(bar["label"]), *told, _share(bar, marked)]


def _share(bar: Any, marked: frozenset[tuple[str, str]]) -> str:
    text = share_text(int(bar["total"]), int(bar["base"]))
    return text.replace(" ", f"{UNPUBLISHED} ", 1) if (bar["option"], "all") in marked else text


def _base_text(panels: Sequence[pd.DataFrame]) -> str:
    """Return whom the bars stand for; where two panels differ, each of them in turn."""
    told = dict.fromkeys(_partnerships(bars) for bars in panels)
    return f"{'; '.join(told)}; several answers possible"


def _partnerships(bars: pd.DataFrame) -> str:
    sizes = [f"{int(bars[f'base_{strand}'].iloc[0])} strand-{strand}" for strand in _strands(bars)]
    return f"{int(bars['base'].iloc[0])} partnerships ({', '.join(sizes)})"
