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
from escp_analysis.rounding import percent


def participation(funnel: pd.DataFrame) -> Exhibit:
    """Return how many of the invited partnerships answered, in full and in part.

    ``funnel`` as ``metrics.response_funnel`` returns it. Source: section 1.1 of D5.5.
    """
    full = _stage(funnel, "complete", "all")
    invited, complete = int(full["invited"]), int(full["reached"])
    strands = _by_strand(funnel, "complete")
    first = funnel["section"].iloc[0]
    begun = int(_stage(funnel, first, "all")["reached"])
    lines = [
        f"{complete} of the {invited} partnerships invited "
        f"({percent(complete, invited)}\u202f%) answered in full: {strands}.",
        _partial(funnel, complete),
        f"{partnerships(invited - begun)} did not answer any section." if invited > begun else "",
    ]
    return prose(" ".join(line for line in lines if line))


def fieldwork(events: pd.DataFrame) -> Exhibit:
    """Return when the survey was opened, how many reminders followed and when it closed.

    ``events`` as ``metrics.fieldwork`` returns it. Source: section 1.1 of D5.5.
    """
    dated = events.set_index("event")["date"]
    reminders = int((events["event"] == "reminder").sum())
    opened, closed = dated["invitation"], dated["closing"]
    sent = f"{reminders} reminder{'s' if reminders != 1 else ''}"
    days = (closed - opened).days
    return prose(
        f"The invitation was sent on {day_text(opened)}. {sent} followed to those that had not "
        f"answered, and the survey was closed on {day_text(closed)}, after {days} days."
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
    each = [f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in counts.items()]
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
    each = [f"{int(row['claims'])} {row['verdict']}" for row in rows_of(totals) if row["claims"]]
    return prose(f"Of {count} statements, {listed(each)}.")


def _stage(funnel: pd.DataFrame, section: str, strand: str) -> Any:
    return funnel.loc[(funnel["section"] == section) & (funnel["strand"] == strand)].iloc[0]


def _by_strand(funnel: pd.DataFrame, section: str) -> str:
    strands = [strand for strand in funnel["strand"].unique() if strand != "all"]
    return listed([f"{int(_stage(funnel, section, s)['reached'])} of strand-{s}" for s in strands])


def _partial(funnel: pd.DataFrame, complete: int) -> str:
    """Return the sections more partnerships reached than finished, each with its number."""
    rows = funnel.loc[(funnel["strand"] == "all") & (funnel["reached"] > complete)]
    if rows.empty:
        return ""
    each = [f"{int(row['reached'])} reached section {row['section']}" for row in rows_of(rows)]
    return f"More answered in part: {listed(each)}."
