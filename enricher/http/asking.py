"""What is asked of a server and what comes of it; who asks it is loaded when something is to be asked."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from enricher.errors import FetchError
from enricher.http.schedule import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from enricher.config import Config
    from enricher.http.client import Fetcher
    from enricher.model.feed import Document

FEED = "application/rss+xml, application/atom+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
ANYTHING = "*/*"


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How documents are fetched; sizes in bytes, times in seconds."""

    user_agent: str = "enricher"
    max_size: int = 25_000_000
    connect_timeout: float = 10.0
    read_timeout: float = 20.0
    deadline: float = 120.0
    """The longest that one document may take, redirects included."""
    max_redirects: int = 5
    allow_private: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask again with, byte for byte (each character is a byte: ISO 8859-1)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch gave: a fresh document, or None where the server says that ours still stands."""

    document: Document | None
    answer: Answer = field(default_factory=lambda: Answer(200))


class AnswerError(FetchError):
    """A server answered, but with nothing that can be used."""

    def __init__(self, message: str, answer: Answer) -> None:
        super().__init__(message)
        self.answer = answer


class WaitError(FetchError):
    """A host is not to be asked yet."""

    asked = False

    def __init__(self, message: str, until: float) -> None:
        super().__init__(message)
        self.until = until


def at_once(host: str) -> float:
    """Let every host be asked at once."""
    del host
    return 0.0


class Asker(Protocol):
    """Who asks servers: a `Fetcher`, or one that is made when it is first used."""

    def fetch(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        now: float = 0.0,
        wait: Callable[[str], float] = at_once,
        accept: str = ANYTHING,
    ) -> Fetched:
        """Fetch one document; see `Fetcher.fetch`."""
        ...


class Later:
    """A fetcher that is made when it is first used: httpx takes longer to load than many a run lasts."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._made: Fetcher | None = None
        self._lock = threading.Lock()

    def _fetcher(self) -> Fetcher:
        """Make the one fetcher when a thread first needs it."""
        from enricher.http.client import Fetcher

        with self._lock:
            if self._made is None:
                self._made = Fetcher(self._settings)
            return self._made

    def close(self) -> None:
        """Close every connection, where there was any."""
        if self._made is not None:
            self._made.close()

    def fetch(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        now: float = 0.0,
        wait: Callable[[str], float] = at_once,
        accept: str = ANYTHING,
    ) -> Fetched:
        """Fetch one document; see `Fetcher.fetch`."""
        return self._fetcher().fetch(url, validators=validators, now=now, wait=wait, accept=accept)


def fetch_settings(config: Config, version: str) -> FetchSettings:
    """Give the fetcher's settings from the configuration."""
    contact = f" (+{config.contact})" if config.contact else ""
    return FetchSettings(
        user_agent=f"enricher/{version}{contact}",
        max_size=config.max_size,
        deadline=config.timeout,
        allow_private=config.allow_private,
    )
