"""Running one chapter by papermill, and a record of it that is true cell by cell."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, Literal

import nbformat
from nbformat import NotebookNode

from escp_analysis.report.normalise import (
    INJECTED,
    normalised,
    stderr_of,
    without_outputs,
    without_paths,
)

if TYPE_CHECKING:
    from escp_analysis.kernels.kernel import Kernel

Status = Literal["not started", "running", "done", "failed", "timed out", "kernel lost", "skipped"]
Told = Callable[[int, int, str], None]
"""Told of each cell that starts: its number among the code cells, how many, the heading above."""

KERNEL = "python3"
_LINE = re.compile(r"Cell In\[\d+\], line (\d+)|^-+> (\d+) ", re.MULTILINE)
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_SKIPPED = "skip-execution"


@dataclass(frozen=True)
class Limits:
    """How many seconds a cell may take, and a chapter."""

    cell: int = 600
    chapter: int = 1800


@dataclass
class CellRun:
    """What became of one code cell; ``cell`` counts all cells of the file from 1."""

    cell: int
    id: str = ""
    status: Status = "not started"
    seconds: float = 0.0
    error: str = ""
    stderr: str = ""


@dataclass(frozen=True)
class Failure:
    """Where a chapter stopped: nearest heading, cell, line of it, the expression, the error."""

    heading: str
    cell: int
    id: str
    line: int | None
    expression: str
    error: str


@dataclass(frozen=True)
class ChapterJob:
    """A chapter to run: its notebook, its parameters, the folders it runs in, its limits.

    Its kernel notes what it reads in the file ``record``.
    """

    name: str
    notebook: NotebookNode
    parameters: Mapping[str, Any]
    folder: Path
    project: Path
    record: Path
    limits: Limits = Limits()


@dataclass
class ChapterRun:
    """What became of a chapter; ``notebook`` is as far as it was run, without volatile parts.

    ``kernel`` is ``forked``, ``fresh`` (because of ``why_fresh``), or ``kept`` where its outputs
    are those of an earlier run.
    """

    name: str
    notebook: NotebookNode
    status: Status = "not started"
    seconds: float = 0.0
    error: str = ""
    cells: list[CellRun] = field(default_factory=list)
    failure: Failure | None = None
    kernel: str = ""
    why_fresh: str = ""


def run_chapter(job: ChapterJob, kernel: Kernel, told: Told) -> ChapterRun:
    """Run a chapter in a kernel and return what became of it; never raises for it.

    A cell that fails or takes too long, a kernel that dies or does not start: each ends the
    chapter, is recorded at its cell, and stands as an error output in the notebook. The kernel
    has ended when this returns.
    """
    watch = _Watch(job, told)
    start = time.monotonic()
    status: Status = "done"
    error = ""
    try:
        with kernel, watch.in_time(kernel):
            notebook = _execute(job, kernel, watch)
    except Exception as caught:  # whatever ends a chapter becomes its record
        notebook = watch.notebook
        status, error = watch.verdict(caught, kernel.death)
        watch.fail(status, error)
    finally:
        _end_waiting()
    return ChapterRun(
        job.name,
        normalised(_without_markers(notebook), job.project),
        status,
        round(time.monotonic() - start, 3),
        error,
        watch.runs(),
        watch.failure(error) if error else None,
        "forked" if kernel.forked else "fresh",
        kernel.why_fresh,
    )


def not_run(job: ChapterJob, status: Status = "not started", error: str = "") -> ChapterRun:
    """Return the record of a chapter that was not run."""
    watch = _Watch(job, lambda *_: None)
    return ChapterRun(
        job.name, normalised(watch.notebook, job.project), status, 0.0, error, watch.runs()
    )


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
            number: CellRun(number, str(cell.get("id", "")), _before(cell))
            for number, cell in enumerate(_own(self.notebook), start=1)
            if _runs(cell)
        }
        self._late = False
        self._headings = _headings(self.notebook)
        self._started: dict[int, float] = {}

    def on_notebook_start(self, notebook: NotebookNode) -> None:
        self.notebook = notebook

    def on_cell_execute(self, cell: NotebookNode, cell_index: int) -> None:
        """Record that a cell runs, and tell so."""
        run = self._cells.get(self._number(cell, cell_index))
        if run is None or run.status == "skipped":
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
        if run is None or run.status == "skipped":
            return
        run.seconds = round(time.monotonic() - self._started[run.cell], 3)
        run.stderr = without_paths(stderr_of(cell), self._job.project)
        if execute_reply["content"]["status"] == "ok":
            run.status = "done"

    @contextmanager
    def in_time(self, kernel: Kernel) -> Iterator[None]:
        """Kill the kernel of a chapter that uses up its time."""

        def too_long() -> None:
            self._late = True
            kernel.kill()

        late = Timer(self._job.limits.chapter, too_long)
        late.daemon = True
        late.start()
        try:
            yield
        finally:
            late.cancel()

    def verdict(self, caught: Exception, death: str) -> tuple[Status, str]:
        """Return how a chapter ended, and the error as one line without paths of this machine."""
        kinds = {it.__name__ for it in type(caught).__mro__}
        if self._late:
            return "timed out", f"ChapterTimeoutError: {_limit(self._job.limits.chapter)}"
        if "CellTimeoutError" in kinds:
            return "timed out", f"CellTimeoutError: {_limit(self._job.limits.cell)}"
        if "DeadKernelError" in kinds:
            return "kernel lost", f"DeadKernelError: the kernel died{death and f', {death}'}"
        return "failed", without_paths(_told_as(caught), self._job.project)

    def fail(self, status: Status, error: str) -> None:
        """Record an error at the cell that was running, else at the first that was not run."""
        at = self._at()
        if at is None:
            return
        at.seconds = self._since(at)
        if at.status == "running":
            at.status = status
        at.error = error
        cell = _own(self.notebook)[at.cell - 1]
        if not any(output.output_type == "error" for output in cell.outputs):
            name, _, text = error.partition(": ")
            cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=text))

    def failure(self, error: str) -> Failure | None:
        """Return where the chapter stopped; ``None`` where it has no cell to stop at."""
        at = next((run for run in self._cells.values() if run.error), None)
        if at is None:
            return None
        cell = _own(self.notebook)[at.cell - 1]
        line = _line_of(cell)
        lines = cell.source.splitlines()
        shown = lines[line - 1] if line and line <= len(lines) else next(iter(lines), "")
        return Failure(self._headings[at.cell], at.cell, at.id, line, shown.strip(), error)

    def runs(self) -> list[CellRun]:
        """Return the record of every code cell in order."""
        return list(self._cells.values())

    def _at(self) -> CellRun | None:
        waiting = [run for run in self._cells.values() if run.status not in ("done", "skipped")]
        running = (run for run in waiting if run.status == "running")
        return next(running, waiting[0] if waiting else None)

    def _since(self, run: CellRun) -> float:
        if run.seconds or run.cell not in self._started:
            return run.seconds
        return round(time.monotonic() - self._started[run.cell], 3)

    def _number(self, cell: NotebookNode, index: int) -> int:
        """Return a cell's number in the file, in which papermill's parameters cell is not."""
        if INJECTED in cell.metadata.get("tags", ()):
            return 0
        before = self.notebook.cells[: index + 1]
        return sum(INJECTED not in other.metadata.get("tags", ()) for other in before)


def _execute(job: ChapterJob, kernel: Kernel, watch: _Watch) -> NotebookNode:
    from papermill import execute_notebook  # noqa: PLC0415

    _let_dates_be_dates()
    _say_it_once()
    executed: NotebookNode = execute_notebook(
        without_outputs(job.notebook),
        None,
        parameters=dict(job.parameters),
        kernel_name=KERNEL,
        language="python",
        progress_bar=False,
        execution_timeout=job.limits.cell,
        on_notebook_start=watch.on_notebook_start,
        on_cell_execute=watch.on_cell_execute,
        on_cell_executed=watch.on_cell_executed,
        **kernel.options,
    )
    return executed


def _let_dates_be_dates() -> None:
    """Have papermill write a date as a date; it writes what it does not know as a text."""
    from papermill.translators import PythonTranslator, papermill_translators  # noqa: PLC0415

    class Dates(PythonTranslator):  # type: ignore[misc]
        """Writes dates too."""

        @classmethod
        def translate(cls, val: Any) -> str:
            """Return a value as Python source."""
            if isinstance(val, date):
                return f'__import__("datetime").date({val.year}, {val.month}, {val.day})'
            return str(super().translate(val))

    papermill_translators.register("python", Dates)


def _end_waiting() -> None:
    """End what nbclient still waits for in this thread after a cell that did not end."""
    import asyncio  # noqa: PLC0415

    from jupyter_core.utils import ensure_event_loop  # noqa: PLC0415

    loop = ensure_event_loop()
    waiting = asyncio.all_tasks(loop)
    for task in waiting:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))


def _say_it_once() -> None:
    """Keep papermill from printing what the record tells; a program's own logging still gets it."""
    logger = logging.getLogger("papermill")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def _limit(seconds: int) -> str:
    return f"not done after {seconds} s, the limit"


def _line_of(cell: NotebookNode) -> int | None:
    """Return the line of a cell at which its error arose, as the traceback tells it."""
    errors = (output for output in cell.outputs if output.output_type == "error")
    traceback = "\n".join(line for output in errors for line in output.get("traceback", ()))
    found = _LINE.search(_ANSI.sub("", traceback))
    return int(found[1] or found[2]) if found else None


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


def _before(cell: NotebookNode) -> Status:
    return "skipped" if _SKIPPED in cell.metadata.get("tags", ()) else "not started"


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
