"""The evidence for a time: marks, cues, and the moments made of them. All times are seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from enricher.errors import Problem

_SENTENCE_END = re.compile(r"[.!?\u2026\u3002\uff01\uff1f\u061f\u06d4]['\"\u2019\u201d\u00bb)\]\u300d\u300f]{0,4}$")
_PAUSE = 1.0  # seconds of silence between cues that part sentences


def tolerance(duration: float) -> float:
    """Return by how many seconds a timeline may end before or after audio that lasts `duration` seconds.

    Durations in feeds are rounded, and transcripts and chapter lists end before the music or the thanks do.
    """
    return max(60.0, 0.02 * duration)


@dataclass(frozen=True, slots=True)
class Mark:
    """A titled time on some timeline: a chapter of the publisher's, or a line of an outline."""

    start: float
    title: str
    end: float | None = None
    url: str | None = None
    image: str | None = None
    hidden: bool = False
    """`toc: false` of a JSON chapter: a change of picture, not a chapter."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The publisher's own chapters of one item."""

    source: Literal["psc", "json", "notes", "none"] = "none"
    marks: tuple[Mark, ...] = ()
    has_psc: bool = False
    has_json: bool = False
    in_notes: bool = False
    """The publisher's notes hold three or more time marks."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A transcript's unit."""

    start: float
    end: float
    text: str
    speaker: str | None = None
    starts: tuple[float, ...] = ()
    """When each of its words, parted by spaces, begins, where the document times words."""

    def begins_sentence(self, before: Cue) -> bool:
        """Check whether a sentence begins with this cue: after a full stop, a pause, or with another speaker."""
        if ends_sentence(before.text) or self.start - before.end > _PAUSE or self.text.startswith("- "):
            return True
        return self.speaker is not None and self.speaker != before.speaker


def ends_sentence(text: str) -> bool:
    """Check whether a text ends with a full stop of any script, perhaps within quotation marks or brackets."""
    return bool(_SENTENCE_END.search(text))


@dataclass(frozen=True, slots=True)
class Transcript:
    """Cues in time order."""

    cues: tuple[Cue, ...]
    origin: str
    """Where it came from, for people: a file name or an address without secrets."""
    digest: str
    """Hex digest of the document it was read from."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What bears times out for one item, beside the feed."""

    transcript: Transcript | None = None
    """Of this audio, from podcast:transcript."""
    companion: Transcript | None = None
    """From the file beside the summary: of this audio, or of another cut when `outline` is there."""
    outline: tuple[Mark, ...] = ()
    """Marks on the companion transcript's own timeline."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time on the item's audio, with what bears it out."""

    start: float
    end: float | None
    rule: Literal["summary", "mark", "transcript", "other cut", "quote", "citation"]
    """"quote" and "citation": a topic's time taken from its earliest timed quote or citation."""
    evidence: str
    """One sentence for people: the mark's title, the cue's text, the score, the offset."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Times of a summary's parts, keyed by their path in the document.

    Keys are such as `topics/0`, `topics/0/topics/1/passages/2`, `clips/0`, `questions/3`, `citations/2`.
    """

    moments: Mapping[str, Moment] = field(default_factory=lambda: MappingProxyType({}))
    refusals: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Why a part has no time."""
    problems: tuple[Problem, ...] = ()
    cues: tuple[Cue, ...] = ()
    """What is said when on this audio, where a trusted transcript tells: soundbites stretch to its sentences."""
    beside: tuple[Cue, ...] = ()
    """The cues of the transcript beside the summary, where that is of this very audio (contract C52)."""
