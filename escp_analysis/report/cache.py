"""What a chapter's outputs depend on, the outputs kept with it, and what of it has changed."""

from __future__ import annotations

import io
import json
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from escp_analysis.report.inputs import Inputs
from escp_analysis.report.kept import digest, read_sealed, write_sealed
from escp_analysis.report.parameters_cell import PARAMETERS

if TYPE_CHECKING:
    from escp_analysis.report.chapters import ChapterFile

Parts = Mapping[str, Mapping[str, str]]
CHAPTERS = "chapters"
"""The folder of the entries within a round's cache."""

_PARTS = {
    "code": "{} of the chapter",
    "parameters": "the parameter {}",
    "data": "{}",
    "package": "{}",
    "versions": "the installed {}",
}
_IGNORED = (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER)


@dataclass(frozen=True)
class Key:
    """What a chapter's outputs depend on: parts (``code``, ``data``, ...), items and their hashes.

    Words, comments, tags and blank lines are none of it.
    """

    parts: Parts

    def changes(self, before: Parts) -> list[str]:
        """Return in words what differs from an earlier key: changed, new or gone."""
        told = []
        for part, form in _PARTS.items():
            old, new = before.get(part, {}), self.parts.get(part, {})
            for item in sorted(old.keys() | new.keys()):
                if old.get(item) != new.get(item):
                    verb = "changed" if item in old and item in new else "is new"
                    told.append(f"{form.format(item)} {verb if item in new else 'is gone'}")
        return told


@dataclass(frozen=True)
class Entry:
    """What is kept of a chapter that was run.

    ``notebook``: as executed, without volatile parts; ``record``: its part of the run record;
    ``words``: the commentary it was run with; ``undeclared``: what it read that is none of the
    round's, for which its notebook is not kept.
    """

    parts: Parts
    notebook: Mapping[str, Any]
    record: Mapping[str, Any]
    words: Mapping[str, str]
    undeclared: Sequence[str] = ()


def key_of(chapter: ChapterFile, settled: Mapping[str, Any], inputs: Inputs) -> Key:
    """Return the key of a chapter, ``settled`` the parameters it is run with.

    Python and the packages of the kernel are those of this process.
    """
    parameters = {name: repr(value) for name, value in settled.items()}
    return Key(
        {"code": code_of(chapter.notebook), "parameters": parameters, **common_parts(inputs)}
    )


def code_of(notebook: Mapping[str, Any]) -> dict[str, str]:
    """Return the code cells of a notebook by their number among them, parameters left out.

    ``notebook`` is as nbformat or plain JSON has it. Words put between cells move no number.
    """
    cells = [(it, "".join(it["source"])) for it in notebook["cells"] if it["cell_type"] == "code"]
    filled = [(cell, source) for cell, source in cells if source.strip()]
    return {
        f"code cell {at}": digest(meaning(source).encode())
        for at, (cell, source) in enumerate(filled, start=1)
        if PARAMETERS not in cell["metadata"].get("tags", ())
    }


def common_parts(inputs: Inputs) -> dict[str, Mapping[str, str]]:
    """Return the parts of a key that all chapters share."""
    return {"data": inputs.data, "package": inputs.package, "versions": inputs.versions}


def meaning(source: str) -> str:
    """Return code without its comments and blank lines; what is not plain Python, as it is.

    A semicolon at the end stays: it decides whether a cell shows anything.
    """
    if any(line.lstrip().startswith(("%", "!")) for line in source.splitlines()):
        return source
    try:
        found = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return source
    kept = [it for it in found if it.type not in _IGNORED]
    return json.dumps([[it.type, it.string.rstrip("\r\n")] for it in kept])


class Cache:
    """The entries of one round, a file each; a damaged one counts as missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, chapter: str) -> Entry | None:
        """Return what is kept of a chapter; ``None`` where there is nothing or it is damaged."""
        content = read_sealed(self._path(chapter))
        try:
            return Entry(**json.loads(content)) if content is not None else None
        except (ValueError, TypeError):
            return None

    def write(self, chapter: str, entry: Entry) -> None:
        """Keep a chapter in place of what was kept of it."""
        content = json.dumps(vars(entry), ensure_ascii=False, sort_keys=True)
        write_sealed(self._path(chapter), content.encode())

    def _path(self, chapter: str) -> Path:
        return self._folder / f"{chapter}.json"


def surely_stale(chapters: Iterable[Path], inputs: Inputs, cache: Cache) -> bool:
    """Return whether some chapter has to be run, as far as files tell before they are read."""
    shared = common_parts(inputs)
    for path in chapters:
        entry = cache.read(path.stem)
        if entry is None or entry.undeclared or not entry.parts.items() >= shared.items():
            return True
        if entry.parts["code"] != _code_in(path):
            return True
    return False


def _code_in(path: Path) -> dict[str, str]:
    """Return the code of a chapter's file; one that is no notebook has none, as the plan tells."""
    try:
        return code_of(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError):
        return {}
