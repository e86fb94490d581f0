"""Everything from outside: the raw files of a round go in, the typed Survey comes out.

Names are imported when first used: what only needs the folders of a round starts without pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from escp_analysis.loaders.parameters import Round, read_round
    from escp_analysis.loaders.project import RoundPaths, find_project
    from escp_analysis.loaders.questionnaire import Questionnaire, read_questionnaire
    from escp_analysis.loaders.reading import load_round
    from escp_analysis.loaders.registry import Registry, read_registry
    from escp_analysis.loaders.survey import Survey

__all__ = [
    "Questionnaire",
    "Registry",
    "Round",
    "RoundPaths",
    "Survey",
    "find_project",
    "load_round",
    "read_questionnaire",
    "read_registry",
    "read_round",
]


def __getattr__(name: str) -> Any:
    modules = {
        "parameters": ("Round", "read_round"),
        "project": ("RoundPaths", "find_project"),
        "questionnaire": ("Questionnaire", "read_questionnaire"),
        "reading": ("load_round",),
        "registry": ("Registry", "read_registry"),
        "survey": ("Survey",),
    }
    for module, names in modules.items():
        if name in names:
            return getattr(import_module(f"escp_analysis.loaders.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
