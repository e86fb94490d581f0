"""JSON of RemoteControl: nested up to LimeSurvey 3, flat from 5 on; also as base64 in an answer."""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from escp_analysis.loaders.ledger import Ledger
from escp_analysis.loaders.opened import Form, refused

_LOST_NULL = 620
"""The database version from which RemoteControl writes blanks for what was not reached."""


@dataclass(frozen=True)
class JsonFile:
    """An opened JSON export; ``responses`` are its objects, in the order of the file."""

    file: str
    form: Form
    headings: tuple[str, ...]
    responses: tuple[Mapping[str, Any], ...]
    first_row: int = 1

    def cells(
        self, wanted: Mapping[int, str], ledger: Ledger, closed: Collection[str] = ()
    ) -> pd.DataFrame:
        """Return the wanted columns; the index counts responses from 1."""
        keys = {self.headings[at]: name for at, name in wanted.items()}
        rows = [
            {name: _text(response.get(key)) for key, name in keys.items()}
            for response in self.responses
        ]
        index = pd.RangeIndex(self.first_row, self.first_row + len(rows))
        return pd.DataFrame(rows, columns=list(keys.values()), index=index, dtype="str")


def open_json(file: str, content: bytes, version: int) -> JsonFile:
    """Return a JSON export; ``version`` is the database version of its structure.

    Raises ``RoundError`` where it is no JSON, tells an error of RemoteControl or holds no
    responses.
    """
    responses = _responses(file, _loaded(file, content))
    if not responses:
        raise refused("the export holds no response", file)
    headings = tuple(str(key) for key in responses[0])
    form = Form("JSON of RemoteControl", keeps_null=version < _LOST_NULL)
    return JsonFile(file, form, headings, tuple(responses))


def _loaded(file: str, content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise refused(f"byte {error.start + 1} is not UTF-8", file, "JSON in UTF-8") from error
    except json.JSONDecodeError as error:
        where = f"{file}, line {error.lineno}, column {error.colno}"
        raise refused("the file is not JSON, or was cut", where, "the answer as it came") from error
    except RecursionError as error:
        raise refused("the JSON is nested without end", file, "the answer as it came") from error


def _responses(file: str, answer: Any) -> list[Mapping[str, Any]]:
    if isinstance(answer, dict) and "result" in answer:
        return _responses(file, _result(file, answer["result"]))
    listed = answer.get("responses") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        raise refused("the JSON holds no responses", file, '{"responses": [...]}')
    flat = [_flat(item) for item in listed]
    if not all(isinstance(item, dict) for item in flat):
        raise refused("the JSON holds no responses", file, "an object per response")
    return [item for item in flat if item]


def _result(file: str, result: Any) -> Any:
    """Return what the result of an RPC call holds: base64 of JSON, or the words of an error."""
    if isinstance(result, dict) and "status" in result:
        raise refused("the file holds an error of RemoteControl, no responses", file)
    try:
        return _loaded(file, b64decode(str(result), validate=True))
    except NotBase64 as error:
        raise refused("the result is no base64 text", file, "export_responses' answer") from error


def _flat(item: Any) -> Any:
    """Return a response without the outer object that 2.x and 3.x put around it."""
    if isinstance(item, dict) and len(item) == 1:
        (inner,) = item.values()
        if isinstance(inner, dict):
            return inner
    return item


def _text(cell: Any) -> str | None:
    if cell is None:
        return None
    text = cell if isinstance(cell, str) else json.dumps(cell)
    return text.replace("\r\n", "\n").replace("\r", "\n")
