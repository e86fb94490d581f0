"""Dates as people write them for an event: the days a text may mean, or that it names no day."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_ABBREVIATED = "|".join(rf"{name[:3]}(?:{name[3:]})?" for name in _MONTHS)
_MONTH = rf"(?P<month>{_ABBREVIATED}|sept)\b\.?"
_YEAR = r"(?P<year>(?:19|20|21)\d\d)(?!\d)"
_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_TO_DAY = r"(?:\s*(?:-|–|/|&|and|to)\s*(?P<last>\d{1,2})(?:st|nd|rd|th)?)?"


@dataclass(frozen=True)
class Written:
    """What a text says about days: the first and the last it may mean.

    ``impossible`` is whether it names a day that no calendar has.
    """

    first: date
    last: date
    impossible: bool = False


def read_dates(text: str) -> Written | None:
    """Return the days that a text may mean, or nothing where it names no year.

    Read are ISO dates, numeric ones (day first or month first, whichever exists), days, months,
    quarters and years in English. Where several readings exist the span holds them all, so that
    nobody is doubted for a date that can be read otherwise. ``autumn`` or ``tbc`` say nothing.
    """
    found: list[tuple[date, date] | None] = []
    rest = text.casefold()
    for pattern, read in _FORMS:
        for match in pattern.finditer(rest):
            found.append(read(match))
        rest = pattern.sub(" ; ", rest)
    spans = [span for span in found if span is not None]
    if not found:
        return None
    if not spans:
        return Written(date.min, date.max, impossible=True)
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    return Written(first, last, impossible=len(spans) < len(found))


def _day(year: str, month: int, day: str) -> date | None:
    try:
        return date(int(year), month, int(day))
    except ValueError:
        return None


def _span(days: Iterable[date | None], *, needed: int) -> tuple[date, date] | None:
    """Return the first and the last of the days that exist, nothing where too few do."""
    real = [day for day in days if day is not None]
    return (min(real), max(real)) if len(real) >= needed else None


def _iso(match: re.Match[str]) -> tuple[date, date] | None:
    return _span([_day(match["year"], int(match["number"]), match["day"])], needed=1)


def _numeric(match: re.Match[str]) -> tuple[date, date] | None:
    one, two, year = match["one"], match["two"], match["year"]
    return _span([_day(year, int(two), one), _day(year, int(one), two)], needed=1)


def _named(match: re.Match[str]) -> tuple[date, date] | None:
    days = [day for day in (match["day"], match["last"]) if day]
    named = (_day(match["year"], _month(match), day) for day in days)
    return _span(named, needed=len(days))


def _whole_month(match: re.Match[str]) -> tuple[date, date] | None:
    return _whole(int(match["year"]), _month(match), _month(match))


def _month(match: re.Match[str]) -> int:
    return next(at for at, name in enumerate(_MONTHS, 1) if name[:3] == match["month"][:3])


def _quarter(match: re.Match[str]) -> tuple[date, date] | None:
    number = int(match["number"])
    return _whole(int(match["year"]), 3 * number - 2, 3 * number) if 1 <= number <= 4 else None


def _year(match: re.Match[str]) -> tuple[date, date] | None:
    return _whole(int(match["year"]), 1, 12)


def _whole(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[date, date] | None]], ...] = (
    (re.compile(rf"(?<!\d){_YEAR}-(?P<number>\d\d?)-(?P<day>\d\d?)(?!\d)"), _iso),
    (re.compile(rf"(?<!\d)(?P<one>\d\d?)[./-](?P<two>\d\d?)[./-]{_YEAR}"), _numeric),
    (re.compile(rf"{_DAY}{_TO_DAY}\s*(?:of\s+)?\b{_MONTH},?\s+{_YEAR}"), _named),
    (re.compile(rf"\b{_MONTH}\s+{_DAY}{_TO_DAY},?\s+{_YEAR}"), _named),
    (re.compile(rf"\b{_MONTH}\s*,?\s*{_YEAR}"), _whole_month),
    (re.compile(rf"\bq(?P<number>\d)\s*[/,]?\s*{_YEAR}"), _quarter),
    (re.compile(rf"(?<!\d){_YEAR}"), _year),
)
