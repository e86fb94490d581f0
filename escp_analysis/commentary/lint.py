"""The lint of prose: a literal number is computed, cited, passed by rule, or a fault.

It judges the analyst's commentary and the chapters' Markdown alike. What passes by rule is no
result: dates, references, ordinals, list numbers, names that contain digits. Quantifiers such as
*a majority* need a check in their sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from escp_analysis.commentary.literals import Literal, literals, quantifiers
from escp_analysis.commentary.passing import bare, plain
from escp_analysis.commentary.template import Call, Source
from escp_analysis.errors import Fault
from escp_analysis.loaders.typed_words import PRIVATE

if TYPE_CHECKING:
    from escp_analysis.commentary.language import Language

MOST = 100
"""How many typed numbers of a file are told; more are beyond mending one by one."""

_SAYS_SO = frozenset({"first", "top", "unselected", "listing", "rank", "literal"})
_LIMIT = re.compile(r"\b(?:at_least|at_most|over|under) *= *[\"']?(\d+ ?%?)[\"']?")
_BY_HAND = re.compile(r"\{value\}`")


def complaints(
    source: Source, calls: Sequence[Call], language: Language, *, claims: bool = True
) -> Iterator[Fault]:
    """Yield a fault for each literal number of a text, and for each unbound quantifier.

    ``claims`` is off for the chapters' own words: they say what is asked and how it is counted,
    never what the answers are.
    """
    written = _without(source.text, calls)
    words = plain(PRIVATE.sub(lambda found: " " * len(found[0]), written))
    limits = [(it.start, limit) for it in calls for limit in _LIMIT.findall(it.source)]
    typed = (it for it in literals(bare(words)) if not _is_limit(it, source, limits))
    for literal in islice(typed, MOST):
        yield _literal_fault(source, literal, language)
    if next(typed, None) is not None:
        what = f"more than {MOST} numbers are typed"
        yield Fault(what, source.file, "numbers that are computed", "mend those told first")
    yield from _unbound(source, calls, words) if claims else ()
    for found in PRIVATE.finditer(written):
        what = "an e-mail address or a telephone number"
        yield Fault(what, source.line_of(found.start()), "no personal data", "take it out")
    for found in _BY_HAND.finditer(written):
        what = "the origin of a number is written by hand"
        do = "write a call; what it prints carries its origin"
        yield Fault(what, source.place(found.start()), "numbers that a call prints", do)


def _unbound(source: Source, calls: Sequence[Call], words: str) -> Iterator[Fault]:
    """Yield a fault for each word that claims a number and has no check in its sentence."""
    binding = [
        it.start for it in calls if it.function.startswith("check_") or it.function in _SAYS_SO
    ]
    for found in islice(quantifiers(words), MOST):
        start, end = source.sentence_span(found.start())
        at = bisect_left(binding, start)
        if at < len(binding) and binding[at] < end:
            continue
        yield Fault(
            f"{' '.join(found[0].split())!r} is bound to no number",
            source.place(found.start()),
            "a check in the same sentence, which stops the build when it is no longer true",
            'add one such as {{ check_most("barriers", "sme_engagement") }}, or reword',
        )


def _without(text: str, calls: Sequence[Call]) -> str:
    """Return the text with its calls blanked, so that every offset stays."""
    parts, last = [], 0
    for call in calls:
        parts += [text[last : call.start], " " * (call.end - call.start)]
        last = call.end
    return "".join([*parts, text[last:]])


def _is_limit(literal: Literal, source: Source, limits: Sequence[tuple[int, str]]) -> bool:
    """Return whether a number is the limit that a call of its sentence sets: ``under="25 %"``."""
    if not limits:
        return False
    digits = re.sub(r"\s", "", literal.text.replace("per cent", "%"))
    start, end = source.sentence_span(literal.start)
    return any(start <= at < end and limit.replace(" ", "") == digits for at, limit in limits)


def _literal_fault(source: Source, literal: Literal, language: Language) -> Fault:
    near = language.candidates.advice(literal, source.sentence(literal.start))
    return Fault(
        f"{literal.text!r} is typed, not computed",
        source.place(literal.start),
        "a value of the round, a cited fact, or literal() with a reason",
        near or 'write {{ literal("...", because="...") }} if it is none',
    )
