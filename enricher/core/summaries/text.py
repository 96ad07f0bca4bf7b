"""The page of highlights as plain text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from enricher.core.summaries.pieces import Kind, Page, Piece, link
from enricher.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_BULLET = re.compile(r"[•●▪◦‣∙·*]\s+(?P<text>\S.*)")
_DASH_BULLET = re.compile(r"[-–]\s+(?P<text>\S.*)")
_RULE = re.compile(r"(?:-{3,}|—{2,}|_{3,}|\*{3,})")
_QUOTED = re.compile(r">\s?(?P<text>.*)")
_URL = re.compile(r"https?://[^\s<>()]+")
_SHORT = 80
_ENDS = ".!?:;,…。！？、；："
_OPENS = ("“", '"', "„", "«", "「", "—", "– ", "(", "[")


def read(text: str) -> Page:
    """Cut text into pieces: bullets, short lines that stand alone, paragraphs, quotes, rules."""
    return Page(tuple(_pieces(text)))


def stands_alone(line: str) -> bool:
    """Tell a heading by its looks: short, and without the punctuation that a sentence begins or ends with."""
    if not line or len(line) > _SHORT or line[-1] in _ENDS or line.startswith(_OPENS):
        return False
    return any(character.isalpha() for character in line)


def _pieces(text: str) -> Iterator[Piece]:
    depths = [-1]
    for lines in _groups(text):
        first = lines[0].strip()
        if _RULE.fullmatch(first):
            yield Piece("rule")
        elif all(line.lstrip().startswith(">") for line in lines):
            said = (_QUOTED.fullmatch(line.strip()) for line in lines)
            yield _piece("quote", "\n".join(filter(None, (one_line(x["text"]) for x in said if x))))
        elif _BULLET.fullmatch(first) or _is_dashed(lines):
            yield from _bullets(lines, depths)
        elif len(lines) == 1 and stands_alone(one_line(first)):
            yield _piece("heading", one_line(first), indent=_indent(lines[0]))
        else:
            yield _piece("text", "\n".join(map(one_line, lines)))


def _is_dashed(lines: list[str]) -> bool:
    """Tell a list with dashes from the name of a speaker, which stands alone behind a long one."""
    dashed = all(_DASH_BULLET.fullmatch(line.strip()) for line in lines)
    return dashed and (len(lines) > 1 or lines[0].strip().startswith("-"))


def _bullets(lines: list[str], depths: list[int]) -> Iterator[Piece]:
    """Read entries of a list, each with the lines below it; further from the left is deeper in the list."""
    below: list[str] = []
    dashed = not _BULLET.fullmatch(lines[0].strip())
    for line in lines:
        found = (_DASH_BULLET if dashed else _BULLET).fullmatch(line.strip())
        if not found:
            below.append(one_line(line))
            continue
        if below:
            yield _piece("text", "\n".join(below))
            below = []
        while depths[-1] >= _indent(line):
            depths.pop()
        depths.append(_indent(line))
        yield _piece("bullet", one_line(found["text"]), depth=len(depths) - 1)
    if below:
        yield _piece("text", "\n".join(below))


def _indent(line: str) -> int:
    wide = line.expandtabs(4)
    return min(len(wide) - len(wide.lstrip()), _SHORT)


def _piece(kind: Kind, text: str, *, depth: int = 0, indent: int = 0) -> Piece:
    links = tuple(link(found[0], found[0].rstrip(".,;")) for found in _URL.finditer(text))
    return Piece(kind, text, depth, links, depth=depth, indent=indent)


def _groups(text: str) -> Iterator[list[str]]:
    """Part lines by blank ones, which may hold (no-break) spaces, and by rules."""
    group: list[str] = []
    for line in text.splitlines():
        tidy = one_line(line)
        rule = bool(_RULE.fullmatch(tidy))
        if (rule or not tidy) and group:
            yield group
            group = []
        if rule:
            yield [line]
        elif tidy:
            group.append(line)
    if group:
        yield group
