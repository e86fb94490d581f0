"""Types of the questionnaire: sections, questions, options, as Annex A of the report has them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.wording import advice

SINGLE, YES_NO, NUMBER, TEXT = "single choice", "yes/no", "number", "text"
MULTIPLE, COMMENTED = "multiple choice", "multiple choice with comments"
BLOCK, GRID = "repeated block", "text grid"
KINDS = (SINGLE, YES_NO, NUMBER, TEXT, MULTIPLE, COMMENTED, BLOCK, GRID)
OTHER = "other"
OTHER_LABEL = "Other"


@dataclass(frozen=True)
class Option:
    """An option, or a row or column of a grid, as printed; ``exclusive`` rules out the others."""

    id: str
    label: str
    exclusive: bool = False


@dataclass(frozen=True)
class Condition:
    """When a question is shown: ``question`` was answered with the option ``equals``."""

    question: str
    equals: str

    def __str__(self) -> str:
        return f"{self.question} = {self.equals}"


@dataclass(frozen=True)
class Heading:
    """A question of a block that is answered in several parts, which are fields of their own."""

    id: str
    wording: str
    mandatory: bool = False
    help: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question of the form, or a field of a repeated block; all wording as Annex A prints it.

    ``body_wording`` is set where the body of the report quotes the question differently.
    ``options`` do not include ``other``, which ``other`` says is offered; ``labels`` does.
    ``options_from`` is ``partnerships`` where options are names of the registry; ``truncated``
    where Annex A shows only part of them. ``rows`` and ``columns`` belong to a text grid;
    ``fields``, ``headings``, ``slots`` (copies offered) and ``slots_from`` (the number question
    that says how many are shown) to a repeated block, whose wordings hold ``{n}`` for the number
    of the copy. ``note`` is about the data, not part of the form. What does not apply is empty.
    """

    id: str
    kind: str
    wording: str = ""
    body_wording: str = ""
    introduction: str = ""
    placeholder: str = ""
    help: tuple[str, ...] = ()
    mandatory: bool = False
    options: tuple[Option, ...] = ()
    options_from: str = ""
    truncated: bool = False
    other: bool = False
    cumulative: bool = False
    personal: bool = False
    condition: Condition | None = None
    rows: tuple[Option, ...] = ()
    columns: tuple[Option, ...] = ()
    headings: tuple[Heading, ...] = ()
    fields: tuple[Question, ...] = ()
    part_of: str = ""
    slots: int | None = None
    slots_from: str = ""
    note: str = ""

    @property
    def labels(self) -> dict[str, str]:
        """Return the label of each option id in printed order, ``Other`` last where offered."""
        labels = {option.id: option.label for option in self.options}
        return labels | ({OTHER: OTHER_LABEL} if self.other else {})

    def parts(self, name: str) -> tuple[Question, ...]:
        """Return the fields of a block that ``name`` (a field or a heading) stands for.

        Raises ``RoundError`` with the nearest name where the block has no such field.
        """
        found = tuple(item for item in self.fields if name in (item.id, item.part_of))
        if not found:
            known = [*(item.id for item in self.fields), *(item.id for item in self.headings)]
            raise _unknown(name, f"field of {self.id}", known)
        return found

    def numbered(self, number: int) -> Question:
        """Return the question as copy ``number`` of its block prints it: ``{n}`` filled in."""

        def fill(text: str) -> str:
            return text.replace("{n}", str(number))

        return replace(
            self,
            wording=fill(self.wording),
            introduction=fill(self.introduction),
            fields=tuple(item.numbered(number) for item in self.fields),
        )


@dataclass(frozen=True)
class Section:
    """A lettered section of the form and its questions in printed order."""

    letter: str
    title: str
    introduction: str = ""
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Questionnaire:
    """One version of the questionnaire; ``introduction`` holds one text per paragraph."""

    id: str
    title: str
    source: str
    introduction: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()

    @property
    def titles(self) -> dict[str, str]:
        """Return the title of each section by its letter, in printed order."""
        return {section.letter: section.title for section in self.sections}

    @property
    def multi_select(self) -> dict[str, str]:
        """Return the title of the section of each multi-select question, by the question's id.

        Questions whose options are partnerships are left out: their options are no list of
        answers that partnerships could share.
        """
        return {
            question.id: section.title
            for section in self.sections
            for question in section.questions
            if question.kind in (MULTIPLE, COMMENTED) and not question.options_from
        }

    def question(self, question_id: str) -> Question:
        """Return a question; raises ``RoundError`` with the nearest name where there is none."""
        for question in self.questions():
            if question.id == question_id:
                return question
        raise _unknown(question_id, f"question of {self.id}", [q.id for q in self.questions()])

    def questions(self, kind: str | None = None) -> tuple[Question, ...]:
        """Return the questions in printed order, or those of one kind; fields are not listed."""
        listed = (question for section in self.sections for question in section.questions)
        return tuple(question for question in listed if kind in (None, question.kind))

    def section_of(self, question_id: str) -> str:
        """Return the letter of the section that holds a question; raises as ``question``."""
        self.question(question_id)
        return next(
            section.letter
            for section in self.sections
            if any(question.id == question_id for question in section.questions)
        )


def _unknown(name: str, what: str, known: list[str]) -> RoundError:
    fault = Fault(f"{name!r} is no {what}", "the name asked for", "", advice(name, known))
    return RoundError([fault])
