"""Sentences on the round itself: who answered, when, and where the data came from."""

from __future__ import annotations

from typing import Any

import pandas as pd

from escp_analysis.exhibits import Exhibit, prose
from escp_analysis.narrative.words import (
    UNPUBLISHED,
    day_text,
    escape,
    listed,
    partnerships,
    rows_of,
)
from escp_analysis.origins import computed
from escp_analysis.rounding import percent


def participation(funnel: pd.DataFrame) -> Exhibit:
    """Return how many of the invited partnerships answered, in full and in part.

    ``funnel`` as ``metrics.response_funnel`` returns it. Source: section 1.1 of D5.5.
    """
    full = _stage(funnel, "complete", "all")
    invited, complete = int(full["invited"]), int(full["reached"])
    strands = _by_strand(funnel, "complete")
    share = computed(
        f"{percent(complete, invited)}\u202f%",
        "funnel.complete.rate.all",
        count=complete,
        base=invited,
        unit="share of invited",
    )
    lines = [
        f"{_reached(full, f'{complete} of the {invited} partnerships')} invited "
        f"({share}) answered in full: {strands}.",
        _partial(funnel, complete),
        _silent(funnel, invited),
    ]
    return prose(" ".join(line for line in lines if line))


def fieldwork(events: pd.DataFrame) -> Exhibit:
    """Return when the survey was opened, how many reminders followed and when it closed.

    ``events`` as ``metrics.fieldwork`` returns it. Source: section 1.1 of D5.5.
    """
    dated = events.set_index("event")["date"]
    reminders = int((events["event"] == "reminder").sum())
    opened, closed = dated["invitation"], dated["closing"]
    plural = f"{reminders} reminder{'s' if reminders != 1 else ''}"
    sent = computed(plural, "fieldwork.reminders", count=reminders, unit="reminders")
    length = (closed - opened).days
    days = computed(f"{length} days", "fieldwork.days", count=length, unit="days")
    return prose(
        f"The invitation was sent on {day_text(opened)}. {sent} followed to those that had not "
        f"answered, and the survey was closed on {day_text(closed)}, after {days}."
    )


def provenance(provenance: str, source: str) -> Exhibit:
    """Return how the data of the round came to be, in one paragraph."""
    told = {
        "collected": "The partnerships gave these answers in the survey.",
        "reconstructed": (
            "The answers of the partnerships were never published. The data behind this report "
            "were reconstructed so that they agree with every statement published about the "
            "round. Who ticked what is one possibility among many; counts that no published "
            f"statement fixes carry a dagger ({UNPUBLISHED})."
        ),
        "synthetic": "Nobody gave these answers; they are synthetic and show the method only.",
    }
    return prose(f"{told[provenance]} Source: {escape(source)}.")


def data_findings(totals: pd.DataFrame) -> Exhibit:
    """Return how many findings the data gave, and whether states had to be inferred.

    ``totals`` as ``metrics.finding_totals`` returns it.
    """
    if totals.empty:
        return prose("Reading the data of this round gave no findings.")
    counts = totals.groupby("severity", sort=False)["findings"].sum()
    each = [
        computed(
            f"{count} {kind}{'' if count == 1 else 's'}",
            f"findings.{kind}",
            count=count,
            unit="findings",
        )
        for kind, count in counts.items()
    ]
    inferred = totals.loc[totals["code"] == "states-inferred", "what"]
    rule = f" {escape(str(inferred.iloc[0]))}." if len(inferred) else ""
    return prose(f"Reading the data of this round gave {listed(each)}.{rule}")


def verdicts(totals: pd.DataFrame) -> Exhibit:
    """Return how many published statements have each verdict.

    ``totals`` as ``metrics.claim_totals`` returns it.
    """
    count = int(totals["claims"].sum())
    if not count:
        return prose("No published statements about this round are in the project's data.")
    unit = "published statements"
    each = [_verdict(row, count, unit) for row in rows_of(totals) if row["claims"]]
    statements = computed(f"{count} statements", "claims.all", count=count, unit=unit)
    return prose(f"Of {statements}, {listed(each)}.")


def _verdict(row: Any, base: int, unit: str) -> str:
    count, verdict = int(row["claims"]), row["verdict"]
    return (
        f"{computed(str(count), f'claims.{verdict}', count=count, base=base, unit=unit)} {verdict}"
    )


def _stage(funnel: pd.DataFrame, section: str, strand: str) -> Any:
    return funnel.loc[(funnel["section"] == section) & (funnel["strand"] == strand)].iloc[0]


def _by_strand(funnel: pd.DataFrame, section: str) -> str:
    strands = [strand for strand in funnel["strand"].unique() if strand != "all"]
    return listed([f"{_reached(_stage(funnel, section, s))} of strand-{s}" for s in strands])


def _reached(row: Any, text: str = "") -> str:
    """Return how many reached a section, with its origin; ``text`` where more is printed."""
    count, name = int(row["reached"]), f"funnel.{row['section']}.reached.{row['strand']}"
    base, unit = row["invited"], "partnerships"
    return computed(text or str(count), name, count=count, base=base, unit=unit)


def _silent(funnel: pd.DataFrame, invited: int) -> str:
    first = funnel["section"].iloc[0]
    silent = invited - int(_stage(funnel, first, "all")["reached"])
    name = f"funnel.{first}.invited.all without funnel.{first}.reached.all"
    who = computed(partnerships(silent), name, count=silent, base=invited, unit="partnerships")
    return f"{who} did not answer any section." if silent > 0 else ""


def _partial(funnel: pd.DataFrame, complete: int) -> str:
    """Return the sections more partnerships reached than finished, each with its number."""
    rows = funnel.loc[(funnel["strand"] == "all") & (funnel["reached"] > complete)]
    if rows.empty:
        return ""
    each = [f"{_reached(row)} reached section {row['section']}" for row in rows_of(rows)]
    return f"More answered in part: {listed(each)}."
