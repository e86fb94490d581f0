"""CSV taken apart in one pass, where every record has a cell per heading.

Parsers fill a record that is too short and cut one that is too long, and tell nobody. Here a mark
at the end of each record tells; a file with a record of another width is left to a slower way,
which names it. Large files are read by pyarrow, where it is installed: it counts cells itself.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, cast

import pandas as pd

BOM = b"\xef\xbb\xbf"
_MARK = b"\x1f"
_BLOCK = 1 << 18
_LARGE = 1 << 23


@dataclass(frozen=True)
class Layout:
    """How a CSV is laid out; ``width`` is how many headings it has."""

    separator: str
    encoding: str
    width: int


class _Marked:
    """The bytes of a CSV as a parser asks for them, block by block: never a second copy of all.

    They are UTF-8, and a cell that holds the mark ends every record; ``marks`` counts those set so
    far. A line break of a text may get one too; where texts seem to have many, a closing quote
    must stand before it, which takes longer to find, and line breaks become line feeds.
    """

    def __init__(self, content: bytes, layout: Layout) -> None:
        self._content, self._encoding = content, layout.encoding
        self._at = len(BOM) if content.startswith(BOM) else 0
        start = content[:_BLOCK]
        line = start[: start.find(b"\n") + 1]
        self._end = b"\r\n" if line.endswith(b"\r\n") else b"\n"
        self._cell = layout.separator.encode() + _MARK
        quoted = b'"' if line.removesuffix(self._end).endswith(b'"') else b""
        alone = start.count(self._end[:1]) == start.count(quoted + self._end)
        self._feeds = not alone or self._end == b"\n"
        self._sign = self._end[:1] if alone else quoted + b"\n"
        self._marked = self._sign[:-1] + self._cell + self._sign[-1:]
        self.marks = 0

    def read(self, size: int = -1) -> bytes:
        """Return about as many bytes, to the end of a line; none at the end."""
        if self._at >= len(self._content):
            return b""
        end = self._content.rfind(b"\n", self._at, self._at + size) + 1 if size > 0 else 0
        end = end or self._content.find(b"\n", self._at) + 1 or len(self._content)
        block = self._content[self._at : end]
        self._at = end
        if not block.endswith(b"\n"):
            block += self._end
        if self._encoding != "utf-8":
            block = block.decode(self._encoding).encode()
        if self._feeds and b"\r" in block:
            block = with_line_feeds(block)
        marked = block.replace(self._sign, self._marked)
        self.marks += (len(marked) - len(block)) // len(self._cell)
        return marked

    def __iter__(self) -> Iterator[bytes]:
        """Yield the blocks that are left."""
        yield from iter(lambda: self.read(_BLOCK), b"")


def parsed(
    content: bytes, layout: Layout, positions: Sequence[int], closed: Collection[int]
) -> pd.DataFrame | None:
    """Return these columns of every record but the headings, or nothing where one is not full.

    One row per record, columns named by position, all text, those in ``closed`` as categories
    where that loses nothing; an empty cell is the empty text, a line break a line feed.
    """
    if len(content) >= _LARGE and importlib.util.find_spec("pyarrow"):
        return _with_pyarrow(content, layout, positions, closed)
    table = _with_pandas(content, layout, positions, closed)
    if table is None:
        return None
    # pandas makes numbers of categories that look like some: 01 and 1 would be one.
    lost = [at for at in closed if not _of_text(table[at])]
    if lost:
        again = _with_pandas(content, layout, lost, ())
        assert again is not None
        table[lost] = again[lost]
    return table


def with_line_feeds(content: bytes) -> bytes:
    """Return the bytes without their mark, every line break a line feed."""
    return content.removeprefix(BOM).replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _of_text(cells: pd.Series) -> bool:
    return len(cells) == 0 or all(isinstance(text, str) for text in cells.cat.categories)


def _with_pandas(
    content: bytes, layout: Layout, positions: Sequence[int], closed: Collection[int]
) -> pd.DataFrame | None:
    if _MARK in content:
        return None
    marked, few = _Marked(content, layout), {*closed, layout.width}
    try:
        table = pd.read_csv(
            cast(IO[bytes], marked),
            sep=layout.separator,
            header=None,
            skiprows=1,
            names=range(layout.width + 1),
            usecols=[*positions, layout.width],
            dtype={at: "category" if at in few else "str" for at in (*positions, layout.width)},
            na_filter=False,
        )
    except pd.errors.ParserError:
        return None
    ends = table[layout.width]
    table = table[list(positions)]
    if len(table) and list(ends.cat.categories) != [_MARK.decode()]:
        return None
    alone = marked.marks == len(table) + 1
    return table if alone else _unmarked(table, layout.separator + _MARK.decode())


def _unmarked(table: pd.DataFrame, mark: str) -> pd.DataFrame:
    """Return the cells without the marks that fell into a text of several lines."""
    breaks = {mark + "\r\n": "\n", mark + "\r": "\n", mark: ""}
    kept = {at: _replaced(cells, breaks) for at, cells in table.items()}
    return pd.DataFrame(kept, index=table.index)


def _replaced(cells: pd.Series, pairs: dict[str, str]) -> pd.Series:
    """Return the cells with parts of their texts replaced, categories as categories."""
    for sign, other in pairs.items():
        if not isinstance(cells.dtype, pd.CategoricalDtype):
            cells = cells.str.replace(sign, other, regex=False)
        elif _of_text(cells) and any(sign in text for text in cells.cat.categories):
            cells = cells.astype("str").str.replace(sign, other, regex=False).astype("category")
    return cells


def _with_pyarrow(
    content: bytes, layout: Layout, positions: Sequence[int], closed: Collection[int]
) -> pd.DataFrame | None:
    import pyarrow as pa  # noqa: PLC0415 (optional, and of use for large files only)
    from pyarrow import csv  # noqa: PLC0415

    coded = pa.dictionary(pa.int32(), pa.string())
    types = {str(at): coded if at in closed else pa.large_string() for at in positions}
    names = [str(at) for at in range(layout.width)]
    reading = csv.ReadOptions(column_names=names, skip_rows_after_names=1, encoding=layout.encoding)
    form = csv.ParseOptions(delimiter=layout.separator, newlines_in_values=True)
    texts = csv.ConvertOptions(
        column_types=types, include_columns=list(types), null_values=[], strings_can_be_null=False
    )
    try:
        table = csv.read_csv(pa.BufferReader(content), reading, form, texts)
    except pa.ArrowInvalid:
        return None
    cells: pd.DataFrame = table.to_pandas().rename(columns=int)
    if b"\r" not in content:
        return cells
    breaks = {"\r\n": "\n", "\r": "\n"}
    return pd.DataFrame({at: _replaced(column, breaks) for at, column in cells.items()})
