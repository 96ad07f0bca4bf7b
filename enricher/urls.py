"""URLs: split and join without exceptions, compare (audio without trackers, pages without campaigns).

No function here raises for any text: an address in a feed that cannot be parsed costs that link alone.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote, unquote_to_bytes, urljoin, urlsplit

from enricher.text import BIDI, xml_safe

# Written as `https:/host` and `https:///host` in some enclosures.
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
# What a page's subscribe button has.
_SUBSCRIBE = re.compile(r"(?:feeds?|podcasts?|itpcs?|pcasts?|itms-pcasts?|itms-podcasts?|rss):(?://)?", re.IGNORECASE)
_NO_URL = re.compile(r"""[<>"\\^`{|}\x7f-\xa0]""")


def split(url: str) -> SplitResult | None:
    """Split a URL into its parts; None where it cannot be parsed, port included.

    urllib raises ValueError for `http://[x]/`, `http://]/` and `http://℀.test/` at once, and for `http://x:99999/` and
    `http://x:y/` only when the port is looked at.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def join(base: str, url: str) -> str | None:
    """Resolve a relative URL by https://www.rfc-editor.org/rfc/rfc3986#section-5; None where it cannot be parsed."""
    try:
        joined = urljoin(base, url)
    except ValueError:
        return None
    return joined if split(joined) else None


def host_of(url: str) -> str:
    """Return the lower-case host of a URL, empty where there is none or it cannot be parsed."""
    parts = split(url)
    return (parts.hostname if parts else None) or ""


def is_web_address(url: str | None) -> bool:
    """Check whether a URL is absolute, http or https, and can be parsed."""
    return bool(url and re.match(r"https?://[^\s/?#]", url, re.IGNORECASE) and split(url))


def absolute(url: str | None) -> str | None:
    """Return a link that may stand in notes, None for any other: absolute http, https or mailto.

    Characters that no URL holds, https://www.rfc-editor.org/rfc/rfc3986#section-2, are escaped as browsers do, lest
    one is taken for markup where URLs stand in plain text.
    """
    address = xml_safe(url or "").strip()
    # Bidirectional controls would show another address than the one that is led to.
    if any(character.isspace() or character in BIDI for character in address):
        return None
    parts = split(address)
    if parts is None:
        return None
    web = parts.scheme in {"http", "https"} and _SITE.fullmatch(unquote(parts.netloc.rpartition("@")[2]))
    mail = parts.scheme == "mailto" and "@" in parts.path
    return _NO_URL.sub(lambda found: quote(found[0]), address) if web or mail else None


# Comparing


@lru_cache(maxsize=32768)
def audio_key(url: str) -> str | None:
    """Reduce an audio URL to what tells files apart: no scheme, no query, no tracking prefixes; None for a mere host.

    Trackers put their own host before the real one (`chrt.fm/track/X/pdst.fm/e/host.example/a.mp3`,
    `redirect.mp3?http://host.example/a.mp3`), so the innermost URL counts. The query stays where the path names no
    file of its own (`download.php?id=12`).
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
    name, suffix = parts[-1], parts[-1].rpartition(".")[2].casefold()
    # Without a known suffix, a digit tells a file (`play/123`) from a script's name (`stream?id=1`).
    names_a_file = _MEDIA_END.search(name) or (suffix not in _SCRIPTS and any(c.isdigit() for c in name))
    return key if names_a_file or not query else f"{key}?{query}"


def names_media(url: str) -> bool:
    """Check whether the path of a URL names a file of audio or video by its suffix."""
    return bool(_MEDIA_END.search(url))


def audio_query(url: str) -> str:
    """Return the query of an audio URL without campaign parameters, to tell files apart that share a path."""
    return "&".join(_parameters(_innermost(url.strip()).partition("#")[0].partition("?")[2]))


@lru_cache(maxsize=32768)
def link_key(url: str) -> str | None:
    """Reduce a page's URL: no scheme, `www.`, `utm_*`, fragment or trailing slash; None for a mere host."""
    bare = _SCHEME.sub("", url.strip(), count=1).partition("#")[0]
    address, _, query = bare.partition("?")
    host, _, path = address.partition("/")
    path = _spelled(path.rstrip("/"))
    kept = _parameters(query)
    if not host or not (path or kept):
        return None
    return f"{_host(host)}/{path}" + ("?" + "&".join(kept) if kept else "")


def _innermost(url: str) -> str:
    """Return the last URL inside a URL if it is a media file's, else the URL itself."""
    starts = [found.start() for found in _INNER.finditer(url)]
    if not starts or starts[-1] == 0:
        return url
    inner = url[starts[-1] :]
    # `play?url=https%3A%2F%2F…` and anchor.fm's `play/2/https%3A%2F%2F…`
    inner = unquote(inner) if "%" in inner[:9] else inner
    outer = url[: starts[-1]]
    # `?referrer=https://…` is no URL of the audio; podtrac's `redirect.mp3?http://…` is.
    return inner if "?" not in outer or outer.endswith("?") or _MEDIA_END.search(inner) else url


def _spelled(part: str) -> str:
    """Unify the spellings of a path's percent-encodings; `%E0` and `%E1`, no UTF-8 either, stay two."""
    return quote(unquote_to_bytes(part.encode("utf-8", "surrogatepass")))


def _host(host: str) -> str:
    return _PORT.sub("", host.casefold().rpartition("@")[2]).removeprefix("www.")


def _parameters(query: str) -> list[str]:
    return [pair for pair in query.split("&") if pair and not _CAMPAIGN.match(pair)]


def pasted(url: str) -> str:
    """Return the address that people mean by one from a page's subscribe button: `feed:https://…`, `pcast://…`."""
    said = _SUBSCRIBE.match(url := url.strip())
    if not said:
        return url
    rest = url[said.end() :]
    return rest if rest.lower().startswith(("http://", "https://")) else f"https://{rest}"
