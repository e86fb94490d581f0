"""What every kind of finding needs: the responses that count, and how one is noted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from escp_analysis.loaders.answers import Answers
from escp_analysis.loaders.asking import Asking
from escp_analysis.loaders.assemble import DATE, NO_DATE
from escp_analysis.loaders.binding import Bound
from escp_analysis.loaders.ledger import Ledger, Severity
from escp_analysis.loaders.parameters import Round
from escp_analysis.loaders.question import Questionnaire
from escp_analysis.loaders.registry import Registry


@dataclass(frozen=True)
class Finder:
    """Everything a finding can depend on.

    ``given`` and ``who`` are the responses that count. ``recodes`` are the round's decisions: a
    text that is decided on is no doubt any more.
    """

    given: Answers
    who: pd.DataFrame
    parameters: Round
    questionnaire: Questionnaire
    registry: Registry
    recodes: pd.DataFrame
    ledger: Ledger

    @cached_property
    def asking(self) -> Asking:
        """Return how the round's questionnaire names its questions."""
        return Asking(self.questionnaire)

    def days(self) -> pd.Series[pd.Timestamp]:
        """Return when each response was submitted; missing where no date was kept."""
        dates = self.given.text_of("submitdate")
        return pd.to_datetime(dates.where(dates != NO_DATE), format=DATE, errors="coerce")

    def where(self, bound: Bound, holds: Callable[[str], bool]) -> pd.Series[bool]:
        """Return where a column has a text of which ``holds`` is true; each text is asked once."""
        filled, cells = self.given.filled([bound]), self.given.cells[bound.column]
        if not filled.any():
            return filled
        return filled & cells.isin([text for text in cells[filled].unique() if holds(str(text))])

    def find(
        self,
        those: pd.Series[bool],
        severity: Severity,
        code: str,
        what: str,
        do: str,
        bound: Bound | None = None,
        ask: str = "",
    ) -> None:
        """Note a finding per response; ``ask`` is what to ask the partnership about ``bound``."""
        for row in self.given.rows(those):
            self.find_in(row, severity, code, what, do, bound, ask)

    def find_in(
        self,
        row: int,
        severity: Severity,
        code: str,
        what: str,
        do: str,
        bound: Bound | None = None,
        ask: str = "",
    ) -> None:
        """Note a finding about the response in a row of the file."""
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
            ask=self.asking.ask(bound, ask) if bound and ask else "",
        )
