"""What the store keeps: brought up to date, made once, forgotten in time, whatever the clock says."""

from __future__ import annotations

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
import zstandard

from enricher.config import load
from enricher.doors import World
from enricher.errors import FetchError, StoreError
from enricher.http.asking import FetchSettings
from enricher.http.calls import Errand
from enricher.http.client import Fetcher
from enricher.model.feed import Document
from enricher.pipeline import republish
from enricher.store import schema
from enricher.store.copies import address_key, day_of
from enricher.store.store import Store
from tests.hostile.answers import GOOD, feed
from tests.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from enricher.model.edition import Report

NOW = 1_800_000_000.0
DAY, YEAR = 86_400.0, 365 * 86_400.0
URL = "https://feeds.example/show.xml"
NAMES = ("a", "b", "c", "d")


def url_of(path: Path) -> str:
    """Write a file as `database` has it."""
    return f"sqlite:///{path}"


# Versions

FIRST = """
CREATE TABLE meta (key VARCHAR(40) NOT NULL, value TEXT NOT NULL, PRIMARY KEY (key));
CREATE TABLE summaries (path VARCHAR(4096) NOT NULL, folder VARCHAR(4096) NOT NULL, show VARCHAR(1024) NOT NULL,
    digest VARCHAR(64) NOT NULL, document TEXT NOT NULL, transcript_path VARCHAR(4096), transcript BLOB,
    outline_path VARCHAR(4096), outline BLOB, PRIMARY KEY (path));
CREATE INDEX ix_summaries_folder ON summaries (folder);
CREATE INDEX ix_summaries_show ON summaries (show);
CREATE TABLE documents (key VARCHAR(64) NOT NULL, shown TEXT NOT NULL, body BLOB NOT NULL,
    content_type TEXT NOT NULL, etag TEXT, last_modified TEXT, fetched_at FLOAT NOT NULL, PRIMARY KEY (key));
CREATE TABLE remembered (kind VARCHAR(40) NOT NULL, key VARCHAR(128) NOT NULL, value TEXT NOT NULL,
    used_on INTEGER NOT NULL, PRIMARY KEY (kind, key));
CREATE INDEX ix_remembered_used_on ON remembered (used_on);
CREATE TABLE feeds (name VARCHAR(200) NOT NULL, state TEXT NOT NULL, PRIMARY KEY (name))
"""
LATER = {
    2: f"""
ALTER TABLE summaries ADD COLUMN stamp TEXT;
ALTER TABLE documents ADD COLUMN address TEXT;
ALTER TABLE documents ADD COLUMN used_on INTEGER NOT NULL DEFAULT {day_of(NOW)}
""",
    3: """
CREATE TABLE visits (key VARCHAR(64) NOT NULL, state TEXT NOT NULL, used_on INTEGER NOT NULL, PRIMARY KEY (key));
CREATE TABLE hosts (key VARCHAR(64) NOT NULL, next_at FLOAT NOT NULL, PRIMARY KEY (key))
""",
}
BODY = {"postgresql": "BYTEA", "sqlite": "BLOB"}


def lay_down(version: int, connection: sa.Connection) -> None:
    """Make a database as an enricher of that version left it, with a row in each table."""
    kind = BODY[connection.dialect.name]
    for text in (FIRST, *(LATER[step] for step in range(2, version + 1))):
        for statement in text.split(";"):
            connection.execute(sa.text(statement.replace("BLOB", kind)))
    rows: dict[str, dict[str, Any]] = {
        "meta": {"key": "version", "value": str(version)},
        "summaries": {"path": "/s/one.json", "folder": "/s", "show": "bees", "digest": "d", "document": "{}"},
        "documents": {
            "key": address_key(URL),
            "shown": URL,
            "body": zstandard.ZstdCompressor().compress(GOOD),
            "content_type": "text/xml",
            "etag": '"1"',
            "fetched_at": NOW,
        },
        "remembered": {"kind": "item/1", "key": "k", "value": '{"old": true}', "used_on": day_of(time.time())},
        "feeds": {"name": "show", "state": '{"outcome": "published"}'},
    }
    for table, row in rows.items():
        values = ", ".join(f":{name}" for name in row)
        connection.execute(sa.text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})"), row)  # noqa: S608 ours


def judge_migrated(url: str) -> None:
    """See that nothing of the old database is lost or misread, and that everything new works."""
    with Store.open(url, now=NOW) as store:
        assert store.warnings == ()
        assert store.state("show") == {"outcome": "published"}
        kept = store.document(URL)
        assert kept is not None
        assert (kept.etag, kept.last_modified, kept.fetched_at, kept.digest) == ('"1"', None, NOW, "")
        assert kept.document == Document(URL, GOOD, "text/xml", '"1"', None, URL)
        assert store.remember("item/1", ["k"], lambda _: pytest.fail("it was known")) == [{"old": True}]
        (known,) = store.known_summaries().items()
        assert (known[0], known[1].folder, known[1].digest, known[1].stamp) == ("/s/one.json", "/s", "d", None)
        store.set_visit(URL, {"errors": 1}, NOW)
        store.set_host_wait("feeds.example", NOW)
        store.prune(NOW + DAY)
        assert store.document(URL) is not None, "its day of use was not taken from its fetch"
        assert store.visit(URL) == {"errors": 1}


@pytest.mark.parametrize("version", [1, 2, 3])
def test_an_older_database_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    """What it holds is all there, and its tables are those of a new one."""
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    engine = sa.create_engine(url_of(old))
    with engine.begin() as connection:
        lay_down(version, connection)
    engine.dispose()
    judge_migrated(url_of(old))
    Store.open(url_of(new)).__exit__(None, None, None)
    assert _columns(old) == _columns(new)


def _columns(path: Path) -> dict[str, set[tuple[str, str, int, int]]]:
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: {(row[1], row[2], row[3], row[5]) for row in database.execute(f"PRAGMA table_info({table})")}
            for table in tables
        }


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["UPDATE meta SET value = '99' WHERE key = 'version'"], "newer enricher (schema 99"),
        (["UPDATE meta SET value = '0' WHERE key = 'version'"], "belongs to something else"),
        (["UPDATE meta SET value = 'two' WHERE key = 'version'"], "belongs to something else"),
        (["DELETE FROM meta"], "belongs to something else"),
        (["DROP TABLE feeds"], "belongs to something else"),
        (["ALTER TABLE meta ADD COLUMN more TEXT"], "belongs to something else"),
    ],
)
def test_a_newer_or_foreign_database_is_refused_and_left_as_it_is(
    tmp_path: Path, statements: list[str], said: str
) -> None:
    """The message says what to do; not a byte of it changes."""
    path = tmp_path / "x.db"
    Store.open(url_of(path)).__exit__(None, None, None)
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        Store.open(url_of(path))
    assert said in str(caught.value)
    assert "`database`" in str(caught.value)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir() if "damaged" in one.name] == []


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    """It keeps its tables, and gets none of ours."""
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE moz_cookies (id INTEGER)")
    with pytest.raises(StoreError, match="belongs to something else; name another one in `database`"):
        Store.open(url_of(path))
    assert list(_columns(path)) == ["moz_cookies"]


# What is remembered


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open a new store."""
    with Store.open(url_of(tmp_path / "x.db")) as store:
        yield store


def judge_memory(store: Store) -> None:
    """See that each result is made once, and is the same when it is made as when it is remembered."""
    made: list[int] = []

    def make(positions: Sequence[int]) -> list[dict[str, int]]:
        made.extend(positions)
        return [{"at": i} for i in positions]

    keys = [f"k{i % 700}" for i in range(1400)]
    first = store.remember("item/1", keys, make)
    assert first == [{"at": i % 700} for i in range(1400)]
    assert made == list(range(700))
    assert store.remember("item/1", keys[::-1], make) == first[::-1]
    assert len(made) == 700
    store.remember("item/2", keys[:1], make)
    assert len(made) == 701
    assert store.remember("item/1", [], make) == []
    value = {"a": (1, 2), "b": "\ud800 \0 ]]> \U0001f41d", "c": None, "d": 0.1}
    new = store.remember("k", ["x"], lambda _: [value])
    assert new == store.remember("k", ["x"], lambda _: pytest.fail("it was known"))
    assert new[0]["a"] == [1, 2]


def test_each_result_is_made_once_and_survives_whatever_is_in_it(store: Store) -> None:
    """Whatever order and however often its key is asked for; tuples are lists at once, lone surrogates stay."""
    judge_memory(store)


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x85", "\n", "\r", "\x1c", "\ud800"])
def test_what_is_remembered_together_survives_whatever_is_in_it(store: Store, odd: str) -> None:
    """What some call an end of a line is none between two results, and nobody writes another's."""
    values = [{"guid": f"evil{odd}y 1{odd}x"}, {"guid": "g"}]
    keys = ["x", "y"]
    assert store.remember_together("k", "show/0", keys, lambda _: values) == values
    assert store.remember_together("k", "show/0", keys, lambda _: pytest.fail("it was known")) == values


def test_a_damaged_result_is_made_anew(store: Store, tmp_path: Path) -> None:
    """It is only a memory."""
    store.remember("k", ["x", "y"], lambda positions: [i + 1 for i in positions])
    with closing(sqlite3.connect(tmp_path / "x.db")) as database:
        database.execute("UPDATE remembered SET value = '{\"half' WHERE key = 'x'")
        database.commit()
    assert store.remember("k", ["x", "y"], lambda positions: [7 for _ in positions]) == [7, 2]
    assert store.remember("k", ["x"], lambda _: pytest.fail("it was known")) == [7]


def test_a_damaged_copy_is_fetched_anew(store: Store, tmp_path: Path) -> None:
    """One that cannot be unpacked, and one that says something else than what came; the message says so once."""
    document = Document(URL, GOOD, "text/xml", '"1"', None, URL)
    other = zstandard.ZstdCompressor().compress(GOOD.replace(b"Show", b"Shaw"))
    for damaged in (b"no frame", other):
        store.keep(URL, document, NOW)
        with closing(sqlite3.connect(tmp_path / "x.db")) as database:
            database.execute("UPDATE documents SET body = ?", (damaged,))
            database.commit()
        kept = store.document(URL)
        assert kept is not None
        with pytest.raises(FetchError, match="the stored copy is damaged; the next run fetches it anew"):
            kept.read()
        assert store.document(URL) is None


def test_what_no_run_uses_is_forgotten_and_what_one_uses_is_not(store: Store) -> None:
    """Results after 30 days, documents and visits after 400; each use counts anew."""
    now = time.time()
    store.remember("k", ["used", "unused"], list)
    store.keep(URL, Document(URL, GOOD), now)
    store.keep(URL + "2", Document(URL + "2", GOOD), now)
    store.set_visit(URL, {"errors": 1}, now)
    store.prune(now + 29 * DAY)
    assert remembered_by(store) == {"used", "unused"}
    with store._database.writing() as connection:  # noqa: SLF001 a day passes by for one of them
        connection.execute(schema.REMEMBERED.update().values(used_on=day_of(now) - 31))
        connection.execute(schema.DOCUMENTS.update().values(used_on=day_of(now) - 401))
    store.remember("k", ["used"], lambda _: pytest.fail("it was known"))
    assert store.document(URL) is not None
    store.prune(now)
    assert remembered_by(store) == {"used"}
    assert store.document(URL) is not None
    assert store.document(URL + "2") is None
    assert store.visit(URL) == {"errors": 1}
    store.prune(now + 402 * DAY)
    assert (store.document(URL), store.visit(URL), remembered_by(store)) == (None, {}, set())


def remembered_by(store: Store) -> set[str]:
    """Give the keys of the results that are remembered."""
    with store._database.reading() as connection:  # noqa: SLF001 to look inside
        return set(connection.execute(sa.select(schema.REMEMBERED.c.key)).scalars())


# The clock


class Line:
    """One feed that is a file, run at any time."""

    def __init__(self, folder: Path) -> None:
        workshop = Workshop(folder)
        (folder / "a.xml").write_bytes(feed(*range(1, 8)))
        workshop.add_feed("a", "a.xml")
        self.config = load(workshop.write_config(), {})

    def run(self, store: Store, now: float) -> Report:
        """Run the first feed as if it were then."""
        with Fetcher(FetchSettings()) as fetcher:
            world = World(self.config, self.config.feeds[0], store, fetcher, now, Errand())
            report = world.settled() or republish(world.feed, world)
            world.settle(report)
            world.note(report.outcome, report.error)
        store.prune(now)
        return report


@pytest.mark.parametrize("jump", [-20 * YEAR, -YEAR, -2 * DAY, 2 * DAY, YEAR, 20 * YEAR])
def test_a_clock_that_jumps_stops_nothing(tmp_path: Path, store: Store, jump: float) -> None:
    """Forward and back again: what is unchanged stays, what changes is published, what shrinks is held and let go."""
    line = Line(tmp_path)
    source = tmp_path / "a.xml"
    assert line.run(store, NOW).outcome == "published"
    for i, now in enumerate((NOW + jump, NOW + 60)):
        assert line.run(store, now).outcome == "unchanged"
        source.write_bytes(feed(*range(9 + i)))
        assert line.run(store, now + 1).outcome == "published"
        small = feed(*range(100 * i + 100, 100 * i + 102))
        source.write_bytes(small)
        assert line.run(store, now + 2).outcome == "held"
        source.write_bytes(feed(*range(9 + i)))
        assert line.run(store, now + 3).outcome in {"unchanged", "published"}


def test_a_hold_from_the_future_ends(tmp_path: Path, store: Store) -> None:
    """Three agreeing readings over six hours of the clock as it is now, though the first was noted years ahead."""
    line = Line(tmp_path)
    line.run(store, NOW)
    (tmp_path / "a.xml").write_bytes(feed(501, 502))
    assert line.run(store, NOW + 3 * YEAR).outcome == "held"
    said = [line.run(store, NOW + 3600 * hours).outcome for hours in (1, 4, 7.5)]
    assert said == ["held", "held", "published"]


def test_what_was_settled_in_the_future_is_made_anew(tmp_path: Path, store: Store) -> None:
    """Else a transcript that has come since would wait for years."""
    line = Line(tmp_path)
    line.run(store, NOW + 3 * YEAR)
    for now, quick in ((NOW + 3 * YEAR + 60, True), (NOW, False), (NOW + 60, True)):
        world = World(line.config, line.config.feeds[0], store, None, now, Errand())  # type: ignore[arg-type]
        assert (world.settled() is not None) == quick
        line.run(store, now)


def test_threads_that_look_at_the_summaries_at_once_see_all_of_them(tmp_path: Path) -> None:
    """Whoever comes while another looks them over for the first time."""
    url = f"sqlite:///{tmp_path / 'enricher.db'}"
    with Store.open(url) as store:
        store.put_summaries([summary_row(f"/s/{n}.json") for n in range(200)])
        wanted = store.summaries_digest([""], [])
    for _ in range(20):
        with Store.open(url) as store, ThreadPoolExecutor(8) as threads:
            barrier = threading.Barrier(8)

            def look(store: Store = store, barrier: threading.Barrier = barrier) -> str:
                barrier.wait()
                return store.summaries_digest([""], [])

            assert {one.result() for one in [threads.submit(look) for _ in range(8)]} == {wanted}


def summary_row(path: str) -> dict[str, object]:
    """Make the columns of a summary."""
    names = ("transcript_path", "transcript", "outline_path", "outline", "stamp")
    return dict.fromkeys(names) | {"path": path, "folder": "/s", "show": "", "digest": path, "document": "{}"}
