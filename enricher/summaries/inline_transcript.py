"""Transcripts within documents, and documents that are nothing else."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from enricher.errors import SummaryError
from enricher.summaries.blocks import SENTENCE_ENDS
from enricher.summaries.vocabulary import ASKED_AND_ANSWERED
from enricher.timestamp_lines import titled_line
from enricher.timestamps import parse_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.summaries.blocks import Piece
    from enricher.summaries.records import Record

_CUE = re.compile(r"\W{0,3}((?:\d{1,2}:)?\d{1,3}:\d\d(?:[.,]\d{1,3})?)\b")
_ARROW = re.compile(r"\d:\d\d(?:[.,]\d{1,3})? --> ")
_CUE_LENGTH = 12.0
_CUES = 20
"""So many lines a few seconds after each other are cues."""
_SPEAKER = re.compile(r"\W{0,4}([^\W\d_][\w .'’-]{0,40})\W{0,2}(?:\s?[\[(][\d:.]{4,12}[\])])?\W{0,2}:\W{0,4}(?:\s|$)")
_TURN = re.compile(r"(?P<name>[^\W\d_][\w .'’-]{0,40}):\s")
_SENTENCE = 80
_TURN_HEAD = re.compile(r"\W{0,4}(?P<name>[^\W\d_][\w .'’-]{0,40}?)\W{1,4}(?P<time>(?:\d{1,2}:)?\d{1,2}:\d\d)\W{0,4}")
"""A name and a time above what is said: `### Ann Lee 0:17`, "Ann Lee (00:09):"."""
_HEADS = 8
_TURNS, _EACH = 16, 3
"""So many lines of at least two speakers who come back so often are what they said."""
_SAME_ORDER = 0.9
_TOLD = 60
_BESIDE = 3


def without_speech(pieces: Sequence[Piece], record: Record) -> list[Piece]:
    """Leave out a transcript, to the heading behind its end; what is left out is told.

    Raises SummaryError where nothing else is in the document.
    """
    spoken = (piece.kind in {"text", "heading"} for piece in pieces)
    lines = [(i, one) for i, is_text in enumerate(spoken) if is_text for one in pieces[i].text.splitlines()]
    place = _place_of_heads([line for _, line in lines])
    if place is None:
        lines = [(i, line) for i, line in lines if pieces[i].kind == "text"]
        place = _place_of_speech([line for _, line in lines])
    if place is None:
        return list(pieces)
    first, last = (lines[n][0] for n in place)
    ends = next((i for i in range(last + 1, len(pieces)) if pieces[i].kind in {"heading", "rule"}), len(pieces))
    # Headings with times among what was said are chapters.
    chapters = [x for x in pieces[first:ends] if x.kind == "heading" and titled_line(x.text)]
    kept = [*pieces[:first], *chapters, *pieces[ends:]]
    said = [piece for piece in kept if piece.kind != "heading" and piece.text]
    if not record.says_something and len(said) < _BESIDE and all(len(piece.text) < _TOLD for piece in said):
        raise SummaryError("is a transcript; beside a summary NAME it is read as NAME.transcript.txt, or as NAME.vtt")
    record.leave("what looks like a raw transcript", pieces[first].text)
    return kept


def _place_of_heads(lines: Sequence[str]) -> tuple[int, int] | None:
    """Find the first and the last name with a time above a turn: names that come back, in the order of times."""
    heads = [(n, found) for n, line in enumerate(lines) if (found := _TURN_HEAD.fullmatch(line))]
    counts = Counter(found["name"] for _, found in heads)
    speakers = {name for name, count in counts.items() if count >= _EACH}
    heads = [(n, found) for n, found in heads if found["name"] in speakers]
    times = [parse_time(found["time"]) or 0.0 for _, found in heads]
    rising = sum(a <= b for a, b in pairwise(times)) >= (len(times) - 1) * _SAME_ORDER
    return (heads[0][0], heads[-1][0]) if len(speakers) > 1 and len(heads) >= _HEADS and rising else None


def without_turns(lines: Sequence[str]) -> list[str]:
    """Empty the lines of a transcript: a time, and sentences behind names of speakers who come back, or no name.

    "0:00 News: bees" comes back too, and is no sentence.
    """
    marks = [titled_line(line) for line in lines]
    names = [_TURN.match(mark.title) if mark else None for mark in marks]
    said = (found for found in names if found and (found.string[-1] in SENTENCE_ENDS or len(found.string) > _SENTENCE))
    counts = Counter(found["name"] for found in said)
    speakers = {name for name, count in counts.items() if count > 1}
    # One alone is a heading of the list, and a list has more entries than "News: …?" comes back in it.
    if len(speakers) < 2 or sum(map(counts.__getitem__, speakers)) * 2 <= sum(map(bool, marks)):  # noqa: PLR2004
        return list(lines)
    told = []
    for line, mark, found in zip(lines, marks, names, strict=True):
        goes_on = mark and len(mark.title) > _SENTENCE / 2 and mark.title[-1] in SENTENCE_ENDS
        told.append("" if goes_on or (found and found["name"] in speakers) else line)
    return told


def _are_labels(names: Sequence[str]) -> bool:
    """Recognise "What:", "Why:", "Source:" below every heading: at least three, always in the same order."""
    following = Counter(pairwise(names))
    kept = sum(max((n for (a, _), n in following.items() if a == name), default=0) for name in set(names))
    return len(set(names)) > 2 and kept >= (len(names) - 1) * _SAME_ORDER  # noqa: PLR2004 two take turns in any case


def _place_of_speech(lines: Sequence[str]) -> tuple[int, int] | None:
    """Find the first and the last line of what is hardly anything but cues, or lines of speakers."""
    named = [(n, found[1]) for n, line in enumerate(lines) if (found := _SPEAKER.match(line))]
    turns = Counter(name for _, name in named if name not in ASKED_AND_ANSWERED)
    speakers = {name for name, count in turns.most_common(4) if count >= _EACH}
    spoken = [n for n, name in named if name in speakers]
    if _are_labels([name for _, name in named if name in speakers]):
        spoken = []
    if len(speakers) > 1 and len(spoken) >= _TURNS and len(spoken) * 2 > spoken[-1] - spoken[0]:
        return spoken[0], spoken[-1]
    cues = [(n, parse_time(found[1]) or 0.0) for n, line in enumerate(lines) if (found := _CUE.match(line))]
    # A list of chapters may stand above: where the time goes back, the cues begin.
    back = [i for i, ((_, a), (_, b)) in enumerate(pairwise(cues), 1) if b < a and len(cues) - i >= _CUES]
    cues = cues[back[-1] :] if back else cues
    steps = sorted(b - a for (_, a), (_, b) in pairwise(cues))
    dense = (
        len(cues) >= _CUES and len(cues) * 3 > cues[-1][0] - cues[0][0] and 0 <= steps[len(steps) // 2] <= _CUE_LENGTH
    )
    arrows = [n for n, line in enumerate(lines) if _ARROW.search(line)]
    if len(arrows) >= _EACH:
        return max(0, arrows[0] - 1), arrows[-1]
    return (cues[0][0], cues[-1][0]) if dense else None
