"""A section's commentary as it is shown: its paragraphs, its boxes, its sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from escp_analysis.commentary.language import Language
from escp_analysis.commentary.lint import complaints
from escp_analysis.commentary.template import Call, Source, UnsaidError, calls, evaluate
from escp_analysis.errors import Fault, RoundError
from escp_analysis.exhibits import Exhibit, callout, group, note, prose
from escp_analysis.loaders import find_project
from escp_analysis.loaders.wording import advice
from escp_analysis.narrative.words import inside

if TYPE_CHECKING:
    from escp_analysis.loaders.survey import Survey

BOXES = {"good-practice": "good practice", "on-the-way": "on the way", "important": "important"}
_OPEN = re.compile(r":::+\s*\{([^}]*)\}\s*(.*)")
_CLOSE = re.compile(r":::+\s*")


@dataclass(frozen=True)
class Piece:
    """A run of lines of a file: plain text, or a box with its style and title."""

    text: str
    style: str = ""
    title: str = ""


def show_commentary(survey: Survey, section: str, counted: pd.DataFrame | None = None) -> Exhibit:
    """Return the analyst's commentary on a section; nothing where there is none.

    Files ``<section>.md`` and ``<section>-<word>.md`` of the round's commentary, in the order of
    their names. What is wrong with them stands beneath the prose, in the notebook as in the
    build, which it stops. ``counted`` are the round's values, where they were computed before.
    """
    texts = sources(survey, section)
    if not texts:
        return group([], commentary=section)
    language = Language(survey, counted, _project())
    faults = review(survey, section, language=language)
    spoken_in = language.afresh()
    shown = [exhibit for text in texts for exhibit in _exhibits(text, spoken_in)]
    told = [str(fault) for fault in faults]
    return group([*shown, *_notes(spoken_in)], complaints=told, commentary=section)


def _project() -> Path | None:
    """Return the project around here, where there is one."""
    try:
        return find_project()
    except RoundError:
        return None


def sources(survey: Survey, section: str = "") -> tuple[Source, ...]:
    """Return the files of commentary, those of one section where it is named."""
    rows = survey.commentary
    chosen = rows.loc[rows["section"] == section] if section else rows
    return tuple(Source(row["file"], row["markdown"]) for row in chosen.to_dict("records"))


def review(
    survey: Survey, section: str = "", *, language: Language | None = None
) -> tuple[Fault, ...]:
    """Return everything wrong with the commentary: syntax, calls, literal numbers, boxes."""
    spoken_in = language or Language(survey)
    return tuple(fault for it in sources(survey, section) for fault in _review(it, spoken_in))


def review_texts(texts: Iterable[Source], language: Language) -> tuple[Fault, ...]:
    """Return every literal number of the chapters' own Markdown."""
    return tuple(fault for text in texts for fault in _typed(text, language))


def _typed(text: Source, language: Language) -> Iterator[Fault]:
    return complaints(text, (), language, claims=False)


def review_places(survey: Survey, shown: Iterable[str]) -> tuple[Fault, ...]:
    """Return the files of commentary whose section no chapter shows; ``shown`` are those shown."""
    known = sorted(set(shown))
    rows = survey.commentary.loc[~survey.commentary["section"].isin(known)]
    return tuple(
        Fault(
            f"no chapter shows section {row['section']}",
            row["file"],
            f"one of {', '.join(known)}",
            "name the file after such a section, or add show_commentary to the chapter",
        )
        for row in rows.to_dict("records")
    )


def _review(source: Source, language: Language) -> Iterator[Fault]:
    found, faults = calls(source)
    yield from faults
    if faults:
        return
    yield from _box_faults(source)
    for call in found:
        try:
            evaluate(call, language.functions)
        except UnsaidError as error:
            yield Fault(error.what, source.place(call.start), error.expected, error.do)
    yield from complaints(source, found, language)


def _exhibits(source: Source, language: Language) -> Iterator[Exhibit]:
    for piece in pieces(spoken(source, language)):
        if piece.style:
            yield callout(piece.style, piece.title, piece.text)
        elif piece.text:
            yield prose(piece.text)


def spoken(source: Source, language: Language) -> str:
    """Return a text with what its calls say in their place.

    A share that stands in brackets of its own is printed without brackets inside them. A call
    that says nothing, which ``review`` tells, stands as it was written.
    """
    text, last = "", 0
    found, _ = calls(source)
    for call in found:
        told = _said(call, language)
        bracketed = (
            source.text[max(0, call.start - 1) : call.start] == "("
            and source.text[call.end : call.end + 1] == ")"
        )
        text += source.text[last : call.start] + (inside(told) if bracketed else told)
        last = call.end
    return text + source.text[last:]


def _said(call: Call, language: Language) -> str:
    try:
        return evaluate(call, language.functions)
    except UnsaidError:
        return "`{{ " + call.source.replace("`", "'") + " }}`"


def pieces(text: str) -> list[Piece]:
    """Return the runs of a text: plain paragraphs, and boxes between ``:::{style} title`` and
    ``:::``.
    """  # fmt: skip
    found: list[Piece] = []
    lines: list[str] = []
    style = title = ""
    for line in [*text.split("\n"), None]:
        opened = _OPEN.fullmatch(line.strip()) if line is not None else None
        closed = line is not None and style and _CLOSE.fullmatch(line.strip())
        if line is not None and not opened and not closed:
            lines.append(line)
            continue
        found.append(Piece("\n".join(lines).strip(), style, title))
        lines = []
        style, title = (BOXES.get(opened[1], "important"), opened[2]) if opened else ("", "")
    return [piece for piece in found if piece.text or piece.style]


def _box_faults(source: Source) -> Iterator[Fault]:
    opened = 0
    for number, line in enumerate(source.text.split("\n"), start=1):
        where = f"{source.file}, line {number}"
        if box := _OPEN.fullmatch(line.strip()):
            if opened:
                yield Fault("a box begins within a box", where, f"::: for that of line {opened}")
            yield from _opening_faults(box, where)
            opened = number
        elif _CLOSE.fullmatch(line.strip()):
            if not opened:
                yield Fault("::: closes no box", where, ":::{good-practice} Title before it")
            opened = 0
    if opened:
        where = f"{source.file}, line {opened}"
        yield Fault("the box is not closed", where, "a line ::: after its text")


def _opening_faults(box: re.Match[str], where: str) -> Iterator[Fault]:
    if box[1] not in BOXES:
        expected = f"one of {', '.join(BOXES)}"
        yield Fault(f"unknown box {box[1]!r}", where, expected, advice(box[1], BOXES))
    if not box[2].strip():
        yield Fault("the box has no title", where, f":::{{{box[1]}}} Title")


def _notes(language: Language) -> Iterator[Exhibit]:
    for number, source in enumerate(language.sources, start=1):
        yield note(f"{number} {source}")
