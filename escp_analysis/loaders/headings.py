"""Headings of an export meet the columns of the structure: by code, by code and text, by text.

Full question texts repeat (every comment of a question has one heading, every copy of a block
the same texts), so they are bound by their position: the columns of an export stand in the order
of the form. The texts are compared as a check.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType

from escp_analysis.loaders.structure import Column, Item, Label, Structure
from escp_analysis.loaders.wording import key

SYSTEM = ("id", "submitdate", "lastpage")
_SYSTEM_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "responseid": "id",
        "datesubmitted": "submitdate",
        "lastpage": "lastpage",
        "idderéponse": "id",
        "iddelaréponse": "id",
        "datedesoumission": "submitdate",
        "dernièrepage": "lastpage",
        "antwortid": "id",
        "datumabgeschickt": "submitdate",
        "letzteseite": "lastpage",
    }
)
_CODED = re.compile(r"([A-Za-z][A-Za-z0-9_]*)((?:\[[^\]]*\])*)")
_CUT = re.compile(r"\.\. ?(?:\[|\]|$)")


@dataclass(frozen=True)
class Bindings:
    """Which position of a file holds which column, and how the headings were read.

    ``style`` is ``codes``, ``codes and texts``, ``database names`` or ``texts``; ``language`` is
    that of the texts.
    """

    names: Mapping[int, str]
    style: str
    language: str


def bind_headings(headings: Sequence[str], structure: Structure) -> Bindings | None:
    """Return what the headings stand for, or nothing where no way of reading them fits."""
    by_code = {column.name: column.name for column in structure.columns}
    system = {name: name for name in SYSTEM}
    by_database = {column.database: column.name for column in structure.columns}
    readings = (
        ("codes", {at: _code(text, structure) for at, text in enumerate(headings)}, by_code),
        ("database names", dict(enumerate(headings)), by_database),
        (
            "codes and texts",
            {at: _prefix(it, structure) for at, it in enumerate(headings)},
            by_code,
        ),
    )
    for style, told, known in readings:
        found = {at: (known | system)[it] for at, it in told.items() if it in known | system}
        if sum(name in known.values() for name in found.values()) >= len(known) / 2:
            return Bindings(found, style, structure.language)
    return _by_text(headings, structure)


def abbreviated(headings: Sequence[str]) -> bool:
    """Return whether the headings are texts that LimeSurvey cut."""
    return sum(bool(_CUT.search(heading)) for heading in headings) > len(headings) / 4


def _code(heading: str, structure: Structure) -> str:
    """Return a heading of codes in the form of column names: ``ACT[SQ001]`` is ``ACT_SQ001``."""
    found = _CODED.fullmatch(heading.strip())
    return _joined(found, structure) if found else heading


def _prefix(heading: str, structure: Structure) -> str:
    """Return the code that a heading of code and text begins with."""
    found = _CODED.match(heading.strip())
    return _joined(found, structure) if found else heading


def _joined(found: re.Match[str], structure: Structure) -> str:
    code, parts = found[1], re.findall(r"\[([^\]]*)\]", found[2])
    if len(parts) == 2 and structure.kind_of(code) == "1" and parts[1].isdecimal():
        parts[1] = str(int(parts[1]) - 1)
    return "_".join([code, *parts])


def _by_text(headings: Sequence[str], structure: Structure) -> Bindings | None:
    told = [_printed(heading) for heading in headings]
    for language in structure.languages:
        form = structure.in_language(language)
        expected = [texts for item in form.items for texts in _texts(item, form)]
        start = _start(told, expected)
        if start is None:
            continue
        names = {at: _SYSTEM_TEXTS[it] for at, it in enumerate(told[:start]) if it in _SYSTEM_TEXTS}
        columns = enumerate(structure.columns, start=start)
        return Bindings(names | {at: it.name for at, it in columns}, "texts", language)
    return None


def _printed(heading: str) -> str:
    """Return a heading as texts compare: 6.x leaves entities in it."""
    return key(html.unescape(heading))


def _start(told: Sequence[str], expected: Sequence[frozenset[str]]) -> int | None:
    """Return where the questions' columns begin: all their texts must stand in order there."""
    for start in range(len(told) - len(expected) + 1):
        run = told[start : start + len(expected)]
        if all(text in known for text, known in zip(run, expected, strict=True)):
            return start
    return None


def _texts(item: Item, form: Structure) -> Iterator[frozenset[str]]:
    """Yield the texts under which each column of a question may stand, as they compare."""
    for column in form.columns_of(item.code):
        yield frozenset(key(text) for text in _worded(item, column))


def _worded(item: Item, column: Column) -> Iterator[str]:
    """Yield the texts of a column. A role's own word (Comment, Other) is in any language."""
    parts = {label.code: label for label in item.parts}
    columns = {label.code: label.text for label in item.columns}
    named, text = parts.get(column.part, Label("", "")), item.text
    for role, part in product(_ROLES.get(column.role, ("",)), (named.text, named.stripped)):
        if item.kind == "|" and role:
            yield f"filecount - {text}"
        elif item.kind == "1":
            yield from (f"{text}{part}{scale}{int(column.column) + 1}" for scale in _SCALES)
        elif item.kind == "R":
            yield from (f"{text}{rank}{column.part}" for rank in _RANKS)
        else:
            # 2.54 to 3.17 name the comment of an option without the option.
            yield f"{text}{part}{columns.get(column.column, '')}{role}"
            yield f"{text}{role}" if column.role == "comment" else f"{text}{part}{role}"


_COMMENTS = ("Comment", "Commentaire", "Kommentar", "Comentario", "Comentário", "Commento")
_OTHERS = ("Other", "Autre", "Sonstiges", "Otro", "Outro", "Altro")
_ROLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "comment": _COMMENTS,
        "other": _OTHERS,
        "other comment": (
            *(f"{other}comment" for other in _OTHERS),
            *(f"{o}{c}" for o, c in zip(_OTHERS, _COMMENTS, strict=True)),
        ),
    }
)
_SCALES = ("Scale", "Échelle", "Skala", "Escala", "Scala")
_RANKS = ("Rank", "Classement", "Rang", "Rango", "Posição")
