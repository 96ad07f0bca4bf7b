"""Bytes to a `Feed`: lxml keeps every element, feedparser reads what has to be interpreted."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from lxml import etree

from enricher.errors import EmptyError, RefusedError
from enricher.feed.fields import read_fields
from enricher.feed.rebuild import loses_something, rebuild
from enricher.feed.repair import UNCLOSED, parse_xml, root_of
from enricher.feed.rss_tree import rss_tree
from enricher.feed.salvage import NOT_WELL_FORMED, salvage
from enricher.feed.xml import (
    ATOM,
    PODCAST,
    absolute_addresses,
    aliases_in,
    attributes_of,
    digests,
    link_rels,
    pieces,
    rename,
    tag,
)
from enricher.model.feed import BROKEN, Document, Feed, Item
from enricher.redaction import stable
from enricher.urls import is_web_address
from enricher.urls import join as join_address

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_OURS = re.compile(r"(?<![\w-])enricher/\d")  # "podcast-enricher/1.2" is another program
# A publisher feed lists other feeds, a live show its streams, in place of items.
_LONE_ITEMS = (tag(PODCAST, "remoteItem"), tag(PODCAST, "liveItem"))


def parse(document: Document, *, ours: bool = False) -> Feed:
    """Read a feed: RSS trees are kept whole, anything else that feedparser reads is rebuilt as RSS 2.0.

    https://www.rssboard.org/rss-specification. Raises SourceError for what is no feed or has no items, RefusedError
    for our own output, unless that is what is wanted.
    """
    root, repairs, text = parse_xml(document)
    salvaged = root_of((whole := salvage(text)).encode()) if root is None else None
    # Where an enclosure would be lost (contract C15), feedparser still finds it.
    if salvaged is not None and not loses_something(salvaged, text.encode(), document.body):
        root, text, repairs = salvaged, whole, (*repairs, NOT_WELL_FORMED)
    tree, joined = rss_tree(root, text.encode() or document.body) if root is not None else (None, ())
    repairs = (*repairs, *joined)
    rebuilt = ""
    if tree is None:
        rebuilt = _why_rebuilt(root)
        if root is not None and (aliases := aliases_in(text.encode() or document.body)):
            rename(root, aliases)
        made = rebuild(document, text, root)
        tree, _ = rss_tree(made, b"")
        assert tree is not None  # noqa: S101 feedgen writes RSS
    absolute_addresses(tree, document.url)
    channel = tree[0]
    if not ours and _OURS.search(channel.findtext("generator") or ""):
        raise RefusedError("the source is already a feed of this program; enrich the publisher's own feed instead")
    elements = channel.findall("item")
    if not elements and not any(channel.find(name) is not None for name in _LONE_ITEMS):
        raise EmptyError("the feed has no items; check its address, or leave it out until it has some")
    return Feed(
        root=tree,
        title=" ".join((channel.findtext("title") or "").split()),
        items=_items(elements, tree),
        repairs=repairs,
        complete=UNCLOSED not in repairs,
        rebuilt=rebuilt,
        next_page=_next_page(channel, document),
        stylesheet=root is not None
        and any(b"xml-stylesheet" in etree.tostring(one) for one in root.itersiblings(etree.PI, preceding=True)),
    )


def _why_rebuilt(root: etree._Element | None) -> str:
    name = etree.QName(root).localname.lower() if root is not None and isinstance(root.tag, str) else ""
    return {"feed": "the source is Atom", "rdf": "the source is RSS 1.0"}.get(name, BROKEN)


def join(pages: Sequence[Feed]) -> Feed:
    """Make one feed of the pages of a paged one (RFC 5005); an item that stands on two pages is kept once.

    The items of later pages follow the last item of the first, before what stands behind it in the channel.
    """
    first = pages[0]
    if len(pages) == 1:
        return first
    names = {str(prefix): uri for page in reversed(pages) for prefix, uri in page.root.nsmap.items()}
    root = etree.Element("rss", attributes_of(first.root), nsmap=names)
    root.append(first.root[0])
    # A guid that a page repeats within itself is the publisher's own doubling; the first page stays as it is.
    items = {item.identity or item.digest: item for page in reversed(pages) for item in reversed(page.items)}
    ordered = list(first.items) + [
        i for p in pages[1:] for i in p.items if items.pop(i.identity or i.digest, None) is i
    ]
    places = [n for n, node in enumerate(root[0], 1) if node.tag == "item"] or [len(root[0])]
    root[0][places[-1] : places[-1]] = [item.element for item in ordered[len(first.items) :]]
    written = pieces(root)[1::2]
    known = zip(ordered, written, digests(written, root), strict=True)
    return replace(
        first,
        root=root,
        items=tuple(replace(item, xml=xml, digest=digest) for item, xml, digest in known),
        repairs=tuple(dict.fromkeys(r for page in pages for r in page.repairs)),
        complete=all(page.complete for page in pages),
        rebuilt=next((page.rebuilt for page in pages if page.rebuilt), ""),
        next_page=None,
    )


def _next_page(channel: etree._Element, document: Document) -> str | None:
    """Return where a paged feed, or else an archived one, goes on (RFC 5005, sections 3 and 4)."""
    links = channel.findall(tag(ATOM, "link"))
    for rel in ("next", "prev-archive"):
        for link in links:
            address = join_address(document.url, link.get("href", "").strip()) if rel in link_rels(link) else None
            if is_web_address(address):
                return address
    return None


def _items(elements: Sequence[etree._Element], root: etree._Element) -> tuple[Item, ...]:
    written = pieces(root)[1::2]
    known = zip(elements, read_fields(elements), written, digests(written, root), strict=True)
    items = [Item(element=element, xml=xml, digest=digest, **facts) for element, facts, xml, digest in known]
    taken = {item.guid for item in items}
    for i, item in enumerate(items):
        if item.guid is None and item.audio:
            items[i] = replace(item, made_guid=_guid_for(item, taken))
            taken.add(items[i].made_guid)
    return tuple(items)


def _guid_for(item: Item, taken: Collection[str | None]) -> str:
    """Return the address of an item's audio, less what changes at every fetch; with more of it where that is taken."""
    guid = stable(item.audio or "")
    if guid in taken:  # `play.php?token=…` for every item
        said = repr((item.title, item.link, item.published))
        guid += f"#{hashlib.blake2b(said.encode('utf-8', 'replace'), digest_size=6).hexdigest()}"
    while guid in taken:
        guid += "-"
    return guid
