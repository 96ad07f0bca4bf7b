"""What a web page says of itself beside its text: JSON-LD `PodcastEpisode`, canonical link, name of the site.

https://schema.org/PodcastEpisode
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from enricher.text import one_line
from enricher.timestamps import parse_clock, read_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_DURATION = re.compile(r"P(?:(\d{1,3})D)?T?(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8}(?:\.\d{1,9})?)S)?", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_DEEPEST = 200


def read_metadata(root: etree._Element) -> dict[str, Any]:
    """Read a page's metadata under the JSON names, and the title that its head gives as `fallback_title`."""
    said: dict[str, Any] = {}
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            said = _episode(script.text or "") | said
    canonical = (x.get("href") for x in root.iter("link") if (x.get("rel") or "").lower() == "canonical")
    address = next((one for one in map(_address, (*canonical, said.pop("url", None))) if one), None)
    source = {"name": _content(root, "og:site_name"), "url": address}
    if any(source.values()):
        said["source"] = {key: value for key, value in source.items() if value}
    heading = _content(root, "og:title") or root.findtext(".//title")
    if heading and one_line(heading):
        said["fallback_title"] = one_line(heading)
    return said


def _content(root: etree._Element, name: str) -> str | None:
    found = (x.get("content") for x in root.iter("meta") if name in {x.get("property"), x.get("name")})
    return next((one_line(value) for value in found if value and one_line(value)), None)


def _address(value: object) -> str | None:
    return value.strip() if isinstance(value, str) and _ADDRESS.fullmatch(value.strip()) else None


def _episode(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return {}
    return next((_fields(node) for node in _nodes(found) if "PodcastEpisode" in _types(node)), {})


def _nodes(found: object) -> Iterator[dict[str, Any]]:
    """Return the things that a page is about, not those that it merely mentions."""
    waiting = [found]
    for _ in range(_DEEPEST):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting[:0] = node[:_DEEPEST]
        elif isinstance(node, dict):
            yield node
            waiting += [node[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in node]


def _types(node: dict[str, Any]) -> str:
    types = node.get("@type")
    return " ".join(map(str, types)) if isinstance(types, list) else str(types)


def _fields(node: dict[str, Any]) -> dict[str, Any]:
    said = {
        "guid": _text(node.get("identifier"), "value", "@value"),
        "audio": _text(node.get("associatedMedia"), "contentUrl", "url")
        or _text(node.get("audio"), "contentUrl", "url"),
        "published": read_date(str(node.get("datePublished") or "")),
        "duration": _duration(node.get("duration")) or _duration(node.get("timeRequired")),
        "podcast": _text(node.get("partOfSeries"), "name"),
        "url": _text(node.get("url")),
    }
    return {key: value for key, value in said.items() if value}


def _text(value: object, *keys: str) -> str | None:
    """Return the text of a value that may be a list of things with that text under one of the keys."""
    if isinstance(value, list):
        return next(filter(None, (_text(one, *keys) for one in value if not isinstance(one, list))), None)
    if isinstance(value, dict):
        return next(filter(None, (_text(value[key]) for key in keys if isinstance(value.get(key), str))), None)
    return one_line(value) or None if isinstance(value, str) else None


def _duration(value: object) -> float | None:
    if not isinstance(value, str):
        return None
    found = _DURATION.fullmatch(value.strip())
    if found and any(found.groups()):
        days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
        return days * 86400 + hours * 3600 + minutes * 60 + seconds
    return parse_clock(value)
