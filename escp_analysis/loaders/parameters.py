"""The parameters of a round: what ``round.yaml`` must hold, and every way it can be wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.plain_yaml import key_faults, read_yaml

PROVENANCES = ("collected", "reconstructed", "synthetic")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]*(\{n\})?")
_TARGET = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")


@dataclass(frozen=True)
class ReportDetails:
    """What the cover of a report names: title, deliverable, work package, contract, date."""

    title: str
    deliverable: str
    work_package: str
    contract: str
    date: date


@dataclass(frozen=True)
class ExportFiles:
    """The names of a round's raw files, in the round's data folder."""

    responses: str
    structure: str


@dataclass(frozen=True)
class Round:
    """One round of the survey, as its ``round.yaml`` says.

    ``questions`` leads from question codes of the form to question ids of the questionnaire; a
    code with ``{n}`` stands for the numbered copies of a repeated block.
    """

    round_id: str
    title: str
    questionnaire: str
    provenance: str
    opened: date
    closed: date
    reminders: int
    report: ReportDetails
    export: ExportFiles
    questions: Mapping[str, str]

    @property
    def fieldwork(self) -> str:
        """Return the days of the fieldwork, as ``29 October to 21 November 2018``."""
        closed = f"{_day(self.closed)} {self.closed.year}"
        if self.opened.year == self.closed.year:
            return f"{_day(self.opened)} to {closed}"
        return f"{_day(self.opened)} {self.opened.year} to {closed}"


def read_round(path: Path) -> Round:
    """Return the parameters of the round whose ``round.yaml`` is ``path``.

    Raises ``RoundError`` with every fault at once: a missing file, an unknown, missing or double
    key (with the nearest name), a value of the wrong type, a round in another round's folder,
    fieldwork that closes before it opens. Whether the question codes exist is found out when
    they meet the structure.
    """
    faults: list[Fault] = []
    found = _mapping(read_yaml(path), _KEYS, path.name, faults)
    if not faults:
        faults.extend(_contradictions(found, path))
    if faults:
        raise RoundError(faults)
    return Round(
        **{key: found[key] for key in found if key not in ("report", "export")},
        report=ReportDetails(**found["report"]),
        export=ExportFiles(**found["export"]),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text")
    return value.strip()


def _count(value: Any) -> int:
    if not isinstance(value, str) or not value.isdecimal():
        raise ValueError("a whole number, 0 or more")
    return int(value)


def _date(value: Any) -> date:
    try:
        return datetime.strptime(_text(value), "%Y-%m-%d").date()
    except ValueError:
        raise ValueError("a date as YYYY-MM-DD") from None


def _provenance(value: Any) -> str:
    if value not in PROVENANCES:
        raise ValueError(f"one of {', '.join(PROVENANCES)}")
    return str(value)


def _file(value: Any) -> str:
    name = _text(value)
    if name != Path(name).name or "\\" in name or name in (".", ".."):
        raise ValueError("the name of a file in the round's data folder, without a path")
    return name


def _identifier(value: Any) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", _text(value)):
        raise ValueError("small letters, digits and dashes")
    return _text(value)


_REPORT: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "title": _text,
        "deliverable": _text,
        "work_package": _text,
        "contract": _text,
        "date": _date,
    }
)
_EXPORT: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {"responses": _file, "structure": _file}
)
_KEYS: Mapping[str, Any] = MappingProxyType(
    {
        "round_id": _text,
        "title": _text,
        "questionnaire": _identifier,
        "provenance": _provenance,
        "opened": _date,
        "closed": _date,
        "reminders": _count,
        "report": _REPORT,
        "export": _EXPORT,
        "questions": None,
    }
)


def _mapping(
    value: Any, keys: Mapping[str, Any], where: str, faults: list[Fault]
) -> dict[str, Any]:
    """Return the values under ``keys``, typed; what is wrong goes to ``faults``."""
    if not isinstance(value, dict):
        faults.append(Fault("a mapping is missing", where, f"the keys {', '.join(keys)}"))
        return {}
    faults.extend(key_faults(value, keys, keys, where))
    return {
        key: _value(value[key], reader, _place(where, key), faults)
        for key, reader in keys.items()
        if key in value
    }


def _place(where: str, key: str) -> str:
    return f"{where}.{key}" if ", key " in where else f"{where}, key {key}"


def _value(value: Any, reader: Any, where: str, faults: list[Fault]) -> Any:
    if reader is None:
        return _questions(value, where, faults)
    if isinstance(reader, Mapping):
        return _mapping(value, reader, where, faults)
    try:
        return reader(value)
    except ValueError as error:
        faults.append(Fault(f"{value!r} is not legal here", where, str(error)))
        return None


def _questions(value: Any, where: str, faults: list[Fault]) -> dict[str, str]:
    if not isinstance(value, dict) or not value:
        faults.append(Fault("no question is named", where, "question code: question id"))
        return {}
    faults.extend(
        fault for code, target in value.items() for fault in _pair_faults(code, target, where)
    )
    targets = list(value.values())
    for target in sorted({str(target) for target in targets if targets.count(target) > 1}):
        codes = ", ".join(code for code in value if value[code] == target)
        faults.append(Fault(f"{codes} all lead to {target}", where, "one code per question"))
    return dict(value)


def _pair_faults(code: str, target: Any, where: str) -> Iterator[Fault]:
    place = _place(where, code)
    if not _CODE.fullmatch(code):
        expected = "letters and digits, with {n} at the end for the copies of a block"
        yield Fault(f"{code!r} is not a question code", place, expected)
    if not isinstance(target, str) or not _TARGET.fullmatch(target):
        expected = "a question id, or block.field"
        yield Fault(f"{target!r} is not a question id", place, expected)
    elif code.endswith("{n}") != ("." in target):
        expected = "CODE{n}: block.field for a repeated block, CODE: question otherwise"
        yield Fault(f"{code!r} does not go with {target!r}", place, expected)


def _contradictions(found: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    round_id, opened, closed = found["round_id"], found["opened"], found["closed"]
    if round_id != path.parent.name:
        yield Fault(
            f"the file is that of round {round_id!r}",
            f"{path.name}, key round_id",
            f"{path.parent.name!r}, the name of its folder",
        )
    elif f"{opened:%Y-%m}" != round_id:
        expected = f"a day of {round_id}: a round is named by the month it opened"
        yield Fault(f"the round opened on {opened}", f"{path.name}, key opened", expected)
    if closed < opened:
        expected = f"{opened}, the opening, or later"
        yield Fault(f"the round closed on {closed}", f"{path.name}, key closed", expected)


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"
