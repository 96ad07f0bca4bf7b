"""SSRF protection: connect only to public addresses, and keep no socket open past a request's deadline."""

from __future__ import annotations

import ipaddress
import math
import re
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import httpcore

from enricher.errors import FetchError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable

# The system's resolver reads 0x7f000001, 017700000001, 127.1 and 2130706433 as 127.0.0.1; no feed is written so.
_NUMERIC = re.compile(r"(?:^|\.)(?:0[xX][0-9a-fA-F]*|[0-9]+)\.?$")
# All of IPv6 that is assigned. Outside of it: loopback, link-local, NAT64, site-local, v4-compatible addresses.
_ASSIGNED = ipaddress.ip_network("2000::/3")
# What leads inwards or carries an IPv4 address: https://www.iana.org/assignments/iana-ipv4-special-registry and
# https://www.iana.org/assignments/iana-ipv6-special-registry. `is_global` knows some, more with each Python.
_DENIED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "100.64.0.0/10",  # carrier-grade NAT; Alibaba's metadata server is there
        "168.63.129.16/32",  # Azure's host, which gives a virtual machine its secrets, at a public address
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata server is there
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",  # benchmarking
        "240.0.0.0/4",  # reserved
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)
# ISATAP, https://www.rfc-editor.org/rfc/rfc5214#section-6.1: any prefix, then ::0:5efe or ::200:5efe, then IPv4.
_ISATAP, _ISATAP_MASK = 0x5EFE, 0xFDFF_FFFF
_RESOLVE_SECONDS = 10.0


class BlockedError(FetchError):
    """The address must not be connected to."""


def is_public(address: str) -> bool:
    """Check whether an address literal belongs to the public internet."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        bits, inner = int(ip), ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if ip.ipv4_mapped:
            return is_public(str(inner))
        if ip not in _ASSIGNED or (bits >> 32 & _ISATAP_MASK == _ISATAP and not is_public(str(inner))):
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _DENIED)


def look_up(host: str, port: int) -> Iterable[str]:
    """Resolve a name to all of its addresses. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


class PublicNetwork(httpcore.NetworkBackend):
    """Connects httpcore to public addresses alone. Used by one thread at a time.

    `allowed` holds `host:port` pairs, host a name as the URL has it or an address, that may be connected to though
    they are private. `resolve` returns every address of a name.
    """

    def __init__(self, allowed: Iterable[str] = (), resolve: Callable[[str, int], Iterable[str]] = look_up) -> None:
        self._allowed = frozenset(pair.lower() for pair in allowed)
        self._resolve = resolve
        self._backend = httpcore.SyncBackend()
        self.deadline = math.inf
        """When the present request has to be over, by `time.monotonic`: httpx's timeouts hold for each read alone, so a
        server that drips a byte a second would never be left."""
        self.connections = 0
        """How many were made."""

    def left(self, timeout: float | None) -> float | None:
        """Return the seconds that a step may take. Raises httpcore.ReadTimeout where the deadline has passed."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return timeout if left == math.inf else min(left, timeout or math.inf)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers. Raises BlockedError, httpcore's ConnectError, ConnectTimeout."""
        error: httpcore.ConnectError | httpcore.ConnectTimeout = httpcore.ConnectError(f"{host} has no address")
        for address in self.checked(host, port):
            # By the address that was checked, never by the name: a second look-up may answer otherwise (DNS rebinding).
            try:
                stream = self._backend.connect_tcp(address, port, self.left(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                error = failed
            else:
                self.connections += 1
                return _Stream(stream, self)
        raise error

    def connect_unix_socket(self, path: str, *_: Any, **__: Any) -> httpcore.NetworkStream:  # noqa: ANN401 never used
        """Refuse: no feed is fetched from a socket of this machine."""
        raise BlockedError(f"{path}: is no web address")

    def checked(self, host: str, port: int) -> tuple[str, ...]:
        """Return the addresses of a host, all of them allowed. Raises BlockedError, httpcore's ConnectError."""
        host = host.lower()
        is_named = _pair(host, port) in self._allowed
        if _NUMERIC.search(host) and not _is_address(host):
            raise BlockedError("writes its address in a form that hides it; nothing was connected to")
        addresses = (host,) if _is_address(host) else tuple(dict.fromkeys(self._addresses(host, port)))
        # One private address among public ones is enough: which one is connected to would be chance.
        if not all(is_named or is_public(one) or _pair(one, port) in self._allowed for one in addresses):
            raise BlockedError(
                "leads into a private network, which feeds must not reach; nothing was connected to"
                f' (to allow this one, say allow_private = ["{_pair(host, port)}"])'
            )
        return addresses

    def _addresses(self, host: str, port: int) -> Iterable[str]:
        """Resolve a name in a thread: getaddrinfo has no timeout, and a name server may be slow."""
        found: list[Iterable[str] | OSError | UnicodeError] = []

        def ask() -> None:
            try:
                found.append(self._resolve(host, port))
            except (OSError, UnicodeError) as error:  # UnicodeError: a label of more than 63 characters
                found.append(error)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(self.left(_RESOLVE_SECONDS))
        if not found:
            raise httpcore.ConnectTimeout("the name server does not answer")
        if isinstance(found[0], OSError | UnicodeError):
            raise httpcore.ConnectError("the name has no address") from None
        return found[0]


def _pair(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends at the network's deadline."""

    def __init__(self, stream: httpcore.NetworkStream, network: PublicNetwork) -> None:
        self._stream, self._network = stream, network
        self.last = b""
        """What was read last."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.last = self._stream.read(max_bytes, self._network.left(timeout))
        return self.last

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._network.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Speak TLS; the certificate has to be that of the name, whatever address was connected to."""
        stream = self._stream.start_tls(ssl_context, server_hostname, self._network.left(timeout))
        return _Stream(stream, self._network)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 httpcore's own signature
        return self._stream.get_extra_info(info)
