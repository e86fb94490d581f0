"""Decisions on what people wrote: nothing is recoded without a row that says so and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from escp_analysis.errors import Fault
from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.plain_csv import cells, read_table
from escp_analysis.loaders.question import COMMENTED, OTHER, Question, Questionnaire
from escp_analysis.loaders.registry import Registry
from escp_analysis.loaders.survey import SCHEMAS, typed
from escp_analysis.loaders.wording import advice, key

FILE = "recodes.csv"
READ_AS, SET_ASIDE, NO_PARTNERSHIP, MASK = "read as", "set aside", "not a partnership", "mask"
COLLABORATIONS, COUNTRY, RESPONSE = "collaborations", "agreements.country", "response"
COMMENT_NAME = ".comment"
"""Ends what decisions call the comments on a question, as in ``barriers.comment``."""
SEPARATOR = ";"
_ACTIONS = {
    COLLABORATIONS: (READ_AS, SET_ASIDE, NO_PARTNERSHIP),
    COUNTRY: (READ_AS, SET_ASIDE),
    RESPONSE: (SET_ASIDE,),
}
_FIRST_ROW = 2


def read_recodes(path: Path, registry: Registry, questionnaire: Questionnaire) -> pd.DataFrame:
    """Return the decisions of a round's ``recodes.csv``, one row per decision.

    Columns: response (the registered name of the partnership that answered; may be blank for a
    decision on a ``response``), question (``response``, ``collaborations``,
    ``agreements.country``, a question or field with an option Other as ``barriers.other``, or
    the comments on a question as ``barriers.comment``), raw_text (as written; the number of a
    ``response``; for a comment the option it stands beside), action (``read as``, ``set aside``;
    for collaborations also ``not a partnership``; for a comment ``mask``), target (what it is
    read as: a registered name, a country, or an option's id, for which its label may be written),
    coder, date, reason. A round without the file has made no decision. Raises ``RoundError`` with
    every unknown question, action, response, option or target, every missing reason and every
    text decided on twice.
    """
    if not path.exists():
        return typed("recodes", [])
    table = read_table(path, list(SCHEMAS["recodes"]))
    others = questions_with_other(questionnaire)
    ledger = Ledger()
    comments = {f"{it.id}{COMMENT_NAME}": it for it in questionnaire.questions(COMMENTED)}
    _check_words(table, _actions(others, comments), path.name, ledger)
    _check_commented(table, comments, path.name, ledger)
    for row, reason in cells(table, "reason"):
        if not reason:
            ledger.fault("the reason is missing", place(path.name, row, "reason"), "one sentence")
    anybody = table["question"].eq(RESPONSE) & table["response"].eq("")
    named = table["question"].eq(COLLABORATIONS) & table["action"].eq(READ_AS)
    resolved = _resolved(table.loc[~anybody], "response", path.name, registry, ledger)
    targets = _resolved(table.loc[named], "target", path.name, registry, ledger)
    options = _options(table, others, path.name, ledger)
    table = table.assign(
        response=resolved.reindex(table.index).fillna(""),
        target=options.where(~named, targets.reindex(table.index)),
    )
    _check_twice(table, path.name, ledger)
    ledger.settle()
    return typed("recodes", table)


def questions_with_other(questionnaire: Questionnaire) -> dict[str, Question]:
    """Return the questions and fields whose Other can be recoded, as ``barriers.other``.

    Names typed under Other of a question on partnerships are decided on under its own name.
    """
    found: dict[str, Question] = {}
    for question in questionnaire.questions():
        for asked in question.fields or (question,):
            if asked.other and not asked.options_from:
                name = f"{question.id}.{asked.id}" if question.fields else question.id
                found[f"{name}.{OTHER}"] = asked
    return found


def numbered(recodes: pd.DataFrame, question: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the decisions on a question, each with its row in the file."""
    for position, row in enumerate(recodes.to_dict("records"), start=_FIRST_ROW):
        if row["question"] == question:
            yield position, {str(name): str(cell) for name, cell in row.items()}


def names_typed(text: Any) -> list[str]:
    """Return the names in a text under Other, or their purposes, which semicolons separate."""
    return [] if pd.isna(text) else [part.strip() for part in str(text).split(SEPARATOR)]


def _actions(others: Iterable[str], comments: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Return what can be decided on each question with Other, and on each question's comments."""
    actions: dict[str, tuple[str, ...]] = dict(_ACTIONS)
    actions.update(dict.fromkeys(others, (READ_AS, SET_ASIDE)))
    actions.update(dict.fromkeys(comments, (MASK, SET_ASIDE)))
    return actions


def _check_commented(
    table: pd.DataFrame, comments: Mapping[str, Question], file: str, ledger: Ledger
) -> None:
    """Note a fault where a decision on a comment names no option of the question."""
    for row, option in cells(table.loc[table["question"].isin(list(comments))], "raw_text"):
        asked = comments[str(table.loc[row, "question"])]
        known = list(asked.labels)
        if option not in known and not asked.options_from:
            where, expected = place(file, row, "raw_text"), f"one of {', '.join(known)}"
            ledger.fault(f"{option!r} is no option", where, expected, advice(option, known))


def _check_words(
    table: pd.DataFrame, actions: Mapping[str, tuple[str, ...]], file: str, ledger: Ledger
) -> None:
    decided = zip(cells(table, "question"), cells(table, "action"), strict=True)
    for (row, question), (_, action) in decided:
        _check_word(question, list(actions), place(file, row, "question"), ledger)
        if question in actions:
            _check_word(action, list(actions[question]), place(file, row, "action"), ledger)
    for row, action in cells(table, "action"):
        if action != READ_AS and table.loc[row, "target"]:
            where = place(file, row, "target")
            ledger.fault(f"{action!r} has no target", where, "a blank", "clear the cell")
    for row, text in cells(table.loc[table["question"].eq(RESPONSE)], "raw_text"):
        if not (text.isascii() and text.isdigit()):
            expected = "the number of a response, as in the column id"
            ledger.fault(f"{text!r} is no number", place(file, row, "raw_text"), expected)


def _check_word(word: str, allowed: list[str], where: str, ledger: Ledger) -> None:
    if word not in allowed:
        what, expected = f"{word!r} is not known", f"one of {', '.join(allowed)}"
        ledger.fault(what, where, expected, advice(word, allowed))


def _check_twice(table: pd.DataFrame, file: str, ledger: Ledger) -> None:
    first: dict[tuple[str, ...], int] = {}
    for row, decision in zip(table.index, table.to_dict("records"), strict=True):
        text = tuple(str(decision[name]) for name in ("response", "question", "raw_text"))
        if not text[0] and text[1] != RESPONSE:
            continue  # the name is not known, which is a fault of its own
        if text in first:
            what = f"row {first[text]} decides on the same text"
            ledger.fault(what, place(file, int(row)), "one decision per text", "take one out")
        first.setdefault(text, int(row))


def _options(
    table: pd.DataFrame, others: Mapping[str, Question], file: str, ledger: Ledger
) -> pd.Series[str]:
    """Return the targets, those of a text under Other as option ids."""
    found = dict(cells(table, "target"))
    read_as = table.loc[table["action"].eq(READ_AS) & table["question"].isin(list(others))]
    for row, target in cells(read_as, "target"):
        options = others[str(table.loc[row, "question"])].options
        by_wording = {key(it.label): it.id for it in options} | {it.id: it.id for it in options}
        found[row] = by_wording.get(target) or by_wording.get(key(target), "")
        if not found[row]:
            ids = [option.id for option in options]
            what, where = f"{target!r} is no option", place(file, row, "target")
            ledger.fault(what, where, f"one of {', '.join(ids)}", advice(target, ids))
    return pd.Series(list(found.values()), index=table.index, dtype="str")


def _resolved(
    table: pd.DataFrame, column: str, file: str, registry: Registry, ledger: Ledger
) -> pd.Series[str]:
    """Return the registered name of each cell; the ledger notes every name that is none."""
    found = [registry.match(name, place(file, row, column)) for row, name in cells(table, column)]
    ledger.faults.extend(result for result in found if isinstance(result, Fault))
    names = [name if isinstance(name, str) else "" for name in found]
    return pd.Series(names, index=table.index, dtype="str")
