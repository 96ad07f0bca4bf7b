"""Outlines: lists of titled times that people write into notes."""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from enricher.clock import parse_clock
from enricher.model.timeline import Mark
from enricher.text import lines_of, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_DIGIT = re.compile(r"\d")
_CLOCK = (
    r"(?:\d{1,2}:\d{1,2}:\d{2}|\d{1,3}:\d{2})(?:[.,]\d{1,3})?|\d{1,2}\s?h\s?\d{1,2}(?:\s?m(?:in)?)?(?:\s?\d{1,2}\s?s)?"
    r"|\d{1,3}m\s?\d{2}s"
)
_OPEN, _CLOSE = r"[\[(（【{<]", r"[\])）】}>]"
_BULLET = r"[#>*•·▪●○◦+\-–—~@\s\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]*"
_COUNT = (
    r"(?:(?:Chapter|Kapitel|Chapitre|Capítulo|Part|Ch\.?)\s?\d{1,3}\s?[:.|–-]\s*"
    r"|\d{1,3}(?:[.)]|\s?[-–|])\s+|\d\ufe0f?\u20e3\s*)?"
)
_AT_START = re.compile(
    rf"{_BULLET}{_COUNT}{_OPEN}?\s?(?P<start>{_CLOCK})(?!\d|:\d|\s?(?:[ap]\.?m\b|Uhr\b|UTC\b|GMT\b|CES?T\b|[EP][SD]?T\b))"
    rf"(?:\s?(?:[-–—~〜～]|to|bis)\s?(?:{_CLOCK}|End\b(?=\s?[:\])–-])))?\s?{_CLOSE}?",
    re.IGNORECASE,
)
_AT_END = re.compile(rf"{_OPEN}?\s?(?<![\d/.:-])(?P<start>{_CLOCK})(?:\s?[-–—]\s?(?:{_CLOCK}))?\s?{_CLOSE}?[.;]?$")
_RUNNING = re.compile(rf"(?<![\d/.:-]){_OPEN}?(?P<start>{_CLOCK}){_CLOSE}?(?!\d|:\d)")
_RUNS_ON = re.compile(r"-{3,}|_{3,}|https?://|[.!?]\s")
_ALONE = re.compile(rf"{_OPEN}?\s*(?P<start>{_CLOCK})\s*{_CLOSE}?\s*[-–—:]?")
_HOURS = re.compile(r"(?:(\d{1,2})\s?h\s?)?(\d{1,3})(?:\s?m(?:in)?)?(?:\s?(\d{1,2})\s?s)?", re.IGNORECASE)
_UNIT = re.compile(r"\s?(?:min|mins|minutes|h|hrs|hours)\b[.:]?\s", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,80}>")
_LEADERS = re.compile(r"[\s.…_·-]{3,}$")
_WIDE_COLON = re.compile(r"(?<=\d)：(?=\d)")
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\s*$|\b(?:19|20)\d\d\s*$")
_EDGES = " -–—:|~〜～»›→=•·,;/*_#@"
_ADDRESS = re.compile(r"\s*\(https?://[^\s()]*\)")
_LINE = 400
_LEAST = 3
_ASCENDING = 0.8
_LATEST_START = 900.0
_QUARTER = 15
_MINUTE = 60
_DAY = 24 * 60.0  # what would be the last hour of a day, were it no time of an episode
_SHARE = 0.3
_VERSE = re.compile(
    r"\b(?:genesis|exodus|leviticus|numbers|deuteronomy|joshua|judges|ruth|samuel|kings|chronicles|ezra|nehemiah|esther"
    r"|job|psalms?|proverbs|ecclesiastes|isaiah|jeremiah|lamentations|ezekiel|daniel|hosea|joel|amos|jonah|micah|matthew"
    r"|mark|luke|john|acts|romans|corinthians|galatians|ephesians|philippians|colossians|thessalonians|timothy|titus"
    r"|hebrews|james|peter|jude|revelation|surah?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Outline:
    """Titled times of one text in time order, and whether a reader would take them for a list of chapters."""

    marks: tuple[Mark, ...] = ()
    is_list: bool = False


def read_text(text: str, duration: float | None = None) -> Outline:
    """Find the outline in notes, HTML or plain text, whatever shape its lines have; `duration` is the audio's seconds.

    Of several lists, such as one of the songs and one of the chapters, the longest that begins at 0 is taken.
    """
    lines = [_WIDE_COLON.sub(":", one_line(_DIRECTIONS.sub("", line))) for line in lines_of(text)]
    found = [
        *_lists(_titled(lines, _AT_START)),
        *(one for one in _lists(_titled(lines, _AT_END)) if not _could_be_lengths(one)),
        *_lists(_under_their_times(lines)),
        *(one for one in _lists(_running(lines)) if one[0].start == 0),
    ]
    lists = [one for one in found if _is_outline(one, duration)]
    longest = max(map(len, lists), default=0)
    worthy = [one for one in lists if len(one) * _LEAST >= longest]
    best = max(worthy, key=lambda one: (one[0].start == 0, len(one)), default=[])
    if best and all(mark.title.endswith(" at") for mark in best):
        best = [Mark(mark.start, mark.title.removesuffix(" at")) for mark in best]
    return Outline(tuple(best), is_list=bool(best))


def titled_line(line: str) -> Mark | None:
    """Read one line that begins with a time and goes on with a title; None for any other line."""
    return next(_titled([line], _AT_START), None)


def read_outline(body: bytes) -> tuple[Mark, ...]:
    """Read an outline file: lines of `M:SS Title`. Lines that are none are passed over."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("utf-16" if body[:2] in {b"\xff\xfe", b"\xfe\xff"} else "cp1252", "replace")
    return tuple(_ascending(list(_titled([one_line(line) for line in text.splitlines()], _AT_START))))


def _lists(marks: Iterable[Mark]) -> Iterator[list[Mark]]:
    """Part marks where the time goes back to the beginning, and keep what is in order and could be chapters."""
    parted: list[list[Mark]] = [[]]
    for mark in marks:
        now = parted[-1]
        if now and mark.start < now[0].start + (len(now) >= _LEAST):
            parted.append([])
        parted[-1].append(mark)
    for found in parted:
        kept = _ascending(found)
        seconds = len({mark.start for mark in found})
        if len(kept) >= max(_LEAST, _ASCENDING * seconds):
            yield kept
        elif found[:1] and found[0].start == 0:
            # Other times stand below it, those of books or of songs.
            count = next((i for i, (a, b) in enumerate(pairwise(found), 1) if b.start <= a.start), len(found))
            if count >= _LEAST:
                yield found[:count]


def _titled(lines: Sequence[str], how: re.Pattern[str]) -> Iterator[Mark]:
    for line in lines:
        found = _search(how, line)
        if found is None:
            continue
        start = _seconds(found["start"])
        title = _title(line[found.end() :] if how is _AT_START else line[: found.start()])
        if start is not None and title and not (how is _AT_END and _DATE.search(title)):
            yield Mark(start, title)


def _search(how: re.Pattern[str], line: str) -> re.Match[str] | None:
    if len(line) > _LINE or not _DIGIT.search(line):
        return None
    return how.match(line) if how is _AT_START else how.search(line)


def _under_their_times(lines: Sequence[str]) -> Iterator[Mark]:
    """Read lists whose times stand on lines of their own, each before its title."""
    for line, following in pairwise(lines):
        found = _ALONE.fullmatch(line) if len(line) < _QUARTER * 2 else None
        start = _seconds(found["start"]) if found else None
        if start is not None and not _ALONE.fullmatch(following[:_LINE]):
            title = _title(following)
            if title:
                yield Mark(start, title)


def _running(lines: Sequence[str]) -> Iterator[Mark]:
    """Read lists that run on in one line, as notes do that lost their line breaks."""
    for line in lines:
        found = list(_RUNNING.finditer(line)) if line.count(":") >= _LEAST else []
        if len(found) < _LEAST or _seconds(found[0]["start"]) != 0:
            continue
        for mark, after in zip(found, [*(x.start() for x in found[1:]), len(line)], strict=True):
            start, title = _seconds(mark["start"]), _title(line[mark.end() : after])
            if mark is found[-1] or len(title) > _QUARTER * 10:
                title = _title(_RUNS_ON.split(title, maxsplit=1)[0])
            if start is not None and title and len(title) <= _LINE:
                yield Mark(start, title)


def _seconds(text: str) -> float | None:
    spoken = _HOURS.fullmatch(text)
    if spoken:
        hours, minutes, seconds = (int(part or 0) for part in spoken.groups())
        return float(hours * 3600 + minutes * 60 + seconds)
    return parse_clock(text)


def _title(text: str) -> str:
    title = one_line(_TAG.sub(" ", html.unescape(_ADDRESS.sub("", text, count=1) if _ADDRESS.match(text) else text)))
    title = _LEADERS.sub("", _UNIT.sub("", title, count=1) if _UNIT.match(title) else title).strip(_EDGES)
    for opening, closing in ("()", "[]"):
        if title.count(closing) == title.count(opening) + 1 and title.startswith(closing):
            title = title[1:].lstrip(" -–—:|")
    return title if any(character.isalnum() for character in title) else ""


def _ascending(marks: Sequence[Mark]) -> list[Mark]:
    """Keep the longest strictly ascending run, which drops a stray time or a repeated list."""
    tails: list[float] = []
    ends: list[int] = []
    before: list[int] = []
    for i, mark in enumerate(marks):
        place = bisect_left(tails, mark.start)
        before.append(ends[place - 1] if place else -1)
        if place < len(tails) and tails[place] == mark.start:
            continue  # the first of equal times stays
        tails[place : place + 1] = [mark.start]
        ends[place : place + 1] = [i]
    kept, i = [], ends[-1] if ends else -1
    while i >= 0:
        kept.append(marks[i])
        i = before[i]
    return kept[::-1]


def _is_outline(marks: Sequence[Mark], duration: float | None) -> bool:
    """Tell times of this episode from other numbers; past 24 minutes and inside the audio nothing is a time of day."""
    last = marks[-1].start
    sure = duration is not None and _DAY <= last < duration
    return _goes_through(marks, duration, sure=sure) and (sure or not _is_timetable(marks))


def _goes_through(marks: Sequence[Mark], duration: float | None, *, sure: bool) -> bool:
    """Tell chapters from lengths, times of day and other numbers: they begin at 0, or early and go on to the end.

    Where the length of the audio is not known, to a quarter of an hour, or from the first minute.
    """
    first, last = marks[0].start, marks[-1].start
    if first == 0:
        return True
    if first > last / 2 or (len({mark.start % _MINUTE for mark in marks}) == 1 and not sure):
        return False
    if duration:
        return last >= duration * _SHARE
    return last >= _LATEST_START or first < _MINUTE


def _could_be_lengths(marks: Sequence[Mark]) -> bool:
    """Tell lengths of songs and numbers of verses, which stand behind titles too: few, early, none of them 0."""
    verses = sum(bool(_VERSE.search(mark.title)) for mark in marks)
    early = marks[-1].start < _LATEST_START and len(marks) < _LEAST * 2
    return marks[0].start > 0 and (early or verses * 2 > len(marks))


def _is_timetable(marks: Sequence[Mark]) -> bool:
    """Tell times of day (or bible verses) from times of an episode: late, and all on the quarter."""
    if marks[0].start > _LATEST_START:
        return True
    return marks[0].start > 0 and all(mark.start % _MINUTE % _QUARTER == 0 for mark in marks)
