"""What a build left, and the one page a person reads when it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from escp_analysis.errors import BuildError, harmless
from escp_analysis.report.progress import Event

if TYPE_CHECKING:
    from escp_analysis.report.collect import Gate
    from escp_analysis.report.execute import ChapterRun


@dataclass(frozen=True)
class BuildResult:
    """What a build left: where, what failed, what must not be published as it is.

    ``chapters`` are the records of those asked for, ``gates`` what has no form in a report,
    ``problems`` the formats that could not be written, ``findings`` how many there are of each
    severity, in words, ``notes`` what is worth knowing about the run. ``unchanged`` names since
    when everything has been as it would be built now, in which case nothing was.
    """

    round_id: str
    folder: Path
    paths: tuple[Path, ...]
    chapters: tuple[ChapterRun, ...] = ()
    findings: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    unchanged: str = ""

    @property
    def failed(self) -> tuple[ChapterRun, ...]:
        """Return the records of the chapters that did not end well."""
        return tuple(run for run in self.chapters if run.status != "done")

    @property
    def complete(self) -> bool:
        """Return whether the report may be published."""
        return not (self.failed or self.gates or self.problems)

    @property
    def exit_code(self) -> int:
        """Return 0 where the report is complete, else 1."""
        return 0 if self.complete else BuildError.exit_code

    @property
    def status(self) -> str:
        """Return how the build ended, in a word."""
        if self.unchanged:
            return "unchanged"
        return "built" if self.complete else "incomplete"

    def end(self) -> Event:
        """Return the event that tells how the build ended."""
        return Event(
            "end",
            status=self.status,
            seconds=self.seconds,
            text=self.summary(),
            round_id=self.round_id,
            exit_code=self.exit_code,
            paths=tuple(self._shown(path) for path in self.paths),
        )

    def summary(self) -> str:
        """Return what was built and where, and each thing that failed, for a terminal."""
        if self.unchanged:
            lines = [
                f"Round {self.round_id}: nothing to do, all is as it was built {self.unchanged}"
            ]
            return "\n".join([*lines, *map(self._shown, self.paths)])
        lines = [self._headline()]
        for run in self.failed:
            lines += [harmless(line) for line in self._failure(run)]
        lines += [f"  stop:   {gate}" for gate in self.gates]
        lines += [f"  failed: {problem}" for problem in self.problems]
        lines += [f"  note:   {note}" for note in self.notes]
        if self.findings:
            told = ", ".join(self.findings)
            lines.append(f"  findings about the data: {told} (findings.csv, queries.csv)")
        if not self.complete:
            lines.append("  the last good report is untouched")
        return "\n".join([*lines, *map(self._shown, self.paths)])

    def _headline(self) -> str:
        done = len(self.chapters) - len(self.failed)
        kept = sum(run.kernel == "kept" for run in self.chapters)
        state = "built" if self.complete else "INCOMPLETE"
        from_cache = f" ({kept} unchanged)" if kept else ""
        return (
            f"Round {self.round_id}: {state}, {done} of {len(self.chapters)} chapters{from_cache}, "
            f"{self.seconds:.1f} s"
        )

    def _failure(self, run: ChapterRun) -> Sequence[str]:
        """Return where a chapter failed, as a person looks for it, what ran there, and why."""
        executed = self._shown(self.folder / "chapters" / f"{run.name}.ipynb")
        at = run.failure
        if at is None:
            return [f"  {run.status}: {run.name}.ipynb: {run.error}"]
        line = f", line {at.line}" if at.line else ""
        under = f', under "{at.heading}"' if at.heading else ""
        cell = f"cell {at.cell}" + (f" (id {at.id})" if at.id else "")
        return [
            f"  {run.status}: {run.name}.ipynb, {cell}{line}{under}",
            f"          {at.expression}",
            f"          {at.error}",
            f"          as far as it ran: {executed}",
        ]

    def _shown(self, path: Path) -> str:
        """Return a path from the project's folder on."""
        parts = path.parts
        return str(Path(*parts[parts.index("output") :])) if "output" in parts else str(path)
