"""The real world, as one feed's run sees it: the network, the store, the output folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from enricher.core.errors import FeedError, FetchError, HeldError
from enricher.core.trust import Hold, identities, judge
from enricher.fetch import Fetcher, FetchSettings, Validators, read_file
from enricher.publish import changes, publish
from enricher.shelf import show_key, stored_summary

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from enricher.config import Config
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
    """`Doors` of pipeline.py for one feed of one run; `now` is in epoch seconds."""

    def __init__(
        self, config: Config, feed: FeedConfig, store: Store, fetcher: Fetcher, now: float, errand: Errand
    ) -> None:
        self._config, self._feed, self._store, self._fetcher = config, feed, store, fetcher
        self._now, self._errand = now, errand
        self._state: dict[str, Any] = store.state(feed.name)
        self._fresh: dict[str, Document] = {}
        self.remember: Remember = store.remember
        self.edition: Edition | None = None

    def fetch(self, url: str) -> Document:
        """Fetch the feed or one of its pages; the stored copy where the server says that it still stands."""
        if "://" not in url:
            return read_file(url, self._config.max_size)
        kept = self._store.document(url)
        validators = Validators(kept.document.etag, kept.document.last_modified) if kept else None
        fetched = self._fetcher.fetch(url, validators=None if self._errand.force else validators, now=self._now)
        if fetched.document is not None:
            self._fresh[url] = fetched.document
            return fetched.document
        if kept is None:
            raise FetchError(f"{self._feed.name}: the server says “not modified” to a first question")
        return kept.document

    def attachment(self, url: str) -> Document:
        """Fetch a transcript or chapters file at most once a day; the last good copy where the host is down."""
        kept = self._store.document(url)
        if kept and self._now - kept.fetched_at < _FRESH_SECONDS and not self._errand.force:
            return kept.document
        if urlsplit(url).scheme not in {"http", "https"}:
            raise FetchError("a transcript or chapters file has no web address; it is left out")
        validators = Validators(kept.document.etag, kept.document.last_modified) if kept else None
        try:
            fetched = self._fetcher.fetch(url, validators=validators, now=self._now)
        except FeedError:
            if kept is None:
                raise
            return kept.document
        document = fetched.document or (kept.document if kept else None)
        if document is None:
            raise FetchError("a transcript's server says “not modified” to a first question")
        if not self._errand.dry:
            self._store.keep(url, document, self._now)
        return document

    def believe(self, source: Feed) -> None:
        """Raise HeldError where most of the known items are gone; remember how often the source says so."""
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
        if self._errand.dry:
            return changes(self._config.output, edition.artifacts)
        written = publish(self._config.output, edition.artifacts, self._now)
        for url, document in self._fresh.items():
            self._store.keep(url, document, self._now)
        self._state["known"] = list(identities(edition.source))
        counts = {one.item.key: len(one.chapters.chapters) for one in edition.enriched}
        self._state["chapters"] = {key: count for key, count in counts.items() if count}
        return written

    def published(self) -> bool:
        """Tell whether an earlier edition stands."""
        return (self._config.output / f"{self._feed.name}.xml").is_file()

    def note(self, outcome: str, error: str | None) -> None:
        """Note how the run ended, for `enricher status`."""
        self._state |= {"outcome": outcome, "error": error, "at": self._now}
        if outcome in {"published", "unchanged"}:
            self._state["success_at"] = self._now
        self._store.set_state(self._feed.name, self._state)


def fetch_settings(config: Config, version: str) -> FetchSettings:
    """Give the fetcher's settings from the configuration."""
    contact = f" (+{config.contact})" if config.contact else ""
    return FetchSettings(
        user_agent=f"enricher/{version}{contact}", max_size=config.max_size, allow_private=config.allow_private
    )
