"""Whole runs into an object store (moto, over loopback), as people do them: what is asked of it, and what stands."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.corpus import CHECKER, ROOT, few_fast
from tests.object_store import BUCKET, KEYS, StoreServer
from tests.workshop import BASE, Workshop

if TYPE_CHECKING:
    from pathlib import Path

PREFIX = "public"
SOURCE = ROOT / "examples" / "field-notes.xml"
SUMMARY = ROOT / "examples" / "summaries"
SECONDS = 0.6
"""How long a run is let live at most; it takes longer."""
KILLS = 5


@pytest.fixture
def server(running: StoreServer) -> StoreServer:
    """Return the store."""
    return running


@dataclass
class Shop:
    """The bundled example, published into a prefix of a bucket."""

    workshop: Workshop
    server: StoreServer
    environment: dict[str, str] = field(default_factory=lambda: dict(KEYS))

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the program."""
        done = self.workshop.call(*arguments, **self.environment)
        assert "Traceback" not in done.stderr, done.stderr
        assert not any(key in done.stdout + done.stderr for key in KEYS.values())
        return done

    def run(self, *arguments: str) -> dict[str, Any]:
        """Do `enricher run`; give the report, with the exit code."""
        done = self.call("run", "--json", *arguments)
        report: dict[str, Any] = json.loads(done.stdout)["feeds"][0]
        return report | {"exit": done.returncode, "stderr": done.stderr}

    def change(self, words: str) -> None:
        """Change the summary of one item."""
        path = self.workshop.folder / "summaries" / "9-dawn-chorus.json"
        document = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(document | {"abstract": words}), "utf-8")

    def objects(self) -> dict[str, bytes]:
        """Give what is published."""
        return self.server.objects(PREFIX)

    def is_whole(self) -> None:
        """Check that everything that the feed names of ours is there."""
        objects = self.objects()
        named = re.findall(rf'{BASE}/([^"<#\s&]+)'.encode(), objects["field-notes.xml"])
        assert len(named) > 5
        missing = {name.decode() for name in named} - objects.keys()
        assert not missing


@pytest.fixture
def shop(server: StoreServer, tmp_path: Path) -> Shop:
    """Configure it."""
    server.clear()
    workshop = Workshop(tmp_path, settings={"output": f"s3://{BUCKET}/{PREFIX}"})
    for path in SUMMARY.iterdir():
        workshop.add_summary(path.name, path.read_bytes())
    workshop.add_feed("field-notes", SOURCE)
    config = workshop.write_config()
    table = f'[object_store]\nendpoint = "{server.endpoint}"\nregion = "us-east-1"\ntimeout = 1\n'
    config.write_text(config.read_text("utf-8") + table, "utf-8")
    return Shop(workshop, server)


def test_a_run_writes_what_differs_and_the_feed_last(shop: Shop) -> None:
    """The first everything, the second nothing, with three lists; then one page, the index, the feed."""
    assert shop.run("--dry-run")["outcome"] == "published"
    assert shop.objects() == {}
    shop.server.asked.clear()
    assert shop.run()["outcome"] == "published"
    puts = [path.removeprefix(f"/{BUCKET}/{PREFIX}/") for method, path in shop.server.asked if method == "PUT"]
    assert set(puts) == set(shop.objects())
    assert puts.index("field-notes.xml") > max(i for i, path in enumerate(puts) if path.startswith("field-notes/"))
    shop.is_whole()
    shop.server.asked.clear()
    assert shop.run()["outcome"] == "unchanged"
    assert shop.server.counted() == {"LIST": 3}
    shop.change("Quite another abstract.")
    report = shop.run()
    assert report["outcome"] == "published"
    assert report["written"][-1] == "field-notes.xml"
    assert all(path.endswith((".html", ".xml")) or "/search/" in path for path in report["written"])
    puts = [path.removeprefix(f"/{BUCKET}/{PREFIX}/") for method, path in shop.server.asked if method == "PUT"]
    pages = [path for path in puts if re.search(r"-[0-9a-f]{12}\.html", path)]
    assert len(pages) == 1
    assert [path for path in puts if path in report["written"]][-1] == "field-notes.xml"
    read = [path for method, path in shop.server.asked if method == "GET" and "list-type" not in path]
    assert not [path for path in read if "/chapters/" in path or "/transcripts/" in path]
    shop.is_whole()


def test_objects_have_their_types_and_may_be_kept_as_long_as_they_stand(shop: Shop) -> None:
    """As apps, browsers and CDNs want it."""
    shop.run()
    chapters = next(path for path in shop.objects() if "/chapters/" in path)
    vtt = next((path for path in shop.objects() if path.endswith(".vtt")), None)
    short, long = "public, max-age=60", "public, max-age=31536000, immutable"
    expected = {
        "field-notes.xml": ("application/rss+xml; charset=UTF-8", short),
        "field-notes/index.html": ("text/html; charset=UTF-8", short),
        "feeds.opml": ("text/x-opml; charset=UTF-8", short),
        chapters: ("application/json+chapters", long),
        next(path for path in shop.objects() if path.startswith("style-")): ("text/css; charset=UTF-8", long),
    } | ({vtt: ("text/vtt; charset=UTF-8", long)} if vtt else {})
    for path, headers in expected.items():
        found = shop.server.headers(f"{PREFIX}/{path}")
        assert (found["content-type"], found["cache-control"]) == headers, path


@pytest.mark.parametrize("after", few_fast([0, 4, *(1, 2, 3, 5, 6, 7, 8, 9, 12)], 2))
def test_a_store_that_fails_leaves_the_old_feed(shop: Shop, after: int) -> None:
    """From its first request on, or from a later one: exit code 1, one line, and the next run makes up for it."""
    shop.run()
    before = shop.objects()["field-notes.xml"]
    shop.change(f"Another abstract {after}.")
    shop.server.fails_after = after
    report = shop.run()
    shop.server.fails_after = None
    shop.is_whole()
    if shop.objects()["field-notes.xml"] == before:
        assert (report["exit"], report["outcome"]) == (1, "failed")
        assert f"s3://{BUCKET}/{PREFIX}: cannot be " in report["error"]
        assert "503 SlowDown, again and again; the next run tries anew; what was published stays" in report["error"]
    assert after > 2 or report["exit"] == 1
    assert shop.run()["exit"] == 0
    assert f"Another abstract {after}." in shop.objects()["field-notes.xml"].decode()
    shop.is_whole()


def test_whenever_a_run_is_killed_the_feed_is_whole(shop: Shop) -> None:
    """Old or new, with everything that it names; the next run is a good one."""
    shop.run()
    chance = random.Random(7)  # noqa: S311 a seed that can be repeated
    kills = 0
    for i in range(KILLS):
        shop.change(f"Abstract {i}.")
        process = subprocess.Popen(
            [sys.executable, "-m", "enricher", "run"],
            cwd=shop.workshop.folder,
            env={**os.environ, **KEYS},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS + chance.random())
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += process.wait() == -signal.SIGKILL
        shop.is_whole()
    assert kills
    assert shop.run()["exit"] == 0
    assert f"Abstract {KILLS - 1}." in shop.objects()["field-notes.xml"].decode()
    shop.is_whole()


def test_what_is_wrong_is_said(shop: Shop) -> None:
    """By `check` and `run`: no bucket, no keys that are taken, nobody there; `serve` serves folders."""
    done = shop.call("check")
    assert f"output: s3://{BUCKET}/{PREFIX}: can be written" in done.stdout.splitlines(), done
    assert shop.objects() == {}
    assert "is no folder" in shop.call("serve").stderr
    path = shop.workshop.folder / "config.toml"
    right = path.read_text("utf-8")
    shop.server.fails_after, shop.server.fails_with = 0, "403 Forbidden"
    for what in ("check", "run"):
        assert "it refuses with 403 SlowDown; see [object_store] and the credentials" in str(shop.call(what))
    shop.server.fails_after, shop.server.fails_with = None, "503 Service Unavailable"
    path.write_text(right.replace(f"s3://{BUCKET}/", "s3://none/"), "utf-8")
    assert "there is no such bucket; make it, or see `output`" in shop.call("check").stderr
    assert "there is no such bucket" in shop.call("run").stderr
    path.write_text(right.replace(shop.server.endpoint, "http://127.0.0.1:9"), "utf-8")
    assert "it cannot be reached, or does not answer in time" in shop.call("run").stderr


def test_the_list_of_shows_of_somebody_else_stays(shop: Shop) -> None:
    """As in a folder."""
    shop.server.put(f"{PREFIX}/index.html", b"mine")
    shop.run()
    assert shop.objects()["index.html"] == b"mine"
    assert "index.html: is none of ours and stays" in shop.call("check").stdout
    assert shop.call("status").returncode == 0
    assert shop.call("explain", "field-notes").returncode == 0


def test_the_lock_stands_beside_the_configuration(shop: Shop) -> None:
    """Named by the address."""
    shop.run()
    assert (shop.workshop.folder / f".s3-{BUCKET}-{PREFIX}.lock").is_file()
    assert not (shop.workshop.folder / "public").exists()


@pytest.mark.skipif(not CHECKER.is_file(), reason="the contract's checker is not here")
def test_what_is_published_keeps_the_contract(shop: Shop, tmp_path: Path) -> None:
    """The checker, with everything downloaded."""
    shop.run()
    public = tmp_path / "downloaded"
    for path, body in shop.objects().items():
        (public / path).parent.mkdir(parents=True, exist_ok=True)
        (public / path).write_bytes(body)
    where: list[str | Path] = ["--self", f"{BASE}/field-notes.xml", "--public", public, "--base", BASE]
    done = subprocess.run(
        [sys.executable, CHECKER, SOURCE, public / "field-notes.xml", *where, "--strict"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "broken 0" in done.stdout) == (0, True), done.stdout
