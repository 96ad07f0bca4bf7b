"""Whether a document is what was said and no summary, whatever its name: recognisers leave NAME.json and NAME.txt."""

from __future__ import annotations

import json
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from enricher.errors import TranscriptError
from enricher.text import decode
from enricher.timing.transcript import read_transcript
from enricher.timing.words import words_of

if TYPE_CHECKING:
    from enricher.model.timeline import Transcript

_FEWEST = 3  # cues
_PACE = 2.0  # characters a second over the whole: people say 10 and more, timed notes have less than one
_STEP = 30.0  # seconds from one cue to the next; chapters are minutes long
_MOST = 0.7  # of a text, for it to be a transcript with little else
_RUN = 4  # words in a row that are no coincidence
_LINES, _LONGEST = 40, 70  # of captions without their times: lines, and characters of each
_SUMMARY = ("abstract", "summary", "description", "topics", "chapters", "highlights", "questions", "clips", "quotes",
            "takeaways")  # fmt: skip


def plain_transcript(name: str, body: bytes) -> Transcript | None:
    """Return the transcript that a document plainly is: speech, densely timed, and hardly anything else."""
    if not any(mark in body for mark in (b":", b"[", b";")):  # recognisers print `[1.00s -> 5.20s]`
        return None
    try:
        found = read_transcript(body, name, name.rpartition("/")[2])
    except TranscriptError:
        return None
    cues = found.cues
    letters = sum(len(cue.text) for cue in cues)
    if len(cues) < _FEWEST or letters < _PACE * (cues[-1].end - cues[0].start):
        return None
    if median(b.start - a.start for a, b in pairwise(cues)) > _STEP:
        return None
    text = decode(body)
    if name.lower().endswith(".json"):
        return found if _is_data(text) else None
    said = sum(_letters(cue.text) + _letters(cue.speaker or "") for cue in cues)
    return found if said >= _MOST * _letters(text) else None


def _letters(text: str) -> int:
    """Count letters alone: times, which short lines have as many signs of, are neither speech nor anything else."""
    return sum(map(str.isalpha, text))


def _is_data(text: str) -> bool:
    """Check whether data, one document or one a line, has nothing in it that a summary has."""
    try:
        data = [json.loads(text)]
    except (ValueError, RecursionError):
        try:
            data = [json.loads(line) for line in text.split("\n") if line.strip()]
        except (ValueError, RecursionError):
            return False
    return not any(isinstance(one, dict) and any(one.get(key) for key in _SUMMARY) for one in data)


def is_text_of(text: str, transcript: Transcript) -> bool:
    """Check whether a text is all that was said, without the times: most of its words, in the same runs."""
    said = words_of(" ".join(cue.text for cue in transcript.cues))
    words = words_of(text)
    if len(words) < _MOST * len(said) or len(words) < _RUN:
        return False
    runs = set(zip(*(said[i:] for i in range(_RUN)), strict=False))
    return sum(run in runs for run in zip(*(words[i:] for i in range(_RUN)), strict=False)) >= _MOST * len(words)


def is_captions(text: str) -> bool:
    """Check whether a text is captions whose times were left out: many short lines that end anywhere."""
    lines = text.strip().split("\n")
    open_ends = sum(0 < len(line.strip()) <= _LONGEST and line.rstrip()[-1].isalnum() for line in lines)
    return len(lines) >= _LINES and open_ends > 0.9 * len(lines)
