"""Bytes to a `Feed`: lxml keeps every element, feedparser reads what must be understood."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from lxml import etree

from enricher.errors import RefusedError, SourceError
from enricher.feed import namespaces as ns
from enricher.feed.prefixes import agree, attributes_of, has_our_prefixes, with_our_prefixes
from enricher.feed.rebuild import rebuild
from enricher.feed.repair import UNCLOSED, parse_xml
from enricher.feed.understand import understand
from enricher.feed.xml import digest_of, pieces, surroundings
from enricher.model.feed import Document, Feed, Item, forget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.model.feed import Remember

_OURS = re.compile(r"\benricher/\d")
_LIKES_OF_ITEM = tuple("{*}" + "".join(letters) for letters in product("iI", "tT", "eE", "mM"))
_LONE_ITEMS = (f"{{{ns.PODCAST}}}remoteItem", f"{{{ns.PODCAST}}}liveItem")


def parse(document: Document, *, remember: Remember = forget, ours: bool = False) -> Feed:
    """Read a feed: RSS trees are kept whole, anything else that feedparser reads is rebuilt as RSS 2.0.

    https://www.rssboard.org/rss-specification. Raises SourceError for what is no feed or has no items, RefusedError
    for our own output, unless that is what is wanted.
    """
    root, repairs, text = parse_xml(document)
    tree = _rss_tree(root) if root is not None else None
    rebuilt = tree is None
    if tree is None:
        tree = _rss_tree(rebuild(document, text))
        assert tree is not None  # noqa: S101 feedgen writes RSS
    kept, written = tree
    channel = kept[0]
    if not ours and _OURS.search(channel.findtext("generator") or ""):
        raise RefusedError("the source is already a feed of this program; enrich the publisher's own feed instead")
    elements = channel.findall("item")
    if not elements and not any(channel.find(name) is not None for name in _LONE_ITEMS):
        raise SourceError("the feed has no items; check its address, or leave it out until it has some")
    return Feed(
        root=kept,
        title=" ".join((channel.findtext("title") or "").split()),
        items=_items(elements, _digested(written, kept), remember),
        repairs=repairs,
        complete=UNCLOSED not in repairs,
        rebuilt=rebuilt,
        next_page=_next_page(channel, document),
    )


def join(pages: Sequence[Feed]) -> Feed:
    """Make one feed of the pages of a paged one (RFC 5005); an item that stands on two pages is kept once."""
    first = pages[0]
    if len(pages) == 1:
        return first
    names = {str(prefix): uri for page in reversed(pages) for prefix, uri in page.root.nsmap.items()}
    root = etree.Element("rss", attributes_of(first.root), nsmap=names)
    root.append(first.root[0])
    items = {item.identity or item.digest: item for page in reversed(pages) for item in reversed(page.items)}
    ordered = list(first.items) + [
        i for p in pages[1:] for i in p.items if items.pop(i.identity or i.digest, None) is i
    ]
    for item in ordered[len(first.items) :]:
        root[0].append(item.element)
    repairs = tuple(dict.fromkeys(r for page in pages for r in page.repairs))
    items_there = tuple(
        replace(item, xml=xml, digest=digest)
        for item, (xml, digest) in zip(ordered, _digested(pieces(root), root), strict=True)
    )
    complete, rebuilt = all(page.complete for page in pages), any(page.rebuilt for page in pages)
    return Feed(root, first.title, items_there, repairs, complete=complete, rebuilt=rebuilt)


def _rss_tree(root: etree._Element) -> tuple[etree._Element, list[bytes]] | None:
    """Give the RSS tree with our prefixes and its `pieces`; None where the document is no RSS with one channel."""
    if root.tag == "rss" and len(root) == 1 and root[0].tag == "channel" and has_our_prefixes(root):
        written = pieces(root)
        if _is_plain(written) and agree(root, written):
            return root, written
    channel = _only_channel(root)
    if channel is None:
        return None
    tree = with_our_prefixes(root, channel)
    return tree, pieces(tree)


def _is_plain(written: Sequence[bytes]) -> bool:
    """Tell quickly that no item stands elsewhere or is written otherwise."""
    shown = sum(piece.lower().count(b"<item") for piece in written)
    return shown == len(written) // 2


def _only_channel(root: etree._Element) -> etree._Element | None:
    """Give the one channel of an RSS document with all of its items in it; None where there is none, or several."""
    local = etree.QName(root).localname if isinstance(root.tag, str) else ""
    if local != "rss":
        return None
    _drop_default_namespace(root)
    channels = root.findall("channel")
    if len(channels) != 1:
        return None
    before = list(channels[0].itersiblings("item", preceding=True))
    channels[0][:0] = reversed(before)
    channels[0].extend(root.findall("item"))
    if len(channels[0].findall("item")) != len(_likes_of_item(root)):
        return None
    return channels[0]


def _drop_default_namespace(root: etree._Element) -> None:
    """Take RSS's own elements out of the namespace that some feeds put them in; RSS has none, and small letters."""
    for top in [root, *_likes_of_item(root)]:
        namespace = etree.QName(top).namespace
        for element in list(top.iter(f"{{{namespace}}}*")) if namespace else ():
            element.tag = etree.QName(element).localname
    for element in _likes_of_item(root):
        if element.tag != "item":
            element.tag = "item"


def _likes_of_item(root: etree._Element) -> list[etree._Element]:
    """Find what readers take for an item, whatever its case, and whatever namespace it is in without a prefix."""
    return [element for element in root.iter(*_LIKES_OF_ITEM) if not element.prefix]


def _items(
    elements: Sequence[etree._Element], written: Sequence[tuple[bytes, str]], remember: Remember
) -> tuple[Item, ...]:
    facts = understand(elements, [digest for _, digest in written], remember)
    return tuple(
        Item(element=element, digest=digest, xml=xml, **fact)
        for element, (xml, digest), fact in zip(elements, written, facts, strict=True)
    )


def _digested(written: Sequence[bytes], root: etree._Element) -> list[tuple[bytes, str]]:
    """Give the items among a feed's pieces, each with the digest by which it is known again."""
    around = surroundings(root)
    return [(xml, digest_of(xml, around)) for xml in written[1::2]]


def _next_page(channel: etree._Element, document: Document) -> str | None:
    for link in channel.findall(ns.tag(ns.ATOM, "link")):
        if (link.get("rel") or "").strip().lower() == "next" and link.get("href"):
            address = urljoin(document.url, link.get("href", "").strip())
            if re.match(r"https?://", address):
                return address
    return None
