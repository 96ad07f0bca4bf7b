"""Lists of titled times that people write into notes and summaries: judged as a list, not line by line."""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from enricher.model.timeline import Mark
from enricher.text import decode, lines_of, looks_html
from enricher.timestamp_lines import Entry, running_times, tidy, times_before, times_behind, times_on_own_lines
from enricher.timestamps import BOOKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_POINTED = re.compile(
    r"(?:[-*•·>][ \t]+)?[*_\[(]{0,3}(?P<minutes>\d{2,3})\.(?P<seconds>[0-5]\d)[*_\])]{0,3}(?=\s+[*_]{0,2}[^\W\d_]{2})"
)
_VERSES = re.compile(rf"\b(?:{BOOKS})$", re.IGNORECASE)
_LEAST, _MANY = 3, 6
_ASCENDING = 0.8
_LATEST_START = 900.0
_DAY = 24 * 60.0  # what would be the last hour of a day, were it no time of an episode
_SHARE = 0.3
_CUE = 15.0


@dataclass(frozen=True, slots=True)
class Outline:
    """Titled times of one text in time order, and whether a reader would take them for a list of chapters."""

    marks: tuple[Mark, ...] = ()
    is_list: bool = False


def read_text(text: str, duration: float | None = None) -> Outline:
    """Find the outline in notes, HTML or plain text, in any shape; `duration` is the audio's seconds."""
    if not looks_html(text) and "&" in text:
        text = html.unescape(text)  # once, as HTML is: <dialog> is a word of a title there
    entries = find_list(lines_of(text), duration)
    return Outline(tuple(Mark(one.start, one.title) for one in entries), is_list=bool(entries))


def read_outline(body: bytes) -> tuple[Mark, ...]:
    """Read an outline file: lines of `M:SS Title`. Lines that are none are passed over."""
    lines = [tidy(line) for line in decode(body).splitlines()]
    return tuple(Mark(one.start, one.title) for one in _ascending(list(times_before(lines))))


def find_list(lines: Sequence[str], duration: float | None = None, headings: Sequence[int] = ()) -> list[Entry]:
    """Find the list of titled times among lines; empty where there is none.

    Of several lists, such as one of the songs and one of the chapters, the longest that begins at 0 is taken, and none
    of a transcript, a few seconds each. Below the lines that are `headings` another list may begin.
    """
    lines = [tidy(line) for line in lines]
    found = [
        *_lists(list(times_before(lines)), headings),
        *(one for one in _lists(_first_from_0(list(times_behind(lines))), headings) if not _could_be_lengths(one)),
        *_lists(list(times_on_own_lines(lines))),
        *(one for one in _lists(list(running_times(lines))) if one[0].start == 0 or len(one) >= _MANY),
    ]
    lists = [scaled for one in found if (scaled := _judged(one, duration))]
    lists = [one for one in lists if median(b.start - a.start for a, b in pairwise(one)) > _CUE] or lists
    longest = max(map(len, lists), default=0)
    worthy = [one for one in lists if len(one) * _LEAST >= longest]
    best = max(worthy, key=lambda one: (one[0].start == 0, len(one)), default=[])
    if best and all(one.title.endswith(" at") for one in best):
        best = [one._replace(title=one.title.removesuffix(" at")) for one in best]
    return best


def with_colons(lines: list[str]) -> list[str]:
    """Write `00.00 Intro`, `05.12 The dance` with colons: from 00.00 on in order, two digits each, one below the other.

    For summaries alone, since numbers with points are many things. Prices, degrees and offsets are round, and lessons
    count by ones: of times, not all are on ten seconds, and none is within a few of another.
    """
    found = {i: one for i, line in enumerate(lines) if (one := _POINTED.match(line))}
    starts = [int(one["minutes"]) * 60 + int(one["seconds"]) for one in found.values()]
    filled = [i for i, line in enumerate(lines) if line]
    together = len(found) > _LEAST and filled.index(max(found)) - filled.index(min(found)) == len(found) - 1
    if not together or starts[0] or all(start % 10 == 0 for start in starts):
        return lines
    if min(b - a for a, b in pairwise(starts)) < _CUE / 3:
        return lines
    colons = {i: f"{one['minutes']}:{one['seconds']}" for i, one in found.items()}
    return [f"{colons[i]}{line[found[i].end() :]}" if i in found else line for i, line in enumerate(lines)]


def _first_from_0(entries: list[Entry]) -> list[Entry]:
    """Read "Intro (2:43)" above "The dance (2:43–11:55)" and more ranges as what ends where the next one begins."""
    others = entries[1:]
    if len(others) < _LEAST - 1 or entries[0].end is not None or any(one.end is None for one in others):
        return entries
    first = entries[0]
    return [first._replace(start=0.0, end=first.start), *others] if first.start == others[0].start else entries


def _lists(entries: Sequence[Entry], headings: Sequence[int] = ()) -> Iterator[list[Entry]]:
    """Part entries where the time goes back to the beginning, and keep what is in order and could be chapters."""
    parted: list[list[Entry]] = [[]]
    for one in entries:
        now = parted[-1]
        if now and one.start < now[0].start + (len(now) >= _LEAST):
            parted.append([])
        parted[-1].append(one)
    for found in parted:
        above = [bisect_left(headings, one.lines[0]) for one in found]
        back = (i for i, (a, b) in enumerate(pairwise(found), 1) if b.start < a.start)
        edges = [0, *(i for i in back if above[i - 1] < above[i]), len(found)]
        several = [found[i:j] for i, j in pairwise(edges)] if len(edges) > 2 else []  # noqa: PLR2004 none but the ends
        if not (several and all(len(one) >= _LEAST for one in several)) and (kept := _in_order(found)):
            yield kept
        else:
            for part in several:
                yield from _lists(part)


def _in_order(found: list[Entry]) -> list[Entry]:
    """Return what of a list is in order, if nearly all is, or what stands at its beginning."""
    kept = _ascending(found)
    if len(kept) >= max(_LEAST, _ASCENDING * len({one.start for one in found})):
        return kept
    if not found or found[0].start > 0:
        return []
    # Other times stand below it, those of books or of songs.
    count = next((i for i, (a, b) in enumerate(pairwise(found), 1) if b.start <= a.start), len(found))
    return found[:count] if count >= _LEAST else []


def _ascending(entries: Sequence[Entry]) -> list[Entry]:
    """Keep the longest strictly ascending run, which drops a stray time or a repeated list."""
    tails: list[float] = []
    ends: list[int] = []
    before: list[int] = []
    for i, one in enumerate(entries):
        place = bisect_left(tails, one.start)
        before.append(ends[place - 1] if place else -1)
        if place < len(tails) and tails[place] == one.start:
            continue  # the first of equal times stays
        tails[place : place + 1] = [one.start]
        ends[place : place + 1] = [i]
    kept, i = [], ends[-1] if ends else -1
    while i >= 0:
        kept.append(entries[i])
        i = before[i]
    return kept[::-1]


def _judged(entries: list[Entry], duration: float | None) -> list[Entry]:
    """Distinguish chapters from lengths, times of day, dates and other numbers; empty for those.

    Chapters begin at 0, or early and go on to the end. A single doubtful line does not spoil a sure list, nor leave it:
    "02:30 Am Anfang war der Teig", "Garden survey 2019 - 00:02:30".
    """
    first, last = entries[0].start, entries[-1].start
    if sum(one.of_day for one in entries) * 2 > len(entries):
        return []
    sure = duration is not None and _DAY <= last < duration
    if first == 0:
        return _in_hours(entries, duration)
    if first > last / 2 or (len({one.start % 60 for one in entries}) == 1 and not sure):
        return []
    goes_on = last >= duration * _SHARE if duration else last >= _LATEST_START or first < 60  # noqa: PLR2004 a minute
    # Past 24 minutes and inside the audio nothing is a time of day; what is late or all on the quarter may be.
    timetable = first > _LATEST_START or all(one.start % 60 % 15 == 0 for one in entries)
    return entries if goes_on and (sure or not timetable) else []


def _in_hours(entries: list[Entry], duration: float | None) -> list[Entry]:
    """Read `0:00, 0:12, 0:33, 1:05` of ninety minutes of audio as hours and minutes: so little of it is no outline."""
    last = entries[-1].start
    if duration and last < duration * 0.03 and duration * _SHARE < last * 60 < duration:
        return [one._replace(start=one.start * 60, end=None) for one in entries]
    return entries


def _could_be_lengths(entries: Sequence[Entry]) -> bool:
    """Recognise lengths of songs and numbers of verses, which stand behind titles too: few, early, none of them 0."""
    verses = sum(bool(_VERSES.search(one.title)) for one in entries)
    early = entries[-1].start < _LATEST_START and len(entries) < _LEAST * 2
    return entries[0].start > 0 and (early or verses * 2 > len(entries))
