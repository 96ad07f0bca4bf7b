"""What an item says of itself, read directly, is what feedparser understands."""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING, Any

import feedparser
import pytest
from lxml import etree

from enricher.errors import EnricherError
from enricher.feed import xml as ns
from enricher.feed.fields import read_fields
from enricher.feed.parse import parse
from enricher.model.feed import Document
from tests.corpus import files, needs_corpus, small_fast

if TYPE_CHECKING:
    from pathlib import Path

NAMES = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in ns.PREFIXES.items() if prefix != "psc")
NAMES += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'


def read(inside: str) -> dict[str, Any]:
    """Read one item."""
    return read_fields([etree.fromstring(f"<item {NAMES}>{inside}</item>")])[0]


def understood(inside: str) -> Any:
    """Let feedparser read the same item."""
    feed = f'<rss version="2.0" {NAMES}><channel><item>{inside}</item></channel></rss>'
    return feedparser.parse(feed.encode(), sanitize_html=False, resolve_relative_uris=False).entries[0]


@pytest.mark.parametrize(
    "inside",
    [
        "<title> A \n title </title>",
        "<title>A &amp; B</title>",
        "<title>A &amp;amp; B</title>",
        "<title>A &lt;b&gt;bold&lt;/b&gt; title</title>",
        "<title><![CDATA[A &eacute; title]]></title>",
        "<title type='html'>A</title>",
        "<title>One</title><title>Two</title>",
        "<title/>",
        "<link> https://a.example/1 </link>",
        "<link>https://a.example/1</link><link>https://a.example/2</link>",
        "<link href='https://a.example/1'/>",
        "<guid>https://a.example/g</guid>",
        "<guid isPermaLink='true'>https://a.example/g</guid>",
        "<guid isPermaLink='false'>g</guid>",
        "<guid ispermalink='false'>g</guid>",
        "<guid>https://a.example/?a&amp;b</guid>",
        "<guid>one</guid><guid>two</guid>",
        "<guid isPermaLink='TRUE'>g</guid>",
        "<link>https://a.example/1</link><guid>https://a.example/g</guid>",
        "<link>http://[x]/</link><guid>g</guid>",
        "<link href='http://[x]/'/><title>A</title>",
    ],
)
def test_titles_and_links_are_those_of_feedparser(inside: str) -> None:
    """Plain or not."""
    entry, found = understood(inside), read(inside)
    title = entry.get("title", "")
    if "amp;amp" not in inside and "eacute" not in inside:  # of which we take the character for what is meant
        assert found["title"] == " ".join(title.split())
    assert (found["link"] or "") == (entry.get("link") or "")


@pytest.mark.parametrize(
    "date",
    [
        "Sat, 29 Oct 2022 16:36:12 +0000",
        " Sat, 29 Oct 2022 16:36:12 GMT ",
        "29 Oct 2022 16:36:12 -0530",
        "Tue, 1 Mar 2022 00:00:59 +1345",
        "Tue, 08 Oct 2019 05:00:00 PDT",
        "Mon, 02 Jan 2023 05:00:00 EST",
        "Mon, 31 Feb 2022 16:36:12 GMT",
        "Mon, 02 Xyz 2022 16:36:12 GMT",
        "Sat, 29 Oct 2022 24:36:12 GMT",
        "Sat, 29 Oct 22 16:36:12 GMT",
        "Sat, 29 Oct 2022 16:36 GMT",
        "Sat, 29 Oct 2022 16:36:12 CET",
        "2022-10-29T16:36:12Z",
        "soon",
        "",
    ],
)
def test_dates_are_those_of_feedparser(date: str) -> None:
    """Whole RFC 822 dates are read directly, all others by itself."""
    parsed = understood(f"<pubDate>{date}</pubDate>").get("published_parsed")
    assert read(f"<pubDate>{date}</pubDate>")["published"] == (float(calendar.timegm(parsed)) if parsed else None)


def test_a_date_may_stand_elsewhere_or_twice() -> None:
    """As feedparser takes it: the last of several, dc:date where there is no other."""
    one, two = "Sat, 29 Oct 2022 16:36:12 GMT", "Sun, 30 Oct 2022 16:36:12 GMT"
    assert read(f"<pubDate>{one}</pubDate><pubDate>{two}</pubDate>")["published"] == 1667147772
    assert read("<dc:date>2022-10-29T16:36:12Z</dc:date>")["published"] == 1667061372
    assert read(f"<pubDate>{one}</pubDate><dc:date>2022-11-29</dc:date>")["published"] == 1667061372
    assert read("<pubDate>0000-00-00 00:00:00</pubDate>")["published"] is None  # which it takes for a day of a year -1


def test_season_episode_and_kind_are_texts() -> None:
    """The season of itunes before that of podcast, which is asked where the first says nothing."""
    found = read(
        "<itunes:season> 2 </itunes:season><podcast:season>3</podcast:season><itunes:episode/>"
        "<podcast:episode>14.5</podcast:episode><itunes:episodeType>Bonus</itunes:episodeType>"
    )
    assert (found["season"], found["episode"], found["kind"]) == ("2", "14.5", "Bonus")
    assert read("").get("season") is None


def test_the_audio_is_the_first_enclosure_with_an_address() -> None:
    """media:content stands in where there is none; a picture does not."""
    assert read("<enclosure/><enclosure url=' https://a.example/1.mp3 '/>")["audio"] == "https://a.example/1.mp3"
    media = "<media:content url='https://a.example/1.{}' type='{}'/>"
    picture, audio = media.format("jpg", "image/jpeg"), media.format("mp3", "audio/mpeg")
    assert read(picture + audio)["audio"] == "https://a.example/1.mp3"
    assert read(picture).get("audio") is None
    assert read("<enclosure/>" + audio).get("audio") is None


@needs_corpus
@pytest.mark.parametrize("path", small_fast(files("feeds") + files("edge")), ids=lambda p: p.name)
def test_what_is_read_directly_is_what_feedparser_reads_of_the_whole_feed(path: Path) -> None:
    """Every corpus feed: link and date of each item, and the title but for its white space and references."""
    body = path.read_bytes()
    try:
        feed = parse(Document("https://a.example/feed", body))
    except EnricherError:
        return
    entries = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False).entries
    assert len(feed.items) == len(entries)
    for item, entry in zip(feed.items if not feed.repairs else (), entries, strict=False):
        parsed = entry.get("published_parsed") or dict.get(entry, "updated_parsed")
        assert item.published == (float(calendar.timegm(parsed)) if parsed else None)
        assert (entry.get("link") or "").endswith(item.link or "")  # it makes some absolute by xml:base
