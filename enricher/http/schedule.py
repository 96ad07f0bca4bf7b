"""When a server may be asked again, and how: pure decisions on epoch seconds; `now` and `jitter` are arguments."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enricher.model.state import Schedule

HOUR, DAY = 3600.0, 86_400.0
LONGEST = DAY
"""The longest that a server, a feed or our own back-off may put off the next request."""
_FIRST_DELAY = 600.0
_NOT_MODIFIED, _GONE = 304, 410
_BUSY = {429, 503}
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,18})", re.IGNORECASE)
# `no-cache="Set-Cookie"` concerns that header alone.
_NO_CACHE = re.compile(r"(?:^|[,\s])no-(?:cache|store)\b(?!\s*=)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said beside the document."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name; of several like-named ones the first."""
    host: str = ""
    moved_to: str | None = None
    """Where the permanent redirects led that the answer's chain began with."""

    def header(self, name: str) -> str:
        """Return a header, empty where there is none."""
        return self.headers.get(name, "")


def due_at(schedule: Schedule, now: float) -> float:
    """Return the moment from which an address may be requested again; `now` where that is at once."""
    # Nothing is put off for longer than that: the clock was set back, which must not stop a feed.
    return now if schedule.next_at > now + LONGEST else max(schedule.next_at, now)


def is_conditional(schedule: Schedule, now: float) -> bool:
    """Check whether to send the validators; once a day the whole is requested, for an ETag may lie."""
    return 0 <= now - schedule.full_at < DAY


def lifetime(answer: Answer, now: float) -> float | None:
    """Return the seconds for which an answer stays fresh, None where it says nothing.

    https://www.rfc-editor.org/rfc/rfc9111#section-4.2
    """
    control = answer.header("cache-control")
    if _NO_CACHE.search(control):
        return 0.0
    if found := _MAX_AGE.search(control):
        age = answer.header("age").strip()
        return max(0.0, float(found[1]) - (float(age[:9]) if age.isdecimal() else 0.0))
    expires = answer.header("expires")
    if not expires:
        return None
    end = http_date(expires)
    # Measured by the server's own clock, which may be wrong by hours.
    return 0.0 if end is None else max(0.0, end - (http_date(answer.header("date")) or now))


def retry_at(answer: Answer, now: float) -> float | None:
    """Return when an overloaded host may be asked again, None where it does not say.

    https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
    """
    text = answer.header("retry-after").strip()
    if answer.status not in _BUSY or not text:
        return None
    if text.isdecimal():
        return now + min(float(text[:18]), LONGEST)
    date = http_date(text)
    return None if date is None else now + min(max(0.0, date - (http_date(answer.header("date")) or now)), LONGEST)


def after_success(schedule: Schedule, answer: Answer, *, ttl: float, now: float, least: float) -> Schedule:
    """Return the schedule after an answer that could be used; `least` is the configured interval in seconds."""
    said = lifetime(answer, now)
    whole = answer.status != _NOT_MODIFIED
    fresh = schedule.lifetime if said is None and not whole else said or 0.0
    return replace(
        schedule,
        next_at=now + max(least, min(max(fresh, ttl), LONGEST)),
        errors=0,
        error=None,
        full_at=now if whole else schedule.full_at,
        lifetime=min(fresh, LONGEST),
        moved_to=answer.moved_to or schedule.moved_to,
    )


def after_error(
    schedule: Schedule, answer: Answer | None, error: str, *, now: float, jitter: float, least: float = 0.0
) -> Schedule:
    """Return the schedule after a failure: each in a row doubles the wait, up to a day; 410 waits a day at once."""
    errors = schedule.errors + 1
    wait = min(max(_FIRST_DELAY, least) * 2 ** min(errors - 1, 20) * (1 + jitter / 4), LONGEST)
    if answer is not None and answer.status == _GONE:
        wait = LONGEST
    retry = retry_at(answer, now) if answer else None
    return replace(schedule, next_at=max(now + wait, retry or 0.0), errors=errors, error=error, moved_to=None)


def http_date(text: str) -> float | None:
    """Parse a date of HTTP; None for anything else."""
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=dt.UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
