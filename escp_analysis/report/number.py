"""Numbers through the whole report: chapters, sections, figures, tables, references."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.wording import advice
from escp_analysis.report.blocks import (
    Block,
    Captioned,
    Chapter,
    Entry,
    Heading,
    Ref,
    Text,
    Value,
    plain,
    rebuild,
    walk,
)
from escp_analysis.report.collect import Draft, place, structure_faults

_CHAPTER = re.compile(r"(?:0*(\d+)|([A-Z]))_.+")
_LISTED_DEPTH = 2


@dataclass(frozen=True)
class Elsewhere:
    """What a chapter must know of its report to be exported alone with the right numbers.

    ``counts``: the numbers each series has given before the chapter. ``labels``: what the
    targets of the other chapters are called.
    """

    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def chapter_number(name: str) -> str:
    """Return ``2`` for ``02_activities``, ``A`` for ``A_questionnaire``, else an empty text."""
    found = _CHAPTER.fullmatch(name)
    return (found.group(1) or found.group(2)) if found else ""


def number(
    drafts: Sequence[Draft],
    elsewhere: Elsewhere | None = None,
    *,
    lenient: bool = False,
) -> tuple[Chapter, ...]:
    """Return the chapters with every number, label, anchor and reference filled in.

    Raises ``RoundError`` with the faults of all chapters: what ``collect`` found, names used
    twice and references to unknown names, with the nearest one. Where a chapter stopped with an
    error, or with ``lenient`` (a chapter exported alone), a reference to an unknown name prints
    the name.
    """
    elsewhere = elsewhere or Elsewhere()
    faults = [fault for draft in drafts for fault in (*draft.faults, *structure_faults(draft))]
    counter = _Counter(elsewhere.counts)
    numbered = [counter.chapter(draft) for draft in drafts]
    targets = _targets(numbered, faults)
    known = targets | {name: ("", label) for name, label in elsewhere.labels.items()}
    if not lenient and not any(draft.incomplete for draft in drafts):
        faults.extend(_unknown(drafts, known))
    if faults:
        raise RoundError(faults)
    return tuple(_chapter(draft, known) for draft in numbered)


def elsewhere_of(chapter: Chapter) -> Elsewhere:
    """Return what a numbered chapter must know of the others to be exported alone."""
    nodes = list(walk(chapter.blocks))
    own = {node.name for node in nodes if isinstance(node, Captioned | Heading)}
    first: dict[str, int] = {}
    for node in nodes:
        if isinstance(node, Captioned) and node.numbered:
            first.setdefault(_series(node), int(node.label.removeprefix(_series(node))))
    refs = [node for node in nodes if isinstance(node, Ref) and node.name not in own]
    return Elsewhere(
        {series: number - 1 for series, number in first.items()},
        {ref.name: ref.label for ref in refs},
    )


def only(chapters: Sequence[Chapter], names: Sequence[str]) -> tuple[Chapter, ...]:
    """Return the chapters ``names``, numbers kept; references to the others lead nowhere."""
    kept = tuple(chapter for chapter in chapters if chapter.name in names)
    anchors = {node.anchor for node in walk(kept) if isinstance(node, Captioned | Heading)}

    def unlink(node: Any) -> Any:
        gone = isinstance(node, Ref) and node.anchor not in anchors
        return replace(node, anchor="") if gone else node

    return tuple(replace(chapter, blocks=rebuild(chapter.blocks, unlink)) for chapter in kept)


def contents(chapters: Sequence[Chapter]) -> tuple[Entry, ...]:
    """Return the lines of the contents: chapters and their sections."""
    return tuple(
        Entry(block.number, plain(block.words), block.anchor, block.level)
        for chapter in chapters
        for block in chapter.blocks
        if isinstance(block, Heading) and block.level <= _LISTED_DEPTH
    )


def listed(chapters: Sequence[Chapter], series: str) -> tuple[Entry, ...]:
    """Return the list of a series (``Figure`` or ``Table``), the supplementary ones last."""
    found = [
        node
        for node in walk(tuple(chapters))
        if isinstance(node, Captioned) and node.series == series
    ]
    found.sort(key=lambda node: node.supplementary)
    return tuple(Entry(node.label, node.caption, node.anchor) for node in found)


def _series(block: Captioned) -> str:
    return f"{block.series} S" if block.supplementary else f"{block.series} "


class _Counter:
    """Gives numbers in reading order."""

    def __init__(self, before: Mapping[str, int]) -> None:
        self._given = Counter(before)
        self._chapter = ""
        self._sections = [0, 0]
        self._values = 0

    def chapter(self, draft: Draft) -> Draft:
        """Return a chapter with its headings and exhibits numbered after those before it."""
        self._chapter, self._sections = chapter_number(draft.name), [0, 0]
        parts = tuple(
            replace(part, blocks=rebuild(part.blocks, self._numbered)) for part in draft.parts
        )
        return replace(draft, parts=parts)

    def _numbered(self, node: Any) -> Any:
        if isinstance(node, Heading):
            return self._heading(node)
        if isinstance(node, Value):
            self._values += 1
            return replace(node, anchor=f"value-{self._values}")
        if isinstance(node, Captioned) and node.numbered:
            series = _series(node)
            self._given[series] += 1
            label = f"{series}{self._given[series]}"
            return replace(node, label=label, anchor=_anchor(label))
        return node

    def _heading(self, heading: Heading) -> Heading:
        if heading.level == 1:
            kind = "Annex" if self._chapter.isalpha() else "Chapter"
            label = f"{kind} {self._chapter}".strip()
            shown = label if kind == "Annex" else self._chapter
            return replace(heading, number=shown, label=label, anchor=_anchor(label))
        if heading.level == 2:
            self._sections = [self._sections[0] + 1, 0]
        else:
            self._sections[1] += 1
        parts = [self._chapter, *map(str, self._sections[: heading.level - 1])]
        shown = ".".join(part for part in parts if part)
        label = f"Section {shown}"
        return replace(heading, number=shown, label=label, anchor=_anchor(label))


def _anchor(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label.lower())


def _named(drafts: Sequence[Draft]) -> Iterator[tuple[Any, str]]:
    """Yield each block that carries a name, and where it stands."""
    for draft in drafts:
        for part in draft.parts:
            for node in walk(part.blocks):
                if isinstance(node, Captioned | Heading) and node.name:
                    yield node, place(draft.name, part.cell)


def _targets(drafts: Sequence[Draft], faults: list[Fault]) -> dict[str, tuple[str, str]]:
    """Return the anchor and label under each name; a name used twice goes to ``faults``."""
    found: dict[str, tuple[str, str]] = {}
    first: dict[str, str] = {}
    for node, where in _named(drafts):
        if node.name in first:
            what = f"the name {node.name!r} is used twice"
            faults.append(Fault(what, f"{first[node.name]} and {where}", "each name once"))
        elif node.label:
            found[node.name] = (node.anchor, node.label)
        first.setdefault(node.name, where)
    return found


def _unknown(drafts: Sequence[Draft], known: Mapping[str, Any]) -> Iterator[Fault]:
    for draft in drafts:
        for part in draft.parts:
            for node in walk(part.blocks):
                if isinstance(node, Ref) and node.name not in known:
                    yield Fault(
                        f"the reference {node.name!r} leads to nothing",
                        place(draft.name, part.cell),
                        "the name of a figure, a table, a form or a heading",
                        advice(node.name, known, "correct the name"),
                    )


def _chapter(draft: Draft, known: Mapping[str, tuple[str, str]]) -> Chapter:
    resolve: Callable[[Any], Any] = partial(_resolved, known=known)
    blocks: tuple[Block, ...] = rebuild(
        tuple(block for part in draft.parts for block in part.blocks), resolve
    )
    title = next(block for block in blocks if isinstance(block, Heading))
    return Chapter(draft.name, title.label, plain(title.words), title.anchor, blocks)


def _resolved(node: Any, known: Mapping[str, tuple[str, str]]) -> Any:
    if not isinstance(node, Ref):
        return node
    anchor, label = known.get(node.name, ("", node.name))
    return replace(node, anchor=anchor, label=label) if label else Text(node.name)
