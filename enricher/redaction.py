"""Secrets in addresses and headers: known by one test, refused in public feeds, left out of whatever is printed."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlunsplit

from enricher.errors import RefusedError
from enricher.urls import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
# AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AZURE_STORAGE_SAS_TOKEN, GOOGLE_SERVICE_ACCOUNT_KEY
_STORE_SECRET = re.compile(r"KEY|SECRET|TOKEN|SAS|PASSWORD")
_SHORTEST_HIDDEN = 4  # a shorter value would blot out ordinary words
_hidden: set[str] = set()


def hide(values: Iterable[str]) -> None:
    """Remember values, such as those of `${NAME}`, that `redact` leaves out wherever they stand.

    For this process: a worker process that was not forked has to hide `Config.secrets` itself.
    """
    for value in values:
        if len(value) >= _SHORTEST_HIDDEN:
            _hidden.update((value, quote(value, safe="", errors="surrogatepass")))


def holds_hidden(text: str | bytes) -> bool:
    """Check whether a hidden value stands in a text, as a word of its own, and not so short that it is any word.

    A password may be an ordinary word, such as "sunshine", which another feed's items may say: so letters alone count
    where an address or a header has its values, behind `:`, `=` or `/`. Bytes are UTF-8.
    """
    if not _hidden:  # most configurations have none, and to decode a feed again takes 5 ms
        return False
    text = text.decode() if isinstance(text, bytes) else text
    values = (value for value in _hidden if len(value) > _SHORTEST_HIDDEN + 1 and value in text)
    return any(re.search(rf"{_before(value)}{re.escape(value)}(?![A-Za-z0-9])", text) for value in values)


def _before(value: str) -> str:
    return r"(?:[:=/]|%3[AaDd]|%2[Ff])" if value.isalpha() else "(?<![A-Za-z0-9])"


def refuse_hidden(body: bytes) -> None:
    """Raise RefusedError where a file that is to be published holds a hidden value (contract C49)."""
    if holds_hidden(body):
        why = "a password, token or header of the configuration stands in its items, a summary or a transcript"
        raise RefusedError(f"{why}; it is not published")


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


def secrets_of_stores(environ: Mapping[str, str]) -> Iterator[str]:
    """Visit what is secret in the variables from which object stores' credentials come."""
    for name, value in environ.items():
        if name.startswith(("AWS_", "AZURE_", "GOOGLE_")) and any(map(_STORE_SECRET.fullmatch, name.split("_"))):
            yield value


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
