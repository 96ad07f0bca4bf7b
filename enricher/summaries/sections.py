"""Which part of a page is what: its named sections, cut by the headings that name them.

Entries of lists that have entries below them are headings too: outlines of Logseq, Roam and Workflowy, toggles of
Notion.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from enricher.summaries.blocks import ASKS, SENTENCE_ENDS, Piece, stands_alone
from enricher.summaries.record_lists import SENTENCE
from enricher.summaries.vocabulary import Role, is_one_of, role_of
from enricher.text import fold, one_line
from enricher.timestamps import part_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enricher.timestamps import Timed

_OF_THE_PAGE = {"popular clips", "questions from this episode", "episode highlights", "related episodes"}
"""The sections of a page of episode highlights: known by their names however these are written."""
_LASTING = {"clips", "questions", "highlights", "related"}
"""Sections that hold headings of their own, and end with one of the same or a higher rank."""
_COUNT = re.compile(r"(?<=\S)\s\d{1,3}$")
_LONGEST_NAME = 60
_SHORT, _PROSE = 50, 80
_LOGO = re.compile(r".{0,100}\blogo", re.IGNORECASE)
BOLD = 10
"""The rank of a bold line that stands alone: below the headings of HTML."""
ENTRY = 20
"""The level of an entry that heads what stands below it: below the headings of HTML and bold lines."""
CALLOUT = re.compile(r"\[!(?P<kind>[\w-]{1,30})\][+-]?[ \t]*(?P<title>[^\n]*)\n?")
_NAME = 120
_HEADS = 0.7
_ONLY_ADDRESSES = re.compile(r"(?:https?://\S+\s*)+")
_ENDS = (".", "。", ",", ";")


def rank(piece: Piece) -> int | None:
    """Return the rank of a piece that is a heading, if only by its looks: 1 is the highest, 0 a form without ranks."""
    if piece.kind == "heading":
        return piece.level
    return BOLD if piece.is_bold and not piece.depth and stands_alone(piece.text) else None


@dataclass(frozen=True, slots=True)
class Section:
    """What a heading of notes stands over."""

    role: Role | None = None
    """None of a topic."""
    name: str = ""
    level: int = 0
    depth: int = 0
    above: Section | None = None


def in_sections(
    pieces: Sequence[Piece], times: Sequence[Sequence[Timed] | None]
) -> Iterator[tuple[int, Section, Piece]]:
    """Return the place of each piece of notes, the section that it stands in, and the piece.

    Of a section to be skipped, the heading alone. A section ends at a heading of the same or a higher rank, in a list
    at the end of its entry. A heading with a time is a topic whatever it is called.
    """
    now = page = Section()
    listed = False
    for i, piece in enumerate(pieces):
        level = BOLD if _names_boilerplate(piece) else rank(piece)
        while now.depth > piece.depth or (piece.kind == "bullet" and 0 < now.depth == piece.depth):
            now = now.above or page
        if level is None:
            listed |= piece.kind == "bullet"
            if now.role == "skip" and listed and _ends_list(now, piece):
                now = now.above or page
            if now.role != "skip":
                yield i, now, piece
            continue
        listed = False
        if now.role == "skip" and level > now.level and (not times[i] or is_one_of("transcript", now.name)):
            continue
        while now.above and now.level >= level:
            now = now.above
        now = Section(None if times[i] else role_of(piece.text), piece.text, level, piece.depth, now)
        yield i, now, replace(piece, kind="heading", level=level, is_bold=False)


def _ends_list(section: Section, piece: Piece) -> bool:
    """Return whether a piece behind a list is outside of its section: below a bold line, or prose below links."""
    prose = len(piece.text) >= _PROSE and piece.text[-1] in SENTENCE_ENDS and is_one_of("linked", section.name)
    return piece.kind == "text" and not piece.depth and (section.level == BOLD or prose)


def _names_boilerplate(piece: Piece) -> bool:
    """Recognise a short line of text that names a part for nobody, though nothing marks it as a heading."""
    short = piece.kind == "text" and len(piece.text) <= _SHORT and ":" not in piece.text and not piece.links
    return short and stands_alone(piece.text) and role_of(piece.text) == "skip"


def section_of(piece: Piece) -> Role | None:
    """Return which section of a page of highlights a piece is the name of; the number of its entries may follow."""
    named = piece.kind in {"heading", "text"} and _is_name(piece.text)
    return role_of(piece.text) if named else None


def _is_name(line: str) -> bool:
    return len(line) <= _LONGEST_NAME and _COUNT.sub("", fold(line)) in _OF_THE_PAGE


def sections(pieces: Iterable[Piece]) -> Iterator[tuple[Role | None, list[Piece]]]:
    """Part a page into clips, questions, highlights, related episodes, and notes (None) wherever else."""
    now: Role | None = None
    level = 0
    gathered: list[Piece] = []
    for piece in pieces:
        named, here = section_of(piece), rank(piece)
        ends = here is not None and 0 < here <= level
        role = role_of(piece.text) if here is not None else None
        if named is None and (ends or now != "highlights"):
            named = role if role in _LASTING else None
        # What stands below the highlights at their own rank is a topic still, if it is no part that has a name.
        if named is None and not (now and ends and (now != "highlights" or role)):
            gathered.append(piece)
            continue
        if now or gathered:
            yield now, gathered
        now, level, gathered = named, (here or 0) if named else 0, [] if named else [piece]
    if now or gathered:
        yield now, gathered


def content(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Leave out navigation: what stands before the sections beside a logo, and the name of a section that comes later.

    "Episode Highlights" stands among the navigation too: the last one, if no logo follows it, begins the section.
    """
    parted = [one for piece in pieces for one in _parted(piece)]
    highlights = [i for i, piece in enumerate(parted) if section_of(piece) == "highlights"]
    last = highlights[-1] if highlights else -1
    first = next((i for i, piece in enumerate(parted) if section_of(piece) not in {None, "highlights"}), len(parted))
    if last >= 0 and last + 1 < len(parted) and _is_logo(parted[last + 1].text) and last < first:
        last = -1
    if not highlights and first == len(parted):
        yield from pieces  # no page of highlights: "09:59 The logo" is an entry
        return
    start = min(first, last) if last >= 0 else first
    for i, piece in enumerate(parted):
        if not ((i in highlights and i != last) or (0 < i < start and _is_logo(piece.text))):
            yield piece


def _is_logo(line: str) -> bool:
    return bool(_LOGO.fullmatch(one_line(line)))


def _parted(piece: Piece) -> Iterator[Piece]:
    """Part lines that run together where one of them is navigation or the name of a section."""
    lines = piece.text.splitlines() if piece.kind in {"text", "heading"} else []
    begins = [i for i, line in enumerate(lines) if _is_name(line) or _is_logo(line)] if len(lines) > 1 else []
    if not begins:
        yield piece
        return
    edges = sorted({0, len(lines), *begins, *(i + 1 for i in begins)})
    for begin, end in pairwise(edges):
        text = "\n".join(lines[begin:end])
        if begin in begins:
            yield replace(piece, kind="heading" if _is_name(text) else "text", text=text, links=())
        else:
            yield replace(piece, text=text)


def unfolded_page(pieces: Sequence[Piece]) -> list[Piece]:
    """Read a page that is one outline: the entry that all stand below is its title, those with more are topics."""
    top = 1 if pieces and pieces[0].kind == "heading" and not pieces[0].depth else 0
    inside = [piece for piece in pieces[top:] if piece.kind != "rule"]
    shallowest = min((piece.depth for piece in inside), default=0)
    if not shallowest or all(piece.depth == shallowest for piece in inside):
        return list(pieces)
    roots = [piece for piece in inside if piece.depth == shallowest and piece.kind in {"bullet", "heading"}]
    if len(roots) == 1 and inside[0] is roots[0] and not top and role_of(roots[0].text) is None:
        title = replace(roots[0], kind="heading", level=1, depth=0)
        return unfolded_page([title, *(replace(one, depth=one.depth - (one.depth > shallowest)) for one in inside[1:])])
    return [*pieces[:top], *_unfolded(inside, every=True)]


def unfolded(pieces: Sequence[Piece]) -> list[Piece]:
    """Make headings of the entries of a list that nearly all have something below them."""
    found: list[Piece] = []
    run: list[Piece] = []
    for piece in _without_tables(pieces):
        if piece.depth:
            run.append(piece)
            continue
        found += [*_unfolded(run, every=False), piece]
        run = []
    return [*found, *_unfolded(run, every=False)]


def _without_tables(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Make topics of the rows of a table whose first cells name what the last ones say, as notes of Cornell's kind."""
    for is_row, group in groupby(pieces, key=_is_row):
        rows = list(group)
        for row in rows:
            name, _, said = row.text.partition(" | ")
            if is_row and len(rows) > 1:
                yield replace(row, kind="heading", text=name, level=ENTRY, depth=1, links=())
                yield replace(row, text=said, depth=1)
            else:
                yield row


def _is_row(piece: Piece) -> bool:
    name, _, said = piece.text.partition(" | ")
    plain = piece.kind == "text" and not piece.depth and "\n" not in said and not re.search(r"\d:\d\d", piece.text)
    return plain and len(said.rpartition(" | ")[2]) >= SENTENCE and stands_alone(name)


def _unfolded(pieces: Sequence[Piece], *, every: bool) -> Iterator[Piece]:
    """Make headings of the outermost entries: those of `every` outline, or of a list that heads with them."""
    shallowest = min((piece.depth for piece in pieces), default=0)
    starts = [i for i, one in enumerate(pieces) if one.depth == shallowest and one.kind in {"bullet", "heading"}]
    groups = [pieces[i:j] for i, j in pairwise([*starts, len(pieces)])]
    heads = [group for group in groups if _is_head(group)]
    asked = sum(group[0].text[-1:] in ASKS for group in heads)
    wrapped = any(group[1].kind == "text" and group[1].text[0].islower() for group in heads)
    several = len(heads) > 1 and len(heads) >= _HEADS * len(groups) and asked <= len(heads) / 2 and not wrapped
    yield from pieces[: starts[0]] if starts else pieces
    for group in groups:
        if not (every or several) or not _is_head(group):
            yield from group
            continue
        first, *below = group
        if all(_ONLY_ADDRESSES.fullmatch(one.text) for one in below):
            yield first  # and where it leads to
            continue
        yield first if first.kind == "heading" else replace(first, kind="heading", level=ENTRY + first.depth)
        yield from _unfolded(below, every=True) if role_of(first.text) else below


def _is_head(group: Sequence[Piece]) -> bool:
    """Distinguish an entry that names what stands below it from one that says something."""
    first = group[0]
    named = any(map(str.isalpha, first.text))
    return (
        len(group) > 1
        and named
        and len(first.text) <= _NAME
        and "\n" not in first.text
        and not first.text.endswith(_ENDS)
    )


def called_out(found: re.Match[str], said: Piece) -> Iterator[Piece]:
    """Read a callout of Obsidian or GitHub, `> [!quote] Ann Lee`: an entry by itself, its title what it is about."""
    kind, title = found["kind"].replace("-", " "), one_line(found["title"])
    if is_one_of("quoted", kind) and role_of(title) != "skip":
        yield replace(said, kind="quote", speaker=part_time(title).title or None)
        return
    if title or role_of(kind):
        name = title if title and (role_of(title) or not role_of(kind)) else kind
        yield Piece("heading", name, ENTRY + said.depth, depth=said.depth + 1)
    if said.text:
        yield replace(said, depth=said.depth + 1)
