"""The result tables others read by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from escp_analysis.metrics.agreements import agreements
from escp_analysis.metrics.claims import claims
from escp_analysis.metrics.collaborations import collaborations
from escp_analysis.metrics.funnel import response_funnel
from escp_analysis.metrics.options import option_shares, question_summary

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey


def result_tables(survey: Survey) -> dict[str, pd.DataFrame]:
    """Return the tables of ``output/<round>/tables`` by name, as their own functions make them."""
    tables = {
        "response_funnel": response_funnel(survey),
        "option_shares": option_shares(survey),
        "question_summary": question_summary(survey),
        "agreements": agreements(survey),
        "collaborations": collaborations(survey),
    }
    return tables | ({"claims": claim_verdicts(survey)} if len(survey.claims) else {})


def claim_verdicts(survey: Survey) -> pd.DataFrame:
    """Return the verdict on each statement published about the round, as ``claims`` gives it."""
    return claims(survey, survey.claims)
