"""The store's tables, the same for SQLite and PostgreSQL. All can be made again from summaries and sources."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Float, Integer, LargeBinary, MetaData, String, Table, Text, inspect, select

from enricher.errors import StoreError

VERSION = 6

METADATA = MetaData()

META = Table("meta", METADATA, Column("key", String(40), primary_key=True), Column("value", Text, nullable=False))

SUMMARIES = Table(
    "summaries",
    METADATA,
    Column("path", String(4096), primary_key=True),
    # Empty for a document that was imported by its path.
    Column("folder", String(4096), nullable=False, index=True),
    # The key of the show that the summary names (matching.titles.show_key), empty where it names none.
    Column("show", String(1024), nullable=False, index=True),
    # Of the summary and what stands beside it: what is made of it depends on nothing else.
    Column("digest", String(64), nullable=False),
    # A digest of all that was read for it, then what the files looked like, nothing where that would not show every
    # later change; None where it must be read again.
    Column("stamp", Text),
    Column("document", Text, nullable=False),
    # What a person would miss in it, None where that is nothing.
    Column("fault", Text),
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
    # Deflated; None where only failures are known.
    Column("body", LargeBinary),
    Column("digest", String(64), nullable=False),
    Column("content_type", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("fetched_at", Float, nullable=False),
    # model.state.Schedule as JSON: when a file whose server failed may be requested again.
    Column("schedule", Text, nullable=False),
    # A day since 1970.
    Column("used_on", Integer, nullable=False),
)

RESULTS = Table(
    "results",
    METADATA,
    # The digest of everything that the result was made of.
    Column("key", String(64), primary_key=True),
    Column("value", LargeBinary, nullable=False),
    # A day since 1970.
    Column("used_on", Integer, nullable=False, index=True),
)

# The state is model.state.FeedState as JSON.
FEEDS = Table("feeds", METADATA, Column("name", String(200), primary_key=True), Column("state", Text, nullable=False))

HOSTS = Table(
    "hosts",
    METADATA,
    # http.host_limits.host_key
    Column("key", String(64), primary_key=True),
    # The host wants no request before that moment (Retry-After), in epoch seconds.
    Column("next_at", Float, nullable=False),
)

# The feeds that a run over many machines made so far, without an outcome while they are being made.
IN_FLIGHT = Table(
    "in_flight",
    METADATA,
    # Where the run publishes: others in the same database may be under way.
    Column("base_url", String(1024), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("outcome", String(40), nullable=False),
)


def is_current(connection: Connection) -> bool:
    """Check whether every table is there; false for an empty database. Raises StoreError for one that is not ours."""
    inspector = inspect(connection)
    present = set(inspector.get_table_names())
    if not present:
        return False
    ours = "meta" in present and {column["name"] for column in inspector.get_columns("meta")} == {"key", "value"}
    version = connection.execute(select(META.c.value).where(META.c.key == "version")).scalar() if ours else None
    if version is None or not str(version).isdecimal():
        raise StoreError("the database belongs to something else; name another one in `database`")
    if int(version) != VERSION:
        raise StoreError(
            f"the database was written by another version of enricher (schema {version}, this one knows {VERSION});"
            " name another file in `database`, which is filled from summaries and sources"
        )
    return present >= set(METADATA.tables)


def create(connection: Connection) -> None:
    """Create the tables that are missing."""
    METADATA.create_all(connection)
    if connection.execute(select(META.c.value).where(META.c.key == "version")).scalar() is None:
        connection.execute(META.insert().values(key="version", value=str(VERSION)))
