"""Whether a round's data bear out what a report prints."""

from __future__ import annotations

from escp_analysis.metrics.claims.verdicts import claim_totals, claims, claims_note

__all__ = ["claim_totals", "claims", "claims_note"]
