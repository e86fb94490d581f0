"""The round that many tests read, built once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from project_copy import copy_project, escp

from escp_analysis.kernels.warm import WarmServer

# A busy machine is no failure: drawn examples have no time limit.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


# What is started in the background of a shell ignores interrupts, and hands that on.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return ``output/2018-10`` of a project built once for the session."""
    project = copy_project(tmp_path_factory.mktemp("project"))
    done = escp(project, "run", "2018-10")
    assert done.returncode == 0, done.stdout + done.stderr
    return project / "output" / "2018-10"


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmServer]:
    """Return a warm server for the kernels of the session."""
    with WarmServer() as server:
        assert server.ready(60), server.why_fresh
        yield server
