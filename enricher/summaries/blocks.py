"""The stream that text, HTML and Markdown are turned into, for the one interpreter behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl, urlsplit

from enricher.timestamps import parse_clock, parse_time

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["heading", "bullet", "text", "quote", "rule"]
_SPOKEN = re.compile(r"[\d:.]{1,12}|(?:\d{1,3}h)?(?:\d{1,4}m)?(?:\d{1,6}s?)?", re.IGNORECASE)
RULE = re.compile(r"(?:-\s?){2,}|(?:[–—]\s?){2,}|—|⸻+|(?:_\s?){3,}|(?:\*\s?){3,}|(?:[⁂※]\s?)+")
"""A line that is no content, and makes a pull quote of the paragraph above it."""
CITED = re.compile(
    r"(?<=[.!?])\s?(?:\[\d{1,3}\]\s?)+$|(?<=[.。！])(?:\s?[\[(][^\[\]()]{0,20}\d:\d\d[^\[\]()]{0,20}[\])])+$"
)
"""Citations behind a sentence, by number or by time."""
SENTENCE_ENDS = tuple(".!?…。！？")
_ENDS = (*SENTENCE_ENDS, *":;,、；：")
_OPENS = ("—", "– ")
_PAIRS = {"“": "”", '"': '"', "„": "“”", "«": "»", "「": "」", "(": ")", "[": "]"}
_SHORT = 80
LINE_WIDTH = 66
"""A line that had no place for the first word of the next one is no shorter."""
ASKS = ("?", "？", "؟")
_TIME_KEYS = ("t", "start", "time_continue", "ts", "time", "begin", "start_time", "starttime", "timestamp")
_CLOCKS_IN_PATHS = {"overcast.fm"}
"""Hosts whose addresses end with a time, `/+AbC/4:35`; `/18:32` is a verse to others."""
_END_KEYS = ("end", "stop", "end_time", "endtime")


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside a piece: its text, its address, and the time that the address carries (seconds)."""

    text: str
    url: str
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """One block of a page."""

    kind: Kind
    text: str = ""
    level: int = 0
    """Of headings, 1 to 6 as in HTML, 0 where the form has no levels; of bullets, how deep they stand, from 1."""
    links: tuple[Link, ...] = ()
    speaker: str | None = None
    """Of quotes, where the page names one."""
    depth: int = 0
    """In how many entries of lists it stands, itself one of them if it is a bullet."""
    indent: int = 0
    """Of headings without levels: columns from the left."""
    is_bold: bool = False
    """Of text, whether all of it is: such a line is a heading to those who write it."""

    @property
    def is_marked(self) -> bool:
        """Whether it is a heading by markup and not by its looks alone."""
        return self.kind == "heading" and self.level > 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page as pieces, and what its metadata says under the JSON names."""

    pieces: tuple[Piece, ...]
    said: dict[str, Any] = field(default_factory=dict)
    identities: tuple[str, ...] = ()
    """Addresses that may be the item's: a page plays perhaps its own audio, perhaps the latest episode's."""


def link(text: str, url: str) -> Link:
    """Read a link and the time in it: `#t=90`, `?t=1m30s`, `start=1:02:03`, `#t=10,20`, `#1:02:03`."""
    try:
        parts = urlsplit(url)
        pairs = {key.lower(): value for key, value in parse_qsl(parts.fragment) + parse_qsl(parts.query)}
    except ValueError:
        return Link(text, "")
    path = parts.path.rpartition("/")[2] if parts.hostname in _CLOCKS_IN_PATHS else ""
    clocks = (one for one in (parts.fragment, path) if ":" in one)
    start = next((time for time in map(parse_clock, clocks) if time is not None), None)
    end = None
    for key in _TIME_KEYS:
        if key in pairs:
            first, _, second = pairs[key].partition(",")
            start, end = _seconds(first), _seconds(second)
            break
    for key in _END_KEYS:
        end = _seconds(pairs[key]) if key in pairs else end
    web = url if parts.scheme in {"http", "https"} and parts.netloc else ""
    return Link(text, web, start, end if start is not None and end is not None and end > start else None)


def _seconds(text: str) -> float | None:
    """Read `90`, `1m30s`, `1h2m`, `1:02:03`; seconds since 1970 are none."""
    if not _SPOKEN.fullmatch(text):
        return None
    return parse_time(text + "s" if text[-1:].isdecimal() and re.search("[hm]", text, re.IGNORECASE) else text)


def stands_alone(line: str) -> bool:
    """Recognise a heading by its looks: short, and without the punctuation that a sentence begins or ends with."""
    line = CITED.sub("", line)
    if not line or len(line) > _SHORT or line[-1] in _ENDS or line.startswith(_OPENS) or "://" in line:
        return False
    closing = _PAIRS.get(line[0])
    if closing is not None and (line[-1] in closing or not any(x in line[1:] for x in closing)):
        return False
    return any(character.isalpha() for character in line)


def is_wrapped(line: str, below: str) -> bool:
    """Return whether the first word below found no place in a line, as editors wrap sentences."""
    word, rest = below.partition(" ")[0], below.partition("\n")[0]
    return len(word) < LINE_WIDTH / 2 and len(line) + len(word) >= max(LINE_WIDTH, len(rest))


def headed(piece: Piece, bold: str) -> Iterator[Piece]:
    """Part an entry from a first line that is like a heading, a paragraph from one that alone is bold."""
    first, _, below = piece.text.partition("\n")
    if piece.kind == "text" and below and not piece.depth and bold and bold == "".join(filter(str.isalnum, first)):
        own = tuple(x for x in piece.links if x.text in first)
        if stands_alone(first.rstrip(":：")):
            yield replace(piece, text=first.rstrip(":："), links=own, is_bold=True)
            yield replace(piece, text=below, links=tuple(x for x in piece.links if x not in own))
            return
    if piece.kind != "bullet" or not below or is_wrapped(first, below) or not stands_alone(first):
        yield piece
        return
    own = tuple(x for x in piece.links if x.text in first)
    yield replace(piece, text=first, links=own)
    yield Piece("text", below, links=tuple(x for x in piece.links if x not in own), depth=piece.depth)
