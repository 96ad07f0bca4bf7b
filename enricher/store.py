"""Summaries, last good documents, remembered results and the state of every feed; SQLAlchemy Core.

Everything in it can be rebuilt from summaries and sources.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit, urlunsplit

import sqlalchemy as sa
import zstandard

from enricher import schema
from enricher.core.model import Document
from enricher.database import Database, memory, open_database
from enricher.secrets import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import TracebackType

_CHUNK = 500
_DAY = 86400
_DOCUMENT_DAYS = 400  # a transcript whose host is down is missed for longer than a result that can be made again


@dataclass(frozen=True, slots=True)
class Kept:
    """A last good document and when it was fetched (epoch seconds)."""

    document: Document
    fetched_at: float


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of a summary without reading it."""

    folder: str
    digest: str
    stamp: str | None


class Store:
    """One database, one connection pool; a process of its own opens its own, a forked one may go on with this."""

    def __init__(self, database: Database, warnings: tuple[str, ...] = ()) -> None:
        self._database = database
        self.warnings = warnings
        """What had to be done to open it, for the report."""

    @classmethod
    def open(cls, url: str, *, now: float | None = None) -> Store:
        """Open or create the database. A damaged SQLite file is moved aside and begun anew.

        Raises StoreError: wrong address, unreachable, read-only, locked, newer schema, another program's.
        """
        return cls(*open_database(url, time.time() if now is None else now))

    def __enter__(self) -> Self:
        """Use it in a `with`."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        self._database.close()

    def copy(self) -> Store:
        """Copy everything into memory, for a run that shall leave no trace."""
        database = memory()
        with self._database.reading() as source, database.writing() as target:
            for table in schema.METADATA.sorted_tables:
                target.execute(table.delete())
                for rows in source.execute(sa.select(table)).mappings().partitions(_CHUNK):
                    target.execute(table.insert(), [dict(row) for row in rows])
        return Store(database, self.warnings)

    # remembered results

    def remember(self, kind: str, keys: Sequence[str], make: Callable[[Sequence[int]], Sequence[Any]], /) -> list[Any]:
        """Give each key's value, making and storing those that are not there: a `Remember` of core/model.py."""
        if not keys:
            return []
        known = self._recall(kind, keys)
        first = {key: i for i, key in reversed(list(enumerate(keys))) if key not in known}
        missing = sorted(first.values())
        if missing:
            # Written and read back, so that a value is the same when it is made as when it is remembered.
            texts = {keys[i]: json.dumps(value) for i, value in zip(missing, make(missing), strict=True)}
            today = _day(time.time())
            rows = [{"kind": kind, "key": key, "value": text, "used_on": today} for key, text in texts.items()]
            self._database.upsert(schema.REMEMBERED, rows)
            known |= {key: json.loads(text) for key, text in texts.items()}
        return [known[key] for key in keys]

    def _recall(self, kind: str, keys: Sequence[str]) -> dict[str, Any]:
        table, found, stale = schema.REMEMBERED, {}, []
        today = _day(time.time())
        with self._database.reading() as connection:
            for chunk in _chunks(sorted(set(keys))):
                query = sa.select(table.c.key, table.c.value, table.c.used_on)
                for row in connection.execute(query.where(table.c.kind == kind, table.c.key.in_(chunk))):
                    found[row.key] = json.loads(row.value)
                    if row.used_on < today:
                        stale.append(row.key)
        if stale:
            with self._database.writing() as connection:
                for chunk in _chunks(stale):
                    change = table.update().where(table.c.kind == kind, table.c.key.in_(chunk))
                    connection.execute(change.values(used_on=today))
        return found

    def prune(self, now: float, days: int = 30) -> None:
        """Forget results that no run has used for so many days, and documents that none has asked for in 400."""
        remembered, documents, visits = schema.REMEMBERED, schema.DOCUMENTS, schema.VISITS
        with self._database.writing() as connection:
            connection.execute(remembered.delete().where(remembered.c.used_on < _day(now) - days))
            connection.execute(documents.delete().where(documents.c.used_on < _day(now) - max(days, _DOCUMENT_DAYS)))
            connection.execute(visits.delete().where(visits.c.used_on < _day(now) - max(days, _DOCUMENT_DAYS)))
            connection.execute(schema.HOSTS.delete().where(schema.HOSTS.c.next_at < now))

    # documents

    def document(self, url: str) -> Kept | None:
        """Give the last good document of an address, with its validators."""
        table, today = schema.DOCUMENTS, _day(time.time())
        with self._database.reading() as connection:
            row = connection.execute(sa.select(table).where(table.c.key == _digest(url))).one_or_none()
        if row is None:
            return None
        if row.used_on < today:
            with self._database.writing() as connection:
                connection.execute(table.update().where(table.c.key == row.key).values(used_on=today))
        try:
            body = zstandard.ZstdDecompressor().decompress(row.body)
        except zstandard.ZstdError:
            return None
        document = Document(row.address or url, body, row.content_type, row.etag, row.last_modified, row.shown)
        return Kept(document, row.fetched_at)

    def keep(self, url: str, document: Document, now: float) -> None:
        """Keep a document as the last good one of its address; the address itself is not stored."""
        row = {
            "key": _digest(url),
            "shown": redact(document.shown or url),
            "address": _harmless(document.url) if document.url != url else None,
            "body": zstandard.ZstdCompressor(level=3).compress(document.body),
            "content_type": document.content_type,
            "etag": document.etag,
            "last_modified": document.last_modified,
            "fetched_at": now,
            "used_on": _day(now),
        }
        self._database.upsert(schema.DOCUMENTS, [row])

    # visits

    def visit(self, url: str) -> dict[str, Any]:
        """Give what is remembered of the visits to an address; empty where there was none."""
        table = schema.VISITS
        with self._database.reading() as connection:
            text = connection.execute(sa.select(table.c.state).where(table.c.key == _digest(url))).scalar()
        return dict(json.loads(text)) if text else {}

    def set_visit(self, url: str, state: Mapping[str, Any], now: float) -> None:
        """Remember the visits to an address, in place of what was remembered; the address itself is not stored."""
        row = {"key": _digest(url), "state": json.dumps(state, sort_keys=True), "used_on": _day(now)}
        self._database.upsert(schema.VISITS, [row])

    def host_wait(self, host: str) -> float:
        """Give the moment before which a host wants no request, 0 where it said nothing."""
        table = schema.HOSTS
        with self._database.reading() as connection:
            found = connection.execute(sa.select(table.c.next_at).where(table.c.key == _digest(host))).scalar()
        return float(found or 0.0)

    def set_host_wait(self, host: str, until: float) -> None:
        """Remember that a host wants no request before a moment."""
        self._database.upsert(schema.HOSTS, [{"key": _digest(host), "next_at": until}])

    # feeds

    def state(self, name: str) -> dict[str, Any]:
        """Give what was last noted of a feed; empty where nothing was."""
        with self._database.reading() as connection:
            text = connection.execute(sa.select(schema.FEEDS.c.state).where(schema.FEEDS.c.name == name)).scalar()
        return dict(json.loads(text)) if text else {}

    def set_state(self, name: str, state: Mapping[str, Any]) -> None:
        """Note the state of a feed, in place of the earlier one."""
        self._database.upsert(schema.FEEDS, [{"name": name, "state": json.dumps(state, sort_keys=True)}])

    # summaries

    def known_summaries(self) -> dict[str, Known]:
        """Give what is known of every summary, by path; the folder "" is that of imported ones."""
        table = schema.SUMMARIES
        query = sa.select(table.c.path, table.c.folder, table.c.digest, table.c.stamp)
        with self._database.reading() as connection:
            return {row.path: Known(row.folder, row.digest, row.stamp) for row in connection.execute(query)}

    def count_summaries(self) -> int:
        """Count the summaries."""
        with self._database.reading() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(schema.SUMMARIES)).scalar_one()

    def put_summaries(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store summaries, each in place of the earlier one of its path; see schema.py for the columns."""
        self._database.upsert(schema.SUMMARIES, rows)

    def set_stamps(self, stamps: Mapping[str, str | None]) -> None:
        """Note what the files of summaries look like now, by path."""
        if stamps:
            table = schema.SUMMARIES
            change = table.update().where(table.c.path == sa.bindparam("of")).values(stamp=sa.bindparam("as_is"))
            with self._database.writing() as connection:
                connection.execute(change, [{"of": path, "as_is": stamp} for path, stamp in stamps.items()])

    def remove_summaries(self, paths: Sequence[str]) -> None:
        """Remove summaries by path."""
        if paths:
            with self._database.writing() as connection:
                for chunk in _chunks(list(paths)):
                    connection.execute(schema.SUMMARIES.delete().where(schema.SUMMARIES.c.path.in_(chunk)))

    def summary_rows(self, shows: Sequence[str], folders: Sequence[str]) -> list[Any]:
        """Give the summaries of these shows (folded names; "" for those that name none) or from these folders."""
        table = schema.SUMMARIES
        wanted = sa.or_(table.c.show.in_(list(shows)), table.c.folder.in_(list(folders)))
        with self._database.reading() as connection:
            rows = list(connection.execute(sa.select(table).where(wanted)))
        # Databases differ in how they sort text.
        return sorted(rows, key=lambda row: str(row.path))


def _day(now: float) -> int:
    return int(now // _DAY)


def _harmless(url: str) -> str | None:
    """Give what relative links are resolved by, where it holds no secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    plain = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    return plain if redact(plain).casefold() == plain.casefold() else None


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _CHUNK):
        yield keys[start : start + _CHUNK]
