"""Cues as every reader of transcripts makes them: one line of text, its speaker apart, in order."""

from __future__ import annotations

import html
import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from enricher.model.timeline import Cue
from enricher.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]+)>")  # https://www.w3.org/TR/webvtt1/#webvtt-cue-voice-span
# Markup of WebVTT and SubRip, times within WebVTT cues, and the codes of SubStation Alpha that tools leave in SubRip.
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<[\d:.]+>|\{\\[^{}]*\}")
_SPEAKER = re.compile(
    r"(?:-\s*)?(?:\[([^\[\]:]{1,40})\]|>{2,3}\s*([^:<>]{1,40}):|([^\W\d_][^:\[\]<>?!,]{0,40})[:\uff1a])\s+(?=\S)"
)
_UNNAMED = frozenset({"unknown", "unknown speaker", "speaker"})
_LONGEST_NAME = 4  # words
_PACE = 15.0  # characters a second, where a transcript shows no pace of its own


def make_cue(start: float, end: float, text: str, speaker: str | None = None) -> Cue:
    """Make a cue of text that may hold markup and its speaker's name."""
    said = plain(text)
    if not speaker and (voice := _VOICE.search(text)):
        speaker = one_line(html.unescape(voice[1]))
    if not speaker:
        speaker, said = _split_speaker(said)
    return Cue(start, end, said, None if speaker and speaker.casefold() in _UNNAMED else speaker)


def plain(line: str) -> str:
    """Return one tidy line without markup."""
    return one_line(html.unescape(_TAG.sub("", line)))


def _split_speaker(said: str) -> tuple[str | None, str]:
    """Part `Ann Lee: …`, `- [Ann] …` and `>> ANN: …` into the name and what was said."""
    found = _SPEAKER.match(said)
    name = (found[1] or found[2] or found[3]).strip() if found else ""
    words = name.split()
    if not found or not words or len(words) > _LONGEST_NAME or any(word[0].islower() for word in words):
        return None, said
    return name, said[found.end() :]


def end_cues(cues: Sequence[Cue]) -> list[Cue]:
    """End each cue where the next begins; the last lasts as long as its text at the pace of the others."""
    ended = [Cue(a.start, max(a.start, b.start), a.text, a.speaker) for a, b in pairwise(cues)]
    spoken = sum(cue.end - cue.start for cue in ended)
    pace = sum(len(cue.text) for cue in ended) / spoken if spoken else _PACE
    return [*ended, *(Cue(c.start, c.start + len(c.text) / (pace or _PACE), c.text, c.speaker) for c in cues[-1:])]


def in_order(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """Sort cues by time, and end each where the next begins at the latest: words then follow one another."""
    said = sorted((cue for cue in cues if cue.text), key=lambda cue: (cue.start, cue.end))
    ordered: list[Cue] = []
    after = math.inf  # the next start that differs
    for i in range(len(said) - 1, -1, -1):
        cue = said[i]
        if i + 1 < len(said) and said[i + 1].start > cue.start:
            after = said[i + 1].start
        end = min(cue.end, after)
        if end <= cue.start and math.isfinite(after) and cue.end < cue.start:
            end = after
        ordered.append(Cue(cue.start, max(cue.start, end), cue.text, cue.speaker))
    return tuple(reversed(ordered))
