"""Dates as people write them: with numbers alone, or with the months of a dozen languages (vocabulary.toml)."""

from __future__ import annotations

import datetime as dt
import re

from enricher.summaries.vocabulary import DATE_WORDS, MONTHS
from enricher.text import fold, one_line

_LONGEST = 60
_YEAR_FIRST = re.compile(
    r"(?P<y>\d{4})(?:([-/.])(?P<m>\d{1,2})\2|[年년]\s?(?P<mm>\d{1,2})[月월]\s?)(?P<d>\d{1,2})[日일号號]?"
)
_YEAR_LAST = re.compile(r"(?P<a>\d{1,2})(?P<by>\.\s?|[/-])(?P<b>\d{1,2})(?P=by)(?P<y>\d{4})")
_TIME_OF_DAY = re.compile(r"(?<=\d)(?:T|,?\s+(?:(?:at|um)\s+)?)\d{1,2}:\d\d.*$", re.IGNORECASE)
_BESIDE = re.compile(r"\s?[(（][^()（）]{1,12}[)）]$")
"""A weekday, behind a date of Chinese or Japanese."""
_MONTHS_OF_A_YEAR = 12


def read_date(text: str) -> str | None:
    """Read a date to `YYYY-MM-DD`; None for anything else.

    What is written with numbers alone and could be read in two ways (`03/04/2024`) is no date.
    """
    if len(text) > _LONGEST or not any(map(str.isdigit, text)):
        return None
    text = _TIME_OF_DAY.sub("", _BESIDE.sub("", one_line(text).rstrip(".")))
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        return _day(found["y"], found["m"] or found["mm"], found["d"])
    found = _YEAR_LAST.fullmatch(text)
    if not found:
        return _in_words(fold(text).split())
    day, month = found["a"], found["b"]
    if int(month) > _MONTHS_OF_A_YEAR and "." not in found["by"]:
        day, month = month, day  # 12/25/2024
    elif int(day) <= _MONTHS_OF_A_YEAR and day != month and "." not in found["by"]:
        return None
    return _day(found["y"], month, day)


def _in_words(words: list[str]) -> str | None:
    """Read `may 2nd 2024`, `2 de mayo de 2024`, `2024 may 2`: one month, one day, one year, and nothing else."""
    words = [word for word in words if word not in DATE_WORDS]
    months = [i for i, word in enumerate(words) if word in MONTHS]
    if len(words) != 3 or len(months) != 1:  # noqa: PLR2004 day, month, year
        return None
    month = MONTHS[words.pop(months[0])]
    first, second = (re.sub(r"(?<=\d)(?:st|nd|rd|th|er|o)$", "", word) for word in words)
    if not (first.isdecimal() and second.isdecimal()):
        return None
    return _day(first, str(month), second) if len(first) == 4 else _day(second, str(month), first)  # noqa: PLR2004


def _day(year: str, month: str, day: str) -> str | None:
    try:
        return dt.date(int(year), int(month), int(day)).isoformat() if len(year) == 4 else None  # noqa: PLR2004
    except ValueError:
        return None
