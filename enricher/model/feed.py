"""The source as it is read: what is configured of a feed, its document, its items. All times are seconds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from enricher.model.timeline import Marks

if TYPE_CHECKING:
    from lxml import etree

    from enricher.errors import Problem

Mode = Literal["mirror", "own"]
NotesPlace = Literal["around", "before", "after", "off"]
ChaptersPolicy = Literal["publisher", "merge", "summary", "off"]
Switch = Literal["on", "off"]


# The values of configuration keys. A pattern ends in \Z, for `$` matches before a last line break too.

_LINE = r"[^\x00-\x1f\x7f]*"
_WEB = r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#]"

Text = Annotated[str, Meta(pattern=rf"^{_LINE}[^\s\x00-\x1f\x7f]{_LINE}\Z", description="text on one line")]
WebUrl = Annotated[str, Meta(pattern=rf"{_WEB}\S*\Z", description="an absolute http(s) URL")]
BaseUrl = Annotated[
    str,
    Meta(
        pattern=rf"{_WEB}[^\s?#@]*\Z",
        description="an absolute http(s) URL without password and query, such as https://feeds.example.com",
    ),
]
Name = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9-]{1,100}\Z",
        description="at most 100 lower-case letters, digits and hyphens (it names the file)",
    ),
]
TitleFormat = Annotated[
    str,
    Meta(pattern=r"^(?:[^{}\x00-\x1f\x7f]|\{title\})+\Z", description="text whose only placeholder is {title}"),
]
LabelFormat = Annotated[
    str,
    Meta(pattern=r"^(?:[^{}\x00-\x1f\x7f]|\{source\})+\Z", description="text whose only placeholder is {source}"),
]
# What httpx and the server agree on themselves is nobody's to set; https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2.
HeaderName = Annotated[
    str,
    Meta(
        pattern=r"^(?!(?i:host|connection|content-length|transfer-encoding|accept-encoding|if-[a-z-]*)\Z)[\w!#$%&'*+.^`|~-]+\Z",
        description="names of HTTP headers, none that every request has anyway",
    ),
]


@dataclass(frozen=True, slots=True)
class FeedConfig:
    """One `[[feed]]` of config.toml, what `[defaults]` says filled in.

    The fields are the keys, with their types and defaults, but for `base_url` and `token`. The README has the meanings.
    """

    name: Name
    url: Text = field(repr=False)
    """Where we fetch: http(s) URL or absolute path. May hold a secret, so messages show it redacted."""
    base_url: str
    """Where the output folder is served, without a trailing slash."""
    mode: Mode = "mirror"
    listed: bool = False
    title: TitleFormat = "{title} (highlights)"
    notes: NotesPlace = "around"
    chapters: ChaptersPolicy = "publisher"
    intro: Text = "Intro"
    label: LabelFormat = "Highlights by {source}. Not written by the publisher."
    notes_limit: Annotated[int, Meta(ge=0, le=10_000_000)] = 10_000
    chapter_gap: Annotated[int, Meta(ge=1, le=3600)] = 30
    """The least seconds between a chapter of ours and its neighbours."""
    aliases: tuple[Text, ...] = ()
    summaries: tuple[Text, ...] = ()
    """Absolute folders whose summaries belong to this show alone."""
    transcripts: Switch = "on"
    """Publish the transcript beside a summary, where the item has none (contract C52)."""
    pages: Switch = "on"
    """Publish a companion page for each item that has a summary."""
    hub: WebUrl | None = None
    user_agent: Text | None = None
    """Sent to the feed's own host in place of the program's, likewise `headers`."""
    headers: dict[HeaderName, Text] | None = field(default=None, repr=False)
    """May hold secrets."""
    private: bool = False
    """Published under a name that cannot be guessed, and kept out of directories."""
    token: str = field(default="", repr=False)
    """What makes a private feed's name unguessable: 32 hex digits."""

    @property
    def is_web(self) -> bool:
        """Whether the source is fetched over the network; else it is a file."""
        return self.url.lower().startswith(("http://", "https://"))

    @property
    def sent(self) -> dict[str, str]:
        """The headers that the feed's own host gets."""
        return ({"User-Agent": self.user_agent} if self.user_agent else {}) | (self.headers or {})

    @property
    def unlisted(self) -> bool:
        """Whether directories are asked to leave it out."""
        return self.private or (self.mode == "mirror" and not self.listed)

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
    """The URL of the first enclosure that is audio or video, else of the first one."""
    others: tuple[str, ...] = ()
    """The URLs of its other enclosures, and of the sources of podcast:alternateEnclosure."""
    made_guid: str | None = None
    """The guid that an item without one is published with (contract C8), unique in its feed."""
    duration: float | None = None
    """Seconds, from itunes:duration."""
    season: str | None = None
    """The text of itunes:season, else podcast:season, as it stands; likewise `episode`."""
    episode: str | None = None
    kind: str | None = None
    """The text of itunes:episodeType."""
    xml: bytes = field(default=b"", repr=False, compare=False)
    """The element as it came, written out in the surroundings of its feed; the golden rule compares it."""

    @property
    def identity(self) -> str:
        """What tells this item from its neighbours: guid, given or made, else link or title."""
        return self.guid or self.made_guid or self.link or self.title

    @property
    def key(self) -> str:
        """A short digest of the identity, by which an item is known again."""
        return hashlib.blake2b(self.identity.encode("utf-8", "replace"), digest_size=6).hexdigest()


BROKEN = "the source is too broken to be kept as it is"
"""`Feed.rebuilt` of what is neither Atom nor RSS 1.0."""


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
    rebuilt: str = ""
    """What the source is, where it is no RSS tree to keep: it was generated anew from what feedparser understood."""
    next_page: str | None = None
    """Absolute URL of the next page (RFC 5005), for the pipeline to follow."""
    missing: str = ""
    """Why one of its pages is missing, or its last good copy had to serve."""
    stylesheet: bool = False
    """An xml-stylesheet stood before it, which is left out: it is made for pages of the publisher's own host."""

    @property
    def digest(self) -> str:
        """Hex digest of what the items say."""
        return hashlib.blake2b("".join(item.digest for item in self.items).encode(), digest_size=16).hexdigest()

    @property
    def newest(self) -> float | None:
        """When its newest item was published, in seconds since 1970, UTC."""
        return max((item.published for item in self.items if item.published is not None), default=None)

    @property
    def ttl(self) -> float:
        """Seconds for which the feed wants to be left alone, 0: none (https://www.rssboard.org/rss-specification)."""
        text = (self.root.findtext("channel/ttl") or "").strip()
        return float(text[:6]) * 60 if text.isdecimal() else 0.0


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
