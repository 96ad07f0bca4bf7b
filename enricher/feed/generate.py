"""Feed and enriched items to artifacts: the chapters files, then the feed.

How feedgen (https://feedgen.kiesow.be/extensions.html) is used, and why so. It knows one enclosure, no `podcast:` or
`psc:`, refuses some values of itunes:explicit, and writes its fields in an order of its own, so its fields cannot carry
a publisher's feed. Its extensions can: `extend_rss` gets the `rss` element, or the `item`, that feedgen has built, and
puts the publisher's own elements, moved and not copied, in the place of feedgen's. feedgen builds the document, its
channel and every item that is added to, and writes them out; the items that stay as they are stand between them as
they were written out when the feed was read: to move and write them again would take 15 ms more for the Lex feed.
"""

from __future__ import annotations

import hashlib
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from enricher import __version__
from enricher.feed.channel import channel_nodes, ownership_proofs
from enricher.feed.chapter_formats import json_chapters, psc_chapters
from enricher.feed.xml import CONTENT, PODCAST, attributes_of, move_comments, tag
from enricher.model.edition import Artifact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.model.edition import Enriched
    from enricher.model.feed import Feed, FeedConfig

_CONTENT, _CHAPTERS = tag(CONTENT, "encoded"), tag(PODCAST, "chapters")
_SOUNDBITE, _TRANSCRIPT = tag(PODCAST, "soundbite"), tag(PODCAST, "transcript")


class ChannelExtension(BaseExtension):  # type: ignore[misc] # feedgen has no types
    """The channel: the publisher's nodes in place of feedgen's own, under the publisher's prefixes."""

    def __init__(self) -> None:
        self.root: etree._Element | None = None
        self.nodes: Sequence[etree._Element] = ()

    def extend_ns(self) -> dict[str, str]:
        """Declare the source's namespaces, in their fixed order."""
        return {} if self.root is None else {str(prefix): uri for prefix, uri in self.root.nsmap.items()}

    def extend_rss(self, feed: etree._Element) -> etree._Element:
        """Move the nodes into the channel, and comments before the root."""
        if self.root is not None:
            _replace(feed, self.root, list(feed))
            move_comments(self.root, feed)
            _replace(feed[0], self.root[0], self.nodes)
        return feed


class ItemExtension(BaseEntryExtension):  # type: ignore[misc] # feedgen has no types
    """An item: the publisher's nodes in place of feedgen's own."""

    def __init__(self) -> None:
        self.item: etree._Element | None = None
        self.nodes: Sequence[etree._Element] = ()

    def extend_rss(self, item: etree._Element) -> etree._Element:
        """Move the nodes into the item."""
        if self.item is not None:
            _replace(item, self.item, self.nodes)
        return item


def _replace(mine: etree._Element, theirs: etree._Element, nodes: Sequence[etree._Element]) -> None:
    """Take over attributes, layout and nodes."""
    for name, value in attributes_of(theirs).items():
        mine.set(name, value)
    mine.text, mine.tail = theirs.text, theirs.tail
    mine[:] = nodes


def generate(feed: Feed, enriched: Sequence[Enriched], config: FeedConfig) -> tuple[Artifact, ...]:
    """Make every file of the enriched feed, the feed itself last.

    The publisher's elements are moved, not copied: `feed` is used up.
    """
    generator = FeedGenerator()
    generator.register_extension("publisher", ChannelExtension)
    # feedgen demands these three; the extension puts the publisher's own in their place.
    generator.title("-")
    generator.link(href=config.public_url)
    generator.description("-")
    files: dict[str, Artifact] = {}
    dates = [one.match.stored.summary.published for one in enriched if one.match.stored is not None]
    newest = max((date for date in dates if date is not None), default=None)
    nodes = channel_nodes(feed, config, newest, f"enricher/{__version__}")
    touched = set[object]()
    if config.mode == "mirror":  # a token may stand in an item or a podcast:liveItem, too
        for proof in list(ownership_proofs(feed.root)):
            touched.update(proof.iterancestors("item"))
            proof.getparent().remove(proof)  # type: ignore[union-attr] # it stands below the root
    # A comment holds the place of each item that stays as it is; no feed holds one with its own digest.
    place, kept, items = feed.digest, list[bytes](), iter(enriched)
    for i, node in enumerate(nodes):
        if node.tag == "item":
            one = next(items)
            has_guid = one.item.guid is not None or node.find("guid") is not None
            if one.match.stored is not None or not has_guid or node in touched:
                nodes[i] = _item(one, config, files)
            else:
                kept.append(one.item.xml)
                nodes[i] = etree.Comment(place)
                nodes[i].tail = node.tail
    generator.publisher.root, generator.publisher.nodes = feed.root, nodes
    around = generator.rss_str().split(b"<!--%b-->" % place.encode())
    body = b"".join(chain.from_iterable(zip_longest(around, kept, fillvalue=b"")))
    return (*files.values(), Artifact(f"{config.file_name}.xml", body))


def _item(one: Enriched, config: FeedConfig, files: dict[str, Artifact]) -> etree._Element:
    """Build an item that something is added to, and the files that it points to."""
    nodes = list(one.item.element)
    if not any(node.tag == "guid" for node in nodes) and one.item.made_guid:
        nodes.append(_element("guid", one.item.made_guid, isPermaLink="false"))
    _set_notes(nodes, one)
    if one.chapters.psc:
        _put(nodes, psc_chapters(one.chapters.chapters))
    if one.chapters.json:
        body = json_chapters(one.chapters.chapters)
        # AntennaPod caches the file for good, so its name changes with its content (C34).
        path = f"{config.file_name}/chapters/{hashlib.sha256(body).hexdigest()[:16]}.json"
        files[path] = Artifact(path, body)
        _put(nodes, _element(_CHAPTERS, url=f"{config.base_url}/{path}", type="application/json+chapters"))
    if one.transcript is not None:
        language = {"language": one.transcript.language} if one.transcript.language else {}
        nodes.append(_element(_TRANSCRIPT, url=f"{config.base_url}/{one.transcript.path}", type="text/vtt", **language))
    nodes += [
        _element(_SOUNDBITE, bite.title, startTime=f"{bite.start:.1f}", duration=f"{bite.duration:.1f}")
        for bite in one.soundbites
    ]
    entry = FeedEntry()
    entry.register_extension("publisher", ItemExtension)
    entry.title("-")  # feedgen demands one
    entry.publisher.item, entry.publisher.nodes = one.item.element, nodes
    element: etree._Element = entry.rss_entry()
    return element


def _element(name: str, text: str | None = None, **attributes: str) -> etree._Element:
    element = etree.Element(name, attributes)
    element.text = text
    return element


def _set_notes(nodes: list[etree._Element], one: Enriched) -> None:
    """Write the notes, description before content:encoded (C18: some readers take the last)."""
    if one.notes.content is None and one.notes.description is None:
        return
    for name, text in (("description", one.notes.description), (_CONTENT, one.notes.content)):
        if text is None:
            continue
        element = next((node for node in nodes if node.tag == name), None)
        if element is None:
            element = etree.Element(name)
            nodes.append(element)
        # A parser reads a bare carriage return in CDATA as a line feed.
        element.text = text if "]]>" in text or "\r" in text else etree.CDATA(text)
    tags = [node.tag for node in nodes]
    if "description" in tags and _CONTENT in tags and tags.index("description") > tags.index(_CONTENT):
        nodes.insert(tags.index(_CONTENT), nodes.pop(tags.index("description")))


def _put(nodes: list[etree._Element], element: etree._Element) -> None:
    """Put an element in place of those of its name (there is one list per item, C35), else at the end."""
    places = [i for i, node in enumerate(nodes) if node.tag == element.tag] or [len(nodes)]
    for place in reversed(places[1:]):
        del nodes[place]
    nodes[places[0] : places[0] + 1] = [element]
