"""A build from its plan to its folder: chapters run where they must be, the rest kept."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Any

from escp_analysis.loaders.project import RoundPaths
from escp_analysis.report import outputs
from escp_analysis.report.cache import CHAPTERS, Cache
from escp_analysis.report.execute import CellRun, ChapterRun
from escp_analysis.report.inputs import Inputs
from escp_analysis.report.journal import Journal
from escp_analysis.report.last import Request
from escp_analysis.report.plan import Plan, make_plan
from escp_analysis.report.progress import Event, Progress
from escp_analysis.report.publish import publish
from escp_analysis.report.restore import restored
from escp_analysis.report.result import BuildResult
from escp_analysis.report.run import Options, kernels

if TYPE_CHECKING:
    from escp_analysis.kernels.warm import WarmServer


def build_anew(
    request: Request,
    paths: RoundPaths,
    inputs: Inputs,
    options: Options,
    server: WarmServer | None,
    started: datetime,
    progress: Progress,
) -> BuildResult:
    """Build a round of which something has changed; the caller holds its lock.

    ``server`` gives the kernels, where it was started before; else one is where it is needed.

    Raises as ``build`` does. Chapters that end well are kept at once, so that what was done
    before an interrupt need not be done again.
    """
    outputs.remove_leftovers(paths.output)
    cache = Cache(paths.cache / CHAPTERS)
    unkept: list[str] = []
    run: list[ChapterRun] = []
    with Journal(paths.cache / "journal.jsonl", progress) as tell:
        plan = make_plan(request, paths, inputs, cache, force=options.force)
        _tell_plan(plan, tell)
        if plan.stale:
            with ExitStack() as stack:
                server = server or stack.enter_context(kernels(paths, options))
                run = _run_stale(plan, server, options, cache, unkept, tell)
        by_name = {it.name: it for it in run}
        runs = [by_name.get(it.name) or _kept(plan, it.name) for it in plan.chosen]
        return publish(plan, runs, _notes(run, options), unkept, started, tell)


def _run_stale(plan: Plan, *how: Any) -> list[ChapterRun]:
    from escp_analysis.report.running import run_stale  # noqa: PLC0415

    return run_stale(plan, *how)


def _tell_plan(plan: Plan, tell: Progress) -> None:
    text = f"{len(plan.stale)} of {len(plan.chosen)} chapters to run"
    tell(Event("run", of=len(plan.chosen), text=text, round_id=plan.request.round_id))
    for name in plan.entries:
        tell(Event("chapter", name, "kept"))


def _notes(runs: Sequence[ChapterRun], options: Options) -> list[str]:
    """Return why kernels were not forked, where that was asked for."""
    reasons = dict.fromkeys(run.why_fresh for run in runs if run.why_fresh)
    if options.kernel == "fresh":
        return []
    return [f"kernels were started anew: {reason}" for reason in reasons]


def _kept(plan: Plan, name: str) -> ChapterRun:
    """Return a chapter as it was run before, with the words of today."""
    entry = plan.entries[name]
    chapter = next(it for it in plan.chapters if it.name == name)
    notebook = restored(chapter.notebook, entry, plan)
    cells = [CellRun(**cell) for cell in entry.record["cells"]]
    # Cells are numbered as they stand in the file now.
    numbers: Sequence[int] = [
        at
        for at, cell in enumerate(chapter.notebook.cells, start=1)
        if cell.cell_type == "code" and cell.source.strip()
    ]
    for cell, number in zip(cells, numbers, strict=True):
        cell.cell = number
    return ChapterRun(name, notebook, "done", entry.record["seconds"], "", cells, kernel="kept")
