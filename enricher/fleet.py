"""Many feeds: one queue for each host, threads that wait, processes that make, and an end that is always orderly."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from enricher import __version__
from enricher.asking import Later
from enricher.calls import Errand
from enricher.core.errors import FeedError, Problem
from enricher.core.model import Report
from enricher.core.report import of_error
from enricher.doors import World, fetch_settings
from enricher.makers import Makers, default_workers, end_at_once
from enricher.premises import chosen, folders, locked, opened
from enricher.shelf import sync

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor, Future
    from contextlib import AbstractContextManager

    from enricher.config import Config
    from enricher.core.model import FeedConfig
    from enricher.doors import Job
    from enricher.store import Store

_WAITERS = 16
"""How many hosts are asked at the same time."""
_GRACE_SECONDS = 8.0
_TICK_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Options:
    """What `enricher run` was asked for."""

    force: bool = False
    dry_run: bool = False
    accept: frozenset[str] = frozenset()
    max_runtime: float | None = None
    """Seconds after which no further feed is begun."""
    stop: threading.Event = field(default_factory=threading.Event)
    """Set from outside: no further feed is begun, and what is in flight has 8 s left."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a whole run did."""

    reports: tuple[Report, ...]
    problems: tuple[Problem, ...]
    bugs: tuple[str, ...] = ()
    """Tracebacks of bugs of ours."""
    cut_off: bool = False
    """Threads are still at work that may not be waited for: end the process without them."""


def run_all(
    config: Config, names: Sequence[str], options: Options, executor: Callable[[int], Executor] | None = None
) -> Done:
    """Import changed summaries, then republish every feed, or those that are named.

    `executor` makes any `concurrent.futures.Executor` for so many workers, whose processes ran `worker.set_up`; None:
    a process pool on this machine.
    """
    feeds = chosen(config, [*names], options.accept)
    with locked(config), opened(config, dry=options.dry_run) as store:
        shelved = sync(store, folders(config))
        problems = [*map(Problem, store.warnings), *shelved.problems]
        with _progress(len(feeds)) as advance, Makers(config, config.workers or default_workers(), executor) as makers:
            run = _Run(config, store, options, makers, advance)
            cut_off = run.go(feeds)
        if not options.dry_run:
            store.prune(time.time())
    reports = tuple(run.reports.get(feed.name) or _unreached(feed, options) for feed in feeds)
    return Done(reports, tuple(problems), tuple(run.bugs), cut_off)


def _progress(total: int) -> AbstractContextManager[Callable[[Report], None]]:
    """Show what is done while it is done, at a terminal."""
    if not (sys.stderr.isatty() and sys.stdout.isatty()):
        return nullcontext(lambda _: None)
    from enricher.screen import progress

    return progress(total)


def queues(feeds: Sequence[FeedConfig], per_host: int) -> list[list[FeedConfig]]:
    """Part feeds such that those of one host wait for each other, in `per_host` queues; files wait for nothing."""
    found: dict[tuple[str, int], list[FeedConfig]] = defaultdict(list)
    seen: dict[str, int] = defaultdict(int)
    for feed in feeds:
        host = (urlsplit(feed.url).hostname or "").lower() if feed.is_web else ""
        lanes = per_host if feed.is_web else _WAITERS
        found[host, seen[host] % lanes].append(feed)
        seen[host] += 1
    return list(found.values())


def _unreached(feed: FeedConfig, options: Options) -> Report:
    why = "the run was told to end" if options.stop.is_set() else "the run's time was over"
    return Report(feed.name, "held", error=f"{why} before its turn; the next run goes on")


class _Run:
    """One run over many feeds."""

    def __init__(
        self, config: Config, store: Store, options: Options, makers: Makers, advance: Callable[[Report], None]
    ) -> None:
        self._config, self._store, self._options, self._makers = config, store, options, makers
        self._advance = advance
        self._workers = config.workers or default_workers()
        # So many documents wait for a worker at most, however many feeds there are.
        self._slots = threading.Semaphore(2 * self._workers)
        self._end = time.monotonic() + options.max_runtime if options.max_runtime is not None else float("inf")
        self._fetcher = Later(fetch_settings(config, __version__))
        self._lock = threading.Lock()
        self.reports: dict[str, Report] = {}
        self.bugs: list[str] = []

    def go(self, feeds: Sequence[FeedConfig]) -> bool:
        """Work on all of them; tell whether the run was cut off with threads still at work."""
        lanes = queues(feeds, self._config.per_host)
        urls = [feed.url for feed in feeds if feed.is_web]
        hosts = {(urlsplit(url).hostname or "").lower() for url in urls}
        self._store.hold([feed.name for feed in feeds], urls, hosts)
        waiters = ThreadPoolExecutor(1 if self._options.dry_run else min(len(lanes), _WAITERS))
        makers = ThreadPoolExecutor(self._workers)
        futures = [waiters.submit(self._lane, lane, makers) for lane in lanes]
        try:
            cut_off = self._watch(futures)
        finally:
            waiters.shutdown(wait=False, cancel_futures=True)
        if not cut_off:
            makers.shutdown()
            self._fetcher.close()
        self._store.write()
        return cut_off

    def _watch(self, futures: Sequence[Future[None]]) -> bool:
        """Wait for the end, and store meanwhile what is noted; tell whether the end could not be waited for."""
        pending = set(futures)
        stopped_at: float | None = None
        while pending:
            _, pending = wait(pending, timeout=_TICK_SECONDS)
            self._store.write()
            if self._options.stop.is_set():
                stopped_at = stopped_at or time.monotonic()
                if time.monotonic() - stopped_at > _GRACE_SECONDS:
                    end_at_once()
                    return True
        return False

    def _is_over(self) -> bool:
        return self._options.stop.is_set() or time.monotonic() > self._end

    def _lane(self, feeds: Sequence[FeedConfig], makers: Executor) -> None:
        """Ask for the feeds of one host, one after another; what has to be made is made meanwhile."""
        making: list[Future[None]] = []
        for feed in feeds:
            if self._is_over():
                break
            making += self._visit(feed, makers)
        wait(making)

    def _visit(self, feed: FeedConfig, makers: Executor) -> list[Future[None]]:
        """Ask for one feed; finish it where nothing changed, else let it be made."""
        options = self._options
        errand = Errand(options.force, feed.name in options.accept, options.dry_run)
        world = World(self._config, feed, self._store, self._fetcher, time.time(), errand)
        try:
            report = world.settled()
            if report is None and options.dry_run:
                report = self._here(world, feed)
            job = None if report is not None else world.job()
        except FeedError as error:
            report, job = of_error(feed.name, error, published=world.published()), None
        except Exception:  # noqa: BLE001 the other feeds go on
            report, job = self._bug(feed, traceback.format_exc()), None
        if job is not None:
            self._slots.acquire()
            return [makers.submit(self._make, world, feed, job)]
        if report is not None:
            self._finish(world, report)
        return []

    def _here(self, world: World, feed: FeedConfig) -> Report:
        from enricher.worker import make_in

        report, bug = make_in(world, feed.name)
        return self._bug(feed, bug) if bug else report

    def _make(self, world: World, feed: FeedConfig, job: Job) -> None:
        """Have an edition made, and finish the feed."""
        try:
            made = self._makers.make(job)
            world.absorb(made)
            report = self._bug(feed, made.bug) if made.bug else made.report
        except FeedError as error:
            report = of_error(feed.name, error, published=world.published())
        except Exception:  # noqa: BLE001 the other feeds go on
            report = self._bug(feed, traceback.format_exc())
        finally:
            self._slots.release()
        self._finish(world, report)

    def _bug(self, feed: FeedConfig, said: str) -> Report:
        with self._lock:
            self.bugs.append(said)
        return Report(feed.name, "failed", error="a bug of this program; the traceback is on standard error")

    def _finish(self, world: World, report: Report) -> None:
        report = replace(report, notes=world.notes)
        if not self._options.dry_run:
            world.note(report.outcome, report.error)
        with self._lock:
            self.reports[report.name] = report
            self._advance(report)
