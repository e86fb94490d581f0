"""Countries and world regions in running text: which names are read, and which are not.

A name is read where it begins with a capital letter, as a whole word, the longest one first:
``Guinea-Bissau`` is not Guinea and ``Nigeria`` not Niger. Names come from ISO 3166, adjectives
and other terms from the registry's vocabularies. What can be a country or something else:

- abbreviations such as ``US`` are read in capitals alone, and ``US`` not at all in a text that
  has no small letter, where it may be *us*;
- ``Chad``, ``Georgia`` and ``Jordan`` are not read beside another word with a capital letter,
  which makes them part of a person's or a thing's name; short words such as *in* do not count;
- ``Georgia`` is the state where the text names the United States as well;
- a name behind ``New`` is another place: ``New Mexico``, ``New Guinea``;
- ``America`` and ``American`` are not read: they may be a country or a continent;
- names of seas and the like stand in the vocabulary without a region, and hide what they hold.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from escp_analysis.metrics.countries import EU, WRITTEN

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

_WORD = re.compile(r"[^\W_]+")
_SEPARATOR = ";"
_STATE, _UNITED_STATES = "GE", "US"
_ALSO_NAMES = ("chad", "georgia", "jordan")
_SMALL = frozenset(
    (
        *("a", "also", "and", "as", "at", "by", "for", "from", "in", "into", "is", "like", "near"),
        *("of", "on", "or", "our", "per", "the", "to", "via", "was", "we", "with"),
    )
)
_GREEK_CODE, _ABBREVIATED = "el", 3

Word = tuple[str, int, int]
"""A word of a text, with where it begins and ends."""


@dataclass(frozen=True)
class Named:
    """What a text names: countries by their ISO codes, and regions."""

    countries: frozenset[str]
    regions: frozenset[str]


@dataclass(frozen=True)
class _Term:
    """A name in words; ``country`` or ``regions`` is what it means, neither for what it hides."""

    words: tuple[str, ...]
    country: str
    regions: tuple[str, ...]
    exact: bool


@dataclass(frozen=True)
class Gazetteer:
    """The names of countries and regions, with the region of each country."""

    countries: pd.DataFrame
    regions: pd.DataFrame

    @classmethod
    def of(cls, survey: Survey) -> Gazetteer:
        """Return the gazetteer of a round's vocabularies."""
        return cls(survey.countries, survey.regions)

    @cached_property
    def region_of(self) -> Mapping[str, str]:
        """Return the region of each country by its code."""
        return dict(zip(self.countries["country_code"], self.countries["region"], strict=True))

    def named(self, text: str) -> Named:
        """Return the countries and regions a text names, each once."""
        plain = unicodedata.normalize("NFKC", text)
        words = [(found[0], *found.span()) for found in _WORD.finditer(plain)]
        shouted = plain == plain.upper()
        countries: set[str] = set()
        regions: set[str] = set()
        by_name: set[tuple[str, tuple[str, ...]]] = set()
        for term, at in self._terms_in(words):
            if _is_other(term, words, at, plain, shouted):
                continue
            regions.update(term.regions)
            if term.country:
                countries.add(term.country)
                by_name.add((term.country, term.words))
        state = {words for code, words in by_name if code == _STATE} == {("georgia",)}
        if state and _UNITED_STATES in countries:
            countries.discard(_STATE)
        return Named(frozenset(countries), frozenset(regions))

    def _terms_in(self, words: list[Word]) -> Iterator[tuple[_Term, int]]:
        """Yield the longest term at each place of a text, with the number of its first word."""
        at = 0
        while at < len(words):
            found = next((it for it in self._at(words, at) if _fits(it, words, at)), None)
            if found is None:
                at += 1
                continue
            yield found, at
            at += len(found.words)

    def _at(self, words: list[Word], at: int) -> tuple[_Term, ...]:
        return self._terms.get(words[at][0].casefold(), ()) if words[at][0][0].isupper() else ()

    @cached_property
    def _terms(self) -> Mapping[str, tuple[_Term, ...]]:
        """Return the terms by their first word, those of more words first."""
        first: dict[str, dict[tuple[str, ...], _Term]] = {}
        for name, country, regions in self._meanings():
            words = tuple(it.casefold() for it in _split(name))
            term = _Term(words, country, regions, exact=name == name.upper())
            first.setdefault(words[0], {}).setdefault(words, term)
        return {
            word: tuple(sorted(terms.values(), key=lambda it: -len(it.words)))
            for word, terms in first.items()
        }

    def _meanings(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Yield each name with its country's code and its regions; the vocabularies come first."""
        for row in self.regions.to_dict("records"):
            yield str(row["term"]), "", tuple(filter(None, str(row["region"]).split(_SEPARATOR)))
        for row in self.countries.to_dict("records"):
            for name in filter(None, str(row["terms"]).split(_SEPARATOR)):
                yield name, str(row["country_code"]), ()
        yield from ((name, code, ()) for name, code in _names())


def _names() -> Iterator[tuple[str, str]]:
    """Yield the names of ISO 3166 and what is written for them, each with its code."""
    import pycountry  # noqa: PLC0415  (a large table, read only where countries are)

    for country in pycountry.countries:
        for kind in ("name", "common_name", "official_name"):
            if name := getattr(country, kind, ""):
                yield name, country.alpha_2
    for written, code in WRITTEN.items():
        if code != EU and written != _GREEK_CODE:
            yield written.upper() if len(written) <= _ABBREVIATED else written.title(), code


def _split(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text))


def _fits(term: _Term, words: list[Word], at: int) -> bool:
    here = [word for word, _, _ in words[at : at + len(term.words)]]
    if term.exact and any(word != word.upper() for word in here):
        return False
    return tuple(word.casefold() for word in here) == term.words


def _is_other(term: _Term, words: list[Word], at: int, text: str, shouted: bool) -> bool:
    """Return whether a name means something else where it stands."""
    before = words[at - 1] if at else None
    touches = before is not None and not text[before[2] : words[at][1]].strip(" ")
    if before is not None and touches and before[0] == "New":
        return True
    if term.words == ("us",):
        return shouted
    if len(term.words) > 1 or term.words[0] not in _ALSO_NAMES:
        return False
    after = words[at + 1] if at + 1 < len(words) else None
    follows = after is not None and not text[words[at][2] : after[1]].strip(" ")
    beside: Iterable[Word | None] = (before if touches else None, after if follows else None)
    return any(it[0][0].isupper() and it[0].casefold() not in _SMALL for it in beside if it)
