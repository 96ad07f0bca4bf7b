"""What was made of an item is made again only where something of it has changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from enricher.config import load
from enricher.run.run import Options, run_all
from tests.hostile.answers import feed
from tests.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path


class Shop:
    """One feed of three items with summaries, run in this process."""

    def __init__(self, folder: Path) -> None:
        self.workshop = Workshop(folder, settings={"workers": 1})
        self.source, self.database = folder / "a.xml", folder / "enricher.db"
        self.source.write_bytes(feed(1, 2, 3))
        self.workshop.add_feed("a", "a.xml")
        for n in (1, 2, 3):
            self.summarise(n, "Of bees.")

    def summarise(self, n: int, abstract: str) -> None:
        """Write one item's summary."""
        self.workshop.add_summary(f"{n}.json", {"title": f"Episode {n}", "guid": f"show-{n}", "abstract": abstract})

    def run(self) -> str:
        """Run once; return the outcome."""
        done = run_all(load(self.workshop.write_config(), {}), [], Options())
        assert (done.bugs, done.problems) == ((), ())
        assert done.reports[0].matched == 3
        return done.reports[0].outcome

    def results(self) -> set[str]:
        """List the keys of what is remembered."""
        with closing(sqlite3.connect(self.database)) as database:
            return {key for (key,) in database.execute("SELECT key FROM results")}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Publish once."""
    shop = Shop(tmp_path)
    assert shop.run() == "published"
    assert len(shop.results()) == 3
    return shop


def test_an_item_is_made_again_when_something_of_it_changes(shop: Shop) -> None:
    """Its summary, its own element, the configuration, what its page says of the show; not another item."""
    before = shop.results()
    shop.source.write_bytes(feed(1, 2, 3, 4).replace(b"</channel>", b"<copyright>Ours</copyright></channel>"))
    assert shop.run() == "published"
    assert shop.results() == before
    shop.source.write_bytes(feed(1, 2, 3, 4, title="Shows"))
    assert shop.run() == "published"
    assert len(shop.results() - before) == 3
    before = shop.results()
    shop.summarise(2, "Of wasps.")
    assert shop.run() == "published"
    assert len(shop.results() - before) == 1
    before = shop.results()
    shop.source.write_bytes(shop.source.read_bytes().replace(b"Episode 3", b"Episode III"))
    assert shop.run() == "published"
    assert len(shop.results() - before) == 1
    before = shop.results()
    shop.workshop.defaults["label"] = "By us."
    assert shop.run() == "published"
    assert len(shop.results() - before) == 3


@pytest.mark.parametrize("damaged", [b"", b"\x93", b"rubbish", b"\x96\xa1\xff"])
def test_a_damaged_result_is_made_again(shop: Shop, damaged: bytes) -> None:
    """It is only a memory: the edition is the same to the byte."""
    before = (shop.workshop.output / "a.xml").read_bytes()
    with closing(sqlite3.connect(shop.database)) as database:
        database.execute("UPDATE results SET value = ?", (damaged,))
        database.commit()
    (shop.workshop.output / "a.xml").unlink()
    assert shop.run() == "published"
    assert (shop.workshop.output / "a.xml").read_bytes() == before
    with closing(sqlite3.connect(shop.database)) as database:
        assert damaged not in {value for (value,) in database.execute("SELECT value FROM results")}


def test_a_length_that_everything_contradicts_is_taken_for_unknown(tmp_path: Path) -> None:
    """A real feed said `1` for every episode: the publisher's outline and the summary's times are believed."""
    shop = Shop(tmp_path)
    notes = "<description>00:00 Hello&lt;br&gt;10:00 Soil&lt;br&gt;30:00 Rain</description>"
    length = '<itunes:duration xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">1</itunes:duration>'
    shop.source.write_bytes(feed(1, 2, 3).replace(b"</item>", f"{notes}{length}</item>".encode()))
    times = [{"title": f"Ours {n}", "start": 60.0 + 800 * n} for n in range(3)]
    shop.workshop.add_summary("1.json", {"title": "Episode 1", "guid": "show-1", "topics": times})
    assert shop.run() == "published"
    edition = (shop.workshop.output / "a.xml").read_text("utf-8")
    assert edition.count('title="Rain"') == 3
    assert "(00:27:40)" in edition
