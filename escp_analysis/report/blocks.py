"""The one model both renderings are made from: what a chapter consists of, and nothing else.

Every node is plain data: text, numbers, tuples of nodes. Templates escape text and decide looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias


def _kind(name: str) -> Any:
    return field(default=name, init=False)


@dataclass(frozen=True)
class Text:
    """Plain text; never markup."""

    text: str
    kind: str = _kind("text")


@dataclass(frozen=True)
class Code:
    """A literal name within a sentence."""

    text: str
    kind: str = _kind("code")


@dataclass(frozen=True)
class Break:
    """A line break within a paragraph."""

    kind: str = _kind("break")


@dataclass(frozen=True)
class Strong:
    """Words of strong importance."""

    children: tuple[Inline, ...]
    kind: str = _kind("strong")


@dataclass(frozen=True)
class Emphasis:
    """Stressed words."""

    children: tuple[Inline, ...]
    kind: str = _kind("emphasis")


@dataclass(frozen=True)
class Link:
    """Words that lead to an ``http`` or ``https`` address."""

    href: str
    children: tuple[Inline, ...]
    kind: str = _kind("link")


@dataclass(frozen=True)
class Ref:
    """A reference by name; ``label`` and ``anchor`` are filled in when the report is numbered.

    ``anchor`` stays empty where the target is not part of what is rendered.
    """

    name: str
    label: str = ""
    anchor: str = ""
    kind: str = _kind("ref")


@dataclass(frozen=True)
class Value:
    """A computed number and its origin: the value's name, count, base, share and unit.

    ``anchor`` names the origin within a page; it is filled in when the report is numbered.
    """

    text: str
    origin: str
    anchor: str = ""
    kind: str = _kind("value")


Inline: TypeAlias = Text | Code | Break | Strong | Emphasis | Link | Ref | Value
Words: TypeAlias = tuple[Inline, ...]


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 (the chapter's title) to 3; ``name`` is its reference target."""

    level: int
    words: Words
    name: str = ""
    number: str = ""
    label: str = ""
    anchor: str = ""
    kind: str = _kind("heading")


@dataclass(frozen=True)
class Paragraph:
    """One paragraph."""

    words: Words
    kind: str = _kind("paragraph")


@dataclass(frozen=True)
class Listing:
    """A list; each item is a tuple of blocks; ``start`` is the first number of an ordered one."""

    items: tuple[tuple[Block, ...], ...]
    ordered: bool = False
    start: int = 1
    kind: str = _kind("list")


@dataclass(frozen=True)
class Quote:
    """Somebody else's words, set apart."""

    blocks: tuple[Block, ...]
    kind: str = _kind("quote")


@dataclass(frozen=True)
class Preformatted:
    """Text whose line breaks and spaces count."""

    text: str
    kind: str = _kind("preformatted")


@dataclass(frozen=True)
class Note:
    """A remark set small, in plain text."""

    text: str
    kind: str = _kind("note")


@dataclass(frozen=True)
class Incomplete:
    """A chapter that failed: the note stands where it stopped."""

    text: str
    kind: str = _kind("incomplete")


@dataclass(frozen=True)
class Callout:
    """A box with a style (good practice, on the way, important) and a title."""

    style: str
    title: str
    blocks: tuple[Block, ...]
    kind: str = _kind("callout")


@dataclass(frozen=True)
class Column:
    """A table column; ``header`` cells head their row; ``width`` is relative, 0 as needed."""

    label: Words
    align: str = "left"
    header: bool = False
    width: float = 0


@dataclass(frozen=True)
class Cell:
    """A table cell; it reaches over ``rowspan`` rows; ``state`` gives it a shade."""

    words: Words
    rowspan: int = 1
    state: str = ""


@dataclass(frozen=True)
class Captioned:
    """What figures, tables and forms share.

    ``series`` is ``Figure`` or ``Table``; ``label`` (``Figure 4``) and ``anchor`` are filled in
    when the report is numbered and stay empty for what carries no caption.
    """

    name: str = ""
    caption: str = ""
    base: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    supplementary: bool = False
    series: str = ""
    label: str = ""
    anchor: str = ""

    @property
    def numbered(self) -> bool:
        """Return whether the block takes a number of its series."""
        return bool(self.series)


@dataclass(frozen=True)
class Table(Captioned):
    """A table of printed cells; ``None`` stands where a cell above reaches down.

    ``wide`` asks for a landscape page, ``matrix`` for column labels that stand upright.
    """

    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell | None, ...], ...] = ()
    wide: bool = False
    matrix: bool = False
    kind: str = _kind("table")


@dataclass(frozen=True)
class Figure(Captioned):
    """A drawing, as clean SVG or PNG in base64, with its alternative text and its data."""

    alt: str = ""
    svg: str = ""
    png: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    kind: str = _kind("figure")


@dataclass(frozen=True)
class FormOption:
    """An option of a form, its ``mark`` a ``box`` or ``radio``; frames for other and comment."""

    label: str
    mark: str = "box"
    other: bool = False
    comment: bool = False


@dataclass(frozen=True)
class FormItem:
    """A question of a form as it is asked; ``answer`` is its kind in the questionnaire."""

    introduction: str = ""
    wording: str = ""
    answer: str = ""
    mandatory: bool = False
    help: tuple[str, ...] = ()
    options: tuple[FormOption, ...] = ()
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    fields: tuple[FormItem, ...] = ()


@dataclass(frozen=True)
class Form(Captioned):
    """A facsimile of part of the survey form."""

    title: str = ""
    items: tuple[FormItem, ...] = ()
    kind: str = _kind("form")


Block: TypeAlias = (
    Heading
    | Paragraph
    | Listing
    | Quote
    | Preformatted
    | Note
    | Incomplete
    | Callout
    | Table
    | Figure
    | Form
)


@dataclass(frozen=True)
class Entry:
    """A line of the contents or of a list: where it leads, its number and its words."""

    label: str
    text: str
    anchor: str
    level: int = 1


@dataclass(frozen=True)
class Chapter:
    """A chapter; its blocks begin with its title. ``name`` is its file's name without ending."""

    name: str
    label: str
    title: str
    anchor: str
    blocks: tuple[Block, ...]


def as_data(node: Any) -> Any:
    """Return a node as mappings, lists and plain values, ready for JSON."""
    if isinstance(node, tuple | list):
        return [as_data(item) for item in node]
    names = _names(node)
    return node if names is None else {name: as_data(getattr(node, name)) for name in names}


def plain(words: Words) -> str:
    """Return inline nodes as the text a reader sees."""
    return "".join(_plain(node) for node in words)


def _plain(node: Inline) -> str:
    if isinstance(node, Text | Code | Value):
        return node.text
    if isinstance(node, Ref):
        return node.label or node.name
    if isinstance(node, Break):
        return " "
    return plain(node.children)


def walk(value: Any) -> Iterator[Any]:
    """Yield every node of a tree in reading order, a parent before its children."""
    if isinstance(value, tuple):
        for item in value:
            yield from walk(item)
        return
    names = _names(value)
    if names is None:
        return
    yield value
    for name in names:
        inner = getattr(value, name)
        if isinstance(inner, tuple) or _names(inner) is not None:
            yield from walk(inner)


def rebuild(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return a tree in which ``change`` replaced each node, children before their parent."""
    if isinstance(value, tuple):
        return tuple(rebuild(item, change) for item in value)
    names = _names(value)
    if names is None:
        return value
    inner = {
        name: rebuilt
        for name in names
        if isinstance(before := getattr(value, name), tuple)
        and (rebuilt := rebuild(before, change)) != before
    }
    return change(replace(value, **inner) if inner else value)


def _names(value: Any) -> Iterable[str] | None:
    """Return the names of a node's fields; ``None`` for what is no node."""
    # What dataclasses.fields reads, without the list it makes each time.
    names: Iterable[str] | None = getattr(value, "__dataclass_fields__", None)
    return names
