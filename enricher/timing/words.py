"""The words of a text as quotes and transcripts are compared by, and when each word of a cue is spoken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from enricher.model.timeline import Cue, ends_sentence
from enricher.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

_THOUSANDS = re.compile(r"(?<=\d)[,\u2019'](?=\d{3}(?!\d))")  # "1,500" is one word: folded, a comma parts words
# Scripts that put no spaces between words: each character is a word of its own.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # kana and Han
)
_PIECES = re.compile(f"[{_UNSPACED}]|[^{_UNSPACED}]+")
# Chinese and Japanese put no space after a full stop. Inside a cue a sentence ends only at a space or there.
_SENTENCES = re.compile(r"(?<=[.!?\u2026\u061f\u06d4])\s+|(?<=[\u3002\uff01\uff1f])\s*")


def words_of(text: str) -> list[str]:
    """Split text into folded words; scripts without spaces into characters."""
    folded = fold(_THOUSANDS.sub("", text))
    if folded.isascii():
        return folded.split()
    return [piece for word in folded.split() for piece in _PIECES.findall(word)]


def timed_words(cue: Cue) -> Iterator[tuple[str, float, float, bool]]:
    """Visit a cue's words: each with its start and end in seconds, and whether a sentence ends with it.

    Without times of its own, each takes as long as its letters are a share of the cue's. On a transcript with short
    cues, joined to cues of two minutes for trial, shares of letters came nearer the true times than shares of words
    (mean 2.4 against 2.6 s).
    """
    if cue.starts:
        for piece, start, end in zip(cue.text.split(), cue.starts, (*cue.starts[1:], cue.end), strict=True):
            yield from timed_words(Cue(start, max(start, end), piece))
        return
    pieces = [(words_of(piece), ends_sentence(piece)) for piece in _SENTENCES.split(cue.text)]
    pace = (cue.end - cue.start) / max(1, sum(len(word) + 1 for words, _ in pieces for word in words))
    at = cue.start
    for words, ends in pieces:
        for n, word in enumerate(words, start=1):
            yield word, at, min(cue.end, at + pace * (len(word) + 1)), ends and n == len(words)
            at += pace * (len(word) + 1)
