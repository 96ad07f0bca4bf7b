"""Times as people write them: one clock, one length in letters, one entry with its time at either end.

timestamp_lists.py reads lists of them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_PLAIN_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,9}))?")
_SECONDS = re.compile(r"\d{1,7}(?:\.\d{1,9})?")
_SPOKEN = re.compile(
    r"(?:(\d{1,3})\s?(?:h(?:(?:ou)?rs?)?|std|時間|小时|小時|시간)\.?)?,?\s?(?:(\d{1,4})\s?(?:m(?:in(?:ute)?s?)?|分(?:钟|鐘|間)?|분)\.?)?"
    r",?\s?(?:(\d{1,6})\s?(?:s(?:ec(?:ond)?s?)?|秒|초)\.?)?"
    r"|(\d{1,2})\s?h\s?(\d{1,2})\s?m(?:in)?\s?(\d{2})"
    r"|(\d{1,2})\s?h\s?(\d{1,2})()|()(\d{1,3})\s?(?:['’′]|m)(\d{2})(?:[\"”″]|'')?",
    re.IGNORECASE,
)
_ISO = re.compile(r"P(?:(\d{1,3})D)?T?(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8}(?:\.\d{1,9})?)S)?", re.IGNORECASE)
COLONS = r"(?:\d{1,2}:\d{1,2}:\d{2}|\d{1,3}:\d{2})(?:[.,]\d{1,3})?"
TO = r"(?:-{1,3}|[–—~〜～→|]|to|until|bis)"
BOOKS = (
    r"genesis|exodus|leviticus|numbers|deuteronomy|joshua|judges|ruth|samuel|kings|chronicles|ezra|nehemiah|esther|job"
    r"|psalms?|proverbs|ecclesiastes|isaiah|jeremiah|lamentations|ezekiel|daniel|hosea|joel|amos|jonah|micah|matthew"
    r"|mark|luke|john|acts|romans|corinthians|galatians|ephesians|philippians|colossians|thessalonians|timothy|titus"
    r"|hebrews|james|peter|jude|revelation|surah?|quran"
)

# One entry, such as a clip's title with its time at either end.
_LENGTH = r"(?:\d{1,3}\s?m(?:in(?:ute)?s?)?\.?)?\s?(?:\d{1,3}\s?s(?:ec(?:ond)?s?)?\.?)?"
_SPAN = (
    rf"(?P<open>[\[(])?\s?(?:(?:starts?\s|from\s)?(?:at\s)?|@\s?|[~≈]\s?|ca\.?\s|time(?:stamp)?:\s)"
    rf"(?P<start>{COLONS}|\d{{1,2}}h\s?\d{{1,2}}m(?:\s?\d{{1,2}}s)?)"
    rf"(?:\s?[\])]?\s?{TO}\s?[\[(]?\s?(?P<end>{COLONS}))?(?!\s?[ap]\.?m\b)(?:\s(?:min|mins|minutes|h|hrs|hours))?"
    rf"(?:\s?(?:[,·•|/]|[-–—]\s)\s?(?P<length>{_LENGTH}))?\s?[\])]?"
)
_ENTRY_END = re.compile(rf"(?:^|\s){_SPAN}$", re.IGNORECASE)
_ENTRY_START = re.compile(rf"{_SPAN}(?:\s?[-–—:|·•]\s?|\s|$)", re.IGNORECASE)
_LENGTH_END = re.compile(rf"(?:^|[·•|,–—-]\s?|[\[(]\s?)(?P<length>{_LENGTH})\s?[\])]?$", re.IGNORECASE)
_SAYS_AT = re.compile(r"(?:at|from)\s", re.IGNORECASE)
_MEANT_OTHERWISE = re.compile(
    r"\b(?:at|by|before|after|until|till|since|from|to|of|for|about|around|past|the|a|my|our|in|on|with|vs?|and|or"
    rf"|{BOOKS})$",
    re.IGNORECASE,
)
_ENTRY_EDGES = " -–—:|·•,→@"
_LONGEST_ENTRY = 600


def clock(seconds: float) -> str:
    """Write seconds as `HH:MM:SS`, fractions dropped; never `M:SS`, which some apps read as hours."""
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def clock_ms(seconds: float) -> str:
    """Write seconds as `HH:MM:SS.mmm` (Normal Play Time, as psc:chapters wants)."""
    thousandths = round(seconds * 1000)
    return f"{clock(thousandths // 1000)}.{thousandths % 1000:03}"


def parse_clock(text: str) -> float | None:
    """Read `H:MM:SS`, `MM:SS` (fractions after a point or a comma) or plain seconds; None for anything else."""
    text = text.strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    found = _PLAIN_CLOCK.fullmatch(text)
    if not found:
        return None
    hours, minutes, seconds, fraction = found.groups()
    # "00:60:00" is an hour, as some hosts write it.
    if int(seconds) > 59 or (hours is not None and int(hours) > 0 and int(minutes) > 59):  # noqa: PLR2004 a clock's limits
        return None
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + float(f"0.{fraction}") if fraction else float(whole)


def parse_time(text: str) -> float | None:
    """Read a clock, plain seconds, or a time in letters: `1h02m03s`, `45 sec`, `2 min`, `02'30`, `0h12`, `PT1H15M`."""
    iso = _ISO.fullmatch(text.strip())  # ISO 8601, as JSON-LD has it
    if iso and any(iso.groups()):
        return sum(float(part or 0) * unit for part, unit in zip(iso.groups(), (86400, 3600, 60, 1), strict=True))
    seconds = parse_clock(text)
    spoken = _SPOKEN.fullmatch(text.strip()) if seconds is None and text else None
    if spoken and any(spoken.groups()):
        parts = spoken.groups()
        hours, minutes, rest = (sum(int(part or 0) for part in parts[i::3]) for i in range(3))
        return float(hours * 3600 + minutes * 60 + rest)
    return seconds


class Timed(NamedTuple):
    """An entry without its time, and its time in seconds."""

    title: str
    start: float | None = None
    end: float | None = None
    length: float | None = None
    """Where the entry says how long it is."""


def part_time(line: str) -> Timed:
    """Part an entry from the time at its end or its beginning; a number that means something else stays in it."""
    if len(line) > _LONGEST_ENTRY:
        return Timed(line)
    bare, length = part_length(line)
    for text in (bare, line) if length else (line,):
        found = _ENTRY_END.search(text)
        if found and not found["open"] and found["start"].count(":") == 1:
            said = text[: found.start()].rstrip()
            if _SAYS_AT.match(found[0].lstrip()) or _MEANT_OTHERWISE.search(said):
                found = None  # "Why I wake at 5:30", "On John 3:16"
        found = found or _ENTRY_START.match(text)
        start = parse_time(found["start"]) if found else None
        if found is None or start is None:
            continue
        title = (text[: found.start()] if found.start() else text[found.end() :]).strip(_ENTRY_EDGES)
        length = parse_time(found["length"] or "") or length
        end = parse_time(found["end"]) if found["end"] else start + length if length else None
        first = _ENTRY_START.match(title) if found.start() and end is None else None
        if first and (parse_time(first["start"]) or start) < start:
            return Timed(title[first.end() :].strip(_ENTRY_EDGES), parse_time(first["start"]), start)
        return Timed(title, start, end if end is not None and end > start else None, length)
    return Timed("", length=length) if length and not bare else Timed(line)


def part_bracketed(text: str) -> Timed:
    """Part a title, a name or a quote from a time in brackets at its end; other numbers are what it says."""
    found = part_time(text) if text.endswith((")", "]")) and len(text) <= _LONGEST_ENTRY * 4 else Timed(text)
    return found if found.start is not None and found.title and text.startswith(found.title) else Timed(text)


def part_length(line: str) -> tuple[str, float | None]:
    """Part an entry from its length at its end, such as `(45 sec)`."""
    found = _LENGTH_END.search(line) if len(line) <= _LONGEST_ENTRY else None
    length = parse_time(found["length"]) if found and found["length"].strip() else None
    return (line[: found.start()].rstrip(_ENTRY_EDGES), length) if found and length else (line, None)
