"""The boxes of an export as one matrix, built once: which cells are ticked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

_TICKED = "Y"


@dataclass(frozen=True)
class Ticks:
    """Which boxes are ticked: one row per response, one column per name, stored by column."""

    names: tuple[str, ...]
    matrix: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, cells: pd.DataFrame, names: Sequence[str]) -> Ticks:
        """Return the boxes under ``names``, text or categories; blank and NULL are not ticked."""
        matrix = np.zeros((len(cells), len(names)), dtype=bool, order="F")
        for at, name in enumerate(names):
            column = cells[name]
            if isinstance(column.dtype, pd.CategoricalDtype):
                texts = list(column.cat.categories)
                if _TICKED in texts:
                    matrix[:, at] = column.cat.codes.to_numpy() == texts.index(_TICKED)
            else:
                matrix[:, at] = column.eq(_TICKED).to_numpy(dtype=bool)
        return cls(tuple(names), matrix)

    def any_of(self, names: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Return which responses tick at least one of these boxes."""
        columns = [self.names.index(name) for name in names]
        found: npt.NDArray[np.bool_] = np.any(self.matrix[:, columns], axis=1)
        return found
