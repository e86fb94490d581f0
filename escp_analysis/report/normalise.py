"""Notebooks before and after a run: without outputs; without times, random ids and paths."""

from __future__ import annotations

import re
import sys
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode

INJECTED = "injected-parameters"
"""The tag of the cell that papermill puts after the parameters cell."""
_VOLATILE = ("papermill", "execution", "widgets")
_CELL_FILE = re.compile(r"\S*ipykernel_\d+[/\\]\d+\.py")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook as it is before it was run."""
    bare: NotebookNode = nbformat.from_dict(deepcopy(dict(notebook)))
    for cell in bare.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    return bare


def normalised(notebook: NotebookNode, project: Path) -> NotebookNode:
    """Return an executed notebook of which the same inputs give the same bytes.

    What was written to stderr is left out (the run record keeps it), tracebacks lose colours
    and the paths of this machine.
    """
    clean: NotebookNode = nbformat.from_dict(nbformat.v4.upgrade(notebook))
    clean.metadata = nbformat.from_dict(
        {key: clean.metadata[key] for key in ("kernelspec",) if key in clean.metadata}
        | {"language_info": {"name": "python"}}
    )
    for cell in clean.cells:
        _clean_cell(cell, project)
    return clean


def without_paths(text: str, project: Path) -> str:
    """Return a text that names the project's folder, the environment and cells, not their paths."""
    known = {str(project): "<project>", sys.prefix: "<environment>", str(Path.home()): "<home>"}
    for path in sorted(known, key=len, reverse=True):
        text = text.replace(path, known[path])
    return _CELL_FILE.sub("<cell>", _ANSI.sub("", text))


def stderr_of(cell: NotebookNode) -> str:
    """Return what a cell wrote to stderr."""
    return "".join(
        output.text
        for output in cell.get("outputs", ())
        if output.output_type == "stream" and output.name == "stderr"
    )


def _clean_cell(cell: NotebookNode, project: Path) -> None:
    for key in _VOLATILE:
        cell.metadata.pop(key, None)
    if not cell.metadata.get("tags"):
        cell.metadata.pop("tags", None)
    if INJECTED in cell.metadata.get("tags", ()):
        cell["id"] = INJECTED
    if cell.cell_type != "code":
        return
    cell.outputs = [
        output
        for output in cell.outputs
        if not (output.output_type == "stream" and output.name == "stderr")
    ]
    for output in cell.outputs:
        if output.output_type == "error":
            output.evalue = without_paths(output.evalue, project)
            output.traceback = [without_paths(line, project) for line in output.traceback]
