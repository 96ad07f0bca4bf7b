"""Reading a feed: what is kept, what is mended, what is rebuilt, what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from enricher.errors import EnricherError, RefusedError, SourceError
from enricher.feed import xml as ns
from enricher.feed.generate import generate
from enricher.feed.parse import join, parse
from enricher.feed.snapshot import take_snapshot
from enricher.feed.verify import verify
from enricher.feed.xml import digests, pieces
from enricher.model.edition import Enriched, Match
from enricher.model.feed import Document, Feed, FeedConfig
from tests.corpus import files, needs_corpus, small_fast
from tests.examples import examples

if TYPE_CHECKING:
    from pathlib import Path

ITEM = '<item><title>One</title><guid>g1</guid><enclosure url="https://a.example/1.mp3" type="audio/mpeg"/></item>'


def rss(inside: str = ITEM, attributes: str = "", channel: str = "") -> str:
    """Write a small feed."""
    return f'<rss version="2.0"{attributes}><channel><title>Show</title>{channel}{inside}</channel></rss>'


def read(text: str | bytes, content_type: str = "", url: str = "https://a.example/feed") -> Feed:
    """Parse a feed given as text or bytes."""
    return parse(Document(url, text.encode() if isinstance(text, str) else text, content_type))


def title(text: str | bytes, content_type: str = "") -> str:
    """Give the first item's title."""
    return read(text, content_type).items[0].title


def test_keeps_every_element_of_a_well_formed_feed() -> None:
    """Elements, attributes, text and order of the channel come through as they were."""
    source = rss('<x:a xmlns:x="urn:x" b="c"> d <x:e/></x:a><item><title><![CDATA[<b>]]></title><guid>1</guid></item>')
    feed = read(source)
    kept = etree.tostring(feed.root[0], method="c14n", exclusive=True)
    assert kept == etree.tostring(etree.fromstring(source)[0], method="c14n", exclusive=True)
    assert b"<![CDATA[<b>]]>" in etree.tostring(feed.root)
    assert not feed.repairs
    assert not feed.rebuilt


def test_understands_items() -> None:
    """Feedparser's reading: id, title, link, date, enclosure and duration."""
    inside = (
        "<item><title>A &amp;amp; B</title><link>https://a.example/1</link><guid isPermaLink='false'> g </guid>"
        "<pubDate>Sat, 29 Oct 2022 16:36:12 +0000</pubDate><enclosure url='https://a.example/1.mp3'/>"
        "<itunes:duration>1:02:03</itunes:duration></item>"
    )
    item = read(rss(inside, f' xmlns:itunes="{ns.ITUNES}"')).items[0]
    assert (item.guid, item.title, item.link) == ("g", "A & B", "https://a.example/1")
    assert (item.published, item.audio, item.duration) == (1667061372.0, "https://a.example/1.mp3", 3723.0)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("4500", 4500), ("PT1H15M", 4500), ("75 min", 4500), ("1h15m", 4500), ("soon", None), ("0", None)],
)
def test_understands_lengths(said: str, seconds: float | None) -> None:
    """itunes:duration as hosts write it; what nobody can read is unknown."""
    inside = f"<item><title>A</title><itunes:duration>{said}</itunes:duration></item>"
    assert read(rss(inside, f' xmlns:itunes="{ns.ITUNES}"')).items[0].duration == seconds


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"\n  <?xml version='1.0' encoding='utf-8'?>" + rss().encode(), "One"),
        (b"PHP Warning: x\n<?xml version='1.0'?>" + rss().encode(), "One"),
        (rss().encode() + b"<!-- cached --><script>", "One"),
        (rss().replace("One", "Caf\xe9").encode("cp1252"), "Caf\xe9"),
        (rss().replace("One", "\u201cCaf\xe9\u201d").encode("cp1252"), "\u201cCaf\xe9\u201d"),
        (b"<?xml version='1.0' encoding='nonsense'?>" + rss().replace("One", "é").encode(), "é"),
        (b"<?xml version='1.0' encoding='utf-16'?>" + rss().replace("One", "é").encode(), "é"),
        (rss().replace("One", "Q & A").encode(), "Q & A"),
        (rss().replace("One", "a&nbsp;b &eacute; &hellip;").encode(), "a\xa0b é …"),
        (rss().replace("One", "x &gtgt; y").encode(), "x &gtgt; y"),
        (rss().replace("One", "1 < 2").encode(), "1 < 2"),
        (rss().replace("One", "a\x0bb\x00c").encode(), "abc"),
        (rss().replace("One", "a&#11;b&#x1F;c&#xD800;").encode(), "abc"),
        (rss(ITEM + "<itunes:author>x</itunes:author>").encode(), "One"),
        (rss().encode("utf-16"), "One"),
        (rss().replace("One", "é & x").encode("utf-32"), "é & x"),
        (b"\xef\xbb\xbf" + rss().replace("One", "é & x").encode(), "é & x"),
        *(
            (b"<?xml version='1.0' encoding='%s'?>" % name + rss().replace("One", "é & x").encode(), "é & x")
            for name in (
                b"hex",
                b"rot13",
                b"idna",
                b"punycode",
                b"undefined",
                b"unicode_escape",
                b"cp037",
                b"utf-32",
                b"hz",
            )
        ),
        (rss().replace("</rss>", "").encode(), "One"),
        (rss().replace("</rss>", "</rs>").encode(), "One"),
        (rss().replace("item>", "Item>").encode(), "One"),
    ],
)
def test_mends_what_is_broken_in_the_wild(body: bytes, expected: str) -> None:
    """White space and junk, encodings, bare markup, control characters and undeclared prefixes lose nothing."""
    feed = read(body)
    assert feed.items[0].element.findtext("title") == expected
    assert feed.items[0].guid == "g1"
    assert not feed.rebuilt


@pytest.mark.parametrize(
    ("name", "codec", "text"),
    [
        ("x-gbk", "gbk", "\u6731\u9555"),
        ("windows-949", "cp949", "\ubde1\uad6d"),
        ("windows-31j", "cp932", "\u2460\u30af"),
        ("x-mac-cyrillic", "mac-cyrillic", "\u041f\u0440\u0438"),
        ("iso-8859-8-i", "iso-8859-8", "\u05e9\u05dc"),
        *((name, "cp1251", "\u041f\u0440\u0438") for name in ("windows1251", "cp-1251", "win-1251", "x-cp1251")),
        ("Latin-9", "iso-8859-15", "\u20ac"),
    ],
)
def test_reads_encodings_by_the_names_that_browsers_know(name: str, codec: str, text: str) -> None:
    """Python knows others: https://encoding.spec.whatwg.org/#names-and-labels."""
    assert title(f"<?xml version='1.0' encoding='{name}'?>{rss().replace('One', text)}".encode(codec)) == text


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_reads_wide_characters_without_a_byte_order_mark(codec: str) -> None:
    """The first bytes tell, https://www.w3.org/TR/xml/#sec-guessing."""
    assert title(rss().replace("One", "\u041f\u0440\u0438").encode(codec)) == "\u041f\u0440\u0438"


def test_mends_by_the_charset_of_the_header() -> None:
    """Where the document does not say its encoding, the server's word counts."""
    body = rss().replace("One", "Привет").encode("koi8-r")
    assert title(body, "application/rss+xml; charset=koi8-r") == "Привет"


@pytest.mark.parametrize(
    ("declared", "body", "header"),
    [
        ("windows-1251", "utf-8", ""),
        ("windows-1251", "utf-8", "iso-8859-1"),
        ("iso-8859-1", "utf-8", "windows-1251"),
        ("utf-8", "shift_jis", "shift_jis"),
        ("iso-8859-1", "koi8-r", "koi8-r"),
        ("koi8-r", "koi8-r", "utf-8"),
        ("shift_jis", "shift_jis", "us-ascii"),
        ("koi8-r", "koi8-r", "nonsense"),
        ("iso-2022-jp", "iso-2022-jp", ""),
    ],
)
@pytest.mark.parametrize("before", ["", "\n"])
def test_the_bytes_decide_then_the_header_then_the_declaration(
    declared: str, body: str, header: str, before: str
) -> None:
    """RFC 7303: strict UTF-8 is UTF-8 whatever is declared, of a well-formed document, too."""
    text = "\u30af\u30b8\u30e9" if "jp" in body + declared or "jis" in body else "\u041f\u0440\u0438\u0432\u0435\u0442"
    source = f'{before}<?xml version="1.0" encoding="{declared}"?>' + rss().replace("One", text)
    assert title(source.encode(body), f"text/xml; charset={header}") == text


@pytest.mark.parametrize("written", ["&#55357;&#56898;", "&#xD83D;&#xde42;", b"\xed\xa0\xbd\xed\xb9\x82", "&#128578;"])
def test_halves_of_a_character_are_joined(written: str | bytes) -> None:
    """Surrogate pairs as references, or as the bytes of CESU-8, are the one character that is meant."""
    raw = written if isinstance(written, bytes) else written.encode()
    assert title(rss().encode().replace(b"One", b"A " + raw + b" \xc3\xa9")) == "A \U0001f642 \u00e9"


def test_a_text_pasted_into_utf8_is_mended_byte_by_byte() -> None:
    """Two encodings in one feed: neither is mangled."""
    body = rss().replace("One", "né XX").encode().replace(b"XX", b"\x93\xe9\x94")
    assert title(body) == "né “é”"


def test_an_undeclared_prefix_gets_its_well_known_namespace() -> None:
    """`itunes:` without a declaration is itunes, and an unknown prefix is kept too."""
    feed = read(rss(ITEM.replace("</item>", "<itunes:duration>90</itunes:duration><foo:bar>x</foo:bar></item>")))
    assert feed.items[0].duration == 90
    assert feed.items[0].element[-1].text == "x"
    assert "undeclared namespace prefixes" in feed.repairs


def test_entities_inside_cdata_are_left_alone() -> None:
    """A repair outside CDATA does not touch what stands in it."""
    feed = read(rss(ITEM.replace("One", "<![CDATA[a & b &nbsp; <i>]]> & c")))
    assert feed.items[0].element[0].text == "a & b &nbsp; <i> & c"


def test_a_doctype_with_html_entities_loses_none() -> None:
    """Netscape's DTD is not loaded, and its characters come out all the same."""
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://a.example/rss-0.91.dtd">'
    feed = read(doctype + rss().replace("One", "a&eacute;b"))
    assert feed.items[0].element[0].text == "aéb"


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE rss [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://a.example/evil.dtd"> %p;]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entity_declarations_are_refused(prolog: str, encoding: str) -> None:
    """Bombs and external entities are refused unread, in any encoding."""
    with pytest.raises(SourceError, match="entities"):
        read((prolog + rss().replace("One", "&b;&x;")).encode(encoding))


def test_the_podcast_namespace_has_one_name() -> None:
    """Whatever alias the source used for it."""
    alias = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
    feed = read(rss(ITEM.replace("</item>", '<pod:person role="host">A</pod:person></item>'), f' xmlns:pod="{alias}"'))
    person = feed.items[0].element[-1]
    assert person.tag == f"{{{ns.PODCAST}}}person"
    assert person.prefix == "podcast"


def test_aliased_prefixes_become_the_literal_ones() -> None:
    """Apps match `itunes:` and `atom:` literally."""
    names = f' xmlns:it="{ns.ITUNES}" xmlns:atom10="{ns.ATOM}"'
    feed = read(rss(ITEM, names, '<atom10:link rel="payment" href="https://a.example"/><it:author>A</it:author>'))
    assert [x.prefix for x in feed.root[0]][1:3] == ["atom", "itunes"]
    assert b"ns0" not in etree.tostring(feed.root)


@pytest.mark.parametrize(
    ("prefix", "wrong"),
    [
        ("itunes", "http://www.itunes.com/DTDs/Podcast-1.0.dtd"),
        ("itunes", "https://www.itunes.com/dtds/podcast-1.0.dtd/"),
        ("atom", "http://www.w3.org/2005/Atom/"),
        ("atom", "https://w3.org/2005/atom"),
        ("content", "http://purl.org/rss/1.0/modules/content"),
        ("psc", "https://podlove.org/simple-chapters/"),
        ("media", "http://search.yahoo.com/mrss"),
        ("podcast", "https://podcastindex.org/namespace/1.0/"),
        ("x", "http://www.itunes.com/DTDs/Podcast-1.0.dtd"),
        ("x", "http&#58;//www.itunes.com/DTDs/podcast-1.0.dtd"),
        ("podcast", "https://podcastindex.org/namespace/1.0.md"),
        # Not well-formed to libxml2, which wants a URI:
        ("itunes", " http://www.itunes.com/dtds/podcast-1.0.dtd\n"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_namespace_in_another_spelling_is_the_one_that_is_meant(prefix: str, wrong: str, encoding: str) -> None:
    """Contract C2: elements and attributes come under the one true address and the literal prefix."""
    inside = f'<{prefix}:author a="b" {prefix}:c="d">A<{prefix}:x/></{prefix}:author>'
    feed = read(rss(ITEM, f' xmlns:{prefix}="{wrong}"', inside).encode(encoding))
    prefix, true = {"x": ("itunes", ns.ITUNES)}.get(prefix, (prefix, ns.PREFIXES.get(prefix, "")))
    author = feed.root[0][1]
    assert (author.tag, author.prefix, author.get("a"), author.text) == (f"{{{true}}}author", prefix, "b", "A")
    assert author.get(f"{{{true}}}c") == "d"
    assert author[0].tag == f"{{{true}}}x"
    assert f'"{wrong}"'.encode() not in etree.tostring(feed.root)


def test_a_namespace_under_a_prefix_of_ours_keeps_its_meaning_and_its_prefix() -> None:
    """Elements of `xmlns:itunes="urn:other"` stay what they are; ours stand beside them under the right one."""
    feed = read(rss(ITEM, ' xmlns:itunes="urn:other"', '<itunes:author a="b">A<itunes:x/></itunes:author>'))
    author = feed.root[0][1]
    assert (author.tag, author.prefix, author.get("a"), author.text) == ("{urn:other}author", "itunes", "b", "A")
    assert feed.root.nsmap["itunes"] == ns.ITUNES


def test_rss_in_a_default_namespace_is_still_rss() -> None:
    """`xmlns="http://backend.userland.com/rss2"` does not hide the items."""
    feed = read(rss(attributes=' xmlns="http://backend.userland.com/rss2"'))
    assert feed.items[0].guid == "g1"
    assert not feed.rebuilt


ITEM_2, ITEM_3 = ITEM.replace("1", "2"), ITEM.replace("1", "3")


@pytest.mark.parametrize(
    ("text", "guids"),
    [
        (rss() + rss(), ["g1"]),
        (rss(ITEM + ITEM_2)[:150] + "<?xml version='1.0'?>" + rss(ITEM + ITEM_2 + ITEM_3), ["g1", "g2", "g3"]),
        (rss(ITEM + ITEM_2)[:-15] + rss(ITEM + ITEM_2), ["g1", "g2"]),
        (rss(ITEM + ITEM_2) + rss(ITEM_3 + ITEM)[:100], ["g1", "g2"]),
        (rss(ITEM + ITEM_2) + rss(ITEM + ITEM_2)[:-80], ["g1", "g2"]),
        (rss(ITEM + rss(ITEM + ITEM_2)), ["g1", "g2"]),
        # In an item of itself, with another file in one of its items:
        (rss(ITEM.replace("</item>", rss(ITEM.replace("1.mp3", "2.mp3")) + "</item>")), ["g1", "g1"]),
        (rss(ITEM).replace("</rss>", f"<channel><title>B</title>{ITEM}{ITEM_2}</channel></rss>"), ["g1", "g2"]),
        (rss(ITEM + ITEM), ["g1", "g1"]),
    ],
)
def test_a_feed_that_is_printed_twice_is_read_once(text: str, guids: list[str]) -> None:
    """Behind itself, cut off or not, or in itself; what the publisher doubles in one channel is theirs (C10, C15)."""
    feed = read(text)
    assert [item.guid for item in feed.items] == guids
    assert not feed.rebuilt
    assert feed.title == "Show"


@pytest.mark.parametrize(
    ("text", "guids"),
    [
        (f"<s:Envelope xmlns:s='urn:s'><s:Body>{rss()}</s:Body></s:Envelope>", ["g1"]),
        (f"<html><body>{rss()}</body></html>", ["g1"]),
        (rss().replace("rss", "RSS").replace("channel>", "CHANNEL>"), ["g1"]),
        (rss(f"<items>{ITEM}{ITEM_2}</items>{ITEM_3}"), ["g1", "g2", "g3"]),
        (rss(ITEM.replace("</item>", f"{ITEM_2}<x>{ITEM_3}</x></item>")), ["g1", "g2", "g3"]),
        (rss(ITEM.replace("<item>", "<ITEM>").replace("</item>", "</Item>") + ITEM_2), ["g1", "g2"]),
    ],
)
def test_a_whole_feed_is_kept_wherever_it_stands(text: str, guids: list[str]) -> None:
    """In other markup, in capitals, with its items in odd places: no element is lost."""
    feed = read(text.replace("</item>", '<y:z xmlns:y="urn:y"><y:a/></y:z></item>', 1))
    assert [item.guid for item in feed.items] == guids
    assert not feed.rebuilt
    assert feed.root.find(".//{urn:y}z/{urn:y}a") is not None


def test_somebody_s_own_channel_element_is_kept() -> None:
    """It is no second channel of the feed."""
    feed = read(rss(ITEM.replace("</item>", "<channel>Radio 4</channel></item>")))
    assert feed.items[0].element.findtext("channel") == "Radio 4"
    assert feed.repairs == ()


def test_items_beside_the_channel_are_kept() -> None:
    """Some write `rss/item`."""
    feed = read(f'<rss version="2.0"><channel><title>Show</title></channel>{ITEM}</rss>')
    assert [item.guid for item in feed.items] == ["g1"]


def test_an_atom_feed_is_rebuilt() -> None:
    """Atom becomes RSS 2.0 with the same ids, enclosures, dates and notes."""
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Show</title>'
        "<updated>2024-05-02T10:00:00Z</updated>"
        "<author><name>Ann</name></author><entry><id>tag:a,1</id><title>One</title><published>2024-05-01T10:00:00Z"
        '</published><link href="https://a.example/1"/><link rel="enclosure" href="https://a.example/1.mp3" length="5"'
        ' type="audio/mpeg"/><link rel="enclosure" href="https://a.example/1.ogg"/><category term="Bees"/>'
        '<summary type="text">a &lt;b&gt; c</summary><content type="html">&lt;p&gt;x&lt;/p&gt;</content></entry></feed>'
    )
    feed = read(atom)
    item = feed.items[0]
    assert feed.rebuilt
    assert (item.guid, item.audio, item.published) == ("tag:a,1", "https://a.example/1.mp3", 1714557600.0)
    assert [x.get("url") for x in item.element.findall("enclosure")] == [item.audio, "https://a.example/1.ogg"]
    assert item.element.findtext("description") == "a &lt;b&gt; c"
    assert item.element.findtext(ns.tag(ns.CONTENT, "encoded")) == "<p>x</p>"
    assert item.element.findtext("category") == "Bees"
    assert feed.root[0].findtext("lastBuildDate") == "Thu, 02 May 2024 10:00:00 +0000"


def test_a_rebuilt_feed_keeps_what_feedparser_has_no_name_for() -> None:
    """Elements of podcast and itunes come as they were, under their namespace; no name is made up."""
    names = f' xmlns:podcast="{ns.PODCAST}/" xmlns:itunes="{ns.ITUNES}"'
    channel = '<podcast:funding url="https://a.example">G</podcast:funding><itunes:category text="Arts"/>'
    entry = (
        '<entry><id>1</id><title>One</title><link rel="payment" href="https://a.example/pay"/>'
        '<podcast:person role="host">Ann</podcast:person><podcast:person>Lee</podcast:person>'
        "<itunes:duration>90</itunes:duration></entry>"
    )
    feed = read(f'<feed xmlns="{ns.ATOM}"{names}>{channel}{entry}</feed>')
    assert feed.rebuilt == "the source is Atom"
    assert [etree.QName(one).localname for one in feed.root[0]] == ["funding", "category", "item"]
    item = feed.items[0].element
    assert [one.text for one in item.findall(ns.tag(ns.PODCAST, "person"))] == ["Ann", "Lee"]
    assert [one.text for one in item.findall(ns.tag(ns.ITUNES, "duration"))] == ["90"]
    assert item.find(ns.tag(ns.ATOM, "link")) is not None
    assert feed.title == ""


def test_a_rebuilt_feed_that_would_lose_an_enclosure_is_refused() -> None:
    """What feedparser does not find is told, not left out (contract C15)."""
    entry = '<entry><title>x</title></entry><y><link rel="enclosure" href="https://a.example/"/>'
    with pytest.raises(SourceError, match="1 enclosure would be lost"):
        read(f'<feed xmlns="{ns.ATOM}"><p>{entry}</feed>')


@pytest.mark.parametrize(
    ("broken", "kept"),
    [
        ("<description></p>Stray.</p></description>", {"description": "</p>Stray.</p>"}),
        ("<description><p>x<br></description>", {"description": "<p>x<br/>"}),
        ("<description><p>Q & A</description>", {"description": "<p>Q &amp; A"}),
        ("<description><![CDATA[a <![CDATA[b]]> <i>c</p>]]></description>", {"description": "a b <i>c</p>"}),
        ("<description><![CDATA[<p>open</description>", {"description": "<p>open"}),
        ("<description><b>a<description>b</description></description>", {"description": "<b>a<description>b"}),
        ("<author>no end<category>c</category>", {"author": "no end", "category": "c"}),
        ("</p> stray <category>c</category>", {"category": "c"}),
        ('<enclosure url="https://a.example/1.mp3" "x" type="audio/mpeg"/>', {"enclosure": None}),
        ('<category domain="a>b">c</b></category>', {"category": "c</b>"}),
        ('<x:group><x:content url="a"><p></x:group>', {"{urn:x}group/{urn:x}content": "<p>"}),
        ("<x:a><x:b>1</x:b> and <x:c><p></x:c></x:a>", {"{urn:x}a": "<x:b>1</x:b> and <x:c><p></x:c>"}),
        ("<title><x:b>1<p></x:b></title>", {"title": "One"}),
        ("<x:>1</x:><category>c</category>", {"category": "c"}),
        ("<x:b:c>1</x:b:c><category>c</category>", {"{urn:x}b-c": "1", "category": "c"}),
        (
            '<x:image href="<![CDATA[https://a.example/i]]>">b</x:image>',
            {"{urn:x}image[@href='https://a.example/i']": "b"},
        ),
        ("<description><p>no end of the item", {"description": "<p>no end of the item"}),
    ],
)
def test_one_broken_item_costs_itself_alone(broken: str, kept: dict[str, str]) -> None:
    """The broken field becomes text; channel and neighbours keep every element (contract C15)."""
    end = "" if broken.endswith("of the item") else "</item>"
    good = ITEM.replace(
        "</item>", '<description><![CDATA[a &amp; <b>]]></description><x:season y="z">1</x:season></item>'
    )
    first = good.replace("g1", "g0").replace("<description>", "<comments>").replace("</description>", "</comments>")
    items = first + ITEM.replace("</item>", broken + end) + good.replace("g1", "g2")
    feed = read(rss(items, ' xmlns:x="urn:x"', '<x:owner><x:name a="b">A</x:name></x:owner>'))
    assert not feed.rebuilt
    assert [item.guid for item in feed.items] == ["g0", "g1", "g2"]
    assert feed.repairs[-1] == "fields that are not well-formed"
    assert feed.root[0].findtext("{urn:x}owner/{urn:x}name") == "A"
    assert [etree.QName(one).localname for one in feed.items[2].element] == [
        *("title", "guid", "enclosure", "description", "season")
    ]
    assert feed.items[2].element.findtext("description") == "a &amp; <b>"
    found = feed.items[1].element
    assert {name: found.findtext(name) or None for name in kept} == kept
    assert [one.get("url") for one in found.findall("enclosure")] == ["https://a.example/1.mp3"] * len(
        found.findall("enclosure")
    )


@pytest.mark.parametrize(
    ("field", "kept"),
    [
        (
            "<image><url>https://a.example/i.png</url><title>Q<b></title><link>https://a.example/</link></image>",
            {"image/url": "https://a.example/i.png", "image/title": "Q<b>", "image/link": "https://a.example/"},
        ),
        (
            "<x:owner><x:name>Ann </p></x:name><x:email>a@a.example</x:email></x:owner>",
            {"{urn:x}owner/{urn:x}name": "Ann </p>", "{urn:x}owner/{urn:x}email": "a@a.example"},
        ),
        (
            "<x:live><title>Now</title><x:group><x:content><p></x:content>\n<x:e>1</x:e></x:group><guid>l1</guid></x:live>",
            {
                "{urn:x}live/title": "Now",
                "{urn:x}live/{urn:x}group/{urn:x}content": "<p>",
                "{urn:x}live/{urn:x}group/{urn:x}e": "1",
                "{urn:x}live/guid": "l1",
            },
        ),
        (
            "<x:chapters><x:chapter start='0' title='A'/><x:chapter start='9' 'B'/><x:chapter start='99'></x:chapters>",
            {"{urn:x}chapters/{urn:x}chapter[1]": "", "{urn:x}chapters/{urn:x}chapter[3]": ""},
        ),
        (
            "".join(f"<x:{name}>" for name in "abcdefgh") + "<p>" + "".join(f"</x:{name}>" for name in "hgfedcba"),
            {"/".join(f"{{urn:x}}{name}" for name in "abcdef"): "<x:g><x:h><p></x:h></x:g>"},
        ),
    ],
)
def test_one_broken_child_of_a_field_costs_itself_alone(field: str, kept: dict[str, str]) -> None:
    """What stands beside it stays an element, in a channel and in an item (contract C15)."""
    names = ' xmlns:x="urn:x"'
    in_item, in_channel = read(rss(ITEM.replace("</item>", field + "</item>"), names)), read(rss(ITEM, names, field))
    for feed, holder in ((in_item, in_item.items[0].element), (in_channel, in_channel.root[0])):
        assert feed.repairs[-1] == "fields that are not well-formed"
        assert {name: holder.findtext(name) for name in kept} == kept


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"<!DOCTYPE html><html><body><p>Log in</body></html>", "web page"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "JSON"),
        (b'{"contents": "<rss version=\\"2.0\\"><channel><item>"}', "it wraps a feed"),
        (b'callback([{"a": "<rss>"}])', "it wraps a feed"),
        (b")]}',\n{'a': '<?xml version=\"1.0\"?>\\n<rss><channel>", "something that wraps a feed"),
        (b'for(;;);{"a":"\\n<rss>"}', "something that wraps a feed"),
        (b'id,feed\n1,"<rss>"', "something that wraps a feed"),
        (
            b"<!doctype html><link title='x' type='application/rss+xml' rel=\"alternate\" href='/feed?a&amp;b'>",
            "its feed is https://a.example/feed",
        ),
        (b"\x00\x01\x02 nothing", "no RSS or Atom"),
        (rss("").encode(), "no items"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title></feed>', "no items"),
    ],
)
def test_what_is_no_feed_is_refused_with_advice(body: bytes, says: str) -> None:
    """Each kind of wrong document has a message of its own."""
    with pytest.raises(SourceError, match=says):
        read(body)


def test_a_publisher_feed_may_have_no_items() -> None:
    """`podcast:remoteItem` is its content."""
    remote = '<podcast:remoteItem feedGuid="917393e3-1b1e-5cef-ace4-edaa54e1f810"/>'
    assert read(rss("", f' xmlns:podcast="{ns.PODCAST}"', remote)).items == ()


def test_our_own_output_is_refused() -> None:
    """Never enrich twice."""
    with pytest.raises(RefusedError, match="already"):
        read(rss(channel="<generator>enricher/0.1.0 (WordPress)</generator>"))


def test_pages_become_one_feed() -> None:
    """A paged source is joined in order; an item that slipped from one page to the next is kept once."""
    link = f'<a:link xmlns:a="{ns.ATOM}" rel="next" href="?page=2"/>'
    first = read(rss(ITEM + ITEM.replace("g1", "g2"), channel=link))
    second = read(
        rss(ITEM.replace("g1", "g2") + ITEM.replace("g1", "g3").replace("</item>", '<z:q xmlns:z="urn:z"/></item>'))
    )
    assert first.next_page == "https://a.example/feed?page=2"
    joined = join([first, second])
    assert [item.guid for item in joined.items] == ["g1", "g2", "g3"]
    assert [x.findtext("guid") for x in joined.root[0].findall("item")] == ["g1", "g2", "g3"]


def test_the_items_of_later_pages_follow_those_of_the_first() -> None:
    """What stands behind the items of the first page stays behind all of them."""
    first = read(rss(ITEM + "<itunes:author>A</itunes:author>", f' xmlns:itunes="{ns.ITUNES}"'))
    joined = join([first, read(rss(ITEM.replace("g1", "g2")))])
    assert [etree.QName(one).localname for one in joined.root[0]] == ["title", "item", "item", "author"]


@pytest.mark.parametrize("address", ["http://[x]/", "http://]/", "http://℀.test/", "https://a.example:99999/"])
def test_a_next_page_whose_address_cannot_be_parsed_is_none(address: str) -> None:
    """Contract C57: it costs that link alone; in Atom, too."""
    link = f'<link xmlns="{ns.ATOM}" rel="next" href="{address}"/>'
    assert read(rss(channel=link)).next_page is None
    assert read(rss(channel=link + link.replace(address, "?page=2"))).next_page == "https://a.example/feed?page=2"
    entry = (
        f'<entry><id>1</id><title>One</title><link href="{address}"/><link rel="enclosure" href="{address}"/></entry>'
    )
    feed = read(f'<feed xmlns="{ns.ATOM}"><title>Show</title>{link}<link href="{address}"/>{entry}</feed>')
    assert [item.title for item in feed.items] == ["One"]
    assert feed.next_page is None


def test_a_stylesheet_is_told() -> None:
    """It is left out, since it is made for the publisher's host."""
    sheet = '<?xml-stylesheet type="text/xsl" href="/feed.xsl"?>'
    assert read(sheet + rss()).stylesheet
    assert not read("<?other x?>" + rss()).stylesheet


def test_comments_before_a_feed_that_has_to_be_mended_stay() -> None:
    """Junk there does not."""
    feed = read("PHP Warning: x<!-- by Ann --><!-- and -- Lee -->" + rss())
    assert [one.text for one in feed.root.itersiblings(preceding=True)] == [" by Ann "]
    assert feed.repairs == ("junk before or after the feed",)


def test_doubled_guids_within_a_page_are_the_publishers_own() -> None:
    """They come through as they are."""
    assert len(join([read(rss(ITEM + ITEM)), read(rss(ITEM.replace("g1", "g9")))]).items) == 3


@needs_corpus
@pytest.mark.parametrize("path", small_fast(files("feeds") + files("edge")), ids=lambda p: p.name)
def test_no_item_is_lost_that_feedparser_finds(path: Path) -> None:
    """Every corpus document: the same identities and enclosures in the same order, or a clear error."""
    body = path.read_bytes()
    entries = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False).entries
    try:
        feed = read(body)
    except EnricherError:
        assert not entries
        return
    assert len(feed.items) == len(entries)
    for item, entry in zip(feed.items, entries, strict=True):
        assert (item.element.findtext("guid") or "").strip() in {
            entry.get("id", ""),
            entry.get("id", "").rpartition("podcast/")[2],
        }
        urls = [x.get("url") for x in item.element.findall("enclosure")]
        found = [x.get("href") for x in entry.get("enclosures", [])]
        assert urls == [url and urljoin("https://a.example/feed", url) for url in found]
        assert len(item.digest) == 32
    written = pieces(feed.root)[1::2]
    assert written == [item.xml for item in feed.items]
    assert digests(written, feed.root) == [item.digest for item in feed.items]


@settings(max_examples=examples(150))
@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 60))
def test_any_bytes_give_a_feed_or_a_clear_error(junk: bytes, at: int, cut: int) -> None:
    """Junk anywhere in a feed never brings a foreign exception out."""
    body = rss(ITEM * 2).encode()
    try:
        feed = read(body[:at] + junk + body[at + cut :])
    except EnricherError:
        return
    assert feed.items


def test_a_root_left_open_is_closed_only_where_nothing_is_missing() -> None:
    """Not where an item follows the channel, nor where the channel's end stands in CDATA that has none itself."""
    for body in (rss().replace("</rss>", ITEM), rss().replace("</rss>", "").replace("One", "<![CDATA[")):
        with pytest.raises(SourceError, match="cut short"):
            read(body)


def test_a_feed_that_stands_twice_in_a_document_is_read_once() -> None:
    """Some caches write their copy behind it: nothing of it comes twice."""
    body = "<?xml version='1.0'?>" + rss(ITEM + ITEM.replace("g1", "g2"), channel="<link>https://a.example/</link>")
    feed = read(body + "\n" + body.replace("One", "Once"))
    assert not feed.rebuilt
    assert [etree.QName(one).localname for one in feed.root[0]] == ["title", "link", "item", "item"]


@pytest.mark.parametrize(
    "body",
    [
        rss() + rss(ITEM.replace("g1", "g2")),
        rss() + ITEM.replace("g1", "g2"),
        "<x>" + ITEM + rss(ITEM.replace("g1", "g2")),
        "<rss>" + ITEM + "<channel>" + ITEM.replace("g1", "g2") + "</channel></rss>",
        rss(ITEM + ITEM.replace("g1", "g2").replace("<item>", '<item xmlns="http://backend.userland.com/rss2">')),
    ],
)
def test_items_outside_the_channel_are_kept_in_order(body: str) -> None:
    """Behind the end, before the beginning, beside the channel, in a namespace of their own."""
    assert [item.guid for item in read(body).items] == ["g1", "g2"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("itunes:duration", '<itunes:duration href="/x" url="/y">9</itunes:duration>'),
        ("image", '<image href="x">y</image>'),
        ("guid", "<guid>a<enclosure/>b</guid>"),
    ],
)
def test_what_feedparser_makes_no_text_of_is_passed_over(name: str, value: str) -> None:
    """Elements with attributes that they should not have."""
    names = f' xmlns:itunes="{ns.ITUNES}"'
    whole = read(rss(ITEM.replace("</item>", f"{value}</item>"), names))
    items = ITEM.replace("</item>", f"{value}</item>")
    rdf = f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"{names}>'
    rebuilt = read(f"{rdf}<channel><title>S</title></channel>{items}</rdf:RDF>")
    assert (len(whole.items), len(rebuilt.items), bool(rebuilt.rebuilt)) == (1, 1, True), name


def test_what_feedparser_stumbles_over_is_refused() -> None:
    """Its own errors are of many kinds; ours says what it means."""
    with pytest.raises(SourceError, match="so broken"):
        read(f'<feed xmlns="{ns.ATOM}"><title>S</title><entry><title>x</title></width></entry></feed>')


@pytest.mark.parametrize(
    "child",
    [
        '<x:creator xmlns:x="http://purl.org/dc/elements/1.1/">Ann</x:creator>',
        '<dc:creator xmlns:dc="urn:other">Ann</dc:creator>',
        '<itunes:author xmlns:itunes="urn:other">Ann</itunes:author>',
        '<x:person xmlns:x="https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md">Ann</x:person>',
        '<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">Ann</dc:creator>',
    ],
)
def test_an_item_may_declare_prefixes_of_its_own(child: str) -> None:
    """Added to, it comes out with the same elements, in the same namespaces, and passes the check."""
    body = (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Notes</title>'
        f"<item><title>One</title><guid>1</guid>{child}</item><item><title>Two</title>{child}</item></channel></rss>"
    )
    feed = read(body)
    assert [item.title for item in feed.items] == ["One", "Two"]
    config = FeedConfig("notes", "notes.xml", "https://feeds.example.com")
    enriched = [Enriched(Match(item, None, "none", "")) for item in feed.items]
    wanted = [[(node.tag, node.text) for node in item.element] for item in feed.items]
    snapshot = take_snapshot(feed, enriched, config)
    artifacts = generate(feed, enriched, config)
    verify(snapshot, artifacts, config)
    found = etree.fromstring(artifacts[-1].body).iter("item")
    assert [[(node.tag, node.text) for node in item] for item in found] == wanted


def test_the_marks_by_which_a_feed_is_cut_may_stand_in_it() -> None:
    """A private-use character in its texts and between its items moves no cut."""
    odd = "\uf8ff"
    item = f"<item><title>{odd}One{odd}</title><guid>1</guid><description>{odd * 3}</description></item>"
    body = f'<rss version="2.0"><channel><title>{odd}</title>{item}{odd}{item.replace("1", "2")}{odd}</channel></rss>'
    feed = read(body)
    assert [etree.fromstring(one.xml).findtext("guid") for one in feed.items] == ["1", "2"]
    config = FeedConfig("notes", "notes.xml", "https://feeds.example.com")
    enriched = [Enriched(Match(one, None, "none", "")) for one in feed.items]
    snapshot = take_snapshot(feed, enriched, config)
    artifacts = generate(feed, enriched, config)
    verify(snapshot, artifacts, config)
    found = etree.fromstring(artifacts[-1].body).findall("channel/item")
    assert [one.findtext("title") for one in found] == [f"{odd}One{odd}"] * 2


def test_the_audio_is_the_first_enclosure_that_can_be_played() -> None:
    """A cover or a booklet may stand before it; the others, and those of podcast:alternateEnclosure, are known too."""
    enclosures = (
        '<enclosure url="https://a.example/c.jpg" type="image/jpeg"/><enclosure url="https://a.example/1.mp3?x=1"/>'
        '<podcast:alternateEnclosure type="audio/opus"><podcast:source uri="https://a.example/1.opus"/>'
        "</podcast:alternateEnclosure>"
    )
    item = read(rss(f"<item><title>One</title>{enclosures}</item>", f' xmlns:podcast="{ns.PODCAST}"')).items[0]
    assert (item.audio, item.others) == (
        "https://a.example/1.mp3?x=1",
        ("https://a.example/c.jpg", "https://a.example/1.opus"),
    )


def test_a_made_guid_is_the_same_at_every_fetch_and_unique() -> None:
    """C8: less the signature; where that leaves one address for several items, something else of each parts them."""
    item = '<item><title>{0}</title><enclosure url="https://a.example/play?token={1}" type="audio/mpeg"/></item>'
    found = [[one.made_guid for one in read(rss(item.format("A", x) + item.format("B", x) * 2)).items] for x in "12"]
    assert found[0] == found[1]
    assert found[0][0] == "https://a.example/play"
    assert len(set(found[0])) == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_relative_addresses_come_out_absolute(encoding: str) -> None:
    """C10: by xml:base, else by where the feed was fetched; what is absolute, and notes, stay to the letter."""
    inside = (
        '<item><title>One</title><link> /1 </link><guid>/g</guid><enclosure url="//cdn.example/1.mp3"/>'
        '<x:a href="?b" y="/c"/><description>/d &lt;a href="/e"&gt;</description>'
        '<x:b xml:base="sub/" url="HTTPS://b.example" src=""><x:c uri="f"/></x:b></item>'
    )
    feed = read(rss(inside, ' xmlns:x="urn:x"').encode(encoding), url="https://a.example/shows/feed?x")
    assert [(one.text, dict(one.attrib)) for one in list(feed.items[0].element)[1:6]] == [
        ("https://a.example/1", {}),
        ("/g", {}),
        (None, {"url": "https://cdn.example/1.mp3"}),
        (None, {"href": "https://a.example/shows/feed?b", "y": "/c"}),
        ('/d <a href="/e">', {}),
    ]
    last = feed.items[0].element[6]
    assert (last.get("url"), last.get("src")) == ("HTTPS://b.example", "")
    assert last[0].get("uri") == "https://a.example/shows/sub/f"
    assert read(rss(inside, ' xmlns:x="urn:x"'), url="/srv/feed.xml").items[0].link == "/1"


def test_items_behind_the_channel_without_a_guid_are_each_kept() -> None:
    """An empty guid is none: what stands in them tells them apart."""
    item = "<item><guid> </guid><title>{}</title><description>a </b> c</description></item>"
    source = f'<rss version="2.0"><channel><title>T</title>{item.format("one")}</channel>{item.format("two")}</rss>'
    assert [one.title for one in parse(Document("https://a.example/f", source.encode())).items] == ["one", "two"]
