"""The matched items of a feed enriched; what was made of the same inputs before comes from the store."""

from __future__ import annotations

import hashlib
import math
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from enricher.enrich.chapters import shown_chapters
from enricher.enrich.item import enrich_item
from enricher.enrich.layout import Surroundings
from enricher.errors import FeedError, Problem
from enricher.feed.chapter_formats import chapters_link
from enricher.feed.item import has_transcript, read_item, transcript_links
from enricher.matching.match import page_of
from enricher.model.edition import ChapterList, Enriched, File, Notes, Soundbite, TranscriptFile
from enricher.model.feed import ItemDocuments
from enricher.model.timeline import Marks, Timeline
from enricher.pages.vtt import webvtt
from enricher.pipeline.unchanged import code_digest
from enricher.summaries.lost_names import name_the_guest
from enricher.timing.evidence import ends_of, evidence_of, is_transcript, language_of
from enricher.timing.same_audio import is_length_wrong
from enricher.timing.timeline import time_summary
from enricher.translations import words_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from enricher.http.feed_fetcher import FeedFetcher, LazyDocument
    from enricher.model.edition import Match
    from enricher.model.feed import Document, FeedConfig, Item, PublisherContent
    from enricher.model.summary import Companion
    from enricher.model.timeline import Cue
    from enricher.pipeline.pages import Pages
    from enricher.publish.staging import Staging
    from enricher.store.store import Store

Files = tuple[File | None, TranscriptFile | None]
Additions = tuple[Marks, Timeline, ChapterList, tuple[Soundbite, ...], Notes, tuple[Problem, ...], Files]
"""Everything of an Enriched but its match; of its page and transcript not the bytes, but which bytes they are."""


@dataclass(frozen=True, slots=True)
class Enrichment:
    """What every item of one feed is enriched with."""

    config: FeedConfig
    fetch: FeedFetcher
    store: Store
    find: Callable[[str], Item | None]
    """A related episode's title to the item that has it."""
    language: str | None
    """The feed's, by which one of several transcripts is chosen."""
    staging: Staging
    """Where pages and transcripts wait to be published."""
    pages: Pages | None

    def enrich_all(self, matches: Sequence[Match]) -> tuple[Enriched, ...]:
        """Enrich every item that has a summary, one after another: one item's transcripts are in memory at once."""
        plans = [_Plan(self, match) for match in matches if match.stored is not None]
        known = self.store.results([plan.key for plan in plans])
        fresh: dict[str, bytes] = {}
        enriched: dict[int, Enriched] = {}
        for plan in plans:
            one = _decoded(known.get(plan.key), plan.match)
            if one is None or not all(self.staging.holds(file) for file in files_of(one)):
                one = plan.make()
                with suppress(UnicodeEncodeError):  # half a character in a summary: made again each time
                    fresh[plan.key] = _encoder.encode(_additions(one))
            enriched[id(plan.match)] = replace(one, problems=(*plan.problems, *one.problems))
        self.store.save_results(fresh)
        return tuple(enriched.get(id(match)) or Enriched(match) for match in matches)


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Additions)


def _additions(one: Enriched) -> Additions:
    # Marks and cues are what chapters and soundbites were made of; nobody asks for them again.
    timeline, files = replace(one.timeline, cues=(), problems=()), (one.page, one.transcript)
    return (Marks(one.marks.source), timeline, one.chapters, one.soundbites, one.notes, one.problems, files)


def files_of(one: Enriched) -> tuple[File, ...]:
    """Return the files that wait or are published for an item."""
    return tuple(file for file in (one.page, one.transcript) if file is not None)


def _decoded(packed: bytes | None, match: Match) -> Enriched | None:
    try:
        if packed:
            marks, timeline, chapters, bites, notes, problems, files = _decoder.decode(packed)
            return Enriched(match, marks, timeline, chapters, bites, notes, problems, *files)
    except (msgspec.DecodeError, UnicodeDecodeError):  # damaged: made again
        return None
    return None


def _believed(item: Item, chapters: Document | None, ends: Sequence[float]) -> tuple[Item, PublisherContent]:
    """Read an item, without the length that it says its audio has if everything else contradicts that (C41).

    `ends` are the last times of the summary and of the transcripts.
    """
    content = read_item(item, chapters)
    if item.duration is None or not is_length_wrong(item.duration, [*ends, math.inf]):  # whatever the marks say
        return item, content
    unknown = replace(item, duration=None)
    without = read_item(unknown, chapters)
    ends = [*ends, *(mark.start for mark in without.marks.marks[-1:])]
    return (unknown, without) if is_length_wrong(item.duration, ends) else (item, content)


class _Plan:
    """One matched item: its files' digests, and the key of what is made of it."""

    def __init__(self, feed: Enrichment, match: Match) -> None:
        assert match.stored is not None  # noqa: S101 items without a summary are left as they are
        self.match, self._stored, self._feed = match, match.stored, feed
        self.problems: list[Problem] = []
        related = ((i, page_of(feed.find(one.title))) for i, one in enumerate(self._stored.summary.related))
        self._links: Mapping[int, str] = {i: page for i, page in related if page}
        self._page = feed.pages.path(match.item, self._stored.path) if feed.pages else None
        link = chapters_link(match.item)
        self._chapters = self._file(link[0]) if link else None
        self._transcripts = transcript_links(match.item, feed.language)
        # Only the first transcript is requested, and those that an earlier run fell back on.
        self._files: dict[str, LazyDocument | None] = {
            one.url: self._file(one.url)
            for i, one in enumerate(self._transcripts)
            if not i or feed.store.find_document(one.url)
        }
        digests = [file.digest if file else None for file in (self._chapters, *self._files.values())]
        made_of = (match.item.digest, self._stored.path, self._stored.digest, self._links, feed.language)
        parts = [code_digest(), *made_of, digests]
        if feed.pages and self._page:
            parts += [self._page, feed.pages.key(match.item)]
        self.key = hashlib.blake2b(
            repr([*parts, feed.config]).encode("utf-8", "surrogatepass"), digest_size=16
        ).hexdigest()

    def make(self) -> Enriched:
        """Read the item's files and the summary's companions, and enrich it."""
        item, problems = self.match.item, list[Problem]()
        transcript = self._transcript(problems)
        documents = ItemDocuments(self._chapters.read() if self._chapters else None, transcript)
        companions = self._feed.store.summaries.companions(self._stored.path)
        summary = name_the_guest(self._stored.summary)
        stored = replace(self._stored, summary=summary, transcript=companions[0], outline=companions[1])
        evidence, unread = evidence_of(stored, documents, item.title)
        item, content = _believed(item, documents.chapters, [*ends_of(stored.summary, evidence)])
        timeline = time_summary(stored.summary, item, content.marks, evidence)
        page = f"{self._feed.config.base_url}/{self._page}" if self._page else None
        around = Surroundings(words_for(self._feed.language or ""), self._links, page)
        one = enrich_item(replace(self.match, item=item, stored=stored), content, timeline, around, self._feed.config)
        cues = () if has_transcript(item) or self._feed.config.transcripts == "off" else timeline.beside
        return replace(
            one,
            match=self.match,
            problems=(*problems, *unread, *one.problems),
            page=self._write_page(one, timeline, shown_chapters(one.chapters, content.marks), cues),
            transcript=self._write_transcript(cues, companions[0]),
        )

    def _write_page(self, one: Enriched, timeline: Timeline, chapters: ChapterList, cues: Sequence[Cue]) -> File | None:
        """Make the item's page while the transcript is at hand."""
        if self._feed.pages is None or self._page is None or one.match.stored is None:
            return None
        body = self._feed.pages.make(one.item, one.match.stored.summary, timeline, chapters, cues)
        return self._feed.staging.add(self._page, body)

    def _write_transcript(self, cues: Sequence[Cue], companion: Companion | None) -> TranscriptFile | None:
        """Write the transcript beside the summary for apps, under a name that changes with its content (C52)."""
        if not cues or companion is None:
            return None
        body = webvtt(cues)
        name = f"{self._feed.config.file_name}/transcripts/{hashlib.sha256(body).hexdigest()[:16]}.vtt"
        file = self._feed.staging.add(name, body)
        return TranscriptFile(file.path, file.digest, file.size, language_of(companion.path, self._stored.path))

    def _transcript(self, problems: list[Problem]) -> Document | None:
        """Return the best of the item's transcripts that can be had and read."""
        for link in self._transcripts:
            file = self._files[link.url] if link.url in self._files else self._file(link.url)
            if file is None:
                continue
            document = file.read()
            document = replace(document, content_type=document.content_type or link.kind)
            if is_transcript(document):
                return document
            problems.append(Problem(f"{document.shown}: there is no transcript in it", self._title))
        return None

    @property
    def _title(self) -> str:
        return self.match.item.title

    def _file(self, url: str) -> LazyDocument | None:
        try:
            return self._feed.fetch.attachment(url)
        except FeedError as error:
            self.problems.append(Problem(str(error), self._title))
            return None
