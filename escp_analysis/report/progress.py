"""What a run tells while it goes on: live in a terminal, as plain lines, or as JSON events."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rich.console import RenderableType

Kind = Literal["run", "chapter", "cell", "stitched", "note", "end"]
Style = Literal["live", "plain", "json", "quiet"]
_MARKS = {"done": "✓", "kept": "=", "running": "▸", "waiting": "·"}


@dataclass(frozen=True)
class Event:
    """One step of a run.

    ``run``: a round begins, ``status`` names the kernels used. ``chapter``: its state changed to
    ``status``. ``cell``: number ``cell`` of ``of`` code cells runs, under ``heading``.
    ``stitched``: all chapters are one document. ``note``: ``text`` is worth knowing. ``end``: the
    run is over, ``status`` says how. ``seconds``: how long what ended took.
    """

    kind: Kind
    chapter: str = ""
    status: str = ""
    cell: int = 0
    of: int = 0
    heading: str = ""
    seconds: float = 0.0
    text: str = ""


Progress = Callable[[Event], None]


def silent(event: Event) -> None:
    """Tell nothing."""


@contextmanager
def shown(style: Style, echo: Callable[[str], None]) -> Iterator[Progress]:
    """Give what shows events in a style; a live display ends with the block."""
    if style == "live":
        with _Live() as live:
            yield live
    else:
        yield {
            "plain": lambda event: _plain(event, echo),
            "json": lambda event: echo(as_json(event)),
            "quiet": silent,
        }[style]


def fitting_style(*, quiet: bool, as_json: bool) -> Style:
    """Return the style for this terminal: live only where lines can be drawn over."""
    if quiet:
        return "quiet"
    if as_json:
        return "json"
    drawn = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    plain = os.environ.get("NO_COLOR") or os.environ.get("CI")
    return "live" if drawn and not plain else "plain"


def line_of(event: Event) -> str:
    """Return an event as a line."""
    if event.kind == "run":
        return f"Round {event.chapter}: {event.text}"
    if event.kind == "cell":
        under = f", {event.heading}" if event.heading else ""
        return f"{event.chapter}: cell {event.cell} of {event.of}{under}"
    if event.kind == "chapter":
        took = f" in {event.seconds:.1f} s" if event.seconds else ""
        return f"{event.chapter}: {event.status}{took}"
    return event.text


def _plain(event: Event, echo: Callable[[str], None]) -> None:
    if event.kind != "end":
        echo(line_of(event))


def as_json(event: Event) -> str:
    """Return an event as a line of JSON, with the time it is told at; what is blank left out."""
    told = {name: value for name, value in asdict(event).items() if value}
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps({"time": at, **told}, ensure_ascii=False)


class _Live:
    """A line per chapter, drawn over as it goes on."""

    def __init__(self) -> None:
        from rich.live import Live  # noqa: PLC0415

        self._rows: dict[str, Event] = {}
        self._done: dict[str, Event] = {}
        self._notes: list[str] = []
        self._title = ""
        self._start = datetime.now(UTC)
        self._live = Live(get_renderable=self._drawn, refresh_per_second=8, transient=False)

    def __enter__(self) -> _Live:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def __call__(self, event: Event) -> None:
        if event.kind == "run":
            self._title = line_of(event)
        elif event.kind == "cell":
            self._rows[event.chapter] = event
        elif event.kind == "chapter":
            self._rows.setdefault(event.chapter, event)
            self._done[event.chapter] = event
        elif event.text:
            self._notes.append(event.text)

    def _drawn(self) -> RenderableType:
        from rich.console import Group  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        elapsed = (datetime.now(UTC) - self._start).total_seconds()
        table = Table.grid(padding=(0, 2))
        for name in self._rows:
            # A heading may hold what would be markup here.
            table.add_row(*(Text(cell) for cell in self._row(name)))
        title = Text(f"{self._title}, {elapsed:.0f} s", style="bold")
        return Group(title, table, *(Text(note) for note in self._notes))

    def _row(self, name: str) -> tuple[str, str, str, str]:
        cell, chapter = self._rows[name], self._done.get(name)
        status = chapter.status if chapter else "running"
        running = status == "running" and cell.kind == "cell"
        mark = _MARKS.get(status, "✗")
        told = f"{cell.cell}/{cell.of}" if running else status
        after = cell.heading if running else f"{chapter.seconds:.1f} s" if chapter else ""
        return mark, name, told, after
