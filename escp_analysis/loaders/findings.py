"""Doubts and notes about the answers: what a person should look at, and what stops nothing.

No message repeats a text that somebody typed: it may name a person.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from escp_analysis.loaders.answers import Answers
from escp_analysis.loaders.assemble import DATE, NO_DATE
from escp_analysis.loaders.binding import Bound
from escp_analysis.loaders.ledger import Ledger, Severity
from escp_analysis.loaders.parameters import Round
from escp_analysis.loaders.question import Questionnaire
from escp_analysis.loaders.registry import Registry
from escp_analysis.loaders.wording import key

_PAGE_IS_GROUP = "G"


@dataclass(frozen=True)
class Review:
    """Everything a finding can depend on; each method notes findings of one kind."""

    given: Answers
    who: pd.DataFrame
    parameters: Round
    questionnaire: Questionnaire
    registry: Registry
    ledger: Ledger

    def all(self, paging: str) -> None:
        """Note every finding; ``paging`` is the structure's, and says what a page is."""
        self.comments_without_tick()
        self.other_that_is_listed()
        self.claimed_agreements()
        self.partly_sent()
        self.sections()
        self.outside_fieldwork()
        if paging == _PAGE_IS_GROUP:
            self.beyond_last_page()

    def comments_without_tick(self) -> None:
        """Note a doubt per comment whose option is not selected."""
        for box in self.given.boxes():
            comment = [it for it in box if it.role.endswith("comment")]
            if comment:
                lonely = self.given.filled(comment) & ~self.given.ticked(box)
                self._find(
                    lonely,
                    "doubt",
                    "comment-without-tick",
                    "a comment stands beside an option that is not selected; it is not counted",
                    "ask the partnership whether the option applies",
                    comment[0],
                )

    def other_that_is_listed(self) -> None:
        """Note a doubt per text under Other that is an option of the list."""
        for bound in self.given.columns:
            if bound.role == "other":
                self._find(
                    self._listed(bound),
                    "doubt",
                    "other-is-listed",
                    "the text under Other is an option of the list; it is counted as Other",
                    "ask the partnership, or recode the text",
                    bound,
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
        claimed = pd.to_numeric(self.given.texts[claims.column]).fillna(0)
        for row in self.given.rows(claimed != described):
            self._find(
                pd.Series(cells.index == row, index=cells.index),
                "doubt",
                "claimed-agreements",
                f"{claimed[row]:g} agreements are claimed and {described[row]} described",
                "ask the partnership for the number, or for the missing agreements",
                claims,
            )

    def partly_sent(self) -> None:
        """Note each question of which some columns have a value and others are NULL."""
        questions = [box[0].question for box in self.given.boxes()]
        for question in dict.fromkeys(questions):
            bound = self.given.of(question)
            null = self.given.cells[[it.column for it in bound]].isna().any(axis=1)
            self._find(
                null & self.given.reached(bound),
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
        complete = self.given.texts["submitdate"].notna()
        for section in self.questionnaire.sections:
            asked = [it for it in self.given.columns if it.section == section.letter]
            always = [it for it in asked if it.always]
            if not always:
                continue
            unreached = ~self.given.reached(always)
            self._find(
                complete & unreached,
                "doubt",
                "complete-without-section",
                f"the response is complete and section {section.letter} was not reached",
                "the response was probably imported; it is not in the section's base",
                always[0],
            )
            self._find(
                self.given.filled(asked) & unreached,
                "doubt",
                "answer-in-unreached-section",
                f"section {section.letter} was not reached and an answer stands in it",
                "find out how the answer came in; the response is not in the section's base",
                always[0],
            )

    def outside_fieldwork(self) -> None:
        """Note a doubt per response that was submitted before the opening or after the closing."""
        dates = self.given.texts["submitdate"]
        days = pd.to_datetime(dates.where(dates != NO_DATE), format=DATE, errors="coerce")
        opened = pd.Timestamp(self.parameters.opened)
        after = pd.Timestamp(self.parameters.closed) + pd.Timedelta(days=1)
        self._find(
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
        last = pd.to_numeric(self.given.texts["lastpage"]).fillna(float("inf"))
        for page in sorted({it.page for it in self.given.columns}):
            bound = [it for it in self.given.columns if it.page == page]
            self._find(
                self.given.filled(bound) & (last < page),
                "note",
                "beyond-last-page",
                f"page {page} was answered and the respondent left on an earlier one",
                "the respondent went back before leaving; the answers count",
                bound[0],
            )

    def _listed(self, bound: Bound) -> pd.Series[bool]:
        """Return whether the text under Other is an option, or several, of its list."""
        question = self.questionnaire.question(bound.question)
        asked = question.parts(bound.field)[0] if bound.field else question
        texts = self.given.texts[bound.column].fillna("")
        if not asked.options_from:
            labels = {key(option.label) for option in asked.options}
            return texts.map(lambda text: key(text) in labels).astype(bool)
        names = {it.part for it in self.given.of(bound.question)}
        named = texts.map(lambda text: {self.registry.match(part) for part in text.split(";")})
        return named.map(lambda found: not found.isdisjoint(names)).astype(bool)

    def _find(
        self,
        those: pd.Series[bool],
        severity: Severity,
        code: str,
        what: str,
        do: str,
        bound: Bound | None = None,
    ) -> None:
        for row in self.given.rows(those):
            self.ledger.find(
                severity,
                code,
                what,
                do,
                file=self.given.file,
                row=row,
                column=bound.column if bound else "",
                partnership=self.who.loc[row, "partnership"],
                question=bound.question if bound else "",
            )
