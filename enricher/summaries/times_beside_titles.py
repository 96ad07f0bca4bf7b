"""Times beside titles: behind a label that comes back below each heading, alone above each as on cards, before each."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from enricher.summaries.blocks import is_wrapped
from enricher.summaries.vocabulary import key_role, part_of_record
from enricher.timestamp_lines import time_alone, titled_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.summaries.blocks import Piece

_LABELLED = re.compile(r"(?P<label>[^\W\d_][\w ]{0,20})\s?[:：]\s?[\[(]?(?P<time>(?:\d{1,2}:)?\d{1,2}:\d\d)[\])]?")
_TIMED = re.compile(r"\d{1,2}:\d\d")
_INDEX = re.compile(r"^\d{1,3}[.)]?\s(?=\d)")
_ANY_TIME = re.compile(r"\d:\d")
_SEVERAL = 2
_AGAIN = 3
"""No list of chapters has one title so often."""


def _says_where(label: str) -> bool:
    return key_role(label) == "source" or part_of_record(label)[0] == "time"


def times_of_headings(pieces: Sequence[Piece]) -> list[Piece]:
    """Put times that are of headings before these, and part titles with times from what stands below them."""
    beside = _times_below(_times_above(pieces))
    several = sum(len(_titled_lines(piece)) for piece in beside) >= _SEVERAL
    return [part for piece in beside for part in (_parted(piece) if several else [piece])]


def _titled_lines(piece: Piece) -> list[int]:
    lines = piece.text.splitlines() if piece.kind == "text" else []
    return [i for i, line in enumerate(lines) if titled_line(line)]


def _parted(piece: Piece) -> Iterator[Piece]:
    """Part a paragraph in which titles with their times stand above what is said there, as below videos."""
    lines = piece.text.splitlines()
    begins = _titled_lines(piece)
    said = [line for i, line in enumerate(lines) if i not in begins]
    if not begins or not said or any(map(_ANY_TIME.search, said)):
        yield piece
        return
    for begin, end in pairwise([*([] if begins[0] == 0 else [0]), *begins, len(lines)]):
        head, below = lines[begin], lines[begin + 1 : end]
        timed = begin in begins
        if timed and below and (_goes_on(head, below[0]) or time_alone(below[0])):
            head, below = "\n".join([head, *below]) if time_alone(below[0]) else " ".join([head, below[0]]), below[1:]
        if not timed:
            head, below = "\n".join([head, *below]), []
        for text in filter(None, (head, "\n".join(below))):
            yield replace(piece, text=text, links=tuple(x for x in piece.links if x.text in text))


def _goes_on(head: str, below: str) -> bool:
    mark = titled_line(head)
    return is_wrapped(head, below) or (below[0].islower() and mark is not None and not mark.title[0].islower())


def _times_above(pieces: Sequence[Piece]) -> list[Piece]:
    """Join times that stand alone above headings, perhaps behind their number; what follows a heading is of that."""
    above: dict[int, str] = {}
    below: dict[int, str] = {}
    for i, (piece, heading) in enumerate(pairwise(pieces)):
        text = _INDEX.sub("", piece.text)
        elsewhere = any(one.start is None for one in piece.links)  # how long another video is
        if heading.kind == "heading" and piece.kind in {"text", "bullet"} and time_alone(text) and not elsewhere:
            follows = i and pieces[i - 1].kind == "heading"
            (below if follows else above)[i + 1] = text
    if len(above) < _SEVERAL:
        return list(pieces)
    ranks = {pieces[i].level for i in above}
    # The first card stands below the heading of them all.
    above |= {i: text for i, text in below.items() if pieces[i].level in ranks and pieces[i - 2].level not in ranks}
    headings = [i for i, piece in enumerate(pieces) if piece.kind == "heading" and piece.level in ranks]
    behind = any(time_alone(piece.text) for piece in pieces[headings[-1] :])
    if headings[0] not in above or behind:
        return list(pieces)  # they end what stands above them
    return [
        replace(piece, text=f"{above[i]} {piece.text}") if i in above else piece
        for i, piece in enumerate(pieces)
        if i + 1 not in above
    ]


def _times_below(pieces: Sequence[Piece]) -> list[Piece]:
    """Read "Source: [00:02:32]" below headings, as models cite what they heard: the first is the heading's."""
    lines = (line for piece in pieces if piece.kind != "heading" for line in piece.text.splitlines())
    labels = Counter(found["label"] for found in map(_LABELLED.fullmatch, lines) if found)
    again = {label for label, count in labels.items() if count >= _AGAIN and _says_where(label)}
    if not again:
        return list(pieces)
    kept: list[Piece] = []
    heading = -1
    for piece in pieces:
        if piece.kind == "heading":
            heading = len(kept)
            kept.append(piece)
            continue
        left = []
        for line in piece.text.splitlines():
            found = _LABELLED.fullmatch(line)
            if not (found and found["label"] in again):
                left.append(line)
            elif heading >= 0 and not _TIMED.search(kept[heading].text):
                kept[heading] = replace(kept[heading], text=f"{found['time']} {kept[heading].text}")
        if left or not piece.text:
            kept.append(replace(piece, text="\n".join(left)))
    return kept
