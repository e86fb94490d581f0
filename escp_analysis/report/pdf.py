"""The report as a tagged PDF, as nbconvert exports it."""

from __future__ import annotations

from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import default

from escp_analysis.report.html import KEPT, document_for, unburdened
from escp_analysis.report.kept import Kept
from escp_analysis.report.typeset import set_pdf


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
