"""The one family of errors a user can meet, and the exit code each carries."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

INTERRUPTED = 130
"""The exit code of a command that was interrupted."""
_T = TypeVar("_T")
_LONGEST = 400
_NAMED = 5
_STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: what, where, what was expected, what to do next.

    ``where`` names file, row and column as far as they are known, for example
    ``responses.txt, row 12, column ACT_SQ003``.
    """

    what: str
    where: str
    expected: str = ""
    do: str = ""

    def __str__(self) -> str:
        """Return the fault as the lines a person reads, whatever a cell of the input holds."""
        lines = [self.what, f"  where:    {self.where}"]
        if self.expected:
            lines.append(f"  expected: {self.expected}")
        if self.do:
            lines.append(f"  do:       {self.do}")
        return "\n".join(harmless(line) for line in lines)


def harmless(text: str) -> str:
    """Return a text without signs that steer a terminal or turn its direction, and not too long."""
    steering = (sign for sign in set(text) if unicodedata.category(sign) in _STEERING)
    shown = text.translate({ord(it): "\N{REPLACEMENT CHARACTER}" for it in steering if it != "\n"})
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}… ({len(text):,} characters)"


def tell_faults(faults: Iterable[Fault]) -> list[str]:
    """Return a paragraph per fault; those that differ in their place alone share one."""
    places: dict[Fault, list[str]] = {}
    for fault in faults:
        places.setdefault(replace(fault, where=""), []).append(fault.where)
    return [str(replace(fault, where=_listed(where))) for fault, where in places.items()]


def _listed(places: list[str]) -> str:
    left = len(places) - _NAMED
    return "; ".join(places[:_NAMED]) + (f"; and {left} more" if left > 0 else "")


class EscpError(Exception):
    """Base of every error that is meant for a user; carries the exit code."""

    exit_code = 1


class UsageError(EscpError):
    """The command or its parameters are wrong; nothing was started."""

    exit_code = 2


class BuildError(EscpError):
    """A chapter or a gate failed while a report was being built."""

    exit_code = 1


class RoundError(EscpError):
    """The input of a round has faults a person can mend; lists all of them at once.

    ``findings`` are the doubts and notes met on the way, as rows of the Survey's table.
    """

    exit_code = 3

    def __init__(self, faults: Iterable[Fault], findings: Iterable[Mapping[str, Any]] = ()) -> None:
        self.faults = tuple(faults)
        self.findings = tuple(findings)
        super().__init__("\n\n".join(tell_faults(self.faults)))


def attempt(read: Callable[[], _T], faults: list[Fault]) -> _T | None:
    """Return what ``read`` returns, or take its faults, so that all are told at once."""
    try:
        return read()
    except RoundError as error:
        faults.extend(error.faults)
        return None
