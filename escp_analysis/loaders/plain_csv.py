"""CSV read as plain text: every cell stays the text it is, the header is exact."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.ledger import place


def read_table(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Return a comma-separated table; the index is the row in the file (the header is row 1).

    Cells are text, blank where the file is blank; ``NA`` and ``None`` are texts. Raises
    ``RoundError`` with every fault at once: a missing file, bytes that are not UTF-8, a header
    that differs from ``columns``, rows of another width, blanks around a text.
    """
    header, *rows = _lines(path) or [[]]
    if header != list(columns):
        what = f"the header is {','.join(header)}"
        raise RoundError([Fault(what, place(path.name, 1), ",".join(columns), "mend the header")])
    numbered = list(enumerate(rows, start=2))
    faults = [fault for row, line in numbered for fault in _faults(path.name, row, line, columns)]
    if faults:
        raise RoundError(faults)
    index = pd.Index([row for row, _ in numbered], name="row")
    return pd.DataFrame(rows, columns=list(columns), index=index, dtype="str")


def cells(table: pd.DataFrame, column: str) -> list[tuple[int, str]]:
    """Return the cells of a column of such a table, each with its row in the file."""
    return [(int(row), str(cell)) for row, cell in zip(table.index, table[column], strict=True)]


def _lines(path: Path) -> list[list[str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        where = f"{path.parent.name}/{path.name}"
        fault = Fault("the file is missing", where, "a CSV file of that name", "write the file")
        raise RoundError([fault]) from error
    except UnicodeDecodeError as error:
        what = f"byte {error.start + 1} is not UTF-8"
        do = "save the file again as UTF-8"
        raise RoundError([Fault(what, path.name, "a text file in UTF-8", do)]) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        where = f"{path.name}, line {reader.line_num}"
        raise RoundError(
            [Fault(f"not legal CSV: {error}", where, "", "mend the quotes")]
        ) from error


def _faults(file: str, row: int, line: list[str], columns: Sequence[str]) -> Iterator[Fault]:
    if len(line) != len(columns):
        do = "put a text that holds a comma in double quotes"
        what = f"{len(line)} cells" if line else "the row is blank"
        yield Fault(what, place(file, row), f"{len(columns)} cells", do)
        return
    for column, cell in zip(columns, line, strict=True):
        if cell != cell.strip():
            what = f"{cell!r} has blanks around it"
            yield Fault(what, place(file, row, column), repr(cell.strip()))
