"""Generate RSS 2.0 by feedgen from what feedparser understood, for Atom, RDF and broken XML."""

from __future__ import annotations

import calendar
import datetime as dt
import html
from typing import TYPE_CHECKING, Any

import feedparser
from feedgen.feed import FeedGenerator
from lxml import etree

from enricher.errors import SourceError
from enricher.feed.encoding import encodings_of
from enricher.feed.xml import ATOM, ITUNES, parse_strict, tag
from enricher.text import xml_safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enricher.model.feed import Document

_ITUNES = ("author", "duration", "episode", "season", "episodeType", "subtitle", "explicit", "title", "keywords")
_HTML_TYPES = {"text/html", "application/xhtml+xml"}


def read_entries(body: bytes, content_type: str | None = None) -> Any:  # noqa: ANN401 feedparser has no types
    """Return what feedparser finds in a document, nothing sanitised or resolved; None where it fails.

    On documents that are broken enough it raises errors of many kinds from its inside: on numbers beyond Unicode, on
    tags that close what was never opened (`</width>`), on encodings that give no text.
    """
    headers = {"content-type": content_type} if content_type else {}
    try:
        return feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception:  # noqa: BLE001 there is no end to their kinds
        return None


def rebuild(document: Document, text: str) -> etree._Element:
    """Generate an RSS 2.0 tree with every item that feedparser finds; `text` is the mended document, or empty.

    Raises SourceError where it finds no feed.
    """
    kind = document.content_type or "application/xml"
    bodies = [document.body] * any(encodings_of(document)) + [text.encode()] * bool(text)
    found = [one for one in (read_entries(body, kind) for body in bodies) if one is not None]
    if not found:
        raise SourceError("the document is so broken that not even feedparser can read it; tried again later")
    # Mending helps feedparser with some documents and costs it items of others.
    understood = max(found, key=lambda one: len(one.entries))
    if not understood.entries:
        raise SourceError(_why_not(document, understood))
    return _generate(understood, document)


def _why_not(document: Document, understood: Any) -> str:  # noqa: ANN401 feedparser has no types
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
    # feedparser warns of a key that it takes from another one: `dict.get` asks for the very key.
    updated = dict.get(feed, "updated_parsed")
    generator = FeedGenerator()
    # feedgen demands a title, a link and a description, and writes the clock's time where it is given no date.
    title = _clean(feed.get("title")) or document.shown or "Untitled"
    generator.title(title)
    generator.link(href=_clean(feed.get("link")) or document.shown or "about:blank", rel="alternate")
    generator.description(_clean(feed.get("subtitle") or feed.get("description")) or title)
    generator.generator(_clean(feed.get("generator")) or None)
    generator.lastBuildDate(_date(updated) or dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    for key, setter in (("language", generator.language), ("rights", generator.copyright)):
        if _clean(feed.get(key)):
            setter(_clean(feed[key]))
    for entry in understood.entries:
        _add_entry(generator, entry)
    root = parse_strict(generator.rss_str())
    channel, items = root[0], root[0].findall("item")
    if not updated:
        channel.remove(channel.find("lastBuildDate"))  # type: ignore[arg-type] # feedgen has just written it
    following = [link for link in feed.get("links") or () if link.get("rel") == "next" and link.get("href")]
    place = channel.index(items[0])
    channel[place:place] = [
        *_images(feed),
        *_texts(tag(ITUNES, "author"), feed.get("author")),
        *(etree.Element(tag(ATOM, "link"), rel="next", href=_clean(link["href"])) for link in following),
    ]
    for item, entry in zip(items, understood.entries, strict=True):
        item.extend(_more(entry))
    return root


def _add_entry(generator: Any, entry: Any) -> None:  # noqa: ANN401 feedgen and feedparser have no types
    item = generator.add_entry(order="append")
    title, summary = _clean(entry.get("title")), _as_html(entry.get("summary_detail"), entry.get("summary"))
    content = max((_as_html(one, one.get("value")) for one in entry.get("content") or ()), key=len, default="")
    if title or not (summary or content):  # feedgen refuses an item without any of them
        item.title(title or " ")
    if summary or content:
        item.description(summary or content)
    if content and content != summary:
        item.content(content)
    if _clean(entry.get("id")):
        item.guid(_clean(entry["id"]), permalink=bool(entry.get("guidislink")))
    if _clean(entry.get("link")):
        item.link(href=_clean(entry["link"]))
    if date := _date(entry.get("published_parsed") or dict.get(entry, "updated_parsed")):
        item.pubDate(date)
    if _clean(entry.get("comments")):
        item.comments(_clean(entry["comments"]))


def _more(entry: Any) -> Iterator[etree._Element]:  # noqa: ANN401 feedparser has no types
    """Make the elements of an item that feedgen has no place for: a second enclosure, itunes."""
    for enclosure in entry.get("enclosures") or ():  # feedgen writes one enclosure alone
        if enclosure.get("href"):
            length, mime = (_clean(enclosure.get(name)) for name in ("length", "type"))
            href = _clean(enclosure["href"])
            yield etree.Element("enclosure", url=href, length=length or "0", type=mime or "audio/mpeg")
    for name in _ITUNES:
        value = entry.get("author" if name == "author" else f"itunes_{name.lower()}")
        # feedparser reads itunes:explicit as True, False or None.
        yield from _texts(tag(ITUNES, name), str(value).lower() if isinstance(value, bool) else value)
    yield from _images(entry)
    for category in entry.get("tags") or ():
        yield from _texts("category", category.get("term"))


def _texts(name: str, value: object) -> Iterator[etree._Element]:
    text = _clean(value)
    if text:
        element = etree.Element(name)
        element.text = text
        yield element


def _images(holder: Any) -> Iterator[etree._Element]:  # noqa: ANN401 feedparser has no types
    image = holder.get("image")
    href = _clean(image.get("href")) if isinstance(image, dict) else ""
    if href:
        yield etree.Element(tag(ITUNES, "image"), href=href)


def _as_html(detail: Any, text: object) -> str:  # noqa: ANN401 feedparser has no types
    """Return text as HTML: Atom's plain text is escaped, HTML is kept."""
    mime, clean = (detail or {}).get("type"), _clean(text)
    return clean if mime is None or mime in _HTML_TYPES or "<" not in clean else html.escape(clean, quote=False)


def _clean(text: object) -> str:
    """Return text that XML can carry; nothing for whatever else feedparser makes of some elements with attributes."""
    return xml_safe(text).strip() if isinstance(text, str) else ""


def _date(parsed: Any) -> dt.datetime | None:  # noqa: ANN401 feedparser gives time.struct_time
    try:
        return dt.datetime.fromtimestamp(calendar.timegm(parsed), tz=dt.UTC) if parsed else None
    except (ValueError, OverflowError, OSError):  # a day that there never was: `0000-00-00`
        return None
