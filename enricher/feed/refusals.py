"""What is refused before it is parsed: JSON, feeds wrapped in something else, documents that declare entities."""

from __future__ import annotations

import re

from enricher.errors import SourceError
from enricher.feed.encoding import ROOT

_PROLOG = 100_000
_JSON = re.compile(rb"""(?:\xef\xbb\xbf)?\s*(?:[\w.$]{1,100}\()?\s*(?:\{\s*["}]|\[\s*[\[{"]|"\s*<)""")
# `)]}',{"contents": "<?xml …?><rss>`, `cb('<rss>')`, `1,"<rss>"`
_QUOTED = re.compile(r"""[:=(\[,]\s{0,9}\\?["'`](?:\s|\\[nrt])*(?:<\?xml\b[^>]{0,500}\?>(?:\s|\\[nrt])*)?\Z""")
_LONGEST_PROLOG = 1000


def refuse_unread(body: bytes) -> None:
    """Raise SourceError for what no feed begins with."""
    _refuse_entities(body)
    _refuse_wrapped(body[:_PROLOG])


def _refuse_wrapped(start: bytes) -> None:
    """Refuse JSON, and a feed that stands in quotes within anything: its characters are escaped in some way."""
    text = start.decode("utf-8", "replace")
    root = ROOT.search(text)
    if _JSON.match(start):
        advice = "it wraps a feed, whose own address is wanted" if root else "look for the show's RSS feed"
        raise SourceError(f"this is JSON, not RSS or Atom; {advice}")
    if root and _QUOTED.search(text, max(0, root.start() - _LONGEST_PROLOG), root.start()):
        raise SourceError("this is no feed, but something that wraps a feed, whose own address is wanted")


def _refuse_entities(body: bytes) -> None:
    """Refuse a document that declares entities: a feed has no use for them, and bombs are made of them."""
    prolog = body[:_PROLOG].replace(b"\0", b"")  # UTF-16 and UTF-32 hide no declaration
    found = re.search(rb"<(?:rss|feed|rdf|channel|\w+:rdf)\b", prolog, re.IGNORECASE)
    if b"<!ENTITY" in prolog[: found.start() if found else None].upper():
        raise SourceError("the document declares XML entities, which no feed needs; refused unread")
