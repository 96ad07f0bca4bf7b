"""What one item of the publisher's has already: chapters, notes, soundbites, and links to files about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from enricher.errors import Problem
from enricher.feed.chapter_formats import JSON_CHAPTERS, PSC_CHAPTER, PSC_CHAPTERS, json_marks, psc_marks
from enricher.feed.xml import CONTENT, ITUNES, PODCAST, inner, tag
from enricher.model.feed import NotesFields, PublisherContent
from enricher.model.timeline import Mark, Marks, tolerance
from enricher.timestamp_lists import read_text
from enricher.urls import split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enricher.model.feed import Document, Item

_NOTES = {"description": "description", "content": tag(CONTENT, "encoded"), "summary": tag(ITUNES, "summary")}
TRANSCRIPT, _SOUNDBITE = tag(PODCAST, "transcript"), tag(PODCAST, "soundbite")
_FORMATS = (("json",), ("vtt",), ("srt", "subrip"), ("html",))


@dataclass(frozen=True, slots=True)
class TranscriptLink:
    """A podcast:transcript of an item.

    https://podcasting2.org/docs/podcast-namespace/tags/transcript
    """

    url: str
    kind: str
    """Its MIME type as declared; may be wrong or empty."""
    language: str | None = None


def read_item(item: Item, chapters: Document | None) -> PublisherContent:
    """Read what the item has of its own; `chapters` is the file of its podcast:chapters, where it could be had.

    The richest carrier of chapters counts: psc:chapters, podcast:chapters, a list in the notes (contract C39). Marks
    that lie past the end of the audio belong to another timeline and are not trusted.
    """
    notes = notes_fields(item)
    texts = dict.fromkeys((notes.content or "", notes.description or "", notes.summary or ""))
    listed = max((read_text(text, item.duration) for text in texts), key=lambda x: len(x.marks))
    psc = item.element.find(PSC_CHAPTERS)
    loaded, problems = json_marks(item, chapters)
    carriers = (("psc", psc_marks(psc)), ("json", loaded), ("notes", listed.marks))
    shown = ((name, found) for name, found in carriers if any(not mark.hidden for mark in found))
    source, marks = next(shown, ("none", ()))
    believed = _within(marks, item.duration)
    if marks and not believed:
        problems += (Problem("the publisher's chapter marks run past the end of the audio; not trusted", item.title),)
    return PublisherContent(
        marks=Marks(
            source if believed else "none",  # type: ignore[arg-type] # one of the four literals
            believed,
            # An empty list, or one that is all hidden, is none; a file that could not be had may be one.
            has_psc=psc is not None and psc.find(PSC_CHAPTER) is not None,
            has_json=item.element.find(JSON_CHAPTERS) is not None
            and (chapters is None or bool(problems) or any(not mark.hidden for mark in loaded)),
            in_notes=listed.is_list,
        ),
        notes=notes,
        soundbites=tuple(own_soundbites(item)),
        problems=problems,
    )


def transcript_links(item: Item, language: str | None) -> tuple[TranscriptLink, ...]:
    """Return an item's podcast:transcript links, best first: in the feed's `language`, then JSON, VTT, SRT, HTML."""
    links: dict[str, TranscriptLink] = {}
    for child in item.element.iterchildren(TRANSCRIPT):
        url, kind, spoken = ((child.get(name) or "").strip() for name in ("url", "type", "language"))
        if url and split(url):
            links.setdefault(url, TranscriptLink(url, kind.lower(), spoken or None))
    return tuple(sorted(links.values(), key=lambda link: (_is_foreign(link.language, language), _rank(link))))


def has_transcript(item: Item) -> bool:
    """Check whether an item has a podcast:transcript of its own, whatever becomes of it."""
    return item.element.find(TRANSCRIPT) is not None


def _is_foreign(language: str | None, wanted: str | None) -> bool:
    """Check whether a transcript is in another language than the feed's, which it has where it names none."""
    if not language or not wanted:
        return False
    return re.split("[-_]", language.lower())[0] != re.split("[-_]", wanted.strip().lower())[0]


def _rank(link: TranscriptLink) -> int:
    """Rank by the declared type, else by the suffix: some hosts declare `application/octet-stream` for everything."""
    path = link.url.partition("?")[0].partition("#")[0].lower()
    for described in (link.kind, path.rsplit(".", 1)[-1]):
        for rank, names in enumerate(_FORMATS):
            if any(name in described for name in names):
                return rank
    return len(_FORMATS)


def notes_fields(item: Item) -> NotesFields:
    """Read the notes as they stand; elements that should have been escaped are markup all the same."""
    fields = {name: item.element.find(full) for name, full in _NOTES.items()}
    marked_up = frozenset(name for name, element in fields.items() if element is not None and len(element))
    return NotesFields(**{name: inner(element) for name, element in fields.items()}, marked_up=marked_up)


def own_soundbites(item: Item) -> Iterator[tuple[float, float]]:
    """Visit start and duration, https://podcasting2.org/docs/podcast-namespace/tags/soundbite."""
    for child in item.element.iterchildren(_SOUNDBITE):
        try:
            yield float(child.get("startTime", "")), float(child.get("duration", ""))
        except ValueError:
            continue


def _within(marks: tuple[Mark, ...], duration: float | None) -> tuple[Mark, ...]:
    """Drop marks past the end; where they lie far past it, the whole list is on another timeline."""
    if duration is None or not marks:
        return marks
    if marks[-1].start > duration + tolerance(duration):
        return ()
    return tuple(mark for mark in marks if mark.start < duration)
