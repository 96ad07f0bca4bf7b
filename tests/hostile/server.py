"""Real sockets on loopback, without a web server's good sense: each answer is written byte by byte."""

from __future__ import annotations

import _thread
import select
import socket
import ssl
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import trustme

_PATIENCE = 10.0
"""Seconds until a thread gives up a client that never hangs up: only a failing test gets there."""


@dataclass
class Request:
    """What a client asked for."""

    door: str
    path: str
    headers: dict[str, bytes]
    """By lower-case name."""
    raw: bytes


@dataclass
class Talk:
    """One request and the socket to answer it on."""

    server: Server
    sock: socket.socket
    request: Request

    @property
    def name(self) -> str:
        """The case that is played: the first part of the path."""
        return self.request.path.partition("?")[0].split("/")[1]

    @property
    def rest(self) -> str:
        """What stands behind the case's name in the path."""
        return "/".join(self.request.path.partition("?")[0].split("/")[2:])

    def send(self, data: bytes) -> bool:
        """Send; False where the client is gone."""
        try:
            self.sock.sendall(data)
        except OSError:
            return False
        return True

    def drip(self, pieces: Iterator[bytes], pause: float = 0.02) -> None:
        """Send a piece at a time until the client hangs up."""
        for piece in pieces:
            if not self.send(piece) or self.hung_up(pause):
                return

    def hung_up(self, seconds: float = _PATIENCE) -> bool:
        """Wait for the client to hang up."""
        readable, _, _ = select.select([self.sock], [], [], seconds)
        with suppress(OSError):
            return bool(readable) and not self.sock.recv(65536)
        return True

    def reset(self) -> None:
        """Break the connection off without a good-bye."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


@dataclass
class Door:
    """A port that is listened on."""

    listening: socket.socket
    tls: ssl.SSLContext | None
    greet: Callable[[socket.socket], bool] | None
    """What happens before a request is read; False ends the connection."""
    connections: int = 0

    @property
    def pair(self) -> str:
        """`host:port` as URLs write it."""
        host, port = self.listening.getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@dataclass
class Server:
    """Listens on doors and plays behaviours by name."""

    behaviours: Mapping[str, Callable[[Talk], None]]
    doors: dict[str, Door] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Use it in a `with`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        for door in self.doors.values():
            with suppress(OSError):
                door.listening.shutdown(socket.SHUT_RDWR)
            door.listening.close()

    def open(
        self,
        name: str,
        address: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        greet: Callable[[socket.socket], bool] | None = None,
    ) -> Door:
        """Open a door. Raises OSError, such as where the machine has no IPv6."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listening = socket.create_server((address, 0), family=family, backlog=64)
        door = self.doors[name] = Door(listening, tls, greet)
        threading.Thread(target=self._listen, args=(name, door), daemon=True).start()
        return door

    def _listen(self, name: str, door: Door) -> None:
        with suppress(OSError):
            while True:
                sock, _ = door.listening.accept()
                door.connections += 1
                # Not a `Thread`: coverage traces each, and Python 3.11 fails where many begin to be traced at once.
                _thread.start_new_thread(self._serve, (name, door, sock))

    def _serve(self, name: str, door: Door, sock: socket.socket) -> None:
        sock.settimeout(_PATIENCE)
        with suppress(OSError), sock:
            if door.greet is not None and not door.greet(sock):
                return
            if door.tls is not None:
                sock = door.tls.wrap_socket(sock, server_side=True)
            with sock:
                request = self._read(name, sock)
                if request is not None:
                    self.requests.append(request)
                    talk = Talk(self, sock, request)
                    self.behaviours.get(talk.name, Talk.reset)(talk)
                    _finish(sock)

    def _read(self, name: str, sock: socket.socket) -> Request | None:
        raw = b""
        while b"\r\n\r\n" not in raw:
            data = sock.recv(65536)
            if not data:
                return None
            raw += data
        first, *lines = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
        pairs = (line.partition(b": ") for line in lines)
        headers = {key.decode("latin-1").lower(): value for key, _, value in pairs}
        return Request(name, first.split()[1].decode("latin-1"), headers, raw)


def _finish(sock: socket.socket) -> None:
    """Say good-bye such that what was sent arrives."""
    with suppress(OSError):
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass


def tls_of(cert: trustme.LeafCert) -> ssl.SSLContext:
    """Make a server's context from a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert.configure_cert(context)
    return context
