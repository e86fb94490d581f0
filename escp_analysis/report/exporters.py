"""Where nbconvert finds the exporters ``escp-html`` and ``escp-pdf``."""

from __future__ import annotations

from escp_analysis.report.html import EscpHTMLExporter
from escp_analysis.report.pdf import EscpPDFExporter

__all__ = ["EscpHTMLExporter", "EscpPDFExporter"]
