"""What a document should have given, by what stands in it, and did not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from enricher.model.summary import parts
from enricher.text import counted, decode
from enricher.timestamps import COLONS

if TYPE_CHECKING:
    from enricher.model.summary import Summary

_TIMED_LINES = 4
"""So many lines with times are a list of times; where no part got one, it was not understood."""
_TAG = re.compile(r"<[^<>]*>")
_TIMED = re.compile(rf"(?<![\d:]){COLONS}(?![\d:])")


def shortcoming(summary: Summary, body: bytes) -> str | None:
    """Return what a person would miss in a summary that was read: anything at all, or the times of its document."""
    every = list(parts(summary))
    if not (every or summary.abstract or summary.related):
        return "it holds nothing that could be added to an item"
    if any(part.start is not None for part in every):
        return None
    lines = sum(bool(_TIMED.search(line)) for line in _TAG.sub("\n", decode(body)).splitlines())
    if lines < _TIMED_LINES:
        return None
    return f"{counted(lines, 'line')} of it have times, and no topic, quote or clip got one"
