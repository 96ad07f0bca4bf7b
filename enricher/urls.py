"""URLs: split and join without exceptions, compare (audio without trackers, pages without campaigns), redact secrets.

No function here raises for any text: an address in a feed that cannot be parsed costs that link alone.
"""

from __future__ import annotations

import hmac
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, unquote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

from enricher.text import xml_safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
# They would show another address than the one that is led to: https://www.unicode.org/reports/tr36/
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_PORT = re.compile(r":(?:80|443)$")
_CAMPAIGN = re.compile(r"utm_", re.IGNORECASE)
_SITE = re.compile(r"""(?:\[[0-9a-f:.]+\]|[^<>"\\^`{|}\[\]@:]+)(?::\d*)?""", re.IGNORECASE)
_NO_URL = re.compile(r"""[<>"\\^`{|}\x7f-\xa0]""")

_UNREADABLE = "an address that cannot be read"
# urllib ignores control characters and spaces before a scheme, as they come with a pasted URL.
_ANY_SCHEME = re.compile(r"[\x00-\x20]*(?:[A-Za-z][A-Za-z0-9+.-]*:|//)")
_VARIABLE = re.compile(r"\$\{[^{}]*\}")
# A parameter, wherever it stands: `?auth=x`, `/feed;key=x`, `/feed&token=x`, `/token=x/a.mp3`, in a URL inside a URL.
_PARAMETER = re.compile(r"([?&;/])([^?&;=#/]{1,100})=([^?&;#/]*)")
_PART_OF_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_SECRET_NAME = re.compile(
    r"access|(?:api|auth|pass)?key|.*auth|auth(?:entication|orization)|bearer|credentials?|hmac|jwt|licen[cs]e|otp|pass|pin|pwd?"
    r"|.*password|passwd|pass(?:code|phrase)|.*secret|session(?:id)?|sid|sig|sign|.*signature|signed|ticket|.*token"
)
# What signed URLs say beside the signature: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
_VOLATILE_NAME = re.compile(r"exp|expires?|expiry|hash|hdnea|hdnts|nonce|policy|se|st|timestamp|ts")
_SIGNED = re.compile(r"x-(?:amz|goog|oss|cos)-", re.IGNORECASE)
# Hosts whose feeds are private ones; those of Substack and Acast are so by their path.
_PRIVATE = re.compile(
    r"//(?:[^/?#]*[.@])?(?:(?:(?:patreon|memberful|supercast)\.com|supercast\.tech|supportingcast\.fm|access\.acast\.com)"
    r"(?::\d+)?/.|(?:substack|acast)\.com/(?:[^?#]*/)?private/)",
    re.IGNORECASE,
)
_RUN = re.compile(r"[A-Za-z0-9_-]{16,}")
_WORD = re.compile(r"[A-Z]*[a-z]*|(?:[A-Z]?[a-z]{2,})+|\d+")
_LONGEST_MIXED = 6  # "s2e03" is no token
# Userinfo where no parser shows it, in `me:pw@host/a` and `https://op3.dev/e/https://me:pw@host/a.mp3`: what stands
# before an @ behind `//`, with a colon in it, or in front of the first slash. A file `shows/me@home.xml` stays.
_USERINFO = re.compile(r"(?<=//)[^/]*@|[^/]*:[^/]*@|^[^/]*@(?=[^/]*/)")
_SHORTEST_HIDDEN = 4  # a shorter value would blot out ordinary words
_hidden: set[str] = set()


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
    if any(character.isspace() or character in _BIDI for character in address):
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


# Secrets


def hide(values: Iterable[str]) -> None:
    """Remember values, such as those of `${NAME}`, that `redact` leaves out wherever they stand.

    For this process: a worker process that was not forked has to hide `Config.secrets` itself.
    """
    for value in values:
        if len(value) >= _SHORTEST_HIDDEN:
            _hidden.update((value, quote(value, safe="", errors="surrogatepass")))


def holds_hidden(text: str) -> bool:
    """Check whether a hidden value stands in a text, as a word of its own, and not so short that it is any word."""
    values = (value for value in _hidden if len(value) > _SHORTEST_HIDDEN + 1 and value in text)
    return any(re.search(rf"(?<![A-Za-z0-9]){re.escape(value)}(?![A-Za-z0-9])", text) for value in values)


def redact(url: str) -> str:
    """Return a URL as it may stand in output, logs and errors; a path of the file system stays as it is.

    Left out are userinfo, query values, fragment, `${NAME}`, hidden values, and tokens in the path.
    """
    url = _VARIABLE.sub("…", url)
    # The longest first: a hidden value may hold another.
    for value in sorted(_hidden, key=len, reverse=True):
        url = url.replace(value, "…")
    if not _ANY_SCHEME.match(url):
        return _USERINFO.sub("", url.partition("?")[0])
    parts = split(url)
    host = parts.hostname if parts else None
    if parts is None or not host:
        return _USERINFO.sub("", url) if parts and parts.scheme == "file" else _UNREADABLE
    shown = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port else ""
    path = "/…" if _PRIVATE.search(url) else _PARAMETER.sub(r"\1\2=…", _USERINFO.sub("", parts.path))
    path = "/".join("…" if _is_token(part) else part for part in path.split("/"))
    pairs = (pair.partition("=") for pair in parts.query.split("&") if pair)
    query = "&".join(f"{_USERINFO.sub('', name)}=…" if equals else "…" for name, equals, _ in pairs)
    return urlunsplit((parts.scheme, shown + port, path, query, ""))


def holds_secret(url: str) -> bool:
    """Check whether a URL, as the configuration has it, holds `${NAME}`, or is for one subscriber alone (C56).

    That is what has userinfo, a fragment or a parameter of such a name, and what the hosts of private feeds give out.
    """
    return bool(_VARIABLE.search(url)) or ("://" in url and (bool(_PRIVATE.search(url)) or any(secrets_of(url))))


def secrets_of(url: str) -> Iterator[str]:
    """Visit what is secret in a URL: password or user name, values of parameters, fragment, tokens of private hosts."""
    address, _, fragment = url.partition("#")
    login = re.split(r"[/?]", address.partition("://")[2], maxsplit=1)[0].rpartition("@")[0]
    yield from filter(None, (login.rpartition(":")[2] or login, fragment))
    yield from (value for _, name, value in _PARAMETER.findall(address) if value and _is_secret(name))
    yield from (part for part in address.split("/") if _PRIVATE.search(url) and _is_token(part))


def secrets_of_header(name: str, value: str) -> Iterator[str]:
    """Visit what is secret in an HTTP header: credentials, and a cookie's values."""
    if _is_secret(name) or name.lower() == "cookie":
        yield from (pair.rpartition("=" if name.lower() == "cookie" else " ")[2].strip() for pair in value.split(";"))


def stable(url: str) -> str:
    """Return an address less what changes at every fetch: a signature, a token, and until when they hold."""
    marked = _PARAMETER.sub(lambda found: f"{found[1]}\0" if _is_volatile(found[2]) else found[0], url)
    return re.sub(r"[?&;/]\0", "", re.sub(r"\0[&;]", "", marked)) if "\0" in marked else url


def _is_secret(name: str) -> bool:
    return any(_SECRET_NAME.fullmatch(word.lower()) for word in (name, *_PART_OF_NAME.findall(name)))


def _is_volatile(name: str) -> bool:
    words = (word.lower() for word in _PART_OF_NAME.findall(name))
    return any(map(_VOLATILE_NAME.fullmatch, words)) or bool(_SIGNED.match(name)) or _is_secret(name)


def token_of(name: str, url: str, secret: str) -> str:
    """Make the name of a private feed's file: 32 hex digits that nobody guesses who does not know `secret`.

    Without `secret` the feed's own URL is the secret. The same in every run, and stored nowhere.
    """
    key = (secret or url).encode("utf-8", "surrogatepass")
    return hmac.new(key, f"enricher/private/{name}".encode("utf-8", "surrogatepass"), "sha256").hexdigest()[:32]


def _is_token(part: str) -> bool:
    """Check for 16 letters, digits, dashes and underscores or more that are no words.

    `/feed/podcast/episode-333-andrej` of lexfridman.com is a name.
    """
    for run in _RUN.findall(part):
        mixed = [word for word in re.split("[-_]", run) if not _WORD.fullmatch(word)]
        if len(mixed) > 1 or any(len(word) > _LONGEST_MIXED for word in mixed):
            return True
    return False
