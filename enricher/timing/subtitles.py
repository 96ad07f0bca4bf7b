"""SubRip, WebVTT and SBV, sound or broken.

They are read by one reader of our own. On trial pysubs2 lost every cue of a file with two-part times or bare carriage
returns, took a cue with a short fraction for text, and reads no SBV; webvtt-py lost cues with decimal commas and
refused a file without its first line. Both are the measure of this reader on sound files, in the tests.
"""

from __future__ import annotations

import re
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from enricher.timestamps import parse_clock
from enricher.timing.cues import UNKNOWN, make_cue, plain, voice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.model.timeline import Cue

# Translators' programs put spaces into times and arrows, and their arrows may be one character or escaped.
_ARROW = r"(?:-\s?-?\s?(?:>|&gt;)|[—–]>|-{3}>|→)"
_ONE = r"\d{1,3}(?:\s?:\s?\d{1,3}){1,3}(?:\s?[.,]\s?\d{1,9})?|\d[\d:.,]*"
_TIMING = re.compile(rf"\s*({_ONE})\s*{_ARROW}\s*({_ONE})|(\d{{1,3}}:\d\d:\d\d\.\d+),(\d{{1,3}}:\d\d:\d\d\.\d+)\s*$")
_WIDE = str.maketrans("０１２３４５６７８９：，．＞", "0123456789:,.>")
_FOURTH = re.compile(r"(\d{1,3}:\d\d:\d\d):(\d{2,3})|(\d{1,3}:\d\d):(\d{3})")
_FRAMES = 30  # a second
_MAY_TIME = re.compile("->|[,>→＞，]|-&gt;")
_HALF = re.compile(r"\d{1,3}:[\d:.,]*\s*(?:-{1,3}>?\s*[\d:.,]*)?")  # a timing line that the file's end cut off
_INLINE = re.compile(r"<(\d[\d:.]+)>")  # automatic captions time every word
_FEW = 3  # words that a caption may have in common with the one before by chance
_LEAST = 4  # captions

_Word = tuple[str, float | None]
"""A word, and when it is said where a time stands before it."""


def read_subtitles(text: str, *, vtt: bool) -> list[Cue]:
    """Read subtitles: what stands between two timing lines, less the next one's number, was said.

    Rolling captions, which show again what was said before, say it once.
    """
    lines = text.split("\n")
    timings = [
        (i, found)
        for i, line in enumerate(lines)
        if _MAY_TIME.search(line) and (found := _TIMING.match(line if line.isascii() else line.translate(_WIDE)))
    ]
    spans = pairwise([*(i for i, _ in timings), len(lines)])
    blocks = [
        "\n".join(_spoken(lines[i + 1 : until], number, vtt=vtt)) for number, (i, until) in enumerate(spans, start=2)
    ]
    captions = [
        (start, UNKNOWN if end is None else end, block)
        for (_, found), block in zip(timings, blocks, strict=True)
        for start, end in [(_clock(found[1] or found[3]), _clock(found[2] or found[4]))]
        if start is not None
    ]
    if (vtt and _INLINE.search(text)) or _rolls(blocks):
        return _said_once(captions)
    return [make_cue(*caption) for caption in captions]


def _clock(text: str) -> float | None:
    """Read one time: `0:01:02,500`, and what language models make of it: `00:01:02:500`, `01:02:500`; or frames."""
    text = "".join(text.split()).rstrip(".,:")
    if found := _FOURTH.fullmatch(text):
        seconds = parse_clock(found[1] or found[3])
        part = found[2] or found[4]
        return None if seconds is None else seconds + int(part) / (_FRAMES if len(part) < 3 else 1000)  # noqa: PLR2004
    return parse_clock(text)


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


def _rolls(blocks: Sequence[str]) -> bool:
    """Recognise rolling captions, most of which show words of the one before again."""
    shown = [lines for block in blocks if (lines := [plain(line).split() for line in block.split("\n")]) != [[]]]
    again = sum(bool(_repeated(a, b)) for a, b in pairwise(shown))
    return again * 2 > len(shown) > _LEAST


def _repeated(said: Sequence[list[str]], shown: Sequence[list[str]]) -> int:
    """Count the words that a rolling caption shows again from the caption before: lines of it, or many words."""
    before, words = list(chain.from_iterable(said)), list(chain.from_iterable(shown))
    n = _overlap(before, words) if words and words[0] in before else 0
    return n if n >= min(_FEW, len(said[-1]), len(words)) else 0


def _overlap(before: Sequence[str], words: Sequence[str]) -> int:
    """Count the most words that the one ends and the other begins with, in linear time (Knuth, Morris and Pratt)."""
    borders = [0] * len(words)
    n = 0
    for i, word in enumerate(chain(words[1:], before), start=1):
        while n and (n == len(words) or word != words[n]):
            n = borders[n - 1]
        n += word == words[n]
        if i < len(words):
            borders[i] = n
        elif i == len(words):
            n = int(word == words[0])
    return n


def _said_once(captions: Sequence[tuple[float, float, str]]) -> list[Cue]:
    """Make cues of what each caption shows anew; one that shows nothing new holds the one before."""
    cues: list[Cue] = []
    said: list[list[str]] = [[]]
    for start, end, block in captions:
        lines = [list(_words(line)) for line in block.split("\n")]
        shown = [[word for word, _ in line] for line in lines if line]
        new = list(chain.from_iterable(lines))[_repeated(said, shown) :]
        said = shown or said
        if not new and shown and cues:
            cues[-1] = make_cue(cues[-1].start, max(cues[-1].end, end), cues[-1].text, cues[-1].speaker)
            continue
        begins = [0, *(i for i, (_, at) in enumerate(new) if i and at is not None and start < at)]
        at = [start, *(new[i][1] or start for i in begins[1:])]
        for i, (first, until) in enumerate(pairwise([*begins, len(new)])):
            text = " ".join(word for word, _ in new[first:until])
            cues.append(make_cue(at[i], at[i + 1] if i + 1 < len(at) else end, text, voice(block)))
    return cues


def _words(block: str) -> Iterator[_Word]:
    pieces = _INLINE.split(block)
    for text, at in zip(pieces[::2], ["", *pieces[1::2]], strict=True):
        for n, word in enumerate(plain(text).split()):
            yield word, parse_clock(at) if not n and at else None
