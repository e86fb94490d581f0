"""One command from a round to its report, and the check that needs no kernel."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from nbformat import NotebookNode

from escp_analysis import metrics
from escp_analysis.errors import BuildError, Fault, RoundError, UsageError
from escp_analysis.loaders import RoundPaths, Survey, find_project
from escp_analysis.loaders.wording import advice
from escp_analysis.report import outputs
from escp_analysis.report.about import about_round
from escp_analysis.report.chapters import (
    ChapterFile,
    read_chapters,
    select,
    settle_parameters,
)
from escp_analysis.report.check import CheckResult, attempt, check_report, count
from escp_analysis.report.collect import Gate
from escp_analysis.report.execute import ChapterJob, ChapterRun
from escp_analysis.report.html import DOCUMENT, EscpHTMLExporter
from escp_analysis.report.pdf import EscpPDFExporter, code_of, spelled_signs
from escp_analysis.report.record import hashes, input_files, run_record
from escp_analysis.report.stitch import Document, document_of, label_alone, stitch
from escp_analysis.report.told import count_findings
from escp_analysis.report.wording import wording_faults
from escp_analysis.report.workers import Progress, run_chapters

__all__ = ["BuildResult", "CheckResult", "build", "check"]

FORMATS = ("html", "pdf")
_PARTIAL = "partial"


@dataclass(frozen=True)
class BuildResult:
    """What a build left: where, what failed, what must not be published as it is.

    ``failed`` holds the records of the chapters that failed, ``gates`` what has no form in a
    report, ``problems`` the formats that could not be written.
    """

    round_id: str
    folder: Path
    paths: tuple[Path, ...]
    chapters: tuple[ChapterRun, ...]
    findings: pd.DataFrame
    gates: tuple[Gate, ...]
    problems: tuple[str, ...]
    seconds: float

    @property
    def failed(self) -> tuple[ChapterRun, ...]:
        """Return the records of the chapters that failed."""
        return tuple(run for run in self.chapters if run.status != "done")

    @property
    def complete(self) -> bool:
        """Return whether the report may be published."""
        return not (self.failed or self.gates or self.problems)

    @property
    def exit_code(self) -> int:
        """Return 0 where the report is complete, else 1."""
        return 0 if self.complete else BuildError.exit_code

    def summary(self) -> str:
        """Return what was built and where, and each thing that failed, for a terminal."""
        done = len(self.chapters) - len(self.failed)
        state = "built" if self.complete else "INCOMPLETE"
        lines = [
            f"Round {self.round_id}: {state}, {done} of {len(self.chapters)} chapters, "
            f"{self.seconds:.1f} s"
        ]
        for run in self.failed:
            lines.append(f"  failed: {_where(run)}: {run.error}")
            lines.append(f"          as far as it ran: {self._shown(_executed(self.folder, run))}")
        lines += [f"  stop:   {gate}" for gate in self.gates]
        lines += [f"  failed: {problem}" for problem in self.problems]
        if len(self.findings):
            told = ", ".join(count_findings(self.findings))
            lines.append(f"  findings about the data: {told} (findings.csv, queries.csv)")
        if not self.complete:
            lines.append("  the last good report is untouched")
        return "\n".join([*lines, *(self._shown(path) for path in self.paths)])

    def _shown(self, path: Path) -> str:
        """Return a path from the project's folder on."""
        parts = path.parts
        return str(Path(*parts[parts.index("output") :])) if "output" in parts else str(path)


@dataclass(frozen=True)
class _Plan:
    """What is to be built: checked input, nothing started."""

    paths: RoundPaths
    survey: Survey
    tables: Mapping[str, pd.DataFrame]
    values: pd.DataFrame
    chapters: tuple[ChapterFile, ...]
    chosen: tuple[ChapterFile, ...]
    parameters: Mapping[str, Mapping[str, Any]]
    formats: tuple[str, ...]
    inputs: Mapping[str, str]
    command: str

    @property
    def partial(self) -> bool:
        return len(self.chosen) < len(self.chapters)

    @property
    def folder(self) -> Path:
        return self.paths.output / _PARTIAL if self.partial else self.paths.output


def build(
    round_id: str,
    *,
    project: Path | None = None,
    only: Sequence[str] = (),
    formats: Sequence[str] = FORMATS,
    jobs: int | None = None,
    parameters: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> BuildResult:
    """Build the report of a round and everything else in ``output/<round>/``.

    ``only`` names chapters to build alone, into ``output/<round>/partial/``, with the numbers
    they have in the whole report. ``jobs``: how many chapters run side by side (as many as there
    are processors).
    ``parameters``: values for the chapters' parameters cells. ``progress`` is told a line per
    step.

    A chapter that fails does not stop the others: the report is then ``report.incomplete.html``
    and ``.pdf``, and the last good report stays. Raises ``UsageError`` for an unknown format,
    chapter or parameter and ``RoundError`` for faults in the input, both before a kernel starts;
    ``RoundError`` also where the chapters' outputs refer to unknown names, ``BuildError`` where
    the disk refuses. In each case the output folder stays as it was.
    """
    started = datetime.now(UTC)
    tell = progress or (lambda line: None)
    plan = _plan(round_id, project, only, formats, parameters or {})
    runs = run_chapters(_jobs(plan), jobs or os.cpu_count() or 1, tell)
    return _publish(plan, runs, started, tell)


def check(round_id: str, project: Path | None = None) -> CheckResult:
    """Return everything that is wrong with a round's input, as far as no kernel is needed.

    Raises nothing for faults of the input: they are in the result.
    """
    return check_report(round_id, project)


def _plan(
    round_id: str,
    project: Path | None,
    only: Sequence[str],
    formats: Sequence[str],
    parameters: Mapping[str, str],
) -> _Plan:
    _check_formats(formats)
    paths = RoundPaths(project or find_project(), round_id)
    faults: list[Fault] = []
    chapters = attempt(lambda: read_chapters(paths.project / "notebooks"), faults) or ()
    chosen = select(chapters, only) if chapters else ()
    settled = settle_parameters(chosen, parameters, round_id) if chapters else {}
    counted = attempt(lambda: count(round_id, paths.project), faults)
    if faults or counted is None:
        raise RoundError(faults)
    survey, tables, values = counted
    faults.extend(wording_faults(survey, values, chapters))
    if faults:
        raise RoundError(faults)
    files = input_files(paths, survey.round.questionnaire, [chapter.path for chapter in chapters])
    return _Plan(
        paths,
        survey,
        tables,
        values,
        chapters,
        chosen,
        settled,
        tuple(formats),
        hashes(files, paths.project),
        _command(round_id, only, formats, parameters),
    )


def _check_formats(formats: Sequence[str]) -> None:
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        name = unknown[0] if unknown else ""
        near = advice(name, FORMATS, f"there are {', '.join(FORMATS)}")
        raise UsageError(f"unknown format {name!r}; {near}")


def _jobs(plan: _Plan) -> list[ChapterJob]:
    return [
        ChapterJob(
            chapter.name,
            chapter.notebook,
            plan.parameters[chapter.name],
            chapter.path.parent,
            plan.paths.project,
        )
        for chapter in plan.chosen
    ]


def _publish(
    plan: _Plan, runs: Sequence[ChapterRun], started: datetime, tell: Progress
) -> BuildResult:
    """Stitch, render and write what was run; the folder appears as a whole or not at all."""
    executed = {run.name: run.notebook for run in runs}
    whole = stitch(
        {chapter.name: executed.get(chapter.name, chapter.notebook) for chapter in plan.chapters},
        about_round(plan.survey.round),
    )
    document = document_of(whole, names=list(executed) if plan.partial else None)
    tell("the chapters are stitched")
    rendered, problems = _rendered(plan.formats, whole, document)
    result = BuildResult(
        plan.paths.round_id,
        plan.folder,
        (),
        tuple(runs),
        _findings(plan, document),
        document.gates,
        tuple(problems),
        0.0,
    )
    name = outputs.REPORT if result.complete else outputs.INCOMPLETE
    with outputs.built_aside(plan.folder) as aside:
        _write(plan, aside, document, executed, result)
        for ending, content in rendered.items():
            (aside / f"{name}.{ending}").write_bytes(content)
        if not result.complete:
            outputs.keep_last_good(plan.folder, aside, FORMATS)
        record = _record(plan, result, started)
        outputs.write_json(aside / "run.json", record)
    paths = tuple(plan.folder / f"{name}.{ending}" for ending in rendered)
    return replace(result, paths=paths, seconds=record["seconds"])


def _findings(plan: _Plan, document: Document) -> pd.DataFrame:
    """Return the findings about the data, and what the PDF cannot print as it was written."""
    found = plan.survey.findings
    signs = spelled_signs(document) if "pdf" in plan.formats else ()
    if not signs:
        return found
    told = {
        "severity": "note",
        "code": "printed-as-code",
        "file": "report.pdf",
        "what": f"the report's fonts lack {' '.join(f'{it} {code_of(it)}' for it in signs)}; the "
        "PDF prints the code instead",
        "do": "read these words in report.html",
    }
    row = pd.DataFrame([told], columns=list(found.columns)).astype(found.dtypes.to_dict())
    return pd.concat([found, row], ignore_index=True)


def _record(plan: _Plan, result: BuildResult, started: datetime) -> dict[str, Any]:
    chosen = {chapter.name for chapter in plan.chosen}
    return run_record(
        round_id=result.round_id,
        command=plan.command,
        started=started,
        parameters=plan.parameters,
        inputs=plan.inputs,
        chapters=result.chapters,
        not_started=[chapter.name for chapter in plan.chapters if chapter.name not in chosen],
        outcome="complete" if result.complete else "incomplete",
    )


def _rendered(
    formats: Sequence[str], whole: NotebookNode, document: Document
) -> tuple[dict[str, bytes], list[str]]:
    """Return the report in each format, and what kept a format from being made."""
    exporters: dict[str, Callable[[], Any]] = {"html": EscpHTMLExporter, "pdf": EscpPDFExporter}
    rendered: dict[str, bytes] = {}
    problems: list[str] = []
    for ending in formats:
        resources = {DOCUMENT: document}
        try:
            content, _ = exporters[ending]().from_notebook_node(whole, resources)
        except BuildError as error:
            problems.append(f"{ending}: {error}")
            continue
        rendered[ending] = content.encode() if isinstance(content, str) else content
    return rendered, problems


def _write(
    plan: _Plan,
    aside: Path,
    document: Document,
    executed: Mapping[str, NotebookNode],
    result: BuildResult,
) -> None:
    chapters = {name: label_alone(notebook, name, document) for name, notebook in executed.items()}
    outputs.write_chapters(aside, chapters)
    outputs.write_figures(aside, document)
    outputs.write_tables(aside, plan.tables)
    outputs.write_values(aside, plan.values)
    outputs.write_findings(aside, result.findings, result.gates)
    outputs.write_queries(aside, metrics.queries(plan.survey))


def _command(
    round_id: str, only: Sequence[str], formats: Sequence[str], parameters: Mapping[str, str]
) -> str:
    """Return the command line that does the same."""
    words = ["escp", "run", round_id]
    words += [word for name in only for word in ("--only", name)]
    words += ["--format", ",".join(formats)] if tuple(formats) != FORMATS else []
    words += [word for pair in parameters.items() for word in ("--parameter", *pair)]
    return shlex.join(words)


def _where(run: ChapterRun) -> str:
    """Return where a chapter failed, as a person looks for it."""
    cell = next((cell.cell for cell in run.cells if cell.error), None)
    return f"{run.name}.ipynb, cell {cell}" if cell else f"{run.name}.ipynb"


def _executed(folder: Path, run: ChapterRun) -> Path:
    return folder / "chapters" / f"{run.name}.ipynb"
