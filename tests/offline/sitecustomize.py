"""Keep every Python process of the tests offline: Python imports this file at start, from PYTHONPATH.

Real feeds link to transcripts and chapters files on other people's hosts, which no test may request.
"""

import sys
from contextlib import suppress
from ipaddress import ip_address
from socket import EAI_NONAME, gaierror, inet_aton


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


def refuse_others(event: str, arguments: tuple[object, ...]) -> None:
    """Raise for names of other machines, as unknown ones, and for connections to them."""
    if event == "socket.getaddrinfo" and is_name(arguments[0]):
        raise gaierror(EAI_NONAME, f"the tests ask nothing outside this machine: {arguments[0]!r}")
    if event == "socket.connect" and not is_inside(arguments[1]):
        raise ConnectionRefusedError(f"the tests ask nothing outside this machine: {arguments[1]!r}")


sys.addaudithook(refuse_others)
