"""Documents for one feed's run: requested when they are due, for changes only, else the stored copy."""

from __future__ import annotations

import functools
import hashlib
import random
import re
import time
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from enricher.errors import FeedError, FetchError, HeldError
from enricher.http.client import ANYTHING, FEED, AnswerError, Validators, WaitError, login, origin, read_file
from enricher.http.schedule import DAY, HOUR, after_error, after_success, due_at, is_conditional
from enricher.model.state import Copy, Schedule
from enricher.store.store import address_key
from enricher.urls import host_of, split

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from enricher.http.client import Client, Fetched
    from enricher.http.host_limits import Hosts
    from enricher.http.schedule import Answer
    from enricher.model.feed import Document, FeedConfig
    from enricher.model.state import FeedState
    from enricher.store.store import Store

Mode = Literal["due", "now", "whole", "stored"]
"""When to request: when due; now; now and unconditionally; or not at all where a copy is stored and it is not due."""

_CUE = re.compile(rb"<(?:time|cite)\b|(?<![\d:])\d{1,2}:\d{2}(?![\d:])|\d:\d{2}:\d{2}", re.IGNORECASE)
_CUES = 3
"""A transcript in HTML may be a whole page, but it has times; a page in place of the file has hardly any."""


@dataclass(frozen=True, slots=True)
class Fetcher:
    """What all feeds of a run fetch with. `idle` is entered while the network is waited for."""

    client: Client
    store: Store
    hosts: Hosts
    max_size: int = 25_000_000
    min_interval: float = 300.0
    jitter: Callable[[], float] = random.random
    """Returns 0 to 1, so that many feeds of a failing host do not come back at once."""
    idle: Callable[[], AbstractContextManager[object]] = nullcontext

    def for_feed(self, feed: FeedConfig, state: FeedState, now: float, mode: Mode = "due") -> FeedFetcher:
        """Return what fetches for one feed in one run; `now` is in epoch seconds."""
        return FeedFetcher(self, feed, state, now, mode)


class LazyDocument:
    """A document that is known by the SHA-256 of its body (hex), and read only where it is wanted."""

    def __init__(self, digest: str, read: Callable[[], Document]) -> None:
        self.digest, self._read = digest, read

    @classmethod
    def of(cls, document: Document) -> LazyDocument:
        """Wrap a document that is at hand."""
        return cls(hashlib.sha256(document.body).hexdigest(), lambda: document)

    def read(self) -> Document:
        """Return the document. Raises FetchError where the stored copy is damaged."""
        return self._read()


class FeedFetcher:
    """One feed in one run: at most one request for it, for each of its pages and for each file of its items."""

    def __init__(self, fetcher: Fetcher, feed: FeedConfig, state: FeedState, now: float, mode: Mode) -> None:
        self._fetcher, self._feed, self._now, self._mode = fetcher, feed, now, mode
        self._store = fetcher.store
        self._key = address_key(feed.url)
        self._schedule, self._copy = state.schedule, state.copy
        self._answer: Answer | None = None
        self._pages: dict[str, Document] = {}
        self._dry: dict[str, Document] = {}
        self._asked = self._paged = False
        self.notes: list[str] = []
        """What is good to know and no problem."""
        self.until = now + DAY
        """When the first of the items' files has to be requested again, in epoch seconds."""

    # The feed

    def source(self) -> LazyDocument:
        """Return the feed's document. Raises HeldError where it may not be requested yet, FetchError."""
        url = self._feed.url
        if not self._feed.is_web:
            return LazyDocument.of(read_file(url, self._fetcher.max_size))
        if not self._is_due():
            return self._stored()
        try:
            document = self._request(self._schedule.moved_to or url, self._copy, FEED)
        except WaitError as error:
            # A redirect led to a host that wants no request: the first one is left alone for as long.
            self._asked = False
            reason = self._schedule.error or (None if self._copy else str(error))
            self._schedule = replace(self._schedule, next_at=error.until, error=reason)
            self._postpone(error.until)
            document = None
        if document is None:
            return self._stored()
        self._pages[url] = document
        lazy = LazyDocument.of(document)
        self._copy = Copy(self._key, lazy.digest, document.etag, document.last_modified, self._now)
        return lazy

    def _stored(self) -> LazyDocument:
        assert self._copy is not None  # noqa: S101 it is not requested only where there is one
        return LazyDocument(self._copy.digest, functools.partial(self._store.read_document, self._feed.url))

    def _is_due(self) -> bool:
        """Check whether to request the feed now. Raises HeldError where it is too early and no good copy stands."""
        if self._mode in {"now", "whole"}:
            return True
        schedule, host = self._schedule, host_of(self._schedule.moved_to or self._feed.url)
        at = max(due_at(schedule, self._now), self._fetcher.hosts.wait_until(host, self._now))
        if at <= self._now:
            return not (self._mode == "stored" and self._copy and schedule.error)
        if self._copy is None and not schedule.error and schedule.next_at > self._now:
            return True  # the copy was lost, not the address that wants to be left alone
        self._postpone(at)
        return False

    def _postpone(self, at: float) -> None:
        """Note that the stored copy stands until then. Raises HeldError where there is none, or a failure stands."""
        error = self._schedule.error
        if error and not (self._mode == "stored" and self._copy):
            raise HeldError(f"{error} (asked again after {when(at)}; --force asks now)")
        if self._copy is None:
            raise HeldError(f"rate-limited by the server until {when(at)}; use --force to fetch now")
        self.notes.append(f"not due before {when(at)}; --force asks all the same")

    def page(self, url: str) -> Document:
        """Return one of the feed's further pages; the stored copy where the feed itself was not requested."""
        self._paged = True
        known = self._store.find_document(url)
        if known and not self._asked:
            return self._store.read_document(url)
        document = self._request(url, known.copy if known else None, FEED)
        if document is None:
            return self._store.read_document(url)
        self._pages[url] = document
        return document

    def stored_page(self, url: str) -> Document | None:
        """Return the last good copy of a page that cannot be used as it is now."""
        self._pages.pop(url, None)
        try:
            return self._store.read_document(url) if self._store.find_document(url) else None
        except FetchError:  # damaged, or only failures are known
            return None

    def _request(self, url: str, copy: Copy | None, accept: str) -> Document | None:
        """Request the feed or a page of it; None where the stored copy still stands. Raises FetchError."""
        conditional = self._mode != "whole" and is_conditional(self._schedule, self._now)
        first, self._asked = not self._asked, True
        fetched = self._ask(url, copy if conditional else None, accept)
        self._answer = fetched.answer if first else self._answer
        return fetched.document

    def _ask(self, url: str, copy: Copy | None, accept: str) -> Fetched:
        """Request a document in its host's turn, only for changes where a copy is stored. Raises FetchError."""
        validators = Validators(copy.etag, copy.last_modified) if copy else None
        with self._fetcher.idle():
            fetched = self._fetcher.client.fetch(
                url, validators=validators, accept=accept, turn=self._turn, headers=self._headers_for(url)
            )
        if fetched.document is None and copy is None:
            raise FetchError("unexpected 304 (not modified) to an unconditional request")
        return fetched

    def _headers_for(self, url: str) -> dict[str, str]:
        """Return what the feed's own origin gets, for its pages and files, too, and nobody else to whom they lead."""
        parts, home = split(url), split(self._feed.url)
        return {**login(home), **self._feed.sent} if parts and home and origin(parts) == origin(home) else {}

    def _turn(self, host: str) -> AbstractContextManager[None]:
        return self._fetcher.hosts.request(host, self._now, impatient=self._mode in {"now", "whole"})

    # What comes of it

    def succeeded(self, ttl: float) -> Schedule:
        """Return the schedule after the source was published or found unchanged; `ttl`: the feed's own, in seconds."""
        least = self._fetcher.min_interval
        if self._answer is None:
            return self._schedule
        return after_success(self._schedule, self._answer, ttl=ttl, now=self._now, least=least)

    def doubted(self, reason: str, ttl: float) -> Schedule:
        """Return the schedule of a source that is sound and not believed yet: asked for again as often as any."""
        return replace(self.succeeded(ttl), error=reason) if self._answer else self._schedule

    def failed(self, error: Exception) -> Schedule:
        """Return the schedule after the source could not be had or used; a host that was not asked has not failed."""
        if not self._asked or not getattr(error, "asked", True):
            return self._schedule
        answer = error.answer if isinstance(error, AnswerError) else None
        least, jitter = self._fetcher.min_interval, self._fetcher.jitter()
        return after_error(self._schedule, answer, str(error), now=self._now, jitter=jitter, least=least)

    @property
    def copy(self) -> Copy | None:
        """What is known of the source as it stands now."""
        return self._copy

    def next_at(self, schedule: Schedule) -> float | None:
        """Return when the server may be asked again, None for files."""
        if not self._feed.is_web:
            return None
        host = host_of(schedule.moved_to or self._feed.url)
        return max(due_at(schedule, self._now), self._fetcher.hosts.wait_until(host, self._now))

    @property
    def has_pages(self) -> bool:
        """Whether the feed goes on at other addresses."""
        return self._paged

    def pages(self) -> dict[str, Document]:
        """Return what came over the network, by address, to be stored once the edition made of it is published."""
        return self._pages

    # Files that items point to

    def attachment(self, url: str) -> LazyDocument:
        """Return a transcript or chapters file: requested once a day, the stored copy where that fails.

        Raises FetchError where there is none.
        """
        if url in self._dry:
            return LazyDocument.of(self._dry[url])
        known = self._store.find_document(url)
        copy, schedule = (known.copy, known.schedule) if known else (None, Schedule())
        stored = LazyDocument(copy.digest, functools.partial(self._store.read_document, url)) if copy else None
        if copy and stored and abs(self._now - copy.fetched_at) < DAY and self._mode != "whole":
            self.until = min(self.until, copy.fetched_at + DAY)
            return stored
        parts = split(url)
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
            raise FetchError("a transcript or chapters file has no web address; it is left out")
        try:
            at = max(due_at(schedule, self._now), self._fetcher.hosts.wait_until(host_of(url), self._now))
            if at > self._now and self._mode != "whole":
                raise FetchError(f"{schedule.error or 'rate-limited by the server'} (asked again after {when(at)})")
            document = self._ask_attachment(url, copy, schedule)
        except FeedError:
            # Looked at again soon, so that what could not be had comes as soon as its server allows.
            self.until = min(self.until, self._now + HOUR / 4)
            if stored is None:
                raise
            return stored
        return LazyDocument.of(document) if document else stored  # type: ignore[return-value] # 304 only with a copy

    def _ask_attachment(self, url: str, copy: Copy | None, schedule: Schedule) -> Document | None:
        """Request a file and store it; a failure is stored too, so that the next runs leave its host in peace."""
        try:
            document = self._ask(url, copy if self._mode != "whole" else None, ANYTHING).document
            if document and _is_page(document.body) and len(_CUE.findall(document.body)) < _CUES:
                raise FetchError(f"{document.shown}: the server gives a web page in place of the file")
        except FeedError as error:
            if getattr(error, "asked", True):
                answer = error.answer if isinstance(error, AnswerError) else None
                later = after_error(schedule, answer, str(error), now=self._now, jitter=self._fetcher.jitter())
                self._store.save_schedule(url, later, self._now)
            raise
        if document and self._store.read_only:
            self._dry[url] = document
        elif document:
            self._store.save_document(url, document, self._now)
        else:
            self._store.renew_document(url, self._now)
        return document


def when(moment: float) -> str:
    """Write a moment for people, in UTC."""
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(moment))


def _is_page(body: bytes) -> bool:
    return body[:500].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html"))
