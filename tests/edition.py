"""One feed's edition, made in the core alone: a source and summaries to a ledger and artifacts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from enricher.enrich.item import Setting, enrich_all
from enricher.feed.generate import generate
from enricher.feed.ledger import record
from enricher.feed.parse import parse
from enricher.model.edition import Match
from enricher.model.feed import Document, FeedConfig, ItemDocuments, forget
from enricher.model.summary import StoredSummary
from enricher.summaries import read_summary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enricher.feed.ledger import Ledger
    from enricher.model.edition import Artifact, Enriched
    from enricher.model.feed import Feed

MIRROR = FeedConfig("show", "https://a.example/feed", "https://feeds.example.com")


def stored(document: Mapping[str, Any], name: str = "a.json") -> StoredSummary:
    """Read a summary as the store would keep it."""
    return StoredSummary(f"/summaries/{name}", "/summaries", "0", read_summary(name, json.dumps(document).encode()))


def enriched(source: bytes, summaries: Mapping[int, Mapping[str, Any]], config: FeedConfig) -> tuple[Feed, Any]:
    """Parse a source and enrich its items, each with the summary of its number."""
    feed = parse(Document(config.url, source))
    matches = [
        Match(item, stored(summaries[i]) if i in summaries else None, "guid", "The guids are equal.")
        for i, item in enumerate(feed.items)
    ]
    setting = Setting(config, lambda _: None, forget)
    found: tuple[Enriched, ...] = enrich_all(matches, [ItemDocuments()] * len(matches), setting)
    return feed, found


def make(
    source: bytes, summaries: Mapping[int, Mapping[str, Any]], config: FeedConfig = MIRROR
) -> tuple[Ledger, tuple[Artifact, ...]]:
    """Make an edition; give what must survive of the source, and the files."""
    feed, items = enriched(source, summaries, config)
    ledger = record(feed, items)
    return ledger, generate(feed, items, config)
