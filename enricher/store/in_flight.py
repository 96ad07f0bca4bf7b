"""Which feeds are being made, for a run over many machines: in the database, which all of them reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from enricher.store import schema
from enricher.store.database import chunks

if TYPE_CHECKING:
    from collections.abc import Collection

    from enricher.model.edition import Outcome
    from enricher.store.database import Database

_TABLE = schema.IN_FLIGHT


class InFlightTable:
    """A row for each feed that a run of a `base_url` made: no outcome while it is being made. All raise StoreError.

    Only feeds that something is made of have one (a tenth of a run), so what is unchanged costs nothing.
    """

    def __init__(self, database: Database, base_url: str) -> None:
        self._database, self._base_url = database, base_url
        self._mine = _TABLE.c.base_url == base_url
        self._begun: set[str] = set()

    def begin(self, name: str) -> None:
        """Note that a feed is being made; returns when it is stored, whatever becomes of this process."""
        self._begun.add(name)
        self._put(name, "")

    def end(self, name: str, outcome: Outcome) -> None:
        """Note that a feed has its report."""
        if name in self._begun:
            self._begun.discard(name)
            self._put(name, outcome)

    def _put(self, name: str, outcome: str) -> None:
        row = {"base_url": self._base_url, "name": name, "outcome": outcome}
        with self._database.writing() as connection:
            self._database.upsert(connection, _TABLE, [row])

    def read(self) -> tuple[set[str], dict[str, Outcome]]:
        """Return the names of feeds that were being made and not ended, and the outcomes of those that ended."""
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(_TABLE.c.name, _TABLE.c.outcome).where(self._mine)).all()
        return {name for name, outcome in rows if not outcome}, {name: outcome for name, outcome in rows if outcome}

    def making(self) -> set[str]:
        """Return the names of feeds that were being made and not ended."""
        with self._database.reading() as connection:
            wanted = sa.select(_TABLE.c.name).where(self._mine, _TABLE.c.outcome == "")
            return set(connection.execute(wanted).scalars())

    def exists(self) -> bool:
        """Check whether a run left rows: it was killed after it had begun to make a feed."""
        with self._database.reading() as connection:
            return connection.execute(sa.select(_TABLE.c.name).where(self._mine).limit(1)).first() is not None

    def forget(self, names: Collection[str]) -> None:
        """Note that these feeds are not being made."""
        with self._database.writing() as connection:
            for chunk in chunks(sorted(names)):
                connection.execute(_TABLE.delete().where(self._mine, _TABLE.c.name.in_(chunk)))

    def clear(self) -> None:
        """Begin anew."""
        with self._database.writing() as connection:
            connection.execute(_TABLE.delete().where(self._mine))

    def close(self) -> None:
        """Delete all: the run ended in order."""
        self.clear()
