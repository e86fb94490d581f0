"""The ledger of one reading: every fault and every finding, gathered before anything stops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from escp_analysis.errors import Fault, RoundError

Severity = Literal["stop", "doubt", "note"]
T = TypeVar("T")
_NAMED = 10


def place(file: str, rows: int | Sequence[int] = (), column: str = "") -> str:
    """Return where something stands: ``responses.txt, row 12, column ACT_SQ003``.

    Of many rows the first ones are named and the rest counted.
    """
    listed = [rows] if isinstance(rows, int) else list(rows)
    named = ", ".join(str(row) for row in listed[:_NAMED])
    if len(listed) > _NAMED:
        named += f" and {len(listed) - _NAMED} more"
    word = "rows" if len(listed) > 1 else "row"
    parts = [file, f"{word} {named}" if listed else "", f"column {column}" if column else ""]
    return ", ".join(part for part in parts if part)


@dataclass
class Ledger:
    """What a reading met: faults, which stop it at its end, and findings, which do not.

    ``findings``: one mapping per finding, with the columns of the Survey's table of that name.
    """

    faults: list[Fault] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)

    def fault(self, what: str, where: str, expected: str = "", do: str = "") -> None:
        """Note a fault: nothing is built from this input."""
        self.faults.append(Fault(what, where, expected, do))

    def find(self, severity: Severity, code: str, what: str, do: str, **at: Any) -> None:
        """Note a finding; ``at`` names file, row, column, partnership and question.

        ``ask`` among them is a sentence the partnership can answer.
        """
        named = {name: value for name, value in at.items() if value != ""}
        self.findings.append({"severity": severity, "code": code, "what": what, "do": do} | named)

    def doubt(self, code: str, what: str, do: str, **at: Any) -> None:
        """Note something that is probably wrong."""
        self.find("doubt", code, what, do, **at)

    def note(self, code: str, what: str, do: str, **at: Any) -> None:
        """Note something worth knowing that is not wrong."""
        self.find("note", code, what, do, **at)

    def attempt(self, read: Callable[[], T]) -> T | None:
        """Return what ``read`` returns, or nothing where it raises ``RoundError``, noted here."""
        try:
            return read()
        except RoundError as error:
            self.faults.extend(error.faults)
            self.findings.extend(dict(finding) for finding in error.findings)
            return None

    def settle(self) -> None:
        """Raise ``RoundError`` with every fault and finding so far, if there is a fault."""
        if self.faults:
            raise RoundError(self.faults, self.findings)
