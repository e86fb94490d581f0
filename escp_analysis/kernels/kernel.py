"""One kernel for one chapter, from its start to its certain end."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from jupyter_core.utils import run_sync

from escp_analysis.kernels import reads
from escp_analysis.kernels.client import QuickManager
from escp_analysis.kernels.private import private_folder
from escp_analysis.kernels.provisioner import ForkedProvisioner

_ARGUMENTS = (
    # Without it, kernels would share a file; nobody asks a chapter's kernel for its history.
    "--HistoryManager.enabled=False",
    f"--IPKernelApp.extensions=['{reads.__name__}']",
)
_ALWAYS = {
    # The debugger of ipykernel warns about frozen modules, on every start, on stderr.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    # It also leaves this behind; a forked kernel has no debugger.
    "PYDEVD_USE_FRAME_EVAL": "NO",
    # A forked kernel has one such thread; an ordinary one is to compute by the same steps.
    "OPENBLAS_NUM_THREADS": "1",
}


class Kernel:
    """A kernel for a chapter, used as a context; at the end of it no kernel is left.

    ``options`` is for papermill's ``execute_notebook``, beside ``kernel_name="python3"`` and
    without ``cwd``, which would move the whole process. The kernel works in ``folder``; it is
    forked by the warm server whose socket is ``server``, and an ordinary one where that is empty
    (because of ``why_fresh``) or the server refuses. It notes in the file ``record`` what it
    reads, within ``project`` above all (see ``reads``). ``environment`` is added to this
    process's. Its sockets lie in ``home``, a folder that nobody else may read.
    """

    def __init__(
        self,
        folder: Path,
        *,
        server: str = "",
        why_fresh: str = "",
        record: Path | None = None,
        project: Path | None = None,
        environment: Mapping[str, str] | None = None,
        home: Path | None = None,
    ) -> None:
        variables = os.environ | _ALWAYS | dict(environment or {})
        self._variables = variables | reads.variables(record, project or folder)
        self._start = {"server": server, "why_fresh": why_fresh, "folder": str(folder)}
        self._within = home
        self._home = Path()
        self._manager: QuickManager | None = None
        self._died: int | None = None

    def __enter__(self) -> Self:
        within = self._within
        self._home = Path(tempfile.mkdtemp(prefix="k", dir=within)) if within else private_folder()
        self._manager = QuickManager(
            kernel_name="python3",
            environment=self._variables,
            arguments=list(_ARGUMENTS),
            connection_file=str(self._home / "connection.json"),
            output=str(self._home / "log"),
            **_transport(self._home),
            **self._start,
        )
        return self

    def __exit__(self, *_: object) -> None:
        try:
            run_sync(self._end)()
        finally:
            shutil.rmtree(self._home, ignore_errors=True)

    @property
    def options(self) -> dict[str, Any]:
        """Return what papermill's ``execute_notebook`` is given so that it uses this kernel."""
        return {"km": self._manager}

    @property
    def pid(self) -> int | None:
        """Return the number of the kernel's process, None before its start."""
        return self._provisioner.pid if self._provisioner else None

    @property
    def forked(self) -> bool:
        """Return whether the kernel was forked by a warm server."""
        return self._provisioner is not None and not self._provisioner.reason

    @property
    def why_fresh(self) -> str:
        """Return why the kernel was started as an ordinary one, empty where it was forked."""
        return self._provisioner.reason if self._provisioner else ""

    @property
    def death(self) -> str:
        """Return how the kernel ended when nobody here ended it, else an empty text."""
        if self._provisioner is not None and self._provisioner.lost:
            return "its server was lost"
        if self._died is None:
            return ""
        if self._died >= 0:
            return f"it ended with exit code {self._died}"
        return f"it was ended by signal {_signal_name(-self._died)}"

    def kill(self) -> None:
        """Kill the kernel and its children, from any thread; what runs in it fails soon after."""
        if self._manager is not None:
            self._manager.kill_now()

    @property
    def _provisioner(self) -> ForkedProvisioner | None:
        provisioner = self._manager.provisioner if self._manager is not None else None
        return provisioner if isinstance(provisioner, ForkedProvisioner) else None

    async def _end(self) -> None:
        manager, provisioner = self._manager, self._provisioner
        assert manager is not None
        if provisioner is not None:
            if provisioner.has_process:
                await provisioner.poll()
            self._died = provisioner.exit_code
            # A graceful end can wait seconds for nothing; the kernel has done its work.
            await manager.shutdown_kernel(now=True)
            _end_children(provisioner)
        for client in manager.clients:
            client.stop_channels()
        await manager.cleanup_resources()


def _end_children(provisioner: ForkedProvisioner) -> None:
    """End what an ordinary kernel that died by itself left running; the server sees to its own."""
    if provisioner.reason and provisioner.pgid:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(provisioner.pgid, signal.SIGKILL)


def _transport(home: Path) -> dict[str, str]:
    """Return how a kernel is talked to: by sockets in a folder of its own where there are any.

    Answers may be personal, and every user of a machine can read what goes over TCP.
    """
    if sys.platform == "win32":
        return {}
    return {"transport": "ipc", "ip": str(home / "s")}


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
