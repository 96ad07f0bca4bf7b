"""The page of highlights as plain text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from enricher.core.summaries.pieces import Kind, Page, Piece, link
from enricher.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_BULLET = re.compile(r"^\s*[•●▪◦‣∙·*]\s+(?P<text>\S.*)$")
_DASH_BULLET = re.compile(r"^\s*[-–]\s+(?P<text>\S.*)$")
_RULE = re.compile(r"^\s*(?:-{3,}|—{2,}|_{3,}|\*{3,})\s*$")
_URL = re.compile(r"https?://[^\s<>()]+")
_SHORT = 80
_ENDS = ".!?:;,…。！？"


def read(text: str) -> Page:
    """Cut text into pieces: bullets, short lines that stand alone, paragraphs, rules."""
    return Page(tuple(_pieces(text)))


def _pieces(text: str) -> Iterator[Piece]:
    for lines in _groups(text):
        first = _BULLET.match(lines[0])
        if len(lines) == 1 and _RULE.match(lines[0]):
            yield Piece("rule")
        elif first or all(_DASH_BULLET.match(line) for line in lines):
            for line in lines:
                found = _BULLET.match(line) or _DASH_BULLET.match(line)
                yield _piece("bullet", found["text"] if found else line, 1)
        elif len(lines) == 1 and _stands_alone(one_line(lines[0])):
            yield _piece("heading", lines[0], 0)
        else:
            yield _piece("text", "\n".join(map(one_line, lines)))


def _piece(kind: Kind, text: str, level: int = 0) -> Piece:
    tidy = text if kind == "text" else one_line(text)
    links = tuple(link(found[0], found[0].rstrip(".,;")) for found in _URL.finditer(tidy))
    return Piece(kind, tidy, level, links)


def _groups(text: str) -> Iterator[list[str]]:
    """Part lines by blank ones, which may hold (no-break) spaces, and by rules."""
    group: list[str] = []
    for line in text.splitlines():
        blank, rule = not one_line(line), bool(_RULE.match(line))
        if (blank or rule) and group:
            yield group
            group = []
        if rule:
            yield [line]
        elif not blank:
            group.append(line)
    if group:
        yield group


def _stands_alone(line: str) -> bool:
    """Tell a heading: short, and without the punctuation that a sentence ends with."""
    return len(line) <= _SHORT and line[-1:] not in _ENDS and not line.startswith(("“", '"', "—", "– "))
