"""A copy of the project to build in, so that no test writes into the tree it tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = ("data", "parameters", "notebooks")


def copy_project(target: Path) -> Path:
    """Copy what a round is built from; the package itself is imported from the tree."""
    for part in PARTS:
        shutil.copytree(ROOT / part, target / part, ignore=shutil.ignore_patterns(".ipynb_*"))
    return target


def escp(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in ``project`` as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "escp_analysis", *arguments],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
