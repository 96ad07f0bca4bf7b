"""The golden rule: take away what we added to any feed with any summaries, and the publisher's feed is left."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from enricher.feed import xml as ns
from enricher.feed.verify import verify
from tests.edition import MIRROR, make
from tests.examples import examples
from tests.workshop import AWKWARD, summary_of

if TYPE_CHECKING:
    from enricher.model.feed import FeedConfig

CONTENT, PSC = ns.tag(ns.CONTENT, "encoded"), ns.tag(ns.PSC, "chapters")
CHAPTERS, SOUNDBITE = ns.tag(ns.PODCAST, "chapters"), ns.tag(ns.PODCAST, "soundbite")
OURS_OF_CHANNEL = {
    *("title", "generator", "lastBuildDate", ns.tag(ns.ATOM, "link"), ns.tag(ns.ITUNES, "block")),
    *(ns.tag(ns.PODCAST, name) for name in ("guid", "block", "locked")),
}
ROOT = f'<rss version="2.0" {" ".join(f"xmlns:{p}={quoteattr(u)}" for p, u in ns.PREFIXES.items())} xmlns:x="urn:x">'

# Random feeds

words = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff", include_characters="\n\t"),
    max_size=30,
) | st.sampled_from(
    [
        "a & b",
        "<p>one</p>",
        "0:00 A\n10:00 B\n20:00 C",
        "  x ",
        "]]&gt;",
        "&amp;lt;",
        AWKWARD.replace("\x07", "").replace("\x0b", ""),
    ]
)
plain = words.map(escape)
cdata = words.map(lambda text: f"<![CDATA[{text.replace(']]>', '')}]]>")
body = plain | cdata | st.tuples(plain, cdata).map("".join)
attributes = st.dictionaries(st.sampled_from(["a", "x:b", "podcast:c", "x:href"]), words, max_size=3).map(
    lambda found: "".join(f" {name}={quoteattr(value)}" for name, value in found.items())
)
# Without what holds addresses: relative ones come out absolute, which test_parse.py holds.
NAMES = (
    "x:odd x:even x:creator podcast:person podcast:value podcast:transcript podcast:soundbite itunes:author"
    " itunes:keywords media:group category author plain"
)
names = st.sampled_from(NAMES.split())


def element(name: str, said: str, inside: str) -> str:
    """Write an element."""
    return f"<{name}{said}>{inside}</{name}>"


leaf = st.builds(element, names, attributes, body)
comment = words.map(lambda text: f"<!--{text.replace('-', '')}-->")
tree = st.recursive(
    leaf,
    lambda below: st.builds(
        lambda name, said, parts: element(name, said, "".join(parts)),
        names,
        attributes,
        st.lists(below | plain | comment, max_size=4),
    ),
    max_leaves=6,
)
notes = st.sampled_from(["description", "content:encoded"]).flatmap(
    lambda name: st.builds(element, st.just(name), attributes, body)
)
fixed = st.sampled_from(
    [
        '<enclosure url="https://a.example/1.mp3?a=1&amp;b=2" length="1" type="audio/mpeg"/>',
        "<itunes:duration>1:00:00</itunes:duration>",
        "<pubDate>Mon, 06 May 2024 10:00:00 GMT</pubDate>",
        '<psc:chapters version="1.2"><psc:chapter start="00:00:00" title="A"/></psc:chapters>',
        '<podcast:chapters url="https://a.example/c.json" type="application/json+chapters"/>',
        "<description><![CDATA[0:00 A<br>10:00 B<br>20:00 C]]></description>",
    ]
)


@st.composite
def items(draw: st.DrawFn) -> str:
    """Write an item, with whatever may stand in one, in any order."""
    parts = draw(st.lists(tree | notes | fixed | comment, max_size=8))
    title = draw(body.map(lambda text: f"<title>{text}</title>"))
    guid = draw(st.sampled_from(["", "<guid isPermaLink='false'>g</guid>", "<guid> g </guid>"]))
    return f"<item{draw(attributes)}>{''.join(draw(st.permutations([title, guid, *parts])))}</item>"


@st.composite
def feeds(draw: st.DrawFn) -> bytes:
    """Write a feed."""
    channel = [element("title", "", draw(body)), *draw(st.lists(tree | comment, max_size=5))]
    every = draw(st.lists(items(), min_size=1, max_size=3))
    inside = "".join(draw(st.permutations(channel))) + "".join(every)
    return f"{ROOT}<channel{draw(attributes)}>{inside}</channel></rss>".encode()


settings_of = st.builds(
    replace,
    st.just(MIRROR),
    mode=st.sampled_from(["mirror", "own"]),
    chapters=st.sampled_from(["publisher", "merge", "summary", "off"]),
    notes=st.sampled_from(["around", "before", "after", "off"]),
    notes_limit=st.sampled_from([10_000, 500, 0]),
)

# Taking away


def shape(node: etree._Element) -> bytes:
    """Give an element as a value; comments count."""
    return etree.tostring(node, method="c14n", exclusive=True, with_tail=False)


def take_away(ours: etree._Element, source: etree._Element, *, replaced: bool) -> None:
    """Take from an item what was added to it. `replaced`: the publisher's chapters may have been."""
    if source.find("guid") is None:
        for guid in ours.findall("guid"):
            ours.remove(guid)
    for tag in ("description", CONTENT):
        new, old = ours.find(tag), source.find(tag)
        if new is None:
            continue
        if old is None:
            ours.remove(new)
            continue
        assert (old.text or "").strip() in (new.text or "")
        new.text = old.text
    for tag in (PSC, CHAPTERS, SOUNDBITE):
        known = [shape(node) for node in source.findall(tag)]
        for node in ours.findall(tag):
            if shape(node) in known:
                known.remove(shape(node))
            else:
                ours.remove(node)
        assert not known or replaced


def notes_in_order(item: etree._Element) -> None:
    """Put the description before content:encoded, where we may have put it."""
    description, content = item.find("description"), item.find(CONTENT)
    if description is not None and content is not None and item.index(description) > item.index(content):
        description.tail = None
        content.addprevious(description)


def compare(source: bytes, published: bytes, enriched: set[int], config: FeedConfig) -> None:
    """Hold what is left against the source, element by element."""
    theirs, ours = etree.fromstring(source)[0], etree.fromstring(published)[0]
    assert sorted(theirs.items()) == sorted(ours.items())
    before, after = theirs.findall("item"), ours.findall("item")
    assert len(before) == len(after)
    replaced = config.chapters in {"merge", "summary"}
    for i, (old, new) in enumerate(zip(deepcopy(before), after, strict=True)):
        if i in enriched or old.find("guid") is None:
            take_away(new, old, replaced=replaced)
            for item in (old, new):
                notes_in_order(item)
                for tag in (PSC, CHAPTERS) if replaced else ():
                    for node in item.findall(tag):
                        item.remove(node)
                strip_tails(item)
        assert shape(new) == shape(old)
    left = [shape(node) for node in ours.iterchildren("*") if node.tag not in OURS_OF_CHANNEL | {"item"}]
    assert left == [shape(node) for node in theirs.iterchildren("*") if node.tag not in OURS_OF_CHANNEL | {"item"}]


def strip_tails(item: etree._Element) -> None:
    """Leave the layout between an item's children out of account, where we put some between them."""
    item.text = None
    for node in item:
        node.tail = None


@given(feeds(), st.sets(st.integers(0, 2), min_size=1), settings_of)
@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.too_slow])
def test_any_feed_comes_through_with_any_summaries(source: bytes, chosen: set[int], config: FeedConfig) -> None:
    """Repeated and nested elements, unknown names, CDATA, comments, awkward text: all of it, in its order."""
    found = etree.fromstring(source).findall("channel/item")
    summaries = {i: summary_of(found[i], 3600.0) | {"title": "A"} for i in chosen if i < len(found)}
    snapshot, artifacts = make(source, summaries, config)
    verify(snapshot, artifacts, config)
    compare(source, artifacts[-1].body, set(summaries), config)
