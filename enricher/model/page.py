"""What companion pages say beyond an item's own enrichment: its show, links to pages, lines of an index."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link to the page of an episode, ours or the publisher's."""

    title: str
    url: str
    published: float | None = None
    """Seconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class Show:
    """What pages say of the feed that they belong to."""

    title: str
    feed_url: str
    """The enriched feed's public URL."""
    home: str
    """The URL of the show's folder, with a slash at its end."""
    language: str = ""
    """BCP 47, or empty."""
    cover: str | None = None
    link: str | None = None
    """The publisher's site."""
    description: str = ""
    noindex: bool = False


@dataclass(frozen=True, slots=True)
class EpisodeEntry:
    """One line of a show's index."""

    title: str
    url: str
    """A file name beside the index."""
    published: float | None
    teaser: str
    """The abstract's first sentences, plain text."""
    duration: float | None


@dataclass(frozen=True, slots=True)
class FeedSite:
    """What is remembered of a feed's pages; empty where it has none."""

    show: Show | None = None
    episodes: int = 0
    """How many pages there are."""
    names: dict[str, str] = field(default_factory=dict)
    """What each item's page is called, by `Item.key`: the first name stays, whatever becomes of the title."""
    search: str = ""
    """Digest of what the index of the search was made of; empty where there is none."""
