"""The syntax of commentary: plain Markdown, and calls such as ``{{ share("barriers", "other") }}``.

Jinja finds and parses the calls; nothing of it is ever run. An expression is one call, its
arguments are texts, numbers, lists of them or further calls: no names of Python, no attributes,
no loops, no files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes

from escp_analysis.errors import Fault
from escp_analysis.loaders.wording import advice

LONGEST = 100_000
_DEEPEST = 4
_LONGEST_CALL = 2_000
_EXPECTED = 'text, and calls such as {{ share("barriers", "sme_engagement") }}'
_SENTENCE_END = re.compile(r"(?m)^:::.*$|(?<=[.!?:])\s+(?=[A-Z{*])|\n\s*\n|\n(?=[-*#>])")


class UnsaidError(Exception):
    """A call that cannot be answered; says what is wrong, what was expected, what to do."""

    def __init__(self, what: str, expected: str = "", do: str = "") -> None:
        super().__init__(what)
        self.what, self.expected, self.do = what, expected, do


@dataclass(frozen=True)
class Call:
    """A call in a text: where it stands (offsets of its braces) and what stands between them."""

    start: int
    end: int
    source: str

    @property
    def function(self) -> str:
        """Return the name of the function called."""
        return self.source.partition("(")[0].strip()


@dataclass(frozen=True)
class Source:
    """A text of commentary and the file it comes from."""

    file: str
    text: str

    def place(self, offset: int) -> str:
        """Return where an offset stands: file, line and the sentence around it."""
        line = self.text.count("\n", 0, offset) + 1
        return f"{self.file}, line {line}: {self.sentence(offset)}"

    def start_of(self, line: int) -> int:
        """Return the offset at which a line begins."""
        return sum(len(text) + 1 for text in self.text.split("\n")[: line - 1])

    def sentence(self, offset: int) -> str:
        """Return the sentence around an offset, as it is written."""
        start, end = self.sentence_span(offset)
        return " ".join(self.text[start:end].split())

    def sentence_span(self, offset: int) -> tuple[int, int]:
        """Return where the sentence around an offset begins and ends."""
        start, end = 0, len(self.text)
        for cut in _SENTENCE_END.finditer(self.text):
            if cut.end() <= offset:
                start = cut.end()
            elif cut.start() > offset:
                end = cut.start()
                break
        return start, end


def calls(source: Source) -> tuple[tuple[Call, ...], list[Fault]]:
    """Return the calls of a text in their order, and the faults of its syntax."""
    if len(source.text) > LONGEST:
        what = f"the file has {len(source.text)} signs"
        return (), [Fault(what, source.file, f"at most {LONGEST}", "divide it by section")]
    try:
        tokens = list(_environment().lex(source.text))
    except TemplateSyntaxError as error:
        where = source.place(source.start_of(error.lineno))
        return (), [Fault(f"the text cannot be read: {error.message}", where, _EXPECTED)]
    return _grouped(source, tokens)


def evaluate(call: Call, functions: Mapping[str, Callable[..., str]]) -> str:
    """Return what a call says; raises ``UnsaidError`` where it says nothing."""
    if len(call.source) > _LONGEST_CALL:
        raise UnsaidError(f"a call of {len(call.source)} signs", f"at most {_LONGEST_CALL}")
    if max(map(call.source.count, "([")) > _DEEPEST * 2:
        raise UnsaidError("calls within calls", f"at most {_DEEPEST} levels")
    try:
        body = _environment().parse("{{" + call.source + "}}").body
    except TemplateSyntaxError as error:
        raise UnsaidError(f"the call cannot be read: {error.message}", _EXPECTED) from error
    except RecursionError as error:
        raise UnsaidError("calls within calls", f"at most {_DEEPEST} levels") from error
    expression = body[0].nodes[0] if body and isinstance(body[0], nodes.Output) else None
    if not isinstance(expression, nodes.Call):
        raise UnsaidError(f"{{{{{call.source}}}}} is no call", _EXPECTED)
    return str(_value(expression, functions, 1))


@cache
def _environment() -> Environment:
    return Environment(keep_trailing_newline=True, autoescape=False)


def _grouped(
    source: Source, tokens: list[tuple[int, str, str]]
) -> tuple[tuple[Call, ...], list[Fault]]:
    found: list[Call] = []
    faults: list[Fault] = []
    offset, start = 0, 0
    for line, kind, text in tokens:
        if kind in ("block_begin", "comment_begin"):
            where = f"{source.file}, line {line}"
            faults.append(Fault(f"{text} is not part of commentary", where, _EXPECTED))
        elif kind == "variable_begin":
            start = offset
        elif kind == "variable_end":
            end = offset + len(text)
            found.append(Call(start, end, source.text[start + 2 : end - 2].strip("-+ \n")))
        offset += len(text)
    opened = sum(kind == "variable_begin" for _, kind, _ in tokens)
    if opened > len(found):
        faults.append(Fault("the call is not closed", source.place(start), _EXPECTED))
    return tuple(found), faults


def _value(node: nodes.Node, functions: Mapping[str, Callable[..., str]], depth: int) -> Any:
    if isinstance(node, nodes.Const):
        return node.value
    if isinstance(node, nodes.List | nodes.Tuple):
        return [_value(item, functions, depth + 1) for item in node.items]
    if isinstance(node, nodes.Call) and depth <= _DEEPEST:
        return _called(node, functions, depth)
    raise UnsaidError(f"{_named(node)} is not allowed in a call", _EXPECTED)


def _called(node: nodes.Call, functions: Mapping[str, Callable[..., str]], depth: int) -> Any:
    if not isinstance(node.node, nodes.Name) or node.dyn_args or node.dyn_kwargs:
        raise UnsaidError(f"{_named(node.node)} is not allowed in a call", _EXPECTED)
    name = node.node.name
    if name not in functions:
        known = list(functions)
        expected = f"one of {', '.join(known)}"
        raise UnsaidError(f"there is no {name}()", expected, advice(name, known))
    given = [_value(item, functions, depth + 1) for item in node.args]
    named = {item.key: _value(item.value, functions, depth + 1) for item in node.kwargs}
    return functions[name](*given, **named)


def _named(node: nodes.Node) -> str:
    words = {"Getattr": "an attribute", "Getitem": "an index", "Name": "a bare name"}
    words |= {"Filter": "a filter", "Mul": "arithmetic", "Add": "arithmetic", "Pow": "arithmetic"}
    return words.get(type(node).__name__, type(node).__name__.lower())
