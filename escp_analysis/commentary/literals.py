"""Numbers as people write them, in digits or words, and words that stand for a number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_LARGE = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 10**6}
_SMALL = (
    {word: at for at, word in enumerate(_UNITS, start=1)}
    | {word: at for at, word in enumerate(_TEENS, start=10)}
    | {word: at * 10 for at, word in enumerate(_TENS, start=2)}
)
_PARTS = {
    **{"half": 2, "halves": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6},
    **{"seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10},
}
_VULGAR = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5"}
_VULGAR |= {"⅗": "3/5", "⅘": "4/5", "⅙": "1/6", "⅚": "5/6", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8"}
_VULGAR |= {"⅞": "7/8"}

_UNIT = rf"(?:{'|'.join(_UNITS)})"
_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
_WORD = (
    rf"(?:(?:a +|{_UNIT}[ -]+)?(?:dozen|hundred|thousand|million|billion)s?"
    rf"|(?:{'|'.join(_TENS)})(?:[- ]{_UNIT})?(?![- ]{_ORDINAL}\b)"
    rf"|{'|'.join(_TEENS)}|{'|'.join(_UNITS[1:])})"
)
_ANY_WORD = rf"(?:{_WORD}|one)"
_DIGITS = r"(?:(?<!\d[.,])(?<!\w)\d+(?:[.,]\d+)*)"
_NUMBER = rf"(?:{_DIGITS}|\b{_ANY_WORD}\b)"
_PERCENT = r"(?: ?[%‰]| +per ?cent\b| +percentage +points?\b| +points?\b| ?pp\b)"
_WHO = (
    r"(?:partnerships?|respondents?|responses?|answers?|clusters?|agreements?|collaborations?|"
    r"pairs?|countr(?:y|ies)|barriers?|difficult(?:y|ies)|activit(?:y|ies)|SMEs?|ESCPs?(?:-4i)?|"
    r"events?|consorti(?:um|a)|organisations?|compan(?:y|ies)|firms?|options?|strands?|missions?|"
    r"memorand(?:um|a)|partners?|results?)"
)
_PART = r"(?:third|quarter|fifth|sixth|seventh|eighth|ninth|tenth)"
_HEDGED = r"(?:over|under|than|almost|nearly|about|around|roughly|some|only|just|by|exactly|every)"

_DID = r"(?:do|did|have|had|has|were|was|are|is|said|say|named?|reported?|took|take|met|signed)"
_LITERALS = re.compile(
    rf"(?P<pair>{_NUMBER} +(?:out +)?of +(?:the +|all +|our +)?{_NUMBER})(?!{_PERCENT})"
    rf"|(?P<chance>{_NUMBER} +in +(?:every +)?(?:{_DIGITS}|\b{_WORD}\b))"
    rf"|(?P<parts>\b{_ANY_WORD}[ -]+(?:halves|{_PART}s)\b)"
    rf"|(?P<part>\b(?:one[ -]+{_PART}\b(?! +countr)|{_HEDGED} +a +{_PART}\b(?! +countr)"
    rf"|a +{_PART}(?= +of\b| +{_DID}\b| *[.,;:)]|$)))"
    rf"|(?P<half>\b(?:one +)?half(?= +(?:of|the|as|that|our|all|{_DID})\b)|\b{_HEDGED} +half\b)"
    rf"|(?P<every>\bevery +(?:other|second|third|fourth|fifth) +(?:{_WHO}|one)\b)"
    rf"|(?P<times>\b(?:twice|thrice|double|triple) +(?:as|that|the|their|its)\b)"
    rf"|(?P<percent>{_NUMBER}{_PERCENT})"
    rf"|(?P<vulgar>\d*[{''.join(_VULGAR)}])"
    rf"|(?P<digits>{_DIGITS})"
    rf"|(?P<word>\b{_WORD}\b)"
    rf"|(?P<zero>\bzero\b(?!-)|\bnot +(?:one|a +single)\b)"
    rf"|(?P<one>\b(?:only|just|exactly|but|than) +one\b"
    rf"(?! +(?:hand|side|thing|another))"
    rf"|\bone(?= +{_WHO}\b)|\bone +of +(?:the +|these +|those +)?(?={_WHO}\b)"
    rf"|\b(?:a|one) +single(?= +{_WHO}\b)|\b(?:a +couple|a +handful)(?= +of\b))"
    rf"|(?P<coded>&#\w+;?)",
    re.IGNORECASE,
)
_NUMBERS = re.compile(_NUMBER, re.IGNORECASE)
_LONGEST = 40
_PEOPLE = r"(?:partnerships|respondents|ESCPs?(?:-4i)?|consortia|responses|answers|strands)"
_THINGS = (
    r"(?:barriers|difficulties|activities|agreements|collaborations|options|results|obstacles|"
    r"memoranda|missions|pairs|links|contacts)"
)
_SOME = r"(?:[\w-]+ +){0,2}"
_TOLD = (
    r"(?:cited|selected|named|mentioned|reported|chosen|ticked|quoted|picked|frequent|common|"
    r"popular|widespread|prevalent|implemented|pursued)"
)
_SUBJECT = (
    r"(?:number|share|proportion|rate|count|barriers?|difficult(?:y|ies)|obstacles?|concerns?|"
    r"hurdles?|problems?|activit(?:y|ies)|results?|benefits?|group|options?|markets?|countr(?:y|ies))"
)
_QUANTIFIERS = re.compile(
    rf"\b(?:(?:a|the) +(?:[a-z]+ +)?(?:majority|minority)\b|majority +of\b|the +bulk +of\b"
    rf"|most +(?:of +(?:the|these|those|our) +{_SOME}(?:{_PEOPLE}|{_THINGS})|of +them|of +these"
    rf"|{_SOME}{_PEOPLE})\b"
    rf"|all +(?:of +)?(?:the +|these +|our +)?{_SOME}(?:{_PEOPLE}|{_THINGS})\b|all +of +them\b"
    rf"|all +but\b|without +(?:any +)?exception\b|unanimous(?:ly)?\b"
    rf"|(?:every|each) +(?:single +)?(?:partnership|respondent|ESCP|consortium)\b(?! +in +turn)"
    rf"|every(?:body|one)\b|nobody\b|no[ -]one\b|(?<!second to )none\b"
    rf"|no +(?:other +|single +)?(?:partnerships?|respondents?|ESCPs?|strand|consorti(?:um|a)|"
    rf"agreements?|barriers?|collaborations?)\b"
    rf"|neither +(?:strand|of)\b|both +strands\b"
    rf"|(?:most|least) +(?:often +|frequently +|widely +|commonly +)?{_TOLD}\b"
    rf"|{_TOLD} +(?:the +)?(?:most|least)\b"
    rf"|(?:highest|lowest|largest|smallest|biggest|greatest|top|leading|foremost|commonest) +"
    rf"{_SUBJECT}\b"
    rf"|in +(?:de|in)creasing +order\b|in +(?:de|a)scending +order\b"
    rf"|rank(?:s|ed|ing)? +(?:first|second|third|last|highest|lowest|top)\b"
    rf"|(?:comes?|came) +(?:first|last)\b|(?:more|less|fewer|oftener) +(?:often +)?than +any\b"
    rf"|(?:doubled|halved|trebled|tripled|quadrupled)\b"
    rf"|only +(?:in +|by +|from +|the +)?(?:{_WHO} +(?:of|in|from) +)?strand[- ][12]\b"
    rf"|strand[- ][12] +(?:{_WHO} +)?(?:only|alone|exclusively)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Literal:
    """A typed number: where it stands, as it is written, and what it gives as far as it is read.

    ``pair`` is a count and its base, ``share`` a fraction of one, ``number`` a count.
    """

    start: int
    text: str
    number: Fraction | None = None
    share: Fraction | None = None
    pair: tuple[int, int] | None = None


def literals(bare: str) -> Iterator[Literal]:
    """Yield the typed numbers of a text from which all that passes was blanked."""
    for found in _LITERALS.finditer(bare):
        kind, text = str(found.lastgroup), " ".join(found[0][:_LONGEST].split())
        yield _read(kind, text, found.start())


def quantifiers(bare: str) -> Iterator[re.Match[str]]:
    """Yield the words of a text that claim a number: *most partnerships*, *none*, *ranks first*."""
    yield from _QUANTIFIERS.finditer(bare)


def number_of(text: str) -> Fraction | None:
    """Return the number that digits or words give; nothing where they cannot be read."""
    if len(text) >= _LONGEST:
        return None
    plain = text.casefold().strip().replace("-", " ")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?", plain):
        thousands = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain)
        return Fraction(plain.replace(",", "" if thousands else "."))
    total = 0
    for word in plain.removeprefix("a ").split():
        if word.rstrip("s") in _LARGE:
            total = max(total, 1) * _LARGE[word.rstrip("s")]
        elif word in _SMALL:
            total += _SMALL[word]
        else:
            return None
    return Fraction(total) if total else None


def _read(kind: str, text: str, start: int) -> Literal:
    numbers = [number_of(it) for it in _NUMBERS.findall(text)]
    given = [it for it in numbers if it is not None]
    if kind == "pair" and len(given) == 2 and all(it.denominator == 1 for it in given):
        return Literal(start, text, pair=(int(given[0]), int(given[1])))
    if kind == "chance" and len(given) == 2 and given[1]:
        return Literal(start, text, share=given[0] / given[1])
    if kind in ("part", "parts", "every", "half", "vulgar"):
        return Literal(start, text, share=_share(kind, text, given))
    if kind == "percent" and given:
        return Literal(start, text, share=given[0] / 100)
    if kind in ("one", "zero"):
        return Literal(start, text, number=Fraction(int(kind == "one")))
    return Literal(start, text, number=given[0] if len(given) == 1 else None)


def _share(kind: str, text: str, given: list[Fraction]) -> Fraction | None:
    if kind == "half" or text.casefold().split()[1:2] in (["other"], ["second"]):
        return Fraction(1, 2)
    if kind == "vulgar":
        return Fraction(_VULGAR[text[-1]])
    words = text.casefold().replace("-", " ").split()
    parts = [_PARTS[it] for word in words if (it := _singular(word))]
    return (given[0] if given else Fraction(1)) / parts[0] if parts else None


def _singular(word: str) -> str:
    return next((it for it in (word, word.removesuffix("s")) if it in _PARTS), "")
