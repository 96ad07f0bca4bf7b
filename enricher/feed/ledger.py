"""What must survive of a feed, written down before generation moves it.

It is told anew here, apart from what `generate.py` and `channel.py` do, so that one mistake cannot hide the other.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from enricher.feed import namespaces as ns
from enricher.feed.xml import serialize, surroundings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

    from enricher.model.edition import Enriched
    from enricher.model.feed import Feed, FeedConfig

CONTENT = ns.tag(ns.CONTENT, "encoded")
NOTES = ("description", CONTENT)
LOCKED = ns.tag(ns.PODCAST, "locked")
_LINK = ns.tag(ns.ATOM, "link")
_AWAY = {ns.tag(ns.ITUNES, "new-feed-url"), ns.tag(ns.PODCAST, "podping")}
_AWAY_RELS = {"self", "hub", "next", "prev", "previous", "first", "last", "current", "prev-archive", "next-archive"}
_TXT = ns.tag(ns.PODCAST, "txt")
_APPLE = ns.tag(ns.ITUNES, "applepodcastsverify")


@dataclass(frozen=True, slots=True)
class Child:
    """One child of an item or channel as it was."""

    tag: str
    xml: bytes
    mirrored: bytes
    """The same as a mirror may have it: without what proves the publisher's ownership; empty where nothing is left."""
    text: str
    shell: bytes
    """Notes without their text: attributes, and whatever else stands in them."""
    away: bool
    """It speaks for the address of the unenriched feed."""

    def lasting(self, config: FeedConfig) -> bytes:
        """Give what has to survive in a channel or item, empty for nothing."""
        return self.mirrored if config.mode == "mirror" else self.xml


@dataclass(frozen=True, slots=True)
class Parts:
    """An element's attributes and children."""

    attributes: dict[str, str]
    children: tuple[Child, ...]

    def first(self, tag: str) -> Child | None:
        """Find a child."""
        return next((child for child in self.children if child.tag == tag), None)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What must survive."""

    root: dict[str, str]
    """The attributes of the `rss` element."""
    around: bytes
    """Its namespaces; see `canonical.surroundings`."""
    channel: Parts
    """The channel without its items."""
    items: tuple[tuple[bytes, Parts | None], ...]
    """Each item as bytes, and its parts where something will be added to it."""


def record(feed: Feed, enriched: Sequence[Enriched]) -> Ledger:
    """Write down what must survive, before generation moves it."""
    return Ledger(
        root=attributes(feed.root),
        around=surroundings(feed.root),
        channel=parts(feed.root[0], but="item"),
        items=tuple((one.item.xml, parts(one.item.element) if _changes(one) else None) for one in enriched),
    )


def attributes(element: etree._Element) -> dict[str, str]:
    """Give an element's attributes."""
    return {str(name): str(value) for name, value in element.attrib.items()}


def parts(parent: etree._Element, but: str = "") -> Parts:
    """Take an element down, without the children of one name."""
    return Parts(attributes(parent), tuple(_child(node) for node in parent.iterchildren("*") if node.tag != but))


def _child(node: etree._Element) -> Child:
    tag, xml, shell = str(node.tag), serialize(node), b""
    if tag in NOTES:
        bare = deepcopy(node)
        bare.text = None
        shell = serialize(bare)
    return Child(tag, xml, _mirrored(node, xml), node.text or "", shell, _leads_away(node))


def _mirrored(node: etree._Element, xml: bytes) -> bytes:
    if _proves(node):
        return b""
    if not any(map(_proves, node.iter(_APPLE, _TXT))) and node.tag != LOCKED:
        return xml
    copy = deepcopy(node)
    for proof in list(filter(_proves, copy.iter(_APPLE, _TXT))):
        proof.getparent().remove(proof)  # type: ignore[union-attr] # it stands below the copy
    if copy.tag == LOCKED:
        copy.attrib.pop("owner", "")
    return serialize(copy)


def _proves(node: etree._Element) -> bool:
    return node.tag == _APPLE or (node.tag == _TXT and node.get("purpose", "").strip().lower().endswith("verify"))


def _leads_away(node: etree._Element) -> bool:
    if node.tag != _LINK:
        return node.tag in _AWAY
    rel, mime = (node.get(name, "").strip().lower() for name in ("rel", "type"))
    return rel in _AWAY_RELS or (rel in {"", "alternate", "archives"} and mime.endswith(("rss+xml", "atom+xml")))


def _changes(one: Enriched) -> bool:
    """Tell whether anything will be added to the item, a guid included, or a proof of ownership taken from it."""
    item = one.item
    if one.match.stored is not None or (item.guid is None and item.element.find("guid") is None):
        return True
    may_prove = b"applepodcastsverify" in item.xml or b"txt" in item.xml  # most items have no such letters
    return may_prove and any(map(_proves, item.element.iter(_APPLE, _TXT)))
