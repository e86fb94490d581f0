"""The form of round 2018-10: pages, questions, and the codes LimeSurvey gives their parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Question:
    """One question of the form, with the sub-questions, answers and columns of its type."""

    code: str
    type: str
    wording: str
    id: str = ""
    help: str = ""
    mandatory: bool = False
    other: bool = False
    prefix: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    shown_if: Mapping[str, str] = field(default_factory=dict)

    def answer_code(self, answer: str) -> str:
        """Return the stored code of one answer (`-oth-` for Other)."""
        if answer == "Other":
            return "-oth-"
        number = list(self.answers).index(answer) + 1
        return f"{self.prefix}{number:0{len(str(len(self.answers)))}d}"

    def part(self, option: str) -> str:
        """Return the VV column of one option or part (`other` for Other)."""
        if option == "other":
            return f"{self.code}_other"
        return f"{self.code}_SQ{list(self.options).index(option) + 1:03d}"

    @property
    def vv_columns(self) -> list[str]:
        """The question's columns of the VV export, in order."""
        parts = [self.part(option) for option in self.options]
        other = [f"{self.code}_other"] if self.other else []
        if self.type == "P":
            return [code for part in parts + other for code in (part, f"{part}comment")]
        if self.type == ";":
            return [f"{part}_{column}" for part in parts for column in self.columns]
        return (parts or [self.code]) + other


@dataclass(frozen=True)
class Page:
    """One group of the form: a page that the respondent sends."""

    section: str
    name: str
    questions: tuple[Question, ...]
    description: str = ""
    shown_if: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """The whole form."""

    title: str
    survey_id: str
    welcome: str
    pages: tuple[Page, ...]

    def question(self, name: str) -> Question:
        """Return the question with this code or questionnaire id."""
        return next(q for page in self.pages for q in page.questions if name in (q.code, q.id))


def read_form(raw: Mapping[str, Any]) -> Form:
    """Return the form described in form.yaml, its repeated parts written out."""
    pages = [page for group in raw["groups"] for page in _pages(dict(group))]
    return Form(raw["title"], str(raw["survey_id"]), raw["welcome"], tuple(pages))


def _pages(group: dict[str, Any]) -> Iterable[Page]:
    raw = group.pop("questions")
    copies = group.pop("repeat_questions", 1)
    questions = tuple(_copy(Question(**q), n) for n in range(1, copies + 1) for q in raw)
    if "repeat" not in group:
        return [Page(questions=questions, **group)]
    count = group.pop("repeat")
    template = Page(questions=tuple(Question(**q) for q in raw), **group)
    return [_copy_page(template, n) for n in range(1, count + 1)]


def _copy(question: Question, n: int) -> Question:
    return replace(
        question,
        code=question.code.replace("{n}", str(n)),
        wording=question.wording.replace("{n}", str(n)),
    )


def _copy_page(page: Page, n: int) -> Page:
    return replace(
        page,
        name=page.name.replace("{n}", str(n)),
        description=page.description.replace("{n}", str(n)),
        shown_if={code: value.replace("{n}", str(n)) for code, value in page.shown_if.items()},
        questions=tuple(_copy(question, n) for question in page.questions),
    )
