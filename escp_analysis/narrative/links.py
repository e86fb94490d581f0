"""Sentences on agreements, collaborations, SMEs and planned events."""

from __future__ import annotations

import pandas as pd

from escp_analysis.exhibits import Exhibit, prose
from escp_analysis.narrative.words import escape, inside, listed, partnerships, rows_of
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
        f"{int(row['agreements'])} by {partnerships(int(row['partnerships']))} of "
        f"strand-{row['group']}"
        for row in rows_of(strands)
    ]
    kind = _first(totals, "organisation_type")
    return prose(
        f"{partnerships(int(whole['partnerships']))} reported {count} cooperation agreements: "
        f"{listed(each)}. The counterparts named most are {_tied(kind, count)}. "
        f"{_countries(totals, count)}"
    )


def collaborations(reporters: pd.DataFrame, totals: pd.DataFrame) -> Exhibit:
    """Return how many partnerships report a dialogue, and how many pairs are in each state.

    Tables as ``metrics.collaboration_reporters`` and ``metrics.collaboration_totals`` return
    them. Source: section 2.3.2 of D5.5.
    """
    pairs = int(totals["base"].iloc[0]) if len(totals) else 0
    states = [f"{int(row['pairs'])} {row['state']}" for row in rows_of(totals)]
    closing = f" They described {pairs} pairs: {listed(states)}." if pairs else ""
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
    left = f" {partnerships(blank)} left the question blank." if blank else ""
    return prose(f"{share_text(int(row['yes']), base)} {what}.{left}")


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
        f"{row['agreements']:g} in strand-{strand}"
        for strand, row in rows.items()
        if strand != "all" and row["counted"]
    ]
    left = f" {partnerships(said - counted)} gave no number." if said > counted else ""
    total = f"{rows['all']['agreements']:g}"
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
    return prose(
        f"{partnerships(events['partnership'].nunique())} plan {len(events)} events. Third "
        f"countries that several plan in the same quarter: {closing}."
    )


def _first(totals: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """Return the groups of a dimension that share the highest number of agreements."""
    groups = totals.loc[totals["dimension"] == dimension]
    most = int(groups["agreements"].max())
    return groups.loc[groups["agreements"] == most].copy()


def _tied(groups: pd.DataFrame, base: int) -> str:
    names = [f"*{escape(str(name))}*" for name in groups["group"]]
    return f"{listed(names)} ({inside(share_text(int(groups['agreements'].iloc[0]), base))})"


def _countries(totals: pd.DataFrame, count: int) -> str:
    """Return the split by country group, and the third countries by number, ties together."""
    groups = totals.loc[totals["dimension"] == "country_group"].set_index("group")["agreements"]
    inside, third = int(groups.get("EU", 0)), int(groups.get("third", 0))
    countries = totals.loc[(totals["dimension"] == "country") & (totals["agreements"] > 1)]
    countries = countries.loc[countries["group"] != "EU"]
    places = [
        f"{number}{' each' if (same := countries['agreements'] == number).sum() > 1 else ''} with "
        f"{listed([escape(str(name)) for name in countries.loc[same, 'group']])}"
        for number in countries["agreements"].unique()
    ]
    named = (
        f" More than one was signed with these countries: {'; '.join(places)}." if places else ""
    )
    split = f"{inside} of {count} are inside the European Union and {third} with third countries."
    return split + named


def _reporters(reporters: pd.DataFrame) -> str:
    rows = reporters.set_index("strand")
    texts = {
        strand: share_text(int(row["reporters"]), int(row["base"]))
        for strand, row in rows.iterrows()
    }
    strands = [f"{texts[s]} of strand-{s}" for s in texts if s != "all"]
    return (
        f"{texts['all']} partnerships report a dialogue or collaboration with another "
        f"partnership: {listed(strands)}."
    )
