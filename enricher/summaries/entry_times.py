"""When one entry is spoken, such as a clip's title with a time, a span or a length at either end."""

from __future__ import annotations

import re

from enricher.timestamp_lists import BOOKS, TO
from enricher.timestamps import COLONS, Timed, parse_time

# One entry, such as a clip's title with its time at either end.
_LENGTH = r"(?:\d{1,3}\s?m(?:in(?:ute)?s?)?\.?)?\s?(?:\d{1,3}\s?s(?:ec(?:ond)?s?)?\.?)?"
_SPAN = (
    rf"(?P<open>[\[(])?\s?(?:(?:starts?\s|from\s)?(?:at\s)?|@\s?|time(?:stamp)?:\s)"
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
