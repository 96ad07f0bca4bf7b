"""Small rows by key that every feed needs: read at once, held, and written together."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from enricher.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enricher.store.database import Database

_CHUNK = 500


class Pad:
    """One table with one key column, for many threads of one process.

    After `read`, rows come from memory. While `held`, changes wait for `write`: a run that is killed forgets the last
    ones, each of which only says what it would find out again.
    """

    def __init__(self, database: Database, table: sa.Table, columns: Iterable[str] | None = None) -> None:
        self._database, self._table = database, table
        self._key = next(iter(table.primary_key))
        chosen = [table.c[name] for name in columns] if columns else list(table.c)
        self._find = sa.select(*chosen).where(self._key.in_(sa.bindparam("keys", expanding=True)))
        self._rows: dict[str, Mapping[str, Any] | None] = {}
        self._waiting: dict[str, Mapping[str, Any]] = {}
        self._lock = threading.Lock()
        self.held = False

    def read(self, keys: Iterable[str]) -> None:
        """Read the rows of these keys with few questions, those that are not there included."""
        wanted = sorted(set(keys) - self._rows.keys())
        found: dict[str, Mapping[str, Any] | None] = dict.fromkeys(wanted)
        with self._database.reading() as connection:
            for start in range(0, len(wanted), _CHUNK):
                rows = connection.execute(self._find, {"keys": wanted[start : start + _CHUNK]}).mappings()
                found |= {row[self._key.name]: dict(row) for row in rows}
        with self._lock:
            self._rows = found | self._rows

    def get(self, key: str) -> Mapping[str, Any] | None:
        """Give a row, None where there is none."""
        if key in self._rows:
            return self._rows[key]
        with self._database.reading() as connection:
            row = connection.execute(self._find, {"keys": [key]}).mappings().one_or_none()
        return dict(row) if row else None

    def put(self, row: Mapping[str, Any]) -> None:
        """Store a row in place of the earlier one of its key, now or, while held, at the next `write`."""
        key = row[self._key.name]
        with self._lock:
            if self.held or key in self._rows:
                self._rows[key] = row
            self._waiting[key] = row
        if not self.held:
            self.write()

    def refresh(self, row: Mapping[str, Any]) -> None:
        """Take note of a row that was stored by another way."""
        with self._lock:
            if row[self._key.name] in self._rows:
                self._rows[row[self._key.name]] = row

    def drop(self, key: str) -> None:
        """Remove a row."""
        with self._lock:
            self._rows.pop(key, None)
            self._waiting.pop(key, None)
        with self._database.writing() as connection:
            connection.execute(self._table.delete().where(self._key == key))

    def write(self) -> None:
        """Store what waits; what cannot be stored waits on. Raises StoreError."""
        with self._lock:
            rows, self._waiting = self._waiting, {}
        try:
            self._database.upsert(self._table, list(rows.values()))
        except StoreError:
            with self._lock:
                self._waiting = rows | self._waiting
            raise
