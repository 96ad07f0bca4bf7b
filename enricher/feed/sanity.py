"""Check that a source is the feed that was published before, and no accident of its server."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from enricher.model.state import Hold

if TYPE_CHECKING:
    from collections.abc import Collection

    from enricher.model.feed import Feed

# A host that is being moved or repaired serves a part of a feed for minutes or hours; a publisher who took episodes
# away serves the same at every fetch.
_AGREEING = 3  # fetches
_PATIENCE = 6 * 3600.0  # seconds
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why the source is not trusted (None: it is), and the hold to store."""

    reason: str | None = None
    hold: Hold | None = None


def identities(feed: Feed) -> tuple[str, ...]:
    """Return short digests of the items' identities, by which a feed is known again."""
    return tuple(item.key for item in feed.items)


def judge(
    feed: Feed, known: Collection[str], hold: Hold | None, now: float, *, accept: bool = False, whole: bool = False
) -> Verdict:
    """Hold a feed that lost more than half of its known items, or its end, until three fetches over six hours agree.

    `known` are the identities of the last published edition, which was not rebuilt where it is `whole`; `now` is in
    epoch seconds.
    """
    found = identities(feed)
    doubt = _doubt(feed, set(found), set(known), whole=whole)
    if accept or doubt is None:
        return Verdict()
    digest = hashlib.blake2b("".join(found).encode(), digest_size=8).hexdigest()
    # A hold that begins in the future was noted before the clock was set back, and would never end.
    if hold is None or hold.digest != digest or hold.since > now:
        hold = Hold(digest, 0, now)
    hold = Hold(digest, hold.count + 1, hold.since)
    if hold.count >= _AGREEING and now - hold.since >= _PATIENCE:
        return Verdict()
    return Verdict(f"{doubt}; the last good feed stays until the source agrees with itself for six hours", hold)


def _doubt(feed: Feed, found: set[str], known: set[str], *, whole: bool) -> str | None:
    gone = len(known - found)
    if gone > len(known) * _HALF:
        return f"{gone} of {len(known)} known items are gone from the source"
    if known and not feed.complete:  # one that ended so from the start is only mended
        return "the source lacks its end tag, so it may have been cut short"
    if whole and feed.rebuilt:
        return "the source is broken, and could only be rebuilt without much of what it says"
    return None
