"""Vocabularies beside the registry: the European Union, industrial focuses, world regions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pycountry

from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.plain_csv import cells, read_table
from escp_analysis.loaders.survey import SCHEMAS, typed
from escp_analysis.loaders.wording import advice

KOSOVO = "XK"
REGIONS = (
    *("Africa", "Asia", "Europe", "Latin America and the Caribbean"),
    *("Northern America", "Oceania"),
)
"""The geographic regions of UN M49, the Americas in their two parts."""


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


def read_regions(path: Path) -> pd.DataFrame:
    """Return the terms for world regions, one row per term; none without the file.

    Columns: term, region (one of ``REGIONS``, or several with ``;`` between; blank where the term
    names no region and hides what it holds, as ``Indian Ocean`` does). Raises ``RoundError`` with
    every term that is blank or stands twice and every region that is none.
    """
    if not path.exists():
        return typed("regions", [])
    table = read_table(path, list(SCHEMAS["regions"]))
    ledger = Ledger()
    for row in table.index[table.duplicated("term") | (table["term"] == "")]:
        where = place(path.name, int(row), "term")
        ledger.fault("the term is blank or stands twice", where, "one row per term")
    _check_regions(table, path.name, ledger)
    ledger.settle()
    return typed("regions", table)


def read_countries(path: Path) -> pd.DataFrame:
    """Return the region of each country, one row per country; none without the file.

    Columns: country_code (ISO 3166 alpha-2, ``XK`` for Kosovo), region (one of ``REGIONS``),
    terms (what people write beside its names, with ``;`` between). Raises ``RoundError`` with
    every code that is none or stands twice and every region that is none. Source: UN M49.
    """
    if not path.exists():
        return typed("countries", [])
    table = read_table(path, list(SCHEMAS["countries"]))
    ledger = Ledger()
    for row, code in cells(table, "country_code"):
        if code != KOSOVO and pycountry.countries.get(alpha_2=code) is None:
            where = place(path.name, row, "country_code")
            ledger.fault(f"{code!r} is no country", where, "an ISO 3166 two-letter code")
    for row in table.index[table.duplicated("country_code")]:
        where = place(path.name, int(row), "country_code")
        ledger.fault("the country stands twice", where, "one row per country")
    _check_regions(table, path.name, ledger, needed=True)
    ledger.settle()
    return typed("countries", table)


def _check_regions(table: pd.DataFrame, file: str, ledger: Ledger, *, needed: bool = False) -> None:
    for row, cell in cells(table, "region"):
        for region in cell.split(";") if cell or needed else []:
            if region not in REGIONS:
                where = place(file, row, "region")
                expected = f"one of {', '.join(REGIONS)}"
                ledger.fault(f"{region!r} is no region", where, expected, advice(region, REGIONS))


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
