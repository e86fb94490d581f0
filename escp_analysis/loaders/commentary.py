"""The analyst's words for a round: Markdown files, placed by section; who may be quoted."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.plain_csv import read_table
from escp_analysis.loaders.survey import SCHEMAS, typed

LONGEST = 100_000
_STEERING = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_NAME = re.compile(r"(?P<section>[0-9A-Z]+(?:\.[0-9]+)*)(?:-[a-z0-9-]+)?")


def read_commentary(folder: Path) -> pd.DataFrame:
    """Return the files of a round's ``commentary`` folder, one row per file, sorted by section.

    Of one section the file without a word comes first, the others by their names.

    Columns: file, section (``2.1`` for ``2.1.md`` and ``2.1-webinars.md``), markdown (as written,
    its calls not answered). A round without the folder has none. Raises ``RoundError`` with
    every file whose name names no section, that is no UTF-8 text or has more than 100,000 bytes.
    """
    read = [_file(path) for path in sorted(folder.glob("*.md"), key=_order)]
    faults = [it for it in read if isinstance(it, Fault)]
    if faults:
        raise RoundError(faults)
    return typed("commentary", [it for it in read if not isinstance(it, Fault)])


def read_permissions(path: Path) -> pd.DataFrame:
    """Return who permitted to quote a comment, one row per comment; none without the file.

    Columns: response (partnership), question, option, permitted_by, date. Raises ``RoundError``
    where the file is no such table.
    """
    if not path.exists():
        return typed("permissions", [])
    return typed("permissions", read_table(path, list(SCHEMAS["permissions"])))


def _order(path: Path) -> tuple[str, str]:
    section, _, word = path.stem.partition("-")
    return section, word


def _file(path: Path) -> dict[str, str] | Fault:
    where = f"commentary/{path.name}"
    named = _NAME.fullmatch(path.stem)
    if named is None:
        expected = "the section and a word: 2.1.md or 2.1-webinars.md"
        return Fault("the file's name names no section", where, expected)
    if path.is_symlink():
        return Fault("the file is a link", where, "the file itself", "copy it here")
    if not path.is_file():
        return Fault("this is no file", where, "a text of Markdown")
    read = _read(path, where)
    if isinstance(read, Fault):
        return read
    text = re.sub("\r\n?", "\n", read)
    if steering := _STEERING.search(text):
        line = text.count("\n", 0, steering.start()) + 1
        what = f"the sign U+{ord(steering[0]):04X} is no text"
        return Fault(what, f"{where}, line {line}", "letters, marks, spaces and line ends")
    return {"file": where, "section": named["section"], "markdown": text}


def _read(path: Path, where: str) -> str | Fault:
    size = path.stat().st_size
    if size > LONGEST:
        what = f"the file has {size} bytes"
        return Fault(what, where, f"at most {LONGEST}", "divide it by section")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"byte {error.start + 1} is not UTF-8"
        return Fault(what, where, "UTF-8 text", "save the file as UTF-8")
