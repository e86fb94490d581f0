"""Comments coded by hand: what each code means, and who gave which comment which code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from escp_analysis.errors import Fault
from escp_analysis.loaders.answers import Answers
from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.plain_csv import cells, read_table
from escp_analysis.loaders.registry import Registry
from escp_analysis.loaders.survey import SCHEMAS, typed
from escp_analysis.loaders.typed_words import PRIVATE
from escp_analysis.loaders.wording import advice

CODEBOOK, CODING = "codebook.csv", "coding.csv"
_CODE = re.compile(r"[a-z0-9_]+")
_QUOTED = 15


def read_codebook(path: Path) -> pd.DataFrame:
    """Return the codes of a round's ``codebook.csv``, one row per code; none without the file.

    Columns: code, label, definition, example (all printed in the report). Raises ``RoundError``
    with every code that stands twice or is not of small letters, digits and underscores, every
    blank cell, and every e-mail address or telephone number.
    """
    if not path.exists():
        return typed("codebook", [])
    table = read_table(path, list(SCHEMAS["codebook"]))
    ledger = Ledger()
    for row in table.index[table.duplicated("code")]:
        ledger.fault("the code stands twice", place(path.name, int(row), "code"), "one row a code")
    for row, code in cells(table, "code"):
        if code and not _CODE.fullmatch(code):
            where, expected = place(path.name, row, "code"), "small letters, digits, underscores"
            ledger.fault(f"{code!r} is no name for a code", where, expected)
    for column in SCHEMAS["codebook"]:
        _check_words(table, column, path.name, ledger)
    ledger.settle()
    return typed("codebook", table)


def _check_words(table: pd.DataFrame, column: str, file: str, ledger: Ledger) -> None:
    for row, cell in cells(table, column):
        if not cell:
            ledger.fault(f"the {column} is blank", place(file, row, column), "a text")
        elif PRIVATE.search(cell):
            what = f"the {column} holds an e-mail address or a telephone number"
            ledger.fault(what, place(file, row, column), "no personal data")


def read_coding(path: Path) -> pd.DataFrame:
    """Return the cells of a round's ``coding.csv`` by their rows; none without the file.

    Columns: response, question, code, coder. Raises ``RoundError`` where the file is no such
    table; what its cells mean is known when the answers are.
    """
    if not path.exists():
        return pd.DataFrame(columns=list(SCHEMAS["coding"]), dtype="str")
    return read_table(path, list(SCHEMAS["coding"]))


@dataclass(frozen=True)
class Coding:
    """What the rows of ``coding.csv`` and ``codebook.csv`` are held against."""

    table: pd.DataFrame
    codebook: pd.DataFrame
    permissions: pd.DataFrame
    registry: Registry
    questions: Iterable[str]

    def checked(self, given: Answers, who: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
        """Return the Survey's table ``coding``, its responses by their registered names.

        Faults, all told at once: a response, question or code that is not known, a missing
        coder, a row without a comment of that partnership beside an option it selected, and an
        example that is somebody's comment without a permission to quote it.
        """
        names = [
            self._partnership(row, name, ledger) for row, name in cells(self.table, "response")
        ]
        told = self.table.assign(response=pd.Series(names, index=self.table.index, dtype="str"))
        commented = _commented(given, who) if len(told) else frozenset()
        for at, record in zip(told.index, told.to_dict("records"), strict=True):
            line = {str(name): str(cell) for name, cell in record.items()}
            self._check(int(at), line, commented, ledger)
        self._check_examples(given, who, ledger)
        return typed("coding", told)

    def _partnership(self, row: int, name: str, ledger: Ledger) -> str:
        found = self.registry.match(name, place(CODING, row, "response"))
        if isinstance(found, Fault):
            ledger.faults.append(found)
            return ""
        return found

    def _check(
        self, row: int, line: Mapping[str, str], commented: Set[tuple[str, str]], ledger: Ledger
    ) -> None:
        question, name = line["question"], line["response"]
        known, codes = list(self.questions), list(self.codebook["code"])
        if question not in known:
            what, where = (
                f"{question!r} is no question with comments",
                place(CODING, row, "question"),
            )
            ledger.fault(what, where, f"one of {', '.join(known)}", advice(question, known))
        elif name and (name, question) not in commented:
            ledger.fault(
                f"{name} has no comment on {question} beside an option it selected",
                place(CODING, row),
                "a response with a comment there",
                self._who_commented(question, commented),
            )
        if line["code"] not in codes:
            expected = f"one of {', '.join(codes)}" if codes else f"a row for it in {CODEBOOK}"
            do = advice(line["code"], codes, f"add it to {CODEBOOK}")
            where = place(CODING, row, "code")
            ledger.fault(f"{line['code']!r} is not in the codebook", where, expected, do)
        if not line["coder"]:
            where = place(CODING, row, "coder")
            ledger.fault("the coder is missing", where, "initials, or a number")

    @staticmethod
    def _who_commented(question: str, commented: Set[tuple[str, str]]) -> str:
        names = sorted((who for who, asked in commented if asked == question), key=str.casefold)
        found = f"those who have one: {', '.join(names)}" if names else "nobody has one"
        return f"correct the row or take it out; {found}"

    def _check_examples(self, given: Answers, who: pd.DataFrame, ledger: Ledger) -> None:
        """Note a fault per example that stands in a comment nobody permitted to quote."""
        examples = dict(enumerate(map(_plain, self.codebook["example"]), start=2))
        told: set[int] = set()
        for bound in (it for it in given.columns if examples and it.role.endswith("comment")):
            texts = given.text_of(bound.column).dropna()
            for row in given.rows(given.filled([bound])):
                if (str(who.loc[row, "partnership"]), bound.question, bound.part) in self._quotable:
                    continue
                text = _plain(str(texts.loc[row]))
                told |= {at for at, it in examples.items() if len(it) >= _QUOTED and it in text}
        for at in sorted(told):
            ledger.fault(
                "the example is a comment of this round, word for word",
                place(CODEBOOK, at, "example"),
                "an example in words of your own, since it is printed",
                "reword it, or record the permission to quote it in permissions.csv",
            )

    @cached_property
    def _quotable(self) -> frozenset[tuple[str, ...]]:
        given = self.permissions.loc[self.permissions["permitted_by"].fillna("") != ""]
        return frozenset(
            given[["response", "question", "option"]].itertuples(index=False, name=None)
        )


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _commented(given: Answers, who: pd.DataFrame) -> frozenset[tuple[str, str]]:
    """Return who commented on which question, beside an option that is selected."""
    found: set[tuple[str, str]] = set()
    for box in given.boxes():
        comment = [it for it in box if it.role.endswith("comment")]
        if comment:
            rows = given.rows(given.filled(comment) & given.ticked(box))
            found |= {(str(who.loc[row, "partnership"]), box[0].question) for row in rows}
    return frozenset(found)
