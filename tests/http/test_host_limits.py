"""One host's turns: so many at a time in all threads and processes, and a Retry-After heard by whoever comes next."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from enricher.errors import FetchError
from enricher.http.client import AnswerError, Fetched, WaitError
from enricher.http.feed_fetcher import Fetcher
from enricher.http.host_limits import Hosts, host_key
from enricher.http.host_locks import FolderLocks
from enricher.http.schedule import DAY, Answer
from enricher.model.feed import FeedConfig
from enricher.model.state import FeedState
from enricher.store.database import memory
from enricher.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

NOW = 1_800_000_000.0
PATIENCE = 30.0
HOST = "feeds.example"


def forget(_key: str, _until: float) -> None:
    """Save nothing."""


class Busy:
    """Counts who has a turn at the same time; `meet` is called while it has."""

    def __init__(self, meet: Callable[[], object] = lambda: None) -> None:
        self._meet, self._lock = meet, threading.Lock()
        self.now = self.most = 0

    def take(self, hosts: Hosts, host: str = HOST) -> None:
        """Take a turn."""
        with hosts.turn(host, NOW):
            with self._lock:
                self.now += 1
                self.most = max(self.most, self.now)
            self._meet()
            with self._lock:
                self.now -= 1


@pytest.mark.parametrize("per_host", [1, 3])
@pytest.mark.parametrize("shared", [False, True])
def test_a_host_has_so_many_turns_at_a_time(tmp_path: Path, per_host: int, *, shared: bool) -> None:
    """In all threads of a process, and with lock files too; nobody has to wait who need not."""
    hosts = Hosts({}, forget, per_host=per_host, locks=FolderLocks(tmp_path) if shared else None)
    barrier = threading.Barrier(per_host)
    busy = Busy(lambda: barrier.wait(PATIENCE))
    with ThreadPoolExecutor(2 * per_host) as threads:
        for future in [threads.submit(busy.take, hosts) for _ in range(2 * per_host)]:
            future.result()
    assert busy.most == per_host


def test_each_host_has_turns_of_its_own() -> None:
    """Two hosts side by side."""
    hosts, barrier = Hosts({}, forget), threading.Barrier(2)
    busy = Busy(lambda: barrier.wait(PATIENCE))
    with ThreadPoolExecutor(2) as threads:
        for future in [threads.submit(busy.take, hosts, host) for host in ("a.example", "b.example")]:
            future.result()
    assert busy.most == 2


OTHER = """
import sys
from pathlib import Path
from enricher.http.host_locks import FolderLocks
from enricher.http.host_limits import Hosts
hosts = Hosts({}, lambda key, until: None, per_host=int(sys.argv[2]), locks=FolderLocks(Path(sys.argv[1])))
with hosts.turn(sys.argv[3], float(sys.argv[4])):
    print("in", flush=True)
    sys.stdin.read()
    if len(sys.argv) > 5:
        hosts.set_wait(sys.argv[3], float(sys.argv[5]))
"""


def other_process(folder: Path, per_host: int, *until: float) -> subprocess.Popen[str]:
    """Take a turn in another process, held until its standard input ends."""
    command = [sys.executable, "-c", OTHER, str(folder), str(per_host), HOST, str(NOW), *map(str, until)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "in\n"
    return process


def test_processes_take_turns_too(tmp_path: Path) -> None:
    """Who comes later waits until the other process gives its turn back; with `per_host` 2 there is one more."""
    with other_process(tmp_path, 1) as other:
        hosts, had = Hosts({}, forget, locks=FolderLocks(tmp_path)), threading.Event()

        def take() -> None:
            with hosts.turn(HOST, NOW):
                had.set()

        Busy().take(Hosts({}, forget, per_host=2, locks=FolderLocks(tmp_path)))
        thread = threading.Thread(target=take)
        thread.start()
        assert not had.wait(0.2)
        other.communicate()
        assert had.wait(PATIENCE)
        thread.join()


def test_a_process_that_is_killed_gives_its_turn_back(tmp_path: Path) -> None:
    """The system does it."""
    with other_process(tmp_path, 1) as other:
        other.kill()
        other.wait()
        Busy().take(Hosts({}, forget, locks=FolderLocks(tmp_path)))


def test_what_a_host_wants_is_heard_by_all(tmp_path: Path) -> None:
    """By those that wait for their turn, by other processes, and by the next run; until it is over."""
    saved: dict[str, float] = {}
    with other_process(tmp_path, 1, NOW + 60) as other:
        hosts = Hosts({}, saved.__setitem__, locks=FolderLocks(tmp_path))
        assert hosts.wait_until(HOST, NOW) == 0.0
        with ThreadPoolExecutor(2) as threads:
            waiting = [threads.submit(Busy().take, hosts) for _ in range(2)]
            other.communicate()
            for one in waiting:
                with pytest.raises(WaitError) as caught:
                    one.result(PATIENCE)
                assert (caught.value.until, caught.value.asked) == (NOW + 60, False)
                assert HOST in str(caught.value)
    with hosts.turn(HOST, NOW + 61), hosts.turn("other.example", NOW):
        pass
    with hosts.turn(HOST, NOW, impatient=True):
        hosts.set_wait(HOST, NOW + 90)
    assert saved == {host_key(HOST): NOW + 90}
    assert Hosts(saved, forget).wait_until(HOST, NOW) == NOW + 90


def test_a_clock_that_was_set_back_stops_no_host() -> None:
    """Yet a wait of a day counts for feeds whose turn began before it was heard."""
    hosts = Hosts({host_key(HOST): NOW + DAY}, forget)
    assert hosts.wait_until(HOST, NOW - 600) == NOW + DAY
    assert hosts.wait_until(HOST, NOW - 365 * DAY) == 0.0


class Refusing:
    """A client whose every request is answered with 429."""

    def fetch(self, _url: str, *, turn: Callable[[str], AbstractContextManager[object]], **_: object) -> Fetched:
        """Answer as a client does."""
        with turn(HOST):
            raise AnswerError("shown", Answer(429, {"retry-after": "60"}, HOST))


def test_a_retry_after_is_noted_before_the_next_turn_begins() -> None:
    """Else whoever waits for the host would ask it once more."""
    held: list[bool] = []
    hosts = Hosts({}, lambda _key, _until: held.append(hosts._slots[HOST].acquire(blocking=False)))  # noqa: SLF001
    with Store(memory()) as store:
        fetcher = Fetcher(Refusing(), store, hosts)  # type: ignore[arg-type] # a client by its one method
        feed = FeedConfig("show", f"https://{HOST}/feed", "https://feeds.example")
        with pytest.raises(FetchError, match="429"):
            fetcher.for_feed(feed, FeedState(), NOW).source()
    assert held == [False]
    assert hosts.wait_until(HOST, NOW) == NOW + 60
