"""Whether a timeline is this audio's: by its length, and by the publisher's marks.

Inserted adverts shift everything that follows them.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from enricher.clock import clock
from enricher.model.summary import walk
from enricher.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enricher.model.feed import Item, Remember
    from enricher.model.summary import Summary
    from enricher.model.timeline import Mark, Transcript

_ALIKE = 90.0  # least similarity of a topic's title and a mark's
_AHEAD = 8.0  # and by how much it must lead the next mark
_ALL_OFF, _SAME_OFFSET, _SHIFTED = 3, 5.0, 15.0  # so many topics, as much off within 5 s, by a quarter of a minute
_NEAR = 60.0  # seconds that a topic may lie from its own mark

# A mark's words are mostly spoken soon after it. Shifted against the audio, they are spoken as much later.
_BEFORE, _AFTER = 15.0, 90.0
_SHIFTS = range(-600, 601, 15)
_SMEAR = 60  # shifts smaller than this are not told apart
_RARE = 0.35  # of the time that a word's neighbourhoods may cover, to say anything of where
_SPOKEN = 4  # marks whose words must be heard
_LEAD = 1.3


def tolerance(duration: float) -> float:
    """Give the seconds by which a timeline may end before or after audio of this length."""
    return max(60.0, 0.02 * duration)


def mark_of(title: str, marks: Sequence[Mark]) -> Mark | None:
    """Give the one mark with a topic's title, folded, or uniquely similar and of the same digits; None if not one."""
    wanted = fold(title)
    shown = [(fold(mark.title), mark) for mark in marks if not mark.hidden]
    equal = [mark for folded, mark in shown if folded == wanted]
    if equal or not wanted:
        return equal[0] if len(equal) == 1 else None
    scores = sorted(
        ((_likeness(wanted, folded), mark) for folded, mark in shown if _digits(folded) == _digits(wanted)),
        key=lambda scored: (-scored[0], scored[1].start),
    )
    if not scores or scores[0][0] < _ALIKE or (len(scores) > 1 and scores[0][0] - scores[1][0] < _AHEAD):
        return None
    return scores[0][1]


def _likeness(a: str, b: str) -> float:
    return max(fuzz.ratio(a, b), fuzz.token_sort_ratio(a, b))


@lru_cache(maxsize=4096)
def _digits(folded: str) -> tuple[str, ...]:
    return tuple(sorted(word for word in folded.split() if any(character.isdigit() for character in word)))


def summary_doubt(summary: Summary, item: Item, marks: Sequence[Mark]) -> str | None:
    """Say why a summary's own times are not on this audio; None if nothing speaks against them."""
    times = list(own_times(summary))
    if not times:
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
    if max(times) > item.duration + allowed and near < 2:  # noqa: PLR2004 two marks outweigh a slip
        return f"the summary has a time of {clock(max(times))}, but the audio ends at {clock(item.duration)}"
    return None


def own_times(summary: Summary) -> Iterator[float]:
    """Visit every time that a summary gives itself."""
    for _, _, topic in walk(summary.topics):
        yield from _known(topic.start, *(passage.start for passage in topic.passages))
    yield from _known(*(clip.start for clip in summary.clips))
    yield from _known(*(question.start for question in summary.questions))
    yield from _known(*(citation.start for citation in summary.citations.values()))


def _known(*times: float | None) -> Iterator[float]:
    return (time for time in times if time is not None)


def _by_marks(summary: Summary, marks: Sequence[Mark]) -> tuple[int, list[str]]:
    """Count the topics whose own time is near their mark's, and name those whose time is far from it.

    Times that are all as much off are on another timeline, however near they are.
    """
    near, far, offsets = 0, [], []
    for _, _, topic in walk(summary.topics):
        mark = mark_of(topic.title, marks) if topic.start is not None else None
        if mark is None or topic.start is None:
            continue
        offsets.append(topic.start - mark.start)
        if abs(mark.start - topic.start) <= _NEAR:
            near += 1
        else:
            far.append(f"{topic.title!r} is at {clock(mark.start)}, not {clock(topic.start)}")
    if len(offsets) >= _ALL_OFF and max(offsets) - min(offsets) <= _SAME_OFFSET and abs(offsets[0]) >= _SHIFTED:
        return 0, [f"all {len(offsets)} topics that have a mark are about {offsets[0]:+.0f} s off", *far]
    return near, far


def transcript_doubt(transcript: Transcript, item: Item, marks: Sequence[Mark], remember: Remember) -> str | None:
    """Say why a transcript is not of this audio; None if it ends when the audio does and no marks contradict it."""
    end = transcript.cues[-1].end
    if item.duration is not None and abs(end - item.duration) > tolerance(item.duration):
        return f"it ends at {clock(end)}, but the audio lasts {clock(item.duration)}"
    shown = [mark for mark in marks if not mark.hidden]
    late = [mark for mark in shown if mark.start > end + tolerance(end)]
    if late:
        return f"it ends at {clock(end)}, but the publisher's mark {late[0].title!r} is at {clock(late[0].start)}"
    here, best, shift = _heard(transcript, shown, remember) if shown else (0, 0, 0)
    if abs(shift) >= _SMEAR and best >= max(_SPOKEN, here + 3, here * _LEAD):
        return (
            f"what {best} of the publisher's {len(shown)} marks are about is spoken in it "
            f"about {abs(shift)} s {'later' if shift > 0 else 'earlier'}"
        )
    if item.duration is None and (here < _SPOKEN or here * _LEAD < best or here * 2 < len(shown)):
        return "the item does not say how long its audio is, and the publisher's marks do not bear the transcript out"
    return None


def _heard(transcript: Transcript, marks: Sequence[Mark], remember: Remember) -> tuple[int, int, int]:
    """Count the marks whose words are spoken at them; the same at the best shift; and that shift, seconds."""
    said = "\0".join(f"{mark.start}\0{mark.title}" for mark in marks)
    key = hashlib.sha256(f"{transcript.digest}\0{said}".encode("utf-8", "replace")).hexdigest()
    (counts,) = remember("same-audio/1", [key], lambda _: [_listen(transcript, marks)])
    here, best, shift = counts
    return int(here), int(best), int(shift)


def _listen(transcript: Transcript, marks: Sequence[Mark]) -> list[int]:
    words = [{word for word in fold(mark.title).split() if len(word) > 2} for mark in marks]  # noqa: PLR2004 "of", "in"
    spoken = _spoken(transcript, set().union(*words))
    counts: Counter[int] = Counter()
    for mark, titled in zip(marks, words, strict=True):
        times = [spoken[word] for word in titled if word in spoken]
        counts.update(shift for shift in _SHIFTS if any(_within(at, mark.start + shift) for at in times))
    most = max(counts.values(), default=0)
    tops = [shift for shift in _SHIFTS if counts[shift] == most]
    return [counts[0], most, min(tops, key=lambda shift: (abs(shift - tops[len(tops) // 2]), shift))]


def _within(times: Sequence[float], start: float) -> bool:
    k = bisect_left(times, start - _BEFORE)
    return k < len(times) and times[k] <= start + _AFTER


def _spoken(transcript: Transcript, wanted: set[str]) -> Mapping[str, list[float]]:
    """Give the times at which words are spoken, less those spoken all the time."""
    times: dict[str, list[float]] = defaultdict(list)
    for cue in transcript.cues:
        words = fold(cue.text).split()
        for k, word in enumerate(words):
            if word in wanted:
                times[word].append(cue.start + (cue.end - cue.start) * k / len(words))
    often = _RARE * transcript.cues[-1].end / (_BEFORE + _AFTER)
    return {word: at for word, at in times.items() if len(at) <= max(1, often)}
