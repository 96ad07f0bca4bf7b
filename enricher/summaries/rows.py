"""Lists of records in data: chapters, highlights, quotes, questions, told by their values."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from enricher.errors import SummaryError
from enricher.summaries.vocabulary import part_of_record
from enricher.text import fold, one_line, xml_safe
from enricher.timestamps import parse_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LATEST = 100_000.0  # later than 27 hours, a time is in milliseconds
_SENTENCE = 25
_CUE_LENGTH = 12.0
_MANY = 20  # lines: so many of a kind are no summary
_CUE = re.compile(r"\W{0,3}((?:\d{1,2}:)?\d{1,3}:\d\d(?:[.,]\d{1,3})?)\b")
_SPEAKER = re.compile(r"\W{0,4}([^\W\d_][\w .'’-]{0,40})\W{0,2}(?:\s?[\[(][\d:.]{4,12}[\])])?\W{0,2}:\W{0,4}\s")
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(slots=True)
class Record:
    """What the data of one document says, under the names of the JSON form."""

    said: dict[str, Any] = field(default_factory=dict)
    identities: dict[str, None] = field(default_factory=dict)
    abstracts: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    """Long sentences under keys that mean nothing: an abstract, if nothing else is."""
    bodies: list[str] = field(default_factory=list)
    """Markdown or HTML that stands in a value."""
    topics: list[dict[str, Any]] = field(default_factory=list)
    clips: list[dict[str, Any]] = field(default_factory=list)
    quotes: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    related: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def says_something(self) -> bool:
        """Whether there is content beside names and addresses."""
        return bool(
            self.abstracts
            or self.bodies
            or self.topics
            or self.clips
            or self.quotes
            or self.questions
            or self.sentences
        )


def read_records(record: Record, key: str, role: str | None, tables: Sequence[Mapping[str, Any]]) -> None:
    """Read a list of records: with times and texts they are chapters, highlights or cues, whatever they are called.

    Raises SummaryError where they are cues, or episodes.
    """
    rows = [_row(table) for table in tables]
    timed = [row for row in rows if row["start"] is not None and (row["title"] or row["text"])]
    if role == "questions" or sum(bool(row["question"]) for row in rows) * 2 > len(rows):
        record.questions += [
            {"question": row["question"] or row["title"] or row["text"], "answer": row["answer"], "start": row["start"]}
            for row in rows
        ]
    elif len(timed) * 2 > len(rows):
        if _are_cues(timed):
            raise SummaryError("is a transcript; beside a summary NAME it is read as NAME.transcript.json")
        if max(row["start"] for row in timed) > _LATEST:
            timed = [row | {"start": row["start"] / 1000, "end": row["end"] and row["end"] / 1000} for row in timed]
        for row in sorted(timed, key=lambda row: row["start"]):
            _add_timed(record, role, row)
    else:
        _add_untimed(record, key, role, rows)


def _add_untimed(record: Record, key: str, role: str | None, rows: Sequence[Mapping[str, Any]]) -> None:
    if role == "quotes":
        record.quotes += [quote(row["text"], row["speaker"], None) for row in rows if row["text"]]
    elif role == "related":
        record.related += [{"title": row["title"], "url": row["url"]} for row in rows if row["title"]]
    elif role in {"topics", "clips", "takeaways", "abstract"}:
        for row in rows:
            if row["text"] and len(row["text"]) >= _SENTENCE:
                record.topics.append(topic(row["title"], None, [text_of(row["text"])]))
    elif role != "private":
        record.left_out.append(f"“{one_line(key)[:60]}”: a list of no known kind")


def _add_timed(record: Record, role: str | None, row: Mapping[str, Any]) -> None:
    text, title = row["text"], row["title"]
    if role == "quotes" or row["is_quote"]:
        record.quotes.append(quote(text or title, row["speaker"], row["start"], row["end"]))
        return
    head, _, below = text.partition("\n")
    if not title and below.strip() and len(head) <= 120:  # noqa: PLR2004 Readwise puts the title into the first line
        title, text = head, below
    if title:
        passages = [text_of(text)] if text.strip() and fold(text) != fold(title) else []
        record.topics.append(topic(title, row["start"], passages))
    else:
        record.clips.append({"title": "", "start": row["start"], "end": row["end"], "quote": one_line(text)})


def _row(table: Mapping[str, Any]) -> dict[str, Any]:
    best: dict[str, tuple[int, str, Any]] = {}
    for name, value in table.items():
        part, rank, key = part_of_record(str(name))
        if part and value not in (None, "", [], {}) and rank < best.get(part, (99, "", None))[0]:
            best[part] = (rank, key, value)
    texts = {part: _joined(best[part][2]) if part in best else "" for part in ("title", "text", "question", "answer")}
    location = fold(str(table.get("location_type", ""))).startswith("time")
    time_key = best["time"][1] if "time" in best else ""
    ms = 1000 if re.search(r"ms$", time_key) else 1
    usable = time_key and (
        time_key not in {"location", "offset", "at", "from"} or location or ":" in str(best["time"][2])
    )
    start = seconds(best["time"][2]) if usable else None
    end = seconds(best["end"][2]) if "end" in best else None
    url = next((one for one in table.values() if is_web(one)), None)
    speaker = one_line(str(best["speaker"][2])) if "speaker" in best and isinstance(best["speaker"][2], str) else None
    return texts | {
        "start": None if start is None else start / ms,
        "end": end / ms if end is not None and start is not None and end > start else None,
        "speaker": None if speaker and fold(speaker) in {"unknown", "speaker"} else speaker,
        "is_quote": "text" in best and best["text"][1] == "quote",
        "url": url,
        "answer": texts["answer"] or None,
    }


def _joined(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(xml_safe(one).strip() for one in value if isinstance(one, str))
    return xml_safe(value).strip() if isinstance(value, str) else ""


def _are_cues(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Distinguish cues of a transcript from chapters: many, without titles, each a few seconds after the other."""
    if len(rows) < 8 or sum(bool(row["title"]) for row in rows) * 2 > len(rows):  # noqa: PLR2004
        return False
    steps = sorted(b["start"] - a["start"] for a, b in pairwise(rows))
    step: float = steps[len(steps) // 2]
    return 0 <= step <= _CUE_LENGTH or 1000 <= step <= _CUE_LENGTH * 1000  # noqa: PLR2004 in milliseconds


def check_not_transcript(text: str) -> None:
    """Raise SummaryError where a text is what was said: cues, or lines of speakers, and hardly anything else."""
    lines = [line for line in text.splitlines() if line.strip()]
    starts = [parse_time(found[1]) or 0.0 for line in lines if (found := _CUE.match(line))]
    steps = sorted(b - a for a, b in pairwise(starts))
    speakers = Counter(found[1] for line in lines if (found := _SPEAKER.match(line)))
    spoken = sum(count for _, count in speakers.most_common(4))
    dense = len(starts) >= _MANY and len(starts) * 3 > len(lines) and 0 <= steps[len(steps) // 2] <= _CUE_LENGTH
    if dense or text.count(" --> ") > 2 or (spoken >= _MANY and spoken * 2 > len(lines)):  # noqa: PLR2004 cues
        raise SummaryError("is a transcript; beside a summary NAME it is read as NAME.transcript.txt, or as NAME.vtt")


def looks_timed(table: Mapping[str, Any]) -> bool:
    """Recognise a record with a time and a text."""
    row = _row(table)
    return row["start"] is not None and bool(row["title"] or row["text"])


def topic(title: str, start: float | None, passages: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Return a topic in the JSON form."""
    return {"title": one_line(title), "start": start, "passages": passages or [], "topics": []}


def text_of(text: str) -> dict[str, Any]:
    """Return a paragraph in the JSON form."""
    return {"kind": "text", "text": one_line(text), "speaker": None}


def quote(text: str, speaker: str | None, start: float | None, end: float | None = None) -> dict[str, Any]:
    """Return a quote in the JSON form."""
    return {"kind": "quote", "text": one_line(text).strip('“”"'), "speaker": speaker, "start": start, "end": end}


def seconds(value: object) -> float | None:
    """Read a time of data: a clock, or a number of seconds."""
    if isinstance(value, str):
        return parse_time(one_line(value).strip("[]()@ ").partition(" - ")[0])
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return None
    return float(value)


def is_web(value: object) -> bool:
    """Recognise an address."""
    return isinstance(value, str) and bool(_WEB.fullmatch(value.strip()))
