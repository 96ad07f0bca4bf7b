"""Addresses that may be shown: without user names, passwords, tokens."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_UNREADABLE = "an address that cannot be read"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_VARIABLE = re.compile(r"\$\{[^{}]*\}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_TOKEN = re.compile(r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{16,}")
_SHORTEST = 4  # a shorter value would blot out ordinary words
_hidden: set[str] = set()


def hide(values: Iterable[str]) -> None:
    """Remember values that `redact` leaves out wherever they stand, such as those of `${NAME}`.

    For this process: a worker process that was not forked hides `Config.secrets` itself.
    """
    for value in values:
        if len(value) >= _SHORTEST:
            _hidden.update((value, quote(value, safe="")))


def redact(url: str) -> str:
    """Give an address that can stand in output, logs and errors.

    Left out are userinfo, query values, fragment, `${NAME}` and hidden values, and what looks like a token in the
    path (a UUID, or 16 letters and digits without a break). A path of the file system stays as it is.
    """
    url = _VARIABLE.sub("…", url)
    for value in sorted(_hidden, key=len, reverse=True):
        url = url.replace(value, "…")
    if not _SCHEME.match(url) and not url.startswith("//"):
        return _without_userinfo(url)
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return _UNREADABLE
    if not host:
        return url if parts.scheme == "file" else _UNREADABLE
    shown = f"[{host}]" if ":" in host else host
    query = "&".join(f"{pair.partition('=')[0]}=…" if "=" in pair else "…" for pair in parts.query.split("&") if pair)
    return urlunsplit((parts.scheme, shown + port, _path(parts.path), query, ""))


def holds_secret(url: str) -> bool:
    """Tell whether an address, as the configuration has it, holds `${NAME}` or userinfo."""
    if _VARIABLE.search(url):
        return True
    return "://" in url and "@" in re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0]


def token_of(feed: Mapping[str, Any], secret: str) -> str:
    """Make what names a private feed's file: 32 hex digits that nobody guesses who does not know `secret`.

    Without `secret` the feed's own address is the secret. The same in every run, and kept nowhere.
    """
    if not feed["private"]:
        return ""
    key = secret or feed["url"]
    return hmac.new(key.encode(), f"enricher/private/{feed['name']}".encode(), "sha256").hexdigest()[:32]


def _path(path: str) -> str:
    return "/".join("…" if _is_token(part) else part for part in path.split("/"))


def _is_token(part: str) -> bool:
    return bool(_UUID.search(part)) or any(_TOKEN.fullmatch(run) for run in re.split(r"[^A-Za-z0-9]+", part))


def _without_userinfo(text: str) -> str:
    """Keep a path; drop what stands before the @ of an address without its scheme."""
    head, slash, rest = text.partition("/")
    return head.rpartition("@")[2] + slash + rest.partition("?")[0] if "@" in head and slash else text.partition("?")[0]
