"""The last complete build of a round: what it was asked and made from, and what it left."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from escp_analysis.report.inputs import Inputs, hash_of
from escp_analysis.report.kept import read_sealed, write_sealed

FORMATS = ("html", "pdf")
LAST = "last.json"
"""The file of the cache that holds it."""
_NAMES = {
    "data": "{}",
    "words": "{}",
    "notebooks": "{}",
    "package": "{}",
    "stitching": "{}",
    "versions": "the installed {}",
}


@dataclass(frozen=True)
class Request:
    """What a build is asked for: a round, chapters (all where none is named), formats, values."""

    round_id: str
    only: tuple[str, ...]
    formats: tuple[str, ...]
    parameters: Mapping[str, str]

    @property
    def command(self) -> str:
        """Return the command line that asks for the same."""
        words = ["escp", "run", self.round_id]
        words += [word for name in self.only for word in ("--only", name)]
        words += ["--format", ",".join(self.formats)] if self.formats != FORMATS else []
        words += [word for pair in self.parameters.items() for word in ("--parameter", *pair)]
        return shlex.join(words)


@dataclass(frozen=True)
class LastBuild:
    """A complete build: its command, its inputs, the hashes of the files it left, and when."""

    command: str
    inputs: Mapping[str, Mapping[str, str]]
    outputs: Mapping[str, str]
    built: str

    def is_whole(self, folder: Path) -> bool:
        """Return whether everything it left is still there as it was."""
        return all(_is_as_left(folder / name, told) for name, told in self.outputs.items())

    def changes(self, inputs: Inputs) -> list[str]:
        """Return in words which inputs differ from those it was made from."""
        told, now = [], asdict(inputs)
        for part, form in _NAMES.items():
            old, new = self.inputs.get(part, {}), now[part]
            for name in sorted(old.keys() | new.keys()):
                if old.get(name) != new.get(name):
                    verb = "changed" if name in old else "is new"
                    told.append(f"{form.format(name)} {verb if name in new else 'is gone'}")
        return told

    def when(self) -> str:
        """Return when it was built, as a person says it."""
        at = datetime.fromisoformat(self.built).astimezone()
        return f"on {at:%Y-%m-%d} at {at:%H:%M:%S}"


def read_last(path: Path) -> LastBuild | None:
    """Return the last complete build; ``None`` where there is none, or its record is damaged."""
    content = read_sealed(path)
    try:
        return LastBuild(**json.loads(content)) if content is not None else None
    except (ValueError, TypeError):
        return None


def write_last(
    path: Path, request: Request, inputs: Inputs, outputs: Mapping[str, str], built: str
) -> None:
    """Keep what a complete build was asked, made from, and left."""
    told: dict[str, Any] = {
        "command": request.command,
        "inputs": asdict(inputs),
        "outputs": dict(outputs),
        "built": built,
    }
    write_sealed(path, json.dumps(told, sort_keys=True).encode())


def _is_as_left(path: Path, told: str) -> bool:
    return path.is_file() and hash_of(path) == told


def reports(folder: Path, formats: Sequence[str], name: str) -> tuple[Path, ...]:
    """Return the paths of a report in its formats."""
    return tuple(folder / f"{name}.{ending}" for ending in formats)
