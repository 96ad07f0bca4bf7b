"""The state of every feed, stored documents, results of items and hosts' waits; SQLAlchemy Core."""

from __future__ import annotations

import hashlib
import time
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeVar

import msgspec
import sqlalchemy as sa

from enricher.errors import FetchError
from enricher.model.feed import Document
from enricher.model.state import Copy, FeedState, Schedule
from enricher.redaction import redact
from enricher.store import schema
from enricher.store.database import chunks, open_database, open_read_only
from enricher.store.in_flight import InFlightTable
from enricher.store.locks import DatabaseLocks
from enricher.store.meta import MetaTable
from enricher.store.rows import day_of, document_row
from enricher.store.summaries import SummaryTable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from enricher.store.database import Database

T = TypeVar("T")
_RESULT_DAYS = 30
_DOCUMENT_DAYS = 400  # a transcript whose host is down is missed for longer than a result that can be made again
# Made once: to make a statement takes longer than to execute it.
_HEAD = sa.select(
    *(schema.DOCUMENTS.c[name] for name in ("key", "digest", "etag", "last_modified", "fetched_at")),
    *(schema.DOCUMENTS.c[name] for name in ("schedule", "used_on")),
).where(schema.DOCUMENTS.c.key == sa.bindparam("wanted"))
_STATES = sa.select(schema.FEEDS).where(schema.FEEDS.c.name.in_(sa.bindparam("names", expanding=True)))
_RESULTS = sa.select(schema.RESULTS).where(schema.RESULTS.c.key.in_(sa.bindparam("keys", expanding=True)))


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """What is known of an item's file without reading it."""

    copy: Copy | None
    """None where only failures are known."""
    schedule: Schedule


class Store:
    """One database; every thread of a process may use it, and each process opens its own.

    A store that is `read_only` takes nothing but summaries, which it keeps in memory: for dry runs and `explain`.
    """

    def __init__(self, database: Database, warning: str | None = None, *, read_only: bool = False) -> None:
        self._database = database
        self._states: dict[str, FeedState] = {}
        self.summaries = SummaryTable(database, read_only=read_only)
        self.meta = MetaTable(database, read_only=read_only)
        self.host_locks = DatabaseLocks(database)
        self.read_only = read_only
        self.warning = warning
        """What had to be done to open it, for the report."""

    @classmethod
    def open(cls, url: str, *, read_only: bool = False) -> Store:
        """Open or create the database. A damaged SQLite file is moved aside and begun anew.

        Raises ConfigError: wrong address; StoreError: unreachable, locked, another program's or version's.
        """
        return cls(open_read_only(url), read_only=True) if read_only else cls(*open_database(url))

    def __enter__(self) -> Self:
        """Use it in a `with`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close every connection."""
        self.close()

    def close(self) -> None:
        """Close every connection; a later use opens new ones. A process that forks must close them before."""
        self.host_locks.close()
        self._database.close()

    def in_flight(self, base_url: str) -> InFlightTable:
        """Return which feeds are being made by a run over many machines."""
        return InFlightTable(self._database, base_url)

    def try_writing(self) -> None:
        """Begin to write and leave it at that. Raises StoreError where the database cannot be written."""
        with self._database.writing():
            pass

    def prune(self, now: float, urls: Iterable[str]) -> None:
        """Forget results unused for 30 days and documents unused for 400, but for the sources at `urls`."""
        results, documents, hosts = schema.RESULTS, schema.DOCUMENTS, schema.HOSTS
        old = documents.c.used_on < day_of(now) - _DOCUMENT_DAYS
        with self._database.writing() as connection:
            connection.execute(results.delete().where(results.c.used_on < day_of(now) - _RESULT_DAYS))
            # A source that never changes is never read: its day of use says nothing.
            keys = set(connection.execute(sa.select(documents.c.key).where(old)).scalars()) - set(
                map(address_key, urls)
            )
            for chunk in chunks(sorted(keys)):
                connection.execute(documents.delete().where(documents.c.key.in_(chunk)))
            connection.execute(hosts.delete().where(hosts.c.next_at < now))

    # feeds

    def read_states(self, names: Sequence[str]) -> dict[str, FeedState]:
        """Read the states of many feeds with few questions; `feed_state` then gives them from memory."""
        found: dict[str, FeedState] = dict.fromkeys(names, FeedState())
        with self._database.reading() as connection:
            for chunk in chunks(names):
                for name, text in connection.execute(_STATES, {"names": chunk}):
                    found[name] = _decoded(text, FeedState)
        self._states |= found
        return found

    def feed_state(self, name: str) -> FeedState:
        """Return what was last saved of a feed; an empty state where nothing was, or where it is damaged."""
        return self._states[name] if name in self._states else self.read_states([name])[name]

    def feed_names(self) -> list[str]:
        """Return the names of all feeds that ever had a turn."""
        with self._database.reading() as connection:
            return list(connection.execute(sa.select(schema.FEEDS.c.name)).scalars())

    def save_feed(
        self, name: str, state: FeedState, documents: Mapping[str, Document], now: float, old: Copy | None = None
    ) -> None:
        """Save the state of a feed and the documents that it was made of, in one transaction; `old`: what is stored."""
        self._states[name] = state
        if self.read_only:
            return
        known = {old.key: old.digest} if old else {}
        rows = [
            document_row(address_key(url), url, document, now)
            for url, document in documents.items()
            if known.get(address_key(url)) != hashlib.sha256(document.body).hexdigest()
        ]
        with self._database.writing() as connection:
            self._database.upsert(connection, schema.FEEDS, [_state_row(name, state)])
            self._database.upsert(connection, schema.DOCUMENTS, rows)

    def save_states(self, states: Mapping[str, FeedState]) -> None:
        """Save the states of many feeds in one transaction."""
        self._states |= states
        if states and not self.read_only:
            with self._database.writing() as connection:
                self._database.upsert(connection, schema.FEEDS, [_state_row(*one) for one in states.items()])

    # documents

    def find_document(self, url: str) -> StoredDocument | None:
        """Return what is known of a document without reading its body, None where nothing is."""
        with self._database.reading() as connection:
            row = connection.execute(_HEAD, {"wanted": address_key(url)}).one_or_none()
        if row is None:
            return None
        if row.used_on < day_of(time.time()):
            self._change(url, used_on=day_of(time.time()))
        copy = Copy(row.key, row.digest, row.etag, row.last_modified, row.fetched_at) if row.digest else None
        return StoredDocument(copy, _decoded(row.schedule, Schedule))

    def read_document(self, url: str) -> Document:
        """Read a stored document. Raises FetchError for a damaged one, which is forgotten and so fetched anew."""
        table, key = schema.DOCUMENTS, address_key(url)
        with self._database.reading() as connection:
            row = connection.execute(sa.select(table).where(table.c.key == key)).one_or_none()
        try:
            body = zlib.decompress(row.body) if row is not None and row.body is not None else None
        except zlib.error:
            body = None
        if row is None or body is None or hashlib.sha256(body).hexdigest() != row.digest:
            if not self.read_only:
                with self._database.writing() as connection:
                    connection.execute(table.delete().where(table.c.key == key))
            raise LostCopyError(f"{redact(url)}: the stored copy is damaged; the next run fetches it anew")
        return Document(row.address or url, body, row.content_type, row.etag, row.last_modified, row.shown)

    def save_document(self, url: str, document: Document, now: float) -> None:
        """Store a document as the last good one of its address; the address itself is not stored."""
        if not self.read_only:
            with self._database.writing() as connection:
                self._database.upsert(
                    connection, schema.DOCUMENTS, [document_row(address_key(url), url, document, now)]
                )

    def renew_document(self, url: str, now: float) -> None:
        """Note that a document is still what its server has."""
        self._change(url, fetched_at=now, schedule="{}")

    def save_schedule(self, url: str, schedule: Schedule, now: float) -> None:
        """Note that a document could not be had; what is stored of it stays."""
        text = msgspec.json.encode(schedule).decode()
        if not self.read_only and not self._change(url, schedule=text):
            row = document_row(address_key(url), url, Document(url, b"", shown=url), now) | {
                "body": None,
                "digest": "",
                "schedule": text,
            }
            with self._database.writing() as connection:
                self._database.upsert(connection, schema.DOCUMENTS, [row])

    def _change(self, url: str, **values: str | float) -> bool:
        if self.read_only:
            return True
        table = schema.DOCUMENTS
        with self._database.writing() as connection:
            change = table.update().where(table.c.key == address_key(url)).values(**values)
            return connection.execute(change).rowcount > 0

    # hosts

    def host_waits(self) -> dict[str, float]:
        """Return until when each host wants no request, by http.host_limits.host_key."""
        with self._database.reading() as connection:
            return {row.key: row.next_at for row in connection.execute(sa.select(schema.HOSTS))}

    def save_host_wait(self, key: str, until: float) -> None:
        """Note that a host wants no request before a moment."""
        if not self.read_only:
            with self._database.writing() as connection:
                self._database.upsert(connection, schema.HOSTS, [{"key": key, "next_at": until}])

    # results

    def results(self, keys: Collection[str]) -> dict[str, bytes]:
        """Return the stored results of these keys; each use counts for `prune`."""
        found: dict[str, bytes] = {}
        stale: list[str] = []
        today = day_of(time.time())
        with self._database.reading() as connection:
            for chunk in chunks(sorted(set(keys))):
                for key, value, used_on in connection.execute(_RESULTS, {"keys": chunk}):
                    found[key] = value
                    if used_on < today:
                        stale.append(key)
        if stale and not self.read_only:
            table = schema.RESULTS
            with self._database.writing() as connection:
                for chunk in chunks(stale):
                    connection.execute(table.update().where(table.c.key.in_(chunk)).values(used_on=today))
        return found

    def save_results(self, values: Mapping[str, bytes]) -> None:
        """Store results by their keys."""
        if values and not self.read_only:
            today = day_of(time.time())
            # In one order everywhere, for two processes that wait for each other's rows are a deadlock.
            rows = [{"key": key, "value": value, "used_on": today} for key, value in sorted(values.items())]
            with self._database.writing() as connection:
                self._database.upsert(connection, schema.RESULTS, rows)


class LostCopyError(FetchError):
    """A stored document is damaged or gone."""

    asked = False


def address_key(url: str) -> str:
    """Return the key of an address: its digest, for it may hold a secret."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def _state_row(name: str, state: FeedState) -> dict[str, str]:
    return {"name": name, "state": msgspec.json.encode(state).decode()}


def _decoded(text: str, kind: type[T]) -> T:
    """Decode a Struct whose every field has a default; what is damaged is as if it had never been."""
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.DecodeError, UnicodeError):
        return kind()
