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
ACTIONS = (READ_AS, SET_ASIDE, NO_PARTNERSHIP)


def read_recodes(path: Path, registry: Registry) -> pd.DataFrame:
    """Return the decisions of a round's ``recodes.csv``, one row per decision.

    Columns: response (the partnership that answered), question, raw_text (as written), action
    (``read as``, ``set aside``, ``not a partnership``), target (the registered name it is read
    as), coder, date, reason. A round without the file has made no decision. Raises
    ``RoundError`` with every unknown action, response or target and every missing reason.
    """
    if not path.exists():
        return typed("recodes", [])
    table = read_table(path, list(SCHEMAS["recodes"]))
    ledger = Ledger()
    for row, action in cells(table, "action"):
        if action not in ACTIONS:
            what = f"unknown action {action!r}"
            ledger.fault(what, place(path.name, row, "action"), advice(action, list(ACTIONS)))
    for row, reason in cells(table, "reason"):
        if not reason:
            ledger.fault("the reason is missing", place(path.name, row, "reason"), "one sentence")
    _check_names(table, path.name, registry, ledger)
    ledger.settle()
    return typed("recodes", table)


def _check_names(table: pd.DataFrame, file: str, registry: Registry, ledger: Ledger) -> None:
    read = table["action"] == READ_AS
    named = [("response", table), ("target", table.loc[read])]
    for column, rows in named:
        for row, name in cells(rows, column):
            found = registry.match(name, place(file, row, column))
            if isinstance(found, Fault):
                ledger.faults.append(found)
