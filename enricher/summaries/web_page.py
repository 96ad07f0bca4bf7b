"""Which part of a web page is its content, and what it says beside: JSON-LD, Open Graph, its canonical address."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from lxml import etree

from enricher.summaries.blocks import Piece
from enricher.summaries.dates import read_date
from enricher.summaries.fields import day_of
from enricher.summaries.record_lists import is_web
from enricher.summaries.record_values import is_audio
from enricher.summaries.records import Record, add_tree
from enricher.text import fold, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator


_HIGHLIGHTS = "episode highlights"
_TITLES = ("og:title", "twitter:title", "name")
_PUBLISHED = ("article:published_time", "datePublished")
_PUBLISHED_TIME = {"datePublished", "published", "entry-date", "dt-published", "post-date"}
_SAYS_WHEN = {"postmetadata", "post-meta", "entry-meta", "post-date", "entry-date", "byline", "posted-on"}
_FIRST_PAGE = re.compile(r"/|https?://[^/?#]+/?", re.IGNORECASE)
_TITLED = re.compile(r"(?:episode|entry|post|article)[-_]?(?:title|name)")
_CHROME = {
    *("prev-next", "prevnext", "pagination", "pager", "breadcrumb", "breadcrumbs", "share", "sharing", "social"),
    *("social-links", "comments", "comments-area", "commentlist", "comment-list", "respond", "responses", "sidebar"),
    *("newsletter", "cookie-banner", "site-header", "site-footer", "menu", "related-posts", "related-videos", "nav"),
    *("navigation", "navbar", "nav-links", "disqus_thread", "dsq-comments", "pingback", "postmetadata", "masthead"),
    *(
        "widget",
        "entry-footer",
        "post-footer",
        "entry-categories",
        "widget-area",
        "powerpress_links",
        "podpress_content",
    ),
    *("recommendations", "recommended", "up-next", "tag-list", "taglist"),
}
"""Classes and ids of what is around a page's content."""
_OF_SITE = re.compile(
    r"(?:site|posts?|page|entry|main|top|global|primary|mobile|comments?|footer|header)[-_]"
    r"(?:nav|navigation|menu|sidebar|comments?|share|sharing|social|pagination|pager|breadcrumbs?)(?:[-_]\d{1,2})?"
)
_HEADINGS = {f"h{n}" for n in range(1, 7)}
_MOST_TIMES, _LONGEST_LINE = 50, 200
_POST = {"hentry", "h-entry", "post-body", "episode-content", "post-single"}
"""Classes of what is its content, https://microformats.org/wiki/hentry."""
_CLOCK = re.compile(r"\d:\d\d")
_MOST_NODES = 200  # of JSON-LD
_SCHEMA_ORG = (
    "episodeNumber",
    "identifier",
    "associatedMedia",
    "audio",
    "datePublished",
    "duration",
    "timeRequired",
    "partOfSeries",
)
"""https://schema.org/PodcastEpisode"""


class Around:
    """What a site puts around every page, told by classes and ids: never most of a page, and no heading of it."""

    def __init__(self, root: etree._Element) -> None:
        self._half = _length(root) / 2

    def has(self, element: etree._Element) -> bool:
        """Check whether an element is around the content."""
        names = {(element.get("id") or "").lower(), *_classes(element)}
        if element.tag in _HEADINGS or not (names & _CHROME or any(map(_OF_SITE.fullmatch, names))):
            return False
        return element.find(".//h1") is None and _length(element) < self._half


def _length(element: etree._Element) -> int:
    """Count the characters that are seen."""
    hidden = element.iter("script", "style", "template", "noscript")
    return sum(map(len, element.itertext("*"))) - sum(len(one.text or "") for one in hidden)


def heads_table(element: etree._Element) -> bool:
    """Recognise the names of columns: a head, or a first row of nothing but `th`, with rows of other cells below it."""
    table = next(element.iterancestors("table"), None)
    if table is None or element.getprevious() is not None or element.find(".//td") is not None:
        return False
    return not any(_CLOCK.search(str(one)) for one in element.itertext("*")) and table.find(".//td") is not None


def mark_title(root: etree._Element) -> None:
    """Make the title's element a heading of the first level where a page has none but the site's name.

    Titles of posts stand beside those of others: such a one must be in the page's head too.
    """
    tops = root.findall(".//h1")
    posts = [one for one in tops if any(map(_TITLED.fullmatch, _classes(one)))]
    if len(posts) == 1 < len(tops):
        for one in tops:
            one.tag = "h1" if one is posts[0] else "header"
        return
    named = [x for x in root.iter("div", "span", "p", "h2", "h3") if any(map(_TITLED.fullmatch, _classes(x)))]
    sure = any(one.startswith("episode") for x in named for one in filter(_TITLED.fullmatch, _classes(x)))
    if len(named) == 1 and not sure:
        sure = fold("".join(map(str, named[0].itertext("*")))) in fold(_head_title(root))
    if len(named) == 1 and sure and all(map(_is_site, tops)):
        for one in tops:
            one.tag = "header"
        named[0].tag = "h1"


def _classes(element: etree._Element) -> list[str]:
    return (element.get("class") or "").lower().split()


def main_part(root: etree._Element) -> etree._Element:
    """Return the part of a web page that is its content, where the page says so and the rest holds nothing of ours."""

    def has_highlights(element: etree._Element) -> bool:
        return _HIGHLIGHTS in fold(etree.tostring(element, method="text", encoding="unicode", with_tail=False))

    title = root.find(".//h1")
    for path in (".//main", ".//*[@role='main']", ".//article"):
        found = root.findall(path)
        part = found[0] if len(found) == 1 and has_highlights(found[0]) == has_highlights(root) else None
        if part is None:
            continue
        if part.find(".//h1") is not None or title is None or (part.find(".//h2") is not None and _is_site(title)):
            return part
    posts = [one for one in root.iter("div", "section", "li") if not _POST.isdisjoint(_classes(one))]
    return posts[0] if len(posts) == 1 and title is not None and title in posts[0].iter("h1") else root


def _is_site(heading: etree._Element) -> bool:
    """Recognise the site's name in its header, which leads to its first page."""
    return any(
        _FIRST_PAGE.fullmatch(one.get("href") or "") for one in (*heading.iter("a"), *heading.iterancestors("a"))
    )


def played_audio(root: etree._Element) -> tuple[str, ...]:
    """Find the address of the one audio that a page plays, which may be the latest episode's and not the page's."""
    page = _content(root, "og:url") or ""
    found = (urljoin(page, x.get("src") or "") for x in root.iter("audio", "source"))
    sources = {src for src in found if is_web(src) and is_audio(src)}
    named = _content(root, "og:audio") or ""
    return (*(sources if len(sources) == 1 else ()), *filter(is_audio, filter(is_web, [named])))


def read_metadata(root: etree._Element) -> dict[str, Any]:
    """Read a page's metadata under the JSON names, and what its head has where the page says nothing."""
    record = Record()
    addresses = [x.get("href") for x in root.iter("link") if (x.get("rel") or "").lower() == "canonical"]
    for node in _episodes(root):
        add_tree(record, {key: _plain(node.get(key)) for key in _SCHEMA_ORG})
        addresses.append(node.get("url"))
    addresses.append(_content(root, "og:url"))
    source = {"name": _content(root, "og:site_name"), "url": next(filter(is_web, addresses), None)}
    if any(source.values()):
        record.said["source"] = {key: value.strip() for key, value in source.items() if value}
    day = read_date(next(filter(None, (_content(root, name) for name in _PUBLISHED)), "")) or _day(root)
    if day:
        record.said.setdefault("published", day)
    heading = _head_title(root)
    about = {"fallback_title": heading, "fallback_abstract": _content(root, "og:description")}
    return record.said | {name: value for name, value in about.items() if value}


def _head_title(root: etree._Element) -> str:
    titles = (_content(root, name) for name in _TITLES)
    return one_line(next(filter(None, titles), None) or root.findtext(".//title") or "")


def _day(root: etree._Element) -> str | None:
    """Read the day that the page's own `time` says: the one marked as its, or the only one."""
    around = Around(root)
    dated = islice((one for one in root.iter("time") if one.get("datetime")), _MOST_TIMES)
    times = [one for one in dated if not any(map(around.has, one.iterancestors()))]
    own = [one for one in times if one.get("pubdate") is not None or _PUBLISHED_TIME.intersection(_marks(one))]
    days = {day for one in own or times if (day := read_date(one.get("datetime") or ""))}
    if len(days) == 1:
        return days.pop()
    lines = (one for one in root.iter() if isinstance(one.tag, str) and not _SAYS_WHEN.isdisjoint(_classes(one)))
    texts = (one_line("".join(map(str, line.itertext("*")))) for line in islice(lines, _MOST_TIMES))
    said = {day_of(Piece("text", text)) for text in texts if len(text) <= _LONGEST_LINE} - {None}
    return said.pop() if len(said) == 1 else None


def _marks(element: etree._Element) -> set[str]:
    return {element.get("itemprop") or "", *_classes(element)}


def _plain(value: object) -> object:
    """Return the first of several values, and what a `PropertyValue` holds."""
    first = next(iter(value), None) if isinstance(value, list) else value
    return first.get("value", first.get("@value", first)) if isinstance(first, dict) else first


def _content(root: etree._Element, name: str) -> str | None:
    found = (
        x.get("content") for x in root.iter("meta") if name in {x.get("property"), x.get("name"), x.get("itemprop")}
    )
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
