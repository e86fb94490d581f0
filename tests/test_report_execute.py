from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pytest
from report_samples import chapter, code, md, runnable

from escp_analysis.kernels.client import QuickManager
from escp_analysis.kernels.warm import WarmServer
from escp_analysis.report.collect import collect
from escp_analysis.report.execute import ChapterJob, ChapterRun, Failure, Limits, run_chapter
from escp_analysis.report.progress import Event
from escp_analysis.report.workers import run_chapters


@pytest.fixture(scope="module")
def server() -> Iterator[WarmServer]:
    """Give the kernels of all tests here."""
    with WarmServer() as started:
        yield started


Run = Callable[..., ChapterRun]


@pytest.fixture
def run_job(server: WarmServer, tmp_path: Path) -> Run:
    """Return what runs a chapter of these cells, or a job, and gives its record."""

    def run(*cells: Any, told: Any = lambda *_: None, **changes: Any) -> ChapterRun:
        made = replace(job(tmp_path, runnable(*cells)), **changes)
        return run_chapter(made, server.kernel(made.folder, record=made.record), told)

    return run


def job(tmp_path: Path, notebook: Any, name: str = "01_a", **parameters: Any) -> ChapterJob:
    told = {"round_id": "2018-10"} | parameters
    return ChapterJob(name, notebook, told, tmp_path, tmp_path, tmp_path / f"{name}.reads")


def statuses(record: ChapterRun) -> list[tuple[int, str]]:
    return [(cell.cell, cell.status) for cell in record.cells]


def failure_note(record: ChapterRun) -> str:
    draft = collect(record.name, record.notebook.cells)
    assert draft.incomplete
    return str(draft.parts[-1].blocks[-1].text)  # type: ignore[union-attr]


class TestDone:
    def test_record_progress_and_outputs(self, run_job: Run) -> None:
        told: list[tuple[int, int, str]] = []
        cells = md("## Part"), code("round_id"), code("")
        record = run_job(*cells, told=lambda *step: told.append(step))
        assert (record.status, record.error, record.failure) == ("done", "", None)
        assert statuses(record) == [(2, "done"), (4, "done")]
        assert told == [(1, 2, "Title"), (2, 2, "Part")]
        outputs = [cell.outputs for cell in record.notebook.cells if cell.get("outputs")]
        assert [output.data["text/plain"] for shown in outputs for output in shown] == ["'2018-10'"]

    def test_parameters_reach_the_kernel_with_their_types(self, run_job: Run) -> None:
        source = "from datetime import date\nround_id: str\nn = 1\nday: date"
        cells = md("# T"), code(source, ["parameters"]), code("n * 2, day.isoformat(), round_id")
        given = {"round_id": "a", "n": 21, "day": date(2018, 10, 29)}
        record = run_job(notebook=chapter(*cells), parameters=given)
        shown = record.notebook.cells[-1].outputs[0].data["text/plain"]
        assert shown == "(42, '2018-10-29', 'a')"

    def test_it_runs_in_the_folder_of_the_chapters(self, tmp_path: Path, run_job: Run) -> None:
        (tmp_path / "here.txt").touch()
        record = run_job(code('import pathlib\nprint(pathlib.Path("here.txt").exists())'))
        assert record.notebook.cells[-1].outputs[0].text == "True\n"
        assert Path.cwd() != tmp_path

    def test_warnings_go_to_the_record_and_not_into_the_notebook(self, run_job: Run) -> None:
        record = run_job(code('import warnings\nwarnings.warn("careful")'))
        assert "careful" in record.cells[-1].stderr
        assert "careful" not in str(record.notebook.cells[-1].outputs)

    def test_same_chapter_gives_the_same_bytes_whatever_the_kernel(
        self, tmp_path: Path, run_job: Run
    ) -> None:
        cells = md("## Part"), code('import warnings\nwarnings.warn("w")\n[round_id, 1]')
        forked = run_job(*cells)
        made = job(tmp_path, runnable(*cells))
        with WarmServer(fork=False) as none:
            fresh = run_chapter(made, none.kernel(tmp_path), lambda *_: None)
        assert (forked.kernel, fresh.kernel) == ("forked", "fresh")
        assert fresh.why_fresh == "ordinary kernels were asked for"
        # Ids of cells are drawn anew for each notebook made here.
        first, second = (
            re.sub(r'"id": "\w+"', "", nbformat.writes(run.notebook)) for run in (forked, fresh)
        )
        assert first == second
        assert "papermill" not in first and 'execution":' not in first
        assert str(tmp_path) not in first

    def test_the_notebook_given_is_not_changed(self, run_job: Run) -> None:
        notebook = runnable(code("1"))
        before = nbformat.writes(notebook)
        run_job(notebook=notebook)
        assert nbformat.writes(notebook) == before

    def test_a_cell_tagged_to_be_skipped_is(self, run_job: Run) -> None:
        record = run_job(code("1 / 0", ["skip-execution"]), code("2"))
        assert record.status == "done"
        assert statuses(record) == [(2, "done"), (3, "skipped"), (4, "done")]


class TestFailed:
    def test_an_error_is_recorded_at_its_cell_line_and_expression(self, run_job: Run) -> None:
        broken = code('x = 1\n\ny = {}["activites"]\nz = 2')
        record = run_job(code("1"), md("## Part"), broken, code("2"))
        assert record.status == "failed"
        assert record.error == "KeyError: 'activites'"
        assert statuses(record) == [(2, "done"), (3, "done"), (5, "failed"), (6, "not started")]
        assert record.cells[2].error == record.error
        assert record.failure == Failure(
            heading="Part",
            cell=5,
            id=broken["id"],
            line=3,
            expression='y = {}["activites"]',
            error="KeyError: 'activites'",
        )
        assert failure_note(record).endswith("it stopped at cell 5 with KeyError: 'activites'")

    def test_the_line_is_the_cells_own_where_the_error_arose_deeper(self, run_job: Run) -> None:
        record = run_job(code('import json\njson.loads("{")'))
        assert record.failure is not None
        assert (record.failure.line, record.failure.expression) == (2, 'json.loads("{")')

    def test_papermills_notes_of_the_error_are_not_kept(self, run_job: Run) -> None:
        record = run_job(code("1 / 0"))
        assert "An Exception was encountered" not in nbformat.writes(record.notebook)

    def test_no_path_of_this_machine_is_told(self, tmp_path: Path, run_job: Run) -> None:
        record = run_job(code('from pathlib import Path\nopen(Path.cwd() / "no.csv")'))
        assert "no.csv" in record.error
        for text in (record.error, nbformat.writes(record.notebook)):
            assert str(tmp_path) not in text and sys.prefix not in text

    def test_a_kernel_that_ends_is_lost_at_its_cell_and_says_how(self, run_job: Run) -> None:
        record = run_job(code("import os\nos._exit(3)"), code("2"))
        assert record.status == "kernel lost"
        assert record.error == "DeadKernelError: the kernel died, it ended with exit code 3"
        assert statuses(record) == [(2, "done"), (3, "kernel lost"), (4, "not started")]
        assert "stopped at cell 3 with DeadKernelError" in failure_note(record)

    def test_a_kernel_killed_from_outside_is_lost(self, run_job: Run) -> None:
        record = run_job(code("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"))
        assert record.status == "kernel lost"
        assert record.error.endswith("it was ended by signal SIGKILL")

    def test_a_cell_that_does_not_end_is_timed_out(self, run_job: Run) -> None:
        endless = code("while True:\n    pass")
        record = run_job(code("1"), endless, code("2"), limits=Limits(cell=1))
        assert record.status == "timed out"
        assert record.error == "CellTimeoutError: not done after 1 s, the limit"
        assert [it for _, it in statuses(record)] == ["done", "done", "timed out", "not started"]
        assert record.cells[2].seconds >= 1

    def test_a_chapter_that_does_not_end_is_timed_out(self, run_job: Run) -> None:
        slow = [code("import time\ntime.sleep(0.7)") for _ in range(4)]
        record = run_job(*slow, limits=Limits(chapter=1))
        assert record.status == "timed out"
        assert record.error == "ChapterTimeoutError: not done after 1 s, the limit"
        assert "not started" in {it for _, it in statuses(record)}

    def test_a_kernel_that_does_not_start_runs_no_cell(
        self, run_job: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("escp_analysis.kernels.kernel.QuickManager", _NoKernel)
        record = run_job(code("1"))
        assert record.status == "failed"
        assert record.error == "RuntimeError: no kernel today"
        assert statuses(record) == [(2, "not started"), (3, "not started")]
        assert "no kernel today" in failure_note(record)


class _NoKernel(QuickManager):
    async def _async_start_kernel(self, **_: Any) -> None:
        raise RuntimeError("no kernel today")

    start_kernel = _async_start_kernel  # type: ignore[assignment]


class TestWorkers:
    def test_chapters_run_apart_and_one_failure_stops_no_other(
        self, tmp_path: Path, server: WarmServer
    ) -> None:
        told: list[Event] = []
        ended: list[str] = []
        jobs = [
            job(tmp_path, runnable(md("## Part"), code("import os\nos.getpid()")), "01_a"),
            job(tmp_path, runnable(code("1 / 0")), "02_b"),
            job(tmp_path, runnable(code("import os\nos.getpid()")), "03_c"),
        ]
        runs = run_chapters(jobs, server, 2, told.append, lambda run: ended.append(run.name))
        assert [(run.name, run.status) for run in runs] == [
            ("01_a", "done"),
            ("02_b", "failed"),
            ("03_c", "done"),
        ]
        pids = {runs[n].notebook.cells[-1].outputs[0].data["text/plain"] for n in (0, 2)}
        assert len(pids) == 2
        assert Event("cell", "01_a", cell=2, of=2, heading="Part") in told
        assert [it.status for it in told if it.chapter == "02_b" and it.kind == "chapter"] == [
            "running",
            "failed",
        ]
        assert sorted(ended) == ["01_a", "02_b", "03_c"]

    def test_what_one_chapter_changes_the_next_does_not_see(
        self, tmp_path: Path, server: WarmServer
    ) -> None:
        spoil = (
            "import sys, pandas as pd, matplotlib as mpl\n"
            "from escp_analysis import metrics\n"
            "metrics.option_shares = None\npd.options.display.max_rows = 3\n"
            'mpl.rcParams["font.size"] = 99\nsys.path.append("spoiled")'
        )
        look = (
            "import sys, pandas as pd, matplotlib as mpl\n"
            "from escp_analysis import metrics\n"
            "(callable(metrics.option_shares), pd.options.display.max_rows, "
            'mpl.rcParams["font.size"], "spoiled" in sys.path)'
        )
        jobs = [
            job(tmp_path, runnable(code(source)), name)
            for name, source in (("01_a", spoil), ("02_b", look))
        ]
        runs = run_chapters(jobs, server, 1, lambda _: None)
        assert runs[0].status == "done"
        shown = runs[1].notebook.cells[-1].outputs[0].data["text/plain"]
        assert shown == "(True, 60, 10.0, False)"

    def test_an_interrupt_ends_every_kernel_and_starts_no_other(
        self, tmp_path: Path, server: WarmServer
    ) -> None:
        started: list[str] = []

        def interrupt(event: Event) -> None:
            if event.kind == "chapter":
                started.append(event.chapter)
            if event.kind == "cell" and event.cell == 2:
                raise KeyboardInterrupt

        write_pid = 'import os, time\nopen(f"{os.getpid()}.pid", "w")\ntime.sleep(60)'
        jobs = [job(tmp_path, runnable(code(write_pid)), f"0{at}_a") for at in range(1, 5)]
        with pytest.raises(KeyboardInterrupt):
            run_chapters(jobs, server, 2, interrupt)
        assert len(set(started)) < 4
        alive = [path for path in tmp_path.glob("*.pid") if Path(f"/proc/{path.stem}").exists()]
        assert alive == []
