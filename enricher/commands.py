"""What the commands beside `run` do: import, explain, check, status."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from enricher import __version__
from enricher.doors import World
from enricher.errors import EnricherError, FeedError, LockedError, UsageError
from enricher.explain import counted, explain
from enricher.http.asking import fetch_settings
from enricher.http.calls import Errand
from enricher.http.client import Fetcher
from enricher.http.files import read_file
from enricher.importer import Shelved, import_paths, sync
from enricher.model.summary import walk
from enricher.pipeline import republish
from enricher.premises import chosen, folders, locked, opened
from enricher.publish import try_output
from enricher.store.store import Store
from enricher.unclaimed import titles, unclaimed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from enricher.config import Config
    from enricher.model.summary import Summary


@dataclass(frozen=True, slots=True)
class Row:
    """The last outcome of one feed; times in epoch seconds."""

    name: str
    outcome: str
    error: str | None
    at: float | None
    success_at: float | None
    next_at: float | None
    """When a server may be asked again; None for files and for feeds that are gone."""

    def as_json(self) -> dict[str, Any]:
        """Give the object that `status --json` prints."""
        return asdict(self)


def import_documents(config: Config, paths: Sequence[Path]) -> Iterator[tuple[str, bool]]:
    """Read documents into the store; give a line for each, and whether it was read."""
    with locked(config), Store.open(config.database) as store:
        for path, summary, reason in import_paths(store, paths):
            if summary is None:
                yield f"{path}: {reason}", reason.startswith("removed")
                continue
            yield f"{path}: “{summary.title}” ({_contents(summary)})" + (f"; {reason}" if reason else ""), True


def _contents(summary: Summary) -> str:
    """Say what a summary holds; what it has none of is left out."""
    topics = [topic for _, _, topic in walk(summary.topics)]
    counts = {
        "topic": len(topics),
        "quote": sum(passage.kind == "quote" for topic in topics for passage in topic.passages),
        "clip": len(summary.clips),
        "question": len(summary.questions),
        "related episode": len(summary.related),
    }
    said = [counted(count, what) for what, count in counts.items() if count]
    return ", ".join(said) or ("an abstract" if summary.abstract else "nothing but a title")


def explain_feed(config: Config, name: str, episode: str | None) -> Iterator[str]:
    """Say why each item of a feed has its summary or none, and where each time comes from; publishes nothing."""
    feed = chosen(config, [name])[0]
    with opened(config, dry=True) as store, Fetcher(fetch_settings(config, __version__)) as fetcher:
        shelved = sync(store, folders(config))
        yield from (f"problem: {problem}" for problem in shelved.problems)
        world = World(config, feed, store, fetcher, time.time(), Errand(accept=True, dry=True))
        report = republish(feed, world)
        if world.edition is None:
            raise EnricherError(f"{name}: {report.error}")
        lines = list(explain(world.edition.matching, world.edition.enriched, episode))
        if episode is not None and not lines:
            raise UsageError(f"no item of “{name}” has “{episode}” in its title, guid, link or audio address")
        yield from lines
        called = titles(config, store) | {name: world.edition.source.title}
        yield from (f"unused: {line}" for line in (unclaimed(config, store, called) if episode is None else ()))


def check_all(config: Config) -> Iterator[tuple[str, bool]]:
    """Try configuration, database, output folder and summaries; give a line for each, and whether it is usable."""
    yield f"configuration: {config.path}: {counted(len(config.feeds), 'feed')}", True
    yield from _check_files(config)
    try:
        with opened(config, dry=True) as store:
            with opened(config, dry=False) as real:
                real.try_writing()
            yield "database: usable", True
            yield from _check_summaries(sync(store, folders(config)), store)
            for line in unclaimed(config, store, titles(config, store)):
                yield f"summaries: {line}", True
            yield from _check_editions(config, store)
    except EnricherError as error:
        yield f"database: {error}", False
    try:
        with locked(config):
            try_output(config.output)
        yield f"output: {config.output}: can be written", True
    except LockedError:
        yield f"output: {config.output}: a run is under way", True
    except EnricherError as error:
        yield f"output: {error}", False


def _check_files(config: Config) -> Iterator[tuple[str, bool]]:
    """Read the sources that are files."""
    for feed in config.feeds:
        try:
            _ = None if feed.is_web else read_file(feed.url, config.max_size)
        except FeedError as error:
            yield f"configuration: {feed.name}: {error}", False


def _check_editions(config: Config, store: Store) -> Iterator[tuple[str, bool]]:
    """Find what stands of feeds that are configured no more."""
    for name in sorted(set(store.feed_names()) - {feed.name for feed in config.feeds}):
        path = config.output / f"{name}.xml"
        if path.is_file():
            yield f"output: {path}: no feed has this name any more, and who subscribed to it hears nothing new", True


def _check_summaries(shelved: Shelved, store: Store) -> Iterator[tuple[str, bool]]:
    for problem in shelved.problems:
        yield f"summaries: {problem}", False
    yield f"summaries: {store.count_summaries()} can be read", True
    yield from ((f"summaries: {path}: {why}", True) for path, why in shelved.idle)


def last_outcomes(config: Config) -> list[Row]:
    """Give the last outcome of every configured feed."""
    with opened(config, dry=True) as store:
        states = store.states([feed.name for feed in config.feeds])
    times = ("at", "success_at", "next_at")
    return [
        Row(name, state.get("outcome", "never run"), state.get("error"), *(state.get(key) for key in times))
        for name, state in states.items()
    ]
