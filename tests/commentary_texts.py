"""Commentary written in a test: what it says, and what is wrong with it."""

from __future__ import annotations

from dataclasses import replace

from escp_analysis.commentary import Language, Source, review
from escp_analysis.commentary.sections import spoken
from escp_analysis.loaders import Survey
from escp_analysis.loaders.survey import typed
from escp_analysis.origins import without_origins


def with_text(survey: Survey, text: str, file: str = "commentary/2.1.md") -> Survey:
    """Return the round with this commentary and no other."""
    rows = typed("commentary", [{"file": file, "section": "2.1", "markdown": text}])
    return replace(survey, commentary=rows)


def say(survey: Survey, text: str) -> str:
    """Return what a text says, its numbers without their origins."""
    return without_origins(spoken(Source("commentary/2.1.md", text), Language(survey)))


def faults(survey: Survey, text: str) -> list[str]:
    return [str(fault) for fault in review(with_text(survey, text))]
