"""Every value and fact of a round with its text, ready to be pasted into commentary."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from escp_analysis import loaders
from escp_analysis.commentary.candidates import paste, value_text

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey


def list_values(round_id: str, pattern: str = "", project: Path | None = None) -> pd.DataFrame:
    """Return the values and facts of a round whose name, text or call holds ``pattern``.

    One row per value or fact. Columns: name, text (as it is printed), call (to be pasted into
    commentary). Case does not matter. Raises ``RoundError`` for faults of the round's files.
    """
    survey = loaders.load_round(round_id, project)
    table = pd.DataFrame([*_values(survey), *_facts(survey)], columns=["name", "text", "call"])
    wanted = table.apply(lambda row: pattern.casefold() in " ".join(row).casefold(), axis=1)
    return table.loc[wanted].reset_index(drop=True)


def _values(survey: Survey) -> list[tuple[Any, ...]]:
    from escp_analysis import metrics  # noqa: PLC0415 (a build does not list values)

    named = metrics.result_values(survey).set_index("name")
    return [(name, value_text(row), paste(str(name), row)) for name, row in named.iterrows()]


def _facts(survey: Survey) -> list[tuple[Any, ...]]:
    return [
        (
            f"fact {row['name']}",
            f"{row['qualifier']} {row['value']} ({row['label']})".strip(),
            f'{{{{ fact("{row["name"]}") }}}}',
        )
        for row in survey.facts.to_dict("records")
    ]
