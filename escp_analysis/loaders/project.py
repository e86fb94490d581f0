"""Where a project keeps its things: the root folder, and the folders of one round."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from escp_analysis.errors import Fault, RoundError

_ROOT_FOLDERS = (Path("data/rounds"), Path("parameters"))
_LEFT_OUT = frozenset({"Thumbs.db"})
_ROUND_ID = re.compile(r"[0-9]{4}-[0-9]{2}")


def find_project(start: Path | None = None) -> Path:
    """Return the nearest folder at or above ``start`` (default: here) that holds a project.

    A project holds the folders ``data/rounds`` and ``parameters``. Raises ``RoundError`` where
    no folder on the way up does.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if all((folder / part).is_dir() for part in _ROOT_FOLDERS):
            return folder
    fault = Fault(
        "no project here",
        f"{here.name or here} and the folders above it",
        "a folder that holds data/rounds and parameters",
        "go to the project's folder and try again",
    )
    raise RoundError([fault])


def read_raw(path: Path) -> bytes:
    """Return the bytes of a raw file of a round, which is only ever read.

    Raises ``RoundError`` where it is missing, cannot be read, or is a link out of its folder.
    """
    where = f"{path.parent.name}/{path.name}"
    if not path.resolve().is_relative_to(path.parent.resolve()):
        fault = Fault("the file is a link out of the round's folder", where, "a file", "copy it")
        raise RoundError([fault])
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        do = "put the file there, or correct its name under export in round.yaml"
        raise RoundError([Fault("the file is missing", where, path.name, do)]) from error
    except OSError as error:
        what = f"the file cannot be read: {error.strerror}"
        raise RoundError([Fault(what, where, "a file that may be read")]) from error


@dataclass(frozen=True)
class RoundPaths:
    """The folders of one round; raises ``RoundError`` where ``round_id`` is not ``YYYY-MM``.

    A round's name becomes part of paths, so nothing but four digits, a dash and two digits is
    let through.
    """

    project: Path
    round_id: str

    def __post_init__(self) -> None:
        if _ROUND_ID.fullmatch(self.round_id):
            return
        fault = Fault(
            f"{self.round_id!r} is not the name of a round",
            "the round asked for",
            "the month the round opened, as YYYY-MM, for example 2018-10",
            self._known(),
        )
        raise RoundError([fault])

    @property
    def data(self) -> Path:
        """Return the folder of the round's raw files."""
        return self.project / "data" / "rounds" / self.round_id

    @property
    def parameters(self) -> Path:
        """Return the folder of the round's parameters and commentary."""
        return self.project / "parameters" / self.round_id

    @property
    def output(self) -> Path:
        """Return the folder the round's report is built in."""
        return self.project / "output" / self.round_id

    @property
    def round_file(self) -> Path:
        """Return the file of the round's parameters."""
        return self.parameters / "round.yaml"

    @property
    def registry(self) -> Path:
        """Return the folder of the registry, which all rounds share."""
        return self.project / "data" / "registry"

    @property
    def claims(self) -> Path:
        """Return the file of the statements published about the round."""
        return self.project / "data" / "claims" / f"{self.round_id}.csv"

    @property
    def facts(self) -> Path:
        """Return the file of cited facts, which all rounds share."""
        return self.project / "parameters" / "facts.yaml"

    @property
    def questionnaires(self) -> Path:
        """Return the folder of the questionnaires, which all rounds share."""
        return self.project / "data" / "questionnaire"

    @property
    def cache(self) -> Path:
        """Return the folder of what builds of the round keep for the next one."""
        return self.project / "output" / ".cache" / self.round_id

    @property
    def earlier(self) -> tuple[str, ...]:
        """Return the rounds of the project that opened before, the latest first."""
        return tuple(name for name in reversed(self._rounds()) if name < self.round_id)

    def files(self) -> list[Path]:
        """Return every file that the round is read from, sorted; what is missing is left out.

        Hidden files and what an editor or a desktop leaves are none.
        """
        folders = (self.data, self.parameters, self.registry, self.questionnaires)
        found = {path for folder in folders for path in _files_in(folder)}
        return sorted(found | {path for path in (self.claims, self.facts) if path.is_file()})

    def questionnaire(self, questionnaire_id: str) -> Path:
        """Return the file of a questionnaire version."""
        return self.questionnaires / f"{questionnaire_id}.yaml"

    def _rounds(self) -> list[str]:
        folder = self.project / "parameters"
        return sorted(path.name for path in folder.glob("*") if _ROUND_ID.fullmatch(path.name))

    def _known(self) -> str:
        names = self._rounds()
        return f"rounds of this project: {', '.join(names)}" if names else ""


def _files_in(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and path.name not in _LEFT_OUT:
            yield path
