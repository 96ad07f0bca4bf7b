"""A web server on loopback whose answers the test sets; it knows validators and ranges and notes every request."""

from __future__ import annotations

import hashlib
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from types import TracebackType


class Listening:
    """Serves in a thread of its own for as long as a `with` lasts."""

    _server: HTTPServer

    def make_server(self) -> HTTPServer:
        """Make what serves, on a free port of loopback."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._server = self.make_server()
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the socket: whoever comes now is refused."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def host(self) -> str:
        """Where it listens, `address:port`."""
        return f"127.0.0.1:{self._server.server_port}"

    def url(self, path: str) -> str:
        """Give the address of a page."""
        return f"http://{self.host}{path}"


@dataclass
class Loopback(Listening):
    """Serves `pages` (path to body) with an ETag of their content; used in a `with`."""

    pages: dict[str, bytes] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)
    """Every request's path and the status that it was answered with."""
    moved: dict[str, str] = field(default_factory=dict)
    """Where a path leads for good."""
    posted: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Every form that was posted: its path and its fields."""
    posted_status: int | None = 204
    """How forms are answered; None: not at all."""
    retry_after: str = ""
    """What the answers to forms say of it."""
    down: bool = False
    """Answer everything with 503."""

    def make_server(self) -> HTTPServer:
        """Make it."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.answer(self)

            def do_POST(self) -> None:
                outer.take(self)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        return server

    def take(self, request: BaseHTTPRequestHandler) -> None:
        """Take a form, as a hub does."""
        body = request.rfile.read(int(request.headers["Content-Length"])).decode()
        self.posted.append((request.path, dict(parse_qsl(body, strict_parsing=True))))
        if self.posted_status is None:  # answer nothing, until whoever asks hangs up
            request.rfile.read()
            return
        request.send_response(self.posted_status)
        if self.retry_after:
            request.send_header("Retry-After", self.retry_after)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        path = request.path.partition("?")[0]
        body = self.pages.get(path)
        tag = f'"{hashlib.sha256(body or b"").hexdigest()[:16]}"'
        if self.down:
            status, body = 503, b"down"
        elif path in self.moved:
            status, body = 301, b"moved"
        elif body is None:
            status, body = 404, b"not here"
        else:
            status = 304 if request.headers.get("If-None-Match") == tag else 200
        ranged = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", "")) if status == 200 else None
        whole = len(body or b"")
        if ranged and body:
            body = body[int(ranged[1]) : int(ranged[2] or whole) + 1]
            status = 206
        self.asked.append((path, status))
        request.send_response(status)
        if status == 206 and ranged and body:
            request.send_header("Content-Range", f"bytes {ranged[1]}-{int(ranged[1]) + len(body) - 1}/{whole}")
        request.send_header("Content-Type", self.types.get(path, "application/rss+xml"))
        request.send_header("ETag", tag)
        request.send_header("Accept-Ranges", "bytes")
        if path in self.moved:
            request.send_header("Location", self.moved[path])
        request.send_header("Content-Length", "0" if status == 304 else str(len(body)))
        request.end_headers()
        if status != 304:
            request.wfile.write(body)
