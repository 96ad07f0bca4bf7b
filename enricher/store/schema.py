"""The store's tables, and how an older database becomes the present one. The same for SQLite and PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, Float, Integer, LargeBinary, MetaData, String, Table, Text, cast, inspect, select, text

from enricher.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

VERSION = 4

_DAY = 86400

METADATA = MetaData()

META = Table("meta", METADATA, Column("key", String(40), primary_key=True), Column("value", Text, nullable=False))

SUMMARIES = Table(
    "summaries",
    METADATA,
    Column("path", String(4096), primary_key=True),
    Column("folder", String(4096), nullable=False, index=True),
    # The folded name of the show, empty where the summary names none.
    Column("show", String(1024), nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    # What the files looked like when they were read, None where that would not show every later change.
    Column("stamp", Text),
    Column("document", Text, nullable=False),
    Column("transcript_path", String(4096)),
    Column("transcript", LargeBinary),
    Column("outline_path", String(4096)),
    Column("outline", LargeBinary),
)

DOCUMENTS = Table(
    "documents",
    METADATA,
    # The digest of the address: the address itself may hold a secret.
    Column("key", String(64), primary_key=True),
    Column("shown", Text, nullable=False),
    # Where redirects led, for resolving relative links; None where that is the address itself or holds a secret.
    Column("address", Text),
    # Compressed with zstandard.
    Column("body", LargeBinary, nullable=False),
    # The SHA-256 of the body, empty where it was not known yet.
    Column("digest", String(64), nullable=False, server_default=""),
    Column("content_type", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("fetched_at", Float, nullable=False),
    # A day since 1970.
    Column("used_on", Integer, nullable=False, server_default="0"),
)

REMEMBERED = Table(
    "remembered",
    METADATA,
    Column("kind", String(40), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("value", Text, nullable=False),
    # A day since 1970.
    Column("used_on", Integer, nullable=False, index=True),
)

FEEDS = Table("feeds", METADATA, Column("name", String(200), primary_key=True), Column("state", Text, nullable=False))

VISITS = Table(
    "visits",
    METADATA,
    # The digest of the address.
    Column("key", String(64), primary_key=True),
    # When to ask again, and how; see manners.py.
    Column("state", Text, nullable=False),
    # A day since 1970.
    Column("used_on", Integer, nullable=False),
)

HOSTS = Table(
    "hosts",
    METADATA,
    # The digest of the host's name: a secret may stand in it.
    Column("key", String(64), primary_key=True),
    # The host wants no request before that moment.
    Column("next_at", Float, nullable=False),
)

_FIRST_TABLES = {"meta", "summaries", "documents", "remembered", "feeds"}
"""Those of version 1, by which a database is known to be ours."""


def _from_1(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE summaries ADD COLUMN stamp TEXT"))
    connection.execute(text("ALTER TABLE documents ADD COLUMN address TEXT"))
    connection.execute(text("ALTER TABLE documents ADD COLUMN used_on INTEGER NOT NULL DEFAULT 0"))
    # The oldest day would be forgotten at once; the day of the fetch is known.
    used = cast(DOCUMENTS.c.fetched_at / _DAY, Integer)
    connection.execute(DOCUMENTS.update().values(used_on=used))


def _from_2(connection: Connection) -> None:
    METADATA.create_all(connection, tables=[VISITS, HOSTS])


def _from_3(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE documents ADD COLUMN digest VARCHAR(64) NOT NULL DEFAULT ''"))


MIGRATIONS: dict[int, Callable[[Connection], None]] = {1: _from_1, 2: _from_2, 3: _from_3}
"""Each step from the version that is its key to the next."""


def is_current(connection: Connection) -> bool:
    """Tell whether the database is ready as it is. Raises StoreError for a newer or a foreign one."""
    return _version(connection) == VERSION


def prepare(connection: Connection) -> None:
    """Create the tables of a new database, bring an older one up to date, refuse a newer or a foreign one.

    Raises StoreError.
    """
    version = _version(connection)
    if version is None:
        METADATA.create_all(connection)
        connection.execute(META.insert().values(key="version", value=str(VERSION)))
        return
    for step in range(version, VERSION):
        MIGRATIONS[step](connection)
    if version < VERSION:
        connection.execute(META.update().where(META.c.key == "version").values(value=str(VERSION)))


def _version(connection: Connection) -> int | None:
    """Give the version of a database that is ours, None for an empty one."""
    inspector = inspect(connection)
    present = set(inspector.get_table_names())
    if not present:
        return None
    ours = present >= _FIRST_TABLES and {c["name"] for c in inspector.get_columns("meta")} == {"key", "value"}
    value = connection.execute(select(META.c.value).where(META.c.key == "version")).scalar() if ours else None
    if value is None or not str(value).isdecimal() or int(value) < 1:
        raise StoreError("the database belongs to something else; name another one in `database`")
    if int(value) > VERSION:
        raise StoreError(
            f"the database was written by a newer enricher (schema {value}, this one knows {VERSION});"
            " upgrade the program, or name another file in `database`"
        )
    return int(value)
