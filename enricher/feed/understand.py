"""What feedparser reads of the items: titles, ids, dates, links, enclosures, durations; nothing else is given to it."""

from __future__ import annotations

import calendar
import html
import re
from copy import copy
from typing import TYPE_CHECKING, Any

from lxml import etree

from enricher.clock import parse_clock
from enricher.feed import namespaces as ns
from enricher.feed.reading import read_entries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.model.feed import Remember

_KIND = "item/1"
_DC = "http://purl.org/dc/elements/1.1/"
_DURATION = f"{{{ns.ITUNES}}}duration"
_DATES = {"pubDate", f"{{{_DC}}}date", f"{{{ns.ATOM}}}published", f"{{{ns.ATOM}}}updated"}
_MARKUP = re.compile(r"<|&#?\w{1,40};")
_TEXTS = ("title", "link")
_IN_PLACE_OF = {"guid": "link", f"{{{ns.MEDIA}}}content": "enclosure"}
"""What feedparser reads where something else is missing: a guid may be the link, a picture's file no audio."""


def understand(elements: Sequence[etree._Element], digests: Sequence[str], remember: Remember) -> list[dict[str, Any]]:
    """Give each item's guid, title, link, published (epoch seconds), audio URL and duration (seconds)."""

    def read(positions: Sequence[int]) -> list[dict[str, Any]]:
        return _read([elements[i] for i in positions])

    return remember(_KIND, digests, read)


def _read(elements: Sequence[etree._Element]) -> list[dict[str, Any]]:
    """Read many items with one call of feedparser; where it counts differently or stumbles, one by one."""
    if not elements:
        return []
    entries = _parse(elements)
    if len(entries) != len(elements):
        entries = [next(iter(_parse([element])), {}) for element in elements]
    return [_facts(entry, element) for entry, element in zip(entries, elements, strict=True)]


def _parse(elements: Sequence[etree._Element]) -> list[Any]:
    """Give feedparser what it has to interpret; it would give plain texts and addresses just as they stand."""
    root = etree.Element("rss", version="2.0", nsmap={k: v for k, v in ns.PREFIXES.items() if k != "psc"})
    channel = etree.SubElement(root, "channel")
    for element in elements:
        item = etree.SubElement(channel, "item")
        lacking = {stand_in for stand_in, name in _IN_PLACE_OF.items() if element.find(name) is None}
        intricate = {tag for tag in _TEXTS if _plain(element, tag) is None}
        wanted = _DATES | lacking | intricate
        for child in element.iterchildren("*"):
            if child.tag in wanted and not len(child):
                item.append(copy(child))
    body = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    found = read_entries(body)
    return [] if found is None else list(found.entries)


def _plain(element: etree._Element, tag: str) -> str | None:
    """Give the text of a child in which there is nothing to interpret; None for any other, and for none or several."""
    children = list(element.iterchildren(tag))
    if len(children) != 1 or len(children[0]) or children[0].attrib:
        return None
    text = children[0].text or ""
    return text if text.strip() and not _MARKUP.search(text) else None


def _facts(entry: Any, element: etree._Element) -> dict[str, Any]:  # noqa: ANN401 feedparser has no types
    date = entry.get("published_parsed") or dict.get(entry, "updated_parsed")
    duration = parse_clock(element.findtext(_DURATION) or "")
    title, link = (_plain(element, tag) or _text(entry, tag) for tag in _TEXTS)
    return {
        "guid": (element.findtext("guid") or "").strip() or None,
        "title": " ".join(html.unescape(title).split()),
        "link": link.strip() or None,
        "published": _epoch(date) if date else None,
        "audio": _audio(entry, element),
        "duration": duration or None,
    }


def _epoch(date: Any) -> float | None:  # noqa: ANN401 feedparser has no types
    """Give the seconds since 1970; None for a day that there never was, such as a database's zero date."""
    try:
        return float(calendar.timegm(date))
    except (ValueError, OverflowError):
        return None


def _text(entry: Any, key: str) -> str:  # noqa: ANN401 feedparser has no types
    """Give a text; nothing where feedparser made something else of it, as it does of some with attributes."""
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def _audio(entry: Any, element: etree._Element) -> str | None:  # noqa: ANN401 feedparser has no types
    for enclosure in element.iterchildren("enclosure"):
        address = enclosure.get("url") or enclosure.get("uri") or enclosure.get("href")
        if address:
            return str(address).strip()
    for media in entry.get("media_content") or ():
        if media.get("url") and str(media.get("type") or media.get("medium") or "").startswith("audio"):
            return str(media["url"]).strip()
    return None
