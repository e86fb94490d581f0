from __future__ import annotations

from datetime import date

import pytest

from escp_analysis.loaders.event_dates import read_dates


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019-05-14", (2019, 5, 14), (2019, 5, 14)),
        ("14 May 2019", (2019, 5, 14), (2019, 5, 14)),
        ("14-16 May 2019", (2019, 5, 14), (2019, 5, 16)),
        ("14th to 16th of May 2019", (2019, 5, 14), (2019, 5, 16)),
        ("May 14–16, 2019", (2019, 5, 14), (2019, 5, 16)),
        ("Sept. 2019", (2019, 9, 1), (2019, 9, 30)),
        ("FEBRUARY 2020", (2020, 2, 1), (2020, 2, 29)),
        ("Q2 2019", (2019, 4, 1), (2019, 6, 30)),
        ("autumn 2019", (2019, 1, 1), (2019, 12, 31)),
        ("2019/2020", (2019, 1, 1), (2020, 12, 31)),
        ("25.12.2019", (2019, 12, 25), (2019, 12, 25)),
        ("12/25/2019", (2019, 12, 25), (2019, 12, 25)),
        ("01/06/2019", (2019, 1, 6), (2019, 6, 1)),  # January or June
        ("3 May 2019 and 2019-11-05", (2019, 5, 3), (2019, 11, 5)),
        ("Marseille, 2019", (2019, 1, 1), (2019, 12, 31)),  # no March
        ("Expo Decision 2019", (2019, 1, 1), (2019, 12, 31)),  # no December
    ],
)
def test_the_days_a_text_may_mean(
    text: str, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    read = read_dates(text)
    assert read is not None
    assert (read.first, read.last, read.impossible) == (date(*first), date(*last), False)


@pytest.mark.parametrize(
    "text",
    ["31 February 2019", "2019-13-01", "32.05.2019", "29/02/2019", "30-31 June 2019", "Q5 2019"],
)
def test_a_day_that_no_calendar_has(text: str) -> None:
    read = read_dates(text)
    assert read is not None
    assert read.impossible


@pytest.mark.parametrize("text", ["tbc", "autumn", "", "May", "14 May", "room 12019", "٢٠١٩"])
def test_a_text_without_a_year_says_nothing(text: str) -> None:
    assert read_dates(text) is None
