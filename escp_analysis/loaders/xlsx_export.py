"""Excel workbooks (.xlsx) as LimeSurvey writes them: one sheet, the headings in its first row."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from escp_analysis.loaders.ledger import Ledger
from escp_analysis.loaders.opened import Form, refused

_CUT = 255


@dataclass(frozen=True)
class XlsxFile:
    """An opened workbook; ``rows`` are its rows below the headings, cells as they lie there."""

    file: str
    form: Form
    headings: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    first_row: int = 2

    def cells(
        self, wanted: Mapping[int, str], ledger: Ledger, closed: Collection[str] = ()
    ) -> pd.DataFrame:
        """Return the wanted columns; the index is the row of the sheet."""
        rows = {
            number: [_text(row[at]) if at < len(row) else "" for at in wanted]
            for number, row in enumerate(self.rows, start=self.first_row)
            if any(cell is not None for cell in row)
        }
        table = pd.DataFrame.from_dict(rows, orient="index", columns=list(wanted.values()))
        return table.astype("str")


def open_xlsx(file: str, content: bytes, expected: int) -> XlsxFile:
    """Return a workbook; ``expected`` is how many columns the structure has.

    Raises ``RoundError`` where the workbook is damaged, empty, or cut at 255 columns as
    RemoteControl cuts it.
    """
    from openpyxl import load_workbook  # noqa: PLC0415 - only a workbook needs it

    try:
        sheet = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
        rows = list(sheet.iter_rows(values_only=True))
    except Exception as error:
        what = f"the workbook is damaged ({type(error).__name__})"
        raise refused(what, file, "an .xlsx file as LimeSurvey wrote it") from error
    if not rows or not any(rows[0]):
        raise refused("the workbook holds no headings", file)
    headings = tuple("" if cell is None else str(cell) for cell in rows[0])
    if len(headings) == _CUT < expected:
        raise refused(
            f"the workbook was cut at {_CUT} columns, as RemoteControl does", file,
            f"all {expected} columns of the questions",
        )  # fmt: skip
    form = Form("Excel workbook", keeps_null=False, masked=True)
    return XlsxFile(file, form, headings, tuple(rows[1:]))


def _text(cell: Any) -> str:
    """Return a cell as text: blanks are empty, whole numbers have no point."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return f"{cell:.10f}".rstrip("0").rstrip(".")
    text = str(cell).replace("\r\n", "\n").replace("\r", "\n")
    # LimeSurvey writes a text that begins with = as a formula; readers put one = more before it.
    return text[1:] if text.startswith("==") else text
