"""When to ask a server again, and how: decisions without a clock, a socket or a store.

All times are epoch seconds; `now` and `jitter` (0 to 1) are arguments.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, field, fields, replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

HOUR, DAY = 3600.0, 86_400.0
LONGEST = DAY
"""The longest that a server, a feed or our own back-off may put off the next request."""
_FIRST_DELAY = 600.0
_MOVES, _MOVE_SECONDS = 10, 3 * DAY
_DISTRUST_SECONDS = 30 * DAY
_SURPRISES = 2
_DAYS = tuple(name.lower() for name in calendar.day_name)
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,18})", re.IGNORECASE)
_NO_CACHE = re.compile(r"(?:^|[,\s])no-(?:cache|store)\b(?!\s*=)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said beside the document."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name; of several like-named ones the first."""
    host: str = ""
    """Who said it."""
    moved_to: str | None = None
    """Where the permanent redirects led that the answer's chain began with."""

    def header(self, name: str) -> str:
        """Give a header, empty where there is none."""
        return self.headers.get(name, "")


@dataclass(frozen=True, slots=True)
class Hints:
    """What a feed itself says of its schedule."""

    ttl: float = 0.0
    """Seconds."""
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    """0 is Monday; both in UTC."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What is remembered of an address between runs."""

    next_at: float = 0.0
    errors: int = 0
    """How often in a row it failed."""
    error: str | None = None
    """Why the last answer could not be used."""
    full_at: float = 0.0
    """When the whole document came last."""
    unmodified_at: float = 0.0
    """When the server last said that nothing had changed, by its own clock; 0 where not since the whole came."""
    surprises: int = 0
    """How often in a row the daily full request found what the validators had not shown."""
    distrusted_at: float = 0.0
    """When the validators were found to lie; 0 where they are trusted."""
    lifetime: float = 0.0
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    moved_to: str | None = None
    moves: int = 0
    moved_since: float = 0.0
    gone_on: int = 0
    """The day since 1970 on which the server first said 410."""
    gone: bool = False

    def as_json(self) -> dict[str, Any]:
        """Give what the store keeps: only what differs from a first visit."""
        values = {name: getattr(self, name) for name in _NAMES}
        return {name: value for name, value in values.items() if value != getattr(_FIRST, name)}

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> Visit:
        """Read what the store kept; an unknown key is left out."""
        kept: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in state.items() if k in _NAMES}
        return cls(**kept)


_FIRST = Visit()
_NAMES = tuple(one.name for one in fields(Visit))


# When


def due_at(visit: Visit, now: float) -> float:
    """Give the moment from which the address may be asked again; at most `now` where that is at once."""
    # Nothing is put off for longer than that, so the clock was set back, which must not stop a feed.
    at = now if visit.next_at > now + LONGEST else max(visit.next_at, now)
    return _not_skipped(at, visit)


def _not_skipped(at: float, visit: Visit) -> float:
    """Move on to an hour in which the feed wants to be read; one that never wants it is read all the same."""
    if len(set(visit.skip_hours)) >= 24 or len(set(visit.skip_days)) >= 7:  # noqa: PLR2004 a day's and a week's
        return at
    for _ in range(8 * 24):
        moment = dt.datetime.fromtimestamp(at, dt.UTC)
        if moment.weekday() not in visit.skip_days and moment.hour not in visit.skip_hours:
            return at
        at = (at // HOUR + 1) * HOUR
    return at


def is_conditional(visit: Visit, now: float) -> bool:
    """Tell whether to ask only for changes: once a day, and where validators lie always, the whole is asked for."""
    return 0 <= now - visit.full_at < DAY and not is_distrusted(visit, now)


def is_distrusted(visit: Visit, now: float) -> bool:
    """Tell whether the server's validators were lately found to lie."""
    return visit.distrusted_at > 0 and now - visit.distrusted_at < _DISTRUST_SECONDS


def direct(visit: Visit) -> str | None:
    """Give the address that a permanent redirect has led to often and long enough to be believed."""
    return visit.moved_to if visit.moves >= _MOVES else None


# After an answer


def lifetime(answer: Answer, now: float) -> float | None:
    """Give the seconds for which an answer stays fresh, None where it says nothing.

    https://www.rfc-editor.org/rfc/rfc9111#section-4.2
    """
    control = answer.header("cache-control")
    if _NO_CACHE.search(control):
        return 0.0
    found = _MAX_AGE.search(control)
    if found:
        age = answer.header("age").strip()
        return max(0.0, float(found[1]) - (float(age) if age.isdecimal() and len(age) < 10 else 0.0))  # noqa: PLR2004 a sane age
    expires = answer.header("expires")
    if not expires:
        return None
    end = http_date(expires)
    return 0.0 if end is None else max(0.0, end - (http_date(answer.header("date")) or now))


def retry_at(answer: Answer, now: float) -> float | None:
    """Give when a host that is overloaded wants to be asked again, None where it does not say.

    https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
    """
    text = answer.header("retry-after").strip()
    if answer.status not in {429, 503} or not text:
        return None
    if text.isdecimal():
        return now + min(float(text[:18]), LONGEST)
    date = http_date(text)
    if date is None:
        return None
    return now + min(max(0.0, date - (http_date(answer.header("date")) or now)), LONGEST)


def after_success(visit: Visit, answer: Answer, hints: Hints, now: float, least: float) -> Visit:
    """Give the visit after an answer that could be used; `least` is the configured interval in seconds."""
    said = lifetime(answer, now)
    fresh = visit.lifetime if said is None and answer.status == 304 else said or 0.0  # noqa: PLR2004 HTTP's number
    wait = max(least, min(max(fresh, hints.ttl), LONGEST))
    full = answer.status != 304  # noqa: PLR2004 HTTP's number
    return replace(
        _moved(visit, answer, now),
        next_at=now + wait,
        errors=0,
        error=None,
        lifetime=min(fresh, LONGEST),
        skip_hours=hints.skip_hours,
        skip_days=hints.skip_days,
        full_at=now if full else visit.full_at,
        unmodified_at=0.0 if full else http_date(answer.header("date")) or now,
        gone_on=0,
        gone=False,
    )


def after_error(
    visit: Visit, answer: Answer | None, now: float, jitter: float, error: str, least: float = 0.0
) -> Visit:
    """Give the visit after a failure: each in a row doubles the wait, up to a day; a new address is forgotten."""
    errors = visit.errors + 1
    wait = min(max(_FIRST_DELAY, least) * 2 ** min(errors - 1, 20) * (1 + jitter / 4), LONGEST)
    retry = retry_at(answer, now) if answer else None
    visit = replace(visit, next_at=max(now + wait, retry or 0.0), errors=errors, error=error, moved_to=None, moves=0)
    if answer is None:
        return visit
    if answer.status != 410:  # noqa: PLR2004 HTTP's number
        return replace(visit, gone=False)
    today = int(now // DAY)
    return replace(visit, gone_on=visit.gone_on or today, gone=0 < visit.gone_on != today)


def with_error(visit: Visit, error: str) -> Visit:
    """Give a visit whose answer was sound and is not used all the same, for a reason."""
    return replace(visit, error=error)


def _moved(visit: Visit, answer: Answer, now: float) -> Visit:
    """Count how often the same permanent redirect came; ten times over three days make it the new address."""
    if direct(visit):
        return visit
    if not answer.moved_to:
        return replace(visit, moved_to=None, moves=0)
    if answer.moved_to != visit.moved_to:
        return replace(visit, moved_to=answer.moved_to, moves=1, moved_since=now)
    # The last one counts only when the time is over, so that the count alone tells.
    moves = visit.moves + 1 if visit.moves < _MOVES - 1 or now - visit.moved_since >= _MOVE_SECONDS else visit.moves
    return replace(visit, moves=moves)


def doubt(visit: Visit, *, asked_all: bool, same_validators: bool, modified: float | None, now: float) -> Visit:
    """Give the visit with what a changed document tells of the validators: whether they hid the change.

    They did where they are the same for another content, where the server had called unmodified what it had modified
    an hour before, and where twice in a row only the daily request for the whole showed a change.
    """
    if same_validators:
        return replace(visit, distrusted_at=now, surprises=0)
    if not asked_all:
        return replace(visit, surprises=0)
    if not visit.unmodified_at:
        return visit
    late = modified is not None and modified < visit.unmodified_at - HOUR
    if late or visit.surprises + 1 >= _SURPRISES:
        return replace(visit, distrusted_at=now, surprises=0)
    return replace(visit, surprises=visit.surprises + 1)


# What is read


def http_date(text: str) -> float | None:
    """Read a date of HTTP; None for anything else."""
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=dt.UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def hints_of(root: etree._Element) -> Hints:
    """Read a feed's ttl, skipHours and skipDays (https://www.rssboard.org/rss-specification)."""
    channel = root[0] if len(root) else root
    ttl = (channel.findtext("ttl") or "").strip()
    hours = [(one.text or "").strip() for one in channel.iterfind("skipHours/hour")]
    days = [(one.text or "").strip().lower() for one in channel.iterfind("skipDays/day")]
    return Hints(
        ttl=float(ttl[:6]) * 60 if ttl.isdecimal() else 0.0,
        skip_hours=tuple(sorted({int(hour) % 24 for hour in hours if hour.isdecimal() and len(hour) < 3})),  # noqa: PLR2004 two digits
        skip_days=tuple(sorted({_DAYS.index(day) for day in days if day in _DAYS})),
    )
