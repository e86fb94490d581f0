"""The house form of a drawing: font, inks, size, axes; the same drawing is the same bytes."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator, Mapping
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
from matplotlib.ticker import FixedLocator

FILLS: Mapping[str, str] = {"1": "#00429d", "2": "#ffa600"}
INKS: Mapping[str, str] = {"1": "#ffffff", "2": "#000000"}
HATCHES: Mapping[str, str] = {"1": "#6f8fc4", "2": "#ffd27a"}
STRONG: Mapping[str, Any] = {"fontsize": 10, "fontweight": "bold"}
UNPUBLISHED = "†"
INK = "#1a1a1a"
_GRID, _WIDTH = "#c9d1e0", 6.3


def drawn(name: str, height: float, draw: Any) -> str:
    """Return what ``draw`` puts on an axes as SVG, the same bytes each time."""
    with _house(name), io.StringIO() as out:
        drawing = Figure(figsize=(_WIDTH, height), layout="constrained")
        FigureCanvasSVG(drawing)
        draw(drawing.add_subplot())
        drawing.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        return out.getvalue()


def dress(axes: Axes, labels: pd.Series[str], end: int, unit: str) -> None:
    """Give bars their labels, an axis of whole numbers up to ``end`` and no frame."""
    axes.set_yticks(range(len(labels)), [textwrap.fill(text, 34) for text in labels], fontsize=9.5)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_xlim(0, end * 1.06)
    axes.xaxis.set_major_locator(_whole_numbers(end))
    axes.set_xlabel(unit, fontsize=9.5, color=INK)
    axes.tick_params(length=0, colors=INK)
    axes.grid(axis="x", color=_GRID, linewidth=0.6)
    axes.grid(axis="y", visible=False)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)


def height(labels: pd.Series[str]) -> float:
    """Return the height in inches that the wrapped labels need, legend and axis included."""
    lines = sum(max(1, len(textwrap.wrap(text, 34))) for text in labels)
    return 0.9 + 0.16 * lines + 0.17 * len(labels)


def mark(count: int, marked: bool) -> str:
    """Return a count as printed, with a dagger where no published statement fixes it."""
    return f"{count}{UNPUBLISHED}" if marked else str(count)


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


def _whole_numbers(end: int) -> FixedLocator:
    step = max(1, -(-end // 7))
    inner = [tick for tick in range(0, end, step) if end - tick > step / 2]
    return FixedLocator([*inner, end])
