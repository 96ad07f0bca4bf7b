"""A process that makes editions: one at a time, within a limit, and not longer than the run lives."""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from typing import TYPE_CHECKING, TextIO

from enricher import __version__
from enricher.doors import World
from enricher.errors import EnricherError
from enricher.http.asking import Later, fetch_settings
from enricher.model.edition import Report
from enricher.pipeline import republish
from enricher.secrets import hide
from enricher.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enricher.config import Config
    from enricher.doors import Job, Made


@dataclass(frozen=True, slots=True)
class Tools:
    """What a worker needs for every job."""

    config: Config
    store: Store
    fetcher: Later


_config: Config | None = None
_tools: Tools | None = None
_silence: TextIO | None = None


def set_up(config: Config) -> None:
    """Get a worker process ready: once, before its first job."""
    global _config, _silence  # noqa: PLW0603 a process has one configuration
    # The run decides when to end: it lets what is in flight be finished.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    hide(config.secrets)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _silence = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 for as long as the process lives
    _config = config


def _end_with_parent() -> None:
    """End when the run is killed, so that nothing is written beside the next one."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def work(job: Job) -> Made:
    """Make one feed's edition in a worker process. Raises StoreError where the database cannot be opened."""
    global _tools  # noqa: PLW0603 a process has one set of tools
    if _config is None:
        raise RuntimeError("the worker was not set up")
    with _limit(_config.feed_limit):
        _tools = _tools or Tools(_config, Store.open(_config.database), Later(fetch_settings(_config, __version__)))
        return make(job, _tools)


@contextmanager
def _limit(seconds: float) -> Iterator[None]:
    """End this process where the block takes longer; not even a loop in a library's C code can go on."""
    faulthandler.dump_traceback_later(seconds, exit=True, file=_silence or 2)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def make(job: Job, tools: Tools) -> Made:
    """Make one feed's edition here."""
    world = World(tools.config, job.feed, tools.store, tools.fetcher, job.now, job.errand, job=job)
    report, bug = make_in(world, job.feed.name)
    return world.made(report, bug)


def make_in(world: World, name: str) -> tuple[Report, str]:
    """Republish one feed; a bug of ours costs this feed alone and gives its traceback."""
    try:
        report = republish(world.feed, world)
    except EnricherError as error:
        return Report(name, "failed", error=str(error)), ""
    except Exception:  # noqa: BLE001 the other feeds go on
        return Report(name, "failed", error="a bug of this program"), traceback.format_exc()
    world.settle(report)
    return report, ""
