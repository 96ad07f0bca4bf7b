"""Generate RSS 2.0 by feedgen from what feedparser understood, for Atom, RDF and broken XML."""

from __future__ import annotations

import calendar
import datetime as dt
import html
import re
from typing import TYPE_CHECKING, Any

from feedgen.feed import FeedGenerator
from lxml import etree

from enricher.errors import EmptyError, SourceError
from enricher.feed.discovery import feeds_of_page, is_page
from enricher.feed.encoding import encodings_of
from enricher.feed.xml import ATOM, CONTENT, ITUNES, link_rels, parse_strict, tag
from enricher.redaction import redact
from enricher.text import counted, xml_safe
from enricher.urls import is_web_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enricher.model.feed import Document

_ITUNES = ("author", "duration", "episode", "season", "episodeType", "subtitle", "explicit", "title", "keywords")
# What feedparser reads of Atom, RSS 1.0 and content:encoded comes out in the elements of RSS 2.0.
_READ_NAMESPACES = {ATOM, CONTENT, "http://purl.org/rss/1.0/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}
_ENCLOSURE = re.compile(r"<enclosure[\s/>]|\srel\s*=\s*[\"']?enclosure\b")
_HTML_TYPES = {"text/html", "application/xhtml+xml"}


def read_entries(body: bytes, content_type: str | None = None) -> Any:  # noqa: ANN401 feedparser has no types
    """Return what feedparser finds in a document, nothing sanitised or resolved; None where it fails.

    On documents that are broken enough it raises errors of many kinds from its inside: on numbers beyond Unicode, on
    tags that close what was never opened (`</width>`), on encodings that give no text.
    """
    # 18 ms, which nine of ten feeds do without: they say plainly what has to be understood.
    import feedparser

    headers = {"content-type": content_type} if content_type else {}
    try:
        return feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception:  # noqa: BLE001 there is no end to their kinds
        return None


def loses_something(root: etree._Element, *bodies: bytes) -> bool:
    """Check whether an RSS tree lacks an enclosure, or every item, that feedparser finds in one of these documents."""
    found = [entry for body in bodies if (one := read_entries(body)) for entry in one.entries]
    links = (link for entry in found for link in entry.get("links", ()) if link.get("rel") == "enclosure")
    kept = {(one.get("url") or "").strip() for one in root.iter("{*}enclosure")}
    no_items = bool(found) and next(root.iter("{*}item"), None) is None
    return no_items or not {(link.get("href") or "").strip() for link in links} <= kept


def rebuild(document: Document, text: str, root: etree._Element | None = None) -> etree._Element:
    """Generate an RSS 2.0 tree with every item that feedparser finds; `text` is the mended document, or empty.

    Elements of other namespaces (itunes, podcast) are moved there from `root`, the tree of what is well-formed. Raises
    SourceError where no feed is found, or where an enclosure would be lost.
    """
    kind = document.content_type or "application/xml"
    raw = [document.body] * any(encodings_of(document))
    # Where the mended document is well-formed it is believed, unless nothing is found in it.
    bodies = [[text.encode()], raw] if root is not None and text else [raw + [text.encode()] * bool(text)]
    found: list[Any] = []
    for some in bodies:
        if not any(one.entries for one in found):
            found += [one for one in (read_entries(body, kind) for body in some) if one is not None]
    if not found:
        raise SourceError("the document is so broken that not even feedparser can read it; tried again later")
    # Mending helps feedparser with some documents and costs it items of others.
    understood = max(found, key=lambda one: len(one.entries))
    if not understood.entries:
        raise _why_not(document, understood)
    tree = _generate(understood, document, _originals(root, len(understood.entries)))
    lost = 0 if root is not None else len(_ENCLOSURE.findall(text)) - len(list(tree.iter("enclosure")))
    if lost > 0:
        raise SourceError(
            f"the document is so broken that {counted(lost, 'enclosure')} would be lost; tried again later"
        )
    return tree


def _originals(root: etree._Element | None, count: int) -> list[list[etree._Element]]:
    """Return what only a copy keeps of the channel and of each of `count` items: foreign elements, odd links."""
    items = [] if root is None else list(root.iter("{*}entry", "{*}item"))
    if root is None or len(items) != count:
        return [[]] * (count + 1)
    channel = root.find("{*}channel")
    holders = [root if channel is None else channel, *items]
    return [[x for x in one.iterchildren("*") if _is_foreign(x)] for one in holders]


def _is_foreign(element: etree._Element) -> bool:
    if element.tag == tag(ATOM, "link"):
        return not link_rels(element) & {"alternate", "enclosure"}
    names = {etree.QName(one).localname.lower() for one in element.iter("*")}
    if names & {"item", "entry", "channel"}:  # of a document that has them in odd places
        return False
    parent = element.getparent()
    own = None if parent is None else etree.QName(parent).namespace  # that of Atom 0.3, RSS 0.9 and so on
    uri = etree.QName(element).namespace
    return bool(uri) and uri != own and uri not in _READ_NAMESPACES


def _why_not(document: Document, understood: Any) -> SourceError:  # noqa: ANN401 feedparser has no types
    start = document.body[:2000].lstrip().lower()
    if not start:
        return SourceError("the document is empty; check the feed's address")
    if is_page(document):
        named = feeds_of_page(document)
        advice = f"its feed is {redact(named[0])}" if len(named) == 1 else "look there for the feed's own address"
        return SourceError(f"this is a web page, not a feed; {advice}")
    if understood.get("version") or b"<rss" in start or b"<feed" in start:
        return EmptyError("the feed has no items; check its address, or leave it out until it has some")
    return SourceError("this is no RSS or Atom feed; check the feed's address")


def _generate(
    understood: Any,  # noqa: ANN401 feedparser has no types
    document: Document,
    originals: list[list[etree._Element]],
) -> etree._Element:
    feed = understood.feed
    # feedparser warns of a key that it takes from another one: `dict.get` asks for the very key.
    updated = dict.get(feed, "updated_parsed")
    generator = FeedGenerator()
    # feedgen demands a title, a link and a description, and writes the clock's time where it is given no date.
    title, link = _clean(feed.get("title")), _clean(feed.get("link"))
    description = _clean(feed.get("subtitle") or feed.get("description")) or title
    generator.title(title or "-")
    generator.link(href=link or document.shown or "-", rel="alternate")
    generator.description(description or "-")
    generator.generator(_clean(feed.get("generator")) or None)
    generator.lastBuildDate(_date(updated) or dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    for key, setter in (("language", generator.language), ("rights", generator.copyright)):
        if _clean(feed.get(key)):
            setter(_clean(feed[key]))
    for entry in understood.entries:
        _add_entry(generator, entry)
    root = parse_strict(generator.rss_str())
    channel, items = root[0], root[0].findall("item")
    known = {"title": title, "description": description, "lastBuildDate": updated, "docs": feed.get("docs")}
    known |= {"link": is_web_address(link), "generator": feed.get("generator")}
    for name in [name for name, said in known.items() if not said]:
        channel.remove(channel.find(name))  # type: ignore[arg-type] # feedgen has just written it
    following = [link for link in feed.get("links") or () if link.get("rel") == "next" and link.get("href")]
    place = channel.index(items[0])
    made = [
        *_images(feed),
        *_texts(tag(ITUNES, "author"), feed.get("author")),
        *(etree.Element(tag(ATOM, "link"), rel="next", href=_clean(link["href"])) for link in following),
    ]
    channel[place:place] = _with_originals(made, originals[0])
    for item, entry, kept in zip(items, understood.entries, originals[1:], strict=True):
        item.extend(_with_originals(_more(entry), kept))
    return root


def _with_originals(made: Iterable[etree._Element], originals: list[etree._Element]) -> list[etree._Element]:
    """Return the publisher's own elements, and what was made where they have none of that name."""
    names = {element.tag for element in originals}
    return [*(element for element in made if element.tag not in names), *originals]


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
