"""A forked kernel shows what an ordinary one shows, and nothing of the chapter before it."""

from __future__ import annotations

from pathlib import Path

import pytest
from kernel_runs import all_outputs, as_outside_of_pytest, without_chance
from kernel_torture import CELLS, HELPER

from escp_analysis.kernels.kernel import Kernel
from escp_analysis.kernels.warm import WarmServer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "helper.py").write_text(HELPER, encoding="utf-8")
    return tmp_path


def tortured(kernel: Kernel) -> list[object]:
    shown = all_outputs(kernel, *CELLS)
    assert kernel.pid is not None
    return [without_chance(each, kernel.pid) for each in shown]


def test_every_cell_shows_the_same_in_both_kernels(warm: WarmServer, folder: Path) -> None:
    with as_outside_of_pytest():
        kernels = warm.kernel(folder), Kernel(folder)
    forked, fresh = [tortured(kernel) for kernel in kernels]
    assert [kernel.forked for kernel in kernels] == [True, False]
    differing = [(cell, a, b) for cell, a, b in zip(CELLS, forked, fresh, strict=True) if a != b]
    assert differing == []
