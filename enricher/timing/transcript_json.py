"""Transcripts in JSON: of the podcast namespace, and the like of other makers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from enricher.text import one_line
from enricher.timestamps import parse_clock
from enricher.timing.cues import make_cue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enricher.model.timeline import Cue

_FLAT_OBJECT = re.compile(r"\{[^{}]*\}")


def read_json(text: str) -> list[Cue]:
    """Read podcast-namespace JSON, or the like with `start`, `end` and `text`; of a broken file its whole segments.

    https://github.com/Podcastindex-org/podcast-namespace/blob/main/transcripts/transcripts.md#json
    """
    try:
        document: Any = json.loads(text)
        segments = document.get("segments", ()) if isinstance(document, dict) else document
    except (ValueError, RecursionError):
        segments = list(_whole_objects(text))
    cues = []
    for segment in segments if isinstance(segments, list) else ():
        if isinstance(segment, dict) and (start := _seconds(segment, "startTime", "start")) is not None:
            end = _seconds(segment, "endTime", "end")
            said = segment.get("body", segment.get("text"))
            speaker = segment.get("speaker")
            name = one_line(speaker) if isinstance(speaker, str) else None
            cues.append(make_cue(start, start if end is None else end, said if isinstance(said, str) else "", name))
    return cues


def _whole_objects(text: str) -> Iterator[Any]:
    """Find the objects in a file that was cut off, or that holds one that is no JSON."""
    for found in _FLAT_OBJECT.finditer(text):
        try:
            yield json.loads(found[0])
        except ValueError:
            continue


def _seconds(segment: dict[str, Any], *names: str) -> float | None:
    value = next((segment[name] for name in names if name in segment), None)
    if isinstance(value, str):
        return parse_clock(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**7:
        return None  # no episode lasts four months; NaN is not below it either
    return float(value)
