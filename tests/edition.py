"""One feed's edition, made in the core alone: a source and summaries to a snapshot and artifacts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from enricher.enrich.item import enrich_item
from enricher.enrich.layout import Surroundings
from enricher.feed.generate import generate
from enricher.feed.item import read_item
from enricher.feed.parse import parse
from enricher.feed.snapshot import take_snapshot
from enricher.model.edition import Enriched, Match
from enricher.model.feed import Document, FeedConfig
from enricher.model.summary import StoredSummary
from enricher.model.timeline import Evidence
from enricher.summaries.document import read_summary
from enricher.timing.timeline import time_summary
from enricher.translations import words_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enricher.feed.snapshot import Snapshot
    from enricher.model.edition import Artifact
    from enricher.model.feed import Feed

MIRROR = FeedConfig("show", "https://a.example/feed", "https://feeds.example.com")


def stored(document: Mapping[str, Any], name: str = "a.json") -> StoredSummary:
    """Read a summary as the store would keep it."""
    return StoredSummary(f"/summaries/{name}", "/summaries", "0", read_summary(name, json.dumps(document).encode()))


def enriched(
    source: bytes, summaries: Mapping[int, Mapping[str, Any]], config: FeedConfig
) -> tuple[Feed, tuple[Enriched, ...]]:
    """Parse a source and enrich its items, each with the summary of its number."""
    feed = parse(Document("", source))  # as from a file, so that random addresses stay to the letter
    matches = [
        Match(item, stored(summaries[i]) if i in summaries else None, "guid", "The guids are equal.")
        for i, item in enumerate(feed.items)
    ]
    return feed, tuple(_enrich(match, config) for match in matches)


def _enrich(match: Match, config: FeedConfig) -> Enriched:
    if match.stored is None:
        return Enriched(match)
    content = read_item(match.item, None)
    timeline = time_summary(match.stored.summary, match.item, content.marks, Evidence())
    return enrich_item(match, content, timeline, Surroundings(words_for("en")), config)


def make(
    source: bytes, summaries: Mapping[int, Mapping[str, Any]], config: FeedConfig = MIRROR
) -> tuple[Snapshot, tuple[Artifact, ...]]:
    """Make an edition; give what must survive of the source, and the files."""
    feed, items = enriched(source, summaries, config)
    snapshot = take_snapshot(feed, items, config)
    return snapshot, generate(feed, items, config)
