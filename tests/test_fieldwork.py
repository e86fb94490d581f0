from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd

from escp_analysis.metrics.fieldwork import fieldwork


def survey_round(opened: date, closed: date, reminders: int) -> Any:
    return SimpleNamespace(opened=opened, closed=closed, reminders=reminders)


AUTUMN = survey_round(date(2018, 10, 29), date(2018, 11, 21), 3)


def test_the_first_round_from_invitation_to_closing() -> None:
    # 29 October to 31 October are two days, 21 more to 21 November: day 23.
    events = fieldwork(AUTUMN)
    assert list(events.columns) == ["event", "date", "day", "note"]
    assert list(events["event"]) == ["invitation", "reminder", "reminder", "reminder", "closing"]
    assert list(events["date"].dropna()) == [pd.Timestamp("2018-10-29"), pd.Timestamp("2018-11-21")]
    assert list(events["day"].dropna()) == [0, 23]


def test_a_reminder_is_counted_and_never_dated() -> None:
    reminders = fieldwork(AUTUMN).query("event == 'reminder'")
    assert reminders["date"].isna().all()
    assert reminders["day"].isna().all()
    assert list(reminders["note"]) == [
        "reminder 1 of 3; date not published",
        "reminder 2 of 3; date not published",
        "reminder 3 of 3; date not published",
    ]


def test_dated_events_need_no_note() -> None:
    events = fieldwork(AUTUMN).query("event != 'reminder'")
    assert list(events["note"]) == ["", ""]


def test_a_round_without_reminders_has_two_events() -> None:
    # Over the end of a leap February: 27, 28 and 29 February, then 1 March.
    events = fieldwork(survey_round(date(2024, 2, 27), date(2024, 3, 1), 0))
    assert list(events["event"]) == ["invitation", "closing"]
    assert list(events["day"]) == [0, 3]


def test_days_are_whole_numbers_and_dates_are_dates_whatever_is_missing() -> None:
    for reminders in (0, 3):
        events = fieldwork(survey_round(date(2018, 10, 29), date(2018, 11, 21), reminders))
        assert str(events["day"].dtype) == "Int64"
        assert pd.api.types.is_datetime64_any_dtype(events["date"])
