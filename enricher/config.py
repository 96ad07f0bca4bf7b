"""config.toml to `Config`: every fault with its key, its line and what was expected, all at once."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import convert
from msgspec.structs import asdict

from enricher.errors import ConfigError
from enricher.faults import faults_of
from enricher.keys import FeedTable, FileTable
from enricher.model.feed import FeedConfig
from enricher.secrets import hide, holds_secret, redact, token_of
from enricher.toml_lines import line_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from enricher.toml_lines import Place

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_SECRET_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration; every path is absolute."""

    path: Path
    base_url: str
    output: Path
    database: str = field(repr=False)
    """A SQLAlchemy address."""
    summaries: tuple[Path, ...]
    feeds: tuple[FeedConfig, ...]
    contact: str | None = None
    """A URL or address that servers can complain to; part of the User-Agent."""
    max_size: int = 25_000_000
    """The most bytes that a document may have, inflated."""
    min_interval: float = 300.0
    """The least seconds between two requests for a feed."""
    timeout: float = 120.0
    """The most seconds that fetching one document may take."""
    allow_private: tuple[str, ...] = ()
    """`host:port` pairs inside the own network that may be fetched from."""
    workers: int | None = None
    """How many processes make editions; None: one for each core."""
    per_host: int = 1
    """How many requests one host gets at the same time."""
    feed_limit: float = 600.0
    """The most seconds that one feed may be worked on."""
    metrics: Path | None = None
    """A file for Prometheus's textfile collector."""
    heartbeat: str | None = field(default=None, repr=False)
    """An address that is asked at the end of every run."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Values from the environment that appear nowhere; see `secrets.hide`."""
    reserved: frozenset[str] = field(init=False, repr=False, compare=False)
    """The folders whose summaries belong to one show alone, whichever it is."""

    def __post_init__(self) -> None:
        """Gather what every feed asks for once."""
        object.__setattr__(self, "reserved", frozenset(folder for feed in self.feeds for folder in feed.summaries))

    @property
    def folder(self) -> Path:
        """Where the configuration stands."""
        return self.path.parent


def load(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Read a configuration. Raises ConfigError with a line for every fault."""
    path = path.absolute()
    text = _read(path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_not_toml(path, text, str(error))) from error
    faults = faults_of(path, text, table)
    if faults:
        raise ConfigError("\n".join(faults))
    # What a feed does not say itself, the defaults say.
    table["feed"] = [table.get("defaults", {}) | one for one in table["feed"]]
    file = convert(table, FileTable)
    return _resolve(path, text, file, environ)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file; name one with --config or ENRICHER_CONFIG") from error
    except UnicodeDecodeError as error:
        line = 1 + error.object[: error.start].count(b"\n")
        raise ConfigError(f"{path}:{line}: expected UTF-8 text; save the file as UTF-8") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error


def _not_toml(path: Path, text: str, said: str) -> str:
    """Say where a file is no TOML, and why."""
    place = _PLACE.search(said)
    line = int(place[1]) if place else text.count("\n") + 1
    why = _PLACE.sub("", said).replace("(at end of document)", "").strip()
    return f"{path}:{line}: this is not TOML: {why[:1].lower()}{why[1:]}{f', at column {place[2]}' if place else ''}"


def _in_order(path: Path, faults: Iterable[str]) -> str:
    """Give every fault once, in the order of the file's lines."""
    return "\n".join(sorted(dict.fromkeys(faults), key=lambda fault: int(fault[len(f"{path}:") :].partition(":")[0])))


def _resolve(path: Path, text: str, file: FileTable, environ: Mapping[str, str]) -> Config:
    """Make every path absolute and fill every feed's settings in."""
    faults = [f"{path}:{line_of(text, place)}: {said}" for place, said in _cross_check(file, environ)]
    folder, base_url = path.parent, file.base_url.rstrip("/")
    if overlap := _overlap(file, folder):
        faults.append(f"{path}:{line_of(text, ('output',))}: {overlap}")
    if faults:
        raise ConfigError(_in_order(path, faults))
    texts = [*(table.url for table in file.feed), file.database, file.secret or "", file.heartbeat or ""]
    secrets = tuple(environ[name] for text in texts for name in _VARIABLE.findall(text))
    hide(secrets)
    said = [_said(table, folder, environ) for table in file.feed]
    secret = _expand(file.secret or "", environ)
    feeds = [FeedConfig(**one, base_url=base_url, token=token_of(one, secret)) for one in said]
    return Config(
        path=path,
        base_url=base_url,
        output=_absolute(file.output, folder),
        database=_database(file.database, folder, environ),
        summaries=tuple(_absolute(name, folder) for name in file.summaries),
        feeds=tuple(feeds),
        contact=file.contact,
        max_size=file.max_size,
        min_interval=float(file.min_interval),
        timeout=float(file.timeout),
        allow_private=file.allow_private,
        workers=file.workers,
        per_host=file.per_host,
        feed_limit=float(file.feed_limit),
        metrics=_absolute(file.metrics, folder) if file.metrics else None,
        heartbeat=_expand(file.heartbeat, environ) if file.heartbeat else None,
        secrets=secrets,
    )


def _said(table: FeedTable, folder: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    """Give what FeedConfig takes."""
    said = asdict(table)
    said["summaries"] = tuple(str(_absolute(name, folder)) for name in table.summaries)
    url = _expand(table.url, environ)
    said["url"] = url if "://" in url else str(_absolute(url, folder))
    return said


def _absolute(name: str, folder: Path) -> Path:
    return Path(os.path.normpath(folder / Path(name).expanduser()))


def _expand(text: str, environ: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: environ[found[1]], text)


def _database(url: str, folder: Path, environ: Mapping[str, str]) -> str:
    url = _expand(url, environ)
    name = url.removeprefix("sqlite:///")
    if name == url or name in {"", ":memory:"}:
        return url
    return f"sqlite:///{_absolute(name, folder)}"


def _cross_check(file: FileTable, environ: Mapping[str, str]) -> Iterator[tuple[Place, str]]:
    """Find what no single key shows: double names, unknown schemes, missing variables. Give each key's place."""
    seen: set[str] = set()
    for i, table in enumerate(file.feed):
        if table.name in seen:
            yield ("feed", i, "name"), f"feed.name: two feeds are named “{table.name}”; expected each name once"
        seen.add(table.name)
        for said in _wrong_url(table, file, environ):
            yield ("feed", i, "url"), f"feed.url of “{table.name}”: {said}"
    said = _VARIABLE.sub(lambda found: environ.get(found[1], "?" * _SECRET_LENGTH), file.secret or "?" * _SECRET_LENGTH)
    if len(said) < _SECRET_LENGTH:
        yield ("secret",), f"secret: expected at least {_SECRET_LENGTH} characters"
    if "://" not in file.database:
        yield ("database",), "database: expected a database address, such as sqlite:///enricher.db"
    rest = {"database": file.database, "secret": file.secret, "heartbeat": file.heartbeat}
    for key, value in rest.items():
        for said in _missing(value or "", environ):
            yield (key,), f"{key}: {said}"


def _overlap(file: FileTable, folder: Path) -> str | None:
    """Say that what is published would be read as summaries."""
    output = _absolute(file.output, folder)
    for name in (*file.summaries, *(name for table in file.feed for name in table.summaries)):
        if _absolute(name, folder) in (output, *output.parents):
            return f"output: expected a folder outside of the summaries folder “{name}”, which is read whole"
    return None


def _wrong_url(table: FeedTable, file: FileTable, environ: Mapping[str, str]) -> Iterator[str]:
    url = _VARIABLE.sub("x", table.url)
    scheme = urlsplit(url).scheme if "://" in table.url else ""
    if scheme not in {"", "http", "https"}:
        yield f"expected an http(s) URL or a path, not {scheme}://…"
    elif scheme and not urlsplit(url).hostname:
        yield "expected a URL with a host"
    yield from _missing(table.url, environ)
    yield from _private(table, file)


def _private(table: FeedTable, file: FileTable) -> Iterator[str]:
    """Find feeds that give a secret away."""
    if holds_secret(table.url) and not table.private:
        yield "it holds a secret, so the feed is for you alone; say private = true"
    if table.private and not file.secret and redact(table.url) == table.url:
        yield 'a private feed’s file is named by a secret, and there is none; add secret = "${NAME}"'


def _missing(value: str, environ: Mapping[str, str]) -> Iterator[str]:
    for name in _VARIABLE.findall(value):
        if name not in environ:
            yield f"the environment has no variable {name}"
