from __future__ import annotations

from typing import Any

import pytest
from drawn_survey import first_round, refusal, survey

from escp_analysis.metrics.events import events, shared_targets


def event(partnership: str, location: str | None, day: str | None, **told: Any) -> dict[str, Any]:
    row = {"partnership": partnership, "strand": "1", "question": "events_beyond", "event": 1}
    return row | {"name": "a mission", "location": location, "date": day} | told


def quarter(written: str | None) -> str | None:
    table = events(survey(["Alpha"], events=[event("Alpha", None, written)]))
    return None if table["quarter"].isna().all() else str(table.loc[0, "quarter"])


def targets(*planned: dict[str, Any]) -> list[tuple[Any, ...]]:
    table = shared_targets(survey(["Alpha", "beta", "Gamma"], events=planned))
    assert list(table.columns) == ["country_code", "country", "quarter", "partnerships", "count"]
    return list(table.itertuples(index=False, name=None))


def test_an_event_keeps_its_text_and_gains_what_can_be_read() -> None:
    planned = [
        event("Alpha", "Tokyo, Japan", "15-17 May 2019", topic="health"),
        event("Alpha", "Lyon", "spring", question="events_europe", event=2),
    ]
    table = events(survey(["Alpha"], events=planned))
    assert list(table.columns) == [
        "partnership", "strand", "where", "name", "location", "country_code", "date", "quarter",
        "topic",
    ]  # fmt: skip
    assert list(table["where"]) == ["beyond Europe", "Europe"]
    assert list(table["location"]) == ["Tokyo, Japan", "Lyon"]
    assert list(table["country_code"].fillna("-")) == ["JP", "-"]
    assert list(table["date"]) == ["15-17 May 2019", "spring"]
    assert list(table["quarter"].fillna("-")) == ["2019-Q2", "-"]
    assert list(table["topic"].fillna("-")) == ["health", "-"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        *[("May 2019", "2019-Q2"), ("15-17 May 2019", "2019-Q2"), ("2019, September", "2019-Q3")],
        *[("1 Oct 2019", "2019-Q4"), ("Sept 2019", "2019-Q3"), ("MARCH 2019", "2019-Q1")],
        *[("17.05.2019", "2019-Q2"), ("15-17.05.2019", "2019-Q2"), ("1/10/2019", "2019-Q4")],
        *[("2019-11-02", "2019-Q4"), ("2019-11", "2019-Q4"), ("07/2019", "2019-Q3")],
        *[("Q2 2019", "2019-Q2"), ("2019Q4", "2019-Q4"), ("3rd quarter of 2019", "2019-Q3")],
        ("30 June - 2 July 2019", "2019-Q2"),
        ("December 2018 to January 2019", "2018-Q4"),
    ],
)
def test_a_date_as_people_write_it(written: str, expected: str) -> None:
    assert quarter(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        *["2019", "May", "spring 2019", "maybe 2019", "Christmas market 2019", "to be decided"],
        *["13/2019", "05/20/2019", "2018-2019", "0/2019", "Q5 2019", "12/05/19", None],
    ],
)
def test_a_date_that_does_not_say_is_in_no_quarter(written: str | None) -> None:
    assert quarter(written) is None


def test_two_that_plan_the_same_country_in_the_same_quarter() -> None:
    found = targets(
        event("beta", "Shanghai, China", "May 2019"),
        event("Alpha", "Beijing (China)", "2 April 2019"),
        event("Gamma", "China", "July 2019"),
        event("Gamma", "Japan", "May 2019"),
    )
    assert found == [("CN", "China", "2019-Q2", "Alpha, beta", 2)]


def test_one_that_plans_twice_shares_with_nobody() -> None:
    twice = [event("Alpha", "China", "May 2019"), event("Alpha", "China", "June 2019", event=2)]
    assert targets(*twice) == []
    assert targets(*twice, event("beta", "China", "April 2019"))[0][4] == 2


def test_what_cannot_be_read_is_not_compared() -> None:
    unread = [event(name, "Far East", "May 2019") for name in ("Alpha", "beta")]
    undated = [event(name, "China", "soon") for name in ("Alpha", "beta")]
    assert targets(*unread, *undated) == []


def test_a_member_state_is_no_third_country_whichever_grid_it_was_written_in() -> None:
    # On 21 November 2018 Poland and the United Kingdom are members; Norway never was.
    planned = [
        event(name, place, "May 2019", question=grid)
        for name in ("Alpha", "beta")
        for place, grid in (
            ("Poland", "events_beyond"),
            ("London, UK", "events_beyond"),
            ("EU", "events_beyond"),
            ("Oslo, Norway", "events_europe"),
        )
    ]
    assert targets(*planned) == [("NO", "Norway", "2019-Q2", "Alpha, beta", 2)]


def test_without_members_no_country_is_third() -> None:
    drawn = survey(["Alpha"], events=[event("Alpha", "China", "May 2019")], eu_membership=[])
    assert "no state is listed as a member" in refusal(lambda: shared_targets(drawn))[0]


def test_a_round_without_events_has_empty_tables() -> None:
    assert targets() == []
    assert events(first_round()).empty
    assert shared_targets(first_round()).empty
