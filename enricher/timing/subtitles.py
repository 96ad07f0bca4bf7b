"""SubRip and WebVTT, sound or broken.

They are read by one reader of our own. On trial pysubs2 lost every cue of a file with two-part times or bare carriage
returns and took a cue with a short fraction for text; webvtt-py lost cues with decimal commas and refused a file
without its first line. Both are the measure of this reader on sound files, in the tests.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from enricher.timestamps import parse_clock
from enricher.timing.cues import make_cue, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.model.timeline import Cue

_TIMING = re.compile(r"\s*(\d[\d:.,]*)\s*-{1,3}>\s*(\d[\d:.,]*)")
_HALF = re.compile(r"\d{1,3}:[\d:.,]*\s*(?:-{1,3}>?\s*[\d:.,]*)?")  # a timing line that the file's end cut off
_ROLLING = re.compile(r"<\d[\d:.]+>")  # automatic captions time every word
_SHOWN = 4  # lines that a rolling caption shows at once


def read_subtitles(text: str, *, vtt: bool) -> list[Cue]:
    """Read SubRip and WebVTT: what stands between two timing lines, less the next one's number, was said."""
    lines = text.split("\n")
    timings = [(i, found) for i, line in enumerate(lines) if "->" in line and (found := _TIMING.match(line))]
    spans = pairwise([*(i for i, _ in timings), len(lines)])
    blocks = [
        [line for line in _spoken(lines[i + 1 : until], number, vtt=vtt) if line]
        for number, (i, until) in enumerate(spans, start=2)
    ]
    rolling = (vtt and bool(_ROLLING.search(text))) or _rolls(blocks)
    cues: list[Cue] = []
    said: list[str] = []
    for (_, found), block in zip(timings, blocks, strict=True):
        start, end = parse_clock(found[1].rstrip(".,:")), parse_clock(found[2].rstrip(".,:"))
        new = block[_repeated(said, block) :] if rolling else block
        said = [plain(line) for line in block]
        if start is not None:
            cues.append(make_cue(start, start if end is None else end, "\n".join(new)))
    return cues


def _spoken(block: list[str], number: int, *, vtt: bool) -> list[str]:
    """Drop what follows a WebVTT cue's blank line, and the number (or half the times) of the next SubRip cue."""
    if vtt and block and block[0].isspace():
        block = block[1:]  # rolling captions begin with a line of one space
    if vtt and "" in (stripped := [line.strip() for line in block]):
        return block[: stripped.index("")]
    kept = _filled(block)
    # The file ends in the middle of a timing line, as half a download does.
    if kept and _HALF.fullmatch(kept[-1]):
        kept = _filled(kept[:-1])
        block = [*kept, ""]
    # Numbers that people say stay: "2001" alone in a cue is its text. Editors leave wrong numbers, below a blank line.
    if len(block) > 1 and kept and kept[-1].isdecimal() and (kept[-1] == str(number) or not "".join(kept[-2:-1])):
        kept.pop()
    return kept


def _filled(block: Sequence[str]) -> list[str]:
    kept = [line.strip() for line in block]
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _rolls(blocks: Sequence[Sequence[str]]) -> bool:
    """Recognise rolling captions, most of which show lines of the one before again."""
    shown = [[plain(line) for line in block] for block in blocks if block]
    again = sum(bool(_repeated(a, b)) and len(b) > 1 for a, b in pairwise(shown))
    return again * 2 > len(shown) > _SHOWN


def _repeated(said: Sequence[str], block: Sequence[str]) -> int:
    """Count the lines that a rolling caption shows again from the cue before."""
    lines = [plain(line) for line in block]
    return next((n for n in range(min(len(said), len(lines), _SHOWN), 0, -1) if list(said[-n:]) == lines[:n]), 0)
