"""The output folder over HTTP, to look at what is published before a web server is set up."""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote, unquote

from enricher.errors import EnricherError
from enricher.publish.media_types import media_type

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from enricher.config import Config

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_PIECE = 65_536
_CLIENT_SECONDS = 30


def serve_output(config: Config, host: str, port: int) -> Iterator[str]:
    """Serve until interrupted; yield lines for a person first. Raises EnricherError where nothing can be served."""
    if not isinstance(config.output, Path):
        raise EnricherError(
            f"{config.output}: is no folder, and only a folder can be served; the store serves it at {config.base_url}/"
        )
    if not config.output.is_dir():
        raise EnricherError(f"{config.output}: nothing is published yet; say: enricher run")
    try:
        server = _Server((host, port), config.output)
    except (OSError, OverflowError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise EnricherError(f"cannot listen on {host}:{port}: {why}; name another with --port or --host") from error
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{server.server_address[1]}"
    with server:
        yield f"{config.output} is served at {address}/ until Ctrl-C"
        for feed in config.feeds:
            if not feed.private and (config.output / feed.file_name / "index.html").is_file():
                yield f"{feed.name}: {address}/{feed.file_name}/"
        with suppress(KeyboardInterrupt):
            server.serve_forever()


class _Server(ThreadingHTTPServer):
    """A thread for each connection; none is waited for at the end."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], root: Path) -> None:
        self.root = root.resolve()
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 as it is inherited
        """Let clients go when they like."""


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "enricher", ""
    timeout = _CLIENT_SECONDS
    server: _Server

    def do_GET(self) -> None:
        """Answer with a file."""
        self._answer()

    def do_HEAD(self) -> None:
        """Answer as to GET, without the file."""
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 as it is inherited
        """Log nothing: what is asked for is nobody's news."""

    def _answer(self) -> None:
        path = find_file(self.server.root, self.path)
        if path is None:
            self._end(HTTPStatus.NOT_FOUND, b"there is no such file\n")
        elif path.name == "index.html" and not self.path.partition("?")[0].endswith(("/", ".html")):
            # Else what the page links to would be looked for beside the folder.
            where = quote(path.parent.relative_to(self.server.root).as_posix())
            self._end(HTTPStatus.MOVED_PERMANENTLY, b"", Location=f"/{where}/")
        else:
            try:
                with path.open("rb") as file:
                    self._send(path, file)
            except OSError:  # it was replaced meanwhile, or the client is gone
                self.close_connection = True

    def _send(self, path: Path, file: BinaryIO) -> None:
        found = path.stat()
        headers = {
            "ETag": f'"{found.st_mtime_ns:x}-{found.st_size:x}"',
            "Last-Modified": formatdate(found.st_mtime, usegmt=True),
            "Content-Type": media_type(path.as_posix()),
            "Cache-Control": "no-cache",
            "Accept-Ranges": "bytes",
        }
        if self._is_known(headers["ETag"], found):
            self._end(HTTPStatus.NOT_MODIFIED, None, **headers)
            return
        size, span = found.st_size, None
        if self.headers.get("If-Range", headers["ETag"]) in {headers["ETag"], headers["Last-Modified"]}:
            span = span_of(self.headers.get("Range"), size)
        if span == ():
            self._end(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", **{"Content-Range": f"bytes */{size}"})
            return
        first, last = span or (0, size - 1)
        if span:
            headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        self._head(HTTPStatus.PARTIAL_CONTENT if span else HTTPStatus.OK, last + 1 - first, headers)
        if self.command != "HEAD":
            file.seek(first)
            _copy(file, self.wfile, last + 1 - first)

    def _is_known(self, etag: str, found: os.stat_result) -> bool:
        """Check whether the client has the file as it is, https://www.rfc-editor.org/rfc/rfc9110#section-13."""
        if known := self.headers.get("If-None-Match"):
            tags = {one.strip().removeprefix("W/") for one in known.split(",")}
            return bool(tags & {etag, "*"})
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
        except (TypeError, ValueError):
            return False
        return int(found.st_mtime) <= since.timestamp()

    def _end(self, status: HTTPStatus, body: bytes | None, **headers: str) -> None:
        kind = {} if "Content-Type" in headers or body is None else {"Content-Type": "text/plain; charset=utf-8"}
        self._head(status, None if body is None else len(body), kind | headers)
        if body and self.command != "HEAD":
            self.wfile.write(body)

    def _head(self, status: HTTPStatus, length: int | None, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        # Players in browsers and validators of feeds read from elsewhere.
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Expose-Headers", "*")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()


def find_file(root: Path, target: str) -> Path | None:
    """Return the file that a request means, a folder's index.html for the folder; None where there is none.

    Nothing outside of `root`, through links neither, and no name with a dot in front: locks and half-written files.
    """
    parts = [part for part in unquote(re.split("[?#]", target, maxsplit=1)[0], errors="replace").split("/") if part]
    if any(part.startswith(".") or "\0" in part or "\\" in part for part in parts):
        return None
    try:
        path = root.joinpath(*parts).resolve()
        path = path / "index.html" if path.is_dir() else path
        return path if path.is_file() and path.resolve().is_relative_to(root) else None
    except OSError:
        return None


def span_of(wanted: str | None, size: int) -> tuple[int, int] | tuple[()] | None:
    """Return first and last byte of a range, () where it cannot be had, None where the whole is meant.

    https://www.rfc-editor.org/rfc/rfc9110#section-14.2; several ranges at once may be answered with the whole.
    """
    found = _RANGE.fullmatch((wanted or "").strip())
    if not found or not any(found.groups()):
        return None
    if not found[1]:
        count = min(int(found[2]), size)
        return (size - count, size - 1) if count else ()
    first, last = int(found[1]), min(int(found[2] or size), size - 1)
    if found[2] and int(found[2]) < first:
        return None
    return (first, last) if first < size else ()


def _copy(file: BinaryIO, to: Any, count: int) -> None:  # noqa: ANN401 a socket's file
    while count > 0 and (piece := file.read(min(count, _PIECE))):
        to.write(piece)
        count -= len(piece)
