"""A round that is watched: built at each edit, served on this machine alone, ended whole."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Thread

import nbformat
import pytest
from bs4 import BeautifulSoup
from report_samples import chapter, code, md, runnable
from test_interrupted import MARK, wait_until_gone
from test_report_run import ROUND, sample_project, write

from escp_analysis.errors import RoundError, UsageError
from escp_analysis.report.locking import one_run
from escp_analysis.report.progress import Event
from escp_analysis.report.screen import page_of
from escp_analysis.report.watch import Terminal, touches, watch

WAIT = 120
"""Seconds after which what is waited for will not come."""
PACKAGE = Path(__file__).parents[1] / "escp_analysis"
posix = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")


class Watched:
    """A watcher in a process of its own: what it says, and what it serves."""

    def __init__(self, project: Path, **variables: str) -> None:
        self.project = project
        self.process = subprocess.Popen(
            [sys.executable, "-m", "escp_analysis", "watch", ROUND, "--format", "html"],
            cwd=project,
            env=os.environ | {MARK: str(project), "CI": "true"} | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        Thread(target=self._listen, daemon=True).start()
        self.port = int(self.until("Ctrl-C")[-1].partition("127.0.0.1:")[2].partition("/")[0])

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def until(self, sign: str) -> list[str]:
        """Return the lines up to the next one that holds a text; fails where none comes."""
        lines: list[str] = []
        while not lines or sign not in lines[-1]:
            try:
                lines.append(self._lines.get(timeout=WAIT))
            except queue.Empty:
                raise AssertionError(f"no {sign!r} after {lines}") from None
        return lines

    def built(self) -> list[str]:
        """Return what is said until the next build is over."""
        return self.until("watching, http")

    def ask(self, path: str, host: str = "", method: str = "GET") -> HTTPResponse:
        """Return the head of an answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        headers = {"Host": host or f"127.0.0.1:{self.port}"}
        connection.putrequest(method, path, skip_host=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse()

    def text(self, path: str = "/") -> str:
        answer = self.ask(path)
        assert answer.status == 200
        return answer.read().decode("utf-8")

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


@contextmanager
def watched(project: Path, **variables: str) -> Iterator[Watched]:
    """Give a watcher, which has ended after the block, whatever happens in it."""
    it = Watched(project, **variables)
    try:
        yield it
    finally:
        if it.process.poll() is None:
            it.end(signal.SIGTERM)


def put(project: Path, *cells: nbformat.NotebookNode, name: str = "01_a") -> None:
    """Write a chapter of these cells as an editor does: aside, then in place."""
    path = project / "notebooks" / f"{name}.ipynb"
    aside = path.with_name(f".~{path.name}")
    nbformat.write(runnable(*cells), aside)
    aside.replace(path)


def make(folder: Path) -> Path:
    made = sample_project(folder / "project")
    write(made, c01_a=runnable(md("First words.")), c02_b=runnable(md("The other.")))
    return made


@pytest.fixture(scope="module")
def watcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Return a watcher that has built its round once."""
    (folder := tmp_path_factory.mktemp("watched") / "project").mkdir()
    with watched(make(folder)) as it:
        lines = it.built()
        assert any(line.startswith(f"Round {ROUND}: built, 2 of 2 chapters") for line in lines)
        yield it


class TestServed:
    def test_the_report_with_one_script_that_the_file_has_not(self, watcher: Watched) -> None:
        answer = watcher.ask("/")
        page = answer.read().decode("utf-8")
        file = (watcher.project / "output" / ROUND / "report.html").read_text(encoding="utf-8")
        assert "First words." in page
        assert "<script" not in file and page.count("<script") == 1
        nonce = BeautifulSoup(page, "html.parser").find("script")["nonce"]  # type: ignore[index]
        policy = answer.headers["Content-Security-Policy"]
        assert f"default-src 'none'; script-src 'nonce-{nonce}';" in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert watcher.text("/report.html") == file

    @pytest.mark.parametrize(
        "host",
        ["example.org", "example.org:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.x.org:{port}"],
    )
    @pytest.mark.parametrize("path", ["/", "/events", "/report.html", "/nothing"])
    def test_a_request_that_names_another_host_is_refused(
        self, watcher: Watched, host: str, path: str
    ) -> None:
        answer = watcher.ask(path, host.format(port=watcher.port))
        assert answer.status == 403
        assert answer.read() == b"403 Forbidden\n"

    def test_the_host_may_be_called_by_its_name(self, watcher: Watched) -> None:
        assert watcher.ask("/", f"localhost:{watcher.port}").status == 200

    @pytest.mark.parametrize(
        "path",
        [
            f"/../../parameters/{ROUND}/round.yaml",
            f"/%2e%2e/%2e%2e/parameters/{ROUND}/round.yaml",
            "/..%2frun.json",
            "/report.html/../run.json",
            "//etc/passwd",
            "/run.json",
            "/chapters/01_a.ipynb",
            "/reportxhtml",
            "/report.pdf",  # of the report, but not built
        ],
    )
    def test_nothing_but_the_report_is_served(self, watcher: Watched, path: str) -> None:
        answer = watcher.ask(path)
        assert answer.status == 404
        assert answer.read() == b"404 Not Found\n"

    def test_nothing_can_be_sent(self, watcher: Watched) -> None:
        assert watcher.ask("/", method="POST").status == 405

    @pytest.mark.skipif(sys.platform != "linux", reason="needs a second address of this machine")
    def test_no_other_address_of_this_machine_answers(self, watcher: Watched) -> None:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", watcher.port), timeout=WAIT)


class TestEdited:
    def test_an_edit_is_built_and_the_browser_told(self, watcher: Watched) -> None:
        events = watcher.ask("/events")
        assert events.headers["Content-Type"] == "text/event-stream"

        def version() -> str:
            assert events.readline() == b"event: built\n"
            told = events.readline().decode()
            assert events.readline() == b"\n"
            return told.removeprefix("data: ").strip()

        before = version()
        assert f'"{before}"' in watcher.text()
        put(watcher.project, md("Second words."))
        lines = watcher.built()
        assert any(line.endswith(" notebooks/01_a.ipynb changed") for line in lines)
        after = version()
        assert after != before
        page = watcher.text()
        assert "Second words." in page and f'"{after}"' in page
        events.close()

    def test_a_chapter_that_fails_is_shown_and_said_and_the_good_report_stays(
        self, watcher: Watched
    ) -> None:
        put(watcher.project, md("Good words."))
        watcher.built()
        good = watcher.text("/report.html")
        put(watcher.project, md("Bad words."), code("raise ValueError('<i>no</i>')"))
        lines = watcher.built()
        assert any("INCOMPLETE, 1 of 2 chapters" in line for line in lines)
        assert "          ValueError: <i>no</i>" in lines
        page = BeautifulSoup(watcher.text(), "html.parser")
        banner = page.select_one(".escp-watch")
        assert banner is not None
        assert f"Round {ROUND}: the last build is incomplete" in banner.get_text()
        assert "The last good report is older: 20" in " ".join(banner.get_text().split())
        assert "ValueError: <i>no</i>" in banner.get_text() and banner.i is None
        assert "Bad words." in page.get_text()
        assert watcher.text("/report.html") == good
        put(watcher.project, md("Good words."))
        watcher.built()
        assert "escp-watch[" not in watcher.text()

    def test_a_fault_of_the_input_is_shown_as_text(self, watcher: Watched) -> None:
        name = "03_<b>c"
        nbformat.write(chapter(md("# No parameters"), code("1;")), _notebook(watcher, name))
        said = "\n".join(watcher.built())
        assert "escp: " in said and f"{name}.ipynb" in said
        page = BeautifulSoup(watcher.text(), "html.parser")
        banner = page.select_one(".escp-watch")
        assert banner is not None and banner.pre is not None and banner.b is None
        assert f"Round {ROUND}: not built." in banner.get_text()
        assert f"{name}.ipynb" in banner.pre.get_text()
        assert page.select_one("section.chapter") is None
        _notebook(watcher, name).unlink()
        assert any(line.endswith(f" notebooks/{name}.ipynb is gone") for line in watcher.built())
        assert "escp-watch[" not in watcher.text()

    def test_an_edit_during_a_build_leads_to_another(self, watcher: Watched) -> None:
        put(watcher.project, md("Early words."), code("import time; time.sleep(2);"))
        watcher.until("01_a: running")
        put(watcher.project, md("Late words."), code("1;"))
        watcher.built()
        watcher.built()
        assert "Late words." in watcher.text()

    def test_what_is_no_input_leads_to_no_build(self, watcher: Watched) -> None:
        project = watcher.project
        put(project, md("Same words."))
        watcher.built()
        for path in (
            project / "notebooks" / ".ipynb_checkpoints" / "01_a-checkpoint.ipynb",
            project / "data" / "rounds" / ROUND / ".responses.txt.swp",
            project / "data" / "rounds" / ROUND / "responses.txt~",
            project / "output" / ROUND / "note.txt",
            project / "data" / "rounds" / "2030-01" / "responses.txt",
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x", encoding="utf-8")
        (project / "notebooks" / "02_b.ipynb").touch()
        put(project, md("Other words."))
        lines = watcher.built()
        assert lines[1].endswith(" notebooks/01_a.ipynb changed")
        assert "Other words." in watcher.text()


def _notebook(watcher: Watched, name: str) -> Path:
    return watcher.project / "notebooks" / f"{name}.ipynb"


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_its_build_and_leaves_no_process(
    tmp_path: Path, number: signal.Signals
) -> None:
    project = make(tmp_path)
    put(project, md("## Long"), code("import time; time.sleep(600);"))
    with watched(project) as it:
        it.until("01_a: cell 2 of 2")
        assert it.end(number) == 0
        assert it.until("no longer watching")
    assert wait_until_gone(project) == []
    assert sorted(path.name for path in (project / "output").iterdir()) == [".cache"]


@posix
def test_killed_it_leaves_no_process_either(tmp_path: Path) -> None:
    project = make(tmp_path)
    put(project, md("## Long"), code("import time; time.sleep(600);"))
    with watched(project) as it:
        it.until("01_a: cell 2 of")
        it.end(signal.SIGKILL)
    assert wait_until_gone(project) == []


def test_another_run_of_the_round_is_waited_for(tmp_path: Path) -> None:
    project = make(tmp_path)
    cache = project / "output" / ".cache" / ROUND
    with one_run(cache, ROUND, "escp run 2018-10"):
        it = Watched(project)
        try:
            it.until(f"by process {os.getpid()} (escp run 2018-10), since 20")
            assert "being built" in it.text()
        except BaseException:
            it.end(signal.SIGTERM)
            raise
    try:
        assert any("built, 2 of 2 chapters" in line for line in it.built())
    finally:
        assert it.end() == 0


def test_the_code_of_a_build_is_that_of_its_moment(tmp_path: Path) -> None:
    project = make(tmp_path)
    ours = tmp_path / "code"
    shutil.copytree(PACKAGE, ours / "escp_analysis", ignore=shutil.ignore_patterns("__pycache__"))
    with watched(project, PYTHONPATH=str(ours)) as it:
        it.built()
        path = ours / "escp_analysis" / "report" / "about.py"
        source = path.read_text(encoding="utf-8")
        assert source.count("def about_round(") == 1
        changed = source.replace(
            "def about_round(",
            "def about_round(*given):\n    from dataclasses import replace\n"
            "    return replace(_about_round(*given), title='Newly coded')\n\n\ndef _about_round(",
        )
        path.write_text(changed, encoding="utf-8")
        lines = it.built()
        assert any(line.endswith(" escp_analysis/report/about.py changed") for line in lines)
        assert "Newly coded" in it.text()


class TestRefused:
    @staticmethod
    def start(project: Path, round_id: str = ROUND, **how: object) -> None:
        watch(round_id, Terminal("quiet", print, print), project=project, **how)  # type: ignore[arg-type]

    def test_a_port_that_is_taken(self, tmp_path: Path) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            with pytest.raises(UsageError, match=f"port {port} cannot be used: .*; leave --port"):
                self.start(make(tmp_path), port=port)

    def test_formats_without_a_page(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="the page that is watched is HTML"):
            self.start(tmp_path, formats=("pdf",))

    @pytest.mark.parametrize("round_id", ["2018", "2030-01"])
    def test_a_round_that_is_not_there(self, tmp_path: Path, round_id: str) -> None:
        with pytest.raises(RoundError) as caught:
            self.start(make(tmp_path), round_id)
        assert round_id in str(caught.value)


ROOT = Path("project")


@pytest.mark.parametrize(
    ("path", "matters"),
    [
        ("notebooks/01_a.ipynb", True),
        ("data/rounds/2018-10/responses.txt", True),
        ("notebooks/.ipynb_checkpoints/01_a-checkpoint.ipynb", False),
        ("notebooks/.~01_a.ipynb", False),
        ("data/.hidden/responses.txt", False),
        ("data/~$roster.xlsx", False),
        ("data/.~lock.roster.csv#", False),
        ("data/#roster.csv#", False),
        ("data/responses.txt~", False),
        ("data/responses.txt.tmp", False),
        ("data/responses.txt.swp", False),
        ("data/__pycache__/a.cpython-311.pyc", False),
        ("output/2018-10/report.html", False),
        ("elsewhere.txt", False),
    ],
)
def test_which_files_matter(path: str, matters: bool) -> None:
    roots = [ROOT / "notebooks", ROOT / "data"]
    assert touches(ROOT / path, roots) is matters


def test_a_project_below_a_hidden_folder_is_watched_all_the_same() -> None:
    root = Path("/home/.venv/project/notebooks")
    assert touches(root / "01_a.ipynb", [root])


class TestPage:
    @staticmethod
    def shown(folder: Path, end: Event | None) -> BeautifulSoup:
        return BeautifulSoup(page_of(folder, ROUND, end).content, "html.parser")

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        for name, words in (("report", "Good."), ("report.incomplete", "Bad.")):
            html = f"<!DOCTYPE html><html><head></head><body>\n<h1>{words}</h1>\n</body></html>"
            (tmp_path / f"{name}.html").write_text(html, encoding="utf-8")
        os.utime(tmp_path / "report.html", (0, 1_550_000_000))
        return tmp_path

    @pytest.mark.parametrize("status", ["built", "unchanged"])
    def test_a_good_report_has_no_banner(self, folder: Path, status: str) -> None:
        page = self.shown(folder, Event("end", status=status))
        assert page.select_one(".escp-watch") is None
        assert page.h1 is not None and page.h1.get_text() == "Good."

    @pytest.mark.parametrize(
        ("end", "headline", "shows"),
        [
            (None, "being built; this is the report of 2019-02-1", "Good."),
            (Event("end", status="incomplete"), "the last build is incomplete", "Bad."),
            (Event("end", status="not built", text="Why."), "not built. The last good", ""),
            (Event("end", status="interrupted"), "the last build was interrupted.", ""),
        ],
    )
    def test_any_other_has_one(
        self, folder: Path, end: Event | None, headline: str, shows: str
    ) -> None:
        page = self.shown(folder, end)
        (banner,) = page.select(".escp-watch")
        text = " ".join(banner.get_text().split())
        assert text.startswith(f"Round {ROUND}: {headline}")
        assert (page.h1.get_text() if page.h1 else "") == shows
        assert ("The last good report is older: 2019-02-1" in text) is (end is not None)
        assert (banner.pre.get_text() if banner.pre else "") == (end.text if end else "")

    def test_where_nothing_was_ever_built(self, tmp_path: Path) -> None:
        assert "being built." in self.shown(tmp_path, None).get_text()
        end = Event("end", status="not built", text="<script>\x1b[31m")
        page = self.shown(tmp_path, end)
        assert "There is no good report yet." in page.get_text()
        assert len(page.select("script")) == 1
        assert page.pre is not None
        assert page.pre.get_text() == "<script>\N{REPLACEMENT CHARACTER}[31m"

    def test_the_version_changes_with_what_is_seen_alone(self, folder: Path) -> None:
        built = Event("end", status="built")
        first, again = page_of(folder, ROUND, built), page_of(folder, ROUND, built)
        assert first.version == again.version and first.nonce != again.nonce
        (folder / "report.html").write_text("<body>\n<p>New.</p></body>", encoding="utf-8")
        assert page_of(folder, ROUND, built).version != first.version
