"""CSV as LimeSurvey 2.x to 6.x write it, and as a spreadsheet saves it again.

Comma, semicolon or tab; with a byte order mark or without; UTF-8 or Windows-1252. Every cell is
text: ``NA`` and ``None`` are answers.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from escp_analysis.errors import Fault
from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.opened import BEST, Form, refused

SEPARATORS = (",", ";", "\t")
_WIDEST = 10_000_000
_TOO_WIDE = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")


@dataclass(frozen=True)
class CsvFile:
    """An opened CSV export; ``text`` is its content without the byte order mark."""

    file: str
    form: Form
    headings: tuple[str, ...]
    separator: str
    text: str
    first_row: int = 2

    def cells(self, wanted: Mapping[int, str], ledger: Ledger) -> pd.DataFrame:
        """Return the wanted columns; the index counts records, as a spreadsheet's rows do."""
        last = len(self.headings) - 1
        positions = sorted({*wanted, last})
        try:
            table = pd.read_csv(
                io.StringIO(self.text),
                sep=self.separator,
                header=None,
                names=list(range(len(self.headings))),
                index_col=False,
                skiprows=self._header_lines(),
                usecols=positions,
                dtype="str",
                keep_default_na=False,
                na_filter=True,
                na_values=[],
                skip_blank_lines=True,
            )
        except pd.errors.ParserError as error:
            ledger.faults.append(self._width_fault(str(error)))
            table = pd.DataFrame(columns=positions, dtype="str")
        except pd.errors.EmptyDataError:
            table = pd.DataFrame(columns=positions, dtype="str")
        table.index = pd.RangeIndex(self.first_row, self.first_row + len(table))
        full = self._full_rows(table, last, ledger)
        kept = table.loc[full, list(wanted)].rename(columns=dict(wanted))
        return kept.replace(r"\r\n?", "\n", regex=True).astype("str")

    def _full_rows(self, table: pd.DataFrame, last: int, ledger: Ledger) -> pd.Series[bool]:
        """Return which rows reach the last column: a shorter one leaves it missing."""
        full = table[last].notna()
        for row in table.index[~full]:
            ledger.fault(
                "the row has fewer cells than there are headings",
                place(self.file, int(row)),
                f"{len(self.headings)} cells",
                f"the file was cut or changed after the export: {BEST}",
            )
        return full

    def _header_lines(self) -> int:
        """Return over how many lines the record of headings runs."""
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.separator)
        next(reader)
        return reader.line_num

    def _width_fault(self, message: str) -> Fault:
        wide = _TOO_WIDE.search(message)
        if wide is None:
            what = "a double quote is never closed" if "EOF" in message else "the file is no CSV"
            return Fault(what, self.file, "text cells in double quotes", BEST)
        what, expected = f"the row has {wide[3]} cells", f"{wide[1]} cells, as there are headings"
        do = f"a quote or separator was lost after the export: {BEST}"
        return Fault(what, f"{self.file}, line {wide[2]}", expected, do)


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
    return CsvFile(file, form, headings, separator, text)


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
    for separator in SEPARATORS:
        try:
            found[separator] = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
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
