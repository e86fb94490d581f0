"""Everything from outside: the raw files of a round go in, the typed Survey comes out."""

from __future__ import annotations

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
