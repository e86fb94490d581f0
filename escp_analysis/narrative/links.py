"""Sentences on agreements, collaborations, SMEs and planned events."""

from __future__ import annotations

from typing import Any

import pandas as pd

from escp_analysis.exhibits import Exhibit, prose
from escp_analysis.narrative.words import escape, inside, listed, partnerships, rows_of
from escp_analysis.origins import computed
from escp_analysis.rounding import share_text


def agreements(totals: pd.DataFrame) -> Exhibit:
    """Return how many agreements were reported, by whom, with whom and where.

    ``totals`` as ``metrics.agreement_totals`` returns it. Source: section 2.3.1 of D5.5.
    """
    whole = totals.loc[totals["dimension"] == "all"].iloc[0]
    count = int(whole["agreements"])
    if not count:
        return prose("No cooperation agreement was reported.")
    strands = totals.loc[totals["dimension"] == "strand"].sort_values("group")
    each = [
        f"{_agreed(row, count)} by {_agreeing(row)} of strand-{row['group']}"
        for row in rows_of(strands)
    ]
    kind = _first(totals, "organisation_type")
    return prose(
        f"{_agreeing(whole)} reported {_agreed(whole, count)} cooperation agreements: "
        f"{listed(each)}. The counterparts named most are {_tied(kind, count)}. "
        f"{_countries(totals, count)}"
    )


def collaborations(reporters: pd.DataFrame, totals: pd.DataFrame) -> Exhibit:
    """Return how many partnerships report a dialogue, and how many pairs are in each state.

    Tables as ``metrics.collaboration_reporters`` and ``metrics.collaboration_totals`` return
    them. Source: section 2.3.2 of D5.5.
    """
    pairs = int(totals["base"].iloc[0]) if len(totals) else 0
    states = [f"{_pairs(row)} {row['state']}" for row in rows_of(totals)]
    all_states = ", ".join(f"collaborations.{state}" for state in totals["state"])
    described = computed(f"{pairs} pairs", f"base of {all_states}", count=pairs, unit="pairs")
    closing = f" They described {described}: {listed(states)}." if pairs else ""
    return prose(_reporters(reporters) + closing)


def dialogue(reporters: pd.DataFrame) -> Exhibit:
    """Return how many partnerships report a dialogue with another, in all and by strand."""
    return prose(_reporters(reporters))


def answered(counts: pd.DataFrame, what: str) -> Exhibit:
    """Return how a yes/no question was answered; ``what`` words a yes, as in ``use the forum``.

    ``counts`` as ``metrics.yes_no`` returns it.
    """
    row = counts.loc[counts["strand"] == "all"].iloc[0]
    base, blank = int(row["base"]), int(row["blank"])
    if base == blank:
        return prose(f"Whether partnerships {what} is not in the data: the question is blank.")
    blanks = _answer(partnerships(blank), row, "blank")
    left = f" {blanks} left the question blank." if blank else ""
    return prose(f"{_answer(share_text(int(row['yes']), base), row, 'yes')} {what}.{left}")


def sme_agreements(totals: pd.DataFrame) -> Exhibit:
    """Return how many agreements the partnerships count that say their SMEs signed some.

    ``totals`` as ``metrics.sme_agreements`` returns it. Nothing where nobody says so.
    """
    rows = {str(row["strand"]): row for row in rows_of(totals)}
    said, counted = int(rows["all"]["partnerships"]), int(rows["all"]["counted"])
    if not said:
        return prose("")
    if not counted:
        return prose("None of them gives a number.")
    strands = [
        f"{_summed(row)} in strand-{strand}"
        for strand, row in rows.items()
        if strand != "all" and row["counted"]
    ]
    silent = computed(
        partnerships(said - counted),
        "sme_agreements.partnerships.all without sme_agreements.counted.all",
        count=said - counted,
        base=said,
        unit="partnerships",
    )
    left = f" {silent} gave no number." if said > counted else ""
    total = _summed(rows["all"])
    return prose(f"The agreements of SMEs add up to {total}: {listed(strands)}.{left}")


def shared_events(events: pd.DataFrame, targets: pd.DataFrame) -> Exhibit:
    """Return how many events are planned, and where several partnerships could go together.

    Tables as ``metrics.events`` and ``metrics.shared_targets`` return them.
    """
    if events.empty:
        return prose("No planned event is in the data of this round.")
    met = [
        f"{escape(row['country'])} in {row['quarter']} ({escape(row['partnerships'])})"
        for row in rows_of(targets)
    ]
    closing = listed(met) if met else "none, as far as countries and dates can be read"
    planning = events["partnership"].nunique()
    who = computed(
        partnerships(planning), "events.all.partnerships", count=planning, unit="partnerships"
    )
    count = computed(
        f"{len(events)} events", "events.all.events", count=len(events), unit="planned events"
    )
    return prose(
        f"{who} plan {count}. Third countries that several plan in the same quarter: {closing}."
    )


def _first(totals: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """Return the groups of a dimension that share the highest number of agreements."""
    groups = totals.loc[totals["dimension"] == dimension]
    most = int(groups["agreements"].max())
    return groups.loc[groups["agreements"] == most].copy()


def _tied(groups: pd.DataFrame, base: int) -> str:
    names = [f"*{escape(str(name))}*" for name in groups["group"]]
    first = groups.iloc[0]
    share = _agreed(first, base, share_text(int(first["agreements"]), base))
    return f"{listed(names)} ({inside(share)})"


def _countries(totals: pd.DataFrame, count: int) -> str:
    """Return the split by country group, and the third countries by number, ties together."""
    groups = totals.loc[totals["dimension"] == "country_group"]
    inside, third = _in_group(groups, "EU", count), _in_group(groups, "third", count)
    countries = totals.loc[(totals["dimension"] == "country") & (totals["agreements"] > 1)]
    countries = countries.loc[countries["group"] != "EU"]
    places = [
        _tied_countries(countries.loc[countries["agreements"] == number], count)
        for number in countries["agreements"].unique()
    ]
    named = (
        f" More than one was signed with these countries: {'; '.join(places)}." if places else ""
    )
    return f"{inside} are inside the European Union and {third} with third countries.{named}"


def _in_group(groups: pd.DataFrame, group: str, whole: int) -> str:
    found = groups.loc[groups["group"] == group, "agreements"]
    count = int(found.iloc[0]) if len(found) else 0
    row = {"dimension": "country_group", "group": group, "agreements": count}
    return _agreed(row, whole, f"{count} of {whole}" if group == "EU" else "")


def _tied_countries(rows: pd.DataFrame, whole: int) -> str:
    names = listed([escape(str(name)) for name in rows["group"]])
    return f"{_agreed(rows.iloc[0], whole)}{' each' if len(rows) > 1 else ''} with {names}"


def _agreed(row: Any, whole: int, text: str = "") -> str:
    """Return a number of agreements with its origin; ``text`` where more than it is printed."""
    count = int(row["agreements"])
    name = f"agreements.{row['dimension']}.{row['group']}.agreements"
    return computed(text or str(count), name, count=count, base=whole, unit="agreements")


def _agreeing(row: Any) -> str:
    count = int(row["partnerships"])
    name = f"agreements.{row['dimension']}.{row['group']}.partnerships"
    return computed(partnerships(count), name, count=count, unit="partnerships")


def _pairs(row: Any) -> str:
    count, name = int(row["pairs"]), f"collaborations.{row['state']}"
    return computed(str(count), name, count=count, base=int(row["base"]), unit="pairs")


def _answer(text: str, row: Any, answer: str) -> str:
    name = f"answers.{row['question']}.{answer}.{row['strand']}"
    unit = "share of partnerships"
    return computed(text, name, count=int(row[answer]), base=int(row["base"]), unit=unit)


def _summed(row: Any) -> str:
    name = f"sme_agreements.agreements.{row['strand']}"
    total = f"{row['agreements']:g}"
    return computed(total, name, count=total, unit="agreements")


def _reported(row: Any, strand: object) -> str:
    count, base = int(row["reporters"]), int(row["base"])
    name, unit = f"dialogue.reporters.{strand}", "share of partnerships"
    return computed(share_text(count, base), name, count=count, base=base, unit=unit)


def _reporters(reporters: pd.DataFrame) -> str:
    rows = reporters.set_index("strand")
    texts = {strand: _reported(row, strand) for strand, row in rows.iterrows()}
    strands = [f"{texts[s]} of strand-{s}" for s in texts if s != "all"]
    return (
        f"{texts['all']} partnerships report a dialogue or collaboration with another "
        f"partnership: {listed(strands)}."
    )
