"""One item enriched: its chapters, soundbites and notes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from enricher.enrich.chapters import list_chapters
from enricher.enrich.layout import Highlights, Surroundings
from enricher.enrich.notes import write_notes
from enricher.enrich.soundbites import soundbites
from enricher.errors import Problem
from enricher.model.edition import Chapter, Enriched, Notes
from enricher.model.summary import parts

if TYPE_CHECKING:
    from enricher.model.edition import Match
    from enricher.model.feed import FeedConfig, PublisherContent
    from enricher.model.timeline import Timeline

# https://www.iana.org/assignments/special-use-domain-names, and what routers call their networks
_LOCAL = {"arpa", "box", "home", "internal", "invalid", "lan", "local", "localdomain", "localhost", "onion", "test"}


def enrich_item(
    match: Match, content: PublisherContent, timeline: Timeline, surroundings: Surroundings, config: FeedConfig
) -> Enriched:
    """Make an item's chapters, soundbites and notes of its summary; an item without one stays as it is."""
    if match.stored is None:
        return Enriched(match)
    item, summary, moments = match.item, match.stored.summary, timeline.moments
    topics = [part for part in parts(summary) if part.kind == "topic" and part.path in moments]
    markers = [Chapter(moments[topic.path].start, topic.text) for topic in topics]
    chapters = list_chapters(content.marks, markers, item, config)
    bites = soundbites(summary, timeline, item.duration, content.soundbites)
    highlights = Highlights(summary, timeline, chapters, surroundings, config.label, signature(config))
    notes = write_notes(content.notes, highlights, config, item.title)
    problems = (*content.problems, *timeline.problems, *chapters.problems, *notes.problems)
    if not (problems or bites or chapters.chapters or notes != Notes() or config.notes == "off"):
        problems = (Problem("its summary adds nothing; `enricher import` says what was found in it", item.title),)
    # The transcript has served: what is kept of an item must not grow by it.
    return Enriched(match, content.marks, replace(timeline, cues=(), beside=()), chapters, bites, notes, problems)


def signature(config: FeedConfig) -> str:
    """Return who signs a summary that names no source: the host that publishes it, the feed's name where it has none.

    An address or a name of the local network tells a listener nothing.
    """
    host = urlsplit(config.base_url).hostname or ""
    name, _, domain = host.rpartition(".")
    is_name = name and not domain.isdecimal() and ":" not in host
    return host if is_name and domain not in _LOCAL else config.name
