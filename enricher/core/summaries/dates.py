"""Dates as pages write them."""

from __future__ import annotations

import datetime as dt
import re

_FORMATS = ("%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y", "%Y-%m-%d", "%Y/%m/%d", "%Y %b %d", "%d.%m.%Y")


def read_date(text: str) -> str | None:
    """Read a date in one of the usual forms to `YYYY-MM-DD`; None for anything else."""
    text = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|,|\bon\b", " ", text.strip().rstrip("."))
    text = re.sub(
        r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\s+|\bSept\b", lambda m: "Sep" if m[0] == "Sept" else "", text
    )
    text = re.sub(r"(?<=\d)T\d\d:.*$", "", " ".join(text.split()))
    for form in _FORMATS:
        try:
            return dt.datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 a day has no zone
        except ValueError:
            continue
    return None
