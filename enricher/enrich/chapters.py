"""Moments and marks to one list of chapters, by the rules that apps demand (contract C28 to C39)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from enricher.errors import Problem
from enricher.model.edition import Chapter, ChapterList
from enricher.text import cut, fold, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from enricher.model.feed import FeedConfig, Item
    from enricher.model.timeline import Marks

_LEAST = 3
_TITLE = 128


def list_chapters(marks: Marks, wanted: Sequence[Chapter], item: Item, config: FeedConfig) -> ChapterList:
    """Make the item's chapter list, and say which carriers are written from it.

    `wanted` are our own markers in any order. The publisher's list comes first, whole; ours keep `chapter_gap` seconds
    from it and from each other.
    """
    if config.chapters == "off":
        return ChapterList()
    theirs = marks.has_psc or marks.has_json or marks.in_notes
    lines = config.notes != "off" and not marks.in_notes
    if config.chapters == "summary" or not theirs:
        ours = _with_intro(_apart(_whole(wanted), (), config.chapter_gap), config)
        chapters = _inside(ours, item)
        if len(chapters) >= _LEAST:
            return ChapterList(chapters, psc=True, json=True, lines=lines)
    if config.chapters == "merge" and marks.marks:
        merged = _merged(marks, wanted, item, config)
        if merged:
            return ChapterList(merged, psc=True, json=True, lines=lines)
    return _filled(marks, item, config, lines=lines) if theirs else ChapterList()


def shown_chapters(listed: ChapterList, marks: Marks) -> ChapterList:
    """Return what a page shows: the item's list, else the publisher's own where every carrier has it already."""
    return listed if listed.chapters else ChapterList(_clean(_visible(marks)))


def _merged(marks: Marks, wanted: Sequence[Chapter], item: Item, config: FeedConfig) -> tuple[Chapter, ...]:
    """Put our markers between the publisher's; empty where none of ours finds room."""
    theirs = _clean(_visible(marks))
    titles = {fold(chapter.title) for chapter in theirs}
    fresh = [chapter for chapter in wanted if fold(chapter.title) not in titles]
    ours = _inside(_apart(_whole(fresh), theirs, config.chapter_gap), item)
    merged = _inside(_with_intro(sorted((*theirs, *ours), key=lambda c: c.start), config), item)
    return merged if ours and len(merged) >= _LEAST else ()


def _filled(marks: Marks, item: Item, config: FeedConfig, *, lines: bool) -> ChapterList:
    """Fill only the carriers that the publisher's list lacks, from that list."""
    if not (marks.has_psc or marks.has_json):
        chapters = _inside(_with_intro(_clean(_visible(marks)), config), item)
        if len(chapters) < _LEAST:
            return ChapterList()
        return ChapterList(chapters, psc=True, json=True)
    chapters = _visible(marks)
    if not chapters or marks.source == "notes" or (marks.source == "json" and marks.has_psc):
        return ChapterList()
    reason = _unfit(chapters, item)
    if reason:
        said = f"the publisher's chapters {reason}, as apps do not take them; they are left as they are"
        return ChapterList(chapters, problems=(Problem(said, item.title),))
    # A title that is too long or holds a `<`, or an end that is none, costs itself, not the list in the other carriers.
    chapters = _inside(_with_intro(_clean(chapters), config), item)
    return ChapterList(chapters, psc=not marks.has_psc, json=not marks.has_json, lines=lines)


def _visible(marks: Marks) -> tuple[Chapter, ...]:
    return tuple(Chapter(m.start, m.title, m.end, m.url, m.image) for m in marks.marks if not m.hidden)


def _unfit(chapters: Sequence[Chapter], item: Item) -> str | None:
    """Return why a list cannot stand in every carrier as it is."""
    seconds = [int(chapter.start) for chapter in chapters]
    if len(chapters) < _LEAST:
        return f"are fewer than {_LEAST}"
    if seconds[0] != 0:
        return "do not begin at 0"
    if any(a >= b for a, b in pairwise(seconds)):
        return "share a second"
    if len(_inside(_clean(chapters), item)) != len(chapters):
        return "have times beyond the end, or no titles"
    return None


def _clean(chapters: Iterable[Chapter]) -> tuple[Chapter, ...]:
    """Sort, keep the first of each whole second, and make titles plain, short and not empty."""
    found: dict[int, Chapter] = {}
    for chapter in sorted(chapters, key=lambda c: c.start):
        title = cut(one_line(chapter.title.replace("<", "‹").replace(">", "›")), _TITLE)
        if title and chapter.start >= 0:
            found.setdefault(int(chapter.start), replace(chapter, title=title))
    return tuple(found.values())


def _whole(ours: Iterable[Chapter]) -> tuple[Chapter, ...]:
    """Clean markers of ours, which begin at whole seconds: some apps drop fractions."""
    return _clean(replace(one, start=float(int(one.start))) for one in ours if one.start >= 0)


def _apart(ours: Sequence[Chapter], theirs: Sequence[Chapter], gap: int) -> tuple[Chapter, ...]:
    """Keep those of ours that stand apart from the publisher's and from the earlier of ours."""
    kept: list[Chapter] = []
    taken = sorted(int(chapter.start) for chapter in theirs)
    for chapter in ours:
        start = int(chapter.start)
        last = int(kept[-1].start) if kept else None
        if 0 < start < gap or (last is not None and start - last < gap):
            continue
        if not any(abs(start - other) < gap for other in taken):
            kept.append(chapter)
    return tuple(kept)


def _with_intro(chapters: Sequence[Chapter], config: FeedConfig) -> tuple[Chapter, ...]:
    """Put a neutral chapter at 0 where the first is later."""
    if not chapters:
        return ()
    if int(chapters[0].start) == 0:
        return (replace(chapters[0], start=0.0), *chapters[1:])
    title = cut(one_line(config.intro.replace("<", "‹").replace(">", "›")), _TITLE) or "Intro"
    return (Chapter(0.0, title), *chapters)


def _inside(chapters: Sequence[Chapter], item: Item) -> tuple[Chapter, ...]:
    """Drop what begins at or after the end, and ends that are no ends."""
    end = item.duration
    kept = [chapter for chapter in chapters if end is None or chapter.start < end]
    return tuple(replace(c, end=None) if c.end is not None and c.end <= c.start else c for c in kept)
