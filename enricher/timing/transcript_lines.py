"""Transcripts as text with times in it: beside a speaker's name, before what was said, or on a line of their own."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from enricher.model.timeline import ends_sentence
from enricher.timestamps import parse_clock, parse_time
from enricher.timing.cues import UNKNOWN, is_name, make_cue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.model.timeline import Cue

_CLOCK = r"\d{1,3}:\d\d(?::\d\d)?(?:[.,]\d{1,3})?|\d{1,3}:\d\.\d{1,3}"
_TO = r"\s?(?:-{1,3}>?|–|—|→|to|,)\s?"
# Editing programs write frames behind the seconds; nobody knows whether 24 or 60 of them are one.
_FRAMED = r"\d\d:\d\d:\d\d:\d\d"
# Recognisers print `[0.00s -> 3.20s]` and `[0.0 - 3.2]`: plain seconds are times in brackets alone.
_SECONDS = r"\d{1,6}\.\d{1,3}s?|\d{1,6}s|(?:\d{1,2}h\s?)?\d{1,3}m\s?\d{1,2}s"
_STAMP = re.compile(
    rf"(?P<open>[\[(<{{`]\s?)(?P<start>{_SECONDS})(?:{_TO}(?P<end>{_SECONDS}))?\s?[\])>}}`]"
    rf"|(?<![\d:.])(?P<start_>{_FRAMED})(?:(?:{_TO}|\s)(?P<end_>{_FRAMED}))?(?![\d:])"
    rf"|(?P<open__>[\[(<{{`]\s?)?(?<![\d:.])(?P<start__>{_CLOCK})(?!\d|:\d)"
    rf"(?:{_TO}(?P<end__>{_CLOCK})(?![\d:]))?(?:(?:,\d)?\s?[\])>}}`](?:\(https?://[^\s()]{{1,300}}\))?)?"
)
_EDGES = " \t*_#>|,–—-•:`"
_HEADING = re.compile(r"#{1,6}\s")
_NAMED_LENGTH = re.compile(r".{1,60}?\s(\d{1,2} (?:hours?|minutes?) .{0,20}seconds?)")
_BESIDE = 100  # characters from a line's start within which its time stands
_LABEL = 2  # words
_SLIP = 5.0  # seconds that a time may go back by
_NAMED = 0.5  # of the times that stand alone, for the lines above them to be names


@dataclass(slots=True)
class _Stamp:
    """A line with a time, and the lines of text that belong to it."""

    line: int
    start: float
    end: float
    form: Literal["first", "alone", "named"]
    speaker: str | None
    said: list[str] = field(default_factory=list)


def read_lines(lines: Sequence[str]) -> list[Cue]:
    """Read lines of text with times; what stands before the first one was not said."""
    filled = [line.strip() for line in lines if line.strip()]
    every = [stamp for i, line in enumerate(filled) if (stamp := _stamp(i, line))]
    stamps = _ascending(every)
    at = {stamp.line: stamp for stamp in stamps}
    others = {stamp.line for stamp in every} - set(at)
    alone = [stamp for stamp in stamps if stamp.form == "alone"]
    # Teams writes a name, how far in, the time, and then the name and how far in once more.
    higher = [stamp.line - 1 - (stamp.line > 1 and _is_length(filled[stamp.line - 1])) for stamp in alone]
    above = {number: stamp for number, stamp in zip(higher, alone, strict=True)
             if number >= 0 and number not in at and is_name(filled[number].strip(_EDGES))}  # fmt: skip
    if len(above) < _NAMED * len(alone):
        above = {}
    for number, stamp in above.items():
        stamp.speaker = filled[number].strip(_EDGES)
    now: _Stamp | None = None
    for i, line in enumerate(filled):
        if i in at:
            now = at[i]
        elif now and i not in above and i not in others and not _is_length(line) and not _HEADING.match(line):
            now.said.append(line)
    _name_by_first_lines([stamp for stamp in stamps if not stamp.speaker])
    return [make_cue(one.start, one.end, "\n".join(one.said).replace("**", ""), one.speaker) for one in stamps]


def _is_length(line: str) -> bool:
    """Recognise `1 minute, 4 seconds`, which comes along where a transcript is copied from YouTube or Teams."""
    if found := _NAMED_LENGTH.fullmatch(line):
        line = found[1] if is_name(line[: found.start(1)]) else line
    return line[0].isdigit() and line[-1].isalpha() and parse_time(line) is not None


def _name_by_first_lines(stamps: Sequence[_Stamp]) -> None:
    """Take the first lines below times for names, if most of them are."""
    named = [one for one in stamps if len(one.said) > 1 and is_name(one.said[0]) and not ends_sentence(one.said[0])]
    if len(named) > _NAMED * len(stamps):
        for one in named:
            one.speaker = one.said.pop(0).strip(_EDGES)


def _stamp(number: int, line: str) -> _Stamp | None:
    """Read the time of a line: `[0:12] Yes.`, `0:12`, `Ann Lee  0:12`, `Ann Lee (0:12): Yes.`; None without one."""
    found = _STAMP.search(line[:_BESIDE])
    if found is None:
        return None
    opened, start, end = (_first(found, part) for part in ("open", "start", "end"))
    at = _read(start.removesuffix("s") if "." in start else start)
    if at is None:
        return None
    name, after = line[: found.start()].strip(_EDGES).removeprefix("[").removesuffix("]"), line[found.end() :]
    said = after.strip(_EDGES) and after.strip().lstrip(_EDGES)
    is_label = bool(opened) and after.lstrip().startswith(":") and len(name.split()) <= _LABEL  # `jane (0:12): Yes.`
    if name and not is_label and not (is_name(name) and (not said or opened or end)):
        return None
    until = _read(end.removesuffix("s") if "." in end else end) if end else None
    form: Literal["first", "alone", "named"] = "named" if name else "first" if said else "alone"
    return _Stamp(number, at, UNKNOWN if until is None else until, form, name or None, [said] if said else [])


def _first(found: re.Match[str], part: str) -> str:
    return found.groupdict().get(part) or found.groupdict().get(f"{part}_") or found.groupdict().get(f"{part}__") or ""


def _read(time: str) -> float | None:
    if time.count(":") == 3:  # noqa: PLR2004 frames
        time = time.rpartition(":")[0]
    return parse_clock(time) if ":" in time or "." in time else parse_time(time.replace(" ", ""))


def _ascending(stamps: Sequence[_Stamp]) -> list[_Stamp]:
    """Return the longest run of times that hardly go back: others are a table of contents, or were spoken of."""
    tails: list[float] = []  # the least time that a run of each length ends with
    last: list[int] = []
    before: list[int] = []
    for i, stamp in enumerate(stamps):
        length = bisect_right(tails, stamp.start)
        before.append(last[length - 1] if length else -1)
        tails[length : length + 1] = [stamp.start]
        last[length : length + 1] = [i]
    run = [last[-1]] if last else []
    while run and before[run[-1]] >= 0:
        run.append(before[run[-1]])
    around = [-1, *reversed(run), len(stamps)]
    kept = []
    for a, b in pairwise(around):
        low = stamps[a].start - _SLIP if a >= 0 else 0.0
        high = stamps[b].start + _SLIP if b < len(stamps) else math.inf
        # People who speak at once are written down one after the other.
        kept += [*stamps[max(a, 0) : a + 1], *(one for one in stamps[a + 1 : b] if low <= one.start <= high)]
    return kept
