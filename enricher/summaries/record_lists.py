"""Lists of records in data: chapters, highlights, quotes, questions, told by their values."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from enricher.errors import SummaryError
from enricher.summaries.blocks import SENTENCE_ENDS
from enricher.summaries.quotes import read_quote
from enricher.summaries.vocabulary import is_one_of, part_of_record, unit_of
from enricher.text import fold, one_line, xml_safe
from enricher.timestamp_lines import time_alone
from enricher.timestamps import parse_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LATEST = 100_000.0
"""Later than 27 hours, a time is in milliseconds."""
SENTENCE = 25
_TITLE = 80
_NEVER = 10**12
"""No time is so late, in whatever unit."""
_CUE_LENGTH = 12.0
_CUES = 8
"""So many cues are no summary."""
LISTED = {"quotes", "questions", "takeaways"}
"""Lists that text may hold, an entry to a line."""
_EMPHASIS = re.compile(r"(\*{1,3})(?=\S)([^*\n]{1,500}?)(?<=\S)\1")
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\(https?://[^\s()]{1,500}\)")
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
_PLACES = {"location", "offset", "at", "from"}
"""Keys of a time that may be of something else: a place in a book."""


class Row(NamedTuple):
    """What one record says, under whatever keys; times in its own unit."""

    start: float | None
    end: float | None
    title: str
    text: str
    quote: str
    question: str
    answer: str | None
    speaker: str | None
    url: str | None

    @property
    def is_timed(self) -> bool:
        """Whether it has a time and a text."""
        return self.start is not None and bool(self.title or self.text or self.quote)


def read_rows(role: str | None, tables: Sequence[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]] | None:
    """Read a list of records to lists in the JSON form, by name; None where it is of no known kind.

    With times and texts they are chapters, highlights or cues, whatever they are called. Raises SummaryError where they
    are cues.
    """
    rows = [row_of(table) for table in tables if table.get("toc") is not False]  # hidden, by the JSON chapters format
    timed = [row for row in rows if row.is_timed]
    if role == "questions" or sum(bool(row.question) for row in rows) * 2 > len(rows):
        asked = ((row.question or row.title or row.text or row.quote, row) for row in rows)
        return {"questions": [{"question": one, "answer": row.answer, "start": row.start} for one, row in asked]}
    if len(timed) * 2 > len(rows):
        return _timed(role, timed)
    if role == "quotes":
        return {"quotes": [read_quote(row.quote or row.text, row.speaker) for row in rows if row.quote or row.text]}
    if role == "related":
        return {"related": [{"title": row.title, "url": row.url} for row in rows if row.title]}
    if role in {"topics", "clips", "takeaways", "abstract"}:
        return {"topics": [_topic(row) for row in rows if len(row.text) >= SENTENCE or row.quote]}
    return None


def _timed(role: str | None, rows: list[Row]) -> dict[str, list[dict[str, Any]]]:
    rows = sorted(rows, key=lambda row: row.start or 0)
    if _are_cues(rows):
        raise SummaryError("is a transcript; beside a summary NAME it is read as NAME.transcript.json")
    unit = 1000 if (rows[-1].start or 0) > LATEST else 1
    found: dict[str, list[dict[str, Any]]] = {"topics": [], "clips": [], "quotes": []}
    for row in rows:
        start, end = (None if time is None else time / unit for time in (row.start, row.end))
        title, text = row.title, row.text
        head, _, below = text.partition("\n")
        if not title and below.strip() and len(head) <= 120:  # noqa: PLR2004 Readwise puts the title into the first line
            title, text = head, below
        if not title and role in {"topics", "takeaways"} and len(text) <= _TITLE and not text.endswith(SENTENCE_ENDS):
            title, text = text, ""
        if role == "quotes" or (row.quote and not title and not text):
            said = read_quote(row.quote or text or title, row.speaker)
            found["quotes"].append(said | {"start": start, "end": end})
        elif row.quote or (title and (text or end is None or role != "clips")):
            found["topics"].append(_topic(row._replace(title=title, text=text), start))
        else:
            found["clips"].append({"title": title, "start": start, "end": end, "quote": one_line(text) or None})
    return found


def _topic(row: Row, start: float | None = None) -> dict[str, Any]:
    found = topic(row.title, start, [row.text] if row.text and fold(row.text) != fold(row.title) else [])
    if row.quote:
        found["passages"].append(read_quote(row.quote, row.speaker))
    return found


def row_of(table: Mapping[str, Any]) -> Row:
    """Read one record: of several keys that hint at the same, the best that has a value."""
    best: dict[str, tuple[int, str, Any]] = {}
    worst = (10**6, "", None)
    for name, value in table.items():
        part, rank, key = part_of_record(str(name))
        if part and value not in (None, "", [], {}) and rank < best.get(part, worst)[0]:
            best[part] = (rank, key, _in_seconds(str(name), value))
    values = {part: value for part, (_, _, value) in best.items()}
    quoted = values.get("quote")
    if isinstance(quoted, dict):  # {"text": …, "speaker": …}
        inner = row_of(quoted)
        values |= {"quote": inner.quote or inner.text, "speaker": values.get("speaker") or inner.speaker}
    texts = {part: _joined(values.get(part)) for part in ("title", "text", "quote", "question", "answer", "speaker")}
    key = best["time"][1] if "time" in best else ""
    is_time = fold(str(table.get("location_type", ""))).startswith("time") or ":" in str(values.get("time"))
    start = seconds(values.get("time")) if key not in _PLACES or is_time else None
    end = seconds(values.get("end"))
    length = seconds(values.get("length"))
    end = start + length if end is None and start is not None and length else end
    span = time_alone(values["time"]) if isinstance(values.get("time"), str) else None
    start, end = (span.start, end or span.end) if span else (start, end)
    said, _, last = texts["text"].rpartition("\n")
    alone = time_alone(last) if start is None and said else None
    if alone:
        start, end, texts["text"] = alone.start, alone.end, said.strip()  # Readwise puts it below what Snipd said
    return Row(
        start,
        end if end is not None and start is not None and end > start else None,
        texts["title"],
        texts["text"],
        texts["quote"],
        texts["question"],
        texts["answer"] or None,
        None if is_one_of("nobody", texts["speaker"]) else one_line(texts["speaker"]),
        next((one for one in table.values() if is_web(one)), None),
    )


def _in_seconds(key: str, value: Any) -> Any:  # noqa: ANN401 any JSON
    """Return a number in seconds where its key says what it is in: `start_ms`."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _NEVER
    return value * (unit_of(key) or 1) if is_number else value


def _joined(value: object) -> str:
    every = value if isinstance(value, list) else [value]
    return "\n".join(unmarked(xml_safe(one).strip()) for one in every if isinstance(one, str))


def _are_cues(rows: Sequence[Row]) -> bool:
    """Distinguish cues of a transcript from chapters: many, without titles, each a few seconds after the other."""
    if len(rows) < _CUES or sum(bool(row.title) for row in rows) * 2 > len(rows):
        return False
    steps = sorted((b.start or 0) - (a.start or 0) for a, b in pairwise(rows))
    step = steps[len(steps) // 2]
    return step <= _CUE_LENGTH or 1000 <= step <= _CUE_LENGTH * 1000  # noqa: PLR2004 in milliseconds


def topic(title: str, start: float | None, texts: Sequence[str] = ()) -> dict[str, Any]:
    """Return a topic of paragraphs in the JSON form."""
    passages = [{"kind": "text", "text": one_line(text), "speaker": None} for text in texts]
    return {"title": one_line(title), "start": start, "passages": passages, "topics": []}


def unmarked(text: str) -> str:
    """Take the marks of Markdown off a value: emphasis, and the addresses of links."""
    return _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text)) if "*" in text or "](" in text else text


def are_notes(role: str | None, texts: Sequence[str]) -> bool:
    """Return whether a list says something: most of it sentences, all of it where its key is known to nobody."""
    # Chinese and Japanese say as much in half the letters, and have no spaces.
    long = sum(
        len(text) >= SENTENCE and text.count(" ") > 3 if text.isascii() else len(text) >= SENTENCE / 2  # noqa: PLR2004
        for text in texts
    )
    if role is None:
        return len(texts) > 1 and all(len(text) >= SENTENCE / 2 and text.endswith(SENTENCE_ENDS) for text in texts)
    return role in {*LISTED, "topics", "clips", "abstract"} and long * (2 if role in LISTED else 1.5) >= len(texts)


def citations_of(table: Mapping[Any, Any]) -> dict[str, Any]:
    """Read citations by their numbers."""
    return {
        str(number): {"start": seconds(one.get("start")), "end": seconds(one.get("end"))}
        | {"url": one.get("url") if is_web(one.get("url")) else None}
        for number, one in table.items()
        if isinstance(one, dict) and str(number).isdecimal()
    }


def seconds(value: object) -> float | None:
    """Read a time of data: a clock, or a number of seconds."""
    if isinstance(value, str):
        return parse_time(one_line(value).strip("[]()@ ").partition(" - ")[0])
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _NEVER:
        return None
    return float(value)


def is_web(value: object) -> bool:
    """Recognise an address."""
    return isinstance(value, str) and bool(_WEB.fullmatch(value.strip()))
