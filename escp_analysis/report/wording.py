"""Whether the words of a report hold: the commentary of the round and the chapters' Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from escp_analysis.commentary import Language, Source, review, review_places, review_texts
from escp_analysis.errors import Fault
from escp_analysis.loaders import Survey
from escp_analysis.report.chapters import ChapterFile
from escp_analysis.report.kept import Kept, digest

SOUND = "sound"
"""What such texts are kept as."""

_SHOWN = re.compile(r"show_commentary\(\s*survey,\s*[\"']([^\"']+)[\"']")


def wording_faults(
    survey: Survey,
    values: pd.DataFrame,
    chapters: Sequence[ChapterFile],
    known: Sound | None = None,
) -> tuple[Fault, ...]:
    """Return every number typed, word unbound and call unanswered, and files shown nowhere.

    ``values`` are the round's, as ``metrics.result_values`` returns them. Texts that are
    ``known`` to be sound are not judged again.
    """
    known = known or Sound(Kept())
    language = Language(survey, values, chapters[0].path.parents[1] if chapters else None)
    cells = [
        (f"{chapter.name}.ipynb, cell {number}", cell)
        for chapter in chapters
        for number, cell in enumerate(chapter.notebook.cells, start=1)
    ]
    texts = [Source(where, cell.source) for where, cell in cells if cell.cell_type == "markdown"]
    code = [cell.source for _, cell in cells if cell.cell_type == "code"]
    shown = [section for source in code for section in _SHOWN.findall(source)]
    written = survey.commentary
    new = [not known.holds("commentary", text) for text in written["markdown"]]
    judged = replace(survey, commentary=written.loc[new].reset_index(drop=True))
    faults = (
        *review(judged, language=language),
        *review_texts([it for it in texts if not known.holds("cell", it.text)], language),
        *review_places(survey, shown),
    )
    if not faults:
        known.keep()
    return faults


class Sound:
    """The texts that were found without fault next to the same data, by their hashes."""

    def __init__(self, kept: Kept, data: bytes = b"") -> None:
        self._kept, self._data = kept, data
        self._known = set(json.loads(kept.find(SOUND, data) or b"[]"))
        self._seen: set[str] = set()

    def holds(self, kind: str, text: str) -> bool:
        """Return whether a text is known to be sound; if not, it is once no fault is found."""
        name = digest(kind.encode(), text.encode())
        self._seen.add(name)
        return name in self._known

    def keep(self) -> None:
        """Keep what was asked about as sound."""
        if self._seen != self._known:
            self._kept.keep(json.dumps(sorted(self._seen)).encode(), SOUND, self._data)
