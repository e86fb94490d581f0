"""Questions back to a partnership, in the words of the form it filled in.

No sentence repeats what somebody typed; options and questions are quoted from the questionnaire.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from escp_analysis.loaders.binding import Bound
from escp_analysis.loaders.question import OTHER, OTHER_LABEL, Question, Questionnaire

_SENTENCE = re.compile(r"(?<=[.?!:])\s|\n")
_NAMED = 8


@dataclass(frozen=True)
class Asking:
    """How one version of the questionnaire names its questions and options."""

    questionnaire: Questionnaire

    def ask(self, bound: Bound, sentence: str) -> str:
        """Return a sentence behind the place of its question: section, copy, first words."""
        question = self.questionnaire.question(bound.question)
        copy = question.numbered(bound.case) if question.fields else question
        parts = [f"Section {bound.section}", copy.wording if question.fields else ""]
        if question.rows:
            parts.append(question.rows[bound.case - 1].label)
        quoted = _first_sentence(self.asked(bound).wording)
        return f"{', '.join(part for part in parts if part)}, “{quoted}”: {sentence}"

    def asked(self, bound: Bound) -> Question:
        """Return the question a column answers, or the field of a numbered copy."""
        question = self.questionnaire.question(bound.question)
        if not bound.field:
            return question
        return question.numbered(bound.case).parts(bound.field)[0]

    def option(self, bound: Bound) -> str:
        """Return an option as the form words it; a partnership by its registered name."""
        if bound.part == OTHER:
            return OTHER_LABEL
        return self.asked(bound).labels.get(bound.part, bound.part)

    def options(self, bound: Sequence[Bound]) -> str:
        """Return several options, each in quotes; of many the first ones and their number."""
        named = ", ".join(f"“{self.option(it)}”" for it in bound[:_NAMED])
        left = len(bound) - _NAMED
        return f"{named} and {left} more" if left > 0 else named


def _first_sentence(wording: str) -> str:
    return _SENTENCE.split(wording.strip(), maxsplit=1)[0].rstrip(":")
