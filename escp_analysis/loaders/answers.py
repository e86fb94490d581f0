"""The responses of one file as text cells under bound columns, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from escp_analysis.loaders.binding import Bound
from escp_analysis.loaders.question import COMMENTED, MULTIPLE, OTHER
from escp_analysis.loaders.ticks import Ticks

MULTIPLES = (MULTIPLE, COMMENTED)


@dataclass(frozen=True)
class Answers:
    """The responses of one file.

    ``cells``: one row per response, indexed by row of the file, a column per bound column and
    ``id``, ``submitdate``, ``lastpage``, all text, some as categories. A missing cell is NULL
    (not shown or not reached), an empty one was left blank.
    """

    file: str
    cells: pd.DataFrame
    columns: tuple[Bound, ...]

    @cached_property
    def _given(self) -> Mapping[str, npt.NDArray[np.bool_]]:
        """Return where each bound column has a value, blank or not."""
        return {it.column: self.cells[it.column].notna().to_numpy() for it in self.columns}

    @cached_property
    def _written(self) -> Mapping[str, npt.NDArray[np.bool_]]:
        """Return where each bound column holds more than blanks."""
        return {it.column: _not_blank(self.cells[it.column]) for it in self.columns}

    @cached_property
    def ticks(self) -> Ticks:
        """Return the boxes of all multiple choice questions, blocks included."""
        boxes = [it.column for it in self.columns if it.kind in MULTIPLES and it.role == "value"]
        return Ticks.of(self.cells, boxes)

    def of(self, question: str) -> list[Bound]:
        """Return the columns of a question or block."""
        return [it for it in self.columns if it.question == question]

    def copies(self, block: str) -> Iterator[tuple[int, list[Bound]]]:
        """Yield the number of each copy of a block with its columns."""
        of_block = self.of(block)
        for case in sorted({it.case for it in of_block}):
            yield case, [it for it in of_block if it.case == case]

    def boxes(self) -> Iterator[list[Bound]]:
        """Yield the columns of each option of each multiple choice question outside a block."""
        boxes: dict[tuple[str, str], list[Bound]] = {}
        for bound in self.columns:
            if bound.kind in MULTIPLES and not bound.field:
                boxes.setdefault((bound.question, bound.part), []).append(bound)
        yield from boxes.values()

    def reached(self, bound: Iterable[Bound]) -> pd.Series[bool]:
        """Return whether any of the columns has a value, blank or not."""
        return self._any(self._given[it.column] for it in bound)

    def whole(self, bound: Iterable[Bound]) -> pd.Series[bool]:
        """Return whether each of the columns has a value, blank or not."""
        return ~self._any(~self._given[it.column] for it in bound)

    def filled(self, bound: Iterable[Bound]) -> pd.Series[bool]:
        """Return whether any of the columns holds more than blanks."""
        return self._any(self._written[it.column] for it in bound)

    def ticked(self, box: Iterable[Bound]) -> pd.Series[bool]:
        """Return whether an option is selected: its box is ticked, or Other has a text."""
        columns = list(box)
        if columns[0].part == OTHER:
            return self.filled(it for it in columns if it.role == "other")
        found = self.ticks.any_of([it.column for it in columns if it.role == "value"])
        return pd.Series(found, index=self.cells.index, dtype="bool")

    def text(self, bound: Iterable[Bound], *roles: str) -> pd.Series[str]:
        """Return the text under the column of such a role; missing where blank or no column."""
        column = next((it.column for it in bound if it.role in roles), None)
        if column is None:
            return pd.Series(index=self.cells.index, dtype="str")
        return self.text_of(column)

    def text_of(self, column: str) -> pd.Series[str]:
        """Return a column with its blanks missing as well; a text keeps its outer blanks."""
        cells = self.cells[column]
        held = self._written[column] if column in self._written else _not_blank(cells)
        return cells.where(held).astype("str")

    def is_blank(self, bound: Bound) -> bool:
        """Return whether nobody wrote anything under a column."""
        return not self._written[bound.column].any()

    def rows(self, those: pd.Series[bool]) -> list[int]:
        """Return the rows of the file in which ``those`` holds."""
        return [int(row) for row in self.cells.index[those]]

    def _any(self, columns: Iterable[npt.NDArray[np.bool_]]) -> pd.Series[bool]:
        found = np.zeros(len(self.cells), dtype=bool)
        for column in columns:
            found |= column
        return pd.Series(found, index=self.cells.index, dtype="bool")


def _not_blank(cells: pd.Series[str]) -> npt.NDArray[np.bool_]:
    if isinstance(cells.dtype, pd.CategoricalDtype):
        # NULL has the code -1, which is the last place.
        told = np.array([str(text).strip() != "" for text in cells.cat.categories] + [False])
        found: npt.NDArray[np.bool_] = told[cells.cat.codes.to_numpy()]
        return found
    texts = cells.to_numpy(dtype=object)
    held = (isinstance(text, str) and text.strip() != "" for text in texts)
    return np.fromiter(held, dtype=bool, count=len(texts))
