"""Shares on the workers of a Dask cluster: of many machines, or one of this machine's processes for one run."""

from __future__ import annotations

import hashlib
import logging
import os
import time
import uuid
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from enricher import __version__
from enricher.errors import ConfigError, EnricherError, StoreError
from enricher.redaction import hide
from enricher.run.dask_workers import look_at_workers
from enricher.run.distribute import SharedRun, run_shares
from enricher.run.share import ShareResult, Stop, run_share
from enricher.store.database import is_postgresql
from enricher.store.store import Store

try:
    import distributed
    from distributed.scheduler import KilledWorker
except ImportError as error:
    raise ConfigError("the engine dask needs Dask, which is not installed: pip install 'enricher[dask]'") from error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from enricher.config import Config
    from enricher.model.edition import Report
    from enricher.model.feed import FeedConfig
    from enricher.run.share import ShareOptions

_SHARES_PER_WORKER = 4
"""A worker that is done early takes another share, and one that dies loses a quarter of its work."""
_FIRST_WORKER_SECONDS = 30.0
_LOST_SECONDS = 60.0
"""How long a run goes on without any worker, such as while machines start anew."""
_LOOK_SECONDS = 5.0
_RPC_SECONDS = 2.0
"""How long the scheduler has to answer: a run that is told to end is over within ten seconds."""
_POLL_SECONDS = 0.5
_WORKER_GRACE_SECONDS = 4.5
"""Less than the run's own grace, for a share hears of its end a little later."""


def run_dask(  # noqa: PLR0913, PLR0917 a run has that much
    config: Config,
    feeds: Sequence[FeedConfig],
    options: ShareOptions,
    stop: Stop,
    store: Store,
    advance: Callable[[Report], None],
    tell: Callable[[Report], None],
) -> ShareResult:
    """Run shares on a cluster; `advance` and `tell` hear of all feeds when their share ends.

    Raises EnricherError where there is no scheduler or worker, ConfigError where workers lack what they need.
    """
    with TemporaryDirectory(prefix="enricher-") as folder, cluster(config) as client:
        workers = look_at_workers(client, config)
        if is_postgresql(config.database):
            options = replace(options, locks_in_database=True)
        else:
            options = replace(options, hosts_folder=Path(folder))
        pool = _Dask(client, store, run_key(config))
        try:
            in_flight = store.in_flight(config.base_url)
            run = SharedRun(config, options, stop, in_flight, lambda _: nullcontext(pool), advance, tell)
            count = config.engine.shares or workers * (_SHARES_PER_WORKER if config.engine.scheduler else 1)
            return run_shares(run, feeds, count)
        finally:
            pool.end()


@contextmanager
def cluster(config: Config) -> Iterator[distributed.Client]:
    """Connect to the scheduler, or start a cluster of this machine; wait for a worker. Raises EnricherError."""
    # Cron mails what stands on standard error: what goes wrong is told by the run.
    for name in ("distributed", *(name for name in logging.root.manager.loggerDict if name.startswith("distributed."))):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    address, count = config.engine.scheduler, config.engine.shares or os.cpu_count() or 1
    local = None
    try:
        if address is None:
            local = distributed.LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                # Any free port: with None it takes 8787, and warns on standard error where another cluster has it.
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
                silence_logs=logging.CRITICAL,
            )
        client = distributed.Client(local or address, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise EnricherError(
            f"the Dask scheduler {address or ''} cannot be reached; start it: dask scheduler"
        ) from error
    try:
        try:
            client.wait_for_workers(1, timeout=_FIRST_WORKER_SECONDS)
        except TimeoutError as error:
            said = f"start some: dask worker {address} --nthreads 1"
            raise EnricherError(f"the Dask scheduler {address} has no worker; {said}") from error
        yield client
    finally:
        client.close()
        if local:
            local.close()


def run_key(config: Config) -> str:
    """Return under which name the database remembers the run that is under way of these feeds."""
    return f"run {hashlib.sha256(config.base_url.encode()).hexdigest()[:32]}"


# In the run


class _Dask:
    """The workers of a cluster, for one run."""

    died: tuple[type[BaseException], ...] = (KilledWorker,)
    cancelled = "the Dask scheduler was lost, or all of its workers"
    shows = False

    def __init__(self, client: distributed.Client, store: Store, key: str) -> None:
        self._client, self._store, self._key, self._id = client, store, key, uuid.uuid4().hex
        # An executor's tasks are taken for pure otherwise, and one that is done again would have the old result.
        self._executor = client.get_executor(pure=False)
        self._looked_at = self._seen_at = time.monotonic()
        self._gone = False
        store.meta.put(key, self._id)

    def submit(self, config: Config, feeds: Sequence[FeedConfig], options: ShareOptions) -> Future[ShareResult]:
        """Let the cluster do a share as soon as a worker is free; it does it again where the worker dies."""
        until = time.time() + options.end - time.monotonic()
        task = _Task(config, tuple(feeds), options, until, self._id, __version__)
        future: Future[ShareResult] = Future()
        try:
            future = self._executor.submit(do_share, task)
        except Exception:  # noqa: BLE001 whatever it raises once the scheduler is gone
            future.cancel()
            self._gone = True
        return future

    def tell_to_stop(self, *, now: bool) -> None:
        """Let the database say that this run is over; every share looks there twice a second."""
        del now  # the run ends its waiting by itself
        self.end()

    def end(self) -> None:
        """Let no share begin, or go on, for this run."""
        if self._id:
            with suppress(StoreError):  # then no share can save anything either
                self._store.meta.put(self._key, "")
            self._id = ""

    def lost(self) -> str:
        """Return why no share will ever be done; empty as long as all is well."""
        now = time.monotonic()
        if now - self._looked_at >= _LOOK_SECONDS:
            self._looked_at = now
            with suppress(Exception):  # whatever it raises without a scheduler, which may come back
                if self._client.sync(self._client.scheduler.ncores, callback_timeout=_RPC_SECONDS):
                    self._seen_at = now
        if self._gone or self._client.status == "closed" or now - self._seen_at > _LOST_SECONDS:
            return self.cancelled
        return ""

    def discard(self, result: ShareResult) -> None:
        """Start a worker anew in which threads are still at work."""
        with suppress(Exception):  # it is gone, or has no nanny: then its threads end by themselves
            self._client.restart_workers([result.worker], timeout=_RPC_SECONDS, raise_for_error=False)


# In a worker


@dataclass(frozen=True, slots=True)
class _Task:
    """All that a worker is told; Dask pickles it."""

    config: Config
    feeds: tuple[FeedConfig, ...]
    options: ShareOptions
    until: float
    """When no further feed is begun, in epoch seconds: machines have monotonic clocks of their own."""
    run: str
    version: str


class _RunStop(Stop):
    """Set when the database names this run no more: it is to end, was killed, or another one has begun."""

    def __init__(self, store: Store, key: str, run: str) -> None:
        super().__init__()
        self.grace = _WORKER_GRACE_SECONDS
        self._store, self._key, self._run, self._asked_at = store, key, run, 0.0

    def is_set(self) -> bool:
        now = time.monotonic()
        if not self._set and now - self._asked_at >= _POLL_SECONDS:
            self._asked_at = now
            with suppress(StoreError):  # each feed tells it
                if self._store.meta.get(self._key) != self._run:
                    self.set()
        return self._set


def do_share(task: Any) -> ShareResult:  # noqa: ANN401 Dask knows no types
    """Do a share in this worker. Raises EnricherError, such as where the database cannot be reached from here.

    Dask does a share again whose worker died. What the first one was making is left out then, for it may have been
    what it died of: the run does each of those alone.
    """
    assert isinstance(task, _Task)  # noqa: S101 for mypy
    hide(task.config.secrets)
    if task.version != __version__:
        here = distributed.get_worker().address
        raise ConfigError(f"Dask worker {here}: runs enricher {__version__}, and this is {task.version}")
    options = replace(task.options, end=time.monotonic() + task.until - time.time())
    with Store.open(task.config.database) as store:
        stop = _RunStop(store, run_key(task.config), task.run)
        making = store.in_flight(task.config.base_url).making()
        feeds = [feed for feed in task.feeds if feed.name not in making]
        result = ShareResult({})
        if feeds and not stop.is_set():
            result = run_share(task.config, feeds, options, stop, store)
    return replace(result, died=len(feeds) < len(task.feeds), worker=distributed.get_worker().address)
