"""What one item of the publisher's has already: chapters, notes, soundbites, and links to files about it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from enricher.errors import Problem
from enricher.feed.xml import CONTENT, ITUNES, PODCAST, PSC, inner, tag
from enricher.model.feed import NotesFields, PublisherContent
from enricher.model.timeline import Mark, Marks, tolerance
from enricher.text import one_line
from enricher.timestamp_lists import read_text
from enricher.timestamps import parse_clock
from enricher.urls import absolute, split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from enricher.model.feed import Document, Item

_NOTES = {"description": "description", "content": tag(CONTENT, "encoded"), "summary": tag(ITUNES, "summary")}
_JSON_CHAPTERS, _PSC_CHAPTERS, _PSC_CHAPTER = tag(PODCAST, "chapters"), tag(PSC, "chapters"), tag(PSC, "chapter")
_TRANSCRIPT, _SOUNDBITE = tag(PODCAST, "transcript"), tag(PODCAST, "soundbite")
# Durations are rounded, and some are the sum of the parts: a mark a little past the end is no sign of another timeline.
_LONGEST = 2 * 86_400.0  # seconds; a later time is a number of something else
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
    psc = item.element.find(_PSC_CHAPTERS)
    loaded, problems = _json_marks(item, chapters)
    carriers = (("psc", _psc_marks(psc)), ("json", loaded), ("notes", listed.marks))
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
            has_psc=psc is not None and psc.find(_PSC_CHAPTER) is not None,
            has_json=item.element.find(_JSON_CHAPTERS) is not None
            and (chapters is None or bool(problems) or any(not mark.hidden for mark in loaded)),
            in_notes=listed.is_list,
        ),
        notes=notes,
        soundbites=tuple(own_soundbites(item)),
        problems=problems,
    )


def chapters_link(item: Item) -> tuple[str, str] | None:
    """Return the address and type of the item's podcast:chapters file; None where it has none that can be parsed."""
    element = item.element.find(_JSON_CHAPTERS)
    url = "" if element is None else (element.get("url") or "").strip()
    return (url, element.get("type") or "") if element is not None and url and split(url) else None


def transcript_links(item: Item, language: str | None) -> tuple[TranscriptLink, ...]:
    """Return an item's podcast:transcript links, best first: in the feed's `language`, then JSON, VTT, SRT, HTML."""
    links: dict[str, TranscriptLink] = {}
    for child in item.element.iterchildren(_TRANSCRIPT):
        url, kind, spoken = ((child.get(name) or "").strip() for name in ("url", "type", "language"))
        if url and split(url):
            links.setdefault(url, TranscriptLink(url, kind.lower(), spoken or None))
    return tuple(sorted(links.values(), key=lambda link: (_is_foreign(link.language, language), _rank(link))))


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


def _psc_marks(chapters: etree._Element | None) -> tuple[Mark, ...]:
    """Read psc:chapters, https://podlove.org/simple-chapters/."""
    found = () if chapters is None else chapters.iterchildren(_PSC_CHAPTER)
    return _sorted(_mark(c.get("start"), c.get("title"), None, c.get("href"), c.get("image")) for c in found)


def _json_marks(item: Item, document: Document | None) -> tuple[tuple[Mark, ...], tuple[Problem, ...]]:
    """Read https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters/jsonChapters.md."""
    if document is None:
        return (), _unread_address(item)
    try:
        found = json.loads(document.body)["chapters"]
        return _sorted(_json_mark(entry) for entry in found if isinstance(entry, dict)), ()
    except (ValueError, KeyError, TypeError, RecursionError):
        said = f"the publisher's chapters file {document.shown} is no JSON chapters; it is left as it is"
        return (), (Problem(said, item.title),)


def _unread_address(item: Item) -> tuple[Problem, ...]:
    """Yield a podcast:chapters whose address cannot be parsed, such as `http://[x]/` (contract C57)."""
    element = item.element.find(_JSON_CHAPTERS)
    if element is None or not (element.get("url") or "").strip() or chapters_link(item):
        return ()
    return (Problem("the address of its chapters file cannot be read; it is left as it is", item.title),)


def _json_mark(entry: dict[str, Any]) -> Mark | None:
    mark = _mark(entry.get("startTime"), entry.get("title"), entry.get("endTime"), entry.get("url"), entry.get("img"))
    # Some write `toc: null` for what they do not say.
    hidden = mark is not None and entry.get("toc") in (False, "false")
    return Mark(mark.start, mark.title, mark.end, hidden=True) if mark and hidden else mark


def _mark(start: object, title: object, end: object, url: object, image: object) -> Mark | None:
    """Make a mark of whatever a carrier says; None without a sound time and a title."""
    seconds, name = _seconds(start), one_line(title) if isinstance(title, str) else ""
    return None if seconds is None or not name else Mark(seconds, name, _seconds(end), _web(url), _web(image))


def _seconds(value: object) -> float | None:
    if isinstance(value, str):
        value = parse_clock(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # To the millisecond, as it is written: finer, two carriers could round to different seconds.
    return round(float(value), 3) if 0 <= value < _LONGEST else None


def _web(value: object) -> str | None:
    found = absolute(value.strip().replace(" ", "%20")) if isinstance(value, str) else None
    return found if found and found.lower().startswith("http") else None


def _sorted(marks: Iterator[Mark | None]) -> tuple[Mark, ...]:
    return tuple(sorted((mark for mark in marks if mark is not None), key=lambda mark: mark.start))


def _within(marks: tuple[Mark, ...], duration: float | None) -> tuple[Mark, ...]:
    """Drop marks past the end; where they lie far past it, the whole list is on another timeline."""
    if duration is None or not marks:
        return marks
    if marks[-1].start > duration + tolerance(duration):
        return ()
    return tuple(mark for mark in marks if mark.start < duration)
