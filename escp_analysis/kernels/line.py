"""The lines of text that a kernel server and those who want kernels send one another.

One connection is one kernel's life: the request for it, its process, the signals to send it, and
at last how it ended. A connection that closes ends the kernel.
"""

from __future__ import annotations

import json
import socket
import threading
from typing import Any

ADDRESS = "ESCP_KERNEL_SERVER"
"""Names the socket of the kernel server, where no other way to name it is open."""

Message = dict[str, Any]


def packed(message: Message) -> bytes:
    """Return a message as one line."""
    return json.dumps(message).encode() + b"\n"


class Lines:
    """Bytes as they come, given out as whole messages."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Message]:
        """Return the messages that these bytes complete."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        return [json.loads(line) for line in whole]


class KernelLine:
    """The connection to one forked kernel; signals may be sent from any thread."""

    def __init__(self, connection: socket.socket, lines: Lines, pid: int) -> None:
        self.pid = pid
        self.exit_code: int | None = None
        self.lost = False
        self._connection = connection
        self._lines = lines
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """Return how the kernel ended, None while it runs; a lost server has killed it."""
        with self._lock:
            while self.exit_code is None:
                try:
                    data = self._connection.recv(4096)
                except BlockingIOError:
                    break
                except ConnectionError:
                    data = b""
                self._take(data)
            return self.exit_code

    def _take(self, data: bytes) -> None:
        if not data:
            self.lost, self.exit_code = True, -9
        for message in self._lines.feed(data):
            self.exit_code = message["exit"]

    def signal(self, number: int) -> None:
        """Have the server send a signal to the kernel and its children; none where it ended."""
        with self._lock:
            if self.exit_code is None:
                try:
                    self._connection.sendall(packed({"signal": number}))
                except ConnectionError:
                    self.lost, self.exit_code = True, -9

    def close(self) -> None:
        """End the connection, and with it the kernel."""
        with self._lock:
            self._connection.close()
            if self.exit_code is None:
                self.exit_code = -9
