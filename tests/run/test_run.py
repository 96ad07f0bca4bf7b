"""Many feeds: one thread for each host, processes side by side, each feed's trouble its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from enricher.config import load
from enricher.errors import StoreError
from enricher.pipeline.republish import republish
from enricher.run.distribute import divide
from enricher.run.run import Options, RunResult, operate, run_all
from enricher.store.store import Store
from tests.hostile.answers import answer, feed
from tests.hostile.server import Server
from tests.loopback import Loopback
from tests.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from enricher.model.edition import Report
    from tests.hostile.server import Talk

PATIENCE = 30.0
"""Seconds after which a meeting that does not come about has failed."""
HEAVY = ("lxml", "feedparser", "feedgen", "nh3", "rapidfuzz", "markdown_it", "rich", "enricher.pipeline.edition")


class Host:
    """Hosts that note how many requests each has at the same time, and may let them wait for each other."""

    def __init__(self, meet: Callable[[str], object] = lambda _: None, size: int = 0) -> None:
        self._meet, self._lock, self._size = meet, threading.Lock(), size
        self.now: dict[str, int] = {}
        self.most: dict[str, int] = {}
        self.asked: list[str] = []

    def behave(self, talk: Talk) -> None:
        """Answer with a feed of its own."""
        self.count(talk)
        answer(body=feed(1, 2, title=talk.name).ljust(self._size))(talk)

    def count(self, talk: Talk) -> None:
        """Note a request, and let it meet others."""
        door = talk.request.door
        with self._lock:
            self.asked.append(talk.name)
            self.now[door] = self.now.get(door, 0) + 1
            self.most[door] = max(self.most.get(door, 0), self.now[door])
        self._meet(door)
        # Whoever asks next has read the whole answer, so this request is over before.
        with self._lock:
            self.now[door] -= 1


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

    def run(self) -> tuple[RunResult, dict[str, Report]]:
        """Run once with all feeds."""
        config = load(self.workshop.write_config(), {})
        with self.server:
            result = run_all(config, (), Options())
        return result, {report.name: report for report in result.reports}


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


class Talker:
    """A host that serves feeds with transcripts, and notes how many requests it has at the same time."""

    def __init__(self, feeds: int, each: int, status: int = 200) -> None:
        self.feeds, self.status = feeds, status
        self.lock = threading.Lock()
        self.now = self.most = 0
        self.asked: list[str] = []
        self.each = each

    def behave(self, talk: Talk) -> None:
        """Answer with the feed, or with one of its transcripts."""
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.asked.append(talk.request.path)
        pair = talk.request.headers["host"].decode()
        try:
            if talk.rest:
                body = b"WEBVTT\n\n00:01.000 --> 00:05.000\nThey vote with their feet.\n"
                answer(self.status, *(["Retry-After: 3600"] if self.status == 429 else []), body=body)(talk)
            else:
                names = "xmlns:podcast='https://podcastindex.org/namespace/1.0'"
                items = "".join(
                    f"<item><title>Episode {i}</title><guid>show-{i}</guid>"
                    f"<podcast:transcript url='http://{pair}/{talk.name}/t{i}.vtt' type='text/vtt'/></item>"
                    for i in range(self.each)
                )
                body = f"<rss version='2.0' {names}><channel><title>{talk.name}</title>{items}</channel></rss>".encode()
                answer(body=body)(talk)
        finally:
            with self.lock:
                self.now -= 1


def with_transcripts(folder: Path, talker: Talker, **settings: Any) -> tuple[Workshop, Server]:
    """Configure feeds of one host, every item of which has a summary and a transcript."""
    workshop = Workshop(folder, settings={"timeout": 60, "min_interval": 0, **settings})
    names = [f"f{n}" for n in range(talker.feeds)]
    server = Server(dict.fromkeys(names, talker.behave))
    pair = server.open("http").pair
    workshop.settings["allow_private"] = [pair]
    for name in names:
        workshop.add_feed(name, f"http://{pair}/{name}", summaries=[f"summaries/{name}"])
        for i in range(talker.each):
            document = {"title": f"Episode {i}", "guid": f"show-{i}", "abstract": "Of bees."}
            workshop.add_summary(f"{i}.json", document, f"summaries/{name}")
    workshop.write_config()
    return workshop, server


@pytest.mark.parametrize("workers", [1, 2])
def test_transcripts_take_their_hosts_turn_too(tmp_path: Path, workers: int) -> None:
    """`per_host` counts every request to a host, whichever feed and process it is for (contract C48)."""
    talker = Talker(feeds=4, each=4)
    workshop, server = with_transcripts(tmp_path, talker, workers=workers)
    with server:
        done = workshop.run()
    assert done["exit"] == 0
    assert talker.most == 1
    assert len(talker.asked) == len(set(talker.asked)) == 4 + 16


def test_a_retry_after_is_heard_by_every_feed_of_the_host(tmp_path: Path) -> None:
    """A transcript's 429 ends all requests to its host, in this run and the next (contract C48)."""
    talker = Talker(feeds=3, each=3, status=429)
    workshop, server = with_transcripts(tmp_path, talker)
    with server:
        assert workshop.run()["exit"] == 1
        asked = list(talker.asked)
        workshop.run()
    assert asked == ["/f0", "/f0/t0.vtt"] == talker.asked


def test_the_network_does_not_count_as_computing(tmp_path: Path) -> None:
    """Many quick transcripts may take longer than `feed_limit`; their feed is published."""
    talker = Talker(feeds=1, each=5)
    workshop, server = with_transcripts(tmp_path, talker, feed_limit=1)
    begin = server.behaviours["f0"]

    def slowly(talk: Talk) -> None:
        threading.Event().wait(0.4)  # a slow network: 5 x 0.4 s is twice the limit
        begin(talk)

    server.behaviours = {"f0": slowly}
    with server:
        done = workshop.run()
    assert (done["exit"], done["f0"]["outcome"], done["f0"]["matched"]) == (0, "published", 5)


def test_shares_hold_every_host_once(tmp_path: Path) -> None:
    """Hosts are divided, feeds of one host never; shares are of about one size."""
    workshop = Workshop(tmp_path)
    for n in range(60):
        workshop.add_feed(f"f{n}", f"http://h{n % 7}.example/{n}")
    feeds = load(workshop.write_config(), {}).feeds
    shares = divide(feeds, 3)
    hosts = [{feed.url.split("/")[2] for feed in share} for share in shares]
    assert sum(map(len, shares)) == 60
    assert sum(map(len, hosts)) == len(set.union(*hosts)) == 7
    assert max(map(len, shares)) - min(map(len, shares)) <= 9


def dying(name: str) -> Callable[..., Any]:
    """Make a `republish` whose process dies over one feed, as the kernel ends one that takes too much memory."""

    def wrapper(feed: Any, *arguments: Any, **keys: Any) -> Any:
        if feed.name == name:
            arguments[0].making(name)
            os.kill(os.getpid(), signal.SIGKILL)
        return republish(feed, *arguments, **keys)

    return wrapper


def failing(name: str) -> Callable[..., Any]:
    """Make a `republish` with a bug."""

    def wrapper(feed: Any, *arguments: Any, **keys: Any) -> Any:
        if feed.name == name:
            raise ZeroDivisionError("a bug for the test")
        return republish(feed, *arguments, **keys)

    return wrapper


def test_a_process_that_dies_takes_its_own_feed_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are done again; the feed that ends its process twice fails with advice.

    A feed that was published just before its pool broke is unchanged when it is done again.
    """
    monkeypatch.setattr("enricher.run.share.republish", dying("f3"))
    shop = Shop(tmp_path, Host(), hosts=4, feeds=2, workers=2)
    result, reports = shop.run()
    good = {name for name, report in reports.items() if report.outcome in {"published", "unchanged"}}
    assert good == set(reports) - {"f3"} == {path.stem for path in shop.workshop.output.glob("*.xml")}
    assert reports["f3"].outcome == "failed"
    assert "its process ended" in (reports["f3"].error or "")
    assert not result.bugs


@pytest.mark.parametrize("workers", [1, 2])
def test_a_bug_in_one_feed_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    """Its traceback is kept for standard error, and the feed has failed."""
    monkeypatch.setattr("enricher.run.share.republish", failing("f2"))
    result, reports = Shop(tmp_path, Host(), hosts=2, feeds=3, workers=workers).run()
    assert {name for name, report in reports.items() if report.outcome == "published"} == set(reports) - {"f2"}
    assert "a bug of this program" in (reports["f2"].error or "")
    assert len(result.bugs) == 1
    assert "ZeroDivisionError: a bug for the test" in result.bugs[0]


def test_a_lane_that_dies_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No exception of a thread is left unread: exit 70, a traceback, and no false reason in a report."""
    workshop = Workshop(tmp_path)
    files(workshop, 3)

    def broken(*_: Any) -> None:
        raise RuntimeError("a bug outside of any feed")

    monkeypatch.setattr("enricher.run.share._Share._turn", broken)
    result, code = operate(load(workshop.write_config(), {}), (), Options(), None)
    assert code == 70
    assert "RuntimeError: a bug outside of any feed" in result.bugs[0]
    assert {report.outcome for report in result.reports} == {"failed"}
    assert all("a bug of this program" in (report.error or "") for report in result.reports)


def test_a_locked_database_costs_the_feed_that_met_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others of its host go on, and the report says what happened."""
    workshop = Workshop(tmp_path)
    files(workshop, 3)
    real = Store.feed_state

    def locked(store: Store, name: str) -> Any:
        if name == "f1":
            raise StoreError("the database is locked; another program holds it")
        return real(store, name)

    monkeypatch.setattr(Store, "feed_state", locked)
    result, code = operate(load(workshop.write_config(), {}), (), Options(), None)
    assert code == 1
    assert [report.outcome for report in result.reports] == ["published", "failed", "published"]
    assert "is locked" in (result.reports[1].error or "")


def test_accepting_a_feed_that_is_not_done_is_wrong_usage(tmp_path: Path) -> None:
    """It would do nothing and say nothing."""
    workshop = Workshop(tmp_path)
    files(workshop, 2)
    done = workshop.call("run", "--feed", "f0", "--accept", "f1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "--accept f1: this run is over other feeds; add --feed f1\n"


def test_a_feed_that_ended_the_last_run_is_done_last(tmp_path: Path) -> None:
    """The run after a killed one begins with the others."""
    workshop = Workshop(tmp_path)
    files(workshop, 3)
    (tmp_path / ".public.running").write_text("begun f0\nended f0 published\nbegun f1\n")
    told: list[str] = []
    result = run_all(load(workshop.write_config(), {}), (), Options(tell=lambda report: told.append(report.name)))
    assert {report.outcome for report in result.reports} == {"published"}
    assert [report.name for report in result.reports] == ["f0", "f1", "f2"]
    assert told[-1] == "f1"
    assert not (tmp_path / ".public.running").exists()


def files(workshop: Workshop, count: int) -> None:
    """Configure feeds that are files."""
    for n in range(count):
        path = workshop.folder / f"f{n}.rss"
        path.write_bytes(feed(1, 2, title=f"f{n}"))
        workshop.add_feed(f"f{n}", path)
    workshop.write_config()


BUGGY = """
import enricher.run.share
republish = enricher.run.share.republish
def buggy(feed, *arguments, **keys):
    if feed.name == "f1":
        raise TypeError("a bug for the test")
    return republish(feed, *arguments, **keys)
enricher.run.share.republish = buggy
from enricher.cli import main
main()
"""


def test_a_bug_ends_the_program_with_70_and_a_traceback(tmp_path: Path) -> None:
    """After the other feeds are published."""
    workshop = Workshop(tmp_path)
    files(workshop, 3)
    command = [sys.executable, "-c", BUGGY, "run", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    outcomes = {one["name"]: one["outcome"] for one in json.loads(done.stdout)["feeds"]}
    assert (done.returncode, outcomes) == (70, {"f0": "published", "f1": "failed", "f2": "published"})
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
