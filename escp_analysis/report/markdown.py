"""Markdown becomes nodes of the report; HTML in it stays text.

CommonMark with tables, and of MyST the target line ``(name)=`` before a heading and the role
{ref}`name`. What the package computed may hold numbers with their origins (``origins``). What a
report cannot hold (an image, a fourth level) is a fault, not a hole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.tree import SyntaxTreeNode

from escp_analysis.errors import Fault
from escp_analysis.origins import ROLE, parts
from escp_analysis.report.blocks import (
    Block,
    Break,
    Cell,
    Code,
    Column,
    Emphasis,
    Heading,
    Inline,
    Link,
    Listing,
    Paragraph,
    Preformatted,
    Quote,
    Ref,
    Strong,
    Table,
    Text,
    Value,
    Words,
)

DEEPEST = 3
_TARGET = re.compile(r"\(([A-Za-z0-9_-]+)\)=\s*")
_REF = re.compile(r"\{ref\}`([^`]+)`")


def parse(
    markdown: str, where: str, *, headings: bool = True, computed: bool = False
) -> tuple[tuple[Block, ...], list[Fault]]:
    """Return the blocks of a Markdown text and the faults found in it, each at ``where``.

    ``headings`` says whether headings belong there; inside a callout they do not. ``computed``
    says whether the package made the text: only then may a number carry an origin.
    """
    reader = _Reader(where, headings, computed)
    blocks = tuple(reader.blocks(SyntaxTreeNode(_parser().parse(markdown)).children))
    return blocks, reader.faults


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.block.ruler.before("heading", "target", _target_line, {"alt": ["paragraph"]})
    parser.inline.ruler.before("backticks", "ref", _reference)
    parser.inline.ruler.before("backticks", "value", _value)
    return parser


def _target_line(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    found = _TARGET.fullmatch(
        state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
    )
    if found is None or state.is_code_block(line):
        return False
    if not silent:
        state.line = line + 1
        state.push("target", "", 0).content = found.group(1)
    return True


def _reference(state: StateInline, silent: bool) -> bool:
    found = _REF.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("ref", "", 0).content = found.group(1).strip()
    state.pos = found.end()
    return True


def _value(state: StateInline, silent: bool) -> bool:
    found = ROLE.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        token = state.push("value", "", 0)
        token.content, token.info = parts(found)
    state.pos = found.end()
    return True


class _Reader:
    """Turns the parser's tree into nodes and keeps the faults it meets."""

    def __init__(self, where: str, headings: bool, computed: bool) -> None:
        self.where = where
        self.faults: list[Fault] = []
        self._computed = computed
        self._headings = headings
        self._target = ""
        self._depth = 0

    def blocks(self, nodes: Sequence[SyntaxTreeNode]) -> Iterator[Block]:
        """Yield the blocks of sibling nodes; a target line names the heading after it."""
        for node in nodes:
            if node.type == "target":
                self._unused_target()
                self._target = node.content
                continue
            if node.type != "heading":
                self._unused_target()
            block = self._block(node)
            if block is not None:
                yield block
        self._unused_target()

    def _unused_target(self) -> None:
        if self._target:
            what = f"the target ({self._target})= names nothing"
            self._fault(
                what, "a heading on the next line", "figures and tables carry their own name"
            )
            self._target = ""

    def _block(self, node: SyntaxTreeNode) -> Block | None:
        block: Block | None = None
        match node.type:
            case "heading":
                block = self._heading(node)
            case "paragraph":
                words = self._inner(node)
                block = Paragraph(words) if words else None
            case "bullet_list" | "ordered_list":
                block = self._listing(node)
            case "blockquote":
                block = Quote(self._inside(node))
            case "code_block" | "fence":
                block = Preformatted(node.content.rstrip("\n"))
            case "table":
                block = self._table(node)
            case "hr":
                self._fault("a ruled line has no place in the report", "headings or paragraphs")
        return block

    def _heading(self, node: SyntaxTreeNode) -> Heading | None:
        level, name, self._target = int(node.tag[1:]), self._target, ""
        words = self._inner(node)
        if self._depth or not self._headings:
            expected = "headings outside lists, quotes and boxes"
            self._fault("a heading stands inside another block", expected)
            return None
        if level > DEEPEST:
            self._fault(f"a heading of level {level}", f"levels 1 to {DEEPEST}", "use fewer #")
            return None
        return Heading(level, words, name)

    def _listing(self, node: SyntaxTreeNode) -> Listing:
        items = tuple(self._inside(item) for item in node.children)
        start = node.attrs.get("start", 1)
        return Listing(items, node.type == "ordered_list", int(start))

    def _inside(self, node: SyntaxTreeNode) -> tuple[Block, ...]:
        self._depth += 1
        inner = tuple(self.blocks(node.children))
        self._depth -= 1
        return inner

    def _table(self, node: SyntaxTreeNode) -> Table:
        head = node.children[0].children[0]
        body = node.children[1].children if len(node.children) > 1 else []
        columns = tuple(Column(self._inner(cell), _alignment(cell)) for cell in head.children)
        rows = tuple(tuple(Cell(self._inner(cell)) for cell in row.children) for row in body)
        return Table(columns=columns, rows=rows)

    def _inner(self, node: SyntaxTreeNode) -> Words:
        """Return the inline nodes of a block that holds one run of text."""
        return self._words(child for inline in node.children for child in inline.children)

    def _words(self, nodes: Iterator[SyntaxTreeNode] | Sequence[SyntaxTreeNode]) -> Words:
        return tuple(word for node in nodes for word in self._inline(node))

    def _inline(self, node: SyntaxTreeNode) -> Words:
        leaves: dict[str, Words] = {
            "text": (Text(node.content),) if node.content else (),
            "text_special": (Text(node.content),),
            "code_inline": (Code(node.content),),
            "softbreak": (Text(" "),),
            "hardbreak": (Break(),),
            "ref": (Ref(node.content),),
            "value": (Value(node.content, node.info),),
            "image": (),
        }
        if node.type == "value" and not self._computed:
            what = "the origin of a number is written by hand"
            self._fault(what, "numbers that the package computed", "show them by a code cell")
        if node.type == "image":
            do = "show it as a figure, with an alternative text"
            self._fault("an image stands in the text", "text", do)
        return leaves[node.type] if node.type in leaves else self._nested(node)

    def _nested(self, node: SyntaxTreeNode) -> Words:
        children = self._words(node.children)
        wrapped: dict[str, Inline] = {"strong": Strong(children), "em": Emphasis(children)}
        if node.type == "link":
            href = str(node.attrs.get("href", ""))
            return (Link(href, children),) if _is_web(href) else children
        return (wrapped[node.type],)

    def _fault(self, what: str, expected: str, do: str = "") -> None:
        self.faults.append(Fault(what, self.where, expected, do))


def _is_web(href: str) -> bool:
    return re.match(r"https?://[^/\s]", href, flags=re.IGNORECASE) is not None


def _alignment(cell: SyntaxTreeNode) -> str:
    return str(cell.attrs.get("style", "text-align:left")).removeprefix("text-align:")
