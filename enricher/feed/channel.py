"""The channel of the enriched feed: the publisher's own elements, less what speaks for the publisher's own address."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

from lxml import etree

from enricher.feed import namespaces as ns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enricher.model.feed import Feed, FeedConfig

_LINK = ns.tag(ns.ATOM, "link")
_ITUNES_BLOCK = ns.tag(ns.ITUNES, "block")
_PODCAST_BLOCK = ns.tag(ns.PODCAST, "block")
_GUID = ns.tag(ns.PODCAST, "guid")
_PAGING = {"next", "prev", "previous", "first", "last", "current", "prev-archive", "next-archive"}
_ALWAYS_GONE = {ns.tag(ns.ITUNES, "new-feed-url"), ns.tag(ns.PODCAST, "podping")}
_OWNERSHIP = {"verify", "applepodcastsverify"}
_APPLE, _TXT = ns.tag(ns.ITUNES, "applepodcastsverify"), ns.tag(ns.PODCAST, "txt")
PROOFS = (_APPLE, _TXT)
"""Elements that may prove ownership."""
_GUID_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def channel_nodes(feed: Feed, config: FeedConfig, newest: dt.date | None, version: str) -> list[etree._Element]:
    """Give the channel's nodes without its items, in the publisher's order, ready to be moved."""
    nodes = [node for node in feed.root[0] if node.tag != "item" and not _gone(node, config)]
    _title(nodes, feed, config)
    _generator(nodes, version)
    _build_date(nodes, newest)
    if config.mode == "mirror":
        _mirror(nodes, config)
    if config.private or (config.mode == "mirror" and not config.listed):
        _block(nodes)
    _self_link(nodes, config)
    return nodes


def podcast_guid(url: str) -> str:
    """Derive a feed's podcast:guid from its address.

    https://podcasting2.org/docs/podcast-namespace/tags/guid
    """
    return str(uuid.uuid5(_GUID_NAMESPACE, re.sub(r"^\w+://", "", url).rstrip("/")))


def _gone(node: etree._Element, config: FeedConfig) -> bool:
    """Tell what is left out: addresses of the unenriched feed, and in a mirror the publisher's proofs of ownership."""
    if node.tag in _ALWAYS_GONE:
        return True
    if node.tag == _LINK:
        return _leads_away(node)
    return config.mode == "mirror" and proves_ownership(node)


def may_prove(xml: bytes) -> bool:
    """Tell quickly whether there may be a proof of ownership in a serialized item."""
    return b"applepodcastsverify" in xml or b"txt" in xml


def proves_ownership(node: etree._Element) -> bool:
    """Tell a token by which the publisher proves that the feed at their own address is theirs."""
    return node.tag == _APPLE or (node.tag == _TXT and (node.get("purpose") or "").strip().lower() in _OWNERSHIP)


def _leads_away(link: etree._Element) -> bool:
    rel = (link.get("rel") or "alternate").strip().lower()
    mime = (link.get("type") or "").strip().lower()
    feedish = mime.endswith(("rss+xml", "atom+xml"))
    return rel in _PAGING | {"self", "hub"} or (rel in {"alternate", "archives"} and feedish)


def _find(nodes: Iterable[etree._Element], tag: str) -> etree._Element | None:
    return next((node for node in nodes if node.tag == tag), None)


def _make(tag: str, text: str | None = None, **attributes: str) -> etree._Element:
    """Make an element that carries its own prefix, lest the source gives that prefix another meaning."""
    uri = etree.QName(tag).namespace
    prefix = next((p for p, u in ns.PREFIXES.items() if u == uri), None)
    element = etree.Element(tag, attributes, nsmap={prefix: uri} if prefix and uri else None)
    element.text = text
    return element


def _title(nodes: list[etree._Element], feed: Feed, config: FeedConfig) -> None:
    title = _find(nodes, "title")
    if title is None:
        title = _make("title", config.name)
        nodes.insert(0, title)
    if config.mode == "mirror":
        title.text = config.title.replace("{title}", feed.title or config.name)
        del title[:]


def _generator(nodes: list[etree._Element], version: str) -> None:
    generator = _find(nodes, "generator")
    theirs = (generator.text or "").strip() if generator is not None else ""
    if generator is None:
        generator = _make("generator")
        nodes.append(generator)
    generator.text = f"{version} ({theirs})" if theirs else version


def _build_date(nodes: list[etree._Element], newest: dt.date | None) -> None:
    """Set lastBuildDate to the newest summary's day where that is later; no clock is asked."""
    if newest is None:
        return
    ours = dt.datetime.combine(newest, dt.time(), tzinfo=dt.UTC)
    element = _find(nodes, "lastBuildDate")
    if element is None:
        element = _make("lastBuildDate")
        nodes.append(element)
    theirs = _parse_date(element.text)
    if theirs is None or theirs < ours:
        element.text = format_datetime(ours)


def _parse_date(text: str | None) -> dt.datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=dt.UTC)


def _mirror(nodes: list[etree._Element], config: FeedConfig) -> None:
    guids = [node for node in nodes if node.tag == _GUID]
    guid = guids[0] if guids else _make(_GUID)
    guid.text = podcast_guid(config.public_url)
    if not guids:
        nodes.append(guid)
    for extra in guids[1:]:
        nodes.remove(extra)
    for node in nodes:
        if node.tag == ns.tag(ns.PODCAST, "locked"):
            node.attrib.pop("owner", "")


def _block(nodes: list[etree._Element]) -> None:
    """Keep the mirror out of directories, where it would stand beside the show."""
    itunes = _find(nodes, _ITUNES_BLOCK)
    if itunes is None:
        itunes = _make(_ITUNES_BLOCK)
        nodes.append(itunes)
    itunes.text = "Yes"
    general = next((n for n in nodes if n.tag == _PODCAST_BLOCK and not n.get("id")), None)
    if general is None:
        general = _make(_PODCAST_BLOCK)
        nodes.append(general)
    general.text = "yes"


def _self_link(nodes: list[etree._Element], config: FeedConfig) -> None:
    """Put our own address first among the atom links, right after the title where that comes before them."""
    link = _make(_LINK, href=config.public_url, rel="self", type="application/rss+xml")
    place = next(i for i, node in enumerate(nodes, 1) if node.tag == "title")
    nodes.insert(next((i for i, node in enumerate(nodes[:place]) if node.tag == _LINK), place), link)
    if config.hub:
        nodes.insert(nodes.index(link) + 1, _make(_LINK, href=config.hub, rel="hub"))
