"""Matching: which question of the form asks which question of the questionnaire.

The round's parameters lead from question codes to questions. What the form and the
questionnaire do not have in common is said here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from escp_analysis.errors import RoundError
from escp_analysis.loaders.ledger import Ledger
from escp_analysis.loaders.question import Question, Questionnaire
from escp_analysis.loaders.structure import Item, Structure
from escp_analysis.loaders.wording import advice, key

_NEEDED = ("partnership", "strand")


@dataclass(frozen=True)
class Target:
    """A question of the form and what it asks: a question, or fields of a copy of a block.

    ``case`` is the number of the copy, from 1, and 0 outside a block.
    """

    item: Item
    question: Question
    fields: tuple[Question, ...] = ()
    case: int = 0

    @property
    def asked(self) -> Question:
        """Return the question that is asked, or the field (the first of several)."""
        return self.fields[0] if self.fields else self.question

    @property
    def wordings(self) -> tuple[str, ...]:
        """Return the wordings that the questionnaire has for it."""
        if not self.fields:
            return (self.question.wording, self.question.body_wording)
        headings = self.question.headings
        heading = [it.wording for it in headings if it.id == self.asked.part_of]
        return (self.asked.numbered(self.case).wording, *heading)


def match(
    questions: Mapping[str, str],
    structure: Structure,
    questionnaire: Questionnaire,
    ledger: Ledger,
) -> list[Target]:
    """Return what each question of the form asks; ``questions`` are those of ``round.yaml``.

    Faults (in ``ledger``): question codes that the form lacks, questions that the questionnaire
    lacks, a form of another questionnaire. Findings: changed wordings, questions of the form
    that nothing reads, questions that the form does not ask.
    """
    matcher = _Matcher(questions, structure, questionnaire, ledger)
    targets = list(matcher.targets())
    matcher.compare_wordings(targets)
    matcher.report_unread()
    matcher.report_unasked()
    return targets


@dataclass(frozen=True)
class _Matcher:
    questions: Mapping[str, str]
    structure: Structure
    questionnaire: Questionnaire
    ledger: Ledger

    def targets(self) -> Iterator[Target]:
        """Yield what each question of the form leads to; codes the form lacks are faults."""
        found = {code: list(_copies(code, self.structure.items)) for code in self.questions}
        missing = [code for code, copies in found.items() if not copies]
        if len(missing) > len(found) / 2:
            self._refuse_structure(f"{len(missing)} of {len(found)} question codes", missing)
            return
        for code in missing:
            self._refuse_code(code)
        for code, copies in found.items():
            for item, case in copies:
                yield from self._target(code, item, case)

    def compare_wordings(self, targets: Sequence[Target]) -> None:
        """Report wordings that changed; more than half of them are another questionnaire."""
        asked = [target for target in targets if not target.question.personal]
        changed = [
            target
            for target in asked
            if key(target.item.text) not in {key(wording) for wording in target.wordings}
        ]
        if len(changed) > len(asked) / 2:
            codes = [target.item.code for target in changed]
            self._refuse_structure(f"the wordings of {len(changed)} of {len(asked)}", codes)
            return
        for target in changed:
            self.ledger.doubt(
                "changed-wording",
                f"the form words the question differently: {target.item.text!r}",
                "check that it still asks the same; if so, put the wording into the questionnaire",
                file=self.structure.file,
                column=target.item.code,
                question=target.question.id,
            )

    def report_unread(self) -> None:
        """Report questions of the form that round.yaml does not name."""
        items = self.structure.items
        read = {item.code for code in self.questions for item, _ in _copies(code, items)}
        for item in items:
            if item.code not in read:
                self.ledger.doubt(
                    "unread-question",
                    "round.yaml does not say which question this is; its answers were not read",
                    "name the code under questions in round.yaml",
                    file=self.structure.file,
                    column=item.code,
                )

    def report_unasked(self) -> None:
        """Report questions of the questionnaire that the form does not ask."""
        led_to = {name.partition(".")[0] for name in self.questions.values()}
        for question in self.questionnaire.questions():
            if question.id in led_to:
                continue
            if question.id in _NEEDED:
                self.ledger.fault(
                    f"no question of the form leads to {question.id}",
                    "round.yaml, key questions",
                    f"CODE: {question.id}",
                    "without it nobody knows whose a response is",
                )
                continue
            self.ledger.doubt(
                "unasked-question",
                "no question of the form leads to it; its tables stay empty",
                "name its code under questions in round.yaml",
                file="round.yaml",
                question=question.id,
            )

    def _target(self, code: str, item: Item, case: int) -> Iterator[Target]:
        name, dot, field = self.questions[code].partition(".")
        try:
            question = self.questionnaire.question(name)
            yield Target(item, question, question.parts(field) if dot else (), case)
        except RoundError as error:
            for fault in error.faults:
                where = f"round.yaml, key questions.{code}"
                self.ledger.fault(fault.what, where, fault.expected, fault.do)

    def _refuse_code(self, code: str) -> None:
        self.ledger.fault(
            f"the structure has no question {code}",
            f"round.yaml, key questions.{code}",
            f"a question code of {self.structure.file}",
            advice(code, [item.code for item in self.structure.items], "take it from the form"),
        )

    def _refuse_structure(self, what: str, codes: Sequence[str]) -> None:
        self.ledger.fault(
            f"the structure belongs to another questionnaire: {what} differ, "
            f"such as {', '.join(codes[:3])}",
            self.structure.file,
            f"the form of {self.questionnaire.id}",
            "check the file, and questionnaire and questions in round.yaml",
        )


def _copies(code: str, items: Sequence[Item]) -> Iterator[tuple[Item, int]]:
    """Yield the questions a code stands for, each with the number of its copy."""
    pattern = re.compile(re.escape(code).replace(re.escape("{n}"), "([0-9]+)"))
    for item in items:
        if match := pattern.fullmatch(item.code):
            yield item, int(match.group(1)) if match.groups() else 0
