"""CSV as LimeSurvey 2.x to 6.x write it, and as a spreadsheet saves it again.

Comma, semicolon or tab; with a byte order mark or without; UTF-8 or Windows-1252. Every cell is
text: ``NA`` and ``None`` are answers.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from escp_analysis.loaders.csv_parsing import BOM, Layout, parsed, with_line_feeds
from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.opened import BEST, Form, refused
from escp_analysis.loaders.widths import widths

SEPARATORS = (",", ";", "\t")
_WIDEST = 1_000_000
_BLOCK = 1 << 20
_CODECS: Mapping[str, str] = MappingProxyType({"UTF-8": "utf-8", "Windows-1252": "cp1252"})


@dataclass(frozen=True)
class CsvFile:
    """An opened CSV export; ``content`` is its bytes as they came."""

    file: str
    form: Form
    headings: tuple[str, ...]
    separator: str
    encoding: str
    content: bytes
    first_row: int = 2

    def cells(
        self, wanted: Mapping[int, str], ledger: Ledger, closed: Collection[str] = ()
    ) -> pd.DataFrame:
        """Return the wanted columns; the index counts records, as a spreadsheet's rows do."""
        layout = Layout(self.separator, self.encoding, len(self.headings))
        few = {at for at, name in wanted.items() if name in closed}
        table = parsed(self.content, layout, sorted(wanted), few)
        if table is None:
            table = self._told(sorted(wanted), ledger)
        else:
            table.index = pd.RangeIndex(self.first_row, self.first_row + len(table))
        return table[list(wanted)].rename(columns=dict(wanted))

    def _told(self, positions: list[int], ledger: Ledger) -> pd.DataFrame:
        """Return these columns of the records that are full; the others are faults."""
        plain = with_line_feeds(self.content)
        try:
            table = pd.read_csv(
                io.BytesIO(plain),
                encoding=self.encoding,
                sep=self.separator,
                header=None,
                usecols=positions,
                dtype="str",
                na_filter=False,
            ).iloc[1:]
        except pd.errors.ParserError:
            ledger.fault("a double quote is never closed", self.file, "text in quotes", BEST)
            return pd.DataFrame(columns=positions, dtype="str")
        table.index = pd.RangeIndex(self.first_row, self.first_row + len(table))
        return table.loc[self._full_rows(table, plain, ledger)]

    def _full_rows(
        self, table: pd.DataFrame, plain: bytes, ledger: Ledger
    ) -> npt.NDArray[np.bool_]:
        """Return which rows have a cell per heading; the others are faults.

        The parser fills a row that is too short and cuts one that is too long, and tells nobody.
        """
        found = widths(plain, self.separator)[1 : len(table) + 1]
        if len(found) < len(table):
            return np.ones(len(table), dtype=bool)
        full: npt.NDArray[np.bool_] = found == len(self.headings)
        for row, width in zip(table.index[~full], found[~full], strict=True):
            ledger.fault(
                f"the row has {width} cells",
                place(self.file, int(row)),
                f"{len(self.headings)} cells, as many as there are headings",
                f"a quote or separator was lost or added after the export: {BEST}",
            )
        return full


def open_csv(file: str, content: bytes, version: int) -> CsvFile:
    """Return a CSV export; ``version`` is the database version of its structure.

    Raises ``RoundError`` where the content is no text, has no headings, or is a file of another
    kind: participants, a survey's structure, data for a statistics program.
    """
    encoding = encoding_of(file, content)
    start = content[:_WIDEST].removeprefix(BOM)
    first = start.split(b"\n", 1)[0]
    if not first.strip():
        raise refused("the export holds no response, not even headings", file)
    if first.startswith(b"'"):
        raise refused("the file is data for SPSS: it has no headings and changes texts", file)
    codec = _CODECS[encoding]
    headings, separator = _headings(file, with_line_feeds(start).decode(codec, errors="ignore"))
    _refuse_others(file, headings)
    web = not (version >= 400 and content.endswith((b"\r\n\r\n", b"\n\n")))
    # Looking for one sign first is far cheaper, and few texts have it.
    masked = web and version >= 366 and b"=" in content and b"'=" in content
    form = Form(f"CSV, {encoding}", keeps_null=False, masked=masked)
    return CsvFile(file, form, headings, separator, codec, content)


def encoding_of(file: str, content: bytes) -> str:
    """Return the encoding a file is in; raises ``RoundError`` for anything that is no text."""
    if b"\0" in content[:4] or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise refused("the file is UTF-16: a spreadsheet saved it", file, "UTF-8")
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise refused("a NUL byte stands in the file", f"{file}, line {line}", "text")
    wrong = _undecodable(content, "utf-8")
    if wrong is None:
        return "UTF-8"
    if _undecodable(content, "cp1252") is None:
        return "Windows-1252"
    line = content.count(b"\n", 0, wrong) + 1
    what = f"byte {wrong + 1} is neither UTF-8 nor Windows-1252"
    raise refused(what, f"{file}, line {line}", "UTF-8")


def _undecodable(content: bytes, codec: str) -> int | None:
    """Return where the first byte stands that an encoding cannot hold, if there is one."""
    if content.isascii():
        return None
    decoder = codecs.getincrementaldecoder(codec)()
    blocks = range(0, len(content), _BLOCK)
    for start in blocks:
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(content[start : start + _BLOCK], final=start == blocks[-1])
        except UnicodeDecodeError as error:
            return start - held + error.start
    return None


def _headings(file: str, start: str) -> tuple[tuple[str, ...], str]:
    """Return the headings, split by the separator that gives most of them."""
    csv.field_size_limit(_WIDEST)
    found: dict[str, list[str]] = {}
    for separator in SEPARATORS:
        try:
            found[separator] = next(csv.reader(io.StringIO(start, newline=""), delimiter=separator))
        except csv.Error:
            continue
    best = max(found, key=lambda separator: len(found[separator]), default="")
    if not best or len(found[best]) < 2:
        raise refused(
            "no separator divides the first row into headings", place(file, 1), "a CSV export"
        )
    return tuple(" ".join(heading.split("\n")) for heading in found[best]), best


def _refuse_others(file: str, headings: tuple[str, ...]) -> None:
    names = {heading.strip() for heading in headings}
    if {"tid", "firstname"} <= names:
        raise refused("the file lists participants, not responses", file)
    if {"class", "type/scale"} <= names:
        raise refused("the file is a survey's structure as a table", file)
