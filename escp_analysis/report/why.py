"""What a run would do, and because of which input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from escp_analysis.loaders.project import RoundPaths, find_project
from escp_analysis.report.cache import CHAPTERS, Cache, Entry, Key, key_of
from escp_analysis.report.chapters import read_chapters, select, settle_parameters
from escp_analysis.report.inputs import Inputs, read_inputs
from escp_analysis.report.last import LAST, LastBuild, read_last

_SHOWN = 6


def explain(round_id: str, chapters: Sequence[str] = (), project: Path | None = None) -> str:
    """Return for each chapter whether a run would run it and what changed, then for the report.

    ``chapters``: those asked about, all where none is named. Nothing is built. Raises
    ``UsageError`` for an unknown chapter, ``RoundError`` for a round that is not one and for
    chapters with faults.
    """
    paths = RoundPaths(project or find_project(), round_id)
    asked = select(read_chapters(paths.project / "notebooks"), chapters)
    settled = settle_parameters(asked, {}, round_id)
    inputs, cache = read_inputs(paths), Cache(paths.cache / CHAPTERS)
    told = {
        chapter.name: _chapter(
            cache.read(chapter.name), key_of(chapter, settled[chapter.name], inputs)
        )
        for chapter in asked
    }
    lines = [line for name, reasons in told.items() for line in _lines(name, reasons)]
    if not chapters:
        last = read_last(paths.cache / LAST)
        lines += _report(last, inputs, paths, any(told.values()))
    return "\n".join([f"Round {round_id}", *lines])


def _chapter(entry: Entry | None, key: Key) -> list[str]:
    """Return why a chapter would be run; nothing where what is kept of it holds."""
    if entry is None:
        return ["nothing is kept of it: it has not ended well since, or what was kept is damaged"]
    if entry.undeclared:
        named = ", ".join(entry.undeclared)
        return [f"it reads {named}, no file of the round, so it is run each time"]
    return key.changes(entry.parts)


def _lines(name: str, reasons: Sequence[str]) -> Iterator[str]:
    if not reasons:
        yield f"  {name}: kept"
        return
    yield f"  {name}: would be run"
    yield from (f"    {reason}" for reason in _cut(reasons))


def _report(
    last: LastBuild | None, inputs: Inputs, paths: RoundPaths, stale: bool
) -> Iterator[str]:
    if last is None:
        reasons = ["no complete report of this round is known here"]
    else:
        reasons = last.changes(inputs)
        gone = [] if last.is_whole(paths.output) else ["what it left is no longer as it was"]
        reasons += gone
    if not reasons:
        yield "  report: nothing to do"
        return
    yield f"  report: would be {'built' if stale else 'stitched'} anew"
    yield from (f"    {reason}" for reason in _cut(reasons))


def _cut(reasons: Sequence[str]) -> list[str]:
    left = len(reasons) - _SHOWN
    return [*reasons[:_SHOWN], *([f"and {left} more"] if left > 0 else [])]
