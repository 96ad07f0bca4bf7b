"""What a person put beside the feeds and no feed takes: `check` and `explain` tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hostile.answers import feed
from tests.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """Give a workshop with the show Bees and a page of another show."""
    shop = Workshop(tmp_path)
    (tmp_path / "bees.xml").write_bytes(feed(1, 2, title="Bees"))
    shop.add_feed("bees", tmp_path / "bees.xml")
    shop.add_summary("1.json", {"version": 1, "title": "The dance", "podcast": "The Bee Hour", "abstract": "A."})
    shop.add_summary("2.json", {"version": 1, "title": "The queen", "podcast": "The Bee Hour", "abstract": "A."})
    shop.write_config()
    return shop


def told(shop: Workshop, *command: str) -> list[str]:
    """Give the lines that tell of what nobody takes."""
    done = shop.call(*command)
    assert (done.returncode, done.stderr) == (0, "")
    return [line for line in done.stdout.splitlines() if "no feed is called so" in line]


def test_summaries_of_a_show_that_no_feed_is_called_by_are_told(shop: Workshop) -> None:
    """They are candidates for no item, and one line for each show says where and what to do."""
    line = f"{shop.folder}/summaries/1.json: 2 summaries name the show “The Bee Hour”, and no feed is called so"
    assert told(shop, "explain", "bees") == [f"unused: {line}; see `aliases`"]
    assert told(shop, "check") == []  # nobody knows yet what the feed is called
    assert shop.call("run").returncode == 0
    assert told(shop, "check") == [f"summaries: {line}; see `aliases`"]


def test_a_feed_that_was_never_read_may_be_the_one(shop: Workshop) -> None:
    """It is said that its name is not known."""
    assert shop.call("run").returncode == 0
    shop.add_feed("wasps", "https://example.com/wasps")
    shop.write_config()
    assert [line.partition("called so")[2] for line in told(shop, "check")] == [" (1 feed not read yet); see `aliases`"]


@pytest.mark.parametrize(
    "keys", [{"aliases": ["Bee Hour Podcast"]}, {"summaries": ["summaries"]}], ids=["alias", "folder of its own"]
)
def test_what_the_configuration_gives_to_a_feed_is_not_told(shop: Workshop, keys: dict[str, list[str]]) -> None:
    """An alias takes the show, a folder of the feed's own takes everything in it."""
    shop.feeds[0] |= keys
    shop.settings = {"summaries": []} if "summaries" in keys else {}
    shop.write_config()
    assert shop.call("run").returncode == 0
    assert told(shop, "check") == told(shop, "explain", "bees") == []


def test_of_many_shows_ten_are_told(shop: Workshop) -> None:
    """The others are counted."""
    for number in range(12):
        shop.add_summary(f"{number}.html.json", {"version": 1, "title": "The dance", "podcast": f"Show {number}"})
    found = shop.call("explain", "bees").stdout.splitlines()
    assert len([line for line in found if "no feed is called so" in line]) == 10
    assert found[-1] == "unused: 3 further shows that no feed is called by"


def test_transcripts_and_outlines_that_belong_to_nothing_are_told(shop: Workshop) -> None:
    """A misspelt name would else mean no times, and nobody would know why."""
    shop.add_summary("3.srt", "")
    shop.add_summary("1.outline.txt", "0:00 Start")
    shop.add_summary("2.outline.txt", "0:00 Start")
    shop.add_summary("2.transcript.json", "{}")
    lines = [line for line in shop.call("check").stdout.splitlines() if "beside it has its name" in line]
    folder = shop.folder / "summaries"
    timeline = "no transcript beside it has its name, and it gives marks on a transcript's timeline"
    assert lines == [
        f"summaries: {folder}/1.outline.txt: {timeline}",
        f"summaries: {folder}/3.srt: no document beside it has its name, 3.txt, .html, .md or .json",
    ]


def test_documents_of_forms_that_nobody_reads_are_told(shop: Workshop) -> None:
    """Notes of Emacs or Word lie in the folder and would be passed over in silence."""
    path = shop.add_summary("notes.org", "* The dance\n")
    shop.add_summary("cover.png", b"\x89PNG")
    lines = [line for line in shop.call("check").stdout.splitlines() if "no summary is read" in line]
    assert [line.partition(": no ")[0] for line in lines] == [f"summaries: {path}"]
