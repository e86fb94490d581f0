"""What no lint needs to judge: dates, references, names and the like, blanked out of a text.

Every function keeps the length of the text, so that an offset in what is left is one in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable

CODE = re.compile(r"(\{[a-z]+\})?(`+)([^`]*)\2")
_NUMBER_ALONE = re.compile(r"[\s\d.,%]*\d[\s\d.,%]*")

_MONTHS = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
_COUNTED = r"(?: +(?:%|per cent|partnerships|respondents|agreements|clusters|SMEs|organisations))"
_INDEX = r"[A-Z]?\d+[a-z]?(?:[.:]\d+)*(?:-\d\d)?"

_DATES = (
    rf"\b{_DAY}(?: ?[-–] ?{_DAY}| +(?:to|and|or|until) +{_DAY})? +(?:of +)?{_MONTHS}"
    rf"(?:,? +{_YEAR})?(?!\d)",
    rf"\b{_MONTHS} +{_DAY}(?: ?[-–] ?{_DAY})?(?:, +{_YEAR})?(?!\w)",
    rf"\b{_MONTHS} +{_YEAR}\b",
    rf"\b{_YEAR}-\d\d(?:-\d\d)?\b",
    rf"\b\d{{1,2}}[./-]\d{{1,2}}[./-]{_YEAR}\b",
    rf"\b(?:[Ii]n|[Ss]ince|[Uu]ntil|[Dd]uring|[Bb]efore|[Aa]fter|early|late|mid)[ -]+{_YEAR}\b",
    rf"\b{_YEAR}(?:[-–/](?:19|20)?\d\d)*\b(?!{_COUNTED}|[.,]\d)",
    r"\b(?:19|20)\d0s\b",
    r"\b\d{1,2}[:.]\d\d ?(?:CES?T|UTC|GMT|h(?:rs)?\b|[ap]\.?m\b\.?|o.clock)",
    r"\b\d{1,2}:\d\d\b",
    r"\b\d{1,2} ?(?:[ap]\.m\.|[ap]m\b|o.clock\b)",
    r"\b\d{1,2}h\d\d\b",
    r"\b24/7\b|\b360[- ]degrees?\b",
)
_NAMES = (
    r"\b[A-Z][a-z]+ +\d\.0\b(?!\.\d)",
    r"\b(?:ISO|EN|IEC|DIN|CEN|IEEE|RFC|ISBN|ISSN|NUTS|TRL|NACE|CPV|SDG|DSM|UN)[ -]\d[\d.:-]*+",
    r"\((?:EU|EC|EEC)\) +(?:N[or]\.? +)?\d+/\d+",
    r"\bN[or]s?\.? *\d+(?:/\d+)?",
    r"\b(?:[Gg]rant|[Cc]ontract|[Tt]ender|[Rr]eference|[Rr]egistration|[Pp]roject)"
    r"(?: +(?:agreement|number|no\.?|ID))* +\d{5,}\b",
    r"\b[A-Z]{1,3}\.\d+(?:\.\d+)*\b",
    r"\b\d+(?:st|nd|rd|th)\b",
    r"\b\d+[A-Z](?<![\d][MKB])[\w-]*|\b\d+[MKB][\w-]+|\b\di\b|\b\d+[²³]",
    # Letters first, then anything; a sum of money is no name. Tried last: it takes every word.
    r"(?<![\w.+/–-])(?!(?:EUR|USD|GBP)[\d-])(?=[^\W\d_])[^\W_][\w²³+/–-]*+(?:\.\d+)*+",
)
_IDIOMS = (
    r"\bone +another\b|\b(?:any|some|every|each|this|that|which|the) +one\b",
    r"\bone-(?:off|stop|way|sided|to-one|day)\b",
    r"\b[Tt]wo[- ]?(?:way|sided|fold|stage|tier|pronged|phase)\b|\btwofold\b",
    r"\b[Hh]alf[- ](?:day|year|yearly|way|hour|term|time)s?\b|\bhalfway\b",
    r"\b(?:first|second|other|latter|former|better) +half\b",
    r"\b[Hh]alf +(?:an?|of +(?:an?|the +(?:year|day|time|grant|work|way|battle)|(?:19|20)\d\d))\b",
    r"\b(?:first|second|third|fourth|last|next|this|each|every) +quarters?\b",
    r"\b(?:strand|generation|category|phase|step)[- ](?:one|two|three)\b",
)
_PASSED = re.compile("|".join((*_DATES, *_IDIOMS)))
_NAMED = re.compile("|".join(_NAMES))

_NUMBERED = (
    r"fig(?:ure|\.)|table|section|chapter|annex|appendix|page|pp?\.|paragraph|statement|note|"
    r"footnote|version|release|article|regulation|directive|round|question|step|phase|strand|"
    r"generation|work +package|task|deliverable|milestone|item|point|row|column|box|volume|vol\.|"
    r"issue|edition|category|class|tier|wave|lot|pillar|hall|stand|room|option"
)
_REFERENCE = re.compile(
    rf"\b(?P<one>(?i:{_NUMBERED}))(?:[ -]+|(?<=\.)){_INDEX}\b"
    # Only a plural takes a list: in "strand-2, 4 of them" the four is a number.
    rf"|\b(?P<many>(?i:{_NUMBERED})(?:e?s)) +{_INDEX}"
    rf"(?:(?:, +| +and +| +to +| +or +| ?[-–] ?){_INDEX})*\b"
)
_POINTED = re.compile(
    r"\b(?:this|that|these|those|each|every|next|last|same|which|whole|another|first|second|third|"
    r"present|latest|previous|either|any|a|an)\s+$",
    re.IGNORECASE,
)
_SINGLE = re.compile(r"(?:strand|phase|step|generation|category|tier|wave|round)[ -]+[1-3]", re.I)

_ADDRESS = re.compile(r"(?:https?://|www\.|doi:)\S+")
_FOOTNOTE = re.compile(r"\[\^?\d{1,3}\](?!\()")
_TARGET = re.compile(r"^\([\w-]+\)=[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"^(#{1,6} +)\d+(?:\.\d+)*\.?(?= )", re.MULTILINE)
_ITEM = re.compile(r"[ \t]*(?:[-*+] +)?\d{1,3}[.)](?=[ \t])")


def plain(text: str) -> str:
    """Return a text without code and addresses, its blanks and marks of stress made spaces."""
    kept = _without(text, CODE, lambda found: not _NUMBER_ALONE.fullmatch(found[3]))
    for pattern in (_ADDRESS, _FOOTNOTE, _TARGET, _HEADING):
        kept = _without(kept, pattern)
    return _spaced(_without_list_numbers(kept))


def bare(text: str) -> str:
    """Return a plain text with every number blanked that needs no judging."""
    kept = _without(text, _NAMED, lambda found: any(map(str.isdigit, found[0])))
    kept = _without(kept, _PASSED)
    return _without(kept, _REFERENCE, lambda found: _refers(kept, found))


def _without(
    text: str, pattern: re.Pattern[str], passes: Callable[[re.Match[str]], bool] = bool
) -> str:
    return pattern.sub(lambda found: " " * len(found[0]) if passes(found) else found[0], text)


def _without_list_numbers(text: str) -> str:
    """Return a text without the numbers of its lists.

    As in CommonMark, a line within a paragraph begins a list with the number one alone: what
    else begins such a line is a number that the text was wrapped before.
    """
    lines, listed = text.split("\n"), True
    for at, line in enumerate(lines):
        item = _ITEM.match(line)
        begins = item is not None and (listed or item[0].strip(" \t.)") == "1")
        if item is not None and begins:
            lines[at] = " " * item.end() + line[item.end() :]
        listed = begins or not line.strip() or (listed and line[:1] in " \t")
    return "\n".join(lines)


def _spaced(text: str) -> str:
    """Return a text in which line breaks within a paragraph and marks of stress are spaces."""
    spaced = re.sub(r"(?<!\n)\n(?!\n)|[\t\u00a0\u202f\u2009*]", " ", text)
    return re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", " ", spaced)


def _refers(text: str, found: re.Match[str]) -> bool:
    """Return whether a word and a number are a reference, and not ``In this round 12 said``."""
    if _SINGLE.fullmatch(found[0]):
        return True
    before = text[max(0, found.start() - 12) : found.start()]
    after = text[found.end() : found.end() + 20]
    return not _POINTED.search(before) and not re.match(_COUNTED, after)
