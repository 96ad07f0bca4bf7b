"""Dates as pages write them."""

from __future__ import annotations

import datetime as dt
import re

_FORMATS = ("%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y", "%Y-%m-%d", "%Y/%m/%d", "%Y %b %d", "%d.%m.%Y")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b|,|\bon\b", re.IGNORECASE)
_WEEKDAY = re.compile(r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?\s+", re.IGNORECASE)
_MONTH = re.compile(r"\bSept\b|(?<=[a-z])\.", re.IGNORECASE)
_CLOCK = re.compile(r"(?<=\d)(?:T|\s+(?:at\s+)?)\d{1,2}:\d\d.*$", re.IGNORECASE)
_LONGEST = 60


def read_date(text: str) -> str | None:
    """Read a date in one of the usual forms to `YYYY-MM-DD`; None for anything else.

    What is written with numbers alone and could be read in two ways (`03/04/2024`) is no date.
    """
    if len(text) > _LONGEST or not text.isascii():
        return None
    text = _WEEKDAY.sub("", " ".join(_ORDINAL.sub(" ", text.strip().rstrip(".")).split()))
    text = _CLOCK.sub("", _MONTH.sub(lambda found: "Sep" if found[0] != "." else "", text))
    for form in _FORMATS:
        try:
            return dt.datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 a day has no zone
        except ValueError:
            continue
    return None
