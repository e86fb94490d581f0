"""An executed notebook without what changes from run to run: times, random ids, paths."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from escp_analysis.report.collect import INJECTED

_VOLATILE = ("papermill", "execution", "widgets")
_CELL_FILE = re.compile(r"\S*ipykernel_\d+[/\\]\d+\.py")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


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
