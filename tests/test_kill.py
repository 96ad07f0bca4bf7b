"""Killed at any moment, a run leaves the old or the new of every feed, whole, and the next run goes on by itself."""

from __future__ import annotations

import hashlib
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil
import pytest
from lxml import etree

from tests.corpus import files, needs_corpus
from tests.hostile.answers import feed
from tests.loopback import Loopback
from tests.workshop import Workshop, seconds_of, summary_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = needs_corpus

FEEDS, SERVED, FEW_FEEDS = 20, 5, 4
CASES, KILLS, FEW = 3, 100, 5
PATIENCE = 10.0
"""Seconds in which every process of a killed run has to be gone; only a failing test waits for that long."""
Version = tuple[int, int]
"""Which source and which summary: 0 or 1 each."""


def sources() -> dict[str, bytes]:
    """Give 20 real feeds of 2 to 130 KB by name."""
    found: dict[str, bytes] = {}
    for path in files("feeds"):
        body = path.read_bytes()
        if b"</item>" in body and b"<enclosure" in body and 2_000 < len(body) < 130_000 and _is_usable(body):
            found[f"feed-{len(found):02}"] = body
    return dict(list(found.items())[:FEEDS])


def _is_usable(body: bytes) -> bool:
    """Take feeds that need no repair and whose first episode has room for chapters."""
    with suppress(etree.XMLSyntaxError):
        return etree.fromstring(body).tag == "rss" and (seconds_of(_first_item(body)) or 3600) > 600
    return False


def _first_item(body: bytes) -> etree._Element:
    return etree.fromstring(body)[0].find("item")  # type: ignore[return-value]


SOURCES = sources()


@dataclass
class Inputs:
    """Twenty feeds, some of them served, each with a summary; source and summary have two versions each."""

    workshop: Workshop
    server: Loopback
    versions: dict[str, Version] = field(default_factory=dict)

    @classmethod
    def begin(cls, folder: Path, server: Loopback, feeds: int = FEEDS) -> Inputs:
        """Lay everything out in its first version."""
        folder.mkdir(exist_ok=True)
        inputs = cls(Workshop(folder), server)
        workshop = inputs.workshop
        workshop.settings |= {"allow_private": [server.host], "min_interval": 0}
        workshop.defaults |= {"chapters": "summary"}
        for i, name in enumerate(list(SOURCES)[:feeds]):
            url = server.url(f"/{name}") if i % 4 == 0 else folder / f"{name}.xml"
            workshop.add_feed(name, url, summaries=[f"summaries/{name}"])
            inputs.put(name, (0, 0))
        workshop.write_config()
        return inputs

    def put(self, name: str, version: Version) -> None:
        """Let a feed's source and summary have these versions."""
        source, summary = version
        body = SOURCES[name]
        item = _first_item(body)
        document = summary_of(item, (seconds_of(item) or 3600.0) * (0.98 if summary else 0.9))
        if source:
            body = body.replace(b"</item>", b"<category>second</category></item>", 1)
        if name in self.served:
            self.server.pages[f"/{name}"] = body
        else:
            (self.workshop.folder / f"{name}.xml").write_bytes(body)
        self.workshop.add_summary("one.json", document, f"summaries/{name}")
        self.versions[name] = version

    @property
    def served(self) -> set[str]:
        """The feeds that come over the network."""
        return {feed["name"] for feed in self.workshop.feeds if feed["url"].startswith("http")}

    def edition(self, name: str) -> dict[str, bytes]:
        """Give what is published of a feed: its file and the chapters files that it refers to, by path."""
        output = self.workshop.output
        body = (output / f"{name}.xml").read_bytes()
        paths = [f"{name}/chapters/{found.decode()}" for found in re.findall(rb"[0-9a-f]{16}\.json", body)]
        return {f"{name}.xml": body} | {path: (output / path).read_bytes() for path in paths}

    def pages(self, name: str) -> dict[str, bytes]:
        """Give the pages of a feed by file name."""
        return {path.name: path.read_bytes() for path in (self.workshop.output / name).glob("*.html")}


@dataclass
class Known:
    """What undisturbed runs into empty folders publish, by feed and version."""

    server: Loopback
    editions: dict[tuple[str, Version], dict[str, bytes]]
    pages: dict[tuple[str, Version], dict[str, bytes]]
    seconds: float
    """How long a run takes that has two feeds to make."""


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Known]:
    """Publish every version of so many feeds once, undisturbed."""
    feeds: int = request.param
    editions: dict[tuple[str, Version], dict[str, bytes]] = {}
    pages: dict[tuple[str, Version], dict[str, bytes]] = {}
    with Loopback() as server:
        for version in [(0, 0), (0, 1), (1, 0), (1, 1)]:
            inputs = Inputs.begin(tmp_path_factory.mktemp("fresh"), server, feeds)
            for name in inputs.versions:
                inputs.put(name, version)
            assert inputs.workshop.call("run").returncode == 0
            editions |= {(name, version): inputs.edition(name) for name in inputs.versions}
            pages |= {(name, version): inputs.pages(name) for name in inputs.versions}
        assert len(inputs.versions) == feeds
        assert not [key for key, edition in editions.items() if len(edition) != 2], "every feed has one chapters file"
        assert len({tuple(edition) for edition in editions.values()}) == 2 * feeds
        assert {len(some) for some in pages.values()} == {2}, "every feed has one page and an index"
        known = Known(server, editions, pages, 0.0)
        trial = Ordeal(known, inputs, 0)
        lengths = []
        for _ in range(5):
            trial.change()
            began = time.monotonic()
            assert inputs.workshop.call("run").returncode == 0
            lengths.append(time.monotonic() - began)
        known.seconds = sorted(lengths)[2]
        yield known


class Ordeal:
    """Runs that are killed, one after another, on the same folder."""

    def __init__(self, known: Known, inputs: Inputs, seed: int) -> None:
        self.known, self.inputs = known, inputs
        self.chance = random.Random(seed)  # noqa: S311 a seed that can be repeated
        self.stands: dict[str, bytes] = {}
        self.kills = 0
        self.errors = inputs.workshop.folder / "stderr"

    def change(self) -> None:
        """Change the source of one feed and the summary of another."""
        for what, name in enumerate(self.chance.sample(sorted(self.inputs.versions), 2)):
            source, summary = self.inputs.versions[name]
            self.inputs.put(name, (source, 1 - summary) if what else (1 - source, summary))

    def run_for(self, seconds: float) -> None:
        """Begin a run and kill it after so long: its whole group, or by turns the main process alone."""
        with self.errors.open("ab") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "enricher", "run"],
                cwd=self.inputs.workshop.folder,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        if process.poll() is None:
            (os.kill if self.kills % 2 else os.killpg)(process.pid, signal.SIGKILL)
            self.kills += process.wait() == -signal.SIGKILL
        assert not list(_survivors(process.pid)), "a process of a killed run goes on"

    def judge(self) -> None:
        """See that each feed is the one that stood before or that of the present inputs, with its chapters files.

        Its pages, which come before it, are whole: each is that of some version.
        """
        for name, version in self.inputs.versions.items():
            path = self.inputs.workshop.output / f"{name}.xml"
            for page, content in self.inputs.pages(name).items():
                whole = [pages[page] for (of, _), pages in self.known.pages.items() if of == name]
                assert content in whole, (name, page)
            if name not in self.stands and not path.exists():
                continue
            edition = self.inputs.edition(name)
            body = edition.pop(path.name)
            new = self.known.editions[name, version]
            assert body in (self.stands.get(name), new[path.name]), name
            for chapters, content in edition.items():
                assert hashlib.sha256(content).hexdigest()[:16] in chapters
            self.stands[name] = body


def _survivors(group: int) -> Iterator[psutil.Process]:
    """Wait for the end of every process of a group; give those that do not end."""
    deadline = time.monotonic() + PATIENCE
    for pid in psutil.pids():
        with suppress(OSError, psutil.NoSuchProcess):
            if os.getpgid(pid) != group:
                continue
            process = psutil.Process(pid)
            while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                if time.monotonic() > deadline:
                    yield process
                    break


@pytest.mark.parametrize(
    ("known", "seed", "kills"),
    [(FEW_FEEDS, CASES, FEW), *(pytest.param(FEEDS, i, KILLS, marks=pytest.mark.slow) for i in range(CASES))],
    indirect=["known"],
)
def test_whenever_a_run_is_killed_every_feed_is_old_or_new_and_the_next_run_goes_on(
    known: Known, tmp_path: Path, seed: int, kills: int
) -> None:
    """Killed many times at any moment, then one clean run: every output is whole and right, nothing is left over."""
    inputs = Inputs.begin(tmp_path, known.server, len(known.editions) // 4)
    workshop = inputs.workshop
    ordeal = Ordeal(known, inputs, seed)
    while ordeal.kills < kills:
        ordeal.change()
        ordeal.run_for(ordeal.chance.uniform(0, known.seconds))
        ordeal.judge()

    assert "Traceback" not in ordeal.errors.read_text("utf-8", "replace")
    done = workshop.call("run")
    assert done.returncode == 0, done.stderr
    for name, version in inputs.versions.items():
        assert inputs.edition(name) == known.editions[name, version]
        assert inputs.pages(name) == known.pages[name, version]
    names = [path.name for path in tmp_path.rglob("*")]
    assert not [name for name in names if name.startswith(".enricher-") or "damaged" in name]
    with sqlite3.connect(tmp_path / "enricher.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
    stands = workshop.snapshot()
    assert workshop.call("run").returncode == 0
    assert workshop.snapshot() == stands


ITEMS = 40


def _write_edition(workshop: Workshop, number: int) -> None:
    """Give each of 40 episodes a summary whose chapters are those of one edition alone."""
    for guid in range(ITEMS):
        topics = [{"title": f"Topic {i} of {guid}", "start": 100.0 * i + number} for i in range(1, 6)]
        document = {"version": 1, "title": f"Episode {guid}", "guid": f"show-{guid}", "topics": topics}
        workshop.add_summary(f"{guid}.json", document)


def _kill_at(workshop: Workshop, count: int) -> None:
    """Kill a run as soon as so many new chapters files are seen."""
    chapters = workshop.output / "show" / "chapters"
    before = set(os.listdir(chapters))  # noqa: PTH208 names are wanted
    process = subprocess.Popen([sys.executable, "-m", "enricher", "run"], cwd=workshop.folder, start_new_session=True)
    over = False
    while sum(name.endswith(".json") for name in set(os.listdir(chapters)) - before) < count:  # noqa: PTH208
        assert not over, "the run ended without so many new files"
        over = process.poll() is not None
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not list(_survivors(process.pid))


@pytest.mark.slow
def test_killed_in_the_middle_of_publishing_the_files_are_there_before_the_feed_that_names_them(tmp_path: Path) -> None:
    """The feed is whole and each file that it names is, after the first new file as after the last."""
    workshop, undisturbed = Workshop(tmp_path / "killed"), Workshop(tmp_path / "fresh")
    (tmp_path / "show.xml").write_bytes(feed(*range(ITEMS)))
    for one in (workshop, undisturbed):
        one.folder.mkdir()
        one.add_feed("show", tmp_path / "show.xml")
        one.write_config()
    chapters, path = workshop.output / "show" / "chapters", workshop.output / "show.xml"
    chapters.mkdir(parents=True)
    for number, count in enumerate((1, 2, ITEMS // 2, ITEMS - 1, ITEMS)):
        _write_edition(workshop, number)
        _kill_at(workshop, count)
        body = path.read_bytes() if path.exists() else b""
        names = {name.decode() for name in re.findall(rb"[0-9a-f]{16}\.json", body)}
        assert len(names) == (ITEMS if body else 0)
        assert not body or len(etree.fromstring(body)[0].findall("item")) == ITEMS
        for name in names:
            assert hashlib.sha256((chapters / name).read_bytes()).hexdigest()[:16] == name.removesuffix(".json")
    _write_edition(undisturbed, number)
    assert (workshop.call("run").returncode, undisturbed.call("run").returncode) == (0, 0)
    stands = workshop.snapshot()
    assert not [name for name in stands if ".enricher-" in name]
    for name, (body, _) in undisturbed.snapshot().items():
        assert stands[name][0] == body
