"""The warm server as its owner sees it: started without waiting, and always ended."""

from __future__ import annotations

import hashlib
import json
import os
import select
import shutil
import site
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

from escp_analysis.kernels.kernel import Kernel
from escp_analysis.kernels.private import private_folder, sweep

_SERVER = (sys.executable, "-m", "escp_analysis.kernels.server")


def why_not() -> str:
    """Return why kernels cannot be forked here, an empty text where they can."""
    if sys.platform != "linux":
        return f"kernels are forked on Linux alone, and this is {sys.platform}"
    return ""


class WarmServer:
    """A server that has imported what chapters use and forks kernels for them.

    Used as a context. It starts in the background; a kernel that is wanted before it is ready
    waits for it. Where nothing can be forked, or with ``fork=False``, there is no server, and
    ``kernel`` gives ordinary kernels. At the end, and when this process ends in whatever way,
    server, kernels and their files are gone.
    """

    def __init__(
        self, *, fork: bool = True, project: Path | None = None, round_id: str = ""
    ) -> None:
        self._fork = fork
        self._of_round = [str(project), round_id] if project and round_id else []
        self._why_fresh = why_not() if fork else "ordinary kernels were asked for"
        self._key = ""
        self._home: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._life: socket.socket | None = None
        self._said = b""

    def __enter__(self) -> Self:
        sweep()
        self._home = private_folder()
        if not self._why_fresh:
            self._key = _key()
            self._start(self._home)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def home(self) -> Path:
        """Return the private folder of the server and its kernels; there once it is entered."""
        assert self._home is not None
        return self._home

    @property
    def address(self) -> str:
        """Return the socket of the server, an empty text where there is none."""
        return str(self.home / "server") if self._process else ""

    @property
    def pid(self) -> int | None:
        """Return the number of the server's process, None where there is none."""
        return self._process.pid if self._process else None

    @property
    def why_fresh(self) -> str:
        """Return why kernels are ordinary ones, as far as is known; empty where they are forked."""
        if self._process is not None and self._process.poll() is not None:
            return f"the kernel server ended: {self._last_words()}"
        return self._why_fresh

    @property
    def notes(self) -> str:
        """Return what the server printed, such as warnings of the libraries it imported."""
        log = self.home / "log"
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def ready(self, wait: float = 0.0) -> bool:
        """Return whether the server has imported everything, after ``wait`` seconds at most."""
        while self._life is not None and not self._said.endswith(b"\n"):
            if not select.select([self._life], [], [], wait)[0]:
                return False
            data = self._life.recv(4096)
            if not data:
                return False
            self._said += data
        if self._said:
            self._why_fresh = self._why_fresh or json.loads(self._said)["ready"]
        return self._life is not None and not self.why_fresh

    def stale(self) -> bool:
        """Return whether interpreter, packages or this package changed since the start."""
        return self._key != (_key() if self._process else "")

    def kernel(
        self,
        folder: Path,
        *,
        record: Path | None = None,
        project: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Kernel:
        """Return a kernel for a chapter, to be used as a context; see ``Kernel``."""
        why = self.why_fresh
        return Kernel(
            folder,
            server="" if why else self.address,
            why_fresh=why,
            record=record,
            project=project,
            environment=environment,
            home=self.home,
        )

    def _start(self, folder: Path) -> None:
        self._life, theirs = socket.socketpair()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs, listener, (folder / "log").open("wb") as log:
            # Listening from now on: who connects waits in line while the server imports.
            listener.bind(str(folder / "server"))
            listener.listen(64)
            number = listener.fileno()
            self._process = subprocess.Popen(
                [*_SERVER, str(number), str(folder), *self._of_round],
                stdin=theirs.fileno(),
                stdout=log,
                stderr=log,
                cwd=folder,
                env=_environment(),
                pass_fds=[number],
                start_new_session=True,  # an interrupt from the terminal is for the owner
            )

    def _stop(self) -> None:
        if self._process is None:
            return
        if not self.ready():
            self._process.kill()  # it has forked nothing, and its imports would be waited for
        if self._life is not None:
            self._life.close()
            self._life = None
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _last_words(self) -> str:
        lines = self.notes.strip().splitlines()
        return lines[-1] if lines else f"exit code {self._process and self._process.returncode}"


def _environment() -> dict[str, str]:
    """Return what the server is started with: as this process, but for what is a kernel's own."""
    # The back end of a figure is told to each kernel; threads of a library would end in a fork.
    own = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    return own | {"OPENBLAS_NUM_THREADS": "1"}


def _key() -> str:
    """Return a text that changes with the interpreter, the packages and this package."""
    digest = hashlib.sha256()
    for part in (sys.executable, sys.version, *_installed(), *_sources()):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def _installed() -> Iterator[str]:
    """Yield the packages that are installed, with their versions."""
    for folder in sorted({*site.getsitepackages(), site.getusersitepackages()}):
        yield from sorted(path.name for path in Path(folder).glob("*-info"))


def _sources() -> Iterator[str]:
    """Yield the files of this package with what is in them."""
    package = Path(__file__).parents[1]
    for path in sorted(package.rglob("*.py")):
        yield str(path.relative_to(package))
        yield hashlib.sha256(path.read_bytes()).hexdigest()
