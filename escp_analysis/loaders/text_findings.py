"""Doubts about what people typed: tests, texts under Other, dates of events.

No message repeats a text that somebody typed: it may name a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from escp_analysis.loaders.binding import Bound
from escp_analysis.loaders.event_dates import Written, read_dates
from escp_analysis.loaders.finder import Finder
from escp_analysis.loaders.question import GRID, TEXT
from escp_analysis.loaders.recodes import COLLABORATIONS, names_typed
from escp_analysis.loaders.recoding import is_decided
from escp_analysis.loaders.typed_words import means_none, says_test
from escp_analysis.loaders.wording import key

_PLANNED_YEARS = 2
_DECIDE = "ask the partnership, or decide in recodes.csv: question {}, the text as raw_text"


class TextReview(Finder):
    """The typed texts of a round; each method notes findings of one kind."""

    def all(self) -> None:
        """Note every finding about a typed text."""
        self.tests()
        self.texts_under_other()
        self.event_dates()

    def tests(self) -> None:
        """Note a doubt per response in which a text says nothing but ``test``.

        The form asks for the partnership by a closed list and organisation and contact are never
        read, so the typed answers are what a test shows in. A response is only ever left out by
        a decision, since a partnership may have tried the form out and gone on in earnest.
        """
        typed = [it for it in self.given.columns if it.kind in (TEXT, GRID) or it.role != "value"]
        found: pd.Series[bool] = pd.Series(False, index=self.given.cells.index)
        for bound in typed:
            found = found | self.where(bound, says_test)
        early = self.days() < pd.Timestamp(self.parameters.opened)
        for those, when in (
            (found & early, " and was submitted before the opening"),
            (found & ~early, ""),
        ):
            self.find(
                those,
                "doubt",
                "test-row",
                f"the response looks like a test: it holds a text that says so{when}; it counts",
                "if it is a test, set it aside in recodes.csv: question response, its id as "
                "raw_text, action set aside",
            )

    def texts_under_other(self) -> None:
        """Note a doubt per text under Other that is an option of the list, or says ``none``."""
        for bound in self.given.columns:
            if bound.role != "other":
                continue
            field = f".{bound.field}" if bound.field else ""
            named = bound.question == COLLABORATIONS
            name = bound.question if named else f"{bound.question}{field}.other"
            none = self.where(bound, means_none) & ~self._decided(bound, name)
            listed = self._listed(bound) & ~none & ~self._decided(bound, name)
            self.find(
                listed,
                "doubt",
                "other-is-listed",
                "the text under Other is an option of the list; it is counted as Other",
                _DECIDE.format(name),
                bound,
                "what you wrote under Other is one of the options of the list. May we count it "
                "as that option?",
            )
            self.find(
                none,
                "doubt",
                "other-means-none",
                "the text under Other says that there is nothing; it is counted as Other",
                _DECIDE.format(name),
                bound,
                "what you wrote under Other seems to say that there is nothing to add. May we "
                "take it that Other does not apply?",
            )

    def event_dates(self) -> None:
        """Note a doubt per date of a planned event that no calendar has, or that cannot be meant.

        A plan lies after the opening of the survey and not more than two years after its
        closing. A date that can be read otherwise, or not at all, is not doubted.
        """
        opened, closed = self.parameters.opened, self.parameters.closed
        latest = closed.replace(year=closed.year + _PLANNED_YEARS, day=min(closed.day, 28))
        kinds: Mapping[str, Callable[[Written], bool]] = {
            "names a day that does not exist": lambda read: read.impossible,
            "lies before the survey, which asks for plans": lambda read: read.last < opened,
            f"lies more than {_PLANNED_YEARS} years ahead": lambda read: read.first > latest,
        }
        for bound in self.given.columns:
            if bound.kind != GRID or bound.part != "date":
                continue
            for what, holds in kinds.items():
                self.find(
                    self.where(bound, _if_read(holds)),
                    "doubt",
                    "impossible-date",
                    f"the date of the event {what}",
                    "ask the partnership for the date",
                    bound,
                    f"the date you gave {what}. When does the event take place?",
                )

    def _decided(self, bound: Bound, name: str) -> pd.Series[bool]:
        """Return where every text in a column under Other is decided on in ``recodes.csv``."""
        texts = self.given.text_of(bound.column)
        decided = pd.Series(False, index=texts.index)
        near = texts.notna() & self.who["partnership"].isin(self.recodes["response"])
        for row in self.given.rows(near):
            text, partnership = texts[row], self.who["partnership"][row]
            written = names_typed(text) if name == COLLABORATIONS else [str(text).strip()]
            decided[row] = all(is_decided(self.recodes, partnership, name, it) for it in written)
        return decided

    def _listed(self, bound: Bound) -> pd.Series[bool]:
        """Return where the text under Other is an option, or several, of its list."""
        asked = self.asking.asked(bound)
        if not asked.options_from:
            labels = {key(option.label) for option in asked.options}
            return self.where(bound, lambda text: key(text) in labels)
        names = {it.part for it in self.given.of(bound.question)}
        return self.where(
            bound, lambda text: any(self.registry.match(it) in names for it in names_typed(text))
        )


def _if_read(holds: Callable[[Written], bool]) -> Callable[[str], bool]:
    def test(text: str) -> bool:
        read = read_dates(text)
        return read is not None and holds(read)

    return test
