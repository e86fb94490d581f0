"""A forked kernel shows what an ordinary one shows, and nothing of the chapter before it."""

from __future__ import annotations

from pathlib import Path

import pytest
from kernel_runs import all_outputs, as_outside_of_pytest, outputs, run, without_chance
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


CHANGE = """
import sys, os, random
import pandas as pd, matplotlib as mpl, numpy as np, seaborn as sns, json
from escp_analysis import metrics, figures
metrics.changed = json.changed = True
pd.set_option("display.max_rows", 3)
pd.DataFrame.changed = True
mpl.rcParams["lines.linewidth"] = 9
sys.path.insert(0, "/changed")
os.environ["CHANGED"] = "1"
os.chdir("/")
"""
LOOK = """
import sys, os
import pandas as pd, matplotlib as mpl, json
from escp_analysis import metrics
(hasattr(metrics, "changed"), hasattr(json, "changed"), hasattr(pd.DataFrame, "changed"),
 pd.get_option("display.max_rows"), mpl.rcParams["lines.linewidth"], "/changed" in sys.path,
 "CHANGED" in os.environ, os.getcwd())
"""


def test_what_a_chapter_changes_is_not_seen_by_the_next(warm: WarmServer, folder: Path) -> None:
    changed = run(warm.kernel(folder), CHANGE, LOOK)[1]
    looked = run(warm.kernel(folder), LOOK)[0]
    assert eval(changed) == (True, True, True, 3, 9.0, True, True, "/")
    assert eval(looked) == (False, False, False, 60, 1.5, False, False, str(folder))


CHANCE = """
import numpy as np, random, tempfile, uuid
(np.random.random(), random.random(), tempfile.mktemp(), uuid.uuid4().hex,
 np.random.default_rng().random())
"""


def test_kernels_of_one_server_draw_different_numbers(warm: WarmServer, folder: Path) -> None:
    drawn = [eval(run(warm.kernel(folder), CHANCE)[0]) for _ in range(2)]
    assert [one == other for one, other in zip(*drawn, strict=True)] == [False] * 5


def test_every_figure_is_shown(warm: WarmServer, folder: Path) -> None:
    cell = "import matplotlib.pyplot as plt\nfor i in range(3): plt.figure(); plt.plot([i])"
    (shown,) = outputs(warm.kernel(folder), cell)
    assert ["image/png" in output.get("data", {}) for output in shown] == [True] * 3


def test_variables_of_one_kernel_are_its_own(warm: WarmServer, folder: Path) -> None:
    look = "import os, matplotlib\nos.environ.get('MINE'), matplotlib.rcParams['backend']"
    mine = warm.kernel(folder, environment={"MINE": "yes", "MPLBACKEND": "agg"})
    assert run(mine, look) == ["('yes', 'agg')"]
    assert run(warm.kernel(folder), look) == ["(None, 'module://matplotlib_inline.backend_inline')"]


def test_the_server_has_one_thread_and_did_not_load_what_must_hook_into_a_shell(
    warm: WarmServer, folder: Path
) -> None:
    assert len(list(Path(f"/proc/{warm.pid}/task").iterdir())) == 1
    look = "import sys\n[name in sys.modules for name in ('pandas', 'seaborn', 'scipy.stats',\n"
    look += "'escp_analysis.metrics', 'matplotlib_inline.backend_inline', 'debugpy')]"
    more = "get_ipython().history_manager.enabled"
    assert run(warm.kernel(folder), look, more) == [
        "[True, True, True, True, False, False]",
        "False",
    ]
    assert warm.notes == ""
