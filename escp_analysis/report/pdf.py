"""The report as a tagged PDF, set by Typst from the same document as the HTML page."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import default

from escp_analysis.errors import BuildError
from escp_analysis.report import fonts
from escp_analysis.report.blocks import Cell, Figure, Text, Value, as_data, plain, rebuild
from escp_analysis.report.html import KEPT, document_for, facts, unburdened
from escp_analysis.report.kept import Kept
from escp_analysis.report.stitch import Document

STANDARD = "ua-1"
_UNBROKEN = re.compile(r"\S{60,}")
_LINE = 12
_LONGEST_CELL = 1500
_BREAK = "\N{ZERO WIDTH SPACE}"


class EscpPDFExporter(Exporter):
    """Exports a stitched notebook, or one chapter, as a PDF that claims PDF/UA-1.

    A document built before may be handed over as the resource ``escp_document``.
    """

    export_from_notebook = "ESCP report (PDF)"
    output_mimetype = "application/pdf"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any | None = None, **kw: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """Return the PDF; raises ``RoundError`` where the chapters have faults."""
        ready, told = super().from_notebook_node(unburdened(nb, resources), resources, **kw)
        return set_pdf(document_for(self, ready, told), told.get(KEPT) or Kept()), told


def set_pdf(document: Document, kept: Kept | None = None) -> bytes:
    """Return a document as PDF; the same document gives the same bytes, which may be ``kept``.

    A sign that the report's fonts lack is printed as its code, ``[U+65E5]``. Raises
    ``BuildError`` where Typst refuses it, as it does for a missing alternative text.
    """
    about = document.about
    drawn = replace(document, chapters=rebuild(document.chapters, _drawable))
    data = as_data(drawn) | {"facts": facts(about), "printed_date": about.printed_date}
    told = json.dumps(data, ensure_ascii=False)
    for sign in spelled_signs(document):
        told = told.replace(sign, code_of(sign))
    return (kept or Kept()).made(lambda: _compiled(told, about.date), "pdf", told.encode())


def _compiled(told: str, date: str) -> bytes:
    made: bytes = compile_template(
        "report.typ", told, format="pdf", pdf_standards=[STANDARD], timestamp=_timestamp(date)
    )
    return made


def spelled_signs(document: Document) -> tuple[str, ...]:
    """Return the signs of a document that its PDF prints as their codes."""
    return fonts.formless(document.text)


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
