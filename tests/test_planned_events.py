"""Planned events as a reader meets them: a table of what was written, a line per partnership."""

from __future__ import annotations

import re

import pandas as pd

from escp_analysis import figures, tables

COLUMNS = ["partnership", "strand", "where", "name", "location", "country_code", "date", "quarter"]
ABOUT = {"name": "figure-events", "caption": "Events", "source": "S"}


def planned(*rows: tuple[str, str, str, str | None]) -> pd.DataFrame:
    """Return events from partnership, where, name and quarter."""
    drawn = [
        {"partnership": who, "strand": "1", "where": where, "name": name, "location": "L"}
        | {"country_code": None, "date": "soon", "quarter": quarter, "topic": None}
        for who, where, name, quarter in rows
    ]
    return pd.DataFrame(drawn, columns=[*COLUMNS, "topic"]).astype("str")


EVENTS = planned(
    ("beta", "beyond Europe", "Mission", "2019-Q1"),
    ("beta", "beyond Europe", "Fair", "2019-Q1"),
    ("Alpha", "Europe", "Workshop", "2019-Q4"),
    ("Alpha", "Europe", "<b>Later</b>", None),
)


def test_the_timeline_places_each_event_in_its_quarter() -> None:
    block = figures.event_timeline(EVENTS, **ABOUT).block
    assert block["data"]["rows"] == [
        ["Alpha", "2019-Q4", "Europe", 1],
        ["beta", "2019-Q1", "beyond Europe", 2],
    ]
    assert block["base"] == "4 planned events"
    assert block["notes"] == ["Events without a readable quarter, not drawn: 1."]
    assert "3 events planned by 2 partnerships, 2019-Q1 to 2019-Q4" in block["alt"]


def test_the_axis_has_the_empty_quarters_too_and_says_how_many_coincide() -> None:
    svg = figures.event_timeline(EVENTS, **ABOUT).svg or ""
    texts = [re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<text.*?</text>", svg, re.S)]
    shown = [text.strip() for text in texts]
    assert [text for text in shown if text.startswith("2019")] == [
        f"2019-Q{number}" for number in (1, 2, 3, 4)
    ]
    assert "2" in shown
    assert shown.index("Alpha") < shown.index("beta")


def test_a_year_mistyped_by_a_century_does_not_stretch_the_line() -> None:
    far = pd.concat([EVENTS, planned(("Alpha", "Europe", "Typo", "2091-Q2"))])
    svg = figures.event_timeline(far, **ABOUT).svg or ""
    assert svg.count("2019-Q2") == 0
    assert "2091-Q2" in svg


def test_the_table_holds_what_was_written_by_partnership() -> None:
    block = tables.event_table(EVENTS, name="t", caption="Events", source="S").block
    names = [row[2] for row in block["rows"]]
    assert names == ["Workshop", "<b>Later</b>", "Mission", "Fair"]
    assert block["base"] == "4 events planned by 2 partnerships"
    assert block["rows"][0][0] == {"text": "Alpha", "rowspan": 2}
    # Nobody wrote a topic: the column is left out, and said to be.
    assert [column["label"] for column in block["columns"]][-1] != "Topic"
    assert any("Topic" in note for note in block["notes"])


def test_without_events_nothing_is_shown() -> None:
    nothing = planned()
    for exhibit in (
        figures.event_timeline(nothing, **ABOUT),
        figures.event_timeline(planned(("Alpha", "Europe", "Workshop", None)), **ABOUT),
        tables.event_table(nothing, name="t", caption="Events", source="S"),
    ):
        assert exhibit.block == {"kind": "prose", "markdown": ""}
