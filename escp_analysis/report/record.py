"""The run record: what was run, on what, with what, and what became of it."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from escp_analysis.loaders import RoundPaths
from escp_analysis.report.execute import ChapterRun

_PACKAGES = (
    "escp-analysis",
    "ipykernel",
    "matplotlib",
    "nbconvert",
    "numpy",
    "pandas",
    "papermill",
    "seaborn",
    "typst",
)


def input_files(paths: RoundPaths, questionnaire: str, chapters: Iterable[Path]) -> list[Path]:
    """Return every file a report is made from, sorted by its path."""
    folders = (paths.data, paths.parameters, paths.registry)
    found = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    found |= {paths.questionnaire(questionnaire), *chapters}
    found |= set((paths.project / "parameters").glob("*.yaml"))
    return sorted(found)


def run_record(
    *,
    round_id: str,
    command: str,
    started: datetime,
    parameters: Mapping[str, Mapping[str, Any]],
    inputs: Mapping[str, str],
    chapters: Sequence[ChapterRun],
    not_started: Sequence[str],
    outcome: str,
) -> dict[str, Any]:
    """Return the content of ``run.json``; ``inputs`` leads from a file to its SHA-256.

    ``not_started`` names the chapters that were left out of this run.
    """
    return {
        "round": round_id,
        "outcome": outcome,
        "command": command,
        "started": started.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - started).total_seconds(), 3),
        "chapters": [_chapter(run, parameters.get(run.name, {})) for run in chapters]
        + [{"name": name, "status": "not started"} for name in not_started],
        "versions": {"python": platform.python_version(), **versions()},
        "system": platform.platform(),
        "inputs": dict(inputs),
    }


def versions() -> dict[str, str]:
    """Return the versions of the packages that a report's bytes depend on."""
    return {name: version(name) for name in _PACKAGES}


def hashes(files: Iterable[Path], project: Path) -> dict[str, str]:
    """Return the SHA-256 of each file under its path within the project."""
    return {
        path.relative_to(project).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def _chapter(run: ChapterRun, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": run.name,
        "status": run.status,
        "seconds": run.seconds,
        "error": run.error,
        "parameters": dict(parameters),
        "cells": [asdict(cell) for cell in run.cells],
    }
