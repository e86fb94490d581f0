"""The printed statements of a report as data, each with the check that can bear it out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from escp_analysis.errors import Fault
from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.plain_csv import cells, read_table
from escp_analysis.loaders.wording import advice

COLUMNS = ("id", "section", "claim", "published", "unit", "check", "reason")
NOT_PUBLISHED, NOT_ASKED = "not-published", "not-asked"
UNANSWERED = (NOT_PUBLISHED, NOT_ASKED)
STRANDS = ("all", "1", "2")

_ID = re.compile(r"F[0-9]{3}")
_NAME = re.compile(r"[a-z_]+(\.[^.;|]+)+")
_NUMBER = re.compile(r"(?<![\w.-])[0-9]+(?![\w-]|\.[0-9])")


@dataclass(frozen=True)
class Word:
    """What a word of the vocabulary takes: kinds of its arguments, and of the published value.

    ``rest`` is the kind of any further arguments, ``optional`` of one that may be left out.
    Kinds: ``value`` (a name of a round's evidence), ``count`` (one that is a number), ``share``
    (a number with a base), ``passage`` (a text), ``family`` (a name with ``*`` for one part),
    ``item`` (what ``*`` may stand for), ``question``, ``strand``, ``claim``, ``number``, ``date``,
    ``text``. ``published`` is ``text``, ``number`` (holds one whole number), ``list`` (one item
    per argument) or ``any``.
    """

    takes: tuple[str, ...] = ()
    rest: str = ""
    optional: str = ""
    published: str = "text"


VOCABULARY: Mapping[str, Word] = MappingProxyType(
    {
        "equals": Word(("value",), rest="value"),
        "each": Word(("value", "value"), rest="value", published="list"),
        "sum": Word(("count", "count"), rest="count", published="number"),
        "difference": Word(("count", "count"), published="number"),
        "percentage": Word(("share",), published="number"),
        "mean-share": Word(("question", "strand"), published="number"),
        "gap": Word(("share", "share"), published="number"),
        "top": Word(("family", "item"), rest="item"),
        "bottom": Word(("family", "item"), rest="item"),
        "decreasing": Word(("family", "item", "item"), rest="item"),
        "rank": Word(("family", "item", "number")),
        "less-than-percent": Word(("share",), published="number"),
        "almost-percent": Word(("share",), published="number"),
        "at-least": Word(("count",), published="number"),
        "all": Word(("share",)),
        "majority": Word(("share",)),
        "some": Word(("count",), rest="count"),
        "none": Word(("count",)),
        "more": Word(("share", "share")),
        "one-reading": Word(("count",), published="number"),
        "mentions": Word(("passage", "text"), rest="text"),
        "restated": Word(("text", "text")),
        "agrees": Word(("claim",)),
        "adds-up": Word(("claim", "claim"), rest="claim", published="number"),
        "still-to-come": Word(("date",)),
        NOT_PUBLISHED: Word(optional="question", published="any"),
        NOT_ASKED: Word(published="any"),
    }
)
"""The words a check may use; ``data/claims/README.md`` says what each means."""


@dataclass(frozen=True)
class Check:
    """One condition on a claim: a word of the vocabulary and its arguments."""

    word: str
    arguments: tuple[str, ...] = ()

    @property
    def typed(self) -> tuple[tuple[str, str], ...]:
        """Return each argument with its kind; the word must be one of the vocabulary."""
        word = VOCABULARY[self.word]
        kinds = [*word.takes, *([word.optional] if word.optional else [])]
        kinds += [word.rest] * (len(self.arguments) - len(kinds))
        return tuple(zip(kinds, self.arguments, strict=False))


def parse_checks(text: str) -> tuple[Check, ...]:
    """Return the conditions of a cell, ``word: argument; argument | word: argument``.

    A blank cell has none. Nothing is checked here.
    """
    parts = [part.partition(":") for part in text.split("|")] if text else []
    return tuple(
        Check(word.strip(), tuple(item.strip() for item in rest.split(";")) if rest else ())
        for word, _, rest in parts
    )


def whole_number(published: str) -> int | None:
    """Return the one whole number of a printed value (``almost 60``), ``None`` unless one."""
    found = _NUMBER.findall(published)
    return int(found[0]) if len(found) == 1 else None


def listed(published: str) -> list[str]:
    """Return the items of a printed list, which are separated by semicolons."""
    return [item.strip() for item in published.split(";")]


def read_claims(path: Path) -> pd.DataFrame:
    """Return the published claims of a report, one row per claim in the order of the file.

    Columns, all text: id, section, claim (what is said to have a value), published (the value as
    printed, blank where none is), unit, check (conditions of ``VOCABULARY``, blank where nothing
    in the project can bear the claim out), reason (what a reader must know, blank when plain).
    Raises ``RoundError`` with every fault at once: a file ``read_table`` refuses, an id that is
    malformed or double, a blank section or claim, a word or an argument that is not legal, a
    published value the check cannot use, a claim without a check or a reason. Whether the values
    named exist is found out when they are computed.
    """
    table = read_table(path, COLUMNS)
    ledger = Ledger()
    _check_ids(table, path.name, ledger)
    for column in ("section", "claim"):
        for row, cell in cells(table, column):
            if not cell:
                ledger.fault(f"{column} is blank", place(path.name, row, column), "a text")
    numbers = {name: whole_number(text) for name, text in _pairs(table, "published")}
    for label, claim in table.iterrows():
        for column, fault in _faults(claim, numbers):
            ledger.faults.append(replace(fault, where=place(path.name, int(str(label)), column)))
    ledger.settle()
    return table.reset_index(drop=True)


def _check_ids(table: pd.DataFrame, file: str, ledger: Ledger) -> None:
    first: dict[str, int] = {}
    for row, name in cells(table, "id"):
        where = place(file, row, "id")
        if not _ID.fullmatch(name):
            ledger.fault(f"{name!r} is no id of a claim", where, "F and three digits, as F001")
        if name in first:
            ledger.fault(f"{name!r} stands in row {first[name]} as well", where, "one row per id")
        first.setdefault(name, row)


def _pairs(table: pd.DataFrame, column: str) -> Iterator[tuple[str, str]]:
    return zip(table["id"], table[column], strict=True)


def _faults(
    claim: pd.Series[str], numbers: Mapping[str, int | None]
) -> Iterator[tuple[str, Fault]]:
    """Yield the column and the fault of all that is wrong with a claim, its place left open."""
    checks = parse_checks(claim["check"])
    words = {check.word for check in checks}
    if not (words - set(UNANSWERED) or claim["reason"]):
        yield "reason", Fault("reason is blank", "", "why the claim cannot be checked")
    if len(checks) > 1 and words & set(UNANSWERED):
        named = " and ".join(sorted(words & set(UNANSWERED)))
        yield "check", Fault(f"{named} stands beside another check", "", "a check of its own")
    for check in checks:
        if check.word not in VOCABULARY:
            do = advice(check.word, VOCABULARY)
            expected = f"one of {', '.join(VOCABULARY)}"
            yield "check", Fault(f"unknown check {check.word!r}", "", expected, do)
            continue
        yield from (("check", fault) for fault in _argument_faults(check, numbers))
        yield from (("published", fault) for fault in _published_faults(check, claim["published"]))


def _argument_faults(check: Check, numbers: Mapping[str, int | None]) -> Iterator[Fault]:
    word, given = VOCABULARY[check.word], len(check.arguments)
    shape = [*word.takes, *([f"[{word.optional}]"] if word.optional else [])]
    if given < len(word.takes) or (given > len(shape) and not word.rest):
        shape += [f"more of kind {word.rest}"] if word.rest else []
        expected = f"{check.word}: {'; '.join(shape)}" if shape else f"{check.word} alone"
        plural = "argument" if given == 1 else "arguments"
        yield Fault(f"{check.word} has {given} {plural}", "", expected)
        return
    for kind, argument in check.typed:
        yield from _kind_faults(check.word, kind, argument, numbers)


def _kind_faults(
    word: str, kind: str, argument: str, numbers: Mapping[str, int | None]
) -> Iterator[Fault]:
    what = f"{argument!r} is no {kind} for {word}"
    if kind == "claim" and argument not in numbers:
        yield Fault(what, "", "the id of a claim in this file", advice(argument, numbers))
    elif kind == "claim" and word == "adds-up" and numbers[argument] is None:
        yield Fault(f"{argument} has no whole number to add", "", "claims with one number each")
    elif not _is_legal(kind, argument):
        yield Fault(what, "", _EXPECTED[kind])


_NAMES = ("value", "count", "share", "passage")
_EXPECTED: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(_NAMES, "a name with dots, as funnel.B.reached.all"),
        "family": "such a name with * for one part, as options.barriers.*.all",
        "item": "the part that * stands for",
        "question": "the id of a question, as barriers",
        "strand": f"one of {', '.join(STRANDS)}",
        "number": "a whole number",
        "date": "a date as YYYY-MM-DD",
        "text": "a text",
    }
)


def _is_legal(kind: str, argument: str) -> bool:
    if kind in (*_NAMES, "family"):
        parts = argument.split(".")
        return bool(_NAME.fullmatch(argument)) and parts.count("*") == (kind == "family")
    if kind == "date":
        return _is_date(argument)
    if kind == "strand":
        return argument in STRANDS
    return argument.isdecimal() if kind == "number" else bool(argument)


def _is_date(argument: str) -> bool:
    try:
        return date.fromisoformat(argument).isoformat() == argument
    except ValueError:
        return False


def _published_faults(check: Check, published: str) -> Iterator[Fault]:
    wanted = VOCABULARY[check.word].published
    if wanted == "any":
        return
    if not published:
        yield Fault(f"{check.word} has no published value", "", "the value as printed")
    elif wanted == "number" and whole_number(published) is None:
        yield Fault(f"{published!r} is not one whole number", "", f"a number for {check.word}")
    elif wanted == "list" and len(listed(published)) != len(check.arguments):
        what = f"{len(listed(published))} values are published, {len(check.arguments)} are named"
        yield Fault(what, "", "as many values as names, separated by semicolons")
