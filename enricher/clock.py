"""Seconds to and from `HH:MM:SS`."""

from __future__ import annotations

import re

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,9}))?")
_SECONDS = re.compile(r"\d{1,7}(?:\.\d{1,9})?")


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
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    hours, minutes, seconds, fraction = found.groups()
    # "00:60:00" is an hour, as some hosts write it.
    if int(seconds) > 59 or (hours is not None and int(hours) > 0 and int(minutes) > 59):  # noqa: PLR2004 a clock's limits
        return None
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + float(f"0.{fraction}") if fraction else float(whole)
