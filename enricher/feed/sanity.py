"""Check that a source is the feed that was published before, and no accident of its server."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from enricher.model.feed import BROKEN
from enricher.model.state import Hold

if TYPE_CHECKING:
    from enricher.model.feed import Feed

# A host that is being moved or repaired serves a part of a feed for minutes or hours; a publisher who took episodes
# away serves the same at every fetch.
_AGREEING = 3  # fetches
_PATIENCE = 6 * 3600.0  # seconds
_LONGEST = 86_400.0  # seconds
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why the source is not trusted (None: it is), and the hold to store."""

    reason: str | None = None
    hold: Hold | None = None


def identities(feed: Feed) -> tuple[str, ...]:
    """Return short digests of the items' identities, by which a feed is known again."""
    return tuple(item.key for item in feed.items)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the published edition."""

    keys: tuple[str, ...] = ()
    """The identities of its items."""
    newest: float | None = None
    """When its newest item was published, in epoch seconds."""
    whole: bool = False
    """It was not rebuilt."""

    @classmethod
    def of(cls, feed: Feed) -> Known:
        """Return what a feed itself shows."""
        return cls(identities(feed), feed.newest)


def judge(feed: Feed, known: Known, hold: Hold | None, now: float, *, accept: bool = False) -> Verdict:
    """Hold a feed that lost more than half of its known items, or its end, until three fetches over six hours agree.

    One that never agrees with itself is believed after a day. `now` is in epoch seconds.
    """
    found = identities(feed)
    doubt = _doubt(feed, known)
    if accept or doubt is None:
        return Verdict()
    digest = hashlib.blake2b("".join(found).encode(), digest_size=8).hexdigest()
    # A hold that begins in the future was noted before the clock was set back, and would never end.
    if hold is None or max(hold.since, hold.began) > now:
        hold = Hold(digest, 0, now, now)
    elif hold.digest != digest:
        hold = replace(hold, digest=digest, count=0, since=now)
    hold = replace(hold, count=hold.count + 1, total=hold.total + 1)
    agrees = hold.count >= _AGREEING and now - hold.since >= _PATIENCE
    # What can only be rebuilt never replaces what is whole (contract C15).
    is_late = hold.total >= _AGREEING and now - hold.began >= _LONGEST
    if (agrees or is_late) and not (known.whole and feed.rebuilt == BROKEN):
        return Verdict()
    return Verdict(f"{doubt}; the last good feed stays until the source agrees with itself for six hours", hold)


def _doubt(feed: Feed, known: Known) -> str | None:
    gone = len(set(known.keys).difference(identities(feed)))
    if gone > len(known.keys) * _HALF and not _turned_over(feed, known):
        return f"{gone} of {len(known.keys)} known items are gone from the source"
    if known.keys and not feed.complete:  # one that ended so from the start is only mended
        return "the source lacks its end tag, so it may have been cut short"
    if known.whole and feed.rebuilt:
        return f"{feed.rebuilt}, and could only be rebuilt without much of what it says"
    return None


def _turned_over(feed: Feed, known: Known) -> bool:
    """Check for hourly news: as many items as before, the fresh ones newer than all before, only the oldest gone."""
    if not 0 < len(known.keys) <= len(feed.items):
        return False
    found, before, limit = set(identities(feed)), set(known.keys), known.newest
    fresh = [item.published for item in feed.items if item.key not in before]
    stayed = [key in found for key in known.keys]
    is_newest_first = (feed.items[0].published or 0.0) >= (feed.items[-1].published or 0.0)
    are_newer = limit is not None and all(date is not None and date > limit for date in fresh)
    only_oldest_gone = stayed == sorted(stayed, reverse=is_newest_first)
    return are_newer and only_oldest_gone
