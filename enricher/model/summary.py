"""A summary of one episode, as frozen types: the same whatever form the document came in.

These types are the public JSON form (version 1) too: msgspec decodes, checks, encodes and describes them. All times are
seconds on the audio of the feed's enclosure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

if TYPE_CHECKING:
    from collections.abc import Iterator


MAX_SIZE = 5_000_000
"""The most bytes of a summary document."""
SUFFIXES = (".txt", ".html", ".md", ".json", ".markdown", ".mdx", ".mkd", ".htm", ".xhtml")
"""The forms of a document, by the end of the file's name."""
NAMELESS = ("index", "_index", "readme")
"""A document so called has the name of its folder: `142/index.md`."""

COMPANIONS = (".transcript.json", ".vtt", ".srt", ".ttml", ".dfxp", ".sbv", ".lrc", ".tsv", ".csv", ".transcript.html",
              ".transcript.htm", ".transcript.md", ".transcript.txt", ".outline.txt")  # fmt: skip
"""What files beside a summary end with that have its stem: transcripts, best first, and the outline of one."""

Seconds = Annotated[float, Meta(ge=0, le=10_000_000)]


class _Part(Struct, frozen=True, forbid_unknown_fields=True):
    """An unknown key is most likely a typing error, so it is a fault."""


class Source(_Part, frozen=True):
    """Who summarised."""

    name: str | None = None
    url: str | None = None


class Passage(_Part, frozen=True):
    """A narrative paragraph (its citations as ` [2]` in the text) or a verbatim pull quote."""

    kind: Literal["text", "quote"]
    text: str
    speaker: str | None = None
    start: Seconds | None = None
    end: Seconds | None = None
    listed: bool = False
    """A paragraph that is an entry of a list."""


class Topic(_Part, frozen=True):
    """A topic of the highlights; topics nest to any depth."""

    title: str
    start: Seconds | None = None
    passages: tuple[Passage, ...] = ()
    topics: tuple[Topic, ...] = ()


class Clip(_Part, frozen=True):
    """A popular clip."""

    title: str
    start: Seconds | None = None
    end: Seconds | None = None
    quote: str | None = None


class Question(_Part, frozen=True):
    """A question from the episode."""

    question: str
    answer: str | None = None
    start: Seconds | None = None


class Related(_Part, frozen=True):
    """A related episode."""

    title: str
    url: str | None = None
    podcast: str | None = None
    published: dt.date | None = None


class Citation(_Part, frozen=True):
    """The clip that a number in the narrative points at."""

    start: Seconds | None = None
    end: Seconds | None = None
    url: str | None = None


class Summary(_Part, frozen=True, tag_field="version", tag=1):
    """The highlights of one episode. Times are seconds on the audio of the feed's enclosure."""

    title: Annotated[str, Meta(pattern=r"\S")]
    podcast: str | None = None
    number: Annotated[int, Meta(ge=0, le=99_999)] | None = None
    """The episode's number, where the title does not give it as `| Show #N`."""
    published: dt.date | None = None
    guid: str | None = None
    audio: str | None = None
    link: str | None = None
    duration: Seconds | None = None
    source: Source = Source()
    people: tuple[str, ...] = ()
    abstract: str | None = None
    topics: tuple[Topic, ...] = ()
    clips: tuple[Clip, ...] = ()
    questions: tuple[Question, ...] = ()
    related: tuple[Related, ...] = ()
    citations: Mapping[Annotated[int, Meta(ge=1, le=9999)], Citation] = {}
    titles: tuple[str, ...] = ()
    """What else could be the title: other headings, the first line, the file's name. Best first, without `title`."""
    identities: tuple[str, ...] = ()
    """Addresses and ids that the document holds under any name: one of them may be the item's guid, audio or link."""


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


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a summary that may have a time."""

    path: str
    """Its place in the document, the key of its time in a `Timeline`: `topics/0/topics/1/passages/2`, `clips/0`."""
    kind: Literal["topic", "text", "quote", "clip", "question", "citation"]
    text: str
    """The title, passage or question; `[2]` for a citation."""
    start: float | None = None
    """The time that the summary gives it, like `end`."""
    end: float | None = None
    parent: Part | None = None
    """The topic that a topic or passage stands in."""
    quote: str | None = None
    """The words that were spoken, of a quote or a clip."""
    speaker: str | None = None
    listed: bool = False
    """Whether a passage is an entry of a list."""

    @property
    def topics(self) -> Iterator[Part]:
        """The topics that it stands in, innermost first."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent


def parts(summary: Summary) -> Iterator[Part]:
    """Visit every part that may have a time, in the document's order: a topic, its passages, then its subtopics."""
    waiting: list[tuple[str, Topic, Part | None]] = [
        (f"topics/{i}", topic, None) for i, topic in reversed(list(enumerate(summary.topics)))
    ]
    # Not recursive: a document may nest topics deeper than Python nests calls.
    while waiting:
        path, topic, above = waiting.pop()
        here = Part(path, "topic", topic.title, topic.start, parent=above)
        yield here
        for i, one in enumerate(topic.passages):
            quote = one.text if one.kind == "quote" else None
            here_is = f"{path}/passages/{i}"
            yield Part(here_is, one.kind, one.text, one.start, one.end, here, quote, one.speaker, one.listed)
        waiting += [(f"{path}/topics/{i}", sub, here) for i, sub in reversed(list(enumerate(topic.topics)))]
    for i, clip in enumerate(summary.clips):
        yield Part(f"clips/{i}", "clip", clip.title, clip.start, clip.end, quote=clip.quote)
    for i, question in enumerate(summary.questions):
        yield Part(f"questions/{i}", "question", question.question, question.start)
    for number, citation in summary.citations.items():
        yield Part(f"citations/{number}", "citation", f"[{number}]", citation.start, citation.end)
