"""No way in: every address is checked where the connection is made, and no socket outlives its fetch's deadline."""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpcore

from enricher.errors import FetchError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NUMERIC = re.compile(r"(?:^|\.)(?:0[xX][0-9a-fA-F]*|[0-9]+)\.?$")
# https://www.iana.org/assignments/iana-ipv6-special-registry: what leads inwards or carries an IPv4 address inside,
# of which Python's `is_global` knows some, more with each version.
_DENIED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "100.64.0.0/10",  # CGNAT
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",  # benchmarking
        "240.0.0.0/4",  # reserved
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)


class BlockedError(FetchError):
    """An address that must not be connected to."""


@dataclass(slots=True)
class Attempt:
    """One fetch: its deadline by `time.monotonic`, and how many connections it made."""

    end: float
    connections: int = 0

    def left(self, timeout: float | None) -> float:
        """Give the seconds that a step may take. Raises httpcore's ReadTimeout where the deadline has passed."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(left, timeout)


_attempt: ContextVar[Attempt | None] = ContextVar("_attempt", default=None)


@contextmanager
def attempt(seconds: float) -> Iterator[Attempt]:
    """Let everything that this thread reads and connects to meanwhile end within so many seconds."""
    one = Attempt(time.monotonic() + seconds)
    token = _attempt.set(one)
    try:
        yield one
    finally:
        _attempt.reset(token)


def _left(timeout: float | None) -> float | None:
    one = _attempt.get()
    return one.left(timeout) if one else timeout


_GLOBAL = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out. Outside of it: loopback, NAT64, every way to carry an IPv4 address, site-local."""


def is_public(address: str) -> bool:
    """Tell whether an address literal belongs to the public internet."""
    try:
        ip: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if ip.version == 6 and ip not in _GLOBAL:  # noqa: PLR2004 IPv6
        return False
    if ip.is_multicast or not ip.is_global:
        return False
    return not any(ip in network for network in _DENIED if network.version == ip.version)


def look_up(host: str, port: int) -> Iterable[str]:
    """Ask the system for every address of a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


class Gate(httpcore.NetworkBackend):
    """Connects to addresses that were checked, and to nothing else.

    `allowed` holds `host:port` pairs, host a name as the URL writes it or an address, that may be connected to though
    they are private. `resolve` gives every address of a name.
    """

    def __init__(
        self,
        allowed: Iterable[str] = (),
        resolve: Callable[[str, int], Iterable[str]] = look_up,
        patience: float = 10.0,
    ) -> None:
        self._allowed = frozenset(pair.lower() for pair in allowed)
        self._resolve, self._patience = resolve, patience
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers. Raises BlockedError, ConnectError, ConnectTimeout."""
        addresses = self.checked(host, port)
        for i, address in enumerate(addresses):
            try:
                stream = self._backend.connect_tcp(address, port, _left(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if i == len(addresses) - 1:
                    raise
            else:
                if one := _attempt.get():
                    one.connections += 1
                return _Stream(stream)
        raise httpcore.ConnectError(f"{host} has no address")

    def connect_unix_socket(self, path: str, *_: Any, **__: Any) -> httpcore.NetworkStream:  # noqa: ANN401 never used
        """Refuse: no feed is fetched from a socket of this machine."""
        raise BlockedError(f"{path}: is no web address")

    def checked(self, host: str, port: int) -> tuple[str, ...]:
        """Give the addresses of a host, all of them allowed. Raises BlockedError, httpcore's ConnectError."""
        host = host.lower()
        shown = f"[{host}]" if ":" in host else host
        named = f"{shown}:{port}" in self._allowed
        if _NUMERIC.search(host) and not _is_address(host):
            raise BlockedError("writes its address in a way that hides it; nothing was connected to")
        addresses = tuple(dict.fromkeys(self._addresses(host, port)))
        for address in addresses:
            pair = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
            if not (named or is_public(address) or pair in self._allowed):
                raise BlockedError(
                    "leads into a private network, which feeds must not reach; nothing was connected to"
                    ' (to allow this one, say allow_private = ["HOST:PORT"])'
                )
        return addresses

    def _addresses(self, host: str, port: int) -> Iterable[str]:
        """Resolve a name within the time that is left: a name server may be slow, and the system waits for it."""
        if _is_address(host):
            return (host,)
        found: list[Iterable[str] | OSError | UnicodeError] = []

        def ask() -> None:
            try:
                found.append(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                found.append(error)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(_left(self._patience))
        if not found:
            raise httpcore.ConnectTimeout("the name server does not answer")
        if isinstance(found[0], OSError | UnicodeError):
            raise httpcore.ConnectError("the name has no address") from None
        return found[0]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends when the fetch has to: a drip of bytes never starts the clock anew."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self.last = b""
        """What was read last."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what there is."""
        self.last = self._stream.read(max_bytes, _left(timeout))
        return self.last

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        """Close the socket."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Speak TLS; the certificate has to be that of the name, whatever address was connected to."""
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 httpcore's own signature
        """Give what httpcore wants to know of the socket."""
        return self._stream.get_extra_info(info)
