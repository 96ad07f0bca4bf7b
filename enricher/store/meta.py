"""What is remembered of no feed in particular, a text by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from enricher.store import schema

if TYPE_CHECKING:
    from enricher.store.database import Database

_TABLE = schema.META


class MetaTable:
    """Texts by name. A store that is `read_only` takes none."""

    def __init__(self, database: Database, *, read_only: bool) -> None:
        self._database, self._read_only = database, read_only

    def get(self, name: str) -> str:
        """Return a text, empty where there is none."""
        with self._database.reading() as connection:
            return connection.execute(sa.select(_TABLE.c.value).where(_TABLE.c.key == name)).scalar() or ""

    def put(self, name: str, text: str) -> None:
        """Remember a text."""
        if not self._read_only and self.get(name) != text:
            with self._database.writing() as connection:
                self._database.upsert(connection, _TABLE, [{"key": name, "value": text}])
