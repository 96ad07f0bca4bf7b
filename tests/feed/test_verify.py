"""Every kind of loss is refused: a real edition is damaged in every way, at every place."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from enricher.errors import LossError
from enricher.feed import xml as ns
from enricher.feed.generate import generate
from enricher.feed.snapshot import take_snapshot
from enricher.feed.verify import verify
from enricher.feed.xml import canonical, serialize
from enricher.model.edition import Artifact, TranscriptFile
from tests.edition import MIRROR, enriched, make
from tests.workshop import summary_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from enricher.feed.snapshot import Snapshot
    from enricher.model.feed import FeedConfig

NAMES = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in ns.PREFIXES.items()) + ' xmlns:x="urn:x"'
SOURCE = f"""<rss version="2.0" {NAMES} x:kind="a"><channel x:kind="b">
<title>Show</title><title>Its second name</title><link>https://a.example</link><description>About it.</description>
<generator>Theirs 1.0</generator><itunes:block>yes</itunes:block><podcast:block id="google">yes</podcast:block>
<atom:link rel="payment" href="https://a.example/pay"/><atom:link rel="self" href="https://a.example/feed"/>
<podcast:locked owner="me@a.example">yes</podcast:locked><podcast:funding url="https://a.example/f">Give</podcast:funding>
<podcast:txt purpose="verify">token</podcast:txt><podcast:txt purpose="other">text</podcast:txt>
<podcast:liveItem status="pending"><title>Live</title><podcast:txt purpose="verify">t</podcast:txt></podcast:liveItem>
<itunes:category text="A"><itunes:category text="B"/></itunes:category><x:odd a="1">odd<x:deep>er</x:deep> tail</x:odd>
<item x:kind="c"><title>One</title><guid isPermaLink="false">g1</guid>
<content:encoded x:kind="d"><![CDATA[<p>All of the long notes.</p>]]></content:encoded>
<description x:kind="e">All of the notes.</description><description>Second notes.</description>
<enclosure url="https://a.example/1.mp3?a=1&amp;b=2" length="1" type="audio/mpeg"/>
<itunes:duration>3600</itunes:duration>
<podcast:person role="host">Ann</podcast:person><podcast:person role="guest">Lee</podcast:person>
<podcast:soundbite startTime="1.0" duration="20.0">Theirs</podcast:soundbite>
<psc:chapters version="1.2"><psc:chapter start="00:00:00.000" title="A"/><psc:chapter start="00:10:00.000" title="B"/>
<psc:chapter start="00:20:00.000" title="C"/></psc:chapters><x:odd a="1">odd<x:deep>er</x:deep> tail</x:odd></item>
<item><title>Two</title><guid>g2</guid><link>https://a.example/2</link><x:odd b="2"/></item>
<item><title>Three</title><enclosure url="https://a.example/3.mp3" length="1" type="audio/mpeg"/></item>
</channel></rss>""".encode()

OURS = {
    *("generator", "lastBuildDate", ns.tag(ns.ITUNES, "block"), ns.tag(ns.PODCAST, "guid")),
    ns.tag(ns.PODCAST, "chapters"),
}
CONFIGS = {
    "mirror": MIRROR,
    "own": replace(MIRROR, mode="own"),
    "merge": replace(MIRROR, chapters="merge"),
    "summary": replace(MIRROR, chapters="summary", notes="after"),
    "notes off": replace(MIRROR, notes="off", chapters="off"),
}


def edition(config: FeedConfig) -> tuple[Snapshot, tuple[Artifact, ...], etree._Element]:
    """Make an edition with a summary of the first item; give its tree too."""
    item = etree.fromstring(SOURCE).find("channel/item")
    assert item is not None
    snapshot, artifacts = make(SOURCE, {0: summary_of(item, 3600.0)}, config)
    return snapshot, artifacts, etree.fromstring(artifacts[-1].body)


def refused(snapshot: Snapshot, artifacts: tuple[Artifact, ...], root: etree._Element, config: FeedConfig) -> bool:
    """Tell whether a damaged feed is refused."""
    try:
        verify(snapshot, (*artifacts[:-1], Artifact(artifacts[-1].path, etree.tostring(root))), config)
    except LossError as error:
        return str(error).endswith("; this is a bug of this program, nothing was published")
    return False


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_an_edition_is_accepted_as_it_is(config: FeedConfig) -> None:
    """In every mode, though a mirror leaves out proofs of ownership wherever they stand."""
    snapshot, artifacts, _ = edition(config)
    verify(snapshot, artifacts, config)
    assert (b"token" in artifacts[-1].body) == (config.mode == "own")


def drop(node: etree._Element) -> None:
    """Take an element out."""
    parent = node.getparent()
    assert parent is not None
    parent.remove(node)


def double(node: etree._Element) -> None:
    """Repeat an element."""
    node.addnext(deepcopy(node))


def reword(node: etree._Element) -> None:
    """Change the text that is the publisher's, at its end."""
    node.text = (node.text or "")[:-9] + "!"


def add_attribute(node: etree._Element) -> None:
    """Add an attribute."""
    node.set("{urn:y}new", "1")


def empty_attributes(node: etree._Element) -> None:
    """Change or, where there is none, add attributes."""
    for name in node.attrib:
        node.set(name, "changed")
    node.set("{urn:y}new", "1")


def move_to_the_end(node: etree._Element) -> None:
    """Let an element change its place."""
    parent = node.getparent()
    assert parent is not None
    parent.append(node)


def rename(node: etree._Element) -> None:
    """Change an element's namespace."""
    node.tag = f"{{urn:other}}{etree.QName(node).localname}"


def adopt(node: etree._Element) -> None:
    """Give an element a child."""
    etree.SubElement(node, "{urn:y}child")


DAMAGES = (drop, double, empty_attributes, add_attribute, move_to_the_end, rename, adopt)


def theirs(root: etree._Element, config: FeedConfig) -> Iterator[str]:
    """Give the path of every element that is the publisher's and untouched, in channel and items."""
    known = {canonical(serialize(node)) for node in etree.fromstring(SOURCE).iter("*")}
    tree = root.getroottree()
    replaceable = config.chapters in {"merge", "summary"}
    for node in root[0].iterdescendants("*"):
        inside = {etree.QName(one).localname for one in (node, *node.iterancestors())}
        same = canonical(serialize(node)) in known
        if same and str(node.tag) not in OURS and not (replaceable and inside & {"chapters"}):
            yield tree.getpath(node)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_damage_to_any_element_of_the_publisher_is_refused(
    config: FeedConfig, damage: Callable[[etree._Element], None]
) -> None:
    """Wherever it stands, however deep."""
    snapshot, artifacts, root = edition(config)
    places = list(theirs(root, config))
    assert len(places) > 25
    accepted = []
    for place in places:
        damaged = deepcopy(root)
        if is_free(find(damaged, place), damage, places):
            continue
        damage(find(damaged, place))
        if not refused(snapshot, artifacts, damaged, config):
            accepted.append(place)
    assert not accepted


def find(root: etree._Element, place: str) -> etree._Element:
    """Find an element by its path."""
    found: Any = root.xpath(place, namespaces=dict(ns.PREFIXES) | {"x": "urn:x"})
    node: etree._Element = found[0]
    return node


def is_free(node: etree._Element, damage: Callable[[etree._Element], None], places: Collection[str]) -> bool:
    """Tell what is no damage: more of what we add too, a place after everything that is the publisher's."""
    if damage is double or damage is move_to_the_end:
        if etree.QName(node).localname in {"soundbite", "chapters"}:
            return True
        tree = node.getroottree()
        after = [one for one in node.itersiblings("*") if (one.tag == "item") == (node.tag == "item")]
        return damage is move_to_the_end and not any(tree.getpath(one) in places or one.tag == "item" for one in after)
    return False


SINGLE: dict[str, tuple[str, Callable[[etree._Element], None]]] = {
    "an item is dropped": ("channel/item[2]", drop),
    "an item is doubled": ("channel/item[2]", double),
    "items change places": ("channel/item[1]", move_to_the_end),
    "an item's guid changes": ("channel/item[2]/guid", reword),
    "an enclosure changes": ("channel/item[1]/enclosure", empty_attributes),
    "an item's attribute changes": ("channel/item[1]", empty_attributes),
    "the channel's attribute changes": ("channel", empty_attributes),
    "the root's attribute changes": (".", empty_attributes),
    "the notes are cut": ("channel/item[1]/description[1]", reword),
    "the long notes are cut": ("channel/item[1]/content:encoded", reword),
    "the notes are dropped": ("channel/item[1]/description[1]", drop),
    "the long notes are dropped": ("channel/item[1]/content:encoded", drop),
    "the second notes are dropped": ("channel/item[1]/description[2]", drop),
    "the second notes are cut": ("channel/item[1]/description[2]", reword),
    "the notes are doubled": ("channel/item[1]/description[1]", double),
    "the notes lose their attribute": ("channel/item[1]/description[1]", empty_attributes),
    "the long notes get a child": ("channel/item[1]/content:encoded", adopt),
    "the notes go to the end": ("channel/item[1]/description[1]", move_to_the_end),
    "their chapters are dropped": ("channel/item[1]/psc:chapters", drop),
    "their soundbite is dropped": ("channel/item[1]/podcast:soundbite[1]", drop),
    "the title is dropped": ("channel/title[1]", drop),
    "the second title is dropped": ("channel/title[2]", drop),
    "the generator is dropped": ("channel/generator", drop),
    "the generator's own name is cut": ("channel/generator", reword),
    "a block is lifted": ("channel/itunes:block", reword),
    "a block is dropped": ("channel/itunes:block", drop),
    "a directory's block is dropped": ("channel/podcast:block[@id]", drop),
    "a link that leads nowhere else is dropped": ("channel/atom:link[@rel='payment']", drop),
    "the lock is opened": ("channel/podcast:locked", reword),
    "an item without a summary changes": ("channel/item[2]", adopt),
    "the item without a guid changes": ("channel/item[3]/title", reword),
    "something strange comes into the channel": ("channel", adopt),
}


@pytest.mark.parametrize("mode", ["mirror", "own"])
@pytest.mark.parametrize(("place", "damage"), SINGLE.values(), ids=SINGLE.keys())
def test_a_loss_is_refused(mode: str, place: str, damage: Callable[[etree._Element], None]) -> None:
    """Each with a sentence of what would be lost."""
    config = replace(CONFIGS[mode], notes="before")  # the publisher's own words come last: these are cut
    snapshot, artifacts, root = edition(config)
    damage(find(root, place))
    assert refused(snapshot, artifacts, root, config)


def test_what_is_not_well_formed_is_refused() -> None:
    """Whatever made it so."""
    snapshot, artifacts, _ = edition(MIRROR)
    broken = Artifact(artifacts[-1].path, artifacts[-1].body[:-9])
    with pytest.raises(LossError, match="not well-formed"):
        verify(snapshot, (*artifacts[:-1], broken), MIRROR)


def test_a_feed_that_points_to_a_file_that_is_not_there_is_refused() -> None:
    """Every chapters file of ours is published with it."""
    snapshot, artifacts, _ = edition(MIRROR)
    assert len(artifacts) == 2
    with pytest.raises(LossError, match="a chapters file that there is not"):
        verify(snapshot, artifacts[-1:], MIRROR)


def test_the_chapter_list_may_be_replaced_only_where_that_is_configured() -> None:
    """And then there has to be one."""
    for name in ("merge", "summary"):
        config = CONFIGS[name]
        snapshot, artifacts, root = edition(config)
        with pytest.raises(LossError, match="chapter list of the publisher's item"):
            verify(snapshot, artifacts, MIRROR)
        drop(find(root, "channel/item[1]/psc:chapters"))
        assert refused(snapshot, artifacts, root, config)


@pytest.mark.parametrize("notes", ["", "<description>00:00 Hello\n10:00 Soil\n30:00 Rain</description>"])
def test_an_empty_list_of_the_publishers_is_filled(notes: str) -> None:
    """By the list in the notes, else by ours: the empty element is no list that would be lost."""
    source = (
        '<rss version="2.0" xmlns:psc="http://podlove.org/simple-chapters"><channel><title>Bees</title><item>'
        f"<title>One</title><guid>1</guid>{notes}<psc:chapters version='1.2'/></item></channel></rss>"
    ).encode()
    topics = [{"title": f"Ours {n}", "start": 60.0 * n} for n in range(4)]
    snapshot, artifacts = make(source, {0: {"title": "One", "topics": topics}})
    verify(snapshot, artifacts, MIRROR)
    published = ns.parse_strict(artifacts[-1].body)
    titles = [one.get("title") for one in published.iter("{http://podlove.org/simple-chapters}chapter")]
    assert titles == (["Hello", "Soil", "Rain"] if notes else ["Ours 0", "Ours 1", "Ours 2", "Ours 3"])


# The one transcript that we may add, contract C52

TRANSCRIPT = TranscriptFile("show/transcripts/0123456789abcdef.vtt", "0" * 64, 1, "de")


def transcribed(source: bytes) -> tuple[Snapshot, tuple[Artifact, ...], etree._Element]:
    """Make an edition whose first item gets a transcript of ours."""
    document = summary_of(etree.fromstring(source).find("channel/item"), 3600.0)  # type: ignore[arg-type] # it is there
    feed, (first, *others) = enriched(source, {0: document}, MIRROR)
    items = (replace(first, transcript=TRANSCRIPT), *others)
    snapshot = take_snapshot(feed, items, MIRROR)
    artifacts = generate(feed, items, MIRROR)
    return snapshot, artifacts, etree.fromstring(artifacts[-1].body)


def test_an_item_without_a_transcript_may_get_one_whose_file_is_there() -> None:
    """With its type and language, at the item's end; where the file is not published the feed is refused."""
    snapshot, artifacts, root = transcribed(SOURCE)
    verify(snapshot, artifacts, MIRROR, [TRANSCRIPT.path])
    (added,) = root.iter(ns.tag(ns.PODCAST, "transcript"))
    assert dict(added.items()) == {
        "url": f"{MIRROR.base_url}/{TRANSCRIPT.path}",
        "type": "text/vtt",
        "language": "de",
    }
    with pytest.raises(LossError, match="a transcript that there is not"):
        verify(snapshot, artifacts, MIRROR)


@pytest.mark.parametrize(
    "damage",
    [double, lambda node: node.set("type", "text/html"), lambda node: node.set("url", "https://a.example/x.vtt")],
)
def test_no_other_transcript_may_come(damage: Callable[[etree._Element], None]) -> None:
    """A second one, another type, another address."""
    snapshot, artifacts, root = transcribed(SOURCE)
    (added,) = root.iter(ns.tag(ns.PODCAST, "transcript"))
    damage(added)
    with pytest.raises(LossError, match="a transcript that there is not"):
        verify(
            snapshot,
            (Artifact(artifacts[-1].path, etree.tostring(root)),),
            replace(MIRROR, chapters="summary"),
            [TRANSCRIPT.path, *(one.path for one in artifacts)],
        )


def test_the_publishers_transcript_stays_alone() -> None:
    """One of ours beside it is refused, and so is the loss of theirs."""
    theirs = SOURCE.replace(
        b"<itunes:duration>3600", b"<podcast:transcript url='https://a.example/1.srt'/><itunes:duration>3600"
    )
    snapshot, artifacts, root = transcribed(theirs)
    with pytest.raises(LossError, match="lost, changed or moved"):
        verify(snapshot, artifacts, MIRROR, [TRANSCRIPT.path])
    first, second = root.iter(ns.tag(ns.PODCAST, "transcript"))
    drop(first)
    with pytest.raises(LossError, match="lost, changed or moved"):
        verify(
            snapshot, (*artifacts[:-1], Artifact(artifacts[-1].path, etree.tostring(root))), MIRROR, [TRANSCRIPT.path]
        )
    assert second.get("type") == "text/vtt"
