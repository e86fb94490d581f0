"""What typed text says whatever the question: nothing, a test, an address or a number to call."""

from __future__ import annotations

import re

from escp_analysis.loaders.wording import key

PRIVATE = re.compile(
    r"(?<![^\s@])[^\s@]++@[^\s@]+\.[A-Za-z]{2,}"
    r"|(?<![\w/.-])(?:\+|(?=00)|(?!(?:19|20)\d\d[-–/ ](?:(?:19|20)\d\d\b|\d\d[-–/ ]\d\d\b))"
    r"(?!\d[\d ()/-]{1,24}[ /-](?:19|20)\d\d\b|\d{1,4}/(?:19|20)\d\d\b))"
    r"\d(?:[ ()/-]{0,3}\d){7,18}(?![\w/-])"
)
"""An e-mail address or a telephone number: eight digits or more with nothing but marks between,
a date and a span of years excepted. Linear in the length of a text, whatever it holds."""

_NOTHING = (
    *("none", "none so far", "none yet", "none at the moment", "no", "not applicable", "n/a"),
    *("no other", "no others", "nothing", "nothing else", "nothing to add", "not yet", "nil"),
    *("null", "no answer", "no comment", "no comments", "zero", "0"),
    *("kein", "keine", "keiner", "keines", "nichts", "entfällt", "nein", "keine weiteren"),
    *("aucun", "aucune", "rien", "néant", "non", "sans objet", "pas d'autre", "s/o"),
    *("ninguno", "ninguna", "nada", "no aplica", "no procede", "nenhum", "nenhuma", "não"),
    *("não aplicável", "nessuno", "nessuna", "niente", "nulla", "non applicabile"),
    *("geen", "niets", "nee", "n.v.t.", "ingen", "inga", "inget", "inte", "ei", "ei mitään"),
    *("brak", "nie", "nie dotyczy", "nic", "žádné", "žádný", "nincs", "niciunul", "niciuna"),
    *("nimic", "nu", "nu este cazul", "ništa", "nema", "nič", "ne", "nijedan", "nav", "nėra"),
    *("puudub", "pole", "κανένα", "καμία", "τίποτα", "όχι", "няма", "нищо", "не"),
)
"""What people write under Other to say that there is nothing, in the languages of the EU."""

_NOTHING_KEYS = frozenset(key(words) for words in _NOTHING)
_TEST = re.compile(
    r"(?:(?:thisis)?(?:just|only)?an?)?(?:test(?:ing|s|e|text|answer|response|entry)?)+\d*"
    r"|(?:asdf)+|qwert[yz]?|x{3,}|loremipsum.*"
)


def means_none(text: str) -> bool:
    """Return whether a text says that there is nothing; so do signs without letter or digit."""
    return not any(sign.isalnum() for sign in text) or key(text) in _NOTHING_KEYS


def says_test(text: str) -> bool:
    """Return whether a text is nothing but what people type to try a form out."""
    return _TEST.fullmatch(key(text)) is not None
