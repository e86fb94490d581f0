"""Planned events, and where partnerships could travel together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from escp_analysis.metrics.agreements import country_code

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

_WHERE = {"events_europe": "Europe", "events_beyond": "beyond Europe"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def events(survey: Survey) -> pd.DataFrame:
    """Return the events partnerships plan for the next twelve months, one row per event.

    Columns: partnership, strand, where (``Europe``, ``beyond Europe``), name, location,
    country_code (ISO 3166 alpha-2 of the country written last in the location; missing where
    none can be read), date (as written), quarter (``2019-Q2``; missing where no month and year
    can be read), topic. Source: section H of Annex A.
    """
    rows = survey.events
    named = rows.assign(
        where=rows["question"].map(_WHERE),
        country_code=rows["location"].map(_country).astype("str"),
        quarter=rows["date"].map(_quarter).astype("str"),
    )
    columns = ["partnership", "strand", "where", "name", "location", "country_code"]
    return named[[*columns, "date", "quarter", "topic"]].reset_index(drop=True)


def shared_targets(survey: Survey) -> pd.DataFrame:
    """Return where several partnerships plan the same third country in the same quarter.

    One row per country and quarter. Columns: country_code, quarter, partnerships (names,
    separated by commas), count. Events without a readable country or quarter are not compared.
    Source: chapter 4 of D5.5 asks for this coordination.
    """
    beyond = events(survey)
    beyond = beyond.loc[beyond["where"] == "beyond Europe"].dropna(
        subset=["country_code", "quarter"]
    )
    pairs = beyond.drop_duplicates(["partnership", "country_code", "quarter"])
    grouped = pairs.groupby(["country_code", "quarter"])["partnership"]
    table = pd.DataFrame({"partnerships": grouped.agg(", ".join), "count": grouped.size()})
    return table.loc[table["count"] > 1].reset_index()


def _country(location: Any) -> str | None:
    if pd.isna(location):
        return None
    last = re.split(r"[,/()]", str(location).rstrip(") "))[-1].strip()
    return country_code(last) if last else None


def _quarter(text: Any) -> str | None:
    """Return the quarter of a written date: a month by name, or as the digits of a date."""
    if pd.isna(text):
        return None
    year = re.search(r"\b20\d\d\b", str(text))
    month = _month(str(text))
    return f"{year[0]}-Q{(month + 2) // 3}" if year and month else None


def _month(text: str) -> int | None:
    named = re.search(rf"\b({'|'.join(_MONTHS)})", text.casefold())
    if named:
        return _MONTHS.index(named[1]) + 1
    digits = re.search(
        r"\b20\d\d-(\d\d)\b|\b\d{1,2}[./](\d{1,2})[./]20\d\d\b|\b(\d{1,2})[./]20\d\d\b", text
    )
    found = next((int(part) for part in digits.groups() if part), 0) if digits else 0
    return found if 1 <= found <= 12 else None
