"""Many feeds: one queue for each host, threads that wait, processes that make, and an end that is always orderly."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from enricher import __version__
from enricher.budget import Budget
from enricher.doors import World
from enricher.errors import EnricherError, FeedError, Problem, StoreError
from enricher.http.asking import Later, fetch_settings
from enricher.http.calls import Errand
from enricher.importer import sync
from enricher.makers import Makers, OverError, default_workers
from enricher.model.edition import Report
from enricher.orders import Done, Options
from enricher.premises import chosen, folders, locked, opened
from enricher.publish import begin
from enricher.report import Standing, of_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor, Future
    from contextlib import AbstractContextManager

    from enricher.config import Config
    from enricher.doors import Job
    from enricher.model.feed import FeedConfig
    from enricher.store.store import Store

_WAITERS = 16
"""How many hosts are asked at the same time."""
_TICK_SECONDS = 0.25
_WAITING_BYTES = 16_000_000
"""How much may wait for a worker, however many feeds there are: the workers start while other feeds are asked for.

Two documents of any size for each worker always may.
"""
_LEAST_BYTES = 50_000
"""What a feed that waits takes at least, whatever the size of its document."""


def run_all(
    config: Config, names: Sequence[str], options: Options, executor: Callable[[int], Executor] | None = None
) -> Done:
    """Import changed summaries, then republish every feed, or those that are named.

    `executor` makes any `concurrent.futures.Executor` for so many workers, whose processes ran `worker.set_up`; None:
    a process pool on this machine.
    """
    feeds = chosen(config, [*names], options.accept)
    end = time.monotonic() + options.max_runtime if options.max_runtime is not None else float("inf")
    # A dry run writes nothing, so it may look on while another run is under way.
    with nullcontext() if options.dry_run else locked(config), opened(config, dry=options.dry_run) as store:
        mark = None if options.dry_run else begin(config.output)
        shelved = sync(store, folders(config), options.stop.is_set)
        with _progress(len(feeds)) as advance, Makers(config, config.workers or default_workers(), executor) as makers:
            run = _Run(config, store, options, makers, advance)
            run.end = end
            cut_off = run.go(feeds)
        run.close()
        if mark and not (cut_off or makers.broke):
            mark.unlink(missing_ok=True)
    for feed in feeds:
        if feed.name not in run.reports:
            run.tell(_unreached(feed, options))
    problems = (*map(Problem, store.warnings), *shelved.problems, *run.troubles.values())
    reports = tuple(run.reports[feed.name] for feed in feeds)
    return Done(reports, problems, tuple(run.bugs), run.standings, bool(run.troubles), cut_off)


def _progress(total: int) -> AbstractContextManager[Callable[[Report], None]]:
    """Show what is done while it is done, at a terminal."""
    if not (sys.stderr.isatty() and sys.stdout.isatty()):
        return nullcontext(lambda _: None)
    from enricher.console import progress

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
        self.end = float("inf")
        """When no further feed is begun, by the monotonic clock."""
        self._workers = config.workers or default_workers()
        self._waiting = Budget(_WAITING_BYTES)
        self._fetcher = Later(fetch_settings(config, __version__))
        self._lock = threading.Lock()
        self.reports: dict[str, Report] = {}
        self.bugs: list[str] = []
        self.standings: dict[str, Standing] = {}
        self.troubles: dict[str, Problem] = {}
        """What the database did not take, each thing once."""

    def go(self, feeds: Sequence[FeedConfig]) -> bool:
        """Work on all of them; tell whether the run was cut off with threads still at work."""
        urls = [feed.url for feed in feeds if feed.is_web]
        hosts = {(urlsplit(url).hostname or "").lower() for url in urls}
        self._store.hold([feed.name for feed in feeds], urls, hosts)
        lanes = queues(self._in_turn(feeds), self._config.per_host)
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
        return cut_off

    def _in_turn(self, feeds: Sequence[FeedConfig]) -> Sequence[FeedConfig]:
        """Put those first that have waited longest, where the time may not do for all."""
        if self._options.max_runtime is None:
            return feeds
        return sorted(feeds, key=lambda feed: self._store.state(feed.name).get("at") or 0.0)

    def close(self) -> None:
        """Store what is noted, forget what is old; where metrics are wanted, see how the other feeds stand."""
        others = [one.name for one in self._config.feeds if one.name not in self.standings]
        try:
            self._store.write()
            if not self._options.dry_run:
                self._store.prune(time.time())
            states = self._store.states(others if self._config.metrics else ())
            for name, state in states.items():
                self.standings[name] = Standing(state.get("outcome"), state.get("success_at"), None)
        except StoreError as error:
            self._trouble(error)

    def _trouble(self, error: StoreError) -> None:
        self.troubles[str(error)] = Problem(str(error))

    def _watch(self, futures: Sequence[Future[None]]) -> bool:
        """Wait for the end, and store meanwhile what is noted; tell whether the end could not be waited for."""
        pending = set(futures)
        stopped_at: float | None = None
        while pending:
            _, pending = wait(pending, timeout=_TICK_SECONDS)
            try:
                self._store.write()
            except StoreError as error:  # what waits goes on waiting, and the feeds are published all the same
                self._trouble(error)
            if self._options.stop.is_set():
                stopped_at = stopped_at or time.monotonic()
                if time.monotonic() - stopped_at > self._options.stop.grace:
                    self._makers.end()
                    return True
        return False

    def _is_over(self) -> bool:
        return self._options.stop.is_set() or time.monotonic() >= self.end

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
        options, began = self._options, time.monotonic()
        errand = Errand(options.force, feed.name in options.accept, options.dry_run)
        world = World(self._config, feed, self._store, self._fetcher, time.time(), errand)
        try:
            report = world.settled()
            if report is None and options.dry_run:
                report = self._here(world, feed)
            job = None if report is not None else world.job()
        except FeedError as error:
            report, job = of_error(feed.name, error, published=world.published()), None
        except Exception as error:  # noqa: BLE001 the other feeds go on
            report, job = self._failed(feed, error), None
        if job is not None:
            self._waiting.take(self._size_of(job))
            return [makers.submit(self._make, world, feed, job, began)]
        if report is not None:
            self._finish(world, report, began)
        return []

    def _size_of(self, job: Job) -> int:
        """Give what a job takes of what may wait."""
        size = len(job.document.body) if job.document else 0
        return min(max(size, _LEAST_BYTES), _WAITING_BYTES // (2 * self._workers))

    def _here(self, world: World, feed: FeedConfig) -> Report:
        from enricher.worker import make_in

        report, bug = make_in(world, feed.name)
        return self._bug(feed, bug) if bug else report

    def _make(self, world: World, feed: FeedConfig, job: Job, began: float) -> None:
        """Have an edition made, and finish the feed."""
        try:
            made = self._makers.make(job)
            world.absorb(made)
            report = self._bug(feed, made.bug) if made.bug else made.report
        except FeedError as error:
            report = of_error(feed.name, error, published=world.published())
        except OverError:
            return
        except Exception as error:  # noqa: BLE001 the other feeds go on
            report = self._failed(feed, error)
        finally:
            self._waiting.give(self._size_of(job))
        self._finish(world, report, began)

    def _failed(self, feed: FeedConfig, error: Exception) -> Report:
        if isinstance(error, EnricherError):
            return Report(feed.name, "failed", error=str(error))
        return self._bug(feed, "".join(traceback.format_exception(error)))

    def _bug(self, feed: FeedConfig, said: str) -> Report:
        with self._lock:
            self.bugs.append(said)
        return Report(feed.name, "failed", error="a bug of this program; the traceback is on standard error")

    def _finish(self, world: World, report: Report, began: float) -> None:
        leftover = world.leftover()
        report = replace(report, notes=world.notes, problems=report.problems + ((leftover,) if leftover else ()))
        if not self._options.dry_run:
            try:
                world.note(report.outcome, report.error)
            except StoreError as error:
                self._trouble(error)
        self.standings[report.name] = Standing(report.outcome, world.success_at, time.monotonic() - began)
        self.tell(report)

    def tell(self, report: Report) -> None:
        """Let everybody know what became of a feed."""
        with self._lock:
            self.reports[report.name] = report
            self._advance(report)
            self._options.tell(report)
