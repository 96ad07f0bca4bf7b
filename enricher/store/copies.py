"""Last good documents: found by their address, which is not stored; read only where they are wanted."""

from __future__ import annotations

import functools
import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import sqlalchemy as sa
import zstandard

from enricher.errors import FetchError
from enricher.model.feed import Document
from enricher.secrets import redact
from enricher.store import schema
from enricher.store.pads import Pad

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from enricher.store.database import Database

_HEAD = ("key", "digest", "etag", "last_modified", "fetched_at", "used_on")
_CHUNK = 500
_DAY = 86400


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a last good document before it is read; `fetched_at` in epoch seconds."""

    digest: str
    """SHA-256 of the body in hex, empty where it is not known."""
    etag: str | None
    last_modified: str | None
    fetched_at: float
    read: Callable[[], Document]
    """Gives the document. Raises FetchError where the copy is damaged."""

    @property
    def document(self) -> Document:
        """The document, read anew at every use."""
        return self.read()


class Copies:
    """The table of documents."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._heads = Pad(database, schema.DOCUMENTS, _HEAD)
        self._touched: set[str] = set()

    def find(self, url: str) -> Kept | None:
        """Give the last good document of an address, with its validators."""
        row = self._heads.get(address_key(url))
        if row is None:
            return None
        if row["used_on"] < day_of(time.time()):
            self._touched.add(str(row["key"]))
            if not self._heads.held:
                self.write()
        read = functools.partial(self._read, url)
        return Kept(row["digest"], row["etag"], row["last_modified"], row["fetched_at"], read)

    def keep(self, url: str, document: Document, now: float) -> None:
        """Keep a document as the last good one of its address."""
        row = {
            "key": address_key(url),
            "shown": redact(document.shown or url),
            "address": _harmless(document.url) if document.url != url else None,
            "digest": hashlib.sha256(document.body).hexdigest(),
            "body": zstandard.ZstdCompressor(level=3).compress(document.body),
            "content_type": document.content_type,
            "etag": document.etag,
            "last_modified": document.last_modified,
            "fetched_at": now,
            "used_on": day_of(now),
        }
        self._database.upsert(schema.DOCUMENTS, [row])
        self._heads.refresh({name: row[name] for name in _HEAD})

    def renew(self, url: str, document: Document, now: float) -> None:
        """Keep what a server said anew of the document that is kept already."""
        row = self._heads.get(address_key(url))
        if row is None or (row["etag"], row["last_modified"]) == (document.etag, document.last_modified):
            return
        new = {"etag": document.etag, "last_modified": document.last_modified, "fetched_at": now}
        table = schema.DOCUMENTS
        with self._database.writing() as connection:
            connection.execute(table.update().where(table.c.key == row["key"]).values(**new))
        self._heads.refresh({**row, **new})

    def hold(self, urls: Sequence[str]) -> None:
        """Read at once what is known of these addresses; what is noted of them waits for `write`."""
        self._heads.read(map(address_key, urls))
        self._heads.held = True

    def write(self) -> None:
        """Note which documents were asked for today."""
        table, keys = schema.DOCUMENTS, sorted(self._touched)
        self._touched.clear()
        if keys:
            with self._database.writing() as connection:
                for start in range(0, len(keys), _CHUNK):
                    change = table.update().where(table.c.key.in_(keys[start : start + _CHUNK]))
                    connection.execute(change.values(used_on=day_of(time.time())))

    def _read(self, url: str) -> Document:
        """Read a whole document; a damaged one is forgotten, so that it is fetched anew."""
        table, key = schema.DOCUMENTS, address_key(url)
        with self._database.reading() as connection:
            row = connection.execute(sa.select(table).where(table.c.key == key)).one_or_none()
        try:
            body = zstandard.ZstdDecompressor().decompress(row.body) if row else None
        except zstandard.ZstdError:
            body = None
        if row and body is not None and row.digest and hashlib.sha256(body).hexdigest() != row.digest:
            body = None
        if row is None or body is None:
            self._heads.drop(key)
            raise FetchError(f"{redact(url)}: the stored copy is damaged; the next run fetches it anew")
        return Document(row.address or url, body, row.content_type, row.etag, row.last_modified, row.shown)


def address_key(url: str) -> str:
    """Give the key of an address, or of a host: its digest, for it may hold a secret."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def day_of(now: float) -> int:
    """Give the day since 1970 of a moment in epoch seconds."""
    return int(now // _DAY)


def _harmless(url: str) -> str | None:
    """Give what relative links are resolved by, where it holds no secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    plain = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    return plain if redact(plain).casefold() == plain.casefold() else None
