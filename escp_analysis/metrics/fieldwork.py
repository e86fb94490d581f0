"""The course of a round's fieldwork: invitation, reminders, closing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from escp_analysis.loaders.parameters import Round


def fieldwork(round: Round) -> pd.DataFrame:
    """Return the events of the fieldwork in the order they happened.

    One row per event: ``event`` (``invitation``, ``reminder``, ``closing``), ``date``
    (datetime64, NaT where none is known), ``day`` (Int64, days since the invitation, which is
    day 0; NA without a date), ``note`` (text to print beside it, empty where nothing needs
    saying). The parameters of a round count its reminders and do not date them, so a reminder
    is never placed on a day; a round without reminders has none. Source: section 1.1.
    """
    reminders = [
        ("reminder", pd.NaT, f"reminder {number} of {round.reminders}; date not published")
        for number in range(1, round.reminders + 1)
    ]
    events = pd.DataFrame(
        [("invitation", round.opened, ""), *reminders, ("closing", round.closed, "")],
        columns=["event", "date", "note"],
    )
    dates = pd.to_datetime(events["date"])
    days = (dates - pd.Timestamp(round.opened)).dt.days.astype("Int64")
    return events.assign(date=dates, day=days)[["event", "date", "day", "note"]]
