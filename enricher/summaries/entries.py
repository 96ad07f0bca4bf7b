"""Entries of several lines: the time may stand in the last one, and labels say what their lines are."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from enricher.model.timeline import Mark
from enricher.summaries.blocks import Piece
from enricher.summaries.vocabulary import is_one_of, key_role, role_of
from enricher.timestamp_lists import find_list, time_alone, time_behind, titled_line
from enricher.timestamps import clock, parse_clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LABEL = 40
_WRAPPED = 66
"""A longer line may have been wrapped."""
_LIST = 3
"""So many entries are a list."""
_LINE = 200


def times_first(pieces: Sequence[Piece]) -> list[Piece]:
    """Put the time of an entry into its first line, which is its title, where it stands behind its last.

    So Readwise writes what Snipd and Airr gave it. One time at the end of a few lines is somebody's appointment.
    """
    blocks = list(_blocks(pieces))
    timed = {i: found for i, block in enumerate(blocks) if (found := _time_at_end(block)) is not None}
    ascending = all(a[0] < b[0] for a, b in pairwise(timed.values()))
    several = any(len(lines) > 1 for _, lines in timed.values())
    if len(timed) < 2 or not ascending or not several:  # noqa: PLR2004 a list
        return list(pieces)
    rewritten: list[Piece] = []
    for i, block in enumerate(blocks):
        if i not in timed:
            rewritten += block
            continue
        start, lines = timed[i]
        title, *below = _said(lines) or lines
        if below and (len(title) > _WRAPPED or below[0][0].islower()):
            title, below = " ".join([title, *below]), []  # one sentence on several lines
        links = tuple(x for one in block for x in one.links if x.text in title)
        rewritten.append(replace(block[0], text=f"{clock(start)} {title}", links=links))
        if below:
            rewritten.append(Piece("text", "\n".join(below), depth=max(1, block[0].depth)))
    return rewritten


def _blocks(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Part pieces into entries of lists with the text that stands in each, and others alone."""
    block: list[Piece] = []
    for piece in pieces:
        goes_on = block and block[0].depth and piece.kind == "text" and piece.depth == block[0].depth
        if block and not goes_on:
            yield block
            block = []
        block.append(piece)
    if block:
        yield block


def _time_at_end(block: Sequence[Piece]) -> tuple[float, list[str]] | None:
    """Read the time behind the last line of an entry, and the lines without it; None where another line has one."""
    lines = [line for piece in block for line in piece.text.splitlines()]
    if block[0].kind not in {"bullet", "heading", "text"} or not lines:
        return None
    last = lines[-1]
    link = next((x.text for x in block[-1].links if x.text and last.rstrip(")] ").endswith(x.text)), None)
    alone = time_alone(last) if len(lines) > 1 else None
    behind = time_behind(last)
    if alone and alone.start is not None:
        found, rest = alone.start, ""
    elif behind and (last[-1] in ")]）】" or (link and time_behind(f"- {link}"))):
        found, rest = behind.start, last[: last.rindex(link)].rstrip(" ([") if link else behind.title
    else:
        return None
    above = lines[:-1] + ([rest] if rest else [])
    return None if any(map(time_behind, lines[:-1])) or any(map(time_alone, lines[:-1])) else (found, above)


def _said(lines: Sequence[str]) -> list[str]:
    """Leave out labels, what labels say is for nobody else, and the names of speakers whom nobody knows."""
    kept: list[str] = []
    skipping = False
    for line in lines:
        name = line.rstrip(":：") if line.endswith((":", "：")) and len(line) <= _LABEL else ""
        role = role_of(name) or key_role(name) if name else None
        if role:
            skipping = role in {"skip", "private"}
        elif not skipping and not is_one_of("nobody", line):
            kept.append(line)
    return kept


def find_times(pieces: Sequence[Piece]) -> list[Sequence[Mark] | None]:
    """Find the list of times, judged whole: what each piece has of it, None where it only looks like an entry."""
    lines, places = [], []
    for i, piece in enumerate(pieces):
        for line in _rows(pieces, i) if piece.kind in {"text", "bullet", "heading"} else ():
            lines.append(line)
            places.append(i)
    entries = find_list(lines)
    times: list[list[Mark]] = [[] for _ in pieces]
    for one in entries:
        here = next((places[n] for n in one.lines if time_alone(lines[n]) is None), places[one.lines[0]])
        times[here].append(Mark(one.start, one.title))
    found: list[Sequence[Mark] | None] = list(times)
    if entries:
        return found
    timed = {places[n]: mark for n, line in enumerate(lines) if (mark := titled_line(line))}
    for i, mark in timed.items():
        if len(timed) < _LIST:
            found[i] = [mark] if "\n" not in pieces[i].text else []
        elif pieces[i].kind != "heading":
            found[i] = None  # so many could have been a list, and are none
    return found


def _rows(pieces: Sequence[Piece], i: int) -> Iterator[str]:
    """Return the lines of a piece, each with its time first if a table, its link or the line below it has that."""
    piece = pieces[i]
    rows = piece.text.splitlines()
    if piece.kind == "heading" and i + 1 < len(pieces):
        # "🎧 05:12 - 06:40 (01:28)" below a heading is when that is spoken (Snipd).
        alone = time_alone(pieces[i + 1].text.partition("\n")[0])
        if alone and alone.start is not None:
            yield f"{clock(alone.start)} {piece.text}"
            return
    if len(rows) > 1 and time_alone(rows[0]):
        # "- @1:24", and below it in the same entry what is said then.
        rows = [" ".join(rows)] if len(piece.text) < _LINE else [" ".join(rows[:2]), *rows[2:]]
    for line in rows:
        if not (time_alone(line) and i and pieces[i - 1].kind == "heading"):
            yield _time_first(piece, line)


def _time_first(piece: Piece, line: str) -> str:
    cells = [cell.strip() for cell in line.split(" | ")]
    clocks = [cell for cell in cells if ":" in cell and parse_clock(cell.strip("[]()@")) is not None]
    words = [cell for cell in cells if cell not in clocks and any(map(str.isalpha, cell))]
    if clocks and words:
        return f"{clocks[0]} {words[0]}"
    if piece.kind != "text" and not any(map(str.isdigit, line.partition(" ")[0])) and not re.search(r"\d:\d\d", line):
        start = next((link.start for link in piece.links if link.start is not None and link.text in line), None)
        return line if start is None else f"{clock(start)} {line}"
    return line
