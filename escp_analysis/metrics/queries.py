"""Questions to send back to the partnerships: what only they can answer about their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

COLUMNS = ("partnership", "question", "section", "asked", "row")


def queries(survey: Survey) -> pd.DataFrame:
    """Return the questions that the findings make to the partnerships, one row per question.

    Columns: partnership, question (its id, missing where it is about the whole response),
    section (its letter, likewise), asked (a sentence in the words of the form, nothing typed by
    anybody in it), row (of the file of responses). Sorted by partnership, then section; findings
    that only the analyst can mend are not asked about. Empty unless the answers were collected:
    nobody can be asked about answers that nobody gave. Source: the findings of the round.
    """
    asked = survey.findings.loc[survey.findings["ask"].notna()]
    asked = asked.loc[asked["partnership"].notna()]
    if survey.round.provenance != "collected":
        asked = asked.iloc[:0]
    questions = survey.questionnaire.questions()
    sections = {question.id: survey.questionnaire.section_of(question.id) for question in questions}
    places = {question.id: place for place, question in enumerate(questions)}
    table = asked.assign(
        asked=asked["ask"],
        section=asked["question"].map(sections).astype("str"),
        name=asked["partnership"].str.casefold(),
        place=asked["question"].map(places).fillna(-1),
    )
    ranked = table.sort_values(["name", "partnership", "place"], kind="stable")
    return ranked[list(COLUMNS)].reset_index(drop=True)
