"""Feed and enriched items to artifacts: the chapters files, then the feed, built by feedgen with our extensions."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from feedgen.feed import FeedGenerator
from lxml import etree

from enricher import __version__
from enricher.core import namespaces as ns
from enricher.core.carriers import chapters_json, psc_element
from enricher.core.channel import PROOFS, channel_nodes, proves_ownership
from enricher.core.extensions import PublisherEntryExtension, PublisherExtension
from enricher.core.model import Artifact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.core.model import Enriched, Feed, FeedConfig, Soundbite

_CONTENT = ns.tag(ns.CONTENT, "encoded")
_PSC = ns.tag(ns.PSC, "chapters")
_CHAPTERS = ns.tag(ns.PODCAST, "chapters")
_SOUNDBITE = ns.tag(ns.PODCAST, "soundbite")


def generate(feed: Feed, enriched: Sequence[Enriched], config: FeedConfig) -> tuple[Artifact, ...]:
    """Make every file of the enriched feed, the feed itself last.

    The publisher's elements are moved, not copied: `feed` is used up.
    """
    generator = FeedGenerator()
    generator.register_extension("publisher", PublisherExtension, PublisherEntryExtension)
    # feedgen demands these three; the extension puts the publisher's own in their place.
    generator.title("-")
    generator.link(href=config.public_url)
    generator.description("-")
    newest = max((e.match.stored.summary.published for e in enriched if _dated(e)), default=None)  # type: ignore[union-attr,type-var]
    generator.publisher.names = {str(prefix): uri for prefix, uri in feed.root.nsmap.items()}
    generator.publisher.root = feed.root
    generator.publisher.nodes = channel_nodes(feed, config, newest, f"enricher/{__version__}")
    files: dict[str, Artifact] = {}
    if config.mode == "mirror":
        _drop_proofs(feed.root)
    for one in enriched:
        entry = generator.add_entry(order="append")
        entry.title("-")
        entry.publisher.item = one.item.element
        entry.publisher.nodes = _item_nodes(one, config, files)
    return (*files.values(), Artifact(f"{config.file_name}.xml", generator.rss_str()))


def _dated(one: Enriched) -> bool:
    return one.match.stored is not None and one.match.stored.summary.published is not None


def _drop_proofs(root: etree._Element) -> None:
    """Take the proofs of ownership out of a mirror's items; those of the channel are gone."""
    for node in [node for node in root.iter(*PROOFS) if proves_ownership(node)]:
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
