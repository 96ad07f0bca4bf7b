"""Send one HTTP request with httpx, within a deadline, and say what went wrong. The only module that imports httpx."""

from __future__ import annotations

import collections
import logging
import ssl
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpcore

# Where click is installed, `import httpx` loads a command line with rich and pygments too: 140 ms in place of 70 ms.
# A module that is None in sys.modules cannot be imported, which httpx takes for a missing extra.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

import httpx

from enricher.errors import FetchError
from enricher.http.decompress import ACCEPTED
from enricher.http.private_networks import BlockedError, PublicNetwork, look_up
from enricher.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_KEEP_ALIVE_SECONDS = 5.0
# A thread asks one host after another: it needs the connections of this one, and of where it redirects to.
_KEPT_CONNECTIONS = 2
# What a request meets on a connection that its server closed after the last answer.
_STALE = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)
# All of them log whole URLs or headers, passwords included.
for _name in ("httpx", "httpcore", "hpack"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


def authorities() -> ssl.SSLContext:
    """Read the trusted certificate authorities, once, since it takes longer than a feed. Raises FetchError."""
    try:
        return httpx.create_ssl_context(trust_env=True)
    except OSError as error:
        named = "the file that SSL_CERT_FILE or the folder that SSL_CERT_DIR names"
        raise FetchError(f"{named} cannot be read as certificate authorities: {error.strerror}") from error


class Transport(httpx.HTTPTransport):
    """The connections of one thread, to public addresses alone.

    httpx's transport without its Client, which would keep cookies, follow the proxies of the environment, read
    ~/.netrc, log the URL and follow redirects by itself. `timeouts` are to connect and for each read, in seconds.
    """

    def __init__(
        self,
        user_agent: str,
        timeouts: tuple[float, float],
        allowed: Iterable[str],
        resolve: Callable[[str, int], Iterable[str]] | None,
        tls: ssl.SSLContext,
    ) -> None:
        self._network = PublicNetwork(allowed, resolve or look_up)
        self._timeout = httpx.Timeout(timeouts[1], connect=timeouts[0]).as_dict()
        self._headers = [
            (b"User-Agent", user_agent.encode("latin-1", "replace")),
            (b"Accept-Encoding", ACCEPTED.encode()),
        ]
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            max_keepalive_connections=_KEPT_CONNECTIONS,
            keepalive_expiry=_KEEP_ALIVE_SECONDS,
            network_backend=self._network,
        )

    @property
    def deadline(self) -> float:
        """When the present request has to be over, by `time.monotonic`."""
        return self._network.deadline

    @contextmanager
    def request(
        self,
        url: str,
        address: str,
        headers: Sequence[tuple[bytes, bytes]],
        seconds: float,
        *,
        asked: bool = False,
        body: bytes | None = None,
    ) -> Iterator[httpx.Response]:
        """Send a GET request, with a body a POST; all that happens until the answer is left ends within `seconds`.

        Raises FetchError that names `url`, redacted: what libraries say of `address` may hold a password. `asked` is
        whether another server was asked before, as an earlier hop.
        """
        self._network.deadline = time.monotonic() + seconds
        try:
            extensions = {"timeout": self._timeout}
            named = {name.lower() for name, _ in headers}  # a header of the feed's own stands in place of ours
            ours = [header for header in self._headers if header[0].lower() not in named]
            method, sent = "GET" if body is None else "POST", [*ours, *headers]
            request = httpx.Request(method, address, headers=sent, content=body, extensions=extensions)
            response = self._send(request)
            try:
                yield response
            finally:
                response.close()
        except BlockedError as error:
            blocked = BlockedError(f"{redact(url)}: {error}")
            blocked.asked = asked
            raise blocked from None
        except (httpx.HTTPError, httpcore.TimeoutException) as error:
            is_late = time.monotonic() >= self._network.deadline
            why = "took longer than `timeout` allows" if is_late else _why(error)
            raise FetchError(f"{redact(url)}: {why}; tried again later") from None
        except (httpx.InvalidURL, ValueError) as error:
            raise FetchError(f"{redact(url)}: is no URL that can be fetched: {type(error).__name__}") from None

    def _send(self, request: httpx.Request) -> httpx.Response:
        """Send a request; once more where a kept connection turns out to have been closed meanwhile."""
        before = self._network.connections
        try:
            response = self.handle_request(request)
        except _STALE:
            if self._network.connections > before:
                raise
            response = self.handle_request(request)
        response.request = request
        return response

    def check(self) -> None:
        """Raise httpcore.ReadTimeout where the deadline has passed, for work between two reads."""
        self._network.left(None)

    def drain(self, response: httpx.Response) -> None:
        """Read an answer without a body to its end, so that its connection serves the next request.

        Not where anything stands behind it, which would be taken for the next answer.
        """
        if getattr(response.extensions.get("network_stream"), "last", b"").endswith(b"\r\n\r\n"):
            collections.deque(response.iter_raw(), 0)


def _why(error: BaseException) -> str:
    """Return what went wrong in words, by the system's own reason where there is one."""
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
