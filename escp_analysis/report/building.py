"""A build from its plan to its folder: chapters run where they must be, the rest kept."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from escp_analysis.kernels.reads import read_record
from escp_analysis.kernels.warm import WarmServer
from escp_analysis.loaders.project import RoundPaths
from escp_analysis.report import outputs
from escp_analysis.report.cache import Cache, Entry, code_of, common_parts
from escp_analysis.report.execute import CellRun, ChapterJob, ChapterRun, Limits
from escp_analysis.report.inputs import Inputs
from escp_analysis.report.journal import Journal
from escp_analysis.report.last import Request
from escp_analysis.report.plan import Plan, make_plan
from escp_analysis.report.progress import Event, Progress
from escp_analysis.report.publish import publish
from escp_analysis.report.reads import undeclared
from escp_analysis.report.restore import restored
from escp_analysis.report.result import BuildResult
from escp_analysis.report.run import Options
from escp_analysis.report.workers import run_chapters


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
    noted: list[str] = []
    with Journal(paths.cache / "journal.jsonl", progress) as tell:
        with ExitStack() as stack:
            server = WarmServer(fork=options.kernel == "forked")
            early = options.force or _surely_stale(request, paths, inputs, cache)
            if early:  # it imports what chapters use while the plan is made here
                stack.enter_context(server)
            plan = make_plan(request, paths, inputs, cache, force=options.force)
            if plan.stale and not early:
                stack.enter_context(server)
            runs = _run(plan, server, options, cache, noted, tell)
        return publish(plan, runs, _notes(runs, options), noted, started, tell)


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


def _run(
    plan: Plan,
    server: WarmServer,
    options: Options,
    cache: Cache,
    noted: list[str],
    tell: Progress,
) -> list[ChapterRun]:
    """Return the records of the chapters asked for, in order: those kept, and those run now.

    What is worth knowing of a chapter that cannot be kept is added to ``noted``.
    """
    jobs = [_job(plan, chapter.name, options) for chapter in plan.stale]
    text = f"{len(jobs)} of {len(plan.chosen)} chapters to run"
    tell(Event("run", plan.request.round_id, text=text))
    for name in plan.entries:
        tell(Event("chapter", name, "kept"))
    workers = options.jobs or (os.cpu_count() or 1) + 1
    run = run_chapters(jobs, server, workers, tell, lambda it: noted.extend(_keep(it, plan, cache)))
    by_name = {it.name: it for it in run}
    return [by_name.get(chapter.name) or _kept(plan, chapter.name) for chapter in plan.chosen]


def _notes(runs: Sequence[ChapterRun], options: Options) -> list[str]:
    """Return why kernels were not forked, where that was asked for."""
    reasons = dict.fromkeys(run.why_fresh for run in runs if run.why_fresh)
    if options.kernel == "fresh":
        return []
    return [f"kernels were started anew: {reason}" for reason in reasons]


def _job(plan: Plan, name: str, options: Options) -> ChapterJob:
    chapter = next(it for it in plan.chapters if it.name == name)
    return ChapterJob(
        name,
        chapter.notebook,
        plan.parameters[name],
        chapter.path.parent,
        plan.paths.project,
        _record(plan, name),
        Limits(options.cell_limit, options.chapter_limit),
    )


def _record(plan: Plan, name: str) -> Path:
    """Return the file in which a chapter's kernel notes what it reads, not there yet."""
    folder = plan.paths.cache / "reads"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.jsonl"
    path.unlink(missing_ok=True)
    return path


def _keep(run: ChapterRun, plan: Plan, cache: Cache) -> Iterator[str]:
    """Keep a chapter that ended well; one that read what is none of the round's is told."""
    if run.status != "done":
        return
    reads = read_record(plan.paths.cache / "reads" / f"{run.name}.jsonl")
    foreign = undeclared(reads, plan.paths, plan.inputs)
    if foreign:
        named = ", ".join(foreign[:3]) + (f" and {len(foreign) - 3} more" if foreign[3:] else "")
        yield (
            f"{run.name} reads {named}: no file of the round, so the chapter is run each time; "
            f"put it into data/rounds/{plan.request.round_id}/"
        )
    kept = {"seconds": run.seconds, "cells": [asdict(cell) for cell in run.cells]}
    notebook = {} if foreign else dict(run.notebook)
    parts = plan.keys[run.name].parts
    cache.write(run.name, Entry(parts, notebook, kept, plan.inputs.words, foreign))


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
