"""URL to Document; the only room that knows httpx."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin, urlsplit

import httpx

from enricher.core.errors import FetchError
from enricher.core.model import Document
from enricher.secrets import redact

if TYPE_CHECKING:
    from types import TracebackType

_REDIRECTS = {301, 302, 303, 307, 308}
# Both log whole addresses, passwords included.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How documents are fetched; sizes in bytes, times in seconds."""

    user_agent: str = "enricher"
    max_size: int = 25_000_000
    connect_timeout: float = 10.0
    read_timeout: float = 20.0
    deadline: float = 120.0
    max_redirects: int = 5
    allow_private: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask again with, byte for byte."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch gave: a fresh document, or None where the server says that ours still stands."""

    document: Document | None


class Fetcher:
    """A client that is made once and used for many documents."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        timeout = httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout)
        headers = {"User-Agent": settings.user_agent, "Accept": "*/*"}
        self._client = httpx.Client(timeout=timeout, headers=headers, trust_env=False, follow_redirects=False)

    def __enter__(self) -> Self:
        """Use it in a `with`."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        self._client.close()

    def fetch(self, url: str, *, validators: Validators | None = None, now: float = 0.0) -> Fetched:
        """Fetch one document, following redirects. Raises FetchError."""
        del now
        headers = {}
        if validators and validators.etag:
            headers["If-None-Match"] = validators.etag
        if validators and validators.last_modified:
            headers["If-Modified-Since"] = validators.last_modified
        end = time.monotonic() + self._settings.deadline
        try:
            return self._follow(url, headers, end)
        except httpx.HTTPError as error:
            raise FetchError(f"{redact(url)}: {type(error).__name__}; tried again at the next run") from None
        except (httpx.InvalidURL, ValueError) as error:
            raise FetchError(f"{redact(url)}: is no URL that can be fetched: {type(error).__name__}") from None

    def _follow(self, url: str, headers: dict[str, str], end: float) -> Fetched:
        address = url
        for _ in range(self._settings.max_redirects + 1):
            with self._client.stream("GET", address, headers=headers) as response:
                location = response.headers.get("location")
                if response.status_code in _REDIRECTS and location:
                    address = urljoin(address, location)
                    if urlsplit(address).scheme not in {"http", "https"}:
                        raise FetchError(f"{redact(url)}: redirects to something that is no web address")
                    continue
                if response.status_code == httpx.codes.NOT_MODIFIED:
                    return Fetched(None)
                if response.status_code != httpx.codes.OK:
                    raise FetchError(f"{redact(url)}: the server answered {response.status_code}")
                return Fetched(self._document(url, address, response, end))
        raise FetchError(f"{redact(url)}: more than {self._settings.max_redirects} redirects")

    def _document(self, url: str, address: str, response: httpx.Response, end: float) -> Document:
        body = bytearray()
        for chunk in response.iter_bytes(65536):
            body += chunk
            if len(body) > self._settings.max_size:
                raise FetchError(_too_large(redact(url), self._settings.max_size))
            if time.monotonic() > end:
                raise FetchError(f"{redact(url)}: took longer than {self._settings.deadline:.0f} s")
        return Document(
            address,
            bytes(body),
            response.headers.get("content-type", ""),
            response.headers.get("etag"),
            response.headers.get("last-modified"),
            redact(url),
        )


def read_file(path: str, max_size: int) -> Document:
    """Read a file that the configuration names. Raises FetchError."""
    try:
        with Path(path).open("rb") as file:
            body = file.read(max_size + 1)
    except OSError as error:
        raise FetchError(f"{path}: cannot be read: {error.strerror}; see `url` in the configuration") from error
    if len(body) > max_size:
        raise FetchError(_too_large(path, max_size))
    return Document(path, body, shown=path)


def _too_large(shown: str, max_size: int) -> str:
    return f"{shown}: has more than {max_size:,} bytes; raise `max_size` if that is right"
