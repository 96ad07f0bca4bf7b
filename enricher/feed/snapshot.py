"""What must survive of a source: written down before generation moves its elements, for verify.py to look for.

What may change is told anew in both, apart from what generate.py and channel.py do, so that one mistake cannot hide the
other.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lxml import etree

from enricher.feed.xml import (
    ATOM,
    CONTENT,
    ITUNES,
    PODCAST,
    PSC,
    attributes_of,
    serialize,
    surroundings,
    tag,
)
from enricher.redaction import holds_hidden

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from enricher.model.edition import Enriched
    from enricher.model.feed import Feed, FeedConfig

_CONTENT = tag(CONTENT, "encoded")
NOTES = ("description", _CONTENT)
CHAPTERS = (tag(PODCAST, "chapters"), tag(PSC, "chapters"))
_LOCKED, _LINK = tag(PODCAST, "locked"), tag(ATOM, "link")
BLOCKS = (tag(ITUNES, "block"), tag(PODCAST, "block"))
_TXT, _APPLE = tag(PODCAST, "txt"), tag(ITUNES, "applepodcastsverify")
_AWAY = {tag(ITUNES, "new-feed-url"), tag(PODCAST, "podping")}
_FEED_TYPES = {"text/xml", "application/xml", "application/json"}
_AWAY_RELS = {"self", "hub", "next", "prev", "previous", "first", "last", "current", "prev-archive", "next-archive"}


@dataclass(frozen=True, slots=True)
class Child:
    """One child of an item or channel."""

    tag: str
    """Empty for comments and processing instructions."""
    xml: bytes
    """What has to survive of it; empty for nothing."""
    text: str
    shell: bytes
    """Notes without their text: attributes, and whatever else stands in them."""


@dataclass(frozen=True, slots=True)
class Parts:
    """An element's attributes and children."""

    attributes: dict[str, str]
    children: tuple[Child, ...]

    def first(self, name: str) -> Child | None:
        """Return the first child of a name. A block of one directory alone is not the block."""
        named = (child for child in self.children if child.tag == name)
        return next((child for child in named if not (name in BLOCKS and b" id=" in child.xml)), None)

    def all(self, names: Collection[str]) -> list[Child]:
        """Return the children of some names."""
        return [child for child in self.children if child.tag in names]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What must survive of a source."""

    root: dict[str, str]
    """The attributes of the `rss` element."""
    surroundings: bytes
    """Its namespaces; see xml.py."""
    before: tuple[bytes, ...]
    """Comments before it."""
    channel: Parts
    """Its items are places without content."""
    items: tuple[tuple[bytes, Parts | None], ...]
    """Each item as bytes, and its parts where something will be added to it."""


def take_snapshot(feed: Feed, enriched: Sequence[Enriched], config: FeedConfig) -> Snapshot:
    """Write down what must survive, before generation moves it."""
    mirrored = config.mode == "mirror"
    proofs = filter(_proves, feed.root.iter(_APPLE, _TXT))
    touched = {item for proof in proofs for item in proof.iterancestors("item")}
    return Snapshot(
        root=attributes_of(feed.root),
        surroundings=surroundings(feed.root),
        before=comments_before(feed.root),
        channel=parts_of(feed.root[0], mirrored=mirrored),
        items=tuple(
            (
                one.item.xml,
                parts_of(one.item.element, mirrored=mirrored, empty=_empty_lists(one))
                if _may_change(one, touched)
                else None,
            )
            for one in enriched
        ),
    )


def _may_change(one: Enriched, touched: Collection[etree._Element]) -> bool:
    """Check whether anything will be added to the item, a guid included, or a proof of ownership taken from it."""
    element = one.item.element
    has_guid = one.item.guid is not None or element.find("guid") is not None
    return one.match.stored is not None or not has_guid or element in touched


def _empty_lists(one: Enriched) -> set[str]:
    """Return the carriers whose list of the publisher's is empty or all hidden: it is none (contract C39)."""
    lists = zip(CHAPTERS, (one.marks.has_json, one.marks.has_psc), strict=True)
    return {name for name, there in lists if not there} if one.match.stored else set()


def comments_before(root: etree._Element) -> tuple[bytes, ...]:
    """Return the comments before the root element, in order."""
    return tuple(reversed([serialize(node) for node in root.itersiblings(etree.Comment, preceding=True)]))


def parts_of(parent: etree._Element, *, mirrored: bool = False, empty: Collection[str] = ()) -> Parts:
    """Take an element down; `mirrored`: as a mirror may have it, without what proves the publisher's ownership.

    Of children that are `empty` nothing has to survive.
    """
    children = _children(parent, mirrored=mirrored)
    free = (replace(one, xml=b"") if one.tag in empty else one for one in children)
    return Parts(attributes_of(parent), tuple(free))


def _children(parent: etree._Element, *, mirrored: bool) -> Iterator[Child]:
    for node in parent:
        if not isinstance(node.tag, str):
            yield Child("", _unhidden(node), "", b"")  # type: ignore[unreachable] # a comment's tag is a function
        elif node.tag == "item":
            yield Child("item", b"<item/>", "", b"")
        else:
            shell = b""
            if node.tag in NOTES:
                bare = deepcopy(node)
                bare.text = None
                shell = serialize(bare)
            yield Child(node.tag, _lasting(node, mirrored=mirrored), node.text or "", shell)


def _lasting(node: etree._Element, *, mirrored: bool) -> bytes:
    if _leads_away(node) or (mirrored and _proves(node)):
        return b""
    parent = node.getparent()
    # In an item, where it means nothing, it stays whole.
    locked = node.tag == _LOCKED and parent is not None and parent.tag == "channel"
    if not mirrored or not (locked or any(map(_proves, node.iter(_APPLE, _TXT)))):
        return _unhidden(node)
    copy = deepcopy(node)
    for proof in list(filter(_proves, copy.iter(_APPLE, _TXT))):
        proof.getparent().remove(proof)  # type: ignore[union-attr] # it stands below the copy
    if locked:
        copy.attrib.pop("owner", "")
    return serialize(copy)


def _unhidden(node: etree._Element) -> bytes:
    """Write out what may be published of an element or comment: nothing where it holds a secret."""
    xml = serialize(node)
    return b"" if holds_hidden(xml) else xml


def _proves(node: etree._Element) -> bool:
    return node.tag == _APPLE or (node.tag == _TXT and node.get("purpose", "").strip().lower().endswith("verify"))


def _leads_away(node: etree._Element) -> bool:
    """Check whether an element speaks for the address of the unenriched feed."""
    if node.tag != _LINK:
        return node.tag in _AWAY or (node.tag == "link" and bool(node.get("rel")))
    rels = set(node.get("rel", "alternate").lower().split())
    mime = node.get("type", "").lower().split(";")[0].strip()
    is_feed = mime in _FEED_TYPES or mime.endswith(("rss+xml", "atom+xml", "rdf+xml", "feed+json"))
    return bool(rels & _AWAY_RELS) or (is_feed and (not rels or bool(rels & {"alternate", "archives"})))
