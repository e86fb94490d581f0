"""CSV as LimeSurvey 2.x to 6.x write it, and as a spreadsheet saves it again.

Comma, semicolon or tab; with a byte order mark or without; UTF-8 or Windows-1252. Every cell is
text: ``NA`` and ``None`` are answers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.opened import BEST, Form, refused
from escp_analysis.loaders.widths import widths

SEPARATORS = (",", ";", "\t")
_WIDEST = 1_000_000
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class CsvFile:
    """An opened CSV export; ``content`` is its bytes, without mark, line breaks line feeds."""

    file: str
    form: Form
    headings: tuple[str, ...]
    separator: str
    encoding: str
    content: bytes
    first_row: int = 2

    def cells(self, wanted: Mapping[int, str], ledger: Ledger) -> pd.DataFrame:
        """Return the wanted columns; the index counts records, as a spreadsheet's rows do."""
        table = self._read(sorted(wanted), ledger)
        table.index = pd.RangeIndex(self.first_row, self.first_row + len(table))
        full = self._full_rows(table, ledger)
        kept = table if full.all() else table.loc[full]
        return kept[list(wanted)].rename(columns=dict(wanted))

    def _read(self, positions: list[int], ledger: Ledger) -> pd.DataFrame:
        """Return these columns of every record but that of the headings."""
        try:
            table = pd.read_csv(
                io.BytesIO(self.content),
                encoding=self.encoding,
                sep=self.separator,
                header=None,
                usecols=positions,
                dtype="str",
                keep_default_na=False,
                na_values=[],
            )
        except pd.errors.ParserError:
            ledger.fault("a double quote is never closed", self.file, "text in quotes", BEST)
            return pd.DataFrame(columns=positions, dtype="str")
        return table.iloc[1:]

    def _full_rows(self, table: pd.DataFrame, ledger: Ledger) -> npt.NDArray[np.bool_]:
        """Return which rows have a cell per heading; the others are faults.

        The parser fills a row that is too short and cuts one that is too long, and tells nobody.
        """
        found = widths(self.content, self.separator)[1 : len(table) + 1]
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
    text, encoding = decoded(file, content)
    first = text.split("\n", 1)[0]
    if not first.strip():
        raise refused("the export holds no response, not even headings", file)
    if first.startswith("'"):
        raise refused("the file is data for SPSS: it has no headings and changes texts", file)
    headings, separator = _headings(file, text)
    _refuse_others(file, headings)
    web = not (version >= 400 and text.endswith(("\r\n\r\n", "\n\n")))
    form = Form(f"CSV, {encoding}", keeps_null=False, masked=web and version >= 366)
    codec = "utf-8" if encoding == "UTF-8" else "cp1252"
    # A line break is a line feed from here on, between records and inside cells.
    plain = content.removeprefix(_BOM).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return CsvFile(file, form, headings, separator, codec, plain)


def decoded(file: str, content: bytes) -> tuple[str, str]:
    """Return a file as text and the encoding it is in; raises ``RoundError`` for anything else."""
    if b"\0" in content[:4] or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise refused("the file is UTF-16: a spreadsheet saved it", file, "UTF-8")
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise refused("a NUL byte stands in the file", f"{file}, line {line}", "text")
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as error:
        wrong = error
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        line = content.count(b"\n", 0, wrong.start) + 1
        what = f"byte {wrong.start + 1} is neither UTF-8 nor Windows-1252"
        raise refused(what, f"{file}, line {line}", "UTF-8") from wrong


def _headings(file: str, text: str) -> tuple[tuple[str, ...], str]:
    """Return the headings, split by the separator that gives most of them."""
    csv.field_size_limit(_WIDEST)
    found: dict[str, list[str]] = {}
    start = text[:_WIDEST]
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
