"""A report on this machine's own address, for its own browsers, and nothing else of the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler

from escp_analysis.errors import UsageError
from escp_analysis.report.screen import Page

_ADDRESS = "127.0.0.1"
_FILES = {"report.html": "text/html; charset=utf-8", "report.pdf": "application/pdf"}


class Server:
    """Serves a page, loads it anew in every browser when it changes, and the files of the report.

    Three addresses are answered, for requests that name this machine alone: ``/``, ``/events``
    and the report's own files. Raises ``UsageError`` where the port is taken.
    """

    def __init__(self, folder: Path, page: Page, port: int = 0) -> None:
        self.folder, self.page = folder, page
        self.listening: set[asyncio.Event] = set()
        try:
            sockets = bind_sockets(port, _ADDRESS)
        except OSError as error:
            told = f"port {port} cannot be used: {error.strerror}; leave --port out for a free one"
            raise UsageError(told) from error
        self.port: int = sockets[0].getsockname()[1]
        names = "|".join(_FILES).replace(".", r"\.")
        routes = [("/", _Report), ("/events", _Events), (f"/({names})", _File)]
        application = Application(
            [(path, handler, {"server": self}) for path, handler in routes],
            default_handler_class=_Nothing,
            default_handler_args={"server": self},
            log_function=lambda _: None,
        )
        self._http = HTTPServer(application, max_body_size=0)
        self._http.add_sockets(sockets)

    @property
    def url(self) -> str:
        """Return the address of the page."""
        return f"http://{_ADDRESS}:{self.port}/"

    @property
    def hosts(self) -> set[str]:
        """Return the names a request may call this server; any other is somebody else's page."""
        return {f"{_ADDRESS}:{self.port}", f"localhost:{self.port}"}

    def show(self, page: Page) -> None:
        """Serve another page, and have the browsers load it where it looks different."""
        self.page = page
        for new in self.listening:
            new.set()

    async def close(self) -> None:
        """Answer nobody any more."""
        self._http.stop()
        await self._http.close_all_connections()


class _Answer(RequestHandler):
    """An answer to this machine's own browsers."""

    _policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"

    def initialize(self, server: Server) -> None:
        self.server = server

    def prepare(self) -> Awaitable[None] | None:
        if self.request.host not in self.server.hosts:
            raise HTTPError(403)
        return None

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Security-Policy", self._policy)
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")

    def write_error(self, status_code: int, **_: Any) -> None:
        self.set_header("Content-Type", "text/plain")
        self.finish(f"{status_code} {self._reason}\n")


class _Report(_Answer):
    """The report with what the watcher adds to it."""

    def get(self) -> None:
        self.set_header("Content-Security-Policy", self.server.page.policy)
        self.finish(self.server.page.content)


class _File(_Answer):
    """A file of the report as it was built, by a name of the list."""

    def get(self, name: str) -> None:
        path = self.server.folder / name
        if not path.is_file():
            raise HTTPError(404)
        self.set_header("Content-Type", _FILES[name])
        self.finish(path.read_bytes())


class _Events(_Answer):
    """Server-sent events: the version of the page, now and each time it changes."""

    def initialize(self, server: Server) -> None:
        super().initialize(server)
        self._new, self._left = asyncio.Event(), False

    async def get(self) -> None:
        self.set_header("Content-Type", "text/event-stream")
        self.server.listening.add(self._new)
        # A browser that is gone is no error; it says so by ending the connection.
        with suppress(StreamClosedError):
            while not self._left:
                self._new.clear()
                self.write(f"event: built\ndata: {self.server.page.version}\n\n")
                await self.flush()
                await self._new.wait()

    def on_connection_close(self) -> None:
        self.server.listening.discard(self._new)
        self._left = True
        self._new.set()


class _Nothing(_Answer):
    """Any other address."""

    def prepare(self) -> Awaitable[None] | None:
        super().prepare()
        raise HTTPError(404)
