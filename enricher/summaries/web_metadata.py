"""What a web page says of its episode beside its text: JSON-LD, Open Graph, its canonical address."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from enricher.summaries.record_lists import is_web
from enricher.summaries.records import Record, add_tree
from enricher.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_MOST_NODES = 200  # of JSON-LD
_SCHEMA_ORG = ("identifier", "associatedMedia", "audio", "datePublished", "duration", "timeRequired", "partOfSeries")
"""https://schema.org/PodcastEpisode"""


def read_metadata(root: etree._Element) -> dict[str, Any]:
    """Read a page's metadata under the JSON names, and the title that its head gives as `fallback_title`."""
    record = Record()
    addresses = [x.get("href") for x in root.iter("link") if (x.get("rel") or "").lower() == "canonical"]
    for node in _episodes(root):
        add_tree(record, {key: _plain(node.get(key)) for key in _SCHEMA_ORG})
        addresses.append(node.get("url"))
    source = {"name": _content(root, "og:site_name"), "url": next(filter(is_web, addresses), None)}
    if any(source.values()):
        record.said["source"] = {key: value.strip() for key, value in source.items() if value}
    heading = one_line(_content(root, "og:title") or root.findtext(".//title") or "")
    return record.said | ({"fallback_title": heading} if heading else {})


def _plain(value: object) -> object:
    """Return the first of several values, and what a `PropertyValue` holds."""
    first = next(iter(value), None) if isinstance(value, list) else value
    return first.get("value", first.get("@value", first)) if isinstance(first, dict) else first


def _content(root: etree._Element, name: str) -> str | None:
    found = (x.get("content") for x in root.iter("meta") if name in {x.get("property"), x.get("name")})
    return next((one_line(value) for value in found if value and one_line(value)), None)


def _episodes(root: etree._Element) -> Iterator[dict[str, Any]]:
    """Return the first episode of each JSON-LD that the page is about, not those that it merely mentions."""
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            waiting = [json.loads(script.text or "", strict=False)]
        except (ValueError, RecursionError):
            continue
        for _ in range(_MOST_NODES):
            node = waiting.pop(0) if waiting else None
            if isinstance(node, list):
                waiting[:0] = node[:_MOST_NODES]
            elif isinstance(node, dict) and "PodcastEpisode" in str(node.get("@type")):
                yield node
                break
            elif isinstance(node, dict):
                waiting += [node[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in node]
