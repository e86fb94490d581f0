"""A Survey drawn by hand: only the tables a test names, the rest empty, every type checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from escp_analysis.errors import RoundError
from escp_analysis.loaders import (
    Questionnaire,
    Registry,
    Survey,
    load_round,
    read_questionnaire,
)
from escp_analysis.loaders.boxes import Boxes
from escp_analysis.loaders.registry import ALIAS_COLUMNS, PARTNERSHIP_COLUMNS
from escp_analysis.loaders.survey import SCHEMAS, typed

ROOT = Path(__file__).parents[1]
FORM = ROOT / "data/questionnaire/escp-4i-2018.yaml"
_TABLES = frozenset(SCHEMAS)

MEMBERS = (
    {"country_code": "PL", "joined": "2004-05-01", "left": ""},
    {"country_code": "BE", "joined": "1958-01-01", "left": ""},
    {"country_code": "HR", "joined": "2013-07-01", "left": ""},
    {"country_code": "GB", "joined": "1973-01-01", "left": "2020-01-31"},
)


@cache
def questionnaire() -> Questionnaire:
    """Return the form of 2018-10."""
    return read_questionnaire(FORM)


def registry(names: Iterable[str], aliases: Iterable[tuple[str, str, str]] = ()) -> Registry:
    """Return a registry of ``names`` and of aliases (registered name, alias, relation)."""
    known = [{"name": name} for name in names]
    also = [dict(zip(("name", "alias", "relation"), alias, strict=True)) for alias in aliases]
    return Registry(_text(known, PARTNERSHIP_COLUMNS), _text(also, ALIAS_COLUMNS))


def survey(
    names: Iterable[str] = (),
    *,
    aliases: Iterable[tuple[str, str, str]] = (),
    closed: date = date(2018, 11, 21),
    **tables: Iterable[Mapping[str, Any]],
) -> Survey:
    """Return a Survey of the registered ``names`` with the rows named, the other tables empty."""
    unknown = set(tables) - _TABLES
    assert not unknown, f"no such table: {unknown}"
    round_: Any = SimpleNamespace(
        round_id="2018-10",
        opened=date(2018, 10, 29),
        closed=closed,
        reminders=3,
        provenance="collected",
    )
    filled = {"eu_membership": MEMBERS} | tables
    drawn: dict[str, Any] = {name: typed(name, list(filled.get(name, ()))) for name in _TABLES}
    drawn["boxes"] = Boxes.of_table(drawn.pop("choices"))
    return Survey(round_, questionnaire(), registry(names, aliases), **drawn)


def _text(rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=list(columns), dtype="str")
    return frame.fillna("")


@cache
def first_round() -> Survey:
    """Return the round of the first edition, as the project holds it."""
    return load_round("2018-10", ROOT)


def refusal(call: Callable[[], object]) -> list[str]:
    """Return the faults ``call`` is refused with, as the lines a person reads."""
    with pytest.raises(RoundError) as caught:
        call()
    return [str(fault) for fault in caught.value.faults]
