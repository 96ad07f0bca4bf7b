"""`enricher missing` and `enricher template`: from an item without a summary to an enriched one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.loopback import Loopback
from tests.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path

FEED = """<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"
 xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Bees &amp; Co</title>
<item><title>Episode 1: the hive</title><guid isPermaLink="false">b-1</guid>
<pubDate>Wed, 01 May 2024 06:00:00 GMT</pubDate>
<link>https://bees.example/1</link></item>
<item><title>Episode 2: "the" *dance*</title><guid isPermaLink="false">b-2</guid>
<pubDate>Thu, 02 May 2024 06:00:00 GMT</pubDate>
<itunes:duration>3600</itunes:duration>
<enclosure url="https://cdn.example/2.mp3" length="1" type="audio/mpeg"/>
<podcast:transcript url="{host}/2.vtt" type="text/vtt"/>
<podcast:chapters url="{host}/2.json" type="application/json+chapters"/></item>
<item><title>Trailer</title><guid isPermaLink="false">b-0</guid></item>
</channel></rss>"""
CHAPTERS = {
    "version": "1.2.0",
    "chapters": [
        {"startTime": 0, "title": "Opening"},
        {"startTime": 312, "title": "R&D: the *waggle* <3 {{dance}}"},
        {"startTime": 1300, "title": "1. Quorum #2"},
        {"startTime": 1400, "title": "Picture", "toc": False},
    ],
}


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """Configure one show from a file; its chapters cannot be had."""
    (tmp_path / "bees.xml").write_text(FEED.format(host="https://gone.example"), "utf-8")
    shop = Workshop(tmp_path)
    shop.add_feed("bees", "bees.xml")
    shop.write_config()
    return shop


def test_missing_has_what_a_script_needs(shop: Workshop) -> None:
    """Newest first, undated ones last; an item that has its summary is not among them."""
    shop.add_summary("one.json", {"title": "Episode 1: the hive", "podcast": "Bees & Co", "abstract": "A."})
    done = shop.call("missing", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    (feed,) = json.loads(done.stdout)["feeds"]
    assert (feed["name"], feed["title"], feed["items"], feed["more"], feed["error"]) == (
        "bees",
        "Bees & Co",
        3,
        0,
        None,
    )
    assert feed["missing"] == [
        {
            "title": 'Episode 2: "the" *dance*',
            "published": "2024-05-02",
            "guid": "b-2",
            "link": None,
            "audio": "https://cdn.example/2.mp3",
            "transcript": "https://gone.example/2.vtt",
            "duration": 3600.0,
        },
        {
            "title": "Trailer",
            "published": None,
            "guid": "b-0",
            "link": None,
            "audio": None,
            "transcript": None,
            "duration": None,
        },
    ]


def test_missing_fits_a_terminal(shop: Workshop) -> None:
    """Eighty columns, and no more rows than are asked for."""
    text = (shop.folder / "bees.xml").read_text("utf-8").replace("the hive", "[b] the hive " + "and more " * 20)
    (shop.folder / "bees.xml").write_text(text, "utf-8")
    code, lines = shop.on_screen("missing", "--limit", "2")
    assert code == 0
    assert lines[0] == "bees: 3 of 3 items without a summary"
    assert lines[1] == '2024-05-02  01:00:00  transcript  Episode 2: "the" *dance*'
    assert lines[2].startswith("2024-05-01                        Episode 1: [b] the hive and more")
    assert lines[2].endswith("…")
    assert lines[3] == "and 1 more; see --limit"
    assert max(map(len, lines)) <= 80


def test_missing_tells_of_a_feed_that_cannot_be_read(shop: Workshop) -> None:
    """And of the others all the same; an unknown name is wrong usage."""
    shop.add_feed("gone", "gone.xml")
    shop.write_config()
    done = shop.call("missing")
    assert done.returncode == 1
    assert done.stderr.startswith("gone: ")
    assert done.stdout.startswith("bees: 3 of 3 items")
    assert shop.call("missing", "bee").returncode == 2


def test_nothing_is_fetched_twice(tmp_path: Path) -> None:
    """After a run the stored copy serves, as for `explain`; and nothing is stored or published."""
    shop = Workshop(tmp_path)
    with Loopback() as server:
        server.pages["/bees.xml"] = FEED.format(host=server.url("")).encode()
        server.pages["/2.json"] = json.dumps(CHAPTERS).encode()
        shop.settings["allow_private"] = [server.host]
        shop.add_feed("bees", server.url("/bees.xml"))
        shop.run()
        before, asked = shop.snapshot(), list(server.asked)
        assert "b-2" in shop.call("missing", "--json").stdout
        assert server.asked == asked
        assert "### 00:05:12 " in shop.call("template", "bees", "dance").stdout
        assert server.asked == [*asked, ("/2.json", 200)]
        assert shop.snapshot() == before


def test_a_secret_of_the_feeds_address_is_not_shown(tmp_path: Path) -> None:
    """Its enclosures may hold it; other addresses stand as they are."""
    shop = Workshop(tmp_path)
    with Loopback() as server:
        body = FEED.format(host=server.url("")).replace("2.mp3", "2.mp3?auth=sw0rdf1shyQ")
        server.pages["/bees.xml"] = body.encode()
        shop.settings["allow_private"] = [server.host]
        shop.add_feed("bees", server.url("/bees.xml?auth=sw0rdf1shyQ"), private=True)
        shop.write_config()
        for arguments in (["missing", "--json"], ["missing"], ["template", "bees", "b-2"]):
            done = shop.call(*arguments)
            assert "sw0rdf1shyQ" not in done.stdout + done.stderr


def test_the_round(tmp_path: Path) -> None:
    """A template is refused until it is filled in; then its item is enriched with what was written, and that alone."""
    shop = Workshop(tmp_path)
    with Loopback() as server:
        server.pages["/bees.xml"] = FEED.format(host=server.url("")).encode()
        server.pages["/2.json"] = json.dumps(CHAPTERS).encode()
        server.pages["/2.vtt"] = (
            b"WEBVTT\n\n00:05:20.000 --> 00:05:24.000\nThey vote.\n\n00:59:00.000 --> 00:59:58.000\nGoodbye.\n"
        )
        shop.settings |= {"allow_private": [server.host], "min_interval": 0}
        shop.add_feed("bees", server.url("/bees.xml"))
        shop.write_config()
        done = shop.call("template", "bees", "dance")
        assert (done.returncode, done.stderr) == (0, "")
        text = done.stdout
        topics = [
            "### 00:00:00 Opening",
            r"### 00:05:12 R\&D\: the \*waggle\* \<3 \{\{dance\}\}",
            r"### 00:21:40 1. Quorum \#2",
        ]
        assert [line for line in text.splitlines() if line.startswith("### ")] == topics
        path = shop.add_summary("two.md", text)
        run = shop.run()
        assert run["bees"]["matched"] == 0
        assert run["stderr"] == f"{path}: is a draft; take `draft: true` out of it when it is finished\n"
        assert shop.call("import", "--dry-run", str(path)).returncode == 1

        text = "\n".join(line for line in text.splitlines() if not line.startswith("draft: true"))
        text = text.replace(topics[1], f"{topics[1]}\n\nBees dance.\n\n> They vote.\n> — Ann Lee")
        text = text.replace("## Popular Clips", "How a swarm decides.\n\n## Popular Clips")
        shop.add_summary("two.md", text)
        run = shop.run()
        assert (run["bees"]["matched"], run["bees"]["timed"], run["stderr"]) == (1, 1, "")
        assert "by guid" in shop.call("explain", "bees", "b-2").stdout
    notes = notes_of_two(shop)
    for word in (
        "How a swarm decides.",
        "Bees dance.",
        "They vote.",
        "R&amp;D: the *waggle* &lt;3 {{dance}}</strong> (00:05:12)",
    ):
        assert word in notes
    for word in ("draft", "share with a friend", "What does it answer", "example.com/its-page", "00:12:30", "<!--"):
        assert word not in notes


def notes_of_two(shop: Workshop) -> str:
    """Return the notes of the second episode."""
    (item,) = [one for one in shop.published("bees").iter("item") if one.findtext("guid") == "b-2"]
    return item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded") or ""


@pytest.mark.parametrize(
    ("episode", "said"),
    [
        ("Episode", "2 items of “bees” have “Episode”: 2024-05-01 “Episode 1: the hive”; 2024-05-02"),
        ("wasps", "no item of “bees” has “wasps” in its title, guid, link or audio address"),
    ],
)
def test_a_template_is_of_one_item(shop: Workshop, episode: str, said: str) -> None:
    """Whoever means two, or none, is told."""
    done = shop.call("template", "bees", episode)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
