"""An edition told to a person: which summary each item has and why, and where each time comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enricher.core.clock import clock
from enricher.core.summary import walk
from enricher.core.text import cut, fold, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.core.model import Enriched, Matching
    from enricher.core.summary import StoredSummary, Summary

_SHORT = 60


def explain(matching: Matching, enriched: Sequence[Enriched], wanted: str | None) -> Iterator[str]:
    """Tell of every item, or of those whose title, guid or number is `wanted`, in lines.

    Without `wanted` each item has one line; with it, every topic, quote, clip and question has its time and evidence.
    """
    chosen = [one for one in enriched if wanted is None or is_wanted(one, wanted)]
    for one in chosen:
        yield _short(one.item.title or one.item.identity)
        yield f"  summary: {_name(one.match.stored)}; {one.match.reason}"
        if one.match.stored is not None and (wanted is not None or one.timeline.moments or one.timeline.refusals):
            yield from _details(one)
    if wanted is None:
        for stored, reason in matching.unused:
            yield f"unused: {stored.path}: {reason}"


def is_wanted(one: Enriched, wanted: str) -> bool:
    """Tell whether an item is the one that a person means: by guid, title, part of the title, or #number."""
    item = one.item
    if wanted.strip() in {item.guid, item.link, item.audio}:
        return True
    folded = fold(wanted)
    return bool(folded) and f" {folded} " in f" {fold(item.title)} "


def _short(text: str) -> str:
    return cut(one_line(text), _SHORT)


def _name(stored: StoredSummary | None) -> str:
    return stored.path if stored else "none"


def _details(one: Enriched) -> Iterator[str]:
    assert one.match.stored is not None  # noqa: S101 the caller asked
    for key, what in _parts(one.match.stored.summary):
        moment = one.timeline.moments.get(key)
        if moment is not None:
            yield f"  {clock(moment.start)} {what} [{moment.rule}]: {moment.evidence}"
        else:
            yield f"  --:--:-- {what}: {one.timeline.refusals.get(key, 'no evidence of a time')}"
    carriers = ", ".join(
        name
        for name, there in (("psc", one.chapters.psc), ("json", one.chapters.json), ("notes", one.chapters.lines))
        if there
    )
    count = len(one.chapters.chapters)
    yield f"  chapters: {count} in the list, from {one.marks.source}; written by us: {carriers or 'none'}"
    for problem in one.problems:
        yield f"  problem: {problem.message}"


def _parts(summary: Summary) -> Iterator[tuple[str, str]]:
    """Visit everything of a summary that may have a time: its path in the document, and what it is."""
    for path, _, topic in walk(summary.topics):
        yield path, f"topic “{_short(topic.title)}”"
        for i, passage in enumerate(topic.passages):
            if passage.kind == "quote":
                yield f"{path}/passages/{i}", f"quote “{_short(passage.text)}”"
    for i, clip in enumerate(summary.clips):
        yield f"clips/{i}", f"clip “{_short(clip.title)}”"
    for i, question in enumerate(summary.questions):
        yield f"questions/{i}", f"question “{_short(question.question)}”"
    for number in summary.citations:
        yield f"citations/{number}", f"citation [{number}]"
