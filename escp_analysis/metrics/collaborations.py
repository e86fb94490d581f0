"""Reported links between partnerships: who names whom, and whether the other confirms it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.recodes import names_typed

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

QUESTION, OTHER = "collaborations", "other"
STATES = ("mutual", "unconfirmed", "silent", "outside")
COLUMNS = ("reporter", "counterpart", "state", "purpose")
Link = dict[Any, Any]


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
    links = _links(survey)
    shown, silences = _shown(links), _silences(survey)
    place = {name: at for at, name in enumerate(survey.registry.names)}
    rows = [_pair(links, _between(shown, pair), place, silences) for pair in _pairs(shown)]
    rows.sort(key=lambda row: (row[0].casefold(), row[1].casefold()))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype("str")


def collaborations_not_shown(survey: Survey) -> pd.DataFrame:
    """Return the reported contacts that are not among the collaborations, and why.

    One row per report. Columns: reporter, counterpart (the registered name, or what was written
    where it is no partnership), purpose (missing where none was given), reason. The second
    report of a pair that is shown is not one of them. Source: section 2.3.2 of D5.5.
    """
    links = _links(survey)
    pairs = _pairs(_shown(links))
    left = [link for link in links if link["reason"] or _pair_of(link) not in pairs]
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
    columns = ["reporter", "counterpart", "purpose", "reason"]
    return pd.DataFrame(_links(survey), columns=columns)


def _links(survey: Survey) -> list[Link]:
    """Return the rows of ``reports``."""
    decided = survey.recodes.loc[survey.recodes["question"] == QUESTION].to_dict("records")
    decisions = {(row["response"], row["raw_text"]): row for row in reversed(decided)}
    faults: list[Fault] = []
    links = []
    for row in survey.boxes.told(QUESTION).to_dict("records"):
        for name, purpose in _named(row):
            decision = decisions.get((row["partnership"], name))
            links.append(_link(survey, row["partnership"], name, purpose, decision, faults))
    if faults:
        raise RoundError(faults)
    return links


def _named(row: Link) -> Iterator[tuple[str, Any]]:
    """Yield name and purpose of each report: one for an option, one per name under Other."""
    if row["option"] != OTHER:
        yield row["option"], row["comment"]
        return
    names, purposes = names_typed(row["other_text"]), names_typed(row["comment"])
    if len(purposes) != len(names):
        purposes = [row["comment"]] * len(names)
    for name, purpose in zip(names, purposes, strict=True):
        if name:
            yield name, purpose or None


def _shown(links: Iterable[Link]) -> list[Link]:
    return [link for link in links if pd.notna(link["purpose"]) and not link["reason"]]


def _pair_of(link: Link) -> frozenset[str]:
    return frozenset((link["reporter"], link["counterpart"]))


def _pairs(links: Iterable[Link]) -> set[frozenset[str]]:
    return {_pair_of(link) for link in links}


def _between(links: Iterable[Link], pair: frozenset[str]) -> list[Link]:
    return [link for link in links if _pair_of(link) == pair]


def _link(
    survey: Survey,
    reporter: str,
    written: str,
    purpose: Any,
    decision: Link | None,
    faults: list[Fault],
) -> Link:
    action, target, reason = ("", "", "")
    if decision is not None:
        action, target, reason = decision["action"], decision["target"], decision["reason"]
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
    links: Iterable[Link],
    described: Iterable[Link],
    place: Mapping[str, int],
    silences: Mapping[str, str],
) -> tuple[str, ...]:
    """Return the row of a pair; ``described`` are its reports that give a purpose."""
    ordered = sorted(described, key=lambda link: place[link["reporter"]])
    reporter, counterpart, purpose = (ordered[0][name] for name in COLUMNS if name != "state")
    if len(ordered) > 1:
        purpose = "; ".join(f"{link['reporter']}: {link['purpose']}" for link in ordered)
    back = _between(links, _pair_of(ordered[0]))
    named_back = any(link["reporter"] == counterpart for link in back)
    state = "mutual" if named_back else silences.get(counterpart, "outside")
    return reporter, counterpart, state, purpose


def _silences(survey: Survey) -> dict[str, str]:
    """Return the state of a link to each of the invited that does not name the other back."""
    answers = survey.answers.loc[survey.answers["question"] == "dialogue"]
    asked = set(answers.loc[answers["reached"], "partnership"])
    invited = survey.frame["partnership"]
    return {name: "unconfirmed" if name in asked else "silent" for name in invited}
