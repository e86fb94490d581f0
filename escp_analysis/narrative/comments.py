"""Sentences on comments, their codes, and the places they name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from escp_analysis.exhibits import Exhibit, prose
from escp_analysis.narrative.words import escape, inside, listed, partnerships, rows_of
from escp_analysis.origins import computed
from escp_analysis.rounding import share_text

_OF_TICKS = "share of those who ticked"

WOULD_STAND = (
    "In a round whose comments were collected, this annex tells how many of those who ticked an "
    "option commented on it, what the comments are about, and which third countries they name."
)


def comments(totals: pd.DataFrame) -> Exhibit:
    """Return how many ticks have a comment, by question, or why nothing can be counted.

    ``totals`` as ``metrics.comment_totals`` returns it.
    """
    if (totals["provenance"] == "reconstructed").any():
        few = int(totals["written"].sum())
        count = computed(str(few), "comments.written", count=few, unit="comments")
        repeated = f", but for {count} that a published report repeats; they are not counted"
        but = repeated if few else ""
        return prose(f"The comments of this round were not published{but}. {WOULD_STAND}")
    ticks, commented = int(totals["ticks"].sum()), int(totals["commented"].sum())
    if not commented:
        return prose("No partnership commented on an option it ticked.")
    text = share_text(commented, ticks).replace(" (", " ticks (")
    share = computed(text, "comments.commented", count=commented, base=ticks, unit=_OF_TICKS)
    return prose(f"{share} {'has' if commented == 1 else 'have'} a comment beside them.")


def commented(rates: pd.DataFrame, title: str) -> Exhibit:
    """Return which options of a question were commented on most and not at all.

    ``rates`` as ``metrics.comment_rates`` returns it, of one question, which ``title`` names;
    nothing where there are none. Options are compared by the number of comments, ties named.
    """
    total = rates.loc[rates["strand"] == "all"]
    if total.empty:
        return prose("")
    heading, most = f"**{escape(title)}.**", total["commented"].max()
    if not most:
        return prose(f"{heading} No option that was ticked has a comment.")
    first = [_named(row) for row in rows_of(total.loc[total["commented"] == most])]
    bare = total.loc[(total["commented"] == 0) & (total["selected"] > 0)]
    closing = f" Ticked and never commented on: {listed(list(map(_label, rows_of(bare))))}."
    opening = "The option" if len(first) == 1 else "The options"
    verb = "is" if len(first) == 1 else "are"
    return prose(
        f"{heading} {opening} with most comments {verb} {listed(first)}."
        f"{closing if len(bare) else ''}"
    )


def codes(counts: pd.DataFrame) -> Exhibit:
    """Return what comments on a question are about most; nothing where none is coded.

    ``counts`` as ``metrics.code_counts`` returns it, of one question.
    """
    total = counts.loc[counts["strand"] == "all"]
    if total.empty:
        return prose("")
    row = total.iloc[0]
    first = total.loc[total["respondents"] == total["respondents"].max()]
    named = [f"*{escape(str(it['label']))}* ({_coded(it)})" for it in rows_of(first)]
    return prose(
        f"Of {partnerships(int(row['base']))} that commented, {int(row['coded'])} "
        f"{'was' if row['coded'] == 1 else 'were'} given a code; most often {listed(named)}."
    )


def agreement(coders: pd.DataFrame) -> Exhibit:
    """Return how many comments two coders both coded; nothing where one coded alone.

    ``coders`` as ``metrics.coder_agreement`` returns it.
    """
    pairs = coders.drop_duplicates(["first", "second"])
    if pairs.empty:
        return prose("")
    most = int(pairs["comments"].max())
    if not most:
        return prose("No comment was coded by two coders, so that no agreement can be computed.")
    each = listed([str(int(row["comments"])) for row in rows_of(pairs)])
    what = "comment was" if each == "1" else "comments were"
    return prose(
        f"{each} {what} coded by two coders. Kappa sets their agreement against what chance alone "
        "would give; it is missing where each of them gave a code to all comments or to none."
    )


def places(named: pd.DataFrame, provenance: str) -> Exhibit:
    """Return which regions beyond the European Union are named most; nothing where none can be.

    ``named`` as ``metrics.places_named`` returns it.
    """
    if provenance == "reconstructed":
        return prose("")
    regions = named.loc[(named["strand"] == "all") & (named["kind"] == "region")]
    if named.empty:
        return prose("No comment and no planned event names a third country or a world region.")
    if regions.empty:
        return prose("No region of the world is on record for the third countries named.")
    first = regions.loc[regions["partnerships"] == regions["partnerships"].max()]
    told = [f"{row['place']} ({_placed(row)})" for row in rows_of(first)]
    opening = "The region named most is" if len(told) == 1 else "The regions named most are"
    return prose(
        f"{opening} {listed(told)}, of the partnerships that wrote a comment or planned an event."
    )


def _coded(row: Any) -> str:
    name = f"codes.{row['question']}.{row['code']}.{row['strand']}"
    return _of(name, row["respondents"], row["base"], "share of those who commented")


def _placed(row: Any) -> str:
    name = f"places.{row['kind']}.{row['place']}.{row['strand']}"
    return _of(name, row["partnerships"], row["base"], "share of those who wrote")


def _of(name: str, count: Any, base: Any, unit: str) -> str:
    text = inside(share_text(int(count), int(base)))
    return computed(text, name, count=int(count), base=int(base), unit=unit)


def _label(row: Mapping[str, Any]) -> str:
    return f"*{escape(str(row['label']))}*"


def _named(row: Any) -> str:
    name = f"comments.{row['question']}.{row['option']}.rate.{row['strand']}"
    return f"{_label(row)} ({_of(name, row['commented'], row['selected'], _OF_TICKS)})"
