"""What commentary can say: the functions an analyst may call, and what each of them prints.

A function prints numbers of the round, each with its origin, a cited fact, or nothing: the checks
hold a word such as *most* to the data and stop the build when it is no longer true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from inspect import Signature, signature
from typing import Any

import pandas as pd

from escp_analysis.commentary.candidates import value_text
from escp_analysis.commentary.counted import Counted
from escp_analysis.commentary.template import UnsaidError
from escp_analysis.errors import RoundError
from escp_analysis.loaders.typed_words import PRIVATE
from escp_analysis.loaders.wording import advice
from escp_analysis.narrative.words import escape, listed
from escp_analysis.origins import computed, told
from escp_analysis.rounding import NARROW_NO_BREAK_SPACE, percent, share_text

FUNCTIONS = (
    *("share", "count", "base", "percentage", "rank", "label"),
    *("first", "top", "listing", "unselected"),
    *("value", "plural", "fact", "literal", "quote"),
    *("check_most", "check_least", "check_all", "check_none", "check_majority", "check_more"),
    *("check_order", "check_options", "check_over_half", "check_value"),
    *("check_largest", "check_equal", "check_descending"),
)
_LIMIT = re.compile(r"(?P<number>\d+(?:\.\d+)?) ?(?P<share>%)?")
_LIMITS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "at_least": lambda given, limit: given >= limit,
    "at_most": lambda given, limit: given <= limit,
    "over": lambda given, limit: given > limit,
    "under": lambda given, limit: given < limit,
}


@dataclass
class Language(Counted):
    """The functions of commentary, bound to one round; ``sources`` gathers cited sources."""

    sources: list[str] = field(default_factory=list)

    @cached_property
    def functions(self) -> Mapping[str, Callable[..., str]]:
        """Return each function by its name, refusing wrong arguments in words."""
        return {name: _guarded(getattr(self, name), name) for name in FUNCTIONS}

    def afresh(self) -> Language:
        """Return the same language with no sources gathered; what was counted is kept."""
        other = copy(self)
        other.__dict__.pop("functions", None)
        other.sources = []
        return other

    # --- one option ---------------------------------------------------------------------------

    def share(self, question: str, option: str, strand: Any = "all") -> str:
        """``4 of 6 (67 %)``: who selected an option, of how many."""
        return self.told_share(question, option, strand)

    def count(self, question: str, option: str, strand: Any = "all") -> str:
        """``4``: how many selected an option."""
        row = self.row(question, option, strand)
        text = f"{int(row['selected'])}{self.mark(question, option, strand)}"
        return self.told_option(text, question, option, strand)

    def base(self, question: str, strand: Any = "all") -> str:
        """``6``: how many partnerships reached a question."""
        base = int(self.row(question, self.options(question)[0], strand)["base"])
        name = f"summary.{question}.base.{strand}"
        return computed(str(base), name, count=base, unit="partnerships")

    def percentage(self, question: str, option: str, strand: Any = "all") -> str:
        """``67 %``: the share alone; print the count near it."""
        row = self.row(question, option, strand)
        if not row["base"]:
            raise UnsaidError(f"nobody of strand {strand} reached {question}")
        whole = percent(int(row["selected"]), int(row["base"]))
        text = f"{whole}{self.mark(question, option, strand)}{NARROW_NO_BREAK_SPACE}%"
        return self.told_option(text, question, option, strand)

    def rank(self, question: str, option: str, strand: Any = "all") -> str:
        """``joint 1st of 7``: the place of a listed option, and what shares it."""
        row, ranked = self._placed(question, option, strand)
        place = 1 + int((ranked["selected"] > row["selected"]).sum())
        equal = ranked.loc[(ranked["selected"] == row["selected"]) & (ranked["option"] != option)]
        text = f"{'joint ' if len(equal) else ''}{_ordinal(place)} of {len(ranked)}"
        name = f"rank of options.{question}.{option}.{strand}"
        shown = computed(text, name, count=int(row["selected"]), base=int(row["base"]))
        labels = [f"*{escape(str(label))}*" for label in equal["label"]]
        return f"{shown} (with {listed(labels)})" if labels else shown

    def label(self, question: str, option: str) -> str:
        """Return the option as the form words it, in italics."""
        return f"*{escape(str(self.row(question, option)['label']))}*"

    # --- the options of a question ------------------------------------------------------------

    def first(self, question: str, strand: Any = "all") -> str:
        """Return the option selected most, ties named, each with its share."""
        return self.top(question, 1, strand)

    def top(self, question: str, places: int = 3, strand: Any = "all") -> str:
        """Return the options of the highest places; what ties with the last is named too."""
        ranked = self.ranked(question, strand)
        if int(places) < 1:
            raise UnsaidError(f"{places} places", "1 or more")
        edge = ranked["selected"].iloc[min(int(places), len(ranked)) - 1]
        chosen = ranked.loc[(ranked["selected"] >= edge) & (ranked["selected"] > 0)]
        if chosen.empty:
            raise UnsaidError(f"nobody selected any option of {question}")
        return self.told_options(chosen, question, strand)

    def listing(self, question: str, strand: Any = "all", **limits: Any) -> str:
        """Return the options within a limit, those of nobody left out: ``at_least=3``.

        Limits are ``at_least``, ``at_most``, ``over`` and ``under``; each is a count of
        partnerships or a share of the base (``"25 %"``), and all of them hold.
        """
        ranked = self.ranked(question, strand)
        some = ranked.loc[_within(ranked, limits) & (ranked["selected"] > 0)]
        if some.empty:
            raise UnsaidError(f"no option of {question} is within the limits", "", "say so")
        return self.told_options(some, question, strand)

    def unselected(self, question: str, strand: Any = "all") -> str:
        """Return the listed options that nobody selected."""
        ranked = self.ranked(question, strand, other=False)
        zero = ranked.loc[ranked["selected"] == 0]
        if zero.empty:
            raise UnsaidError(f"every listed option of {question} was selected by somebody")
        return listed([f"*{escape(str(label))}*" for label in zero["label"]])

    # --- values, facts, words of others -------------------------------------------------------

    def value(self, name: str) -> str:
        """Return any named value as printed; ``escp values`` lists them."""
        row = self.named(name)
        return self._told_value(value_text(row), name, row)

    def plural(self, name: str, one: str, many: str = "") -> str:
        """``1 agreement``, ``21 agreements``: a named value with its noun."""
        row = self.named(name)
        if pd.isna(row["count"]):
            raise UnsaidError(f"{name} has no count", "a value that counts something")
        count = int(row["count"])
        noun = one if count == 1 else many or one + "s"
        return self._told_value(f"{count} {noun}", name, row)

    def fact(self, name: str) -> str:
        """Return a cited number from outside, its source as a note below the section."""
        facts = self.survey.facts.set_index("name")
        self.require(name, facts.index, "fact")
        row = {key: str(text) for key, text in facts.loc[name].items()}
        if row["source"] not in self.sources:
            self.sources.append(row["source"])
        mark = _superscript(self.sources.index(row["source"]) + 1)
        text = f"{row['qualifier']} {row['value']}".strip()
        note = f"; {row['note']}" if row["note"] else ""
        origin = f"fact {name}, cited: {row['label']}, {text} {row['unit']}; {row['source']}{note}"
        return f"{told(text, origin)}{mark}"

    def literal(self, text: Any, because: str) -> str:
        """Return a number that is none of the survey's, with the reason why it stands there."""
        if not str(because).strip():
            raise UnsaidError("the reason is missing", 'literal("12", because="months of a year")')
        return escape(str(text))

    def quote(self, response: str, question: str, option: str) -> str:
        """Return a respondent's comment on an option, word for word; needs a permission."""
        self.row(question, option)
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
                advice(str(response), rows["partnership"].unique()),
            )
        self._require_permission(response, question, option)
        text = str(found.iloc[0])
        if PRIVATE.search(text):
            raise UnsaidError("the comment holds an e-mail address or a telephone number")
        return f"“{escape(text)}” ({escape(response)})"

    # --- words that must stay true ------------------------------------------------------------

    def check_most(self, question: str, option: str, strand: Any = "all") -> str:
        """Stop unless no other option was selected more; a tie is told as one by ``first``."""
        ranked, row = self.ranked(question, strand), self.row(question, option, strand)
        best = ranked.iloc[0]
        return _holds(
            row["selected"] == best["selected"] and row["selected"] > 0,
            f"{option} is not the option selected most: {best['option']} was by {best['selected']}",
        )

    def check_least(self, question: str, option: str, strand: Any = "all") -> str:
        """Stop unless no listed option was selected less."""
        row, ranked = self._placed(question, option, strand)
        last = ranked.iloc[-1]
        return _holds(
            row["selected"] == last["selected"],
            f"{option} is not the option selected least: {last['option']} was by "
            f"{last['selected']}",
        )

    def check_all(self, question: str, option: str, strand: Any = "all") -> str:
        """Stop unless every partnership that reached the question selected the option."""
        row = self.row(question, option, strand)
        return _holds(row["selected"] == row["base"] > 0, f"not all: {_plain_share(row)}")

    def check_none(self, question: str, option: str, strand: Any = "all") -> str:
        """Stop unless nobody selected the option."""
        row = self.row(question, option, strand)
        return _holds(row["selected"] == 0, f"{row['selected']} selected {option}")

    def check_majority(self, question: str, option: str, strand: Any = "all") -> str:
        """Stop unless more than half selected the option."""
        row = self.row(question, option, strand)
        return _holds(2 * row["selected"] > row["base"], f"no majority: {_plain_share(row)}")

    def check_more(self, question: str, option: str, than: str, strand: Any = "all") -> str:
        """Stop unless an option was selected by more partnerships than another."""
        more, less = (self.row(question, name, strand)["selected"] for name in (option, than))
        return _holds(more > less, f"{option} was selected by {more}, {than} by {less}")

    def check_order(self, question: str, options: Sequence[str], strand: Any = "all") -> str:
        """Stop unless the options stand in decreasing order of their counts."""
        counts = [int(self.row(question, name, strand)["selected"]) for name in options]
        shown = ", ".join(f"{name} {count}" for name, count in zip(options, counts, strict=True))
        return _holds(counts == sorted(counts, reverse=True), f"not decreasing: {shown}")

    def check_options(self, question: str, strand: Any = "all", **limits: Any) -> str:
        """Stop unless every listed option is within the limits, as ``listing`` takes them."""
        ranked = self.ranked(question, strand, other=False)
        out = ranked.loc[~_within(ranked, limits)]
        shown = [f"{row['option']} {row['selected']}" for row in out.to_dict("records")]
        return _holds(out.empty, f"out of the limits: {', '.join(shown)}")

    def check_over_half(self, name: str) -> str:
        """Stop unless a named value is more than half of its base."""
        row = self.named(name)
        if pd.isna(row["base"]):
            raise UnsaidError(f"{name} has no base", "a value out of something")
        shown = f"{int(row['count'])} of {int(row['base'])}"
        return _holds(2 * int(row["count"]) > int(row["base"]), f"not over half: {shown}")

    def check_value(self, name: str, equals: Any) -> str:
        """Stop unless a named value prints as given: binds a word such as *both* to its number."""
        shown = value_text(self.named(name))
        return _holds(shown == str(equals), f"{name} is {shown}, not {equals}")

    def check_largest(self, name: str) -> str:
        """Stop unless no value of the same kind is larger: of countries, types, sectors, states.

        Values are of a kind when their names differ in one part, the last but one.
        """
        own = self._counts([name])[name]
        ahead, _, rest = name.rpartition(".")
        kind = f"{ahead.rpartition('.')[0]}."
        for other, count in self.values["count"].dropna().items():
            alike = str(other).startswith(kind) and str(other).endswith(f".{rest}")
            if alike and count > own:
                return _holds(False, f"{other} is {count}, {name} is {own}")
        return ""

    def check_equal(self, names: Sequence[str]) -> str:
        """Stop unless named values have the same count."""
        counts = self._counts(names)
        shown = ", ".join(f"{name} {count}" for name, count in counts.items())
        return _holds(len(set(counts.values())) == 1, f"not equal: {shown}")

    def check_descending(self, names: Sequence[str]) -> str:
        """Stop unless named values stand in decreasing order; equal ones may follow each other."""
        counts = self._counts(names)
        shown = ", ".join(f"{name} {count}" for name, count in counts.items())
        ordered = sorted(counts.values(), reverse=True)
        return _holds(list(counts.values()) == ordered, f"not decreasing: {shown}")

    # --- what the functions share -------------------------------------------------------------

    def _placed(
        self, question: str, option: str, strand: Any
    ) -> tuple[pd.Series[Any], pd.DataFrame]:
        """Return a listed option's counts, and all listed options in their order."""
        row = self.row(question, option, strand)
        if option == "other":
            raise UnsaidError("Other is no listed option", "an option of the list")
        return row, self.ranked(question, strand, other=False)

    def _counts(self, names: Sequence[str]) -> dict[str, int]:
        """Return the counts of named values; raises ``UnsaidError`` where one has none."""
        counts = {name: self.named(name)["count"] for name in names}
        bare = [name for name, count in counts.items() if pd.isna(count)]
        if bare or not counts:
            raise UnsaidError(f"{', '.join(bare) or 'nothing'} has no count", "values that count")
        return {name: int(count) for name, count in counts.items()}

    def _told_value(self, text: str, name: str, row: pd.Series[Any]) -> str:
        return computed(text, name, count=row["count"], base=row["base"], unit=str(row["unit"]))

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


def _holds(true: Any, otherwise: str) -> str:
    if not bool(true):
        raise UnsaidError(f"no longer true: {otherwise}", "", "say what the data say now")
    return ""


def _within(ranked: pd.DataFrame, limits: Mapping[str, Any]) -> pd.Series[bool]:
    """Return which options are within limits on their counts or shares."""
    if not limits or not set(limits) <= set(_LIMITS):
        wrong = ", ".join(sorted(set(limits) - set(_LIMITS))) or "no limit"
        known = 'at_least=3, at_most=3, over="50 %" or under="25 %"'
        raise UnsaidError(f"{wrong} is given", known, advice(wrong, _LIMITS))
    held = [
        all(_LIMITS[name](*_compared(row, limit)) for name, limit in limits.items())
        for row in ranked.to_dict("records")
    ]
    return pd.Series(held, index=ranked.index, dtype=bool)


def _compared(row: Mapping[Any, Any], limit: Any) -> tuple[Fraction, Fraction]:
    """Return an option's count and the limit on it, a share as so much of the base."""
    given = _LIMIT.fullmatch(str(limit).strip())
    if given is None:
        raise UnsaidError(f"{str(limit)[:40]!r} is no limit", 'a count such as 3, or "25 %"')
    number = Fraction(given["number"])
    whole = number * int(row["base"]) / 100 if given["share"] else number
    return Fraction(int(row["selected"])), whole


def _plain_share(row: pd.Series[Any]) -> str:
    return share_text(int(row["selected"]), int(row["base"]))


def _ordinal(place: int) -> str:
    tens = place % 100 in (11, 12, 13)
    return f"{place}{'th' if tens else {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th')}"


def _superscript(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _guarded(function: Callable[..., str], name: str) -> Callable[..., str]:
    wanted = signature(function)

    def call(*given: Any, **named: Any) -> str:
        """Call the function where the arguments fit it."""
        try:
            wanted.bind(*given, **named)
        except TypeError as error:
            raise UnsaidError(f"{name}(): {error}", f"{name}{_shown(wanted)}") from error
        try:
            return function(*given, **named)
        except (RoundError, ArithmeticError, TypeError, ValueError) as error:
            raise UnsaidError(f"{name}(): {error}", f"{name}{_shown(wanted)}") from error

    return call


def _shown(wanted: Signature) -> str:
    plain = [
        f"{it.name}=..."
        if it.kind is it.VAR_KEYWORD
        else (it.name if it.default is it.empty else f"{it.name}={it.default!r}")
        for it in wanted.parameters.values()
    ]
    return f"({', '.join(plain)})"
