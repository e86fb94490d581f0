"""Addresses and telephone numbers in what people typed: a comment that holds one stops a round.

No message repeats the text. What is decided on in ``recodes.csv`` is masked or left out before
any table is made of it.
"""

from __future__ import annotations

import pandas as pd

from escp_analysis.loaders.answers import Answers
from escp_analysis.loaders.binding import Bound
from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.question import GRID, TEXT
from escp_analysis.loaders.recodes import COMMENT_NAME, MASK, SET_ASIDE
from escp_analysis.loaders.typed_words import PRIVATE

MASKED = "[…]"
"""What stands in a comment for an address or a number that a decision masks."""

_WHAT = "an e-mail address or a telephone number"


def check_private(given: Answers, who: pd.DataFrame, ledger: Ledger) -> None:
    """Note a fault per comment, a doubt per other text, that holds an address or a number.

    ``given`` are the answers after every decision. A comment may be quoted and is read by those
    who code it, so one that nobody decided on stops the round. In the other texts (agreements,
    examples, events, Other) ``masked`` leaves none.
    """
    for bound in given.columns:
        if not _is_typed(bound) or given.is_blank(bound):
            continue
        texts = given.text_of(bound.column)
        holding = [text for text in texts.dropna().unique() if PRIVATE.search(str(text))]
        for row in given.rows(texts.isin(holding)):
            partnership = str(who.loc[row, "partnership"])
            tell = _stop if _is_comment(bound) else _doubt
            tell(given, row, bound, partnership, ledger)


def without_private(given: Answers, who: pd.DataFrame, recodes: pd.DataFrame) -> Answers:
    """Return the answers with each comment that is decided on masked, or left blank."""
    comments = [it for it in given.columns if _is_comment(it)]
    if not recodes["question"].str.endswith(COMMENT_NAME).any():
        return given
    cells = given.cells.copy()
    for bound in comments:
        own = recodes.loc[_about(recodes, bound)]
        for decision in own.to_dict("records"):
            rows = given.rows(who["partnership"].eq(decision["response"]))
            kept = _blank if decision["action"] == SET_ASIDE else _masked
            cells.loc[rows, bound.column] = cells.loc[rows, bound.column].map(
                kept, na_action="ignore"
            )
    return Answers(given.file, cells, given.columns)


def masked(given: Answers) -> Answers:
    """Return the answers with every address and number masked that a typed text still holds."""
    cells = given.cells.copy()
    for bound in given.columns:
        if _is_typed(bound) and not given.is_blank(bound):
            cells[bound.column] = cells[bound.column].map(_masked, na_action="ignore")
    return Answers(given.file, cells, given.columns)


def _masked(text: str) -> str:
    return PRIVATE.sub(MASKED, text)


def _blank(text: str) -> str:
    return ""


def _is_comment(bound: Bound) -> bool:
    return bound.role.endswith("comment")


def _is_typed(bound: Bound) -> bool:
    return bound.kind in (TEXT, GRID) or bound.role != "value"


def _about(recodes: pd.DataFrame, bound: Bound) -> pd.Series[bool]:
    named = recodes["question"].eq(f"{bound.question}{COMMENT_NAME}")
    return named & recodes["raw_text"].eq(bound.part)


def _stop(given: Answers, row: int, bound: Bound, partnership: str, ledger: Ledger) -> None:
    ledger.fault(
        f"a comment holds {_WHAT}",
        place(given.file, row, bound.column),
        "a comment without one, or a decision in recodes.csv",
        f"add a row to recodes.csv: response {partnership}, question "
        f"{bound.question}{COMMENT_NAME}, raw_text {bound.part}, action {MASK} (it is printed as "
        f"{MASKED}) or {SET_ASIDE} (the comment is left out)",
    )


def _doubt(given: Answers, row: int, bound: Bound, partnership: str, ledger: Ledger) -> None:
    ledger.doubt(
        "personal-data",
        f"a text holds {_WHAT}; it is printed as {MASKED}",
        "nothing, or take it out in LimeSurvey and export again",
        file=given.file,
        row=row,
        column=bound.column,
        partnership=partnership,
        question=bound.question,
    )
