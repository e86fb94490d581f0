"""When a kernel is forked, when it is not, and that the reason is told."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from kernel_runs import run
from kernel_torture import HELPER
from sample_round import ROUND, change, make_project, parameters

from escp_analysis.kernels import private
from escp_analysis.kernels import warm as warm_module
from escp_analysis.kernels.forked import refusal
from escp_analysis.kernels.kernel import Kernel
from escp_analysis.kernels.warm import WarmServer, why_not

LAUNCH = ["-m", "ipykernel_launcher", "-f", "connection.json"]


def asked(folder: Path, *, command: list[str] | None = None, **more: str) -> dict[str, object]:
    return {
        "cmd": command or [sys.executable, *LAUNCH],
        "env": {"HOME": "/home", "PATH": "/bin", **more},
        "cwd": str(folder),
    }


SERVER: Mapping[str, str] = {"HOME": "/home", "PATH": "/elsewhere", "OTHER": "1"}


def test_what_differs_in_nothing_is_forked(tmp_path: Path) -> None:
    assert refusal(asked(tmp_path, MPLBACKEND="agg", ESCP_READS="x"), SERVER) == ""


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (
            {"PYTHONHASHSEED": "0", "LC_ALL": "C"},
            "libraries read LC_ALL, PYTHONHASHSEED when they are imported, and it differs",
        ),
        ({"HOME": "/other"}, "libraries read HOME when they are imported, and it differs"),
        ({"MATPLOTLIBRC": "x"}, "libraries read MATPLOTLIBRC when they are imported, and it"),
    ],
)
def test_what_libraries_read_at_import_must_not_differ(
    tmp_path: Path, more: dict[str, str], reason: str
) -> None:
    assert refusal(asked(tmp_path, **more), SERVER).startswith(reason)


def test_another_interpreter_is_not_served_even_where_links_lead_to_the_same(
    tmp_path: Path,
) -> None:
    link = tmp_path / "python"
    link.symlink_to(sys.executable)
    reason = refusal(asked(tmp_path, command=[str(link), *LAUNCH]), SERVER)
    assert reason == f"the kernel is to run under {link}, another interpreter than the server's"


def test_another_way_to_start_is_not_served(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "dev", *LAUNCH]
    assert refusal(asked(tmp_path, command=command), SERVER) == (
        "the kernel is to be started in another way: -X dev"
    )


def test_a_folder_that_is_not_there_is_not_served(tmp_path: Path) -> None:
    assert refusal(asked(tmp_path / "none"), SERVER) == "the kernel's folder does not exist"


def test_a_folder_with_settings_for_matplotlib_gets_an_ordinary_kernel(
    warm: WarmServer, tmp_path: Path
) -> None:
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 7\n", encoding="utf-8")
    kernel = warm.kernel(tmp_path)
    look = "import matplotlib\nmatplotlib.rcParams['lines.linewidth']"
    assert run(kernel, look) == ["7.0"]
    assert not kernel.forked
    assert kernel.why_fresh == (
        "the kernel's folder has a matplotlibrc, which is read when matplotlib is imported"
    )


def test_without_an_answer_the_kernel_is_an_ordinary_one(tmp_path: Path) -> None:
    kernel = Kernel(tmp_path, server=str(tmp_path / "nobody"))
    assert run(kernel, "1 + 1") == ["2"]
    assert kernel.why_fresh == (
        "the kernel server does not answer ([Errno 2] No such file or directory)"
    )


def test_ordinary_kernels_can_be_asked_for(tmp_path: Path) -> None:
    with WarmServer(fork=False) as server:
        assert (server.pid, server.address, server.ready()) == (None, "", False)
        kernel = server.kernel(tmp_path)
        assert run(kernel, "import os; os.getcwd()") == [repr(str(tmp_path))]
        home = server.home
    assert kernel.why_fresh == "ordinary kernels were asked for"
    assert not home.exists()


def test_elsewhere_than_on_linux_nothing_is_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert why_not() == "kernels are forked on Linux alone, and this is darwin"
    with WarmServer() as server:
        assert (server.pid, server.why_fresh) == (None, why_not())


def test_a_server_that_cannot_import_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "seaborn.py").write_text("raise ImportError('no colours')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with WarmServer() as server:
        kernel = server.kernel(tmp_path)
        assert run(kernel, "1 + 1") == ["2"]
        assert not server.ready(10)
        assert server.why_fresh == "the kernel server ended: ImportError: no colours"
    assert kernel.why_fresh == "the kernel server ended"


def test_a_kernel_that_is_wanted_early_waits_for_the_server(tmp_path: Path) -> None:
    with WarmServer() as server:
        assert not server.ready()
        kernel = server.kernel(tmp_path)
        assert run(kernel, "1 + 1") == ["2"]
        assert kernel.forked
        assert server.ready()


def test_a_server_is_stale_once_what_it_imported_changed(
    warm: WarmServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not warm.stale()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/other/python")
        assert warm.stale()
    package = tmp_path / "site" / "escp_analysis"
    (package / "kernels").mkdir(parents=True)
    monkeypatch.setattr(warm_module, "__file__", str(package / "kernels" / "warm.py"))
    (package / "metrics.py").write_text("a = 1\n", encoding="utf-8")
    monkeypatch.setattr(warm, "_key", warm_module._key())
    assert not warm.stale()
    (package / "metrics.py").write_text("a = 2\n", encoding="utf-8")
    assert warm.stale()


def test_folders_of_killed_owners_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = subprocess.Popen(["true"])
    done.wait()
    left, own = (
        tmp_path / f"escp-kernels-{done.pid}-abc",
        tmp_path / f"escp-kernels-{os.getpid()}-x",
    )
    left.mkdir()
    own.mkdir()
    monkeypatch.setattr(private, "folders", lambda: [tmp_path])
    with WarmServer(fork=False):
        assert [path.exists() for path in (left, own)] == [False, True]


PLAIN = """
import os, sys, papermill
from nbformat.v4 import new_code_cell, new_notebook
cell = new_code_cell("import os, sys\\nos.getppid(), 'seaborn' in sys.modules")
book = new_notebook(cells=[cell])
done = papermill.execute_notebook(book, None, kernel_name="python3", progress_bar=False)
print(done.cells[0].outputs[0].data["text/plain"])
"""


def test_programs_that_know_nothing_of_it_can_be_sent_to_the_server(
    warm: WarmServer, tmp_path: Path
) -> None:
    there = {
        "JUPYTER_DEFAULT_PROVISIONER_NAME": "escp-forked",
        "ESCP_KERNEL_SERVER": warm.address,
    }
    done = subprocess.run(
        [sys.executable, "-c", PLAIN],
        env=os.environ | there,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == f"({warm.pid}, True)"


def test_the_provisioner_loads_neither_pandas_nor_ipython() -> None:
    code = (
        "import sys, escp_analysis.kernels.provisioner\n"
        "print([n for n in ('pandas', 'IPython', 'matplotlib', 'numpy', 'nbclient', 'papermill')"
        " if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_module_beside_the_notebook_is_read_as_it_is_now(
    warm: WarmServer, tmp_path: Path
) -> None:
    look = "import helper\nhelper.double(2)"
    (tmp_path / "helper.py").write_text(HELPER, encoding="utf-8")
    assert run(warm.kernel(tmp_path), look) == ["4"]
    (tmp_path / "helper.py").write_text(HELPER.replace("2", "300"), encoding="utf-8")
    assert run(warm.kernel(tmp_path), look) == ["600"]


def test_private_folders_leave_room_for_the_names_of_sockets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 90)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with Kernel(tmp_path) as kernel, WarmServer(fork=False) as server:
        assert len(str(server.home)) < 60
        assert server.home.stat().st_mode & 0o777 == 0o700
        sockets = Path(kernel.options["km"].ip)
        assert sockets.is_relative_to(private.folders()[0])
        assert not sockets.is_relative_to(deep)


def test_a_round_read_by_the_server_is_read_anew_where_it_has_changed_since(
    tmp_path: Path,
) -> None:
    project = make_project(tmp_path)
    source = (
        "from pathlib import Path\nfrom escp_analysis import load_round\n"
        f'print(load_round("{ROUND}", Path({str(project)!r})).round.provenance)'
    )
    with WarmServer(project=project, round_id=ROUND) as server:
        assert server.ready(60), server.why_fresh
        before = run(server.kernel(tmp_path), source)[0]
        change(parameters(project), "provenance: collected", "provenance: synthetic")
        after = run(server.kernel(tmp_path), source)[0]
    assert (before, after) == ("collected\n", "synthetic\n")


def test_a_round_with_faults_does_not_keep_the_server_from_its_work(tmp_path: Path) -> None:
    with WarmServer(project=tmp_path, round_id="2099-01") as server:
        assert server.ready(60), server.why_fresh
        assert run(server.kernel(tmp_path), "print(1)")[0] == "1\n"
