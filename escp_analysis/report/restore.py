"""A chapter that need not run: the outputs of its last run in the file as it stands now."""

from __future__ import annotations

import json

import nbformat
from nbformat import NotebookNode

from escp_analysis.commentary import show_commentary
from escp_analysis.exhibits import MIME
from escp_analysis.report.cache import Entry
from escp_analysis.report.normalise import INJECTED, normalised, without_outputs
from escp_analysis.report.parameters_cell import PARAMETERS
from escp_analysis.report.plan import Plan, data_of

SECTION = "commentary"
"""The key under which shown commentary names its section."""


def restored(notebook: NotebookNode, entry: Entry, plan: Plan) -> NotebookNode:
    """Return a chapter as running it would: its cells of today, the outputs kept of them.

    Code cells are the same, in the same order, as the key of the entry says; Markdown, comments
    and tags are those of the file. Commentary is said anew where it has changed since.
    """
    executed = nbformat.from_dict(dict(entry.notebook))
    ran = [cell for cell in executed.cells if _is_code(cell)]
    injected = next((cell for cell in ran if _has_tag(cell, INJECTED)), None)
    shown = iter([cell for cell in ran if cell is not injected])
    whole = without_outputs(notebook)
    cells = []
    for cell in whole.cells:
        if _is_code(cell):
            before = next(shown)
            cell.update(outputs=before.outputs, execution_count=before.execution_count)
        cells.append(cell)
        if injected is not None and _has_tag(cell, PARAMETERS):
            cells.append(injected)
    whole.cells = cells
    if entry.words != plan.inputs.words:
        _say_anew(whole, plan)
    return normalised(whole, plan.paths.project)


def _say_anew(notebook: NotebookNode, plan: Plan) -> None:
    """Put today's commentary in place of what the outputs say."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            section = output.get("data", {}).get(MIME, {}).get(SECTION)
            if section is not None:
                output.data = _bundle(plan, str(section))


def _bundle(plan: Plan, section: str) -> NotebookNode:
    """Return what showing a section in a kernel would have sent."""
    survey = plan.counted.survey
    words = survey.commentary.loc[survey.commentary["section"] == section]

    def said() -> bytes:
        shown = show_commentary(survey, section, plan.counted.values)
        return json.dumps(shown._repr_mimebundle_()).encode()

    made_from = data_of(plan.inputs), section.encode(), words.to_json().encode()
    bundle: NotebookNode = nbformat.from_dict(json.loads(plan.kept.made(said, "said", *made_from)))
    return bundle


def _is_code(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip())


def _has_tag(cell: NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get("tags", ())
