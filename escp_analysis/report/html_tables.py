"""A table that pandas wrote as HTML becomes a table of the report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from escp_analysis.report.blocks import Cell, Column, Table, Text, Words

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_CUT = re.compile(r"\d+ rows × \d+ columns")
_NUMBER = re.compile(r"[-−+]?[\d.,\s]*\d\s*%?")


@dataclass(frozen=True)
class _Drawn:
    """A cell as HTML has it."""

    text: str
    header: bool
    rowspan: int
    colspan: int


def read_html_table(html: str) -> Table | None:
    """Return the one table of an HTML output; ``None`` where there is none, or more than one.

    Several header rows are joined into one label per column. The default row numbers of a
    DataFrame are no data and are left out.
    """
    soup = _parsed(html)
    tables = soup.find_all("table")
    if len(tables) != 1:
        return None
    rows = [_drawn(row) for row in tables[0].find_all("tr")]
    in_head = [row for row in tables[0].find_all("tr") if row.find_parent("thead")]
    head, body = _grid(rows[: len(in_head)]), _grid(rows[len(in_head) :])
    if not head or not body:
        return None
    labels = [_label([row[column] for row in head]) for column in range(len(head[0]))]
    return _without_row_numbers(labels, body)


def is_cut(html: str) -> bool:
    """Return whether pandas left rows or columns out, as it does beyond its display limits."""
    return _CUT.search(_parsed(html).get_text()) is not None


def _parsed(html: str) -> BeautifulSoup:
    from bs4 import BeautifulSoup  # noqa: PLC0415 (slow to import, and few outputs are HTML)

    return BeautifulSoup(html, "html.parser")


def _drawn(row: Tag) -> list[_Drawn]:
    return [
        _Drawn(
            " ".join(cell.get_text().split()),
            cell.name == "th",
            int(str(cell.get("rowspan") or 1)),
            int(str(cell.get("colspan") or 1)),
        )
        for cell in row.find_all(["th", "td"])
    ]


def _grid(rows: Sequence[Sequence[_Drawn]]) -> list[list[_Drawn | None]]:
    """Return rows of equal length: a cell at its first place, ``None`` below it."""
    width = max((sum(cell.colspan for cell in row) for row in rows), default=0)
    grid: list[list[_Drawn | None]] = []
    reach = [0] * width
    for row in rows:
        waiting = [cell for cell in row for _ in range(cell.colspan)]
        line: list[_Drawn | None] = []
        for column in range(width):
            if reach[column] > 0 or not waiting:
                reach[column] = max(reach[column] - 1, 0)
                line.append(None)
            else:
                cell = waiting.pop(0)
                reach[column] = cell.rowspan - 1
                line.append(cell)
        grid.append(line)
    return grid


def _label(cells: Sequence[_Drawn | None]) -> str:
    texts = [cell.text for cell in cells if cell is not None and cell.text]
    return ", ".join(dict.fromkeys(texts))


def _without_row_numbers(labels: list[str], body: list[list[_Drawn | None]]) -> Table:
    first = [row[0].text if row[0] is not None else "" for row in body]
    numbered = not labels[0] and first == [str(number) for number in range(len(body))]
    start = 1 if numbered and len(labels) > 1 else 0
    columns = tuple(
        Column(_words(label), _alignment(body, column), _heads(body, column))
        for column, label in enumerate(labels)
        if column >= start
    )
    return Table(columns=columns, rows=tuple(tuple(map(_cell, row[start:])) for row in body))


def _cell(cell: _Drawn | None) -> Cell | None:
    return None if cell is None else Cell(_words(cell.text), cell.rowspan)


def _heads(body: list[list[_Drawn | None]], column: int) -> bool:
    return all(row[column] is None or row[column].header for row in body)  # type: ignore[union-attr]


def _alignment(body: list[list[_Drawn | None]], column: int) -> str:
    texts = [cell.text for row in body if (cell := row[column]) is not None and cell.text]
    return "right" if texts and all(_NUMBER.fullmatch(text) for text in texts) else "left"


def _words(text: str) -> Words:
    return (Text(text),) if text else ()
