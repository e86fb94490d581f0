"""The VV export of LimeSurvey, version 1 and 2, as 2.x to 6.x write it.

Tab separated text: labels, then codes, then one line per response. LimeSurvey writes tabs and
line breaks inside an answer as ``{tab}``, ``{newline}``, ``{cr}``, so a line is a response and a
tab ends a cell, whether or not the version puts cells in quotes. Only the line of labels may
run over several lines (6.x).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.opened import Form

ASK = "in LimeSurvey: Responses > Export > Export a VV survey file, and keep it as it comes"
NULL = "{question_not_shown}"
_FIRST = "id\t"


@dataclass(frozen=True)
class VvFile:
    """An opened VV export: its headings, and its responses not yet taken apart.

    ``first_row`` is the row (line) of the file on which the first response stands.
    """

    file: str
    form: Form
    headings: tuple[str, ...]
    first_row: int
    lines: tuple[str, ...]

    def cells(
        self, wanted: Mapping[int, str], ledger: Ledger, closed: Collection[str] = ()
    ) -> pd.DataFrame:
        """Return the columns at ``wanted`` positions as text, indexed by row of the file.

        Other columns are never decoded. NULL (not shown or not reached) is missing, a blank is
        the empty text; line breaks are line feeds. A row with too few or too many cells is a
        fault and left out.
        """
        split = self._split(ledger)
        columns = {
            name: [_decoded(cells[at]) for cells in split.values()] for at, name in wanted.items()
        }
        index = pd.Index(list(split), dtype="int64")
        return pd.DataFrame(columns, columns=list(wanted.values()), index=index, dtype="str")

    def _split(self, ledger: Ledger) -> dict[int, list[str]]:
        rows = {}
        for row, line in enumerate(self.lines, start=self.first_row):
            cells = line.split("\t")
            if len(cells) == len(self.headings):
                rows[row] = cells
            elif line:
                ledger.fault(
                    f"the row has {len(cells)} cells",
                    place(self.file, row),
                    f"{len(self.headings)} cells, as many as there are headings",
                    "a tab or line break was lost or added after the export: export again",
                )
        return rows


def open_vv(file: str, content: bytes) -> VvFile:
    """Return a VV export, opened.

    Raises ``RoundError`` where the file is not UTF-8 text (with line and byte), is no VV export,
    or where a heading is blank or stands twice.
    """
    text = _read(file, content)
    start = text.find("\n" + _FIRST) + 1
    if not start:
        raise RoundError(
            [
                Fault(
                    "the file is not a VV export: no second line of question codes",
                    file,
                    "a line of labels, then a line of codes that begins with id",
                    ASK,
                )
            ]
        )
    header, *lines = text[start:].split("\n")
    headings = tuple(header.removesuffix("\t").split("\t"))
    row = text.count("\n", 0, start) + 1
    faults = [*_heading_faults(file, row, headings)]
    if faults:
        raise RoundError(faults)
    return VvFile(file, Form("VV export", keeps_null=True), headings, row + 1, tuple(lines))


def _read(file: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"byte {error.start + 1} (0x{content[error.start]:02X}) is not UTF-8"
        do = f"the file was saved by another program since: {ASK}"
        raise RoundError([Fault(what, f"{file}, line {line}", "UTF-8 text", do)]) from error
    if "\0" in text:
        where = f"{file}, line {text.count(chr(10), 0, text.index(chr(0))) + 1}"
        raise RoundError([Fault("a NUL byte stands in the file", where, "UTF-8 text", ASK)])
    return text.replace("\r\n", "\n")


def _heading_faults(file: str, row: int, headings: tuple[str, ...]) -> list[Fault]:
    where = place(file, row)
    faults = [
        Fault(f"heading {heading} stands {headings.count(heading)} times", where, "once", ASK)
        for heading in sorted(set(headings))
        if heading and headings.count(heading) > 1
    ]
    blank = [str(at) for at, heading in enumerate(headings, start=1) if not heading]
    if blank:
        what = f"the heading of column {', '.join(blank)} is blank"
        faults.append(Fault(what, where, "a question code", ASK))
    return faults


def _decoded(cell: str) -> str | None:
    if cell == NULL:
        return None
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        cell = cell[1:-1].replace('""', '"')
    if "{" not in cell:
        return cell
    for sign, escape in (
        ("\n", "{cr}{newline}"),
        ("\n", "{newline}"),
        ("\n", "{cr}"),
        ("\t", "{tab}"),
        ('"', "{quote}"),
        ("{", "{lbrace}"),
    ):
        cell = cell.replace(escape, sign)
    return cell
