"""The contract's own checker, which shares no code with this project, finds nothing broken in what we publish."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from tests.corpus import CHECKER, files, needs_corpus
from tests.workshop import BASE, Workshop, seconds_of, summary_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MODES = ("mirror", "own")
TIED = {"zh_lexbrief.xml"}
"""Every item stands in it sixteen times over: a tie is no match."""
CHAPTERS = ("publisher", "merge", "summary")


def well_formed() -> list[Path]:
    """List the corpus feeds that are well-formed RSS 2.0 and have something to publish."""
    found = []
    for path in files("feeds"):
        try:
            root = etree.fromstring(path.read_bytes(), etree.XMLParser(huge_tree=True, resolve_entities=False))
        except etree.XMLSyntaxError:
            continue
        if root.tag == "rss" and root.get("version") == "2.0" and root.find("channel/item") is not None:
            found.append(path)
    return found


def prepare(folder: Path, paths: Sequence[Path], mode: str, chapters: str) -> Workshop:
    """Configure feeds, with summaries for their first, middle and last items."""
    shop = Workshop(folder, defaults={"mode": mode, "chapters": chapters})
    for number, path in enumerate(paths):
        name = f"feed-{number}"
        shop.add_feed(name, path, summaries=[f"summaries/{name}"])
        items = etree.fromstring(path.read_bytes(), etree.XMLParser(huge_tree=True)).findall("channel/item")
        for place in sorted({0, 1, len(items) // 3, len(items) // 2, len(items) - 1} & set(range(len(items)))):
            shop.add_summary(f"{place}.json", summary_of(items[place], seconds_of(items[place])), f"summaries/{name}")
    return shop


@needs_corpus
@pytest.mark.parametrize("chapters", CHAPTERS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.slow
def test_every_well_formed_feed_keeps_the_contract(tmp_path: Path, mode: str, chapters: str) -> None:
    """In both modes, with every way of making chapters, with awkward text in every field."""
    keep_the_contract(tmp_path, well_formed(), mode, chapters)


@needs_corpus
@pytest.mark.parametrize("mode", MODES)
def test_some_feeds_keep_the_contract(tmp_path: Path, mode: str) -> None:
    """A few small ones, for the tests that are run before a commit."""
    small = [path for path in well_formed() if path.stat().st_size < 200_000]
    keep_the_contract(tmp_path, small[:: 3 if mode == "mirror" else 5], mode, "merge")


def keep_the_contract(folder: Path, paths: Sequence[Path], mode: str, chapters: str) -> None:
    """Publish feeds and run the checker on each."""
    shop = prepare(folder, paths, mode, chapters)
    reports = shop.run()
    broken = []
    for number, path in enumerate(paths):
        name = f"feed-{number}"
        report = reports[name]
        assert report["outcome"] == "published", (path.name, report)
        assert report["matched"] >= 1 or path.name in TIED, (path.name, report)
        done = check(path, shop.output / f"{name}.xml", mode, shop.output)
        if done.returncode and not contradicts_itself(done.stdout, mode):
            broken.append(f"{path.name}: {done.stdout}{done.stderr}")
    assert not broken, "\n".join(broken)
    assert not shop.run()["exit"]


def contradicts_itself(said: str, mode: str) -> bool:
    """Tell the one case where two rules exclude each other: C6 bans a token from a mirror, C11 wants it in its item."""
    lines = said.splitlines()[:-1]
    banned = [line.startswith("C11:") and "txt'" in line and "'verify'" in line for line in lines]
    return mode == "mirror" and bool(banned) and all(banned)


def check(source: Path, enriched: Path, mode: str, public: Path) -> subprocess.CompletedProcess[str]:
    """Run the checker on one published feed."""
    where = ["--self", f"{BASE}/{enriched.name}", "--public", str(public), "--base", BASE, "--mode", mode]
    command = [sys.executable, str(CHECKER), str(source), str(enriched), *where, "--strict"]
    return subprocess.run(command, capture_output=True, text=True, check=False)
