"""One edition of a feed made: parsed to its end, checked, matched, enriched, generated, verified."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from enricher.errors import EmptyError, FeedError, HeldError, Problem, RefusedError, SourceError, SummaryError
from enricher.feed.generate import generate
from enricher.feed.parse import join, parse
from enricher.feed.sanity import Known, identities, judge
from enricher.feed.snapshot import take_snapshot
from enricher.feed.verify import verify
from enricher.feed.xml import ITUNES, tag
from enricher.matching.match import match, related_items
from enricher.matching.shows import show_keys
from enricher.matching.titles import show_of
from enricher.model.edition import Edition
from enricher.model.feed import Document
from enricher.model.state import FeedSite
from enricher.model.summary import StoredSummary
from enricher.pipeline.item_cache import Enrichment, files_of
from enricher.pipeline.search import SearchError, index_of, inputs_of, version
from enricher.redaction import redact, refuse_hidden
from enricher.summaries.json_form import load
from enricher.text import counted
from enricher.urls import link_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.feed.sanity import Verdict
    from enricher.http.feed_fetcher import FeedFetcher, LazyDocument
    from enricher.model.edition import Enriched, File, Matching
    from enricher.model.feed import Feed, FeedConfig
    from enricher.model.state import FeedState
    from enricher.pipeline.pages import Pages
    from enricher.pipeline.tools import Tools
    from enricher.publish.publisher import Publisher
    from enricher.publish.staging import Staging
    from enricher.store.store import Store

_SHOWN = 3
_PAGES = 100  # a feed whose pages never end must end somewhere


def read(feed: FeedConfig, document: LazyDocument, fetch: FeedFetcher) -> Feed:
    """Parse a feed to its end, following its pages (RFC 5005, bounded), and make one of them.

    A file is a copy that somebody made, so its pages are not looked for elsewhere.
    """
    pages, missing = [_parse(document.read())], ""
    seen, known = {feed.url}, set(identities(pages[0]))
    while feed.is_web and (address := pages[-1].next_page) and address not in seen:
        if len(pages) == _PAGES:
            raise HeldError(f"the feed has more than {_PAGES} pages; nothing was published, lest its end be lost")
        seen.add(address)
        page, missing = _page(address, fetch)
        if page is None or known.issuperset(identities(page)):  # some hosts name a page behind the last one
            break
        known.update(identities(page))
        pages.append(page)
    whole = join(pages)
    return replace(whole, missing=missing, next_page=None) if feed.is_web else whole


def _page(address: str, fetch: FeedFetcher) -> tuple[Feed | None, str]:
    """Return a further page, its last good copy where it cannot be had, and what went wrong; None where neither is."""
    try:
        return _parse(fetch.page(address)), ""
    except EmptyError:
        return None, ""
    except FeedError as error:
        copy = fetch.stored_page(address)
        try:
            return (_parse(copy) if copy else None), str(error)
        except FeedError:
            return None, str(error)


def _parse(document: Document) -> Feed:
    try:
        return parse(document)
    except (RefusedError, SourceError) as error:
        raise type(error)(f"{document.shown}: {error}") from error


def check(
    source: Feed, state: FeedState, feed: FeedConfig, publisher: Publisher, now: float, *, accept: bool
) -> Verdict:
    """Check whether the source is the feed that was published before."""
    if state.known is not None:
        latest = state.newest if state.title == source.title else None  # another show's items are no newer ones
        known = Known(state.known, latest, whole=not state.rebuilt)
    else:  # the database was lost, and the edition itself still knows its items
        try:
            known = Known.of(parse(Document(feed.url, publisher.read(f"{feed.file_name}.xml") or b""), ours=True))
        except FeedError:
            known = Known()
    return judge(source, known, state.hold, now, accept=accept)


@dataclass(frozen=True, slots=True)
class Made:
    """An edition, and what is to be remembered of its pages once it is published."""

    edition: Edition
    site: FeedSite
    notes: tuple[str, ...] = ()
    """What is good to know and no trouble."""


def make(feed: FeedConfig, source: Feed, state: FeedState, fetch: FeedFetcher, tools: Tools, staging: Staging) -> Made:
    """Match, enrich, generate and verify. Raises FeedError."""
    store = tools.store
    stored = list(_candidates(store, show_keys(feed, source.title), feed.summaries))
    matching = match(source, stored, feed, tools.reserved)
    find = related_items(source, feed)
    pages = None
    if feed.pages == "on" and any(one.stored for one in matching.matches):  # else there is nothing to show
        # 14 ms, which a feed without pages does without.
        from enricher.pipeline.pages import plan_pages

        pages = plan_pages(feed, source, matching.matches, state.site.names, find, tools)
    language = source.root[0].findtext("language")
    enriched = Enrichment(feed, fetch, store, find, language, staging, pages).enrich_all(matching.matches)
    files = tuple({file.path: file for one in enriched for file in files_of(one)}.values())
    search, note = _search(feed, enriched, state.site, staging) if pages else ((), "")
    indexes = pages.indexes(enriched, search=bool(search)) if pages else ()
    files += (*search, *(staging.add(one.path, one.body) for one in indexes))
    snapshot = take_snapshot(source, enriched, feed)
    artifacts = (*(pages.look() if pages else ()), *generate(source, enriched, feed))
    paths = {*(one.path for one in artifacts), *(one.path for one in files)}
    verify(snapshot, artifacts, feed, paths)
    if pages:
        pages.verify(enriched, paths, tools.publisher.has)
    for artifact in artifacts:
        refuse_hidden(artifact.body)  # in a channel they are left out
    of_items = (problem for one in enriched for problem in one.problems)
    problems = (*_of_source(source), *matching.problems, *of_items, *_unused(matching, feed))
    shrunk = (
        Problem(f"its chapter list had {had} chapters before and has {has} now", one.item.title)
        for one in enriched
        if (had := state.chapters.get(one.item.key, 0)) > (has := len(one.chapters.chapters))
    )
    edition = Edition(source, matching, enriched, artifacts, problems, (*_left_out(source, feed), *shrunk), files)
    return Made(edition, _site(pages, enriched, state.site, source, search=bool(search)), (note,) if note else ())


def _search(
    feed: FeedConfig, enriched: Sequence[Enriched], known: FeedSite, staging: Staging
) -> tuple[tuple[File, ...], str]:
    """Return the files of the index of the search, and what a person should know where there is none."""
    pages = _pages_of(enriched)
    if not version() or not pages:
        return (), ""
    try:
        return index_of(feed.file_name, pages, known, staging), ""
    except SearchError as error:
        return (), f"its pages cannot be searched, the page of the show filters titles instead: {error}"


def _pages_of(enriched: Sequence[Enriched]) -> list[File]:
    return list({one.page.path: one.page for one in enriched if one.page}.values())


def _site(
    pages: Pages | None, enriched: Sequence[Enriched], known: FeedSite, source: Feed, *, search: bool
) -> FeedSite:
    """Return what is to be remembered of the pages; an item that loses its summary keeps its page's name."""
    items = {item.key for item in source.items}
    names = {key: name for key, name in known.names.items() if key in items} | dict(pages.names if pages else {})
    made = _pages_of(enriched)
    show = pages.show if pages else None
    return FeedSite(show=show, episodes=len(made), names=names, search=inputs_of(made) if search else "")


def _candidates(store: Store, shows: Sequence[str], folders: Sequence[str]) -> Iterator[StoredSummary]:
    for row in store.summaries.candidates(shows, folders):
        try:
            summary = load(row.document)
        except SummaryError:
            # Were it removed, the other feeds of this run would go without it.
            store.summaries.forget_digest(row.path)
            advice = "the next run reads it anew" if row.folder else "import it again"
            raise HeldError(f"{row.path}: its stored copy is damaged; {advice}") from None
        yield StoredSummary(row.path, row.folder, row.digest, summary)


def _of_source(source: Feed) -> Iterator[Problem]:
    if source.repairs:
        yield Problem(f"the source was mended before it could be read: {', '.join(source.repairs)}")
    if source.missing:
        yield Problem(
            f"a further page of it is not what it should be, so what was read before serves: {source.missing}"
        )
    if source.next_page:
        yield Problem("the source goes on at another address, which is not followed from a file")
    if source.rebuilt:
        yield Problem(f"{source.rebuilt}; the feed was rebuilt as RSS 2.0 from what could be understood of it")


def _unused(matching: Matching, feed: FeedConfig) -> Iterator[Problem]:
    """Find the summaries that name this show, or lie in its folder, and fit no item; others may be another feed's."""
    own = [one for one, _ in matching.unused if one.folder in feed.summaries or show_of(one.summary)]
    if own:
        names = ", ".join(one.path.rpartition("/")[2] for one in own[:_SHOWN])
        more = f" and {len(own) - _SHOWN} more" if len(own) > _SHOWN else ""
        fit = "fits" if len(own) == 1 else "fit"
        said = f"{counted(len(own), 'summary')} of it {fit} no item: {names}{more}"
        yield Problem(f"{said}; see `enricher explain {feed.name} --unused`")


def _left_out(source: Feed, feed: FeedConfig) -> Iterator[Problem]:
    moved = (source.root[0].findtext(tag(ITUNES, "new-feed-url")) or "").strip()
    here = {link_key(feed.url), link_key(feed.public_url)}
    if feed.is_web and moved and link_key(moved) not in here:
        yield Problem(f"it says that it has moved to {redact(moved)} (itunes:new-feed-url); put that into `url`")
    if source.stylesheet:
        yield Problem("its xml-stylesheet is left out: it is made for pages of the publisher's own host")
