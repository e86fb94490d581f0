"""Which value a typed number is, was, or nearly is: the call that should stand in its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import log
from typing import Any

import pandas as pd

from escp_analysis.commentary.literals import Literal, number_of
from escp_analysis.rounding import percent, share_text

_SHARES = ("share of", "mean share")
_POINTS = Fraction(3, 100)
_SHOWN = 3
_SPOKEN_OF = 2.5
_ALIKE = 1.0
_EARLIER, _EQUAL, _NEAR = 1.5, 1.0, 0.0
_STEM = 5
_STRAND = re.compile(r"strand[- ]([12])", re.IGNORECASE)


@dataclass(frozen=True)
class Candidate:
    """A value or fact as it can be cited: its text, its call, and the words that speak of it."""

    name: str
    text: str
    call: str
    stems: frozenset[str]
    strand: str
    number: Fraction | None
    share: Fraction | None
    base: int | None

    @cached_property
    def printed(self) -> int | None:
        """Return the share in whole per cent, as it is printed."""
        share = self.share
        return None if share is None else percent(share.numerator, share.denominator)


@dataclass(frozen=True)
class _About:
    """What a sentence speaks of: the beginnings of its words, the strands it names."""

    stems: frozenset[str]
    strands: frozenset[str]


@dataclass(frozen=True)
class Candidates:
    """The values and facts of a round, and what its values were in the round before.

    ``earlier`` are the values of the round called ``before``, by name.
    """

    now: tuple[Candidate, ...]
    before: str = ""
    earlier: tuple[Candidate, ...] = ()

    def advice(self, literal: Literal, sentence: str) -> str:
        """Return what to write for a typed number, the values first that the sentence speaks of."""
        about = _About(frozenset(stems(sentence)), frozenset(_STRAND.findall(sentence)))
        found = sorted(self._found(literal, about), key=lambda it: -it[0])
        best = found[0][0] if found else 0
        return " or ".join(text for like, text in found[:_SHOWN] if like >= best - _ALIKE)

    def _found(self, literal: Literal, about: _About) -> Iterator[tuple[float, str]]:
        """Yield what a number may be, and how much the sentence speaks of it."""
        for it in self.now:
            like = self._likeness(it, about)
            if _equals(it, literal):
                yield like + _EQUAL, f"it equals {it.call}"
            elif like >= _SPOKEN_OF and _nears(it, literal):
                yield like + _NEAR, f"it nearly equals {it.call}, which prints {it.text}"
        known = {it.name: it for it in self.now} if self.earlier else {}
        for was in self.earlier:
            now, like = known.get(was.name), self._likeness(was, about)
            stale = now is not None and now.text != was.text and _equals(was, literal)
            if now is not None and stale and like >= _SPOKEN_OF:
                text = f"it is {now.text} now, was {was.text} in {self.before}: {now.call}"
                yield like + _EARLIER, text

    def _likeness(self, it: Candidate, about: _About) -> float:
        """Return how much a sentence speaks of a value: the rarer a shared word, the more."""
        like = sum(self._weights.get(stem, 0.0) for stem in it.stems & about.stems)
        if it.strand and about.strands:
            like += 1 if it.strand in about.strands else -2
        return like - (1 if not it.strand and about.strands else 0)

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        every = Counter(stem for it in self.now for stem in it.stems)
        return {stem: log(len(self.now) / count) for stem, count in every.items()}


def candidates(values: pd.DataFrame) -> tuple[Candidate, ...]:
    """Return the values of a round that have one, as candidates; ``values`` indexed by name."""
    return tuple(
        Candidate(
            str(name),
            value_text(row),
            paste(str(name), row),
            frozenset(stems(f"{name} {row['unit']} {row.get('label', '')}")),
            strand if (strand := str(name).rsplit(".", 1)[-1]) in ("1", "2") else "",
            _number(row),
            _share(row),
            None if pd.isna(row["base"]) else int(row["base"]),
        )
        for name, row in zip(values.index, values.to_dict("records"), strict=True)
        if not pd.isna(row["value"])
    )


def cited(facts: pd.DataFrame) -> tuple[Candidate, ...]:
    """Return the cited facts as candidates."""
    return tuple(
        Candidate(
            f"fact {row['name']}",
            row["value"],
            f'{{{{ fact("{row["name"]}") }}}}',
            frozenset(stems(f"{row['name']} {row['label']} {row['unit']} {row['group']}")),
            "",
            number_of(row["value"]),
            None,
            None,
        )
        for row in facts.to_dict("records")
    )


def stems(text: str) -> Iterator[str]:
    """Yield the beginnings of a text's words, so that *agreement* and *agreements* are one."""
    for word in re.findall(r"[^\W\d_]{3,}", text.casefold()):
        yield word[:_STEM]


def value_text(row: Any) -> str:
    """Return a named value as prose prints it: a share with its count and base, else a number."""
    if pd.isna(row["value"]):
        return "no value"
    if str(row["unit"]).startswith(_SHARES):
        return share_text(int(row["count"]), int(row["base"]))
    if pd.isna(row["count"]) or str(row["unit"]) == "ticks per partnership":
        return f"{float(row['value']):.1f}".removesuffix(".0")
    return str(int(row["count"]))


def paste(name: str, row: Any) -> str:
    """Return the call that prints a named value, as it is written in commentary."""
    parts = name.split(".")
    if parts[0] == "options" and len(parts) == 4:
        strand = "" if parts[3] == "all" else f", strand={parts[3]}"
        return f'{{{{ share("{parts[1]}", "{parts[2]}"{strand}) }}}}'
    return f'{{{{ value("{name}") }}}}'


def _number(row: Any) -> Fraction | None:
    text = value_text(row)
    return Fraction(text) if "of" not in text else Fraction(int(row["count"]))


def _share(row: Any) -> Fraction | None:
    if pd.isna(row["count"]) or pd.isna(row["base"]) or not int(row["base"]):
        return None
    share = Fraction(int(row["count"]), int(row["base"]))
    return share if share <= 1 else None


def _equals(it: Candidate, literal: Literal) -> bool:
    if literal.pair is not None:
        count, base = literal.pair
        return it.number == count and it.base == base
    if literal.share is not None:
        return it.share is not None and (
            it.share == literal.share or it.printed == literal.share * 100
        )
    return literal.number is not None and it.number == literal.number


def _nears(it: Candidate, literal: Literal) -> bool:
    if it.number is None:
        return False
    if literal.pair is not None:
        count, base = literal.pair
        return it.base is not None and abs(it.number - count) <= 1 and abs(it.base - base) <= 2
    if literal.share is not None:
        return it.share is not None and abs(it.share - literal.share) <= _POINTS
    given = literal.number
    return given is not None and abs(it.number - given) <= max(Fraction(1), given / 10)
