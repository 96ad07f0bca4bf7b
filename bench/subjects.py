"""What is measured on: real feeds, generated ones of any size, and summaries for their items."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
CORPUS = Path(os.environ.get("ENRICHER_CORPUS", ROOT.parent / "shared" / "corpus"))
REAL = {
    "Lex": "lexfridman_2023-11-26.xml",
    "Giant Bomb": "rssparser_giantbomb-podcast.rss",
    "JRE": "joerogan_2019-09.xml",
}
SUMMARIES = 20
_WORDS = (
    *("swarms", "choose", "a", "home", "by", "dancing", "and", "the", "scouts", "who", "found", "it", "vote"),
    *("with", "their", "feet", "until", "all", "agree"),
)


@dataclass(frozen=True)
class Subject:
    """A feed, and summaries for some of its items."""

    name: str
    body: bytes
    pages: tuple[bytes, ...]


def subjects() -> Iterator[Subject]:
    """Give the corpus feeds that are there, then a generated one of 5,000 items and 40 MB."""
    for name, file in REAL.items():
        path = CORPUS / "feeds" / file
        if path.is_file():
            body = path.read_bytes()
            yield Subject(name, body, tuple(pages_for(body, SUMMARIES)))
    yield generated(5000, 40_000_000, SUMMARIES)


def generated(items: int, size: int, summaries: int) -> Subject:
    """Make a feed of so many items and about so many bytes."""
    notes = _notes(max(100, size // items - 550))
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/">\n'
        "<channel><title>Field Notes</title><link>https://notes.example/</link><description>Bees.</description>\n"
    )
    body = (head + "".join(_item(n, notes) for n in range(items, 0, -1)) + "</channel></rss>\n").encode()
    return Subject(f"{items:,} items", body, tuple(pages_for(body, summaries)))


def _item(n: int, notes: str) -> str:
    return (
        f'<item><title>#{n} Meadow {n * 7919 % 10007} at dawn</title><guid isPermaLink="false">field-notes-{n}</guid>'
        f"<link>https://notes.example/{n}</link><pubDate>{_date(n)}</pubDate>"
        f"<description><![CDATA[<p>Meadow {n}.</p>]]></description>"
        f"<content:encoded><![CDATA[<p>Meadow {n}.</p>{notes}]]></content:encoded>"
        f'<enclosure url="https://cdn.example/{n}.mp3" length="{n}000" type="audio/mpeg"/>'
        f"<itunes:duration>3600</itunes:duration><itunes:episode>{n}</itunes:episode></item>\n"
    )


def _date(n: int) -> str:
    day = n % 28 + 1
    month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][n // 28 % 12]
    return f"{day:02} {month} {2000 + n // 336} 06:00:00 +0000"


def _notes(size: int) -> str:
    text = " ".join(_WORDS)
    return "".join(f"<p>{text} {n}</p>" for n in range(size // (len(text) + 12) + 1))


def pages_for(body: bytes, count: int) -> Iterator[bytes]:
    """Write summaries for items that are spread evenly over a feed."""
    items = etree.fromstring(body, etree.XMLParser(huge_tree=True, resolve_entities=False)).findall("channel/item")
    for place in range(0, len(items), max(1, len(items) // count)) if count else ():
        yield page(items[place].findtext("guid") or "", items[place].findtext("title") or "Untitled")


def page(guid: str, title: str, more: str = "") -> bytes:
    """Write the summary of one episode."""
    topics: list[dict[str, Any]] = [
        {
            "title": f"Topic {n} of {title}"[:100],
            "start": 60.0 * n,
            "passages": [
                {"kind": "text", "text": " ".join(_WORDS * 3) + f" {more}."},
                {"kind": "quote", "text": "They vote with their feet.", "speaker": "Ann Lee"},
            ],
        }
        for n in range(6)
    ]
    document = {"version": 1, "title": title, "guid": guid, "abstract": " ".join(_WORDS * 4), "topics": topics}
    return json.dumps(document).encode()


def edited(body: bytes, edition: int) -> bytes:
    """Change the notes of one item in the middle of a feed, in another way for each edition."""
    places = [found.end() for found in re.finditer(rb"<description>(?:<!\[CDATA\[)?", body)]
    place = places[len(places) // 2 + 1]
    return body[:place] + b"Edition %d. " % edition + body[place:]
