"""A round's numbers as commentary asks for them: by question, option and strand, or by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pandas as pd

from escp_analysis import loaders
from escp_analysis.commentary.candidates import Candidates, candidates, cited
from escp_analysis.commentary.template import UnsaidError
from escp_analysis.errors import RoundError
from escp_analysis.loaders.project import RoundPaths
from escp_analysis.loaders.wording import advice
from escp_analysis.narrative.words import UNPUBLISHED, escape, inside, listed, option_value
from escp_analysis.rounding import share_text

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

STRANDS = ("all", "1", "2")
_LISTED = 8


@dataclass
class Counted:
    """The numbers of one round, each counted when it is first asked for.

    ``counted`` are the round's values, where they were computed before. ``project`` is where the
    round before is looked for, when a typed number may come from there.
    """

    survey: Survey
    counted: pd.DataFrame | None = None
    project: Path | None = None

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Return the shares of every option, indexed by question, option and strand."""
        shares: pd.DataFrame = _counting().option_shares(self.survey)
        return shares.set_index(["question", "option", "strand"])

    @cached_property
    def values(self) -> pd.DataFrame:
        """Return every named number of the round, indexed by name."""
        if self.counted is not None:
            return self.counted.set_index("name") if "name" in self.counted else self.counted
        values: pd.DataFrame = _counting().result_values(self.survey)
        return values.set_index("name")

    @cached_property
    def candidates(self) -> Candidates:
        """Return what a typed number could be: values, facts, values of the round before."""
        before, earlier = self._earlier()
        now = (*candidates(self._labelled(self.survey, self.values)), *cited(self.survey.facts))
        return Candidates(now, before, earlier)

    def row(self, question: str, option: str, strand: Any = "all") -> pd.Series[Any]:
        """Return the counts of an option; raises ``UnsaidError`` for an unknown name."""
        self.require(option, self.options(question), f"option of {question}")
        self.require(str(strand), STRANDS, "strand")
        row: pd.Series[Any] = self.shares.xs((question, option, str(strand)))  # type: ignore[assignment]
        return row

    def named(self, name: str) -> pd.Series[Any]:
        """Return a value by its name; raises ``UnsaidError`` where there is none."""
        self.require(name, self.values.index, "value")
        row: pd.Series[Any] = self.values.xs(name)  # type: ignore[assignment]
        return row

    def options(self, question: str) -> list[str]:
        """Return the options of a question; raises ``UnsaidError`` for an unknown one."""
        self.require(question, self.shares.index.unique("question"), "question")
        return list(self.shares.loc[question].index.unique("option"))

    def ranked(self, question: str, strand: Any = "all", *, other: bool = True) -> pd.DataFrame:
        """Return the options of a question, those selected most first."""
        self.options(question)
        self.require(str(strand), STRANDS, "strand")
        rows = self.shares.loc[question].xs(str(strand), level="strand").reset_index()
        rows = rows.loc[other | (rows["option"] != "other")]
        return rows.sort_values("selected", ascending=False, kind="stable")

    def mark(self, question: str, option: str, strand: Any) -> str:
        """Return the dagger of a count that no published statement fixes, else nothing."""
        return UNPUBLISHED if (option, str(strand)) in self._unpublished[question] else ""

    def told_share(self, question: str, option: str, strand: Any) -> str:
        """Return ``4 of 6 (67 %)`` with its origin."""
        row = self.row(question, option, strand)
        mark = self.mark(question, option, strand)
        text = share_text(int(row["selected"]), int(row["base"])).replace(" ", f"{mark} ", 1)
        return self.told_option(text, question, option, strand)

    def told_option(self, text: str, question: str, option: str, strand: Any) -> str:
        """Return a number of an option with its origin."""
        row = self.row(question, option, strand)
        named = {"question": question, "option": option, "strand": str(strand)}
        counted = {"selected": int(row["selected"]), "base": int(row["base"])}
        return option_value(text, named | counted, self.mark(question, option, strand))

    def told_options(self, rows: pd.DataFrame, question: str, strand: Any) -> str:
        """Return options by their labels, each with its share."""
        told = [
            f"*{escape(str(row['label']))}* "
            f"({inside(self.told_share(question, row['option'], strand))})"
            for row in rows.to_dict("records")
        ]
        return listed(told)

    def require(self, name: Any, known: Iterable[Any], what: str) -> None:
        """Raise ``UnsaidError``, with the nearest names, where a name is not a known one."""
        names = [str(it) for it in known]
        if str(name) in names:
            return
        shown = ", ".join(names[:_LISTED]) + (", ..." if len(names) > _LISTED else "")
        given = str(name)[:80]
        raise UnsaidError(f"there is no {what} {given!r}", f"one of {shown}", advice(given, names))

    @cached_property
    def _unpublished(self) -> dict[str, set[tuple[str, str]]]:
        return {
            str(name): set(self.survey.unpublished(str(name)).itertuples(index=False, name=None))
            for name in self.shares.index.unique("question")
        }

    def _labelled(self, survey: Survey, values: pd.DataFrame) -> pd.DataFrame:
        """Return values with the wording of their options, by which a sentence may name them."""
        shares = _counting().option_shares(survey)
        names = "options." + shares["question"] + "." + shares["option"] + "." + shares["strand"]
        return values.assign(label=pd.Series(list(shares["label"]), index=names)).fillna(
            {"label": ""}
        )

    def _earlier(self) -> tuple[str, Any]:
        """Return the latest earlier round of the project that can be counted, and its values."""
        if self.project is None:
            return "", ()
        for name in RoundPaths(self.project, self.survey.round.round_id).earlier:
            try:
                survey = loaders.load_round(name, self.project)
                values = _counting().values(survey).set_index("name")
            except RoundError:  # its own check tells what is wrong with it
                continue
            return name, candidates(self._labelled(survey, values))
        return "", ()


def _counting() -> ModuleType:
    """Return what counts, imported when it is first needed: a round kept from before is counted."""
    from escp_analysis import metrics  # noqa: PLC0415

    return metrics
