"""`Enriched` to JSON-like values and back, so that what was made of an item can be remembered."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from enricher.errors import Problem
from enricher.model.edition import Chapter, ChapterList, Enriched, Notes, Soundbite
from enricher.model.timeline import Marks, Moment, Timeline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enricher.model.edition import Match


def pack(one: Enriched) -> dict[str, Any]:
    """Give everything but the match itself, and but the marks and cues that chapters and soundbites are made of."""
    chapters = one.chapters
    return {
        "source": one.marks.source,
        "moments": {path: asdict(moment) for path, moment in one.timeline.moments.items()},
        "refusals": dict(one.timeline.refusals),
        "chapters": [asdict(chapter) for chapter in chapters.chapters],
        "carriers": [chapters.psc, chapters.json, chapters.lines],
        "soundbites": [asdict(bite) for bite in one.soundbites],
        "notes": [one.notes.description, one.notes.content],
        "problems": [asdict(problem) for problem in one.problems],
    }


def unpack(packed: dict[str, Any], match: Match, problems: Iterable[Problem]) -> Enriched:
    """Give back what was packed, with the match that it is for and what went wrong on the way to it."""
    moments = {path: Moment(**moment) for path, moment in packed["moments"].items()}
    psc, json, lines = packed["carriers"]
    return Enriched(
        match,
        Marks(packed["source"]),
        Timeline(moments, packed["refusals"]),
        ChapterList(tuple(Chapter(**one) for one in packed["chapters"]), psc, json, lines),
        tuple(Soundbite(**one) for one in packed["soundbites"]),
        Notes(*packed["notes"]),
        (*problems, *(Problem(**one) for one in packed["problems"])),
    )
