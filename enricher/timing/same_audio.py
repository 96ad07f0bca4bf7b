"""Whether a timeline is this audio's: by its length, and by the publisher's marks.

Inserted adverts shift everything that follows them (contract C41).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from enricher.model.summary import parts
from enricher.model.timeline import tolerance
from enricher.text import fold
from enricher.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.model.feed import Item
    from enricher.model.summary import Summary
    from enricher.model.timeline import Mark
    from enricher.timing.quote_search import Index

_ALIKE = 90.0  # least similarity of a topic's title and a mark's
_AHEAD = 8.0  # and by how much it must lead the next mark
_ALL_OFF, _SAME_OFFSET, _SHIFTED = 3, 5.0, 15.0  # so many topics, as much off within 5 s, by a quarter of a minute
_NEAR = 60.0  # seconds that a topic may lie from its own mark

_SHORTEST, _LONGEST = 10.0, 172_800.0  # seconds; no episode is shorter or longer
_FAR_LONGER = 5.0  # times as long: no cut of an episode is so much shorter than another

# A mark's words are mostly spoken soon after it. Shifted against the audio, they are spoken as much later.
_BEFORE, _AFTER = 15.0, 90.0
_SHIFTS = range(-600, 601, 15)
_SMEAR = 60  # shifts smaller than this are not told apart
_RARE = 0.35  # of the time that a word's neighbourhoods may cover, to say anything of where
_SPOKEN = 4  # marks whose words must be heard
_LEAD = 1.3  # by how much more marks are heard where the timeline is right than where it is not


def mark_of(title: str, marks: Sequence[Mark]) -> Mark | None:
    """Return the one mark with a topic's title, folded, or uniquely similar; None if there is not just one."""
    wanted = fold(title)
    shown = [(fold(mark.title), mark) for mark in marks if not mark.hidden]
    equal = [mark for folded, mark in shown if folded == wanted]
    if equal or not wanted:
        return equal[0] if len(equal) == 1 else None
    numbers = _numbers(wanted)
    scores = sorted(
        (
            (max(fuzz.ratio(wanted, folded), fuzz.token_sort_ratio(wanted, folded)), mark)
            for folded, mark in shown
            if _numbers(folded) == numbers  # "Part 1" is 83 % like "Part 2"
        ),
        key=lambda scored: (-scored[0], scored[1].start),
    )
    if not scores or scores[0][0] < _ALIKE or (len(scores) > 1 and scores[0][0] - scores[1][0] < _AHEAD):
        return None
    return scores[0][1]


def _numbers(folded: str) -> list[str]:
    # Most words are letters alone, which isalpha() sees at once: each topic is held against each mark.
    words = (word for word in folded.split() if not word.isalpha())
    return sorted(word for word in words if any(character.isdigit() for character in word))


def summary_doubt(summary: Summary, item: Item, marks: Sequence[Mark]) -> str | None:
    """Return why a summary's own times are not on this audio; None if nothing speaks against them."""
    latest = max((part.start for part in parts(summary) if part.start is not None), default=None)
    if latest is None:
        return None
    near, far = _by_marks(summary, marks)
    if len(far) > near:
        return f"the publisher's marks contradict the summary's times: {far[0]}"
    if item.duration is None:
        return None
    allowed = tolerance(item.duration)
    if summary.duration is not None and abs(summary.duration - item.duration) > allowed:
        return (
            f"the summary's times are of audio that lasts {clock(summary.duration)}, "
            f"but this audio lasts {clock(item.duration)}"
        )
    if latest > item.duration + allowed and near < 2:  # noqa: PLR2004 two topics at their marks outweigh a slip
        return f"the summary has a time of {clock(latest)}, but the audio ends at {clock(item.duration)}"
    return None


def _by_marks(summary: Summary, marks: Sequence[Mark]) -> tuple[int, list[str]]:
    """Count the topics whose own time is near their mark's, and name those whose time is far from it.

    Times that are all as much off are on another timeline, however near they are.
    """
    near, far, offsets = 0, [], []
    for part in parts(summary):
        mark = mark_of(part.text, marks) if part.kind == "topic" and part.start is not None else None
        if mark is None or part.start is None:
            continue
        offsets.append(part.start - mark.start)
        if abs(offsets[-1]) <= _NEAR:
            near += 1
        else:
            far.append(f"{part.text!r} is at {clock(mark.start)}, not {clock(part.start)}")
    if len(offsets) >= _ALL_OFF and max(offsets) - min(offsets) <= _SAME_OFFSET and abs(offsets[0]) >= _SHIFTED:
        return 0, [f"all {len(offsets)} topics that have a mark are about {offsets[0]:+.0f} s off", *far]
    return near, far


def is_length_wrong(length: float, ends: Sequence[float]) -> bool:
    """Check whether a stated length is itself what is wrong: all that is known of the audio goes on for far longer.

    `ends` are the last times of the publisher's marks, the summary and the transcripts, of each that there is; one of
    them is enough where no audio is so short or so long. A real feed said `1` for every episode.
    """
    if not ends or length > _LONGEST:
        return bool(ends)
    return min(ends) > _FAR_LONGER * length and (len(ends) > 1 or length < _SHORTEST)


def transcript_doubt(index: Index, item: Item, marks: Sequence[Mark], *, own: bool) -> str | None:
    """Return why a transcript is not of this audio; None if it ends when the audio does and no marks contradict it.

    Where nobody knows when the audio ends, the item's `own` is believed (contract C41), another if marks bear it out:
    the transcript of the video is what people find, and its adverts are others.
    """
    end = index.transcript.cues[-1].end
    if item.duration is not None and abs(end - item.duration) > tolerance(item.duration):
        return f"it ends at {clock(end)}, but the audio lasts {clock(item.duration)}"
    shown = [mark for mark in marks if not mark.hidden]
    late = [mark for mark in shown if mark.start > end + tolerance(end)]
    if late:
        return f"it ends at {clock(end)}, but the publisher's mark {late[0].title!r} is at {clock(late[0].start)}"
    here, best, shift = _heard(index, shown)
    if abs(shift) >= _SMEAR and best >= max(_SPOKEN, here + 3, here * _LEAD):
        return (
            f"what {best} of the publisher's {len(shown)} marks are about is spoken in it "
            f"about {abs(shift)} s {'later' if shift > 0 else 'earlier'}"
        )
    is_borne_out = here >= max(_SPOKEN, best / _LEAD, len(shown) / 2)
    if item.duration is None and not own and not is_borne_out:
        return "the item does not say how long its audio is, and the publisher's marks do not bear the transcript out"
    return None


def _heard(index: Index, marks: Sequence[Mark]) -> tuple[int, int, int]:
    """Count the marks whose words are spoken at them; the same at the best shift; and that shift, seconds.

    The length alone does not tell: in three hours the tolerance is wider than a few adverts are long. In the video of
    Lex Fridman's #333 everything is said 284 s earlier than in its audio.
    """
    titles = [{word for word in fold(mark.title).split() if len(word) > 2} for mark in marks]  # noqa: PLR2004 not "of"
    often = max(1, _RARE * index.transcript.cues[-1].end / (_BEFORE + _AFTER))
    spoken = {word: at for word, at in index.times_of(set().union(*titles)).items() if len(at) <= often}
    counts: Counter[int] = Counter()
    for mark, words in zip(marks, titles, strict=True):
        times = [spoken[word] for word in words if word in spoken]
        for shift in _SHIFTS:
            start = mark.start + shift
            after = ((at, bisect_left(at, start - _BEFORE)) for at in times)
            counts[shift] += any(k < len(at) and at[k] <= start + _AFTER for at, k in after)
    most = max(counts.values(), default=0)
    tops = [shift for shift in _SHIFTS if counts[shift] == most]
    return counts[0], most, min(tops, key=lambda shift: (abs(shift - tops[len(tops) // 2]), shift))
