"""One item: time, chapter, write. Here, and in pipeline.py alone, stages meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from enricher.core.chapters import list_chapters
from enricher.core.marks import read_marks
from enricher.core.model import Chapter, Enriched, FeedConfig
from enricher.core.notes import Matter, write_notes
from enricher.core.soundbites import soundbites
from enricher.core.summary import walk
from enricher.core.timing import time_summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from enricher.core.evidence import Evidence, Timeline
    from enricher.core.model import Match, Remember
    from enricher.core.summary import Summary


@dataclass(frozen=True, slots=True)
class Setting:
    """What every item of one feed is enriched with."""

    config: FeedConfig
    find_page: Callable[[str], str | None]
    """A related episode's title to the page of the item that has it."""
    remember: Remember


def enrich(match: Match, evidence: Evidence, setting: Setting) -> Enriched:
    """Give an item its times, chapters, soundbites and notes; an item without a summary gets nothing."""
    if match.stored is None:
        return Enriched(match)
    item, summary, config = match.item, match.stored.summary, setting.config
    marks, unread = read_marks(item, evidence.chapters)
    timeline = time_summary(summary, item, marks, evidence, setting.remember)
    chapters = list_chapters(marks, _markers(summary, timeline), item, config)
    bites = soundbites(summary, timeline, item)
    source = urlsplit(config.base_url).hostname or config.name
    matter = Matter(summary, timeline, chapters, _links(summary, setting), config.label, source)
    notes = write_notes(item, matter, config)
    problems = (*evidence.problems, *unread, *timeline.problems, *chapters.problems, *notes.problems)
    return Enriched(match, marks, timeline, chapters, bites, notes, problems)


def _markers(summary: Summary, timeline: Timeline) -> tuple[Chapter, ...]:
    """Make a chapter of every topic that has a time."""
    timed = ((timeline.moments.get(path), topic) for path, _, topic in walk(summary.topics))
    return tuple(Chapter(moment.start, topic.title) for moment, topic in timed if moment is not None)


def _links(summary: Summary, setting: Setting) -> dict[int, str]:
    found = ((i, setting.find_page(related.title)) for i, related in enumerate(summary.related))
    return {i: link for i, link in found if link}
