"""What commentary can say: the functions an analyst may call, and what each of them prints.

A function prints numbers of the round, a cited fact, or nothing: the checks hold a word such as
*most* to the data and stop the build when it is no longer true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from inspect import signature
from typing import TYPE_CHECKING, Any

import pandas as pd

from escp_analysis import metrics
from escp_analysis.commentary.template import UnsaidError
from escp_analysis.errors import RoundError
from escp_analysis.loaders.private import PRIVATE
from escp_analysis.loaders.wording import advice
from escp_analysis.narrative.words import UNPUBLISHED, escape, listed
from escp_analysis.rounding import NARROW_NO_BREAK_SPACE, percent, share_text

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

FUNCTIONS = (
    *("share", "count", "base", "percentage", "label", "first", "top", "unselected"),
    *("value", "plural", "fact", "literal", "quote"),
    *(
        "check_most",
        "check_least",
        "check_all",
        "check_none",
        "check_majority",
        "check_over_half",
        "check_more",
    ),
    *("check_order", "check_value"),
)
_STRANDS = ("all", "1", "2")
_SHARES = ("share of", "mean share")


@dataclass
class Language:
    """The functions of commentary, bound to one round; ``sources`` gathers cited sources.

    ``counted`` are the round's values, where they were computed before.
    """

    survey: Survey
    counted: pd.DataFrame | None = None
    sources: list[str] = field(default_factory=list)

    @property
    def functions(self) -> Mapping[str, Callable[..., str]]:
        """Return each function by its name, refusing wrong arguments in words."""
        return {name: self._guarded(name) for name in FUNCTIONS}

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Return the shares of every option, indexed by question, option and strand."""
        return metrics.option_shares(self.survey).set_index(["question", "option", "strand"])

    @cached_property
    def values(self) -> pd.DataFrame:
        """Return every named number of the round, indexed by name."""
        if self.counted is not None:
            return self.counted.set_index("name") if "name" in self.counted else self.counted
        return metrics.result_values(self.survey).set_index("name")

    # --- one option ---------------------------------------------------------------------------

    def share(self, question: str, option: str, strand: Any = "all") -> str:
        """``4 of 6 (67 %)``: who selected an option, of how many."""
        row = self._row(question, option, strand)
        text = share_text(int(row["selected"]), int(row["base"]))
        return text.replace(" ", f"{self._mark(question, option, strand)} ", 1)

    def count(self, question: str, option: str, strand: Any = "all") -> str:
        """``4``: how many selected an option."""
        row = self._row(question, option, strand)
        return f"{int(row['selected'])}{self._mark(question, option, strand)}"

    def base(self, question: str, strand: Any = "all") -> str:
        """``6``: how many partnerships reached a question."""
        option = self._options(question)[0]
        return str(int(self._row(question, option, strand)["base"]))

    def percentage(self, question: str, option: str, strand: Any = "all") -> str:
        """``67 %``: the share alone; print the count near it."""
        row = self._row(question, option, strand)
        if not row["base"]:
            raise UnsaidError(f"nobody of strand {strand} reached {question}")
        whole = percent(int(row["selected"]), int(row["base"]))
        return f"{whole}{self._mark(question, option, strand)}{NARROW_NO_BREAK_SPACE}%"

    def label(self, question: str, option: str) -> str:
        """Return the option as the form words it, in italics."""
        return f"*{escape(str(self._row(question, option, 'all')['label']))}*"

    # --- the options of a question ------------------------------------------------------------

    def first(self, question: str, strand: Any = "all") -> str:
        """Return the option selected most, ties named, each with its share."""
        ranked = self._ranked(question, strand)
        most = ranked["selected"].max()
        if not most:
            raise UnsaidError(f"nobody selected any option of {question}")
        return self._listed(ranked.loc[ranked["selected"] == most], question, strand)

    def top(self, question: str, places: int = 3, strand: Any = "all") -> str:
        """Return the options of the highest places; what ties with the last is named too."""
        ranked = self._ranked(question, strand)
        edge = ranked["selected"].iloc[min(int(places), len(ranked)) - 1]
        chosen = ranked.loc[(ranked["selected"] >= edge) & (ranked["selected"] > 0)]
        if chosen.empty:
            raise UnsaidError(f"nobody selected any option of {question}")
        return self._listed(chosen, question, strand)

    def unselected(self, question: str, strand: Any = "all") -> str:
        """Return the listed options that nobody selected."""
        ranked = self._ranked(question, strand)
        zero = ranked.loc[(ranked["selected"] == 0) & (ranked["option"] != "other")]
        if zero.empty:
            raise UnsaidError(f"every listed option of {question} was selected by somebody")
        return listed([f"*{escape(str(label))}*" for label in zero["label"]])

    # --- values, facts, words of others -------------------------------------------------------

    def value(self, name: str) -> str:
        """Return any named value as printed; ``escp values`` lists them."""
        self._known(name, self.values.index, "value")
        return value_text(self.values.loc[name])

    def plural(self, name: str, one: str, many: str = "") -> str:
        """``1 agreement``, ``21 agreements``: a named value with its noun."""
        self._known(name, self.values.index, "value")
        given = self.values["count"].dropna()
        if name not in given.index:
            raise UnsaidError(f"{name} has no count", "a value that counts something")
        count = int(given[name])
        return f"{count} {one if count == 1 else many or one + 's'}"

    def fact(self, name: str) -> str:
        """Return a cited number from outside, its source as a note below the section."""
        facts = self.survey.facts.set_index("name")
        self._known(name, facts.index, "fact")
        row = facts.loc[name]
        if row["source"] not in self.sources:
            self.sources.append(str(row["source"]))
        mark = _superscript(self.sources.index(str(row["source"])) + 1)
        return f"{row['qualifier']} {escape(str(row['value']))}{mark}".strip()

    def literal(self, text: Any, because: str) -> str:
        """Return a number that is none of the survey's, with the reason why it stands there."""
        if not because.strip():
            raise UnsaidError("the reason is missing", 'literal("12", because="months of a year")')
        return escape(str(text))

    def quote(self, response: str, question: str, option: str) -> str:
        """Return a respondent's comment on an option, word for word; needs a permission."""
        self._row(question, option, "all")
        rows = self.survey.choices
        found = rows.loc[
            (rows["partnership"] == response)
            & (rows["question"] == question)
            & (rows["option"] == option),
            "comment",
        ].dropna()
        if found.empty:
            raise UnsaidError(
                f"{response} has no comment on {question}, {option}",
                "a response with a comment there",
                advice(response, rows["partnership"].unique()),
            )
        self._require_permission(response, question, option)
        text = str(found.iloc[0])
        if PRIVATE.search(text):
            raise UnsaidError("the comment holds an e-mail address or a telephone number")
        return f"“{escape(text)}” ({escape(response)})"

    # --- words that must stay true ------------------------------------------------------------

    def check_most(self, question: str, option: str, strand: Any = "all") -> str:
        """Stop unless no other option was selected more; a tie is told as one by ``first``."""
        ranked, row = self._ranked(question, strand), self._row(question, option, strand)
        best = ranked.iloc[0]
        return self._holds(
            row["selected"] == best["selected"] and row["selected"] > 0,
            f"{option} is not the option selected most: {best['option']} was by {best['selected']}",
        )

    def check_least(self, question: str, option: str, strand: Any = "all") -> str:
        """Stop unless no listed option was selected less."""
        ranked = self._ranked(question, strand)
        last = ranked.loc[ranked["option"] != "other"].iloc[-1]
        row = self._row(question, option, strand)
        return self._holds(
            row["selected"] == last["selected"],
            f"{option} is not the option selected least: {last['option']} was by "
            f"{last['selected']}",
        )

    def check_all(self, question: str, option: str, strand: Any = "all") -> str:
        """Stop unless every partnership that reached the question selected the option."""
        row = self._row(question, option, strand)
        told = share_text(int(row["selected"]), int(row["base"]))
        return self._holds(row["selected"] == row["base"] > 0, f"not all: {told}")

    def check_none(self, question: str, option: str, strand: Any = "all") -> str:
        """Stop unless nobody selected the option."""
        row = self._row(question, option, strand)
        return self._holds(row["selected"] == 0, f"{row['selected']} selected {option}")

    def check_majority(self, question: str, option: str, strand: Any = "all") -> str:
        """Stop unless more than half selected the option."""
        row = self._row(question, option, strand)
        told = share_text(int(row["selected"]), int(row["base"]))
        return self._holds(2 * row["selected"] > row["base"], f"no majority: {told}")

    def check_over_half(self, name: str) -> str:
        """Stop unless a named value is more than half of its base."""
        self._known(name, self.values.index, "value")
        row = self.values.xs(name)
        if pd.isna(row["base"]):
            raise UnsaidError(f"{name} has no base", "a value out of something")
        told = f"{int(row['count'])} of {int(row['base'])}"
        return self._holds(2 * int(row["count"]) > int(row["base"]), f"not over half: {told}")

    def check_more(self, question: str, option: str, than: str, strand: Any = "all") -> str:
        """Stop unless an option was selected by more partnerships than another."""
        more, less = (self._row(question, name, strand)["selected"] for name in (option, than))
        return self._holds(more > less, f"{option} was selected by {more}, {than} by {less}")

    def check_order(self, question: str, options: Sequence[str], strand: Any = "all") -> str:
        """Stop unless the options stand in decreasing order of their counts."""
        counts = [int(self._row(question, name, strand)["selected"]) for name in options]
        told = ", ".join(f"{name} {count}" for name, count in zip(options, counts, strict=True))
        return self._holds(counts == sorted(counts, reverse=True), f"not decreasing: {told}")

    def check_value(self, name: str, equals: Any) -> str:
        """Stop unless a named value prints as given: binds a word such as *both* to its number."""
        told = self.value(name)
        return self._holds(told == str(equals), f"{name} is {told}, not {equals}")

    # --- what the functions share -------------------------------------------------------------

    def _row(self, question: str, option: str, strand: Any) -> pd.Series[Any]:
        self._known(option, self._options(question), f"option of {question}")
        self._known(str(strand), _STRANDS, "strand")
        row: pd.Series[Any] = self.shares.xs((question, option, str(strand)))  # type: ignore[assignment]
        return row

    def _options(self, question: str) -> list[str]:
        self._known(question, self.shares.index.unique("question"), "question")
        return list(self.shares.loc[question].index.unique("option"))

    def _ranked(self, question: str, strand: Any) -> pd.DataFrame:
        self._options(question)
        self._known(str(strand), _STRANDS, "strand")
        rows = self.shares.loc[question].xs(str(strand), level="strand").reset_index()
        return rows.sort_values("selected", ascending=False, kind="stable")

    def _listed(self, rows: pd.DataFrame, question: str, strand: Any) -> str:
        told = [
            f"*{escape(str(row['label']))}* "
            f"({self.share(question, row['option'], strand).replace(' (', ', ').rstrip(')')})"
            for row in rows.to_dict("records")
        ]
        return listed(told)

    def _mark(self, question: str, option: str, strand: Any) -> str:
        return UNPUBLISHED if (option, str(strand)) in self._open(question) else ""

    def _open(self, question: str) -> set[tuple[str, str]]:
        return self._unpublished.get(question, set())

    @cached_property
    def _unpublished(self) -> dict[str, set[tuple[str, str]]]:
        return {
            str(name): set(self.survey.unpublished(str(name)).itertuples(index=False, name=None))
            for name in self.shares.index.unique("question")
        }

    def _known(self, name: str, known: Iterable[Any], what: str) -> None:
        listed_names = [str(it) for it in known]
        if str(name) not in listed_names:
            shown = ", ".join(listed_names[:8]) + (", ..." if len(listed_names) > 8 else "")
            raise UnsaidError(
                f"there is no {what} {name!r}", f"one of {shown}", advice(str(name), listed_names)
            )

    def _require_permission(self, response: str, question: str, option: str) -> None:
        given = self.survey.permissions
        row = (
            (given["response"] == response)
            & (given["question"] == question)
            & (given["option"] == option)
        )
        if not row.any():
            raise UnsaidError(
                f"{response} has not permitted to quote its comment on {question}, {option}",
                "a row in permissions.csv: response, question, option, permitted_by, date",
                "ask the partnership, or say it in your own words",
            )

    def _holds(self, true: Any, otherwise: str) -> str:
        if not bool(true):
            raise UnsaidError(f"no longer true: {otherwise}", "", "say what the data say now")
        return ""

    def _guarded(self, name: str) -> Callable[..., str]:
        function: Callable[..., str] = getattr(self, name)
        wanted = signature(function)

        def call(*given: Any, **named: Any) -> str:
            """Call the function where the arguments fit it."""
            try:
                wanted.bind(*given, **named)
            except TypeError as error:
                raise UnsaidError(f"{name}(): {error}", f"{name}{_shown(wanted)}") from error
            try:
                return function(*given, **named)
            except (RoundError, ValueError) as error:
                raise UnsaidError(f"{name}(): {error}") from error

        return call


def value_text(row: Any) -> str:
    """Return a named value as prose prints it: a share with its count and base, else a number."""
    if pd.isna(row["value"]):
        return "no value"
    if str(row["unit"]).startswith(_SHARES):
        return share_text(int(row["count"]), int(row["base"]))
    if pd.isna(row["count"]) or str(row["unit"]) == "ticks per partnership":
        return f"{float(row['value']):.1f}".removesuffix(".0")
    return str(int(row["count"]))


def _superscript(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _shown(wanted: Any) -> str:
    plain = [
        name if it.default is it.empty else f"{name}={it.default!r}"
        for name, it in wanted.parameters.items()
    ]
    return f"({', '.join(plain)})"
