"""The frozen types, named for their station.

Document → Feed/Item → Match → Moment → Chapter → Enriched → Artifact → Report. All times are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from enricher.errors import Problem
from enricher.model.timeline import Marks, Timeline

if TYPE_CHECKING:
    from enricher.model.feed import Feed, Item
    from enricher.model.summary import StoredSummary

Outcome = Literal["published", "unchanged", "held", "failed"]


# Match


@dataclass(frozen=True, slots=True)
class Match:
    """Which summary an item has, by which rule, or why none."""

    item: Item
    stored: StoredSummary | None
    rule: str
    """"guid", "audio", "link", "title", "number and date", "similarity", or "none"."""
    reason: str
    """One sentence for people."""


@dataclass(frozen=True, slots=True)
class Matching:
    """Every item's match, in the feed's order, and why the other candidates found no item."""

    matches: tuple[Match, ...]
    unused: tuple[tuple[StoredSummary, str], ...] = ()
    """Candidate summaries that no item has, each with its reason."""
    problems: tuple[Problem, ...] = ()
    """Items that several summaries claim alike: none of them is taken, and a person should know."""


# Chapter → Enriched → Artifact → Report


@dataclass(frozen=True, slots=True)
class Chapter:
    """One entry of an item's chapter list, the same in every carrier."""

    start: float
    title: str
    end: float | None = None
    url: str | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True)
class ChapterList:
    """The item's chapters, and which carriers we write from them."""

    chapters: tuple[Chapter, ...] = ()
    psc: bool = False
    """Write psc:chapters, in place of the publisher's where there is one."""
    json: bool = False
    """Write a chapters file and podcast:chapters, in place of the publisher's where there is one."""
    lines: bool = False
    """Print the list in the notes."""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Soundbite:
    """A podcast:soundbite: start and duration in seconds."""

    start: float
    duration: float
    title: str


@dataclass(frozen=True, slots=True)
class Notes:
    """New values of an item's notes; None leaves a field as it was."""

    description: str | None = None
    content: str | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file of an edition whose bytes lie on the disk already, published before or waiting to be."""

    path: str
    """Below the output folder."""
    digest: str
    """SHA-256 of its bytes in hex."""
    size: int


@dataclass(frozen=True, slots=True)
class TranscriptFile(File):
    """A transcript of ours, WebVTT."""

    language: str | None = None
    """BCP 47, where it is known."""


@dataclass(frozen=True, slots=True)
class Enriched:
    """One item and everything that is added to it. Without a summary all of it is empty."""

    match: Match
    marks: Marks = Marks()
    timeline: Timeline = Timeline()
    chapters: ChapterList = ChapterList()
    soundbites: tuple[Soundbite, ...] = ()
    notes: Notes = Notes()
    problems: tuple[Problem, ...] = ()
    page: File | None = None
    """Its companion page."""
    transcript: TranscriptFile | None = None
    """What podcast:transcript points to, where it is ours (contract C52)."""

    @property
    def item(self) -> Item:
        """The item itself."""
        return self.match.item


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file to publish: its path below the output folder and its bytes."""

    path: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one feed."""

    name: str
    outcome: Outcome
    items: int = 0
    matched: int = 0
    timed: int = 0
    chapters: int = 0
    written: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    error: str | None = None
    told: frozenset[str] = frozenset()
    """Those of the problems, in words, that the last turn told already."""
    notes: tuple[str, ...] = ()
    """What is good to know and no trouble, such as when a feed is due."""


@dataclass(frozen=True, slots=True)
class Edition:
    """Everything that one run made of one feed, ready to be published or explained."""

    source: Feed
    matching: Matching
    enriched: tuple[Enriched, ...]
    artifacts: tuple[Artifact, ...]
    """What this run made, the feed last."""
    problems: tuple[Problem, ...]
    news: tuple[Problem, ...] = ()
    """Problems that the run that meets them tells, and no later one."""
    files: tuple[File, ...] = ()
    """What it has beside the artifacts: pages, transcripts, the index of the search."""
