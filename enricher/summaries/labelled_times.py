"""Times beside headings: behind a label that comes back below each, or alone above each, as on cards of web pages."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from enricher.summaries.vocabulary import key_role, part_of_record
from enricher.timestamp_lines import time_alone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.summaries.blocks import Piece

_LABELLED = re.compile(r"(?P<label>[^\W\d_][\w ]{0,20})\s?[:：]\s?[\[(]?(?P<time>(?:\d{1,2}:)?\d{1,2}:\d\d)[\])]?")
_TIMED = re.compile(r"\d{1,2}:\d\d")
_INDEX = re.compile(r"^\d{1,3}[.)]?\s(?=\d)")
_SEVERAL = 2
_AGAIN = 3
"""No list of chapters has one title so often."""


def _says_where(label: str) -> bool:
    return key_role(label) == "source" or part_of_record(label)[0] == "time"


def times_of_headings(pieces: Sequence[Piece]) -> list[Piece]:
    """Put times that are of headings before these, and leave their lines out."""
    return _times_below(_times_above(pieces))


def _times_above(pieces: Sequence[Piece]) -> list[Piece]:
    """Join times that stand alone above headings, perhaps behind their number; what follows a heading is of that."""
    above: dict[int, str] = {}
    below: dict[int, str] = {}
    for i, (piece, heading) in enumerate(pairwise(pieces)):
        text = _INDEX.sub("", piece.text)
        if heading.kind == "heading" and piece.kind in {"text", "bullet"} and time_alone(text):
            follows = i and pieces[i - 1].kind == "heading"
            (below if follows else above)[i + 1] = text
    if len(above) < _SEVERAL:
        return list(pieces)
    ranks = {pieces[i].level for i in above}
    # The first card stands below the heading of them all.
    above |= {i: text for i, text in below.items() if pieces[i].level in ranks and pieces[i - 2].level not in ranks}
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
