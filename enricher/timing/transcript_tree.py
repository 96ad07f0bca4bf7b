"""The lists of records in data as JSON has it, however it is nested: lists, columns, objects by number or by time."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from enricher.timestamps import parse_clock
from enricher.timing.transcript_keys import role_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Groups = dict[tuple[str, ...], list[dict[str, Any]]]
"""Records by the keys that lead to them."""

CHOICES = re.compile("alternatives|n_?best", re.IGNORECASE)  # recognisers' guesses, the best one first
_NEVER = 10**12  # no time is so late, in whatever unit
_DEEPEST = 20
_LEAST = 3  # records, for an object or columns to be a list
_UNORDERED = 0.05  # of the values of a column of times may go back


def records_in(tree: object) -> Groups:
    """Collect the records of all lists, those of the same keys together, each with the speaker of what it stands in."""
    groups: Groups = {}
    _walk(tree, (), None, groups)
    return groups


def _walk(node: object, path: tuple[str, ...], speaker: object, groups: Groups) -> None:
    if len(path) > _DEEPEST:
        return
    if isinstance(node, dict):
        speaker = next((value for key, value in node.items() if role_of(key)[0] == "speaker" and value != ""), speaker)
        if listed := _listed(node):
            _walk(listed, path, speaker, groups)
            return
        for key, value in node.items():
            if isinstance(value, list | dict):
                best = value[:1] if isinstance(value, list) and CHOICES.fullmatch(key) else value
                _walk(best, (*path, key), speaker, groups)
    elif isinstance(node, list) and node and isinstance(node[0], list | dict):
        named = _named_columns(node)
        for one in node if named is None else named:
            record = _named(one) if isinstance(one, list) else _unwrapped(one)
            if isinstance(record, dict) and record:
                groups.setdefault(path, []).append({"speaker": speaker} | record if speaker is not None else record)
                _walk(record, (*path, ""), speaker, groups)
            elif isinstance(one, list):
                _walk(one, path, speaker, groups)


def _listed(node: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Make a list of an object that is one: `{"0": {…}, "1": {…}}`, `{"0:05": "…"}`, columns as in pandas."""
    records = [one for one in node.values() if isinstance(one, dict)]
    if len(records) == len(node) >= _LEAST and all(
        {"start", "text"} <= {role_of(key)[0] for key in one} for one in records
    ):
        return records
    if len(node) >= _LEAST and all(":" in key and parse_clock(key) is not None for key in node):
        return [{"start": key} | (one if isinstance(one, dict) else {"text": one}) for key, one in node.items()]
    columns = {key: list(value.values() if isinstance(value, dict) else value) for key, value in node.items()
               if role_of(key)[0] and isinstance(value, list | dict)}  # fmt: skip
    roles = {role_of(key)[0] for key in columns}
    if not {"start", "text"} <= roles:
        return None
    rows = {len(one) for one in columns.values()}
    if len(rows) > 1 or any(isinstance(value, list | dict) for one in columns.values() for value in one):
        return None
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _unwrapped(one: object) -> object:
    """Return what stands in an object of one key, as the players of video sites wrap each record."""
    while isinstance(one, dict) and len(one) == 1 and isinstance(inner := next(iter(one.values())), dict):
        one = inner
    return one


def _named(values: Sequence[object]) -> dict[str, Any] | None:
    """Name the values of `["word", 0.1, 0.5]`, as IBM writes it, `["1200", "word"]`; None for any other list."""
    times = [one for one in values if _number(one) is not None]
    texts = [one for one in values if isinstance(one, str) and _number(one) is None]
    if len(texts) != 1 or not 1 <= len(times) <= 2:  # noqa: PLR2004 a start and an end
        return None
    return {"text": texts[0]} | dict(zip(("start", "end"), times, strict=False))


def _number(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if abs(value) < _NEVER else None
    return parse_clock(value) if isinstance(value, str) else None


def _named_columns(rows: Sequence[object]) -> list[dict[str, Any]] | None:
    """Name the values of lists of many, such as faster-whisper's `[1, 0, 0.0, 3.2, " Text", …]`, by how columns behave.

    Start and end are two columns beside one another that grow, each end after its start and the next start after it.
    """
    lists = [one for one in rows if isinstance(one, list)]
    if len(lists) < _LEAST or len(lists) != len(rows) or len({len(one) for one in lists}) != 1:
        return None
    if len(lists[0]) <= _LEAST:
        return None
    columns = list(zip(*lists, strict=True))
    numbers = [[_number(one) for one in column] for column in columns]
    texts = [i for i, column in enumerate(columns) if all(isinstance(one, str) for one in column)
             and not any(one is not None for one in numbers[i])]  # fmt: skip
    text = max(texts, key=lambda i: sum(map(len, columns[i])), default=None)
    for i, (starts, ends) in enumerate(pairwise(numbers)):
        if text is not None and _are_spans(starts, ends):
            return [{"start": row[i], "end": row[i + 1], "text": row[text]} for row in lists]
    return None


def _are_spans(starts: Sequence[float | None], ends: Sequence[float | None]) -> bool:
    spans = [(a, b) for a, b in zip(starts, ends, strict=True) if a is not None and b is not None and a <= b]
    later = sum(a[0] < b[0] and a[1] <= (b[0] + b[1]) / 2 for a, b in pairwise(spans))  # captions may overlap a little
    return len(spans) == len(starts) and later >= (1 - _UNORDERED) * (len(spans) - 1)
