"""The items: time, chapter, write. Here, and in pipeline.py alone, stages meet."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from enricher.enrich.chapters import list_chapters
from enricher.enrich.notes import Matter, write_notes
from enricher.enrich.packing import pack, unpack
from enricher.enrich.soundbites import soundbites
from enricher.errors import Problem, TranscriptError
from enricher.feed.item import read_marks, read_outline
from enricher.model.edition import Chapter, Enriched
from enricher.model.summary import walk
from enricher.model.timeline import Evidence
from enricher.timing.timeline import time_summary
from enricher.timing.transcript import read_transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from enricher.model.edition import Match
    from enricher.model.feed import Document, FeedConfig, ItemDocuments, Remember
    from enricher.model.summary import Companion, StoredSummary, Summary
    from enricher.model.timeline import Timeline, Transcript


@dataclass(frozen=True, slots=True)
class Setting:
    """What every item of one feed is enriched with."""

    config: FeedConfig
    find_page: Callable[[str], str | None]
    """A related episode's title to the page of the item that has it."""
    remember: Remember


def enrich_all(matches: Sequence[Match], gathered: Sequence[ItemDocuments], setting: Setting) -> tuple[Enriched, ...]:
    """Enrich every item; what was made of the same item, summary and evidence before is remembered."""
    places = [i for i, match in enumerate(matches) if match.stored is not None]
    links = [_links(matches[i], setting) for i in places]
    keys = [_key(matches[i], gathered[i], link, setting.config) for i, link in zip(places, links, strict=True)]

    def make(wanted: Sequence[int]) -> list[dict[str, Any]]:
        return [pack(enrich(matches[places[n]], gathered[places[n]], links[n], setting)) for n in wanted]

    enriched = [Enriched(match) for match in matches]
    for i, packed in zip(places, setting.remember("enriched/1", keys, make), strict=True):
        enriched[i] = unpack(packed, matches[i], gathered[i].problems)
    return tuple(enriched)


def enrich(match: Match, gathered: ItemDocuments, links: dict[int, str], setting: Setting) -> Enriched:
    """Give an item its times, chapters, soundbites and notes. The match has a summary."""
    assert match.stored is not None  # noqa: S101 enrich_all asks for matched items alone
    item, summary, config = match.item, match.stored.summary, setting.config
    marks, unread = read_marks(item, gathered.chapters)
    evidence, unheard = _evidence(match.stored, gathered, item.title)
    timeline = time_summary(summary, item, marks, evidence, setting.remember)
    chapters = list_chapters(marks, _markers(summary, timeline), item, config)
    bites = soundbites(summary, timeline, item)
    source = urlsplit(config.base_url).hostname or config.name
    matter = Matter(summary, timeline, chapters, links, config.label, source)
    notes = write_notes(item, matter, config)
    problems = (*unread, *unheard, *timeline.problems, *chapters.problems, *notes.problems)
    return Enriched(match, marks, timeline, chapters, bites, notes, problems)


def _key(match: Match, gathered: ItemDocuments, links: dict[int, str], config: FeedConfig) -> str:
    """Digest everything that an item's enrichment is made of."""
    assert match.stored is not None  # noqa: S101 enrich_all asks for matched items alone
    documents = [
        [one.shown, one.content_type, hashlib.blake2b(one.body, digest_size=16).hexdigest()] if one else None
        for one in (gathered.chapters, gathered.transcript)
    ]
    parts = [match.item.digest, match.stored.path, match.stored.digest, astuple(config), links, documents]
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()


def _evidence(stored: StoredSummary, gathered: ItemDocuments, title: str) -> tuple[Evidence, tuple[Problem, ...]]:
    """Read the transcripts and the outline."""
    problems: list[Problem] = []

    def read(body: bytes, kind: str, origin: str) -> Transcript | None:
        try:
            return read_transcript(body, kind, origin)
        except TranscriptError as error:
            problems.append(Problem(str(error), title))
            return None

    fetched, beside = gathered.transcript, stored.transcript
    transcript = read(fetched.body, fetched.content_type, fetched.shown) if fetched else None
    companion = read(beside.body, beside.path, _name(beside)) if beside else None
    outline = read_outline(stored.outline.body) if stored.outline else ()
    return Evidence(transcript, companion, outline), tuple(problems)


def _name(companion: Companion) -> str:
    return companion.path.rpartition("/")[2]


def is_readable(transcript: Document) -> bool:
    """Tell whether a document holds a transcript."""
    try:
        read_transcript(transcript.body, transcript.content_type, transcript.shown)
    except TranscriptError:
        return False
    return True


def _markers(summary: Summary, timeline: Timeline) -> tuple[Chapter, ...]:
    """Make a chapter of every topic that has a time."""
    timed = ((timeline.moments.get(path), topic) for path, _, topic in walk(summary.topics))
    return tuple(Chapter(moment.start, topic.title) for moment, topic in timed if moment is not None)


def _links(match: Match, setting: Setting) -> dict[int, str]:
    """Give the pages of the related episodes that are items of this feed."""
    related = match.stored.summary.related if match.stored else ()
    found = ((i, setting.find_page(one.title)) for i, one in enumerate(related))
    return {i: link for i, link in found if link}
