"""What is wrong with a round's input, found without a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from escp_analysis.errors import Fault, RoundError, attempt, tell_faults
from escp_analysis.loaders import RoundPaths, Survey, find_project
from escp_analysis.loaders.survey import typed
from escp_analysis.report.chapters import ChapterFile, read_chapters
from escp_analysis.report.collect import Draft, Gate, collect
from escp_analysis.report.counting import count
from escp_analysis.report.number import number
from escp_analysis.report.told import count_findings, numbered, tell_findings
from escp_analysis.report.wording import wording_faults


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


def _counted(
    round_id: str, project: Path, faults: list[Fault]
) -> tuple[tuple[Survey, pd.DataFrame] | None, pd.DataFrame]:
    """Return a round and its values, where it can be counted, and its findings in any case."""
    try:
        counted = count(round_id, project)
    except RoundError as error:
        faults.extend(error.faults)
        return None, typed("findings", error.findings)
    return (counted.survey, counted.values), counted.survey.findings


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
