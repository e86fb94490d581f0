"""A computed number in a sentence and where it comes from: how the two are written, and read.

In Markdown the two stand together as a role, ``{value}`4 of 6 (67 %) <options.a.b.2: count 4>```.
The report shows the origin to whoever points at the number, and in a notebook's plain text the
number alone is printed. Only the package writes the role: text that somebody typed is escaped
before it meets a sentence, and a role that an analyst types is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pandas as pd

from escp_analysis.rounding import NARROW_NO_BREAK_SPACE, percent

_PART = r"((?:[^`\\<>\n]|\\.)*)"
ROLE = re.compile(rf"\{{value\}}`{_PART} <{_PART}>`")
"""The role: the number as printed, its origin; both with the signs of the role escaped."""

_NO_SHARE = "ticks per partnership"


def told(text: str, origin: str) -> str:
    """Return a number with its origin, as it is written in Markdown."""
    return f"{{value}}`{_guarded(text)} <{_guarded(origin)}>`"


def computed(
    text: str, name: str, *, count: Any = None, base: Any = None, unit: str = "", note: str = ""
) -> str:
    """Return a printed number with its origin: the value's name, count, base, share and unit.

    ``count`` and ``base`` may be missing; a mean has both and is no share.
    """
    said = [f"count {count}"] if _given(count) else []
    if _given(base):
        said.append(f"base {base}")
    if _given(count) and _given(base) and base and unit != _NO_SHARE:
        said.append(f"share {percent(int(count), int(base))}{NARROW_NO_BREAK_SPACE}%")
    said += [f"unit: {unit}"] if unit else []
    said += [note] if note else []
    return told(text, f"{name}: {', '.join(said)}" if said else name)


def parts(role: re.Match[str]) -> tuple[str, str]:
    """Return what a role holds: the number as printed, and its origin."""
    return _bare(role[1]), _bare(role[2])


def without_origins(markdown: str) -> str:
    """Return a text with its numbers alone, as plain text shows it."""
    return ROLE.sub(lambda role: parts(role)[0], markdown)


def reworded(markdown: str, change: Callable[[str], str]) -> str:
    """Return a text in which ``change`` was made to each number, its origin kept."""
    return ROLE.sub(lambda role: told(change(parts(role)[0]), parts(role)[1]), markdown)


def _given(number: Any) -> bool:
    return number is not None and not pd.isna(number)


def _guarded(text: str) -> str:
    # The bar is guarded for the sake of tables, which read theirs before any role.
    return re.sub(r"([\\`<>|])", r"\\\1", text.replace("\n", " "))


def _bare(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
