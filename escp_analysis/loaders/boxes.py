"""The boxes of all multiple choice questions as two matrices, and the few texts beside them.

A long table has a row per response and option, some sixty million for a large round; a matrix
says the same in a byte each, and is counted column by column.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Matrix = npt.NDArray[np.bool_]
TEXTS = ("comment", "other_text")


@dataclass(frozen=True)
class Boxes:
    """Which questions each response reached, and which of their options it selected.

    ``who``: one row per response, partnership and strand (missing where unknown); a partnership
    stands once. ``reached``: one row per response, one column per question of ``questions``.
    ``selected``: one row per response, one column per pair (question, option) of ``options``;
    nothing is selected that was not reached. Both are stored by column. ``texts``: one row per
    response and option beside which anything is written; their places in ``response`` and
    ``option``, ``comment`` and ``other_text``, missing where blank. Raises ``ValueError`` where
    the parts do not fit each other.
    """

    who: pd.DataFrame
    questions: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    reached: Matrix
    selected: Matrix
    texts: pd.DataFrame

    def __post_init__(self) -> None:
        if not self.who["partnership"].is_unique:
            raise ValueError("boxes: a partnership has more than one response, or strand")
        shapes = [(len(self.who), len(told)) for told in (self.questions, self.options)]
        if [self.reached.shape, self.selected.shape] != shapes:
            raise ValueError(f"boxes: {len(self.who)} responses and matrices of another shape")
        for at, (question, option) in enumerate(self.options):
            if np.any(self.selected[:, at] > self.reached_by(question)):
                raise ValueError(f"boxes: {question}, {option} is selected and was not reached")

    @classmethod
    def of_table(cls, table: pd.DataFrame) -> Boxes:
        """Return the boxes of a long table, the Survey's ``choices``, its rows in any order.

        The way to draw answers by hand. Partnerships, questions and options stand in the order
        of their first rows; a question is reached where any of its rows says so, and an option
        without a row for a response was not selected. Raises ``ValueError`` where an option of
        a partnership stands twice, and where a partnership has two strands.
        """
        if table.duplicated(["partnership", "question", "option"]).any():
            raise ValueError("boxes: an option of a partnership stands twice")
        who = table[["partnership", "strand"]].drop_duplicates(ignore_index=True)
        response, partnerships = pd.factorize(table["partnership"])
        question, questions = pd.factorize(table["question"])
        pairs = list(zip(question, table["option"], strict=True))
        asked = sorted(dict.fromkeys(pairs), key=lambda pair: pair[0])
        place = {pair: at for at, pair in enumerate(asked)}
        option = np.array([place[pair] for pair in pairs], dtype=int)
        reached = unset(len(partnerships), len(questions))
        selected = unset(len(partnerships), len(asked))
        came = table["reached"].to_numpy(dtype=bool)
        ticked = table["selected"].fillna(False).to_numpy(dtype=bool) & came
        reached[response[came], question[came]] = True
        selected[response[ticked], option[ticked]] = True
        texts = table[list(TEXTS)].assign(response=response, option=option)
        named = tuple((str(questions[int(at)]), str(name)) for at, name in asked)
        return cls(who, tuple(questions), named, reached, selected, written([texts]))

    def options_of(self, question: str) -> list[str]:
        """Return the options asked of a question; none where it was not asked."""
        return [option for asked, option in self.options if asked == question]

    def reached_by(self, question: str) -> Matrix:
        """Return which responses reached a question; nobody where it was not asked."""
        if question not in self.questions:
            return np.zeros(len(self.who), dtype=bool)
        return self.reached[:, self.questions.index(question)]

    def selected_by(self, question: str, option: str) -> Matrix:
        """Return which responses selected an option; nobody where it was not asked."""
        if (question, option) not in self.options:
            return np.zeros(len(self.who), dtype=bool)
        return self.selected[:, self.options.index((question, option))]

    def of_strand(self, strand: str) -> Matrix:
        """Return which responses are of a strand."""
        return self.who["strand"].eq(strand).fillna(False).to_numpy(dtype=bool)

    def told(self, question: str) -> pd.DataFrame:
        """Return what was selected of a question and what was written beside it.

        One row per option selected, response by response. Columns: partnership, option,
        ``comment``, ``other_text``; missing where nothing was written.
        """
        places = [at for at, (asked, _) in enumerate(self.options) if asked == question]
        response, at = np.nonzero(self.selected[:, places])
        rows = pd.DataFrame({"response": response, "option": np.array(places, dtype=int)[at]})
        table = rows.merge(self.texts, on=["response", "option"], how="left")
        partnerships = self.who["partnership"].iloc[table["response"]].array
        options = [self.options[place][1] for place in table["option"]]
        return table[list(TEXTS)].assign(partnership=partnerships, option=options)

    def long(self) -> pd.DataFrame:
        """Return one row per response and option, response by response: see ``choices``."""
        size, width = self.selected.shape
        table = self.who.iloc[np.repeat(np.arange(size), width)].reset_index(drop=True)
        of_question = [self.questions.index(question) for question, _ in self.options]
        reached = self.reached[:, of_question].ravel()
        table["question"] = [question for question, _ in self.options] * size
        table["option"] = [option for _, option in self.options] * size
        table["reached"] = reached
        table["selected"] = pd.array(self.selected.ravel(), dtype="boolean")
        table.loc[~reached, "selected"] = pd.NA
        rows = self.texts["response"] * width + self.texts["option"]
        return table.join(self.texts[list(TEXTS)].set_axis(rows, axis="index"))


def unset(responses: int, columns: int) -> Matrix:
    """Return a matrix in which nothing is reached or selected, stored by column."""
    return np.zeros((responses, columns), dtype=bool, order="F")


def written(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows that hold a text as the table ``texts``, by response and option."""
    kinds = {"response": "int64", "option": "int64"} | dict.fromkeys(TEXTS, "str")
    held = [part.dropna(subset=list(TEXTS), how="all") for part in parts]
    table = pd.concat(held) if held else pd.DataFrame(columns=list(kinds))
    return table.astype(kinds).sort_values(["response", "option"], ignore_index=True)[list(kinds)]
