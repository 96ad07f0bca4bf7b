"""The page of highlights as HTML; its JSON-LD `PodcastEpisode` gives guid, audio, date and duration.

https://schema.org/PodcastEpisode
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from lxml import etree, html

from enricher.core.clock import parse_clock
from enricher.core.summaries.pieces import Kind, Link, Page, Piece, link
from enricher.core.text import one_line, xml_safe

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_BLOCKS = {
    *_HEADINGS,
    *("p", "li", "ul", "ol", "div", "section", "article", "main", "blockquote", "figure", "figcaption", "hr", "dl"),
    *("dt", "dd", "table", "tr", "td", "th", "body", "html", "details", "summary", "pre", "address"),
}
_IGNORED = {"script", "style", "nav", "header", "footer", "aside", "form", "button", "noscript", "template", "svg"}
_IGNORED |= {"head", "iframe", "select", "video", "audio", "title"}
_DURATION = re.compile(r"P(?:\d+D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?", re.IGNORECASE)


def read(body: bytes | str) -> Page:
    """Cut a page into pieces, and read its metadata. Anything parses; a page without text has no pieces."""
    root = _parse(body)
    if root is None:
        return Page(())
    return Page(tuple(_Walk().pieces(root)), _metadata(root))


def _parse(body: bytes | str) -> etree._Element | None:
    if isinstance(body, str):
        body = xml_safe(body).encode()
        encoding = "utf-8"
    else:
        encoding = _encoding(body)
    try:
        return html.document_fromstring(body, parser=html.HTMLParser(encoding=encoding))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, LookupError):
        return None


def _encoding(body: bytes) -> str:
    if body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        found = re.search(rb"charset\s*=\s*[\"']?([\w-]{1,30})", body[:4000])
        name = found[1].decode().lower() if found else "windows-1252"
        return "windows-1252" if name.startswith("utf") else name
    return "utf-8"


class _Walk:
    """One walk over a page, gathering the text between the borders of blocks."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._links: list[Link] = []
        self._speaker: str | None = None

    def pieces(self, root: etree._Element) -> Iterator[Piece]:
        """Walk without recursion: hostile pages nest deep."""
        skipping: etree._Element | None = None
        for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
            if skipping is not None:
                if event == "end" and element is skipping:
                    skipping = None
                    self._text.append(element.tail or "")
                continue
            if not isinstance(element.tag, str):
                self._text.append(element.tail or "")
                continue
            if event == "start":
                if element.tag in _IGNORED and not _quoted(element):
                    skipping = element
                    continue
                yield from self._enter(element)
            else:
                yield from self._leave(element)

    def _enter(self, element: etree._Element) -> Iterator[Piece]:
        if element.tag in _BLOCKS:
            yield from self._flush(element.getparent())
        if element.tag == "br":
            self._text.append("\n")
        if element.tag in {"sup", "sub"}:
            self._text.append(" ")
        self._text.append(element.text or "")

    def _leave(self, element: etree._Element) -> Iterator[Piece]:
        tag = element.tag
        said = one_line(_text_of(element)) if tag in {"a", "cite", "footer"} else ""
        if tag == "a" and element.get("href"):
            self._links.append(link(said, (element.get("href") or "").strip()))
        elif tag in {"cite", "footer"} and _quoted(element):
            self._speaker = said.strip("—–- ") or None
            del self._text[:]
        elif tag in _BLOCKS:
            yield from self._flush(element)
        if tag == "hr":
            yield Piece("rule")
        self._text.append(element.tail or "")

    def _flush(self, where: etree._Element | None) -> Iterator[Piece]:
        """Give what was gathered as one piece of the block `where`."""
        text = "\n".join(filter(None, map(one_line, "".join(self._text).splitlines())))
        links, self._text, self._links = tuple(self._links), [], []
        if where is None:
            return
        if text:
            kind, level = _kind(where)
            yield Piece(kind, text, level, links)
        if where.tag in {"blockquote", "figure"} and self._speaker:
            yield Piece("quote", speaker=self._speaker)
            self._speaker = None


def _kind(where: etree._Element) -> tuple[Kind, int]:
    if _nearest(where, {"blockquote"}) is not None:
        return "quote", 0
    heading = _nearest(where, set(_HEADINGS))
    if heading is not None:
        return "heading", _HEADINGS[str(heading.tag)]
    item = _nearest(where, {"li"})
    if item is not None and not any(x.tag in _HEADINGS for x in item) and _is_first(where, item):
        return "bullet", sum(1 for x in item.iterancestors("ul", "ol"))
    return "text", 0


def _is_first(where: etree._Element, item: etree._Element) -> bool:
    return where is item or not any(True for _ in where.itersiblings(preceding=True))


def _nearest(where: etree._Element, tags: set[str]) -> etree._Element | None:
    return where if where.tag in tags else next(where.iterancestors(*tags), None)


def _quoted(element: etree._Element) -> bool:
    return next(element.iterancestors("blockquote", "figure"), None) is not None


def _text_of(element: etree._Element) -> str:
    return etree.tostring(element, method="text", encoding="unicode", with_tail=False)


def _metadata(root: etree._Element) -> dict[str, Any]:
    """Read JSON-LD, the canonical link and the site's name, under the JSON names."""
    said: dict[str, Any] = {}
    for script in root.iter("script"):
        if (script.get("type") or "").lower() == "application/ld+json":
            said |= _episode(script.text or "")
    source = {
        "name": _content(root, "og:site_name"),
        "url": next((x.get("href") for x in root.iter("link") if (x.get("rel") or "") == "canonical"), None),
    }
    if any(source.values()):
        said.setdefault("source", {key: value for key, value in source.items() if value})
    heading = _content(root, "og:title") or root.findtext(".//title")
    if heading and one_line(heading):
        said["fallback_title"] = one_line(heading)
    return said


def _content(root: etree._Element, name: str) -> str | None:
    found = (x.get("content") for x in root.iter("meta") if name in {x.get("property"), x.get("name")})
    return next((one_line(value) for value in found if value), None)


def _episode(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    graph = found.get("@graph", [found]) if isinstance(found, dict) else found
    for node in graph if isinstance(graph, list) else ():
        if isinstance(node, dict) and "PodcastEpisode" in str(node.get("@type", "")):
            return _fields(node)
    return {}


def _fields(node: dict[str, Any]) -> dict[str, Any]:
    media = node.get("associatedMedia") or node.get("audio") or {}
    media = media[0] if isinstance(media, list) and media else media
    series = node.get("partOfSeries")
    said = {
        "guid": node.get("identifier"),
        "audio": media.get("contentUrl") if isinstance(media, dict) else media,
        "published": str(node.get("datePublished") or "")[:10] or None,
        "duration": _duration(node.get("duration") or node.get("timeRequired")),
        "podcast": series.get("name") if isinstance(series, dict) else None,
        "link": node.get("url"),
    }
    return {key: value for key, value in said.items() if isinstance(value, str | float) and value}


def _duration(value: object) -> float | None:
    found = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if found and any(found.groups()):
        hours, minutes, seconds = (float(part or 0) for part in found.groups())
        return hours * 3600 + minutes * 60 + seconds
    return parse_clock(value) if isinstance(value, str) else None
