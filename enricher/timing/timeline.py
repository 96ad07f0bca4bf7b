"""The times of a summary's parts, each with the evidence for it; a time without evidence is never given (C40)."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from enricher.errors import Problem
from enricher.model.summary import parts
from enricher.model.timeline import Moment, Timeline
from enricher.text import fold
from enricher.timestamps import clock
from enricher.timing.quotes import choose, find_spoken, sources
from enricher.timing.same_audio import mark_of, summary_doubt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.model.feed import Item
    from enricher.model.summary import Part, Summary
    from enricher.model.timeline import Cue, Evidence, Mark, Marks
    from enricher.timing.quotes import Source, Spoken

_THERE = 30.0  # seconds from a clip's own start within which its quote begins
_CITED = re.compile(r"\[(\d{1,9})\]")


def time_summary(summary: Summary, item: Item, marks: Marks, evidence: Evidence) -> Timeline:
    """Return the time in seconds on the item's audio of every part of a summary, or the reason why it has none.

    In this order: the summary's own times; the publisher's marks; quotes in a transcript of this audio; quotes in a
    transcript of another cut, carried over by shared marks; for topics, their earliest timed quote or citation.
    """
    shown = [mark for mark in marks.marks if not mark.hidden]
    doubt = summary_doubt(summary, item, shown)
    heard, untrusted = sources(item, shown, evidence)
    draft = _Draft(list(parts(summary)), item.duration)
    draft.take_own_times(doubt)
    draft.match_marks(shown)
    draft.find_quotes(heard, untrusted=bool(untrusted))
    draft.derive_topics()
    problems = [f"the summary's own times are not used: {doubt}"] if doubt else []
    return Timeline(
        draft.moments,
        draft.refusals,
        tuple(Problem(said, item.title) for said in (*problems, *untrusted)),
        heard[0].cues_here() if heard and summary.clips else (),
        _beside(heard, evidence),
    )


def _beside(heard: Sequence[Source], evidence: Evidence) -> tuple[Cue, ...]:
    """Return the cues of the summary's own transcript; none of another cut's, whose times are only carried over."""
    of_this = (one for one in heard if one.shift is None and one.index.transcript is evidence.companion)
    return next((one.index.transcript.cues for one in of_this), ())


@dataclass(slots=True)
class _Draft:
    """What is known so far: the rules are applied one after another, each to what has no time yet."""

    parts: list[Part]
    duration: float | None
    moments: dict[str, Moment] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    sentences: dict[str, float] = field(default_factory=dict)
    """Where the sentences of timed quotes begin, for the chapters that they begin."""

    def is_inside(self, start: float) -> bool:
        return start >= 0 and (self.duration is None or start < self.duration)

    def settle(self, part: Part, moment: Moment) -> None:
        self.moments[part.path] = moment
        self.refusals.pop(part.path, None)

    # 1. The summary's own times

    def take_own_times(self, doubt: str | None) -> None:
        for part in self.parts:
            start, end = part.start, part.end
            if start is None:
                if part.kind != "text":  # narrative needs no time, and none is missed
                    self.refusals[part.path] = "the summary gives no time"
            elif doubt:
                self.refusals[part.path] = f"the summary's time is not used: {doubt}"
            elif not self.is_inside(start):
                self.refusals[part.path] = f"the summary's time {clock(max(0, start))} is not inside the audio"
            else:
                until = end if end is not None and start < end <= (self.duration or end) else None
                self.moments[part.path] = Moment(start, until, "summary", "the summary gives this time")

    # 2. The publisher's marks

    def match_marks(self, marks: Sequence[Mark]) -> None:
        """Time topics by the marks of their titles; a mark that several topics would have goes to the outermost."""
        topics = [(part, fold(part.text), len(list(part.topics))) for part in self.parts if part.kind == "topic"]
        for part, title, depth in topics:
            if part.path in self.moments or not marks:
                continue
            mark = mark_of(part.text, marks)
            if mark is None:
                self.refusals[part.path] += "; no mark of the publisher's has its title, or several have"
            elif any(one is not part and above <= depth and other == title for one, other, above in topics):
                self.refuse_mark(part, mark, "another topic has its title too")
            elif not self.is_inside(mark.start):
                self.refuse_mark(part, mark, "is not inside the audio")
            else:
                evidence = f"the publisher's mark “{mark.title}” at {clock(mark.start)}"
                self.settle(part, Moment(mark.start, mark.end, "mark", evidence))

    def refuse_mark(self, part: Part, mark: Mark, why: str) -> None:
        self.refusals[part.path] += f"; the publisher's mark {mark.title!r} at {clock(mark.start)}: {why}"

    # 3. and 4. Quotes in transcripts

    def find_quotes(self, heard: Sequence[Source], *, untrusted: bool) -> None:
        """Time the quotes that have no time yet, and end the clips that have a start alone."""
        several: list[tuple[Part, Sequence[Spoken]]] = []
        for part in self.parts:
            if not part.quote:
                continue
            for source in heard:
                moment = self.moments.get(part.path)
                if moment is not None and (moment.end is not None or part.kind != "clip"):
                    break
                found = find_spoken(part.quote, source)
                if moment is not None:
                    self.end_clip(part, moment, found)
                elif isinstance(found, str):
                    self.refusals[part.path] += f"; {found}"
                elif len(found) > 1:
                    several.append((part, found))
                    break
                else:
                    self.take_spoken(part, found[0])
            if not heard and part.path not in self.moments:
                why = (
                    "what transcript there is cannot be trusted"
                    if untrusted
                    else "there is no transcript of this audio"
                )
                self.refusals[part.path] += f"; {why} to look for the quote in"
        self.choose_places(several)

    def choose_places(self, several: Sequence[tuple[Part, Sequence[Spoken]]]) -> None:
        """Time the quotes that are spoken at several places, by what the others tell."""
        passages = [part for part in self.parts if part.kind in {"text", "quote"}]
        known = dict(self.moments)  # only what is sure decides, not what was just chosen
        for part, places in several:
            chosen = choose(part, places, passages, known)
            if chosen:
                self.take_spoken(part, *chosen)
            else:
                at = ", ".join(clock(place.start) for place in places)
                said = f"it is spoken at {len(places)} places ({at}) and nothing tells which is meant"
                self.refusals[part.path] += f"; {said}"

    def take_spoken(self, part: Part, place: Spoken, why: str = "") -> None:
        if not self.is_inside(place.start):
            self.refusals[part.path] += f"; it is spoken at {clock(place.start)}, which is not inside the audio"
            return
        evidence = f"{place.evidence}; {why}" if why else place.evidence
        self.sentences[part.path] = min(place.sentence, place.start)
        self.settle(part, Moment(place.start, place.end, place.rule, evidence))

    def end_clip(self, part: Part, moment: Moment, found: tuple[Spoken, ...] | str) -> None:
        """End a clip that has a start of its own with its quote, if that is spoken there."""
        for place in found if isinstance(found, tuple) else ():
            if place.end is not None and abs(place.start - moment.start) <= _THERE and place.end > moment.start:
                evidence = f"{moment.evidence}; its end is its quote's, {place.evidence}"
                self.moments[part.path] = replace(moment, end=place.end, evidence=evidence)

    # What topics begin with

    def derive_topics(self) -> None:
        """Time the topics that have no time yet by the earliest quote or citation in them or their subtopics."""
        inside: dict[str, list[tuple[float, str]]] = defaultdict(list)
        for part in self.parts:
            cited = _CITED.findall(part.text) if part.kind == "text" else ()
            for path in (part.path, *(f"citations/{number}" for number in cited)):
                if path in self.moments:
                    start = self.sentences.get(path, self.moments[path].start)
                    for topic in part.topics if part.kind != "topic" else ():
                        inside[topic.path].append((start, path))
        for part in self.parts:
            if part.kind != "topic" or part.path in self.moments:
                continue
            if part.path not in inside:
                self.refusals[part.path] += "; nothing in it is timed"
                continue
            start, path = min(inside[part.path])
            moment = self.moments[path]
            rule = "citation" if path.startswith("citations/") else "quote"
            evidence = f"its {rule} at {clock(moment.start)} ({path}): {moment.evidence}"
            self.settle(part, Moment(start, None, "citation" if rule == "citation" else "quote", evidence))
