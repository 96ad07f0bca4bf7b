"""The one call of a run on a feed: whether to ask for it, and what came or stands."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from enricher.errors import FetchError, HeldError
from enricher.http.fetcher import FeedVisit, when
from enricher.http.files import read_file
from enricher.model.feed import Document

if TYPE_CHECKING:
    from enricher.config import Config
    from enricher.http.fetcher import Visitor
    from enricher.model.feed import FeedConfig
    from enricher.store.copies import Kept
    from enricher.store.store import Store


@dataclass(frozen=True, slots=True)
class Errand:
    """How this run is to be done."""

    force: bool = False
    """Fetch unconditionally."""
    accept: bool = False
    """Believe the source though most of its items are gone."""
    dry: bool = False
    """Write nothing."""


class Call:
    """What is asked for and what comes; each address is asked for once. `now` is in epoch seconds."""

    def __init__(
        self, config: Config, feed: FeedConfig, store: Store, visitor: Visitor, now: float, errand: Errand
    ) -> None:
        self._config, self._feed, self._store = config, feed, store
        self._now, self._errand = now, errand
        impatient = errand.force or (errand.accept and not errand.dry)
        self.visit = FeedVisit(
            visitor, feed.url, now, least=config.min_interval, impatient=impatient, whole=errand.force
        )
        self.got: dict[str, Document | Kept] = {}
        self.fresh: dict[str, Document] = {}
        """What came over the network."""
        self.notes: list[str] = []
        """What is good to know and no trouble."""

    def take(self, document: Document | None, *, asked: bool) -> None:
        """Go on where another process asked already; without a document the stored copy stands."""
        self.visit.asked = asked
        if document is not None:
            self.got[self._feed.url] = document
            if self._feed.is_web:
                self.fresh[self._feed.url] = document
        elif kept := self._store.document(self._feed.url):
            self.got[self._feed.url] = kept

    def consult(self, url: str) -> Document | Kept:
        """Ask for the feed or one of its pages, once; give the stored copy unread where it still stands."""
        if url not in self.got:
            self.got[url] = self._ask(url) if self._feed.is_web else read_file(url, self._config.max_size)
        return self.got[url]

    def _ask(self, url: str) -> Document | Kept:
        kept = self._store.document(url)
        unasked = kept if kept and not self.visit.asked else None
        stored = self._not_due(kept) if url == self._feed.url else unasked
        if stored is not None:
            return stored
        document = self.visit.ask(url, kept)
        if document is None:
            if kept is None:
                raise FetchError(f"{self._feed.name}: the server says “not modified” to a first question")
            return kept
        self.fresh[url] = document
        return document

    def _not_due(self, kept: Kept | None) -> Kept | None:
        """Give the stored copy of a feed that is not due, None where it may be asked for.

        Raises HeldError where the last answer could not be used and it is too early to ask again.
        """
        visit, at = self.visit.visit, self.visit.due_at()
        impatient = self._errand.force or (self._errand.accept and not self._errand.dry)
        looking = self._errand.accept and self._errand.dry and kept is not None
        if visit.gone and not impatient and not looking:
            raise HeldError(f"{visit.error}; it is not asked for again, unless with --force")
        if at <= self._now:
            return None
        if visit.error and not looking:
            raise HeldError(f"{visit.error} (asked again after {when(at)}; --force asks now)")
        if kept is None and visit.next_at > self._now:
            return None
        if kept is None:
            raise HeldError(f"its host wants no request before {when(at)}; --force asks all the same")
        self.notes.append(f"not due before {when(at)}; --force asks all the same")
        return kept


def digest_of(got: Document | Kept) -> str:
    """Give the SHA-256 of a document in hex, empty where it is not known."""
    return hashlib.sha256(got.body).hexdigest() if isinstance(got, Document) else got.digest
