"""Every named number of a round, with what it counts and out of how many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from escp_analysis.loaders.question import YES_NO
from escp_analysis.metrics.agreements import agreement_totals
from escp_analysis.metrics.codes import code_counts
from escp_analysis.metrics.collaborations import collaboration_reporters, collaboration_totals
from escp_analysis.metrics.comments import comment_rates, comment_totals
from escp_analysis.metrics.events import events
from escp_analysis.metrics.fieldwork import fieldwork
from escp_analysis.metrics.funnel import response_funnel
from escp_analysis.metrics.once import once_per_round
from escp_analysis.metrics.options import option_shares, question_summary
from escp_analysis.metrics.places import REGION, places_named
from escp_analysis.metrics.sme import sme_agreements, yes_no

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

COLUMNS = ("name", "value", "count", "base", "unit")


@once_per_round
def values(survey: Survey) -> pd.DataFrame:
    """Return every named number of a round.

    One row per value. Columns: name (``funnel.<section>.reached.<strand>``,
    ``options.<question>.<option>.<strand>``, ``summary.<question>.<statistic>.<strand>``,
    ``agreements.<dimension>.<group>.<unit>``, ``collaborations.<state>``,
    ``dialogue.reporters.<strand>``, ``answers.<question>.<yes, no or blank>.<strand>``,
    ``sme_agreements.<statistic>.<strand>``, ``events.<where>.<unit>``, ``fieldwork.<event>``,
    ``comments.written``, and only where comments can be counted ``comments.commented``,
    ``comments.<question>.<option>.rate.<strand>``, ``codes.<question>.<code>.<strand>``,
    ``places.region.<region>.<strand>`` and ``places.country.<code>.<strand>``), value (a count, a
    fraction or days), count (the numerator), base (the denominator), unit. A value without a base
    has none there; a share of a base of zero is missing, never zero.
    """
    rows = [*_fieldwork(survey), *_funnel(survey), *_options(survey), *_summaries(survey)]
    rows += [*_agreements(survey), *_collaborations(survey), *_yes_no(survey)]
    rows += [*_sme_agreements(survey), *_events(survey), *_comments(survey)]
    return typed_values(rows)


def typed_values(rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    """Return rows of ``COLUMNS`` as a table of values, numbers that may be missing."""
    table = pd.DataFrame(list(rows), columns=list(COLUMNS))
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
        boxes, one = base * row["options"], 1 / base if base else pd.NA
        yield name.format("options"), row["options"], row["options"], pd.NA, "listed options"
        yield name.format("one_answer"), one, 1, base, "share of partnerships"
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


def _yes_no(survey: Survey) -> Iterator[tuple[Any, ...]]:
    kept = (it for it in survey.questionnaire.questions() if not it.personal)
    for question in [it.id for it in kept if it.kind == YES_NO]:
        for row in yes_no(survey, question).to_dict("records"):
            for answer in ("yes", "no", "blank"):
                name = f"answers.{question}.{answer}.{row['strand']}"
                share = row[answer] / row["base"] if row["base"] else pd.NA
                yield name, share, row[answer], row["base"], "share of partnerships"


def _sme_agreements(survey: Survey) -> Iterator[tuple[Any, ...]]:
    for row in sme_agreements(survey).to_dict("records"):
        name, total = f"sme_agreements.{{}}.{row['strand']}", row["agreements"]
        yield name.format("agreements"), total, pd.NA, pd.NA, "agreements"
        for unit in ("partnerships", "counted"):
            yield name.format(unit), row[unit], row[unit], pd.NA, "partnerships"


def _events(survey: Survey) -> Iterator[tuple[Any, ...]]:
    planned = events(survey)
    for where in ("all", "Europe", "beyond Europe"):
        those = planned if where == "all" else planned.loc[planned["where"] == where]
        count, by = len(those), those["partnership"].nunique()
        yield f"events.{where}.events", count, count, pd.NA, "planned events"
        yield f"events.{where}.partnerships", by, by, pd.NA, "partnerships"


def _comments(survey: Survey) -> Iterator[tuple[Any, ...]]:
    """Yield what is counted of the comments; nothing for a round that has none to count."""
    totals, rates = comment_totals(survey), comment_rates(survey)
    written, ticks = int(totals["written"].sum()), int(totals["ticks"].sum())
    if written:
        yield "comments.written", written, written, pd.NA, "comments"
    if rates.empty:
        return
    commented = int(totals["commented"].sum())
    share = commented / ticks if ticks else pd.NA
    yield "comments.commented", share, commented, ticks, "share of those who ticked"
    for row in rates.to_dict("records"):
        name = f"comments.{row['question']}.{row['option']}.rate.{row['strand']}"
        yield name, row["rate"], row["commented"], row["selected"], "share of those who ticked"
    for row in code_counts(survey).to_dict("records"):
        name = f"codes.{row['question']}.{row['code']}.{row['strand']}"
        yield name, row["share"], row["respondents"], row["base"], "share of those who commented"
    for row in places_named(survey).to_dict("records"):
        place = row["place"] if row["kind"] == REGION else row["country_code"]
        name = f"places.{row['kind']}.{place}.{row['strand']}"
        yield name, row["share"], row["partnerships"], row["base"], "share of those who wrote"
