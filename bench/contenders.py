"""This program as it is measured in process, and the fetch that it cannot do without."""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING

from enricher.config import load
from enricher.http.client import Client, ClientSettings, Validators
from enricher.http.feed_fetcher import Fetcher
from enricher.http.host_limits import Hosts
from enricher.importer.sync import sync
from enricher.pipeline.republish import republish
from enricher.pipeline.tools import Tools
from enricher.publish.outputs import publisher_of
from enricher.run.run import folders
from enricher.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from enricher.model.feed import FeedConfig


def fetch_and_digest(client: Client, urls: Sequence[str], tag: str | None) -> None:
    """Do what a run cannot do without: fetch each document, if it has changed, and tell whether it is another."""
    for url in urls:
        document = client.fetch(url, validators=Validators(tag) if tag else None).document
        if document:
            hashlib.sha256(document.body).hexdigest()


class Ours:
    """This program in a folder of its own, over a file or over `urls`; its store is open, as it is within a run."""

    def __init__(
        self,
        folder: Path,
        body: bytes,
        summaries: Sequence[bytes],
        *,
        urls: Sequence[str] = (),
        opened: str = "",
        pages: bool = False,
    ) -> None:
        """`pages`: make companion pages, too, which nothing that it is compared with does."""
        self.feed = folder / "feed.xml"
        self.summaries = folder / "summaries"
        self.summaries.mkdir(parents=True)
        self.feed.write_bytes(body)
        for n, one in enumerate(summaries):
            (self.summaries / f"{n}.json").write_bytes(one)
        path = folder / "config.toml"
        allowed = json.dumps([opened] if opened else [])
        path.write_text(
            f'base_url = "https://feeds.example.com"\nmax_size = 100000000\nmin_interval = 0\n'
            f"allow_private = {allowed}\n"
            f'[defaults]\npages = "{"on" if pages else "off"}"\n'
            + "".join(f'[[feed]]\nname = "feed-{n}"\nurl = "{url}"\n' for n, url in enumerate(urls or ["feed.xml"])),
            "utf-8",
        )
        self.config = load(path)
        self.store = Store.open(self.config.database)
        self.client = Client(ClientSettings(max_size=100_000_000, allow_private=self.config.allow_private))
        hosts = Hosts({}, self.store.save_host_wait)
        fetcher = Fetcher(self.client, self.store, hosts, max_size=100_000_000, min_interval=0)
        publisher = publisher_of(self.config.output, self.config.object_store)
        self.tools = Tools(fetcher, self.store, publisher)
        self.sync()

    def sync(self) -> None:
        """Read the summaries that are new or changed."""
        shelved = sync(self.store, folders(self.config))
        assert not shelved.problems, shelved.problems  # noqa: S101 a benchmark of nothing is none

    def run(self, wanted: str) -> None:
        """Do what a run does with one feed; `wanted` is how it has to end."""
        self._turn(self.config.feeds[0], wanted)

    def run_all(self, wanted: str) -> None:
        """Do what a run does with all of its feeds, one after another."""
        self.store.read_states([feed.name for feed in self.config.feeds])
        for feed in self.config.feeds:
            self._turn(feed, wanted)

    def _turn(self, feed: FeedConfig, wanted: str) -> None:
        now = time.time()
        result = republish(feed, self.tools, now)
        self.store.save_feed(feed.name, result.state, result.documents, now, result.stored)
        assert result.report.outcome == wanted, result.report  # noqa: S101 a benchmark of nothing is none

    def close(self) -> None:
        """Close the store."""
        self.store.close()
