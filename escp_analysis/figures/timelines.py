"""Timelines: the days of the fieldwork, and the quarters for which events are planned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from escp_analysis.exhibits import Exhibit, figure, prose
from escp_analysis.figures.drawing import FILLS, INK, drawn

_LONG = 12
_MARKERS: Mapping[str, Mapping[str, Any]] = {
    "Europe": {"marker": "o", "facecolors": "white", "edgecolors": FILLS["1"], "linewidths": 1.8},
    "beyond Europe": {"marker": "D", "facecolors": FILLS["2"], "edgecolors": INK},
}


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
    svg = drawn(name, 1.35, lambda axes: _draw_timeline(axes, dated, between))
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


def event_timeline(events: pd.DataFrame, *, name: str, caption: str, source: str) -> Exhibit:
    """Return the planned events by quarter, a line per partnership, in and beyond Europe.

    ``events`` as ``metrics.events`` returns it. An event whose quarter cannot be read is counted
    in a note and placed nowhere; where none can be placed nothing is shown. Source: section H of
    Annex A.
    """
    placed = events.dropna(subset="quarter")
    if placed.empty:
        return prose("")
    cells = placed.groupby(["partnership", "quarter", "where"], sort=True).size().rename("events")
    counts = cells.reset_index()
    names = sorted(counts["partnership"].unique(), key=str.casefold)
    quarters = _quarters(counts["quarter"])
    size = 1.0 + 0.28 * len(names)
    left = len(events) - len(placed)
    return figure(
        drawn(name, size, lambda axes: _draw_events(axes, counts, names, quarters)),
        name=name,
        caption=caption,
        alt=(
            f"Timeline of {len(placed)} events planned by {len(names)} partnerships, "
            f"{quarters[0]} to {quarters[-1]}; circles in Europe, diamonds beyond."
        ),
        columns=["Partnership", "Quarter", "Where", "Events"],
        rows=counts.to_numpy().tolist(),
        base=f"{len(events)} planned events",
        source=source,
        notes=[f"Events without a readable quarter, not drawn: {left}."] if left else [],
        supplementary=True,
    )


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


def _quarters(written: pd.Series[str]) -> list[str]:
    """Return every quarter from the first to the last; of a long span those with an event."""
    span = pd.period_range(min(written).replace("-", ""), max(written).replace("-", ""), freq="Q")
    if len(span) > _LONG:
        return sorted(written.unique())
    return [f"{period.year}-Q{period.quarter}" for period in span]


def _draw_events(axes: Axes, counts: pd.DataFrame, names: list[str], quarters: list[str]) -> None:
    for shift, where in ((-0.14, "Europe"), (0.14, "beyond Europe")):
        those = counts.loc[counts["where"] == where]
        columns = [quarters.index(quarter) + shift for quarter in those["quarter"]]
        lines = [names.index(name) for name in those["partnership"]]
        axes.scatter(columns, lines, s=70, label=where, zorder=2, **_MARKERS[where])
        for column, line, count in zip(columns, lines, those["events"], strict=True):
            if count > 1:
                axes.annotate(f"{count}", (column, line), (6, 4), textcoords="offset points")
    axes.set_yticks(range(len(names)), names, fontsize=9.5)
    axes.set_xticks(range(len(quarters)), quarters, fontsize=9.5)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(-0.5, len(quarters) - 0.5)
    axes.grid(color="#c9d1e0", linewidth=0.6)
    axes.tick_params(length=0, colors=INK)
    axes.spines[:].set_visible(False)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, frameon=False, fontsize=9.5)
