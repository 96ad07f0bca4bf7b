"""Bytes to a `Feed`: lxml keeps every element, feedparser reads what must be understood."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from lxml import etree

from enricher.core import namespaces as ns
from enricher.core.canonical import digest_of, serialize
from enricher.core.errors import RefusedError, SourceError
from enricher.core.model import Document, Feed, Item, forget
from enricher.core.rebuild import rebuild
from enricher.core.repair import parse_xml
from enricher.core.understand import understand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.core.model import Remember

_OURS = re.compile(r"\benricher/\d")
_LIKES_OF_ITEM = tuple("{*}" + "".join(letters) for letters in product("iI", "tT", "eE", "mM"))
_LONE_ITEMS = (f"{{{ns.PODCAST}}}remoteItem", f"{{{ns.PODCAST}}}liveItem")


def parse(document: Document, *, remember: Remember = forget) -> Feed:
    """Read a feed: RSS trees are kept whole, anything else that feedparser reads is rebuilt as RSS 2.0.

    https://www.rssboard.org/rss-specification. Raises SourceError for what is no feed or has no items, RefusedError
    for our own output.
    """
    root, repairs, text = parse_xml(document)
    kept = _rss_tree(root) if root is not None else None
    rebuilt = kept is None
    if kept is None:
        kept = _rss_tree(rebuild(document, text))
        assert kept is not None  # noqa: S101 feedgen writes RSS
    channel = kept[0]
    if _OURS.search(channel.findtext("generator") or ""):
        raise RefusedError("the source is already a feed of this program; enrich the publisher's own feed instead")
    elements = channel.findall("item")
    if not elements and not any(channel.find(name) is not None for name in _LONE_ITEMS):
        raise SourceError("the feed has no items; nothing was published from it")
    return Feed(
        root=kept,
        title=" ".join((channel.findtext("title") or "").split()),
        items=_items(elements, remember),
        repairs=repairs,
        rebuilt=rebuilt,
        next_page=_next_page(channel, document),
    )


def join(pages: Sequence[Feed]) -> Feed:
    """Make one feed of the pages of a paged one (RFC 5005); an item that stands on two pages is kept once."""
    first = pages[0]
    if len(pages) == 1:
        return first
    names = {str(prefix): uri for page in reversed(pages) for prefix, uri in page.root.nsmap.items()}
    root = etree.Element("rss", _attributes(first.root), nsmap=names)
    root.append(first.root[0])
    items = {item.identity or item.digest: item for page in reversed(pages) for item in reversed(page.items)}
    ordered = list(first.items) + [
        i for p in pages[1:] for i in p.items if items.pop(i.identity or i.digest, None) is i
    ]
    for item in ordered[len(first.items) :]:
        root[0].append(item.element)
    repairs = tuple(dict.fromkeys(r for page in pages for r in page.repairs))
    return Feed(root, first.title, tuple(ordered), repairs, rebuilt=any(page.rebuilt for page in pages))


def _rss_tree(root: etree._Element) -> etree._Element | None:
    """Give the RSS tree with our prefixes, or None where the document is no RSS with one channel."""
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
    return _with_prefixes(root, channels[0])


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


def _with_prefixes(root: etree._Element, channel: etree._Element) -> etree._Element:
    """Move the channel below a root that declares the literal prefixes, the podcast namespace under its one name."""
    _rename_podcast(root)
    names, clash = dict(sorted(ns.PREFIXES.items())), False
    declared = {(prefix or "", uri) for element in (root, channel) for prefix, uri in element.nsmap.items()}
    for prefix, uri in sorted(declared):
        if not prefix or uri in ns.PREFIXES.values() or ns.PODCAST_ALIAS.fullmatch(uri):
            continue
        if uri in names.values() and names.get(prefix, uri) == uri:
            continue
        if prefix in names:
            clash = True
        elif not re.fullmatch(r"ns\d+", prefix):
            names[prefix] = uri
        else:
            names[f"x{prefix}"] = uri
    fresh = etree.Element("rss", _attributes(root) | {"version": "2.0"}, nsmap=names)
    fresh.append(_transplant(channel) if clash else channel)
    return fresh


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def _rename_podcast(root: etree._Element) -> None:
    """Bring the elements of the podcast namespace, whatever alias it has, under its one name."""
    uris = {str(element.tag)[1:].partition("}")[0] for element in root.iter("{*}*")} - {ns.PODCAST}
    for uri in filter(ns.PODCAST_ALIAS.fullmatch, uris):
        for element in list(root.iter(f"{{{uri}}}*")):
            element.tag = ns.tag(ns.PODCAST, etree.QName(element).localname)


def _transplant(old: etree._Element) -> etree._Element:
    """Let every child carry its own declarations, where our root gives the source's prefixes another meaning.

    So elements of a misspelt namespace, such as itunes in capitals, keep both their namespace and their prefix.
    """
    fresh = etree.Element(old.tag, _attributes(old))
    fresh.text, fresh.tail = old.text, old.tail
    for child in list(old):
        old.remove(child)
        fresh.append(_transplant(child) if child.tag == "item" else child)
    return fresh


def _items(elements: Sequence[etree._Element], remember: Remember) -> tuple[Item, ...]:
    written = [serialize(element) for element in elements]
    digests = [digest_of(xml) for xml in written]
    facts = understand(elements, digests, remember)
    return tuple(
        Item(element=element, digest=digest, xml=xml, **fact)
        for element, digest, xml, fact in zip(elements, digests, written, facts, strict=True)
    )


def _next_page(channel: etree._Element, document: Document) -> str | None:
    for link in channel.findall(ns.tag(ns.ATOM, "link")):
        if (link.get("rel") or "").strip().lower() == "next" and link.get("href"):
            address = urljoin(document.url, link.get("href", "").strip())
            if re.match(r"https?://", address):
                return address
    return None
