"""What a run tells while it goes on: live in a terminal, as plain lines, or as JSON events."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal

from escp_analysis.errors import INTERRUPTED, EscpError, UsageError, harmless

Kind = Literal["run", "waiting", "chapter", "cell", "stitched", "note", "end"]
Style = Literal["live", "plain", "json", "quiet"]


@dataclass(frozen=True)
class Event:
    """One step of a run.

    ``run``: a round begins, ``text`` says how many of ``of`` chapters are run. ``waiting``:
    another run holds the round, ``text`` says which. ``chapter``: its state changed to
    ``status``. ``cell``: number ``cell`` of ``of`` code cells runs, under ``heading``.
    ``stitched``: all chapters are one document. ``note``: ``text`` is worth knowing.
    ``end``: the run is over; ``status`` is ``built``, ``incomplete``, ``unchanged``,
    ``not built`` or ``interrupted``, ``exit_code`` that of the command, ``paths`` the reports,
    ``text`` the summary or the error. ``seconds``: how long what ended took.
    """

    kind: Kind
    chapter: str = ""
    status: str = ""
    cell: int = 0
    of: int = 0
    heading: str = ""
    seconds: float = 0.0
    text: str = ""
    round_id: str = ""
    exit_code: int | None = None
    paths: tuple[str, ...] = ()


Progress = Callable[[Event], None]


def silent(event: Event) -> None:
    """Tell nothing."""


@contextmanager
def shown(style: Style, round_id: str, echo: Callable[[str], None]) -> Iterator[Progress]:
    """Give what shows the events of a round in a style; a live display ends with the block.

    As JSON, an error or an interrupt that leaves the block is told as an ``end`` first.
    """
    if style == "live":
        from escp_analysis.report.live import Live  # noqa: PLC0415 (rich is not always needed)

        with Live(round_id) as live:
            yield live
    elif style == "json":
        with _ended(round_id, lambda event: echo(as_json(event))) as told:
            yield told
    else:
        yield Lines(echo) if style == "plain" else silent


def fitting_style(*, quiet: bool, as_json: bool) -> Style:
    """Return the style for this terminal: live only where lines can be drawn over.

    Raises ``UsageError`` where both quiet and JSON are asked for.
    """
    if quiet and as_json:
        raise UsageError("--quiet and --json exclude each other; of JSON, read the last line")
    if quiet:
        return "quiet"
    if as_json:
        return "json"
    drawn = sys.stdout.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")
    plain = os.environ.get("NO_COLOR") or os.environ.get("CI")
    return "live" if drawn and not plain else "plain"


class Lines:
    """Tells events as lines: a chapter's states, and each heading it comes to."""

    def __init__(self, echo: Callable[[str], None]) -> None:
        self._echo = echo
        self._under: dict[str, str] = {}

    def __call__(self, event: Event) -> None:
        """Tell an event, unless it says what the line before or the summary says."""
        if event.kind in ("end", "note"):
            return
        if event.kind == "cell":
            if self._under.get(event.chapter) == event.heading:
                return
            self._under[event.chapter] = event.heading
        self._echo(line_of(event))


def line_of(event: Event) -> str:
    """Return an event as a line that steers no terminal."""
    return harmless(" ".join(_words(event).split()))


def as_json(event: Event) -> str:
    """Return an event as a line of JSON, with the time it is told at; what is blank left out."""
    told = {name: it for name, it in asdict(event).items() if it or (it == 0 and _counts(name))}
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps({"time": at, **told}, ensure_ascii=False)


def _counts(name: str) -> bool:
    """Return whether nought says something: an exit code of 0 does."""
    return name == "exit_code"


def _words(event: Event) -> str:
    if event.kind == "run":
        return f"Round {event.round_id}: {event.text}"
    if event.kind == "cell":
        under = f", {event.heading}" if event.heading else ""
        return f"{event.chapter}: cell {event.cell} of {event.of}{under}"
    if event.kind == "chapter":
        took = f" in {event.seconds:.1f} s" if event.seconds else ""
        return f"{event.chapter}: {event.status}{took}"
    return event.text


@contextmanager
def _ended(round_id: str, tell: Progress) -> Iterator[Progress]:
    """Tell how a run ended that an error or an interrupt ends."""
    try:
        yield tell
    except EscpError as error:
        code = error.exit_code
        tell(Event("end", status="not built", text=str(error), round_id=round_id, exit_code=code))
        raise
    except KeyboardInterrupt:
        tell(Event("end", status="interrupted", round_id=round_id, exit_code=INTERRUPTED))
        raise
