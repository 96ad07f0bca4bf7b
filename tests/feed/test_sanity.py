"""Whether a source is believed."""

from __future__ import annotations

from enricher.feed.parse import parse
from enricher.feed.sanity import identities, judge
from enricher.model.feed import Document, Feed
from enricher.model.state import Hold

HOUR = 3600.0


def feed(*guids: str) -> Feed:
    """Make a feed of items with these guids."""
    items = "".join(f"<item><title>t</title><guid>{guid}</guid></item>" for guid in guids)
    return parse(Document("", f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()))


def test_a_new_feed_and_a_growing_feed_are_believed() -> None:
    """Nothing known, or more than was known."""
    assert judge(feed("a"), (), None, 0.0).reason is None
    assert judge(feed("c", "b", "a"), identities(feed("b", "a")), None, 0.0).reason is None


def test_a_feed_that_drops_its_oldest_half_is_believed() -> None:
    """Feeds that keep only the latest items are normal."""
    assert judge(feed("d", "c"), identities(feed("c", "b")), None, 0.0).reason is None


def test_a_feed_without_its_end_is_held_where_something_stands() -> None:
    """It may have been cut short; where nothing is published yet, it is better than nothing."""
    cut = parse(Document("", b'<rss version="2.0"><channel><title>x</title><item><guid>a</guid></item></channel></rss'))
    assert judge(cut, (), None, 0.0).reason is None
    verdict = judge(cut, identities(cut), None, 0.0)
    assert "cut short" in (verdict.reason or "")
    third = judge(cut, identities(cut), judge(cut, identities(cut), verdict.hold, HOUR).hold, 6 * HOUR)
    assert third.reason is None


def test_a_feed_that_lost_most_of_its_items_is_held_until_it_agrees_with_itself() -> None:
    """Three agreeing fetches over six hours, or a person's word."""
    known = identities(feed("a", "b", "c"))
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
    known = identities(feed("a", "b", "c"))
    late = judge(feed("y"), known, Hold("other", 9, 0.0), 9 * HOUR)
    assert late.hold == Hold(late.hold.digest, 1, 9 * HOUR)  # type: ignore[union-attr]
    assert late.reason


def test_few_fetches_over_a_long_time_are_not_enough() -> None:
    """Time alone does not make it true."""
    known = identities(feed("a", "b", "c"))
    hold = judge(feed("x"), known, None, 0.0).hold
    assert judge(feed("x"), known, hold, 99 * HOUR).reason
