"""Figures in the house form: what is drawn stands in numbers beside it and in a table."""

from __future__ import annotations

from escp_analysis.figures.bars import focus_bars, paired_bars, sorted_bars, stacked_bars
from escp_analysis.figures.timelines import event_timeline, fieldwork_timeline

__all__ = [
    "event_timeline",
    "fieldwork_timeline",
    "focus_bars",
    "paired_bars",
    "sorted_bars",
    "stacked_bars",
]
