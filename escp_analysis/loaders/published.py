"""The published counts behind a reconstructed round: which bars are fact, which are bounded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from escp_analysis.errors import RoundError
from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.plain_csv import read_table
from escp_analysis.loaders.question import Questionnaire
from escp_analysis.loaders.survey import SCHEMAS, typed
from escp_analysis.loaders.wording import advice

STRANDS = ("1", "2", "all")
_COUNTS = ("selected", "lowest", "highest")


def read_published(path: Path, questionnaire: Questionnaire) -> pd.DataFrame:
    """Return the Survey's table ``published`` from the ``published.csv`` of a round.

    Raises ``RoundError`` with every fault at once: a missing file, an unknown question, option
    or strand, a bar that stands twice, a count that is no whole number or out of its bounds.
    """
    table = read_table(path, list(SCHEMAS["published"]))
    ledger = Ledger()
    for row, bar in _bars(table):
        _check_words(bar, questionnaire, place(path.name, row), ledger)
        _check_counts(bar, place(path.name, row), ledger)
    for row in table.index[table.duplicated(["question", "option", "strand"])]:
        ledger.fault("the bar stands twice", place(path.name, row), "one row per bar")
    ledger.settle()
    return typed("published", table.mask(table == ""))


def _bars(table: pd.DataFrame) -> Iterator[tuple[int, dict[str, Any]]]:
    for row, bar in zip(table.index, table.to_dict("records"), strict=True):
        yield int(row), {str(name): text for name, text in bar.items()}


def _check_words(
    bar: dict[str, Any], questionnaire: Questionnaire, where: str, ledger: Ledger
) -> None:
    if bar["strand"] not in STRANDS:
        ledger.fault(f"{bar['strand']!r} is not a strand", where, f"one of {', '.join(STRANDS)}")
    try:
        question = questionnaire.question(bar["question"])
    except RoundError as error:
        for fault in error.faults:
            ledger.fault(fault.what, where, fault.expected, fault.do)
        return
    known = question.labels
    if bar["option"] not in known and not question.options_from:
        expected = f"an option of {question.id}"
        ledger.fault(
            f"unknown option {bar['option']!r}", where, expected, advice(bar["option"], known)
        )


def _check_counts(bar: dict[str, Any], where: str, ledger: Ledger) -> None:
    wrong = [name for name in _COUNTS if bar[name] and not bar[name].isdecimal()]
    for name in wrong:
        ledger.fault(f"{bar[name]!r} is not a count", f"{where}, column {name}", "a whole number")
    counts = [
        int(bar[name]) for name in ("lowest", "selected", "highest") if bar[name] and not wrong
    ]
    if counts != sorted(counts):
        ledger.fault("the count is out of its bounds", where, "lowest <= selected <= highest")
