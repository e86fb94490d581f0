"""The analyst's words for a round: Markdown in which every number is computed or cited."""

from __future__ import annotations

from escp_analysis.commentary.language import Language
from escp_analysis.commentary.listing import list_values
from escp_analysis.commentary.sections import (
    review,
    review_places,
    review_texts,
    show_commentary,
)
from escp_analysis.commentary.template import Source

__all__ = [
    "Language",
    "Source",
    "list_values",
    "review",
    "review_places",
    "review_texts",
    "show_commentary",
]
