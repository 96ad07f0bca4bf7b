"""Fetch a document over HTTP or from a file: redirects, conditional requests, limits of size and time."""

from __future__ import annotations

import base64
import stat
import threading
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import SplitResult, unquote, urlencode, urlunsplit

from enricher.errors import FetchError
from enricher.http.decompress import BrokenError, TooLargeError, inflate
from enricher.http.schedule import Answer
from enricher.model.feed import Document
from enricher.redaction import redact
from enricher.urls import join, split

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractContextManager

    import httpx

    from enricher.http.transport import Transport

FEED = "application/rss+xml, application/atom+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
ANYTHING = "*/*"
_OK, _NOT_MODIFIED = 200, 304
_REDIRECTS, _PERMANENT = {301, 302, 303, 307, 308}, {301, 308}
_ADVICE = {
    401: "it wants a user name and a password; write them into the feed's url",
    403: "it refuses us; `user_agent` or `headers` of the feed, such as a cookie, may help",
    404: "there is nothing at this address; tried again later",
    410: "it says that the feed is gone for good",
    429: "it wants to be asked less often",
}


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """How documents are fetched; sizes in bytes, times in seconds."""

    user_agent: str = "enricher"
    max_size: int = 25_000_000
    connect_timeout: float = 10.0
    read_timeout: float = 20.0
    deadline: float = 120.0
    """The longest that one document may take, redirects included, waiting for a turn not."""
    max_redirects: int = 5
    allow_private: tuple[str, ...] = ()
    """`host:port` pairs that may be connected to though they are not public."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask again with, byte for byte (each character is a byte: ISO 8859-1)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document, or None where it is not modified; and what the server said beside it."""

    document: Document | None
    answer: Answer


class AnswerError(FetchError):
    """A server answered, but with nothing that can be used; `shown` is the URL without secrets."""

    def __init__(self, shown: str, answer: Answer) -> None:
        advice = f": {_ADVICE[answer.status]}" if answer.status in _ADVICE else ""
        super().__init__(f"{shown}: the server answered {answer.status}{advice}")
        self.answer = answer


class WaitError(FetchError):
    """A host must not be asked before `until`, in epoch seconds."""

    asked = False

    def __init__(self, message: str, until: float) -> None:
        super().__init__(message)
        self.until = until


class Client:
    """Fetches many documents, from many threads, each with connections of its own.

    `resolve` returns every address of a name and port, by default as the system does; `tls` holds the certificate
    authorities that are trusted, by default the system's.
    """

    def __init__(
        self,
        settings: ClientSettings,
        *,
        resolve: Callable[[str, int], Iterable[str]] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._settings, self._resolve, self._tls = settings, resolve, tls
        self._transports: list[Transport] = []
        self._own = threading.local()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for transport in self._transports:
                transport.close()

    def fetch(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        accept: str = FEED,
        turn: Callable[[str], AbstractContextManager[object]] = nullcontext,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Fetch one document, following redirects; whole, decompressed, within the limits.

        `headers` go to the URL's own origin alone, as its password does.

        `turn(host)` is entered before the request to each hop's host and left when its answer has been read, so that it
        can lock the host. It may raise WaitError, and sees the AnswerError that holds a Retry-After. No two turns are
        held at a time. Raises FetchError: AnswerError, WaitError, BlockedError, BrokenError, TooLargeError.
        """
        home = split(url)
        if home is None:
            raise FetchError(f"{redact(url)}: is no URL that can be fetched")
        common = [(b"Accept", accept.encode()), *_conditions(validators)]
        named = {**login(home), **(headers or {})}
        own = [(name.encode(), value.encode("latin-1", "replace")) for name, value in named.items()]
        here, moved_to, permanent = home, None, True
        transport, left = self._transport(), self._settings.deadline
        for hop in range(self._settings.max_redirects + 1):
            host, address = here.hostname or "", _bare(here)
            # A password goes to its own origin alone, wherever redirects lead.
            sent = common + own if origin(here) == origin(home) else common
            with turn(host), transport.request(url, address, sent, left, asked=hop > 0) as response:
                answer = Answer(response.status_code, _headers(response), host, moved_to)
                # Bytes outside of ASCII, which no Location should have, are UTF-8 as in browsers.
                location = answer.header("location").encode("latin-1").decode("utf-8", "replace").strip()
                if answer.status == _NOT_MODIFIED:
                    transport.drain(response)
                    return Fetched(None, answer)
                if answer.status == _OK:
                    return Fetched(self._read(url, address, response, answer, transport.check), answer)
                if answer.status not in _REDIRECTS or not location:
                    raise AnswerError(redact(url), answer)
                here = _next_hop(url, here, location)
                # A permanent redirect behind a temporary one says nothing of the URL that we were given.
                permanent = permanent and answer.status in _PERMANENT
                moved_to = _bare(here) if permanent else moved_to
                left = transport.deadline - time.monotonic()
        raise FetchError(f"{redact(url)}: more than {self._settings.max_redirects} redirects")

    def post(
        self,
        url: str,
        form: Mapping[str, str],
        *,
        seconds: float,
        turn: Callable[[str], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        """Send a form within so many seconds, following no redirect; `turn` is as in `fetch`.

        Raises FetchError: AnswerError where the answer is no success, WaitError, BlockedError.
        """
        home = split(url)
        if home is None:
            raise FetchError(f"{redact(url)}: is no URL that can be reached")
        # Closed after it: on a kept connection that turns out to be closed, the form would be sent a second time.
        headers = [(b"Content-Type", b"application/x-www-form-urlencoded"), (b"Connection", b"close")]
        host, address, body = home.hostname or "", _bare(home), urlencode(form).encode()
        transport, left = self._transport(), min(seconds, self._settings.deadline)
        with turn(host), transport.request(url, address, headers, left, body=body) as response:
            if not 200 <= response.status_code < 300:  # noqa: PLR2004 any success
                raise AnswerError(redact(url), Answer(response.status_code, _headers(response), host))

    def _transport(self) -> Transport:
        """Return this thread's own transport: httpcore's pool looks all its connections through for each request."""
        made: Transport | None = getattr(self._own, "transport", None)
        if made is None:
            # 70 ms of httpx, which a run over files, or over feeds that are not due, does without.
            from enricher.http.transport import Transport, authorities

            with self._lock:
                self._tls = self._tls or authorities()
                made = self._own.transport = Transport(
                    self._settings.user_agent,
                    (self._settings.connect_timeout, self._settings.read_timeout),
                    self._settings.allow_private,
                    self._resolve,
                    self._tls,
                )
                self._transports.append(made)
        return made

    def _read(
        self, url: str, address: str, response: httpx.Response, answer: Answer, check: Callable[[], object]
    ) -> Document:
        limit, raw = self._settings.max_size, bytearray()
        length = answer.header("content-length")
        if length.isdecimal() and int(length[:18]) > limit:  # int() takes long for a million digits
            raise TooLargeError(_too_large(redact(url), limit))
        for chunk in response.iter_raw():
            raw += chunk
            if len(raw) > limit:
                raise TooLargeError(_too_large(redact(url), limit))
        try:
            body = inflate(bytes(raw), answer.header("content-encoding"), limit, check)
        except (BrokenError, TooLargeError) as error:
            raise type(error)(f"{redact(url)}: {error}") from None
        etag, modified = answer.headers.get("etag"), answer.headers.get("last-modified")
        return Document(address, body, answer.header("content-type"), etag, modified, redact(url))


def read_file(path: str, max_size: int) -> Document:
    """Read a file that the configuration names; no feed ever names one. Raises FetchError."""
    try:
        # A pipe would be waited for, and /dev/zero read for ever.
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise FetchError(f"{path}: is no file; see `url` in the configuration")
        with Path(path).open("rb") as file:
            body = file.read(max_size + 1)
    except OSError as error:
        raise FetchError(f"{path}: cannot be read: {error.strerror}; see `url` in the configuration") from error
    if len(body) > max_size:
        raise TooLargeError(_too_large(path, max_size))
    return Document(path, body, shown=path)


def _too_large(shown: str, max_size: int) -> str:
    return f"{shown}: has more than {max_size:,} bytes; raise `max_size` if that is right"


def _next_hop(url: str, here: SplitResult, location: str) -> SplitResult:
    target = split(join(_bare(here), location) or "")
    if target is None or target.scheme not in {"http", "https"}:
        raise FetchError(f"{redact(url)}: redirects to something that is no web address")
    if target.scheme == "http" and here.scheme == "https":
        raise FetchError(f"{redact(url)}: redirects from https to http, where anybody could change it")
    return target


def _bare(parts: SplitResult) -> str:
    """Return a URL without user name, password and fragment, as it may be sent."""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))


def login(parts: SplitResult) -> dict[str, str]:
    """Return the header that says the user name and password of a URL."""
    if not parts.username and not parts.password:
        return {}
    said = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(said.encode('utf-8', 'replace')).decode()}"}


def origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    """Return what tells where a secret may be sent again, https://www.rfc-editor.org/rfc/rfc6454#section-4."""
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _conditions(validators: Validators | None) -> list[tuple[bytes, bytes]]:
    if validators is None:
        return []
    pairs = ((b"If-None-Match", validators.etag), (b"If-Modified-Since", validators.last_modified))
    return [(name, value.encode("latin-1", "replace")) for name, value in pairs if value]


def _headers(response: httpx.Response) -> dict[str, str]:
    """Return the headers byte for byte (each character is a byte); of several like-named ones the first."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in reversed(response.headers.raw)}
