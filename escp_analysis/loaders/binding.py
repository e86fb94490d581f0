"""Binding: which column of an export holds which answer of the questionnaire.

Options, sub-questions and the fields of a block are found by their wording, partnerships in the
registry. Beyond this module no LimeSurvey code exists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from escp_analysis.errors import Fault
from escp_analysis.loaders.ledger import Ledger
from escp_analysis.loaders.matching import Target, match
from escp_analysis.loaders.parameters import Round
from escp_analysis.loaders.question import GRID, OTHER, SINGLE, Option, Questionnaire
from escp_analysis.loaders.registry import Registry
from escp_analysis.loaders.structure import Column, Label, Role, Structure
from escp_analysis.loaders.wording import advice, key

_OTHER_CODE = "-oth-"
LETTERS: Mapping[str, str] = MappingProxyType(
    {
        "single choice": "L!",
        "yes/no": "Y",
        "number": "N",
        "text": "STUQ",
        "multiple choice": "M",
        "multiple choice with comments": "P",
        "text grid": ";",
    }
)
"""LimeSurvey's types of question by the kinds of the questionnaire."""


@dataclass(frozen=True)
class Bound:
    """One column of the export and what it holds.

    ``question`` is the questionnaire's id; ``field`` the field of a repeated block; ``part`` the
    option (a partnership's name where options are partnerships) or the column of a text grid;
    ``case`` the number of a block's copy or of a grid's row, from 1, else 0; ``answers`` leads
    from the form's answer codes to options (single choice); ``always`` is whether the form asks
    it without a condition; ``page`` where it stands in the form.
    """

    column: str
    question: str
    kind: str
    section: str
    page: int
    always: bool
    field: str = ""
    part: str = ""
    case: int = 0
    role: Role = "value"
    answers: Mapping[str, str] | None = None


def bind(
    parameters: Round,
    structure: Structure,
    questionnaire: Questionnaire,
    registry: Registry,
    ledger: Ledger,
) -> tuple[Bound, ...]:
    """Return every column of the export that is read, bound; personal questions are not bound.

    Faults and findings (in ``ledger``): those of ``match``; another type of question; options
    and sub-questions whose wording the questionnaire lacks, or the other way round; partnerships
    that the registry lacks.
    """
    columns: dict[str, list[Column]] = {}
    for column in structure.columns:
        columns.setdefault(column.question, []).append(column)
    binder = _Binder(structure.file, columns, questionnaire, registry, ledger)
    targets = match(parameters.questions, structure, questionnaire, ledger)
    read = [target for target in targets if not target.question.personal]
    return tuple(bound for target in read for bound in binder.bound(target))


@dataclass(frozen=True)
class _Binder:
    file: str
    columns: Mapping[str, Sequence[Column]]
    questionnaire: Questionnaire
    registry: Registry
    ledger: Ledger

    def bound(self, target: Target) -> Iterator[Bound]:
        kind, letter = target.asked.kind, target.item.kind
        if letter not in LETTERS.get(kind, ""):
            self.ledger.fault(
                f"the form's question is of type {letter!r}",
                self._where(target),
                f"type {' or '.join(LETTERS.get(kind, '?'))}, for {target.asked.id} is a {kind} "
                "question",
                "check the code under questions in round.yaml",
            )
            return
        self._compare_other(target)
        if kind == GRID:
            yield from self._grid(target)
        elif letter == "Q":
            yield from self._parts(target)
        elif letter in "MP":
            yield from self._options(target)
        elif letter in "L!":
            yield from self._single_choice(target)
        else:
            yield from (self._bound(target, column) for column in self._of(target))

    def _of(self, target: Target) -> Sequence[Column]:
        return self.columns[target.item.code]

    def _bound(self, target: Target, column: Column, part: str = "") -> Bound:
        return Bound(
            column=column.name,
            question=target.question.id,
            kind=target.asked.kind,
            section=self.questionnaire.section_of(target.question.id),
            page=target.item.page,
            always=target.item.always,
            field=target.asked.id if target.fields else "",
            part=part,
            case=target.case,
            role=column.role,
        )

    def _options(self, target: Target) -> Iterator[Bound]:
        options = self._matched_options(target, target.item.parts)
        for column in self._of(target):
            option = OTHER if column.role.startswith(OTHER) else options.get(column.part)
            if option:
                yield self._bound(target, column, option)

    def _single_choice(self, target: Target) -> Iterator[Bound]:
        answers = dict.fromkeys((label.code for label in target.item.answers), "")
        answers |= self._matched_options(target, target.item.answers)
        if target.item.other:
            answers[_OTHER_CODE] = OTHER
        for column in self._of(target):
            yield replace(self._bound(target, column), answers=answers)

    def _parts(self, target: Target) -> Iterator[Bound]:
        known = {field.id: field.numbered(target.case).wording for field in target.fields}
        fields = self._matched(target, target.item.parts, known, "part")
        for column in self._of(target):
            if column.part in fields:
                yield replace(self._bound(target, column), field=fields[column.part])

    def _grid(self, target: Target) -> Iterator[Bound]:
        question = target.question
        rows = self._matched(target, target.item.parts, _labels(question.rows), "row")
        parts = self._matched(target, target.item.columns, _labels(question.columns), "column")
        numbers = {row.id: number for number, row in enumerate(question.rows, start=1)}
        for column in self._of(target):
            if column.part in rows and column.column in parts:
                case = numbers[rows[column.part]]
                yield replace(self._bound(target, column, parts[column.column]), case=case)

    def _matched_options(self, target: Target, labels: Sequence[Label]) -> dict[str, str]:
        if not target.asked.options_from:
            return self._matched(target, labels, _labels(target.asked.options), "option")
        names = {}
        for label in labels:
            found = self.registry.match(label.text, self._where(target, label))
            if isinstance(found, Fault):
                self.ledger.faults.append(found)
            else:
                names[label.code] = found
        self._refuse_twins(target, labels, names)
        return names

    def _matched(
        self, target: Target, labels: Sequence[Label], known: Mapping[str, str], what: str
    ) -> dict[str, str]:
        """Return code → id of the labels whose wording is known; the rest are faults."""
        by_key = {key(wording): name for name, wording in known.items()}
        matched = {}
        for label in labels:
            if key(label.text) in by_key:
                matched[label.code] = by_key[key(label.text)]
                continue
            self.ledger.fault(
                f"the questionnaire has no {what} {label.text!r}",
                self._where(target, label),
                f"the wording of one of the {what}s of {target.question.id}",
                advice(label.text, known.values(), f"add the {what} to the questionnaire"),
            )
        self._refuse_twins(target, labels, matched)
        for name in known:
            if name not in matched.values():
                self._report_missing(target, f"the form lacks the {what} {known[name]!r}")
        return matched

    def _refuse_twins(
        self, target: Target, labels: Sequence[Label], matched: Mapping[str, str]
    ) -> None:
        texts: dict[str, list[str]] = {}
        for label in labels:
            if label.code in matched:
                texts.setdefault(matched[label.code], []).append(label.text)
        for name, twins in sorted(texts.items()):
            if len(twins) > 1:
                self.ledger.fault(
                    f"{' and '.join(repr(text) for text in twins)} are one: {name}",
                    self._where(target),
                    "a meaning of its own for each option of the form",
                    "tell them apart in the questionnaire or the registry",
                )

    def _compare_other(self, target: Target) -> None:
        single = target.asked.kind == SINGLE and not target.fields
        if target.item.other and (single or not target.asked.other):
            self.ledger.fault(
                "the form offers Other and the questionnaire does not",
                self._where(target),
                f"{target.asked.id} as the questionnaire has it",
                "check that the form is the one of this questionnaire",
            )
        elif target.asked.other and not target.item.other:
            self._report_missing(target, "the form lacks the option 'Other'")

    def _report_missing(self, target: Target, what: str) -> None:
        self.ledger.doubt(
            "missing-option",
            what,
            "check that the form is the one of this questionnaire",
            file=self.file,
            column=target.item.code,
            question=target.question.id,
        )

    def _where(self, target: Target, label: Label | None = None) -> str:
        of_question = f"{self.file}, question {target.item.code}"
        return f"{of_question}, code {label.code}" if label else of_question


def _labels(options: Sequence[Option]) -> dict[str, str]:
    return {option.id: option.label for option in options}
