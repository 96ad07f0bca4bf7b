"""Lists whose entries have entries below them: outlines of Logseq, Roam and Workflowy, toggles of Notion."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from enricher.summaries.blocks import ASKS, Piece, stands_alone
from enricher.summaries.record_lists import SENTENCE
from enricher.summaries.vocabulary import is_one_of, role_of
from enricher.text import one_line
from enricher.timestamps import part_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ENTRY = 20
"""The level of an entry that heads what stands below it: below the headings of HTML and bold lines."""
CALLOUT = re.compile(r"\[!(?P<kind>[\w-]{1,30})\][+-]?[ \t]*(?P<title>[^\n]*)\n?")
_TITLE = 120
_MOST = 0.7
_ENDS = (".", "。", ",", ";")


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
    several = len(heads) > 1 and len(heads) >= _MOST * len(groups) and asked <= len(heads) / 2 and not wrapped
    yield from pieces[: starts[0]] if starts else pieces
    for group in groups:
        if not (every or several) or not _is_head(group):
            yield from group
            continue
        first, *below = group
        yield first if first.kind == "heading" else replace(first, kind="heading", level=ENTRY + first.depth)
        yield from _unfolded(below, every=True) if role_of(first.text) else below


def _is_head(group: Sequence[Piece]) -> bool:
    """Distinguish an entry that names what stands below it from one that says something."""
    first = group[0]
    return len(group) > 1 and len(first.text) <= _TITLE and "\n" not in first.text and not first.text.endswith(_ENDS)


def called_out(found: re.Match[str], said: Piece) -> Iterator[Piece]:
    """Read a callout of Obsidian or GitHub, `> [!quote] Ann Lee`: an entry by itself, its title what it is about."""
    kind, title = found["kind"].replace("-", " "), one_line(found["title"])
    if is_one_of("quoted", kind):
        yield replace(said, kind="quote", speaker=part_time(title).title or None)
        return
    if title or role_of(kind):
        name = title if title and (role_of(title) or not role_of(kind)) else kind
        yield Piece("heading", name, ENTRY + said.depth, depth=said.depth + 1)
    if said.text:
        yield replace(said, depth=said.depth + 1)
