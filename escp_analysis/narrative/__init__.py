"""Sentences computed from result tables: counts before shares, ties and zeros named."""

from __future__ import annotations

from escp_analysis.narrative.comments import agreement, codes, commented, comments, places
from escp_analysis.narrative.links import (
    agreements,
    answered,
    collaborations,
    dialogue,
    shared_events,
    sme_agreements,
)
from escp_analysis.narrative.options import (
    any_selected,
    below,
    mention,
    most_selected,
    not_selected,
    option,
    strand_contrast,
)
from escp_analysis.narrative.response import (
    data_findings,
    fieldwork,
    participation,
    provenance,
    verdicts,
)

__all__ = [
    "agreement",
    "agreements",
    "answered",
    "any_selected",
    "below",
    "codes",
    "collaborations",
    "commented",
    "comments",
    "data_findings",
    "dialogue",
    "fieldwork",
    "mention",
    "most_selected",
    "not_selected",
    "option",
    "participation",
    "places",
    "provenance",
    "shared_events",
    "sme_agreements",
    "strand_contrast",
    "verdicts",
]
