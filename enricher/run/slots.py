"""Few feeds compute at the same time, however many wait for the network; one that computes for too long is found."""

from __future__ import annotations

import faulthandler
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class _Computing:
    """One thread's feed, the clock of the thread's processor time, and what it showed at the beginning."""

    name: str
    clock: int
    began: float
    holds: bool = True
    """Whether it has a slot now."""
    abandoned: bool = False


class Slots:
    """`count` feeds of a process compute at once, so that memory stays small: a feed takes up to 15 times its size.

    `limit` is the processor time in seconds that one feed may take; waiting for the network counts for nothing, and
    gives the slot to another feed (`idle`).
    """

    def __init__(self, count: int, limit: float) -> None:
        self._free, self._limit = threading.Semaphore(count), limit
        self._threads: dict[int, _Computing] = {}
        self._lock = threading.Lock()

    @contextmanager
    def computing(self, name: str) -> Iterator[None]:
        """Compute for a feed in this thread."""
        # macOS has no such clock: there no feed is found to be overdue, and `watch` alone ends what hangs.
        clock = getattr(time, "pthread_getcpuclockid", lambda _: time.CLOCK_THREAD_CPUTIME_ID)(threading.get_ident())
        mine = _Computing(name, clock, time.clock_gettime(clock))
        self._free.acquire()
        self._threads[threading.get_ident()] = mine
        try:
            yield
        finally:
            del self._threads[threading.get_ident()]
            self._give_back(mine)

    @contextmanager
    def idle(self) -> Iterator[None]:
        """Wait for something else than the processor."""
        mine = self._threads.get(threading.get_ident())
        if mine:
            self._give_back(mine)
        try:
            yield
        finally:
            if mine and not mine.abandoned:
                self._free.acquire()
                mine.holds = True

    def _give_back(self, mine: _Computing) -> None:
        with self._lock:  # a feed may be abandoned while it begins to wait for the network
            held, mine.holds = mine.holds, False
        if held:
            self._free.release()

    def abandon_overdue(self) -> list[str]:
        """Return the feeds that have computed for longer than the limit, each once; others get their slots."""
        found = []
        for mine in list(self._threads.values()):
            with suppress(OSError):  # the thread has ended meanwhile
                if not mine.abandoned and time.clock_gettime(mine.clock) - mine.began > self._limit:
                    mine.abandoned = True
                    self._give_back(mine)
                    found.append(mine.name)
        return found

    def abandoned(self) -> int:
        """Count the abandoned feeds that are at work still."""
        return sum(one.abandoned for one in list(self._threads.values()))

    def watch(self) -> None:
        """End the process if this is not called again within the limit: a loop in C code may hold the interpreter.

        A regular expression on a feed made for it can do that, and then neither a signal handler nor another thread
        ever runs. Where every thread stands goes to standard error, and the exit code is 1.
        """
        faulthandler.dump_traceback_later(self._limit + 1, exit=True)

    def close(self) -> None:
        """Watch no longer."""
        faulthandler.cancel_dump_traceback_later()
