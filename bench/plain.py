"""What this program is measured against: the plain pipe from feedparser to feedgen, and bare lxml.

As a command, `python -m bench.plain pipe|lxml FILE`, it does that once and writes the result beside the file.
"""

from __future__ import annotations

import calendar
import datetime as dt
import sys
from pathlib import Path

import feedparser
from feedgen.feed import FeedGenerator
from lxml import etree


def plain_pipe(body: bytes) -> bytes:
    """Read a feed with feedparser's defaults and write title, guid, link, notes, date and enclosure with feedgen."""
    parsed = feedparser.parse(body)
    generator = FeedGenerator()
    generator.title(parsed.feed.get("title") or "-")
    generator.link(href=parsed.feed.get("link") or "https://notes.example/")
    generator.description(parsed.feed.get("subtitle") or "-")
    for entry in parsed.entries:
        one = generator.add_entry(order="append")
        one.title(entry.get("title") or "-")
        one.guid(entry.get("id"))
        if entry.get("link"):
            one.link(href=entry["link"])
        one.description(entry.get("summary") or "-")
        for content in entry.get("content", ())[:1]:
            one.content(content.get("value") or "-", type="CDATA")
        if entry.get("published_parsed"):
            one.pubDate(dt.datetime.fromtimestamp(calendar.timegm(entry["published_parsed"]), dt.UTC))
        for enclosure in entry.get("enclosures", ())[:1]:
            one.enclosure(enclosure.get("href"), enclosure.get("length") or "0", enclosure.get("type") or "audio/mpeg")
    return bytes(generator.rss_str())


def bare_lxml(body: bytes) -> bytes:
    """Parse and serialise."""
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True, strip_cdata=False)
    return etree.tostring(etree.fromstring(body, parser), encoding="UTF-8", xml_declaration=True)


if __name__ == "__main__":
    body = Path(sys.argv[2]).read_bytes()
    Path(f"{sys.argv[2]}.out").write_bytes(plain_pipe(body) if sys.argv[1] == "pipe" else bare_lxml(body))
