"""config.toml to `Config`: read, check, fill defaults in, make paths absolute, take secrets from the environment."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import MISSING, dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from enricher.config_faults import VARIABLE, Keys, keys_of, not_toml, told
from enricher.engine_config import EngineConfig, wrong_engine
from enricher.errors import ConfigError
from enricher.model.feed import BaseUrl, FeedConfig, Text, WebUrl
from enricher.model.output import Bucket, ObjectStoreSettings, wrong_output
from enricher.redaction import hide, holds_secret, redact, secrets_of, secrets_of_header, secrets_of_stores, token_of
from enricher.urls import pasted, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enricher.config_faults import Fault

_SQLITE = re.compile(r"^(sqlite(?:\+\w+)?:///)([^?\s][^?]*)")
# A database in memory forgets between runs when to ask which server again, so SQLite needs a file.
_DATABASE = re.compile(r"sqlite(?:\+\w+)?:///(?!:memory:)[^?\s]|(?!sqlite)[a-z0-9+_]+://.", re.IGNORECASE)
_WITH_VARIABLES = ("database", "secret", "heartbeat")
"""Keys of the file that `${NAME}` may stand in; in a feed they are `url`, `user_agent` and the values of `headers`."""
_SECRET_LENGTH = 16

Pair = Annotated[
    str,
    Meta(
        pattern=r"^(?:[^\s:/\[\]]+|\[[^\s/\[\]]+\]):[0-9]+\Z",
        description="host:port, such as 127.0.0.1:8000 or [::1]:8000",
    ),
]


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration; every path is absolute.

    The fields are the keys of config.toml, with their types and defaults, but for those in `_MADE`.
    """

    path: Path
    base_url: BaseUrl
    output: Path | Bucket = Path("public")
    database: Text = field(default="sqlite:///enricher.db", repr=False)
    """A SQLAlchemy address."""
    summaries: tuple[Path, ...] = (Path("summaries"),)
    feeds: tuple[FeedConfig, ...] = ()
    contact: Text | None = None
    """A URL or address that servers can complain to; part of the User-Agent."""
    max_size: Annotated[int, Meta(ge=1000)] = 25_000_000
    """The most bytes that a document may have, inflated."""
    min_interval: Annotated[int, Meta(ge=0, le=86400)] = 300
    """The least seconds between two requests for a feed."""
    timeout: Annotated[int, Meta(ge=1, le=3600)] = 120
    """The most seconds that fetching one document may take."""
    allow_private: tuple[Pair, ...] = ()
    """`host:port` pairs inside the own network that may be fetched from."""
    workers: Annotated[int, Meta(ge=1, le=256)] | None = None
    """How many processes share the hosts of the feeds; None: one below some fifty feeds for each core."""
    per_host: Annotated[int, Meta(ge=1, le=64)] = 1
    """How many requests one host gets at the same time."""
    feed_limit: Annotated[int, Meta(ge=1, le=86400)] = 600
    """The most seconds of computing, the network not counted, that one feed may take before the run is ended."""
    templates: Path | None = None
    """A folder whose templates replace single ones of the pages."""
    metrics: Path | None = None
    """A file for Prometheus's textfile collector."""
    heartbeat: WebUrl | None = field(default=None, repr=False)
    """An address that is requested at the end of every run."""
    object_store: ObjectStoreSettings = ObjectStoreSettings()
    """How the object store is reached that `output` names."""
    secret: Text | None = field(default=None, repr=False)
    """What the names of private feeds are made from."""
    engine: EngineConfig = field(default=EngineConfig())
    """Where shares of the feeds are done."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Values from the environment, which must appear nowhere; see `redaction.hide`."""
    reserved: frozenset[str] = field(init=False, repr=False, compare=False)
    """The folders whose summaries belong to one show alone, whichever it is."""

    def __post_init__(self) -> None:
        """Collect what every feed asks for, once."""
        object.__setattr__(self, "reserved", frozenset(folder for feed in self.feeds for folder in feed.summaries))

    def of_share(self, feeds: Sequence[FeedConfig]) -> Config:
        """Return what a share of the feeds needs: all but the other feeds, of which there may be a million."""
        share = replace(self, feeds=tuple(feeds))
        object.__setattr__(share, "reserved", self.reserved)
        return share

    @property
    def folder(self) -> Path:
        """The folder of the configuration."""
        return self.path.parent

    @property
    def local_state(self) -> Path:
        """The path that the run's lock and the list of feeds in progress are named by: `/a/b` gives `/a/.b.lock`.

        With an object store they stand beside the configuration, and no other machine sees them.
        """
        return self.output if isinstance(self.output, Path) else self.folder / self.output.slug


_MADE = ("path", "feeds", "engine", "object_store", "secrets", "reserved")
_OF_ONE_FEED = ("name", "url", "summaries", "aliases", "user_agent", "headers")
KEYS = Keys(
    file=keys_of(Config, without=_MADE),
    feed=keys_of(FeedConfig, without=("base_url", "token")),
    defaults=keys_of(FeedConfig, without=("base_url", "token", *_OF_ONE_FEED)),
    sections={"engine": keys_of(EngineConfig, without=()), "object_store": keys_of(ObjectStoreSettings, without=())},
)


def load(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Read a configuration. Raises ConfigError with a line for every fault."""
    path = path.absolute()
    return parse(path, read_text(path), environ)


def parse(path: Path, text: str, environ: Mapping[str, str] = os.environ) -> Config:
    """Read a configuration whose text is at hand; `path` is where it lies or shall lie. Raises ConfigError."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(not_toml(path, text, str(error))) from error
    faults = told(path, text, table, KEYS.faults(table))
    if not faults:
        table = _filled(table)
        faults = told(path, text, table, _cross_check(table, path.parent, environ))
    if faults:
        raise ConfigError("\n".join(faults))
    return _resolve(path, table, environ)


def read_text(path: Path) -> str:
    """Return what stands in a configuration. Raises ConfigError."""
    try:
        return path.read_bytes().decode("utf-8-sig")  # line breaks as they are: `enricher add` writes it back
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path}: there is no such file; name one with --config, or make one: enricher add URL"
        ) from error
    except UnicodeDecodeError as error:
        line = 1 + error.object[: error.start].count(b"\n")
        raise ConfigError(f"{path}:{line}: expected UTF-8 text; save the file as UTF-8") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error


def _filled(table: dict[str, Any]) -> dict[str, Any]:
    """Fill in what a file without faults leaves to [defaults] and to the program."""
    file, feed = (
        {name: key.default for name, key in keys.items() if key.default is not MISSING}
        for keys in (KEYS.file, KEYS.feed)
    )
    defaults: dict[str, Any] = feed | table.get("defaults", {})
    return file | table | {"feed": [defaults | one | {"url": pasted(one["url"])} for one in table["feed"]]}


def _cross_check(table: Mapping[str, Any], folder: Path, environ: Mapping[str, str]) -> Iterator[Fault]:
    """Find what no single key shows: equal names, missing variables, secrets in the open, folders in each other."""
    names: set[str] = set()
    for i, feed in enumerate(table["feed"]):
        if feed["name"] in names:
            yield ("feed", i, "name"), "another feed has this name; expected each name once"
        names.add(feed["name"])
        yield from ((("feed", i, "url"), said) for said in _wrong_url(feed, table["secret"], environ))
        for key, values in _headers(feed).items():
            yield from ((("feed", i, key), said) for value in values for said in _missing(value, environ))
    for key in _WITH_VARIABLES:
        yield from (((key,), said) for said in _missing(table[key] or "", environ))
    if table["secret"] and len(_expand(table["secret"], environ)) < _SECRET_LENGTH:
        yield ("secret",), f"expected at least {_SECRET_LENGTH} characters"
    if table["heartbeat"] and split(_expand(table["heartbeat"], environ)) is None:
        yield ("heartbeat",), "expected a URL whose host and port can be read"
    if not _DATABASE.match(_expand(table["database"], environ)):
        yield ("database",), "expected a database address, such as sqlite:///enricher.db"
    yield from wrong_engine(EngineConfig(**table.get("engine", {})), table)
    yield from _wrong_folders(table, folder)


def _wrong_folders(table: Mapping[str, Any], folder: Path) -> Iterator[Fault]:
    if table["templates"] and not _absolute(table["templates"], folder).is_dir():
        yield ("templates",), "expected a folder that exists"
    if said := wrong_output(table["output"], ObjectStoreSettings(**table.get("object_store", {}))):
        yield ("output",), said
    elif "://" in str(table["output"]) and find_spec("obstore") is None:
        yield ("output",), "object stores need more than is installed; say: pip install 'enricher[object-store]'"
    output = _absolute(table["output"], folder)
    for name in (*table["summaries"], *(name for feed in table["feed"] for name in feed["summaries"])):
        if _absolute(name, folder) in (output, *output.parents):
            yield ("output",), f"expected a folder outside of the summaries folder “{name}”, which is read whole"


def _wrong_url(feed: Mapping[str, Any], secret: str | None, environ: Mapping[str, str]) -> Iterator[str]:
    """Find what is wrong with where a feed comes from. No value of a variable is shown, it may be a secret."""
    url = _expand(feed["url"], environ)
    if "://" in url:
        parts = split(url)
        if parts is None:
            yield "expected a URL whose host and port can be read"
        elif parts.scheme not in {"http", "https"}:
            shown = f", not {parts.scheme}://…" if "://" in feed["url"] else ""
            yield f"expected an http(s) URL or a path{shown}"
        elif not parts.hostname:
            yield "expected a URL with a host"
    yield from _missing(feed["url"], environ)
    if holds_secret(feed["url"]) and not feed["private"]:
        yield "it holds a secret, so the feed is for you alone; say private = true"
    if feed["private"] and not secret and redact(feed["url"]) == feed["url"]:
        yield 'a private feed’s file is named by a secret, and there is none; add secret = "${NAME}"'


def _headers(feed: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return what is sent to a feed's own host, by key."""
    return {"user_agent": (feed["user_agent"] or "",), "headers": tuple((feed["headers"] or {}).values())}


def _missing(value: str, environ: Mapping[str, str]) -> Iterator[str]:
    for name in VARIABLE.findall(value):
        if name not in environ:
            yield f"the environment has no variable {name}"


def _expand(text: str, environ: Mapping[str, str]) -> str:
    """Put the environment's values in; a missing one, which is a fault of its own, stands as if it were right."""
    return VARIABLE.sub(lambda found: environ.get(found[1], "x" * _SECRET_LENGTH), text)


def _resolve(path: Path, table: Mapping[str, Any], environ: Mapping[str, str]) -> Config:
    """Make the configuration of a file without faults."""
    folder, base_url = path.parent, table["base_url"].rstrip("/")
    texts = [*(feed["url"] for feed in table["feed"]), *(table[key] or "" for key in _WITH_VARIABLES)]
    texts += [value for feed in table["feed"] for values in _headers(feed).values() for value in values]
    secrets = tuple(environ[name] for text in texts for name in VARIABLE.findall(text))
    secrets += tuple(value for feed in table["feed"] for value in secrets_of(_expand(feed["url"], environ)))
    secrets += tuple(
        part
        for feed in table["feed"]
        for name, value in (feed["headers"] or {}).items()
        for part in secrets_of_header(name, _expand(value, environ))
    )
    bucket = Bucket.of(str(table["output"]))
    secrets += tuple(secrets_of_stores(environ)) if bucket else ()
    hide(secrets)
    known = {name: table[name] for name in KEYS.file}
    known |= {name: table[name] and _expand(table[name], environ) for name in _WITH_VARIABLES}
    database = _SQLITE.sub(lambda found: f"{found[1]}{_absolute(found[2], folder)}", known["database"])
    feeds = (_feed(feed, base_url, known["secret"] or "", folder, environ) for feed in table["feed"])
    return Config(
        **known
        | {
            "path": path,
            "base_url": base_url,
            "output": bucket or _absolute(table["output"], folder),
            "database": database,
            "summaries": tuple(_absolute(name, folder) for name in table["summaries"]),
            "metrics": _absolute(table["metrics"], folder) if table["metrics"] else None,
            "templates": _absolute(table["templates"], folder) if table["templates"] else None,
            "allow_private": tuple(table["allow_private"]),
            "feeds": tuple(feeds),
            "secrets": secrets,
            "engine": EngineConfig(**table.get("engine", {})),
            "object_store": ObjectStoreSettings(**table.get("object_store", {})),
        }
    )


def _feed(table: Mapping[str, Any], base_url: str, secret: str, folder: Path, environ: Mapping[str, str]) -> FeedConfig:
    url = _expand(table["url"], environ)
    known = dict(table) | {
        "url": url if "://" in url else str(_absolute(url, folder)),
        "user_agent": table["user_agent"] and _expand(table["user_agent"], environ),
        "headers": {name: _expand(value, environ) for name, value in (table["headers"] or {}).items()} or None,
        "aliases": tuple(table["aliases"]),
        "summaries": tuple(str(_absolute(name, folder)) for name in table["summaries"]),
        "base_url": base_url,
    }
    return FeedConfig(**known, token=token_of(known["name"], known["url"], secret) if known["private"] else "")


def _absolute(name: str | Path, folder: Path) -> Path:
    return Path(os.path.normpath(folder / Path(name).expanduser()))
