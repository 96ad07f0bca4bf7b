"""Several shares of the hosts, each in a process of its own; one that dies costs the feed that it was making."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing import connection, parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from enricher.model.edition import Report
from enricher.redaction import hide
from enricher.run.in_flight import InFlight
from enricher.run.share import ShareResult, Stop, run_share
from enricher.urls import host_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from enricher.config import Config
    from enricher.model.feed import FeedConfig
    from enricher.report import FeedStatus
    from enricher.run.share import ShareOptions

_TICK_SECONDS = 0.25
_MORE_GRACE_SECONDS = 1.0
"""How much longer a process has to end than its feeds."""


def divide(feeds: Sequence[FeedConfig], shares: int) -> list[list[FeedConfig]]:
    """Divide feeds into shares of about one size, all feeds of a host in one."""
    hosts: dict[str, list[FeedConfig]] = defaultdict(list)
    for feed in feeds:
        hosts[host_of(feed.url) if feed.is_web else feed.name].append(feed)
    found: list[list[FeedConfig]] = [[] for _ in range(shares)]
    for some in sorted(hosts.values(), key=len, reverse=True):
        min(found, key=len).extend(some)
    return [share for share in found if share]


def run_processes(  # noqa: PLR0913, PLR0917 a run has that much
    config: Config,
    feeds: Sequence[FeedConfig],
    options: ShareOptions,
    workers: int,
    stop: Stop,
    advance: Callable[[Report], None],
    tell: Callable[[Report], None],
) -> ShareResult:
    """Run shares side by side. `advance` hears at once which feeds are done, `tell` of all when their share ends."""
    with TemporaryDirectory(prefix="enricher-") as folder:
        run = _Run(config, replace(options, hosts_folder=Path(folder)), stop, advance, tell)
        run.pool(divide(feeds, workers))
        # A process that died takes its pool with it. The others' feeds are done again, and those that were being
        # made each alone: the one that ends that process too is the culprit.
        making, _ = run.in_flight.read()
        missing = [feed for feed in feeds if feed.name not in run.reports]
        if missing and run.broken and not stop.is_set():
            run.pool(divide([feed for feed in missing if feed.name not in making], workers))
            for feed in (feed for feed in missing if feed.name in making):
                run.pool([[feed]])
                if feed.name not in run.reports and not stop.is_set():
                    limit = config.feed_limit
                    said = f"its process ended: it took longer than {limit:g} s of computing, or too much memory"
                    run.end(Report(feed.name, "failed", error=f"{said}; see `feed_limit`, or leave the feed out"))
        for name, outcome in run.in_flight.read()[1].items():
            if outcome in {"published", "unchanged"}:  # by a process that was ended before it could say more
                run.end(Report(name, outcome))
    return ShareResult(run.reports, tuple(run.bugs), run.statuses, tuple(run.unsaved))


@dataclass
class _Run:
    """What all processes did so far."""

    config: Config
    options: ShareOptions
    stop: Stop
    advance: Callable[[Report], None]
    tell: Callable[[Report], None]
    reports: dict[str, Report] = field(default_factory=dict)
    bugs: list[str] = field(default_factory=list)
    statuses: dict[str, FeedStatus] = field(default_factory=dict)
    unsaved: dict[str, None] = field(default_factory=dict)
    broken: bool = False

    def __post_init__(self) -> None:
        self.in_flight = InFlight.beside(self.config.local_state)
        self._shown: set[str] = set()

    def pool(self, shares: Sequence[Sequence[FeedConfig]]) -> None:
        """Run each share in a process; return when all have ended or died."""
        if not shares or self.stop.is_set():
            return
        # Forked before any thread of ours runs, a process starts in a few milliseconds with everything loaded.
        context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        pool = ProcessPoolExecutor(
            len(shares), mp_context=context, initializer=_set_up, initargs=(self.config.secrets,)
        )
        try:
            pending = {pool.submit(_share, self.config, share, self.options) for share in shares}
            stopped_at, told = 0.0, set[int]()
            while pending:
                done, pending = wait(pending, timeout=_TICK_SECONDS)
                for future in done:
                    self._take(future.exception(), None if future.exception() else future.result())
                self._show()
                if self.stop.is_set():
                    stopped_at = stopped_at or time.monotonic()
                    # An interrupt that comes again is meant for them too.
                    number = signal.SIGTERM if self.stop.grace else signal.SIGINT
                    if number not in told:
                        told.add(number)
                        _signal(number)
                    if time.monotonic() - stopped_at > self.stop.grace + _MORE_GRACE_SECONDS:
                        break
        finally:
            if pending or self.broken or self.stop.is_set():
                _signal(signal.SIGKILL)
            pool.shutdown(wait=True, cancel_futures=True)

    def _take(self, error: BaseException | None, result: ShareResult | None) -> None:
        if isinstance(error, BrokenProcessPool):
            self.broken = True
        elif error is not None:
            self.bugs.append("".join(traceback.format_exception(error)))
        elif result is not None:
            self.bugs += result.bugs
            self.statuses |= result.statuses
            self.unsaved |= dict.fromkeys(result.unsaved)
            if result.cut_off:  # its threads may not be waited for
                self.broken = True
            for report in result.reports.values():
                self.end(report)

    def end(self, report: Report) -> None:
        """Keep a feed's report."""
        if report.name not in self.reports:
            self.reports[report.name] = report
            self.tell(report)

    def _show(self) -> None:
        for name, outcome in self.in_flight.read()[1].items():
            if name not in self._shown:
                self._shown.add(name)
                self.advance(Report(name, outcome))


def _signal(number: int) -> None:
    for process in multiprocessing.active_children():
        with suppress(OSError):
            os.kill(process.pid or 0, number)


# In the process of a share

_stop = Stop()


def _set_up(secrets: tuple[str, ...]) -> None:
    """Get a process ready: once, before its first share."""
    hide(secrets)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop.heed)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End when the run is killed, so that nothing is written beside the next one."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _share(config: Config, feeds: Sequence[FeedConfig], options: ShareOptions) -> ShareResult:
    return run_share(config, feeds, options, _stop)
