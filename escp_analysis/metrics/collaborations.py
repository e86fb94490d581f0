"""Reported links between partnerships: who names whom, and whether the other confirms it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.recodes import names_typed

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

QUESTION, OTHER = "collaborations", "other"
STATES = ("mutual", "unconfirmed", "silent", "outside")
COLUMNS = ("reporter", "counterpart", "state", "purpose")


def collaborations(survey: Survey) -> pd.DataFrame:
    """Return the collaborations a round shows, one row per pair of partnerships.

    Columns: reporter (the side that gave the purpose; the first in the registry when both did),
    counterpart, state (``mutual``: both name each other; ``unconfirmed``: the counterpart
    answered the section and did not name it; ``silent``: it did not answer; ``outside``: it was
    not invited), purpose (both purposes, each with its reporter, when both gave one). A pair
    that nobody described, or that a recode sets aside, is not shown: see
    ``collaborations_not_shown``. Raises ``RoundError`` with every name that cannot be read.
    Source: Table 2 of D5.5.
    """
    links = reports(survey)
    shown = _shown(links)
    rows = [_pair(survey, links, shown, pair) for pair in _pairs(shown)]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype("str")
    order = table[["reporter", "counterpart"]].apply(lambda column: column.str.casefold())
    ranked = order.sort_values(["reporter", "counterpart"]).index
    return table.reindex(ranked).reset_index(drop=True)


def collaborations_not_shown(survey: Survey) -> pd.DataFrame:
    """Return the reported contacts that are not among the collaborations, and why.

    One row per report. Columns: reporter, counterpart (the registered name, or what was written
    where it is no partnership), purpose (missing where none was given), reason. The second
    report of a pair that is shown is not one of them. Source: section 2.3.2 of D5.5.
    """
    links = reports(survey)
    pairs = _pairs(_shown(links))
    left = [
        row
        for row in links.to_dict("records")
        if row["reason"] or frozenset((row["reporter"], row["counterpart"])) not in pairs
    ]
    rows = [row | {"reason": row["reason"] or "no purpose was given"} for row in left]
    columns = ["reporter", "counterpart", "purpose", "reason"]
    return pd.DataFrame(rows, columns=columns).astype("str")


def collaboration_totals(survey: Survey) -> pd.DataFrame:
    """Return how many of the shown pairs are in each state, states without a pair included.

    One row per state. Columns: state, pairs, base (pairs shown). Source: section 2.3.2 of D5.5.
    """
    states = collaborations(survey)["state"]
    rows = [(state, int((states == state).sum()), len(states)) for state in STATES]
    return pd.DataFrame(rows, columns=["state", "pairs", "base"])


def collaboration_reporters(survey: Survey) -> pd.DataFrame:
    """Return how many partnerships report any dialogue with another, by strand.

    One row per strand (``all``, ``1``, ``2``). Columns: strand, reporters (partnerships that
    answer yes), base (partnerships that reached the question), share (a fraction; missing where
    the base is zero). Source: section 2.3.2 of D5.5.
    """
    asked = survey.answers.loc[
        (survey.answers["question"] == "dialogue") & survey.answers["reached"]
    ]
    rows = []
    for strand in ("all", "1", "2"):
        part = asked if strand == "all" else asked.loc[asked["strand"] == strand]
        yes, base = int((part["value"] == "yes").sum()), len(part)
        rows.append((strand, yes, base, yes / base if base else pd.NA))
    table = pd.DataFrame(rows, columns=["strand", "reporters", "base", "share"])
    return table.astype({"share": "Float64"})


def reports(survey: Survey) -> pd.DataFrame:
    """Return every contact a partnership reports, one row per name ticked or typed under Other.

    Columns: reporter, counterpart (the registered name, or what was written where it is no
    partnership), purpose (missing where none was given), reason (why it can never be shown,
    blank where nothing speaks against it). Several names typed under Other are separated by
    semicolons, and so are their purposes; a comment of another number of parts belongs to each.
    Raises ``RoundError`` with every name that cannot be read.
    """
    chosen = survey.boxes.told(QUESTION)
    faults: list[Fault] = []
    rows = [link for row in chosen.to_dict("records") for link in _named(survey, row, faults)]
    if faults:
        raise RoundError(faults)
    return pd.DataFrame(rows, columns=["reporter", "counterpart", "purpose", "reason"])


def _named(survey: Survey, row: dict[Any, Any], faults: list[Fault]) -> Iterator[dict[str, Any]]:
    """Yield the reports one row holds: one for an option, one per name typed under Other."""
    if row["option"] != OTHER:
        yield _link(survey, row["partnership"], row["option"], row["comment"], faults)
        return
    names, purposes = names_typed(row["other_text"]), names_typed(row["comment"])
    if len(purposes) != len(names):
        purposes = [row["comment"]] * len(names)
    for name, purpose in zip(names, purposes, strict=True):
        if name:
            yield _link(survey, row["partnership"], name, purpose or None, faults)


def _shown(links: pd.DataFrame) -> pd.DataFrame:
    return links.loc[links["purpose"].notna() & (links["reason"] == "")]


def _pairs(links: pd.DataFrame) -> set[frozenset[str]]:
    return {frozenset(pair) for pair in zip(links["reporter"], links["counterpart"], strict=True)}


def _link(
    survey: Survey, reporter: str, written: str, purpose: Any, faults: list[Fault]
) -> dict[str, Any]:
    decided = survey.recodes
    decided = decided.loc[(decided["response"] == reporter) & (decided["question"] == QUESTION)]
    decided = decided.loc[decided["raw_text"] == written]
    action, target, reason = ("", "", "")
    if len(decided):
        action, target, reason = decided.iloc[0][["action", "target", "reason"]]
    name = written
    if action != "not a partnership":
        found = survey.registry.match(target if action == "read as" else written, _where(reporter))
        if isinstance(found, Fault):
            faults.append(found)
        else:
            name = found
    kept = "" if action in {"", "read as"} else reason
    if name == reporter:
        kept = "the partnership itself"
    return {"reporter": reporter, "counterpart": name, "purpose": purpose, "reason": kept}


def _where(reporter: str) -> str:
    return f"the collaborations reported by {reporter}"


def _pair(
    survey: Survey, links: pd.DataFrame, shown: pd.DataFrame, pair: frozenset[str]
) -> dict[str, Any]:
    known = {name: at for at, name in enumerate(survey.registry.names)}
    described = shown.loc[_between(shown, pair)]
    described = described.loc[described["reporter"].map(known).sort_values().index]
    reporter, counterpart, purpose = described.iloc[0][["reporter", "counterpart", "purpose"]]
    if len(described) > 1:
        purpose = "; ".join(f"{row.reporter}: {row.purpose}" for row in described.itertuples())
    named_back = _between(links, pair) & (links["reporter"] == counterpart)
    state = "mutual" if named_back.any() else _silence(survey, counterpart)
    return dict(zip(COLUMNS, (reporter, counterpart, state, purpose), strict=True))


def _between(links: pd.DataFrame, pair: frozenset[str]) -> pd.Series[bool]:
    return links["reporter"].isin(pair) & links["counterpart"].isin(pair)


def _silence(survey: Survey, counterpart: str) -> str:
    if counterpart not in set(survey.frame["partnership"]):
        return "outside"
    asked = survey.answers.loc[
        (survey.answers["question"] == "dialogue") & survey.answers["reached"]
    ]
    return "unconfirmed" if counterpart in set(asked["partnership"]) else "silent"
