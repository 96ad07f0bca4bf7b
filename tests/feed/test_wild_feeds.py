"""Feeds as they are found: names for namespaces in odd places, single slips of syntax, notes in odd fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from enricher.feed import xml as ns
from tests.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path

ALIAS = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
SUMMARY: dict[str, Any] = {
    "version": 1,
    "title": "Episode",
    "guid": "e",
    "abstract": "On bees.",
    "topics": [{"title": f"Topic {i}", "start": 60.0 * i} for i in range(1, 5)],
}
ITEM = (
    '<item><title>Episode</title><guid isPermaLink="false">e</guid><description>Theirs.</description>'
    '<enclosure url="https://a.example/e.mp3" length="1" type="audio/mpeg"/><itunes:duration>3600</itunes:duration>'
    "<podcast:person>Ann Lee</podcast:person>{}</item>"
)
OTHER = '<item><title>Other</title><guid isPermaLink="false">o</guid><podcast:season>2</podcast:season></item>'


def source(item: str = "", root: str = "", channel: str = "", *, whole: str = ITEM) -> bytes:
    """Write a feed of two items, the first with something of the wild in it."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:itunes="{ns.ITUNES}" {root}'
        f"{'' if 'xmlns:podcast' in root else f'xmlns:podcast={chr(34)}{ns.PODCAST}{chr(34)}'}><channel>"
        f"<title>Show</title><link>https://a.example/</link><description>d</description>{channel}"
        f"{whole.format(item)}{OTHER}</channel></rss>"
    ).encode()


def publish(folder: Path, *bodies: bytes) -> list[etree._Element]:
    """Publish feeds with the summary on the first item of each; give their channels."""
    shop = Workshop(folder)
    shop.add_summary("e.json", SUMMARY)
    for number, body in enumerate(bodies):
        (folder / f"f{number}.xml").write_bytes(body)
        shop.add_feed(f"f{number}", folder / f"f{number}.xml")
    done = shop.run()
    assert (done["exit"], [done[f"f{n}"]["error"] for n in range(len(bodies))]) == (0, [None] * len(bodies))
    assert [done[f"f{n}"]["matched"] for n in range(len(bodies))] == [1] * len(bodies)
    return [shop.published(f"f{number}") for number in range(len(bodies))]


def tags(channel: etree._Element) -> list[tuple[str | None, str]]:
    """Give prefix and local name of every element in the items."""
    return [(one.prefix, etree.QName(one).localname) for one in channel.iter("{*}*") if one is not channel]


def test_namespaces_that_are_taken_over_without_a_prefix_get_theirs(tmp_path: Path) -> None:
    """Apps look for the literal prefixes; what was declared on an element alone is the same element."""
    bodies = [
        source(f'<season xmlns="{ns.PODCAST}">3</season>'),
        source(f'<episode xmlns="{ns.ITUNES}">3</episode>'),
        source(f'<content xmlns="{ns.MEDIA}" url="https://a.example/v.mp4"><title>V</title></content>'),
        source(f'<encoded xmlns="{ns.CONTENT}">Theirs too.</encoded>'),
        source(channel=f'<link xmlns="{ns.ATOM}" rel="license" href="https://a.example/l"/>'),
        source(f'<season xmlns="{ALIAS}">3</season>'),
    ]
    names = [("podcast", "season"), ("itunes", "episode"), ("media", "title"), ("content", "encoded"), ("atom", "link"),
             ("podcast", "season")]  # fmt: skip
    for name, channel in zip(names, publish(tmp_path, *bodies), strict=True):
        assert name in tags(channel)
        assert not [one for one in tags(channel) if one[0] is None and one[1] in {"season", "episode", "encoded"}]


def test_other_names_of_the_podcast_namespace_are_brought_under_its_one(tmp_path: Path) -> None:
    """On an item, on one element, on attributes."""
    aliased = ITEM.replace("<item>", f'<item xmlns:podcast="{ALIAS}">')
    bodies = [
        source(whole=aliased),
        source(f'<pc:season xmlns:pc="{ALIAS}">3</pc:season>'),
        source('<podcast:person podcast:role="guest">B</podcast:person>', root=f'xmlns:podcast="{ALIAS}" '),
    ]
    for body, channel in zip(bodies, publish(tmp_path, *bodies), strict=True):
        persons = channel.findall(f"item/{ns.tag(ns.PODCAST, 'person')}")
        assert len(persons) == body.count(b"<podcast:person")
        assert {one.prefix for one in persons} == {"podcast"}
        assert ALIAS.encode() not in etree.tostring(channel)


SLIPS = {
    "a comment": "<!-- old -- item --->",
    "a bracket": "<itunes:subtitle>a ]]> b</itunes:subtitle>",
    "a break": "<itunes:subtitle>one<br>two</itunes:subtitle>",
    "one twice": '<podcast:transcript url="https://a.example/t" type="text/vtt" url="https://a.example/t2"/>',
    "no quotes": "<podcast:transcript url=https://a.example/t type=text/vtt />",
    "a sign": '<podcast:chapters url="https://a.example/?a<b" type="application/json"/>',
}


def test_one_slip_of_syntax_costs_nothing_else(tmp_path: Path) -> None:
    """It is mended, and every other element stays."""
    for channel, said in zip(publish(tmp_path, *map(source, SLIPS.values())), SLIPS, strict=True):
        assert len(channel.findall(f"item/{ns.tag(ns.PODCAST, 'person')}")) == 1, said
        assert len(channel.findall(f"item/{ns.tag(ns.PODCAST, 'season')}")) == 1, said
        for name in ("transcript", "chapters"):
            found = channel.find(f"item/{ns.tag(ns.PODCAST, name)}")
            if f"podcast:{name}" in SLIPS[said]:
                assert found is not None
                assert (found.get("url") or "").startswith("https://a.example/")


def test_a_feed_that_breaks_beyond_repair_is_held_where_a_whole_one_stands(tmp_path: Path) -> None:
    """Rebuilt from what feedparser understands, it would lose what stands."""
    shop = Workshop(tmp_path)
    path = tmp_path / "show.xml"
    path.write_bytes(source())
    shop.add_feed("show", path)
    shop.add_summary("e.json", SUMMARY)
    assert shop.run()["exit"] == 0
    before = shop.snapshot()
    entry = "<entry><id>{}</id><title>One</title></p></entry>"
    path.write_text(f'<feed xmlns="{ns.ATOM}"><title>Show</title>{entry.format("e")}{entry.format("o")}</feed>')
    done = shop.run()
    assert (done["exit"], done["show"]["outcome"]) == (1, "held")
    assert "could only be rebuilt without much of what it says" in done["show"]["error"]
    assert shop.snapshot() == before
    assert shop.run("--accept", "show")["show"]["outcome"] == "published"


@pytest.mark.parametrize("date", ["0000-00-00 00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_day_that_never_was_costs_nothing(tmp_path: Path, date: str) -> None:
    """A database's zero date is no date."""
    (channel,) = publish(tmp_path, source(f"<pubDate>{date}</pubDate>"))
    assert channel.findtext("item/pubDate") == date


@pytest.mark.parametrize(
    ("declared", "used", "text"),
    [
        ("Shift_JIS", "cp932", "第①回 髙橋さん"),
        ("x-sjis", "cp932", "第①回"),
        ("gb2312", "gb18030", "朱镕基"),
        ("euc-kr", "cp949", "똠방각하"),
        ("big5", "big5hkscs", "啲嘢"),
    ],
)
def test_character_sets_are_read_as_browsers_read_them(tmp_path: Path, declared: str, used: str, text: str) -> None:
    """With the characters that their vendors added, which real feeds hold."""
    body = source(f"<itunes:subtitle>{text}</itunes:subtitle>").decode().replace("UTF-8", declared).encode(used)
    (channel,) = publish(tmp_path, body)
    assert channel.findtext(f"item/{ns.tag(ns.ITUNES, 'subtitle')}") == text


def test_notes_that_stand_in_the_itunes_summary_alone_stay_in_sight(tmp_path: Path) -> None:
    """Apps show the longest field."""
    whole = ITEM.replace("description>", "itunes:summary>")
    (channel,) = publish(tmp_path, source(whole=whole))
    for name in ("description", ns.tag(ns.CONTENT, "encoded")):
        text = channel.findtext(f"item/{name}") or ""
        assert "On bees." in text
        assert "Theirs." in text


def test_notes_with_elements_in_them_are_read_whole(tmp_path: Path) -> None:
    """What was not escaped is markup all the same; the field itself stays as it was."""
    whole = ITEM.replace("Theirs.", "<p>Theirs <b>and</b> <i>more</i>.</p><!-- x --><p>Last.</p>")
    (channel,) = publish(tmp_path, source(whole=whole))
    item = channel.find("item")
    assert item is not None
    assert etree.tostring(item.find("description"), with_tail=False).count(b"<b>and</b>") == 1  # type: ignore[arg-type]
    content = item.findtext(ns.tag(ns.CONTENT, "encoded")) or ""
    assert "<p>Theirs <b>and</b> <i>more</i>.</p>" in content
    assert "<p>Last.</p>" in content
    assert "On bees." in content


def test_an_hour_may_be_sixty_minutes(tmp_path: Path) -> None:
    """Some hosts write it so; a chapter past it would be past the end."""
    whole = ITEM.replace("3600", "00:60:00")
    (channel,) = publish(tmp_path, source(whole=whole))
    late = {**SUMMARY, "topics": [*SUMMARY["topics"], {"title": "Too late", "start": 4000.0}]}
    assert len(channel.findall(f"item/{ns.tag(ns.PSC, 'chapters')}/{ns.tag(ns.PSC, 'chapter')}")) == 5
    shop = Workshop(tmp_path)
    shop.add_feed("f0", tmp_path / "f0.xml")
    shop.add_summary("e.json", late)
    shop.run()
    found = shop.published("f0").findall(f"item/{ns.tag(ns.PSC, 'chapters')}/{ns.tag(ns.PSC, 'chapter')}")
    assert "Too late" not in [one.get("title") for one in found]


def test_an_attribute_whose_prefix_means_nothing_is_mended(tmp_path: Path) -> None:
    """On the root it would end the run."""
    (channel,) = publish(tmp_path, source(root='length:itunes="1" '))
    assert channel.findtext("item/title") == "Episode"


def test_nothing_is_mended_within_cdata(tmp_path: Path) -> None:
    """Only what is markup."""
    notes = "<![CDATA[a <!-- b -- c --> <br> <img src=x src=y> ]]>"
    (channel,) = publish(tmp_path, source(SLIPS["a comment"], whole=ITEM.replace("Theirs.", notes)))
    assert "a <!-- b -- c --> <br> <img src=x src=y>" in (channel.findtext("item/description") or "")


def test_a_namespace_may_have_two_prefixes(tmp_path: Path) -> None:
    """Whichever is written, the element is the same."""
    root = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:slash="http://purl.org/dc/elements/1.1/" '
    (channel,) = publish(tmp_path, source("<slash:creator>A</slash:creator><dc:creator>B</dc:creator>", root=root))
    assert [one.text for one in channel.iter("{http://purl.org/dc/elements/1.1/}creator")] == ["A", "B"]


@pytest.mark.parametrize("address", ["http://[x]/", "http://]/", "http://℀.test/"])
def test_an_address_that_cannot_be_parsed_costs_that_link_alone(tmp_path: Path, address: str) -> None:
    """Contract C57: wherever it stands, the feed comes out with everything, and with the summary."""
    item = (
        f'<podcast:chapters url="{address}" type="application/json+chapters"/>'
        f'<podcast:transcript url="{address}" type="text/vtt"/><link>{address}</link>'
        f'<enclosure url="{address}" length="1" type="audio/mpeg"/><itunes:image href="{address}"/>'
    )
    links = f'<atom:link xmlns:atom="{ns.ATOM}" rel="next" href="{address}"/><itunes:image href="{address}"/>'
    (channel,) = publish(tmp_path, source(item, channel=links))
    assert address in [one.get("url") for one in channel.findall("item/enclosure")]
    assert "On bees." in (channel.findtext("item/description") or "")
