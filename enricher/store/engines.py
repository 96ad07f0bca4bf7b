"""SQLite or PostgreSQL: engines that are made and tuned alike, whatever the database is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from enricher.errors import ConfigError

if TYPE_CHECKING:
    import sqlite3

BUSY_SECONDS = 30
"""How long a writer of SQLite waits for another one."""


def engine_of(url: str) -> sa.Engine:
    """Make an engine from a SQLAlchemy address. Raises ConfigError."""
    try:
        kind = sa.make_url(url).get_backend_name()
        if kind not in {"sqlite", "postgresql"}:
            raise ConfigError(f"`database` names {kind}; expected sqlite or postgresql")
        engine = sa.create_engine(url, **({} if kind == "sqlite" else {"pool_pre_ping": True}))
    except ImportError as error:
        raise ConfigError(
            f"`database` needs a driver that is not installed: {error.name}; install it (pip install {error.name})"
        ) from None
    except (SQLAlchemyError, ValueError, TypeError):
        # What the library says may repeat the address, password included.
        raise ConfigError("`database` is no database address; write it like sqlite:///enricher.db") from None
    _tune(engine)
    return engine


def memory_engine() -> sa.Engine:
    """Make the engine of an empty database that is gone when it is closed."""
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool, connect_args={"check_same_thread": False})
    _tune(engine)
    return engine


def _tune(engine: sa.Engine) -> None:
    """Let SQLite's readers go on while one writes, and its writers wait for each other."""
    if engine.dialect.name != "sqlite":
        return

    def connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, tables included
        if "timeout" not in engine.url.query:  # the address may say how long a writer waits
            connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")

    def began(connection: sa.Connection) -> None:
        # A transaction that reads first and writes later could not wait for another writer.
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    sa.event.listen(engine, "connect", connected)
    sa.event.listen(engine, "begin", began)


def insert_of(engine: sa.Engine, table: sa.Table) -> Any:  # noqa: ANN401 each dialect has an Insert of its own
    """Begin an insert that may put rows in place of others."""
    if engine.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def shown(engine: sa.Engine) -> str:
    """Name a database without its password."""
    url = engine.url
    return str(url.database) if engine.dialect.name == "sqlite" else f"{url.host or 'here'}/{url.database}"


def file_of(engine: sa.Engine) -> str | None:
    """Give the path of a SQLite file, None for any other database."""
    name = engine.url.database
    return (
        name
        if engine.dialect.name == "sqlite" and name and name != ":memory:" and "uri" not in engine.url.query
        else None
    )
