"""What a run did, line by line as it happens, so that it is known however the run ends."""

from __future__ import annotations

from pathlib import Path
from typing import Self, TextIO

from escp_analysis.report.progress import Event, Progress, as_json


class Journal:
    """Passes events on and writes each as a line of JSON before the next begins."""

    def __init__(self, path: Path, progress: Progress) -> None:
        self._path, self._progress = path, progress
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        self._file = self._path.open("w", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def __call__(self, event: Event) -> None:
        """Write an event and pass it on."""
        if self._file:
            self._file.write(f"{as_json(event)}\n")
            self._file.flush()
        self._progress(event)
