"""Quotes heard in transcripts: which can be trusted, where a quote is spoken, which of several places is meant."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from enricher.clock import clock
from enricher.model.summary import walk
from enricher.model.timeline import Cue
from enricher.timing.alignment import Placement, Refusal, align
from enricher.timing.other_cut import Carried, Shift, carry
from enricher.timing.same_audio import transcript_doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enricher.model.feed import Item, Remember
    from enricher.model.summary import Summary
    from enricher.model.timeline import Evidence, Mark, Moment, Transcript

_SAME = 2.0  # seconds by which marks may differ that were rounded twice
_NEIGHBOUR = 300.0  # seconds from the rest of a topic that a quote is at home in
_STRANGER = 900.0  # and from where on a place is another conversation


@dataclass(frozen=True, slots=True)
class Source:
    """A transcript that may bear quotes out, and how its times become this audio's (None: they are)."""

    transcript: Transcript
    shift: Shift | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A place on this audio, in seconds, where a quote is spoken, and the start of the sentence that it begins in."""

    start: float
    end: float | None
    sentence: float
    rule: Literal["transcript", "other cut"]
    evidence: str


def sources(
    item: Item, marks: Sequence[Mark], evidence: Evidence, remember: Remember
) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    """Give the transcripts that can be trusted for this audio, best first, and why others cannot be."""
    trusted: list[Source] = []
    problems: list[str] = []
    for transcript, outline in ((evidence.transcript, ()), (evidence.companion, evidence.outline)):
        if transcript is None:
            continue
        source = _own(transcript, item, marks, remember) if not outline else None
        if outline:
            source = _cut(transcript, outline, item, marks, remember)
        if isinstance(source, Source):
            trusted.append(source)
        else:
            problems.append(f"the transcript {transcript.origin} is not used: {source}")
    return tuple(trusted), tuple(problems)


def _own(transcript: Transcript, item: Item, marks: Sequence[Mark], remember: Remember) -> Source | str:
    return transcript_doubt(transcript, item, marks, remember) or Source(transcript)


def _cut(
    transcript: Transcript, outline: Sequence[Mark], item: Item, marks: Sequence[Mark], remember: Remember
) -> Source | str:
    """Carry another cut's transcript over; one whose outline is this audio's is no other cut."""
    shift = carry(marks, outline)
    if not isinstance(shift, Shift):
        return shift.reason
    if all(abs(anchor.offset) <= _SAME for anchor in shift.anchors):
        own = _own(transcript, item, marks, remember)
        return own if isinstance(own, Source) else Source(transcript, shift)
    return Source(transcript, shift)


def spoken_here(source: Source) -> tuple[Cue, ...]:
    """Give a source's cues on this audio's timeline, without those that cannot be carried over."""
    if source.shift is None:
        return source.transcript.cues
    cues = []
    for cue in source.transcript.cues:
        start, end = source.shift.at(cue.start), source.shift.at(cue.end)
        if isinstance(start, Carried) and isinstance(end, Carried):
            cues.append(Cue(start.time, end.time, cue.text, cue.speaker))
    return tuple(cues)


def hear(quotes: Sequence[str], source: Source, remember: Remember) -> list[tuple[Spoken, ...] | str]:
    """Give each quote's places on this audio: one, or several alike, or the reason why there is none.

    What was found in a transcript is remembered by its digest and the quote's.
    """
    transcript = source.transcript
    keys = [hashlib.sha256(f"{transcript.digest}\0{q}".encode("utf-8", "replace")).hexdigest() for q in quotes]
    found = remember(
        "align/1", keys, lambda wanted: [_packed(place) for place in align([quotes[i] for i in wanted], transcript)]
    )
    return [_here(value, source) for value in found]


def _packed(place: Placement | Refusal) -> dict[str, Any]:
    places = (place,) if isinstance(place, Placement) else place.candidates
    reason = place.reason if isinstance(place, Refusal) else ""
    return {"reason": reason, "places": [asdict(one) for one in places]}


def _here(value: Mapping[str, Any], source: Source) -> tuple[Spoken, ...] | str:
    if not value["places"]:
        return f"{value['reason']} ({source.transcript.origin})"
    carried = [_carried(Placement(**place), source) for place in value["places"]]
    spoken = tuple(place for place in carried if isinstance(place, Spoken))
    if len(spoken) < len(carried):  # of several places those that are cut away may be the one that is meant
        why = next(place for place in carried if isinstance(place, str))
        return f"{value['reason']}; {why}" if value["reason"] else why
    return spoken


def _carried(place: Placement, source: Source) -> Spoken | str:
    found = f"found in {source.transcript.origin} at {clock(place.start)}, score {place.score:.0f}: “{place.text}”"
    if source.shift is None:
        return Spoken(place.start, place.end, place.sentence, "transcript", found)
    start, end = source.shift.at(place.start), source.shift.at(place.end)
    sentence = source.shift.at(place.sentence)
    if not isinstance(start, Carried):
        return f"it is {found}, on another cut, but cannot be carried over to this audio: {start.reason}"
    between = f"between the marks “{start.before.title}” and “{start.after.title}”"
    return Spoken(
        start.time,
        end.time if isinstance(end, Carried) else None,
        sentence.time if isinstance(sentence, Carried) and sentence.before == start.before else start.time,
        "other cut",
        f"{found}; on this audio {start.time - place.start:+.1f} s, {between}",
    )


# Which of several places is meant


def decide(
    undecided: Mapping[str, tuple[Spoken, ...]], summary: Summary, moments: Mapping[str, Moment]
) -> Iterator[tuple[str, tuple[Spoken, ...], str]]:
    """Choose among the places where quotes are spoken: gives each path, its place and why, or all places and ""."""
    known = dict(moments)
    for path, places in undecided.items():
        chosen = _at_home(path, places, known)
        why = "of several places the one near the rest of its topic"
        if chosen is None:
            chosen, why = _in_turn(path, places, summary, known), "of several places the one in the summary's order"
        yield (path, (chosen,), why) if chosen else (path, places, "")


def _at_home(path: str, places: Sequence[Spoken], known: Mapping[str, Moment]) -> Spoken | None:
    """Choose the only place near the topic's own evidence, if all others are far from it."""
    topic = path.partition("/passages/")[0]
    times = [moment.start for at, moment in known.items() if at == topic or at.startswith(f"{topic}/passages/")]
    if not times or topic == path:
        return None
    far = [min(abs(place.start - time) for time in times) for place in places]
    near = [place for place, seconds in zip(places, far, strict=True) if seconds <= _NEIGHBOUR]
    strangers = sum(seconds >= _STRANGER for seconds in far)
    return near[0] if len(near) == 1 and strangers == len(places) - 1 else None


def _in_turn(path: str, places: Sequence[Spoken], summary: Summary, known: Mapping[str, Moment]) -> Spoken | None:
    """Choose the only place between the quotes before and after it, if all timed quotes stand in the audio's order."""
    order = [f"{at}/passages/{i}" for at, _, topic in walk(summary.topics) for i in range(len(topic.passages))]
    if path not in order:
        return None
    timed = [(order.index(at), known[at].start) for at in order if at in known]
    starts = [start for _, start in timed]
    here = order.index(path)
    before = [start for i, start in timed if i < here]
    after = [start for i, start in timed if i > here]
    if not before or not after or starts != sorted(starts):
        return None
    between = [place for place in places if before[-1] <= place.start <= after[0]]
    return between[0] if len(between) == 1 else None
