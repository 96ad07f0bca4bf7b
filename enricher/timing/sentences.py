"""Where sentences begin and end among cues, and when each word of a cue is spoken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from enricher.timing.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enricher.model.timeline import Cue

_PAUSE = 1.0  # a silence between cues that parts sentences
_PIECES = re.compile(r"(?<=[.!?\u2026\u061f\u06d4])\s+|(?<=[\u3002\uff01\uff1f])\s*")
_ENDED = re.compile(r"[.!?\u2026\u3002\uff01\uff1f\u061f\u06d4]['\"\u2019\u201d\u00bb)\]\u300d\u300f]{0,4}$")


def parted(before: Cue, cue: Cue) -> bool:
    """Tell whether a sentence begins with a cue: after a full stop, a pause, or with another speaker."""
    ended = bool(_ENDED.search(before.text)) or cue.start - before.end > _PAUSE
    return ended or (cue.speaker is not None and cue.speaker != before.speaker) or cue.text.startswith("- ")


def timed_words(cue: Cue) -> Iterator[tuple[str, float, float, bool]]:
    """Give a cue's folded words, when each begins and ends (seconds), and whether a sentence ends with it.

    Each takes as long as its letters are a share of the cue's. On a transcript with short cues, joined to cues of two
    minutes for trial, shares of letters came nearer the true times than shares of words (mean 2.4 against 2.6 s).
    """
    pieces = [(words_of(piece), bool(_ENDED.search(piece))) for piece in _PIECES.split(cue.text)]
    pace = (cue.end - cue.start) / max(1, sum(len(word) + 1 for words, _ in pieces for word in words))
    at = cue.start
    for words, ends in pieces:
        for n, word in enumerate(words, start=1):
            yield word, at, min(cue.end, at + pace * (len(word) + 1)), ends and n == len(words)
            at += pace * (len(word) + 1)
