from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from report_samples import chapter, code, md, runnable

from escp_analysis.report.collect import collect
from escp_analysis.report.execute import ChapterJob, ChapterRun, run_chapter
from escp_analysis.report.workers import run_chapters


def job(tmp_path: Path, notebook: Any, name: str = "01_a", **parameters: Any) -> ChapterJob:
    return ChapterJob(name, notebook, {"round_id": "2018-10"} | parameters, tmp_path, tmp_path)


def run(tmp_path: Path, *cells: Any) -> ChapterRun:
    return run_chapter(job(tmp_path, runnable(*cells)), lambda *_: None)


def statuses(record: ChapterRun) -> list[tuple[int, str]]:
    return [(cell.cell, cell.status) for cell in record.cells]


def failure_note(record: ChapterRun) -> str:
    draft = collect(record.name, record.notebook.cells)
    assert draft.incomplete
    return str(draft.parts[-1].blocks[-1].text)  # type: ignore[union-attr]


class TestDone:
    def test_record_progress_and_outputs(self, tmp_path: Path) -> None:
        told: list[tuple[int, int, str]] = []
        notebook = runnable(md("## Part"), code("round_id"), code(""))
        record = run_chapter(job(tmp_path, notebook), lambda *step: told.append(step))
        assert (record.status, record.error) == ("done", "")
        assert statuses(record) == [(2, "done"), (4, "done")]
        assert told == [(1, 2, "Title"), (2, 2, "Part")]
        outputs = [cell.outputs for cell in record.notebook.cells if cell.get("outputs")]
        assert [output.data["text/plain"] for shown in outputs for output in shown] == ["'2018-10'"]

    def test_a_parameter_reaches_the_kernel(self, tmp_path: Path) -> None:
        notebook = chapter(md("# T"), code('round_id = "a"\nn = 1', ["parameters"]), code("n * 2"))
        record = run_chapter(job(tmp_path, notebook, n=21), lambda *_: None)
        assert record.notebook.cells[-1].outputs[0].data["text/plain"] == "42"

    def test_it_runs_in_the_folder_of_the_chapters(self, tmp_path: Path) -> None:
        (tmp_path / "here.txt").touch()
        record = run(tmp_path, code('import pathlib\nprint(pathlib.Path("here.txt").exists())'))
        assert record.notebook.cells[-1].outputs[0].text == "True\n"

    def test_warnings_go_to_the_record_and_not_into_the_notebook(self, tmp_path: Path) -> None:
        record = run(tmp_path, code('import warnings\nwarnings.warn("careful")'))
        assert "careful" in record.cells[-1].stderr
        assert "careful" not in str(record.notebook.cells[-1].outputs)

    def test_same_chapter_gives_the_same_bytes(self, tmp_path: Path) -> None:
        cell = code('import warnings\nwarnings.warn("w")\n[round_id, 1]')
        notebook = runnable(md("## Part"), cell)
        first, second = (
            nbformat.writes(run_chapter(job(tmp_path, notebook), lambda *_: None).notebook)
            for _ in range(2)
        )
        assert first == second
        assert "papermill" not in first and 'execution":' not in first
        assert str(tmp_path) not in first

    def test_the_notebook_given_is_not_changed(self, tmp_path: Path) -> None:
        notebook = runnable(code("1"))
        before = nbformat.writes(notebook)
        run_chapter(job(tmp_path, notebook), lambda *_: None)
        assert nbformat.writes(notebook) == before


class TestFailed:
    def test_an_error_is_recorded_at_its_cell(self, tmp_path: Path) -> None:
        record = run(tmp_path, code("1"), code('{}["activites"]'), code("2"))
        assert record.status == "failed"
        assert record.error == "KeyError: 'activites'"
        assert statuses(record) == [(2, "done"), (3, "done"), (4, "failed"), (5, "not started")]
        assert record.cells[2].error == record.error
        assert failure_note(record).endswith("it stopped at cell 4 with KeyError: 'activites'")

    def test_papermills_notes_of_the_error_are_not_kept(self, tmp_path: Path) -> None:
        record = run(tmp_path, code("1 / 0"))
        assert "An Exception was encountered" not in nbformat.writes(record.notebook)

    def test_no_path_of_this_machine_is_told(self, tmp_path: Path) -> None:
        record = run(tmp_path, code('from pathlib import Path\nopen(Path.cwd() / "no.csv")'))
        assert "no.csv" in record.error
        for text in (record.error, nbformat.writes(record.notebook)):
            assert str(tmp_path) not in text and sys.prefix not in text

    def test_a_kernel_that_dies_is_a_failure_at_its_cell(self, tmp_path: Path) -> None:
        record = run(tmp_path, code("import os\nos._exit(3)"), code("2"))
        assert record.status == "failed"
        assert "DeadKernelError" in record.error
        assert statuses(record) == [(2, "done"), (3, "failed"), (4, "not started")]
        assert "stopped at cell 3 with DeadKernelError" in failure_note(record)

    def test_a_kernel_that_does_not_start_runs_no_cell(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("escp_analysis.report.execute.KERNEL", "no-such-kernel")
        record = run(tmp_path, code("1"))
        assert record.status == "failed"
        assert statuses(record) == [(2, "not started"), (3, "not started")]
        assert "no-such-kernel" in failure_note(record)


class TestWorkers:
    def test_chapters_run_apart_and_one_failure_stops_no_other(self, tmp_path: Path) -> None:
        lines: list[str] = []
        jobs = [
            job(tmp_path, runnable(md("## Part"), code("import os\nos.getpid()")), "01_a"),
            job(tmp_path, runnable(code("1 / 0")), "02_b"),
            job(tmp_path, runnable(code("import os\nos.getpid()")), "03_c"),
        ]
        runs = run_chapters(jobs, 2, lines.append)
        assert [(run.name, run.status) for run in runs] == [
            ("01_a", "done"),
            ("02_b", "failed"),
            ("03_c", "done"),
        ]
        pids = {runs[n].notebook.cells[-1].outputs[0].data["text/plain"] for n in (0, 2)}
        assert len(pids) == 2
        assert "01_a: cell 2 of 2, Part" in lines
        assert sum(line.startswith("02_b: failed") for line in lines) == 1

    def test_a_process_that_ends_without_a_word_is_a_failure(self, tmp_path: Path) -> None:
        class Silent(dict[str, Any]):
            def __reduce__(self) -> Any:
                return (os._exit, (7,))

        broken = ChapterJob("01_a", runnable(code("1")), Silent(), tmp_path, tmp_path)
        (record,) = run_chapters([broken], 1, lambda line: None)
        assert record.status == "failed"
        assert "the chapter's process ended with 7" in record.error
        assert statuses(record) == [(2, "not started"), (3, "not started")]
