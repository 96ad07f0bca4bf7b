"""Many feeds: the run's lock, one queue for each host, progress, and the commands that look without publishing."""

from __future__ import annotations

import time
import traceback
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from enricher import __version__
from enricher.core.errors import EnricherError, LockedError, Problem, UsageError
from enricher.core.explain import explain
from enricher.core.model import Report
from enricher.doors import Errand, World, fetch_settings
from enricher.fetch import Fetcher
from enricher.pipeline import republish
from enricher.screen import progress
from enricher.shelf import Shelved, import_paths, sync
from enricher.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.config import Config
    from enricher.core.model import FeedConfig


@dataclass(frozen=True, slots=True)
class Options:
    """What `enricher run` was asked for."""

    force: bool = False
    dry_run: bool = False
    accept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Done:
    """What a whole run did."""

    reports: tuple[Report, ...]
    problems: tuple[Problem, ...]
    bug: bool = False
    """Some feed met a bug of ours; its traceback went to standard error."""


@dataclass(frozen=True, slots=True)
class Row:
    """The last outcome of one feed; times in epoch seconds."""

    name: str
    outcome: str
    error: str | None
    at: float | None
    success_at: float | None

    def as_json(self) -> dict[str, Any]:
        """Give the object that `status --json` prints."""
        return asdict(self)


def run_all(config: Config, names: Sequence[str], options: Options) -> Done:
    """Import changed summaries, then republish every feed, or those that are named."""
    feeds = chosen(config, [*names], options.accept)
    with locked(config), _opened(config, dry=options.dry_run) as store:
        shelved = sync(store, folders(config))
        problems = [*map(Problem, store.warnings), *shelved.problems]
        reports: dict[str, Report] = {}
        bug = False
        with progress(len(feeds)) as advance, Fetcher(fetch_settings(config, __version__)) as fetcher:
            for feed in by_host(feeds):
                errand = Errand(options.force, feed.name in options.accept, options.dry_run)
                world = World(config, feed, store, fetcher, time.time(), errand)
                report, failed = _guarded(feed, world)
                report = replace(report, notes=tuple(world.notes))
                bug = bug or failed
                if not options.dry_run:
                    world.note(report.outcome, report.error)
                reports[feed.name] = report
                advance(report)
        if not options.dry_run:
            store.prune(time.time())
    return Done(tuple(reports[feed.name] for feed in feeds), tuple(problems), bug)


def _guarded(feed: FeedConfig, world: World) -> tuple[Report, bool]:
    """Republish one feed; a bug of ours costs this feed alone."""
    try:
        return republish(feed, world), False
    except EnricherError as error:
        return Report(feed.name, "failed", error=str(error)), False
    except Exception:  # noqa: BLE001 the other feeds go on
        traceback.print_exc()
        return Report(feed.name, "failed", error="a bug of this program; the traceback is above"), True


def by_host(feeds: Sequence[FeedConfig]) -> list[FeedConfig]:
    """Order feeds so that those of one host follow one another."""
    return sorted(feeds, key=lambda feed: urlsplit(feed.url).hostname or "")


def chosen(config: Config, names: Sequence[str], accepted: frozenset[str] = frozenset()) -> list[FeedConfig]:
    """Give the named feeds, all without names. Raises UsageError for a name that is not configured."""
    known = {feed.name: feed for feed in config.feeds}
    for name in (*names, *accepted):
        if name not in known:
            raise UsageError(f"no feed is named “{name}”; known: {', '.join(known)}")
    return [feed for feed in config.feeds if not names or feed.name in names]


def folders(config: Config) -> list[Path]:
    """Give every configured summaries folder once, in order."""
    own = [Path(folder) for feed in config.feeds for folder in feed.summaries]
    return list(dict.fromkeys([*config.summaries, *own]))


@contextmanager
def locked(config: Config) -> Iterator[None]:
    """Hold the run's lock. Raises LockedError where another run holds it."""
    path = config.output.parent / f".{config.output.name}.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path, blocking=False):
            yield
    except Timeout as error:
        raise LockedError("another run is under way; this one does nothing") from error
    except OSError as error:
        raise EnricherError(
            f"{path}: cannot be written: {error.strerror}; see `output` in the configuration"
        ) from error


@contextmanager
def _opened(config: Config, *, dry: bool) -> Iterator[Store]:
    """Open the store; a dry run gets a copy that is thrown away."""
    with Store.open(config.database) as store:
        if not dry:
            yield store
            return
        with store.copy() as copy:
            yield copy


def import_documents(config: Config, paths: Sequence[Path]) -> Iterator[tuple[str, bool]]:
    """Read documents into the store; give a line for each, and whether it was read."""
    with locked(config), Store.open(config.database) as store:
        for path, summary, reason in import_paths(store, paths):
            if summary is None:
                yield f"{path}: {reason}", reason.startswith("removed")
                continue
            parts = (
                f"{len(summary.topics)} topics",
                f"{len(summary.clips)} clips",
                f"{len(summary.questions)} questions",
                f"{len(summary.related)} related",
            )
            yield f"{path}: “{summary.title}” ({', '.join(parts)})", True


def explain_feed(config: Config, name: str, episode: str | None) -> Iterator[str]:
    """Say why each item of a feed has its summary or none, and where each time comes from; publishes nothing."""
    feed = chosen(config, [name])[0]
    with _opened(config, dry=True) as store, Fetcher(fetch_settings(config, __version__)) as fetcher:
        shelved = sync(store, folders(config))
        yield from (f"problem: {problem}" for problem in shelved.problems)
        world = World(config, feed, store, fetcher, time.time(), Errand(accept=True, dry=True))
        report = republish(feed, world)
        if world.edition is None:
            raise EnricherError(f"{name}: {report.error}")
        lines = list(explain(world.edition.matching, world.edition.enriched, episode))
        if episode is not None and not lines:
            raise UsageError(f"no item of “{name}” has “{episode}” in its title, guid or link")
        yield from lines


def check_all(config: Config) -> Iterator[tuple[str, bool]]:
    """Try configuration, database, output folder and summaries; give a line for each, and whether it is usable."""
    yield f"configuration: {config.path}: {len(config.feeds)} feeds", True
    try:
        with _opened(config, dry=True) as store:
            yield "database: usable", True
            yield from _check_summaries(sync(store, folders(config)), store)
    except EnricherError as error:
        yield f"database: {error}", False
    try:
        with locked(config):
            yield f"output: {config.output}: can be written", True
    except LockedError:
        yield f"output: {config.output}: a run is under way", True
    except EnricherError as error:
        yield f"output: {error}", False


def _check_summaries(shelved: Shelved, store: Store) -> Iterator[tuple[str, bool]]:
    for problem in shelved.problems:
        yield f"summaries: {problem}", False
    yield f"summaries: {store.count_summaries()} can be read", True


def last_outcomes(config: Config) -> list[Row]:
    """Give the last outcome of every configured feed."""
    with Store.open(config.database) as store:
        states = {feed.name: store.state(feed.name) for feed in config.feeds}
    return [
        Row(name, state.get("outcome", "never run"), state.get("error"), state.get("at"), state.get("success_at"))
        for name, state in states.items()
    ]
