"""Kernels from the warm server for everything that starts kernels through jupyter_client.

Registered as ``escp-forked``. It is loaded by programs that know nothing of this package, so it
imports nothing that they have not imported.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from escp_analysis.kernels.line import ADDRESS, KernelLine, Lines, Message, packed

_PATIENCE = 60.0
"""Seconds to wait for a server that is still importing."""


class ForkedProvisioner(LocalProvisioner):
    """Has the warm server fork a kernel; where it cannot, starts one as always.

    ``address`` is the server's socket; where it is None, the environment variable
    ``ESCP_KERNEL_SERVER`` names it. ``output`` is the file for what a kernel prints past its
    cells; where it is empty, that goes where its parent prints. After the start ``reason`` says
    why the kernel was not forked, empty where it was; after the end ``exit_code`` is how it ended,
    minus the number of the signal where one ended it, and ``lost`` whether that was because its
    server had ended.
    """

    address: str | None = None
    output: str = ""
    reason: str = ""
    exit_code: int | None = None
    lost: bool = False
    line: KernelLine | None = None

    @property
    def has_process(self) -> bool:
        """Return whether there is a kernel whose end was not yet taken note of."""
        return self.line is not None or bool(super().has_process)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel, else start it as a process of its own and keep the reason."""
        self.exit_code = None
        self.reason = _beyond_a_fork(kwargs) or await self._fork(cmd, **kwargs)
        if self.reason:
            self.log.info("The kernel is not forked: %s", self.reason)
            return await self._launch_quietly(cmd, **kwargs)
        return self.connection_info

    async def _launch_quietly(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        if not self.output:
            return await super().launch_kernel(cmd, **kwargs)
        with Path(self.output).open("ab") as output:
            return await super().launch_kernel(cmd, stdout=output, stderr=output, **kwargs)

    async def poll(self) -> int | None:
        """Return the exit code of the kernel, None while it runs."""
        code: int | None = await super().poll() if self.line is None else self.line.poll()
        if self.has_process:
            self.exit_code = code
        return code

    async def wait(self) -> int | None:
        """Wait for the end of the kernel and return its exit code."""
        while self.has_process and await self.poll() is None:
            await asyncio.sleep(0.005)
        if self.line is not None:
            self.lost = self.line.lost
            self.line.close()
            self.line = None
        elif self.has_process:
            await super().wait()
        return self.exit_code

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and its children, by way of the server."""
        if self.line is None:
            await super().send_signal(signum)
        else:
            self.line.signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and its children."""
        if self.line is None:
            await super().kill(restart)
        else:
            self.line.signal(signal.SIGKILL)

    def kill_now(self) -> None:
        """Kill the kernel and its children, from any thread."""
        line = self.line  # another thread may take it away
        if line is not None:
            line.signal(signal.SIGKILL)
        elif self.process is not None and self.process.poll() is None:
            os.killpg(self.pgid, signal.SIGKILL) if self.pgid else self.process.kill()

    async def terminate(self, restart: bool = False) -> None:
        """Ask the kernel and its children to end."""
        if self.line is None:
            await super().terminate(restart)
        else:
            self.line.signal(signal.SIGTERM)

    async def _fork(
        self, cmd: list[str], env: dict[str, str], cwd: str | os.PathLike[str] | None = None
    ) -> str:
        """Have a kernel forked; return why not, else an empty text."""
        address = os.environ.get(ADDRESS, "") if self.address is None else self.address
        if not address:
            return self.reason or "there is no kernel server"
        # What jupyter_client's own launcher adds.
        env = env | {"JPY_PARENT_PID": str(os.getpid())}
        request = {"cmd": cmd, "env": env, "cwd": str(Path(cwd or "").absolute())}
        request["output"] = self.output
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.setblocking(False)
            reason = await self._ask(connection, address, packed(request))
        except ConnectionError:
            reason = "the kernel server ended"
        except (OSError, TimeoutError) as error:
            reason = f"the kernel server does not answer ({error or type(error).__name__})"
        except BaseException:
            connection.close()
            raise
        if reason:
            connection.close()
        return reason

    async def _ask(self, connection: socket.socket, address: str, request: bytes) -> str:
        loop = asyncio.get_running_loop()
        lines = Lines()
        async with asyncio.timeout(_PATIENCE):
            await loop.sock_connect(connection, address)
            await loop.sock_sendall(connection, request)
            answers: list[Message] = []
            while not answers:
                data = await loop.sock_recv(connection, 4096)
                if not data:
                    raise ConnectionResetError
                answers = lines.feed(data)
        answer = answers[0]
        if "refused" in answer:
            return str(answer["refused"])
        self.line = KernelLine(connection, lines, answer["pid"])
        self.pid = self.pgid = answer["pid"]
        return ""


def _beyond_a_fork(options: dict[str, Any]) -> str:
    """Return a reason where a kernel is to be started with more than a folder and variables."""
    more = sorted(set(options) - {"env", "cwd", "extra_arguments", "kernel_id"})
    return f"it is started with {', '.join(more)}" if more else ""
