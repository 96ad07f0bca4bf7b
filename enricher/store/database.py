"""One database, SQLite or PostgreSQL: opened, written in transactions, its errors turned into ours with advice."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from enricher.errors import ConfigError, StoreError
from enricher.store import schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

BUSY_SECONDS = 10
"""How long a writer of SQLite waits for another one: longer than any of our transactions takes."""
_BUSY, _LOCKED, _CORRUPT, _NOT_A_DATABASE = 5, 6, 11, 26  # https://sqlite.org/rescode.html
_CHUNK = 500
"""How many keys one question holds: SQLite before 3.32 takes 999 parameters."""
_DAMAGED = {_CORRUPT, _NOT_A_DATABASE}
_UNDECODABLE = "Could not decode to UTF-8"
_ADVICE = {
    "readonly": "make the file and its folder writable",
    "unable to open": "see that its folder exists and can be written",
    "full": "make room on the disk and run again",
    "i/o error": "see that its disk has room and is sound, and run again",
}


class DamagedError(StoreError):
    """The database file cannot be read as one; it was moved aside."""


class Database:
    """An engine whose database has the present schema."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._file = _file_of(engine)
        self._upserts: dict[str, Any] = {}
        self._damage: DamagedError | None = None
        self._inode = _inode(self._file)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Open a connection that sees one state. Raises StoreError."""
        with self.told(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Open a connection whose changes come in together, or not at all. Raises StoreError."""
        with self.told(), self._engine.connect() as plain:
            connection = plain.execution_options(writing=True)
            with connection.begin():
                yield connection

    def upsert(self, connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store rows, each in place of the earlier one of its primary key."""
        if not rows:
            return
        if table.name not in self._upserts:  # made once: SQLAlchemy takes longer to make a statement than to execute it
            insert: Any = sqlite.insert(table)
            if self._engine.dialect.name == "postgresql":
                # 60 ms of every start, of which SQLite has no use.
                from sqlalchemy.dialects import postgresql

                insert = postgresql.insert(table)
            keys = [column.name for column in table.primary_key]
            values = {c.name: insert.excluded[c.name] for c in table.columns if c.name not in keys}
            self._upserts[table.name] = insert.on_conflict_do_update(index_elements=keys, set_=values)
        connection.execute(self._upserts[table.name], [dict(row) for row in rows])

    def own_connection(self) -> sa.Connection:
        """Open a connection beside the pool, without transactions: its session's locks live as long as it."""
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.detach()
        return connection

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def create(self) -> None:
        """Create the tables that are missing. Raises StoreError for a database that is not ours."""
        with self.reading() as connection:
            if schema.is_current(connection):
                return
        with self.writing() as connection:
            schema.create(connection)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turn the library's errors into ours, with advice; a damaged file is moved aside at once."""
        if self._damage:
            raise self._damage
        try:
            yield
        except DBAPIError as error:
            code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
            said = (str(error.orig).strip().splitlines() or [type(error.orig).__name__])[0]
            damaged = code in _DAMAGED or said.startswith(_UNDECODABLE)
            if not damaged:
                advice = _advice(code, said)
                raise StoreError(f"the database {_shown(self._engine)} cannot be used: {said}; {advice}") from error
            self._damage = DamagedError(
                f"the database was damaged ({said}); {self._move_aside()}"
                " (documents outside the summaries folders have to be imported again)"
            )
            raise self._damage from error
        except (SQLAlchemyError, UnicodeError) as error:
            name = type(error).__name__
            raise StoreError(f"the database {_shown(self._engine)} refused: {name}; see `database`") from error

    def _move_aside(self) -> str:
        """Move the damaged file away, unless another process has done so; return what was done."""
        if self._file is None:
            return "restore it from a backup, or name another one in `database`"
        aside = f"{self._file}.damaged-{int(time.time())}-{os.getpid()}"
        # Beside another file's journals SQLite would take a new file for damaged too.
        if self._inode and _inode(self._file) == self._inode:
            with suppress(OSError):
                for suffix in ("-wal", "-shm", "-journal", ""):
                    if Path(self._file + suffix).exists():
                        Path(self._file + suffix).rename(aside + suffix)
        return f"it was moved to {aside}, and the next run rebuilds it from summaries and sources"


def open_database(url: str) -> tuple[Database, str | None]:
    """Open or create a database; return it and what had to be done for that.

    A damaged SQLite file is moved aside and begun anew. Raises ConfigError: wrong address; StoreError: unreachable,
    read-only, locked, another program's or version's.
    """
    engine = _engine_of(url)
    if (file := _file_of(engine)) and Path(file).parent.is_dir() and not Path(file).exists():
        with suppress(OSError):  # the database holds what private feeds say: the owner's alone
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    database = Database(engine)
    try:
        database.create()
    except DamagedError as error:
        database.close()
        database = Database(_engine_of(url))
        database.create()
        return database, str(error).replace("the next run rebuilds it", "it is rebuilt")
    except StoreError:
        database.close()
        raise
    return database, None


def connect(url: str) -> Database:
    """Return a database whose tables are not looked at. Raises ConfigError: wrong address."""
    return Database(_engine_of(url))


def is_postgresql(url: str) -> bool:
    """Check whether an address is one of PostgreSQL."""
    return url.lower().startswith("postgresql")


def open_read_only(url: str) -> Database:
    """Open a database for a command that leaves no trace: a SQLite file is neither created nor changed.

    Where nobody has it open, it is read as a file that cannot change, for the journals that a reader makes would stay:
    https://sqlite.org/wal.html#read_only_databases. Where there is none, an empty one is read. Raises StoreError.
    """
    engine = _engine_of(url)
    name = _file_of(engine)
    if name is None:
        return _ready(Database(engine))
    if not Path(name).exists() or not Path(name).stat().st_size:
        return memory()
    still = not Path(f"{name}-wal").exists()
    address = f"{Path(name).absolute().as_uri()}?{'immutable=1' if still else 'mode=ro'}"
    creator = lambda: sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)  # noqa: E731
    engine = sa.create_engine(f"sqlite:///{name}", creator=creator)
    return _ready(ReadOnlyFile(engine))


class ReadOnlyFile(Database):
    """A SQLite file that is only looked at: damage is told, and the file stays where it is."""

    def _move_aside(self) -> str:
        return "the next run moves it aside and rebuilds it from summaries and sources"


def _ready(database: Database) -> Database:
    try:
        with database.reading() as connection:
            if schema.is_current(connection):
                return database
    except StoreError:
        database.close()
        raise
    database.close()
    return memory()


def memory() -> Database:
    """Create an empty database that is gone when it is closed."""
    # It lives in its only connection, which threads use by turns: a transaction cannot begin within another's.
    engine = sa.create_engine(
        "sqlite://", poolclass=sa.QueuePool, pool_size=1, max_overflow=0, connect_args={"check_same_thread": False}
    )
    _tune(engine)
    database = Database(engine)
    database.create()
    return database


def _engine_of(url: str) -> sa.Engine:
    """Make an engine from a SQLAlchemy address. Raises ConfigError."""
    try:
        kind = sa.make_url(url).get_backend_name()
        if kind not in {"sqlite", "postgresql"}:
            raise ConfigError(f"`database` names {kind}; expected sqlite or postgresql")
        # PostgreSQL's connections are few, and a run may have a hundred processes: a thread waits for one of its five.
        engine = sa.create_engine(url, **({} if kind == "sqlite" else {"pool_pre_ping": True, "max_overflow": 0}))
    except ImportError as error:
        raise ConfigError(
            f"`database` needs a driver that is not installed: {error.name}; install it (pip install {error.name})"
        ) from None
    except (SQLAlchemyError, ValueError, TypeError):
        # What the library says may repeat the address, password included.
        raise ConfigError("`database` is no database address; write it like sqlite:///enricher.db") from None
    if kind == "sqlite":
        _tune(engine)
    return engine


def _tune(engine: sa.Engine) -> None:
    """Let SQLite's readers go on while one writes, and its writers wait for each other."""

    def connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, tables included
        if "timeout" not in engine.url.query:  # the address may say how long a writer waits
            connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode = WAL")
        # A loss of power may take the last commits, each of which only says what the next run would find out again.
        connection.execute("PRAGMA synchronous = NORMAL")

    def began(connection: sa.Connection) -> None:
        # A transaction that reads first and writes later could not wait for another writer.
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    sa.event.listen(engine, "connect", connected)
    sa.event.listen(engine, "begin", began)


def chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """Divide keys such that one question can hold them."""
    for start in range(0, len(keys), _CHUNK):
        yield keys[start : start + _CHUNK]


def _advice(code: int, said: str) -> str:
    if code in {_BUSY, _LOCKED}:
        return "another program holds it; wait for it to end and run again"
    return next((text for word, text in _ADVICE.items() if word in said.lower()), "see `database` in config.toml")


def _shown(engine: sa.Engine) -> str:
    """Name a database without its password."""
    url = engine.url
    return str(url.database) if engine.dialect.name == "sqlite" else f"{url.host or 'here'}/{url.database}"


def _file_of(engine: sa.Engine) -> str | None:
    """Return the path of a SQLite file, None for any other database."""
    name = engine.url.database
    sqlite_file = engine.dialect.name == "sqlite" and name and name != ":memory:" and "uri" not in engine.url.query
    return name if sqlite_file else None


def _inode(path: str | None) -> int:
    try:
        return Path(path).stat().st_ino if path else 0
    except OSError:
        return 0
