"""Chapters side by side, each in a kernel of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from escp_analysis.kernels.kernel import Kernel
from escp_analysis.kernels.warm import WarmServer
from escp_analysis.report.execute import ChapterJob, ChapterRun, not_run, run_chapter
from escp_analysis.report.progress import Event, Progress


def run_chapters(
    jobs: Sequence[ChapterJob],
    server: WarmServer,
    workers: int,
    progress: Progress,
    ended: Callable[[ChapterRun], None] = lambda _: None,
) -> list[ChapterRun]:
    """Run chapters, ``workers`` at a time, and return their records in the order given.

    Threads wait for the kernels, which are processes and share nothing. ``ended`` is told of
    each record as it is made, ``progress`` of each step; both one call at a time. Where anything
    else ends the run, an interrupt above all, every kernel ends first.
    """
    crew = _Crew(server, progress, ended)
    pool = ThreadPoolExecutor(max_workers=max(1, min(workers, len(jobs))))
    try:
        return list(pool.map(crew.run, jobs))
    except BaseException:
        crew.stop()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Crew:
    """Runs chapters from several threads and can stop all of them."""

    def __init__(
        self, server: WarmServer, progress: Progress, ended: Callable[[ChapterRun], None]
    ) -> None:
        self._server, self._progress, self._ended = server, progress, ended
        self._lock, self._telling = Lock(), Lock()
        self._kernels: list[Kernel] = []
        self._stopped = False

    def run(self, job: ChapterJob) -> ChapterRun:
        """Run a chapter, or leave it once all are stopped."""
        kernel = self._server.kernel(job.folder, record=job.record, project=job.project)
        with self._lock:
            if self._stopped:
                return not_run(job)
            self._kernels.append(kernel)
        self._tell(Event("chapter", job.name, "running"))
        record = run_chapter(job, kernel, lambda *step: self._tell(_cell(job, *step)))
        with self._telling:
            self._ended(record)
        self._tell(Event("chapter", job.name, record.status, seconds=record.seconds))
        return record

    def stop(self) -> None:
        """End every kernel and start no other."""
        with self._lock:
            self._stopped = True
            for kernel in self._kernels:
                kernel.kill()

    def _tell(self, event: Event) -> None:
        with self._telling:
            self._progress(event)


def _cell(job: ChapterJob, number: int, count: int, heading: str) -> Event:
    return Event("cell", job.name, cell=number, of=count, heading=heading)
