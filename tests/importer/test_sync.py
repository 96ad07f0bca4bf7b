"""Summaries folders and paths to the store: what it costs, and what the next run finds."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from enricher.importer.sync import import_paths
from enricher.store.database import Database, memory
from enricher.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest
    import sqlalchemy as sa


def test_many_paths_ask_the_database_as_rarely_as_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`enricher import *.json` looked all summaries over for each path, and stored each by itself: quadratic."""
    asked: list[str] = []
    reading, writing = Database.reading, Database.writing

    @contextmanager
    def counted_reading(database: Database) -> Iterator[sa.Connection]:
        asked.append("read")
        with reading(database) as connection:
            yield connection

    @contextmanager
    def counted_writing(database: Database) -> Iterator[sa.Connection]:
        asked.append("write")
        with writing(database) as connection:
            yield connection

    monkeypatch.setattr(Database, "reading", counted_reading)
    monkeypatch.setattr(Database, "writing", counted_writing)
    counts = []
    for many in (10, 100):
        paths = []
        for n in range(many):
            paths.append(tmp_path / f"{many}-{n}.json")
            paths[-1].write_text(json.dumps({"title": f"Episode {n}"}), "utf-8")
        with Store(memory()) as store:
            asked.clear()
            assert sum(one.summary is not None for one in import_paths(store, paths)) == many
            counts.append(len(asked))
            assert store.summaries.count() == many
    assert counts[0] == counts[1]
