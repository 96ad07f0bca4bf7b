"""Which addresses may be links, and when two mean one thing: audio without tracking, links without campaigns."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

from enricher.text import xml_safe

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:/+", re.IGNORECASE)
_INNER = re.compile(r"(?:https?:/+|https?%3a%2f%2f)", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.){1,8}[a-z]{2,24}(?::\d{1,5})?", re.IGNORECASE)
_MEDIA_END = re.compile(
    r"\.(?:mp3|m4a|m4b|m4v|mp4|aac|ogg|oga|opus|wav|flac|wma|webm|mov|mpga|m3u8)(?=$|[?&#])", re.IGNORECASE
)
_FILES = frozenset(
    {"mp3", "m4a", "m4b", "m4v", "mp4", "aac", "ogg", "oga", "opus", "wav", "flac", "wma", "webm", "mov"}
)
_SCRIPTS = frozenset({"php", "html", "htm", "asp", "aspx", "cgi", "xml", "jsp"})
_PORT = re.compile(r":(?:80|443)$")
_CAMPAIGN = re.compile(r"utm_", re.IGNORECASE)
_SITE = re.compile(r"""(?:\[[0-9a-f:.]+\]|[^<>"\\^`{|}\[\]@:]+)(?::\d*)?""", re.IGNORECASE)
_NO_URL = re.compile(r"""[<>"\\^`{|}\x7f-\xa0]""")


def absolute(url: str | None) -> str | None:
    """Give a link that may stand in notes: absolute http, https or mailto, without control characters.

    Characters that no address holds, https://www.rfc-editor.org/rfc/rfc3986#section-2, are written as browsers write
    them, lest one is taken for markup where addresses stand in plain text.
    """
    address = xml_safe(url or "").strip()
    if any(character.isspace() for character in address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    web = parts.scheme.lower() in {"http", "https"} and _SITE.fullmatch(unquote(parts.netloc.rpartition("@")[2]))
    mail = parts.scheme.lower() == "mailto" and "@" in parts.path
    return _NO_URL.sub(lambda found: quote(found[0]), address) if web or mail else None


@lru_cache(maxsize=32768)
def audio_key(url: str) -> str | None:
    """Reduce an audio address to what tells files apart: no scheme, no query, no tracking prefixes.

    Trackers put their own host before the real address
    (`chrt.fm/track/X/pdst.fm/e/host.example/a.mp3`, `redirect.mp3?http://host.example/a.mp3`), so the innermost
    address counts. The query stays where the path names no file of its own (`download.php?id=12`). None where
    there is nothing to compare.
    """
    bare = _SCHEME.sub("", _innermost(url.strip()), count=1).partition("#")[0]
    path, _, query = bare.partition("?")
    parts = [part for part in path.split("/") if part]
    for i in range(len(parts) - 2, 0, -1):
        if _HOST.fullmatch(parts[i]) and parts[i].rpartition(".")[2].casefold() not in _FILES | _SCRIPTS:
            parts = parts[i:]
            break
    if len(parts) < 2:  # noqa: PLR2004 a host and a file
        return None
    key = "/".join((_host(parts[0]), *map(_spelled, parts[1:])))
    return key if _names_a_file(parts[-1]) or not query else f"{key}?{query}"


def audio_query(url: str) -> str:
    """Give the query of an audio address without what campaigns add, to part files that share a path."""
    return "&".join(_parameters(_innermost(url.strip()).partition("#")[0].partition("?")[2]))


@lru_cache(maxsize=32768)
def link_key(url: str) -> str | None:
    """Reduce a page's address: no scheme, `www.`, `utm_*`, fragment or trailing slash. None for a mere host."""
    bare = _SCHEME.sub("", url.strip(), count=1).partition("#")[0]
    address, _, query = bare.partition("?")
    host, _, path = address.partition("/")
    path = _spelled(path.rstrip("/"))
    kept = _parameters(query)
    if not host or not (path or kept):
        return None
    return f"{_host(host)}/{path}" + ("?" + "&".join(kept) if kept else "")


def is_web_address(url: str | None) -> bool:
    """Tell whether a link is absolute, http or https."""
    return bool(url and re.match(r"https?://[^\s/?#]", url, re.IGNORECASE))


def _innermost(url: str) -> str:
    """Give the last address inside an address, if what it leads to is a media file; else the address itself."""
    starts = [found.start() for found in _INNER.finditer(url)]
    if not starts or starts[-1] == 0:
        return url
    inner = url[starts[-1] :]
    inner = unquote(inner) if "%" in inner[:9] else inner
    outer = url[: starts[-1]]
    # "?referrer=https://…" is no address of the audio; "redirect.mp3?http://…" is.
    return inner if "?" not in outer or outer.endswith("?") or _MEDIA_END.search(inner) else url


def _names_a_file(name: str) -> bool:
    suffix = name.rpartition(".")[2].casefold()
    return bool(_MEDIA_END.search(name)) or (suffix not in _SCRIPTS and any(c.isdigit() for c in name))


def _spelled(part: str) -> str:
    """Give a path's part the one spelling that all its percent-encodings share."""
    return quote(unquote_to_bytes(part.encode("utf-8", "surrogatepass")))


def _host(host: str) -> str:
    return _PORT.sub("", host.casefold().rpartition("@")[2]).removeprefix("www.")


def _parameters(query: str) -> list[str]:
    return [pair for pair in query.split("&") if pair and not _CAMPAIGN.match(pair)]
