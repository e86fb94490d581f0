"""Which pages a respondent sent, for the exports that lost the difference between blank and NULL.

The rule, stated once: a page was sent where the response is complete, where the last page is at
or behind it, or where one of its cells is filled. A question of a sent page was shown where its
condition and its group's hold for the answers given; where a condition cannot be read, where one
of its cells is filled. A blank cell of a question shown on a sent page is blank, any other is
NULL.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from escp_analysis.loaders.ledger import Ledger
from escp_analysis.loaders.relevance import Condition, condition, variables
from escp_analysis.loaders.structure import Item, Structure

RULE = (
    "a page counts as sent where the response is complete, got as far or has an answer on it; a "
    "question with a condition as shown where the condition holds"
)


def deciding(structure: Structure) -> frozenset[str]:
    """Return the columns that decide whether questions are shown."""
    known = {column.name for column in structure.columns}
    named = (variables(it) for item in structure.items for it in item.relevance)
    return frozenset(name for names in named for name in names) & known


def with_nulls(
    cells: pd.DataFrame, structure: Structure, wanted: Collection[str], ledger: Ledger
) -> pd.DataFrame:
    """Return the cells with those of questions that were not shown or not reached missing.

    ``cells`` hold the wanted columns, those that decide, and ``submitdate`` and ``lastpage``.
    Finding: a condition that cannot be read.
    """
    filled = _filled(cells)
    last = pd.to_numeric(cells["lastpage"], errors="coerce").fillna(0)
    complete = filled["submitdate"]
    given = {str(name): cells[name] for name in cells.columns}
    columns = {item.code: _present(structure, item, wanted) for item in structure.items}
    for page in sorted({item.page for item in structure.items}):
        items = [item for item in structure.items if item.page == page]
        own = [name for item in items for name in columns[item.code]]
        sent = complete | (last >= page) | _any(filled, own)
        for item in (it for it in items if columns[it.code]):
            names = columns[item.code]
            shown = sent & _shown(item, cells, _any(filled, names), structure, ledger)
            if not shown.all():
                # What a format tells as NULL stays so: long answers of old versions do.
                given |= {name: cells[name].where(filled[name] | shown) for name in names}
    return pd.DataFrame(given, index=cells.index)


def _any(filled: pd.DataFrame, names: Sequence[str]) -> pd.Series[bool]:
    """Return whether any of the columns holds an answer."""
    found = np.zeros(len(filled), dtype=bool)
    for name in names:
        found |= filled[name].to_numpy(dtype=bool)
    return pd.Series(found, index=filled.index, dtype="bool")


def _filled(cells: pd.DataFrame) -> pd.DataFrame:
    kept = {str(name): _answered(cells[name]) for name in cells.columns}
    return pd.DataFrame(kept, index=cells.index)


def _answered(cells: pd.Series) -> npt.NDArray[np.bool_]:
    if isinstance(cells.dtype, pd.CategoricalDtype):
        # NULL has the code -1, which is the last place.
        told = np.array([text != "" for text in cells.cat.categories] + [False])
        return told[cells.cat.codes.to_numpy()]
    # Neither a blank nor NULL is greater than the empty text.
    return (cells > "").to_numpy(dtype=bool)


def _present(structure: Structure, item: Item, wanted: Collection[str]) -> list[str]:
    return [column.name for column in structure.columns_of(item.code) if column.name in wanted]


def _shown(
    item: Item,
    cells: pd.DataFrame,
    filled: pd.Series[bool],
    structure: Structure,
    ledger: Ledger,
) -> pd.Series[bool]:
    shown = pd.Series(True, index=cells.index)
    for expression in item.relevance:
        read = condition(expression)
        known = read is not None and variables(expression) <= set(cells.columns)
        if not known:
            _tell(item, structure, ledger)
        named = ["id", *variables(expression)]
        shown &= _holds(read, cells[named]) if known else filled
    return shown


def _holds(read: Condition | None, cells: pd.DataFrame) -> pd.Series[bool]:
    assert read is not None
    return read({str(name): cells[name].astype("str") for name in cells.columns})


def _tell(item: Item, structure: Structure, ledger: Ledger) -> None:
    ledger.doubt(
        "condition-not-read",
        "the condition of the question cannot be read; it counts as shown where it was answered",
        "export the archive (.lsa) or VV, which say what was shown",
        file=structure.file,
        column=item.code,
    )
