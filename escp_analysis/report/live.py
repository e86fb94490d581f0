"""A run drawn in a terminal: a line per chapter, never more than the terminal holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import Self

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.live import Live as Drawing
from rich.table import Table
from rich.text import Text

from escp_analysis.report.progress import Event, line_of

_MARKS = {"done": "✓", "kept": "=", "running": "▸"}
_BESIDE = 4
"""Lines of the display that are no chapter's, and one below it."""


class Live:
    """Draws events over each other while it is entered, and leaves nothing on the terminal.

    What is left is for the summary to say, which has the page for itself.
    """

    def __init__(self, round_id: str, console: Console | None = None) -> None:
        self._lock = Lock()  # it is drawn by a thread of its own
        self._cells: dict[str, Event] = {}
        self._chapters: dict[str, Event] = {}
        self._of = 0
        self._below = f"reading round {round_id}"
        self._round = round_id
        self._start = datetime.now(UTC)
        self._drawing = Drawing(
            self, console=console, refresh_per_second=8, transient=True, vertical_overflow="crop"
        )

    def __enter__(self) -> Self:
        self._drawing.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._drawing.stop()

    def __call__(self, event: Event) -> None:
        """Take an event in; it is drawn with the next refresh."""
        with self._lock:
            if event.kind == "run":
                self._of, self._below = event.of, line_of(event).partition(": ")[2]
            elif event.kind == "cell":
                self._cells[event.chapter] = event
            elif event.kind == "chapter":
                self._chapters[event.chapter] = event
            elif event.kind in ("stitched", "waiting"):
                self._below = line_of(event)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw what is known, in the width and height there are."""
        with self._lock:
            yield from self._drawn(options.size.height)

    def _drawn(self, height: int) -> Sequence[RenderableType]:
        elapsed = (datetime.now(UTC) - self._start).total_seconds()
        ended = [name for name, it in self._chapters.items() if it.status != "running"]
        counted = f"{len(ended)} of {self._of} chapters, " if self._of else ""
        title = _cut(f"Round {self._round}: {counted}{elapsed:.0f} s", "bold")
        table = Table.grid(padding=(0, 2), expand=True)
        # Names are told whole; a heading gives way where the line is too short.
        for ratio in (None, None, None, 1):
            table.add_column(no_wrap=True, overflow="ellipsis", ratio=ratio)
        names, left = self._named(max(1, height - _BESIDE))
        for name in names:
            table.add_row(*map(_cut, self._row(name)))
        below = f"{self._below}; {left} more have ended" if left else self._below
        return [title, table, _cut(below, "dim")]

    def _named(self, room: int) -> tuple[list[str], int]:
        """Return the chapters to draw, and how many there is no room for: the first that ended.

        Those that run come before those that failed, and these before the others.
        """
        names = list(self._chapters)
        by_weight = sorted(names, key=lambda name: (self._weight(name), -names.index(name)))
        drawn = set(by_weight[:room])
        return [name for name in names if name in drawn], len(names) - len(drawn)

    def _weight(self, name: str) -> int:
        status = self._chapters[name].status
        return {"running": 0, "done": 2, "kept": 3}.get(status, 1)

    def _row(self, name: str) -> tuple[str, str, str, str]:
        chapter, cell = self._chapters[name], self._cells.get(name)
        mark = _MARKS.get(chapter.status, "✗")
        if chapter.status != "running":
            took = f"{chapter.seconds:.1f} s" if chapter.seconds else ""
            return mark, name, chapter.status, took
        if cell is None:
            return mark, name, "starting", ""
        return mark, name, f"{cell.cell}/{cell.of}", _heading(cell)


def _heading(cell: Event) -> str:
    return line_of(Event("note", text=cell.heading))


def _cut(text: str, style: str = "") -> Text:
    """Return a text for one line; what would be markup elsewhere is text here."""
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")
