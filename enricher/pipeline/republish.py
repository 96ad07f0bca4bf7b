"""THE function: one feed, from its address to its published files."""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace

from enricher.errors import FeedError, HeldError, Problem, PublishError
from enricher.matching.shows import show_keys
from enricher.model.edition import Report
from enricher.model.state import Published, Schedule
from enricher.pipeline.unchanged import inputs_digest, is_unchanged
from enricher.publish.staging import digest_of
from enricher.redaction import redact
from enricher.report import failure
from enricher.store.store import LostCopyError, address_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enricher.http.feed_fetcher import FeedFetcher, LazyDocument, Mode
    from enricher.model.edition import Edition
    from enricher.model.feed import Document, FeedConfig
    from enricher.model.state import Copy, FeedState
    from enricher.pipeline.edition import Made
    from enricher.pipeline.tools import Tools
    from enricher.publish.staging import Staging


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one feed, and what is to be saved of it (`Store.save_feed`)."""

    report: Report
    state: FeedState
    documents: Mapping[str, Document] = field(default_factory=dict)
    """The source's pages that were fetched and published, by address."""
    stored: Copy | None = None
    """What is stored of the source already."""
    edition: Edition | None = None


def republish(feed: FeedConfig, tools: Tools, now: float, mode: Mode = "due", *, accept: bool = False) -> Result:
    """Fetch, parse, match, enrich, generate, verify and publish one feed. A feed's failure is a report, no exception.

    `accept`: believe the source though most of its items are gone. `now` is in epoch seconds. Raises StoreError.
    """
    state = tools.store.feed_state(feed.name)
    if state.address != (address := address_key(feed.url)):  # what is known of another URL says nothing of this one
        state = replace(state, address=address, schedule=Schedule(), copy=None)
    fetch = tools.fetcher.for_feed(feed, state, now, mode)
    result = _Turn(feed, tools, fetch, state, now).republish(mode, accept=accept)
    problems = (*result.report.problems, *_leftover(feed, tools), *_moved(state.schedule, result.state.schedule))
    told = frozenset(state.told)
    report = dataclasses.replace(
        result.report, notes=(*fetch.notes, *result.report.notes), problems=problems, told=told
    )
    error = _utf8(report.error) if report.error else None
    next_at = fetch.next_at(result.state.schedule)
    lines = tuple(_utf8(str(problem)) for problem in problems)
    state = replace(result.state, outcome=report.outcome, error=error, at=now, next_at=next_at, told=lines)
    return dataclasses.replace(result, report=report, state=state)


def _utf8(text: str) -> str:
    """Take out the halves of characters that a path in a message may hold, which the state as UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class _Turn:
    """One feed's turn in one run."""

    feed: FeedConfig
    tools: Tools
    fetch: FeedFetcher
    state: FeedState
    now: float

    def republish(self, mode: Mode, *, accept: bool) -> Result:
        feed, tools, fetch, state = self.feed, self.tools, self.fetch, self.state
        try:
            document = fetch.source()
            if mode == "due" and not accept and (known := self._unchanged(document)):
                new = replace(state, hold=None, success_at=self.now, copy=fetch.copy)
                return Result(known, replace(new, schedule=fetch.succeeded(state.ttl)), fetch.pages(), state.copy)
            tools.making(feed.name)
            # What reads and writes feeds takes 0.15 s to load, a third of a run that finds nothing changed.
            from enricher.pipeline import edition as editions

            source = editions.read(feed, document, fetch)
        except PublishError as error:  # no fault of the server's
            return self._failed(error)
        except FeedError as error:
            lost = isinstance(error, LostCopyError)
            return self._failed(error, copy=None) if lost else self._failed(error, schedule=fetch.failed(error))
        try:
            verdict = editions.check(source, state, feed, tools.publisher, self.now, accept=accept)
            if verdict.reason:
                said = f"{verdict.reason}, or say: enricher run --accept {feed.name}"
                return self._failed(HeldError(said), hold=verdict.hold, schedule=fetch.doubted(said, source.ttl))
            with tools.publisher.staging(state.files) as staging:
                made = editions.make(feed, source, state, fetch, tools, staging)
                written = self._publish(made.edition, staging)
        except FeedError as error:
            # No fault of the server's: the next run may ask again, and what was fetched is not stored.
            return self._failed(error)
        report = dataclasses.replace(_report(feed, made.edition, written), notes=made.notes)
        return Result(report, self._after(made, document, report), fetch.pages(), state.copy, made.edition)

    def _failed(self, error: FeedError, **changes: object) -> Result:
        try:
            published = self.tools.publisher.has(f"{self.feed.file_name}.xml")
        except PublishError:  # an object store that is down
            published = self.state.success_at is not None
        return Result(failure(self.feed.name, error, published=published), replace(self.state, **changes))

    def _publish(self, edition: Edition, staging: Staging) -> tuple[str, ...]:
        """Publish; leave out of what is said the token that makes a private feed's name unguessable."""

        def shown(text: str) -> str:
            return text.replace(self.feed.token, "…") if self.feed.token else text

        try:
            files = [file.path for file in edition.files]
            return tuple(map(shown, self.tools.publisher.publish(edition.artifacts, self.now, staging, files)))
        except PublishError as error:
            raise PublishError(shown(str(error))) from error.__cause__

    def _unchanged(self, document: LazyDocument) -> Report | None:
        """Return the report of a feed of which nothing changed, None where something did."""
        state, known = self.state, self.state.published
        if known is None:
            return None
        inputs = self._inputs(state.title or "")
        if not is_unchanged(state, document.digest, inputs, self.tools.publisher, self.now):
            return None
        counts = (known.items, known.matched, known.timed, known.chapters)
        return Report(self.feed.name, "unchanged", *counts, problems=known.problems)

    def _after(self, made: Made, document: LazyDocument, report: Report) -> FeedState:
        """Return the state after an edition was published or found unchanged."""
        edition, fetch = made.edition, self.fetch
        source = edition.source
        digests = {one.path: digest_of(one.body) for one in edition.artifacts}
        digests |= {one.path: one.digest for one in edition.files}
        try:
            files = self.tools.publisher.stamps(digests)
        except PublishError:  # the edition is published all the same, and the next run looks at it anew
            files = None
        counts = (report.items, report.matched, report.timed, report.chapters)
        published = None
        if files is not None and not fetch.has_pages:  # the digest is that of the first page alone
            inputs = self._inputs(source.title)
            published = Published(inputs, document.digest, fetch.until, *counts, edition.problems)
        return replace(
            self.state,
            success_at=self.now,
            title=source.title,
            ttl=source.ttl,
            schedule=fetch.succeeded(source.ttl),
            copy=fetch.copy,
            known=tuple(item.key for item in source.items),
            newest=source.newest,
            rebuilt=bool(source.rebuilt),
            hold=None,
            chapters={one.item.key: len(one.chapters.chapters) for one in edition.enriched if one.chapters.chapters},
            published=published,
            files=files or {},
            site=made.site,
        )

    def _inputs(self, title: str) -> str:
        summaries = self.tools.store.summaries.digest(show_keys(self.feed, title), self.feed.summaries)
        return inputs_digest(self.feed, self.tools.reserved, summaries, self.tools.templates.digest())


def _moved(before: Schedule, after: Schedule) -> Iterator[Problem]:
    """Return a problem, once, that says where permanent redirects lead."""
    if after.moved_to and after.moved_to != before.moved_to:
        yield Problem(f"it has moved for good to {redact(after.moved_to)}; put that into `url`")


def _leftover(feed: FeedConfig, tools: Tools) -> Iterator[Problem]:
    """Find the edition that a private feed had under a name that can be guessed."""
    if not feed.private:
        return
    with suppress(PublishError):  # an object store that is down, as the report says
        for name in (f"{feed.name}.xml", f"{feed.name}/index.html"):
            if tools.publisher.has(name):
                path = tools.publisher.shown(name)
                yield Problem(
                    f"{path}: is from before the feed was private, and public still; delete it and its folder"
                )
                break


def _report(feed: FeedConfig, edition: Edition, written: tuple[str, ...]) -> Report:
    """Sum one feed's edition up; all numbers count items."""
    return Report(
        feed.name,
        "published" if written else "unchanged",
        items=len(edition.enriched),
        matched=sum(one.match.stored is not None for one in edition.enriched),
        timed=sum(bool(one.timeline.moments) for one in edition.enriched),
        chapters=sum(one.chapters.psc or one.chapters.json for one in edition.enriched),
        written=written,
        problems=edition.problems + edition.news,
    )
