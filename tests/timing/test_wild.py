"""Real transcripts of many makers: quotes cut from each are timed where the file itself says that they were spoken.

What a file says is read here by the plainest means for that one file, which know nothing of the program's readers.
"""

from __future__ import annotations

import csv
import io
import json
import re
from statistics import mean
from typing import TYPE_CHECKING, Any

import pytest

from enricher.errors import TranscriptError
from enricher.importer.companions import why_no_summary
from enricher.timing.quote_search import Index, Placement
from enricher.timing.transcript import read_transcript
from tests.corpus import files

if TYPE_CHECKING:
    from collections.abc import Callable

WILD = {path.name.partition("__")[0]: path for path in files("transcripts/wild") if path.suffix != ".ttml"}
needs_wild = pytest.mark.skipif(not WILD, reason="the real transcripts are not here (set ENRICHER_CORPUS)")

Said = list[tuple[float, str]]
"""The second at which each word, line or paragraph begins."""


def seconds(clock: str) -> float:
    """Read `1:02:03.5`."""
    return sum(float(part) * 60.0**n for n, part in enumerate(reversed(clock.replace(",", ".").split(":"))))


def blocks(text: str) -> Said:
    """Read subtitles."""
    found = re.findall(r"^((?:\d+:)?\d+:\d\d[.,]\d+)(?: -->|,).*\n((?:.+\n?)*)", text, re.MULTILINE)
    return [(seconds(at), re.sub(r"<[^>]*>|^\w+: ", "", said)) for at, said in found]


def matches(pattern: str) -> Callable[[str], Said]:
    """Return what reads the times and texts that a pattern finds."""
    return lambda text: [(seconds(at), said) for at, said in re.findall(pattern, text, re.MULTILINE)]


def data(read: Callable[[Any], list[tuple[Any, str]]]) -> Callable[[str], Said]:
    """Return what reads JSON."""
    return lambda text: [(float(at), said) for at, said in read(json.loads(text))]


WORDS: dict[str, Callable[[str], Said]] = {
    "assemblyai": data(lambda d: [(w["start"] / 1000, w["text"]) for w in d["words"]]),
    "aws": data(
        lambda d: [(w["start_time"], w["alternatives"][0]["content"]) for w in d["results"]["items"] if "end_time" in w]
    ),
    "dg": data(
        lambda d: [(w["start"], w["word"]) for w in d["results"]["channels"][0]["alternatives"][0]["words"]],
    ),
    "kaldi": data(lambda d: [(w["start"], w["word"]) for w in d["retval"]["words"]]),
    "nsjson": data(lambda d: [(w["startTime"], w["body"]) for w in d["segments"]]),
    "speechmatics": data(lambda d: [(w["time"], w["name"]) for w in d["words"]]),
    "wordslist": data(lambda d: [(w["start"], w["text"]) for w in d["words"]]),
}
LINES: dict[str, Callable[[str], Said]] = {
    "csv": lambda text: [(float(row[1]), row[3]) for row in list(csv.reader(io.StringIO(text)))[1:]],
    "hbhtml": matches(r"<time>([\d:]+)</time>\s*<p>(.*?)</p>"),
    "hbvtt": blocks,
    "nshtml": matches(r"<time>([\d:]+)</time>\s*<p>(.*?)</p>"),
    "otter": matches(r"^\S.*  ([\d:]+)\s*\n(.+)"),
    "podlove": data(lambda d: [(w["start_ms"] / 1000, w["text"]) for w in d]),
    "srtvc": blocks,
    "tptxt": matches(r"^([\d:]+) (.+)"),
    "tpvtt": blocks,
    "webvttpy": blocks,
    "whisper": data(lambda d: [(s["start"], s["text"]) for s in d["segments"]]),
    "swsub": matches(r"^\[(\d\d:\d\d\.\d\d)\](.+)"),
}


def errors(name: str, said: Said) -> list[float | None]:
    """Cut forty quotes that begin where the file gives a time; give how far off each is found, None if it is not."""
    path = WILD[name]
    index = Index(read_transcript(path.read_bytes(), path.suffix, path.name))
    found: list[float | None] = []
    for first in range(0, len(said), max(1, len(said) // 40)):
        words: list[str] = []
        for _, text in said[first:]:
            words += text.split()
            if len(words) >= 12:
                break
        place = index.place(" ".join(words[:20]))
        if len(words) >= 8:
            found.append(abs(place.start - said[first][0]) if isinstance(place, Placement) else None)
    return found


@needs_wild
@pytest.mark.parametrize("name", WORDS)
def test_quotes_are_timed_by_the_words_of_the_file(name: str) -> None:
    """Where every word has a time, that is the quote's."""
    found = errors(name, WORDS[name](WILD[name].read_text("utf-8-sig")))
    off = [one for one in found if one is not None]
    assert len(off) >= 0.9 * len(found) > 3
    assert max(off) <= 2
    assert mean(off) <= 0.05


@needs_wild
@pytest.mark.parametrize("name", LINES)
def test_quotes_are_timed_by_the_lines_of_the_file(name: str) -> None:
    """Where lines or paragraphs have times, a quote that begins one begins then."""
    found = errors(name, LINES[name](WILD[name].read_text("utf-8-sig").replace("\r\n", "\n")))
    off = [one for one in found if one is not None]
    assert all(one <= 2 for one in off)
    if name not in {"swsub", "webvttpy"}:  # a refrain is sung at several places; a toy of five lines
        assert len(off) >= 0.9 * len(found) > 3


@needs_wild
def test_every_file_is_read_and_none_is_a_summary() -> None:
    """But the text of captions whose times were left out, which is no summary either."""
    for path in files("transcripts/wild"):
        try:
            assert read_transcript(path.read_bytes(), path.suffix, path.name).cues
        except TranscriptError:
            assert path.name.startswith("plaintxt")
        if path.suffix in {".json", ".txt", ".md"}:
            assert why_no_summary(path, path.read_bytes(), {}), path.name
