"""The structure of a LimeSurvey survey (``.lss``): its questions and the columns they export.

Two layouts exist: up to LimeSurvey 3 the tables carry their texts, one row per language; from 4
on the texts stand in tables of their own (``question_l10ns`` and the like). Both are read, in
the survey's base language.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.archive import is_archive, member
from escp_analysis.loaders.project import read_raw
from escp_analysis.loaders.wording import plain

Role = Literal["value", "comment", "other", "other comment"]
Row = Mapping[str, str]
Tables = Mapping[str, Sequence[Row]]

ASK = "in LimeSurvey: Display/Export > Survey structure (.lss), of the survey itself"
_TAG = re.compile(r"<[^>]*>")
_CLOSED = "MPYGLO!FABCEH1"
_WHOLE = ("surveys", "groups", "questions")
_TEXTS = {"groups": ("group_l10ns", "gid"), "answers": ("answer_l10ns", "aid")}
_QUESTION_TEXTS = ("question_l10ns", "qid")


@dataclass(frozen=True)
class Label:
    """A code of the form and the words it stands for: a sub-question or an answer.

    ``raw`` are the words as the form holds them, with their tags.
    """

    code: str
    text: str
    raw: str = ""

    @property
    def stripped(self) -> str:
        """Return the words as full answers print them: what looks like a tag is gone."""
        return " ".join(html.unescape(_TAG.sub("", self.raw)).split())


@dataclass(frozen=True)
class Item:
    """One question of the form.

    ``kind`` is LimeSurvey's type letter; ``page`` the position of its group, from 1; ``always``
    is whether neither the question nor its group has a condition, ``relevance`` what their
    conditions are (the group's, its own); ``parts`` its sub-questions (the rows of an array),
    ``columns`` the columns of an array of texts or numbers; ``second_answers`` those of a dual
    scale; ``database`` the stem of its database names.
    """

    code: str
    kind: str
    text: str
    page: int
    group: str
    always: bool
    mandatory: bool
    other: bool
    parts: tuple[Label, ...]
    columns: tuple[Label, ...]
    answers: tuple[Label, ...]
    database: str
    relevance: tuple[str, ...] = ()
    second_answers: tuple[Label, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column that a question fills in an export of responses.

    ``name`` is its code (``ACT_SQ001comment``), ``database`` its database name
    (``518264X30X465SQ001comment``); ``part`` and ``column`` are the codes of sub-question and
    array column it belongs to, blank where there is none.
    """

    name: str
    database: str
    question: str
    part: str = ""
    column: str = ""
    role: Role = "value"


@dataclass(frozen=True)
class Structure:
    """The form that respondents filled in; questions in the order of the form.

    ``version`` is LimeSurvey's database version; ``paging`` is ``G`` where a page is a group,
    ``A`` where the form is one page, ``S`` where a page is a question.
    """

    file: str
    survey_id: str
    title: str
    version: int
    language: str
    languages: tuple[str, ...]
    paging: str
    items: tuple[Item, ...]
    tables: Tables = field(default_factory=dict, repr=False, compare=False)
    columns: tuple[Column, ...] = field(init=False)
    by_code: Mapping[str, Item] = field(init=False, repr=False, compare=False)
    of_item: Mapping[str, tuple[Column, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        of_item = {item.code: tuple(_columns(item)) for item in self.items}
        object.__setattr__(self, "of_item", of_item)
        object.__setattr__(self, "by_code", {item.code: item for item in self.items})
        columns = tuple(column for item in self.items for column in of_item[item.code])
        object.__setattr__(self, "columns", columns)

    def item(self, code: str) -> Item:
        """Return a question by its code."""
        return self.by_code[code]

    def columns_of(self, code: str) -> tuple[Column, ...]:
        """Return the columns of a question."""
        return self.of_item[code]

    def kind_of(self, code: str) -> str:
        """Return the type letter of a question; blank where there is none of that code."""
        return self.by_code[code].kind if code in self.by_code else ""

    def closed(self) -> frozenset[str]:
        """Return the columns whose answers come from a list."""
        listed = (it for it in self.columns if it.role == "value")
        return frozenset(it.name for it in listed if self.kind_of(it.question) in _CLOSED)

    def in_language(self, language: str) -> Structure:
        """Return the form with its texts in another of its languages."""
        if language == self.language:
            return self
        return replace(self, language=language, items=tuple(_items(self.tables, language)))


def read_structure(path: Path) -> Structure:
    """Return the structure that an ``.lss`` file or an archive (``.lsa``) holds.

    Raises ``RoundError`` as ``parse_structure`` does, and where an archive holds no structure.
    """
    content = read_raw(path)
    if is_archive(content):
        content = member(path.name, content, "structure")
    return parse_structure(content, path.name)


def parse_structure(content: bytes, file: str) -> Structure:
    """Return the structure in the XML ``content`` of an ``.lss``; ``file`` names it in faults.

    Raises ``RoundError`` where the content is not XML, tries to expand entities, is not a
    survey's structure, lacks one of its tables or has a question code twice.
    """
    root = _document(content, file)
    tables = {table.tag: _rows(table) for table in root}
    missing = [name for name in _WHOLE if not tables.get(name)]
    if missing:
        what = f"the structure has no {' and no '.join(missing)}"
        raise RoundError([Fault(what, file, "the complete structure of a survey", ASK)])
    try:
        structure = _structure(tables, int(root.findtext("DBVersion") or 0), file)
    except (KeyError, ValueError) as error:
        what = f"the structure is damaged: a row lacks a value it needs or holds another ({error})"
        raise RoundError([Fault(what, file, "an .lss file as LimeSurvey wrote it", ASK)]) from error
    _refuse_twins(structure.items, file)
    return structure


def _structure(tables: Tables, version: int, file: str) -> Structure:
    survey = tables["surveys"][0]
    language = survey["language"]
    titles = {
        row.get("surveyls_language"): row.get("surveyls_title", "")
        for row in tables.get("surveys_languagesettings", ())
    }
    return Structure(
        file=file,
        survey_id=survey["sid"],
        title=plain(titles.get(language, "")),
        version=version,
        language=language,
        languages=(language, *survey.get("additional_languages", "").split()),
        paging=survey.get("format", ""),
        items=tuple(_items(tables, language)),
        tables=tables,
    )


def _document(content: bytes, file: str) -> Element:
    try:
        root: Element = fromstring(content)
    except ParseError as error:
        line, column = error.position
        where = f"{file}, line {line}, column {column + 1}"
        what = "the structure is not XML"
        raise RoundError([Fault(what, where, "an .lss file", ASK)]) from error
    except DefusedXmlException as error:
        what = "the structure declares XML entities, which no LimeSurvey file does"
        raise RoundError([Fault(what, file, "an .lss file as LimeSurvey wrote it", ASK)]) from error
    if root.tag != "document" or root.findtext("LimeSurveyDocType") != "Survey":
        what = "the file is not the structure of a LimeSurvey survey"
        raise RoundError([Fault(what, file, "an .lss file of document type Survey", ASK)])
    return root


def _rows(table: Element) -> list[Row]:
    """Return the rows of a table; a missing element (NULL) is a missing key."""
    return [{cell.tag: cell.text or "" for cell in row} for row in table.iterfind("rows/row")]


def _items(tables: Tables, language: str) -> Iterator[Item]:
    survey = tables["surveys"][0]
    groups = _localised(tables, "groups", language)
    parts = _by(_localised(tables, "subquestions", language), "parent_qid", "question_order")
    answers = _by(_localised(tables, "answers", language), "qid", "sortorder")
    questions = _by(_localised(tables, "questions", language), "gid", "question_order")
    for page, group in enumerate(sorted(groups, key=lambda row: int(row["group_order"])), start=1):
        for row in questions.get(group["gid"], ()):
            yield Item(
                **_settings(row, group),
                page=page,
                parts=_labels(parts.get(row["qid"], ()), "title", "question", scale="0"),
                columns=_labels(parts.get(row["qid"], ()), "title", "question", scale="1"),
                answers=_labels(answers.get(row["qid"], ()), "code", "answer", scale="0"),
                second_answers=_labels(answers.get(row["qid"], ()), "code", "answer", scale="1"),
                database=f"{survey['sid']}X{group['gid']}X{row['qid']}",
            )


def _settings(row: Row, group: Row) -> dict[str, Any]:
    conditions = (group.get("grelevance", ""), row.get("relevance", ""))
    return {
        "code": row["title"],
        "kind": row["type"],
        "text": plain(row.get("question", "")),
        "group": plain(group.get("group_name", "")),
        "always": all(condition.strip() in ("", "1") for condition in conditions),
        "relevance": tuple(it.strip() for it in conditions if it.strip() not in ("", "1")),
        "mandatory": row.get("mandatory", "N") in ("Y", "S"),
        "other": row.get("other", "N") == "Y",
    }


def _localised(tables: Tables, name: str, language: str) -> list[Row]:
    """Return a table's rows with their texts in ``language``, in either layout."""
    texts, key = _TEXTS.get(name, _QUESTION_TEXTS)
    rows = tables.get(name, ())
    if texts not in tables:
        return [row for row in rows if row.get("language", language) == language]
    worded = {row[key]: row for row in tables[texts] if row.get("language") == language}
    return [{**worded.get(row[key], {}), **row} for row in rows]


def _by(rows: Sequence[Row], key: str, order: str) -> dict[str, list[Row]]:
    sorted_rows: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (int(row.get("scale_id") or 0), int(row[order]))):
        sorted_rows.setdefault(row[key], []).append(row)
    return sorted_rows


def _labels(rows: Sequence[Row], code: str, text: str, *, scale: str) -> tuple[Label, ...]:
    on_scale = (row for row in rows if (row.get("scale_id") or "0") == scale)
    return tuple(Label(row[code], plain(row.get(text, "")), row.get(text, "")) for row in on_scale)


def _refuse_twins(items: Sequence[Item], file: str) -> None:
    codes = [item.code for item in items]
    twins = sorted({code for code in codes if codes.count(code) > 1})
    if twins:
        what = f"question code {', '.join(twins)} stands twice in the structure"
        raise RoundError([Fault(what, file, "one question per code", ASK)])


def _columns(item: Item) -> Iterator[Column]:
    """Yield the columns of a question in the order in which LimeSurvey exports them."""
    yield from _LAYOUTS.get(item.kind, _single)(item)
    if item.other and item.kind in "L!MP":
        yield _column(item, "other", role="other")
    if item.other and item.kind == "P":
        yield _column(item, "othercomment", role="other comment")


def _column(
    item: Item, suffix: str, part: str = "", *, column: str = "", role: Role = "value"
) -> Column:
    name = f"{item.code}_{suffix}" if suffix else item.code
    return Column(name, item.database + suffix, item.code, part, column, role)


def _single(item: Item) -> Iterator[Column]:
    yield _column(item, "")


def _single_with_comment(item: Item) -> Iterator[Column]:
    yield _column(item, "")
    yield _column(item, "comment", role="comment")


def _files(item: Item) -> Iterator[Column]:
    yield _column(item, "")
    count = _column(item, "filecount", role="comment")
    yield replace(count, database=f"{item.database}_filecount")


def _parts(item: Item) -> Iterator[Column]:
    for part in item.parts:
        yield _column(item, part.code, part.code)


def _parts_with_comment(item: Item) -> Iterator[Column]:
    for part in item.parts:
        yield _column(item, part.code, part.code)
        yield _column(item, f"{part.code}comment", part.code, role="comment")


def _cells(item: Item) -> Iterator[Column]:
    for part in item.parts:
        for column in item.columns:
            yield _column(item, f"{part.code}_{column.code}", part.code, column=column.code)


def _dual_scale(item: Item) -> Iterator[Column]:
    for part in item.parts:
        for scale in ("0", "1"):
            column = _column(item, f"{part.code}_{scale}", part.code, column=scale)
            yield replace(column, database=f"{item.database}{part.code}#{scale}")


def _ranks(item: Item) -> Iterator[Column]:
    for place, _ in enumerate(item.answers, start=1):
        yield _column(item, str(place), str(place))


_LAYOUTS: Mapping[str, Callable[[Item], Iterator[Column]]] = MappingProxyType(
    {
        "M": _parts,
        "P": _parts_with_comment,
        "O": _single_with_comment,
        "R": _ranks,
        "|": _files,
        "1": _dual_scale,
        ";": _cells,
        ":": _cells,
        **dict.fromkeys("QKABCEFH", _parts),
    }
)
