"""Folders that no one else may enter, for sockets; gone when their owner is."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_LONGEST = 60
"""Characters of a folder that leave room for a socket's name, of which the system allows 107."""

_PREFIX = "escp-kernels-"


def private_folder() -> Path:
    """Make a folder for this process; its name is short enough for sockets."""
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=folders()[0]))


def folders() -> list[Path]:
    """Return where private folders may lie: for temporary files, or where names are short."""
    usual = Path(tempfile.gettempdir())
    return [usual] if len(str(usual)) <= _LONGEST else [Path("/tmp"), usual]


def sweep() -> None:
    """Remove the folders of owners that were killed before they could."""
    for folder in (path for within in folders() for path in within.glob(f"{_PREFIX}*-*")):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not _runs(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(pid: int) -> bool:
    if os.name != "posix":
        return True  # there, asking with signal 0 would end the process
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
