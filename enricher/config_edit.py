"""config.toml written for a person: feeds added at its end, everything else as it stands."""

from __future__ import annotations

import json
import os
import re
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING
from unicodedata import normalize

from enricher.config import parse
from enricher.errors import ConfigError
from enricher.publish.atomic import write_whole

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from enricher.config import Config

NEW = """\
# Written by `enricher add`. README.md has every key; keys of the whole file stand above the first [[feed]].
base_url  = "http://127.0.0.1:8000"       # where `output` is served. This is `enricher serve`, for a look: put your
                                          # server's address here before anybody subscribes, for it is in every feed
output    = "public"                      # a folder, relative to this file
summaries = ["summaries"]                 # put summary documents here: see `enricher template`
"""
_PRIVATE_MODE = 0o600
_NO_SLUG = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 60


def with_feeds(path: Path, text: str, feeds: Sequence[Mapping[str, str | bool]]) -> str:
    """Return the text of a configuration with feeds added at its end. Raises ConfigError where it would be wrong.

    They are appended as text: tomlkit, which edits a file's tree, moves a [defaults] that stands between two [[feed]]
    behind them, and appends to a file without a last line break on that line.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = [text.rstrip("\r\n"), ""] if text.strip() else []
    for feed in feeds:
        lines += ["[[feed]]", *(f"{key:<4} = {_toml(value)}" for key, value in feed.items()), ""]
    added = newline.join(lines)
    before = tomllib.loads(text)
    try:
        after = tomllib.loads(added)
    except tomllib.TOMLDecodeError:
        after = {}
    if after != before | {"feed": [*before.get("feed", []), *feeds]}:
        raise ConfigError(f"{path}: feeds cannot be added to a `feed = [ … ]`; write each as a [[feed]] table")
    parse(path, added)
    return added


def parse_for_adding(path: Path, text: str) -> Config:
    """Read a configuration that need not have a feed yet. Raises ConfigError."""
    try:
        lacks_feeds = "feed" not in tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        lacks_feeds = False  # `parse` says where it is wrong
    return replace(parse(path, with_feed(text)), feeds=()) if lacks_feeds else parse(path, text)


def with_feed(text: str, url: str = "feed.xml", *, private: bool = False) -> str:
    """Return the text of a configuration with one feed more, as a trial."""
    return f'{text.rstrip()}\n\n[[feed]]\nname = "trial"\nurl = {_toml(url)}\nprivate = {_toml(private)}\n'


def keys_alone(text: str) -> str:
    """Return the text of a configuration with those keys alone on which it depends what a feed's address may be."""
    table = tomllib.loads(text)
    return "".join(f"{key} = {_toml(table[key])}\n" for key in ("base_url", "secret") if key in table)


def _toml(value: str | bool) -> str:
    """Write a value: a JSON string is a TOML string, but for U+007F. https://toml.io/en/v1.0.0#string."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def write_config(path: Path, text: str, *, private: bool) -> None:
    """Replace a configuration whole or not at all, readable by whom it was; a new one with a secret by its owner.

    Where it is a link, the file that it leads to is replaced. Raises PublishError.
    """
    path = path.resolve()
    mode = path.stat().st_mode & 0o777 if path.exists() else _PRIVATE_MODE if private else None
    if mode is None:
        write_whole(path, text.encode())
        return
    # Not narrowed after it was written: for a moment anybody could read what only some may.
    before = os.umask(~mode & 0o777)
    try:
        write_whole(path, text.encode())
    finally:
        os.umask(before)
    path.chmod(mode)


def name_for(title: str, host: str, taken: Collection[str]) -> str:
    """Return a name of a feed that is not taken: letters and digits of its title, or else of its host."""
    words = next(filter(None, map(_slug, (title, host))), "feed")
    name = words if len(words) <= _LONGEST_NAME else words[:_LONGEST_NAME].rpartition("-")[0] or words[:_LONGEST_NAME]
    return next(one for i in range(1, len(taken) + 2) if (one := name if i == 1 else f"{name}-{i}") not in taken)


def _slug(text: str) -> str:
    """Return the letters and digits of ASCII: "Café" loses its accent. None where the script is another."""
    # "Don't" is one word, and so is "Don’t".
    plain = normalize("NFKD", re.sub("['’]", "", text)).encode("ascii", "ignore").decode().lower()
    slug = _NO_SLUG.sub("-", plain).strip("-")
    return slug if text.isascii() or re.search("[a-z]", slug) else ""  # no feed is named by the digits of "ラジオ 24"
