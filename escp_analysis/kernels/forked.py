"""What makes a fork of the server the same as a kernel started anew.

A library may look around while it is imported, and in the server that happens before there is a
kernel. Each such look is either deceived, repeated in the child, or a reason not to fork.
"""

from __future__ import annotations

import builtins
import ctypes
import gc
import importlib.util
import os
import re
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from escp_analysis.kernels.line import Message

if TYPE_CHECKING:
    from ipykernel.kernelapp import IPKernelApp

# Of what a fresh kernel has imported when it first draws, all but the module that draws inside
# the notebook: that one hooks itself into the shell when it is imported, so it must be imported
# in the kernel.
_KERNEL = (
    *("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger"),
    *("IPython.core.pylabtools", "IPython.core.completerlib", "IPython.core.debugger"),
    *("IPython.core.oinspect", "IPython.extensions.storemagic", "IPython.core.logger"),
    *("tornado.platform.asyncio", "psutil", "pdb"),
)
_LIBRARIES = (
    *("numpy", "scipy.spatial", "scipy.stats", "scipy.cluster.hierarchy"),
    *("matplotlib.pyplot", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg"),
    "seaborn",
)
_OWN = ("figures", "tables", "narrative", "metrics", "commentary", "forms", "loaders")

_INLINE = "module://matplotlib_inline.backend_inline"
_READ_AT_IMPORT = re.compile(
    r"(PYTHON|LC_|LD_|XDG_|NPY_|NUMPY_|PANDAS_|ARROW_|OMP_|MKL_|SCIPY_).*"
    r"|HOME|LANG|LANGUAGE|TZ|MPLCONFIGDIR|MATPLOTLIBRC"
)
_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


def preload(project: str = "", round_id: str = "") -> str:
    """Import what chapters use; return why nothing may be forked after it, else an empty text.

    Where a round is named it is read, so that kernels find it read, as long as its files are as
    they were.
    """
    with _without_debugger():
        for name in _KERNEL:
            importlib.import_module(name)
    with _as_in_a_kernel():
        importlib.import_module("pandas")
    for name in (*_LIBRARIES, *(f"escp_analysis.{own}" for own in _OWN)):
        importlib.import_module(name)
    # Has matplotlib look once, and not in every kernel, which packages offer back ends.
    importlib.import_module("matplotlib.backends").backend_registry.list_all()
    if round_id:
        _read_ahead(project, round_id)
    gc.collect()
    gc.freeze()  # what is never freed need not be copied for the collector's marks
    threads = len(list(Path("/proc/self/task").iterdir()))
    return f"the imports left {threads} threads running" if threads > 1 else ""


def _read_ahead(project: str, round_id: str) -> None:
    """Read a round; what is wrong with it is for those to tell who ask for it."""
    loaders = importlib.import_module("escp_analysis.loaders")
    with suppress(importlib.import_module("escp_analysis.errors").RoundError):
        loaders.load_round(round_id, Path(project))


@contextmanager
def _without_debugger() -> Iterator[None]:
    """Keep debugpy from being imported: it takes time and prints; chapters still may."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["debugpy"]


@contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """Show what is imported a kernel: pandas settles its number of columns by it."""
    builtins.get_ipython = lambda: SimpleNamespace(kernel=None)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        del builtins.get_ipython  # type: ignore[attr-defined]


def refusal(request: Message, environment: Mapping[str, str]) -> str:
    """Return why a fork would differ from the kernel that is asked for, else an empty text.

    ``environment`` is what the server was started with.
    """
    command, wanted, folder = request["cmd"], request["env"], Path(request["cwd"])
    # Links are not followed: the interpreters of all virtual environments lead to one file.
    if Path(command[0]).absolute() != Path(sys.executable).absolute():
        return f"the kernel is to run under {command[0]}, another interpreter than the server's"
    if command[1:3] != ["-m", "ipykernel_launcher"]:
        return f"the kernel is to be started in another way: {' '.join(command[1:3])}"
    differing = sorted(
        name
        for name in {*wanted, *environment}
        if _READ_AT_IMPORT.fullmatch(name) and wanted.get(name) != environment.get(name)
    )
    if differing:
        return f"libraries read {', '.join(differing)} when they are imported, and it differs"
    if (folder / "matplotlibrc").exists():
        return "the kernel's folder has a matplotlibrc, which is read when matplotlib is imported"
    if not folder.is_dir():
        return "the kernel's folder does not exist"
    return ""


def become(request: Message) -> type[IPKernelApp]:
    """Turn this child of the server into the kernel asked for; return the program it is to run."""
    _die_with_parent()
    _close_input()
    if request["output"]:
        _print_to(request["output"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    os.chdir(request["cwd"])
    command = request["cmd"]
    launcher = importlib.util.find_spec("ipykernel_launcher")
    assert launcher is not None
    sys.argv = [str(launcher.origin), *command[3:]]
    sys.orig_argv = command
    _forget_chance()
    return _program()


def _die_with_parent() -> None:
    """Have the system kill this process when the server ends, however that comes."""
    ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGKILL)


def _close_input() -> None:
    """Put a pipe that is at its end on the standard input, as jupyter_client does."""
    ours, theirs = os.pipe()
    os.close(theirs)
    os.dup2(ours, 0)
    os.close(ours)


def _print_to(path: str) -> None:
    """Have what is printed past the cells go to a file."""
    output = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)


def _forget_chance() -> None:
    """Draw anew what the forks of one server would otherwise share."""
    import numpy as np  # noqa: PLC0415

    np.random.seed()  # Python's own generator draws anew by itself
    tempfile.tempdir = None
    tempfile._name_sequence = None  # type: ignore[attr-defined]


def _program() -> type[IPKernelApp]:
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415

    class ForkedKernelApp(IPKernelApp):
        """An ordinary kernel, in which matplotlib was there before the shell."""

        def init_kernel(self) -> None:
            """Make the kernel, and use up the number that its debugger would give a thread."""
            super().init_kernel()  # type: ignore[no-untyped-call]
            if importlib.util.find_spec("debugpy") is not None:
                threading.Thread()

        def init_gui_pylab(self) -> None:
            """Name the back end, as matplotlib does itself where it is imported after this."""
            import matplotlib as mpl  # noqa: PLC0415

            mpl.rcParams["backend"] = os.environ.get("MPLBACKEND") or _INLINE
            super().init_gui_pylab()  # type: ignore[no-untyped-call]

    return ForkedKernelApp
