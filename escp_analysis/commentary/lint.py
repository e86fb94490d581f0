"""The lint of prose: a literal number is computed, cited, passed by rule, or a fault.

It judges the analyst's commentary and the chapters' Markdown alike. What passes by rule is no
result: dates, references, ordinals, list numbers, names that contain digits. Quantifiers such as
*a majority* need a computed number or a check in their sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from escp_analysis.commentary.language import value_text
from escp_analysis.commentary.template import Call, Source
from escp_analysis.errors import Fault
from escp_analysis.loaders.private import PRIVATE

if TYPE_CHECKING:
    from escp_analysis.commentary.language import Language

_MONTHS = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_NUMBER_WORDS = (
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
    *("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred"),
    *("thousand", "dozen"),
)
_UNITS = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_WORD = rf"(?:{'|'.join(_NUMBER_WORDS)})(?:-{_UNITS})?s?"
_COUNTED = (
    r"(?:partnerships?|respondents?|responses?|clusters?|agreements?|collaborations?|pairs?|"
    r"countries|country|barriers?|activit(?:y|ies)|SMEs?|events?|of the|in (?:two|three|four|five|"
    r"six|seven|eight|nine|ten)|out of)"
)

_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
_COUNTABLE = r"(?! (?:%|per cent|partnerships|respondents|agreements))"
_NUMBERED = (
    r"(?:figure|table|section|chapter|annex|page|statement|note|version|article|round|question|"
    r"step|phase|strand|generation|work package|task)"
)
_INDEX = r"[A-Z]?\d+(?:\.\d+)*"
_PASSED = (
    r"`[^`]*`",  # code
    r"\{[a-z]+\}`[^`]*`",  # references
    r"https?://\S+",
    r"^\s*\d{1,3}[.)]\s",  # numbers of a list
    r"^\([\w-]+\)=\s*$",  # targets of references
    rf"\b{_DAY}(?:\s?[-–]\s?{_DAY}| (?:to|and) {_DAY})? (?:of )?{_MONTHS}(?: {_YEAR})?\b",
    rf"\b{_MONTHS} {_DAY}(?:, {_YEAR})?\b",
    rf"\b{_MONTHS} {_YEAR}\b",
    rf"\b{_YEAR}(?:[-–/](?:19|20)?\d\d)*\b{_COUNTABLE}",
    rf"\b\d{{1,2}}[./]\d{{1,2}}[./]{_YEAR}\b",
    r"\bQ[1-4]\b|\b\d{1,2}[:.]\d\d ?(?:CET|UTC|h)\b",
    rf"\b(?i:{_NUMBERED}|no\.?)[\s-]?{_INDEX}(?:-\d\d)?\b",
    # Only a plural takes a list: in "strand-2, 4 of them" the four is a number.
    rf"\b(?i:{_NUMBERED}(?:e?s)) {_INDEX}(?:(?:, | and | to | or |[-–]){_INDEX})*\b",
    r"\b(?:strand|generation|category|phase|step)[- ](?:one|two|three)\b",
    r"\b\d+(?:st|nd|rd|th)\b",  # ordinals
    r"[\w²³+/-]*[A-Za-zÀ-ž][\w²³+/-]*\d[\w²³+/.-]*",  # names that contain digits
    r"\d[\w²³+/-]*[A-Za-zÀ-ž²³][\w²³+/-]*",
    r"\bone another\b|\b(?:no|any|some|every|each|this|that|which|the) one\b",
    r"\b[Tt]wo[- ](?:way|sided|fold|stage)\b",
    r"\b[Hh]alf[- ](?:day|year|yearly|way)\b",
    r"\b24/7\b|\b360[- ]degree\b",
)
PASSED = re.compile("|".join(_PASSED), re.MULTILINE)
_SAYS_SO = frozenset({"first", "top", "unselected", "literal"})
_LITERALS = re.compile(
    r"(?P<pair>\b\d+ (?:out )?of (?:the )?\d+(?: \(?\d+\s?%\)?)?)"
    rf"|(?P<digits>(?<![\w.,])\d+(?:[.,]\d+)*(?:\s?%|\s?per cent)?(?![\w]))"
    r"|\b(?P<fraction>(?:a|one) (?:third|quarter|fifth|tenth)(?= of\b|[.,;:)])"
    r"|(?:two|three|four) (?:thirds|quarters|fifths|tenths)"
    r"|(?:(?:more|less) than |over |almost |nearly |about )?half(?= (?:of|the)\b))"
    rf"|\b(?P<word>{_WORD})\b"
    rf"|\b(?P<one>one)(?= {_COUNTED}\b)",
    re.IGNORECASE,
)
_QUANTIFIERS = re.compile(
    r"\b(?:(?:a|the) (?:large |great |vast |clear )?(?:majority|minority)"
    r"|(?:almost |nearly )?all (?:of )?(?:the )?(?:partnerships|respondents|ESCPs?|of them)"
    r"|(?:almost |nearly )?(?:every|each) (?:partnership|respondent|ESCP)"
    r"|most (?:of the |of )?(?:partnerships|respondents|ESCPs?|them)"
    r"|none of (?:the |them)\w*|no (?:partnership|respondent|ESCP)s?|nobody"
    r"|(?:the )?(?:most|least) (?:often |frequently |widely )?(?:cited|selected|named|mentioned|"
    r"reported|frequent|common)|in (?:de|in)creasing order|both strands)\b",
    re.IGNORECASE,
)


def complaints(
    source: Source, calls: Sequence[Call], language: Language, *, quantifiers: bool = True
) -> Iterator[Fault]:
    """Yield a fault for each literal number of a text, and for each unbound quantifier.

    ``quantifiers`` is off for the chapters' own words: they say what is asked and how it is
    counted, never what the answers are.
    """
    bare = _without(source.text, calls)
    told = PASSED.sub(_blanks, PRIVATE.sub(_blanks, bare))
    for literal in _LITERALS.finditer(told):
        yield _literal_fault(source, literal, language)
    bound = [
        it.start for it in calls if it.function.startswith("check_") or it.function in _SAYS_SO
    ]
    for quantifier in _QUANTIFIERS.finditer(bare if quantifiers else ""):
        start, end = source.sentence_span(quantifier.start())
        if not any(start <= at < end for at in bound):
            yield Fault(
                f"{quantifier[0]!r} is bound to no number",
                source.place(quantifier.start()),
                "a check in the same sentence, which stops the build when it is no longer true",
                'add one such as {{ check_most("barriers", "sme_engagement") }}, or reword',
            )
    for found in PRIVATE.finditer(bare):
        what = "an e-mail address or a telephone number"
        line = source.text.count("\n", 0, found.start()) + 1
        yield Fault(what, f"{source.file}, line {line}", "no personal data", "take it out")


def _blanks(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _without(text: str, calls: Sequence[Call]) -> str:
    """Return the text with its calls blanked, so that every offset stays."""
    for call in calls:
        text = text[: call.start] + " " * (call.end - call.start) + text[call.end :]
    return text


def _literal_fault(source: Source, literal: re.Match[str], language: Language) -> Fault:
    near = _candidates(source, literal, language)
    named = " or ".join(near)
    return Fault(
        f"{literal[0]!r} is typed, not computed",
        source.place(literal.start()),
        "a value of the round, a cited fact, or literal() with a reason",
        f"it equals {named}" if near else 'write {{ literal("...", because="...") }} if it is none',
    )


def _candidates(source: Source, literal: re.Match[str], language: Language) -> list[str]:
    """Return calls that print the number, those first whose option the sentence names."""
    sentence = source.sentence(literal.start()).casefold()
    found = []
    for name, row in language.values.iterrows():
        if _prints(value_text(row), literal[0]):
            found.append((-_likeness(str(name), sentence), paste(str(name), row)))
    return [call for _, call in sorted(found)[:3]]


def paste(name: str, row: Any) -> str:
    """Return the call that prints a named value, as it is written in commentary."""
    parts = name.split(".")
    if parts[0] == "options" and len(parts) == 4:
        strand = "" if parts[3] == "all" else f", strand={parts[3]}"
        return f'{{{{ share("{parts[1]}", "{parts[2]}"{strand}) }}}}'
    return f'{{{{ value("{name}") }}}}'


def _prints(text: str, literal: str) -> bool:
    """Return whether a value printed as ``text`` is the number that ``literal`` gives."""
    pair = re.match(r"(\d+) (?:out )?of (?:the )?(\d+)", literal)
    if pair:
        return text.startswith(f"{pair[1]} of {pair[2]} ")
    number = _number(literal)
    if number is None:
        return False
    if "%" in literal or "per cent" in literal:
        return f"({number:g}\u202f%)" in text
    return text == f"{number:g}" or text.startswith(f"{number:g} of ")


def _likeness(name: str, sentence: str) -> int:
    words = [word for part in name.split(".") for word in part.split("_")]
    return sum(word in sentence for word in words if len(word) > 2)


def _number(text: str) -> float | None:
    words = {word: value for value, word in enumerate(_NUMBER_WORDS[:11], start=2)} | {"one": 1}
    plain = re.sub(r"\s?(?:%|per cent)$", "", text).replace(",", "").casefold()
    if plain in words:
        return float(words[plain])
    return float(plain) if re.fullmatch(r"\d+(?:\.\d+)?", plain) else None
