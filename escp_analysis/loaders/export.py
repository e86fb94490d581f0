"""The responses as exported, whatever the format: text cells under the names of their columns.

A format gives headings and cells. Here its headings meet the structure, words become codes, and
what a format lost is inferred by one rule; only the columns asked for are read.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from escp_analysis.loaders.coding import Coded, as_codes
from escp_analysis.loaders.headings import SYSTEM, Bindings, abbreviated, bind_headings
from escp_analysis.loaders.ledger import Ledger, place
from escp_analysis.loaders.opened import BEST, Opened
from escp_analysis.loaders.project import read_raw
from escp_analysis.loaders.reached import RULE, deciding, with_nulls
from escp_analysis.loaders.recognise import open_export
from escp_analysis.loaders.structure import Structure
from escp_analysis.loaders.wording import advice

__all__ = ["SYSTEM", "read_export"]

_DROPPED = re.compile(
    r"token|startlanguage|seed|startdate|datestamp|ipaddr|refurl|interviewtime|completed|"
    r"firstname|lastname|email|attribute_\d+|groupTime\d+|\w+Time"
)
_MASKED = "'="
_MANY = 1000


def read_export(
    path: Path, structure: Structure, wanted: Collection[str], ledger: Ledger
) -> pd.DataFrame:
    """Return the wanted columns of an export, one row per response, indexed by row of the file.

    Columns: ``id``, ``submitdate``, ``lastpage`` and the ``wanted`` names (``ACT_SQ001comment``),
    all text, answers as codes; missing is NULL (not shown or not reached), the empty text a
    blank. Of a thousand rows and more, answers that come from a list are categories. No other
    column leaves the reader. Faults (in ``ledger``): a file that cannot be read reliably, a
    wanted column that is missing, an export of another survey. Findings: a column that nobody
    knows, what the format lost and how it was inferred.
    """
    asked = [*SYSTEM, *wanted]
    opened = ledger.attempt(lambda: open_export(path.name, read_raw(path), structure))
    readable = opened is not None and len(wanted) > 0
    bindings = _bindings(opened, structure, ledger) if opened and readable else None
    if opened is None or bindings is None:
        return pd.DataFrame(columns=asked, dtype="str")
    _report_headings(opened, bindings, asked, ledger)
    needed = {*asked, *deciding(structure)} if not opened.form.keeps_null else set(asked)
    read = {name: at for at, name in reversed(list(bindings.names.items())) if name in needed}
    closed = structure.closed()
    cells = opened.cells({at: name for name, at in read.items()}, ledger, closed)
    cells = _stored(cells.reindex(columns=[*dict.fromkeys([*read, *asked])]), closed)
    cells = _without_blank_rows(cells)
    whole = _completed(cells, opened, bindings, structure, wanted, ledger)
    return _stored(whole[asked], closed)


def _stored(cells: pd.DataFrame, closed: Collection[str]) -> pd.DataFrame:
    """Return the cells as text, and of many rows the ``closed`` columns as categories."""
    few = closed if len(cells) >= _MANY else ()
    kinds = {str(name): "category" if name in few else "str" for name in cells.columns}
    wrong = {name: kind for name, kind in kinds.items() if cells[name].dtype != kind}
    texts = cells.astype(dict.fromkeys(wrong, "str")) if wrong else cells
    return texts.astype({name: kind for name, kind in wrong.items() if kind == "category"})


def _without_blank_rows(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that hold anything: 2.x and 3.x write one of blanks for no response."""
    unnumbered = cells.index[~(cells["id"] > "")]
    blank = [row for row in unnumbered if not (cells.loc[row].fillna("") != "").any()]
    return cells.drop(index=blank) if blank else cells


def _completed(
    cells: pd.DataFrame,
    opened: Opened,
    bindings: Bindings,
    structure: Structure,
    wanted: Collection[str],
    ledger: Ledger,
) -> pd.DataFrame:
    """Return the cells as codes, with NULL where a question was not shown or not reached."""
    if opened.form.masked:
        cells = _unmasked(cells)
    coded = Coded(cells, "answer codes")
    if opened.form.name not in ("VV export", "survey archive"):
        coded = as_codes(cells, structure, bindings.language, opened.file, ledger)
    _report_encoding(opened, ledger)
    if opened.form.keeps_null and coded.style == "answer codes":
        return coded.cells
    if not {"submitdate", "lastpage"} <= set(coded.cells.columns):
        return coded.cells
    ledger.note(
        "states-inferred",
        f"{opened.form.name}, {bindings.style}, {coded.style}: the export does not tell a blank "
        f"from a question that was not reached; {RULE}",
        "export the archive (.lsa) or VV, which keep the difference",
        file=opened.file,
    )
    return with_nulls(coded.cells, structure, wanted, ledger)


def _unmasked(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the cells without the quote that LimeSurvey sets before a leading equals sign."""
    kept = dict(cells.items())
    for name, texts in kept.items():
        masked = texts.astype("str").str.startswith(_MASKED).fillna(False).astype(bool)
        if masked.any():
            kept[name] = texts.astype("str").where(~masked, texts.astype("str").str.slice(1))
    return pd.DataFrame(kept, index=cells.index)


def _bindings(opened: Opened, structure: Structure, ledger: Ledger) -> Bindings | None:
    """Return what the headings stand for; what cannot be told apart is a fault."""
    found = bind_headings(opened.headings, structure)
    if found is not None and not (found.style == "texts" and "JSON" in opened.form.name):
        return found
    where = place(opened.file, max(1, opened.first_row - 1))
    if "JSON" in opened.form.name:
        ledger.fault(
            "the headings are texts: in JSON, columns of one text overwrite each other",
            where,
            "question codes as headings",
            f"heading type 'code' in export_responses; {BEST}",
        )
    elif abbreviated(opened.headings):
        ledger.fault(
            "the headings are abbreviated texts, which many columns share",
            where,
            "question codes as headings",
            BEST,
        )
    else:
        _report_stranger(opened, structure, where, ledger)
    return None


def _report_stranger(opened: Opened, structure: Structure, where: str, ledger: Ledger) -> None:
    known = {column.name for column in structure.columns}
    told = [heading for heading in opened.headings if heading not in SYSTEM]
    missing = [name for name in known if name not in told]
    ledger.fault(
        f"responses and structure do not belong together: {len(missing)} of {len(known)} columns "
        f"are missing, such as {', '.join(sorted(missing)[:3])}",
        where,
        "the columns of the structure's questions",
        "export structure (.lss) and responses of the same survey, on the same day",
    )


def _report_encoding(opened: Opened, ledger: Ledger) -> None:
    if opened.form.name.endswith("Windows-1252"):
        ledger.doubt(
            "saved-again",
            "the file is Windows-1252: a spreadsheet saved it, and signs it lacks are lost",
            f"compare with the export as it came, or export again: {BEST}",
            file=opened.file,
        )


def _report_headings(
    opened: Opened, bindings: Bindings, asked: Collection[str], ledger: Ledger
) -> None:
    found = list(bindings.names.values())
    missing = [name for name in asked if name not in found]
    unknown = _unknown(opened, bindings)
    where = place(opened.file, max(1, opened.first_row - 1))
    for name in missing:
        ledger.fault(
            f"column {name} is missing",
            where,
            "a heading for every question of the structure",
            advice(name, unknown, "export again, with all columns"),
        )
    for name in sorted({name for name in found if found.count(name) > 1}):
        what = f"heading {name} stands {found.count(name)} times"
        ledger.fault(what, where, "once", BEST)
    for heading in unknown:
        ledger.doubt(
            "unknown-column",
            "neither the structure nor LimeSurvey knows the column; it was not read",
            "check that structure and responses were exported together",
            file=opened.file,
            column=heading,
        )


def _unknown(opened: Opened, bindings: Bindings) -> list[str]:
    """Return the headings that nobody knows; among texts only the place tells, so none is."""
    if bindings.style == "texts":
        return []
    rest = [text for at, text in enumerate(opened.headings) if at not in bindings.names]
    return [text for text in rest if not _DROPPED.fullmatch(re.split(r"\W", text)[0])]
