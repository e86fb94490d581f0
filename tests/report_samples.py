"""Small chapters in memory: cells with the outputs a run would have left in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import nbformat
import pypdf
from nbformat import NotebookNode

from escp_analysis.exhibits import Exhibit
from escp_analysis.report.about import About
from escp_analysis.report.stitch import stitch

NOTEBOOKS = Path(__file__).parent / "data" / "report" / "notebooks"
ABOUT = About(
    title="Progress Report",
    organisation="An Observatory",
    deliverable="D5.5",
    contract="EX/1",
    date="2019-03-04",
    round_id="2018-10",
    survey="A survey",
    fieldwork="29 October to 21 November 2018",
    provenance="Responses reconstructed from published statements",
    banner="The answers were never published.",
    imprint="Prepared under contract EX/1.",
    disclaimer="The views are those of the authors.",
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60">'
    '<text x="5" y="25">Drawn words</text></svg>'
)


def md(source: str) -> NotebookNode:
    """Return a Markdown cell."""
    return nbformat.v4.new_markdown_cell(source)


def code(source: str = "pass", tags: Sequence[str] = ()) -> NotebookNode:
    """Return a code cell without outputs."""
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})


def shown(thing: Exhibit | Mapping[str, Any], **metadata: Any) -> NotebookNode:
    """Return a code cell that showed an exhibit, or a bundle of data by mime type."""
    data = thing._repr_mimebundle_() if isinstance(thing, Exhibit) else dict(thing)
    output = nbformat.v4.new_output("display_data", data=data, metadata=metadata)
    return nbformat.v4.new_code_cell("show", outputs=[output], execution_count=1)


def chapter(*cells: NotebookNode) -> NotebookNode:
    """Return a notebook of these cells."""
    return nbformat.v4.new_notebook(cells=list(cells))


def runnable(*cells: NotebookNode) -> NotebookNode:
    """Return a notebook that has a title and the parameters cell every chapter has."""
    return chapter(md("# Title"), code('round_id = "2018-10"', ["parameters"]), *cells)


def report(about: About = ABOUT, **chapters: Sequence[NotebookNode]) -> NotebookNode:
    """Return a stitched notebook; ``c01_first=[...]`` becomes the chapter ``01_first``."""
    named = {name.removeprefix("c"): chapter(*cells) for name, cells in chapters.items()}
    return stitch(named, about)


def squeezed(text: str) -> str:
    """Return a text without white space, which a PDF does not keep."""
    return re.sub(r"\s+", "", text)


def pdf_pages(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages]
