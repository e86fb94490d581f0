"""Everything a report is made from, with a hash of each, grouped by what a change of it moves."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from escp_analysis.errors import Fault, RoundError
from escp_analysis.loaders.project import RoundPaths

PACKAGE = Path(__file__).parents[1]
_OURS = frozenset({"report", "kernels", "cli.py", "__main__.py", "start.py"})
"""What of the package no chapter imports; tests/test_import_direction.py holds it."""


@dataclass(frozen=True)
class Inputs:
    """The inputs of a round: names lead to SHA-256 hashes, packages to their versions.

    ``data``: the files chapters read. ``words``: the commentary, said anew whenever a report is
    stitched. ``notebooks``: the chapters. ``package``: our code that chapters use. ``stitching``:
    our code that runs, stitches and renders them. ``versions``: Python and every installed
    package.
    """

    data: Mapping[str, str]
    words: Mapping[str, str]
    notebooks: Mapping[str, str]
    package: Mapping[str, str]
    stitching: Mapping[str, str]
    versions: Mapping[str, str]

    @property
    def files(self) -> dict[str, str]:
        """Return the files of the project with their hashes, sorted by name."""
        return dict(sorted({**self.data, **self.words, **self.notebooks}.items()))


def read_inputs(paths: RoundPaths) -> Inputs:
    """Return the inputs of a round as they are now; what is missing is left out.

    The files are those of the round's folders and of earlier rounds, which prose may compare
    with, of the registry, every questionnaire, the statements published about the round and the
    facts all rounds share.
    """
    rounds = [paths, *(RoundPaths(paths.project, name) for name in paths.earlier)]
    data = {path for each in rounds for path in each.files()}
    words = {path for path in data if path.parent.name == "commentary"}
    spoken = {path for path in words if path.is_relative_to(paths.parameters)}
    notebooks = (paths.project / "notebooks").glob("*.ipynb")
    own = list(_code())
    used = [path for path in own if path.relative_to(PACKAGE).parts[0] not in _OURS]
    return Inputs(
        data=hashes(data - words, paths.project),
        words=hashes(spoken, paths.project),
        notebooks=hashes(notebooks, paths.project),
        package=hashes(used, PACKAGE.parent),
        stitching=hashes(set(own) - set(used), PACKAGE.parent),
        versions=versions(),
    )


def hashes(files: Iterable[Path], root: Path) -> dict[str, str]:
    """Return the SHA-256 of each file under its path within ``root``, sorted by path."""
    return {path.relative_to(root).as_posix(): hash_of(path) for path in sorted(files)}


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes; raises ``RoundError`` where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        where = f"{path.parent.name}/{path.name}"
        what = f"the file cannot be read: {error.strerror}"
        raise RoundError([Fault(what, where, "a file that may be read")]) from error


def versions() -> dict[str, str]:
    """Return the version of Python and of every installed package, by the names of their folders.

    Packages tell name and version by the folder of their metadata, so none has to be read.
    """
    folders = [Path(entry) for entry in sys.path if entry.endswith("site-packages")]
    found = (path.stem.rpartition("-") for it in folders for path in it.glob("*.dist-info"))
    named = {name.replace("_", "-").lower(): version for name, _, version in found}
    return {"python": platform.python_version(), **dict(sorted(named.items()))}


def _code() -> Iterable[Path]:
    """Yield the package's modules and templates."""
    for path in PACKAGE.rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            yield path
