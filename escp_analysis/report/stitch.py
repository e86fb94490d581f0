"""Executed chapters become one notebook, and a notebook becomes the document of a report."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import nbformat
from nbformat import NotebookNode

from escp_analysis.report.about import About, about_data, read_about
from escp_analysis.report.blocks import Chapter, Entry
from escp_analysis.report.collect import Draft, Gate, collect
from escp_analysis.report.number import Elsewhere, contents, elsewhere_of, listed, number, only

KEY = "escp"


@dataclass(frozen=True)
class Document:
    """A numbered report, ready to be rendered; ``gates``: what of its chapters it cannot hold."""

    about: About
    chapters: tuple[Chapter, ...]
    contents: tuple[Entry, ...]
    figures: tuple[Entry, ...]
    tables: tuple[Entry, ...]
    gates: tuple[Gate, ...]

    def __deepcopy__(self, memo: dict[int, Any]) -> Document:
        """Return itself: nothing of it changes, and exporters copy what they are handed."""
        return self


def stitch(chapters: Mapping[str, NotebookNode], about: About) -> NotebookNode:
    """Return one notebook that holds the cells of all chapters, in the order given.

    Its metadata say what the report is called and where each chapter ends.
    """
    whole: NotebookNode = nbformat.v4.new_notebook()
    whole.metadata[KEY] = {
        "about": about_data(about),
        "chapters": [
            {"name": name, "cells": len(chapter.cells)} for name, chapter in chapters.items()
        ],
    }
    cells = [cell for chapter in chapters.values() for cell in chapter.cells]
    # Ids are unique within a chapter only: papermill's cell is called the same in each.
    whole.cells = [
        nbformat.from_dict({**cell, "id": f"cell-{number}"}) for number, cell in enumerate(cells)
    ]
    return whole


def label_alone(chapter: NotebookNode, name: str, document: Document) -> NotebookNode:
    """Return an executed chapter that knows its report, so that it can be exported alone.

    Alone it keeps its numbers, and references to other chapters say what they say in the report.
    """
    labelled: NotebookNode = nbformat.from_dict(dict(chapter))
    elsewhere = elsewhere_of(next(it for it in document.chapters if it.name == name))
    labelled.metadata[KEY] = {
        "about": about_data(document.about),
        "counts": dict(elsewhere.counts),
        "labels": dict(elsewhere.labels),
    }
    return labelled


def drafts_of(notebook: NotebookNode, name: str) -> tuple[Draft, ...]:
    """Return the chapters of a notebook before numbering; ``name`` is that of a single one."""
    listed_chapters = notebook.metadata.get(KEY, {}).get("chapters")
    if listed_chapters is None:
        return (collect(name, notebook.cells),)
    drafts, start = [], 0
    for chapter in listed_chapters:
        end = start + int(chapter["cells"])
        drafts.append(collect(str(chapter["name"]), notebook.cells[start:end]))
        start = end
    return tuple(drafts)


def document_of(
    notebook: NotebookNode, name: str = "", names: Sequence[str] | None = None
) -> Document:
    """Return the document of a stitched notebook, or of one chapter called ``name``.

    ``names`` keeps these chapters only, with the numbers they have in the whole. Raises
    ``RoundError`` with the faults of all chapters; in one chapter alone, a reference to what
    stands in another is no fault.
    """
    told: Mapping[str, Any] = notebook.metadata.get(KEY, {})
    alone = "chapters" not in told
    elsewhere = Elsewhere(told.get("counts", {}), told.get("labels", {}))
    drafts = drafts_of(notebook, _clean(name))
    chapters = number(drafts, elsewhere, lenient=alone or names is not None)
    if names is not None:
        chapters = only(chapters, names)
    about = read_about(told.get("about", {}))
    if not told.get("about"):
        about = replace(about, title=chapters[0].title)
    return Document(
        about,
        chapters,
        contents(chapters),
        listed(chapters, "Figure"),
        listed(chapters, "Table"),
        tuple(gate for it in drafts if names is None or it.name in names for gate in it.gates),
    )


def _clean(name: str) -> str:
    """Return a file's name as nbconvert gives it, without the marks it adds to a copy."""
    return re.sub(r"\.nbconvert$", "", name) or "chapter"
