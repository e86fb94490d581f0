"""What the page says, the PDF says: every text of the model is looked for in both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from report_samples import ABOUT, NOTEBOOKS, pdf_pages, squeezed

from escp_analysis.kernels.warm import WarmServer
from escp_analysis.report.blocks import (
    Callout,
    Captioned,
    Entry,
    Figure,
    Form,
    FormItem,
    Heading,
    Note,
    Paragraph,
    Table,
    plain,
    walk,
)
from escp_analysis.report.chapters import read_chapters
from escp_analysis.report.execute import ChapterJob
from escp_analysis.report.html import EscpHTMLExporter
from escp_analysis.report.pdf import EscpPDFExporter
from escp_analysis.report.stitch import Document, document_of, stitch
from escp_analysis.report.workers import run_chapters


def printed(document: Document) -> Iterator[str]:
    """Yield each text of a document that a reader must find, words of one run together."""
    about = document.about
    yield from (about.title, about.organisation, about.provenance, about.banner)
    yield from (about.contract, about.fieldwork, about.printed_date)
    yield from (about.imprint, about.disclaimer)
    for node in walk((document.chapters, document.contents, document.figures, document.tables)):
        yield from _texts(node)


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, Heading):
        yield f"{node.number}{plain(node.words)}"
    elif isinstance(node, Paragraph):
        yield plain(node.words)
    elif isinstance(node, Note):
        yield node.text
    elif isinstance(node, Callout):
        yield from (node.style.capitalize(), node.title)
    elif isinstance(node, Entry):
        yield f"{node.label}{node.text}"
    elif isinstance(node, FormItem):
        yield from (node.introduction, node.wording, *node.help, *node.rows, *node.columns)
        yield from (option.label for option in node.options)
    if isinstance(node, Captioned):
        yield from _captioned(node)


def _captioned(node: Captioned) -> Iterator[str]:
    yield f"{node.label}{node.caption}"
    yield from node.notes
    yield f"Base: {node.base}" if node.base else ""
    yield f"Source: {node.source}" if node.source else ""
    if isinstance(node, Table):
        yield from (plain(column.label) for column in node.columns)
        yield from (plain(cell.words) for row in node.rows for cell in row if cell)
    if isinstance(node, Form):
        yield node.title
    if isinstance(node, Figure):
        yield "Seventeen ticks"


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the sample chapters, run and stitched."""
    told, project = {"round_id": "2018-10"}, NOTEBOOKS.parents[3]
    reads = tmp_path_factory.mktemp("reads")
    jobs = [
        ChapterJob(c.name, c.notebook, told, NOTEBOOKS, project, reads / c.name)
        for c in read_chapters(NOTEBOOKS)
    ]
    with WarmServer() as server:
        runs = run_chapters(jobs, server, 2, lambda _: None)
    assert [run.error for run in runs] == ["", "", ""]
    return stitch({run.name: run.notebook for run in runs}, ABOUT)


@pytest.fixture(scope="module")
def texts(notebook: Any) -> list[str]:
    return [text for text in printed(document_of(notebook)) if text]


def test_the_sample_holds_every_kind_of_block(notebook: Any, texts: list[str]) -> None:
    kinds = {getattr(node, "kind", "") for node in walk(document_of(notebook).chapters)}
    kinds |= {type(node).__name__ for node in walk(document_of(notebook).chapters)}
    assert {
        *("heading", "paragraph", "list", "quote", "note", "callout", "table", "figure", "form"),
        *("text", "code", "strong", "emphasis", "link", "ref", "value", "FormItem", "FormOption"),
    } <= kinds
    assert len(texts) > 80


def test_every_text_stands_in_the_page(notebook: Any, texts: list[str]) -> None:
    made, _ = EscpHTMLExporter().from_notebook_node(notebook)
    page = BeautifulSoup(made, "html.parser")
    tips = [tip["data-origin"] for tip in page.select(".value")]
    shown = squeezed(page.get_text())
    assert [text for text in texts if squeezed(text) not in shown] == []
    assert [tip.replace("\u202f", " ") for tip in tips] == [
        "options.a.b.2: count 4, base 6, share 67 %, unit: share of partnerships"
    ]


def test_every_text_stands_in_the_pdf(notebook: Any, texts: list[str]) -> None:
    made, _ = EscpPDFExporter().from_notebook_node(notebook)
    pages = squeezed("".join(pdf_pages(made)))
    assert [text for text in texts if squeezed(text) not in pages] == []
    assert "options.a.b.2" not in pages


def test_both_have_the_same_numbers_in_the_same_order(notebook: Any) -> None:
    document = document_of(notebook)
    assert [(entry.label, entry.text) for entry in (*document.figures, *document.tables)] == [
        ("Figure 1", "Ticks by strand"),
        ("Figure 2", "The questions"),
        ("Figure S1", "More ticks"),
        ("Table 1", "States of pairs"),
    ]
    page = BeautifulSoup(EscpHTMLExporter().from_notebook_node(notebook)[0], "html.parser")
    in_page = [" ".join(tag.get_text().split()) for tag in page.select("nav.exhibits li")]
    lists = "".join(pdf_pages(EscpPDFExporter().from_notebook_node(notebook)[0])[1:3])
    order = [squeezed(lists).find(squeezed(text)) for text in in_page]
    assert -1 not in order
    assert order == sorted(order)
