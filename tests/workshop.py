"""Tools of the tests: a workplace with a configuration, summaries made for real items, runs of the program."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from lxml import etree

from enricher.errors import FetchError
from enricher.feed import xml as ns
from enricher.http.client import Fetched
from enricher.http.feed_fetcher import Fetcher
from enricher.http.host_limits import Hosts
from enricher.http.schedule import Answer
from enricher.model.feed import Document
from enricher.pipeline.republish import republish
from enricher.pipeline.tools import Tools
from enricher.publish.folder import Folder
from enricher.publish.publisher import Publisher
from enricher.store.database import memory
from enricher.store.store import Store
from enricher.summaries.json_form import dump
from tests import program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enricher.model.feed import FeedConfig
    from enricher.model.summary import StoredSummary
    from enricher.pipeline.republish import Result

BASE = "https://feeds.example.com"
AWKWARD = (
    "]]> & &amp; <b>bold</b> \x07\x0b bell, \U0001f41d bees, \u05e9\u05dc\u05d5\u05dd and "
    "\u0645\u0631\u062d\u0628\u0627, \u201cquotes\u201d 'n' \"all\""
)


@dataclass
class Workshop:
    """A folder with config.toml, summaries and output, and the program run on it as people run it."""

    folder: Path
    feeds: list[dict[str, Any]] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Other tables, such as `[engine]`."""

    @property
    def output(self) -> Path:
        """Where the feeds are published."""
        return self.folder / "public"

    def add_feed(self, name: str, url: str | Path, **keys: Any) -> None:
        """Configure one more feed."""
        self.feeds.append({"name": name, "url": str(url), **keys})

    def add_summary(self, name: str, document: str | bytes | dict[str, Any], folder: str = "summaries") -> Path:
        """Write a summary document or a companion."""
        path = self.folder / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        body = json.dumps(document) if isinstance(document, dict) else document
        path.write_bytes(body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass"))
        return path

    def write_config(self) -> Path:
        """Write config.toml."""
        settings = {"base_url": BASE, "summaries": ["summaries"], **self.settings}
        lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
        lines += ["[defaults]", *(f"{key} = {json.dumps(value)}" for key, value in self.defaults.items())]
        for name, table in self.tables.items():
            lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
        for feed in self.feeds:
            lines += ["[[feed]]", *(f"{key} = {json.dumps(value)}" for key, value in feed.items())]
        (self.folder / "summaries").mkdir(exist_ok=True)
        path = self.folder / "config.toml"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start the program without waiting for it."""
        return subprocess.Popen(
            [sys.executable, "-m", "enricher", *arguments],
            cwd=self.folder,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the program to its end."""
        if not any(name.startswith(("LC_", "PYTHON")) for name in environment):  # an interpreter reads them at start
            return program.run(arguments, self.folder, {**os.environ, **environment})
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=300)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def on_screen(self, *arguments: str, columns: int = 80) -> tuple[int, list[str]]:
        """Run the program at a terminal; give its exit code and every line that was drawn, without colours."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        plain = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
        command = [sys.executable, "-m", "enricher", *arguments]
        with subprocess.Popen(
            command, cwd=self.folder, env={**plain, "TERM": "xterm"}, stdin=slave, stdout=slave, stderr=slave
        ) as process:
            os.close(slave)
            drawn = b""
            with suppress(OSError):  # Linux answers so when the last writer is gone
                while piece := os.read(master, 65536):
                    drawn += piece
            os.close(master)
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn.decode())
        return process.returncode, [line for line in re.split(r"[\r\n]+", text) if line.strip()]

    def run(self, *arguments: str) -> dict[str, Any]:
        """Do `enricher run --json` with the present settings; give each feed's report by name."""
        self.write_config()
        done = self.call("run", "--json", *arguments)
        assert "Traceback" not in done.stderr, done.stderr
        try:
            reports = json.loads(done.stdout)
        except ValueError:
            raise AssertionError((done.returncode, done.stdout, done.stderr)) from None
        return {"exit": done.returncode, "stderr": done.stderr, **{feed["name"]: feed for feed in reports["feeds"]}}

    def published(self, name: str) -> etree._Element:
        """Read a published feed's channel."""
        return etree.fromstring((self.output / f"{name}.xml").read_bytes())[0]

    def snapshot(self) -> dict[str, tuple[bytes, int]]:
        """Give every published file's bytes and time of change."""
        return {
            str(path.relative_to(self.output)): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in sorted(self.output.rglob("*"))
            if path.is_file()
        }


@dataclass
class Bench:
    """One feed republished in memory: a document, summaries, and files by address; nothing is written."""

    document: Document
    stored: Sequence[StoredSummary]
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Transcripts and chapters files by address."""

    def fetch(self, url: str, **_: Any) -> Fetched:
        """Answer as a client does."""
        if url == self.document.url:
            return Fetched(self.document, Answer(200))
        if url not in self.files:
            raise FetchError(f"{url}: there is nothing here")
        return Fetched(Document(url, self.files[url], shown=url), Answer(200))

    def republish(self, config: FeedConfig) -> Result:
        """Do what a dry run does with one feed."""
        with Store(memory()) as store, TemporaryDirectory() as folder:
            if not config.is_web:
                path = Path(folder) / "feed.xml"
                path.write_bytes(self.document.body)
                config = replace(config, url=str(path))
            store.summaries.put([row_of(one) for one in self.stored])
            hosts = Hosts({}, lambda _host, _until: None)
            fetcher = Fetcher(self, store, hosts)  # type: ignore[arg-type] # a client by its one method
            publisher = Publisher(Folder(Path("/nowhere")), dry=True)
            return republish(config, Tools(fetcher, store, publisher, frozenset(config.summaries)), 1_800_000_000.0)


def row_of(stored: StoredSummary) -> dict[str, Any]:
    """Make the columns of a summary that names no show."""
    row: dict[str, Any] = {"path": stored.path, "folder": stored.folder, "show": "", "digest": stored.digest}
    for kind in ("transcript", "outline"):
        beside = getattr(stored, kind)
        row |= {f"{kind}_path": beside and beside.path, kind: beside and beside.body}
    return row | {"stamp": None, "document": dump(stored.summary)}


def summary_of(item: etree._Element, seconds: float | None = None) -> dict[str, Any]:
    """Make a summary, awkward in every text, that is known to belong to an item; timed where its length is known."""
    times: list[float | None] = [seconds * x / 10 for x in range(1, 9)] if seconds else [None] * 8
    enclosure = item.find("enclosure")
    return {
        "version": 1,
        "title": (item.findtext("title") or "").strip() or AWKWARD,
        "guid": (item.findtext("guid") or "").strip() or None,
        "audio": enclosure.get("url") if enclosure is not None else None,
        "source": {"name": "notes & <i>more</i>", "url": "https://notes.example/12?a=1&b=2"},
        "abstract": f"What this is about: {AWKWARD}",
        "topics": [
            {
                "title": f"Topic {i} {AWKWARD}",
                "start": times[i],
                "passages": [
                    {"kind": "text", "text": f"Swarms choose [1]. {AWKWARD} and more [2]."},
                    {"kind": "quote", "text": f"They vote. {AWKWARD}", "speaker": "Ann <Lee>"},
                    {"kind": "text", "text": "A second paragraph. " * 20},
                ],
                "topics": [{"title": f"Sub {i}", "passages": [{"kind": "text", "text": "Deeper down. " * 9}]}],
            }
            for i in range(5)
        ],
        "clips": [{"title": f"Clip {AWKWARD}", "start": times[5], "end": times[5] + 40 if times[5] else None}],
        "questions": [{"question": f"Why {AWKWARD}?", "answer": "Because.", "start": times[6]}],
        "related": [{"title": f"Wasps {AWKWARD}", "url": "https://a.example/?x=1&y=2"}],
        "citations": {"1": {"start": times[1]}, "2": {"url": "https://notes.example/clip/2"}},
    }


def seconds_of(item: etree._Element) -> float | None:
    """Read an item's itunes:duration for tests: seconds, or None."""
    text = (item.findtext(ns.tag(ns.ITUNES, "duration")) or "").strip()
    parts = text.split(":")
    if not all(part.isdecimal() for part in parts):
        return None
    total = 0
    for part in parts:
        total = total * 60 + int(part)
    return float(total) or None
