"""The keys of config.toml: their types, limits and defaults. The README says what they mean."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

_MEGABYTE = 1_000_000
NAME = r"^[a-z0-9-]{1,100}$"
"""What a feed may be called."""


def _no_newline(text: str) -> str:
    if any(character < " " for character in text):
        raise ValueError("expected text without control characters")
    return text


def _format(*names: str) -> AfterValidator:
    """Accept text whose only placeholders are these."""

    def accept(text: str) -> str:
        unknown = [name for name in re.findall(r"\{([^{}]*)\}", text) if name not in names]
        if unknown:
            allowed = " and ".join(f"{{{name}}}" for name in names)
            raise ValueError(f"knows only {allowed}, not {{{unknown[0]}}}")
        return _no_newline(text)

    return AfterValidator(accept)


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("expected an absolute http(s) URL without query, such as https://feeds.example.com")
    return text.rstrip("/")


def _web_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("expected an absolute http(s) URL")
    return text


def _pair(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or "/" in host or (":" in host and not re.fullmatch(r"\[.+\]", host)):
        raise ValueError("expected host:port, such as 127.0.0.1:8000 or [::1]:8000")
    return text


def _contact(text: str) -> str:
    return _no_newline(text)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_no_newline)]


class Settings(BaseModel):
    """What `[defaults]` may say and every feed may say itself; see FeedConfig for the meanings."""

    model_config = ConfigDict(extra="forbid", strict=True)

    mode: Literal["mirror", "own"] = "mirror"
    listed: bool = False
    title: Annotated[Text, _format("title")] = "{title} (highlights)"
    notes: Literal["before", "after", "off"] = "before"
    chapters: Literal["publisher", "merge", "summary", "off"] = "publisher"
    intro: Text = "Intro"
    label: Annotated[Text, _format("source")] = "Highlights by {source}. Not written by the publisher."
    notes_limit: Annotated[int, Field(ge=0, le=10_000_000)] = 10_000
    chapter_gap: Annotated[int, Field(ge=1, le=3600)] = 30
    hub: Annotated[str, AfterValidator(_web_url)] | None = None
    private: bool = False


class FeedTable(Settings):
    """One `[[feed]]`."""

    name: Annotated[str, StringConstraints(pattern=NAME)]
    url: Text
    summaries: list[Text] = []
    aliases: list[Text] = []


class FileTable(BaseModel):
    """The whole of config.toml."""

    model_config = ConfigDict(extra="forbid", strict=True)

    base_url: Annotated[str, AfterValidator(_base_url)]
    output: Text = "public"
    database: Text = "sqlite:///enricher.db"
    summaries: list[Text] = ["summaries"]
    contact: Annotated[str, AfterValidator(_contact)] | None = None
    max_size: Annotated[int, Field(ge=1000)] = 25 * _MEGABYTE
    metrics: Text | None = None
    heartbeat: Text | None = None
    workers: Annotated[int, Field(ge=1, le=256)] | None = None
    per_host: Annotated[int, Field(ge=1, le=64)] = 1
    feed_limit: Annotated[int, Field(ge=1, le=86400)] = 600
    min_interval: Annotated[int, Field(ge=0, le=86400)] = 300
    timeout: Annotated[int, Field(ge=1, le=3600)] = 120
    allow_private: list[Annotated[Text, AfterValidator(_pair)]] = []
    secret: Text | None = None
    defaults: Settings = Settings()
    feed: Annotated[list[FeedTable], Field(min_length=1)]
