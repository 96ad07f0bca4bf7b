"""Which part of a page is what: its named sections, its navigation, and the headings of other people's notes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from enricher.text import fold, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enricher.summaries.blocks import Piece

Section = Literal["preamble", "clips", "questions", "highlights", "related"]

_SECTIONS: dict[str, Section] = {
    "popular clips": "clips",
    "questions from this episode": "questions",
    "episode highlights": "highlights",
    "related episodes": "related",
}
_COUNT = re.compile(r"(?<=\S)\s\d{1,3}$")
_BUTTONS = re.compile(
    r"(?:sign|log) (?:up|in|out)|sign (?:up|in) (?:to|for) .{1,40}|menu|search|home|share"
    r"|copy link|save|subscribe|follow"
    r"|(?:share|play|listen to|save|watch) (?:this |the )?(?:episode|clip|video)|play|listen|listen now"
    r"|back to top|loading"
    r"|\d[\d,]* (?:clips?|views?|plays?|likes?|questions?|answers?|episodes?|mins?|minutes?)(?: (?:read|listen|ago))?"
    r"|privacy(?: policy)?|terms(?: of (?:use|service))?|cookies?(?: policy)?",
    re.IGNORECASE,
)
"""What may be a topic, too."""
_NEVER_CONTENT = re.compile(
    r"(?:see|view|show|load|read) (?:all|more|less)(?: (?:clips|questions|episodes|highlights|topics|results))?"
    r"|asked by \d[\d ]*[km]? (?:people|persons?|users?|listeners?)|answers \d[\d ]*[km]? questions?"
    r"|none|tbd|coming soon|all rights reserved"
    r"|(?:no|there are no) (?:popular |related )?(?:clips|questions|episodes|highlights)(?: .{1,30})?",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright\b).{0,100}", re.IGNORECASE)
_LONGEST_NAME = 60
_LOGO = re.compile(r".{0,100}\blogo", re.IGNORECASE)
_AROUND = re.compile(
    r"(?:\d+ )?comments?|leave a (?:reply|comment)|privacy(?: policy)?|terms(?: .{1,30})?|legal|newsletter"
    r"|about(?: .{1,40})?"
    r"|(?:footer|company|product|products|support|help|menu|navigation|site ?map|recent posts|archives|categories)"
    r"|(?:subscribe|follow|contact|join|get|download|share|sign up)(?: .{1,60})?|.*\b(?:sponsors?|app)\b"
)
"""Headings at the foot of a site."""


def section_of(piece: Piece) -> Section | None:
    """Return which section a piece is the name of."""
    if piece.kind not in {"heading", "text"} or len(piece.text) > _LONGEST_NAME:
        return None
    return _named(piece.text)


def _named(line: str) -> Section | None:
    """Read the name of a section, behind which the number of its entries may stand."""
    return _SECTIONS.get(_COUNT.sub("", fold(line))) if len(line) <= _LONGEST_NAME else None


def without_furniture(pieces: Iterable[Piece], show: str | None = None, *, beside: bool = True) -> list[Piece]:
    """Leave out what pages put beside their content: buttons, counts, placeholders, the name of the show alone.

    Where it is content that is read (not `beside`), and in entries of lists, only what can be nothing else.
    """
    kept: list[Piece] = []
    for piece in pieces:
        lines = piece.text.splitlines()
        strict = not beside or piece.kind == "bullet"
        left = [line for line in lines if not _is_furniture(one_line(line), show, strict=strict)]
        if left or not lines:
            kept.append(piece if left == lines else replace(piece, text="\n".join(left)))
        elif kept and not any(x.start is not None for x in kept[-1].links):
            # A button "Play" leads to the time of what it stands below.
            timed = tuple(x for x in piece.links if x.start is not None)
            kept[-1] = replace(kept[-1], links=kept[-1].links + timed)
    return kept


def _is_furniture(line: str, show: str | None, *, strict: bool) -> bool:
    if len(line) > _LONGEST_NAME * 2:
        return False
    plain = fold(line)
    if _NEVER_CONTENT.fullmatch(plain) or _COPYRIGHT.fullmatch(line):
        return True
    return not strict and (bool(_BUTTONS.fullmatch(plain)) or (show is not None and plain == fold(show)))


def is_foreign(piece: Piece, level: int) -> bool:
    """Recognise a heading of the site around a page, by its rank above that of the section, or by what it says."""
    if piece.kind != "heading" or not piece.level:
        return False
    return piece.level < level or (piece.level <= level and bool(_AROUND.fullmatch(fold(piece.text))))


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
