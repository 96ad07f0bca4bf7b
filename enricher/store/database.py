"""One database: opened, mended, its errors told as ours."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections import deque
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, DBAPIError, SQLAlchemyError

from enricher.errors import StoreError
from enricher.store import schema
from enricher.store.engines import BUSY_SECONDS, engine_of, file_of, insert_of, memory_engine, shown
from enricher.store.snapshot import copy_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SQLITE_BUSY, _SQLITE_LOCKED, _SQLITE_CORRUPT, _SQLITE_NOTADB = 5, 6, 11, 26  # https://sqlite.org/rescode.html
_UNDECODABLE = "Could not decode to UTF-8"
_JOURNALS = ("-wal", "-shm", "-journal")
_MARKER = ".is-damaged"
REBUILT = (
    "the database was damaged; it was moved to {} and is rebuilt from summaries and sources"
    " (documents outside the summaries folders have to be imported again)"
)


class DamagedError(StoreError):
    """The database file cannot be read as one; the next opening moves it aside."""


class Database:
    """An engine whose database has the present schema. A forked process gets connections of its own."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._pid = os.getpid()
        self._parents: list[sa.Pool] = []
        self._upserts: dict[str, Any] = {}

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one state. Raises StoreError."""
        with _told(self._mine()), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection whose changes come in together, or not at all. Raises StoreError."""
        with _told(self._mine()), self._engine.connect() as plain:
            connection = plain.execution_options(writing=True)
            with connection.begin():
                yield connection

    def upsert(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store rows, each in place of the earlier one of its primary key. Raises StoreError."""
        if not rows:
            return
        with self.writing() as connection:
            connection.execute(self._upsert(table), [dict(row) for row in rows])

    def _upsert(self, table: sa.Table) -> Any:  # noqa: ANN401 each dialect has an Insert of its own
        """Make the statement once for each table; to make it takes longer than to carry it out."""
        if table.name not in self._upserts:
            insert = insert_of(self._engine, table)
            keys = [column.name for column in table.primary_key]
            values = {c.name: insert.excluded[c.name] for c in table.columns if c.name not in keys}
            self._upserts[table.name] = insert.on_conflict_do_update(index_elements=keys, set_=values)
        return self._upserts[table.name]

    def close(self) -> None:
        """Close every connection."""
        self._mine().dispose()

    def _mine(self) -> sa.Engine:
        if self._pid != os.getpid():
            # Closing the parent's connections here would harm it, so they are kept and never used.
            # https://sqlite.org/howtocorrupt.html#_carrying_an_open_database_connection_across_a_fork_
            self._parents.append(self._engine.pool)
            self._engine.dispose(close=False)
            self._pid = os.getpid()
        return self._engine


def open_database(url: str, now: float) -> tuple[Database, tuple[str, ...]]:
    """Open or create a database; give it and what had to be done for that.

    A damaged SQLite file is moved aside and begun anew. Raises ConfigError: wrong address; StoreError: unreachable,
    read-only, locked, newer schema, another program's.
    """
    engine = engine_of(url)
    name = file_of(engine)
    if name is None:
        return _prepared(engine), ()
    if not Path(name + _MARKER).exists():
        try:
            return _prepared(engine), ()
        except DamagedError:
            engine.dispose()
    aside = _set_aside(engine, name, now)
    return _prepared(engine), (REBUILT.format(aside),) if aside else ()


def memory() -> Database:
    """Make an empty database that is gone when it is closed."""
    return _prepared(memory_engine())


def snapshot(url: str) -> Database | None:
    """Copy a SQLite file into memory, an empty database where there is none; None for any other database.

    The file is neither created nor changed, and no file is left beside it. Raises StoreError.
    """
    name = file_of(engine_of(url))
    if name is None:
        return None
    engine = memory_engine()
    with _told(engine_of(url), note=False), engine.connect() as connection:
        if Path(name).exists():
            try:
                copy_file(Path(name), connection.connection.driver_connection, BUSY_SECONDS)
            except sqlite3.Error as error:
                raise DatabaseError("copy", None, error) from error
    return _prepared(engine)


def _prepared(engine: sa.Engine) -> Database:
    database = Database(engine)
    try:
        with database.reading() as connection:
            if schema.is_current(connection):
                return database
        with database.writing() as connection:
            schema.prepare(connection)
    except StoreError:
        engine.dispose()
        raise
    return database


@contextmanager
def _told(engine: sa.Engine, *, note: bool = True) -> Iterator[None]:
    """Turn the database's errors into ours, with advice; note damage for the next opening."""
    try:
        yield
    except DBAPIError as error:
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        said = (str(error.orig).strip().splitlines() or [type(error.orig).__name__])[0]
        if said.startswith(_UNDECODABLE):
            code, said = _SQLITE_CORRUPT, "a text in it is none"
        message = f"the database {shown(engine)} cannot be used: {said}; {_advice(code, said)}"
        if code not in {_SQLITE_CORRUPT, _SQLITE_NOTADB}:
            raise StoreError(message) from error
        if note:
            _mark(engine)
        raise DamagedError(message) from error
    except (SQLAlchemyError, UnicodeError) as error:
        raise StoreError(f"the database {shown(engine)} refused: {type(error).__name__}; see `database`") from error


def _advice(code: int, said: str) -> str:
    if code in {_SQLITE_BUSY, _SQLITE_LOCKED}:
        return "another program holds it; wait for it to end and run again"
    if code in {_SQLITE_CORRUPT, _SQLITE_NOTADB}:
        return "the next run moves it aside and rebuilds it"
    advice = {
        "readonly": "make the file and its folder writable",
        "unable to open": "see that its folder exists and can be written",
        "full": "make room on the disk and run again",
        "i/o error": "see that its disk has room and is sound, and run again",
    }
    return next((text for word, text in advice.items() if word in said.lower()), "see `database` in config.toml")


def _mark(engine: sa.Engine) -> None:
    """Leave word for the next opening: damage may lie where an opening does not look."""
    name = file_of(engine)
    try:
        if name:
            Path(name + _MARKER).touch()
    except OSError:
        pass  # The next run will meet the damage again.


def _set_aside(engine: sa.Engine, name: str, now: float) -> str | None:
    """Move a damaged file and its journals out of the way; give its new path, None where it is sound after all."""
    try:
        folder = os.open(Path(name).absolute().parent, os.O_RDONLY)
    except OSError as error:
        raise StoreError(f"the database {name} is damaged and cannot be moved aside: {error.strerror}") from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if _is_sound(engine):
            Path(name + _MARKER).unlink(missing_ok=True)
            return None
        aside = _free(f"{name}.damaged-{int(now)}")
        for suffix in _JOURNALS:
            if Path(name + suffix).exists():
                Path(name + suffix).rename(aside + suffix)
        if Path(name).exists():
            Path(name).rename(aside)
        _prepared(engine).close()
        Path(name + _MARKER).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"the database {name} is damaged and cannot be moved aside: {error.strerror}") from error
    else:
        return aside
    finally:
        os.close(folder)


def _is_sound(engine: sa.Engine) -> bool:
    """Look everywhere; another process may have begun it anew meanwhile."""
    try:
        with Database(engine).reading() as connection:
            for name in sa.inspect(connection).get_table_names():
                deque(connection.execute(sa.select("*").select_from(sa.table(name))), 0)
            return connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() == "ok"
    except DamagedError:
        return False
    finally:
        engine.dispose()


def _free(name: str) -> str:
    found, number = name, 1
    while Path(found).exists():
        number += 1
        found = f"{name}-{number}"
    return found
