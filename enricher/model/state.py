"""What is remembered of a feed between runs: when to ask for it, what was published. Times are epoch seconds."""

from __future__ import annotations

from msgspec import Struct

from enricher.errors import Problem
from enricher.model.page import Show

Stamp = tuple[str, int, str]
"""SHA-256 in hex, size and version (a time of change in a folder, an ETag in a store) of a published file."""


class Schedule(Struct, frozen=True, omit_defaults=True):
    """When an address may be requested again, and how; http/schedule.py decides."""

    next_at: float = 0.0
    errors: int = 0
    """How many requests in a row failed."""
    error: str | None = None
    """Why the last answer could not be used."""
    full_at: float = 0.0
    """When the whole document came last, not just a 304."""
    lifetime: float = 0.0
    """Seconds for which the last answer is fresh, by its server."""
    moved_to: str | None = None
    """Where permanent redirects led; requested instead until that fails."""


class Copy(Struct, frozen=True, omit_defaults=True):
    """What is known of a stored document without reading it."""

    key: str
    """Digest of the address, which may hold a secret."""
    digest: str
    """SHA-256 of the body in hex."""
    etag: str | None = None
    last_modified: str | None = None
    fetched_at: float = 0.0


class Hold(Struct, frozen=True, omit_defaults=True):
    """A source that is not believed yet: how many fetches in a row said the same, and since when; and in all."""

    digest: str
    count: int
    since: float
    began: float
    total: int = 0


class Published(Struct, frozen=True, omit_defaults=True):
    """What the published edition was made of; while nothing of it changes, nothing is made again."""

    inputs: str
    """Digest of everything but the source: code, configuration, summaries."""
    source: str
    """SHA-256 of the source in hex."""
    until: float
    """When a transcript or chapters file has to be requested again."""
    items: int
    matched: int
    timed: int
    chapters: int
    problems: tuple[Problem, ...] = ()


class FeedSite(Struct, frozen=True, omit_defaults=True):
    """What is remembered of a feed's pages; empty where it has none."""

    show: Show | None = None
    """What they say of it."""
    episodes: int = 0
    """How many pages there are."""
    names: dict[str, str] = {}
    """What each item's page is called, by `Item.key`: the first name stays, whatever becomes of the title."""
    search: str = ""
    """Digest of what the index of the search was made of; empty where there is none."""


class FeedState(Struct, frozen=True, omit_defaults=True):
    """Everything that is remembered of one feed."""

    outcome: str | None = None
    """The last one; None where the feed never had a turn."""
    error: str | None = None
    at: float | None = None
    """When the feed had its last turn."""
    success_at: float | None = None
    """When it was last published or found unchanged."""
    next_at: float | None = None
    """When its server may be asked again; None for files."""
    title: str | None = None
    """The show's title in the source, by which summaries are found."""
    ttl: float = 0.0
    """Seconds, from the source's <ttl>."""
    address: str = ""
    """Digest of the source's URL, which `schedule` and `copy` are of."""
    schedule: Schedule = Schedule()
    copy: Copy | None = None
    """The stored source."""
    known: tuple[str, ...] | None = None
    """Keys of the items of the published edition; None where none is known."""
    newest: float | None = None
    """When the newest item of the published edition was published."""
    rebuilt: bool = False
    """The published edition could only be rebuilt from what feedparser understood."""
    hold: Hold | None = None
    chapters: dict[str, int] = {}
    """How many chapters each item has in the published edition, by `Item.key`."""
    told: tuple[str, ...] = ()
    """The problems of the last turn: what a person heard of already."""
    published: Published | None = None
    files: dict[str, Stamp] = {}
    """The files of the published edition, by path; empty where they are not known."""
    site: FeedSite = FeedSite()
    edition: str = ""
    """Digest of the published feed and of the hub that it names; empty where it names none."""
    hub_told: str = ""
    """Digest of the edition that its hub was told of last."""
