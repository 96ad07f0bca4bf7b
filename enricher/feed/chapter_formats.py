"""The two machine carriers of a chapter list, psc:chapters and the file of podcast:chapters, read and written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lxml import etree

from enricher.errors import Problem
from enricher.feed.xml import PODCAST, PSC, tag
from enricher.model.timeline import Mark
from enricher.text import one_line
from enricher.timestamps import clock_ms, parse_clock
from enricher.urls import absolute, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.model.edition import Chapter
    from enricher.model.feed import Document, Item

JSON_CHAPTERS, PSC_CHAPTERS, PSC_CHAPTER = tag(PODCAST, "chapters"), tag(PSC, "chapters"), tag(PSC, "chapter")
_LONGEST = 2 * 86_400.0  # seconds; a later time is a number of something else


def chapters_link(item: Item) -> tuple[str, str] | None:
    """Return the address and type of the item's podcast:chapters file; None where it has none that can be parsed."""
    element = item.element.find(JSON_CHAPTERS)
    url = "" if element is None else (element.get("url") or "").strip()
    return (url, element.get("type") or "") if element is not None and url and split(url) else None


def psc_marks(chapters: etree._Element | None) -> tuple[Mark, ...]:
    """Read psc:chapters, https://podlove.org/simple-chapters/."""
    found = () if chapters is None else chapters.iterchildren(PSC_CHAPTER)
    return _sorted(_mark(c.get("start"), c.get("title"), None, c.get("href"), c.get("image")) for c in found)


def json_marks(item: Item, document: Document | None) -> tuple[tuple[Mark, ...], tuple[Problem, ...]]:
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
    element = item.element.find(JSON_CHAPTERS)
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


def psc_chapters(chapters: Sequence[Chapter]) -> etree._Element:
    """Write psc:chapters 1.2, starts as `HH:MM:SS.mmm`. https://podlove.org/simple-chapters/."""
    element = etree.Element(tag(PSC, "chapters"), version="1.2", nsmap={"psc": PSC})
    for chapter in chapters:
        child = etree.SubElement(element, tag(PSC, "chapter"), start=clock_ms(chapter.start), title=chapter.title)
        if chapter.url is not None:
            child.set("href", chapter.url)
        if chapter.image is not None:
            child.set("image", chapter.image)
    return element


def json_chapters(chapters: Sequence[Chapter]) -> bytes:
    """Write JSON chapters 1.2, compact and in a fixed order, so that the same list is the same bytes.

    https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters/jsonChapters.md
    """
    body = {"version": "1.2.0", "chapters": [dict(_json_entry(chapter)) for chapter in chapters]}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _json_entry(chapter: Chapter) -> Iterator[tuple[str, Any]]:
    yield "startTime", _number(chapter.start)
    yield "title", chapter.title
    if chapter.end is not None:
        yield "endTime", _number(chapter.end)
    if chapter.url is not None:
        yield "url", chapter.url
    if chapter.image is not None:
        yield "img", chapter.image


def _number(seconds: float) -> float:
    """Write whole seconds without a point, others to the millisecond, as psc:chapters has them."""
    return int(seconds) if seconds == int(seconds) else round(seconds, 3)
