"""Vocabularies beside the registry: membership of the European Union, industrial focuses."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.plain_csv import cells, read_table
from escp_analysis.loaders.survey import SCHEMAS, typed


def read_membership(path: Path) -> pd.DataFrame:
    """Return the member states of ``eu_membership.csv``, one row per state.

    Columns: country_code (ISO 3166 alpha-2), joined and left (dates as text, ``left`` blank for a
    present member); none where the file is missing, and then no country can be grouped. Raises
    ``RoundError`` with every date that is none. Source: the accession treaties, and the withdrawal
    agreement of the United Kingdom.
    """
    if not path.exists():
        return typed("eu_membership", [])
    table = read_table(path, list(SCHEMAS["eu_membership"]))
    ledger = Ledger()
    for column in ("joined", "left"):
        for row, text in cells(table, column):
            if not _is_date(text) and (text or column == "joined"):
                ledger.fault(f"{text!r} is no date", place(path.name, row, column), "2004-05-01")
    ledger.settle()
    return typed("eu_membership", table)


def read_sectors(path: Path) -> pd.DataFrame:
    """Return the industrial focus of each sector term, one row per term; none without the file.

    Columns: term (as the registry writes it), focus. Raises ``RoundError`` for a term that
    stands twice or has no focus.
    """
    if not path.exists():
        return typed("sectors", [])
    table = read_table(path, list(SCHEMAS["sectors"]))
    ledger = Ledger()
    for row in table.index[table.duplicated("term") | (table["focus"] == "")]:
        ledger.fault("the term stands twice or has no focus", place(path.name, row), "one focus")
    ledger.settle()
    return typed("sectors", table)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
