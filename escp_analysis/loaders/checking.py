"""Faults of the answers themselves: who answered, and values their questions cannot have.

No message repeats a cell: a row shifted by one cell may hold a name or an address anywhere.
"""

from __future__ import annotations

import pandas as pd

from escp_analysis.loaders.answers import MULTIPLES, Answers
from escp_analysis.loaders.assemble import DATE, YES_NO_CODES
from escp_analysis.loaders.binding import Bound
from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.question import NUMBER, YES_NO
from escp_analysis.loaders.wording import advice

_NUMBER = r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
_WHOLE = r"[0-9]+"
_ASK = "compare with the export as it came; correct an answer in LimeSurvey and export again"


def without_empty_rows(given: Answers, ledger: Ledger) -> Answers:
    """Return the responses in which a page was sent; the others hold NULL throughout.

    Each of the others is a note: somebody opened the form, and nobody knows who.
    """
    sent = given.reached(given.columns)
    for row in given.rows(~sent):
        ledger.note(
            "nothing-sent",
            "the form was opened and nothing was sent; the row is left out",
            "nothing: nobody answered",
            file=given.file,
            row=row,
        )
    return Answers(given.file, given.cells.loc[sent], given.columns)


def check_values(given: Answers, ledger: Ledger) -> None:
    """Note a fault per column that holds what its question cannot be answered with."""
    cells = given.cells
    numbered = cells["id"].str.fullmatch(_WHOLE).fillna(False).astype(bool)
    _refuse(given, ~numbered, "id", "the number of a response", ledger)
    _refuse(given, cells["id"].duplicated(keep=False), "id", "each number once", ledger)
    paged = cells["lastpage"].str.fullmatch(_WHOLE).astype("boolean")
    _refuse(given, _wrong(cells["lastpage"], paged), "lastpage", "a page number", ledger)
    dated = pd.to_datetime(cells["submitdate"], format=DATE, errors="coerce").notna()
    _refuse(given, _wrong(cells["submitdate"], dated), "submitdate", "YYYY-MM-DD HH:MM:SS", ledger)
    for bound in given.columns:
        if bound.role == "value":
            legal, expected = _legal(cells[bound.column], bound)
            _refuse(given, _wrong(cells[bound.column], legal), bound.column, expected, ledger)


def identify(given: Answers, ledger: Ledger) -> pd.DataFrame:
    """Return partnership and strand of each response, indexed as the cells.

    Fault: a response without one or the other.
    """
    who = pd.DataFrame(
        {name: _identity(given, name, ledger) for name in ("partnership", "strand")},
        index=given.cells.index,
    )
    return who.astype("str")


def names(given: Answers, question: str) -> pd.Series[str]:
    """Return what each response answers to a choice that says who it is; missing where nothing."""
    bound = next(iter(given.of(question)), None)
    if bound is None:
        return pd.Series(index=given.cells.index, dtype="str")
    found = given.cells[bound.column].map(dict(bound.answers or {}))
    return found.where(found != "").astype("str")


def check_roster(given: Answers, who: pd.DataFrame, roster: pd.DataFrame, ledger: Ledger) -> None:
    """Note a fault per partnership that is not on the roster, or answered as another strand."""
    strands = dict(zip(roster["partnership"], roster["strand"], strict=True))
    invited = who["partnership"].map(strands)
    differs = invited.notna() & who["strand"].notna() & who["strand"].ne(invited)
    doubtful = who.loc[differs | ~who["partnership"].isin(list(strands)), "partnership"]
    for name in sorted(doubtful.dropna().unique()):
        rows = who.index[who["partnership"].eq(name).fillna(False)]
        where = place(given.file, [int(row) for row in rows])
        if name not in strands:
            numbers = ", ".join(given.cells.loc[rows, "id"].fillna(""))
            otherwise = (
                "add it to roster.csv if it was invited; if not, set the response aside in "
                f"recodes.csv: question response, raw_text {numbers}, action set aside"
            )
            do = advice(str(name), strands, otherwise)
            ledger.fault(f"{name} is not on the roster", where, "a partnership invited", do)
            continue
        answered = sorted(who.loc[rows, "strand"].dropna().unique())
        ledger.fault(
            f"{name} answered as strand {' and '.join(answered)}",
            where,
            f"strand {strands[name]}, as roster.csv has it",
            "find out which is right and correct the other",
        )


def _identity(given: Answers, name: str, ledger: Ledger) -> pd.Series[str]:
    bound = next(iter(given.of(name)), None)
    if bound is not None:
        blank = ~given.filled([bound])
        if blank.any():
            ledger.fault(
                f"the response names no {name}",
                place(given.file, given.rows(blank), bound.column),
                f"a {name}: the form asks for it on its first page",
                _ASK,
            )
    return names(given, name)


def _legal(texts: pd.Series[str], bound: Bound) -> tuple[pd.Series[bool] | None, str]:
    """Return where a text is legal under its column, blanks aside, and what is expected."""
    if bound.kind in MULTIPLES:
        return texts == "Y", "Y, or blank"
    if bound.kind == YES_NO:
        return texts.isin(list(YES_NO_CODES)), "Y, N, or blank"
    if bound.kind == NUMBER:
        return texts.str.fullmatch(_NUMBER).astype("boolean"), "a number, or blank"
    if bound.answers:
        return texts.isin(list(bound.answers)), "an answer code of the structure, or blank"
    return None, ""


def _wrong(texts: pd.Series[str], legal: pd.Series[bool] | None) -> pd.Series[bool]:
    if legal is None:
        return pd.Series(False, index=texts.index)
    return texts.notna() & texts.ne("") & ~legal.fillna(False).astype(bool)


def _refuse(
    given: Answers, wrong: pd.Series[bool], column: str, expected: str, ledger: Ledger
) -> None:
    if wrong.any():
        where = place(given.file, given.rows(wrong), column)
        ledger.fault("the value is not legal here", where, expected, _ASK)
