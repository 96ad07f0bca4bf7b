"""Generate RSS 2.0 by feedgen from what feedparser understood, where there is no RSS tree to keep."""

from __future__ import annotations

import calendar
import datetime as dt
import html
from typing import TYPE_CHECKING, Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from enricher.errors import SourceError
from enricher.feed import namespaces as ns
from enricher.feed.reading import read_entries
from enricher.feed.repair import NO_ENCODINGS, encoding_of
from enricher.feed.xml import parse_strict
from enricher.text import xml_safe

if TYPE_CHECKING:
    from enricher.model.feed import Document

_ITUNES = ("author", "duration", "episode", "season", "episodetype", "subtitle", "explicit", "title", "keywords")
_CAMEL = {"episodetype": "episodeType"}
_HTML_TYPES = {"text/html", "application/xhtml+xml"}


class MoreExtension(BaseExtension):  # type: ignore[misc] # feedgen has no types
    """Elements of the channel that feedgen's own fields have no place for."""

    def __init__(self) -> None:
        self.elements: list[etree._Element] = []

    def extend_ns(self) -> dict[str, str]:
        """Declare our prefixes."""
        return dict(ns.PREFIXES)

    def extend_rss(self, feed: etree._Element) -> etree._Element:
        """Append the elements to the channel."""
        feed[0].extend(self.elements)
        return feed


class MoreEntryExtension(BaseEntryExtension):  # type: ignore[misc] # feedgen has no types
    """Elements of an item that feedgen's own fields have no place for: a second enclosure, itunes."""

    def __init__(self) -> None:
        self.elements: list[etree._Element] = []

    def extend_rss(self, item: etree._Element) -> etree._Element:
        """Append the elements to the item."""
        item.extend(self.elements)
        return item


def rebuild(document: Document, text: str) -> etree._Element:
    """Generate an RSS 2.0 tree with every item that feedparser finds. Raises SourceError where it finds no feed."""
    kind = document.content_type or "application/xml"
    bodies = [document.body] * (encoding_of(document) not in NO_ENCODINGS) + [text.encode()] * bool(text)
    found = [one for one in (read_entries(body, kind) for body in bodies) if one is not None]
    if not found:
        raise SourceError("the document is so broken that not even feedparser can read it; tried again later")
    understood = max(found, key=lambda one: len(one.entries))
    if not understood.entries:
        raise SourceError(_say_why(document, understood))
    return _generate(understood, document)


def _say_why(document: Document, understood: Any) -> str:  # noqa: ANN401 feedparser has no types
    start = document.body[:2000].lstrip().lower()
    if not start:
        return "the document is empty; check the feed's address"
    if b"<html" in start or b"<!doctype html" in start:
        return "this is a web page, not a feed; look there for the feed's own address"
    if start[:1] in b"{[":
        return "this is JSON, not RSS or Atom; look for the show's RSS feed"
    if understood.get("version") or b"<rss" in start or b"<feed" in start:
        return "the feed has no items; check its address, or leave it out until it has some"
    return "this is no RSS or Atom feed; check the feed's address"


def _generate(understood: Any, document: Document) -> etree._Element:  # noqa: ANN401 feedparser has no types
    feed = understood.feed
    generator = FeedGenerator()
    generator.register_extension("more", MoreExtension, MoreEntryExtension)
    title = _clean(feed.get("title")) or document.shown or "Untitled"
    generator.title(title)
    generator.link(href=_clean(feed.get("link")) or document.shown or "about:blank", rel="alternate")
    generator.description(_clean(feed.get("subtitle") or feed.get("description")) or title)
    generator.generator(_clean(feed.get("generator")) or None)
    generator.lastBuildDate(_date(dict.get(feed, "updated_parsed")) or dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    for key, setter in (("language", generator.language), ("rights", generator.copyright)):
        if _clean(feed.get(key)):
            setter(_clean(feed[key]))
    generator.more.elements = _channel_elements(feed)
    for entry in understood.entries:
        _add(generator, entry)
    root = parse_strict(generator.rss_str())
    if not dict.get(feed, "updated_parsed"):
        root[0].remove(root[0].find("lastBuildDate"))  # type: ignore[arg-type] # feedgen has just written it
    return root


def _channel_elements(feed: Any) -> list[etree._Element]:  # noqa: ANN401 feedparser has no types
    elements = []
    image = _image(feed)
    if image:
        elements.append(etree.Element(ns.tag(ns.ITUNES, "image"), href=image))
    if _clean(feed.get("author")):
        elements.append(_element(ns.tag(ns.ITUNES, "author"), _clean(feed["author"])))
    next_links = [link for link in feed.get("links") or () if link.get("rel") == "next" and link.get("href")]
    elements.extend(etree.Element(ns.tag(ns.ATOM, "link"), rel="next", href=_clean(x["href"])) for x in next_links)
    return elements


def _add(generator: Any, entry: Any) -> None:  # noqa: ANN401 feedgen and feedparser have no types
    item = generator.add_entry(order="append")
    title, summary, content = _clean(entry.get("title")), _summary(entry), _content(entry)
    if title or not (summary or content):
        item.title(title or " ")
    if summary:
        item.description(summary)
    if content and content != summary:
        if not summary:
            item.description(content)
        item.content(content)
    if _clean(entry.get("id")):
        item.guid(_clean(entry["id"]), permalink=bool(entry.get("guidislink")))
    if _clean(entry.get("link")):
        item.link(href=_clean(entry["link"]))
    date = _date(entry.get("published_parsed") or dict.get(entry, "updated_parsed"))
    if date:
        item.pubDate(date)
    if _clean(entry.get("comments")):
        item.comments(_clean(entry["comments"]))
    item.more.elements = _entry_elements(entry)


def _entry_elements(entry: Any) -> list[etree._Element]:  # noqa: ANN401 feedparser has no types
    elements = []
    for enclosure in entry.get("enclosures") or ():
        if enclosure.get("href"):
            element = etree.Element("enclosure", url=_clean(enclosure["href"]))
            element.set("length", _clean(enclosure.get("length")) or "0")
            element.set("type", _clean(enclosure.get("type")) or "audio/mpeg")
            elements.append(element)
    for name in _ITUNES:
        value = entry.get(f"itunes_{name}") if name != "author" else entry.get("author")
        if value is not None and _clean(str(value)):
            value = ("false", "true")[value] if isinstance(value, bool) else str(value)
            elements.append(_element(ns.tag(ns.ITUNES, _CAMEL.get(name, name)), _clean(value)))
    image = _image(entry)
    if image:
        elements.append(etree.Element(ns.tag(ns.ITUNES, "image"), href=image))
    terms = [_clean(category.get("term")) for category in entry.get("tags") or ()]
    elements.extend(_element("category", term) for term in terms if term)
    return elements


def _element(tag: str, text: str) -> etree._Element:
    element = etree.Element(tag)
    element.text = text
    return element


def _summary(entry: Any) -> str:  # noqa: ANN401 feedparser has no types
    detail = entry.get("summary_detail") or {}
    return _as_html(entry.get("summary"), detail.get("type"))


def _content(entry: Any) -> str:  # noqa: ANN401 feedparser has no types
    bodies = [_as_html(c.get("value"), c.get("type")) for c in entry.get("content") or ()]
    return max(bodies, key=len, default="")


def _as_html(text: str | None, mime: str | None) -> str:
    """Give text as HTML: Atom's plain text is escaped, HTML is kept."""
    clean = _clean(text)
    return clean if mime is None or mime in _HTML_TYPES or "<" not in clean else html.escape(clean, quote=False)


def _clean(text: object) -> str:
    """Give text that XML can carry; nothing for whatever else feedparser makes of some elements with attributes."""
    return xml_safe(text).strip() if isinstance(text, str) else ""


def _image(holder: Any) -> str:  # noqa: ANN401 feedparser has no types
    image = holder.get("image")
    return _clean(image.get("href")) if isinstance(image, dict) else ""


def _date(parsed: Any) -> dt.datetime | None:  # noqa: ANN401 feedparser gives time.struct_time
    try:
        return dt.datetime.fromtimestamp(calendar.timegm(parsed), tz=dt.UTC) if parsed else None
    except (ValueError, OverflowError, OSError):
        return None
