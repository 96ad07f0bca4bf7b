"""A share of the hosts: everything that one process does. One thread carries a host's feeds from A to Z."""

from __future__ import annotations

import signal
import threading
import time
import traceback
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from enricher import __version__
from enricher.errors import EnricherError, StoreError
from enricher.http.client import Client, ClientSettings
from enricher.http.feed_fetcher import Fetcher
from enricher.http.host_limits import Hosts
from enricher.http.host_locks import FolderLocks
from enricher.model.edition import Report
from enricher.pipeline.republish import republish
from enricher.pipeline.templates import Templates
from enricher.pipeline.tools import Tools
from enricher.publish.outputs import publisher_of
from enricher.report import FeedStatus
from enricher.run.in_flight import in_flight_of
from enricher.run.slots import Slots
from enricher.run.websub import Hubs
from enricher.store.store import Store
from enricher.urls import host_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from enricher.config import Config
    from enricher.http.feed_fetcher import Mode
    from enricher.http.host_locks import HostLocks
    from enricher.model.feed import FeedConfig
    from enricher.model.state import FeedState
    from enricher.pipeline.republish import Result

_THREADS = 16
"""How many hosts are asked at the same time."""
_COMPUTING = 2
_TICK_SECONDS = 0.25
_GRACE_SECONDS = 7.0
_LIMIT_ADVICE = "see `feed_limit`, or leave the feed out"


class Stop:
    """Set from outside, by a signal: no further feed is begun, and what is in flight has `grace` seconds left.

    No lock is in it: a signal may come while another one is handled.
    """

    def __init__(self) -> None:
        self.code = 0
        """What the run exits with, once a signal has set it."""
        self.grace = _GRACE_SECONDS
        self._set = False

    def set(self) -> None:
        """Let the run end."""
        self._set = True

    def is_set(self) -> bool:
        """Check whether the run is to end."""
        return self._set

    def heed(self, number: int, _frame: object) -> None:
        """Handle a signal; an interrupt that comes again is meant."""
        if self.is_set() and number == signal.SIGINT:
            self.grace = 0.0
        self.code = self.code or 128 + number
        self.set()


@dataclass(frozen=True, slots=True)
class ShareOptions:
    """How the feeds of a share are done; it can be pickled."""

    force: bool = False
    dry_run: bool = False
    accept: frozenset[str] = frozenset()
    end: float = float("inf")
    """When no further feed is begun, by the monotonic clock of this machine."""
    last: frozenset[str] = frozenset()
    """Feeds that were being made when the last run was killed: done when all others are."""
    hosts_folder: Path | None = None
    """Where the processes of a run on this machine lock hosts against each other."""
    locks_in_database: bool = False
    """Where those of several machines do; neither where there is one process."""


@dataclass(frozen=True, slots=True)
class ShareResult:
    """What a share did; it can be pickled."""

    reports: Mapping[str, Report]
    bugs: tuple[str, ...] = ()
    """Tracebacks of bugs of ours."""
    statuses: Mapping[str, FeedStatus] = field(default_factory=dict)
    unsaved: tuple[str, ...] = ()
    """What the database did not take, each thing once."""
    cut_off: bool = False
    """Threads are still at work that may not be waited for: end the process without them."""
    died: bool = False
    """A worker of this share died before; the feeds that it was making were left out."""
    worker: str = ""
    """Which worker of Dask's did it."""


def run_share(
    config: Config,
    feeds: Sequence[FeedConfig],
    options: ShareOptions,
    stop: Stop | None = None,
    store: Store | None = None,
    tell: Callable[[Report], None] = lambda _: None,
) -> ShareResult:
    """Republish feeds with a store and fetcher of its own (or the `store` of a dry run); every host is in one share.

    `tell` hears of every feed as soon as its outcome is known, from whatever thread, one at a time.
    """
    with nullcontext(store) if store else Store.open(config.database) as opened:
        return _Share(config, options, opened, stop or Stop(), tell).run(feeds)


def lanes_of(feeds: Sequence[FeedConfig], per_host: int) -> list[list[FeedConfig]]:
    """Divide feeds such that those of one host wait for each other, in `per_host` lanes; files wait for nothing."""
    found: dict[tuple[str, int], list[FeedConfig]] = defaultdict(list)
    seen: dict[str, int] = defaultdict(int)
    for feed in feeds:
        host = host_of(feed.url) if feed.is_web else ""
        found[host, seen[host] % (per_host if feed.is_web else _THREADS)].append(feed)
        seen[host] += 1
    return list(found.values())


def dry_tools(config: Config, store: Store, client: Client) -> Tools:
    """Return what republishes a feed as a run would, and publishes nothing."""
    hosts = Hosts(store.host_waits(), store.save_host_wait, per_host=config.per_host)
    fetcher = Fetcher(client, store, hosts, config.max_size, config.min_interval)
    publisher = publisher_of(config.output, config.object_store, dry=True)
    return Tools(fetcher, store, publisher, config.reserved, templates=Templates(config.templates))


def client_settings(config: Config) -> ClientSettings:
    """Return the client's settings from the configuration."""
    contact = f" (+{config.contact})" if config.contact else ""
    return ClientSettings(
        user_agent=f"enricher/{__version__}{contact}",
        max_size=config.max_size,
        deadline=config.timeout,
        allow_private=config.allow_private,
    )


class _Share:
    """One share at work."""

    def __init__(
        self, config: Config, options: ShareOptions, store: Store, stop: Stop, tell: Callable[[Report], None]
    ) -> None:
        self._config, self._options, self._store, self._stop, self._tell = config, options, store, stop, tell
        self._client = Client(client_settings(config))
        self._slots = Slots(_COMPUTING, config.feed_limit)
        locks: HostLocks | None = store.host_locks if options.locks_in_database else None
        locks = FolderLocks(options.hosts_folder) if options.hosts_folder else locks
        hosts = Hosts(store.host_waits(), store.save_host_wait, per_host=config.per_host, locks=locks)
        fetcher = Fetcher(self._client, store, hosts, config.max_size, config.min_interval, idle=self._slots.idle)
        self._in_flight = in_flight_of(config, store)
        making = (lambda _: None) if options.dry_run else self._in_flight.begin
        publisher = publisher_of(config.output, config.object_store, dry=options.dry_run, idle=self._slots.idle)
        self._hubs = Hubs(self._client, hosts, self._slots.idle)
        self._tools = Tools(fetcher, store, publisher, config.reserved, making, Templates(config.templates))
        self._lock = threading.Lock()
        self._reports: dict[str, Report] = {}
        self._bugs: list[str] = []
        self._statuses: dict[str, FeedStatus] = {}
        self._unsaved: dict[str, None] = {}
        self._unchanged: dict[str, FeedState] = {}
        """What is not saved yet of feeds that were found unchanged."""

    def run(self, feeds: Sequence[FeedConfig]) -> ShareResult:
        """Work on all feeds, those that may have ended the last run when the others are done."""
        self._store.read_states([feed.name for feed in feeds])
        last = [feed for feed in feeds if feed.name in self._options.last]
        first = [feed for feed in feeds if feed.name not in self._options.last]
        cut_off = False
        for some in (first, last):
            cut_off = cut_off or self._work(some)
        self._save_unchanged()
        if not cut_off:
            self._client.close()
        return ShareResult(self._reports, tuple(self._bugs), self._statuses, tuple(self._unsaved), cut_off)

    def _work(self, feeds: Sequence[FeedConfig]) -> bool:
        """Work on feeds side by side; return whether threads are left at work."""
        lanes = lanes_of(feeds, self._config.per_host)
        if not lanes:
            return False
        threads = ThreadPoolExecutor(min(len(lanes), _THREADS))
        pending = {threads.submit(self._lane, lane) for lane in lanes}
        try:
            return self._watch(pending)
        finally:
            self._slots.close()
            threads.shutdown(wait=False, cancel_futures=True)

    def _watch(self, pending: set[Future[None]]) -> bool:
        """Wait for the lanes; return whether some could not be waited for."""
        stopped_at: float | None = None
        while len(pending) > self._slots.abandoned():
            self._slots.watch()
            done, pending = wait(pending, timeout=_TICK_SECONDS)
            self._save_unchanged()
            for lane in done:
                if error := lane.exception():
                    self._bugs.append("".join(traceback.format_exception(error)))
            for name in self._slots.abandon_overdue():
                limit = f"{self._config.feed_limit:g} s"
                self._end(Report(name, "failed", error=f"took longer than {limit} of computing; {_LIMIT_ADVICE}"), None)
            if self._stop.is_set():
                stopped_at = stopped_at or time.monotonic()
                if time.monotonic() - stopped_at > self._stop.grace:
                    return True
        return bool(pending)

    def _lane(self, feeds: Sequence[FeedConfig]) -> None:
        """Carry the feeds of one host from A to Z, one after another."""
        for feed in feeds:
            if self._stop.is_set() or time.monotonic() >= self._options.end:
                return
            self._turn(feed)

    def _turn(self, feed: FeedConfig) -> None:
        """Republish one feed, report it and save its state; its trouble is its own."""
        began, now = time.monotonic(), time.time()
        success_at: float | None = None
        mode: Mode = "whole" if self._options.force else "due"
        accept = feed.name in self._options.accept
        if accept and not (self._options.force or self._options.dry_run):
            mode = "now"
        try:
            with self._slots.computing(feed.name):
                result = republish(feed, self._tools, now, mode, accept=accept)
                result = result if self._options.dry_run else self._hubs.tell(feed, result, now)
                report, success_at = result.report, result.state.success_at
                self._save(feed, result, now)
        except EnricherError as error:
            report = Report(feed.name, "failed", error=str(error))
        except Exception:  # noqa: BLE001 the other feeds go on, and the traceback is told
            self._bugs.append(traceback.format_exc())
            report = Report(feed.name, "failed", error="a bug of this program; the traceback is on standard error")
        self._end(report, FeedStatus(report.outcome, success_at, time.monotonic() - began))

    def _save(self, feed: FeedConfig, result: Result, now: float) -> None:
        if result.report.outcome == "unchanged" and not result.documents:
            with self._lock:
                self._unchanged[feed.name] = result.state
            return
        try:
            self._store.save_feed(feed.name, result.state, result.documents, now, result.stored)
        except StoreError as error:  # the edition is published all the same, and the next run makes it again
            self._unsaved[str(error)] = None

    def _save_unchanged(self) -> None:
        """Save the feeds that were found unchanged since the last tick.

        A transaction for each of a thousand was an eighth of a run; what a kill takes, the next run finds out again.
        """
        with self._lock:
            states, self._unchanged = self._unchanged, {}
        try:
            self._store.save_states(states)
        except StoreError as error:
            self._unsaved[str(error)] = None

    def _end(self, report: Report, status: FeedStatus | None) -> None:
        """Keep a feed's report and tell it; one that comes after it was abandoned is too late."""
        with self._lock:
            if report.name in self._reports:
                return
            self._reports[report.name] = report
            if status:
                self._statuses[report.name] = status
            if not self._options.dry_run:
                try:
                    self._in_flight.end(report.name, report.outcome)
                except StoreError as error:
                    self._unsaved[str(error)] = None
            self._tell(report)
