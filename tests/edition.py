"""One feed's edition, made in the core alone: a source and summaries to a ledger and artifacts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from enricher.core.enrich import Setting, enrich_all
from enricher.core.evidence import Gathered
from enricher.core.generate import generate
from enricher.core.ledger import record
from enricher.core.model import Document, FeedConfig, Match, forget
from enricher.core.source import parse
from enricher.core.summaries import read_summary
from enricher.core.summary import StoredSummary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enricher.core.ledger import Ledger
    from enricher.core.model import Artifact, Enriched, Feed

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
    found: tuple[Enriched, ...] = enrich_all(matches, [Gathered()] * len(matches), setting)
    return feed, found


def make(
    source: bytes, summaries: Mapping[int, Mapping[str, Any]], config: FeedConfig = MIRROR
) -> tuple[Ledger, tuple[Artifact, ...]]:
    """Make an edition; give what must survive of the source, and the files."""
    feed, items = enriched(source, summaries, config)
    ledger = record(feed, items)
    return ledger, generate(feed, items, config)
