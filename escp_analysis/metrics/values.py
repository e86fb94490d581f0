"""Every named number of a round, with what it counts and out of how many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from escp_analysis.metrics.agreements import agreement_totals
from escp_analysis.metrics.collaborations import collaboration_reporters, collaboration_totals
from escp_analysis.metrics.fieldwork import fieldwork
from escp_analysis.metrics.funnel import response_funnel
from escp_analysis.metrics.options import option_shares, question_summary

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

COLUMNS = ("name", "value", "count", "base", "unit")


def values(survey: Survey) -> pd.DataFrame:
    """Return every named number of a round.

    One row per value. Columns: name (``funnel.<section>.reached.<strand>``,
    ``options.<question>.<option>.<strand>``, ``summary.<question>.<statistic>.<strand>``,
    ``agreements.<dimension>.<group>.<unit>``, ``collaborations.<state>``,
    ``dialogue.reporters.<strand>``, ``fieldwork.<event>``), value (a count, a fraction or days),
    count (the numerator), base (the denominator), unit. A value
    without a base has none there; a share of a base of zero is missing, never zero.
    """
    rows = [*_fieldwork(survey), *_funnel(survey), *_options(survey), *_summaries(survey)]
    rows += [*_agreements(survey), *_collaborations(survey)]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({"value": "Float64", "count": "Int64", "base": "Int64"})


def _funnel(survey: Survey) -> Iterator[tuple[Any, ...]]:
    for row in response_funnel(survey).to_dict("records"):
        place = f"funnel.{row['section']}", row["strand"]
        reached, invited = row["reached"], row["invited"]
        yield f"{place[0]}.invited.{place[1]}", invited, invited, pd.NA, "partnerships"
        yield f"{place[0]}.reached.{place[1]}", reached, reached, invited, "partnerships"
        yield f"{place[0]}.rate.{place[1]}", row["rate"], reached, invited, "share of invited"


def _options(survey: Survey) -> Iterator[tuple[Any, ...]]:
    for row in option_shares(survey).to_dict("records"):
        name = f"options.{row['question']}.{row['option']}.{row['strand']}"
        yield name, row["share"], row["selected"], row["base"], "share of partnerships"


def _summaries(survey: Survey) -> Iterator[tuple[Any, ...]]:
    for row in question_summary(survey).to_dict("records"):
        name = f"summary.{row['question']}.{{}}.{row['strand']}"
        base, ticks, none = row["base"], row["ticks"], row["none_selected"]
        boxes = base * row["options"]
        yield name.format("base"), base, base, pd.NA, "partnerships"
        yield name.format("mention_rate"), row["mention_rate"], ticks, boxes, "mean share"
        yield name.format("mean_ticks"), row["mean_ticks"], ticks, base, "ticks per partnership"
        yield name.format("any_tick"), row["any_tick"], base - none, base, "share of partnerships"
        yield name.format("none_selected"), none, none, base, "partnerships"


def _fieldwork(survey: Survey) -> Iterator[tuple[Any, ...]]:
    events = fieldwork(survey.round)
    days = int(events.loc[events["event"] == "closing", "day"].iloc[0])
    reminders = int((events["event"] == "reminder").sum())
    yield "fieldwork.days", days, days, pd.NA, "days from invitation to closing"
    yield "fieldwork.reminders", reminders, reminders, pd.NA, "reminders"


def _agreements(survey: Survey) -> Iterator[tuple[Any, ...]]:
    totals = agreement_totals(survey)
    whole = int(totals["agreements"].iloc[0])
    for row in totals.to_dict("records"):
        for unit in ("agreements", "partnerships", "counterparts"):
            name = f"agreements.{row['dimension']}.{row['group']}.{unit}"
            base = whole if unit == "agreements" else pd.NA
            yield name, row[unit], row[unit], base, unit


def _collaborations(survey: Survey) -> Iterator[tuple[Any, ...]]:
    for row in collaboration_totals(survey).to_dict("records"):
        yield f"collaborations.{row['state']}", row["pairs"], row["pairs"], row["base"], "pairs"
    for row in collaboration_reporters(survey).to_dict("records"):
        name = f"dialogue.reporters.{row['strand']}"
        yield name, row["share"], row["reporters"], row["base"], "share of partnerships"
