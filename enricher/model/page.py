"""What pages are made of beside the items themselves, and what their indexes list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from enricher.model.edition import ChapterList
from enricher.model.timeline import Timeline

if TYPE_CHECKING:
    from enricher.model.feed import Item
    from enricher.model.summary import Summary
    from enricher.model.timeline import Cue


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link to the page of an episode, ours or the publisher's; without an address its title is all that is known."""

    title: str
    url: str = ""
    """Absolute, or the file name of a page in the same folder."""
    published: float | None = None
    """Seconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class Show:
    """What pages say of the feed that they belong to."""

    title: str
    feed_url: str
    """The enriched feed's own URL."""
    home: str
    """The URL of the show's folder, with a slash at its end."""
    language: str = ""
    """As the feed says it, BCP 47 if all is well; empty where it says none."""
    cover: str | None = None
    link: str | None = None
    """The publisher's own site."""
    description: str = ""
    """As the feed has it, plain text or HTML."""
    noindex: bool = False
    """Whether search engines are asked to leave its pages out."""
    listed: bool = True
    """Whether it stands in the list of all shows; a private one does not."""


@dataclass(frozen=True, slots=True)
class Episode:
    """What the page of one enriched item is made of."""

    item: Item
    summary: Summary
    timeline: Timeline = Timeline()
    chapters: ChapterList = ChapterList()
    name: str = ""
    """The page's file name where it has one already (an address must stay though the title changes), else a new one."""
    label: str = "Highlights by {source}. Not written by the publisher."
    """The configured line that says who summarised, with `{source}`."""
    source_name: str = ""
    """What fills `{source}` where the summary names none."""
    related: tuple[PageLink, ...] = ()
    related_is_named: bool = True
    """Whether the summary names the related episodes; else they are the most alike."""
    cues: tuple[Cue, ...] = field(default=(), repr=False)
    """The transcript of this very audio, where one may be shown (contract C52)."""


@dataclass(frozen=True, slots=True)
class EpisodeEntry:
    """One line of the show's index."""

    title: str
    url: str
    """The page's file name."""
    published: float | None = None
    """Seconds since 1970, UTC."""
    teaser: str = ""
    """The abstract's first sentences, as plain text."""
    duration: float | None = None
    """Seconds."""


@dataclass(frozen=True, slots=True)
class ListedShow:
    """One line of the list of shows."""

    show: Show
    folder: str
    """The name of the show's folder below the site's root."""
    episodes: int = 0
    """How many enriched ones it has."""
