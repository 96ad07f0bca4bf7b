"""Every way in which a run ends before its time, and what the next one makes of it."""

from __future__ import annotations

import itertools
import json
import os
import signal
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen, TimeoutExpired
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from enricher.run.run import Options
from enricher.store.store import Store
from tests.hostile.answers import GOOD, NEW, answer, dripping, feed, head
from tests.hostile.server import Server
from tests.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hostile.server import Talk

PATIENCE = 60.0
"""Seconds that only a failing test waits for."""
FILES = ("a", "b", "c")
DRIP = dripping(head(200, "Content-Length: 1000000"), lambda: itertools.repeat(b" "))


@dataclass
class Porter:
    """Lets the test know that a request has come, and answers when the test lets it."""

    asked: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def __call__(self, talk: Talk) -> None:
        """Answer one request."""
        self.asked.set()
        self.go.wait(PATIENCE)
        answer(body=GOOD)(talk)


class Place:
    """Three feeds that are files, and a server for others, whose behaviour is the test's."""

    def __init__(self, folder: Path) -> None:
        self.workshop = Workshop(folder)
        self.porter = Porter()
        self.server = Server({"waits": self.porter, "next": answer(body=GOOD)})
        self.pair = self.server.open("http").pair
        self.workshop.settings |= {"allow_private": [self.pair], "min_interval": 0, "workers": 2}
        for name in FILES:
            (folder / f"{name}.xml").write_bytes(GOOD)
            self.workshop.add_feed(name, f"{name}.xml")

    def serve(self, *names: str) -> None:
        """Add feeds of the server, all of one host."""
        for name in names:
            self.workshop.add_feed(name, f"http://{self.pair}/{name}")
        self.workshop.write_config()

    def started(self) -> Popen[str]:
        """Start a run, and wait until the files are published and the server was asked."""
        process = self.workshop.start("run", "--json")
        assert self.porter.asked.wait(PATIENCE)
        until(lambda: all((self.workshop.output / f"{name}.xml").exists() for name in FILES))
        return process


def until(what: Any) -> None:
    """Wait for something that is bound to come."""
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline
        os.sched_yield()


def signalled(process: Popen[str], number: int) -> None:
    """Send a signal to every process of a run, as systemd and terminals do, and wait until each has woken up for it."""
    main = psutil.Process(process.pid)
    every = [*main.children(recursive=True), main]
    slept = {one: _sleeps(one, number) for one in every}
    for one in every:
        one.send_signal(number)
    until(lambda: all(before is None or _sleeps(one, number) != before for one, before in slept.items()))


def _sleeps(process: psutil.Process, number: int) -> int | None:
    """Count how often the main thread of a process fell asleep, if it handles a signal; only Linux tells."""
    try:
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    except OSError:
        return None
    status = dict(line.split(":\t", 1) for line in lines)
    handles = int(status["SigCgt"], 16) >> (number - 1) & 1
    return int(status["voluntary_ctxt_switches"]) if handles else None


def interrupt(process: Popen[str]) -> None:
    """Press Ctrl-C until the run is over; two that come at once are one to the system."""
    while process.poll() is None:
        with suppress(TimeoutExpired):
            process.wait(0.1)
        process.send_signal(signal.SIGINT)


def ended(process: Popen[str]) -> tuple[int, dict[str, Any], str]:
    """Wait for a run's end; give its exit code, its reports by name, its standard error."""
    out, err = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in err, err
    assert out, (process.returncode, err)
    return process.returncode, {one["name"]: one for one in json.loads(out)["feeds"]}, err


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Open the server's door."""
    place = Place(tmp_path)
    with place.server:
        yield place
        place.porter.go.set()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_lets_what_is_in_flight_be_finished_and_begins_nothing_more(
    place: Place, number: int, code: int
) -> None:
    """The feed that was asked for is published, the next one of its host is held, and the next run goes on."""
    place.serve("waits", "next")
    process = place.started()
    signalled(process, number)
    place.porter.go.set()
    exit_code, reports, _ = ended(process)
    assert exit_code == code
    assert [reports[name]["outcome"] for name in (*FILES, "waits")] == ["published"] * 4
    assert reports["next"]["outcome"] == "held"
    assert reports["next"]["error"] == "the run was told to end before its turn; the next run goes on"
    assert not (place.workshop.output / "next.xml").exists()
    again = place.workshop.run()
    assert (again["exit"], again["waits"]["outcome"], again["next"]["outcome"]) == (0, "unchanged", "published")


@pytest.mark.slow
def test_a_server_that_drips_does_not_hold_an_end_up(place: Place) -> None:
    """Ten seconds after SIGTERM the run is over, its report true, though heartbeat and feed drip on."""

    def waits(talk: Talk) -> None:
        place.porter.asked.set()
        DRIP(talk)

    place.server.behaviours = {"waits": waits, "beat": DRIP}
    place.workshop.settings["heartbeat"] = f"http://{place.pair}/beat"
    place.serve("waits", "next")
    process = place.started()
    signalled(process, signal.SIGTERM)
    exit_code, reports, err = ended(process)
    assert exit_code == 143
    assert [reports[name]["outcome"] for name in (*FILES, "waits", "next")] == ["published"] * 3 + ["held"] * 2
    assert [line.split(":")[0] for line in err.splitlines()] == ["heartbeat", "waits", "next"]
    place.server.behaviours = {"waits": answer(body=GOOD), "next": answer(body=GOOD), "beat": answer(body=b"")}
    again = place.workshop.run()
    assert (again["exit"], again["waits"]["outcome"], again["next"]["outcome"]) == (0, "published", "published")


def test_a_second_interrupt_ends_a_run_at_once(place: Place) -> None:
    """Who presses Ctrl-C again does not want to wait; what was published stays, and the next run goes on."""
    place.serve("waits")
    process = place.started()
    workers = psutil.Process(process.pid).children(recursive=True)
    signalled(process, signal.SIGINT)
    interrupt(process)
    exit_code, reports, err = ended(process)
    assert (exit_code, reports["waits"]["outcome"], len(err.splitlines())) == (130, "held", 1)
    assert not psutil.wait_procs(workers, timeout=PATIENCE)[1]
    place.porter.go.set()
    assert place.workshop.run()["exit"] == 0


@pytest.mark.slow
def test_an_end_is_not_put_off_by_many_new_summaries(place: Place) -> None:
    """Reading them stops at the next document; the next run reads the rest, and none is taken for deleted."""
    many = 3000
    for i in range(many):
        place.workshop.add_summary(f"{i}.json", {"version": 1, "title": f"Summary {i}", "abstract": "About it."})
    place.workshop.write_config()
    process = place.workshop.start("run", "--json")
    until((place.workshop.folder / ".public.running").exists)
    process.send_signal(signal.SIGTERM)
    exit_code, reports, _ = ended(process)
    assert exit_code == 143
    assert {one["outcome"] for one in reports.values()} == {"held"}
    first = _count(place.workshop)
    assert first < many
    assert place.workshop.run()["exit"] == 0
    assert _count(place.workshop) == many


def _count(workshop: Workshop) -> int:
    with Store.open(f"sqlite:///{workshop.folder / 'enricher.db'}") as store:
        return store.summaries.count()


def test_when_the_time_is_over_no_further_feed_is_begun(place: Place) -> None:
    """`--max-runtime` says so of each feed that had no turn, exits with 1, and the next run does them."""
    place.serve("next")
    late = place.workshop.run("--max-runtime", "0")
    assert late["exit"] == 1
    said = "the run's time was over before its turn; the next run goes on"
    assert {(late[name]["outcome"], late[name]["error"]) for name in (*FILES, "next")} == {("held", said)}
    assert f"next: held: {said}" in late["stderr"]
    assert not place.server.requests
    assert place.workshop.run("--max-runtime", "1000")["exit"] == 0


@pytest.mark.slow
def test_where_the_time_may_not_do_for_all_who_waited_longest_is_first(place: Place) -> None:
    """So no feed starves at the end of the configuration."""
    place.server.behaviours = dict.fromkeys(("one", "two", "three"), answer(body=GOOD))
    place.serve("one", "two", "three")
    assert place.workshop.run("--feed", "one")["exit"] == 0
    assert place.workshop.run("--feed", "three")["exit"] == 0
    assert place.workshop.run("--max-runtime", "1000")["exit"] == 0
    assert [request.path for request in place.server.requests] == ["/one", "/three", "/two", "/one", "/three"]


@pytest.mark.slow
def test_a_feed_that_runs_away_is_stopped_and_costs_no_other_its_turn(place: Place) -> None:
    """It is given up after `feed_limit`; the report says what to do, and what was published of it stays."""
    big = place.workshop.folder / "big.xml"
    big.write_bytes(GOOD)
    place.workshop.feeds.insert(1, {"name": "big", "url": "big.xml"})
    assert place.workshop.run()["exit"] == 0
    stands = (place.workshop.output / "big.xml").read_bytes()
    big.write_bytes(feed(*range(60_000)))
    for name in FILES:
        (place.workshop.folder / f"{name}.xml").write_bytes(NEW)
    place.workshop.settings["feed_limit"] = 1
    done = place.workshop.run()
    assert done["exit"] == 1
    assert done["big"]["outcome"] == "failed"
    assert done["big"]["error"] == "took longer than 1 s of computing; see `feed_limit`, or leave the feed out"
    assert {done[name]["outcome"] for name in FILES} == {"published"}
    assert {(place.workshop.output / f"{name}.xml").read_bytes().count(b"</item>") for name in FILES} == {5}
    assert (place.workshop.output / "big.xml").read_bytes() == stands


def test_a_second_interrupt_leaves_no_grace() -> None:
    """A second SIGTERM is no sign of impatience: systemd and its user may both have sent one."""
    stop = Options().stop
    stop.heed(signal.SIGINT, None)
    stop.heed(signal.SIGTERM, None)
    assert (stop.grace > 0, stop.code) == (True, 130)
    stop.heed(signal.SIGINT, None)
    assert stop.grace == 0


@pytest.mark.slow
def test_an_end_does_not_wait_for_an_edition_that_takes_long(place: Place) -> None:
    """A second interrupt ends it in the middle of its computing; what was published stays."""
    (place.workshop.folder / "big.xml").write_bytes(feed(*range(120_000)))
    place.workshop.feeds.insert(0, {"name": "big", "url": "big.xml"})
    place.serve("waits")
    process = place.started()
    place.porter.go.set()
    until((place.workshop.output / "waits.xml").exists)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    interrupt(process)
    exit_code, reports, _ = ended(process)
    assert exit_code == 130
    assert [reports[name]["outcome"] for name in (*FILES, "waits", "big")] == ["published"] * 4 + ["held"]
    assert not (place.workshop.output / "big.xml").exists()
    assert not psutil.wait_procs(workers, timeout=PATIENCE)[1]


def test_a_second_run_at_the_same_time_does_nothing(place: Place) -> None:
    """It ends with 75 and says why; the first one is not disturbed."""
    place.serve("waits")
    process = place.started()
    second = place.workshop.call("run")
    assert (second.returncode, second.stdout) == (75, "")
    assert second.stderr == "another run is under way; this one does nothing\n"
    place.porter.go.set()
    assert ended(process)[0] == 0


def test_a_killed_run_is_not_in_the_next_ones_way(place: Place) -> None:
    """Its lock goes with it, its workers too, and what it left half-written is deleted, however young."""
    place.serve("waits")
    process = place.started()
    workers = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate(timeout=PATIENCE)
    assert not psutil.wait_procs(workers, timeout=PATIENCE)[1]
    left = [
        place.workshop.output / ".enricher-0123456789abcdef",
        place.workshop.output / "a" / "chapters" / ".enricher-1",
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    place.porter.go.set()
    assert place.workshop.run()["exit"] == 0
    assert not [path for path in left if path.exists()]


def test_after_an_orderly_end_nobody_elses_files_are_looked_for(place: Place) -> None:
    """A young file of that kind is left alone where no run was killed, and no mark of a run stays."""
    assert place.workshop.run()["exit"] == 0
    other = place.workshop.output / ".enricher-trial"
    other.write_bytes(b"another program's")
    assert place.workshop.run()["exit"] == 0
    assert other.exists()
    assert not (place.workshop.folder / ".public.running").exists()
