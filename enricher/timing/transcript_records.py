"""Transcripts as data of any maker, read by shape: records with a start, perhaps an end or a length, and what was said.

Speech services, recognisers, players and tables name and nest the same few facts differently. Each list of records is a
track; the finest one that holds nearly all of what was said is the transcript.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from enricher.text import one_line
from enricher.timestamps import parse_clock, parse_time
from enricher.timing.cues import UNKNOWN, make_cue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enricher.model.timeline import Cue

_UNITS = {"ms": 1e-3, "msec": 1e-3, "msecs": 1e-3, "millis": 1e-3, "milliseconds": 1e-3, "ticks": 1e-7, "nanos": 1e-9,
          "s": 1.0, "sec": 1.0, "secs": 1.0, "seconds": 1.0}  # fmt: skip
_UNIT = rf"(?:in)?(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})?"
_OF = "(?:data|audio|media|segment|cue|word|utterance|t|d)?"
_ROLES = tuple(
    (role, rank, re.compile(pattern))
    for role, rank, pattern in (
        (
            "start",
            0,
            rf"{_OF}(?:start|begin|from)(?:ning|time|timestamp|ts|at)?{_UNIT}|in|timein|intime|tcin|timecodein",
        ),
        ("start", 1, rf"{_OF}(?:ts|time|timestamp|timecode|tc|at|t|m){_UNIT}"),
        ("start", 2, rf"{_OF}(?:start|begin)?offset(?:start|begin)?{_UNIT}"),
        (
            "end",
            0,
            rf"{_OF}(?:end|to|stop|until)(?:ing|time|timestamp|ts|at)?{_UNIT}|out|timeout|outtime|tcout|timecodeout",
        ),
        ("end", 2, rf"{_OF}(?:end|stop)?offset(?:end|stop)?{_UNIT}"),
        ("length", 0, rf"{_OF}(?:duration|dur|length|d){_UNIT}"),
        ("text", 0, "punctuatedword|punct"),
        ("text", 1, "text|body|content|transcript|sentence|caption|line|speech|subtitle|dialogue|said|utterance"),
        ("text", 2, "word|value|display|utf8|token"),
        ("text", 3, "name|lexical|alignedword"),
        ("speaker", 0, "voice|speakername|who|author|participant"),
        ("speaker", 1, "speaker|speakerlabel|speakerid|speakertag|spk|person"),
    )
)
_TITLE = re.compile("title|head|chapter|name|label|summary|description|gist|note", re.IGNORECASE)
_CHOICES = re.compile("alternatives|n_?best", re.IGNORECASE)  # recognisers' guesses, the best one first
_NUMBER = re.compile(r"\d{1,16}(?:\.\d{1,16})?")
_WITH_UNIT = re.compile(r"(\d{1,16}(?:\.\d{1,9})?)\s?(ms|s|t)", re.IGNORECASE)
_LETTERED = {"ms": 1e-3, "s": 1.0, "t": 1e-7}  # ticks of TTML
_RANGE = re.compile(r"([\d:.,]{1,16})\s*(?:-{1,3}>?|–|→)\s*([\d:.,]{1,16})")
_FRAMES = re.compile(r"(\d{1,2}:\d\d:\d\d):(\d\d)")
_SCALES = (1.0, 1e-3, 1e-7)  # what a bare number may count: seconds, milliseconds, ticks of .NET
_SLOWEST = 0.03  # characters a second: what is slower is not in seconds
_LATEST = 1e7  # no episode lasts four months
_DEEPEST = 20
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
    groups: dict[Any, list[Any]] = {}
    _walk(tree, (), None, groups)
    return cues_of_groups(groups)


def cues_of_groups(groups: Mapping[Any, Sequence[Mapping[str, Any]]]) -> list[Cue]:
    """Make cues of the best of several lists of records."""
    tracks = [rows for records in groups.values() if (rows := _spoken([_row(one) for one in records]))]
    tracks = [rows for rows in tracks if _goes_on(rows)] or tracks
    letters = [sum(len(row.text) for row in rows) for rows in tracks]
    whole = [rows for rows, count in zip(tracks, letters, strict=True) if count >= _MOST * max(letters)]
    return _cues(max(whole, key=len)) if whole else []


def _walk(node: object, path: tuple[str, ...], speaker: object, groups: dict[Any, list[Any]]) -> None:
    """Collect the records of all lists, those of the same keys together, each with the speaker of what it stands in."""
    if len(path) > _DEEPEST:
        return
    if isinstance(node, dict):
        speaker = next((value for key, value in node.items() if _role(key)[0] == "speaker" and value != ""), speaker)
        for key, value in node.items():
            if isinstance(value, list | dict):
                best = value[:1] if isinstance(value, list) and _CHOICES.fullmatch(key) else value
                _walk(best, (*path, key), speaker, groups)
    elif isinstance(node, list) and node and isinstance(node[0], list | dict):
        for one in node:
            record = _named(one) if isinstance(one, list) else one
            if isinstance(record, dict) and record:
                groups.setdefault(path, []).append({"speaker": speaker} | record if speaker is not None else record)
                _walk(record, (*path, ""), speaker, groups)


def _named(values: Sequence[object]) -> dict[str, Any] | None:
    """Name the values of `["word", 0.1, 0.5]`, as IBM writes it; None for any other list."""
    texts = [one for one in values if isinstance(one, str)]
    numbers = [one for one in values if isinstance(one, int | float)]
    if len(texts) != 1 or not 1 <= len(numbers) <= 2:  # noqa: PLR2004 a start and an end
        return None
    return {"text": texts[0]} | dict(zip(("start", "end"), numbers, strict=False))


@lru_cache(maxsize=1024)
def _role(key: str) -> tuple[str, int, float | None]:
    """Return what a key's value is, how surely (0 is best), and its unit in seconds where the key says it."""
    name = re.sub(r"[\W_]+", "", key[:60]).casefold()
    for role, rank, pattern in _ROLES:
        if found := pattern.fullmatch(name):
            return role, rank, _UNITS.get(found.groupdict().get("unit") or "")
    return "", 9, None


def _row(record: Mapping[str, Any]) -> _Row:
    """Read one record: its own values, those of records in it, and of the best of its alternatives."""
    best: dict[str, tuple[int, Any]] = {}
    is_spoilt = False
    for key, value, depth in _values(record):
        role, rank, unit = _role(key)
        read: Any = None
        if role in {"start", "end", "length"}:
            read = _time(value, unit)
            is_spoilt |= role == "start" and read is None and not isinstance(value, dict | None)
            rank += 10 * (read is not None and read.bare)  # what says its unit is surer
        elif (role == "text" and isinstance(value, str)) or (role == "speaker" and isinstance(value, str | int)):
            read = value
        if read is not None and read != "" and rank + depth < best.get(role, (99, None))[0]:
            best[role] = (rank + depth, read)
    if is_spoilt and "start" not in best:
        return _Row(None, None, None, "", None)
    text = best["text"][1] if "text" in best else _text_of_parts(record) or _prose(record)
    start, end, length = (best.get(role, (0, None))[1] for role in ("start", "end", "length"))
    return _Row(start, end, length, text, _speaker(best["speaker"][1]) if "speaker" in best else None)


def _values(record: Mapping[str, Any]) -> Iterator[tuple[str, object, int]]:
    for key, value in record.items():
        span = _span(value) if _role(key)[0] == "start" else None
        if span:
            yield from zip(("start", "end"), span, (1, 1), strict=True)
            continue
        yield key, value, 0
        inner = value[0] if isinstance(value, list) and value and _CHOICES.fullmatch(key) else value
        if isinstance(inner, dict):
            speaks = _role(key)[0] == "speaker"
            yield from (("speaker" if speaks and name == "name" else name, one, 4) for name, one in inner.items())


def _span(value: object) -> Sequence[object] | None:
    """Return start and end of `[0.0, 3.2]`, as Hugging Face writes it, and of `0:00 - 0:03`; None for one time."""
    if isinstance(value, list):
        return value if len(value) == 2 else None  # noqa: PLR2004 start and end
    found = _RANGE.fullmatch(value.strip()) if isinstance(value, str) else None
    return found.groups() if found else None


def _text_of_parts(record: Mapping[str, Any]) -> str:
    """Join the words that a record without a text of its own has in a list."""
    for parts in record.values():
        if isinstance(parts, list) and parts and all(isinstance(one, dict) for one in parts):
            words = [text for one in parts if (text := next((v for k, v in one.items() if _role(k)[0] == "text"
                     and isinstance(v, str)), ""))]  # fmt: skip
            if words:
                return ("" if any(word[0].isspace() or word[-1].isspace() for word in words) else " ").join(words)
    return ""


def _prose(record: Mapping[str, Any]) -> str:
    """Return the longest text of several words under a key that nobody knows; titles are chapters'."""
    texts = (value for key, value in record.items() if isinstance(value, str) and not _role(key)[0]
             and not _TITLE.search(key) and " " in value.strip())  # fmt: skip
    return max(texts, key=len, default="")


def _speaker(value: str | int) -> str | None:
    label = one_line(str(value))
    return f"Speaker {label}" if len(label) <= 2 and label.isascii() and label else label or None  # noqa: PLR2004 0, A, S1


def _time(value: object, unit: float | None) -> _Time | None:
    if isinstance(value, dict) and value.keys() & {"seconds", "nanos"}:  # as protocol buffers have it
        whole, nanos = _time(value.get("seconds", 0), None), _time(value.get("nanos", 0), None)
        return _Time(whole.value + nanos.value * 1e-9, bare=False) if whole and nanos else None
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
