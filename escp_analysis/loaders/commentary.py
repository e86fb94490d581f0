"""The analyst's boxes for a round: plain Markdown files, one box each."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.survey import typed
from escp_analysis.loaders.wording import advice

STYLES = ("good practice", "on the way", "important")
_NAME = re.compile(r"[0-9A-Z]+(\.[0-9]+)*-[a-z0-9-]+")
_HEAD = re.compile(r"# ([A-Za-z ]+): (.+)")


def read_commentary(folder: Path) -> pd.DataFrame:
    """Return the boxes of a round's ``commentary`` folder, one row per file, sorted by name.

    Columns: name (the file's, without ``.md``: the section's number, a hyphen, a word), style,
    title, markdown. The first line of a file is ``# Style: Title``; what follows is Markdown. A
    round without the folder has none. Raises ``RoundError`` with every file that is called
    otherwise or whose first line is not that.
    """
    paths = sorted(folder.glob("*.md"))
    boxes = [_box(path) for path in paths]
    faults = [box for box in boxes if isinstance(box, Fault)]
    if faults:
        raise RoundError(faults)
    return typed("commentary", [box for box in boxes if not isinstance(box, Fault)])


def _box(path: Path) -> dict[str, str] | Fault:
    if not _NAME.fullmatch(path.stem):
        expected = "the section and a word: 2.1-webinars.md"
        return Fault("the file's name names no section", f"commentary/{path.name}", expected)
    first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    head = _HEAD.fullmatch(first.strip())
    where = f"commentary/{path.name}, row 1"
    if head is None:
        return Fault("the first line names no box", where, "# Good practice: a title")
    style = head[1].casefold()
    if style not in STYLES:
        return Fault(f"unknown box {head[1]!r}", where, "", advice(style, list(STYLES)))
    return {"name": path.stem, "style": style, "title": head[2], "markdown": rest.strip()}
