"""The page of highlights as plain text."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from enricher.summaries.blocks import RULE, Kind, Page, Piece, link, stands_alone
from enricher.summaries.vocabulary import role_of
from enricher.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BULLET = re.compile(r"(?P<mark>[•●▪■□◦○‣⁃∙·*])\s+(?P<text>\S.*)")
_DASH_BULLET = re.compile(r"(?P<mark>[-–])\s+(?P<text>\S.*)")
_POINT = re.compile(r"(?P<mark>-)\s+(?P<text>\S.*)")
_NUMBERED = re.compile(r"(?P<mark>\d{1,2})(?P<end>[.)])\s+(?P<text>\S.*)")
_GLYPH = re.compile(r"[•●▪■□◦○‣⁃∙]")
_LISTED = re.compile(r"[•●▪■□◦○‣⁃∙]\s")
_NUMBER = "■"
_UNSEEN = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
"""What tells the direction of writing or nothing at all, and stands before the first letter of a line."""
_QUOTED = re.compile(r">\s?(?P<text>.*)")
_URL = re.compile(r"https?://[^\s<>()]+")
_SHORT = 80
_PLAIN = {"text", "bullet", "rule"}


def read(text: str) -> Page:
    """Cut text into pieces: bullets, short lines that stand alone, paragraphs, quotes, rules."""
    return Page(tuple(_pieces(text)))


def flat(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Read a page that is text between breaks, without lists and headings, as text is read; a link heads nothing.

    Where bold lines are its headings no others are looked for.
    """
    every = list(pieces)
    if sum(piece.is_bold for piece in every) > 1:
        yield from every
        return
    linked = [piece.text in {one.text for one in piece.links} for piece in every]
    for is_plain, group in groupby(range(len(every)), key=lambda i: every[i].kind in _PLAIN and not linked[i]):
        here = [every[i] for i in group]
        if not is_plain:
            yield from here
            continue
        lines = ("---" if one.kind == "rule" else f"{'• ' * (one.kind == 'bullet')}{one.text}" for one in here)
        links = [x for one in here for x in one.links]
        for piece in read("\n\n".join(lines)).pieces:
            yield replace(piece, links=tuple(x for x in links if x.text and x.text in piece.text))


def _pieces(text: str) -> Iterator[Piece]:
    stack: list[tuple[int, str]] = []
    for lines in _groups(_lines(text)):
        first = lines[0].strip()
        if RULE.fullmatch(first):
            yield Piece("rule")
        elif all(line.lstrip().startswith(">") for line in lines):
            said = (_QUOTED.fullmatch(line.strip()) for line in lines)
            yield _piece("quote", "\n".join(filter(None, (one_line(x["text"]) for x in said if x))))
        elif _BULLET.fullmatch(first) or _is_dashed(lines):
            yield from _bullets(lines, stack)
        elif len(lines) == 1 and (stands_alone(one_line(first)) or _names_what_follows(one_line(first))):
            yield _piece("heading", one_line(first).rstrip(":："), indent=_indent(lines[0]))
        else:
            yield _piece("text", "\n".join(map(one_line, lines)))


def _lines(text: str) -> list[str]:
    """Return the lines with every bullet before its text: pages put it on a line above, and numbers in its place."""
    lines: list[str] = []
    waiting = ""
    for line in (line.strip(_UNSEEN) for line in text.splitlines()):
        if _GLYPH.fullmatch(one_line(line)):
            waiting = line.rstrip()
        elif waiting and one_line(line):
            lines.append(f"{waiting} {one_line(line)}")
            waiting = ""
        elif not waiting:
            lines.append(line)
    return _unnumbered(lines)


def _unnumbered(lines: list[str]) -> list[str]:
    """Put bullets in place of the numbers of lists, which count from 1 to at least 2."""
    found = {i: x for i, x in enumerate(_NUMBERED.fullmatch(one_line(line)) for line in lines) if x}
    open_lists: dict[tuple[int, str], list[int]] = {}
    lists: list[list[int]] = []
    for i, entry in found.items():
        key = (_indent(lines[i]), entry["end"])
        if entry["mark"] == "1":
            open_lists[key] = [i]
            lists.append(open_lists[key])
        elif key in open_lists and int(entry["mark"]) == len(open_lists[key]) + 1:
            open_lists[key].append(i)
    for i in (i for one in lists if len(one) > 1 for i in one):
        lines[i] = f"{' ' * _indent(lines[i])}{_NUMBER} {found[i]['text']}"
    return lines


def _is_dashed(lines: list[str]) -> bool:
    """Distinguish a list with dashes from the name of a speaker, which stands alone behind a long one."""
    dashed = all(_DASH_BULLET.fullmatch(line.strip()) for line in lines)
    return dashed and (len(lines) > 1 or lines[0].strip().startswith("-"))


def _bullets(lines: list[str], stack: list[tuple[int, str]]) -> Iterator[Piece]:
    """Read entries of a list, each with the lines below it.

    Further from the left is deeper in the list, and so is another kind of bullet at the same place.
    """
    below: list[str] = []
    dashed = not _BULLET.fullmatch(lines[0].strip())
    for line in lines:
        found = (_DASH_BULLET if dashed else _BULLET).fullmatch(line.strip())
        if not found and stack and _indent(line) > stack[0][0]:
            found = _POINT.fullmatch(line.strip())
        if not found:
            below.append(one_line(line))
            continue
        if below:
            yield _piece("text", "\n".join(below))
            below = []
        here = (_indent(line), found["mark"])
        while stack and (stack[-1][0] > here[0] or here in stack):
            stack.pop()
        stack.append(here)
        yield _piece("bullet", one_line(found["text"]), depth=len(stack))
    if below:
        yield _piece("text", "\n".join(below))


def _indent(line: str) -> int:
    wide = line.expandtabs(4)
    return min(len(wide) - len(wide.lstrip()), _SHORT)


def _piece(kind: Kind, text: str, *, depth: int = 0, indent: int = 0) -> Piece:
    links = tuple(link(found[0], found[0].rstrip(".,;")) for found in _URL.finditer(text))
    return Piece(kind, text, depth, links, depth=depth, indent=indent)


def _groups(lines: Iterable[str]) -> Iterator[list[str]]:
    """Part lines by blank ones, which may hold (no-break) spaces, by rules, and where a list begins."""
    group: list[str] = []
    for line in lines:
        tidy = one_line(line)
        rule = bool(RULE.fullmatch(tidy))
        begins = _LISTED.match(tidy) and group and not _LISTED.match(one_line(group[0]))
        begins = begins or (len(group) == 1 and _names_what_follows(one_line(group[0])))
        begins = begins or (len(group) == 1 and _heads_list(group[0], line))
        if (rule or not tidy or begins) and group:
            yield group
            group = []
        if rule:
            yield [line]
        elif tidy:
            group.append(line)
    if group:
        yield group


def _heads_list(line: str, below: str) -> bool:
    """Recognise a line that stands above the first entry of a list with dashes."""
    first = bool(_POINT.fullmatch(below.strip())) and not _DASH_BULLET.match(line.strip())
    return first and stands_alone(one_line(line))


def _names_what_follows(line: str) -> bool:
    """Recognise a heading that no blank line parts from its text: in capitals, or the name of a section."""
    return stands_alone(line.rstrip(":：")) and (line.isupper() or role_of(line) is not None)
