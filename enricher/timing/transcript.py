"""Transcripts to cues: which format a document is in, and what is true of cues in every format."""

from __future__ import annotations

import hashlib
import re
from functools import partial
from typing import TYPE_CHECKING

from enricher.errors import TranscriptError
from enricher.model.timeline import Transcript
from enricher.text import decode
from enricher.timing.captions import read_captions
from enricher.timing.cues import in_order, join_words
from enricher.timing.subtitles import read_subtitles
from enricher.timing.transcript_data import longest_text, read_json, read_table
from enricher.timing.transcript_lines import read_lines
from enricher.timing.transcript_markup import read_markup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enricher.model.timeline import Cue

_DROPPED = re.compile(r"(?<![\d;])(\d\d);(\d\d);(\d\d);(\d\d)(?![\d;])")
"""A time as editing programs write it where they drop frames; semicolons part columns too."""
_HUNDREDTHS = re.compile(r"^\[(\d\d):(\d\d):(\d\d)\]", re.MULTILINE)
"""A time of LRC with a colon before the hundredths: no second is 60 or more."""
_MINUTE = 60
_ADVICE = "give SubRip, WebVTT, TTML, SBV, LRC, a table, JSON or HTML with times, or text with times before its lines"


def read_transcript(body: bytes, kind: str, origin: str) -> Transcript:
    """Read a transcript; `kind` is a MIME type or file suffix that the content may overrule, times are seconds.

    Broken files give what is sound in them: cues in time order, none ending before it starts or after the next
    one's start. `origin` names the document for people. Raises TranscriptError where there is no cue at all.
    """
    text = decode(body).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    text = _DROPPED.sub(r"\1:\2:\3:\4", text)
    if any(int(found[3]) >= _MINUTE for found in _HUNDREDTHS.finditer(text)):
        text = _HUNDREDTHS.sub(r"[\1:\2.\3]", text)
    for read, part in _readers(text, kind.lower()):
        if cues := join_words(in_order(read(part))):
            return Transcript(cues, origin, hashlib.sha256(body).hexdigest())
    raise TranscriptError(f"{origin}: no line of speech with a time in it; {_ADVICE}")


def _readers(text: str, kind: str) -> Iterator[tuple[Callable[[str], list[Cue]], str]]:
    """Return what may read a text, by its first characters; the first reader that finds cues is right.

    Feeds declare wrong types, so the type only tells a WebVTT whose first line is missing.
    """
    start = text.lstrip("\ufeff \t\n")[:6].lower()
    if start.startswith(("{", "[")):  # as subtitles that begin with "[Music]" do
        yield read_json, text
        if "\n" in (inner := longest_text(text)) or inner.lstrip().startswith(("<", "{", "[")):
            yield from _readers(inner, kind)
    yield read_captions, text
    if start.startswith("<"):
        yield read_markup, text
    yield partial(read_subtitles, vtt=start == "webvtt" or "vtt" in kind), text
    yield read_table, text
    yield lambda text: read_lines(text.split("\n")), text
