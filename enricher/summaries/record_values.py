"""One value of data, typed by what it looks like: a date, a length, a number, an address of audio, JSON within text."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from typing import Any

from enricher.summaries.dates import read_date
from enricher.summaries.record_lists import LATEST
from enricher.summaries.vocabulary import is_one_of, unit_of
from enricher.text import one_line
from enricher.timestamps import parse_clock, parse_time

_EPOCH_MS, _EPOCH_S = 10**11, 10**9
_VAULT_LINK = re.compile(r"\[\[(?:[^\]|/]*/)*(?P<note>[^\]|/]*)(?:\|(?P<alias>[^\]]*))?\]\]")
_LINK = re.compile(r"\[([^\[\]]{1,200})\]\([^\s()]{0,500}\)")
_NAMES = {"title", "podcast", "people"}
_PART = re.compile(r"[(\[](?:[^\W\d_]+\.? )?\d{1,3} ?(?:[^\W\d_]{1,12} |/ ?)\d{1,3}[)\]]$")
"""The end of "Looking Forward (Episode 1 of 5)"."""
_PROGRAM = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)+")
"""The name of a program: "history-browser" made a note, and did not write it."""
_WORDS_OF_A_SENTENCE = 5
_AND = re.compile(r",?\s+(?:and|&|und|y|et|e|en|og|och|и)\s+")
_WORDS_OF_A_NAME = 4
_SLUG = re.compile(r"[a-z]{2,}(?:-[a-z]{2,}){1,3}")
_UNIT = re.compile(r"\s*(?:min|mins|minut\w*|std|h|hrs|hours)\.?$", re.IGNORECASE)
"""Behind a clock: "48:20 Min."."""
_AUDIO = re.compile(r"\.(?:mp3|m4[abv]|og[gav]|opus|aac|wav|flac|mp4|mov|webm)(?:$|\?)", re.IGNORECASE)


def is_audio(address: str) -> bool:
    """Recognise the address of an audio or video file."""
    return bool(_AUDIO.search(address))


def without_vault_link(line: str) -> str:
    """Return what `[[people/ann-lee|Ann Lee]]` shows: its alias, or the name of the note."""
    found = _VAULT_LINK.fullmatch(line)
    return (found["alias"] or found["note"]) if found else line


def shown_value(role: str | None, text: str) -> tuple[str | None, str]:
    """Return what a value shows in one line, without markup of links, and its role: a file of audio names no show."""
    line = one_line(text)
    if role in _NAMES:
        line = _LINK.sub(r"\1", line)
        role = "audio" if role != "title" and is_audio(line) and " " not in line else role  # `podcast: pointer112.mp3`
    return role, without_vault_link(line)


def name_of_slug(line: str) -> str:
    """Return the name that an address has of somebody: "ann-lee"."""
    return line.replace("-", " ").title() if _SLUG.fullmatch(line) else line


def names_nobody(role: str | None, line: str) -> bool:
    """Recognise what is no name: what somebody said, a series within a show, "unknown", a player's buttons."""
    if role == "people" and len(line.split()) > _WORDS_OF_A_SENTENCE and line[-1] in ".!?":
        return True
    if role in {"podcast", "people", "source"} and (_PART.search(line) or is_one_of("nobody", line)):
        return True
    if role in {"source", "podcast"} and (_PROGRAM.fullmatch(line) or is_one_of("programs", line)):
        return True
    if role == "people" and line.isascii() and " " not in line and line.islower():
        return "-" not in line  # of an account; "ann-lee" is Ann Lee
    return role == "podcast" and all(is_one_of("buttons", cell) for cell in line.split("|"))  # of PowerPress


def names_of(line: str) -> list[str]:
    """Return the names in a line: "Ann Lee, Bo Ek and Cy Dee"; whose parts are no names of one kind, it is one."""
    parts = _AND.split(line)
    every = [one for part in parts for one in re.split(r",\s*", part)] if len(parts) > 1 else [line]
    counts = [len(one.split()) for one in every]
    named = all(one[:1].isupper() and not one.isupper() for one in every)
    alike = named and (max(counts) == 1 or min(counts) > 1) and max(counts) <= _WORDS_OF_A_NAME
    return [name_of_slug(one) for one in (every if alike else [line])]


def parsed_json(text: str) -> object:
    """Parse a list or a table that a database keeps as text; None for any other text."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def of_number(role: str | None, value: dt.date | float, key: str = "") -> dict[str, Any]:
    """Return what a number or a date says under a key that hints at one."""
    if role == "published":
        day = _day(value)
        return {"published": day} if day else {}
    if isinstance(value, dt.date):
        return {}
    if role == "number" and isinstance(value, int) and 0 <= value < 10**5:
        return {"number": value}
    if value > LATEST and key.lower().endswith("length"):
        return {}  # of an enclosure, in bytes
    if role == "duration" and 0 < value < LATEST * 1000:
        # 62 may be minutes or seconds: which, the times of the page or the item tell. No episode lasts ten hours.
        unit = unit_of(key) or (0.001 if value > LATEST else None)
        return {"duration": value * (unit or 1), "duration_unsure": unit is None and value < 600}  # noqa: PLR2004
    return {role: str(value)} if role == "guid" or (role == "title" and isinstance(value, int)) else {}


def of_text(role: str, line: str) -> object:
    """Read a date, a number or a length that is text."""
    if role == "published":
        return read_date(line)
    if role == "number":
        found = re.fullmatch(r"#?(\d{1,5})", line)
        return int(found[1]) if found else None
    if line.isdecimal():
        return parse_clock(line) if len(line) > 3 else None  # noqa: PLR2004 62 may be anything
    return parse_time(line) or (parse_clock(_UNIT.sub("", line)) if ":" in line else None)


def _day(value: dt.date | float) -> str | None:
    """Read a date, or seconds or milliseconds since 1970; a bare year is no date."""
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    if not math.isfinite(value) or value < _EPOCH_S:
        return None
    try:
        return dt.datetime.fromtimestamp(value / (1000 if value >= _EPOCH_MS else 1), tz=dt.UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None
