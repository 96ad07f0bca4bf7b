"""Times as people write them: one clock, one length in letters, one date; timestamp_lists.py reads lists of them."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

_DATES = ("%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y", "%Y-%m-%d", "%Y/%m/%d", "%Y %b %d", "%d.%m.%Y")
_IN_DATES = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b|,|\bon\b", re.IGNORECASE)
_WEEKDAY = re.compile(r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?\s+", re.IGNORECASE)
_MONTH = re.compile(r"\bSept\b|(?<=[a-z])\.", re.IGNORECASE)
_TIME_OF_DATE = re.compile(r"(?<=\d)(?:T|\s+(?:at\s+)?)\d{1,2}:\d\d.*$", re.IGNORECASE)

_PLAIN_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,9}))?")
_SECONDS = re.compile(r"\d{1,7}(?:\.\d{1,9})?")
_SPOKEN = re.compile(
    r"(?:(\d{1,3})\s?(?:h(?:(?:ou)?rs?)?|std)\.?)?,?\s?(?:(\d{1,4})\s?m(?:in(?:ute)?s?)?\.?)?,?\s?(?:(\d{1,6})\s?s(?:ec(?:ond)?s?)?\.?)?"
    r"|(\d{1,2})\s?h\s?(\d{1,2})()|()(\d{1,3})\s?(?:['’′]|m)(\d{2})(?:[\"”″]|'')?",
    re.IGNORECASE,
)
_ISO = re.compile(r"P(?:(\d{1,3})D)?T?(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8}(?:\.\d{1,9})?)S)?", re.IGNORECASE)
COLONS = r"(?:\d{1,2}:\d{1,2}:\d{2}|\d{1,3}:\d{2})(?:[.,]\d{1,3})?"


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


def read_date(text: str) -> str | None:
    """Read a date in one of the usual forms to `YYYY-MM-DD`; None for anything else.

    What is written with numbers alone and could be read in two ways (`03/04/2024`) is no date.
    """
    if len(text) > 60 or not text.isascii():  # noqa: PLR2004 no date is longer
        return None
    text = _WEEKDAY.sub("", " ".join(_IN_DATES.sub(" ", text.strip().rstrip(".")).split()))
    text = _TIME_OF_DATE.sub("", _MONTH.sub(lambda found: "Sep" if found[0] != "." else "", text))
    for form in _DATES:
        try:
            return dt.datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 a day has no zone
        except ValueError:
            continue
    return None


class Timed(NamedTuple):
    """An entry without its time, and its time in seconds."""

    title: str
    start: float | None = None
    end: float | None = None
    length: float | None = None
    """Where the entry says how long it is."""
