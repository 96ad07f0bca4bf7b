"""The table of summaries: what the importer knows of each, and which are candidates for a feed."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from enricher.model.summary import Companion
from enricher.store import schema

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from enricher.store.database import Database

_CHUNK = 500
_TOLD = "told"
_TABLE = schema.SUMMARIES
_COLUMNS = ("path", "folder", "show", "digest", "stamp", "document")
# Made once: to make a statement takes longer than to execute it. Transcripts are read for matched summaries alone.
_CANDIDATES = sa.select(*(_TABLE.c[name] for name in _COLUMNS)).where(
    _TABLE.c.show.in_(sa.bindparam("shows", expanding=True))
    | _TABLE.c.folder.in_(sa.bindparam("folders", expanding=True))
)
_COMPANIONS = sa.select(
    *(_TABLE.c[name] for name in ("transcript_path", "transcript", "outline_path", "outline"))
).where(_TABLE.c.path == sa.bindparam("wanted"))


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One stored summary without its companions."""

    path: str
    folder: str
    """The configured folder that it was found in, empty for a document that was imported by its path."""
    show: str
    digest: str
    stamp: str | None
    document: str = ""
    """The summary as JSON; empty where only the rest was asked for."""


class SummaryTable:
    """Summaries by path. In a store that is `read_only`, changes stay in memory."""

    def __init__(self, database: Database, *, read_only: bool) -> None:
        self._database, self._read_only = database, read_only
        self._changed: dict[str, dict[str, Any] | None] = {}
        """Rows put (None: removed) into a store that is read only."""
        self._index: dict[tuple[str, str], list[tuple[str, str]]] | None = None
        self._lock = threading.Lock()

    # what the importer knows

    def known(self, paths: Collection[str] | None = None) -> dict[str, SummaryRow]:
        """Return what is known of every summary, or of those at `paths`, by path and without the documents."""
        query = sa.select(*(_TABLE.c[name] for name in _COLUMNS[:-1]))
        if paths is not None:
            query = query.where(_TABLE.c.path.in_(list(paths)))
        with self._database.reading() as connection:
            found = {row.path: SummaryRow(*row) for row in connection.execute(query)}
        for path, row in self._changed.items():
            found.pop(path, None)
            if row is not None and (paths is None or path in paths):
                found[path] = _light(row)
        return found

    def count(self) -> int:
        """Count the summaries."""
        if self._changed:
            return len(self.known())
        with self._database.reading() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(_TABLE)).scalar_one()

    def shows(self, besides: Collection[str]) -> list[tuple[str, int, str]]:
        """Return each show's key, how many summaries name it, and the first one's path; not of these folders."""
        found: dict[str, list[str]] = {}
        for path, row in self.known().items():
            if row.folder not in besides:
                found.setdefault(row.show, []).append(path)
        return [(show, len(paths), min(paths)) for show, paths in sorted(found.items())]

    def document(self, path: str) -> str:
        """Return a stored summary's document, empty where it is gone."""
        if path in self._changed:
            return str((self._changed[path] or {}).get("document", ""))
        with self._database.reading() as connection:
            return connection.execute(sa.select(_TABLE.c.document).where(_TABLE.c.path == path)).scalar() or ""

    def faults(self) -> list[tuple[str, str]]:
        """Return the path of every summary in which a person would miss something, and what."""
        query = sa.select(_TABLE.c.path, _TABLE.c.fault).where(_TABLE.c.fault.is_not(None))
        with self._database.reading() as connection:
            found = {path: fault for path, fault in connection.execute(query) if path not in self._changed}
        found |= {path: row["fault"] for path, row in self._changed.items() if row and row["fault"]}
        return sorted(found.items())

    def told(self) -> list[str]:
        """Return the problems that the last run told of the summaries."""
        query = sa.select(schema.META.c.value).where(schema.META.c.key == _TOLD)
        with self._database.reading() as connection:
            return (connection.execute(query).scalar() or "").splitlines()

    # changes

    def replace_told(self, problems: Sequence[str]) -> None:
        """Note the problems, a line each, that a run tells of the summaries."""
        if not self._read_only and self.told() != list(problems):
            text = "\n".join(problems).encode("utf-8", "replace").decode()
            with self._database.writing() as connection:
                self._database.upsert(connection, schema.META, [{"key": _TOLD, "value": text}])

    def put(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store summaries, each in place of the earlier one of its path; rows have the columns of schema.SUMMARIES."""
        self._index = None
        if self._read_only:
            self._changed |= {row["path"]: dict(row) for row in rows}
            return
        with self._database.writing() as connection:
            self._database.upsert(connection, _TABLE, rows)

    def set_stamps(self, stamps: Mapping[str, str | None]) -> None:
        """Note what the files of summaries look like now, by path."""
        if stamps and not self._read_only:
            change = _TABLE.update().where(_TABLE.c.path == sa.bindparam("of")).values(stamp=sa.bindparam("as_is"))
            with self._database.writing() as connection:
                connection.execute(change, [{"of": path, "as_is": stamp} for path, stamp in stamps.items()])

    def forget_digest(self, path: str) -> None:
        """Let the next run read a summary again, whatever its file looks like."""
        if not self._read_only:
            with self._database.writing() as connection:
                connection.execute(_TABLE.update().where(_TABLE.c.path == path).values(digest="", stamp=None))

    def remove(self, paths: Sequence[str]) -> None:
        """Remove summaries by path."""
        self._index = None
        if self._read_only:
            self._changed |= dict.fromkeys(paths)
        elif paths:
            with self._database.writing() as connection:
                for start in range(0, len(paths), _CHUNK):
                    connection.execute(_TABLE.delete().where(_TABLE.c.path.in_(paths[start : start + _CHUNK])))

    # candidates

    def digest(self, shows: Sequence[str], folders: Sequence[str]) -> str:
        """Return a digest of the summaries that `candidates` would return; all are listed once for each store."""
        with self._lock:  # no thread may see the index while another fills it
            if self._index is None:
                self._index = {}
                for path, row in sorted(self.known().items()):
                    for key in (("show", row.show), ("folder", row.folder)):
                        self._index.setdefault(key, []).append((path, row.digest))
            index = self._index
        wanted = [("show", show) for show in sorted(shows)] + [("folder", folder) for folder in sorted(folders)]
        found = [index.get(key) for key in wanted]
        return hashlib.blake2b(repr(found).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def candidates(self, shows: Sequence[str], folders: Sequence[str]) -> list[SummaryRow]:
        """Return the summaries of these shows (keys; "" for those that name none) or from these folders, by path."""
        with self._database.reading() as connection:
            rows = connection.execute(_CANDIDATES, {"shows": list(shows), "folders": list(folders)})
            found = [SummaryRow(*row) for row in rows if row.path not in self._changed]
        found += (
            _light(row, row["document"])
            for row in self._changed.values()
            if row is not None and (row["show"] in shows or row["folder"] in folders)
        )
        return sorted(found, key=lambda row: row.path)  # databases differ in how they sort text

    def companions(self, path: str) -> tuple[Companion | None, Companion | None]:
        """Return the transcript and the outline beside a summary."""
        row: Mapping[Any, Any] | None = self._changed.get(path)
        if row is None:
            with self._database.reading() as connection:
                row = connection.execute(_COMPANIONS, {"wanted": path}).mappings().one_or_none()
        transcript, outline = _companion(row, "transcript"), _companion(row, "outline")
        return transcript, outline


def _companion(row: Mapping[Any, Any] | None, kind: str) -> Companion | None:
    path = row[f"{kind}_path"] if row else None
    return Companion(path, row[kind]) if row and path else None


def _light(row: Mapping[str, Any], document: str = "") -> SummaryRow:
    return SummaryRow(row["path"], row["folder"], row["show"], row["digest"], row["stamp"], document)
