"""Map times between two edits of an episode, by the marks that both outlines share."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from enricher.text import fold
from enricher.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.model.timeline import Mark

_LEAST = 3  # shared marks, for the two outlines to be of one conversation
_AGREE = 5.0  # seconds that the offsets of neighbouring marks may differ by for nothing to stand between them


@dataclass(frozen=True, slots=True)
class Anchor:
    """A mark that both cuts share: its title and its seconds on the other cut and on this audio."""

    title: str
    there: float
    here: float

    @property
    def offset(self) -> float:
        """How many seconds later it comes on this audio."""
        return self.here - self.there


@dataclass(frozen=True, slots=True)
class Carried:
    """A time on this audio, and the shared marks that it lies between."""

    time: float
    before: Anchor
    after: Anchor


@dataclass(frozen=True, slots=True)
class Shift:
    """How the other cut's times become this audio's: three or more shared marks in order."""

    anchors: tuple[Anchor, ...]

    def at(self, seconds: float) -> Carried | str:
        """Carry a time over, between the marks around it; why not, outside them or where they are shifted apart."""
        place = bisect_right(self.anchors, seconds, key=lambda anchor: anchor.there)
        if place == len(self.anchors) and seconds == self.anchors[-1].there:
            place -= 1
        if place == 0 or place == len(self.anchors):
            side = "before the first" if place == 0 else "after the last"
            return f"it lies {side} mark that both outlines share, where nothing says how far they are apart"
        before, after = self.anchors[place - 1 : place + 1]
        if abs(before.offset - after.offset) > _AGREE:
            return (
                f"something is cut or put in between the marks {before.title!r} and {after.title!r}: "
                f"{before.offset:+.0f} s at the one and {after.offset:+.0f} s at the other"
            )
        share = (seconds - before.there) / (after.there - before.there)
        time = before.here + share * (after.here - before.here)
        return Carried(min(max(time, before.here), after.here), before, after)


def carry(marks_here: Sequence[Mark], marks_there: Sequence[Mark]) -> Shift | str:
    """Return how times on the other cut become times here, by marks of one folded title; or why they don't tell.

    At least three titles must be shared, each standing once in either outline, in the same order.
    """
    here, there = _once(marks_here), _once(marks_there)
    shared = [Anchor(mark.title, mark.start, here[title].start) for title, mark in there.items() if title in here]
    shared.sort(key=lambda anchor: (anchor.there, anchor.here))
    if len(shared) < _LEAST:
        return f"the two outlines share {len(shared)} marks; at least {_LEAST} are needed"
    for a, b in pairwise(shared):
        if b.here <= a.here or b.there <= a.there:
            return (
                f"the marks {a.title!r} ({clock(a.here)}) and {b.title!r} ({clock(b.here)}) "
                "do not follow each other alike in both outlines"
            )
    return Shift(tuple(shared))


def _once(marks: Sequence[Mark]) -> dict[str, Mark]:
    """Return the shown marks by folded title, without titles that stand twice and could be either."""
    counts = Counter(fold(mark.title) for mark in marks if not mark.hidden)
    return {title: mark for mark in marks if not mark.hidden and (title := fold(mark.title)) and counts[title] == 1}
