"""The keys of config.toml: their types, limits and defaults. The README says what they mean.

A description says what is expected where a pattern is not met.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

_WEB = r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#]"
_LINE = r"[^\x00-\x1f\x7f]*"

Text = Annotated[str, Meta(pattern=rf"^{_LINE}[^\s\x00-\x1f\x7f]{_LINE}$", description="text on one line")]
Name = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9-]{1,100}$",
        description="at most 100 lower-case letters, digits and hyphens (it names the file)",
    ),
]
WebUrl = Annotated[str, Meta(pattern=rf"{_WEB}\S*$", description="an absolute http(s) URL")]
BaseUrl = Annotated[
    str,
    Meta(
        pattern=rf"{_WEB}[^\s?#@]*$",
        description="an absolute http(s) URL without password and query, such as https://feeds.example.com",
    ),
]
Pair = Annotated[
    str,
    Meta(
        pattern=r"^(?:[^\s:/\[\]]+|\[[^\s/\[\]]+\]):[0-9]+$",
        description="host:port, such as 127.0.0.1:8000 or [::1]:8000",
    ),
]
TitleFormat = Annotated[
    str,
    Meta(pattern=r"^(?:[^{}\x00-\x1f\x7f]|\{title\})+$", description="text whose only placeholder is {title}"),
]
LabelFormat = Annotated[
    str,
    Meta(pattern=r"^(?:[^{}\x00-\x1f\x7f]|\{source\})+$", description="text whose only placeholder is {source}"),
]


class Settings(Struct, frozen=True, kw_only=True):
    """What `[defaults]` may say and every feed may say itself; see FeedConfig for the meanings."""

    mode: Literal["mirror", "own"] = "mirror"
    listed: bool = False
    title: TitleFormat = "{title} (highlights)"
    notes: Literal["before", "after", "off"] = "before"
    chapters: Literal["publisher", "merge", "summary", "off"] = "publisher"
    intro: Text = "Intro"
    label: LabelFormat = "Highlights by {source}. Not written by the publisher."
    notes_limit: Annotated[int, Meta(ge=0, le=10_000_000)] = 10_000
    chapter_gap: Annotated[int, Meta(ge=1, le=3600)] = 30
    hub: WebUrl | None = None
    private: bool = False


class FeedTable(Settings, frozen=True, kw_only=True):
    """One `[[feed]]`."""

    name: Name
    url: Text
    summaries: tuple[Text, ...] = ()
    aliases: tuple[Text, ...] = ()


class FileTable(Struct, frozen=True, kw_only=True):
    """The whole of config.toml."""

    base_url: BaseUrl
    output: Text = "public"
    database: Text = "sqlite:///enricher.db"
    summaries: tuple[Text, ...] = ("summaries",)
    contact: Text | None = None
    max_size: Annotated[int, Meta(ge=1000)] = 25_000_000
    metrics: Text | None = None
    heartbeat: Text | None = None
    workers: Annotated[int, Meta(ge=1, le=256)] | None = None
    per_host: Annotated[int, Meta(ge=1, le=64)] = 1
    feed_limit: Annotated[int, Meta(ge=1, le=86400)] = 600
    min_interval: Annotated[int, Meta(ge=0, le=86400)] = 300
    timeout: Annotated[int, Meta(ge=1, le=3600)] = 120
    allow_private: tuple[Pair, ...] = ()
    secret: Text | None = None
    defaults: Settings = field(default_factory=Settings)
    feed: tuple[FeedTable, ...]
