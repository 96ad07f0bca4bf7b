"""The two machine carriers of one chapter list: psc:chapters inline, and the podcast:chapters JSON file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lxml import etree

from enricher.clock import clock_ms
from enricher.feed import namespaces as ns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.model.edition import Chapter

_PSC_VERSION = "1.2"
_JSON_VERSION = "1.2.0"


def psc_element(chapters: Sequence[Chapter]) -> etree._Element:
    """Write psc:chapters 1.2, starts as `HH:MM:SS.mmm`. https://podlove.org/simple-chapters/."""
    element = etree.Element(ns.tag(ns.PSC, "chapters"), version=_PSC_VERSION, nsmap={"psc": ns.PSC})
    for chapter in chapters:
        one = etree.SubElement(element, ns.tag(ns.PSC, "chapter"), start=clock_ms(chapter.start), title=chapter.title)
        if chapter.url:
            one.set("href", chapter.url)
        if chapter.image:
            one.set("image", chapter.image)
    return element


def chapters_json(chapters: Sequence[Chapter]) -> bytes:
    """Write JSON chapters 1.2, compact and in a fixed order, so that the same list is the same bytes.

    https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters/jsonChapters.md
    """
    body = {"version": _JSON_VERSION, "chapters": [_entry(chapter) for chapter in chapters]}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _entry(chapter: Chapter) -> dict[str, Any]:
    optional = {"endTime": chapter.end, "url": chapter.url, "img": chapter.image}
    return {"startTime": _number(chapter.start), "title": chapter.title} | {
        key: _number(value) if isinstance(value, float) else value
        for key, value in optional.items()
        if value is not None
    }


def _number(seconds: float) -> float:
    """Write whole seconds without a point, others to the millisecond, as psc:chapters has them."""
    return int(seconds) if seconds == int(seconds) else round(seconds, 3)
