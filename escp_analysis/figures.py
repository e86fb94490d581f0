"""Figures in the house form: what is drawn stands in numbers beside the bar and in a table."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import font_source_sans_pro
import pandas as pd
import seaborn as sns
from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator

from escp_analysis.exhibits import Exhibit, figure
from escp_analysis.rounding import share_text

FILLS: Mapping[str, str] = {"1": "#00429d", "2": "#ffa600"}
INKS: Mapping[str, str] = {"1": "#ffffff", "2": "#000000"}
UNPUBLISHED = "†"
_INK, _GRID, _WIDTH, _OTHER = "#1a1a1a", "#c9d1e0", 6.3, "other"
_HATCHES: Mapping[str, str] = {"1": "#6f8fc4", "2": "#ffd27a"}
_STRONG: Mapping[str, Any] = {"fontsize": 10, "fontweight": "bold"}


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
    a dagger, and so is the total of an option that has one. Raises ``ValueError`` for an empty
    table. Source: Figures 4, 6, 10, 12 of D5.5.
    """
    bars = _bars(shares)
    marked = _pairs(unpublished)
    svg = _drawn(name, _height(bars["label"]), lambda axes: _draw_stack(axes, bars, marked))
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
    svg = _drawn(
        name,
        _height(bars[label]),
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
    partnerships selected have a source. Source: Figures 1 and 2 of D5.5.
    """
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


def fieldwork_timeline(events: pd.DataFrame, *, name: str, caption: str, source: str) -> Exhibit:
    """Return the days of the fieldwork on a line: invitation, reminders, closing.

    ``events`` as ``metrics.fieldwork`` returns it. An event without a date is placed on no day;
    it is named between those that have one. Source: section 1.1 of D5.5.
    """
    dated, undated = events.dropna(subset="date"), events.loc[events["date"].isna()]
    told = [
        f"{row['event']} {row['date'].day} {row['date']:%B %Y}" for row in dated.to_dict("records")
    ]
    between = f"{len(undated)} reminders between, dates not published" if len(undated) else ""
    svg = _drawn(name, 1.35, lambda axes: _draw_timeline(axes, dated, between))
    return figure(
        svg,
        name=name,
        caption=caption,
        alt=f"Line of the fieldwork in days: {'; '.join(told)}. {between}".strip(),
        columns=["Event", "Date", "Day"],
        rows=[_event_row(row) for row in events.to_dict("records")],
        source=source,
        supplementary=True,
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

    svg = _drawn(
        name,
        _height(panels[0]["label"]),
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
            [label, *(_share(p.iloc[at], mark) for p, mark in zip(panels, marks, strict=True))]
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
    """Return option and strand of what was not published: with a strand, the total too."""
    if unpublished is None:
        return frozenset()
    pairs = frozenset(zip(unpublished["option"], unpublished["strand"], strict=True))
    return pairs | {(option, "all") for option, _ in pairs}


def _daggers(marked: frozenset[tuple[str, str]]) -> list[str]:
    return [f"{UNPUBLISHED} Height reconstructed, not published."] if marked else []


def _stack(
    axes: Axes, bars: pd.DataFrame, marked: frozenset[tuple[str, str]], roomy: bool = True
) -> None:
    """Draw bars of a segment per strand; a dagger stands in a segment only where there is room."""
    left = pd.Series(0, index=bars.index)
    for strand in _strands(bars):
        drawn = axes.barh(
            bars.index, bars[strand], left=left, height=0.68, color=FILLS[strand],
            edgecolor="white", linewidth=0.6, label=f"Strand-{strand}",
        )  # fmt: skip
        hatched = [(option, strand) in marked for option in bars["option"]]
        for bar, count, hatch in zip(drawn, bars[strand], hatched, strict=True):
            bar.set_visible(bool(count))
            if hatch:
                bar.set_hatch("////")
                bar.set_edgecolor(_HATCHES[strand])
        behind = {"facecolor": FILLS[strand], "edgecolor": "none", "pad": 1.2}
        axes.bar_label(
            drawn, list(map(_number, bars[strand], [roomy and hatch for hatch in hatched])),
            label_type="center",
            color=INKS[strand], fontsize=9, fontweight="bold", bbox=behind if marked else None,
        )  # fmt: skip
        left = left + bars[strand]
    end = max(1, int(bars["base"].iloc[0]))
    for at, option, total in zip(bars.index, bars["option"], bars["total"], strict=True):
        text = _mark(int(total), (option, "all") in marked)
        axes.text(total + 0.012 * end, at, text, va="center", color=_INK, **_STRONG)
    _dress(axes, bars["label"], end, "Partnerships")


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
        inner.set_title(title, fontsize=10, loc="left", color=_INK)
        if at:
            inner.set_yticklabels([])
            _legend(inner, _strands(panel), any(marks), loc="lower right")


def _number(count: int, marked: bool) -> str:
    return _mark(int(count), marked) if count else ""


def _mark(count: int, marked: bool) -> str:
    return f"{count}{UNPUBLISHED}" if marked else str(count)


def _plain(axes: Axes, labels: pd.Series[str], values: pd.Series[int], unit: str) -> None:
    drawn = axes.barh(range(len(values)), values, height=0.68, color=FILLS["1"])
    axes.bar_label(
        drawn,
        [str(int(value)) for value in values],
        padding=3,
        color=_INK,
        **_STRONG,
    )
    _dress(axes, labels, int(values.max()) + 1, unit)


def _dress(axes: Axes, labels: pd.Series[str], end: int, unit: str) -> None:
    axes.set_yticks(range(len(labels)), [textwrap.fill(text, 34) for text in labels], fontsize=9.5)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_xlim(0, end * 1.06)
    axes.xaxis.set_major_locator(_whole_numbers(end))
    axes.set_xlabel(unit, fontsize=9.5, color=_INK)
    axes.tick_params(length=0, colors=_INK)
    axes.grid(axis="x", color=_GRID, linewidth=0.6)
    axes.grid(axis="y", visible=False)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _whole_numbers(end: int) -> FixedLocator:
    step = max(1, -(-end // 7))
    inner = [tick for tick in range(0, end, step) if end - tick > step / 2]
    return FixedLocator([*inner, end])


def _height(labels: pd.Series[str]) -> float:
    """Return the height in inches that the wrapped labels need, legend and axis included."""
    lines = sum(max(1, len(textwrap.wrap(text, 34))) for text in labels)
    return 0.9 + 0.16 * lines + 0.17 * len(labels)


@contextmanager
def _house(name: str) -> Iterator[None]:
    """Set seaborn's white style, the house font and a fixed salt; leave nothing behind."""
    folder = Path(str(font_source_sans_pro.__file__)).parent / "files"
    for style in ("Regular", "Bold"):
        path = str(folder / f"SourceSansPro-{style}.ttf")
        if path not in {font.fname for font in font_manager.fontManager.ttflist}:
            font_manager.fontManager.addfont(path)
    settings: Any = {
        "font.family": ["Source Sans Pro", "DejaVu Sans"],
        "hatch.linewidth": 0.8,
        "svg.fonttype": "none",
        "svg.hashsalt": name,
        "text.parse_math": False,
    }
    with sns.axes_style("white"), rc_context(settings):
        yield


def _drawn(name: str, height: float, draw: Any) -> str:
    """Return what ``draw`` puts on an axes as SVG, the same bytes each time."""
    with _house(name), io.StringIO() as out:
        drawing = Figure(figsize=(_WIDTH, height), layout="constrained")
        FigureCanvasSVG(drawing)
        draw(drawing.add_subplot())
        drawing.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        return out.getvalue()


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
    told = [_mark(count, (bar["option"], strand) in marked) for strand, count in counts.items()]
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


def _event_row(row: Mapping[Any, Any]) -> list[str]:
    if pd.isna(row["date"]):
        return [str(row["event"]), "not published", "not published"]
    return [str(row["event"]), f"{row['date'].day} {row['date']:%B %Y}", str(int(row["day"]))]


def _draw_timeline(axes: Axes, dated: pd.DataFrame, between: str) -> None:
    days = [int(day) for day in dated["day"]]
    axes.plot([min(days), max(days)], [0, 0], color=FILLS["1"], linewidth=3, zorder=1)
    axes.scatter(days, [0] * len(days), s=80, color=FILLS["1"], zorder=2)
    sides = {min(days): "left", max(days): "right"}
    for row, day in zip(dated.to_dict("records"), days, strict=True):
        text = f"{str(row['event']).capitalize()}\n{row['date'].day} {row['date']:%B %Y}"
        axes.text(day, 0.25, text, ha=sides.get(day, "center"), va="bottom", fontsize=9.5)
    axes.text(sum(days) / len(days), -0.3, between, ha="center", va="top", fontsize=9.5)
    axes.set_ylim(-1, 1.2)
    axes.set_axis_off()
