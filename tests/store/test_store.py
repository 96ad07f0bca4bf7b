"""What the store keeps: feeds, documents, results, summaries; what it forgets in time; whatever the clock says."""

from __future__ import annotations

import sqlite3
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from enricher.config import load
from enricher.errors import FetchError, Problem, StoreError
from enricher.http.client import Client, ClientSettings
from enricher.http.feed_fetcher import Fetcher
from enricher.http.host_limits import Hosts
from enricher.model.feed import Document
from enricher.model.state import Copy, FeedState, Hold, Published, Schedule
from enricher.pipeline.republish import republish
from enricher.pipeline.tools import Tools
from enricher.publish.outputs import publisher_of
from enricher.store import schema
from enricher.store.rows import day_of
from enricher.store.store import Store, address_key
from tests.hostile.answers import GOOD, feed
from tests.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from enricher.model.edition import Report

NOW = 1_800_000_000.0
DAY, YEAR = 86_400.0, 365 * 86_400.0
URL = "https://feeds.example/show.xml"


def url_of(path: Path) -> str:
    """Return a file as `database` names it."""
    return f"sqlite:///{path}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open a new store."""
    with Store.open(url_of(tmp_path / "x.db")) as store:
        yield store


# Whose database it is


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["UPDATE meta SET value = '99' WHERE key = 'version'"], "another version of enricher (schema 99"),
        (["UPDATE meta SET value = 'two' WHERE key = 'version'"], "belongs to something else"),
        (["DELETE FROM meta"], "belongs to something else"),
        (["ALTER TABLE meta ADD COLUMN more TEXT"], "belongs to something else"),
        (["DROP TABLE meta"], "belongs to something else"),
    ],
)
def test_another_versions_or_programs_database_is_refused_and_left_as_it_is(
    tmp_path: Path, statements: list[str], said: str
) -> None:
    """The message says what to do; not a byte of it changes."""
    path = tmp_path / "x.db"
    Store.open(url_of(path)).close()
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreError) as caught:
            Store.open(url_of(path), read_only=read_only)
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
    with closing(sqlite3.connect(path)) as database:
        assert list(database.execute("SELECT name FROM sqlite_master")) == [("moz_cookies",)]


def test_a_table_that_is_missing_is_created_again(tmp_path: Path) -> None:
    """What was in it is found out again, as after damage."""
    path = tmp_path / "x.db"
    Store.open(url_of(path)).close()
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE feeds")
    with Store.open(url_of(path)) as store:
        assert store.feed_state("show") == FeedState()


def test_the_database_is_its_owners_alone(tmp_path: Path) -> None:
    """It holds what private feeds say (contract C56)."""
    path = tmp_path / "x.db"
    Store.open(url_of(path)).close()
    assert path.stat().st_mode & 0o777 == 0o600


# Feeds


def test_a_state_comes_back_as_it_was(store: Store) -> None:
    """Whole, in one transaction with the documents that it was made of."""
    published = Published("i", "s", NOW, 3, 2, 1, 1, (Problem("why", "item"),))
    state = FeedState(
        outcome="published", at=NOW, title="Show", schedule=Schedule(next_at=NOW + 5, errors=2, error="why"),
        copy=Copy(address_key(URL), "d", '"\xe9"'), known=("a", "b"), hold=Hold("d", 2, NOW, NOW), chapters={"a": 3},
        published=published, files={"a.xml": ("0" * 64, 1, "2")},
    )  # fmt: skip
    store.save_feed("show", state, {URL: Document(URL, GOOD, "text/xml", '"1"')}, NOW)
    store._states.clear()  # noqa: SLF001 read it again
    assert store.feed_state("show") == state
    assert store.read_document(URL) == Document(URL, GOOD, "text/xml", '"1"', None, URL)
    assert store.feed_names() == ["show"]
    assert store.read_states(["show", "other"]) == {"show": state, "other": FeedState()}


def test_states_are_saved_together(store: Store) -> None:
    """They stand in place of the earlier ones, and are given from memory too."""
    store.save_feed("show", FeedState(outcome="held"), {}, NOW)
    states = {"show": FeedState(outcome="unchanged", at=NOW), "other": FeedState(outcome="unchanged")}
    store.save_states(states)
    assert {name: store.feed_state(name) for name in states} == states
    assert store.read_states(["show", "other"]) == states
    store.save_states({})


@pytest.mark.parametrize("text", ["", "{", "[1, 2", "[]", '{"known": 5}', '{"hold": {"no": "hold"}}'])
def test_a_damaged_state_is_that_of_a_new_feed(store: Store, tmp_path: Path, text: str) -> None:
    """It is as if it had never run."""
    store.save_feed("show", FeedState(outcome="held"), {}, NOW)
    with closing(sqlite3.connect(tmp_path / "x.db")) as database:
        database.execute("UPDATE feeds SET state = ?", (text,))
        database.commit()
    store._states.clear()  # noqa: SLF001 read it again
    assert store.feed_state("show") == FeedState()


# Documents


def test_a_damaged_copy_is_fetched_again(store: Store, tmp_path: Path) -> None:
    """One that cannot be inflated, and one that says something else than what came; the message says so once."""
    document = Document(URL, GOOD, "text/xml", '"1"', None, URL)
    for damaged in (b"nothing", zlib.compress(GOOD.replace(b"Show", b"Shaw"))):
        store.save_document(URL, document, NOW)
        with closing(sqlite3.connect(tmp_path / "x.db")) as database:
            database.execute("UPDATE documents SET body = ?", (damaged,))
            database.commit()
        assert store.find_document(URL) is not None
        with pytest.raises(FetchError, match="the stored copy is damaged; the next run fetches it anew"):
            store.read_document(URL)
        assert store.find_document(URL) is None


def test_a_failure_is_noted_beside_what_is_stored(store: Store) -> None:
    """Without a copy too; a copy stays, and an answer that it still stands ends the failure."""
    later = Schedule(next_at=NOW + 600, errors=1, error="down")
    store.save_schedule(URL, later, NOW)
    known = store.find_document(URL)
    assert known is not None
    assert (known.copy, known.schedule) == (None, later)
    store.save_document(URL, Document(URL, GOOD), NOW)
    store.save_schedule(URL, later, NOW)
    assert store.read_document(URL).body == GOOD
    store.renew_document(URL, NOW + 5)
    known = store.find_document(URL)
    assert known is not None
    assert known.copy is not None
    assert (known.copy.fetched_at, known.schedule) == (NOW + 5, Schedule())


# What is forgotten


def test_what_no_run_uses_is_forgotten_and_what_one_uses_is_not(store: Store) -> None:
    """Results after 30 days, documents after 400, hosts when their wait is over; each use counts anew."""
    judge_forgetting(store)


def judge_forgetting(store: Store) -> None:
    """See that results, documents and hosts are kept and forgotten in time."""
    now = time.time()
    store.save_results({"used": b"1", "unused": b"2"})
    for url in (URL, URL + "2", URL + "3"):
        store.save_document(url, Document(url, GOOD), now)
    store.save_host_wait("host", now + 5)
    store.prune(now + 29 * DAY, [])
    assert results_in(store) == {"used", "unused"}
    assert store.host_waits() == {}
    with store._database.writing() as connection:  # noqa: SLF001 time passes
        connection.execute(schema.RESULTS.update().values(used_on=day_of(now) - 31))
        connection.execute(schema.DOCUMENTS.update().values(used_on=day_of(now) - 401))
    assert store.results(["used", "none"]) == {"used": b"1"}
    assert store.find_document(URL) is not None
    store.prune(now, [URL + "3"])
    assert results_in(store) == {"used"}
    assert store.find_document(URL) is not None
    assert store.find_document(URL + "2") is None
    assert store.find_document(URL + "3") is not None, "the source of a feed, which is not read while it is unchanged"
    store.prune(now + 402 * DAY, [])
    assert (store.find_document(URL), results_in(store)) == (None, set())


def results_in(store: Store) -> set[str]:
    """Return the keys of the stored results."""
    with store._database.reading() as connection:  # noqa: SLF001 to look inside
        return set(connection.execute(sa.select(schema.RESULTS.c.key)).scalars())


# Summaries


def summary_row(path: str, show: str = "", document: str = "{}") -> dict[str, Any]:
    """Make the columns of a summary."""
    names = ("transcript_path", "transcript", "outline_path", "outline", "stamp")
    return dict.fromkeys(names) | {"path": path, "folder": "/s", "show": show, "digest": path, "document": document}


def test_threads_that_look_at_the_summaries_at_once_see_all_of_them(tmp_path: Path) -> None:
    """Whoever comes while another lists them for the first time."""
    url = url_of(tmp_path / "enricher.db")
    with Store.open(url) as store:
        store.summaries.put([summary_row(f"/s/{n}.json") for n in range(200)])
        wanted = store.summaries.digest([""], [])
    for _ in range(20):
        with Store.open(url) as store, ThreadPoolExecutor(8) as threads:
            barrier = threading.Barrier(8)

            def look(store: Store = store, barrier: threading.Barrier = barrier) -> str:
                barrier.wait()
                return store.summaries.digest([""], [])

            assert {one.result() for one in [threads.submit(look) for _ in range(8)]} == {wanted}


def test_a_store_that_is_read_only_keeps_changed_summaries_in_memory(tmp_path: Path) -> None:
    """Candidates, digest, count and shows are those of a store that was written; the file is not touched."""
    url = url_of(tmp_path / "x.db")
    with Store.open(url) as store:
        store.summaries.put([summary_row("/s/a"), summary_row("/s/b", "bees"), summary_row("/s/c")])
        digest = store.summaries.digest(["", "bees"], [])
    before = (tmp_path / "x.db").read_bytes(), sorted(path.name for path in tmp_path.iterdir())
    with Store.open(url, read_only=True) as store:
        assert store.summaries.digest(["", "bees"], []) == digest
        store.summaries.put([summary_row("/s/a", "wasps") | {"transcript_path": "/s/a.srt", "transcript": b"x"}])
        store.summaries.put([summary_row("/s/d", "bees")])
        store.summaries.remove(["/s/c"])
        assert store.summaries.digest(["", "bees"], []) != digest
        assert [row.path for row in store.summaries.candidates(["bees"], [])] == ["/s/b", "/s/d"]
        assert [row.path for row in store.summaries.candidates([""], ["/s"])] == ["/s/a", "/s/b", "/s/d"]
        assert store.summaries.shows([]) == [("bees", 2, "/s/b"), ("wasps", 1, "/s/a")]
        assert (store.summaries.count(), store.summaries.document("/s/c")) == (3, "")
        transcript, outline = store.summaries.companions("/s/a")
        assert transcript is not None
        assert (transcript.body, outline) == (b"x", None)
        store.save_feed("show", FeedState(outcome="held"), {URL: Document(URL, GOOD)}, NOW)
        store.save_document(URL, Document(URL, GOOD), NOW)
        store.save_host_wait("h", NOW)
        store.save_results({"k": b"v"})
        assert store.find_document(URL) is None
    assert ((tmp_path / "x.db").read_bytes(), sorted(path.name for path in tmp_path.iterdir())) == before


def test_transcripts_are_read_for_matched_summaries_alone(tmp_path: Path) -> None:
    """Three hundred candidates, each with a transcript of 1 MB, are a few kilobytes."""
    with Store.open(url_of(tmp_path / "x.db")) as store:
        beside = {"transcript_path": "/s/a.srt", "transcript": bytes(1_000_000)}
        store.summaries.put([summary_row(f"/s/{n}") | beside for n in range(3)])
        rows = store.summaries.candidates([""], [])
        assert len(rows) == 3
        assert sum(len(repr(row)) for row in rows) < 10_000
        transcript, _ = store.summaries.companions("/s/1")
        assert transcript is not None
        assert len(transcript.body) == 1_000_000


# The clock


class Line:
    """One feed that is a file, run at any time."""

    def __init__(self, folder: Path) -> None:
        workshop = Workshop(folder)
        (folder / "a.xml").write_bytes(feed(*range(1, 8)))
        workshop.add_feed("a", "a.xml")
        self.config = load(workshop.write_config(), {})
        self.made: list[str] = []

    def run(self, store: Store, now: float) -> Report:
        """Run the feed as if it were then."""
        self.made.clear()
        with Client(ClientSettings()) as client:
            fetcher = Fetcher(client, store, Hosts({}, store.save_host_wait))
            publisher = publisher_of(self.config.output, self.config.object_store)
            tools = Tools(fetcher, store, publisher, making=self.made.append)
            result = republish(self.config.feeds[0], tools, now)
        store.save_feed("a", result.state, result.documents, now, result.stored)
        store.prune(now, [])
        return result.report


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


def test_what_was_published_in_the_future_is_made_again(tmp_path: Path, store: Store) -> None:
    """Else a transcript that has come since would wait for years."""
    line = Line(tmp_path)
    line.run(store, NOW + 3 * YEAR)
    for now, made in ((NOW + 3 * YEAR + 60, []), (NOW, ["a"]), (NOW + 60, [])):
        assert line.run(store, now).outcome == "unchanged"
        assert line.made == made
