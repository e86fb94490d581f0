"""What a run tells while it goes on: lines, a drawing that fits, JSON for schedulers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from report_samples import code, md, runnable
from rich.console import Console
from test_report_run import ROUND, sample_project, write

from escp_analysis.errors import BuildError, UsageError
from escp_analysis.report.live import Live
from escp_analysis.report.locking import one_run
from escp_analysis.report.progress import Event, as_json, fitting_style, shown

STEPS = [
    Event("run", of=3, text="2 of 3 chapters to run", round_id="2018-10"),
    Event("chapter", "03_c", "kept"),
    Event("chapter", "01_a", "running"),
    Event("cell", "01_a", cell=1, of=3, heading="First [bold]part[/bold]"),
    Event("cell", "01_a", cell=2, of=3, heading="First [bold]part[/bold]"),
    Event("chapter", "02_b", "running"),
    Event("cell", "02_b", cell=1, of=1),
    Event("cell", "01_a", cell=3, of=3, heading="Last \x1b[31mpart"),
    Event("chapter", "02_b", "timed out", seconds=600.04),
    Event("chapter", "01_a", "done", seconds=1.25),
    Event("stitched", text="the chapters are stitched"),
    Event("note", text="the summary says this too"),
    Event("end", status="incomplete", text="and this", exit_code=1),
]


def told(style: Any, steps: list[Event]) -> list[str]:
    lines: list[str] = []
    with shown(style, "2018-10", lines.append) as progress:
        for step in steps:
            progress(step)
    return lines


def test_lines_tell_states_and_new_headings_and_nothing_twice() -> None:
    assert told("plain", STEPS) == [
        "Round 2018-10: 2 of 3 chapters to run",
        "03_c: kept",
        "01_a: running",
        "01_a: cell 1 of 3, First [bold]part[/bold]",
        "02_b: running",
        "02_b: cell 1 of 1",
        "01_a: cell 3 of 3, Last \N{REPLACEMENT CHARACTER}[31mpart",
        "02_b: timed out in 600.0 s",
        "01_a: done in 1.2 s",
        "the chapters are stitched",
    ]


def test_quiet_tells_nothing() -> None:
    assert told("quiet", STEPS) == []


class TestJson:
    def test_a_line_has_the_time_and_what_is_known(self) -> None:
        line = as_json(STEPS[3])
        found = json.loads(line)
        assert datetime.fromisoformat(found.pop("time")).utcoffset() is not None
        assert found == {
            "kind": "cell",
            "chapter": "01_a",
            "cell": 1,
            "of": 3,
            "heading": "First [bold]part[/bold]",
        }

    def test_the_end_has_its_exit_code_also_where_it_is_nought(self) -> None:
        end = Event("end", status="built", text="one\ntwo", exit_code=0, paths=("a", "b"))
        line = as_json(end)
        assert "\n" not in line
        found = json.loads(line)
        assert (found["exit_code"], found["paths"], found["text"]) == (0, ["a", "b"], "one\ntwo")
        assert "exit_code" not in json.loads(as_json(STEPS[0]))

    def test_an_error_is_told_as_an_end_before_it_goes_on(self) -> None:
        lines: list[str] = []
        with pytest.raises(BuildError), shown("json", "2018-10", lines.append):
            raise BuildError("the disk is full")
        found = json.loads(lines[-1])
        found.pop("time")
        assert found == {
            "kind": "end",
            "status": "not built",
            "text": "the disk is full",
            "round_id": "2018-10",
            "exit_code": 1,
        }

    def test_an_interrupt_is_told_as_an_end_too(self) -> None:
        lines: list[str] = []
        with pytest.raises(KeyboardInterrupt), shown("json", "2018-10", lines.append):
            raise KeyboardInterrupt
        found = json.loads(lines[-1])
        assert (found["status"], found["exit_code"]) == ("interrupted", 130)


@pytest.mark.parametrize(
    ("terminal", "variables", "style"),
    [
        (True, {"TERM": "xterm"}, "live"),
        (True, {}, "live"),  # Windows names no terminal
        (True, {"TERM": "xterm", "NO_COLOR": ""}, "live"),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, "plain"),
        (True, {"TERM": "xterm", "CI": "true"}, "plain"),
        (True, {"TERM": "dumb"}, "plain"),
        (False, {"TERM": "xterm"}, "plain"),
    ],
)
def test_the_style_that_fits(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, variables: dict[str, str], style: str
) -> None:
    for name in ("TERM", "NO_COLOR", "CI"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    assert fitting_style(quiet=False, as_json=False) == style
    assert fitting_style(quiet=True, as_json=False) == "quiet"
    assert fitting_style(quiet=False, as_json=True) == "json"


def test_quiet_and_json_exclude_each_other() -> None:
    with pytest.raises(UsageError, match="--quiet and --json exclude each other"):
        fitting_style(quiet=True, as_json=True)


class TestLive:
    @staticmethod
    def drawn(steps: list[Event], width: int = 80, height: int = 24) -> list[str]:
        """Return the lines of the drawing after these steps."""
        console = Console(file=StringIO(), width=width, height=height, force_terminal=True)
        live = Live("2018-10", console)
        for step in steps:
            live(step)
        lines = console.render_lines(live, pad=False)
        return ["".join(part.text for part in line if not part.control) for line in lines]

    def test_before_anything_is_known(self) -> None:
        assert self.drawn([]) == ["Round 2018-10: 0 s", "reading round 2018-10"]

    def test_a_line_per_chapter_with_what_it_is_at(self) -> None:
        lines = [line.rstrip() for line in self.drawn(STEPS[:7])]
        assert lines[0].startswith("Round 2018-10: 1 of 3 chapters, ")
        assert [line.split() for line in lines[1:]] == [
            ["=", "03_c", "kept"],
            ["▸", "01_a", "2/3", "First", "[bold]part[/bold]"],
            ["▸", "02_b", "1/1"],
            ["2", "of", "3", "chapters", "to", "run"],
        ]

    def test_how_chapters_ended(self) -> None:
        lines = [line.rstrip() for line in self.drawn(STEPS)]
        assert lines[0].startswith("Round 2018-10: 3 of 3 chapters, ")
        assert [line.split() for line in lines[2:]] == [
            ["✓", "01_a", "done", "1.2", "s"],
            ["✗", "02_b", "timed", "out", "600.0", "s"],
            ["the", "chapters", "are", "stitched"],
        ]

    def test_it_never_grows_over_the_terminal(self) -> None:
        many = [Event("run", of=99, text="99 of 99 chapters to run", round_id=ROUND)]
        many += [Event("chapter", f"{n:02d}_done", "done", seconds=1) for n in range(60)]
        many.insert(1, Event("chapter", "failed_early", "failed", seconds=1))
        many += [Event("chapter", f"{n:02d}_runs", "running") for n in range(60, 63)]
        many += [Event("cell", "61_runs", cell=7, of=9, heading="long words " * 30)]
        lines = self.drawn(many)
        assert len(lines) < 24
        assert max(map(len, lines)) <= 80
        text = "\n".join(lines)
        assert "failed_early" in text and "59_done" in text and "00_done" not in text
        assert [f"{n}_runs" in text for n in (60, 61, 62)] == [True] * 3
        assert "long words" in text and "…" in text
        # 64 chapters in 24 lines, of which 4 are other lines.
        assert lines[-1].rstrip() == "99 of 99 chapters to run; 44 more have ended"

    def test_a_heading_does_not_steer_the_terminal(self) -> None:
        assert "\x1b[31m" not in "\n".join(self.drawn(STEPS[:8]))

    def test_who_is_waited_for(self) -> None:
        lines = self.drawn([Event("waiting", text="round 2018-10 is being built by process 1")])
        assert lines[-1] == "round 2018-10 is being built by process 1"


def test_whoever_waits_is_told_for_whom(tmp_path: Path) -> None:
    events: list[Event] = []
    with (
        one_run(tmp_path, ROUND, "escp run 2018-10"),
        pytest.raises(BuildError, match="say --wait"),
        one_run(tmp_path, ROUND, "", 0.1, events.append),
    ):
        pass
    assert [event.kind for event in events] == ["waiting"]
    who = f"round 2018-10 is being built by process {os.getpid()} (escp run 2018-10), since 20"
    assert events[0].text.startswith(who)
    assert events[0].text.endswith("; waiting for it to end")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of one small chapter."""
    made = sample_project(tmp_path_factory.mktemp("progress"))
    return write(made, c01_a=runnable(md("## Part [1]"), code("import time; time.sleep(1);")))


def escp(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "escp_analysis", *words]
    return subprocess.run(
        command, cwd=project, capture_output=True, text=True, check=False, timeout=300
    )


class TestCommand:
    def test_json_alone_is_on_standard_output_and_its_end_says_all(self, project: Path) -> None:
        done = escp(project, "run", ROUND, "--format", "html", "--json", "--force")
        events = [json.loads(line) for line in done.stdout.splitlines()]
        assert [it["kind"] for it in events] == [
            *("run", "chapter", "cell", "cell", "chapter", "stitched", "end")
        ]
        end = events[-1]
        assert (end["status"], end["round_id"], end["exit_code"]) == ("built", ROUND, 0)
        assert end["paths"] == [str(Path("output", ROUND, "report.html"))]
        assert end["seconds"] > 1
        assert end["text"].startswith("Round 2018-10: built, 1 of 1 chapters, ")
        assert done.stderr == ""
        again = escp(project, "run", ROUND, "--format", "html", "--json")
        (only,) = map(json.loads, again.stdout.splitlines())
        assert (only["status"], only["exit_code"]) == ("unchanged", 0)

    def test_an_error_is_an_end_and_its_words_are_on_standard_error(self, project: Path) -> None:
        done = escp(project, "run", ROUND, "--only", "01_b", "--json")
        end = json.loads(done.stdout)
        assert done.returncode == end["exit_code"] == 2
        assert end["status"] == "not built"
        assert done.stderr == f"escp: {end['text']}\n"

    def test_quiet_says_only_how_it_ended(self, project: Path) -> None:
        done = escp(project, "run", ROUND, "--format", "html", "--force", "--quiet")
        first, *paths = done.stdout.splitlines()
        assert first.startswith("Round 2018-10: built, 1 of 1 chapters, ")
        assert paths == [str(Path("output", ROUND, "report.html"))]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of POSIX")
class TestTerminal:
    @staticmethod
    def typed(project: Path, sign: str, **variables: str) -> tuple[str, int]:
        """Run in a terminal, interrupt at ``sign``; return what was shown, and the exit code."""
        ours, theirs = os.openpty()
        cleared = {k: v for k, v in os.environ.items() if k not in ("CI", "NO_COLOR")}
        process = subprocess.Popen(
            [sys.executable, "-m", "escp_analysis", "run", ROUND, "--force"],
            cwd=project,
            env=cleared | {"TERM": "xterm"} | variables,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        output, asked, end = b"", False, time.monotonic() + 120
        while time.monotonic() < end:
            try:
                output += os.read(ours, 4096)
            except OSError:  # the terminal is closed with the last process that has it
                break
            if not asked and sign.encode() in output:
                process.send_signal(signal.SIGINT)
                asked = True
        process.wait(timeout=60)
        os.close(ours)
        return output.decode(errors="replace"), process.returncode

    def test_an_interrupt_leaves_the_cursor_visible(self, project: Path) -> None:
        text, exit_code = self.typed(project, "Part [1]")
        assert exit_code == 130
        assert "\x1b[?25l" in text
        assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
        assert text.rstrip().endswith("escp: interrupted; what was built before is untouched")

    def test_without_colour_nothing_is_drawn_over(self, project: Path) -> None:
        text, exit_code = self.typed(project, "Part [1]", NO_COLOR="1")
        assert exit_code == 130
        assert "\x1b" not in text
        assert "01_a: cell 2 of 2, Part [1]" in text
