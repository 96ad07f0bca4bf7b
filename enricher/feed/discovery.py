"""Where feeds are, by a web page or an OPML list; and what a feed has already, before any summary is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from enricher.feed.chapter_formats import PSC_CHAPTER, PSC_CHAPTERS, chapters_link
from enricher.feed.item import read_item, transcript_links
from enricher.feed.repair import root_of
from enricher.feed.xml import ITUNES, tag
from enricher.urls import is_web_address, join, link_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enricher.model.feed import Document, Feed, Item

_FEED_TYPES = {"application/rss+xml", "application/atom+xml"}
_NEW_URL = tag(ITUNES, "new-feed-url")


def is_page(document: Document) -> bool:
    """Check whether a document is a web page, in place of a feed."""
    start = document.body[:2000].lower()
    return b"<html" in start or b"<!doctype html" in start


def feeds_of_page(document: Document) -> tuple[str, ...]:
    """Return the addresses of feeds that a page names, each once: https://www.rssboard.org/rss-autodiscovery."""
    return tuple(dict.fromkeys(_named(document)))


def _named(document: Document) -> Iterator[str]:
    page = etree.HTML(document.body.decode("utf-8", "replace").encode(), etree.HTMLParser(encoding="utf-8"))
    for link in () if page is None else page.iter("link"):
        kind = link.get("type", "").partition(";")[0].strip().lower()
        if "alternate" in link.get("rel", "").lower().split() and kind in _FEED_TYPES:
            address = join(document.url, link.get("href", "").strip())
            if is_web_address(address):
                yield address or ""


def opml_feeds(body: bytes) -> tuple[str, ...] | None:
    """Return the addresses of feeds in an OPML list, which apps export; None where it is something else.

    http://opml.org/spec2.opml: `xmlUrl` of an outline at any depth. Some apps write `xmlurl`.
    """
    root = root_of(body)
    if root is None or not isinstance(root.tag, str) or etree.QName(root).localname.lower() != "opml":
        return None
    outlines = (one for one in root.iter("{*}*") if etree.QName(one).localname.lower() == "outline")
    values = (str(v).strip() for one in outlines for name, v in one.attrib.items() if str(name).lower() == "xmlurl")
    return tuple(dict.fromkeys(value for value in values if value))


@dataclass(frozen=True, slots=True)
class Overview:
    """What a feed has, as it comes from its publisher."""

    title: str
    items: int
    newest: float | None
    """When its newest item was published, in seconds since 1970, UTC."""
    chapters: int
    """How many items have psc:chapters or podcast:chapters."""
    transcripts: int
    """How many items have a podcast:transcript."""
    time_lists: int
    """In the notes of how many items a list of times stands."""
    moved_to: str | None
    """Where itunes:new-feed-url leads, where it is another address."""
    is_paged: bool
    """Whether it goes on at other addresses, whose items are not counted."""


def describe(feed: Feed, url: str) -> Overview:
    """Count what a feed has; `url` is where it was fetched."""
    moved = (feed.root[0].findtext(_NEW_URL) or "").strip()
    return Overview(
        title=feed.title,
        items=len(feed.items),
        newest=feed.newest,
        chapters=sum(_has_chapters(item) for item in feed.items),
        transcripts=sum(bool(transcript_links(item, None)) for item in feed.items),
        time_lists=sum(read_item(item, None).marks.in_notes for item in feed.items),
        moved_to=moved if is_web_address(moved) and link_key(moved) != link_key(url) else None,
        is_paged=feed.next_page is not None,
    )


def _has_chapters(item: Item) -> bool:
    psc = item.element.find(PSC_CHAPTERS)
    return chapters_link(item) is not None or (psc is not None and psc.find(PSC_CHAPTER) is not None)
