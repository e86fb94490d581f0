"""The chapters that have to be run, from their kernels to the cache that keeps them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from escp_analysis.kernels.reads import read_record
from escp_analysis.kernels.warm import WarmServer
from escp_analysis.report.cache import Cache, Entry
from escp_analysis.report.execute import ChapterJob, ChapterRun, Limits
from escp_analysis.report.plan import Plan
from escp_analysis.report.progress import Progress
from escp_analysis.report.reads import undeclared
from escp_analysis.report.run import Options
from escp_analysis.report.workers import run_chapters


def run_stale(
    plan: Plan,
    server: WarmServer,
    options: Options,
    cache: Cache,
    unkept: list[str],
    tell: Progress,
) -> list[ChapterRun]:
    """Run the chapters of which nothing that holds is kept, and keep them as they end.

    What is to be told of a chapter that cannot be kept is added to ``unkept``.
    """
    jobs = [_job(plan, chapter.name, options) for chapter in plan.stale]
    cores = os.cpu_count() or 1
    # A forked kernel costs little before it works, so that all may share the processors to the
    # end; ordinary ones would all import at once.
    workers = options.jobs or (4 * cores if options.kernel == "forked" else cores + 1)
    return run_chapters(
        jobs, server, workers, tell, lambda run: unkept.extend(_keep(run, plan, cache))
    )


def _job(plan: Plan, name: str, options: Options) -> ChapterJob:
    chapter = next(it for it in plan.chapters if it.name == name)
    record = _record(plan, name)
    record.parent.mkdir(exist_ok=True)
    record.unlink(missing_ok=True)
    return ChapterJob(
        name,
        chapter.notebook,
        plan.parameters[name],
        chapter.path.parent,
        plan.paths.project,
        record,
        Limits(options.cell_limit, options.chapter_limit),
    )


def _record(plan: Plan, name: str) -> Path:
    """Return the file in which a chapter's kernel notes what it reads."""
    return plan.paths.cache / "reads" / f"{name}.jsonl"


def _keep(run: ChapterRun, plan: Plan, cache: Cache) -> Iterator[str]:
    """Keep a chapter that ended well; one that read what is none of the round's is told."""
    if run.status != "done":
        return
    foreign = undeclared(read_record(_record(plan, run.name)), plan.paths, plan.inputs)
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
