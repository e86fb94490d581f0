"""Whether the words of a report hold: the commentary of the round and the chapters' Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from escp_analysis.commentary import Language, Source, review, review_places, review_texts
from escp_analysis.errors import Fault
from escp_analysis.loaders import Survey
from escp_analysis.report.chapters import ChapterFile

_SHOWN = re.compile(r"show_commentary\(\s*survey,\s*[\"']([^\"']+)[\"']")


def wording_faults(
    survey: Survey, values: pd.DataFrame, chapters: Sequence[ChapterFile]
) -> tuple[Fault, ...]:
    """Return every number typed, word unbound and call unanswered, and files shown nowhere.

    ``values`` are the round's, as ``metrics.result_values`` returns them.
    """
    project = chapters[0].path.parents[1] if chapters else None
    language = Language(survey, values, project)
    cells = [
        (f"{chapter.name}.ipynb, cell {number}", cell)
        for chapter in chapters
        for number, cell in enumerate(chapter.notebook.cells, start=1)
    ]
    texts = [Source(where, cell.source) for where, cell in cells if cell.cell_type == "markdown"]
    code = [cell.source for _, cell in cells if cell.cell_type == "code"]
    shown = [section for source in code for section in _SHOWN.findall(source)]
    return (
        *review(survey, language=language),
        *review_texts(texts, language),
        *review_places(survey, shown),
    )
