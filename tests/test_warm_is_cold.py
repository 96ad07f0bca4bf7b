"""What is remembered changes nothing: after any edit a warm run makes the very bytes that a cold run makes."""

from __future__ import annotations

import html
import json
import shutil
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from enricher.feed import xml as ns
from enricher.feed.xml import parse_strict
from enricher.http.client import Client, ClientSettings
from enricher.http.feed_fetcher import Fetcher
from enricher.http.host_limits import Hosts
from enricher.importer.sync import sync
from enricher.model.feed import FeedConfig
from enricher.model.state import FeedSite, FeedState
from enricher.pages.verify import verify_page
from enricher.pipeline.republish import republish
from enricher.pipeline.tools import Tools
from enricher.publish.folder import Folder
from enricher.publish.publisher import Publisher
from enricher.store.database import memory
from enricher.store.store import Store
from tests.corpus import few_fast
from tests.workshop import BASE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from enricher.model.edition import Report

NOW = 1_800_000_000.0
SEQUENCES, EDITS = 10, 24
ANY = range(100_000)
BROKEN = '{"title": '
WORDS = ("bees", "wasps", "honey", "meadow", "swarm", "dance", "scouts", "winter", "queen", "clover", "hive", "brood")
CHOICES: dict[str, tuple[Any, ...]] = {
    "mode": ("mirror", "own"),
    "chapters": ("publisher", "merge", "summary", "off"),
    "notes": ("around", "before", "after", "off"),
    "label": ("By {source}.", "Highlights by {source}. Not written by the publisher.", "Not the publisher's."),
    "notes_limit": (600, 2500, 10_000),
    "aliases": ((), ("Meadow Talk",)),
    "intro": ("Intro", "Beginning"),
    "chapter_gap": (30, 90),
    "pages": ("on", "on", "off"),
    "transcripts": ("on", "off"),
    "listed": (False, True),
    "title": ("{title} (highlights)", "More of {title}"),
}


@dataclass
class Episode:
    """One item of the feed, before it is written down."""

    number: int
    title: str
    notes: str
    marks: bool = False


@dataclass
class Place:
    """A feed, summaries and a configuration that are edited, and the database and folder of the warm runs."""

    folder: Path
    random: Random
    episodes: list[Episode] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    """What lies in the summaries folder."""
    good: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    """Each document and the transcript beside it as a run could last read them."""
    channel: str = "A show of the meadow."
    settings: dict[str, Any] = field(default_factory=dict)
    made: int = 0
    pages: int = 0
    """How many pages were compared, and how many transcripts."""
    spoken: int = 0

    def __post_init__(self) -> None:
        self.store = Store(memory())
        (self.folder / "summaries").mkdir()
        for _ in range(9):
            self.add_item()
        for _ in range(4):
            self.add_summary()

    def say(self, count: int) -> str:
        """Make up some words."""
        return " ".join(self.random.choices(WORDS, k=count))

    # Edits

    def add_item(self) -> None:
        """Publish an episode."""
        self.made += 1
        title = f"{self.say(3).title()} #{self.made}"
        self.episodes.insert(0, Episode(self.made, title, f"<p>{self.say(12)}</p>", self.random.random() < 0.3))

    def remove_item(self) -> None:
        """Take an episode out of the feed."""
        if len(self.episodes) > 6:
            self.episodes.remove(self.random.choice(self.episodes))

    def change_item(self) -> None:
        """Give an episode other words."""
        episode = self.random.choice(self.episodes)
        if self.random.random() < 0.5:
            episode.title = f"{self.say(4).title()} #{episode.number}"
        else:
            episode.notes = self.random.choice((f"<p>{self.say(9)}</p>", self.say(9), "", f"a & b < c {self.say(3)}"))
            episode.marks = not episode.marks

    def move_item(self) -> None:
        """Bring two episodes into another order."""
        one, other = self.random.sample(range(len(self.episodes)), 2)
        self.episodes[one], self.episodes[other] = self.episodes[other], self.episodes[one]

    def change_channel(self) -> None:
        """Describe the show otherwise."""
        self.channel = self.say(6)

    def add_summary(self) -> None:
        """Summarise an episode, perhaps one that has a summary, perhaps with a transcript."""
        name = f"{self.say(1)}-{self.random.randrange(100)}"
        episode = self.random.choice(self.episodes)
        self.write(*self.page(name, episode))
        if self.random.random() < 0.5:
            self.files[f"{name}.srt"] = self.transcript()

    def change_summary(self) -> None:
        """Say something else of the same episode, or of another."""
        if names := self.documents():
            self.write(self.random.choice(names), self.page("", self.random.choice(self.episodes))[1])

    def remove_summary(self) -> None:
        """Delete a document."""
        if names := self.documents():
            del self.files[self.random.choice(names)]

    def break_summary(self) -> None:
        """Leave a document such that it cannot be read."""
        if names := [name for name in self.documents() if name.endswith(".json")]:
            self.files[self.random.choice(names)] = BROKEN

    def edit_transcript(self) -> None:
        """Add, change or delete what lies beside a document."""
        if not (names := self.documents()):
            return
        name = f"{self.random.choice(names).rpartition('.')[0]}.srt"
        if self.random.random() < 0.3:
            self.files.pop(name, None)
        else:
            self.files[name] = self.random.choice((self.transcript(), self.transcript(), "no transcript"))

    def configure(self) -> None:
        """Set something otherwise."""
        key = self.random.choice(list(CHOICES))
        self.settings[key] = self.random.choice(CHOICES[key])

    def change_nothing(self) -> None:
        """Run again."""

    # What the edits are made of

    def documents(self) -> list[str]:
        """List the summaries."""
        return [name for name in self.files if not name.endswith(".srt")]

    def write(self, name: str, text: str) -> None:
        """Lay a readable document into the folder."""
        self.files[name] = text

    def page(self, name: str, episode: Episode) -> tuple[str, str]:
        """Write a summary."""
        topics = [
            {
                "title": self.say(2),
                "start": 60.0 * i + self.random.randrange(50) if self.random.random() < 0.6 else None,
                "passages": [
                    {"kind": "text", "text": f"{self.say(8)} [1]."},
                    {
                        "kind": "quote",
                        "text": f"they vote with their feet {i} times and nobody counts",
                        "speaker": None,
                    },
                ],
            }
            for i in range(5)
        ]
        document = {
            "title": self.random.choice((episode.title, f"{episode.title} | Meadow Talk #{episode.number}")),
            "guid": f"g{episode.number}" if self.random.random() < 0.4 else None,
            "abstract": self.say(20),
            "published": self.random.choice((None, "2024-05-02")),
            "topics": topics,
            "clips": [{"title": self.say(2), "start": 30.0, "end": 60.0}],
            "related": [{"title": self.random.choice(self.episodes).title}],
            "citations": {"1": {"start": 33.0}},
        }
        return f"{name}.json", json.dumps(document)

    def transcript(self) -> str:
        """Write what was said, with the quotes of every summary in it."""
        lines = []
        for i in range(80):
            quote = f"they vote with their feet {i // 8} times and nobody counts" if i % 8 == 3 else self.say(9)
            time = f"00:{i * 7 // 60:02}:{i * 7 % 60:02}"
            lines.append(f"{i + 1}\n{time},000 --> {time},900\n{quote}\n")
        return "\n".join(lines)

    def feed(self) -> bytes:
        """Write the feed."""
        marks = "".join(f"<psc:chapter start='00:0{i}:00' title='Mark {i}'/>" for i in range(4))
        items = "".join(
            f"<item><title>{e.title}</title><guid>g{e.number}</guid><link>https://a.example/{e.number}</link>"
            f"<pubDate>Thu, 02 May 2024 0{e.number % 10}:00:00 +0000</pubDate><itunes:duration>600</itunes:duration>"
            f"<enclosure url='https://a.example/{e.number}.mp3' type='audio/mpeg' length='1'/>"
            + (f"<description>{html.escape(e.notes)}</description>" if e.notes else "")
            + (f"<psc:chapters>{marks}</psc:chapters>" if e.marks else "")
            + "</item>"
            for e in self.episodes
        )
        names = f"xmlns:psc='{ns.PSC}' xmlns:itunes='{ns.ITUNES}'"
        channel = f"<title>Meadow Talk</title><description>{self.channel}</description>"
        return f"<rss version='2.0' {names}><channel>{channel}{items}</channel></rss>".encode()

    def lay(self, files: dict[str, str]) -> None:
        """Bring the summaries folder into this state."""
        folder = self.folder / "summaries"
        for path in folder.iterdir():
            if path.name not in files:
                path.unlink()
        for name, text in files.items():
            path = folder / name
            if not path.exists() or path.read_text("utf-8") != text:
                path.write_text(text, "utf-8")

    def transcripts(self) -> dict[str, str]:
        """Give the transcripts that a run keeps."""
        return {f"{name.rpartition('.')[0]}.srt": text for name, (_, text) in self.good.items() if text is not None}

    def keep_good(self) -> None:
        """Note what a run keeps: of a document that it cannot read the last version that it could, as it lay then."""
        for name in {*self.documents(), *self.good}:
            if self.files.get(name) != BROKEN:
                self.good.pop(name, None)
            if name in self.files and self.files[name] != BROKEN:
                beside = f"{name.rpartition('.')[0]}.srt"
                self.good[name] = (self.files[name], self.files.get(beside))

    # Runs

    def run(self, store: Store, output: Path, now: float) -> tuple[Report, bool]:
        """Do what a run does for one feed; give its report, and whether it knew without looking into anything."""
        url = self.folder / "feed.xml"
        feed = replace(FeedConfig("show", str(url), BASE), **self.settings)
        summaries = self.folder / "summaries"
        sync(store, [summaries])
        hosts = Hosts({}, lambda _host, _until: None)
        fetcher = Fetcher(Client(ClientSettings()), store, hosts)
        made: list[str] = []
        tools = Tools(fetcher, store, Publisher(Folder(output)), making=made.append)
        result = republish(feed, tools, now)
        store.save_feed("show", result.state, result.documents, now, result.stored)
        return result.report, not made

    def compare(self, now: float) -> tuple[Report, Report]:
        """Run warm, run cold, hold every file that is referred to against each other; give the warm and cold report."""
        (self.folder / "feed.xml").write_bytes(self.feed())
        self.lay(self.files)
        warm, _ = self.run(self.store, self.folder / "warm", now)
        again, known = self.run(self.store, self.folder / "warm", now)
        assert (again.outcome, known) == ("unchanged", True)
        self.keep_good()
        self.lay({name: text for name, (text, _) in self.good.items()} | self.transcripts())
        shutil.rmtree(self.folder / "cold", ignore_errors=True)
        store = Store(memory())
        # The one thing that only a memory can tell: what a page was called first, whatever became of the title.
        names = self.store.feed_state("show").site.names
        store.save_feed("show", FeedState(site=FeedSite(names=names)), {}, now)
        cold, _ = self.run(store, self.folder / "cold", now)
        assert cold.outcome == "published", cold
        assert warm.outcome in {"published", "unchanged"}, warm
        # A warm folder keeps pages for a while that are none any more.
        has_pages = (self.folder / "cold" / "show" / "index.html").is_file()
        files = referred(self.folder / "cold", has_pages=has_pages)
        assert files == referred(self.folder / "warm", has_pages=has_pages)
        self.pages += sum(path.startswith("show/") and path.endswith(".html") for path in files)
        self.spoken += sum(path.endswith(".vtt") for path in files)
        assert all((self.folder / "warm" / path).read_bytes() == body for path, body in files.items())
        return warm, cold


def referred(output: Path, *, has_pages: bool) -> dict[str, bytes]:
    """Read the feed, the indexes of its pages, and every file that these refer to."""
    body = (output / "show.xml").read_bytes()
    names = ns.tag(ns.PODCAST, "chapters"), ns.tag(ns.PODCAST, "transcript")
    urls = [one.get("url", "") for one in parse_strict(body).iter(*names)]
    paths = {url.removeprefix(f"{BASE}/") for url in urls if url.startswith(BASE)}
    waiting = ["show/index.html"] if has_pages else []
    while waiting:
        paths.add(page := waiting.pop())
        found = verify_page(page, (output / page).read_bytes(), ANY) - paths - {"index.html"}
        waiting += [path for path in found if path.endswith(".html")]
        paths |= found
    return {"show.xml": body} | {path: (output / path).read_bytes() for path in paths}


EDITS_OF: tuple[Callable[[Place], None], ...] = (
    *(Place.add_item, Place.remove_item, Place.change_item, Place.move_item, Place.change_channel),
    *(Place.add_summary, Place.add_summary, Place.change_summary, Place.remove_summary, Place.break_summary),
    *(Place.edit_transcript, Place.edit_transcript, Place.configure, Place.configure, Place.change_nothing),
)


@pytest.mark.parametrize("seed", few_fast(range(SEQUENCES), 2))
def test_after_any_edit_a_warm_run_makes_what_a_cold_one_makes(tmp_path: Path, seed: int) -> None:
    """Feed, summaries, transcripts and configuration change at random; every file is the same to the byte."""
    random = Random(seed)  # noqa: S311 no secret is made of it
    place = Place(tmp_path, random)
    matched = timed = chapters = changed = 0
    for step in range(EDITS):
        edits = random.choices(EDITS_OF, k=random.choice((1, 1, 2)))
        for edit in edits:
            edit(place)
        warm, cold = place.compare(NOW + 60.0 * step)
        assert (warm.items, warm.matched, warm.timed, warm.chapters) == (
            cold.items,
            cold.matched,
            cold.timed,
            cold.chapters,
        ), edits
        matched, timed, chapters = matched + cold.matched, timed + cold.timed, chapters + cold.chapters
        changed += warm.outcome == "published"
    assert min(matched, timed, chapters, place.pages) >= EDITS
    assert place.spoken
    assert EDITS / 3 < changed < EDITS
