"""The only place that counts: numerator, denominator and unit of every number in a report."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from escp_analysis.metrics.agreements import agreement_findings, agreement_totals, agreements
from escp_analysis.metrics.bounds import silent_bounds
from escp_analysis.metrics.claims import claim_totals, claims_note
from escp_analysis.metrics.codes import code_counts, coder_agreement
from escp_analysis.metrics.collaborations import (
    collaboration_reporters,
    collaboration_totals,
    collaborations,
    collaborations_not_shown,
)
from escp_analysis.metrics.comments import (
    comment_rates,
    comment_totals,
    comments,
    permitted_comments,
)
from escp_analysis.metrics.events import events, shared_targets
from escp_analysis.metrics.fieldwork import fieldwork
from escp_analysis.metrics.focus import industrial_focus
from escp_analysis.metrics.funnel import response_funnel
from escp_analysis.metrics.options import option_shares, paired_shares, question_summary
from escp_analysis.metrics.places import places_named
from escp_analysis.metrics.queries import queries
from escp_analysis.metrics.results import (
    claim_verdicts,
    finding_totals,
    result_tables,
    result_values,
)
from escp_analysis.metrics.sme import sme_agreements, sme_examples, yes_no
from escp_analysis.metrics.values import values

__all__ = [
    "agreement_findings",
    "agreement_totals",
    "agreements",
    "claim_totals",
    "claim_verdicts",
    "claims_note",
    "code_counts",
    "coder_agreement",
    "collaboration_reporters",
    "collaboration_totals",
    "collaborations",
    "collaborations_not_shown",
    "comment_rates",
    "comment_totals",
    "comments",
    "events",
    "fieldwork",
    "finding_totals",
    "industrial_focus",
    "item_tests",
    "option_shares",
    "paired_shares",
    "permitted_comments",
    "places_named",
    "queries",
    "question_summary",
    "response_funnel",
    "result_tables",
    "result_values",
    "shared_targets",
    "silent_bounds",
    "sme_agreements",
    "sme_examples",
    "strand_tests",
    "values",
    "yes_no",
]


def __getattr__(name: str) -> Any:
    """Import the tests when first used: they need scipy and statsmodels, nothing else does."""
    if name in {"item_tests", "strand_tests"}:
        return getattr(import_module("escp_analysis.metrics.exploratory"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
