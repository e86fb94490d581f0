"""However a kernel, its server or its owner ends: it is told, and nothing is left running."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kernel_runs import all_outputs_of, later, notebook, printed, run, runs, wait_until
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from escp_analysis.kernels.kernel import Kernel
from escp_analysis.kernels.warm import WarmServer

BUSY = "while True: pass"
CHILD = "import subprocess\nprint(subprocess.Popen(['sleep', '600']).pid)"


@pytest.fixture
def own_server() -> Iterator[WarmServer]:
    with WarmServer() as server:
        assert server.ready(60), server.why_fresh
        yield server


@pytest.mark.parametrize(
    ("cell", "death"),
    [
        ("import os; os._exit(3)", "it ended with exit code 3"),
        ("import os; os.kill(os.getpid(), 11)", "it was ended by signal SIGSEGV"),
        ("import os; os.kill(os.getpid(), 9)", "it was ended by signal SIGKILL"),
    ],
)
def test_a_kernel_that_dies_is_told(
    warm: WarmServer, tmp_path: Path, cell: str, death: str
) -> None:
    kernel = warm.kernel(tmp_path)
    with pytest.raises(DeadKernelError, match="Kernel died"):
        run(kernel, cell)
    assert kernel.forked
    assert kernel.death == death


def test_an_ordinary_kernel_that_dies_is_told_and_leaves_no_child(tmp_path: Path) -> None:
    kernel = Kernel(tmp_path)
    cell = "open('pid', 'w').write(str(subprocess.Popen(['sleep', '600']).pid)); os._exit(3)"
    with pytest.raises(DeadKernelError, match="Kernel died"):
        run(kernel, f"import os, subprocess; {cell}")
    assert kernel.death == "it ended with exit code 3"
    child = int((tmp_path / "pid").read_text(encoding="utf-8"))
    assert wait_until(lambda: not runs(child))


@pytest.mark.parametrize("forked", [True, False])
def test_a_kernel_can_be_killed_from_outside(
    warm: WarmServer, tmp_path: Path, forked: bool
) -> None:
    kernel = warm.kernel(tmp_path) if forked else Kernel(tmp_path)
    later(2, kernel.kill)
    with pytest.raises(DeadKernelError, match="Kernel died"):
        run(kernel, BUSY)
    assert kernel.forked == forked
    assert kernel.death == "it was ended by signal SIGKILL"


def test_a_kernel_killed_before_its_start_does_not_run(warm: WarmServer, tmp_path: Path) -> None:
    with warm.kernel(tmp_path) as kernel:
        kernel.kill()
        with pytest.raises(RuntimeError, match="died before replying"):
            all_outputs_of(kernel, notebook([BUSY]))


def test_a_cell_that_runs_too_long_ends_with_its_kernel(warm: WarmServer, tmp_path: Path) -> None:
    kernel = warm.kernel(tmp_path)
    with pytest.raises(CellTimeoutError, match="it was being executed, after 1 seconds"):
        run(kernel, BUSY, execution_timeout=1)
    assert kernel.pid is not None
    assert not runs(kernel.pid)
    assert kernel.death == ""


def test_a_kernel_goes_on_after_an_interrupt(warm: WarmServer, tmp_path: Path) -> None:
    book = notebook(["import time\ntime.sleep(60)", "'went on'"])
    with warm.kernel(tmp_path) as kernel:
        all_outputs_of(kernel, book, timeout=1, interrupt_on_timeout=True)
    shown = [[printed(output) for output in cell.outputs] for cell in book.cells]
    assert shown == [["KeyboardInterrupt: "], ["'went on'"]]


def test_a_kernel_that_restarts_begins_anew(warm: WarmServer, tmp_path: Path) -> None:
    book = notebook(["import os\nx = os.getpid(); x", "x"])
    with warm.kernel(tmp_path) as kernel:
        client = NotebookClient(book, allow_errors=True, **kernel.options)
        with client.setup_kernel():
            client.execute_cell(book.cells[0], 0)
            first = kernel.pid
            client.km.restart_kernel = client.km.restart_kernel
            client.kc.stop_channels()
            from jupyter_core.utils import run_sync  # noqa: PLC0415

            run_sync(client.km.restart_kernel)(now=True)
            client.start_new_kernel_client()
            client.execute_cell(book.cells[1], 1)
        assert kernel.forked
        assert kernel.pid != first
    assert [printed(output) for output in book.cells[1].outputs] == [
        "NameError: name 'x' is not defined"
    ]
    assert not runs(int(printed(book.cells[0].outputs[0])))


def test_children_end_with_their_kernel(warm: WarmServer, tmp_path: Path) -> None:
    (child,) = run(warm.kernel(tmp_path), CHILD)
    assert wait_until(lambda: not runs(int(child)))
    kernel = warm.kernel(tmp_path)
    with pytest.raises(DeadKernelError):
        run(
            kernel,
            f"{CHILD.replace('print', 'p = str')}\nopen('pid', 'w').write(p)",
            "import os; os._exit(0)",
        )
    child = (tmp_path / "pid").read_text(encoding="utf-8")
    assert wait_until(lambda: not runs(int(child)))


def test_kernels_at_once_do_not_mix(warm: WarmServer, tmp_path: Path) -> None:
    def one(number: int) -> str:
        folder = tmp_path / str(number)
        folder.mkdir()
        cells = (
            f"import os, time\nx = {number}\ntime.sleep(0.2)",
            "x, os.path.basename(os.getcwd())",
        )
        return run(warm.kernel(folder), *cells)[1]

    with ThreadPoolExecutor(3) as pool:
        shown = list(pool.map(one, range(9)))
    assert shown == [f"({number}, '{number}')" for number in range(9)]


def held(pid: int) -> tuple[int, list[str], list[str]]:
    """Return how many descriptors a process has open, its children and its threads."""
    here = Path(f"/proc/{pid}")
    children = [path.read_text(encoding="utf-8") for path in here.glob("task/*/children")]
    return len(list((here / "fd").iterdir())), children, [p.name for p in here.glob("task/*")]


def test_thirty_kernels_leave_nothing(warm: WarmServer, tmp_path: Path) -> None:
    assert warm.pid is not None
    run(warm.kernel(tmp_path), "1")  # what is opened once
    home = Path(warm.address).parent
    gc.collect()
    before = held(os.getpid()), held(warm.pid), sorted(home.iterdir())
    for _ in range(30):
        assert run(warm.kernel(tmp_path), "1 + 1") == ["2"]
    gc.collect()
    wait_until(lambda: held(warm.pid) == before[1], 3)
    assert (held(os.getpid()), held(warm.pid)) == before[:2]
    assert sorted(home.iterdir()) == before[2]


OWNER = """
import json, sys, time
from pathlib import Path
from jupyter_core.utils import run_sync
from nbformat.v4 import new_code_cell, new_notebook
from papermill import execute_notebook
from escp_analysis.kernels.warm import WarmServer

cells = [new_code_cell("import subprocess, time\\nc = subprocess.Popen(['sleep', '600']).pid; c"),
         new_code_cell("while True: pass")]
book = new_notebook(cells=cells)
with WarmServer() as warm, warm.kernel(Path(".")) as kernel:
    def tell(cell, cell_index):
        if cell_index:
            child = int(book.cells[0].outputs[0].data["text/plain"])
            pids = [warm.pid, kernel.pid, child]
            print(json.dumps([kernel.forked, pids, warm.address]), flush=True)
    execute_notebook(
        book, None, kernel_name="python3", progress_bar=False, on_cell_execute=tell,
        on_notebook_start=lambda notebook: globals().update(book=notebook), **kernel.options
    )
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_all_ends_with_the_owner(tmp_path: Path, number: signal.Signals) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert owner.stdout is not None
    try:
        forked, pids, address = json.loads(owner.stdout.readline())
        assert forked
        assert all(runs(pid) for pid in pids)
        owner.send_signal(number)
        owner.wait(timeout=20)
        assert wait_until(lambda: not any(runs(pid) for pid in pids))
        assert wait_until(lambda: not Path(address).parent.exists())
    finally:
        owner.kill()  # a test that fails must not leave a kernel that never ends
        owner.stdout.close()


def test_a_lost_server_is_told_and_kernels_go_on_as_ordinary_ones(
    own_server: WarmServer, tmp_path: Path
) -> None:
    assert own_server.pid is not None
    kernel, server = own_server.kernel(tmp_path), own_server.pid
    later(1.5, lambda: os.kill(server, signal.SIGKILL))
    with pytest.raises(DeadKernelError, match="Kernel died"):
        run(kernel, BUSY)
    assert kernel.forked
    assert kernel.death == "its server was lost"
    assert kernel.pid is not None
    assert wait_until(lambda: not runs(kernel.pid or 0))
    after = own_server.kernel(tmp_path)
    assert run(after, "1 + 1") == ["2"]
    assert after.why_fresh == "the kernel server ended: exit code -9"
    assert not own_server.ready()


def test_after_the_end_of_the_server_nothing_is_left(tmp_path: Path) -> None:
    with WarmServer() as server:
        assert server.pid is not None
        home = Path(server.address).parent
        assert home.stat().st_mode & 0o777 == 0o700
    assert not runs(server.pid)
    assert not home.exists()
