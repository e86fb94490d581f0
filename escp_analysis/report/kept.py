"""Content kept from one build for the next, sealed by its hash: damaged content is missing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any


class Kept:
    """Things made before, found by what they were made from; without a folder nothing is kept.

    ``basis`` is what all of them depend on: our code and the versions of the packages.
    """

    def __init__(self, folder: Path | None = None, basis: bytes = b"") -> None:
        self._folder, self._basis = folder, basis
        self._used: set[str] = set()

    def __deepcopy__(self, memo: dict[int, Any]) -> Kept:
        """Return itself: exporters copy what they are handed."""
        return self

    def find(self, kind: str, *made_from: bytes) -> bytes | None:
        """Return what was made from the same before; ``None`` where there is nothing whole."""
        return None if self._folder is None else read_sealed(self._path(kind, made_from))

    def keep(self, content: bytes, kind: str, *made_from: bytes) -> bytes:
        """Keep what was made, and return it."""
        if self._folder is not None:
            write_sealed(self._path(kind, made_from), content)
        return content

    def made(self, make: Callable[[], bytes], kind: str, *made_from: bytes) -> bytes:
        """Return what ``make`` returns, or what it returned before from the same."""
        found = self.find(kind, *made_from)
        return found if found is not None else self.keep(make(), kind, *made_from)

    def _path(self, kind: str, made_from: tuple[bytes, ...]) -> Path:
        assert self._folder is not None
        name = f"{kind}-{digest(self._basis, *made_from)}"
        self._used.add(name)
        return self._folder / name

    def forget_unused(self, kinds: Iterable[str]) -> None:
        """Remove what of these kinds this build did not use."""
        if self._folder is None:
            return
        for kind in kinds:
            for path in self._folder.glob(f"{kind}-*"):
                if path.name not in self._used:
                    path.unlink(missing_ok=True)


def digest(*parts: bytes) -> str:
    """Return one hash of several parts, none of which can pass for another."""
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big") + part)
    return found.hexdigest()


def write_sealed(path: Path, content: bytes) -> None:
    """Write content under a first line that holds its hash, as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        aside.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def read_sealed(path: Path) -> bytes | None:
    """Return what ``write_sealed`` wrote; ``None`` where it is not there or not whole."""
    try:
        seal, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if seal == hashlib.sha256(content).hexdigest().encode() else None
