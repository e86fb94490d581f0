"""The survey form as a readable facsimile: wording, options and hints, never a picture of text."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from escp_analysis.exhibits import Exhibit

if TYPE_CHECKING:
    from escp_analysis.loaders.question import Question, Questionnaire, Section

_BOX, _RADIO = "box", "radio"
_SIGNS: Mapping[str, str] = {_BOX: "☐", _RADIO: "○"}
_MARKS: Mapping[str, str] = {"single choice": _RADIO, "yes/no": _RADIO}


def form(
    questionnaire: Questionnaire, questions: Sequence[str], *, name: str, caption: str
) -> Exhibit:
    """Return questions of the form as a numbered figure: exact wording, options in order.

    Raises ``RoundError`` for a question the questionnaire does not have. Source: Figures 3, 5,
    7, 8, 9 and 11 of D5.5.
    """
    items = [item for name_ in questions for item in _items(questionnaire.question(name_))]
    section = _section(questionnaire, questions[0])
    title = f"{section.letter}. {section.title}"
    return _shown(title, items, name=name, caption=caption, source=questionnaire.source)


def section_form(questionnaire: Questionnaire, letter: str) -> Exhibit:
    """Return a whole section of the form, every question and option, without a number.

    Raises ``ValueError`` for a letter the questionnaire does not have. Source: Annex A of D5.5.
    """
    found = [section for section in questionnaire.sections if section.letter == letter]
    if not found:
        raise ValueError(f"no section {letter!r} in {questionnaire.id}")
    items = [item for question in found[0].questions for item in _items(question)]
    if found[0].introduction:
        items[0] = items[0] | {"introduction": found[0].introduction}
    return _shown(f"{letter}. {found[0].title}", items)


def _section(questionnaire: Questionnaire, question: str) -> Section:
    letter = questionnaire.section_of(question)
    return next(section for section in questionnaire.sections if section.letter == letter)


def _items(question: Question) -> Iterator[dict[str, Any]]:
    """Yield the items a question shows: itself, or the parts of a block's first copy."""
    if not question.fields:
        yield _item(question)
        return
    block = question.numbered(1)
    headings = {heading.id: heading for heading in block.headings}
    told: set[str] = set()
    opening = ". ".join(text for text in (block.wording, block.introduction) if text)
    for at, part in enumerate(block.fields):
        introduction = opening if at == 0 else ""
        if not part.part_of:
            yield _item(part) | {"introduction": introduction}
        elif part.part_of not in told:
            told.add(part.part_of)
            heading = headings[part.part_of]
            fields = [inner.wording for inner in block.fields if inner.part_of == heading.id]
            yield {
                "introduction": introduction,
                "wording": heading.wording,
                "mandatory": heading.mandatory,
                "kind": "fields",
                "help": list(heading.help),
                "options": [],
                "rows": [],
                "columns": [],
                "fields": fields,
            }


def _item(question: Question) -> dict[str, Any]:
    return {
        "introduction": question.introduction,
        "wording": question.wording,
        "mandatory": question.mandatory,
        "kind": question.kind,
        "help": list(question.help) + ([_CUT] if question.truncated else []),
        "options": list(_options(question)),
        "rows": [row.label for row in question.rows],
        "columns": [column.label for column in question.columns],
        "fields": [],
    }


# In brackets, since it stands among the tips of the form and is none of them.
_CUT = "[The list of partnerships is published only as far as printed here.]"


def _options(question: Question) -> Iterator[dict[str, Any]]:
    mark = _MARKS.get(question.kind, _BOX)
    commented = question.kind == "multiple choice with comments"
    if question.placeholder:
        yield _option(question.placeholder, _RADIO, False, False)
    for option in question.options:
        yield _option(option.label, mark, False, commented)
    # Where the list is cut off, that Other followed is inferred and was never printed.
    if question.other and not question.truncated:
        yield _option("Other:", mark, True, commented)


def _option(label: str, mark: str, other: bool, comment: bool) -> dict[str, Any]:
    return {"label": label, "mark": mark, "other": other, "comment": comment}


def _shown(
    title: str,
    items: Sequence[Mapping[str, Any]],
    *,
    name: str = "",
    caption: str = "",
    source: str = "",
) -> Exhibit:
    block = {
        "kind": "form",
        "name": name,
        "caption": caption,
        "base": "",
        "source": source,
        "notes": [],
        "numbered": bool(name),
        "title": title,
        "items": [dict(item) for item in items],
    }
    return Exhibit(block, _text(block), _html(block))


def _text(block: Mapping[str, Any]) -> str:
    lines = [f"{block['caption']} [{block['name']}]"] if block["name"] else []
    lines.append(block["title"])
    for item in block["items"]:
        lines += [item["introduction"]] if item["introduction"] else []
        lines.append(f"{'* ' if item['mandatory'] else ''}{item['wording']}")
        lines += [f"  ({hint})" for hint in item["help"]]
        marks = {_BOX: "[ ]", _RADIO: "( )"}
        lines += [f"  {marks[option['mark']]} {option['label']}" for option in item["options"]]
        lines += [f"  {field}: ____" for field in item["fields"]]
        lines += [f"  {row} | {' | '.join(item['columns'])}" for row in item["rows"]]
    return "\n".join(lines)


def _html(block: Mapping[str, Any]) -> str:
    caption = f"<figcaption><b>{html.escape(block['caption'])}</b></figcaption>"
    items = "".join(f"<li>{''.join(_html_item(item))}</li>" for item in block["items"])
    title = f"<p><b>{html.escape(block['title'])}</b></p>"
    source = f"<div><small>Source: {html.escape(block['source'])}</small></div>"
    return (
        f"<figure>{caption if block['caption'] else ''}{title}<ol>{items}</ol>"
        f"{source if block['source'] else ''}</figure>"
    )


def _html_item(item: Mapping[str, Any]) -> Iterator[str]:
    mandatory = "* " if item["mandatory"] else ""
    for text in (item["introduction"], mandatory + item["wording"], *item["help"]):
        if text:
            yield f"<p>{html.escape(text)}</p>"
    yield _html_list(
        f"<span aria-hidden='true'>{_SIGNS[option['mark']]}</span> {html.escape(option['label'])}"
        for option in item["options"]
    )
    yield _html_list(html.escape(field) for field in item["fields"])
    cells = "; ".join(html.escape(column) for column in item["columns"])
    yield _html_list(f"{html.escape(row)}: {cells}" for row in item["rows"])


def _html_list(entries: Iterable[str]) -> str:
    inner = "".join(f"<li>{entry}</li>" for entry in entries)
    return f"<ul>{inner}</ul>" if inner else ""
