"""A proposal for a new round: which question of the form asks which of the questionnaire.

Found by the codes of an earlier round and by wording; a likeness only proposes and is never
bound without a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from escp_analysis.loaders.binding import LETTERS
from escp_analysis.loaders.question import YES_NO, Question, Questionnaire
from escp_analysis.loaders.structure import Item, Structure
from escp_analysis.loaders.wording import key, nearest

MATCHED, WORDING, CHANGED, NEW, MISSING = (
    *("matched by code and wording", "matched by wording only", "changed wording"),
    *("new in the form", "missing in the form"),
)
SURE = (MATCHED, WORDING)
_LEAST = 70
_LONG = 30


@dataclass(frozen=True)
class Line:
    """One line of the proposal: a question of the form, or one that the form lacks.

    ``code`` holds ``{n}`` for the copies of a block; ``target`` is a question id or
    ``block.field``, blank where none is near; ``how`` is one of the words above, ``likeness`` in
    per cent; ``asked`` is the form's wording, ``known`` the questionnaire's; ``options`` says
    what their options do not have in common.
    """

    code: str
    target: str
    how: str
    likeness: int = 100
    asked: str = ""
    known: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Known:
    """A question or a field of the questionnaire under the name that round.yaml uses."""

    target: str
    question: Question
    wordings: tuple[str, ...]

    def reads(self, item: Item, number: int) -> bool:
        """Return whether a question of the form has one of the wordings."""
        filled = (wording.replace("{n}", str(number)) for wording in self.wordings if wording)
        return key(item.text) in {key(wording) for wording in filled}

    def fits(self, item: Item) -> bool:
        """Return whether a question of the form is of the kind."""
        return item.kind in LETTERS.get(self.question.kind, "")


def propose(
    structure: Structure, questionnaire: Questionnaire, previous: Mapping[str, str]
) -> tuple[Line, ...]:
    """Return a line per question of the form, copies of a block as one, then what is missing.

    ``previous`` are the questions of an earlier round's parameters; without one everything is
    found by its wording.
    """
    known = list(_known(questionnaire))
    lines = _merged([_line(item, known, previous) for item in structure.items])
    used = {line.target for line in lines if line.how in SURE}
    asked = [line if line.target not in _twice(lines, line) else _unsure(line) for line in lines]
    near = used | {line.target for line in asked}
    missing = [it for it in known if it.target not in near]
    return (*asked, *(Line("", it.target, MISSING, 0, "", it.wordings[0]) for it in missing))


def _known(questionnaire: Questionnaire) -> Iterator[_Known]:
    for question in questionnaire.questions():
        if not question.fields:
            yield _Known(question.id, question, (question.wording, question.body_wording))
            continue
        headings = {heading.id: heading.wording for heading in question.headings}
        for field in question.fields:
            if not field.part_of:
                yield _Known(f"{question.id}.{field.id}", field, (field.wording,))
        for name, wording in headings.items():
            parts = [field for field in question.fields if field.part_of == name]
            yield _Known(f"{question.id}.{name}", parts[0], (wording,))


def _line(item: Item, known: Sequence[_Known], previous: Mapping[str, str]) -> Line:
    stem, number = _split(item.code)
    coded = previous.get(item.code) or (previous.get(f"{stem}{{n}}") if number else None)
    fitting = [it for it in known if it.fits(item)]
    worded = [it for it in fitting if it.reads(item, number)]
    by_code = next((it for it in known if it.target == coded), None)
    if by_code is not None and by_code in worded:
        return _told(item, by_code, MATCHED)
    if worded:
        return _told(item, worded[0], WORDING)
    if by_code is not None:
        return _told(item, by_code, CHANGED)
    best = max(fitting, key=lambda it: _likeness(item, it), default=None)
    if best is not None and _likeness(item, best) >= _LEAST:
        return _told(item, best, CHANGED)
    return Line(item.code, "", NEW, 0, item.text)


def _told(item: Item, known: _Known, how: str) -> Line:
    stem, number = _split(item.code)
    copies = "." in known.target and number
    code = f"{stem}{{n}}" if copies else item.code
    if "." in known.target and not number:
        how = CHANGED  # a copy that is not numbered cannot be told from the others
    likeness = 100 if how in SURE else _likeness(item, known)
    options = tuple(_options(item, known.question))
    return Line(code, known.target, how, likeness, item.text, known.wordings[0], options)


def _options(item: Item, question: Question) -> Iterator[str]:
    """Yield what the options of the form and of the questionnaire do not have in common."""
    if question.options_from or not question.options or question.kind == YES_NO:
        return
    form = [label.text for label in (item.parts or item.answers)]
    labels = [option.label for option in question.options]
    told = {key(label) for label in labels}
    new = [text for text in form if key(text) not in told]
    gone = [label for label in labels if key(label) not in {key(text) for text in form}]
    for text in new:
        near = nearest(text, gone)
        gone = [label for label in gone if label != near]
        yield f"option {text!r} reads {near!r} in the questionnaire" if near else f"new: {text!r}"
    yield from (f"the form lacks {label!r}" for label in gone)


def _split(code: str) -> tuple[str, int]:
    found = re.fullmatch(r"(.*?)(\d+)", code)
    return (found[1], int(found[2])) if found else (code, 0)


def _likeness(item: Item, known: _Known) -> int:
    return round(max(_like(key(item.text), key(it)) for it in known.wordings))


def _like(one: str, other: str) -> float:
    """Return the likeness of two wordings; a long one that is part of the other is near it."""
    part = 0.95 * fuzz.partial_ratio(one, other) if min(len(one), len(other)) > _LONG else 0.0
    return max(fuzz.ratio(one, other), part)


def _merged(lines: Sequence[Line]) -> list[Line]:
    """Return the copies of a block's question as one line, as unsure as the least sure copy."""
    merged: dict[tuple[str, str], Line] = {}
    order = (MATCHED, WORDING, CHANGED, NEW)
    for line in lines:
        at = (line.code, line.target)
        other = merged.get(at, line)
        merged[at] = max(other, line, key=lambda it: order.index(it.how))
    return list(merged.values())


def _twice(lines: Sequence[Line], line: Line) -> set[str]:
    """Return the target of a line that an earlier line has already."""
    before = lines[: list(lines).index(line)]
    return {it.target for it in before if it.how in SURE and it.target == line.target}


def _unsure(line: Line) -> Line:
    return replace(line, how=CHANGED)
