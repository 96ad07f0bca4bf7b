"""URL to Document; the only room that knows httpx."""

from __future__ import annotations

import base64
import collections
import logging
import ssl
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import httpcore

# httpx loads a command line of its own, with rich and pygments, wherever click is installed: twice the time.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type] # what is None there cannot be imported

import httpx

from enricher.errors import FetchError
from enricher.http.asking import FEED, AnswerError, Fetched, FetchSettings, Validators, WaitError, at_once
from enricher.http.decompress import OFFERED, BrokenError, TooLargeError, inflate
from enricher.http.files import too_large
from enricher.http.hops import auth_of, bare, next_hop, origin_of
from enricher.http.network import Attempt, BlockedError, Gate, attempt, look_up
from enricher.http.schedule import Answer
from enricher.model.feed import Document
from enricher.secrets import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType

_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
_KEEP_ALIVE_SECONDS = 5.0
_KEPT = 2
"""How many connections a thread keeps for its next requests: its host's, and that of where it redirects to."""
_STALE = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)
_ADVICE = {
    401: "it wants a user name and a password; write them into the feed's url",
    403: "it refuses us",
    404: "there is nothing at this address; tried again later",
    410: "it says that the feed is gone for good",
    429: "it wants to be asked less often",
}
# All log whole addresses or headers, passwords included.
for _name in ("httpx", "httpcore", "hpack"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class Fetcher:
    """A client that is made once and used for many documents.

    `resolve` gives every address of a name and port; `tls` holds the authorities that are trusted.
    """

    def __init__(
        self,
        settings: FetchSettings,
        *,
        resolve: Callable[[str, int], Iterable[str]] = look_up,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._settings, self._gate, self._tls = settings, Gate(settings.allow_private, resolve), tls
        self._made: list[_Transport] = []
        self._own = threading.local()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Use it in a `with`."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        self.close()

    def close(self) -> None:
        """Close every connection, where there was any."""
        with self._lock:
            for made in self._made:
                made.close()

    def fetch(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        now: float = 0.0,
        wait: Callable[[str], float] = at_once,
        accept: str = FEED,
    ) -> Fetched:
        """Fetch one document, following redirects; unpacked, whole, within the bounds.

        `wait` gives the epoch second before which a host wants no request. Raises FetchError: AnswerError where a
        server answered something else than the document, WaitError, gate.BlockedError.
        """
        headers = [(b"Accept", accept.encode()), *_conditions(validators)]
        with attempt(self._settings.deadline) as one, _told(url, self._settings, one):
            return self._follow(url, headers, lambda host: (wait(host), now), one)

    def _follow(
        self, url: str, headers: list[tuple[bytes, bytes]], wait: Callable[[str], tuple[float, float]], one: Attempt
    ) -> Fetched:
        home, auth, address = origin_of(url), auth_of(url), bare(url)
        moved_to, permanent = None, True
        for _ in range(self._settings.max_redirects + 1):
            host = (urlsplit(address).hostname or "").lower()
            until, now = wait(host)
            if until > now:
                raise WaitError(f"{redact(url)}: its host wants no request yet", until)
            with self._open(address, headers, auth if origin_of(address) == home else None, one) as response:
                status, location = response.status_code, _location(response)
                if status in _REDIRECTS and location:
                    address = next_hop(url, address, location)
                    permanent = permanent and status in _PERMANENT
                    moved_to = address if permanent else moved_to
                    continue
                answer = Answer(status, _said(response), host, moved_to)
                if status == httpx.codes.NOT_MODIFIED:
                    _end(response)
                    return Fetched(None, answer)
                if status != httpx.codes.OK:
                    raise AnswerError(f"{redact(url)}: the server answered {_explained(status)}", answer)
                return Fetched(self._document(url, address, response, answer), answer)
        raise FetchError(f"{redact(url)}: more than {self._settings.max_redirects} redirects")

    @contextmanager
    def _open(
        self, address: str, headers: list[tuple[bytes, bytes]], auth: tuple[str, str] | None, one: Attempt
    ) -> Iterator[httpx.Response]:
        """Send a request; once more where a connection that was kept alive turns out to have been closed meanwhile.

        The transport is asked directly, since httpx's client would keep cookies, follow the proxies of the
        environment, read ~/.netrc, log the address and read where a redirect leads.
        """
        request, before = self._request(address, headers, auth), one.connections
        try:
            response = self._transport.handle_request(request)
        except _STALE:
            if one.connections > before:
                raise
            response = self._transport.handle_request(request)
        response.request = request
        try:
            yield response
        finally:
            response.close()

    def _request(self, address: str, headers: list[tuple[bytes, bytes]], auth: tuple[str, str] | None) -> httpx.Request:
        settings = self._settings
        ours = [
            (b"User-Agent", settings.user_agent.encode("latin-1", "replace")),
            (b"Accept-Encoding", OFFERED.encode()),
        ]
        if auth is not None:
            ours.append((b"Authorization", b"Basic " + base64.b64encode(":".join(auth).encode())))
        timeout = httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout)
        return httpx.Request("GET", address, headers=ours + headers, extensions={"timeout": timeout.as_dict()})

    @property
    def _transport(self) -> _Transport:
        """Give this thread's own transport: a thread asks one host after another, and httpcore looks all through.

        The authorities are read once, which takes longer than a feed.
        """
        made: _Transport | None = getattr(self._own, "transport", None)
        if made is None:
            with self._lock:
                self._tls = self._tls or httpx.create_ssl_context(trust_env=True)
                made = self._own.transport = _Transport(self._gate, self._tls)
                self._made.append(made)
        return made

    def _document(self, url: str, address: str, response: httpx.Response, answer: Answer) -> Document:
        limit, raw = self._settings.max_size, bytearray()
        length = answer.header("content-length")
        if length.isdecimal() and int(length[:18]) > limit:
            raise FetchError(too_large(redact(url), limit))
        for chunk in response.iter_raw():
            raw += chunk
            if len(raw) > limit:
                raise FetchError(too_large(redact(url), limit))
        try:
            body = inflate(bytes(raw), answer.header("content-encoding"), limit)
        except (BrokenError, TooLargeError) as error:
            raise type(error)(f"{redact(url)}: {error}") from None
        if len(body) > limit:
            raise FetchError(too_large(redact(url), limit))
        return Document(
            address,
            body,
            answer.header("content-type"),
            answer.headers.get("etag"),
            answer.headers.get("last-modified"),
            redact(url),
        )


class _Transport(httpx.HTTPTransport):
    """httpx's own transport, its connections made by the gate."""

    def __init__(self, gate: Gate, tls: ssl.SSLContext) -> None:
        # The environment may name authorities (SSL_CERT_FILE), but no proxy.
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            max_keepalive_connections=_KEPT,
            keepalive_expiry=_KEEP_ALIVE_SECONDS,
            network_backend=gate,
        )


@contextmanager
def _told(url: str, settings: FetchSettings, one: Attempt) -> Iterator[None]:
    """Turn the library's errors into ours, without what they say of the address."""
    try:
        yield
    except BlockedError as error:
        blocked = BlockedError(f"{redact(url)}: {error}")
        blocked.asked = one.connections > 0
        raise blocked from None
    except httpx.HTTPError as error:
        late = f"took longer than {settings.deadline:g} s"
        why = late if time.monotonic() >= one.end else _why(error)
        raise FetchError(f"{redact(url)}: {why}; tried again later") from None
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(f"{redact(url)}: is no URL that can be fetched: {type(error).__name__}") from None


def _why(error: BaseException) -> str:
    """Say what went wrong in words, by the system's own reason where there is one."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = cause.verify_message.partition(", certificate")[0]
            return f"its certificate cannot be trusted: {reason}"
        if isinstance(cause, OSError) and cause.strerror and not isinstance(cause, ssl.SSLError):
            return f"cannot be reached: {cause.strerror}"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx.RemoteProtocolError):
        return "the answer broke off or is no HTTP"
    return f"cannot be reached ({type(error).__name__})"


def _end(response: httpx.Response) -> None:
    """Read an answer without a body to its end, so that its connection serves the next request.

    Not where anything stands behind it, which would be taken for the next answer.
    """
    if getattr(response.extensions.get("network_stream"), "last", b"").endswith(b"\r\n\r\n"):
        collections.deque(response.iter_raw(), 0)


def _conditions(validators: Validators | None) -> list[tuple[bytes, bytes]]:
    if validators is None:
        return []
    pairs = ((b"If-None-Match", validators.etag), (b"If-Modified-Since", validators.last_modified))
    return [(name, value.encode("latin-1", "replace")) for name, value in pairs if value]


def _said(response: httpx.Response) -> dict[str, str]:
    """Give the headers, byte for byte: each character is a byte."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in reversed(response.headers.raw)}


def _explained(status: int) -> str:
    return f"{status}: {_ADVICE[status]}" if status in _ADVICE else str(status)


def _location(response: httpx.Response) -> str:
    raw = dict(reversed([(name.lower(), value) for name, value in response.headers.raw])).get(b"location", b"")
    return raw.decode("utf-8", "replace").strip()
