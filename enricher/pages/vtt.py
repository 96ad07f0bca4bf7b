"""WebVTT of a transcript's cues, https://www.w3.org/TR/webvtt1/ (contract C52)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from enricher.text import one_line
from enricher.timestamps import clock_ms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enricher.model.timeline import Cue

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_SHORTEST = 1.0
"""Seconds that a cue is shown that has no length and none after it: a cue that ends when it begins is none."""


def webvtt(cues: Iterable[Cue]) -> bytes:
    """Write cues as a WebVTT file, in the order of their beginnings as the format demands, with speakers as voices."""
    told = sorted((cue for cue in cues if one_line(cue.text) and cue.start >= 0), key=lambda cue: cue.start)
    blocks = ["WEBVTT\n"]
    for cue, following in pairwise([*told, None]):
        assert cue is not None  # noqa: S101 the last one follows alone
        start, end = clock_ms(cue.start), clock_ms(max(cue.end, 0))
        if cue.end <= cue.start or end == start:
            later = following.start if following is not None and following.start > cue.start else None
            end = clock_ms(later if later is not None and clock_ms(later) != start else cue.start + _SHORTEST)
        speaker = _escaped(cue.speaker or "")
        # An end tag may be left out where the voice is the whole cue's.
        voice = f"<v {speaker}>" if speaker else ""
        blocks.append(f"\n{start} --> {end}\n{voice}{_escaped(cue.text)}\n")
    return "".join(blocks).encode()


def _escaped(text: str) -> str:
    return one_line(text).translate(_ESCAPES)
