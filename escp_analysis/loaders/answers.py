"""The responses of one file as text cells under bound columns, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from escp_analysis.loaders.binding import Bound
from escp_analysis.loaders.question import COMMENTED, MULTIPLE, OTHER
from escp_analysis.loaders.ticks import Ticks

MULTIPLES = (MULTIPLE, COMMENTED)


@dataclass(frozen=True)
class Answers:
    """The responses of one file.

    ``cells``: one row per response, indexed by row of the file, a text column per bound column
    and ``id``, ``submitdate``, ``lastpage``. A missing cell is NULL (not shown or not reached),
    an empty one was left blank.
    """

    file: str
    cells: pd.DataFrame
    columns: tuple[Bound, ...]

    @cached_property
    def texts(self) -> pd.DataFrame:
        """Return the cells with blanks missing as well; a text keeps its outer blanks."""
        kept = {name: cell.where(cell.str.strip() != "") for name, cell in self.cells.items()}
        return pd.DataFrame(kept, index=self.cells.index, columns=self.cells.columns)

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
        found = np.zeros(len(self.cells), dtype=bool)
        for name in [it.column for it in bound]:
            found |= self.cells[name].notna().to_numpy()
        return pd.Series(found, index=self.cells.index, dtype="bool")

    def filled(self, bound: Iterable[Bound]) -> pd.Series[bool]:
        """Return whether any of the columns holds more than blanks."""
        return self.texts[[it.column for it in bound]].notna().any(axis=1)

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
        return self.texts[column]

    def rows(self, those: pd.Series[bool]) -> list[int]:
        """Return the rows of the file in which ``those`` holds."""
        return [int(row) for row in self.cells.index[those]]
