"""`enricher add`: feeds looked at and written into config.toml, by address, path, web page or OPML list."""

from __future__ import annotations

import json
import os
import re
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enricher.config import parse, read_text
from enricher.config_edit import NEW, keys_alone, name_for, parse_for_adding, with_feed, with_feeds, write_config
from enricher.errors import ConfigError, EnricherError, RefusedError, SourceError
from enricher.feed.discovery import Overview, describe, feeds_of_page, is_page, opml_feeds
from enricher.feed.parse import parse as parse_feed
from enricher.http.client import Client, read_file
from enricher.http.host_limits import Hosts
from enricher.redaction import holds_secret, redact
from enricher.run.share import client_settings
from enricher.store.store import Store
from enricher.text import counted, one_line
from enricher.urls import host_of, is_web_address, link_key, pasted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from enricher.config import Config
    from enricher.model.feed import Document, FeedConfig

_BARE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}(?::\d{1,5})?/", re.IGNORECASE)
_OFFERED = 8
_CONFIG_PLACE = re.compile(r".*?: feed\.url of “trial”: ")


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one feed that was to be added; addresses are without secrets."""

    address: str
    """As it was given, or as a list has it."""
    name: str | None = None
    """What it is called in config.toml."""
    url: str | None = None
    """Where it is fetched."""
    known: bool = False
    """It was configured before."""
    feed: Overview | None = None
    notes: tuple[str, ...] = ()
    error: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the object that `add --json` prints."""
        said = asdict(self)
        del said["known"]
        return {"outcome": "failed" if self.error else "configured" if self.known else "added"} | said


@dataclass(frozen=True, slots=True)
class _Listed:
    """The addresses in an OPML list."""

    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    """A fetched document, and where permanent redirects led."""

    document: Document
    moved_to: str | None = None


class Adding:
    """One call of `enricher add`: what can be added is kept until `write`."""

    def __init__(self, path: Path, *, private: bool) -> None:
        self.path, self._private, self.is_new = path.absolute(), private, not path.exists()
        self._text = NEW if self.is_new else read_text(self.path)
        self.config: Config = parse_for_adding(self.path, self._text)
        self._trial_keys = keys_alone(self._text)
        self._names = {_key(feed.url): feed.name for feed in self.config.feeds}
        self._taken = {feed.name for feed in self.config.feeds}
        self._feeds: list[dict[str, str | bool]] = []

    def look_at_all(self, addresses: Sequence[str]) -> Iterator[Added]:
        """Look at each feed, those of lists one by one, and keep what can be added; one that fails costs itself."""
        with self._fetching() as fetch:
            for address in dict.fromkeys(addresses):
                found = self._look(address, fetch)
                if isinstance(found, Added):
                    yield found
                    continue
                for one in found.addresses:
                    nested = self._look(one, fetch)
                    fault = f"{redact(one)}: is a list of feeds itself"
                    yield nested if isinstance(nested, Added) else Added(redact(one), error=fault)

    def write(self) -> int:
        """Write the configuration if there is something to add; return how many feeds. Raises EnricherError."""
        if self._feeds:
            text = with_feeds(self.path, self._text, self._feeds)
            if self.path.exists() == self.is_new or (not self.is_new and read_text(self.path) != self._text):
                raise EnricherError(f"{self.path}: was changed meanwhile; nothing was added, say it again")
            write_config(self.path, text, private=self._private)
            # Not where feeds were before: a folder that is missing may be a disk's, and takes nothing away.
            for folder in () if self.config.feeds else self.config.summaries:
                folder.mkdir(parents=True, exist_ok=True)
        return len(self._feeds)

    @contextmanager
    def _fetching(self) -> Iterator[Callable[[FeedConfig], _Source]]:
        """Return what fetches: the client of a run, with its limits, and the waits that hosts asked for."""
        config, now = self.config, time.time()
        with Store.open(config.database, read_only=True) as store, Client(client_settings(config)) as client:
            hosts = Hosts(store.host_waits(), store.save_host_wait, per_host=config.per_host)

            def fetch(feed: FeedConfig) -> _Source:
                if not feed.is_web:
                    return _Source(read_file(feed.url, config.max_size))
                fetched = client.fetch(feed.url, turn=lambda host: hosts.request(host, now))
                assert fetched.document is not None  # noqa: S101 nothing was asked conditionally
                return _Source(fetched.document, fetched.answer.moved_to)

            yield fetch

    def _look(self, address: str, fetch: Callable[[FeedConfig], _Source]) -> Added | _Listed:
        shown = redact(address)
        try:
            url = self._url_of(address)
            feed = self._trial(url)
            if known := self._known(shown, feed.url):
                return known
            source = fetch(feed)
            if (listed := opml_feeds(source.document.body)) is not None:
                if not listed:
                    raise SourceError(f"{shown}: is a list of feeds, and there is none in it")
                return _Listed(listed)
            notes = []
            if is_page(source.document) and (url := _feed_of(source.document, shown) or url) != feed.url:
                notes.append(f"{shown} is a web page, and this is its feed: {redact(url)}")
                if known := self._known(shown, url):
                    return known
                source = fetch(self._trial(url))
            return self._keep(shown, url, source, notes)
        except EnricherError as error:
            said = str(error)
            return Added(shown, error=said if said.startswith(shown) else f"{shown}: {said}")

    def _keep(self, shown: str, url: str, source: _Source, notes: list[str]) -> Added:
        """Read a feed, and keep what is to be written of it. Raises SourceError, RefusedError."""
        found = parse_feed(source.document)
        if source.moved_to and not holds_secret(url):
            url = source.moved_to
            notes.append(f"{shown} has moved for good to {redact(url)}, which is what was written")
        for address in (url, source.document.url):
            if known := self._known(shown, address):
                return known
        overview = describe(found, source.document.url)
        if overview.moved_to:
            moved = redact(overview.moved_to)
            notes.append(f"it says that it has moved to {moved} (itunes:new-feed-url); put that into `url` if it is so")
        name = name_for(found.title, host_of(source.document.url) or Path(url).stem, self._taken)
        self._taken.add(name)
        self._names |= {_key(url): name, _key(source.document.url): name}
        self._feeds.append({"name": name, "url": url} | ({"private": True} if self._private else {}))
        return Added(shown, name, redact(url), feed=overview, notes=tuple(notes))

    def _known(self, shown: str, url: str) -> Added | None:
        name = self._names.get(_key(url))
        return Added(shown, name, redact(url), known=True) if name else None

    def _url_of(self, address: str) -> str:
        """Return what to write for an address as people give it: a URL, or a path relative to the configuration."""
        url = pasted(address)
        path = Path(url).expanduser()
        if "://" in url:
            return url
        if _BARE.match(url) and not path.parent.exists():  # example.com/feed.xml, copied from a browser
            return f"https://{url}"
        return url if path.is_absolute() else os.path.relpath(path.absolute(), self.path.parent)

    def _trial(self, url: str) -> FeedConfig:
        """Return the feed as the configuration would have it. Raises RefusedError where it could not stand there."""
        if holds_secret(url) and not self._private:
            raise RefusedError("it holds a secret, so the feed is for you alone; to add it as such, say --private")
        try:
            return parse(self.path, with_feed(self._trial_keys, url, private=self._private)).feeds[0]
        except ConfigError as error:
            raise RefusedError(_CONFIG_PLACE.sub("", str(error).splitlines()[0])) from error


def _feed_of(page: Document, shown: str) -> str | None:
    """Return the one feed that a web page names, None where it names none. Raises SourceError where it names several.

    WordPress names its comments beside its posts (https://developer.wordpress.org/reference/functions/feed_links/).
    """
    named = feeds_of_page(page)
    if len(named) > 1:
        which = " ".join(map(redact, named[:_OFFERED]))
        raise SourceError(f"{shown}: is a web page that names {len(named)} feeds; add the one that you mean: {which}")
    return named[0] if named else None


def _key(url: str) -> str:
    """Return what two spellings of one address have in common; a path is known by itself."""
    return (link_key(url) or url.rstrip("/").lower()) if is_web_address(url) else str(Path(url).absolute())


def add_feeds(
    path: Path, addresses: Sequence[str], *, private: bool, dry_run: bool, as_json: bool
) -> Iterator[tuple[str, bool]]:
    """Add feeds; yield what a person should know, or one JSON object, and of each line whether all is well.

    Raises EnricherError where the configuration cannot be used or written.
    """
    adding, found = Adding(path, private=private), list[Added]()
    for one in adding.look_at_all(addresses):
        found.append(one)
        yield from ((line, True) for line in (() if as_json else _lines(one)))
        yield from ((line, False) for line in ([one.error] if one.error else ()))
    count = 0 if dry_run else adding.write()
    if as_json:
        said = {"version": 1, "config": str(adding.path), "written": bool(count), "feeds": [f.as_json() for f in found]}
        yield json.dumps(said, ensure_ascii=False, indent=1), True
    elif count:
        yield f"written to {adding.path}; next: enricher run", True


def _lines(one: Added) -> Iterator[str]:
    """Return what a person should know of a feed that was added, or was there before."""
    if one.known:
        yield f"{one.name}: is configured already ({one.url})"
    if one.feed:
        yield f"{one.name}: “{one_line(one.feed.title)}”, {_contents(one.feed)}"
    yield from (f"  {note}" for note in one.notes)


def _contents(feed: Overview) -> str:
    day = "" if feed.newest is None else f", the newest of {time.strftime('%Y-%m-%d', time.gmtime(feed.newest))}"
    has = {
        "with chapters": feed.chapters,
        "with a transcript": feed.transcripts,
        "with times in the notes": feed.time_lists,
    }
    said = ", ".join(f"{count} {what}" for what, count in has.items() if count) or "none with chapters or a transcript"
    more = " on its first page" if feed.is_paged else ""
    return f"{counted(feed.items, 'item')}{more}{day}; {said}"
