"""The JSON an exhibit left in a notebook becomes typed blocks of the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from escp_analysis.errors import Fault
from escp_analysis.exhibits import KINDS
from escp_analysis.report import markdown
from escp_analysis.report.blocks import (
    Block,
    Callout,
    Cell,
    Column,
    Figure,
    Form,
    FormItem,
    FormOption,
    Note,
    Table,
    Text,
    Words,
)
from escp_analysis.report.svg import clean


def read_exhibit(
    block: Mapping[str, Any], svg: str, where: str
) -> tuple[tuple[Block, ...], list[Fault]]:
    """Return the blocks of one exhibit and its faults, each at ``where``.

    ``svg`` is the drawing that stands beside a figure's block. Prose becomes several blocks, and
    so does a group, which holds no figure.
    """
    kind = block.get("kind")
    try:
        if kind == "prose":
            return markdown.parse(block["markdown"], where, computed=True)
        if kind == "callout":
            return _callout(block, where)
        if kind == "group":
            return _group(block, where)
        if kind in KINDS:
            return (_single(block, svg),), []
    except (KeyError, TypeError, ValueError) as error:
        expected = "a block made by escp_analysis.exhibits"
        fault = Fault(
            f"a {kind} cannot be read: {error!r}", where, expected, "run the chapter again"
        )
        return (), [fault]
    fault = Fault(f"a block of the kind {kind!r}", where, f"one of {', '.join(KINDS)}")
    return (), [fault]


def _group(block: Mapping[str, Any], where: str) -> tuple[tuple[Block, ...], list[Fault]]:
    read = [read_exhibit(inner, "", where) for inner in block["blocks"]]
    faults = [Fault(str(complaint), where) for complaint in block.get("complaints", ())]
    faults += [fault for _, found in read for fault in found]
    return tuple(it for blocks, _ in read for it in blocks), faults


def _single(block: Mapping[str, Any], svg: str) -> Block:
    match block["kind"]:
        case "figure":
            return _figure(block, svg)
        case "table":
            return _table(block)
        case "form":
            return _form(block)
        case _:
            return Note(str(block["text"]))


def as_words(text: object) -> Words:
    """Return plain text as inline nodes."""
    return (Text(str(text)),) if str(text) else ()


def _callout(block: Mapping[str, Any], where: str) -> tuple[tuple[Block, ...], list[Fault]]:
    inner, faults = markdown.parse(block["markdown"], where, headings=False, computed=True)
    return (Callout(str(block["style"]), str(block["title"]), inner),), faults


def _captioned(block: Mapping[str, Any], series: str) -> dict[str, Any]:
    if series and not str(block["caption"]).strip():
        raise ValueError("the caption is empty")
    return {
        "name": str(block["name"]),
        "caption": str(block["caption"]),
        "base": str(block.get("base", "")),
        "source": str(block.get("source", "")),
        "notes": _texts(block.get("notes", ())),
        "supplementary": bool(block.get("supplementary", False)),
        "series": series,
    }


def _figure(block: Mapping[str, Any], svg: str) -> Figure:
    if not str(block["alt"]).strip() or not svg:
        raise ValueError("the alternative text or the drawing is missing")
    data = block["data"]
    return Figure(
        **_captioned(block, "Figure"),
        alt=str(block["alt"]),
        svg=clean(svg),
        columns=_texts(data["columns"]),
        rows=tuple(_texts(row) for row in data["rows"]),
    )


_MANY_COLUMNS = 8


def _table(block: Mapping[str, Any]) -> Table:
    columns = tuple(_column(column) for column in block["columns"])
    centred = all(column.header or column.align == "center" for column in columns)
    return Table(
        **_captioned(block, "Table"),
        columns=columns,
        matrix=centred and len(columns) > _MANY_COLUMNS,
        rows=tuple(tuple(_cell(cell) for cell in row) for row in block["rows"]),
        wide=bool(block.get("wide", False)),
    )


def _column(column: Mapping[str, Any]) -> Column:
    return Column(
        as_words(column["label"]),
        str(column.get("align", "left")),
        bool(column.get("header", False)),
        float(column.get("width", 0)),
    )


def _cell(cell: str | Mapping[str, Any] | None) -> Cell | None:
    if cell is None:
        return None
    if isinstance(cell, str):
        return Cell(as_words(cell))
    return Cell(as_words(cell["text"]), int(cell.get("rowspan", 1)), str(cell.get("state", "")))


def _form(block: Mapping[str, Any]) -> Form:
    shared = _captioned(block, "Figure" if block.get("numbered") else "")
    items = tuple(_item(item) for item in block["items"])
    return Form(**shared, title=str(block.get("title", "")), items=items)


def _item(item: str | Mapping[str, Any]) -> FormItem:
    if isinstance(item, str):
        return FormItem(wording=item, answer="text")
    return FormItem(
        introduction=str(item.get("introduction", "")),
        wording=str(item.get("wording", "")),
        answer=str(item.get("kind", "")),
        mandatory=bool(item.get("mandatory", False)),
        help=_texts(item.get("help", ())),
        options=tuple(_option(option) for option in item.get("options", ())),
        rows=_texts(item.get("rows", ())),
        columns=_texts(item.get("columns", ())),
        fields=tuple(_item(field) for field in item.get("fields", ())),
    )


def _option(option: Mapping[str, Any]) -> FormOption:
    return FormOption(
        str(option["label"]),
        str(option.get("mark", "box")),
        bool(option.get("other", False)),
        bool(option.get("comment", False)),
    )


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
