"""Where a key stands in a TOML file; the parser does not say."""

from __future__ import annotations

import re

Place = tuple[str | int, ...]
"""Where a key stands: the tables' names, and the numbers of those that are in a list."""


def line_of(text: str, place: Place) -> int:
    """Find the line where a key stands: in its table, else where the table begins, else 1."""
    header, feed, start = "", -1, 1
    wanted_feed = place[1] if len(place) > 1 and place[0] == "feed" and isinstance(place[1], int) else None
    wanted = "" if len(place) == 1 else str(place[0])
    key = next((part for part in reversed(place) if isinstance(part, str)), "")
    for number, line in enumerate(text.splitlines(), 1):
        found = re.match(r"\s*\[+\s*([\w.-]+)\s*\]+", line)
        if found:
            header = found[1]
            feed += header == "feed"
            if header == key and wanted == "":
                return number
        here = header == wanted and (wanted_feed is None or feed == wanted_feed)
        if here and found:
            start = number
        if here and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return start
