"""Who counts: responses that were set aside, and the one response of each partnership.

No row is dropped in silence: each one that is left out is a finding, with the one that is kept.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from escp_analysis.loaders.answers import Answers
from escp_analysis.loaders.assemble import DATE, NO_DATE
from escp_analysis.loaders.checking import names
from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.recodes import FILE, RESPONSE, numbered

_STALE = "take the row out of recodes.csv, or correct it"


def without_set_aside(given: Answers, recodes: pd.DataFrame, ledger: Ledger) -> Answers:
    """Return the responses without those that a decision of ``recodes.csv`` sets aside.

    A decision names the number of a response and may name its partnership. Findings: a note per
    response left out, a doubt per decision that fits no response, or more than one.
    """
    left_out: list[int] = []
    partnerships = names(given, "partnership")
    for row, decision in numbered(recodes, RESPONSE):
        numbers, wanted = given.cells["id"], decision["response"]
        fits = (numbers == decision["raw_text"]) & (not wanted or partnerships.eq(wanted))
        found = given.rows(fits.fillna(False).astype(bool))
        at = {"partnership": wanted, "question": RESPONSE}
        if len(found) == 1:
            left_out += found
            what = f"response {decision['raw_text']} is left out, as recodes.csv, row {row}, says"
            do = "nothing, while the decision stands"
            ledger.note("set-aside", what, do, file=given.file, row=found[0], **at)
            continue
        own = given.cells.loc[(partnerships == wanted).fillna(False).astype(bool), "id"]
        do = f"{wanted} sent {_listed(own)}; {_STALE}" if len(own) else _STALE
        what = f"no response has the number {decision['raw_text']}"
        what += f" and is of {wanted}" if wanted else ""
        ledger.doubt("stale-decision", what, do, file=FILE, row=row, column="raw_text", **at)
    return Answers(given.file, given.cells.drop(index=left_out), given.columns)


def one_per_partnership(
    given: Answers, who: pd.DataFrame, ledger: Ledger
) -> tuple[Answers, pd.DataFrame]:
    """Return one response per partnership, and partnership and strand of each.

    The latest complete response counts. Where none is complete it is the one that got furthest:
    the highest last page, then the highest number. The latest is the one with the latest date of
    submission where each has one, else the one with the highest number. Findings: a note for the
    response that is kept, a doubt for each one that is left out. A decision on ``response`` in
    ``recodes.csv`` goes before the rule.
    """
    left_out: list[int] = []
    for name, rows in who.groupby("partnership").groups.items():
        if len(rows) > 1:
            kept = _counting(given.cells.loc[rows])
            left_out += _report(given, str(name), [int(row) for row in rows], kept, ledger)
    kept_cells = given.cells.drop(index=left_out)
    return Answers(given.file, kept_cells, given.columns), who.drop(index=left_out)


def _counting(cells: pd.DataFrame) -> int:
    """Return the row of the response that counts."""
    complete = cells["submitdate"].fillna("").str.strip() != ""
    rivals = cells.loc[complete] if complete.any() else cells
    number = pd.to_numeric(rivals["id"], errors="coerce").fillna(-1)
    if complete.any():
        dated = rivals["submitdate"].where(rivals["submitdate"] != NO_DATE)
        days = pd.to_datetime(dated, format=DATE, errors="coerce")
        reached = days if days.notna().all() else pd.Series(0, index=rivals.index)
    else:
        reached = pd.to_numeric(rivals["lastpage"], errors="coerce").fillna(-1)
    order = pd.DataFrame({"reached": reached, "number": number}).sort_values(["reached", "number"])
    return int(order.index[-1])


def _report(given: Answers, name: str, rows: Sequence[int], kept: int, ledger: Ledger) -> list[int]:
    """Note every response of a partnership and return the rows that do not count."""
    submitted = str(given.cells["submitdate"].fillna("").loc[kept]).strip()
    reason = "the latest complete one" if submitted else "the one that got furthest"
    others = [row for row in rows if row != kept]
    answered = f"{name} answered {len(rows)} times"
    left_out = f"{place('', others)} {'are' if len(others) > 1 else 'is'}"
    at = {"file": given.file, "partnership": name}
    ledger.note(
        "duplicate-response",
        f"{answered}; this response is kept, {reason}; {left_out} left out",
        "nothing, if it is the right one",
        row=kept,
        ask=f"We received {len(rows)} answers from your partnership and count {reason}. "
        "Is that the one you want us to use?",
        **at,
    )
    for row in others:
        ledger.doubt(
            "duplicate-response",
            f"{answered}; this response is left out, row {kept} is kept, {reason}",
            "to keep this one, set the other aside in recodes.csv: question response, raw_text "
            f"{given.cells['id'].loc[kept]}, action set aside",
            row=row,
            **at,
        )
    return others


def _listed(numbers: pd.Series[str]) -> str:
    word = "responses" if len(numbers) > 1 else "response"
    return f"{word} {', '.join(numbers)}"
