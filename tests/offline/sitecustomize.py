"""Keep every Python process of the tests offline: Python imports this file at start, from PYTHONPATH.

Real feeds link to transcripts and chapters files on other people's hosts, which no test may request.
"""

import socket
from contextlib import suppress
from errno import ECONNREFUSED
from ipaddress import ip_address
from socket import EAI_NONAME, gaierror, inet_aton
from typing import Any


def is_name(host: object) -> bool:
    """Check whether a host needs a name server: it is no address in any spelling, nor this machine."""
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    with suppress(ValueError):
        return not ip_address(name.partition("%")[0])
    with suppress(OSError, UnicodeError):
        return not inet_aton(name)
    return name.rstrip(".") != "localhost"


def is_inside(address: object) -> bool:
    """Check whether an address is one of this machine's."""
    if not isinstance(address, tuple):
        return True  # a Unix socket
    with suppress(ValueError):
        found = ip_address(address[0].partition("%")[0])
        return found.is_loopback or found.is_unspecified
    return not is_name(address[0])


def getaddrinfo(host: object, *arguments: Any, **named: Any) -> Any:
    """Look up this machine; raises for names of others, as for unknown ones."""
    if is_name(host):
        raise gaierror(EAI_NONAME, f"the tests ask nothing outside this machine: {host!r}")
    return _getaddrinfo(host, *arguments, **named)


def connect(self: socket.socket, address: Any) -> None:
    """Connect inside this machine; raises for any other, as if nobody listened there."""
    if not is_inside(address):
        raise ConnectionRefusedError(ECONNREFUSED, f"the tests ask nothing outside this machine: {address!r}")
    _connect(self, address)


def connect_ex(self: socket.socket, address: Any) -> int:
    """Do as `connect`, but return the error's number."""
    return _connect_ex(self, address) if is_inside(address) else ECONNREFUSED


# Not by an audit hook: before Python 3.12 a thread that starts while another one is in the hook dies under coverage
# (https://github.com/python/cpython/issues/98257).
_getaddrinfo: Any = socket.getaddrinfo
_connect: Any = socket.socket.connect
_connect_ex: Any = socket.socket.connect_ex
for owner, function in ((socket, getaddrinfo), (socket.socket, connect), (socket.socket, connect_ex)):
    setattr(owner, function.__name__, function)
