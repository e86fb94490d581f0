"""Chapters side by side, each in a process of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from threading import Lock

from escp_analysis.report.execute import ChapterJob, ChapterRun, not_run, run_chapter

Progress = Callable[[str], None]


def run_chapters(jobs: Sequence[ChapterJob], workers: int, progress: Progress) -> list[ChapterRun]:
    """Run chapters, ``workers`` at a time, and return their records in the order given.

    Chapters share nothing: each has its own process, since papermill changes the working
    folder, and its own kernel. ``progress`` is told a line per cell, one call at a time.
    """
    lock = Lock()

    def tell(line: str) -> None:
        with lock:
            progress(line)

    with ThreadPoolExecutor(max_workers=max(1, min(workers, len(jobs)))) as pool:
        return list(pool.map(lambda job: _run_apart(job, tell), jobs))


def _run_apart(job: ChapterJob, tell: Progress) -> ChapterRun:
    """Run a chapter in a process and pass on what it tells until its record comes."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(job, theirs), daemon=True)
    process.start()
    theirs.close()
    run: ChapterRun | None = None
    try:
        while run is None:
            message = ours.recv()
            if isinstance(message, str):
                tell(message)
            else:
                run = message
    except EOFError:
        process.join()
        run = not_run(job, f"ProcessError: the chapter's process ended with {process.exitcode}")
    process.join()
    tell(f"{job.name}: {run.status} in {run.seconds:.1f} s")
    return run


def _work(job: ChapterJob, pipe: Connection) -> None:
    """Run a chapter in this process and send its record."""

    def told(number: int, count: int, heading: str) -> None:
        pipe.send(f"{job.name}: cell {number} of {count}" + (f", {heading}" if heading else ""))

    pipe.send(run_chapter(job, told))
    pipe.close()
