"""The same store in PostgreSQL, in a server that the tests begin themselves; skipped where there is none."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from enricher.errors import LockedError, StoreError
from enricher.http.host_limits import Hosts
from enricher.model.feed import Document
from enricher.model.state import FeedState
from enricher.store.locks import run_lock
from enricher.store.store import Store
from tests.hostile.answers import GOOD, feed
from tests.http.test_host_limits import NOW as MOMENT
from tests.http.test_host_limits import PATIENCE, Busy
from tests.store.test_damage import Place
from tests.store.test_store import NOW, URL, judge_forgetting
from tests.workshop import BASE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


def test_postgresql_makes_the_same_editions(pg: str, tmp_path: Path) -> None:
    """Byte for byte what SQLite's are; the second run settles, a change is published, and no password is shown."""
    place = Place(tmp_path)
    place.run()
    before = place.published()
    shutil.rmtree(place.workshop.output)
    place.workshop.settings["database"] = pg
    first = place.workshop.run()
    assert (first["exit"], first["stderr"]) == (0, "")
    assert place.published() == before
    stands = place.workshop.snapshot()
    assert place.workshop.run()["exit"] == 0
    assert place.workshop.snapshot() == stands
    (place.workshop.folder / "a.xml").write_bytes(feed(1, 2, 3, 4, 5, 6, 7, 8))
    assert place.workshop.run()["a"]["outcome"] == "published"
    for command in (["status"], ["check"], ["explain", "a"], ["run", "--force"]):
        done = place.workshop.call(*command)
        assert (done.returncode, done.stderr) == (0, "")
        assert "swordfish" not in done.stdout


def test_postgresql_remembers_keeps_and_forgets(pg: str) -> None:
    """Everything that the store does, by the same tables."""
    with Store.open(pg) as store:
        judge_forgetting(store)
        state = FeedState(outcome="held", known=("a",))
        store.save_feed("show", state, {URL: Document(URL, GOOD, "text/xml", '"\xe9"')}, NOW)
        store.save_host_wait("feeds.example", 5.0)
    with Store.open(pg, read_only=True) as store:
        assert store.feed_state("show") == state
        assert store.read_document(URL).etag == '"\xe9"'
        assert store.host_waits() == {"feeds.example": 5.0}
        store.save_feed("other", state, {}, NOW)
        assert store.feed_names() == ["show"]


def test_postgresql_that_cannot_be_reached_is_told_without_its_password(server_url: str) -> None:
    """A database that is not there, a server that is not there."""
    for url in (server_url.format("nowhere"), "postgresql+psycopg://me:swordfish@127.0.0.1:1/x"):
        with pytest.raises(StoreError) as caught:
            Store.open(url)
        assert "cannot be used: " in str(caught.value)
        assert "see `database` in config.toml" in str(caught.value)
        assert "swordfish" not in str(caught.value)


@pytest.mark.parametrize("per_host", [1, 3])
def test_a_host_has_so_many_turns_over_all_processes_of_a_database(pg: str, per_host: int) -> None:
    """Two stores are two sessions, as two machines have them; a Retry-After that one heard holds for the other."""
    barrier = threading.Barrier(per_host)
    busy = Busy(lambda: barrier.wait(PATIENCE))
    with Store.open(pg) as one, Store.open(pg) as other:
        hosts = [Hosts({}, store.save_host_wait, per_host=per_host, locks=store.host_locks) for store in (one, other)]
        with ThreadPoolExecutor(4 * per_host) as threads:
            for future in [threads.submit(busy.take, hosts[n % 2]) for n in range(4 * per_host)]:
                future.result()
        hosts[0].set_wait("slow.example", MOMENT + 90)
        assert hosts[1].wait_until("slow.example", MOMENT) == MOMENT + 90
    assert busy.most == per_host


def test_one_run_at_a_time_wherever_it_is(pg: str, tmp_path: Path) -> None:
    """A run of the same feeds on another machine does nothing; one whose session ended is in nobody's way."""
    place = Place(tmp_path)
    place.workshop.settings["database"] = pg
    with run_lock(pg, BASE):
        done = place.workshop.call("run", "--config", str(place.workshop.write_config()))
        assert (done.returncode, done.stderr) == (75, "another run is under way; this one does nothing\n")
        with pytest.raises(LockedError), run_lock(pg, BASE):
            pass
        with run_lock(pg, "https://other.example"):  # other feeds in the same database
            pass
    assert place.workshop.run()["exit"] == 0


def test_feeds_in_flight_are_known_to_whoever_comes_next(pg: str) -> None:
    """Those that were being made, and the outcomes of the others that something was made of; of one `base_url`."""
    with Store.open(pg) as one, Store.open(pg) as other:
        dies, comes, elsewhere = one.in_flight(BASE), other.in_flight(BASE), other.in_flight("https://other.example")
        dies.begin("a")
        dies.begin("b")
        dies.end("b", "published")
        dies.end("c", "unchanged")
        assert comes.exists()
        assert comes.read() == ({"a"}, {"b": "published"})
        assert comes.making() == {"a"}
        elsewhere.begin("a")
        comes.forget(["a"])
        assert comes.read() == (set(), {"b": "published"})
        comes.close()
        assert not dies.exists()
        assert elsewhere.making() == {"a"}
