"""The result tables others read by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from escp_analysis.metrics.agreements import agreements
from escp_analysis.metrics.claims import claim_totals, claims
from escp_analysis.metrics.codes import code_counts, coder_agreement
from escp_analysis.metrics.collaborations import collaborations
from escp_analysis.metrics.comments import comment_rates, permitted_comments
from escp_analysis.metrics.funnel import response_funnel
from escp_analysis.metrics.once import once_per_round
from escp_analysis.metrics.options import option_shares, question_summary
from escp_analysis.metrics.places import places_named
from escp_analysis.metrics.values import typed_values, values

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey


def result_tables(survey: Survey) -> dict[str, pd.DataFrame]:
    """Return the tables of ``output/<round>/tables`` by name, as their own functions make them.

    Comments stand there as ``permitted_comments`` has them: the tables are published.
    """
    tables = {
        "response_funnel": response_funnel(survey),
        "option_shares": option_shares(survey),
        "question_summary": question_summary(survey),
        "agreements": agreements(survey),
        "collaborations": collaborations(survey),
    }
    tables |= _comment_tables(survey)
    return tables | ({"claims": claim_verdicts(survey)} if len(survey.claims) else {})


def _comment_tables(survey: Survey) -> dict[str, pd.DataFrame]:
    """Return what is counted of the comments; nothing for a round that has none to count."""
    rates = comment_rates(survey)
    if rates.empty:
        return {}
    return {
        "comment_rates": rates,
        "comments": permitted_comments(survey),
        "code_counts": code_counts(survey),
        "coder_agreement": coder_agreement(survey),
        "places_named": places_named(survey),
    }


def finding_totals(survey: Survey) -> pd.DataFrame:
    """Return how often each finding about the data was made, doubts before notes.

    One row per severity and code. Columns: severity, code, findings (how many), partnerships
    (how many are named), what (in words, of the first).
    """
    rows = survey.findings
    order = {"doubt": 0, "note": 1}
    grouped = rows.groupby(["severity", "code"], sort=False)
    totals = grouped.agg(
        findings=("code", "size"), partnerships=("partnership", "nunique"), what=("what", "first")
    ).reset_index()
    rank = totals["severity"].map(order).fillna(0)
    ranked = totals.assign(rank=rank).sort_values(["rank", "findings"], ascending=[True, False])
    return ranked.drop(columns="rank").reset_index(drop=True)


@once_per_round
def result_values(survey: Survey) -> pd.DataFrame:
    """Return every named number of a report: ``values``, and how many claims have each verdict.

    Columns as ``values``; the names added are ``claims.all``, ``claims.<verdict>`` and
    ``findings.<severity>``. The checks of the claims read ``values``, so they cannot be among
    them.
    """
    named = pd.concat([values(survey), finding_values(survey)], ignore_index=True)
    if survey.claims.empty:
        return named
    whole = len(survey.claims)
    rows: list[tuple[Any, ...]] = [("claims.all", whole, whole, pd.NA, "published statements")]
    for row in claim_totals(claim_verdicts(survey)).to_dict("records"):
        count = row["claims"]
        rows.append((f"claims.{row['verdict']}", count, count, whole, "published statements"))
    return pd.concat([named, typed_values(rows)], ignore_index=True)


def finding_values(survey: Survey) -> pd.DataFrame:
    """Return how many findings of each severity there are, as named values."""
    counts = survey.findings["severity"].value_counts()
    rows = [(f"findings.{kind}", n, n, pd.NA, "findings") for kind, n in counts.items()]
    return typed_values(rows)


@once_per_round
def claim_verdicts(survey: Survey) -> pd.DataFrame:
    """Return the verdict on each statement published about the round, as ``claims`` gives it."""
    return claims(survey, survey.claims)
