"""Who is measured: this program in process, the plain pipe from feedparser to feedgen, and bare lxml."""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
import json
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import feedparser
from feedgen.feed import FeedGenerator
from lxml import etree

from enricher.config import load
from enricher.doors import World
from enricher.http.asking import FetchSettings, Validators
from enricher.http.calls import Errand
from enricher.http.client import Fetcher
from enricher.importer import sync
from enricher.premises import folders
from enricher.store.store import Store
from enricher.worker import make_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from enricher.model.feed import FeedConfig


def plain_pipe(body: bytes) -> bytes:
    """Read a feed with feedparser's defaults and write title, guid, link, notes, date and enclosure with feedgen."""
    parsed = feedparser.parse(body)
    generator = FeedGenerator()
    generator.title(parsed.feed.get("title") or "-")
    generator.link(href=parsed.feed.get("link") or "https://notes.example/")
    generator.description(parsed.feed.get("subtitle") or "-")
    for entry in parsed.entries:
        one = generator.add_entry(order="append")
        one.title(entry.get("title") or "-")
        one.guid(entry.get("id"))
        if entry.get("link"):
            one.link(href=entry["link"])
        one.description(entry.get("summary") or "-")
        for content in entry.get("content", ())[:1]:
            one.content(content.get("value") or "-", type="CDATA")
        if entry.get("published_parsed"):
            one.pubDate(dt.datetime.fromtimestamp(calendar.timegm(entry["published_parsed"]), dt.UTC))
        for enclosure in entry.get("enclosures", ())[:1]:
            one.enclosure(enclosure.get("href"), enclosure.get("length") or "0", enclosure.get("type") or "audio/mpeg")
    return bytes(generator.rss_str())


def bare_lxml(body: bytes) -> bytes:
    """Parse and serialise."""
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True, strip_cdata=False)
    return etree.tostring(etree.fromstring(body, parser), encoding="UTF-8", xml_declaration=True)


def fetch_and_digest(fetcher: Fetcher, urls: Sequence[str], tag: str | None) -> None:
    """Do what a run cannot do without: fetch each document, if it has changed, and tell whether it is another."""
    for url in urls:
        document = fetcher.fetch(url, validators=Validators(tag) if tag else None).document
        if document:
            hashlib.sha256(document.body).hexdigest()


class Ours:
    """This program in a folder of its own, over a file or over `urls`; its store is open, as it is within a run."""

    def __init__(
        self, folder: Path, body: bytes, pages: Sequence[bytes], *, urls: Sequence[str] = (), opened: str = ""
    ) -> None:
        self.feed = folder / "feed.xml"
        self.summaries = folder / "summaries"
        self.summaries.mkdir(parents=True)
        self.feed.write_bytes(body)
        for n, one in enumerate(pages):
            (self.summaries / f"{n}.json").write_bytes(one)
        path = folder / "config.toml"
        allowed = json.dumps([opened] if opened else [])
        path.write_text(
            f'base_url = "https://feeds.example.com"\nmax_size = 100000000\nmin_interval = 0\n'
            f"allow_private = {allowed}\n"
            + "".join(f'[[feed]]\nname = "feed-{n}"\nurl = "{url}"\n' for n, url in enumerate(urls or ["feed.xml"])),
            "utf-8",
        )
        self.config = load(path)
        self.store = Store.open(self.config.database)
        self.fetcher = Fetcher(FetchSettings(max_size=100_000_000, allow_private=self.config.allow_private))
        self.sync()

    def sync(self) -> None:
        """Read the summaries that are new or changed."""
        shelved = sync(self.store, folders(self.config))
        assert not shelved.problems, shelved.problems  # noqa: S101 a benchmark of nothing is none

    def run(self, wanted: str) -> None:
        """Do what a run does with one feed; `wanted` is how it has to end."""
        self._visit(self.config.feeds[0], wanted)

    def run_all(self, wanted: str) -> None:
        """Do what a run does with all of its feeds, one after another."""
        feeds = self.config.feeds
        hosts = {urlsplit(feed.url).hostname or "" for feed in feeds}
        self.store.hold([feed.name for feed in feeds], [feed.url for feed in feeds], hosts)
        for feed in feeds:
            self._visit(feed, wanted)
        self.store.write()

    def _visit(self, feed: FeedConfig, wanted: str) -> None:
        world = World(self.config, feed, self.store, self.fetcher, time.time(), Errand())
        report, bug = world.settled(), ""
        if report is None:
            report, bug = make_in(world, feed.name)
        world.note(report.outcome, report.error)
        assert report.outcome == wanted, (bug, report)  # noqa: S101 a benchmark of nothing is none

    def close(self) -> None:
        """Close the store."""
        with self.store:
            pass
