"""Stand-in."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from enricher.timestamps import clock_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.model.timeline import Cue


def webvtt(cues: Sequence[Cue]) -> bytes:
    """Write cues."""
    lines = [f"{clock_ms(one.start)} --> {clock_ms(one.end)}\n{escape(one.text, quote=False)}\n" for one in cues]
    return "\n".join(["WEBVTT\n", *lines]).encode("utf-8", "replace")
