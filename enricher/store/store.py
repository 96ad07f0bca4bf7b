"""Summaries, last good documents, remembered results and the state of every feed; SQLAlchemy Core.

Everything in it can be rebuilt from summaries and sources.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from enricher.store import schema
from enricher.store.copies import Copies, Kept, address_key, day_of
from enricher.store.database import Database, memory, open_database, snapshot
from enricher.store.notation import read, write
from enricher.store.pads import Pad
from enricher.store.remembered import Remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from types import TracebackType

    from enricher.model.feed import Document

_CHUNK = 500
_DAY = 86400
_DOCUMENT_DAYS = 400  # a transcript whose host is down is missed for longer than a result that can be made again
# Made once: to make a statement takes longer than to carry it out.
_CANDIDATES = sa.select(schema.SUMMARIES).where(
    schema.SUMMARIES.c.show.in_(sa.bindparam("shows", expanding=True))
    | schema.SUMMARIES.c.folder.in_(sa.bindparam("folders", expanding=True))
)


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
        self._copies, self._remembered = Copies(database), Remembered(database)
        self._feeds, self._visits, self._hosts = (
            Pad(database, table) for table in (schema.FEEDS, schema.VISITS, schema.HOSTS)
        )
        self._shelves: dict[tuple[str, str], list[tuple[str, str]]] | None = None
        self.warnings = warnings
        """What had to be done to open it, for the report."""

    @classmethod
    def open(cls, url: str, *, now: float | None = None) -> Store:
        """Open or create the database. A damaged SQLite file is moved aside and begun anew.

        Raises ConfigError: wrong address; StoreError: unreachable, read-only, locked, newer schema, another program's.
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

    @classmethod
    def peek(cls, url: str) -> Store:
        """Open a copy in memory, for a run that shall leave no trace. Raises StoreError.

        A SQLite file is neither created nor changed.
        """
        database = snapshot(url)
        if database is not None:
            return cls(database)
        with cls.open(url) as store:
            return store.copy()

    def copy(self) -> Store:
        """Copy everything into memory, for a run that shall leave no trace."""
        database = memory()
        with self._database.reading() as source, database.writing() as target:
            for table in schema.METADATA.sorted_tables:
                target.execute(table.delete())
                for rows in source.execute(sa.select(table)).mappings().partitions(_CHUNK):
                    target.execute(table.insert(), [dict(row) for row in rows])
        return Store(database, self.warnings)

    def try_writing(self) -> None:
        """Begin to write and leave it at that. Raises StoreError where the database cannot be written."""
        with self._database.writing():
            pass

    # remembered results

    def remember(self, kind: str, keys: Sequence[str], make: Callable[[Sequence[int]], Sequence[Any]], /) -> list[Any]:
        """Give each key's value, making and storing those that are not there: a `Remember` of model/feed.py."""
        return self._remembered.each(kind, keys, make)

    def remember_together(
        self, kind: str, name: str, keys: Sequence[str], make: Callable[[Sequence[int]], Sequence[Any]], /
    ) -> list[Any]:
        """Do the same with all values in one row of that name; what is not asked for is forgotten."""
        return self._remembered.together(kind, name, keys, make)

    def prune(self, now: float, days: int = 30) -> None:
        """Forget results that no run has used for so many days, and documents that none has asked for in 400."""
        remembered, documents, visits = schema.REMEMBERED, schema.DOCUMENTS, schema.VISITS
        with self._database.writing() as connection:
            connection.execute(remembered.delete().where(remembered.c.used_on < day_of(now) - days))
            connection.execute(documents.delete().where(documents.c.used_on < day_of(now) - max(days, _DOCUMENT_DAYS)))
            connection.execute(visits.delete().where(visits.c.used_on < day_of(now) - max(days, _DOCUMENT_DAYS)))
            connection.execute(schema.HOSTS.delete().where(schema.HOSTS.c.next_at < now))

    # documents

    def document(self, url: str) -> Kept | None:
        """Give the last good document of an address, with its validators."""
        return self._copies.find(url)

    def keep(self, url: str, document: Document, now: float) -> None:
        """Keep a document as the last good one of its address; the address itself is not stored."""
        self._copies.keep(url, document, now)

    def renew(self, url: str, document: Document, now: float) -> None:
        """Keep what a server said anew of the document that is kept already."""
        self._copies.renew(url, document, now)

    # visits

    def visit(self, url: str) -> dict[str, Any]:
        """Give what is remembered of the visits to an address; empty where there was none."""
        return _state_of(self._visits.get(address_key(url)))

    def set_visit(self, url: str, state: Mapping[str, Any], now: float) -> None:
        """Remember the visits to an address, in place of what was remembered; the address itself is not stored."""
        self._visits.put({"key": address_key(url), "state": write(state), "used_on": day_of(now)})

    def host_wait(self, host: str) -> float:
        """Give the moment before which a host wants no request, 0 where it said nothing."""
        row = self._hosts.get(address_key(host))
        return float(row["next_at"]) if row else 0.0

    def set_host_wait(self, host: str, until: float) -> None:
        """Remember that a host wants no request before a moment."""
        self._hosts.put({"key": address_key(host), "next_at": until})

    # feeds

    def state(self, name: str) -> dict[str, Any]:
        """Give what was last noted of a feed; empty where nothing was."""
        return _state_of(self._feeds.get(name))

    def states(self, names: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Give what was last noted of each of these feeds, with few questions."""
        self._feeds.read(names)
        return {name: self.state(name) for name in names}

    def feed_names(self) -> list[str]:
        """Give the names of all feeds of which something was noted."""
        with self._database.reading() as connection:
            return list(connection.execute(sa.select(schema.FEEDS.c.name)).scalars())

    def set_state(self, name: str, state: Mapping[str, Any]) -> None:
        """Note the state of a feed, in place of the earlier one."""
        self._feeds.put({"name": name, "state": write(state)})

    # many feeds

    def hold(self, names: Iterable[str], urls: Sequence[str], hosts: Iterable[str]) -> None:
        """Read what these feeds need at once, and let what is noted of them wait for `write`."""
        for pad, keys in (
            (self._feeds, names),
            (self._visits, map(address_key, urls)),
            (self._hosts, map(address_key, hosts)),
        ):
            pad.read(keys)
            pad.held = True
        self._copies.hold(urls)

    def write(self) -> None:
        """Store what waits."""
        for pad in (self._feeds, self._visits, self._hosts):
            pad.write()
        self._copies.write()

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

    def shows(self, besides: Collection[str]) -> list[tuple[str, int, str]]:
        """Give each show's folded name, how many summaries name it, and the first one's path; not of these folders."""
        table = schema.SUMMARIES
        query = sa.select(table.c.show, sa.func.count(), sa.func.min(table.c.path)).group_by(table.c.show)
        with self._database.reading() as connection:
            rows = connection.execute(query.where(table.c.folder.not_in(list(besides))).order_by(table.c.show))
            return [(show, count, path) for show, count, path in rows]

    def document_of(self, path: str) -> str:
        """Give a stored summary's document, empty where it is gone."""
        table = schema.SUMMARIES
        with self._database.reading() as connection:
            return connection.execute(sa.select(table.c.document).where(table.c.path == path)).scalar() or ""

    def put_summaries(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store summaries, each in place of the earlier one of its path; see schema.py for the columns."""
        self._database.upsert(schema.SUMMARIES, rows)
        self._shelves = None

    def set_stamps(self, stamps: Mapping[str, str | None]) -> None:
        """Note what the files of summaries look like now, by path."""
        if stamps:
            table = schema.SUMMARIES
            change = table.update().where(table.c.path == sa.bindparam("of")).values(stamp=sa.bindparam("as_is"))
            with self._database.writing() as connection:
                connection.execute(change, [{"of": path, "as_is": stamp} for path, stamp in stamps.items()])

    def doubt_summary(self, path: str) -> None:
        """Let the next run read a summary anew, whatever its file looks like."""
        table = schema.SUMMARIES
        with self._database.writing() as connection:
            connection.execute(table.update().where(table.c.path == path).values(digest="", stamp=None))

    def remove_summaries(self, paths: Sequence[str]) -> None:
        """Remove summaries by path."""
        if paths:
            with self._database.writing() as connection:
                for chunk in _chunks(list(paths)):
                    self._shelves = None
                    connection.execute(schema.SUMMARIES.delete().where(schema.SUMMARIES.c.path.in_(chunk)))

    def summaries_digest(self, shows: Sequence[str], folders: Sequence[str]) -> str:
        """Digest which summaries `summary_rows` would give; all are looked over once for each opened store."""
        # Threads may meet here: none may see the shelves while they are filled.
        shelves = self._shelves if self._shelves is not None else self._look_over()
        self._shelves = shelves
        wanted = [("show", show) for show in sorted(shows)] + [("folder", folder) for folder in sorted(folders)]
        found = [shelves.get(shelf) for shelf in wanted]
        return hashlib.blake2b(repr(found).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def _look_over(self) -> dict[tuple[str, str], list[tuple[str, str]]]:
        table, shelves = schema.SUMMARIES, dict[tuple[str, str], list[tuple[str, str]]]()
        query = sa.select(table.c.path, table.c.folder, table.c.show, table.c.digest).order_by(table.c.path)
        with self._database.reading() as connection:
            for row in connection.execute(query):
                for shelf in (("show", row.show), ("folder", row.folder)):
                    shelves.setdefault(shelf, []).append((row.path, row.digest))
        return shelves

    def summary_rows(self, shows: Sequence[str], folders: Sequence[str]) -> list[Any]:
        """Give the summaries of these shows (folded names; "" for those that name none) or from these folders."""
        with self._database.reading() as connection:
            rows = list(connection.execute(_CANDIDATES, {"shows": list(shows), "folders": list(folders)}))
        # Databases differ in how they sort text.
        return sorted(rows, key=lambda row: str(row.path))


def _state_of(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """Read what was noted; nothing was where it is damaged."""
    with suppress(ValueError, TypeError):
        return dict(read(row["state"])) if row else {}
    return {}


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _CHUNK):
        yield keys[start : start + _CHUNK]
