"""Transcripts to cues: which format a document is in, and what is true of cues in every format.

A new format is a function from text to cues, in a module of its family, and an entry in `_FORMATS`.
"""

from __future__ import annotations

import codecs
import hashlib
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from enricher.errors import TranscriptError
from enricher.model.timeline import Transcript
from enricher.timing.cues import in_order
from enricher.timing.subtitles import read_subtitles
from enricher.timing.transcript_html import read_html
from enricher.timing.transcript_json import read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from enricher.model.timeline import Cue

_START = 200  # characters by which a format is known


class _Format(NamedTuple):
    name: str
    """For people who are to give one."""
    is_it: Callable[[str, str, str], bool]
    """Recognise it by the text's first characters and its declared type, both in lower case, and the whole text.

    Feeds declare wrong types, so content counts; the type only tells a WebVTT whose first line is missing.
    """
    read: Callable[[str], Iterable[Cue]]


_FORMATS = (
    # A SubRip may begin with "[Music]", which is no list.
    _Format(
        "podcast-namespace JSON (.transcript.json)",
        lambda start, _kind, _text: start.startswith(("{", "[")) and "-->" not in start,
        read_json,
    ),
    _Format(
        "HTML with <time> elements",
        lambda start, kind, text: start.startswith("<") and ("html" in start or "<time" in text or "html" in kind),
        read_html,
    ),
    _Format(
        "WebVTT (.vtt)",
        lambda start, kind, _text: start.startswith("webvtt") or "vtt" in kind,
        partial(read_subtitles, vtt=True),
    ),
    _Format("SubRip (.srt)", lambda _start, _kind, _text: True, partial(read_subtitles, vtt=False)),
)


def read_transcript(body: bytes, kind: str, origin: str) -> Transcript:
    """Read a transcript; `kind` is a MIME type or file suffix that the content may overrule, times are seconds.

    Broken files give what is sound in them: cues in time order, none ending before it starts or after the next
    one's start. `origin` names the document for people. Raises TranscriptError where there is no cue at all.
    """
    text = _decode(body).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    start = text.lstrip()[:_START].lower()
    found = next(one for one in _FORMATS if one.is_it(start, kind.lower(), text))
    cues = in_order(found.read(text))
    if not cues:
        names = [one.name for one in reversed(_FORMATS)]
        raise TranscriptError(
            f"{origin}: no line of speech with a time in it; give {', '.join(names[:-1])} or {names[-1]}"
        )
    return Transcript(cues, origin, hashlib.sha256(body).hexdigest())


def _decode(body: bytes) -> str:
    # Windows' Notepad wrote UTF-16, with a mark, for "Unicode".
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if body.startswith(mark):
            return body[2:].decode(encoding, "replace")
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        return decoder.decode(body)  # not final: a file cut inside its last character is UTF-8 still
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")
