"""The parameters cell of a chapter: names with values, and nothing worked out from them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from escp_analysis.errors import Fault

PARAMETERS = "parameters"
"""The tag of the cell."""
KINDS: Mapping[str, type] = MappingProxyType(
    {"str": str, "int": int, "float": float, "bool": bool, "date": date}
)
_EXPECTED = (
    'lines such as name = "value" or name: int = 3: a text, a number, True, False, or '
    "date(2018, 10, 29) under from datetime import date"
)
_DERIVED = "derive other values in a function of the package"


@dataclass(frozen=True)
class Parameters:
    """What a chapter can be told: the type of each parameter, and the default of most.

    A name that is only declared, as in ``wave: int``, must be given.
    """

    kinds: Mapping[str, type]
    defaults: Mapping[str, Any]


def read_parameters(source: str, where: str) -> tuple[Parameters, list[Fault]]:
    """Return the parameters that lines of code name, and what else they do, as faults."""
    kinds: dict[str, type] = {}
    defaults: dict[str, Any] = {}
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        what = f"the parameters cell is no Python: {error.msg}"
        return Parameters({}, {}), [Fault(what, f"{where}, line {error.lineno}", _EXPECTED)]
    faults = []
    imported = False
    for statement in statements:
        if _imports_dates(statement):
            imported = True
            continue
        try:
            name, kind, value = _named(statement)
            if kind is date and not imported:
                raise ValueError(f"{name} is a date, and the cell does not import it")
        except ValueError as error:
            faults.append(
                Fault(str(error), f"{where}, line {statement.lineno}", _EXPECTED, _DERIVED)
            )
            continue
        kinds[name] = kind
        if value is not None:
            defaults[name] = value
    return Parameters(kinds, defaults), faults


def as_typed(text: str, kind: type) -> Any:
    """Return a value given as text in a parameter's type; ``ValueError`` where it is none."""
    if kind is bool:
        if text not in ("True", "False"):
            raise ValueError(text)
        return text == "True"
    return date.fromisoformat(text) if kind is date else kind(text)


def _imports_dates(statement: ast.stmt) -> bool:
    return ast.unparse(statement) in ("from datetime import date", "import datetime")


def _named(statement: ast.stmt) -> tuple[str, type, Any]:
    """Return the name, type and default that a statement gives; ``ValueError`` for any other."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=expression):
            value = _value(expression)
            return name, type(value), value
        case ast.AnnAssign(target=ast.Name(id=name), annotation=note, value=None):
            return name, _kind(note), None
        case ast.AnnAssign(target=ast.Name(id=name), annotation=note, value=ast.expr() as given):
            kind, value = _kind(note), _value(given)
            if type(value) is not kind:
                found = type(value).__name__
                raise ValueError(f"{name} is said to be {kind.__name__} and is {found}")
            return name, kind, value
    raise ValueError("the parameters cell does more than name values")


def _kind(note: ast.expr) -> type:
    told = ast.unparse(note).removeprefix("datetime.")
    if told not in KINDS:
        raise ValueError(f"a parameter of type {told}; there are {', '.join(KINDS)}")
    return KINDS[told]


def _value(expression: ast.expr) -> Any:
    """Return the value of a literal, or of a date made of three numbers."""
    match expression:
        case ast.Call(func=func, args=args, keywords=[]) if ast.unparse(func) in (
            "date",
            "datetime.date",
        ):
            return date(*(ast.literal_eval(part) for part in args))
    try:
        value = ast.literal_eval(expression)
    except ValueError as error:
        raise ValueError("the parameters cell does more than name values") from error
    if type(value) not in KINDS.values():
        raise ValueError(f"a parameter is {type(value).__name__}")
    return value
