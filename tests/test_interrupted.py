"""Runs that are ended from outside: nothing half-written, nothing left behind."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from report_samples import chapter, code, md
from test_report_run import ROUND, sample_project, write

from escp_analysis.errors import BuildError
from escp_analysis.report.exchange import exchange
from escp_analysis.report.locking import BusyError, one_run

KILLS = int(os.environ.get("ESCP_KILLS", "4"))
"""How often the run is killed; each time at another moment."""
MARK = "ESCP_TEST_RUN"
SLOW = "import time\ntime.sleep(0.3)\nround_id;"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of two chapters with a good report."""
    made = sample_project(tmp_path_factory.mktemp("interrupted") / "project")
    cells = [md("# T"), code(f'round_id = "{ROUND}"', ["parameters"]), code(SLOW), code("1;")]
    write(made, c01_a=chapter(*cells), c02_b=chapter(*cells[:2], code(SLOW)))
    assert finish(start(made)) == 0
    return made


def start(project: Path, *options: str) -> subprocess.Popen[str]:
    """Start a run in a group of its own, marked so that what it starts can be found."""
    temporary = project.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "escp_analysis", "run", ROUND, "--format", "html", *options],
        cwd=project,
        env=os.environ | {MARK: str(project), "TMPDIR": str(temporary), "CI": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=120)
    return process.returncode


def touch(project: Path, number: int) -> None:
    """Change an input, so that every chapter has to be run."""
    path = project / "data/rounds" / ROUND / "note.txt"
    path.write_text(f"{number}\n", encoding="utf-8")


def marked(project: Path) -> Iterator[int]:
    """Yield the processes that a run of the project started and that are still there."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            variables = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"{MARK}={project}".encode() in variables:
            yield int(folder.name)


def wait_until_gone(project: Path) -> list[int]:
    """Return the processes that remain after some seconds."""
    end = time.monotonic() + 10
    while (left := list(marked(project))) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def left(folder: Path) -> Mapping[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "run.json")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


posix = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")


@posix
@pytest.mark.parametrize("number", range(KILLS))
def test_killed_at_any_moment_the_last_good_report_stays_and_the_next_run_needs_no_help(
    project: Path, number: int
) -> None:
    output = project / "output" / ROUND
    good = left(output)
    touch(project, number)
    process = start(project, "--kernel", "forked" if number % 4 else "fresh")
    time.sleep(random.Random(number).uniform(0, 5))
    with suppress(ProcessLookupError):  # it was done before
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert left(output) == good
    assert wait_until_gone(project) == []

    again = start(project)
    told = again.communicate(timeout=120)
    assert again.returncode == 0, told
    assert left(output) == good
    assert sorted(path.name for path in output.parent.iterdir()) == [".cache", ROUND]
    assert list((project.parent / "temporary").iterdir()) == []
    assert wait_until_gone(project) == []


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_everything_and_says_so(project: Path, number: signal.Signals) -> None:
    output = project / "output" / ROUND
    good = left(output)
    touch(project, 100 + number)
    process = start(project, "--json")
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["kind"] == "cell":
            break
    process.send_signal(number)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told == "escp: interrupted; what was built before is untouched\n"
    assert left(output) == good
    assert wait_until_gone(project) == []
    journal = (output.parent / ".cache" / ROUND / "journal.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["kind"] for line in journal.splitlines()][-1] in ("cell", "chapter")


@posix
def test_the_second_run_of_a_round_says_who_holds_it_or_waits(project: Path) -> None:
    touch(project, 200)
    first = start(project, "--json")
    assert first.stdout is not None
    first.stdout.readline()
    second = start(project)
    _, told = second.communicate(timeout=60)
    assert second.returncode == 1
    assert told.startswith(
        f"escp: round {ROUND} is being built by process {first.pid} "
        f"(escp run {ROUND} --format html), since 20"
    )
    assert told.endswith("; wait for it, or say --wait SECONDS\n")
    third = start(project, "--wait", "60")
    out, _ = third.communicate(timeout=120)
    assert third.returncode == 0 and "nothing to do" in out
    assert finish(first) == 0


class TestOneRun:
    def test_held_and_given_back(self, tmp_path: Path) -> None:
        folder = tmp_path / "a"
        with (
            one_run(folder, ROUND, "escp run"),
            pytest.raises(BusyError, match="by process"),
            one_run(folder, ROUND, ""),
        ):
            pass
        with one_run(tmp_path / "a", ROUND, "escp run"):
            pass

    @pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
    def test_a_folder_that_may_not_be_written(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        with (
            pytest.raises(BuildError, match="cannot be written: Permission denied"),
            one_run(tmp_path / "a", ROUND, "escp run"),
        ):
            pass

    def test_a_file_in_the_way(self, tmp_path: Path) -> None:
        (tmp_path / "a").touch()
        with (
            pytest.raises(BuildError, match=f"output/.cache/{ROUND} cannot be written: "),
            one_run(tmp_path / "a", ROUND, "escp run"),
        ):
            pass


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such step")
class TestExchange:
    def test_two_folders_change_places(self, tmp_path: Path) -> None:
        for name in ("one", "other"):
            (tmp_path / name).mkdir()
            (tmp_path / name / name).touch()
        assert exchange(tmp_path / "one", tmp_path / "other")
        assert [path.name for path in (tmp_path / "one").iterdir()] == ["other"]
        assert [path.name for path in (tmp_path / "other").iterdir()] == ["one"]

    def test_one_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "one").mkdir()
        with pytest.raises(FileNotFoundError):
            exchange(tmp_path / "one", tmp_path / "other")


def test_a_project_on_a_file_system_without_that_step(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from escp_analysis.report.run import build  # noqa: PLC0415

    copy = shutil.copytree(project, tmp_path / "project")
    good = left(copy / "output" / ROUND)
    monkeypatch.setattr("escp_analysis.report.outputs.exchange", lambda *_: False)
    touch(copy, 300)
    assert build(ROUND, project=copy, formats=("html",)).exit_code == 0
    assert left(copy / "output" / ROUND) == good
    assert sorted(path.name for path in (copy / "output").iterdir()) == [".cache", ROUND]
