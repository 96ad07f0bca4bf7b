"""One host's requests: at most `per_host` at a time, and none before its Retry-After is over, whoever heard it."""

from __future__ import annotations

import hashlib
import threading
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from enricher.http.client import AnswerError, WaitError
from enricher.http.schedule import LONGEST, retry_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from enricher.http.host_locks import HostLocks


class Hosts:
    """The hosts that a run asks, for all of its threads and, with `locks` that they share, all of its processes.

    `waits` maps hosts' keys (`host_key`) to the epoch second before which they want no request; `save` stores a new
    one for the next run.
    """

    def __init__(
        self,
        waits: Mapping[str, float],
        save: Callable[[str, float], None],
        *,
        per_host: int = 1,
        locks: HostLocks | None = None,
    ) -> None:
        self._waits, self._save, self._per_host, self._locks = dict(waits), save, per_host, locks
        self._slots: dict[str, threading.Semaphore] = {}
        self._lock = threading.Lock()

    def wait_until(self, host: str, now: float) -> float:
        """Return the epoch second before which a host wants no request; 0 where it said nothing."""
        key = host_key(host)
        until = self._waits.get(key, 0.0)
        if self._locks:
            until = max(until, self._locks.wait_until(key))
        # No host is put off for longer, but for a feed whose turn began a while ago: the clock was set back.
        return until if until <= now + 2 * LONGEST else 0.0

    def set_wait(self, host: str, until: float) -> None:
        """Leave a host alone until then, in this run and the next."""
        key = host_key(host)
        self._waits[key] = until
        if self._locks:
            self._locks.set_wait(key, until)
        self._save(key, until)

    @contextmanager
    def request(self, host: str, now: float, *, impatient: bool = False) -> Iterator[None]:
        """Hold one of the host's slots for a request, and heed the Retry-After of an answer that it raises."""
        with self.turn(host, now, impatient=impatient):
            try:
                yield
            except AnswerError as error:
                # Within the turn, so that whoever has the next one knows.
                until = retry_at(error.answer, now)
                if until is not None:
                    self.set_wait(host, until)
                raise

    @contextmanager
    def turn(self, host: str, now: float, *, impatient: bool = False) -> Iterator[None]:
        """Hold one of the host's slots. Raises WaitError where the host wants no request yet, unless `impatient`."""
        with self._lock:
            slot = self._slots.setdefault(host, threading.Semaphore(self._per_host))
        with slot, self._locks.held(host_key(host), self._per_host) if self._locks else nullcontext():
            until = self.wait_until(host, now)
            if until > now and not impatient:
                raise WaitError(f"{host} is rate-limited by the server", until)
            yield


def host_key(host: str) -> str:
    """Return the key under which a host is stored: its digest, for a secret may stand in its name."""
    return hashlib.sha256(host.encode("utf-8", "surrogatepass")).hexdigest()
