"""Transcripts as data of any maker, read by shape: records with a start, perhaps an end or a length, and what was said.

Speech services, recognisers, players and tables name and nest the same few facts differently. Each list of records is a
track; the finest one that holds nearly all of what was said is the transcript.
"""

from __future__ import annotations

import math
import re
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from enricher.text import one_line
from enricher.timestamps import parse_clock, parse_time
from enricher.timing.cues import UNKNOWN, make_cue
from enricher.timing.transcript_keys import role_of
from enricher.timing.transcript_tree import CHOICES, records_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enricher.model.timeline import Cue

_TITLE = re.compile("title|head|chapter|name|label|summary|description|gist|note", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,16}(?:\.\d{1,16})?")
_WITH_UNIT = re.compile(r"(\d{1,16}(?:\.\d{1,9})?)\s?(ms|s|t)", re.IGNORECASE)
_LETTERED = {"ms": 1e-3, "s": 1.0, "t": 1e-7}  # ticks of TTML
_RANGE = re.compile(r"([\d:.,]{1,16})\s*(?:-{1,3}>?|–|→)\s*([\d:.,]{1,16})")
_CLOCK = re.compile(r"\s*(?:\d{1,3}:)?\d{1,3}:\d\d\s*")  # a time to be shown is nothing that was said
_FRAMES = re.compile(r"(\d{1,2}:\d\d:\d\d):(\d\d)")
_SCALES = (1.0, 1e-3, 1e-7)  # what a bare number may count: seconds, milliseconds, ticks of .NET
_SLOWEST = 0.03  # characters a second: what is slower is not in seconds
_INNER = 8  # twice as deep as a record's own record
_LATEST = 1e7  # no episode lasts four months
_MOST = 0.8  # of all letters, for a track to be the transcript
_UNORDERED = 0.05  # of a track's records may go back in time: channels one after the other


class _Time(NamedTuple):
    value: float
    bare: bool
    """A number of who knows what."""


class _Row(NamedTuple):
    start: _Time | None
    end: _Time | None
    length: _Time | None
    text: str
    speaker: str | None


def read_records(tree: object) -> list[Cue]:
    """Read data as JSON has it. Times are seconds, milliseconds or ticks, as the pace of speech tells; or strings."""
    return cues_of_groups(records_in(tree))


def cues_of_groups(groups: Mapping[Any, Sequence[Mapping[str, Any]]]) -> list[Cue]:
    """Make cues of the best of several lists of records."""
    tracks = [rows for records in groups.values() if (rows := _spoken(_begun([_row(one) for one in records])))]
    tracks = [rows for rows in tracks if _goes_on(rows)] or tracks
    tracks = [rows for rows in tracks if not _are_letters(rows)] or tracks
    letters = [sum(len(row.text) for row in rows) for rows in tracks]
    whole = [rows for rows, count in zip(tracks, letters, strict=True) if count >= _MOST * max(letters)]
    return _cues(max(whole, key=len)) if whole else []


def _row(record: Mapping[str, Any]) -> _Row:
    """Read one record: its own values, those of records in it, and of the best of its alternatives."""
    best: dict[str, tuple[int, Any]] = {}
    is_spoilt = False
    for key, value, depth in _values(record):
        role, rank, unit = role_of(key)
        read: Any = None
        if role in {"start", "end", "length"}:
            read = _time(value, unit)
            is_spoilt |= role == "start" and read is None and not isinstance(value, dict | None)
            rank += 10 * (read is not None and read.bare)  # what says its unit is surer
        elif role == "text":
            read = value if isinstance(value, str) and not _CLOCK.fullmatch(value) else None
        elif role == "speaker":
            read = value if isinstance(value, str | int) else None
        if read is not None and read != "" and rank + depth < best.get(role, (99, None))[0]:
            best[role] = (rank + depth, read)
    if is_spoilt and "start" not in best:
        return _Row(None, None, None, "", None)
    text = best["text"][1] if "text" in best else _text_of_parts(record) or _prose(record)
    start, end, length = (best.get(role, (0, None))[1] for role in ("start", "end", "length"))
    return _Row(start, end, length, text, _speaker(best["speaker"][1]) if "speaker" in best else None)


def _values(record: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[str, object, int]]:
    for key, value in record.items():
        span = _span(value) if role_of(key)[0] == "start" else None
        if span:
            yield from zip(("start", "end"), span, (depth + 1, depth + 1), strict=True)
            continue
        yield key, value, depth
        inner = value
        if isinstance(value, list) and value and (CHOICES.fullmatch(key) or _says_when(value)):
            inner = value[0]
        if isinstance(inner, dict) and depth < _INNER:
            speaks = role_of(key)[0] == "speaker"
            for name, one, below in _values(inner, depth + 4):
                yield "speaker" if speaks and name == "name" else name, one, below


def _says_when(values: Sequence[object]) -> bool:
    """Recognise a list that tells only when what stands beside it was said, as Video Indexer's `instances` do."""
    first = values[0] if isinstance(values[0], dict) else {}
    roles = {role_of(key)[0] for key in first}
    return "start" in roles and "text" not in roles and not any(isinstance(one, list) for one in first.values())


def _span(value: object) -> Sequence[object] | None:
    """Return start and end of `[0.0, 3.2]`, as Hugging Face writes it, and of `0:00 - 0:03`; None for one time."""
    if isinstance(value, list):
        return value if len(value) == 2 else None  # noqa: PLR2004 start and end
    found = _RANGE.fullmatch(value.strip()) if isinstance(value, str) else None
    return found.groups() if found else None


def _text_of_parts(record: Mapping[str, Any]) -> str:
    """Join the words that a record without a text of its own has in a list."""
    values = (value.values() if isinstance(value, dict) else (value,) for value in record.values())
    for parts in chain.from_iterable(values):
        if isinstance(parts, list) and parts and all(isinstance(one, dict) for one in parts):
            words = [text for one in parts if (text := next((v for k, v in one.items() if role_of(k)[0] == "text"
                     and isinstance(v, str)), ""))]  # fmt: skip
            if words:
                return ("" if any(word[0].isspace() or word[-1].isspace() for word in words) else " ").join(words)
    return ""


def _prose(record: Mapping[str, Any]) -> str:
    """Return the longest text of several words under a key that nobody knows; titles are chapters'."""
    texts = (value for key, value in record.items() if isinstance(value, str) and not role_of(key)[0]
             and not _TITLE.search(key) and " " in value.strip())  # fmt: skip
    return max(texts, key=len, default="")


def _speaker(value: str | int) -> str | None:
    label = one_line(str(value))
    return f"Speaker {label}" if len(label) <= 2 and label.isascii() and label else label or None  # noqa: PLR2004 0, A, S1


def _time(value: object, unit: float | None) -> _Time | None:
    if isinstance(value, dict) and value.keys() & {"seconds", "nanos"}:  # as protocol buffers have it
        whole, nanos = _time(value.get("seconds", 0), None), _time(value.get("nanos", 0), None)
        return _Time(whole.value + nanos.value * 1e-9, bare=False) if whole and nanos else None
    if isinstance(value, dict):  # one time in two forms, such as Recall's `{"relative": 1.5, "absolute": "2025-…"}`
        read = [time for one in value.values() if not isinstance(one, dict) and (time := _time(one, unit))]
        return read[0] if len(read) == 1 else None
    if isinstance(value, str):
        value = value.strip()[:40]
        if not _NUMBER.fullmatch(value):
            seconds = _written(value)
            return None if seconds is None else _Time(seconds, bare=False)
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LATEST / _SCALES[-1]:
        return None  # NaN is not below it either
    return _Time(value * (unit or 1.0), unit is None)


def _written(text: str) -> float | None:
    """Read `1.5s`, `1500 ms`, `15000000t` (ticks), `PT1.5S`, `00:00:01:15` (frames, 30 a second), or a clock."""
    if found := _WITH_UNIT.fullmatch(text):
        return float(found[1]) * _LETTERED[found[2].lower()]
    if found := _FRAMES.fullmatch(text.replace(";", ":")):
        seconds = parse_clock(found[1])
        return None if seconds is None else seconds + int(found[2]) / 30
    return parse_time(text)


def _begun(rows: Sequence[_Row]) -> Sequence[_Row]:
    """Begin each row where the one before ends, if a recogniser gives ends alone, as Google does for whole results."""
    said = [row for row in rows if row.text.strip()]
    if any(row.start for row in rows) or not said or sum(bool(row.end) for row in said) < _MOST * len(said):
        return rows
    begun, at = [], _Time(0.0, next(row.end.bare for row in rows if row.end))
    for row in rows:
        begun.append(row._replace(start=at))
        at = row.end or at
    return begun


def _are_letters(rows: Sequence[_Row]) -> bool:
    """Recognise a track of single letters, which ElevenLabs gives beside the words; a Chinese word may be one."""
    return sum(len(row.text.strip()) == 1 and row.text.isascii() for row in rows) * 2 > len(rows)


def _spoken(rows: Sequence[_Row]) -> list[_Row]:
    """Return the rows with a time and a text; what has no time, and pieces of words, go with the row before."""
    said: list[_Row] = []
    begins_words = sum(row.text[:1].isspace() for row in rows) * 2 > len(rows)
    for row in rows:
        text = row.text if begins_words else row.text.strip()
        if not text.strip():
            continue
        goes_on = begins_words and not text[0].isspace()
        if row.start is not None and not (goes_on and said):
            said.append(row._replace(text=text))
        elif said and (goes_on or not row.end):
            space = "" if begins_words or not any(map(str.isalnum, text)) else " "
            end = row.end or said[-1].end
            said[-1] = said[-1]._replace(text=f"{said[-1].text}{space}{text}", end=end)
    return said


def _goes_on(rows: Sequence[_Row]) -> bool:
    starts = [row.start.value for row in rows if row.start]
    return sum(b < a for a, b in pairwise(starts)) <= _UNORDERED * len(starts)


def _cues(rows: Sequence[_Row]) -> list[Cue]:
    scale = _scale(rows)

    def seconds(time: _Time | None) -> float | None:
        value = math.inf if time is None else time.value * (scale if time.bare else 1.0)
        return value if value < _LATEST else None

    cues = []
    for row in rows:
        start, end, length = (seconds(time) for time in (row.start, row.end, row.length))
        if start is not None:
            if end is None and length is not None:
                end = start + length
            cues.append(make_cue(start, UNKNOWN if end is None else end, row.text, row.speaker))
    return cues


def _scale(rows: Sequence[_Row]) -> float:
    """Return what bare numbers count, by the pace of speech."""
    bare = [(row, row.start.value) for row in rows if row.start and row.start.bare]
    if not bare:
        return _SCALES[0]
    ends = ((start, row.end) if row.end else (0.0, row.length) for row, start in bare)
    lengths = [end.value - start for start, end in ends if end and end.bare and end.value > start]
    span = sum(lengths) or max(start for _, start in bare) - min(start for _, start in bare)
    letters = sum(len(row.text) for row, _ in bare)
    return next((scale for scale in _SCALES if letters >= _SLOWEST * span * scale), _SCALES[-1])
