"""From hop to hop: where a redirect may lead, and which host may see a password."""

from __future__ import annotations

from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from enricher.errors import FetchError
from enricher.secrets import redact


def next_hop(url: str, address: str, location: str) -> str:
    """Give the address that a redirect leads to. Raises FetchError for one that is not followed."""
    target = bare(urljoin(address, location))
    scheme = urlsplit(target).scheme
    if scheme not in {"http", "https"}:
        raise FetchError(f"{redact(url)}: redirects to something that is no web address")
    if scheme == "http" and urlsplit(address).scheme == "https":
        raise FetchError(f"{redact(url)}: redirects from https to http, where anybody could change it")
    return target


def bare(url: str) -> str:
    """Leave user name, password and fragment out: they are sent as a header, and to their own host alone."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))


def auth_of(url: str) -> tuple[str, str] | None:
    """Give the user name and password that an address holds."""
    parts = urlsplit(url)
    if not parts.username and not parts.password:
        return None
    return unquote(parts.username or ""), unquote(parts.password or "")


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Give what has to be the same for a password to be sent: scheme, host, port."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), port
