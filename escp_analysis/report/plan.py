"""What is to be built: input read, counted and checked, what is kept found; nothing started."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from escp_analysis.errors import Fault, RoundError, attempt
from escp_analysis.loaders.commentary import read_commentary
from escp_analysis.loaders.project import RoundPaths
from escp_analysis.report.cache import Cache, Entry, Key, key_of
from escp_analysis.report.chapters import ChapterFile, read_chapters, select, settle_parameters
from escp_analysis.report.counting import Count, count
from escp_analysis.report.inputs import Inputs
from escp_analysis.report.kept import Kept
from escp_analysis.report.last import Request
from escp_analysis.report.wording import Sound, wording_faults

_PARTIAL = "partial"


@dataclass(frozen=True)
class Plan:
    """A build before it begins.

    ``counted``: the round and its results; ``chapters`` all there are, ``chosen``
    those asked for; ``keys`` and ``entries``: what each depends on, and what is kept of it that
    holds for this key.
    """

    request: Request
    paths: RoundPaths
    inputs: Inputs
    counted: Count
    chapters: tuple[ChapterFile, ...]
    chosen: tuple[ChapterFile, ...]
    parameters: Mapping[str, Mapping[str, Any]]
    keys: Mapping[str, Key]
    entries: Mapping[str, Entry]
    kept: Kept

    @property
    def partial(self) -> bool:
        """Return whether chapters are left out."""
        return len(self.chosen) < len(self.chapters)

    def has(self, ending: str) -> bool:
        """Return whether the report is asked for in a format."""
        return ending in self.request.formats

    @property
    def folder(self) -> Path:
        """Return the folder that the build leaves."""
        return self.paths.output / _PARTIAL if self.partial else self.paths.output

    @property
    def stale(self) -> tuple[ChapterFile, ...]:
        """Return the chapters to run."""
        return tuple(chapter for chapter in self.chosen if chapter.name not in self.entries)


def make_plan(
    request: Request, paths: RoundPaths, inputs: Inputs, cache: Cache, *, force: bool
) -> Plan:
    """Return the plan of a build; raises ``RoundError`` with every fault of the input at once.

    With ``force`` nothing that is kept is used.
    """
    basis = repr((inputs.package, inputs.stitching, inputs.versions)).encode()
    kept = Kept(None if force else paths.cache / "kept", basis)
    faults: list[Fault] = []
    chapters = attempt(lambda: read_chapters(paths.project / "notebooks"), faults) or ()
    chosen = select(chapters, request.only) if chapters else ()
    settled = settle_parameters(chosen, request.parameters, request.round_id)
    counted = attempt(lambda: _counted(request.round_id, paths, inputs, kept), faults)
    if faults or counted is None:
        raise RoundError(faults)
    known = Sound(kept, data_of(inputs))
    if wrong := wording_faults(counted.survey, counted.values, chapters, known):
        raise RoundError(wrong)
    keys = {chapter.name: key_of(chapter, settled[chapter.name], inputs) for chapter in chosen}
    return Plan(
        request=request,
        paths=paths,
        inputs=inputs,
        counted=counted,
        chapters=chapters,
        chosen=chosen,
        parameters=settled,
        keys=keys,
        entries={} if force else _holding(keys, cache),
        kept=kept,
    )


def data_of(inputs: Inputs) -> bytes:
    """Return what all that is kept of the round's numbers was made from."""
    return repr(inputs.data).encode()


def _holding(keys: Mapping[str, Key], cache: Cache) -> dict[str, Entry]:
    """Return what is kept of each chapter, where it was run on the same."""
    found = {name: cache.read(name) for name in keys}
    return {
        name: entry
        for name, entry in found.items()
        if entry and not entry.undeclared and not keys[name].changes(entry.parts)
    }


def _counted(round_id: str, paths: RoundPaths, inputs: Inputs, kept: Kept) -> Count:
    """Return a round counted, kept from before where its data and our code are the same.

    The commentary is always read anew: no number depends on it.
    """

    def counted() -> bytes:
        return pickle.dumps(vars(count(round_id, paths.project)))

    # The content is our own: sealed, and found by the hashes of all it was made from.
    found = pickle.loads(kept.made(counted, "counted", data_of(inputs)))
    words = read_commentary(paths.parameters / "commentary")
    return Count(**{**found, "survey": replace(found["survey"], commentary=words)})
