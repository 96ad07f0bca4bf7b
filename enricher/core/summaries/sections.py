"""Which part of a page is what: its named sections, its navigation, and the headings of other people's notes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from enricher.core.text import fold, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enricher.core.summaries.pieces import Piece

Section = Literal["preamble", "clips", "questions", "highlights", "related"]
Role = Literal["abstract", "container", "related", "skip"]

_SECTIONS: dict[str, Section] = {
    "popular clips": "clips",
    "questions from this episode": "questions",
    "episode highlights": "highlights",
    "related episodes": "related",
}
_COUNT = re.compile(r"(?<=\S)\s\d{1,3}$")
_FURNITURE = re.compile(
    r"(?:sign|log) (?:up|in|out)|sign (?:up|in) (?:to|for) .{1,40}"
    r"|menu|search|home|share|copy link|save|subscribe|follow"
    r"|(?:share|play|listen to|save|watch) (?:this |the )?(?:episode|clip|video)|play|listen|listen now"
    r"|(?:see|view|show|load|read) (?:all|more|less)(?: .{1,30})?"
    r"|asked by \d[\d,]* (?:people|person|users?)|answers \d[\d,]* questions?"
    r"|\d[\d,]* (?:clips?|views?|plays?|likes?|questions?|answers?|episodes?|mins?|minutes?)(?: (?:read|listen|ago))?"
    r"|(?:no|there are no) (?:popular |related )?(?:clips|questions|episodes|highlights)(?: .{1,30})?"
    r"|privacy(?: policy)?|terms(?: of (?:use|service))?|cookies?(?: policy)?|all rights reserved|back to top|loading",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright\b).{0,100}", re.IGNORECASE)
_LONGEST_NAME = 60
_LOGO = re.compile(r".{0,100}\blogo", re.IGNORECASE)
_ABSTRACTS = {
    *("overview", "summary", "abstract", "introduction", "about", "about this episode", "episode summary", "synopsis"),
    *("tldr", "tl dr", "description", "episode description", "in this episode", "episode overview", "intro"),
}
_CONTAINERS = {
    *("show notes", "shownotes", "notes", "topics", "key topics", "main topics", "topics discussed", "chapters"),
    *("timestamps", "time stamps", "timeline", "outline", "episode outline", "highlights", "key highlights"),
    *("key points", "main points", "topics covered", "what we discussed", "table of contents", "contents"),
}
_SKIPPED = re.compile(
    r".*\b(?:sponsors?|sponsored|advertisements?|ads?)\b.*"
    r"|(?:links?|resources|references|guests?|hosts?|further (?:exploration|reading)|shameless plugs?|plugs|credits)"
    r"|(?:links|resources|books|people|things) (?:mentioned|and .{1,30})(?: .{0,30})?|mentioned in this episode"
    r"|show links|episode links|cluster mappings?|backlinks|tags|metadata|transcript|full transcript"
    r"|(?:follow|tweet|email|contact|support|join|find|rate|subscribe|connect)(?: .{0,60})?"
    r"|connections to other episodes|related (?:concepts|topics|notes|episodes and concepts)|see also"
    r"|(?:\S+ )?s[i1]+ck p[i1]+cks?(?: \S+)?"
)


def section_of(piece: Piece) -> Section | None:
    """Tell which section a piece is the name of."""
    if piece.kind not in {"heading", "text"} or len(piece.text) > _LONGEST_NAME:
        return None
    return _named(piece.text)


def _named(line: str) -> Section | None:
    """Read the name of a section, behind which the number of its entries may stand."""
    return _SECTIONS.get(_COUNT.sub("", fold(line))) if len(line) <= _LONGEST_NAME else None


def without_furniture(pieces: Iterable[Piece], show: str | None = None) -> Iterator[Piece]:
    """Leave out what pages put beside their content: buttons, counts, placeholders, the name of the show alone."""
    for piece in pieces:
        lines = [line for line in piece.text.splitlines() if not _is_furniture(line, show)]
        if lines or not piece.text:
            yield piece if len(lines) == len(piece.text.splitlines()) else replace(piece, text="\n".join(lines))


def _is_furniture(line: str, show: str | None) -> bool:
    line = one_line(line)
    if len(line) > _LONGEST_NAME * 2:
        return False
    plain = fold(line)
    return bool(_FURNITURE.fullmatch(plain) or _COPYRIGHT.fullmatch(line)) or (show is not None and plain == fold(show))


def role_of(heading: str) -> Role | None:
    """Tell what a heading of notes that know no sections stands over; None for a topic."""
    name = fold(heading)
    if name in _ABSTRACTS:
        return "abstract"
    if name in _CONTAINERS:
        return "container"
    if name in {"related episodes", "similar episodes", "related"}:
        return "related"
    return "skip" if _SKIPPED.fullmatch(name) or not name.strip("x ") else None


def is_page(pieces: Sequence[Piece]) -> bool:
    """Tell whether this is a page of highlights; related episodes alone stand in many other notes."""
    return any(section_of(piece) not in {None, "related"} for piece in pieces)


def content(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Leave out navigation: what stands before the sections beside a logo, and the name of a section that comes later.

    "Episode Highlights" stands among the navigation too: the last one, if no logo follows it, begins the section.
    """
    parted = [one for piece in pieces for one in _parted(piece)]
    highlights = [i for i, piece in enumerate(parted) if section_of(piece) == "highlights"]
    last = highlights[-1] if highlights else -1
    first = next((i for i, piece in enumerate(parted) if section_of(piece) not in {None, "highlights"}), len(parted))
    if last >= 0 and last + 1 < len(parted) and _is_logo(parted[last + 1]) and last < first:
        last = -1
    start = min(first, last) if last >= 0 else first
    for i, piece in enumerate(parted):
        if (i in highlights and i != last) or (i < start and _is_logo(piece) and i > 0):
            continue
        yield piece


def _is_logo(piece: Piece) -> bool:
    return bool(_LOGO.fullmatch(one_line(piece.text)))


def _parted(piece: Piece) -> Iterator[Piece]:
    """Part lines that run together where one of them is navigation or the name of a section."""
    lines = piece.text.splitlines()
    if len(lines) < 2 or piece.kind not in {"text", "heading"}:  # noqa: PLR2004 one line runs into nothing
        yield piece
        return
    named = {i for i, line in enumerate(lines) if _named(line) or _LOGO.fullmatch(line)}
    if not named:
        yield piece
        return
    gathered: list[str] = []
    for i, line in enumerate(lines):
        if i not in named:
            gathered.append(line)
            continue
        if gathered:
            yield replace(piece, text="\n".join(gathered))
            gathered = []
        yield replace(piece, kind="heading" if _named(line) else "text", text=line, links=())
    if gathered:
        yield replace(piece, text="\n".join(gathered))
