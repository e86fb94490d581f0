"""A kernel manager and its client that lose no time in waiting, for any kernel."""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from traitlets import Bool, Dict, List, Type, Unicode

from escp_analysis.kernels.provisioner import ForkedProvisioner

_AGAIN = 0.03
"""Seconds after which a kernel that answered is asked again, its news not having come yet."""


class QuickClient(AsyncKernelClient):
    """A client that is ready as soon as the kernel answers and its news reach us."""

    def _context_default(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        context.setsockopt(zmq.RECONNECT_IVL, 10)  # ms; a kernel is there before the usual 100
        return context

    def start_channels(
        self,
        shell: bool = True,
        iopub: bool = True,
        stdin: bool = True,
        hb: bool = False,
        control: bool = True,
    ) -> None:
        """Start the channels; no heartbeat, since the manager knows whether the kernel lives."""
        super().start_channels(shell, iopub, stdin, hb, control)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and its news reach us.

        Raises ``RuntimeError`` where the kernel dies or has not answered after ``timeout``
        seconds.
        """
        deadline = time.monotonic() + (float("inf") if timeout is None else timeout)
        asked = {self.kernel_info()}
        while not await self._answered(asked):
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout:.0f} seconds")

    async def _answered(self, asked: set[str]) -> bool:
        """Return whether an answer came and news of the same question; asks again if not."""
        reply = await _next(self.shell_channel, asked, 0.1)
        if reply is None:
            return False
        if await _next(self.iopub_channel, asked, _AGAIN) is None:
            asked.add(self.kernel_info())
            return False
        self._handle_kernel_info_reply(reply)
        return True


async def _next(channel: Any, asked: set[str], seconds: float) -> dict[str, Any] | None:
    """Return the next message about one of the questions asked, None if none comes in time."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        try:
            message: dict[str, Any] = await channel.get_msg(timeout=left)
        except Empty:
            return None
        if message["parent_header"].get("msg_id") in asked:
            return message
    return None


class QuickManager(AsyncKernelManager):
    """A manager of one kernel in a folder, with variables and arguments of its own.

    The kernel is forked by the warm server whose socket is ``server``; where that is empty, it is
    an ordinary one, because of ``why_fresh``. ``clients`` are those that were made for it.
    """

    client_class = "escp_analysis.kernels.client.QuickClient"
    client_factory = Type(QuickClient, klass=AsyncKernelClient)

    server = Unicode()
    why_fresh = Unicode()
    folder = Unicode()
    output = Unicode()
    environment = Dict()
    arguments = List(Unicode())
    clients: List[AsyncKernelClient] = List()
    killed = Bool()

    def client(self, **options: Any) -> AsyncKernelClient:  # type: ignore[override]
        """Return a client for the kernel."""
        client = super().client(**options)
        self.clients.append(client)
        return client

    def kill_now(self) -> None:
        """Kill the kernel and its children, from any thread; before its start, at its start."""
        self.killed = True
        if isinstance(self.provisioner, ForkedProvisioner):
            self.provisioner.kill_now()

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        """Add to what a kernel is started with, and say who starts it."""
        options.setdefault("cwd", self.folder)
        options.setdefault("env", dict(self.environment))
        given = options.get("extra_arguments", [])
        more = [argument for argument in self.arguments if argument not in given]
        options["extra_arguments"] = [*given, *more]
        if self.provisioner is None:
            self.kernel_id = self.kernel_id or self.session.session
            self.provisioner = ForkedProvisioner(
                kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
            )
            self.provisioner.address = self.server
            self.provisioner.reason = self.why_fresh
            self.provisioner.output = self.output
        started: tuple[list[str], dict[str, Any]] = await super()._async_pre_start_kernel(**options)
        return started

    async def _async_post_start_kernel(self, **options: Any) -> None:
        await super()._async_post_start_kernel(**options)
        if self.killed:
            self.kill_now()

    async def _async_wait(self, pollinterval: float = 0.1) -> None:
        await super()._async_wait(min(pollinterval, 0.005))
