"""Doubts and notes about the answers: what a person should look at, and what stops nothing.

No message repeats a text that somebody typed: it may name a person.
"""

from __future__ import annotations

import pandas as pd

from escp_analysis.loaders.binding import Bound
from escp_analysis.loaders.finder import Finder
from escp_analysis.loaders.question import COMMENTED, NUMBER, Question
from escp_analysis.loaders.recodes import COLLABORATIONS
from escp_analysis.loaders.registry import STRANDS

_PAGE_IS_GROUP = "G"


class Review(Finder):
    """What the answers of a round contradict; each method notes findings of one kind."""

    def all(self, paging: str) -> None:
        """Note every finding; ``paging`` is the structure's, and says what a page is."""
        self.strands()
        self.comments_without_tick()
        self.ticks_without_comment()
        self.numbers()
        self.claimed_agreements()
        self.partly_sent()
        self.sections()
        self.outside_fieldwork()
        if paging == _PAGE_IS_GROUP:
            self.beyond_last_page()

    def strands(self) -> None:
        """Note a doubt per response whose strand is not the one the registry has.

        Where the roster has a strand as well, the registry agrees with it and another answer is
        a fault.
        """
        bound = next(iter(self.given.of("strand")), None)
        if bound is None:
            return
        table = self.registry.partnerships
        known = dict(zip(table["name"], table["strand"], strict=True))
        registered = self.who["partnership"].map(known).fillna("")
        differs = self.who["strand"].ne(registered) & self.who["strand"].notna()
        for strand in STRANDS:
            self.find(
                differs & registered.eq(strand),
                "doubt",
                "strand-disagrees",
                f"the registry has strand {strand} and the answer is another; the answer counts",
                "find out which is right; correct partnerships.csv, or the answer in LimeSurvey",
                bound,
                f"you chose another strand than our register has, which is {strand}. Which one "
                "is right?",
            )

    def comments_without_tick(self) -> None:
        """Note a doubt per comment whose option is not selected."""
        for box in self.given.boxes():
            comment = [it for it in box if it.role.endswith("comment")]
            if comment:
                lonely = self.given.filled(comment) & ~self.given.ticked(box)
                self.find(
                    lonely,
                    "doubt",
                    "comment-without-tick",
                    "a comment stands beside an option that is not selected; it is not counted",
                    "ask the partnership whether the option applies",
                    comment[0],
                    f"you commented on {self.asking.options(comment)} without selecting it. "
                    "Does it apply to your partnership?",
                )

    def ticks_without_comment(self) -> None:
        """Note each response that selects options of a question without describing them all.

        The wording of every such question asks for a description of what is selected, but no
        form makes one mandatory, so its lack is a note. It is a doubt where the count depends on
        it: a contact between partnerships is shown with its purpose or not at all. A
        reconstructed round has no comments but those that were printed, so nothing is missing.
        """
        if self.parameters.provenance == "reconstructed":
            return
        for question in self.questionnaire.questions(COMMENTED):
            boxes = [box for box in self.given.boxes() if box[0].question == question.id]
            bare: dict[int, list[Bound]] = {}
            for box in boxes:
                for row in self.given.rows(self._undescribed(box)):
                    bare.setdefault(row, []).append(box[0])
            for row in sorted(bare):
                self._tell_bare(row, question, bare[row])

    def numbers(self) -> None:
        """Note a doubt per count that is below zero or has a fraction."""
        for bound in self.given.columns:
            if bound.kind == NUMBER:
                number = pd.to_numeric(self.given.text_of(bound.column), errors="coerce")
                self.find(
                    number.notna() & ((number < 0) | (number % 1 != 0)),
                    "doubt",
                    "odd-number",
                    "the number is below zero or has a fraction, and the question asks how many",
                    "ask the partnership for the number",
                    bound,
                    "the number you gave is below zero or has a fraction. How many are there?",
                )

    def claimed_agreements(self) -> None:
        """Note a doubt per response that claims more or fewer agreements than it describes."""
        claims = next(iter(self.given.of("agreement_count")), None)
        if claims is None:
            return
        cells = self.given.cells
        described = pd.Series(0, index=cells.index)
        for _, bound in self.given.copies("agreements"):
            described = described + self.given.filled(bound)
        claimed = pd.to_numeric(self.given.text_of(claims.column), errors="coerce").fillna(0)
        for row in self.given.rows(claimed != described):
            told = f"{claimed[row]:g} agreements are claimed and {described[row]} described"
            self.find_in(
                row,
                "doubt",
                "claimed-agreements",
                told,
                "ask the partnership for the number, or for the missing agreements",
                claims,
                f"{told}. Which number is right, and which agreements are missing, if any?",
            )

    def partly_sent(self) -> None:
        """Note each question of which some columns have a value and others are NULL."""
        questions = [box[0].question for box in self.given.boxes()]
        for question in dict.fromkeys(questions):
            bound = self.given.of(question)
            self.find(
                ~self.given.whole(bound) & self.given.reached(bound),
                "note",
                "partly-sent",
                "some options have no value at all; they count as not selected",
                "the response was probably imported, not filled in",
                bound[0],
            )

    def sections(self) -> None:
        """Note a doubt per response and section that is complete without it, or answers in it.

        The second takes an answer to a question with a condition: the others make a section
        reached.
        """
        complete = self.given.text_of("submitdate").notna()
        for section in self.questionnaire.sections:
            asked = [it for it in self.given.columns if it.section == section.letter]
            always = [it for it in asked if it.always]
            if not always:
                continue
            unreached = ~self.given.reached(always)
            self.find(
                complete & unreached,
                "doubt",
                "complete-without-section",
                f"the response is complete and section {section.letter} was not reached",
                "the response was probably imported; it is not in the section's base",
                always[0],
            )
            self.find(
                self.given.filled(asked) & unreached,
                "doubt",
                "answer-in-unreached-section",
                f"section {section.letter} was not reached and an answer stands in it",
                "find out how the answer came in; the response is not in the section's base",
                always[0],
            )

    def outside_fieldwork(self) -> None:
        """Note a doubt per response that was submitted before the opening or after the closing."""
        days = self.days()
        opened = pd.Timestamp(self.parameters.opened)
        after = pd.Timestamp(self.parameters.closed) + pd.Timedelta(days=1)
        self.find(
            (days < opened) | (days >= after),
            "doubt",
            "outside-fieldwork",
            f"the response was submitted outside the fieldwork, {self.parameters.fieldwork}",
            "find out whether it counts; correct opened or closed in round.yaml if they are wrong",
        )

    def beyond_last_page(self) -> None:
        """Note the responses with answers after the page on which the respondent left.

        LimeSurvey lowers the last page when a respondent goes back, so the answers were sent.
        """
        last = pd.to_numeric(self.given.text_of("lastpage"), errors="coerce").fillna(float("inf"))
        for page in sorted({it.page for it in self.given.columns}):
            bound = [it for it in self.given.columns if it.page == page]
            self.find(
                self.given.filled(bound) & (last < page),
                "note",
                "beyond-last-page",
                f"page {page} was answered and the respondent left on an earlier one",
                "the respondent went back before leaving; the answers count",
                bound[0],
            )

    def _undescribed(self, box: list[Bound]) -> pd.Series[bool]:
        """Return where an option is selected and its comment, if it has one, is blank."""
        comment = [it for it in box if it.role.endswith("comment")]
        if not comment:
            return pd.Series(False, index=self.given.cells.index)
        return self.given.ticked(box) & ~self.given.filled(comment)

    def _tell_bare(self, row: int, question: Question, bare: list[Bound]) -> None:
        needed = question.id == COLLABORATIONS
        count = f"{len(bare)} selected option{'s have' if len(bare) > 1 else ' has'} no comment"
        effect = "a contact without a purpose is not shown" if needed else "the selection counts"
        self.find_in(
            row,
            "doubt" if needed else "note",
            "tick-without-comment",
            f"{count}, which the question asks for; {effect}",
            "ask the partnership for a description",
            bare[0],
            f"you selected {self.asking.options(bare)} without describing "
            f"{'them' if len(bare) > 1 else 'it'}. Could you add a short description?",
        )
