"""Running one chapter by papermill, and a record of it that is true cell by cell."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import nbformat
from nbformat import NotebookNode

from escp_analysis.report.normalise import (
    INJECTED,
    normalised,
    stderr_of,
    without_outputs,
    without_paths,
)

Status = Literal["not started", "running", "done", "failed"]
Told = Callable[[int, int, str], None]
"""Told of each cell that starts: its number among the code cells, how many, the heading above."""

KERNEL = "python3"


@dataclass
class CellRun:
    """What became of one code cell; ``cell`` counts all cells of the file from 1."""

    cell: int
    status: Status = "not started"
    seconds: float = 0.0
    error: str = ""
    stderr: str = ""


@dataclass(frozen=True)
class ChapterJob:
    """A chapter to run: its notebook, its parameters, the folders it runs in."""

    name: str
    notebook: NotebookNode
    parameters: Mapping[str, Any]
    folder: Path
    project: Path


@dataclass
class ChapterRun:
    """What became of a chapter; ``notebook`` is as far as it was run, without volatile parts."""

    name: str
    notebook: NotebookNode
    status: Status = "not started"
    seconds: float = 0.0
    error: str = ""
    cells: list[CellRun] = field(default_factory=list)


def run_chapter(job: ChapterJob, told: Told) -> ChapterRun:
    """Run a chapter in a kernel of its own and return what became of it; never raises for it.

    A cell that fails, a kernel that dies or does not start: each ends the chapter, is recorded
    at its cell, and stands as an error output in the notebook.
    """
    watch = _Watch(job, told)
    start = time.monotonic()
    try:
        notebook = _execute(job, watch)
        error = ""
    except Exception as caught:  # whatever ends a chapter becomes its record
        notebook = watch.notebook
        error = without_paths(_told_as(caught), job.project)
        watch.fail(error)
    return ChapterRun(
        job.name,
        normalised(_without_markers(notebook), job.project),
        "failed" if error else "done",
        round(time.monotonic() - start, 3),
        error,
        watch.runs(),
    )


def not_run(job: ChapterJob, error: str) -> ChapterRun:
    """Return the record of a chapter whose process ended before it could tell anything."""
    watch = _Watch(job, lambda *_: None)
    watch.fail(error)
    notebook = normalised(watch.notebook, job.project)
    return ChapterRun(job.name, notebook, "failed", 0.0, error, watch.runs())


class _Watch:
    """Follows nbclient through a chapter by its hooks.

    papermill's own record is not used: after a time-out or a dead kernel it calls every cell
    completed.
    """

    def __init__(self, job: ChapterJob, told: Told) -> None:
        self.notebook = without_outputs(job.notebook)
        self._job = job
        self._told = told
        self._cells = {
            number: CellRun(number)
            for number, cell in enumerate(_own(self.notebook), start=1)
            if _runs(cell)
        }
        self._headings = _headings(self.notebook)
        self._started: dict[int, float] = {}

    def on_notebook_start(self, notebook: NotebookNode) -> None:
        self.notebook = notebook

    def on_cell_execute(self, cell: NotebookNode, cell_index: int) -> None:
        """Record that a cell runs, and tell so."""
        run = self._cells.get(self._number(cell, cell_index))
        if run is None:
            return
        run.status = "running"
        self._started[run.cell] = time.monotonic()
        place = list(self._cells).index(run.cell) + 1
        self._told(place, len(self._cells), self._headings[run.cell])

    def on_cell_executed(
        self, cell: NotebookNode, cell_index: int, execute_reply: Mapping[str, Any]
    ) -> None:
        """Record how a cell ended, and after how long."""
        run = self._cells.get(self._number(cell, cell_index))
        if run is None:
            return
        run.seconds = round(time.monotonic() - self._started[run.cell], 3)
        run.stderr = without_paths(stderr_of(cell), self._job.project)
        if execute_reply["content"]["status"] == "ok":
            run.status = "done"

    def fail(self, error: str) -> None:
        """Record an error at the cell that was running, else at the first that was not run."""
        waiting = [run for run in self._cells.values() if run.status != "done"]
        if not waiting:
            return
        at = next((run for run in waiting if run.status == "running"), waiting[0])
        if at.status == "running":
            at.status = "failed"
        at.error = error
        cell = _own(self.notebook)[at.cell - 1]
        if not any(output.output_type == "error" for output in cell.outputs):
            name, _, text = error.partition(": ")
            cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=text))

    def runs(self) -> list[CellRun]:
        """Return the record of every code cell in order."""
        return list(self._cells.values())

    def _number(self, cell: NotebookNode, index: int) -> int:
        """Return a cell's number in the file, in which papermill's parameters cell is not."""
        if INJECTED in cell.metadata.get("tags", ()):
            return 0
        before = self.notebook.cells[: index + 1]
        return sum(INJECTED not in other.metadata.get("tags", ()) for other in before)


def _execute(job: ChapterJob, watch: _Watch) -> NotebookNode:
    from papermill import execute_notebook  # noqa: PLC0415
    from traitlets.config import Config  # noqa: PLC0415

    # The debugger of ipykernel warns about frozen modules, on every start, on stderr.
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    with tempfile.TemporaryDirectory(prefix="escp-") as private:
        executed: NotebookNode = execute_notebook(
            without_outputs(job.notebook),
            None,
            parameters=dict(job.parameters),
            kernel_name=KERNEL,
            language="python",
            progress_bar=False,
            cwd=str(job.folder),
            config=Config(_transport(private)),
            # A graceful shutdown can wait seconds for nothing; the kernel has done its work.
            shutdown_kernel="immediate",
            on_notebook_start=watch.on_notebook_start,
            on_cell_execute=watch.on_cell_execute,
            on_cell_executed=watch.on_cell_executed,
        )
    return executed


def _transport(private: str) -> dict[str, dict[str, str]]:
    """Return how a kernel is talked to: by sockets in a folder of its own where there are any.

    Answers may be personal, and every user of a machine can read what goes over TCP.
    """
    if sys.platform == "win32":
        return {}
    return {"KernelManager": {"transport": "ipc", "ip": f"{private}/kernel"}}


def _told_as(caught: Exception) -> str:
    """Return an error as one line that names it: its kind and what it says."""
    ename, evalue = getattr(caught, "ename", None), getattr(caught, "evalue", None)
    if ename is not None and evalue is not None:
        return f"{ename}: {evalue}"
    return f"{type(caught).__name__}: {str(caught).strip() or 'no message'}"


def _without_markers(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook without the notes that papermill puts around a failed cell."""
    from papermill.execute import remove_error_markers  # noqa: PLC0415

    bare: NotebookNode = remove_error_markers(notebook)
    return bare


def _own(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells of the file: neither papermill's parameters nor its notes of an error."""
    foreign = {INJECTED, "papermill-error-cell-tag"}
    return [cell for cell in notebook.cells if not foreign & set(cell.metadata.get("tags", ()))]


def _runs(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip())


def _headings(notebook: NotebookNode) -> dict[int, str]:
    """Return the heading that stands above each cell of the file."""
    found: dict[int, str] = {}
    current = ""
    for number, cell in enumerate(_own(notebook), start=1):
        if cell.cell_type == "markdown":
            lines = [line for line in cell.source.splitlines() if line.startswith("#")]
            current = lines[-1].lstrip("# ") if lines else current
        found[number] = current
    return found
