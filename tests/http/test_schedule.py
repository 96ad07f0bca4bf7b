"""When servers are asked, and how: the decisions one by one; tests/test_judge.py holds two days of them together."""

from __future__ import annotations

import calendar
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from enricher.http.schedule import (
    DAY,
    HOUR,
    Answer,
    Hints,
    Visit,
    after_error,
    after_success,
    direct,
    doubt,
    due_at,
    hints_of,
    http_date,
    is_conditional,
    is_distrusted,
    lifetime,
    retry_at,
)

FIRST = Visit()
NOW = float(calendar.timegm((2027, 1, 15, 8, 30, 0)))  # a Friday
NOON_2000 = "Sat, 01 Jan 2000 12:00:00 GMT"


def said(*status: int, **headers: str) -> Answer:
    """Make an answer with a status (200) and headers."""
    said = {key.replace("_", "-"): value for key, value in headers.items()}
    return Answer(status[0] if status else 200, said, "h.example", headers.get("moved_to"))


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
        visit = after_success(Visit(), said(**headers), Hints(ttl), NOW, 300.0)
        assert due_at(visit, NOW) - NOW == wait
        assert due_at(visit, NOW + wait) == NOW + wait
    assert due_at(Visit(), NOW) == NOW


def test_an_answer_304_without_headers_keeps_the_freshness_that_the_document_had() -> None:
    """RFC 9111: what the 304 does not say anew still holds."""
    visit = after_success(Visit(), said(cache_control="max-age=7200"), Hints(), NOW, 300.0)
    assert due_at(after_success(visit, said(304), Hints(), NOW, 300.0), NOW) == NOW + 7200
    renewed = after_success(visit, said(304, cache_control="max-age=60"), Hints(), NOW, 300.0)
    assert due_at(renewed, NOW) == NOW + 300


def test_hours_and_days_that_a_feed_skips_are_skipped() -> None:
    """In UTC; the next moment is the first hour that is not skipped. A feed that skips all is read all the same."""
    at_eight = Visit(skip_hours=(8, 9))
    assert due_at(at_eight, NOW) == NOW + 1.5 * HOUR
    friday = Visit(skip_days=(4, 5))
    assert due_at(friday, NOW) == NOW + 15.5 * HOUR + DAY
    assert due_at(Visit(skip_hours=tuple(range(24))), NOW) == NOW
    assert due_at(Visit(skip_days=tuple(range(7))), NOW) == NOW
    assert due_at(Visit(skip_hours=(0,), skip_days=(0,)), NOW) == NOW


def test_a_clock_that_was_set_back_stops_no_feed() -> None:
    """What seems to be put off for longer than anything may be put off is due."""
    visit = after_success(Visit(), said(cache_control="max-age=86400"), Hints(), NOW + 900 * DAY, 300.0)
    assert due_at(visit, NOW) == NOW
    assert not is_conditional(visit, NOW)


def test_failures_double_the_wait_with_jitter_up_to_a_day_and_success_ends_that() -> None:
    """10, 20, 40 minutes and so on; what is stored is what counts, so a restart resets nothing."""
    visit, waits = Visit(), []
    for _ in range(12):
        visit = Visit.from_json(json.loads(json.dumps(after_error(visit, None, NOW, 0.0, "no answer").as_json())))
        waits.append(visit.next_at - NOW)
    assert waits == [600.0 * 2**i for i in range(8)] + [DAY] * 4
    assert after_error(Visit(), None, NOW, 1.0, "x").next_at - NOW == 750.0
    assert visit.error == "no answer"
    good = after_success(visit, said(), Hints(), NOW, 300.0)
    assert (good.errors, good.error, good.next_at) == (0, None, NOW + 300)


def test_a_server_that_says_how_long_is_believed_where_that_is_longer() -> None:
    """Retry-After beside the back-off."""
    assert after_error(Visit(), said(503, retry_after="7200"), NOW, 0.0, "busy").next_at == NOW + 7200
    assert after_error(Visit(), said(503, retry_after="5"), NOW, 0.0, "busy").next_at == NOW + 600


def test_the_whole_is_asked_for_once_a_day() -> None:
    """Some servers keep an ETag while the feed changes."""
    visit = after_success(Visit(), said(200), Hints(), NOW, 300.0)
    assert not is_conditional(Visit(), NOW)
    assert is_conditional(visit, NOW + DAY - 1)
    assert not is_conditional(visit, NOW + DAY)
    later = after_success(visit, said(304), Hints(), NOW + DAY - 1, 300.0)
    assert not is_conditional(later, NOW + DAY)


def test_validators_that_lie_are_not_used_for_a_month() -> None:
    """The same ETag for another content, or a change that the server had called none."""
    known = after_success(Visit(), said(200), Hints(), NOW - DAY, 300.0)
    seen = after_success(known, said(304), Hints(), NOW - HOUR, 300.0)
    same = doubt(seen, asked_all=True, same_validators=True, modified=None, now=NOW)
    assert is_distrusted(same, NOW)
    assert not is_conditional(replace(same, full_at=NOW), NOW)
    assert not is_distrusted(same, NOW + 30 * DAY)
    late = doubt(seen, asked_all=True, same_validators=False, modified=NOW - 5 * HOUR, now=NOW)
    assert is_distrusted(late, NOW)
    fresh = doubt(seen, asked_all=True, same_validators=False, modified=NOW - 60, now=NOW)
    assert not is_distrusted(fresh, NOW)
    assert is_distrusted(doubt(fresh, asked_all=True, same_validators=False, modified=None, now=NOW), NOW)


def test_validators_that_showed_a_change_are_trusted() -> None:
    """A conditional request that brought the change, or no 304 since the last whole document."""
    known = after_success(Visit(surprises=1), said(200), Hints(), NOW - DAY, 300.0)
    asked = doubt(known, asked_all=False, same_validators=False, modified=None, now=NOW)
    assert (asked.surprises, is_distrusted(asked, NOW)) == (0, False)
    unasked = doubt(known, asked_all=True, same_validators=False, modified=NOW - 2 * DAY, now=NOW)
    assert not is_distrusted(unasked, NOW)


def test_a_permanent_redirect_is_remembered_after_ten_answers_over_three_days() -> None:
    """Neither ten within a day nor few over a week are enough, and every other answer begins anew."""
    there, elsewhere = said(moved_to="https://new.example/"), said(moved_to="https://else.example/")

    def times(count: int, every: float, visit: Visit = FIRST) -> Visit:
        for i in range(count):
            visit = after_success(visit, there, Hints(), NOW + i * every, 300.0)
        return visit

    assert direct(times(50, HOUR)) is None
    assert direct(times(9, DAY)) is None
    assert direct(times(10, DAY)) == "https://new.example/"
    assert direct(times(73, HOUR)) == "https://new.example/"
    almost = times(9, DAY)
    for other in (elsewhere, said()):
        begun = after_success(almost, other, Hints(), NOW + 9 * DAY, 300.0)
        assert direct(after_success(begun, there, Hints(), NOW + 10 * DAY, 300.0)) is None
    moved = after_success(times(10, DAY), said(), Hints(), NOW + 11 * DAY, 300.0)
    assert direct(moved) == "https://new.example/"
    assert direct(after_error(moved, None, NOW, 0.0, "the new address fails")) is None


def test_gone_on_two_days_is_gone() -> None:
    """410 twice on one day may be an accident; success in between, or another failure at last, ends it."""
    first = after_error(Visit(), said(410), NOW, 0.0, "gone")
    same_day = after_error(first, said(410), NOW + HOUR, 0.0, "gone")
    next_day = after_error(same_day, said(410), NOW + DAY, 0.0, "gone")
    assert [one.gone for one in (first, same_day, next_day)] == [False, False, True]
    assert not after_error(next_day, said(500), NOW + DAY, 0.0, "broken").gone
    back = after_success(first, said(), Hints(), NOW + HOUR, 300.0)
    assert not after_error(back, said(410), NOW + DAY, 0.0, "gone").gone


def test_a_feed_tells_its_own_schedule() -> None:
    """The ttl in minutes, skipHours and skipDays; nonsense is left out."""
    text = (
        "<rss><channel><ttl> 90 </ttl><skipHours><hour>0</hour><hour>24</hour><hour>7</hour><hour>x</hour></skipHours>"
        "<skipDays><day>Sunday</day><day>monday</day><day>Someday</day></skipDays></channel></rss>"
    )
    assert hints_of(etree.fromstring(text)) == Hints(5400.0, (0, 7), (0, 6))
    assert hints_of(etree.fromstring("<rss><channel><ttl>soon</ttl></channel></rss>")) == Hints()
    assert hints_of(etree.fromstring("<rss/>")) == Hints()


def test_a_visit_outlives_the_store_and_other_versions() -> None:
    """What is stored is read again; what another version stored beside it is left alone."""
    visit = Visit(5.0, 2, "why", 1.0, skip_hours=(1, 2), moved_to="https://a.example/", moves=3)
    assert Visit.from_json(json.loads(json.dumps(visit.as_json())) | {"later": 1}) == visit
    assert Visit().as_json() == {}


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text(max_size=40), st.sampled_from(["cache_control", "expires", "date", "age", "retry_after"]))
def test_no_header_raises_or_puts_off_for_more_than_a_day(text: str, name: str) -> None:
    """Whatever a server writes."""
    http_date(text)
    headers = {"expires": "Sat, 01 Jan 2050 00:00:00 GMT", name: text}
    visit = after_success(Visit(), said(**headers), Hints(), NOW, 300.0)
    assert NOW + 300 <= due_at(visit, NOW) <= NOW + DAY
    assert NOW <= after_error(Visit(), said(503, **headers), NOW, 1.0, "x").next_at <= NOW + DAY
