"""Decisions on what people wrote: nothing is recoded without a row that says so and why."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from escp_analysis.errors import Fault
from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.plain_csv import cells, read_table
from escp_analysis.loaders.registry import Registry
from escp_analysis.loaders.survey import SCHEMAS, typed
from escp_analysis.loaders.wording import advice

READ_AS, SET_ASIDE, NO_PARTNERSHIP = "read as", "set aside", "not a partnership"
COLLABORATIONS, COUNTRY = "collaborations", "agreements.country"
ACTIONS = {COLLABORATIONS: (READ_AS, SET_ASIDE, NO_PARTNERSHIP), COUNTRY: (READ_AS,)}


def read_recodes(path: Path, registry: Registry) -> pd.DataFrame:
    """Return the decisions of a round's ``recodes.csv``, one row per decision.

    Columns: response (the registered name of the partnership that answered), question
    (``collaborations``, ``agreements.country``), raw_text (as written), action (``read as``;
    for collaborations also ``set aside``, ``not a partnership``), target (what it is read as: a
    registered name, or a country), coder, date, reason. A round without the file has made no
    decision. Raises ``RoundError`` with every unknown question, action, response or target and
    every missing reason.
    """
    if not path.exists():
        return typed("recodes", [])
    table = read_table(path, list(SCHEMAS["recodes"]))
    ledger = Ledger()
    questions = dict(cells(table, "question"))
    for row, question in questions.items():
        _check_word(question, list(ACTIONS), place(path.name, row, "question"), ledger)
    for row, action in cells(table, "action"):
        allowed = list(ACTIONS.get(questions[row], ()))
        if allowed:
            _check_word(action, allowed, place(path.name, row, "action"), ledger)
    for row, reason in cells(table, "reason"):
        if not reason:
            ledger.fault("the reason is missing", place(path.name, row, "reason"), "one sentence")
    named = table["question"].eq(COLLABORATIONS) & table["action"].eq(READ_AS)
    resolved = table.assign(
        response=_resolved(table, "response", path.name, registry, ledger),
        target=_resolved(table.loc[named], "target", path.name, registry, ledger)
        .reindex(table.index)
        .fillna(table["target"]),
    )
    ledger.settle()
    return typed("recodes", resolved)


def _check_word(word: str, allowed: list[str], where: str, ledger: Ledger) -> None:
    if word not in allowed:
        what, expected = f"{word!r} is not known", f"one of {', '.join(allowed)}"
        ledger.fault(what, where, expected, advice(word, allowed))


def _resolved(
    table: pd.DataFrame, column: str, file: str, registry: Registry, ledger: Ledger
) -> pd.Series[str]:
    """Return the registered name of each cell; the ledger notes every name that is none."""
    found = [registry.match(name, place(file, row, column)) for row, name in cells(table, column)]
    ledger.faults.extend(result for result in found if isinstance(result, Fault))
    names = [name if isinstance(name, str) else "" for name in found]
    return pd.Series(names, index=table.index, dtype="str")
