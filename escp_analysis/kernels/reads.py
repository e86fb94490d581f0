"""Notes every file that a kernel opens for reading, so that a chapter's inputs are known.

An IPython extension, loaded by forked and ordinary kernels. It writes as it goes, since a kernel
is killed at its end: one line per file or folder, each once, as a JSON list of kind and path.

Kinds: ``file``, opened for reading, also where there was none; ``folder``, its list of names read,
within the project only. Left out: Python and its packages, this package, what the system and its
libraries keep for themselves, temporary files outside the project, and what the kernel wrote
itself. Not seen: what is read without Python's knowing, by another process or by a library's own
compiled code.
"""

from __future__ import annotations

import importlib
import json
import os
import site
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import source_from_cache
from pathlib import Path
from typing import Any

_RECORD = "ESCP_READS"
_PROJECT = "ESCP_READS_PROJECT"
_KINDS = ("file", "folder")
_SYSTEM = (
    *("/proc", "/dev", "/sys", "/etc/localtime", "/etc/mime.types", "/etc/fonts"),
    *("/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/zoneinfo", "/usr/share/locale"),
)
_OF_A_PERSON = (
    *(".cache", ".config/matplotlib", ".ipython", ".jupyter", ".local/share/jupyter"),
    *(".local/share/fonts", ".fonts", ".matplotlib"),
)
_NAMED_FOLDERS = (
    *("XDG_CACHE_HOME", "MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"),
    *("TMPDIR", "TEMP", "TMP"),
)
_TEMPORARY = ("/tmp", "/var/tmp", "/usr/tmp")


@dataclass(frozen=True)
class Reads:
    """What a kernel read: files, and folders whose names it listed."""

    files: tuple[Path, ...]
    folders: tuple[Path, ...]


def read_record(record: Path) -> Reads | None:
    """Return what a kernel noted; None where it noted nothing, so that its reads are unknown."""
    try:
        lines = record.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return None
    noted = [json.loads(line) for line in lines]
    return Reads(*(tuple(sorted(Path(p) for k, p in noted if k == kind)) for kind in _KINDS))


def variables(record: Path | None, project: Path) -> dict[str, str]:
    """Return the environment that has a kernel note what it reads, none without a record."""
    if record is None:
        return {}
    return {_RECORD: os.path.abspath(record), _PROJECT: os.path.abspath(project)}


def load_ipython_extension(_shell: object) -> None:
    """Begin to note what this process reads, where its environment names a record."""
    record = os.environ.get(_RECORD)
    if record is None:
        return
    out = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    sys.addaudithook(Watch(out, os.environ.get(_PROJECT, os.curdir)))


class Watch:
    """An audit hook that notes reads; ``out`` is the open file for the notes.

    It opens nothing, since that would call it again.
    """

    def __init__(self, out: int, project: str) -> None:
        self._out = out
        self._project = _as_prefixes([project])
        self._never = _as_prefixes(_installed())
        self._not_outside = _as_prefixes(_of_libraries())
        self._importing = ("<frozen importlib", os.path.dirname(importlib.__file__))
        self._seen: set[tuple[str, str]] = set()
        self._written: set[str] = set()
        self._events: dict[str, Callable[..., None]] = {
            "open": self._opened,
            "os.rename": self._renamed,
            "sqlite3.connect": self._connected,
            "os.listdir": self._listed,
            "os.scandir": self._listed,
        }

    def __call__(self, event: str, values: tuple[Any, ...]) -> None:
        """Note an event where it reads."""
        told = self._events.get(event)
        if told is not None:
            told(*values)

    def _opened(self, name: object, _mode: object, flags: int) -> None:
        path = _path(name)
        # What is a place of modules by itself, such as an archive, is opened by imports.
        if path is None or flags & getattr(os, "O_DIRECTORY", 0) or name in sys.path:
            return
        empties = flags & (os.O_TRUNC | os.O_EXCL)
        if not (flags & os.O_WRONLY or empties):
            self._note("file", _source(path))
        if empties or (flags & os.O_CREAT and not os.path.exists(path)):
            self._written.add(path)

    def _renamed(self, old: object, new: object, *_: object) -> None:
        one, other = _path(old), _path(new)
        if one in self._written and other is not None:
            self._written.add(other)

    def _connected(self, name: object) -> None:
        path = None if name in {":memory:", b":memory:", "", b""} else _path(name)
        if path is not None:
            self._note("file", path)

    def _listed(self, name: object = None) -> None:
        # An import looks through every folder that might hold a module.
        if sys._getframe(2).f_code.co_filename.startswith(self._importing):
            return
        path = _path("." if name is None else name)
        if path is not None and f"{path}{os.sep}".startswith(self._project):
            self._note("folder", path)

    def _note(self, kind: str, path: str) -> None:
        if (kind, path) in self._seen or path in self._written or not self._counts(path):
            return
        self._seen.add((kind, path))
        if kind == "folder" or not os.path.isdir(path):
            os.write(self._out, json.dumps([kind, path]).encode() + b"\n")

    def _counts(self, path: str) -> bool:
        inside = f"{path}{os.sep}"
        if inside.startswith(self._never):
            return False
        return inside.startswith(self._project) or not inside.startswith(self._not_outside)


def _path(name: object) -> str | None:
    """Return a name as an absolute path; None for an open file, which was opened before."""
    if not isinstance(name, str | bytes | os.PathLike):
        return None
    return os.path.abspath(os.fsdecode(name))


def _source(path: str) -> str:
    """Return the source of a compiled module, and any other path as it is."""
    if not path.endswith(".pyc"):
        return path
    try:
        return source_from_cache(path)
    except ValueError:  # compiled without a cache folder
        return path


def _installed() -> Iterator[str]:
    """Yield where Python, its packages and this package lie."""
    paths = sysconfig.get_paths()
    yield from (paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    yield from (*site.getsitepackages(), site.getusersitepackages())
    if sys.prefix != sys.base_prefix:
        yield sys.prefix
    yield os.path.dirname(os.path.dirname(__file__))


def _of_libraries() -> Iterator[str]:
    """Yield where the system and libraries keep what is theirs, and what is temporary."""
    yield from (*_SYSTEM, *_TEMPORARY)
    yield from (os.path.expanduser(f"~/{folder}") for folder in _OF_A_PERSON)
    yield from (os.environ[name] for name in _NAMED_FOLDERS if os.environ.get(name))


def _as_prefixes(folders: Iterable[str]) -> tuple[str, ...]:
    """Return folders so that what lies in them begins with one, links followed or not."""
    each = [os.path.abspath(folder) for folder in folders]
    return tuple(f"{path}{os.sep}" for path in {*each, *map(os.path.realpath, each)})
