"""Times through the command line: transcripts of this audio and of another cut, fetched ones, what is remembered."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from enricher.feed import xml as ns
from tests.corpus import CORPUS, LEX, SEED, few_fast, needs_corpus
from tests.loopback import Loopback
from tests.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path

    from lxml import etree

OUTLINE = 31
VIDEO_TIMES = ("00:01:25", "01:14:09", "00:06:41")


def lex(folder: Path, *companions: str) -> Workshop:
    """Set up the real feed with the real page, and what lies beside it."""
    shop = Workshop(folder)
    shop.add_feed("lex-fridman", LEX)
    shop.add_summary("episode-highlights.txt", SEED.read_bytes())
    for name in companions:
        beside = name.replace("lex-333", "episode-highlights")
        shop.add_summary(beside, (CORPUS / "transcripts" / name).read_bytes())
    return shop


def item_333(shop: Workshop) -> etree._Element:
    """Give the enriched item."""
    items = shop.published("lex-fridman").findall("item")
    return next(item for item in items if "#333" in (item.findtext("title") or ""))


def notes_of(item: etree._Element) -> tuple[str, str]:
    """Give description and content:encoded."""
    return item.findtext("description") or "", item.findtext(ns.tag(ns.CONTENT, "encoded")) or ""


def chapters_of(item: etree._Element) -> list[tuple[str, str]]:
    """Give start and title of each psc chapter."""
    return [(c.get("start", ""), c.get("title", "")) for c in item.iter(ns.tag(ns.PSC, "chapter"))]


@needs_corpus
def test_the_real_page_on_the_real_feed(tmp_path: Path) -> None:
    """The seed alone: its item gets the publisher's 31 marks in both carriers, and the topic of a mark its time."""
    shop = lex(tmp_path)
    report = shop.run()["lex-fridman"]
    counts = [report[key] for key in ("outcome", "items", "matched", "timed", "chapters")]
    assert counts == ["published", 403, 1, 1, 1]
    item = item_333(shop)
    chapters = chapters_of(item)
    assert len(chapters) == OUTLINE
    assert chapters[:2] == [("00:00:00.000", "Introduction"), ("00:05:41.000", "Neural networks")]
    assert chapters[-1] == ("03:28:44.000", "Meaning of life")
    link = item.find(ns.tag(ns.PODCAST, "chapters"))
    assert link is not None
    (path,) = (name for name in report["written"] if "/chapters/" in name)
    assert link.get("url") == f"https://feeds.example.com/{path}"
    listed = json.loads((shop.output / path).read_text("utf-8"))["chapters"]
    assert [one["title"] for one in listed] == [title for _, title in chapters]
    for text in notes_of(item):
        assert "Neural Networks" in text
        assert "(00:05:41)" in text
        assert not any(time in text for time in VIDEO_TIMES)


@needs_corpus
def test_without_the_outline_no_time_of_the_video_is_printed(tmp_path: Path) -> None:
    """The video's transcript alone does not fit the audio's length, and the report says so."""
    shop = lex(tmp_path, "lex-333.srt")
    report = shop.run()["lex-fridman"]
    assert "the transcript episode-highlights.srt is not used" in report["problems"][0]
    for text in notes_of(item_333(shop)):
        assert "(00:05:41)" in text
        assert not any(time in text for time in (*VIDEO_TIMES, "00:06:08", "01:18:53", "00:11:25"))


@needs_corpus
def test_the_videos_quotes_are_carried_over_to_the_audio(tmp_path: Path) -> None:
    """With both outlines the three quotes stand at the audio's times, after the quotes, in what has room for them."""
    shop = lex(tmp_path, "lex-333.srt", "lex-333.outline.txt")
    assert shop.run()["lex-fridman"]["problems"] == []
    content = notes_of(item_333(shop))[1]
    for words, time in (
        ("synapses in your brain", "00:06:08"),
        ("diverse", "01:18:53"),
        ("alien artifact", "00:11:25"),
    ):
        line = next(line for line in content.splitlines() + content.split("</p>") if words in line and "“" in line)
        assert f"({time})" in line, line
    assert not any(time in content for time in VIDEO_TIMES)
    said = shop.call("explain", "lex-fridman", "333").stdout
    assert "found in episode-highlights.srt at 00:01:25" in said
    assert "on this audio +284.0 s" in said
    assert chapters_of(item_333(shop))[1] == ("00:05:41.000", "Neural networks")


@needs_corpus
def test_a_second_run_aligns_nothing(tmp_path: Path) -> None:
    """What was made of the item is stored under the digest of what went in; nothing is made again."""
    shop = lex(tmp_path, "lex-333.srt", "lex-333.outline.txt")
    shop.run()
    before = results(tmp_path)
    assert len(before) == 1
    assert shop.run("--force")["lex-fridman"]["outcome"] == "unchanged"
    assert results(tmp_path) == before


def results(folder: Path) -> set[str]:
    """Return the keys of the stored results."""
    with sqlite3.connect(folder / "enricher.db") as database:
        return {key for (key,) in database.execute("SELECT key FROM results")}


SAID = (
    "We are standing under an apple tree this morning.",
    "The swarm is the calmest animal that I know of.",
    "They vote with their feet and the loser stops dancing.",
    "Nobody counts the whole swarm in the doorway at noon.",
    "Goodbye and thank you all for listening to us.",
)


def talk() -> tuple[bytes, bytes, dict[str, Any]]:
    """Make a feed with a transcript's address to be filled in, the transcript, and a summary with three quotes."""
    cues = [f"00:{2 * i:02}:00.000 --> 00:{2 * i + 1:02}:59.000\n{text}\n" for i, text in enumerate(SAID)]
    feed = (
        f'<?xml version="1.0"?><rss version="2.0" xmlns:podcast="{ns.PODCAST}" xmlns:itunes="{ns.ITUNES}"><channel>'
        "<title>Field Notes</title><link>https://a.example/</link><description>d</description>"
        "<item><title>Bees</title><guid>bees</guid><description>Notes.</description>"
        '<enclosure url="https://a.example/1.mp3" length="1" type="audio/mpeg"/>'
        "<itunes:duration>10:00</itunes:duration>"
        '<podcast:transcript url="TRANSCRIPT" type="text/vtt"/></item></channel></rss>'
    )
    topics = [
        {"title": f"Topic {i}", "passages": [{"kind": "quote", "text": SAID[i]}], "topics": []} for i in (1, 2, 3)
    ]
    return feed.encode(), ("WEBVTT\n\n" + "\n".join(cues)).encode(), {"version": 1, "title": "Bees", "topics": topics}


def test_a_transcript_of_the_item_is_fetched_and_gives_chapters_which_its_hosts_death_does_not_take(
    tmp_path: Path,
) -> None:
    """Fetched once and kept: with the host down the same feed is published, byte for byte."""
    source, transcript, summary = talk()
    shop = Workshop(tmp_path)
    with Loopback({"/t.vtt": transcript}, {"/t.vtt": "text/vtt"}) as server:
        shop.settings["allow_private"] = [server.host]
        feed = tmp_path / "feed.xml"
        feed.write_bytes(source.replace(b"TRANSCRIPT", server.url("/t.vtt").encode()))
        shop.add_feed("bees", feed)
        shop.add_summary("bees.json", summary)
        assert shop.run()["bees"]["timed"] == 1
        chapters = chapters_of(shop.published("bees").find("item"))  # type: ignore[arg-type]
        assert chapters == [
            ("00:00:00.000", "Intro"),
            ("00:02:00.000", "Topic 1"),
            ("00:04:00.000", "Topic 2"),
            ("00:06:00.000", "Topic 3"),
        ]
        shop.run()
        assert [path for path, _ in server.asked] == ["/t.vtt"]
    before = shop.snapshot()
    report = shop.run("--force")["bees"]
    assert (report["outcome"], report["chapters"]) == ("unchanged", 1)
    assert shop.snapshot() == before


@pytest.mark.parametrize("kept", few_fast([1, 2, 0]))
def test_a_chapter_list_that_shrinks_is_reported(tmp_path: Path, kept: int) -> None:
    """The shorter list is published, and a problem of the item says so; once."""
    source, _, summary = talk()
    shop = Workshop(tmp_path)
    feed = tmp_path / "feed.xml"
    feed.write_bytes(re.sub(rb"<podcast:transcript[^>]*>", b"", source))
    shop.add_feed("bees", feed)
    for topic, start in zip(summary["topics"], (120, 240, 360), strict=True):
        topic["start"] = start
    shop.add_summary("bees.json", summary)
    assert shop.run()["bees"]["problems"] == []
    for topic in summary["topics"][kept:]:
        topic["start"] = None
    shop.add_summary("bees.json", summary)
    report = shop.run()["bees"]
    assert report["outcome"] == "published"
    left = kept + 1 if kept > 1 else 0
    assert report["problems"] == [f"Bees: its chapter list had 4 chapters before and has {left} now"]
    assert shop.run()["bees"]["problems"] == []
