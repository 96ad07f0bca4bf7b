"""Popular clips as podcast:soundbite: 15 to 120 seconds, whole sentences where a transcript tells."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from enricher.model.edition import Soundbite
from enricher.text import cut, one_line, untagged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from enricher.model.summary import Summary
    from enricher.model.timeline import Cue, Moment, Timeline

_SHORTEST, _LONGEST = 15.0, 120.0  # https://podcasting2.org/docs/podcast-namespace/tags/soundbite
_TITLE = 128
_SAME = 1.0  # seconds by which one bite may differ from another that it repeats


def soundbites(
    summary: Summary, timeline: Timeline, duration: float | None, published: Iterable[tuple[float, float]]
) -> tuple[Soundbite, ...]:
    """Make a soundbite of each clip whose start and end are known, in seconds inside the audio.

    A short one is stretched to the ends of its sentences, and left out where no transcript tells them; a long one is
    left out: cut off, it would stop in the middle. One that the publisher has (`published`: start and duration), or
    that stands before it, is left out. `duration` is the audio's.
    """
    taken = list(published)
    bites: list[Soundbite] = []
    for i, clip in enumerate(summary.clips):
        moment = timeline.moments.get(f"clips/{i}")
        span = _span(moment, timeline.cues) if moment else None
        title = cut(untagged(one_line(clip.title)), _TITLE)
        if span is None or not title or span[0] < 0 or (duration is not None and span[1] > duration):
            continue
        start, length = round(span[0], 3), round(span[1] - span[0], 3)
        if not any(abs(start - s) <= _SAME and abs(length - d) <= _SAME for s, d in taken):
            taken.append((start, length))
            bites.append(Soundbite(start, length, title))
    return tuple(bites)


def _span(moment: Moment, cues: Sequence[Cue]) -> tuple[float, float] | None:
    """Return a clip's start and end, stretched to sentence ends where cues tell; None if it cannot be 15 to 120 s."""
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
    """Return the times at which a cue begins or ends a sentence."""
    begins, ends = [cues[0].start], []
    for cue, after in pairwise(cues):
        if after.begins_sentence(cue):
            ends.append(cue.end)
            begins.append(after.start)
    return begins, [*ends, cues[-1].end]
