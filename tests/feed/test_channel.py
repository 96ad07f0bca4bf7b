"""The enriched feed's channel, rule by rule of the contract."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from lxml import etree

from enricher.feed import xml as ns
from enricher.feed.channel import channel_nodes, podcast_guid
from enricher.feed.parse import parse
from enricher.model.feed import Document, FeedConfig

CONFIG = FeedConfig("show", "https://a.example/feed", "https://feeds.example.com")
OWN = replace(CONFIG, mode="own")
NAMES = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in ns.PREFIXES.items())
ITEM = "<item><title>t</title><guid>g</guid></item>"


def channel(
    inside: str = "<title>Show</title>", config: FeedConfig = CONFIG, newest: dt.date | None = None, names: str = NAMES
) -> etree._Element:
    """Make a channel of the nodes."""
    feed = parse(Document("", f'<rss version="2.0"{names}><channel>{inside}{ITEM}</channel></rss>'.encode()))
    made = etree.Element("channel", nsmap=dict(ns.PREFIXES))
    made.extend(channel_nodes(feed, config, newest, "enricher/1"))
    return made


def names(element: etree._Element) -> list[str]:
    """Give the children's names with their prefixes."""
    return [f"{x.prefix}:{etree.QName(x).localname}" if x.prefix else str(x.tag) for x in element]


def test_our_own_address_is_the_first_atom_link() -> None:
    """C3: exactly one rel=self, ours, with its type."""
    made = channel(
        '<atom:link rel="license" href="l"/><atom:link rel="self" href="theirs"/><title>Show</title>'
        '<atom:link rel="SELF" href="theirs"/>'
    )
    links = made.findall(ns.tag(ns.ATOM, "link"))
    assert [(x.get("rel"), x.get("href")) for x in links] == [("self", CONFIG.public_url), ("license", "l")]
    assert links[0].get("type") == "application/rss+xml"


@pytest.mark.parametrize("rel", ["hub", "next", "prev", "previous", "first", "last", "current", "prev-archive"])
def test_links_that_lead_away_are_left_out(rel: str) -> None:
    """C5: hubs and pages of the unenriched feed."""
    made = channel(f'<title>Show</title><atom:link rel="{rel}" href="x"/>')
    assert [x.get("rel") for x in made.findall(ns.tag(ns.ATOM, "link"))] == ["self"]


def test_alternate_links_stay_unless_they_are_feeds() -> None:
    """C5: a link to a page is the publisher's, a link to another feed leads away."""
    made = channel(
        '<title>S</title><atom:link href="page" type="text/html"/><atom:link href="p2"/>'
        '<atom:link rel="alternate" type="application/atom+xml" href="feed"/>'
    )
    assert [x.get("href") for x in made.findall(ns.tag(ns.ATOM, "link"))] == [CONFIG.public_url, "page", "p2"]


def test_a_configured_hub_is_ours() -> None:
    """C5: unless configured."""
    made = channel(config=replace(CONFIG, hub="https://hub.example/"))
    assert [x.get("rel") for x in made.findall(ns.tag(ns.ATOM, "link"))] == ["self", "hub"]


def test_the_new_feed_url_and_podping_never_survive() -> None:
    """C4, C6: AntennaPod would move the subscriber away."""
    made = channel('<title>S</title><itunes:new-feed-url>x</itunes:new-feed-url><podcast:podping usesPodping="true"/>')
    assert not {"itunes:new-feed-url", "podcast:podping"} & set(names(made))


def test_a_mirror_speaks_not_for_the_publisher() -> None:
    """C6, C7: ownership tokens go, the guid is derived from our address, locked has no owner."""
    inside = (
        '<title>S</title><podcast:txt purpose="verify">t</podcast:txt><podcast:txt purpose="x">u</podcast:txt>'
        "<itunes:applepodcastsverify>v</itunes:applepodcastsverify><podcast:guid>theirs</podcast:guid>"
        '<podcast:locked owner="a@a.example">yes</podcast:locked><podcast:guid>again</podcast:guid>'
    )
    made = channel(inside)
    assert [x.text for x in made.findall(ns.tag(ns.PODCAST, "txt"))] == ["u"]
    assert "itunes:applepodcastsverify" not in names(made)
    assert [x.text for x in made.findall(ns.tag(ns.PODCAST, "guid"))] == [podcast_guid("feeds.example.com/show.xml")]
    locked = made.find(ns.tag(ns.PODCAST, "locked"))
    assert locked is not None
    assert (locked.text, len(locked.attrib)) == ("yes", 0)
    own = names(channel(inside, OWN))
    assert own.count("podcast:txt") == own.count("podcast:guid") == 2
    assert "itunes:applepodcastsverify" in own


def test_the_example_of_the_namespace_gives_its_guid() -> None:
    """https://podcasting2.org/docs/podcast-namespace/tags/guid gives this one."""
    assert podcast_guid("https://podnews.net/rss/") == "9b024349-ccf0-5f69-a609-6b82873eab3c"


def test_a_mirror_stays_out_of_directories() -> None:
    """C13: blocked unless listed; the source's own block is never lifted."""
    made = channel('<title>S</title><itunes:block>no</itunes:block><podcast:block id="google">yes</podcast:block>')
    assert made.findtext(ns.tag(ns.ITUNES, "block")) == "Yes"
    assert [(x.get("id"), x.text) for x in made.findall(ns.tag(ns.PODCAST, "block"))] == [
        ("google", "yes"),
        (None, "yes"),
    ]
    listed = channel("<title>S</title><itunes:block>Yes</itunes:block>", replace(CONFIG, listed=True))
    assert listed.findtext(ns.tag(ns.ITUNES, "block")) == "Yes"
    assert "itunes:block" not in names(channel(config=replace(CONFIG, listed=True)))
    assert "itunes:block" not in names(channel(config=OWN))


def test_another_namespace_under_our_prefix_does_not_take_ours_over() -> None:
    """Our block stands in the right namespace and under the literal prefix beside theirs."""
    made = channel("<title>S</title><itunes:author>A</itunes:author>", names=' xmlns:itunes="urn:other"')
    assert b"ns0" not in etree.tostring(made)
    assert made.findtext(ns.tag(ns.ITUNES, "block")) == "Yes"
    assert names(made).count("itunes:author") == 1


def test_the_title_tells_a_mirror_from_the_show() -> None:
    """C12: by the configured format; the publisher's own feed keeps its title."""
    assert channel("<title> Show </title>").findtext("title") == "Show (highlights)"
    assert channel("<title> Show </title>", OWN).findtext("title") == " Show "
    assert channel("").findtext("title") == "show (highlights)"


def test_the_generator_names_us_and_them() -> None:
    """C14: so that nobody enriches twice."""
    assert channel("<title>S</title><generator>WordPress</generator>").findtext("generator") == "enricher/1 (WordPress)"
    assert channel().findtext("generator") == "enricher/1"


@pytest.mark.parametrize(
    ("theirs", "newest", "expected"),
    [
        ("Sun, 26 Nov 2023 11:02:10 +0000", dt.date(2022, 10, 29), "Sun, 26 Nov 2023 11:02:10 +0000"),
        ("Sun, 26 Nov 2023 11:02:10 +0000", dt.date(2024, 5, 2), "Thu, 02 May 2024 00:00:00 +0000"),
        ("Sun, 26 Nov 2023 11:02:10", None, "Sun, 26 Nov 2023 11:02:10"),
        ("nonsense", dt.date(2024, 5, 2), "Thu, 02 May 2024 00:00:00 +0000"),
        (None, dt.date(2024, 5, 2), "Thu, 02 May 2024 00:00:00 +0000"),
        (None, None, None),
    ],
)
def test_the_build_date_is_the_sources_or_the_newest_summarys(
    theirs: str | None, newest: dt.date | None, expected: str | None
) -> None:
    """C44: no clock in the output."""
    inside = "<title>S</title>" + (f"<lastBuildDate>{theirs}</lastBuildDate>" if theirs else "")
    assert channel(inside, newest=newest).findtext("lastBuildDate") == expected


@pytest.mark.parametrize(
    "link",
    [
        '<atom:link rel="self alternate" href="x"/>',
        '<atom:link type="application/rss+xml; charset=UTF-8" href="x"/>',
        '<atom:link rel="alternate" type="application/feed+json" href="x"/>',
        '<atom:link rel="archives" type=" Text/XML" href="x"/>',
        '<link rel="stylesheet" href="x"/>',
    ],
)
def test_links_are_told_by_each_relation_and_by_the_parsed_media_type(link: str) -> None:
    """C5: several relations in one rel, parameters of a type, HTML's own link."""
    made = channel(f'<title>S</title>{link}<atom:link rel="via" href="y"/>')
    assert [x.get("href") for x in made.iter("{*}link")] == [CONFIG.public_url, "y"]


def test_no_directory_is_invited_by_an_unlisted_mirror() -> None:
    """C13: `podcast:block id=…` that says no is left out, unless the feed may be listed."""
    inside = (
        '<title>S</title><podcast:block id="google"> No </podcast:block><podcast:block id="apple">yes</podcast:block>'
    )
    block = ns.tag(ns.PODCAST, "block")
    assert [x.get("id") for x in channel(inside).findall(block)] == ["apple", None]
    assert len(channel(inside, replace(CONFIG, private=True, mode="own")).findall(block)) == 2
    assert len(channel(inside, OWN).findall(block)) == 2
