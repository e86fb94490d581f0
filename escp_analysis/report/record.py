"""The run record: what was run, on what, with what, and what became of it."""

from __future__ import annotations

import platform
import subprocess
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from escp_analysis.report.execute import ChapterRun
from escp_analysis.report.inputs import PACKAGE
from escp_analysis.report.plan import Plan
from escp_analysis.report.result import BuildResult


def run_record(plan: Plan, result: BuildResult, started: datetime) -> dict[str, Any]:
    """Return the content of ``run.json``.

    Per chapter and cell its status (``not started``, ``done``, ``failed``, ``timed out``,
    ``kernel lost``, ``skipped``), seconds and error; inputs with their SHA-256; versions; commit;
    command. Chapters that were not asked for are ``skipped``.
    """
    chosen = {run.name for run in result.chapters}
    left_out = [it.name for it in plan.chapters if it.name not in chosen]
    return {
        "round": result.round_id,
        "outcome": "complete" if result.complete else "incomplete",
        "command": plan.request.command,
        "started": started.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - started).total_seconds(), 3),
        "chapters": [_chapter(run, plan) for run in result.chapters]
        + [{"name": name, "status": "skipped"} for name in left_out],
        "gates": [str(gate) for gate in result.gates],
        "problems": list(result.problems),
        "notes": list(result.notes),
        "inputs": plan.inputs.files,
        "code": {**plan.inputs.package, **plan.inputs.stitching},
        "versions": dict(plan.inputs.versions),
        "commit": commit(PACKAGE.parent),
        "system": platform.platform(),
    }


def commit(folder: Path) -> str:
    """Return the commit a folder is at, ``+`` where files differ from it; blank without git."""
    told = [_git(folder, *words) for words in (("rev-parse", "HEAD"), ("status", "--porcelain"))]
    if told[0] is None:
        return ""
    return told[0].strip() + ("+" if told[1] else "")


def _git(folder: Path, *words: str) -> str | None:
    """Return what git says; ``None`` where there is no git, or no commit."""
    try:
        command = ["git", "-C", str(folder), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _chapter(run: ChapterRun, plan: Plan) -> dict[str, Any]:
    return {
        "name": run.name,
        "status": run.status,
        "kernel": run.kernel,
        "seconds": run.seconds,
        "error": run.error,
        "failure": asdict(run.failure) if run.failure else None,
        "parameters": {name: str(it) for name, it in plan.parameters[run.name].items()},
        "cells": [asdict(cell) for cell in run.cells],
    }
