"""From a LimeSurvey export of a survey round to the tables and figures of its report.

A chapter imports what it needs from here: ``load_round`` reads a round, ``metrics`` counts,
``figures``, ``tables``, ``forms``, ``narrative`` and ``digest`` show, ``show_commentary`` adds
the analyst's words. Names are imported when first used,
so that the command line starts without pandas or matplotlib.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from escp_analysis import digest, figures, forms, metrics, narrative, tables
    from escp_analysis.commentary import show_commentary
    from escp_analysis.loaders import load_round

__all__ = [
    "digest",
    "figures",
    "forms",
    "load_round",
    "metrics",
    "narrative",
    "show_commentary",
    "tables",
]


def __getattr__(name: str) -> Any:
    if name == "load_round":
        return import_module("escp_analysis.loaders").load_round
    if name == "show_commentary":
        return import_module("escp_analysis.commentary").show_commentary
    if name in __all__:
        return import_module(f"escp_analysis.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
