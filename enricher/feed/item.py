"""The publisher's own chapters of one item: psc:chapters, the podcast:chapters file, an outline in the notes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lxml import etree

from enricher.clock import parse_clock
from enricher.errors import Problem
from enricher.feed import namespaces as ns
from enricher.feed.markup import inner
from enricher.model.timeline import Mark, Marks
from enricher.text import one_line
from enricher.timestamps import read_outline, read_text
from enricher.urls import absolute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enricher.model.feed import Document, Item

__all__ = ["chapters_link", "read_marks", "read_outline"]

_NOTES = (ns.tag(ns.CONTENT, "encoded"), "description", ns.tag(ns.ITUNES, "summary"))
_CHAPTERS = ns.tag(ns.PODCAST, "chapters")
_SLACK_SECONDS = 60.0
_SLACK_SHARE = 0.02
_DAY = 86_400.0


def read_marks(item: Item, chapters: Document | None) -> tuple[Marks, tuple[Problem, ...]]:
    """Read the item's own chapters, the richest carrier first: psc:chapters, podcast:chapters, notes.

    `chapters` is the file that podcast:chapters points at, where it could be had. Marks that lie past the end of the
    audio belong to another timeline and are not trusted.
    """
    psc, has_psc = _psc(item.element)
    loaded, problems = _json(item, chapters)
    texts = dict.fromkeys(inner(item.element.find(tag)) or "" for tag in _NOTES)
    notes = max((read_text(text, item.duration) for text in texts), key=lambda x: len(x.marks))
    source, marks = next(
        ((name, found) for name, found in (("psc", psc), ("json", loaded), ("notes", notes.marks)) if found),
        ("none", ()),
    )
    believed = _within(marks, item.duration)
    if marks and not believed:
        problems += (Problem("the publisher's chapter marks run past the end of the audio; not trusted", item.title),)
    return Marks(
        source if believed else "none",  # type: ignore[arg-type] # one of the four literals
        believed,
        has_psc=has_psc,
        has_json=item.element.find(_CHAPTERS) is not None,
        in_notes=notes.is_list,
    ), problems


def chapters_link(item: Item) -> tuple[str, str] | None:
    """Give the address and type of the item's podcast:chapters file."""
    element = item.element.find(_CHAPTERS)
    if element is None or not (element.get("url") or "").strip():
        return None
    return (element.get("url") or "").strip(), element.get("type") or ""


def _psc(element: etree._Element) -> tuple[tuple[Mark, ...], bool]:
    """Read psc:chapters, and tell whether it is there. https://podlove.org/simple-chapters/."""
    for child in element.iterchildren("{*}chapters"):
        if ns.PSC_ALIAS.fullmatch(etree.QName(child).namespace or ""):
            marks = (
                _mark(c.get("start"), c.get("title"), None, c.get("href"), c.get("image"))
                for c in child.iterchildren("{*}chapter")
            )
            return _sorted(marks), True
    return (), False


def _json(item: Item, document: Document | None) -> tuple[tuple[Mark, ...], tuple[Problem, ...]]:
    if document is None:
        return (), ()
    try:
        found = json.loads(document.body)["chapters"]
        return _sorted(_json_mark(entry) for entry in found if isinstance(entry, dict)), ()
    except (ValueError, KeyError, TypeError, RecursionError):
        said = f"the publisher's chapters file {document.shown} is no JSON chapters; it is left as it is"
        return (), (Problem(said, item.title),)


def _json_mark(entry: dict[str, Any]) -> Mark | None:
    mark = _mark(entry.get("startTime"), entry.get("title"), entry.get("endTime"), entry.get("url"), entry.get("img"))
    return mark if mark is None or entry.get("toc", True) else Mark(mark.start, mark.title, mark.end, hidden=True)


def _mark(start: object, title: object, end: object, url: object, image: object) -> Mark | None:
    """Make a mark of whatever a carrier says; None without a sound time and a title."""
    seconds, name = _seconds(start), one_line(title) if isinstance(title, str) else ""
    if seconds is None or not name:
        return None
    return Mark(seconds, name, _seconds(end), _web(url), _web(image))


def _seconds(value: object) -> float | None:
    if isinstance(value, str):
        value = parse_clock(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # To the millisecond, as it is written: finer, two carriers could round to different seconds.
    return round(float(value), 3) if 0 <= value < _DAY * 2 else None


def _web(value: object) -> str | None:
    found = absolute(value.strip().replace(" ", "%20")) if isinstance(value, str) else None
    return found if found and found.lower().startswith("http") else None


def _sorted(marks: Iterator[Mark | None]) -> tuple[Mark, ...]:
    return tuple(sorted((mark for mark in marks if mark is not None), key=lambda mark: mark.start))


def _within(marks: tuple[Mark, ...], duration: float | None) -> tuple[Mark, ...]:
    """Drop marks past the end; where they lie far past it, the whole list is on another timeline."""
    if duration is None or not marks:
        return marks
    slack = max(_SLACK_SECONDS, duration * _SLACK_SHARE)
    if marks[-1].start > duration + slack:
        return ()
    return tuple(mark for mark in marks if mark.start < duration)
