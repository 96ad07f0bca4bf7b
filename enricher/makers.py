"""Who makes the editions: worker processes, or this process itself."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from enricher.errors import FeedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor, Future
    from multiprocessing.context import BaseContext
    from types import TracebackType

    from enricher.config import Config
    from enricher.doors import Job, Made


class StoppedError(FeedError):
    """A worker process ended over a feed."""


class OverError(Exception):
    """The run was ended before the edition was made."""


class Makers:
    """Makes editions side by side with any `concurrent.futures.Executor`; begun with the first job.

    A worker that ends over its job takes the others of its pool with it: they are made again, each by a process of
    its own, and the one that ends that process too is the culprit.
    """

    def __init__(self, config: Config, workers: int, executor: Callable[[int], Executor] | None = None) -> None:
        self._config, self._workers = config, workers
        self._begin = executor or self._processes
        self._pool: Executor | None = None
        self._lock = threading.Lock()
        self._alone = threading.Lock()
        self._over = False
        self.broke = False
        """A worker ended over its job, perhaps while it wrote."""

    def __enter__(self) -> Self:
        """Use it in a `with`."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every worker."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def make(self, job: Job) -> Made:
        """Make one edition, from whatever thread. Raises StoppedError where its worker had to be ended, OverError."""
        pool = self._ready()
        try:
            return _submit(pool, job).result()
        except BrokenProcessPool:
            self.broke = True
            self._drop(pool)
        if self._over:
            raise OverError
        with self._alone, self._begin(1) as single:
            try:
                return _submit(single, job).result()
            except BrokenProcessPool as error:
                limit = self._config.feed_limit
                raise StoppedError(
                    f"its worker process ended: it took longer than {limit:.0f} s, or too much memory;"
                    " see `feed_limit`, or leave the feed out"
                ) from error

    def end(self) -> None:
        """Kill every worker, for a run that has to end now."""
        self._over = True
        for process in multiprocessing.active_children():
            with suppress(OSError):
                process.kill()

    def _ready(self) -> Executor:
        with self._lock:
            if self._pool is None:
                self._pool = self._begin(self._workers)
            return self._pool

    def _drop(self, pool: Executor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
                pool.shutdown(wait=False)

    def _processes(self, workers: int) -> Executor:
        return ProcessPoolExecutor(workers, mp_context=begun(), initializer=_set_up, initargs=(self._config,))


def begun() -> BaseContext:
    """Give the way in which workers are begun: a server without threads forks them, at once, whatever the run does."""
    os.environ["ENRICHER_RUN"] = str(os.getpid())  # orphans.py asks for it
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["enricher.orphans", "enricher.worker"])
    return context


def _submit(pool: Executor, job: Job) -> Future[Made]:
    """Hand a job over; processes that are begun for it hear no signal that is meant for the run."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        return pool.submit(_work, job)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# The worker's own room loads what only workers need.


def _set_up(config: Config) -> None:
    from enricher.worker import set_up

    set_up(config)


def _work(job: Job) -> Made:
    from enricher.worker import work

    return work(job)


def default_workers() -> int:
    """Give the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
