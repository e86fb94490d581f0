"""Findings as a person reads them in a terminal: grouped, the worst first, and short."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from escp_analysis.errors import harmless
from escp_analysis.loaders.ledger import place

_SHOWN = {"stop": 10, "doubt": 10, "note": 3}
_NAMED = 5


def tell_findings(findings: pd.DataFrame) -> list[str]:
    """Return a paragraph per severity and kind of finding: how many, what, where, what to do.

    Of many places the first ones are named and the rest counted; ``findings.csv`` of a build
    holds them all.
    """
    told = []
    for severity, shown in _SHOWN.items():
        of_severity = findings.loc[findings["severity"] == severity]
        for code, rows in of_severity.groupby("code", sort=False):
            lines = [f"{severity}: {code} ({len(rows)})", *_tell(rows, shown)]
            told.append("\n".join(harmless(line) for line in lines))
    return told


def count_findings(findings: pd.DataFrame) -> list[str]:
    """Return how many findings of each severity there are, as ``2 doubts``; none where none."""
    number = findings["severity"].value_counts() if len(findings) else pd.Series(dtype="int64")
    return [numbered(int(number.get(name, 0)), name) for name in _SHOWN if number.get(name, 0)]


def numbered(number: int, noun: str) -> str:
    """Return ``1 doubt`` or ``2 doubts``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _tell(rows: pd.DataFrame, shown: int) -> Iterator[str]:
    """Yield the lines of one kind of finding: equal ones are told once, with all their places."""
    alike = list(rows.groupby(["what", "do"], sort=False))
    same = rows["do"].nunique() == 1
    for (what, do), group in alike[:shown]:
        yield f"  {what}"
        yield f"    where: {_places(group)}"
        if not same:
            yield f"    do:    {do}"
    left = sum(len(group) for _, group in alike[shown:])
    if left:
        yield f"  and {left} more"
    if same:
        yield f"  do: {rows['do'].iloc[0]}"


def _places(group: pd.DataFrame) -> str:
    named = [_place(row) for row in group.head(_NAMED).to_dict("records")]
    left = len(group) - len(named)
    return "; ".join(named) + (f"; and {left} more" if left else "")


def _place(row: dict[Any, Any]) -> str:
    at = {name: "" if pd.isna(cell) else str(cell) for name, cell in row.items()}
    where = place(at["file"], int(at["row"]) if at["row"] else (), at["column"])
    question = f"question {at['question']}" if at["question"] and not at["column"] else ""
    return ", ".join(part for part in (at["partnership"], where, question) if part)
