"""What every format of responses gives: headings by position, and text cells of those wanted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.ledger import Ledger

BEST = (
    "in LimeSurvey: Responses > Export > Survey archive (.lsa), or Export a VV survey file; or CSV "
    "with question codes as headings and answer codes"
)


class Opened(Protocol):
    """An export that was opened: its headings are read, its cells not yet.

    ``headings`` stand in the order of the file and may repeat; ``first_row`` is the row of the
    file on which the first response stands.
    """

    @property
    def file(self) -> str:
        """Return the name of the file."""

    @property
    def form(self) -> Form:
        """Return what kind of export it is."""

    @property
    def headings(self) -> tuple[str, ...]:
        """Return the headings in the order of the file."""

    @property
    def first_row(self) -> int:
        """Return the row of the file on which the first response stands."""

    def cells(
        self, wanted: Mapping[int, str], ledger: Ledger, closed: Collection[str] = ()
    ) -> pd.DataFrame:
        """Return the columns at ``wanted`` positions under their names, indexed by row.

        All text; missing is NULL where the format keeps it, else the empty text; line breaks
        are line feeds. Rows of another width are faults and left out. The columns named in
        ``closed`` hold few different texts, and may come as categories.
        """


@dataclass(frozen=True)
class Form:
    """What kind of export a file is.

    ``name`` words it for a person; ``keeps_null`` is whether a question that was not shown or
    not reached differs from one left blank; ``masked`` whether a quote stands before a leading
    equals sign.
    """

    name: str
    keeps_null: bool
    masked: bool = False


def refused(what: str, where: str, expected: str = "the responses of a survey") -> RoundError:
    """Return the refusal of a file, with the export to ask for instead."""
    return RoundError([Fault(what, where, expected, BEST)])
