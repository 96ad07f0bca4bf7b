"""The function that the program is: fetch, parse, match, enrich, generate, verify, publish, for one feed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from enricher.enrich.item import Setting, enrich_all, is_readable
from enricher.errors import FeedError, HeldError, Problem, RefusedError, SourceError
from enricher.feed.generate import generate
from enricher.feed.item import chapters_link
from enricher.feed.ledger import record
from enricher.feed.parse import join, parse
from enricher.feed.verify import verify
from enricher.matching.match import episodes_of, match, page_links
from enricher.model.edition import Report
from enricher.model.feed import ItemDocuments
from enricher.report import of_error
from enricher.timing.transcript import transcript_links

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from enricher.model.edition import Artifact, Enriched, Match, Matching
    from enricher.model.feed import Document, Feed, FeedConfig, Item, Remember
    from enricher.model.summary import StoredSummary

_PAGES = 100
_NOTHING = ItemDocuments()


@dataclass(frozen=True, slots=True)
class Edition:
    """Everything that one run made of one feed, ready to be published or explained."""

    source: Feed
    matching: Matching
    enriched: tuple[Enriched, ...]
    artifacts: tuple[Artifact, ...]
    problems: tuple[Problem, ...]
    news: tuple[Problem, ...] = ()
    """Problems that are told by the run that meets them, and not again."""


class Doors(Protocol):
    """The world, as one feed's run sees it."""

    @property
    def remember(self) -> Remember:
        """Give the results of pure functions that are remembered."""
        ...

    def fetch(self, url: str) -> Document:
        """Fetch the feed or one of its pages; the stored copy where the server says it has not changed."""
        ...

    def attachment(self, url: str) -> Document:
        """Fetch a transcript or chapters file; the last good copy where the host is down."""
        ...

    def believe(self, source: Feed) -> None:
        """Raise HeldError where the source is not the feed that was published before."""
        ...

    def summaries(self, source: Feed) -> Sequence[StoredSummary]:
        """Give the stored summaries that may belong to this feed."""
        ...

    def reserved(self) -> Collection[str]:
        """Give the folders whose summaries belong to one show alone, this one's included."""
        ...

    def chapters_before(self) -> Mapping[str, int]:
        """Give how many chapters each item had in the edition that stands, by `Item.key`."""
        ...

    def publish(self, edition: Edition) -> tuple[str, ...]:
        """Carry it out; give the paths that were written."""
        ...

    def published(self) -> bool:
        """Tell whether an earlier edition stands."""
        ...


def republish(feed: FeedConfig, doors: Doors) -> Report:
    """Make one feed's edition and publish it. A feed's failure is a report, not an exception."""
    try:
        return _republish(feed, doors)
    except FeedError as error:
        return of_error(feed.name, error, published=doors.published())


def _republish(feed: FeedConfig, doors: Doors) -> Report:
    source = read(feed, doors)
    doors.believe(source)
    episodes = episodes_of(source, feed, doors.remember)
    matching = match(source, doors.summaries(source), feed, reserved=doors.reserved(), episodes=episodes)
    evidence = [gather(one, source, doors) for one in matching.matches]
    setting = Setting(feed, page_links(source, feed, episodes=episodes), doors.remember)
    enriched = enrich_all(matching.matches, evidence, setting)
    ledger = record(source, enriched)
    artifacts = generate(source, enriched, feed)
    verify(ledger, artifacts, feed)
    news = tuple(_shrunk(enriched, doors.chapters_before()))
    edition = Edition(source, matching, enriched, artifacts, _problems(source, matching, enriched), news)
    return report(feed, edition, doors.publish(edition))


def read(feed: FeedConfig, doors: Doors) -> Feed:
    """Read a feed to its end, following its pages (RFC 5005, bounded), and make one of them.

    A file is a copy that somebody made, so its pages are not looked for elsewhere.
    """
    pages = [_parse(doors.fetch(feed.url), doors)]
    seen = {feed.url}
    while feed.is_web and (address := pages[-1].next_page) and address not in seen:
        if len(pages) == _PAGES:
            raise HeldError(f"the feed has more than {_PAGES} pages; nothing was published, lest its end be lost")
        seen.add(address)
        pages.append(_parse(doors.fetch(address), doors))
    return join(pages)


def _parse(document: Document, doors: Doors) -> Feed:
    """Parse a document; an error says which."""
    try:
        return parse(document, remember=doors.remember)
    except (RefusedError, SourceError) as error:
        raise type(error)(f"{document.shown}: {error}") from error


def gather(one: Match, source: Feed, doors: Doors) -> ItemDocuments:
    """Fetch, each once, what may bear times out: the publisher's chapters and the best of the item's transcripts."""
    if one.stored is None:
        return _NOTHING
    problems: list[Problem] = []
    link = chapters_link(one.item)
    chapters = _attachment(link[0], one.item, doors, problems) if link else None
    return ItemDocuments(chapters, _transcript(one.item, source, doors, problems), tuple(problems))


def _transcript(item: Item, source: Feed, doors: Doors, problems: list[Problem]) -> Document | None:
    """Fetch the best of the item's transcripts that can be had and read."""
    language = source.root[0].findtext("language")
    for link in transcript_links(item, language):
        document = _attachment(link.url, item, doors, problems)
        if document is None:
            continue
        document = replace(document, content_type=document.content_type or link.kind)
        if _readable(document, doors):
            return document
        problems.append(Problem(f"{document.shown}: there is no transcript in it", item.title))
    return None


def _readable(document: Document, doors: Doors) -> bool:
    key = hashlib.blake2b(document.body + document.content_type.encode(), digest_size=16).hexdigest()
    (good,) = doors.remember("readable/1", [key], lambda _: [is_readable(document)])
    return bool(good)


def _attachment(url: str, item: Item, doors: Doors, problems: list[Problem]) -> Document | None:
    try:
        return doors.attachment(url)
    except FeedError as error:
        problems.append(Problem(str(error), item.title))
        return None


def _problems(source: Feed, matching: Matching, enriched: Sequence[Enriched]) -> tuple[Problem, ...]:
    return (*_of_source(source), *matching.problems, *(problem for one in enriched for problem in one.problems))


def _shrunk(enriched: Sequence[Enriched], before: Mapping[str, int]) -> Iterator[Problem]:
    """Find the items whose chapter list is shorter than the one that stands."""
    for one in enriched if before else ():
        had, has = before.get(one.item.key, 0), len(one.chapters.chapters)
        if has < had:
            yield Problem(f"its chapter list had {had} chapters before and has {has} now", one.item.title)


def _of_source(source: Feed) -> Iterator[Problem]:
    if source.repairs:
        yield Problem(f"the source was mended before it could be read: {', '.join(source.repairs)}")
    if source.next_page:
        yield Problem("the source goes on at another address, which is not followed from a file")
    if source.rebuilt:
        yield Problem("the source is no RSS 2.0; the feed was rebuilt as such from what could be understood of it")


def report(feed: FeedConfig, edition: Edition, written: tuple[str, ...]) -> Report:
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
