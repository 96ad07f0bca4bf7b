"""The page of an episode's highlights, as frozen types: the same whatever form the document came in.

All times are seconds on the audio of the feed's enclosure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence


SUFFIXES = (".txt", ".html", ".md", ".json")
"""The forms of a document, by the end of the file's name."""

COMPANIONS = (".transcript.json", ".vtt", ".srt", ".outline.txt")
"""What files beside a summary end with that have its stem: transcripts, best first, and the outline of one."""


@dataclass(frozen=True, slots=True)
class Source:
    """Who summarised."""

    name: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A narrative paragraph (its citations as ` [2]` in the text) or a verbatim pull quote."""

    kind: Literal["text", "quote"]
    text: str
    speaker: str | None = None
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the highlights; topics nest to any depth."""

    title: str
    start: float | None = None
    passages: tuple[Passage, ...] = ()
    topics: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True)
class Clip:
    """A popular clip."""

    title: str
    start: float | None = None
    end: float | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question from the episode."""

    question: str
    answer: str | None = None
    start: float | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """A related episode."""

    title: str
    url: str | None = None
    podcast: str | None = None
    published: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """The clip that a number in the narrative points at."""

    start: float | None = None
    end: float | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """The page of an episode's highlights, the same whatever form it came in."""

    title: str
    podcast: str | None = None
    number: int | None = None
    """The episode's number, read from the title (`| Show #N`)."""
    published: dt.date | None = None
    guid: str | None = None
    audio: str | None = None
    link: str | None = None
    duration: float | None = None
    source: Source = Source()
    people: tuple[str, ...] = ()
    abstract: str | None = None
    topics: tuple[Topic, ...] = ()
    clips: tuple[Clip, ...] = ()
    questions: tuple[Question, ...] = ()
    related: tuple[Related, ...] = ()
    citations: Mapping[int, Citation] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Companion:
    """A file beside a summary that has its stem: a transcript or the outline of that transcript's timeline."""

    path: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredSummary:
    """A summary as the store keeps it."""

    path: str
    """The document's absolute path."""
    folder: str
    """The configured summaries folder that it was found in."""
    digest: str
    """Hex digest of the document and its companions."""
    summary: Summary
    transcript: Companion | None = None
    outline: Companion | None = None


def walk(topics: Sequence[Topic], path: str = "topics") -> Iterator[tuple[str, int, Topic]]:
    """Visit every topic depth first: its path in the document (`topics/0/topics/1`), its depth from 0, itself."""
    depth = path.count("topics") - 1
    for i, topic in enumerate(topics):
        here = f"{path}/{i}"
        yield here, depth, topic
        yield from walk(topic.topics, f"{here}/topics")
