"""Locks of hosts that several processes hold against each other: one's feeds have transcripts on another's host."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager


class HostLocks(Protocol):
    """Locks and waits of hosts, by `host_limits.host_key`, that all processes of a run share."""

    def held(self, key: str, slots: int) -> AbstractContextManager[None]:
        """Hold one of a host's `slots`; waits for it."""

    def wait_until(self, key: str) -> float:
        """Return the epoch second before which a host wants no request, as any process heard it; 0 if none did."""

    def set_wait(self, key: str, until: float) -> None:
        """Let all processes know a host's wait."""


class FolderLocks:
    """Files in a folder of this machine: locks (flock) and waits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def held(self, key: str, slots: int) -> Iterator[None]:
        """Hold one of a host's files."""
        paths = [f"{self._folder}/{key}.{slot}" for slot in range(slots)]
        handles = [os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for path in paths]
        try:
            if not any(_try_lock(handle) for handle in handles):
                fcntl.flock(handles[os.getpid() % len(handles)], fcntl.LOCK_EX)
            yield
        finally:
            for handle in handles:  # closing gives the lock back
                os.close(handle)

    def wait_until(self, key: str) -> float:
        """Return what a process wrote of a host's wait; 0 if none did."""
        path = f"{self._folder}/{key}.wait"
        if os.access(path, os.R_OK):  # looked for several times for each feed, and hardly ever there
            with suppress(OSError, ValueError):
                return float(Path(path).read_text())
        return 0.0

    def set_wait(self, key: str, until: float) -> None:
        """Write a host's wait for the other processes."""
        (self._folder / f"{key}.wait").write_text(repr(until))


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
