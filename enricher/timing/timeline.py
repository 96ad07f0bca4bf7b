"""The times of a summary's parts, each with what bears it out; a time without evidence is never given."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from enricher.clock import clock
from enricher.errors import Problem
from enricher.model.feed import Remember, forget
from enricher.model.summary import walk
from enricher.model.timeline import Moment, Timeline
from enricher.text import fold
from enricher.timing.quotes import Source, Spoken, decide, hear, sources, spoken_here
from enricher.timing.same_audio import mark_of, summary_doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.model.feed import Item
    from enricher.model.summary import Summary, Topic
    from enricher.model.timeline import Evidence, Mark, Marks

_THERE = 30.0  # seconds from a clip's own start within which its quote begins
_CITED = re.compile(r"\[(\d{1,9})\]")


@dataclass(slots=True)
class _Sheet:
    """What is known so far; filled by one rule after another."""

    summary: Summary
    item: Item
    marks: Sequence[Mark]
    moments: dict[str, Moment] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    sentences: dict[str, float] = field(default_factory=dict)
    """Where the sentences of timed quotes begin, for the chapters that they begin."""

    def inside(self, start: float) -> bool:
        return start >= 0 and (self.item.duration is None or start < self.item.duration)

    def problem(self, message: str) -> None:
        self.problems.append(Problem(message, self.item.title))


def time_summary(
    summary: Summary, item: Item, marks: Marks, evidence: Evidence, remember: Remember = forget
) -> Timeline:
    """Give every part of a summary its time in seconds on the item's audio, or the reason why it has none.

    In this order: the summary's own times; the publisher's marks; quotes in a transcript of this audio; quotes in a
    transcript of another cut, carried over by shared marks; for topics, their earliest timed quote or citation.
    """
    sheet = _Sheet(summary, item, [mark for mark in marks.marks if not mark.hidden])
    _own(sheet)
    _marked(sheet)
    heard, problems = sources(item, sheet.marks, evidence, remember)
    for problem in problems:
        sheet.problem(problem)
    _quoted(sheet, heard, remember, refused=bool(problems))
    _derived(sheet)
    cues = spoken_here(heard[0]) if heard and summary.clips else ()
    return Timeline(sheet.moments, sheet.refusals, tuple(sheet.problems), cues)


# 1. The summary's own times


def _own(sheet: _Sheet) -> None:
    doubt = summary_doubt(sheet.summary, sheet.item, sheet.marks)
    if doubt:
        sheet.problem(f"the summary's own times are not used: {doubt}")
    for path, start, end in _parts(sheet.summary):
        if start is None:
            sheet.refusals[path] = "the summary gives no time"
        elif doubt:
            sheet.refusals[path] = f"the summary's time is not used: {doubt}"
        elif not sheet.inside(start):
            sheet.refusals[path] = f"the summary's time {clock(max(0, start))} is not inside the audio"
        else:
            until = end if end is not None and start < end <= (sheet.item.duration or end) else None
            sheet.moments[path] = Moment(start, until, "summary", "the summary gives this time")


def _parts(summary: Summary) -> Iterator[tuple[str, float | None, float | None]]:
    """Visit everything that may have a time: its path, and the start and end that it gives itself."""
    for path, _, topic in walk(summary.topics):
        yield path, topic.start, None
        for i, passage in enumerate(topic.passages):
            if passage.kind == "quote" or passage.start is not None:
                yield f"{path}/passages/{i}", passage.start, passage.end
    for i, clip in enumerate(summary.clips):
        yield f"clips/{i}", clip.start, clip.end
    for i, question in enumerate(summary.questions):
        yield f"questions/{i}", question.start, None
    for number, citation in summary.citations.items():
        yield f"citations/{number}", citation.start, citation.end


# 2. The publisher's marks


def _marked(sheet: _Sheet) -> None:
    """Time topics by the marks of their titles; a mark that several topics would have goes to the outermost."""
    topics = list(walk(sheet.summary.topics))
    for path, depth, topic in topics:
        mark = mark_of(topic.title, sheet.marks) if path not in sheet.moments and sheet.marks else None
        if mark is None:
            if path in sheet.refusals and sheet.marks:
                sheet.refusals[path] += "; no mark of the publisher's has its title, or several have"
            continue
        namesakes = [p for p, d, t in topics if p != path and d <= depth and fold(t.title) == fold(topic.title)]
        if namesakes or not sheet.inside(mark.start):
            why = "another topic has its title too" if namesakes else "is not inside the audio"
            sheet.refusals[path] += f"; the publisher's mark {mark.title!r} at {clock(mark.start)}: {why}"
            continue
        evidence = f"the publisher's mark “{mark.title}” at {clock(mark.start)}"
        _settle(sheet, path, Moment(mark.start, mark.end, "mark", evidence))


def _settle(sheet: _Sheet, path: str, moment: Moment) -> None:
    sheet.moments[path] = moment
    sheet.refusals.pop(path, None)


# 3. and 4. Quotes in transcripts


def _quoted(sheet: _Sheet, heard: Sequence[Source], remember: Remember, *, refused: bool) -> None:
    """Time the quotes that have no time yet; those spoken at several places last, by what the others tell."""
    quotes = {path: quote for path, quote in _quotes(sheet.summary) if _lacks(sheet, path)}
    undecided: dict[str, tuple[Spoken, ...]] = {}
    for source in heard:
        waiting = [path for path in quotes if _lacks(sheet, path) and path not in undecided]
        for path, found in zip(waiting, hear([quotes[path] for path in waiting], source, remember), strict=True):
            if path in sheet.moments:
                _lengthen(sheet, path, found)
            elif isinstance(found, str):
                sheet.refusals[path] += f"; {found}"
            elif len(found) > 1:
                undecided[path] = found
            else:
                _speak(sheet, path, found[0])
    if not heard:
        for path in quotes.keys() - sheet.moments.keys():
            why = "what transcript there is cannot be trusted" if refused else "there is no transcript of this audio"
            sheet.refusals[path] += f"; {why} to look for the quote in"
    for path, places, why in decide(undecided, sheet.summary, sheet.moments):
        if why:
            _speak(sheet, path, places[0], why)
        else:
            at = ", ".join(clock(place.start) for place in places)
            sheet.refusals[path] += f"; it is spoken at {len(places)} places ({at}) and nothing tells which is meant"


def _quotes(summary: Summary) -> Iterator[tuple[str, str]]:
    for path, _, topic in walk(summary.topics):
        for i, passage in enumerate(topic.passages):
            if passage.kind == "quote":
                yield f"{path}/passages/{i}", passage.text
    for i, clip in enumerate(summary.clips):
        if clip.quote:
            yield f"clips/{i}", clip.quote


def _lacks(sheet: _Sheet, path: str) -> bool:
    """Tell whether a quote has no time yet, or a clip with a quote no end."""
    moment = sheet.moments.get(path)
    return moment is None or (moment.end is None and path.startswith("clips/"))


def _lengthen(sheet: _Sheet, path: str, found: tuple[Spoken, ...] | str) -> None:
    """End a clip that has a start of its own with its quote, if that is spoken there."""
    moment = sheet.moments[path]
    for place in found if isinstance(found, tuple) else ():
        if place.end is not None and abs(place.start - moment.start) <= _THERE and place.end > moment.start:
            evidence = f"{moment.evidence}; its end is its quote's, {place.evidence}"
            sheet.moments[path] = replace(moment, end=place.end, evidence=evidence)


def _speak(sheet: _Sheet, path: str, place: Spoken, why: str = "") -> None:
    if not sheet.inside(place.start):
        sheet.refusals[path] += f"; it is spoken at {clock(place.start)}, which is not inside the audio"
        return
    evidence = f"{place.evidence}; {why}" if why else place.evidence
    sheet.sentences[path] = place.sentence
    _settle(sheet, path, Moment(place.start, place.end, place.rule, evidence))


# What topics begin with


def _derived(sheet: _Sheet) -> None:
    """Time the topics that have none yet by the earliest of the quotes and citations in them."""
    for path, _, topic in walk(sheet.summary.topics):
        if path in sheet.moments:
            continue
        first = min(_inside_topic(sheet, path, topic), default=None)
        if first is None:
            sheet.refusals[path] += "; nothing in it is timed"
            continue
        start, part = first
        moment = sheet.moments[part]
        rule: Literal["quote", "citation"] = "citation" if part.startswith("citations/") else "quote"
        which = f"its {rule} at {clock(moment.start)} ({part}): {moment.evidence}"
        _settle(sheet, path, Moment(start, None, rule, which))


def _inside_topic(sheet: _Sheet, path: str, topic: Topic) -> Iterator[tuple[float, str]]:
    """Visit the timed quotes and citations of a topic and its subtopics: where a chapter would begin, and the part."""
    for at, _, inner in walk((topic,)):
        here = path + at.removeprefix("topics/0")
        for i, passage in enumerate(inner.passages):
            cited = [f"citations/{number}" for number in _CITED.findall(passage.text)] if passage.kind == "text" else []
            for part in (f"{here}/passages/{i}", *cited):
                if part in sheet.moments:
                    yield min(sheet.sentences.get(part, sheet.moments[part].start), sheet.moments[part].start), part
