"""The real world, as one feed's run sees it: the network, the store, the output folder."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from enricher.core.errors import FeedError, FetchError, HeldError, PublishError
from enricher.core.trust import Hold, identities, judge
from enricher.fetch import Fetcher, FetchSettings
from enricher.files import read_file
from enricher.manners import Hints, Visit, hints_of
from enricher.publish import changes, publish
from enricher.shelf import show_key, stored_summary
from enricher.visits import FeedVisit, Visitor, when

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from enricher.config import Config
    from enricher.copies import Kept
    from enricher.core.model import Document, Feed, FeedConfig, Remember
    from enricher.core.summary import StoredSummary
    from enricher.pipeline import Edition
    from enricher.store import Store

_FRESH_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Errand:
    """How this run is to be done."""

    force: bool = False
    """Fetch unconditionally."""
    accept: bool = False
    """Believe the source though most of its items are gone."""
    dry: bool = False
    """Write nothing."""


class World:
    """`Doors` of pipeline.py for one feed of one run; `now` is in epoch seconds, `jitter` gives 0 to 1."""

    def __init__(  # noqa: PLR0913 what a run has, and chance
        self,
        config: Config,
        feed: FeedConfig,
        store: Store,
        fetcher: Fetcher,
        now: float,
        errand: Errand,
        *,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._config, self._feed, self._store = config, feed, store
        self._now, self._errand = now, errand
        self._state: dict[str, Any] = store.state(feed.name)
        self._fresh: dict[str, Document] = {}
        self._visitor = Visitor(store, fetcher, now, jitter)
        impatient = errand.force or (errand.accept and not errand.dry)
        self._visit = FeedVisit(
            self._visitor, feed.url, now, least=config.min_interval, impatient=impatient, whole=errand.force
        )
        self._hints = Hints()
        self._contents = ""
        self._doubted: str | None = None
        self.remember: Remember = store.remember
        self.edition: Edition | None = None
        self.notes: list[str] = []
        """What is good to know and no trouble."""

    def fetch(self, url: str) -> Document:
        """Fetch the feed or one of its pages; the stored copy where it still stands or the feed is not due."""
        if "://" not in url:
            return read_file(url, self._config.max_size)
        kept = self._store.document(url)
        if url == self._feed.url:
            stored = self._not_due(kept)
        else:
            stored = kept.document if kept and not self._visit.asked else None
        if stored is not None:
            return stored
        document = self._visit.ask(url, kept)
        if document is None and kept is not None:
            return kept.document
        if document is None:
            raise FetchError(f"{self._feed.name}: the server says “not modified” to a first question")
        self._fresh[url] = document
        return document

    def _not_due(self, kept: Kept | None) -> Document | None:
        """Give the stored copy of a feed that is not due, None where it may be asked for.

        Raises HeldError where the last answer could not be used and it is too early to ask again.
        """
        visit, at = self._visit.visit, self._visit.due_at()
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
        return kept.document

    def attachment(self, url: str) -> Document:
        """Fetch a transcript or chapters file at most once a day; the last good copy where the host is down."""
        kept = self._store.document(url)
        if kept and 0 <= self._now - kept.fetched_at < _FRESH_SECONDS and not self._errand.force:
            return kept.document
        if urlsplit(url).scheme not in {"http", "https"}:
            raise FetchError("a transcript or chapters file has no web address; it is left out")
        visit = self._visitor.recall(url)
        try:
            at = self._visitor.due_at(url, visit)
            if at > self._now and not self._errand.force:
                raise FetchError(f"{visit.error or 'its host is busy'} (asked again after {when(at)})")
            document = self._ask_for_attachment(url, kept, visit)
        except FeedError:
            if kept is None:
                raise
            return kept.document
        if not self._errand.dry:
            self._store.keep(url, document, self._now)
            if visit.errors:
                self._visitor.save(url, Visit())
        return document

    def _ask_for_attachment(self, url: str, kept: Kept | None, visit: Visit) -> Document:
        """Ask for it; a failure is remembered, so that the next runs leave its host in peace."""
        try:
            fetched = self._visitor.ask(url, kept, impatient=self._errand.force)
            document = fetched.document or (kept.document if kept else None)
            if document is None:
                raise FetchError("a transcript's server says “not modified” to a first question")
            if _is_page(document.body):
                raise FetchError(f"{document.shown}: the server gives a web page in place of the file")
        except FeedError as error:
            if not self._errand.dry:
                self._visitor.save(url, self._visitor.failed(visit, error, str(error)))
            raise
        return document

    def believe(self, source: Feed) -> None:
        """Raise HeldError where most of the known items are gone; remember how often the source says so."""
        self._hints = hints_of(source.root)
        self._contents = contents_of(source)
        hold = Hold(**self._state["hold"]) if self._state.get("hold") else None
        verdict = judge(source, self._state.get("known", ()), hold, self._now, accept=self._errand.accept)
        if verdict.hold is not None:
            self._state["hold"] = {
                "digest": verdict.hold.digest,
                "count": verdict.hold.count,
                "since": verdict.hold.since,
            }
        else:
            self._state.pop("hold", None)
        if verdict.reason:
            self._doubted = verdict.reason
            raise HeldError(verdict.reason)

    def summaries(self, source: Feed) -> Sequence[StoredSummary]:
        """Give the summaries that name this show or none, and those of its own folders."""
        shows = {"", *(show_key(name) for name in (source.title, *self._feed.aliases))}
        rows = self._store.summary_rows(sorted(shows), self._feed.summaries)
        return [stored_summary(row) for row in rows]

    def reserved(self) -> Collection[str]:
        """Give the folders whose summaries belong to other shows alone."""
        return {folder for feed in self._config.feeds for folder in feed.summaries} - set(self._feed.summaries)

    def chapters_before(self) -> Mapping[str, int]:
        """Give how many chapters each item had in the edition that stands."""
        return dict(self._state.get("chapters", {}))

    def publish(self, edition: Edition) -> tuple[str, ...]:
        """Write what differs; then, and only then, keep the sources as the last good ones."""
        self.edition = edition
        try:
            if self._errand.dry:
                return self._shown(changes(self._config.output, edition.artifacts))
            written = publish(self._config.output, edition.artifacts, self._now)
        except PublishError as error:
            raise PublishError(*self._shown([str(error)])) from error.__cause__
        for url, document in self._fresh.items():
            self._store.keep(url, document, self._now)
        self._state["known"] = list(identities(edition.source))
        counts = {one.item.key: len(one.chapters.chapters) for one in edition.enriched}
        self._state["chapters"] = {key: count for key, count in counts.items() if count}
        return self._shown(written)

    def _shown(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Leave out of paths what makes a private feed's name unguessable: who reads a report may not hear the show."""
        token = self._feed.token
        return tuple(text.replace(token, "…") if token else text for text in texts)

    def published(self) -> bool:
        """Tell whether an earlier edition stands."""
        return (self._config.output / f"{self._feed.file_name}.xml").is_file()

    def note(self, outcome: str, error: str | None) -> None:
        """Note how the run ended, for the next one and for `enricher status`."""
        good = outcome in {"published", "unchanged"}
        if good:
            self._visit.succeeded(self._hints, changed=self._contents != self._state.get("contents"))
            self._state |= {"success_at": self._now, "contents": self._contents}
        elif self._doubted:
            self._visit.unbelieved(self._hints, self._doubted)
        elif not self._contents:
            # What fails after the source was believed is no fault of its server: the next run may ask again.
            self._visit.failed(error or "")
        self._visit.save()
        next_at = None if "://" not in self._feed.url or self._visit.visit.gone else self._visit.due_at()
        self._state |= {"outcome": outcome, "error": error, "at": self._now, "next_at": next_at}
        self._store.set_state(self._feed.name, self._state)


def contents_of(source: Feed) -> str:
    """Digest what a feed's items say, by which a change is known from a server's new time stamp."""
    return hashlib.blake2b("".join(item.digest for item in source.items).encode(), digest_size=16).hexdigest()


def _is_page(body: bytes) -> bool:
    return body[:500].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html"))


def fetch_settings(config: Config, version: str) -> FetchSettings:
    """Give the fetcher's settings from the configuration."""
    contact = f" (+{config.contact})" if config.contact else ""
    return FetchSettings(
        user_agent=f"enricher/{version}{contact}",
        max_size=config.max_size,
        deadline=config.timeout,
        allow_private=config.allow_private,
    )
