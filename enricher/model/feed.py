"""The source as it is read: what is configured of a feed, its document, its items. All times are seconds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from enricher.model.timeline import Marks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lxml import etree

    from enricher.errors import Problem

Mode = Literal["mirror", "own"]


NotesPlace = Literal["before", "after", "off"]


ChaptersPolicy = Literal["publisher", "merge", "summary", "off"]


class Remember(Protocol):
    """Remembered results of pure functions, keyed by digests; the core's only memory.

    `make` is called once with the positions (into `keys`) of those that are not remembered and returns their
    values, JSON-like, in that order. `kind` names the function and the version of its code, such as "item/1".
    """

    def __call__(self, kind: str, keys: Sequence[str], make: Callable[[Sequence[int]], Sequence[Any]], /) -> list[Any]:
        """Give the value of each key, in order."""
        ...


def forget(kind: str, keys: Sequence[str], make: Callable[[Sequence[int]], Sequence[Any]]) -> list[Any]:
    """Remember nothing: a `Remember` for tests and one-off uses."""
    del kind
    return list(make(range(len(keys))))


@dataclass(frozen=True, slots=True)
class FeedConfig:
    """One `[[feed]]` of config.toml with its defaults filled in; see FORMATS in the README."""

    name: str
    url: str = field(repr=False)
    """Where we fetch: http(s) URL or absolute path. May hold a secret: show `source` instead."""
    base_url: str
    """Where the output folder is served, without a trailing slash."""
    mode: Mode = "mirror"
    listed: bool = False
    title: str = "{title} (highlights)"
    notes: NotesPlace = "before"
    chapters: ChaptersPolicy = "publisher"
    intro: str = "Intro"
    label: str = "Highlights by {source}. Not written by the publisher."
    notes_limit: int = 10_000
    chapter_gap: int = 30
    """The least seconds between a chapter of ours and its neighbours."""
    aliases: tuple[str, ...] = ()
    summaries: tuple[str, ...] = ()
    """Absolute folders whose summaries belong to this show alone."""
    hub: str | None = None
    private: bool = False
    """Published under a name that cannot be guessed, and kept out of directories."""
    token: str = field(default="", repr=False)
    """What makes a private feed's name unguessable: 32 hex digits."""

    @property
    def is_web(self) -> bool:
        """Whether the source is fetched over the network; else it is a file."""
        return self.url.lower().startswith(("http://", "https://"))

    @property
    def file_name(self) -> str:
        """The name of the feed's file and folder below the output folder, without its suffix."""
        return f"{self.name}-{self.token}" if self.private else self.name

    @property
    def public_url(self) -> str:
        """The enriched feed's own URL."""
        return f"{self.base_url}/{self.file_name}.xml"


@dataclass(frozen=True, slots=True)
class Document:
    """What a fetch gave: the bytes and what the server said of them."""

    url: str = field(repr=False)
    """The address after redirects, for resolving relative links; for messages use `shown`."""
    body: bytes = field(repr=False)
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    shown: str = ""
    """The address without secrets."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a feed: the publisher's element, and what feedparser understood of it."""

    element: etree._Element = field(repr=False, compare=False)
    digest: str
    """Hex digest of `xml` and its surroundings."""
    guid: str | None = None
    title: str = ""
    link: str | None = None
    published: float | None = None
    """Seconds since 1970, UTC."""
    audio: str | None = None
    """The first enclosure's URL."""
    duration: float | None = None
    """Seconds, from itunes:duration."""
    xml: bytes = field(default=b"", repr=False, compare=False)
    """The element as it came, written out in the surroundings of its feed; the golden rule compares it."""

    @property
    def identity(self) -> str:
        """What tells this item from its neighbours: guid, else enclosure, link or title."""
        return self.guid or self.audio or self.link or self.title

    @property
    def key(self) -> str:
        """A short digest of the identity, by which an item is known again."""
        return hashlib.blake2b(self.identity.encode("utf-8", "replace"), digest_size=6).hexdigest()


@dataclass(frozen=True, slots=True)
class Feed:
    """A whole source feed, pages joined, every element kept."""

    root: etree._Element = field(repr=False, compare=False)
    """The publisher's `rss` element with normalised prefixes."""
    title: str
    items: tuple[Item, ...]
    repairs: tuple[str, ...] = ()
    """What had to be mended before it could be parsed, for the report."""
    complete: bool = True
    """Whether it ended as it should: else it may have been cut short."""
    rebuilt: bool = False
    """Generated anew from what feedparser understood, because there was no RSS tree to keep."""
    next_page: str | None = None
    """Absolute URL of the next page (RFC 5005), for the pipeline to follow."""

    @property
    def digest(self) -> str:
        """Hex digest of what the items say, by which a change is known from a server's new time stamp."""
        return hashlib.blake2b("".join(item.digest for item in self.items).encode(), digest_size=16).hexdigest()


# What the publisher has on an item already


@dataclass(frozen=True, slots=True)
class NotesFields:
    """The publisher's own notes of one item, as they stand; None where there is no such element."""

    description: str | None = None
    content: str | None = None
    """content:encoded."""
    summary: str | None = None
    """itunes:summary."""
    marked_up: frozenset[str] = frozenset()
    """Names of the fields above that hold elements instead of text."""


@dataclass(frozen=True, slots=True)
class ItemDocuments:
    """What was fetched for one item beside the feed, unread."""

    chapters: Document | None = None
    """The publisher's podcast:chapters JSON."""
    transcript: Document | None = None
    """The best of the publisher's podcast:transcript files that could be had and read."""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class PublisherContent:
    """What the publisher's own item says that enrichment builds on: chapters, notes, soundbites."""

    marks: Marks = Marks()
    notes: NotesFields = NotesFields()
    soundbites: tuple[tuple[float, float], ...] = ()
    """Start and duration of each podcast:soundbite."""
    problems: tuple[Problem, ...] = ()
