"""What is wrong with a round's input, found without a kernel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from escp_analysis import metrics
from escp_analysis.errors import Fault, RoundError, tell_faults
from escp_analysis.loaders import RoundPaths, Survey, find_project, load_round
from escp_analysis.loaders.survey import typed
from escp_analysis.report.chapters import ChapterFile, read_chapters
from escp_analysis.report.collect import Draft, Gate, collect
from escp_analysis.report.number import number
from escp_analysis.report.told import count_findings, numbered, tell_findings
from escp_analysis.report.wording import wording_faults

_T = TypeVar("_T")


@dataclass(frozen=True)
class CheckResult:
    """What a check found: faults that stop a build, gates that make it incomplete, findings."""

    round_id: str
    faults: tuple[Fault, ...]
    gates: tuple[Gate, ...]
    findings: pd.DataFrame

    @property
    def exit_code(self) -> int:
        """Return 3 for a fault in the input, 1 for what must not be published, else 0."""
        if self.faults:
            return RoundError.exit_code
        return 1 if self.gates else 0

    def summary(self) -> str:
        """Return what stops a build, then doubts and notes, each with its place and remedy."""
        stops = len(self.faults) + len(self.gates)
        counted = [numbered(stops, "stop")] if stops else []
        counted += count_findings(self.findings)
        if not counted:
            return f"Round {self.round_id}: nothing wrong with the input"
        told = [f"stop: {it}" for it in (*tell_faults(self.faults), *self.gates)]
        told += tell_findings(self.findings) if len(self.findings) else []
        return "\n\n".join([f"Round {self.round_id}: {', '.join(counted)}", *told])


def check_report(round_id: str, project: Path | None = None) -> CheckResult:
    """Return what is wrong with a round's parameters, export, registry and chapters.

    Doubts and notes are there as well where something stops the build, as far as the answers
    could be read. References are followed where every chapter holds the outputs of a run.
    """
    try:
        paths = RoundPaths(project or find_project(), round_id)
    except RoundError as error:
        return CheckResult(round_id, error.faults, (), typed("findings", []))
    faults: list[Fault] = []
    counted, findings = _counted(round_id, paths.project, faults)
    chapters = attempt(lambda: read_chapters(paths.project / "notebooks"), faults)
    gates = attempt(lambda: _stored_gates(chapters or ()), faults)
    if counted is not None:
        faults.extend(wording_faults(*counted, chapters or ()))
    return CheckResult(round_id, tuple(faults), gates or (), findings)


def count(round_id: str, project: Path) -> tuple[Survey, Mapping[str, pd.DataFrame], pd.DataFrame]:
    """Return a round's Survey, its result tables and its named values.

    Raises ``RoundError`` for faults of the files and for answers that cannot be counted, with
    the findings met so far.
    """
    survey = load_round(round_id, project)
    faults: list[Fault] = []
    tables = attempt(lambda: metrics.result_tables(survey), faults)
    values = attempt(lambda: metrics.result_values(survey), faults)
    if tables is None or values is None:
        raise RoundError(dict.fromkeys(faults), _rows(survey.findings))
    return survey, tables, values


def attempt(read: Callable[[], _T], faults: list[Fault]) -> _T | None:
    """Return what ``read`` returns, or take its faults, so that all are told at once."""
    try:
        return read()
    except RoundError as error:
        faults.extend(error.faults)
        return None


def _counted(
    round_id: str, project: Path, faults: list[Fault]
) -> tuple[tuple[Survey, pd.DataFrame] | None, pd.DataFrame]:
    """Return a round and its values, where it can be counted, and its findings in any case."""
    try:
        survey, _, values = count(round_id, project)
    except RoundError as error:
        faults.extend(error.faults)
        return None, typed("findings", error.findings)
    return (survey, values), survey.findings


def _rows(findings: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): cell for name, cell in row.items()} for row in findings.to_dict("records")]


def _stored_gates(chapters: Sequence[ChapterFile]) -> tuple[Gate, ...]:
    """Return what in the stored outputs must not be published; raises with their faults."""
    if not chapters or not all(_was_run(chapter) for chapter in chapters):
        return ()
    drafts: list[Draft] = [collect(chapter.name, chapter.notebook.cells) for chapter in chapters]
    number(drafts)
    return tuple(gate for draft in drafts for gate in draft.gates)


def _was_run(chapter: ChapterFile) -> bool:
    return all(
        cell.execution_count is not None
        for cell in chapter.notebook.cells
        if cell.cell_type == "code" and cell.source.strip()
    )
