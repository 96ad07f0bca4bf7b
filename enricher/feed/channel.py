"""The channel of the enriched feed: the publisher's own elements, less what speaks for the publisher's own address."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

from lxml import etree

from enricher.feed.xml import ATOM, ITUNES, PODCAST, PREFIXES, link_rels, serialize, tag
from enricher.redaction import holds_hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enricher.model.feed import Feed, FeedConfig

_LINK, _GUID, _LOCKED = tag(ATOM, "link"), tag(PODCAST, "guid"), tag(PODCAST, "locked")
_ITUNES_BLOCK, _PODCAST_BLOCK = tag(ITUNES, "block"), tag(PODCAST, "block")
_APPLE, _TXT = tag(ITUNES, "applepodcastsverify"), tag(PODCAST, "txt")
# AntennaPod would move the subscriber away (C4); podping announces the publisher's own address (C6).
_ALWAYS_GONE = {tag(ITUNES, "new-feed-url"), tag(PODCAST, "podping")}
_AWAY = {
    *("self", "hub"),
    *("next", "prev", "previous", "first", "last", "current", "prev-archive", "next-archive"),
}
_XML_TYPES = {"application/xml", "text/xml", "application/json"}
_PURPOSES = {"verify", "applepodcastsverify"}
_GUID_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def channel_nodes(feed: Feed, config: FeedConfig, newest: dt.date | None, version: str) -> list[etree._Element]:
    """Return the channel's nodes, items included, in the publisher's order, ready to be moved.

    What we add stands before the first item, where apps look for what a channel says. `newest` is the day of the
    newest summary.
    """
    nodes = [node for node in feed.root[0] if not _is_gone(node, config)]
    _set_title(nodes, feed, config)
    generator = _require(nodes, "generator")
    theirs = (generator.text or "").strip()
    generator.text = f"{version} ({theirs})" if theirs else version
    if newest is not None:
        _set_build_date(nodes, newest)
    if config.mode == "mirror":
        _speak_for_ourselves(nodes, config)
    if config.unlisted:  # in a directory the mirror would stand beside the show (C13)
        _require(nodes, _ITUNES_BLOCK).text = "Yes"
        general = next((n for n in nodes if n.tag == _PODCAST_BLOCK and not n.get("id")), None)
        (_added(nodes, _PODCAST_BLOCK) if general is None else general).text = "yes"
    _set_self_link(nodes, config)
    return nodes


def podcast_guid(url: str) -> str:
    """Derive a feed's podcast:guid from its address.

    https://podcasting2.org/docs/podcast-namespace/tags/guid
    """
    return str(uuid.uuid5(_GUID_NAMESPACE, re.sub(r"^\w+://", "", url).rstrip("/")))


def ownership_proofs(element: etree._Element) -> Iterator[etree._Element]:
    """Find the tokens by which the publisher proves that the feed at their own address is theirs (C6)."""
    return (node for node in element.iter(_APPLE, _TXT) if _proves_ownership(node))


def _proves_ownership(node: etree._Element) -> bool:
    return node.tag == _APPLE or (node.tag == _TXT and (node.get("purpose") or "").strip().lower() in _PURPOSES)


def _is_gone(node: etree._Element, config: FeedConfig) -> bool:
    """Check for what is left out: addresses of the unenriched feed, and in a mirror the proofs of ownership."""
    if node.tag == _LINK:
        rels = link_rels(node)
        return bool(rels & _AWAY or (rels & {"alternate", "archives"} and _is_feed_type(node)))
    if node.tag == _PODCAST_BLOCK and config.unlisted and node.get("id"):
        return (node.text or "").strip().lower() == "no"  # it would invite one directory
    if node.tag != "item" and holds_hidden(serialize(node)):  # such as the address that we fetch
        return True
    is_html = node.tag == "link" and bool(node.get("rel"))  # HTML's link, as some themes write it
    return is_html or node.tag in _ALWAYS_GONE or (config.mode == "mirror" and _proves_ownership(node))


def _is_feed_type(link: etree._Element) -> bool:
    """Check for the media type of a feed, parameters aside (https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1)."""
    kind = (link.get("type") or "").partition(";")[0].strip().lower()
    return kind in _XML_TYPES or kind.endswith(("rss+xml", "atom+xml", "rdf+xml", "feed+json"))


def _find(nodes: Iterable[etree._Element], name: str) -> etree._Element | None:
    return next((node for node in nodes if node.tag == name), None)


def _require(nodes: list[etree._Element], name: str) -> etree._Element:
    """Return the first element of a name, added where there is none."""
    found = _find(nodes, name)
    return _added(nodes, name) if found is None else found


def _added(nodes: list[etree._Element], name: str) -> etree._Element:
    """Add an element before the items."""
    element = _make(name)
    nodes.insert(next((i for i, node in enumerate(nodes) if node.tag == "item"), len(nodes)), element)
    return element


def _make(name: str, **attributes: str) -> etree._Element:
    """Make an element that carries its own prefix, lest the source gives that prefix another meaning."""
    uri = etree.QName(name).namespace
    prefix = next((p for p, u in PREFIXES.items() if u == uri), None)
    return etree.Element(name, attributes, nsmap={prefix: uri} if prefix and uri else None)


def _set_title(nodes: list[etree._Element], feed: Feed, config: FeedConfig) -> None:
    title = _find(nodes, "title")
    if title is None:
        title = _make("title")
        title.text = config.name
        nodes.insert(0, title)
    if config.mode == "mirror":
        # Pocket Casts and Podcast Addict swap a like-named mirror back to the original (C12).
        title.text = config.title.replace("{title}", feed.title or config.name)
        del title[:]


def _set_build_date(nodes: list[etree._Element], newest: dt.date) -> None:
    """Set lastBuildDate to the newest summary's day where that is later; no clock is asked (C44)."""
    ours = dt.datetime.combine(newest, dt.time(), tzinfo=dt.UTC)
    element = _require(nodes, "lastBuildDate")
    try:
        theirs = parsedate_to_datetime(element.text or "")
    except ValueError:
        theirs = None
    if theirs is None or theirs.replace(tzinfo=theirs.tzinfo or dt.UTC) < ours:
        element.text = format_datetime(ours)


def _speak_for_ourselves(nodes: list[etree._Element], config: FeedConfig) -> None:
    """Set a mirror's own podcast:guid (C7), and take the owner off podcast:locked (C6)."""
    guids = [node for node in nodes if node.tag == _GUID] or [_added(nodes, _GUID)]
    guids[0].text = podcast_guid(config.public_url)
    for extra in guids[1:]:
        nodes.remove(extra)
    for node in nodes:
        if node.tag == _LOCKED:
            node.attrib.pop("owner", "")


def _set_self_link(nodes: list[etree._Element], config: FeedConfig) -> None:
    """Put our own address first among the atom links, right after the title where that comes before them.

    Audiobookshelf takes the first link for the feed's own, whatever its rel says (C3).
    """
    link = _make(_LINK, href=config.public_url, rel="self", type="application/rss+xml")
    place = next(i for i, node in enumerate(nodes, 1) if node.tag == "title")
    place = next((i for i, node in enumerate(nodes[:place]) if node.tag == _LINK), place)
    # Apps would tell the hub a private feed's address, which is its secret.
    hub = [_make(_LINK, href=config.hub, rel="hub")] if config.hub and not config.private else []
    nodes[place:place] = [link, *hub]
