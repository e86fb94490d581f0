"""A round built again at each edit, and shown in the browser as it is."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import webbrowser
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from watchfiles import Change, DefaultFilter, awatch

from escp_analysis.errors import BuildError, UsageError, harmless
from escp_analysis.loaders.project import RoundPaths, find_project
from escp_analysis.report.inputs import PACKAGE, Inputs, read_inputs
from escp_analysis.report.last import FORMATS, LastBuild
from escp_analysis.report.progress import Event, Progress, Style, shown
from escp_analysis.report.screen import page_of
from escp_analysis.report.serving import Server

_WAIT = 24 * 3600
"""Seconds that another run of the round is waited for."""
_SETTLED = 0.15
"""Seconds that inputs stay the same before a build begins."""
_GRACE = 15
"""Seconds that a build is given to end when the watching ends."""
_LONGEST_LINE = 2**26
_TEMPORARY = (".tmp", ".temp", ".part", ".bak", ".swp", ".crdownload", "~")


@dataclass(frozen=True)
class Terminal:
    """Where a watcher says what it does: ``style`` of the builds, lines, and lines of errors."""

    style: Style
    echo: Callable[[str], None]
    complain: Callable[[str], None]


def watch(
    round_id: str,
    terminal: Terminal,
    *,
    project: Path | None = None,
    formats: Sequence[str] = FORMATS,
    port: int = 0,
    opens: bool = False,
) -> None:
    """Build a round, serve its report on this machine alone, build again at each edit.

    Notebooks, parameters, data and this package are watched; what the round is not made from, or
    is as it was, leads to no build. Each build is an ``escp run`` in a process of its own, so
    that it has the code as it is then. Ends with an interrupt, and the build with it. ``port``: 0
    for a free one. ``opens``: show the page in the browser. Raises ``UsageError`` for formats
    without HTML and for a port that is taken, ``RoundError`` for a round that is not there.
    """
    if "html" not in formats:
        raise UsageError("the page that is watched is HTML: leave --format out, or name html too")
    paths = RoundPaths(project or find_project(), round_id)
    if not paths.round_file.is_file():
        from escp_analysis.loaders.parameters import read_round  # noqa: PLC0415 (tells the fault)

        read_round(paths.round_file)
    with suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(_Watcher(paths, formats, terminal).run(port, opens))
    terminal.echo("no longer watching")


def touches(path: Path, roots: Iterable[Path]) -> bool:
    """Return whether an edit of a file below one of ``roots`` can matter.

    Hidden, temporary and compiled files and the folders that programs keep for themselves cannot.
    """
    if path.name.endswith(_TEMPORARY) or path.name.startswith(("~$", "#")):
        return False
    for root in roots:
        if path.is_relative_to(root):
            below = path.relative_to(root)
            hidden = any(part.startswith(".") for part in below.parts)
            return not hidden and DefaultFilter()(Change.modified, str(below))
    return False


class _Watcher:
    """Builds one round as long as it is watched; one build at a time."""

    def __init__(self, paths: RoundPaths, formats: Sequence[str], terminal: Terminal) -> None:
        self._paths, self._terminal = paths, terminal
        self._formats = ",".join(formats)
        folders = (paths.project / name for name in ("notebooks", "parameters", "data"))
        self._roots = [path.resolve() for path in (*folders, PACKAGE) if path.is_dir()]
        self._edited = asyncio.Event()

    async def run(self, port: int, opens: bool) -> None:
        """Watch until cancelled."""
        _end_at_request()
        first = page_of(self._paths.output, self._paths.round_id, None)
        server = Server(self._paths.output, first, port)
        watching = asyncio.create_task(self._watch())
        building = asyncio.create_task(self._build_again_and_again(server))
        try:
            self._terminal.echo(f"Round {self._paths.round_id} on {server.url} (Ctrl-C ends)")
            if opens:
                await asyncio.to_thread(webbrowser.open, server.url)
            done, _ = await asyncio.wait({watching, building}, return_when="FIRST_COMPLETED")
            for task in done:
                task.result()
        finally:
            for task in (watching, building):
                task.cancel()
            await asyncio.gather(watching, building, return_exceptions=True)
            await server.close()

    async def _watch(self) -> None:
        """Note each edit that can matter."""
        matters = lambda _, path: touches(Path(path), self._roots)  # noqa: E731
        async for _ in awatch(*self._roots, watch_filter=matters):
            self._edited.set()

    async def _build_again_and_again(self, server: Server) -> None:
        """Build at once, then each time that inputs differ from those of the build before."""
        built_from: Inputs | None = None
        while True:
            # What is edited from here on leads to another build, even if this one has it already.
            self._edited.clear()
            inputs = await self._inputs()
            if inputs == built_from:
                await self._edited.wait()
                continue
            before, built_from = built_from, inputs
            self._announce(before, inputs)
            end = await self._build()
            server.show(page_of(self._paths.output, self._paths.round_id, end))
            self._terminal.echo(f"watching, {server.url}")

    async def _inputs(self) -> Inputs:
        """Return the inputs as they are once no file of them is just being written."""
        found: Inputs | None = None
        while True:
            try:
                again = await asyncio.to_thread(read_inputs, self._paths)
            except FileNotFoundError:  # an editor puts a new one in its place
                again = None
            except OSError as error:
                told = f"{Path(error.filename).name} cannot be read: {error.strerror}"
                raise BuildError(told) from error
            if again is not None and again == found:
                return again
            found = again
            await asyncio.sleep(_SETTLED)

    def _announce(self, before: Inputs | None, inputs: Inputs) -> None:
        """Say what was edited since the build before."""
        if before is None:
            return
        names = LastBuild("", asdict(before), {}, "").changes(inputs)
        left = f" and {len(names) - 3} more" if names[3:] else ""
        told = harmless(f"{', '.join(names[:3])}{left}")
        self._terminal.echo(f"\n{datetime.now():%H:%M:%S} {told}")

    async def _build(self) -> Event:
        """Build in a process of its own, show it as it goes on, and return how it ended."""
        with shown(self._terminal.style, self._paths.round_id, self._terminal.echo) as progress:
            end, said = await _run(self._command(), self._paths.project, progress)
        if end is None:
            what = f"escp run ended without saying how\n{said}".strip()
            end = Event("end", status="not built", text=what, exit_code=BuildError.exit_code)
        if end.status == "not built":
            self._terminal.complain(f"escp: {end.text}")
        else:
            self._terminal.echo(end.text or end.status)
        return end

    def _command(self) -> list[str]:
        # -P: the package that is installed, not what lies in the project's folder.
        words = [sys.executable, "-P", "-m", "escp_analysis", "run", self._paths.round_id]
        words += ["--json", "--while-input", "--wait", str(_WAIT), "--format", self._formats]
        return words


async def _run(
    command: Sequence[str], folder: Path, progress: Progress
) -> tuple[Event | None, str]:
    """Run a build, pass its events on, return the last one and what it said of errors.

    However this ends, the build ends too: it is interrupted, and killed where that is no use.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        stdin=asyncio.subprocess.PIPE,  # it ends with this pipe, also where the watcher is killed
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=_LONGEST_LINE,
        start_new_session=True,  # an interrupt from the terminal is for the watcher
    )
    assert process.stdout is not None and process.stderr is not None
    errors = asyncio.create_task(process.stderr.read())
    end: Event | None = None
    try:
        async for line in process.stdout:
            event = _event(line)
            progress(event)
            end = event if event.kind == "end" else end
        await process.wait()
        return end, (await errors).decode(errors="replace")
    finally:
        await _stopped(process)
        errors.cancel()


async def _stopped(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    assert process.stdin is not None
    process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _GRACE)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _event(line: bytes) -> Event:
    """Return the event of a line; fields that a newer run tells are left out."""
    told: dict[str, Any] = json.loads(line)
    known = {field.name for field in fields(Event)}
    return Event(**{name: value for name, value in told.items() if name in known})


def _end_at_request() -> None:
    """Take a request to end like an interrupt, where the system has such requests."""
    task = asyncio.current_task()
    assert task is not None
    with suppress(NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
