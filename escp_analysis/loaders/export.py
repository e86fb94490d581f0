"""The responses as exported, whatever the format: text cells under the names of their columns.

A format is a module that opens a file and gives ``headings`` and ``cells``; here its headings
meet the structure, and only the columns asked for are read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pandas as pd

from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.structure import Structure
from escp_analysis.loaders.vv import VvFile, open_vv
from escp_analysis.loaders.wording import advice

SYSTEM = ("id", "submitdate", "lastpage")
_DROPPED = re.compile(
    r"token|startlanguage|seed|startdate|datestamp|ipaddr|refurl|interviewtime|completed|"
    r"firstname|lastname|email|attribute_\d+|groupTime\d+|\w+Time"
)


def read_export(
    path: Path, structure: Structure, wanted: Collection[str], ledger: Ledger
) -> pd.DataFrame:
    """Return the wanted columns of an export, one row per response, indexed by row of the file.

    Columns: ``id``, ``submitdate``, ``lastpage`` and the ``wanted`` names (``ACT_SQ001comment``),
    all text; missing is NULL (not shown or not reached), the empty text a blank. No other column
    leaves the reader. Faults (in ``ledger``): a file that cannot be read, a wanted column that is
    missing, an export of another survey. Finding: a column that nobody knows.
    """
    opened = ledger.attempt(lambda: open_vv(path))
    asked = [*SYSTEM, *wanted]
    if opened is None:
        return pd.DataFrame(columns=asked, dtype="str")
    names = _names(opened.headings, structure)
    _report_headings(opened, names, asked, ledger)
    read = {heading: name for heading, name in names.items() if name in set(asked)}
    return opened.cells(read, ledger).reindex(columns=asked).astype("str")


def _names(headings: Sequence[str], structure: Structure) -> dict[str, str]:
    """Return heading → column name for the headings that the structure or LimeSurvey knows."""
    by_code = {column.name: column.name for column in structure.columns}
    by_database = {column.database: column.name for column in structure.columns}
    known = by_code | by_database | {name: name for name in SYSTEM}
    return {heading: known[heading] for heading in headings if heading in known}


def _report_headings(
    opened: VvFile, names: Mapping[str, str], asked: Sequence[str], ledger: Ledger
) -> None:
    found = set(names.values())
    missing = [name for name in asked if name not in found]
    if len(missing) > len(asked) / 2:
        ledger.fault(
            f"responses and structure do not belong together: {len(missing)} of {len(asked)} "
            f"columns are missing, such as {', '.join(missing[:3])}",
            opened.file,
            "the columns of the structure's questions",
            "export structure (.lss) and responses of the same survey, on the same day",
        )
        return
    unknown = [heading for heading in opened.headings if not _known(heading, names)]
    for name in missing:
        ledger.fault(
            f"column {name} is missing",
            place(opened.file, opened.first_row - 1),
            "a heading for every question of the structure",
            advice(name, unknown, "export again, with all columns"),
        )
    for heading in unknown:
        ledger.doubt(
            "unknown-column",
            "neither the structure nor LimeSurvey knows the column; it was not read",
            "check that structure and responses were exported together",
            file=opened.file,
            column=heading,
        )


def _known(heading: str, names: Mapping[str, str]) -> bool:
    return heading in names or bool(_DROPPED.fullmatch(heading))
