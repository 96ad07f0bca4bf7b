"""Locks that several machines share: PostgreSQL's advisory locks, which the server frees when their session ends.

https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS. A pooler between must give each client a
session of its own (PgBouncer: `pool_mode = session`).
"""

from __future__ import annotations

import hashlib
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from enricher.errors import LockedError, StoreError
from enricher.store import schema
from enricher.store.database import connect, is_postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enricher.store.database import Database

_POLL_SECONDS = 0.05
_TRY = sa.text("SELECT pg_try_advisory_lock(:what)")
_UNLOCK = sa.text("SELECT pg_advisory_unlock(:what)")
_WAIT = sa.select(schema.HOSTS.c.next_at).where(schema.HOSTS.c.key == sa.bindparam("what"))
# A machine that lost its power says no good-bye: its locks are free after a minute, by default after two hours.
_KEEPALIVE = (
    sa.text("SET tcp_keepalives_idle = 30"),
    sa.text("SET tcp_keepalives_interval = 10"),
    sa.text("SET tcp_keepalives_count = 3"),
)


def _number(name: str) -> int:
    """Return the 64 bits that PostgreSQL names a lock by."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


@contextmanager
def run_lock(url: str, name: str) -> Iterator[None]:
    """Hold the lock of one run over a PostgreSQL database, on whatever machine; a SQLite file needs none.

    `name` is the same wherever the same feeds are published. Raises LockedError where another run holds it, StoreError.
    """
    if not is_postgresql(url):
        yield
        return
    locks = _Session(connect(url))
    try:
        if not locks.ask(_TRY, _number(f"run {name}")):
            raise LockedError
        yield
    finally:
        locks.close()


class DatabaseLocks:
    """Locks and waits of hosts for all processes that use a PostgreSQL database: one more connection for each."""

    def __init__(self, database: Database) -> None:
        self._session = _Session(database)
        self._lock = threading.Lock()
        self._held: set[int] = set()
        """What threads of this process hold: PostgreSQL gives a session the same lock twice."""

    @contextmanager
    def held(self, key: str, slots: int) -> Iterator[None]:
        """Hold one of a host's `slots`; waits for it. Raises StoreError."""
        number = self._acquire([_number(f"host {key}.{slot}") for slot in range(slots)])
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(number)
                with suppress(StoreError):  # the session is lost, and its locks are free
                    self._session.ask(_UNLOCK, number)

    def _acquire(self, numbers: list[int]) -> int:
        # Asked again and again, for a question that waits would take a connection for each waiting thread. Only a host
        # that serves the feeds of one share and the transcripts of another is ever waited for.
        while True:
            with self._lock:
                for number in numbers:
                    if number not in self._held and self._session.ask(_TRY, number):
                        self._held.add(number)
                        return number
            time.sleep(_POLL_SECONDS)

    def wait_until(self, key: str) -> float:
        """Return the epoch second before which a host wants no request, as any process stored it; 0 if none did."""
        with self._lock:  # by the session, which needs no transaction and is asked for its locks anyway
            return float(self._session.ask(_WAIT, key) or 0.0)

    def set_wait(self, key: str, until: float) -> None:
        """Do nothing more: `Hosts` saves it in the database for the next run too."""

    def close(self) -> None:
        """Close the connection, which frees all of its locks."""
        self._session.close()


class _Session:
    """A connection that is kept, since its locks are its own; one that was lost is opened anew."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: sa.Connection | None = None

    def ask(self, question: sa.Executable, what: int | str) -> Any:  # noqa: ANN401 a column of any table
        """Ask for a lock, say, by its number; return the answer's only value. Raises StoreError."""
        try:
            with self._database.told():
                if self._connection is None:
                    self._connection = self._database.own_connection()
                    for setting in _KEEPALIVE:
                        self._connection.execute(setting)
                return self._connection.execute(question, {"what": what}).scalar()
        except StoreError:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
