"""Quotes in transcripts: which transcripts to trust, where a quote is spoken, which of several places is meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from enricher.model.timeline import Cue
from enricher.timestamps import clock
from enricher.timing.other_cut import Carried, Shift, carry
from enricher.timing.quote_search import Index, Placement, Refusal
from enricher.timing.same_audio import transcript_doubt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enricher.model.feed import Item
    from enricher.model.summary import Part
    from enricher.model.timeline import Evidence, Mark, Moment

_SAME = 2.0  # seconds by which marks may differ that were rounded twice
_NEIGHBOUR = 300.0  # seconds from the rest of a topic that a quote is at home in
_STRANGER = 900.0  # and from where on a place is another conversation


@dataclass(frozen=True, slots=True)
class Source:
    """A transcript that can be trusted, and how its times become this audio's (None: they are)."""

    index: Index
    shift: Shift | None = None

    def cues_here(self) -> tuple[Cue, ...]:
        """Return the cues on this audio's timeline, without those that cannot be carried over."""
        cues = self.index.transcript.cues
        if self.shift is None:
            return cues
        carried = ((cue, self.shift.at(cue.start), self.shift.at(cue.end)) for cue in cues)
        return tuple(
            Cue(start.time, end.time, cue.text, cue.speaker)
            for cue, start, end in carried
            if isinstance(start, Carried) and isinstance(end, Carried)
        )


@dataclass(frozen=True, slots=True)
class Spoken:
    """A place on this audio, in seconds, where a quote is spoken, and the start of the sentence that it begins in."""

    start: float
    end: float | None
    sentence: float
    rule: Literal["transcript", "other cut"]
    evidence: str


def sources(item: Item, marks: Sequence[Mark], evidence: Evidence) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    """Return the transcripts that can be trusted for this audio, best first, and why others cannot be."""
    trusted: list[Source] = []
    problems: list[str] = []
    for transcript, outline in ((evidence.transcript, ()), (evidence.companion, evidence.outline)):
        if transcript is None:
            continue
        source = _source(Index(transcript), outline, item, marks, own=transcript is evidence.transcript)
        if isinstance(source, Source):
            trusted.append(source)
        else:
            problems.append(f"the transcript {transcript.origin} is not used: {source}")
    return tuple(trusted), tuple(problems)


def _source(index: Index, outline: Sequence[Mark], item: Item, marks: Sequence[Mark], *, own: bool) -> Source | str:
    """Trust a transcript, or return why not; with an outline of its own it is of another cut and is carried over."""
    if not outline:
        return transcript_doubt(index, item, marks, own=own) or Source(index)
    shift = carry(marks, outline)
    if isinstance(shift, str):
        return shift
    # An outline whose times are this audio's: then the transcript serves beyond its last mark too.
    same = all(abs(anchor.offset) <= _SAME for anchor in shift.anchors)
    return Source(index) if same and not transcript_doubt(index, item, marks, own=own) else Source(index, shift)


def find_spoken(quote: str, source: Source) -> tuple[Spoken, ...] | str:
    """Return a quote's places on this audio: one, or several alike; or the reason why there is none."""
    found = source.index.place(quote)
    places = (found,) if isinstance(found, Placement) else found.candidates
    reason = found.reason if isinstance(found, Refusal) else ""
    if not places:
        return f"{reason} ({source.index.transcript.origin})"
    carried = [_carried(place, source) for place in places]
    for place in carried:  # of several places one that is cut away may be the one that is meant
        if isinstance(place, str):
            return f"{reason}; {place}" if reason else place
    return tuple(place for place in carried if isinstance(place, Spoken))


def _carried(place: Placement, source: Source) -> Spoken | str:
    origin = source.index.transcript.origin
    found = f"found in {origin} at {clock(place.start)}, score {place.score:.0f}: “{place.text}”"
    if source.shift is None:
        return Spoken(place.start, place.end, place.sentence, "transcript", found)
    start, end, sentence = (source.shift.at(seconds) for seconds in (place.start, place.end, place.sentence))
    if isinstance(start, str):
        return f"it is {found}, on another cut, but cannot be carried over to this audio: {start}"
    return Spoken(
        start.time,
        end.time if isinstance(end, Carried) else None,
        sentence.time if isinstance(sentence, Carried) and sentence.before == start.before else start.time,
        "other cut",
        f"{found}; on this audio {start.time - place.start:+.1f} s, "
        f"between the marks “{start.before.title}” and “{start.after.title}”",
    )


def choose(
    part: Part, places: Sequence[Spoken], passages: Sequence[Part], known: Mapping[str, Moment]
) -> tuple[Spoken, str] | None:
    """Choose among several places where a quote is spoken, and say why; None where nothing tells.

    `passages` are all of the summary in its order, `known` the times that are sure.
    """
    if chosen := _at_home(part, places, passages, known):
        return chosen, "of several places the one near the rest of its topic"
    if chosen := _in_turn(part, places, passages, known):
        return chosen, "of several places the one in the summary's order"
    return None


def _at_home(
    part: Part, places: Sequence[Spoken], passages: Sequence[Part], known: Mapping[str, Moment]
) -> Spoken | None:
    """Choose the only place near the topic's own evidence, if all others are far from it."""
    if part.parent is None:
        return None
    topic = [part.parent, *(one for one in passages if one.parent is part.parent)]
    times = [known[one.path].start for one in topic if one.path in known]
    if not times:
        return None
    far = [min(abs(place.start - time) for time in times) for place in places]
    near = [place for place, seconds in zip(places, far, strict=True) if seconds <= _NEIGHBOUR]
    strangers = sum(seconds >= _STRANGER for seconds in far)
    return near[0] if len(near) == 1 and strangers == len(places) - 1 else None


def _in_turn(
    part: Part, places: Sequence[Spoken], passages: Sequence[Part], known: Mapping[str, Moment]
) -> Spoken | None:
    """Choose the only place between the quotes before and after it, if all timed quotes stand in the audio's order."""
    order = [one.path for one in passages]
    if part.path not in order:
        return None
    here = order.index(part.path)
    before = [known[path].start for path in order[:here] if path in known]
    after = [known[path].start for path in order[here + 1 :] if path in known]
    if not before or not after or [*before, *after] != sorted([*before, *after]):
        return None
    between = [place for place in places if before[-1] <= place.start <= after[0]]
    return between[0] if len(between) == 1 else None
