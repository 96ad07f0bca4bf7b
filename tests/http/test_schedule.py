"""When servers are asked, and how: the decisions one by one; tests/test_judge.py holds two days of them together."""

from __future__ import annotations

import calendar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enricher.http.schedule import (
    DAY,
    Answer,
    due_at,
    http_date,
    is_conditional,
    lifetime,
    retry_at,
)
from enricher.http.schedule import after_error as after_error_
from enricher.http.schedule import after_success as after_success_
from enricher.model.state import Schedule
from tests.examples import examples

FIRST = Schedule()
NOW = float(calendar.timegm((2027, 1, 15, 8, 30, 0)))  # a Friday
NOON_2000 = "Sat, 01 Jan 2000 12:00:00 GMT"


def said(*status: int, **headers: str) -> Answer:
    """Make an answer with a status (200) and headers."""
    said = {key.replace("_", "-"): value for key, value in headers.items()}
    return Answer(status[0] if status else 200, said, "h.example", headers.get("moved_to"))


def after_success(schedule: Schedule, answer: Answer, ttl: float = 0.0, now: float = NOW) -> Schedule:
    """Note a success of a feed with an interval of 300 s."""
    return after_success_(schedule, answer, ttl=ttl, now=now, least=300.0)


def after_error(schedule: Schedule, answer: Answer | None, jitter: float = 0.0, error: str = "no answer") -> Schedule:
    """Note a failure."""
    return after_error_(schedule, answer, error, now=NOW, jitter=jitter)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache_control": "max-age=600"}, 600.0),
        ({"cache_control": "public, MAX-AGE = 600"}, 600.0),
        ({"cache_control": 'max-age="600"'}, 600.0),
        ({"cache_control": "max-age=600", "age": "500"}, 100.0),
        ({"cache_control": "max-age=600", "age": "900"}, 0.0),
        ({"cache_control": "max-age=600", "age": "old"}, 600.0),
        ({"cache_control": "max-age=600", "expires": "0"}, 600.0),
        ({"cache_control": "s-maxage=600"}, None),
        ({"cache_control": "max-age=600, no-cache"}, 0.0),
        ({"cache_control": "no-store"}, 0.0),
        ({"cache_control": 'max-age=60, no-cache="set-cookie"'}, 60.0),
        ({"cache_control": "max-age=-1"}, None),
        ({"cache_control": "max-age=99999999999999999999999"}, 999999999999999999.0),
        ({"expires": "Sat, 01 Jan 2000 13:00:00 GMT", "date": NOON_2000}, 3600.0),
        ({"expires": "Sat, 01 Jan 2000 11:00:00 GMT", "date": NOON_2000}, 0.0),
        ({"expires": "0", "date": NOON_2000}, 0.0),
        ({"expires": "Fri, 15 Jan 2027 09:30:00 GMT"}, 3600.0),
    ],
)
def test_how_long_an_answer_stays_fresh(headers: dict[str, str], seconds: float | None) -> None:
    """By max-age, else by Expires, which is relative to the server's own clock."""
    assert lifetime(said(**headers), NOW) == seconds


@pytest.mark.parametrize(
    ("status", "text", "date", "seconds"),
    [
        (429, "120", "", 120.0),
        (503, " 120 ", "", 120.0),
        (429, "999999", "", DAY),
        (503, "Sat, 01 Jan 2000 12:10:00 GMT", NOON_2000, 600.0),
        (503, "Sat, 01 Jan 2000 11:00:00 GMT", NOON_2000, 0.0),
        (503, "Fri, 15 Jan 2027 08:40:00 GMT", "", 600.0),
        (503, "Fri, 15 Jan 2027 08:40:00 GMT", "rubbish", 600.0),
        (503, "-5", "", None),
        (503, "soon", "", None),
        (429, "", "", None),
        (500, "120", "", None),
        (200, "120", "", None),
    ],
)
def test_how_long_a_host_wants_to_be_left_alone(status: int, text: str, date: str, seconds: float | None) -> None:
    """Retry-After of 429 and 503, in seconds or as a date by the server's own clock, at most a day."""
    at = retry_at(said(status, retry_after=text, date=date), NOW)
    assert (None if at is None else at - NOW) == seconds


def test_a_feed_is_due_when_all_that_puts_it_off_is_over() -> None:
    """The longest of the configured interval, the answer's freshness and the feed's own ttl, at most a day."""
    for headers, ttl, wait in (
        ({}, 0.0, 300.0),
        ({"cache_control": "max-age=900"}, 0.0, 900.0),
        ({"cache_control": "max-age=900"}, 3600.0, 3600.0),
        ({"cache_control": "max-age=31536000"}, 0.0, DAY),
        ({}, 999_999.0, DAY),
    ):
        schedule = after_success(FIRST, said(**headers), ttl)
        assert due_at(schedule, NOW) - NOW == wait
        assert due_at(schedule, NOW + wait) == NOW + wait
    assert due_at(FIRST, NOW) == NOW


def test_an_answer_304_without_headers_keeps_the_freshness_that_the_document_had() -> None:
    """RFC 9111: what the 304 does not say anew still holds."""
    schedule = after_success(FIRST, said(cache_control="max-age=7200"))
    assert due_at(after_success(schedule, said(304)), NOW) == NOW + 7200
    renewed = after_success(schedule, said(304, cache_control="max-age=60"))
    assert due_at(renewed, NOW) == NOW + 300


def test_a_clock_that_was_set_back_stops_no_feed() -> None:
    """What seems to be put off for longer than anything may be put off is due."""
    schedule = after_success(FIRST, said(cache_control="max-age=86400"), now=NOW + 900 * DAY)
    assert due_at(schedule, NOW) == NOW
    assert not is_conditional(schedule, NOW)


def test_failures_double_the_wait_with_jitter_up_to_a_day_and_success_ends_that() -> None:
    """10, 20, 40 minutes and so on; what is stored is what counts, so a restart resets nothing."""
    schedule, waits = FIRST, []
    for _ in range(12):
        written = msgspec.json.encode(after_error(schedule, None))
        schedule = msgspec.json.decode(written, type=Schedule)
        waits.append(schedule.next_at - NOW)
    assert waits == [600.0 * 2**i for i in range(8)] + [DAY] * 4
    assert after_error(FIRST, None, jitter=1.0).next_at - NOW == 750.0
    assert schedule.error == "no answer"
    good = after_success(schedule, said())
    assert (good.errors, good.error, good.next_at) == (0, None, NOW + 300)


def test_a_server_that_says_how_long_is_believed_where_that_is_longer() -> None:
    """Retry-After beside the back-off."""
    assert after_error(FIRST, said(503, retry_after="7200")).next_at == NOW + 7200
    assert after_error(FIRST, said(503, retry_after="5")).next_at == NOW + 600


def test_a_feed_that_is_gone_waits_a_day() -> None:
    """410 says that nothing will come; a day later it is asked again, for it may have been an accident."""
    assert after_error(FIRST, said(410)).next_at == NOW + DAY


def test_the_whole_is_asked_for_once_a_day() -> None:
    """Some servers keep an ETag while the feed changes."""
    schedule = after_success(FIRST, said(200))
    assert not is_conditional(FIRST, NOW)
    assert is_conditional(schedule, NOW + DAY - 1)
    assert not is_conditional(schedule, NOW + DAY)
    later = after_success(schedule, said(304), now=NOW + DAY - 1)
    assert not is_conditional(later, NOW + DAY)


def test_a_permanent_redirect_is_followed_until_it_fails() -> None:
    """An answer from there, which says nothing of redirects, keeps it."""
    there = after_success(FIRST, said(moved_to="https://new.example/"))
    assert there.moved_to == after_success(there, said()).moved_to == "https://new.example/"
    assert after_error(there, None).moved_to is None


def test_a_first_schedule_takes_no_room() -> None:
    """Only what differs from a first one is stored, and what another version stored beside it is left alone."""
    assert msgspec.json.encode(FIRST) == b"{}"
    schedule = after_error(FIRST, said(503))
    written = msgspec.json.encode(msgspec.to_builtins(schedule) | {"later": 1})
    assert msgspec.json.decode(written, type=Schedule) == schedule


@settings(max_examples=examples(300))
@given(st.text(max_size=40), st.sampled_from(["cache_control", "expires", "date", "age", "retry_after"]))
def test_no_header_raises_or_puts_off_for_more_than_a_day(text: str, name: str) -> None:
    """Whatever a server writes."""
    http_date(text)
    headers = {"expires": "Sat, 01 Jan 2050 00:00:00 GMT", name: text}
    schedule = after_success(FIRST, said(**headers))
    assert NOW + 300 <= due_at(schedule, NOW) <= NOW + DAY
    assert NOW <= after_error(FIRST, said(503, **headers), jitter=1.0).next_at <= NOW + DAY
