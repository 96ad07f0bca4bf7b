"""Titled times as lines of text have them: before their title, behind it, on lines of their own, or running on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from enricher.model.timeline import Mark
from enricher.text import one_line
from enricher.timestamps import COLONS, TO, Timed, parse_time

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

_CLOCK = (
    rf"{COLONS}|\d{{1,2}}\s?h\s?\d{{1,2}}\s?m(?:in)?\s?\d{{2}}\b"
    rf"|\d{{1,2}}\s?h\s?\d{{1,2}}(?:\s?m(?:in)?)?(?:\s?\d{{1,2}}\s?s)?|\d{{1,3}}m\s?\d{{2}}s"
    r"|(?:\d{1,2}(?:時間|小时|시간))?\d{1,3}[分분]\d{1,2}[秒초]"
    r"|\d{1,3}['’′]\d{2}(?:[\"”″]|'')?"
)
_OPEN, _CLOSE = r"[\[(（【{<]", r"[\])）】}>]"
_MARK = r"(?:@|~|at\s|ab\s|TC\s|Min\.?\s)?\s?"  # [@01:35] of rustacean-station, (ab 5:12)

# A line of a list.
_BULLET = r"[#>*_`•·▪●○◦»›+\-–—~@\s\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]*"
_COUNT = (
    r"(?:(?:Chapter|Kapitel|Chapitre|Capítulo|Part|Ch\.?)\s?\d{1,3}\s?[:.|–-]\s*"
    r"|\d{1,3}(?:[.)]|\s?[-–|])\s+|(?<=#)\d{1,3}:?\s+|\d\ufe0f?\u20e3\s*)?"
)
_LINE_START = re.compile(
    rf"{_BULLET}{_COUNT}{_OPEN}{{0,2}}\s?{_MARK}(?P<start>{_CLOCK})(?!\d|:\d)\s?~?"
    rf"(?:\s?{TO}\s?(?:(?P<end>{_CLOCK})|End\b(?=\s?[:\])–-])))?\s?{_CLOSE}{{0,2}}",
    re.IGNORECASE,
)
_LINE_END = re.compile(
    # “(Story starts around 00:01:35)”: the words before a time in brackets belong to it.
    rf"(?:{_OPEN}[^()\[\]\d]{{0,40}}?)?\s?(?<![\d/.:-]){_MARK}(?P<start>{_CLOCK})"
    rf"(?:\s?{TO}\s?(?P<end>{_CLOCK})|\s?[~〜～–-]\s?(?={_CLOSE}))?\s?{_CLOSE}{{0,2}}[.;,*_`]{{0,3}}$",
    re.IGNORECASE,
)
_RUNNING = re.compile(rf"(?<![\d/.:-]){_OPEN}?{_MARK}(?P<start>{_CLOCK}){_CLOSE}?(?!\d|:\d)", re.IGNORECASE)
_ALONE = re.compile(
    rf"\W{{0,4}}(?P<start>{_CLOCK})(?:\s?{TO}\s?(?P<end>{_CLOCK}))?\s*{_CLOSE}?(?:\s?\({COLONS}\))?"
    # how long it is: "· 1m 27s"
    r"(?:\s?[·•|,(]\s?(?:\d{1,3}\s?(?:h|min|m|sec|s)\b\.?\s?){1,3})?(?:\s?[·•|]\s?(?:#[\w/-]{1,40}\s?){1,5})?\W{0,3}"
)
_LENGTH = re.compile(r"^\s?\((?:\d{1,2}:)?\d{1,2}:\d\d\)\s")
"""Behind a span, how long it is."""
_OF_DAY = re.compile(r"\s?(?:[ap]\.?m\b\.?|Uhr\b|UTC\b|GMT\b|CES?T\b|[EP][SD]?T\b)", re.IGNORECASE)
_RUNS_ON = re.compile(r"-{3,}|_{3,}|https?://|[.!?]\s|[。！？](?=.)|\s(?=[\u2600-\u27bf\U0001f000-\U0001faff])")
_UNIT = re.compile(r"\s?(?:min|mins|minutes|h|hrs|hours)\b[.:]?\s", re.IGNORECASE)
_TAG = re.compile(r"</?(?:br|p|b|i|a|li|em|strong|span|div|ul)\b[^<>]{0,80}>", re.IGNORECASE)
_LEADERS = re.compile(r"[\s.…_·-]{3,}$")
_WIDE_COLON = re.compile(r"(?<=\d)：(?=\d)")
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_DATED = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\s*$")
_EDGES = " -–—:|~〜～»›→=•·,;/*_#@`｜│・、："
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
_LINK = re.compile(
    r"\s<https?://[^<>\s]{1,2000}>(?=(?:\s#\w{1,40})*$)", re.IGNORECASE
)  # behind a title in chapter files of mp4chaps
_ADDRESS = re.compile(r"\]?\s*\(https?://[^\s()]*\)")
_LONGEST_LINE = 400
_PROSE = re.compile(
    r"\b(?:at|from|through|to|until|by|before|after|around|is|in|bis|um|von|nach|vor|à|de|las|alle|между|до|с|около)"
    r"\s[*_(\[]*$",
    re.IGNORECASE,
)
"""Words before a time within a sentence."""
_LEAST, _MANY = 3, 6
_ASCENDING = 0.8


class Entry(NamedTuple):
    """One entry of a list of times, and the lines (from 0) that it was read from."""

    start: float
    title: str
    end: float | None
    lines: tuple[int, ...]
    of_day: bool = False
    """A word behind the time could make it a time of day: am, Uhr, EST."""


def titled_line(line: str) -> Mark | None:
    """Read one line that begins with a time and goes on with a title; None for any other line."""
    found = next(times_before([tidy(line)]), None)
    return Mark(found.start, found.title, found.end) if found and not found.of_day else None


def time_alone(line: str) -> Timed | None:
    """Read a line that is a time or a span and nothing else, such as `🎧 05:12 - 06:40 (01:28)`."""
    found = _ALONE.fullmatch(tidy(line)) if len(line) <= 60 else None  # noqa: PLR2004 a span is shorter
    start = parse_time(found["start"]) if found else None
    return None if found is None or start is None else Timed("", start, parse_time(found["end"] or ""))


def time_behind(line: str) -> Mark | None:
    """Read one line that ends with a time behind a title; None for any other line."""
    found = next(times_behind([tidy(line)]), None)
    return Mark(found.start, found.title, found.end) if found and not found.of_day else None


def tidy(line: str) -> str:
    """Return a line without marks of direction, wide colons in times and repeated blanks."""
    return _WIDE_COLON.sub(":", one_line(_DIRECTIONS.sub("", line)))


def times_before(lines: Sequence[str]) -> Iterator[Entry]:
    """Read lines that begin with a time."""
    for i, line in enumerate(lines):
        found = _LINE_START.match(line) if len(line) <= _LONGEST_LINE else None
        if found:
            rest = line[found.end() :]
            rest = _LENGTH.sub("", rest) if found["end"] else rest
            yield from _entry(found, _title(rest), (i,), of_day=bool(_OF_DAY.match(rest)))


def times_behind(lines: Sequence[str]) -> Iterator[Entry]:
    """Read lines that end with a time."""
    for i, line in enumerate(lines):
        found = _LINE_END.search(line) if len(line) <= _LONGEST_LINE and ":" in line[-40:] + "h'" else None
        if found:
            title = _title(line[: found.start()])
            yield from _entry(found, title, (i,), of_day=bool(_DATED.search(title)))


def _entry(found: re.Match[str], title: str, lines: tuple[int, ...], *, of_day: bool = False) -> Iterator[Entry]:
    start = parse_time(found["start"])
    end = parse_time(found["end"]) if "end" in found.re.groupindex and found["end"] else None
    if start is not None and title:
        yield Entry(start, title, end if end is not None and end > start else None, lines, of_day)


def times_on_own_lines(lines: Sequence[str]) -> Iterator[Entry]:
    """Read lists whose times stand on lines of their own, each before its title or each behind it."""
    times = {i: found for i, line in enumerate(lines) if len(line) <= 30 and (found := _ALONE.fullmatch(line))}  # noqa: PLR2004
    if len(times) < _LEAST:
        return
    # The titles stand on the side where every line looks like one; on both, behind their times, as most people write.
    step = max((1, -1), key=lambda step: sum(_looks_like_title(lines, i + step, times) for i in times))
    if sum(_looks_like_title(lines, i + step, times) for i in times) < len(times) * _ASCENDING:
        return
    for i, found in times.items():
        if 0 <= i + step < len(lines) and i + step not in times:
            yield from _entry(found, _title(lines[i + step]), (i, i + step))


def _looks_like_title(lines: Sequence[str], i: int, times: Container[int]) -> bool:
    line = lines[i] if 0 <= i < len(lines) and i not in times else ""
    return 0 < len(line) <= 100 and line[-1] not in ".!:" and not _WEB.fullmatch(line)  # noqa: PLR2004


def running_times(lines: Sequence[str]) -> Iterator[Entry]:
    """Read lists that run on in one line, as notes do that lost their line breaks, titles behind or before times."""
    for i, line in enumerate(lines):
        found = list(_RUNNING.finditer(line)) if line.count(":") >= _LEAST else []
        sure = len(found) >= _MANY and not any(one[0][:1] in "[(（【{<" for one in found)
        if len(found) < _LEAST or not (sure or parse_time(found[0]["start"]) == 0):
            continue
        if sum(bool(_PROSE.search(line[: one.start("start")][-12:])) for one in found) * _LEAST >= len(found):
            continue  # "from 0:00 through 1:05, at 3:10 she"
        ends = [0, *(one.end() for one in found)]
        before = not any(map(str.isalnum, line[ends[-1] :]))
        starts = [*(one.start() for one in found), len(line)]
        for n, one in enumerate(found):
            title = _title(line[ends[n] : starts[n]] if before else line[ends[n + 1] : starts[n + 1]])
            if before and n == 0:
                title = _title(re.split(r"[.:!?]\s", title)[-1])
            elif one is found[-1] or len(title) > 150:  # noqa: PLR2004 no title is longer: text runs on
                title = _title(_RUNS_ON.split(title, maxsplit=1)[0])
            if len(title) <= _LONGEST_LINE:
                yield from _entry(one, title, (i,))


def _title(text: str) -> str:
    text = _ADDRESS.sub("", text, count=1) if _ADDRESS.match(text) else text
    title = _LINK.sub("", one_line(_TAG.sub(" ", text)))
    title = _LEADERS.sub("", _UNIT.sub("", title, count=1) if _UNIT.match(title) else title).strip(_EDGES)
    for opening, closing in ("()", "[]"):
        if title.count(closing) == title.count(opening) + 1 and title.startswith(closing):
            title = title[1:].lstrip(" -–—:|")
    if _WEB.fullmatch(title):
        return ""
    # "05:12 - 06:40 (01:28)" has no title: the time behind the span is its length.
    return title if any(map(str.isalpha, title)) or (any(map(str.isdigit, title)) and ":" not in title) else ""
