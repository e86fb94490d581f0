"""When a question is shown: LimeSurvey's conditions, evaluated over the responses of a file.

Understood are comparisons of a question's answer with a text, a number or another answer, joined
by ``and``, ``or``, ``&&``, ``||``, ``not``, ``!`` and parentheses, and ``is_empty``. What is
beyond them is not guessed: the condition is then unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import eq, ge, gt, le, lt, ne
from types import MappingProxyType
from typing import Any

import pandas as pd

Cells = Mapping[str, pd.Series]
Condition = Callable[[Cells], "pd.Series[bool]"]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>\"[^\"]*\"|'[^']*')|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[<>()!])|(?P<name>[A-Za-z][A-Za-z0-9_]*)"
    r"(?P<suffix>\.(?:NAOK|code|value|shown))*)"
)
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
    | {"eq": eq, "ne": ne, "lt": lt, "le": le, "gt": gt, "ge": ge}
)
_WORDS = frozenset({"and", "or", "not", "is_empty", *_COMPARE})


def variables(expression: str) -> frozenset[str]:
    """Return the columns that a condition speaks of, as far as it can be read."""
    try:
        kinds = list(_tokens(expression))
    except ValueError:
        return frozenset()
    return frozenset(text for kind, text in kinds if kind == "name" and text not in _WORDS)


def condition(expression: str) -> Condition | None:
    """Return a condition as a function of the cells, or nothing where it cannot be read."""
    if expression.strip() in ("", "1"):
        return lambda cells: pd.Series(True, index=next(iter(cells.values())).index)
    try:
        reader = _Reader(list(_tokens(expression)))
        found = reader.either()
    except (ValueError, IndexError, RecursionError):
        return None
    return found if reader.at == len(reader.tokens) else None


def _tokens(expression: str) -> Iterator[tuple[str, str]]:
    at = 0
    text = expression.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or not found[0]:
            raise ValueError(f"{text[at:]!r} cannot be read")
        kind = next(name for name in ("text", "number", "sign", "name") if found[name])
        yield kind, found[kind]
        at = found.end()


@dataclass
class _Reader:
    """Walks the tokens of one condition; ``or`` binds weaker than ``and``."""

    tokens: list[tuple[str, str]]
    at: int = field(default=0)

    def either(self) -> Condition:
        """Read conditions of which one must hold."""
        parts = [self.both()]
        while self._take("||", "or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else lambda cells: _any(part(cells) for part in parts)

    def both(self) -> Condition:
        """Read conditions that must all hold."""
        parts = [self.single()]
        while self._take("&&", "and"):
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else lambda cells: _all(part(cells) for part in parts)

    def single(self) -> Condition:
        """Read one comparison, a negation or what stands in parentheses."""
        if self._take("!", "not"):
            inner = self.single()
            return lambda cells: ~inner(cells)
        if self._take("("):
            inner = self.either()
            self._need(")")
            return inner
        if self._take("is_empty"):
            self._need("(")
            name = self._next("name")
            self._need(")")
            return lambda cells: cells[name].fillna("").eq("")
        return self._comparison()

    def _comparison(self) -> Condition:
        left = self._operand()
        kind, sign = self.tokens[self.at]
        if sign not in _COMPARE or kind not in ("sign", "name"):
            raise ValueError(f"{sign!r} compares nothing")
        self.at += 1
        right = self._operand()
        return lambda cells: _compared(_COMPARE[sign], left(cells), right(cells), cells)

    def _operand(self) -> Callable[[Cells], Any]:
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "text":
            return lambda cells: text[1:-1]
        if kind == "number":
            return lambda cells: float(text)
        if kind != "name" or text in _WORDS:
            raise ValueError(f"{text!r} is no value")
        return lambda cells: cells[text].fillna("")

    def _take(self, *signs: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at][1] in signs:
            self.at += 1
            return True
        return False

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise ValueError(f"{sign!r} is missing")

    def _next(self, kind: str) -> str:
        found, text = self.tokens[self.at]
        if found != kind:
            raise ValueError(f"{text!r} is no {kind}")
        self.at += 1
        return text


def _compared(compare: Any, left: Any, right: Any, cells: Cells) -> pd.Series[bool]:
    """Compare as numbers where both sides are numbers, else as texts; a blank is no number."""
    index = next(iter(cells.values())).index
    sides = [pd.Series(it, index=index) for it in (left, right)]
    first, second = (pd.to_numeric(it, errors="coerce") for it in sides)
    numeric = first.notna() & second.notna()
    as_numbers = compare(first, second)
    texts = [it.astype("str") for it in sides]
    as_texts = compare(*texts) if compare in (eq, ne) else pd.Series(False, index=index)
    told: pd.Series[bool] = as_numbers.where(numeric, as_texts).astype(bool)
    return told


def _any(parts: Iterator[pd.Series[bool]]) -> pd.Series[bool]:
    first, *rest = parts
    for part in rest:
        first = first | part
    return first


def _all(parts: Iterator[pd.Series[bool]]) -> pd.Series[bool]:
    first, *rest = parts
    for part in rest:
        first = first & part
    return first
