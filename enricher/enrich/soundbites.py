"""Popular clips as podcast:soundbite: 15 to 120 seconds, whole sentences where a transcript tells."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from lxml import etree

from enricher.feed.namespaces import PODCAST, PODCAST_ALIAS
from enricher.model.edition import Soundbite
from enricher.text import cut, one_line, untagged
from enricher.timing.sentences import parted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.model.feed import Item
    from enricher.model.summary import Summary
    from enricher.model.timeline import Cue, Moment, Timeline

_SHORTEST, _LONGEST = 15.0, 120.0  # https://podcasting2.org/docs/podcast-namespace/tags/soundbite
_TITLE = 128
_SAME = 1.0  # seconds by which one bite may differ from another that it repeats


def soundbites(summary: Summary, timeline: Timeline, item: Item) -> tuple[Soundbite, ...]:
    """Make a soundbite of each clip whose start and end are known, in seconds inside the audio.

    A short one is stretched to the ends of its sentences, and left out where no transcript tells them; a long one is
    left out: cut off, it would stop in the middle. One that the publisher has, or that stands before it, is left out.
    """
    taken = list(_published(item))
    bites: list[Soundbite] = []
    for i, clip in enumerate(summary.clips):
        moment = timeline.moments.get(f"clips/{i}")
        span = _span(moment, timeline.cues) if moment else None
        title = cut(untagged(one_line(clip.title)), _TITLE)
        if span is None or not title or not _inside(span, item.duration):
            continue
        start, duration = round(span[0], 3), round(span[1] - span[0], 3)
        if not any(abs(start - s) <= _SAME and abs(duration - d) <= _SAME for s, d in taken):
            taken.append((start, duration))
            bites.append(Soundbite(start, duration, title))
    return tuple(bites)


def _inside(span: tuple[float, float], duration: float | None) -> bool:
    return span[0] >= 0 and (duration is None or span[1] <= duration)


def _published(item: Item) -> Iterator[tuple[float, float]]:
    """Visit the publisher's own soundbites: start and duration."""
    for child in item.element:
        name = etree.QName(child if isinstance(child.tag, str) else "comment")
        space = name.namespace or ""
        if name.localname == "soundbite" and (space == PODCAST or PODCAST_ALIAS.fullmatch(space)):
            try:
                yield float(child.get("startTime", "")), float(child.get("duration", ""))
            except ValueError:
                continue


def _span(moment: Moment, cues: Sequence[Cue]) -> tuple[float, float] | None:
    """Give a clip's start and end, stretched to sentence ends where cues tell; None if it cannot be 15 to 120 s."""
    if moment.end is None or moment.end - moment.start > _LONGEST:
        return None
    start, end = moment.start, moment.end
    if cues:
        start, end = _whole(start, end, cues)
    return (start, end) if _SHORTEST <= end - start <= _LONGEST else None


def _whole(start: float, end: float, cues: Sequence[Cue]) -> tuple[float, float]:
    """Stretch to the sentence ends around; then, while too short, by the sentences that follow, else those before."""
    begins, ends = _edges(cues)
    starts = [time for time in begins if time <= start + _SAME and end - time <= _LONGEST]
    whole = max(starts, default=start) if end - max(starts, default=start) <= _LONGEST else start
    whole = min(whole, start)
    later = [time for time in ends if time >= end - _SAME and time - whole <= _LONGEST]
    long = [time for time in later if time - whole >= _SHORTEST]
    if long:
        return whole, max(end, long[0])
    last = max(end, later[-1]) if later else end
    earlier = [time for time in begins if time <= whole and _SHORTEST <= last - time <= _LONGEST]
    return (max(earlier), last) if earlier else (whole, last)


def _edges(cues: Sequence[Cue]) -> tuple[list[float], list[float]]:
    """Give the times at which a cue begins or ends a sentence."""
    begins, ends = [cues[0].start], []
    for cue, after in pairwise(cues):
        if parted(cue, after):
            ends.append(cue.end)
            begins.append(after.start)
    return begins, [*ends, cues[-1].end]
