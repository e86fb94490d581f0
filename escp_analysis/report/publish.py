"""Executed chapters become the report and everything beside it, put in place as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from nbformat import NotebookNode

from escp_analysis.errors import BuildError
from escp_analysis.report import outputs
from escp_analysis.report.about import about_round
from escp_analysis.report.execute import ChapterRun
from escp_analysis.report.inputs import hashes
from escp_analysis.report.kept import Kept
from escp_analysis.report.last import FORMATS, LAST, reports, write_last
from escp_analysis.report.plan import Plan
from escp_analysis.report.progress import Event, Progress
from escp_analysis.report.record import run_record
from escp_analysis.report.result import BuildResult
from escp_analysis.report.stitch import Document, document_of, label_alone, stitch
from escp_analysis.report.told import count_findings
from escp_analysis.report.typeset import Sheet, code_of, set_sheet, sheet_of
from escp_analysis.report.wording import SOUND

_KEPT_KINDS = ("counted", "font", "pdf", "picture", "forms", "said", SOUND)


def publish(
    plan: Plan,
    runs: Sequence[ChapterRun],
    notes: Sequence[str],
    unkept: Sequence[str],
    started: datetime,
    tell: Progress,
) -> BuildResult:
    """Stitch, render and write what was run; the folder appears as a whole or not at all.

    ``notes`` are worth knowing of the run; ``unkept`` tell of chapters that are run each time.
    Raises ``RoundError`` where the chapters' outputs have faults, ``BuildError`` where the disk
    refuses.
    """
    executed = {run.name: run.notebook for run in runs}
    whole = stitch(
        {chapter.name: executed.get(chapter.name, chapter.notebook) for chapter in plan.chapters},
        about_round(plan.counted.survey.round),
    )
    document = document_of(whole, names=list(executed) if plan.partial else None)
    tell(Event("stitched", text="the chapters are stitched"))
    with outputs.built_aside(plan.folder) as aside:
        made, problems, found = _filled(aside, plan, whole, document, executed)
        result = BuildResult(
            plan.request.round_id,
            plan.folder,
            (),
            tuple(runs),
            tuple(count_findings(found)),
            document.gates,
            tuple(problems),
            (*notes, *unkept),
        )
        name = outputs.REPORT if result.complete else outputs.INCOMPLETE
        for ending, content in made.items():
            (aside / f"{name}.{ending}").write_bytes(content)
        if not result.complete:
            outputs.keep_last_good(plan.folder, aside, FORMATS)
        record = run_record(plan, result, started)
        outputs.write_json(aside / "run.json", record)
        left = hashes((path for path in aside.rglob("*") if path.is_file()), aside)
    if not plan.partial:
        _remember(plan, result.complete and not unkept, left, record["started"])
    paths = reports(plan.folder, list(made), name)
    ended = replace(result, paths=paths, seconds=record["seconds"])
    for note in ended.notes:
        tell(Event("note", text=note))
    tell(ended.end())
    return ended


def _filled(
    aside: Path,
    plan: Plan,
    whole: NotebookNode,
    document: Document,
    executed: Mapping[str, NotebookNode],
) -> tuple[dict[str, bytes], list[str], pd.DataFrame]:
    """Write what stands beside a report; return it by format, what was not made, the findings.

    Typst leaves Python free while it sets pages and draws pictures: all is made side by side.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        sheet = sheet_of(document, plan.kept) if plan.has("pdf") else None
        setting = pool.submit(_pdf, sheet, plan) if sheet else None
        drawing = pool.submit(outputs.draw_pictures, document, plan.kept)
        page = _page(whole, document, plan.kept) if plan.has("html") else None
        found = _findings(plan, sheet.spelled if sheet else ())
        _write(plan, aside, document, executed, found, drawing.result())
        pdf = setting.result() if setting else None
    problems = [f"pdf: {pdf}"] if isinstance(pdf, BuildError) else []
    formats = {"html": page, "pdf": pdf}
    asked = {ending: formats[ending] for ending in plan.request.formats}
    return {it: made for it, made in asked.items() if isinstance(made, bytes)}, problems, found


def _remember(plan: Plan, lasting: bool, left: Mapping[str, str], started: str) -> None:
    """Let the next run know what a build left that need not be made again while inputs stay."""
    path = plan.paths.cache / LAST
    if lasting:
        write_last(path, plan.request, plan.inputs, left, started)
        plan.kept.forget_unused(_KEPT_KINDS)
    else:
        path.unlink(missing_ok=True)


def _findings(plan: Plan, signs: Sequence[str]) -> pd.DataFrame:
    """Return the findings about the data, what the PDF cannot print, what must not be published."""
    found = plan.counted.survey.findings
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


def _pdf(sheet: Sheet, plan: Plan) -> bytes | BuildError:
    """Return the PDF, or what kept it from being made."""
    try:
        return set_sheet(sheet, plan.kept)
    except BuildError as error:
        return error


def _page(whole: NotebookNode, document: Document, kept: Kept) -> bytes:
    from escp_analysis.report.html import (  # noqa: PLC0415 (imported while Typst works)
        DOCUMENT,
        KEPT,
        EscpHTMLExporter,
    )

    exporter: Any = EscpHTMLExporter
    page, _ = exporter().from_notebook_node(whole, {DOCUMENT: document, KEPT: kept})
    return str(page).encode()


def _write(
    plan: Plan,
    aside: Path,
    document: Document,
    executed: Mapping[str, NotebookNode],
    findings: pd.DataFrame,
    pictures: Mapping[str, bytes],
) -> None:
    chapters = {name: label_alone(notebook, name, document) for name, notebook in executed.items()}
    outputs.write_chapters(aside, chapters)
    outputs.write_figures(aside, document, pictures)
    outputs.write_tables(aside, plan.counted.tables)
    outputs.write_values(aside, plan.counted.values)
    outputs.write_findings(aside, findings, document.gates)
    outputs.write_queries(aside, plan.counted.queries)
