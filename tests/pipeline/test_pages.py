"""The pages of a feed: which are made anew when, what they are called, what keeps an edition unpublished."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree, html

from enricher.commands import check_all
from enricher.config import load
from enricher.feed import xml as ns
from enricher.feed.xml import attributes_of
from enricher.publish.atomic import remove_half_written
from enricher.run.run import Options, run_all
from enricher.timestamps import clock
from tests.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path

    from enricher.run.run import RunResult

ITEMS = 4
NAMES = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in ns.PREFIXES.items())


@dataclass
class Shop:
    """One feed of a few items, all with summaries, run in this process."""

    folder: Path
    titles: dict[int, str] = field(default_factory=lambda: {n: f"Episode {n}: Bees" for n in range(1, ITEMS + 1)})
    more: dict[int, str] = field(default_factory=dict)
    """Further elements of an item."""

    def __post_init__(self) -> None:
        self.workshop = Workshop(self.folder, settings={"workers": 1})
        self.workshop.add_feed("a", "a.xml")
        for n in self.titles:
            self.summarise(n)

    @property
    def output(self) -> Path:
        """Where it is published."""
        return self.workshop.output

    def summarise(self, n: int, **changes: Any) -> None:
        """Write the summary of an item."""
        topics = [{"title": f"Topic {i} of {n}", "start": 100.0 * i + n} for i in range(4)]
        document = {"title": f"Episode {n}", "guid": f"a-{n}", "abstract": f"Of bees, {n}. [1]", "topics": topics}
        self.workshop.add_summary(f"{n}.json", document | changes)

    def transcribe(self, n: int, name: str, end: float = 600.0) -> None:
        """Lay a transcript beside a summary."""
        cues = [
            f"{i + 1}\n{clock(end * i / 60)},000 --> {clock(end * (i + 1) / 60)},000\nWord {i} & <b>more</b> of {n}\n"
            for i in range(60)
        ]
        self.workshop.add_summary(name, "\n".join(cues))

    def write(self) -> None:
        """Write the source."""
        items = "".join(
            f"<item><title>{title}</title><guid isPermaLink='false'>a-{n}</guid><link>https://a.example/{n}</link>"
            f"<pubDate>Thu, 0{n} May 2024 10:00:00 +0000</pubDate><itunes:duration>600</itunes:duration>"
            f"<enclosure url='https://a.example/{n}.mp3' type='audio/mpeg' length='1'/>{self.more.get(n, '')}</item>"
            for n, title in reversed(self.titles.items())
        )
        channel = "<title>Meadow</title><language>en</language><description>Of it.</description>"
        body = f"<rss version='2.0' {NAMES}><channel>{channel}{items}</channel></rss>"
        (self.folder / "a.xml").write_text(body, "utf-8")

    def run(self) -> RunResult:
        """Run once."""
        self.write()
        done = run_all(load(self.workshop.write_config(), {}), [], Options())
        assert done.bugs == ()
        return done

    def written(self) -> list[str]:
        """Run once, successfully; return what was written, the search left out."""
        done = self.run()
        assert [one.error for one in done.reports] == [None]
        return [*(path for one in done.reports for path in one.written if "/search/" not in path), *done.site]

    def pages(self) -> dict[str, str]:
        """Give the episodes' pages by name."""
        paths = (path for path in (self.output / "a").glob("*.html") if path.name != "index.html")
        return {path.name: path.read_text("utf-8") for path in paths}

    def item(self, n: int) -> etree._Element:
        """Give a published item."""
        items = self.workshop.published("a").findall("item")
        return next(one for one in items if one.findtext("guid") == f"a-{n}")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Publish once."""
    shop = Shop(tmp_path)
    written = shop.written()
    assert len(shop.pages()) == ITEMS
    assert written[-2:] == ["index.html", "feeds.opml"]
    assert written.index("a/index.html") > max(written.index(f"a/{name}") for name in shop.pages())
    assert written.index("a.xml") > written.index("a/index.html")
    return shop


def test_one_item_that_changes_makes_one_page_and_one_index(shop: Shop) -> None:
    """Beside the feed; and the list of shows is as it was. Without a change nothing is touched."""
    shop.summarise(2, abstract="Of wasps.")
    before = shop.workshop.snapshot()
    (page,) = (name for name in shop.pages() if name.startswith("episode-2"))
    assert shop.written() == [f"a/{page}", "a/index.html", "a.xml"]
    after = shop.workshop.snapshot()
    ours = {path for path in after if after[path] != before.get(path) and "/search/" not in path}
    assert ours == {f"a/{page}", "a/index.html", "a.xml"}
    assert shop.written() == []
    assert shop.workshop.snapshot() == after


def test_a_page_keeps_its_first_name(shop: Shop) -> None:
    """Whatever becomes of the title, and though the database is lost: people have sent each other its address."""
    before = shop.pages()
    shop.titles[3] = "Something else"
    shop.written()
    assert set(shop.pages()) == set(before)
    assert "Something else" in next(page for name, page in shop.pages().items() if name.startswith("episode-3"))
    (shop.folder / "enricher.db").unlink()
    shop.titles[1] = "Entirely new"
    shop.written()
    assert set(shop.pages()) == set(before)


@pytest.mark.parametrize("damage", ["deleted", "shorter", "as long"])
def test_a_page_that_somebody_touched_is_made_again(shop: Shop, damage: str) -> None:
    """Byte for byte what it was."""
    before = shop.workshop.snapshot()
    name = next(iter(shop.pages()))
    path = shop.output / "a" / name
    body = path.read_bytes()
    path.unlink()
    if damage != "deleted":
        path.write_bytes(body[:100] if damage == "shorter" else body[::-1])
    assert shop.written() == [f"a/{name}"]
    assert {path: body for path, (body, _) in shop.workshop.snapshot().items()} == {
        path: body for path, (body, _) in before.items()
    }


def test_what_a_killed_run_left_of_an_edition_is_not_taken_for_it(shop: Shop) -> None:
    """The item was remembered, its page was not yet in place: the old one is as long as the new one."""
    shop.summarise(2, abstract="Of ants, 2. [1]")  # as long
    old = shop.workshop.snapshot()
    shop.written()
    new = shop.workshop.snapshot()
    database = (shop.folder / "enricher.db").read_bytes()
    for path, (body, time) in old.items():  # as if the run had died before it published, and only then
        (shop.output / path).write_bytes(body)
        os.utime(shop.output / path, ns=(time, time))
    (shop.folder / "enricher.db").write_bytes(database)
    shop.written()
    assert {path: body for path, (body, _) in shop.workshop.snapshot().items()} == {
        path: body for path, (body, _) in new.items()
    }


def test_the_page_of_an_item_that_went_stays_for_a_while(shop: Shop) -> None:
    """It is no more in the index, nor searched; its address leads to it for 30 days."""
    (name,) = (name for name in shop.pages() if name.startswith("episode-1"))
    os.utime(shop.output / "a" / name, (0, 0))
    del shop.titles[1]
    shop.written()
    assert name in shop.pages()
    assert name not in (shop.output / "a" / "index.html").read_text("utf-8")
    os.utime(shop.output / "a" / name, (0, 0))
    shop.titles[2] += "!"
    shop.written()
    assert name not in shop.pages()


def test_pages_can_be_switched_off(shop: Shop) -> None:
    """No note links to them, and the show is in no list; switched on again they have the names they had."""
    before = shop.pages()
    shop.workshop.defaults["pages"] = "off"
    assert shop.written() == ["a.xml", "index.html", "feeds.opml"]
    assert "a/index.html" not in (shop.output / "index.html").read_text("utf-8")
    assert shop.written() == []
    shop.workshop.defaults["pages"] = "on"
    shop.written()
    assert shop.pages() == before


def test_a_feed_without_summaries_has_no_pages(tmp_path: Path) -> None:
    """And where there are none at all there is no list of shows."""
    shop = Shop(tmp_path)
    for path in (tmp_path / "summaries").iterdir():
        path.unlink()
    assert shop.written() == ["a.xml"]


def test_items_of_one_guid_have_one_page(shop: Shop) -> None:
    """A doubled item is one."""
    shop.more[4] = (
        "</item><item><title>Episode 4: Bees</title><guid isPermaLink='false'>a-4</guid><itunes:duration>600"
        "</itunes:duration><enclosure url='https://a.example/4.mp3' type='audio/mpeg' length='1'/>"
    )
    shop.written()
    assert len(shop.pages()) == ITEMS
    index = (shop.output / "a" / "index.html").read_text("utf-8")
    assert len(re.findall(r'href="episode-4-', index)) == 1
    titles = [one.findtext("title") for one in shop.workshop.published("a").findall("item")]
    assert titles.count("Episode 4: Bees") == 2


def test_related_episodes_are_linked_within_the_show(shop: Shop) -> None:
    """Those that the summary names: to our page, else to the publisher's, else where the summary says."""
    related: list[dict[str, Any]] = [
        {"title": "Episode 1: Bees"},
        {"title": "Elsewhere", "url": "https://b.example/1"},
        {"title": "Nowhere"},
        {"title": "Episode 2: Bees"},  # itself
    ]
    shop.summarise(2, related=related)
    shop.written()
    page = next(page for name, page in shop.pages().items() if name.startswith("episode-2"))
    (other,) = (name for name in shop.pages() if name.startswith("episode-1"))
    assert f'href="{other}"' in page
    assert 'href="https://b.example/1"' in page
    assert "Nowhere" in page
    assert page.count("Episode 2: Bees") == (shop.pages()[other].count("Episode 1: Bees"))


def test_pages_lead_to_each_other_wherever_they_are_served(shop: Shop) -> None:
    """What they link to and load within the site is relative: they are looked at before the web server is set up."""
    for path in [shop.output / "index.html", *(shop.output / "a").glob("*.html")]:
        document = html.fromstring(path.read_bytes())
        for element, name, link, _ in document.iterlinks():  # type: ignore[attr-defined] # the types of lxml lack it
            of_feed = element.tag == "link" and element.get("rel") in {"canonical", "alternate"}
            assert of_feed or not link.startswith("https://feeds.example.com"), (path, element.tag, name, link)


# What search engines and lists may know


@pytest.mark.parametrize(
    ("keys", "noindex", "listed"),
    [
        ({}, True, True),
        ({"listed": True}, False, True),
        ({"mode": "own"}, False, True),
        ({"mode": "own", "private": True}, True, False),
    ],
)
def test_unlisted_and_private_shows_are_kept_from_search_engines(
    tmp_path: Path, keys: dict[str, Any], noindex: bool, listed: bool
) -> None:
    """On every page; a private one is in no list, and the list links to nothing else."""
    shop = Shop(tmp_path)
    shop.workshop.settings["secret"] = "not to be guessed"  # noqa: S105
    shop.workshop.feeds[0] |= keys
    done = shop.run()
    pages = [path.read_text("utf-8") for path in shop.output.glob("a*/*.html")]
    assert len(pages) == ITEMS + 1
    assert all(('content="noindex"' in page) is noindex for page in pages)
    lists = [path for path in (shop.output / "index.html", shop.output / "feeds.opml") if path.exists()]
    assert [("Meadow" in path.read_text("utf-8")) for path in lists] == ([True, True] if listed else [])
    assert bool(done.site) is listed


def test_a_page_of_somebody_elses_at_the_root_is_left_alone(tmp_path: Path) -> None:
    """And so is an OPML file that is; our own are known again though the database is lost."""
    shop = Shop(tmp_path)
    shop.output.mkdir()
    (shop.output / "index.html").write_text("<title>My home page</title>", "utf-8")
    assert shop.run().site == ("feeds.opml",)
    assert (shop.output / "index.html").read_text("utf-8") == "<title>My home page</title>"
    (shop.output / "feeds.opml").write_text("<opml/>", "utf-8")
    shop.titles[1] += "!"
    assert shop.run().site == ()
    assert (shop.output / "feeds.opml").read_text("utf-8") == "<opml/>"
    (shop.output / "feeds.opml").unlink()
    assert shop.run().site == ("feeds.opml",)
    told = [line for line, _ in check_all(load(shop.folder / "config.toml", {}), [])]
    assert sum("is none of ours and stays" in line for line in told) == 1
    (shop.output / "index.html").unlink()
    assert "index.html" in shop.run().site
    (shop.folder / "enricher.db").unlink()
    shop.workshop.feeds[0]["title"] = "Renamed"
    assert "index.html" in shop.run().site


def test_a_list_of_shows_that_could_not_be_written_is_written_by_the_next_run(tmp_path: Path) -> None:
    """Though nothing has changed since."""
    shop = Shop(tmp_path)
    shop.run()
    index = shop.output / "index.html"
    index.rename(tmp_path / "elsewhere.html")
    index.symlink_to(tmp_path / "elsewhere.html")
    shop.titles[1] += "!"
    shop.workshop.feeds[0]["title"] = "Renamed"
    assert shop.run().site == ()
    index.unlink()
    (tmp_path / "elsewhere.html").rename(index)
    shop.run()
    assert "Renamed" in index.read_text("utf-8")


def test_a_list_of_shows_keeps_a_show_of_which_the_database_has_lost_everything(tmp_path: Path) -> None:
    """Its source cannot be had now, so it would be left out; that the list waits is told."""
    shop = Shop(tmp_path)
    shop.workshop.add_feed("b", "b.xml", title="Second {title}")
    shop.run()
    (shop.folder / "b.xml").write_bytes((shop.folder / "a.xml").read_bytes())
    shop.run()
    before = (shop.output / "index.html").read_bytes()
    (shop.folder / "enricher.db").unlink()
    (shop.folder / "b.xml").unlink()
    shop.workshop.feeds[0]["title"] = "Renamed"
    done = shop.run()
    assert (done.site, (shop.output / "index.html").read_bytes()) == ((), before)
    (told,) = [str(one) for one in done.problems if "list of all shows" in str(one)]
    assert told.startswith("the list of all shows: stays as it is: the database knows nothing of b,")


def test_the_list_of_shows_knows_every_feed_however_the_run_was_shared_out(tmp_path: Path) -> None:
    """Two processes; then a run over one feed alone."""
    shop = Shop(tmp_path)
    shop.workshop.settings["workers"] = 2
    shop.workshop.add_feed("b", "a.xml", title="Second {title}")
    shop.run()
    index = (shop.output / "index.html").read_text("utf-8")
    assert index.index("Meadow (highlights)") < index.index("Second Meadow")
    opml = etree.fromstring((shop.output / "feeds.opml").read_bytes())
    assert [one.get("xmlUrl") for one in opml.iter("outline")] == [
        "https://feeds.example.com/a.xml",
        "https://feeds.example.com/b.xml",
    ]
    shop.workshop.feeds[1]["title"] = "Third {title}"
    done = run_all(load(shop.workshop.write_config(), {}), ["b"], Options())
    assert "index.html" in done.site
    assert "Third Meadow" in (shop.output / "index.html").read_text("utf-8")


# Themes


def test_a_theme_replaces_single_templates(shop: Shop) -> None:
    """Every page is made anew, the old stylesheet stays for pages that are older, and a change is seen."""
    folder = shop.folder / "look"
    folder.mkdir()
    (folder / "style.css").write_text("body { color: green }", "utf-8")
    old = {path.name for path in shop.output.glob("style-*.css")}
    shop.workshop.settings["templates"] = "look"
    written = shop.written()
    assert {f"a/{name}" for name in shop.pages()} < set(written)
    (style,) = (path for path in written if path.startswith("style-"))
    assert all(style in page for page in shop.pages().values())
    assert old < {path.name for path in shop.output.glob("style-*.css")}
    for name in old:
        os.utime(shop.output / name, (0, 0))
    (folder / "style.css").write_text("body { color: blue }", "utf-8")
    shop.written()
    assert old < {path.name for path in shop.output.glob("style-*.css")}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ('{% extends "base.html" %}{% block body %}<a href="nowhere.html">x</a>{% endblock %}', "nowhere.html"),
        ('{% extends "base.html" %}{% block body %}<a href="#t=77">x</a>{% endblock %}', "the time #t=77"),
        ('{% extends "base.html" %}{% block body %}{{ nothing }}{% endblock %}', "cannot be filled in"),
    ],
)
def test_a_template_that_breaks_a_promise_costs_the_edition(shop: Shop, template: str, said: str) -> None:
    """A dead link, a time without evidence, a slip: what was published stays, and no page of the new edition is."""
    before = shop.workshop.snapshot()
    folder = shop.folder / "look"
    folder.mkdir()
    (folder / "episode.html").write_text(template, "utf-8")
    shop.workshop.settings["templates"] = "look"
    (report,) = shop.run().reports
    assert report.outcome == "failed"
    assert said in (report.error or "")
    assert shop.workshop.snapshot() == before


def test_an_edition_that_cannot_be_written_leaves_nothing_waiting(shop: Shop) -> None:
    """A folder stands where a page shall be."""
    shop.summarise(2, abstract="Of wasps.")
    (name,) = (name for name in shop.pages() if name.startswith("episode-2"))
    (shop.output / "a" / name).unlink()
    (shop.output / "a" / name).mkdir()
    (report,) = shop.run().reports
    assert "a folder stands where the file shall be" in (report.error or "")
    assert not list(shop.output.rglob(".enricher-*"))


# Transcripts, contract C52


def transcripts(item: etree._Element) -> list[dict[str, str]]:
    """Give the attributes of an item's podcast:transcript elements."""
    return [attributes_of(one) for one in item.iter(ns.tag(ns.PODCAST, "transcript"))]


def test_the_transcript_beside_a_summary_is_published_where_it_is_of_this_audio(shop: Shop) -> None:
    """WebVTT, named by its content, with its language; theirs is never touched, and `off` is off."""
    theirs = "<podcast:transcript url='https://a.example/3.vtt' type='text/vtt'/>"
    shop.more[3] = theirs
    shop.transcribe(2, "2.de.srt")
    shop.transcribe(3, "3.srt")
    shop.transcribe(4, "4.srt", end=1800.0)  # of another, longer audio
    shop.run()
    (ours,) = transcripts(shop.item(2))
    assert (ours["type"], ours["language"]) == ("text/vtt", "de")
    path = ours["url"].removeprefix("https://feeds.example.com/")
    assert re.fullmatch(r"a/transcripts/[0-9a-f]{16}\.vtt", path)
    body = (shop.output / path).read_text("utf-8")
    assert body.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:10.000\n")
    assert [one["url"] for one in transcripts(shop.item(3))] == ["https://a.example/3.vtt"]
    assert transcripts(shop.item(4)) == transcripts(shop.item(1)) == []
    page = {name[:9]: page for name, page in shop.pages().items()}
    assert "Word 59" in page["episode-2"]
    assert not [n for n in (1, 3, 4) if "Word 59" in page[f"episode-{n}"]]
    shop.workshop.defaults["transcripts"] = "off"
    shop.run()
    assert transcripts(shop.item(2)) == []
    assert (shop.output / path).is_file()  # whoever has the old feed finds it for 30 days


def test_a_transcript_that_somebody_deleted_is_made_again(shop: Shop) -> None:
    """Though nothing else of the item changed."""
    shop.transcribe(2, "2.srt")
    shop.written()
    (path,) = (shop.output / "a" / "transcripts").iterdir()
    body = path.read_bytes()
    path.unlink()
    assert shop.written() == [f"a/transcripts/{path.name}"]
    assert path.read_bytes() == body


def test_a_run_cleans_up_what_a_killed_one_left_waiting(tmp_path: Path) -> None:
    """Files and folders."""
    (tmp_path / ".enricher-x" / "site").mkdir(parents=True)
    (tmp_path / ".enricher-x" / "site" / "a.html").write_bytes(b"x")
    (tmp_path / ".enricher-y").write_bytes(b"x")
    remove_half_written(tmp_path)
    assert not list(tmp_path.iterdir())
