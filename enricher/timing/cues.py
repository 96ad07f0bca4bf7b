"""Cues as every reader of transcripts makes them: one line of text, its speaker apart, in order."""

from __future__ import annotations

import html
import math
import re
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from enricher.model.timeline import Cue, ends_sentence
from enricher.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

UNKNOWN = -1.0
"""The end of a cue whose document gives none."""

_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]+)>")  # https://www.w3.org/TR/webvtt1/#webvtt-cue-voice-span
# Markup of WebVTT and SubRip, times within WebVTT cues, and the codes of SubStation Alpha that tools leave in SubRip.
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<[\d:.]+>|\{\\[^{}]*\}")
_SPEAKER = re.compile(
    r"(?:-\s*)?(?:\[([^\[\]:]{1,40})\]:?|>{2,3}\s*([^:<>]{1,40}):|([^\W\d_][^:\[\]<>?!,]{0,40})[:\uff1a])\s+(?=\S)"
)
_UNNAMED = frozenset({"unknown", "unknown speaker", "speaker"})
_PARTICLE = re.compile(
    "al|bin|d[aeiu]|de[lnr]|della|dos|el|ibn|l[ae]|te[nr]|va?n|von|y|zu"
)  # of a name, not at its start
_LONGEST_NAME = 4  # words
_PACE = 15.0  # characters a second, where a transcript shows no pace of its own
_SLOW = 2.0  # times as long as at its transcript's pace: a longer wait for the next cue is music, not speech
_SHORTEST = 2.0  # seconds: times are often whole seconds
# The fastest talkers say 25 characters a second, and captions that are cut close have twice as many. Captions held for
# 10 ms, and what recognisers make up, have far more.
_FASTEST = 60.0
_SLIP = 20  # characters: a word or two may have no time of their own
_ROUNDED = 1.0  # seconds
_WORD, _WORDS = 10.0, 8  # letters of a cue, and how many such cues there must be, for a transcript of single words
_LINE, _LULL, _SPAN = 60, 0.7, 4.0  # characters, seconds of silence and seconds that end a line of joined words


def make_cue(start: float, end: float, text: str, speaker: str | None = None) -> Cue:
    """Make a cue of text that may hold markup and its speaker's name."""
    said = plain(text)
    speaker = speaker or voice(text)
    if not speaker:
        speaker, said = _split_speaker(said)
    return Cue(start, end, said, None if speaker and speaker.casefold() in _UNNAMED else speaker)


def voice(text: str) -> str | None:
    """Return who speaks by the markup of WebVTT."""
    found = _VOICE.search(text)
    return one_line(html.unescape(found[1])) if found else None


def plain(line: str) -> str:
    """Return one tidy line without markup."""
    return one_line(html.unescape(_TAG.sub("", line)))


def is_name(text: str) -> bool:
    """Check whether a text may be a speaker's name: a few words, none in lower case but such as `van` and `de`."""
    words = [word for i, word in enumerate(text.split()) if not i or not _PARTICLE.fullmatch(word)]
    return 0 < len(words) <= _LONGEST_NAME and text[0].isalpha() and not any(word[0].islower() for word in words)


def _split_speaker(said: str) -> tuple[str | None, str]:
    """Part `Ann Lee: …`, `- [Ann] …` and `>> ANN: …` into the name and what was said."""
    found = _SPEAKER.match(said)
    name = (found[1] or found[2] or found[3]).strip() if found else ""
    return (name, said[found.end() :]) if found and is_name(name) else (None, said)


def in_order(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """Sort cues by time, and end each where the next begins at the latest: words then follow one another.

    A cue without an end lasts until the next, but no longer than its text takes; one whose words cannot be spoken in
    its time is no evidence of when they were, and is left out.
    """
    said = sorted((cue for cue in cues if cue.text), key=lambda cue: (cue.start, cue.end))
    if sum(cue.end == cue.start for cue in said) * 2 > len(said):
        said = [Cue(cue.start, UNKNOWN, cue.text, cue.speaker) for cue in said]
    following = [math.inf] * len(said)  # the next start that differs
    for i in range(len(said) - 2, -1, -1):
        following[i] = said[i + 1].start if said[i + 1].start > said[i].start else following[i + 1]
    spans = [
        cue.end - cue.start if cue.end >= cue.start else after - cue.start
        for cue, after in zip(said, following, strict=True)
    ]
    paces = [len(cue.text) / span for cue, span in zip(said, spans, strict=True) if 0 < span < math.inf]
    pace = median(paces) if paces else _PACE
    ordered = []
    for cue, after, span in zip(said, following, spans, strict=True):
        end, slip = cue.end, _SLIP
        if end < cue.start:
            length = len(cue.text) / pace
            end = cue.start + (max(_SHORTEST, _SLOW * length) if after < math.inf else length)
            slip += int(_FASTEST * _ROUNDED)
        if len(cue.text) <= _FASTEST * span + slip:
            ordered.append(Cue(cue.start, min(end, after), cue.text, cue.speaker))
    return tuple(ordered)


def join_words(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """Join the cues of a transcript that times every word to lines; other transcripts stay as they are."""
    if len(cues) < _WORDS or sum(len(cue.text) for cue in cues) > _WORD * len(cues):
        return tuple(cues)
    lines: list[list[Cue]] = [[cues[0]]]
    length = 0
    for before, cue in pairwise(cues):
        length += len(before.text) + 1
        mark = not any(character.isalnum() for character in cue.text)  # a full stop that is a cue of its own
        goes_on = cue.speaker == before.speaker and cue.start - before.end < _LULL and not ends_sentence(before.text)
        if mark or (goes_on and length < _LINE and cue.start - lines[-1][0].start < _SPAN):
            lines[-1].append(cue)
        else:
            lines.append([cue])
            length = 0
    return tuple(map(_joined, lines))


def _joined(words: Sequence[Cue]) -> Cue:
    text, starts = "", list[float]()
    for cue in words:
        pieces = cue.text.split()
        if text and not any(character.isalnum() for character in cue.text):
            text += "".join(pieces)
        else:
            text += f" {' '.join(pieces)}" if text else " ".join(pieces)
            starts += [cue.start + i * (cue.end - cue.start) / len(pieces) for i in range(len(pieces))]
    return Cue(words[0].start, words[-1].end, text, words[0].speaker, tuple(starts))
