"""The syntax of commentary: plain Markdown, and calls such as ``{{ share("barriers", "other") }}``.

A call is found by its braces and parsed by Jinja; nothing of it is ever run. It is one function
with texts, numbers or lists of them: no names of Python, no attributes, no loops, no files, no
call within a call.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes

from escp_analysis.errors import Fault
from escp_analysis.loaders.wording import advice

LONGEST = 100_000
MOST_CALLS = 1_000
_DEEPEST = 30
_MOST_FAULTS = 3
_LONGEST_CALL = 2_000
_LONGEST_SENTENCE = 300
_EXPECTED = 'text, and calls such as {{ share("barriers", "sme_engagement") }}'
_CALL = re.compile(
    r"\{\{(?P<call>(?:[^\"'{}]++|\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+')*+)\}\}"
    r"|(?P<open>\{\{)|(?P<other>\{[%#])",
    re.DOTALL,
)
_SENTENCE_END = re.compile(
    r"(?m)^:::.*$|(?<=[.!?])[*_\"”’)]*\s+(?=[A-Z{*_\"“‘(])|:[ \t]*\n|\n[ \t]*\n\s*"
    r"|\n(?=[-*+#>|]|\d+[.)] )"
)


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

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    @cached_property
    def _cuts(self) -> tuple[list[int], list[int]]:
        """Return where sentences begin, and where those before them end."""
        cuts = list(_SENTENCE_END.finditer(self.text))
        starts = [0, *(cut.end() for cut in cuts)]
        return starts, [*(cut.start() for cut in cuts), len(self.text)]

    def line(self, offset: int) -> int:
        """Return the line of an offset, counted from 1."""
        return bisect_right(self._lines, offset)

    def line_of(self, offset: int) -> str:
        """Return where an offset stands: file and line."""
        return f"{self.file}, line {self.line(offset)}"

    def place(self, offset: int) -> str:
        """Return where an offset stands: file, line and the sentence around it."""
        return f"{self.line_of(offset)}: {self.sentence(offset)}"

    def sentence(self, offset: int) -> str:
        """Return the sentence around an offset, as it is written; of a long one a part."""
        start, end = self.sentence_span(offset)
        near = max(start, offset - _LONGEST_SENTENCE), min(end, offset + _LONGEST_SENTENCE)
        told = " ".join(self.text[near[0] : near[1]].split())
        return ("… " if near[0] > start else "") + told + (" …" if near[1] < end else "")

    def sentence_span(self, offset: int) -> tuple[int, int]:
        """Return where the sentence around an offset begins and ends."""
        starts, ends = self._cuts
        at = bisect_right(starts, offset) - 1
        return starts[at], max(ends[at], starts[at])


def calls(source: Source) -> tuple[tuple[Call, ...], list[Fault]]:
    """Return the calls of a text in their order, and the faults of its syntax."""
    if len(source.text) > LONGEST:
        what = f"the file has {len(source.text)} signs"
        return (), [Fault(what, source.file, f"at most {LONGEST}", "divide it by section")]
    found: list[Call] = []
    faults: list[Fault] = []
    for mark in _CALL.finditer(source.text):
        if mark["call"] is not None:
            found.append(Call(mark.start(), mark.end(), mark["call"].strip("-+ \t\n")))
        elif len(faults) < _MOST_FAULTS:
            what = (
                "the call is not closed" if mark["open"] else f"{mark[0]} is not part of commentary"
            )
            faults.append(Fault(what, source.place(mark.start()), _EXPECTED))
    if len(found) > MOST_CALLS:
        what = f"the file has {len(found)} calls"
        return (), [Fault(what, source.file, f"at most {MOST_CALLS}", "divide it by section")]
    return tuple(found), faults


def evaluate(call: Call, functions: Mapping[str, Callable[..., str]]) -> str:
    """Return what a call says; raises ``UnsaidError`` where it says nothing."""
    if len(call.source) > _LONGEST_CALL:
        raise UnsaidError(f"a call of {len(call.source)} signs", f"at most {_LONGEST_CALL}")
    if max(map(call.source.count, "([")) > _DEEPEST:
        raise UnsaidError("calls within calls", _EXPECTED)
    try:
        body = _environment().parse("{{" + call.source + "}}").body
    except (TemplateSyntaxError, RecursionError) as error:
        what = f"the call cannot be read: {getattr(error, 'message', 'it is too deep')}"
        raise UnsaidError(what, _EXPECTED) from error
    expression = body[0].nodes[0] if body and isinstance(body[0], nodes.Output) else None
    if len(body) != 1 or not isinstance(expression, nodes.Call):
        raise UnsaidError(f"{{{{{call.source}}}}} is no call", _EXPECTED)
    return _called(expression, functions)


@cache
def _environment() -> Environment:
    return Environment(autoescape=False)


def _called(node: nodes.Call, functions: Mapping[str, Callable[..., str]]) -> str:
    if not isinstance(node.node, nodes.Name) or node.dyn_args or node.dyn_kwargs:
        raise UnsaidError(f"{_named(node.node)} is not allowed in a call", _EXPECTED)
    name = node.node.name
    if name not in functions:
        known = list(functions)
        expected = f"one of {', '.join(known)}"
        raise UnsaidError(f"there is no {name}()", expected, advice(name, known))
    named = {item.key: _value(item.value) for item in node.kwargs}
    return functions[name](*map(_value, node.args), **named)


def _value(node: nodes.Node) -> Any:
    if isinstance(node, nodes.Const) and type(node.value) in (str, int, float):
        return node.value
    if isinstance(node, nodes.List):
        return [_value(item) for item in node.items]
    raise UnsaidError(f"{_named(node)} is not allowed in a call", _EXPECTED)


def _named(node: nodes.Node) -> str:
    words = {"Getattr": "an attribute", "Getitem": "an index", "Name": "a bare name"}
    words |= {"Filter": "a filter", "Mul": "arithmetic", "Add": "arithmetic", "Pow": "arithmetic"}
    words |= {"Call": "a call", "Const": "none, true or false"}
    return words.get(type(node).__name__, type(node).__name__.lower())
