"""One run per round at a time."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from escp_analysis.errors import BuildError
from escp_analysis.report.progress import Event, Progress, silent


class BusyError(BuildError):
    """Another run builds the round."""


@contextmanager
def one_run(
    folder: Path, round_id: str, command: str, wait: float = 0, progress: Progress = silent
) -> Iterator[None]:
    """Hold a round for one run, waiting ``wait`` seconds for another that holds it.

    ``progress`` is told whom it waits for. The system gives the lock back when its holder ends,
    however it ends. Raises ``BusyError`` with who holds it, ``BuildError`` where the folder
    cannot be written.
    """
    lock = FileLock(folder / "lock", timeout=wait)
    held = f"round {round_id} is being built"
    holder = folder / "holder.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not _taken(lock):
            if wait:
                text = f"{held}{_held_by(holder)}; waiting for it to end"
                progress(Event("waiting", text=text, round_id=round_id))
            lock.acquire()
    except Timeout as error:
        told = f"{held}{_held_by(holder)}; wait for it, or say --wait SECONDS"
        raise BusyError(told) from error
    except OSError as error:
        told = f"output/.cache/{round_id} cannot be written: {error.strerror}"
        raise BuildError(told) from error
    try:
        _tell(holder, command)
        yield
    finally:
        with suppress(OSError):  # a full disk must not hide what the run itself raised
            holder.unlink(missing_ok=True)
        lock.release()


def _tell(holder: Path, command: str) -> None:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    told = {"pid": os.getpid(), "since": now, "command": command}
    try:
        holder.write_text(json.dumps(told), encoding="utf-8")
    except OSError as error:
        raise BuildError(f"the output folder cannot be written: {error.strerror}") from error


def _held_by(holder: Path) -> str:
    """Return who holds the lock, as far as it can be read: it may just be ending."""
    try:
        told = json.loads(holder.read_text(encoding="utf-8"))
        who = f" by process {told['pid']} ({told['command']}), since {told['since']}"
    except (OSError, ValueError, KeyError):
        who = " by another process"
    return who


def _taken(lock: FileLock) -> bool:
    """Take a lock and return true, unless somebody holds it."""
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True
