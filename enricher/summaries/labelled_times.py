"""Times behind a label that comes back below every heading: "Source: [00:02:32]", as models cite what they heard."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from enricher.summaries.vocabulary import key_role, part_of_record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.summaries.blocks import Piece

_LABELLED = re.compile(r"(?P<label>[^\W\d_][\w ]{0,20})\s?[:：]\s?[\[(]?(?P<time>(?:\d{1,2}:)?\d{1,2}:\d\d)[\])]?")
_TIMED = re.compile(r"\d{1,2}:\d\d")
_AGAIN = 3
"""No list of chapters has one title so often."""


def _says_where(label: str) -> bool:
    return key_role(label) == "source" or part_of_record(label)[0] == "time"


def times_of_headings(pieces: Sequence[Piece]) -> list[Piece]:
    """Put the first of such times below a heading before the heading, and leave their lines out."""
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
