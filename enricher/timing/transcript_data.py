"""Transcripts in files of data: JSON, whole or cut off, and tables with tabs or commas."""

from __future__ import annotations

import ast
import csv
import json
import re
from typing import TYPE_CHECKING, Any

from enricher.timestamps import parse_clock
from enricher.timing.cues import is_name
from enricher.timing.transcript_records import cues_of_groups, read_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enricher.model.timeline import Cue

_FLAT_OBJECT = re.compile(r"\{[^{}]*\}")
# A string that the end cut off is one token too: sought again from each quotation mark in it, time would be quadratic.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+\\?(?:"|\Z)|[{}\[\]]', re.DOTALL)
_CLOSE = {"{": "}", "[": "]"}
_LONGEST_LITERAL = 5_000_000  # characters: parsing takes a hundred times as many bytes
_SAMPLE = 20  # rows by which a table without a head is known


def read_json(text: str) -> list[Cue]:
    """Read JSON of any maker, one document or one a line; of a broken file what is whole."""
    for parse in (json.loads, _literal, lambda broken: json.loads(_closed(broken)), _documents):
        try:
            return read_records(parse(text))
        except (ValueError, RecursionError, SyntaxError, MemoryError):
            continue
    return []


def _literal(text: str) -> object:
    """Read a list as Python prints it, which scripts write by `str(transcript)`. Raises SyntaxError, ValueError."""
    if not text.lstrip("[{( \n").startswith("'") or len(text) > _LONGEST_LITERAL:
        raise ValueError("no list of Python's")
    return ast.literal_eval(text.strip())


def longest_text(text: str) -> str:
    """Return the longest text in JSON, which may be a whole transcript; empty where it is no JSON."""
    try:
        waiting, longest = [json.loads(text)], ""
    except (ValueError, RecursionError):
        return ""
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            longest = max(longest, one, key=len)
        elif isinstance(one, list | dict):
            waiting += one.values() if isinstance(one, dict) else one
    return longest


def _closed(text: str) -> str:
    """Close what a file that was cut off has open, behind its last whole record."""
    stack: list[str] = []
    end, left = 0, ""
    for found in _TOKEN.finditer(text):
        if found[0] in _CLOSE:
            stack.append(_CLOSE[found[0]])
        elif found[0][0] != '"':
            if not stack or stack.pop() != found[0]:
                break
            if len(stack) < 20:  # noqa: PLR2004 deeper than any maker nests
                end, left = found.end(), "".join(reversed(stack))
    return text[:end] + left


def _documents(text: str) -> list[Any]:
    """Find the objects that stand one a line, or around one that is no JSON."""
    found: list[Any] = []
    for candidates in (text.split("\n"), (one[0] for one in _FLAT_OBJECT.finditer(text))):
        for one in candidates:
            try:
                document = json.loads(one)
            except (ValueError, RecursionError):
                continue
            if isinstance(document, dict):
                found.append(document)
        if found:
            break
    return found


def read_table(text: str) -> list[Cue]:
    """Read a table whose head names its columns; without a head, one with times first and texts last."""
    head = text.lstrip("\n").partition("\n")[0]
    delimiter = max("\t,;|", key=head.count)
    if delimiter not in head:
        return []
    lines = text.lstrip("\n").splitlines(keepends=True)
    # Whisper's tables have quotes that are said, and none around its cells.
    quote = None if delimiter == "\t" else '"'
    rows = list(_rows(csv.reader(lines, delimiter=delimiter, quotechar=quote, skipinitialspace=True)))
    if not rows:
        return []
    if parse_clock(rows[0][0]) is None:
        return cues_of_groups({"": [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]})
    if sum(len(row) > 1 for row in rows) * 2 <= len(rows):  # `0:12 | Ann Lee`, and below it what she said
        return []
    sample = rows[:_SAMPLE]
    times = sum(len(row) > 2 and parse_clock(row[1]) is not None for row in sample)  # noqa: PLR2004 start, end, text
    names, first = (["start", "end"], 2) if times * 2 > len(sample) else (["start"], 1)
    if sum(len(row) > first + 1 and is_name(row[first]) for row in sample) * 2 > len(sample):
        names, first = [*names, "speaker"], first + 1
    said = [dict(zip(names, row, strict=False)) | {"text": delimiter.join(row[first:])} for row in rows]
    return cues_of_groups({"": said})


def _rows(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from (row for row in reader if row)
    except csv.Error:  # a cell without an end
        return
