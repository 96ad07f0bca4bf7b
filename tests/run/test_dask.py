"""Shares on the workers of a Dask cluster, over PostgreSQL: real processes on loopback, which are killed."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from enricher.config import load
from enricher.store.store import Store
from tests.hostile.answers import answer, feed
from tests.hostile.server import Server
from tests.object_store import BUCKET, KEYS
from tests.run.test_run import Host, files
from tests.workshop import BASE, Workshop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.hostile.server import Talk
    from tests.object_store import StoreServer

PATIENCE = 60.0
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="Dask is not here (pip install 'enricher[dask]')"
)


def until(what: Callable[[], Any]) -> None:
    """Wait for something that is bound to come."""
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)


@dataclass
class Cluster:
    """A scheduler and workers, as people start them."""

    folder: Path
    stack: ExitStack
    address: str = ""
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    scheduler: subprocess.Popen[bytes] = field(init=False)

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `dask NAME`; it ends with the test."""
        command = [sys.executable, "-m", "dask", name, *arguments, "--no-dashboard"]
        log = self.stack.enter_context((self.folder / f"{name}-{time.monotonic_ns()}.log").open("wb"))
        process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        self.stack.callback(end, process)
        return process

    def add_worker(self, *options: str) -> subprocess.Popen[bytes]:
        """Start one more worker."""
        found = self.start("worker", self.address, "--nthreads", "1", "--host", "127.0.0.1", *options)
        self.workers.append(found)
        return found


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it began."""
    below = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.kill()
    process.wait()
    for one in below:
        try:
            one.kill()
        except psutil.NoSuchProcess:
            continue


@contextmanager
def cluster(folder: Path, workers: int, *options: str) -> Iterator[Cluster]:
    """Run a scheduler with so many workers."""
    folder.mkdir()
    with ExitStack() as stack:
        made = Cluster(folder, stack)
        known = folder / "scheduler.json"
        made.scheduler = made.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(known))
        until(lambda: known.exists() and known.read_text("utf-8").strip().endswith("}"))
        made.address = json.loads(known.read_text("utf-8"))["address"]
        for _ in range(workers):
            made.add_worker(*options)
        yield made


def on(workshop: Workshop, address: str, database: str, shares: int) -> None:
    """Let a configuration's feeds be done by a cluster."""
    workshop.settings["database"] = database
    # Inline, for the workshop writes settings above all tables.
    workshop.settings.pop("workers", None)
    workshop.tables["engine"] = {"kind": "dask", "scheduler": address, "shares": shares}


class Fleet:
    """Feeds on many hosts of this machine."""

    def __init__(self, folder: Path, hosts: int, feeds: int, behave: Callable[[Talk], None]) -> None:
        names = [f"f{n}" for n in range(feeds)]
        self.server = Server(dict.fromkeys(names, behave))
        self.pairs = [self.server.open(f"h{n}", f"127.0.0.{n + 2}").pair for n in range(hosts)]
        self.urls = {name: f"http://{self.pairs[n % hosts]}/{name}" for n, name in enumerate(names)}
        self.folder = folder

    def shop(self, name: str, **settings: Any) -> Workshop:
        """Make a configuration of all feeds."""
        folder = self.folder / name
        folder.mkdir()
        workshop = Workshop(folder, settings={"timeout": 60, "min_interval": 0, **settings})
        workshop.settings["allow_private"] = self.pairs
        workshop.defaults["pages"] = "off"
        for feed_name, url in self.urls.items():
            workshop.add_feed(feed_name, url)
        return workshop


def outcomes(done: dict[str, Any]) -> dict[str, str]:
    """Give each feed's outcome."""
    return {name: one["outcome"] for name, one in done.items() if isinstance(one, dict)}


def bodies(workshop: Workshop) -> dict[str, bytes]:
    """Give every published file's bytes."""
    return {name: body for name, (body, _) in workshop.snapshot().items()}


def many(tmp_path: Path, pg: str, hosts: int, feeds: int, kill_after: int) -> None:
    """Run feeds here and on two workers, one of which is killed; compare what is published."""
    host = Host(lambda _: threading.Event().wait(0.005))  # a network, so that requests could meet
    fleet = Fleet(tmp_path, hosts, feeds, host.behave)
    here, there = fleet.shop("here", workers=2), fleet.shop("there")
    with fleet.server, cluster(tmp_path / "cluster", 2, "--no-nanny") as dask:
        assert here.run()["exit"] == 0
        host.asked.clear()
        on(there, dask.address, pg, shares=8)

        def kill() -> None:
            until(lambda: len(host.asked) >= kill_after)
            dask.workers[0].send_signal(signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        done = there.run()
        killer.join()
        assert done["exit"] == 0, done["stderr"]
        assert dask.workers[0].wait(PATIENCE) == -signal.SIGKILL
        # What the dead worker had published is unchanged when its share is done again.
        assert set(outcomes(done)) == set(fleet.urls)
        assert set(outcomes(done).values()) <= {"published", "unchanged"}
        assert bodies(there) == bodies(here)
        assert len(bodies(there)) >= feeds
        assert set(host.most.values()) == {1}
        assert set(outcomes(there.run()).values()) == {"unchanged"}


@pytest.mark.slow
def test_a_killed_worker_costs_nothing(tmp_path: Path, pg: str) -> None:
    """The same bytes as a local run, every feed done, no host asked twice at once."""
    many(tmp_path, pg, hosts=6, feeds=60, kill_after=15)


@pytest.mark.slow
def test_a_thousand_feeds_on_two_workers_one_of_which_is_killed(tmp_path: Path, pg: str) -> None:
    """The same of 1,000 feeds on 50 hosts."""
    many(tmp_path, pg, hosts=50, feeds=1000, kill_after=400)


@pytest.mark.slow
def test_hosts_of_several_shares_are_asked_once_at_a_time(tmp_path: Path, pg: str) -> None:
    """A transcript may lie on a host that serves another share's feeds (contract C48)."""
    meet = threading.Event()
    host = Host(lambda _: meet.wait(0.05))

    def behave(talk: Talk) -> None:
        if not talk.rest:
            talk.server.behaviours["count"](talk)
            items = "".join(
                f"<item><title>Episode {i}</title><guid>show-{i}</guid><podcast:transcript "
                f"url='http://{fleet.pairs[0]}/{talk.name}/{i}.vtt' type='text/vtt'/></item>"
                for i in range(3)
            )
            names = "xmlns:podcast='https://podcastindex.org/namespace/1.0'"
            answer(body=f"<rss version='2.0' {names}><channel><title>x</title>{items}</channel></rss>".encode())(talk)
            return
        talk.server.behaviours["count"](talk)
        answer(body=b"WEBVTT\n\n00:01.000 --> 00:05.000\nThey vote with their feet.\n")(talk)

    fleet = Fleet(tmp_path, 4, 8, behave)
    fleet.server.behaviours = {**fleet.server.behaviours, "count": host.count}
    there = fleet.shop("there")
    for one in there.feeds:
        one["summaries"] = [f"summaries/{one['name']}"]
        for i in range(3):
            document = {"title": f"Episode {i}", "guid": f"show-{i}", "abstract": "Of bees."}
            there.add_summary(f"{i}.json", document, f"summaries/{one['name']}")
    with fleet.server, cluster(tmp_path / "cluster", 2, "--no-nanny") as dask:
        on(there, dask.address, pg, shares=4)
        done = there.run()
    assert done["exit"] == 0, done
    assert len(host.asked) == 8 + 24
    assert set(host.most.values()) == {1}


DEADLY = """
import os, signal
import enricher.run.share
from enricher.pipeline.republish import republish
def deadly(feed, tools, *arguments, **keys):
    if feed.name == "f3":
        tools.making(feed.name)
        os.kill(os.getpid(), signal.SIGKILL)
    return republish(feed, tools, *arguments, **keys)
enricher.run.share.republish = deadly
"""


@pytest.mark.slow
def test_a_feed_that_ends_its_worker_twice_costs_itself_alone(tmp_path: Path, pg: str) -> None:
    """Its share is done again without it, then it alone; a nanny starts the worker anew each time."""
    fleet = Fleet(tmp_path, 4, 8, Host().behave)
    there = fleet.shop("there")
    (tmp_path / "deadly.py").write_text(DEADLY)
    with fleet.server, cluster(tmp_path / "cluster", 2, "--preload", str(tmp_path / "deadly.py")) as dask:
        on(there, dask.address, pg, shares=2)
        done = there.run()
    found = outcomes(done)
    assert done["exit"] == 1
    assert found.pop("f3") == "failed"
    assert "its process ended" in done["f3"]["error"]
    assert set(found) == set(fleet.urls) - {"f3"}
    assert set(found.values()) <= {"published", "unchanged"}
    with Store.open(pg) as store:
        assert not store.in_flight(BASE).exists()


@pytest.mark.slow
def test_a_run_that_is_told_to_end_ends_its_shares(tmp_path: Path, pg: str) -> None:
    """What is in flight is finished, nothing more is begun, and the next run goes on."""
    asked, go = threading.Event(), threading.Event()

    def behave(talk: Talk) -> None:
        asked.set()
        go.wait(PATIENCE)
        answer(body=feed(1, 2, title=talk.name))(talk)

    fleet = Fleet(tmp_path, 1, 2, behave)
    there = fleet.shop("there")
    with fleet.server, cluster(tmp_path / "cluster", 1, "--no-nanny") as dask, Store.open(pg) as store:
        on(there, dask.address, pg, shares=1)
        there.write_config()
        process = there.start("run", "--json")
        assert asked.wait(PATIENCE)
        process.send_signal(signal.SIGTERM)
        from enricher.run.dask import run_key  # noqa: PLC0415 Dask may not be here

        key = run_key(load(there.folder / "config.toml", {}))
        until(lambda: store.meta.get(key) == "")
        threading.Event().wait(1.5)  # a share looks twice a second
        go.set()
        out, err = process.communicate(timeout=PATIENCE)
        reports = {one["name"]: one for one in json.loads(out)["feeds"]}
        assert (process.returncode, "Traceback" in err) == (143, False)
        assert {name: one["outcome"] for name, one in reports.items()} == {"f0": "published", "f1": "held"}
        assert outcomes(there.run()) == {"f0": "unchanged", "f1": "published"}


@pytest.mark.slow
def test_a_scheduler_that_dies_holds_what_was_not_done(tmp_path: Path, pg: str) -> None:
    """The run says so, and the next one, with another cluster, does the rest."""
    asked, go = threading.Event(), threading.Event()

    def behave(talk: Talk) -> None:
        asked.set()
        go.wait(PATIENCE)
        answer(body=feed(1, 2, title=talk.name))(talk)

    fleet = Fleet(tmp_path, 2, 4, behave)
    there = fleet.shop("there")
    with fleet.server:
        with cluster(tmp_path / "cluster", 1, "--no-nanny") as dask:
            on(there, dask.address, pg, shares=2)
            there.write_config()
            process = there.start("run", "--json", DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT="1s")
            assert asked.wait(PATIENCE)
            dask.scheduler.kill()
            out, err = process.communicate(timeout=PATIENCE)
        go.set()
        assert (process.returncode, "Traceback" in err) == (1, False), err
        reports = json.loads(out)["feeds"]
        assert {one["outcome"] for one in reports} == {"held"}
        assert "the Dask scheduler was lost" in reports[0]["error"]
        with cluster(tmp_path / "other", 1, "--no-nanny") as dask:
            on(there, dask.address, pg, shares=2)
            done = there.run()
        assert set(outcomes(done).values()) <= {"published", "unchanged"}
        assert set(bodies(there)) >= {f"f{n}.xml" for n in range(4)}


@pytest.mark.slow
@pytest.mark.parametrize("scheduler", [True, False])
def test_a_share_that_hangs_does_not_hold_an_end_up(tmp_path: Path, pg: str, *, scheduler: bool) -> None:
    """The run is over soon after SIGTERM, though its feed waits for a server that says nothing."""
    asked, go = threading.Event(), threading.Event()

    def behave(_: Talk) -> None:
        asked.set()
        go.wait(PATIENCE)

    fleet = Fleet(tmp_path, 1, 2, behave)
    there = fleet.shop("there")
    with fleet.server, cluster(tmp_path / "cluster", 1) as dask:
        on(there, dask.address, pg, shares=1)
        if not scheduler:
            there.tables["engine"] = {"kind": "dask", "shares": 1}
        there.write_config()
        process = there.start("run", "--json")
        assert asked.wait(PATIENCE)
        for one in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
            one.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=20)  # and not the two minutes of `timeout`
        go.set()
        assert process.returncode == 143
        assert {one["outcome"] for one in json.loads(out)["feeds"]} == {"held"}


def test_a_cluster_of_this_machine_does_with_sqlite(tmp_path: Path) -> None:
    """Without a scheduler there are as many workers as shares, for one run."""
    workshop = Workshop(tmp_path)
    files(workshop, 5)
    workshop.tables["engine"] = {"kind": "dask", "shares": 2}
    done = workshop.run()
    assert (done["exit"], done["stderr"]) == (0, "")
    assert set(outcomes(done).values()) == {"published"}
    assert {path.stem for path in workshop.output.glob("f*.xml")} == {f"f{n}" for n in range(5)}


def test_what_workers_lack_is_told(tmp_path: Path, pg: str) -> None:
    """Before anything is fetched, by `check` and by `run`: threads, versions, folders, workers at all."""
    workshop = Workshop(tmp_path / "here")
    (tmp_path / "here").mkdir()
    files(workshop, 2)
    old = tmp_path / "old.py"
    old.write_text("import enricher.run.dask_workers\nenricher.run.dask_workers.__version__ = '0.0.1'\n")
    with cluster(tmp_path / "cluster", 0) as dask:
        on(workshop, dask.address, pg, shares=1)
        workshop.write_config()
        dask.start("worker", dask.address, "--nthreads", "2", "--host", "127.0.0.1", "--no-nanny")
        dask.add_worker("--no-nanny", "--preload", str(old))
        until(lambda: workshop.call("check").stderr.count("Dask worker") == 2)
        for command in ("check", "run"):
            done = workshop.call(command)
            assert done.returncode == (1 if command == "check" else 78)
            assert "has 2 threads, and a share is a whole process; start it with --nthreads 1" in done.stderr
            assert "runs enricher 0.0.1, and this is " in done.stderr
    assert not workshop.output.exists() or not list(workshop.output.iterdir())


@pytest.mark.slow
def test_workers_publish_into_an_object_store_with_credentials_of_their_own(
    tmp_path: Path, pg: str, running: StoreServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that has none is told before anything is fetched."""
    running.clear()
    workshop = Workshop(tmp_path / "here", settings={"output": f"s3://{BUCKET}/dask"})
    (tmp_path / "here").mkdir()
    files(workshop, 4)
    workshop.tables["object_store"] = {"endpoint": running.endpoint, "region": "us-east-1", "timeout": 1}
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    with cluster(tmp_path / "cluster", 1) as dask:
        on(workshop, dask.address, pg, shares=2)
        workshop.write_config()
        done = workshop.call("run", **KEYS)
        assert (done.returncode, "does not reach the object store: s3://" in done.stderr) == (78, True), done.stderr
        assert not running.objects("dask")
        end(dask.workers[0])
        for name, value in KEYS.items():
            monkeypatch.setenv(name, value)
        dask.add_worker()
        assert set(outcomes(workshop.run()).values()) == {"published"}
        assert {name for name in running.objects("dask") if name.endswith(".xml")} >= {
            f"{one['name']}.xml" for one in workshop.feeds
        }
        assert set(outcomes(workshop.run()).values()) == {"unchanged"}


def test_a_scheduler_that_is_not_there_is_told(tmp_path: Path, pg: str) -> None:
    """With what to do."""
    workshop = Workshop(tmp_path)
    files(workshop, 2)
    on(workshop, "tcp://127.0.0.1:1", pg, shares=1)
    workshop.write_config()
    done = workshop.call("run", DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT="1s")
    assert done.returncode == 1
    assert "the Dask scheduler tcp://127.0.0.1:1 cannot be reached" in done.stderr
    assert "dask scheduler" in done.stderr


WITHOUT = "import sys; sys.modules['distributed'] = None; from enricher.cli import main; main()"


def test_without_dask_it_is_told_how_to_install_it(tmp_path: Path) -> None:
    """A fault of the configuration."""
    workshop = Workshop(tmp_path)
    files(workshop, 2)
    workshop.tables["engine"] = {"kind": "dask"}
    workshop.write_config()
    command = [sys.executable, "-c", WITHOUT, "run"]
    done = subprocess.run(command, cwd=tmp_path, env={**os.environ}, capture_output=True, text=True, check=False)
    assert done.returncode == 78
    assert done.stderr == "the engine dask needs Dask, which is not installed: pip install 'enricher[dask]'\n"
