"""When an entry of a list is spoken: the time, the span or the length that stands at its end or its beginning."""

from __future__ import annotations

import re
from typing import NamedTuple

from enricher.clock import parse_clock

_CLOCK = r"(?:\d{1,2}:\d{1,2}:\d{2}|\d{1,3}:\d{2})(?:[.,]\d{1,3})?|\d{1,2}h\s?\d{1,2}m(?:\s?\d{1,2}s)?"
_LENGTH = r"(?:\d{1,3}\s?m(?:in(?:ute)?s?)?\.?)?\s?(?:\d{1,3}\s?s(?:ec(?:ond)?s?)?\.?)?"
_AT = r"(?:(?:starts?\s|from\s)?(?:at\s)?|@\s?|time(?:stamp)?:\s)"
_SAYS_AT = re.compile(r"(?:at|from)\s", re.IGNORECASE)
_SPAN = (
    rf"(?P<open>[\[(])?\s?{_AT}(?P<start>{_CLOCK})(?:\s?[\])]?\s?(?:[-–—→~|]|to|until)\s?[\[(]?\s?(?P<end>{_CLOCK}))?"
    rf"(?!\s?[ap]\.?m\b)(?:\s(?:min|mins|minutes|h|hrs|hours))?(?:\s?(?:[,·•|/]|[-–—]\s)\s?(?P<length>{_LENGTH}))?\s?[\])]?"
)
_AT_END = re.compile(rf"(?:^|\s){_SPAN}$", re.IGNORECASE)
_AT_START = re.compile(rf"{_SPAN}(?:\s?[-–—:|·•]\s?|\s|$)", re.IGNORECASE)
_LENGTH_AT_END = re.compile(rf"(?:^|[·•|,–—-]\s?|[\[(]\s?)(?P<length>{_LENGTH})\s?[\])]?$", re.IGNORECASE)
_PARTS = re.compile(r"(?:(\d+)\s?h)?\s?(?:(\d+)\s?m[a-z]*\.?)?\s?(?:(\d+)\s?s[a-z]*\.?)?", re.IGNORECASE)
_MEANT_OTHERWISE = re.compile(
    r"\b(?:at|by|before|after|until|till|since|from|to|of|for|about|around|past|the|a|my|our|in|on|with|vs?|and|or"
    r"|john|matthew|mark|luke|acts|romans|genesis|exodus|psalms?|proverbs|isaiah|jeremiah|ezekiel|daniel|job|hebrews"
    r"|corinthians|galatians|ephesians|philippians|colossians|thessalonians|timothy|peter|james|jude|revelation|sura"
    r"|surah|quran)$",
    re.IGNORECASE,
)
_EDGES = " -–—:|·•,→@"
_CLOSING = (")", "]")
_LONGEST = 600


class Timed(NamedTuple):
    """An entry without its time, and its time in seconds."""

    title: str
    start: float | None = None
    end: float | None = None
    length: float | None = None
    """Where the entry says how long it is."""


def part_time(line: str) -> Timed:
    """Part an entry from the time at its end or its beginning; a number that means something else stays in it."""
    if len(line) > _LONGEST:
        return Timed(line)
    length, bare = _length(line)
    for text in (bare, line) if length else (line,):
        found = _found(text)
        start = _seconds(found["start"]) if found else None
        if found is None or start is None:
            continue
        title = (text[: found.start()] if found.start() else text[found.end() :]).strip(_EDGES)
        length = _spoken(found["length"] or "") or length
        end = _seconds(found["end"]) if found["end"] else start + length if length else None
        first = _AT_START.match(title) if found.start() and end is None else None
        if first and (_seconds(first["start"]) or start) < start:
            return Timed(title[first.end() :].strip(_EDGES), _seconds(first["start"]), start)
        return Timed(title, start, end if end is not None and end > start else None, length)
    return Timed("", length=length) if length and not bare else Timed(line)


def part_bracketed(text: str) -> Timed:
    """Part a title, a name or a quote from a time in brackets at its end; other numbers are what it says."""
    found = part_time(text) if text[-1:] in _CLOSING and len(text) <= _LONGEST * 4 else Timed(text)
    return found if found.start is not None and found.title and text.startswith(found.title) else Timed(text)


def part_length(line: str) -> tuple[str, float | None]:
    """Part an entry whose time is known from its length at its end, such as `(45 sec)`."""
    length, bare = _length(line) if len(line) <= _LONGEST else (None, line)
    return (bare, length) if length else (line, None)


def _found(text: str) -> re.Match[str] | None:
    found = _AT_END.search(text)
    if found and (found["open"] or found["start"].count(":") > 1):
        return found
    if found and not _SAYS_AT.match(found[0].lstrip()) and not _MEANT_OTHERWISE.search(text[: found.start()].rstrip()):
        return found
    return _AT_START.match(text)


def _length(line: str) -> tuple[float | None, str]:
    found = _LENGTH_AT_END.search(line)
    length = _spoken(found["length"]) if found else None
    return length, line[: found.start()].rstrip(_EDGES) if found and length else line


def _seconds(text: str) -> float | None:
    return parse_clock(text) if ":" in text else _spoken(text)


def _spoken(text: str) -> float | None:
    """Read `1h02m03s`, `45 sec`, `2 min`."""
    found = _PARTS.fullmatch(text.strip())
    if not found or not any(found.groups()):
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(hours * 3600 + minutes * 60 + seconds) or None
