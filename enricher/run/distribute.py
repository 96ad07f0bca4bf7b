"""Many shares of the hosts by an engine: what dies is done again, and costs at most the feed that it died of."""

from __future__ import annotations

import heapq
import time
import traceback
from collections import defaultdict
from concurrent.futures import CancelledError, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from enricher.errors import EnricherError
from enricher.model.edition import Report
from enricher.run.share import ShareResult
from enricher.urls import host_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from contextlib import AbstractContextManager

    from enricher.config import Config
    from enricher.model.feed import FeedConfig
    from enricher.report import FeedStatus
    from enricher.run.in_flight import InFlight
    from enricher.run.share import ShareOptions, Stop
    from enricher.store.in_flight import InFlightTable

_TICK_SECONDS = 0.25
_MORE_GRACE_SECONDS = 1.0
"""How much longer a share has to end than its feeds."""


class Pool(Protocol):
    """Workers that do shares: processes of this machine, or of many by Dask."""

    died: tuple[type[BaseException], ...]
    """What a share's future raises whose worker died."""
    cancelled: str
    """Why a share ends that nobody told to."""
    shows: bool
    """Whether what is in flight can be read so often that it shows how far the shares are."""

    def submit(self, config: Config, feeds: Sequence[FeedConfig], options: ShareOptions) -> Future[ShareResult]:
        """Begin `run_share`, now or when a worker is free; `config` has the share's feeds alone."""

    def tell_to_stop(self, *, now: bool) -> None:
        """Let the shares begin no further feed; `now`: an interrupt came again, and nothing is waited for."""

    def lost(self) -> str:
        """Return why no share will ever be done; empty as long as all is well."""

    def discard(self, result: ShareResult) -> None:
        """End the worker that did a share, threads of which are still at work."""


def divide(feeds: Sequence[FeedConfig], shares: int) -> list[list[FeedConfig]]:
    """Divide feeds into shares of about one size, all feeds of a host in one."""
    hosts: dict[str, list[FeedConfig]] = defaultdict(list)
    for feed in feeds:
        hosts[host_of(feed.url) if feed.is_web else feed.name].append(feed)
    found: list[list[FeedConfig]] = [[] for _ in range(shares)]
    sizes = [(0, number) for number in range(shares)]
    for some in sorted(hosts.values(), key=len, reverse=True):
        size, smallest = sizes[0]
        found[smallest] += some
        heapq.heapreplace(sizes, (size + len(some), smallest))
    return [share for share in found if share]


def run_shares(run: SharedRun, feeds: Sequence[FeedConfig], count: int) -> ShareResult:
    """Do feeds in so many shares side by side, then what workers that died left undone.

    The others' feeds are done again, and those that were being made each alone: the one that ends its worker then too
    is the culprit, and has failed.
    """
    run.do(divide(feeds, count))
    missing = [feed for feed in feeds if feed.name not in run.reports]
    before = len(feeds) + 1
    while run.broken and 0 < len(missing) < before and not run.stop.is_set():
        before, run.broken = len(missing), False
        making, _ = run.in_flight.read()
        run.do(divide([feed for feed in missing if feed.name not in making], count))
        for feed in (feed for feed in missing if feed.name in making):
            run.in_flight.forget([feed.name])
            run.do([[feed]])
            if feed.name not in run.reports and not (run.stop.is_set() or run.lost):
                limit = run.config.feed_limit
                said = f"its process ended: it took longer than {limit:g} s of computing, or too much memory"
                run.end(Report(feed.name, "failed", error=f"{said}; see `feed_limit`, or leave the feed out"))
        missing = [feed for feed in feeds if feed.name not in run.reports]
    for name, outcome in run.in_flight.read()[1].items():
        if outcome in {"published", "unchanged"}:  # by a process that was ended before it could say more
            run.end(Report(name, outcome))
    if run.lost:
        for feed in missing:
            run.end(Report(feed.name, "held", error=f"{run.lost}; the next run goes on"))
    return ShareResult(run.reports, tuple(run.bugs), run.statuses, tuple(run.unsaved), died=run.died)


@dataclass
class SharedRun:
    """What all shares did so far. `open_pool` is called for every round with the number of its shares.

    `advance` hears which feeds are done as soon as that is known, `tell` of their reports when their share ends.
    """

    config: Config
    options: ShareOptions
    stop: Stop
    in_flight: InFlight | InFlightTable
    open_pool: Callable[[int], AbstractContextManager[Pool]]
    advance: Callable[[Report], None]
    tell: Callable[[Report], None]
    reports: dict[str, Report] = field(default_factory=dict)
    bugs: list[str] = field(default_factory=list)
    statuses: dict[str, FeedStatus] = field(default_factory=dict)
    unsaved: dict[str, None] = field(default_factory=dict)
    broken: bool = False
    """A worker died, or was left with threads at work, since the last round began."""
    died: bool = False
    """A worker died in any round."""
    lost: str = ""
    """Why no share will ever be done."""
    _shown: set[str] = field(default_factory=set)

    def do(self, shares: Sequence[Sequence[FeedConfig]]) -> None:
        """Do shares; return when all have ended or died, or may not be waited for."""
        if not shares or self.lost or self.stop.is_set():
            return
        with self.open_pool(len(shares)) as pool:
            share_of = {pool.submit(self.config.of_share(share), share, self.options): share for share in shares}
            pending = set(share_of)
            stopped_at = 0.0
            while pending and not self.lost:
                done, pending = wait(pending, timeout=_TICK_SECONDS)
                for future in done:
                    self._take(pool, future, share_of[future])
                self._show(pool)
                self.lost = self.lost or pool.lost()
                if self.stop.is_set():
                    stopped_at = stopped_at or time.monotonic()
                    pool.tell_to_stop(now=not self.stop.grace)
                    if time.monotonic() - stopped_at > self.stop.grace + _MORE_GRACE_SECONDS:
                        break

    def _take(self, pool: Pool, future: Future[ShareResult], share: Sequence[FeedConfig]) -> None:
        error = CancelledError() if future.cancelled() else future.exception()
        if isinstance(error, CancelledError):
            self.lost = self.lost or pool.cancelled
        elif isinstance(error, pool.died):
            self.broken = self.died = True
        elif isinstance(error, EnricherError):  # its worker does not reach the database, say
            for feed in share:
                self.end(Report(feed.name, "held", error=str(error)))
        elif error is not None:
            self.bugs.append("".join(traceback.format_exception(error)))
        else:
            result = future.result()
            self.bugs += result.bugs
            self.statuses |= result.statuses
            self.unsaved |= dict.fromkeys(result.unsaved)
            if result.cut_off:  # its threads may not be waited for
                pool.discard(result)
            self.broken = self.broken or result.cut_off or result.died
            self.died = self.died or result.died
            for report in result.reports.values():
                self.end(report)

    def end(self, report: Report) -> None:
        """Keep a feed's report."""
        if report.name not in self.reports:
            self.reports[report.name] = report
            self.tell(report)
            self._advance(report)

    def _advance(self, report: Report) -> None:
        if report.name not in self._shown:
            self._shown.add(report.name)
            self.advance(report)

    def _show(self, pool: Pool) -> None:
        if pool.shows:
            for name, outcome in self.in_flight.read()[1].items():
                self._advance(Report(name, outcome))
