"""The report as one self-contained HTML page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import nbformat
from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape
from nbconvert.exporters import Exporter, TemplateExporter
from nbformat import NotebookNode
from traitlets import default

from escp_analysis.report import fonts
from escp_analysis.report.about import facts
from escp_analysis.report.blocks import Block, Column, Figure, Table, Value, plain, walk
from escp_analysis.report.kept import Kept
from escp_analysis.report.stitch import Document, document_of
from escp_analysis.report.svg import inline

DOCUMENT, KEPT = "escp_document", "escp_kept"

_BREAKS = re.compile(r"[\s/-]+")
_SMALLER = 0.95  # the letters of a wide table, and the room around them


class EscpHTMLExporter(TemplateExporter):
    """Exports a stitched notebook, or one chapter, as a self-contained page without scripts.

    A document built before may be handed over as the resource ``escp_document``, what was made
    for an earlier page as ``escp_kept``.
    """

    export_from_notebook = "ESCP report (HTML)"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("template_file")
    def _template_file_default(self) -> str:
        return "report.html.j2"

    @default("extra_loaders")
    def _extra_loaders_default(self) -> list[PackageLoader]:
        return [PackageLoader("escp_analysis.report", "templates")]

    def _create_environment(self) -> Environment:
        """Escape every text; nbconvert's own environment escapes none."""
        environment: Environment = super()._create_environment()  # type: ignore[no-untyped-call]
        environment.autoescape = True
        environment.filters["drawing"] = _drawing
        environment.filters["breakable"] = _breakable
        environment.filters["computed"] = _computed
        environment.filters["share_of"] = _share_of
        environment.filters["least_width"] = _least_width
        environment.filters["least_data"] = _least_data
        return environment

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page; raises ``RoundError`` where the chapters have faults."""
        ready, told = Exporter.from_notebook_node(self, unburdened(nb, resources), resources, **kw)
        document = document_for(self, ready, told)
        page = self.template.render(
            document=document,
            facts=facts(document.about),
            lists=lists(document),
            embedded=partial(fonts.embedded, kept=told.get(KEPT) or Kept()),
        )
        return page, told


def unburdened(notebook: NotebookNode, resources: Mapping[str, Any] | None) -> NotebookNode:
    """Return a notebook without cells where its document is handed over: exporters copy them."""
    if DOCUMENT not in (resources or {}):
        return notebook
    empty: NotebookNode = nbformat.v4.new_notebook(metadata=notebook.metadata)
    return empty


def document_for(
    exporter: Exporter, notebook: NotebookNode, resources: Mapping[str, Any]
) -> Document:
    """Return the document handed over as a resource, else that of the notebook.

    What the notebook shows and a report cannot hold is then told as warnings.
    """
    if DOCUMENT in resources:
        ready: Document = resources[DOCUMENT]
        return ready
    document = document_of(notebook, str(resources["metadata"].get("name", "")))
    for gate in document.gates:
        exporter.log.warning("left out: %s", gate)
    return document


def lists(document: Document) -> list[tuple[str, str, Sequence[Any]]]:
    """Return the lists of a report: title, anchor, lines."""
    return [
        ("List of figures", "list-of-figures", document.figures),
        ("List of tables", "list-of-tables", document.tables),
    ]


def _drawing(figure: Figure) -> Markup:
    prefix = f"{figure.anchor or 'drawing'}-"
    title = f"{figure.label} {figure.caption}".strip() or "Drawing"
    return Markup(inline(figure.svg, prefix, title, figure.alt))


def _breakable(text: str) -> Markup:
    """Return a text that may go on in the next line after a slash, as Typst lets it."""
    return escape(text).replace("/", Markup("/<wbr>"))


def _computed(blocks: Sequence[Block]) -> list[Value]:
    """Return the computed numbers of a chapter's sentences, in reading order."""
    return [node for node in walk(tuple(blocks)) if isinstance(node, Value)]


def _share_of(width: float, columns: Sequence[Column]) -> int:
    return round(100 * width / sum(column.width for column in columns))


def _least_width(table: Table) -> float:
    """Return the width in rem under which a table scrolls rather than break its words.

    The labels of a matrix stand upright, so its columns need no more than their signs.
    """
    if table.matrix:
        return sum(9 if column.header else 2.2 for column in table.columns)
    shown = [[plain(column.label) for column in table.columns]]
    shown += [[plain(cell.words) if cell else "" for cell in row] for row in table.rows]
    whole = [column.align == "right" for column in table.columns]
    needs = map(_least_column, whole, zip(*shown, strict=True))
    return round(sum(needs) * (_SMALLER if table.wide else 1), 1)


def _least_data(figure: Figure) -> float:
    """Return the same of the data behind a figure."""
    shown = zip(figure.columns, *figure.rows, strict=True)
    return round(sum(_least_column(False, texts) for texts in shown), 1)


def _least_column(whole: bool, texts: Sequence[str]) -> float:
    """Return what a column needs for its longest word, or for whole texts, within reason."""
    parts = [[text] if whole else _BREAKS.split(text) for text in texts]
    longest = max((len(word) for words in parts for word in words), default=0)
    least = 6.5 if any(len(words) > 1 for words in parts) else 3
    return min(max(least, 1.4 + 0.47 * longest), 12)
