"""Everything a report prints of a round's answers, counted at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from escp_analysis import loaders
from escp_analysis.errors import Fault, RoundError, attempt
from escp_analysis.loaders.survey import Survey


@dataclass(frozen=True)
class Count:
    """A round and what was counted of it: result tables by name, values, questions to send back."""

    survey: Survey
    tables: Mapping[str, pd.DataFrame]
    values: pd.DataFrame
    queries: pd.DataFrame


def count(round_id: str, project: Path) -> Count:
    """Return a round counted.

    Raises ``RoundError`` for faults of the files and for answers that cannot be counted, with
    the findings met so far.
    """
    from escp_analysis import metrics  # noqa: PLC0415 (a count that is kept needs none)

    survey = loaders.load_round(round_id, project)
    faults: list[Fault] = []
    tables = attempt(lambda: metrics.result_tables(survey), faults)
    values = attempt(lambda: metrics.result_values(survey), faults)
    if tables is None or values is None:
        raise RoundError(dict.fromkeys(faults), _rows(survey.findings))
    return Count(survey, tables, values, metrics.queries(survey))


def _rows(findings: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): cell for name, cell in row.items()} for row in findings.to_dict("records")]
