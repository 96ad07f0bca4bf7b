"""Feed and enriched items to artifacts: the chapters files, then the feed, built by feedgen with our extensions."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from feedgen.feed import FeedGenerator
from lxml import etree

from enricher import __version__
from enricher.feed import namespaces as ns
from enricher.feed.carriers import chapters_json, psc_element
from enricher.feed.channel import PROOFS, channel_nodes, may_prove, proves_ownership
from enricher.feed.extensions import PublisherEntryExtension, PublisherExtension
from enricher.model.edition import Artifact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.model.edition import Enriched, Soundbite
    from enricher.model.feed import Feed, FeedConfig, Item

_CONTENT = ns.tag(ns.CONTENT, "encoded")
_CHAPTERS = ns.tag(ns.PODCAST, "chapters")
_SOUNDBITE = ns.tag(ns.PODCAST, "soundbite")


def generate(feed: Feed, enriched: Sequence[Enriched], config: FeedConfig) -> tuple[Artifact, ...]:
    """Make every file of the enriched feed, the feed itself last.

    feedgen builds the channel and the items that are added to; between them the others stand as they were written
    out when the feed was read. The publisher's elements are moved, not copied: `feed` is used up.
    """
    generator = FeedGenerator()
    generator.register_extension("publisher", PublisherExtension, PublisherEntryExtension)
    # feedgen demands these three; the extension puts the publisher's own in their place.
    generator.title("-")
    generator.link(href=config.public_url)
    generator.description("-")
    files: dict[str, Artifact] = {}
    mark = f"\uf8ff{feed.digest}\uf8ff"
    changed = [changes(one.item, config, matched=one.match.stored is not None) for one in enriched]
    layout = [escape(one.item.element.tail or "", {"\r": "&#13;"}).encode() for one in enriched]
    _fill_channel(generator.publisher, feed, enriched, config, mark)
    for one in (one for one, is_new in zip(enriched, changed, strict=True) if is_new):
        entry = generator.add_entry(order="append")
        entry.title("-")
        if config.mode == "mirror":
            _drop_proofs(one.item.element)
        entry.publisher.item, entry.publisher.mark = one.item.element, mark
        entry.publisher.nodes = _item_nodes(one, config, files)
    head, *made, tail = generator.rss_str().split(mark.encode())
    news = iter(made)
    items = (next(news) if is_new else one.item.xml for one, is_new in zip(enriched, changed, strict=True))
    body = b"".join([head, *(part for pair in zip(items, layout, strict=True) for part in pair), tail])
    return (*files.values(), Artifact(f"{config.file_name}.xml", body))


def changes(item: Item, config: FeedConfig, *, matched: bool) -> bool:
    """Tell whether an item comes out otherwise than it went in."""
    if matched or (item.guid is None and item.element.find("guid") is None):
        return True
    return config.mode == "mirror" and may_prove(item.xml) and next(_proofs(item.element), None) is not None


def _fill_channel(
    extension: PublisherExtension, feed: Feed, enriched: Sequence[Enriched], config: FeedConfig, mark: str
) -> None:
    newest = max((e.match.stored.summary.published for e in enriched if _dated(e)), default=None)  # type: ignore[union-attr,type-var]
    extension.names = {str(prefix): uri for prefix, uri in feed.root.nsmap.items()}
    extension.root, extension.mark = feed.root, mark
    extension.nodes = channel_nodes(feed, config, newest, f"enricher/{__version__}")
    if config.mode == "mirror":
        for node in extension.nodes:
            _drop_proofs(node)


def _dated(one: Enriched) -> bool:
    return one.match.stored is not None and one.match.stored.summary.published is not None


def _proofs(element: etree._Element) -> Iterator[etree._Element]:
    return (node for node in element.iter(*PROOFS) if proves_ownership(node))


def _drop_proofs(element: etree._Element) -> None:
    """Take the proofs of ownership out of what a mirror publishes."""
    for node in list(_proofs(element)):
        parent = node.getparent()
        if parent is not None:
            parent.remove(node)


def _item_nodes(one: Enriched, config: FeedConfig, files: dict[str, Artifact]) -> list[etree._Element]:
    nodes = list(one.item.element)
    if not any(node.tag == "guid" for node in nodes) and one.item.audio:
        guid = etree.Element("guid", isPermaLink="false")
        guid.text = one.item.audio
        nodes.append(guid)
    _set_notes(nodes, one)
    if one.chapters.psc:
        _put(nodes, psc_element(one.chapters.chapters))
    if one.chapters.json:
        _put(nodes, _chapters_link(one, config, files))
    nodes.extend(_soundbite(bite) for bite in one.soundbites)
    return nodes


def _set_notes(nodes: list[etree._Element], one: Enriched) -> None:
    """Write the notes, description before content:encoded (some readers take the last)."""
    for tag, text in (("description", one.notes.description), (_CONTENT, one.notes.content)):
        if text is None:
            continue
        element = next((node for node in nodes if node.tag == tag), None)
        if element is None:
            element = etree.Element(tag)
            nodes.append(element)
        element.text = text if "]]>" in text or "\r" in text else etree.CDATA(text)
    if one.notes.content is None and one.notes.description is None:
        return
    tags = [node.tag for node in nodes]
    if "description" in tags and _CONTENT in tags and tags.index("description") > tags.index(_CONTENT):
        nodes.insert(tags.index(_CONTENT), nodes.pop(tags.index("description")))


def _put(nodes: list[etree._Element], element: etree._Element) -> None:
    """Put an element in place of those of its name (there is one list per item), else at the end."""
    places = [i for i, node in enumerate(nodes) if node.tag == element.tag]
    if not places:
        nodes.append(element)
        return
    nodes[places[0]] = element
    for place in reversed(places[1:]):
        del nodes[place]


def _chapters_link(one: Enriched, config: FeedConfig, files: dict[str, Artifact]) -> etree._Element:
    body = chapters_json(one.chapters.chapters)
    path = f"{config.file_name}/chapters/{hashlib.sha256(body).hexdigest()[:16]}.json"
    files[path] = Artifact(path, body)
    return etree.Element(_CHAPTERS, url=f"{config.base_url}/{path}", type="application/json+chapters")


def _soundbite(bite: Soundbite) -> etree._Element:
    element = etree.Element(_SOUNDBITE, startTime=f"{bite.start:.1f}", duration=f"{bite.duration:.1f}")
    element.text = bite.title
    return element
