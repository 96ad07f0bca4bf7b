"""What whoever summarises needs: `enricher missing`, the items without a summary, and `enricher template`."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from enricher.errors import EnricherError, FeedError, UsageError
from enricher.feed.chapter_formats import chapters_link
from enricher.feed.item import read_item, transcript_links
from enricher.http.client import Client
from enricher.importer.sync import sync
from enricher.pipeline.republish import republish
from enricher.redaction import holds_hidden, redact
from enricher.report import is_wanted
from enricher.run.run import choose, folders
from enricher.run.share import client_settings, dry_tools
from enricher.store.store import Store
from enricher.summaries.template import template
from enricher.text import counted, cut, one_line
from enricher.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.config import Config
    from enricher.model.edition import Edition, Enriched
    from enricher.model.feed import FeedConfig, Item

_OFFERED = 5
_SHOWN = 20
"""Items of a feed that a person wants to see at once."""


@dataclass(frozen=True, slots=True)
class Episode:
    """An item without a summary; addresses that hold a secret of the feed's are redacted."""

    title: str
    published: str | None
    """`2024-05-02`, UTC."""
    guid: str | None
    link: str | None
    audio: str | None
    transcript: str | None
    """The best of its podcast:transcript addresses."""
    duration: float | None
    """Seconds, as the feed states."""


@dataclass(frozen=True, slots=True)
class Missing:
    """The items of one feed that have no summary, newest first."""

    name: str
    title: str = ""
    items: int = 0
    """How many items the feed has in all."""
    missing: tuple[Episode, ...] = ()
    more: int = 0
    """How many further ones were not asked for."""
    error: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the object that `missing --json` prints."""
        return asdict(self)


class _Reader:
    """Reads feeds as `explain` does: from the stored copy where it is not due, publishing nothing."""

    def __init__(self, config: Config, store: Store, client: Client) -> None:
        self._store, self._now = store, time.time()
        self._tools = dry_tools(config, store, client)

    def read(self, feed: FeedConfig) -> Edition:
        """Return the edition that a run would make now. Raises EnricherError."""
        result = republish(feed, self._tools, self._now, "stored", accept=True)
        if result.edition is None:
            raise EnricherError(f"{feed.name}: {result.report.error}")
        return result.edition

    def template(self, feed: FeedConfig, source_title: str, language: str | None, item: Item) -> str:
        """Return a summary of an item to fill in."""
        link, chapters = chapters_link(item), None
        if link:
            fetch = self._tools.fetcher.for_feed(feed, self._store.feed_state(feed.name), self._now, "stored")
            with suppress(FeedError):  # then the notes may list them
                chapters = fetch.attachment(link[0]).read()
        links = transcript_links(item, language)
        beside = {"audio": item.audio, "transcript": links[0].url if links else None, "page": item.link}
        shown = {name: open_ for name, value in beside.items() if (open_ := _open(value))}
        return template(item, source_title, read_item(item, chapters).marks.marks, shown)


@contextmanager
def _reader(config: Config) -> Iterator[_Reader]:
    with Store.open(config.database, read_only=True) as store, Client(client_settings(config)) as client:
        sync(store, folders(config))
        yield _Reader(config, store, client)


def show_missing(
    config: Config, names: Sequence[str], limit: int | None, *, as_json: bool
) -> Iterator[tuple[str, bool]]:
    """Yield lines of a terminal's width, or one JSON object, and of each line whether all is well."""
    found = []
    for one in missing_episodes(config, names, limit or (None if as_json else _SHOWN)):
        found.append(one)
        if one.error:
            yield one.error, False
        elif not as_json:
            yield from ((line, True) for line in _lines(one, get_terminal_size().columns))
    if as_json:
        said = {"version": 1, "feeds": [one.as_json() for one in found]}
        yield json.dumps(said, ensure_ascii=False, indent=1), True


def _lines(one: Missing, width: int) -> Iterator[str]:
    count = len(one.missing) + one.more
    yield f"{one.name}: {count or 'none'} of {counted(one.items, 'item')} without a summary"
    for episode in one.missing:
        length = clock(episode.duration) if episode.duration else ""
        facts = (episode.published or "", length, "transcript" if episode.transcript else "", episode.title)
        yield cut("{:10}  {:8}  {:10}  {}".format(*facts), width)
    if one.more:
        yield f"and {one.more} more; see --limit"


def missing_episodes(config: Config, names: Sequence[str], limit: int | None = None) -> Iterator[Missing]:
    """Return what lacks a summary in each feed, or in those that are named, at most `limit` items of each."""
    feeds = choose(config, names)
    with _reader(config) as reader:
        for feed in feeds:
            try:
                edition = reader.read(feed)
            except EnricherError as error:
                yield Missing(feed.name, error=str(error))
                continue
            language = edition.source.root[0].findtext("language")
            items = [one.item for one in edition.enriched if one.match.stored is None]
            items.sort(key=lambda item: -(item.published or 0.0))
            found = tuple(_episode(item, language) for item in items[:limit])
            title, count = one_line(edition.source.title), len(edition.enriched)
            yield Missing(feed.name, title, count, found, len(items) - len(found))


def _episode(item: Item, language: str | None) -> Episode:
    links = transcript_links(item, language)
    return Episode(
        title=one_line(item.title),
        published=_day(item),
        guid=_open(item.guid),
        link=_open(item.link),
        audio=_open(item.audio),
        transcript=_open(links[0].url) if links else None,
        duration=item.duration,
    )


def _day(item: Item) -> str | None:
    return None if item.published is None else time.strftime("%Y-%m-%d", time.gmtime(item.published))


def _open(value: str | None) -> str | None:
    """Return an address or guid as it stands, redacted where it holds a secret of the feed's address (contract C49)."""
    return redact(value) if value and holds_hidden(value) else value


def episode_template(config: Config, name: str, wanted: str) -> str:
    """Return a summary to fill in for the one item that is `wanted`, by guid, title or a part of it.

    Raises UsageError where none or several are meant, EnricherError where the feed cannot be read.
    """
    feed = choose(config, [name])[0]
    with _reader(config) as reader:
        edition = reader.read(feed)
        item = _the_one([one for one in edition.enriched if is_wanted(one, wanted)], name, wanted)
        source = edition.source
        return reader.template(feed, source.title, source.root[0].findtext("language"), item)


def _the_one(found: Sequence[Enriched], name: str, wanted: str) -> Item:
    exact = [one for one in found if wanted.strip() in {one.item.guid, one.item.title, one.item.link, one.item.audio}]
    found = exact or found
    if len(found) == 1:
        return found[0].item
    if not found:
        raise UsageError(f"no item of “{name}” has “{wanted}” in its title, guid, link or audio address")
    titles = "; ".join(f"{_day(one.item) or ''} “{one_line(one.item.title)}”".strip() for one in found[:_OFFERED])
    more = f" and {len(found) - _OFFERED} more" if len(found) > _OFFERED else ""
    said = f"{len(found)} items of “{name}” have “{wanted}”: {titles}{more}"
    raise UsageError(f"{said}; give the guid or the audio's address")
