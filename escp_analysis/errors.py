"""The one family of errors a user can meet, and the exit code each carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


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
        """Return the fault as the lines a person reads."""
        lines = [self.what, f"  where:    {self.where}"]
        if self.expected:
            lines.append(f"  expected: {self.expected}")
        if self.do:
            lines.append(f"  do:       {self.do}")
        return "\n".join(lines)


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
        super().__init__("\n\n".join(str(fault) for fault in self.faults))
