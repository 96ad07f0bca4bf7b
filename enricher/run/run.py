"""A whole run: the lock, changed summaries imported, every feed republished, an orderly end, and word of it."""

from __future__ import annotations

import os
import sys
import time
import traceback
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from enricher.errors import BUG, EnricherError, LockedError, Problem, StoreError, UsageError
from enricher.importer.sync import sync
from enricher.model.edition import Report
from enricher.monitoring import Log, heartbeat, write_metrics
from enricher.pipeline.site import Site, publish_site
from enricher.pipeline.templates import Templates
from enricher.publish.outputs import publisher_of
from enricher.report import BAD, FeedStatus, RunEnd
from enricher.run.in_flight import in_flight_of
from enricher.run.processes import run_processes
from enricher.run.run_lock import locked
from enricher.run.share import ShareOptions, ShareResult, Stop, client_settings, run_share
from enricher.store.store import Store
from enricher.text import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from enricher.config import Config
    from enricher.model.feed import FeedConfig
    from enricher.run.in_flight import InFlight
    from enricher.store.in_flight import InFlightTable

_FEEDS_PER_PROCESS = 50
"""A second process takes 0.3 s to start; below so many feeds for each that is more than it saves."""
_HEARTBEAT_SECONDS, _HURRIED_SECONDS = 10.0, 1.0
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Options:
    """What `enricher run` was asked for."""

    force: bool = False
    dry_run: bool = False
    accept: frozenset[str] = frozenset()
    max_runtime: float | None = None
    """Seconds after which no further feed is begun."""
    stop: Stop = field(default_factory=Stop)
    tell: Callable[[Report], None] = lambda _: None
    """Called with every feed's report, from whatever thread, one at a time."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a whole run did."""

    reports: tuple[Report, ...]
    problems: tuple[Problem, ...]
    bugs: tuple[str, ...] = ()
    """Tracebacks of bugs of ours."""
    statuses: Mapping[str, FeedStatus] = field(default_factory=dict)
    """How every feed stands that had its turn and, where metrics are wanted, the others."""
    unsaved: bool = False
    """The database or the list of shows did not take everything, so the next run knows less than it should."""
    told: frozenset[str] = frozenset()
    """Those of the problems, in words, that the last run told already."""
    lost: bool = False
    """A summaries folder that had summaries cannot be read."""
    cut_off: bool = False
    """Threads are still at work that may not be waited for: end the process without them."""
    site: tuple[str, ...] = ()
    """What was written over all shows."""


# What commands begin with


def choose(config: Config, names: Sequence[str], accepted: frozenset[str] = frozenset()) -> list[FeedConfig]:
    """Return the named feeds, all without names. Raises UsageError for a name that is not configured or not named."""
    known = {feed.name: feed for feed in config.feeds}
    for name in (*names, *sorted(accepted)):
        if name not in known:
            raise UsageError(f"no feed is named “{name}”; {_offer(name, list(known))}")
    if names and (left := sorted(accepted - set(names))):
        raise UsageError(f"--accept {left[0]}: this run is over other feeds; add --feed {left[0]}")
    return [feed for feed in config.feeds if not names or feed.name in names]


def _offer(name: str, known: Sequence[str]) -> str:
    if near := nearest(name, known):
        return f"did you mean “{near}”?"
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"known: {', '.join(known[:_SHOWN])}{more}"


def folders(config: Config) -> list[Path]:
    """Return every configured summaries folder once, in order."""
    own = [Path(folder) for feed in config.feeds for folder in feed.summaries]
    return list(dict.fromkeys([*config.summaries, *own]))


def exit_code(reports: Sequence[Report]) -> int:
    """Return 0 if every feed is published or unchanged, else 1."""
    return int(any(report.outcome in BAD for report in reports))


# The run


def run_all(config: Config, names: Sequence[str], options: Options) -> RunResult:
    """Import changed summaries, then republish every feed, or those that are named."""
    feeds = choose(config, [*names], options.accept)
    end = time.monotonic() + options.max_runtime if options.max_runtime is not None else float("inf")
    # A dry run writes nothing, so it may look on while another run is under way.
    lock = nullcontext() if options.dry_run else locked(config)
    with lock, Store.open(config.database, read_only=options.dry_run) as store:
        in_flight = in_flight_of(config, store)
        was_killed = in_flight.exists()
        last = frozenset() if options.dry_run else _begin(config, in_flight)
        imported = sync(store, folders(config), options.stop.is_set)
        if options.max_runtime is not None:  # those first that have waited longest: the time may not do for all
            states = store.read_states([feed.name for feed in feeds])
            feeds = sorted(feeds, key=lambda feed: states[feed.name].at or 0.0)
        share = ShareOptions(options.force, options.dry_run, options.accept, end, last)
        result = _work(config, feeds, share, options, store)
        if result.died:
            publisher_of(config.output, config.object_store).clean_up()
        site, trouble = ((), []) if result.cut_off else _site(config, store, options, result, was_killed)
        ended = None if result.cut_off else in_flight
        unsaved = [*result.unsaved, *trouble, *_close(config, store, options, ended)]
        statuses = _statuses(config, store, result)
        told = _remember(store, [str(problem) for problem in imported.problems])
    reports = {**result.reports}
    for feed in feeds:
        if feed.name not in reports:
            reports[feed.name] = _unreached(feed, options, result)
            options.tell(reports[feed.name])
    problems = [Problem(text) for text in (store.warning, *unsaved) if text]
    in_order = tuple(reports[feed.name] for feed in config.feeds if feed.name in reports)
    problems += imported.problems
    return RunResult(
        in_order, tuple(problems), result.bugs, statuses, bool(unsaved), told, imported.lost, result.cut_off, site
    )


def _begin(config: Config, in_flight: InFlight | InFlightTable) -> frozenset[str]:
    """Clean up after a run that was killed; return the feeds that it was making."""
    if not in_flight.exists():
        in_flight.clear()
        return frozenset()
    publisher_of(config.output, config.object_store).clean_up()
    making, _ = in_flight.read()
    in_flight.clear()
    return frozenset(making)


def _work(
    config: Config, feeds: Sequence[FeedConfig], share: ShareOptions, options: Options, store: Store
) -> ShareResult:
    """Do one share in this process, or several in processes of their own."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    workers = config.workers or max(1, min(cores, len(feeds) // _FEEDS_PER_PROCESS))
    with _progress(len(feeds)) as advance:

        def tell(report: Report) -> None:
            advance(report)
            options.tell(report)

        dask = config.engine.kind == "dask"
        if (workers == 1 and not dask) or len(feeds) == 1 or options.dry_run:
            return run_share(config, feeds, share, options.stop, store, tell)
        store.close()  # https://sqlite.org/howtocorrupt.html#_carrying_an_open_database_connection_across_a_fork_
        if dask:
            # Dask takes 0.7 s to load.
            from enricher.run.dask import run_dask

            return run_dask(config, feeds, share, options.stop, store, advance, options.tell)
        return run_processes(config, feeds, share, workers, options.stop, advance, options.tell)


def _progress(total: int) -> AbstractContextManager[Callable[[Report], None]]:
    """Show what is done while it is done, at a terminal."""
    if not (sys.stderr.isatty() and sys.stdout.isatty()):
        return nullcontext(lambda _: None)
    from enricher.console import progress  # rich takes 0.1 s to load, and cron has no terminal

    return progress(total)


def _unreached(feed: FeedConfig, options: Options, result: ShareResult) -> Report:
    if result.bugs and not options.stop.is_set():
        return Report(feed.name, "failed", error="a bug of this program; the traceback is on standard error")
    why = "the run was told to end" if options.stop.is_set() else "the run's time was over"
    return Report(feed.name, "held", error=f"{why} before its turn; the next run goes on")


def _site(
    config: Config, store: Store, options: Options, result: ShareResult, was_killed: bool
) -> tuple[tuple[str, ...], list[str]]:
    """Publish the list of all shows; return what was written, and why it could not be."""
    publisher = publisher_of(config.output, config.object_store, dry=options.dry_run)
    changed = was_killed or any(one.outcome == "published" for one in result.reports.values())
    site = Site(config.feeds, store, publisher, Templates(config.templates))
    try:
        return publish_site(site, time.time(), changed=changed), []
    except EnricherError as error:
        return (), [f"the list of all shows: {error}"]


def _close(config: Config, store: Store, options: Options, in_flight: InFlight | InFlightTable | None) -> Iterator[str]:
    """Forget what is old, and what was in flight; return what the database did not take."""
    if not options.dry_run:
        try:
            if in_flight:
                in_flight.close()
            store.prune(time.time(), [feed.url for feed in config.feeds])
        except StoreError as error:
            yield str(error)


def _remember(store: Store, problems: Sequence[str]) -> frozenset[str]:
    """Note what this run tells of the summaries; return what the last one told."""
    try:
        told = frozenset(store.summaries.told())
        store.summaries.replace_told(problems)
    except StoreError:  # then it is told again
        return frozenset()
    return told


def _statuses(config: Config, store: Store, result: ShareResult) -> dict[str, FeedStatus]:
    """Return how feeds stand: those of this run and, where metrics are wanted, the others."""
    statuses = {**result.statuses}
    others = [feed.name for feed in config.feeds if feed.name not in statuses] if config.metrics else []
    try:
        states = store.read_states(others)
    except StoreError:
        states = {}
    return statuses | {name: FeedStatus(state.outcome, state.success_at, None) for name, state in states.items()}


def operate(config: Config, names: Sequence[str], options: Options, log_file: Path | None) -> tuple[RunResult, int]:
    """Do a whole run, and tell the log, the metrics and the heartbeat of it; return what it did and the exit code."""
    log, began = Log(log_file), time.monotonic()
    log.write(f"run of {len(names) or len(config.feeds)} feeds")
    settings = replace(client_settings(config), deadline=_HEARTBEAT_SECONDS)
    try:
        result = run_all(config, names, replace(options, tell=log.write_report))
    except Exception as error:
        known = isinstance(error, EnricherError)
        for line in (str(error) if known else traceback.format_exc()).splitlines():
            log.warning(line)
        if config.heartbeat and not isinstance(error, LockedError) and not options.dry_run:
            list(heartbeat(config.heartbeat, error.exit_code if isinstance(error, EnricherError) else BUG, settings))
        raise
    code = options.stop.code or (
        BUG if result.bugs else exit_code(result.reports) or int(result.unsaved or result.lost)
    )
    troubles: list[str] = []
    if config.metrics and not options.dry_run:
        end = RunEnd(time.time(), time.monotonic() - began, code)
        troubles += write_metrics(config.metrics, result.reports, result.statuses, end)
    if config.heartbeat and not options.dry_run:
        hurry = replace(settings, deadline=_HURRIED_SECONDS)
        troubles += heartbeat(config.heartbeat, code, hurry if options.stop.is_set() else settings)
    bugs = (line for bug in result.bugs for line in bug.splitlines())
    for line in (*map(str, result.problems), *bugs, *troubles):
        log.warning(line)
    log.write(f"end of the run: exit code {code}")
    return replace(result, problems=(*result.problems, *map(Problem, (*troubles, *log.faults)))), code
