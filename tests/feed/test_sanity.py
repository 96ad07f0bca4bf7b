"""Whether a source is believed."""

from __future__ import annotations

from enricher.feed.parse import parse
from enricher.feed.sanity import Known, judge
from enricher.model.feed import Document, Feed
from enricher.model.state import Hold

HOUR = 3600.0


def feed(*guids: str) -> Feed:
    """Make a feed of items with these guids."""
    items = "".join(f"<item><title>t</title><guid>{guid}</guid></item>" for guid in guids)
    return parse(Document("", f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()))


def test_a_new_feed_and_a_growing_feed_are_believed() -> None:
    """Nothing known, or more than was known."""
    assert judge(feed("a"), Known(), None, 0.0).reason is None
    assert judge(feed("c", "b", "a"), Known.of(feed("b", "a")), None, 0.0).reason is None


def test_a_feed_that_drops_its_oldest_half_is_believed() -> None:
    """Feeds that keep only the latest items are normal."""
    assert judge(feed("d", "c"), Known.of(feed("c", "b")), None, 0.0).reason is None


def test_a_feed_without_its_end_is_held_where_something_stands() -> None:
    """It may have been cut short; where nothing is published yet, it is better than nothing."""
    cut = parse(Document("", b'<rss version="2.0"><channel><title>x</title><item><guid>a</guid></item></channel></rss'))
    assert judge(cut, Known(), None, 0.0).reason is None
    verdict = judge(cut, Known.of(cut), None, 0.0)
    assert "cut short" in (verdict.reason or "")
    third = judge(cut, Known.of(cut), judge(cut, Known.of(cut), verdict.hold, HOUR).hold, 6 * HOUR)
    assert third.reason is None


def test_a_feed_that_lost_most_of_its_items_is_held_until_it_agrees_with_itself() -> None:
    """Three agreeing fetches over six hours, or a person's word."""
    known = Known.of(feed("a", "b", "c"))
    first = judge(feed("x"), known, None, 0.0)
    assert first.reason
    assert "3 of 3" in first.reason
    second = judge(feed("x"), known, first.hold, HOUR)
    third = judge(feed("x"), known, second.hold, 5 * HOUR)
    assert second.reason
    assert third.reason
    assert judge(feed("x"), known, third.hold, 6 * HOUR).reason is None
    assert judge(feed("x"), known, None, 0.0, accept=True).reason is None


def test_a_source_that_changes_its_mind_starts_again() -> None:
    """Two different shrunken answers do not agree."""
    known = Known.of(feed("a", "b", "c"))
    late = judge(feed("y"), known, Hold("other", 9, 0.0, 0.0, 9), 9 * HOUR)
    assert late.hold == Hold(late.hold.digest, 1, 9 * HOUR, 0.0, 10)  # type: ignore[union-attr]
    assert late.reason


def test_no_hold_is_endless() -> None:
    """C55: one that says something else every hour is believed after a day."""
    known, hold = Known.of(feed("a", "b", "c")), None
    held = 0
    while (verdict := judge(feed(f"x{held}"), known, hold, held * HOUR)).reason:
        hold, held = verdict.hold, held + 1
    assert held == 24


def dated(*days: int) -> Feed:
    """Make a feed of items of these days of January, each with the day for a guid."""
    item = "<item><title>t</title><guid>{0}</guid><pubDate>{0:02} Jan 2024 08:00:00 GMT</pubDate></item>"
    items = "".join(map(item.format, days))
    return parse(Document("", f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()))


def test_turnover_is_no_loss() -> None:
    """C55: as many items, newer ones, only the oldest gone, in either order."""

    def held(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
        return judge(dated(*after), Known.of(dated(*before)), None, 0.0).reason is not None

    assert not held((1,), (2,))
    assert not held((3, 2, 1), (6, 5, 3))
    assert not held((1, 2, 3), (3, 4, 5, 6))
    assert held((3, 2, 1), (5, 3))  # fewer
    assert held((3, 2, 1), (6, 5, 1))  # the oldest stayed
    assert held((6, 5, 4), (3, 2, 1))  # older ones came


def test_few_fetches_over_a_long_time_are_not_enough() -> None:
    """Time alone does not make it true."""
    known = Known.of(feed("a", "b", "c"))
    hold = judge(feed("x"), known, None, 0.0).hold
    assert judge(feed("x"), known, hold, 99 * HOUR).reason
