"""The warm server: imports once, then forks a kernel for each connection.

It has one thread, so that a fork copies all there is. It is the parent of its kernels: it alone
reaps them and sends them signals, so that no signal reaches a process that only has their number.
It ends, and ends its kernels, when the socket on its standard input closes: with its owner.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import socket
import sys
from typing import TYPE_CHECKING

from escp_analysis.kernels import forked
from escp_analysis.kernels.line import Lines, Message, packed

if TYPE_CHECKING:
    from ipykernel.kernelapp import IPKernelApp


def main(listening: int, folder: str, *of_round: str) -> type[IPKernelApp] | None:
    """Serve kernels until the owner ends; return in a child the program that it is to run.

    ``listening`` is an open socket that listens, ``folder`` the private folder to remove at the
    end, ``of_round`` the project and the name of a round to read before.
    """
    if not sys.flags.safe_path:
        del sys.path[0]  # the working folder, as ipykernel_launcher does
    server = Server(socket.socket(fileno=listening), socket.socket(fileno=0))
    server.unfit = forked.preload(*of_round)
    _send(server.life, {"ready": server.unfit})
    request = server.serve()
    if request is not None:
        return forked.become(request)
    shutil.rmtree(folder, ignore_errors=True)
    return None


class Server:
    """The loop of a server: its kernels, and the connections that own them."""

    def __init__(self, listener: socket.socket, life: socket.socket) -> None:
        self.life = life
        self.unfit = ""
        self._listener = listener
        self._woken, self._wake = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._lines: dict[socket.socket, Lines] = {}
        self._kernels: dict[int, socket.socket] = {}
        self._environment = dict(os.environ)
        self._ending = False

    def serve(self) -> Message | None:
        """Return None when all is over; in a child, the request for what it is to become."""
        self._listen()
        while not self._ending:
            for key, _ in self._selector.select():
                request = self._handle(key.fileobj)
                if request is not None:
                    return request
        self._end()
        return None

    def _listen(self) -> None:
        self._woken.setblocking(False)
        self._wake.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno())
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, lambda *_: None)  # what counts is that the loop wakes
        for source in (self._listener, self.life, self._woken):
            self._selector.register(source, selectors.EVENT_READ)

    def _handle(self, source: object) -> Message | None:
        if source is self._listener:
            self._welcome()
        elif source is self.life:
            self._ending = True
        elif source is self._woken:
            self._ending |= signal.SIGTERM in self._woken.recv(4096)
            self._reap()
        elif isinstance(source, socket.socket) and source in self._lines:
            return self._hear(source)
        return None

    def _welcome(self) -> None:
        connection, _ = self._listener.accept()
        self._lines[connection] = Lines()
        self._selector.register(connection, selectors.EVENT_READ)

    def _hear(self, connection: socket.socket) -> Message | None:
        """Do what a connection says; where it closed, its kernel ends."""
        try:
            data = connection.recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            self._drop(connection)
            return None
        for message in self._lines[connection].feed(data):
            if "signal" in message:
                self._signal(connection, message["signal"])
            elif self._answer(connection, message):
                return message
        return None

    def _answer(self, connection: socket.socket, request: Message) -> bool:
        """Fork a kernel or say why not; return whether this is the child."""
        reason = self.unfit or forked.refusal(request, self._environment)
        pid = -1
        if not reason:
            sys.stdout.flush()
            sys.stderr.flush()
            try:
                pid = os.fork()
            except OSError as error:
                reason = f"the server cannot fork ({error.strerror})"
        if pid == 0:
            self._leave()
            return True
        if pid > 0:
            self._kernels[pid] = connection
        _send(connection, {"refused": reason} if reason else {"pid": pid})
        return False

    def _leave(self) -> None:
        """Close in a child what is the server's."""
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        self._selector.close()
        self.life.detach()
        for each in (self._listener, self._woken, self._wake, *self._lines):
            each.close()

    def _signal(self, connection: socket.socket, number: int) -> None:
        for pid, owner in self._kernels.items():
            if owner is connection:
                _kill(pid, number)

    def _drop(self, connection: socket.socket) -> None:
        self._signal(connection, signal.SIGKILL)
        self._selector.unregister(connection)
        del self._lines[connection]
        connection.close()

    def _reap(self) -> None:
        """Tell of each kernel that ended, and end the children that it leaves."""
        while self._kernels:
            left = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if left is None:
                return
            # Not reaped yet, so the number of its group is still its own.
            _kill(left.si_pid, signal.SIGKILL)
            _, status = os.waitpid(left.si_pid, 0)
            connection = self._kernels.pop(left.si_pid, None)
            if connection is not None and connection in self._lines:
                _send(connection, {"exit": os.waitstatus_to_exitcode(status)})

    def _end(self) -> None:
        for pid in self._kernels:
            _kill(pid, signal.SIGKILL)
        for pid in self._kernels:
            os.waitpid(pid, 0)


def _kill(pid: int, number: int) -> None:
    """Send a signal to a kernel's group; to the kernel alone before it has a group."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        os.kill(pid, number)


def _send(connection: socket.socket, message: Message) -> None:
    """Send what a connection waits for; one that closed is dropped when it is read."""
    with contextlib.suppress(ConnectionError):
        connection.sendall(packed(message))


if __name__ == "__main__":
    # Run from here, a kernel is as deep in calls as an ordinary one, and recursion ends alike.
    program = main(int(sys.argv[1]), *sys.argv[2:])
    if program is not None:
        # With the number of its parent it knows that it was not started from a terminal.
        program.launch_instance(parent_handle=os.getppid())
