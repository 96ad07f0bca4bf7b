"""Shares in processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing import connection, parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from enricher.redaction import hide
from enricher.run.distribute import SharedRun, run_shares
from enricher.run.in_flight import InFlight
from enricher.run.share import ShareResult, Stop, run_share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    from enricher.config import Config
    from enricher.model.edition import Report
    from enricher.model.feed import FeedConfig
    from enricher.run.share import ShareOptions


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
        options = replace(options, hosts_folder=Path(folder))

        @contextmanager
        def pool(count: int) -> Iterator[_Processes]:
            # One that died takes its pool with it, so every round has its own.
            processes = _Processes(config, count)
            try:
                yield processes
            finally:
                processes.end(kill=run.broken or stop.is_set())

        in_flight = InFlight.beside(config.local_state)
        run = SharedRun(config, options, stop, in_flight, pool, advance, tell)
        return run_shares(run, feeds, workers)


class _Processes:
    """A pool of processes, one for each share."""

    died: tuple[type[BaseException], ...] = (BrokenProcessPool,)
    cancelled = "its processes were cancelled"
    shows = True

    def __init__(self, config: Config, count: int) -> None:
        # Forked before any thread of ours runs, a process starts in a few milliseconds with everything loaded.
        context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        self._pool = ProcessPoolExecutor(count, mp_context=context, initializer=_set_up, initargs=(config.secrets,))
        self._told = set[int]()

    def submit(self, config: Config, feeds: Sequence[FeedConfig], options: ShareOptions) -> Future[ShareResult]:
        """Begin a share in a process of its own."""
        return self._pool.submit(_share, config, feeds, options)

    def tell_to_stop(self, *, now: bool) -> None:
        """Signal every process, once; an interrupt that comes again is meant for them too."""
        number = signal.SIGINT if now else signal.SIGTERM
        if number not in self._told:
            self._told.add(number)
            _signal(number)

    def lost(self) -> str:
        """Return nothing: what this machine has begun comes to an end."""
        return ""

    def discard(self, result: ShareResult) -> None:
        """Do nothing: such a pool is ended whole."""

    def end(self, *, kill: bool) -> None:
        """End the pool."""
        if kill:
            _signal(signal.SIGKILL)
        self._pool.shutdown(wait=True, cancel_futures=True)


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
