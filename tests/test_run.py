"""Many feeds: a queue for each host, workers side by side, each feed's trouble its own, nothing paid for nothing."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import pytest

from enricher.config import Config, load
from enricher.orders import Done, Options
from enricher.run import run_all
from enricher.worker import set_up
from tests.hostile.answers import answer, feed
from tests.hostile.server import Server
from tests.loopback import Loopback
from tests.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from enricher.model.edition import Report
    from tests.hostile.server import Talk

PATIENCE = 30.0
"""Seconds after which a meeting that does not come about has failed."""
HEAVY = ("lxml", "feedparser", "feedgen", "nh3", "rapidfuzz", "markdown_it", "rich", "multiprocessing.pool",
         "enricher.summaries.document", "enricher.pipeline", "enricher.worker")  # fmt: skip


class Host:
    """Hosts that note how many requests each has at the same time, and may let them wait for each other."""

    def __init__(self, meet: Callable[[str], object] = lambda _: None, size: int = 0) -> None:
        self._meet, self._lock, self._size = meet, threading.Lock(), size
        self.now: dict[str, int] = {}
        self.most: dict[str, int] = {}
        self.asked: list[str] = []

    def behave(self, talk: Talk) -> None:
        """Answer with a feed of its own."""
        door = talk.request.door
        with self._lock:
            self.asked.append(talk.name)
            self.now[door] = self.now.get(door, 0) + 1
            self.most[door] = max(self.most.get(door, 0), self.now[door])
        self._meet(door)
        # Whoever asks next has read the whole answer, so this request is over before.
        with self._lock:
            self.now[door] -= 1
        answer(body=feed(1, 2, title=talk.name).ljust(self._size))(talk)


class Shop:
    """A configuration of feeds on several addresses of this machine, and runs in this process."""

    def __init__(self, folder: Path, host: Host, hosts: int, feeds: int, **settings: Any) -> None:
        self.workshop = Workshop(folder, settings={"timeout": 60, "workers": 1, **settings})
        names = [f"f{n}" for n in range(hosts * feeds)]
        self.server = Server(dict.fromkeys(names, host.behave))
        pairs = [self.server.open(f"h{n}", f"127.0.0.{n + 2}").pair for n in range(hosts)]
        self.workshop.settings["allow_private"] = pairs
        for n, name in enumerate(names):
            self.workshop.add_feed(name, f"http://{pairs[n % hosts]}/{name}")

    def run(self, executor: Callable[[Config], Callable[[int], Pool]] | None = None) -> tuple[Done, dict[str, Report]]:
        """Run once with all feeds."""
        config = load(self.workshop.write_config(), {})
        with self.server:
            done = run_all(config, (), Options(), executor(config) if executor else None)
        return done, {report.name: report for report in done.reports}


class Pool(ProcessPoolExecutor):
    """An executor that is not the program's own, and notes what it is given."""

    def __init__(self, config: Config, workers: int, before: Callable[[Any], Any] = lambda _: None) -> None:
        context = get_context("forkserver")
        super().__init__(workers, mp_context=context, initializer=set_up, initargs=(config,))
        self._before = before

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do what is to be done before, or instead, and submit the job."""
        return super().submit(self._before(args[0]) or fn, *args, **kwargs)


def pools(before: Callable[[Any], Any], begun: list[int]) -> Callable[[Config], Callable[[int], Pool]]:
    """Give what `run_all` is given as its executor."""

    def of(config: Config) -> Callable[[int], Pool]:
        def begin(workers: int) -> Pool:
            begun.append(workers)
            return Pool(config, workers, before)

        return begin

    return of


def test_a_host_is_asked_for_one_feed_after_another(tmp_path: Path) -> None:
    """While four hosts are asked side by side: each of their first requests waits for the other three."""
    first: set[str] = set()
    barrier = threading.Barrier(4)

    def meet(door: str) -> None:
        if door not in first:
            first.add(door)
            barrier.wait(PATIENCE)

    host = Host(meet)
    done, reports = Shop(tmp_path, host, hosts=4, feeds=3).run()
    assert {report.outcome for report in reports.values()} == {"published"}
    assert host.most == {"h0": 1, "h1": 1, "h2": 1, "h3": 1}
    assert not barrier.broken
    assert [name for name in host.asked if int(name[1:]) % 4 == 0] == ["f0", "f4", "f8"]
    assert not done.bugs


def test_per_host_lets_a_host_have_more_requests_at_once(tmp_path: Path) -> None:
    """Three of one host meet, a fourth never comes beside them."""
    barrier = threading.Barrier(3)
    host = Host(lambda _: barrier.wait(PATIENCE))
    _, reports = Shop(tmp_path, host, hosts=1, feeds=6, per_host=3).run()
    assert {report.outcome for report in reports.values()} == {"published"}
    assert host.most == {"h0": 3}


def test_another_executor_makes_the_editions_and_gets_as_many_as_it_has_workers(tmp_path: Path) -> None:
    """Any that speaks the interface: two jobs of it meet, and every feed goes through it."""
    barrier, jobs, begun = threading.Barrier(2), list[str](), list[int]()

    def before(job: Any) -> None:
        jobs.append(job.feed.name)
        barrier.wait(PATIENCE)

    _, reports = Shop(tmp_path, Host(), hosts=4, feeds=2, workers=2).run(pools(before, begun))
    assert {report.outcome for report in reports.values()} == {"published"}
    assert (sorted(jobs), begun) == (sorted(reports), [2])


def test_few_bytes_wait_for_a_worker_however_many_feeds_there_are(tmp_path: Path) -> None:
    """While the first edition of 6 MB is being made, its host is asked for two more feeds and not for a fourth."""
    third, fourth, early = threading.Event(), threading.Event(), list[bool]()

    def count(_: str) -> None:
        (third if len(host.asked) == 3 else fourth if len(host.asked) > 3 else threading.Event()).set()

    def before(_: Any) -> None:
        if not early:
            assert third.wait(PATIENCE)
            early.append(fourth.wait(0.3))

    host = Host(count, size=6_000_000)
    _, reports = Shop(tmp_path, host, hosts=1, feeds=9).run(pools(before, []))
    assert {report.outcome for report in reports.values()} == {"published"}
    assert early == [False]
    assert fourth.is_set()


def die(_job: Any) -> None:
    """End the worker as the kernel ends one that takes too much memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def fail(_job: Any) -> None:
    """Be a bug of ours."""
    raise ZeroDivisionError("a bug for the test")


def test_a_worker_that_dies_takes_its_own_feed_alone(tmp_path: Path) -> None:
    """Those that were in its pool are made again; the one that ends its worker twice fails with advice.

    A feed that was published just before its pool broke is unchanged when it is made again.
    """
    begun: list[int] = []
    take = pools(lambda job: die if job.feed.name == "f3" else None, begun)
    shop = Shop(tmp_path, Host(), hosts=4, feeds=2, workers=2)
    done, reports = shop.run(take)
    good = {name for name, report in reports.items() if report.outcome in {"published", "unchanged"}}
    assert good == set(reports) - {"f3"} == {path.stem for path in shop.workshop.output.glob("*.xml")}
    assert reports["f3"].outcome == "failed"
    assert "its worker process ended" in (reports["f3"].error or "")
    assert not done.bugs
    assert 1 in begun


def test_a_bug_in_one_feed_stops_no_other(tmp_path: Path) -> None:
    """Its traceback is kept for standard error, and the feed has failed."""
    done, reports = Shop(tmp_path, Host(), hosts=2, feeds=3).run(
        pools(lambda job: fail if job.feed.name == "f2" else None, [])
    )
    assert {name for name, report in reports.items() if report.outcome == "published"} == set(reports) - {"f2"}
    assert "a bug of this program" in (reports["f2"].error or "")
    assert len(done.bugs) == 1
    assert "ZeroDivisionError: a bug for the test" in done.bugs[0]


def files(workshop: Workshop, count: int) -> None:
    """Configure feeds that are files."""
    for n in range(count):
        path = workshop.folder / f"f{n}.rss"
        path.write_bytes(feed(1, 2, title=f"f{n}"))
        workshop.add_feed(f"f{n}", path)
    workshop.write_config()


def test_a_bug_ends_the_program_with_70_and_a_traceback(tmp_path: Path) -> None:
    """After the other feeds are published: here the database was damaged by hand."""
    workshop = Workshop(tmp_path)
    files(workshop, 3)
    assert workshop.call("run").returncode == 0
    with sqlite3.connect(tmp_path / "enricher.db") as database:
        (state,) = database.execute("SELECT state FROM feeds WHERE name = 'f1'").fetchone()
        damaged = json.dumps({**json.loads(state), "hold": {"no": "hold"}, "settled": None})
        database.execute("UPDATE feeds SET state = ? WHERE name = 'f1'", (damaged,))
    database.close()
    (tmp_path / "f2.rss").write_bytes(feed(3, 1, 2, title="f2"))
    done = workshop.call("run", "--json")
    outcomes = {one["name"]: one["outcome"] for one in json.loads(done.stdout)["feeds"]}
    assert (done.returncode, outcomes) == (70, {"f0": "unchanged", "f1": "failed", "f2": "published"})
    assert done.stderr.count("Traceback (most recent call last)") == 1
    assert "TypeError" in done.stderr
    assert done.stderr.count("f1: failed: a bug of this program") == 1


DRIVER = """
import json, sys
from enricher.cli import main
sys.argv = ["enricher", "run", "--json"]
try:
    main()
except SystemExit as end:
    print(json.dumps([end.code, sorted(sys.modules)]), file=sys.stderr)
"""


@pytest.fixture
def web() -> Iterator[Loopback]:
    """Serve five feeds with validators."""
    with ExitStack() as stack:
        yield stack.enter_context(Loopback({f"/{n}": feed(1, 2, title=f"Show {n}") for n in range(5)}))


def test_a_run_over_unchanged_feeds_loads_nothing_that_reads_or_writes_feeds(tmp_path: Path, web: Loopback) -> None:
    """Neither where they are files nor where every server answers 304."""
    workshop = Workshop(tmp_path, settings={"allow_private": [web.host], "min_interval": 0})
    files(workshop, 3)
    for n in range(5):
        workshop.add_feed(f"web-{n}", web.url(f"/{n}"))
    workshop.add_summary("one.json", {"title": "Episode 1", "guid": "show-1", "abstract": "Of bees."})
    workshop.write_config()
    assert workshop.call("run").returncode == 0
    process = subprocess.run([sys.executable, "-c", DRIVER], cwd=tmp_path, capture_output=True, text=True, check=True)
    outcomes = {one["outcome"] for one in json.loads(process.stdout)["feeds"]}
    code, modules = json.loads(process.stderr)
    assert (code, outcomes) == (0, {"unchanged"})
    assert [status for _, status in web.asked[5:]] == [304] * 5
    loaded = {name for name in modules if name in HEAVY or name.partition(".")[0] in HEAVY}
    assert not loaded
