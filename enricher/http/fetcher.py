"""One address between two runs: what its server was promised, and what it said; manners.py decides."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from enricher.errors import FeedError, FetchError
from enricher.http import schedule as manners
from enricher.http.asking import ANYTHING, FEED, AnswerError, Validators

if TYPE_CHECKING:
    from collections.abc import Callable

    from enricher.http.asking import Asker, Fetched
    from enricher.http.schedule import Answer, Hints
    from enricher.model.feed import Document
    from enricher.store.copies import Kept
    from enricher.store.store import Store


def when(moment: float) -> str:
    """Write a moment for people, in UTC."""
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(moment))


class Visitor:
    """Asks servers for documents and remembers how that went. `now` is in epoch seconds, `jitter` gives 0 to 1."""

    def __init__(self, store: Store, fetcher: Asker, now: float, jitter: Callable[[], float] = random.random) -> None:
        self._store, self._fetcher, self._now, self._jitter = store, fetcher, now, jitter

    def recall(self, url: str) -> manners.Visit:
        """Give what is remembered of an address."""
        return manners.Visit.from_json(self._store.visit(url))

    def save(self, url: str, visit: manners.Visit) -> None:
        """Remember it."""
        self._store.set_visit(url, visit.as_json(), self._now)

    def due_at(self, url: str, visit: manners.Visit) -> float:
        """Give the moment from which an address may be asked, by itself and by its host."""
        host = (urlsplit(manners.direct(visit) or url).hostname or "").lower()
        return max(manners.due_at(visit, self._now), self._host_wait(host))

    def _host_wait(self, host: str) -> float:
        until = self._store.host_wait(host)
        # No host is put off for longer: the clock was set back.
        return until if until <= self._now + manners.LONGEST else 0.0

    def ask(
        self, url: str, kept: Kept | None, *, impatient: bool = False, whole: bool = False, accept: str = ANYTHING
    ) -> Fetched:
        """Ask for a document, only for changes where one is kept, unless for the `whole`. Raises FetchError."""
        validators = Validators(kept.etag, kept.last_modified) if kept and not whole else None
        wait = (lambda _: 0.0) if impatient else self._host_wait
        try:
            fetched = self._fetcher.fetch(url, validators=validators, now=self._now, wait=wait, accept=accept)
        except AnswerError as error:
            until = manners.retry_at(error.answer, self._now)
            if until is not None:
                self._store.set_host_wait(error.answer.host, until)
            raise
        if fetched.document is None and kept is None:
            raise FetchError("the server says “not modified” to a first question")
        return fetched

    def failed(self, visit: manners.Visit, error: FeedError | None, said: str, least: float = 0.0) -> manners.Visit:
        """Give the visit after a failure; a host that was not asked has not failed. `least` is the least wait."""
        if isinstance(error, FetchError) and not error.asked:
            return visit
        answer = error.answer if isinstance(error, AnswerError) else None
        return manners.after_error(visit, answer, self._now, self._jitter(), said, least)


class FeedVisit:
    """The visit of one run to one feed: at most one request for it, and one for each of its pages.

    `impatient`: ask though it is not due. `whole`: ask for the whole. `least`: the configured interval in seconds.
    """

    def __init__(self, visitor: Visitor, url: str, now: float, *, least: float, impatient: bool, whole: bool) -> None:
        self._visitor, self._url, self._now, self._least = visitor, url, now, least
        self._impatient = impatient
        self.visit = visitor.recall(url)
        self._conditional = not whole and manners.is_conditional(self.visit, now)
        self._answer: Answer | None = None
        self._same = False
        self._error: FeedError | None = None
        self.asked = False
        """Whether a server was asked in this run."""

    def due_at(self) -> float:
        """Give the moment from which the feed may be asked."""
        return self._now if self._impatient else self._visitor.due_at(self._url, self.visit)

    def ask(self, url: str, kept: Kept | None) -> Document | None:
        """Ask for the feed or one of its pages; None where the kept document stands. Raises FetchError."""
        feed = url == self._url
        address = (manners.direct(self.visit) if feed else None) or url
        self.asked = True
        try:
            whole = not self._conditional
            fetched = self._visitor.ask(address, kept, impatient=self._impatient, whole=whole, accept=FEED)
        except FeedError as error:
            self._error = error
            raise
        if feed:
            self._answer = fetched.answer
            self._same = _same_validators(kept, fetched.document)
        return fetched.document

    def succeeded(self, hints: Hints, *, changed: bool) -> None:
        """Note that what came was published, and whether it differed from what was known before."""
        if self._answer is None:
            return
        if changed and self._answer.status != 304:  # noqa: PLR2004 HTTP's number
            modified = manners.http_date(self._answer.header("last-modified"))
            self.visit = manners.doubt(
                self.visit,
                asked_all=not self._conditional,
                same_validators=self._same,
                modified=modified,
                now=self._now,
            )
        self.visit = manners.after_success(self.visit, self._answer, hints, self._now, self._least)

    def unbelieved(self, hints: Hints, reason: str) -> None:
        """Note that what came is sound and not believed yet: it is asked for again as often as any feed."""
        if self._answer is not None:
            visit = manners.after_success(self.visit, self._answer, hints, self._now, self._least)
            self.visit = manners.with_error(visit, reason)

    def failed(self, reason: str) -> None:
        """Note that what came, or did not come, cannot be used."""
        if self.asked:
            self.visit = self._visitor.failed(self.visit, self._error, reason, self._least)

    def save(self) -> None:
        """Remember the visit."""
        if self.asked:
            self._visitor.save(self._url, self.visit)


def _same_validators(kept: Kept | None, fresh: Document | None) -> bool:
    """Tell whether the server gave the validators again that it gave for the kept document."""
    if kept is None or fresh is None or not (fresh.etag or fresh.last_modified):
        return False
    if fresh.etag or kept.etag:
        return fresh.etag == kept.etag
    return fresh.last_modified == kept.last_modified
