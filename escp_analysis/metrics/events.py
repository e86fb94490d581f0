"""Planned events, and where partnerships could travel together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from escp_analysis.metrics.countries import EU, country_in, country_name, member_states

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

_WHERE = {"events_europe": "Europe", "events_beyond": "beyond Europe"}
_MONTH = re.compile(
    r"(?<![a-z])(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_DIGITS = re.compile(
    r"(?<!\d)(?:20\d\d[-/.](\d{1,2})|\d{1,2}[-/.](\d{1,2})[-/.]20\d\d|(\d{1,2})[-/.]20\d\d)(?!\d)"
)
_QUARTER = re.compile(r"(?<![a-z])q([1-4])(?!\d)|(?<!\d)([1-4])(?:st|nd|rd|th) quarter")


def events(survey: Survey) -> pd.DataFrame:
    """Return the events partnerships plan for the next twelve months, one row per event.

    Columns: partnership, strand, where (``Europe``, ``beyond Europe``: the grid it was written
    in), name, location, country_code (ISO 3166 alpha-2 of the country written last in the
    location; missing where none can be read), date (as written), quarter (``2019-Q2``, of the
    first day where a range was written; missing where no month and year can be read), topic.
    In dates written in digits the day stands before the month. Source: section H of Annex A.
    """
    rows = survey.events
    named = rows.assign(
        where=rows["question"].map(_WHERE),
        country_code=rows["location"].map(country_in, na_action="ignore").astype("str"),
        quarter=rows["date"].map(_quarter, na_action="ignore").astype("str"),
    )
    columns = ["partnership", "strand", "where", "name", "location", "country_code"]
    return named[[*columns, "date", "quarter", "topic"]].reset_index(drop=True)


def shared_targets(survey: Survey) -> pd.DataFrame:
    """Return where several partnerships plan the same third country in the same quarter.

    One row per country and quarter. Columns: country_code, country (its English name), quarter,
    partnerships (names, separated by commas), count. A third country was no member of the
    European Union on the day the survey closed, whichever grid the event was written in. Events
    without a readable country or quarter are not compared. Raises ``RoundError`` where events
    have countries and no member state is listed. Source: chapter 4 of D5.5 asks for this
    coordination.
    """
    dated = events(survey).dropna(subset=["country_code", "quarter"])
    members = member_states(survey) if len(dated) else frozenset()
    third = dated.loc[~dated["country_code"].isin(members | {EU})]
    pairs = third.drop_duplicates(["partnership", "country_code", "quarter"])
    grouped = pairs.groupby(["country_code", "quarter"])["partnership"]
    table = pd.DataFrame({"partnerships": grouped.agg(_listed), "count": grouped.size()})
    shared = table.loc[table["count"] > 1].reset_index()
    shared.insert(1, "country", shared["country_code"].map(country_name).astype("str"))
    return shared


def _listed(names: pd.Series[str]) -> str:
    return ", ".join(sorted(names, key=str.casefold))


def _quarter(text: str) -> str | None:
    """Return the quarter of a written date: named itself, by its month, or in digits."""
    written = text.casefold()
    year, named = _YEAR.search(written), _QUARTER.search(written)
    quarter = int(named[1] or named[2]) if named else _quarter_of_month(written)
    return f"{year[0]}-Q{quarter}" if year and quarter else None


def _quarter_of_month(text: str) -> int | None:
    named, digits = _MONTH.search(text), _DIGITS.search(text)
    if named:
        return _MONTHS.index(named[0][:3]) // 3 + 1
    month = next((int(part) for part in digits.groups() if part), 0) if digits else 0
    return (month + 2) // 3 if 1 <= month <= 12 else None
