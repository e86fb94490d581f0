"""A document set as a tagged PDF, by Typst; the words are those of the HTML page."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from escp_analysis.errors import BuildError
from escp_analysis.report import fonts
from escp_analysis.report.about import facts
from escp_analysis.report.blocks import Cell, Figure, Text, Value, as_data, plain, rebuild
from escp_analysis.report.kept import Kept
from escp_analysis.report.stitch import Document

STANDARD = "ua-1"
_UNBROKEN = re.compile(r"\S{60,}")
_LINE = 12
_LONGEST_CELL = 1500
_BREAK = "\N{ZERO WIDTH SPACE}"


@dataclass(frozen=True)
class Sheet:
    """What Typst is given: a document as JSON, and its date.

    ``spelled``: the signs that the report's fonts lack, of which their codes are told.
    """

    told: str
    date: str
    spelled: tuple[str, ...]


def set_pdf(document: Document, kept: Kept | None = None) -> bytes:
    """Return a document as PDF; the same document gives the same bytes, which may be ``kept``.

    A sign that the report's fonts lack is printed as its code, ``[U+65E5]``. Raises
    ``BuildError`` where Typst refuses it, as it does for a missing alternative text.
    """
    kept = kept or Kept()
    return set_sheet(sheet_of(document, kept), kept)


def sheet_of(document: Document, kept: Kept) -> Sheet:
    """Return what Typst is given of a document."""
    about = document.about
    drawn = replace(document, chapters=rebuild(document.chapters, _drawable))
    data = as_data(drawn) | {"facts": facts(about), "printed_date": about.printed_date}
    told = json.dumps(data, ensure_ascii=False)
    spelled = fonts.formless(told, kept)
    for sign in spelled:
        told = told.replace(sign, code_of(sign))
    return Sheet(told, about.date, spelled)


def set_sheet(sheet: Sheet, kept: Kept) -> bytes:
    """Return a sheet as PDF; Python is free for other work meanwhile. Raises as ``set_pdf``."""

    def compiled() -> bytes:
        made: bytes = compile_template(
            "report.typ",
            sheet.told,
            format="pdf",
            pdf_standards=[STANDARD],
            timestamp=_timestamp(sheet.date),
        )
        return made

    return kept.made(compiled, "pdf", sheet.told.encode())


def code_of(sign: str) -> str:
    """Return a sign's code as the PDF prints it, ``[U+65E5]``."""
    return f"[U+{ord(sign):04X}]"


def compile_template(name: str, document: str, **options: Any) -> Any:
    """Return what Typst makes of a template of ours and a document in JSON.

    Only the report's own fonts are used, so that the result is the same on every machine.
    """
    template = files("escp_analysis.report").joinpath("templates", name).read_bytes()
    with TemporaryDirectory() as folder:
        own = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(fonts.copy_faces(Path(folder)))],
        )
        try:
            return typst.compile(
                template, font_paths=own, sys_inputs={"document": document}, **options
            )
        except typst.TypstError as error:
            raise BuildError(f"the PDF could not be set: {error.message}") from error


def _drawable(node: Any) -> Any:
    """Return a node as Typst takes it: a PNG's bytes as numbers, words that find room in a line.

    Paper has no pointer: of a computed number its text is printed, and no origin.
    """
    if isinstance(node, Value):
        return Text(node.text)
    if isinstance(node, Cell):
        return _that_fits(node)
    if isinstance(node, Text) and _UNBROKEN.search(node.text):
        return replace(node, text=_UNBROKEN.sub(_broken, node.text))
    if not isinstance(node, Figure) or not node.png:
        return node
    return replace(node, png=list(b64decode(node.png)))  # type: ignore[arg-type]


def _that_fits(cell: Cell) -> Cell:
    """Return a cell that a page can hold: a row of a table is never broken."""
    whole = plain(cell.words).replace(_BREAK, "")
    if len(whole) <= _LONGEST_CELL:
        return cell
    told = f"{whole[:_LONGEST_CELL]}… [cut: {len(whole):,} characters, whole in report.html]"
    return replace(cell, words=(Text(_UNBROKEN.sub(_broken, told)),))


def _broken(word: re.Match[str]) -> str:
    """Return a very long word with places where a line may break."""
    parts = range(0, len(word[0]), _LINE)
    return _BREAK.join(word[0][at : at + _LINE] for at in parts)


def _timestamp(date: str) -> int:
    """Return the report's date in seconds; a report without a date gets the first day of all."""
    day = datetime.fromisoformat(date) if date else datetime(1970, 1, 1)
    return int(day.replace(tzinfo=UTC).timestamp())
