"""A build from its plan to its folder: chapters run where they must be, the rest kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from escp_analysis.loaders.project import RoundPaths
from escp_analysis.report import outputs
from escp_analysis.report.cache import Cache, code_of, common_parts
from escp_analysis.report.execute import CellRun, ChapterRun
from escp_analysis.report.inputs import Inputs
from escp_analysis.report.journal import Journal
from escp_analysis.report.last import Request
from escp_analysis.report.plan import Plan, make_plan
from escp_analysis.report.progress import Event, Progress
from escp_analysis.report.publish import publish
from escp_analysis.report.restore import restored
from escp_analysis.report.result import BuildResult
from escp_analysis.report.run import Options

if TYPE_CHECKING:
    from escp_analysis.kernels.warm import WarmServer


def build_anew(
    request: Request,
    paths: RoundPaths,
    inputs: Inputs,
    options: Options,
    started: datetime,
    progress: Progress,
) -> BuildResult:
    """Build a round of which something has changed; the caller holds its lock.

    Raises as ``build`` does. Chapters that end well are kept at once, so that what was done
    before an interrupt need not be done again.
    """
    outputs.remove_leftovers(paths.output)
    cache = Cache(paths.cache / "chapters")
    with Journal(paths.cache / "journal.jsonl", progress) as tell:
        unkept: list[str] = []
        with ExitStack() as stack:
            server: WarmServer | None = None
            if options.force or _surely_stale(request, paths, inputs, cache):
                # It imports what chapters use while the plan is made here.
                server = stack.enter_context(_kernels(options))
            plan = make_plan(request, paths, inputs, cache, force=options.force)
            _tell_plan(plan, tell)
            run = []
            if plan.stale:
                server = server or stack.enter_context(_kernels(options))
                run = _run_stale(plan, server, options, cache, unkept, tell)
        by_name = {it.name: it for it in run}
        runs = [by_name.get(it.name) or _kept(plan, it.name) for it in plan.chosen]
        return publish(plan, runs, _notes(run, options), unkept, started, tell)


def _kernels(options: Options) -> WarmServer:
    from escp_analysis.report.running import kernels  # noqa: PLC0415 (a run may need none)

    return kernels(options)


def _run_stale(plan: Plan, *how: Any) -> list[ChapterRun]:
    from escp_analysis.report.running import run_stale  # noqa: PLC0415

    return run_stale(plan, *how)


def _tell_plan(plan: Plan, tell: Progress) -> None:
    text = f"{len(plan.stale)} of {len(plan.chosen)} chapters to run"
    tell(Event("run", of=len(plan.chosen), text=text, round_id=plan.request.round_id))
    for name in plan.entries:
        tell(Event("chapter", name, "kept"))


def _surely_stale(request: Request, paths: RoundPaths, inputs: Inputs, cache: Cache) -> bool:
    """Return whether some chapter has to be run, as far as its file tells before it is read."""
    shared = common_parts(inputs)
    for path in (paths.project / "notebooks").glob("*.ipynb"):
        if request.only and path.stem not in request.only:
            continue
        entry = cache.read(path.stem)
        if entry is None or entry.undeclared or not entry.parts.items() >= shared.items():
            return True
        if entry.parts["code"] != _code_in(path):
            return True
    return False


def _code_in(path: Path) -> dict[str, str]:
    """Return the code of a chapter's file; one that is no notebook has none, as the plan tells."""
    try:
        return code_of(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError):
        return {}


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
