"""An edition told to a person: which summary each item has and why, and where each time comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enricher.clock import clock
from enricher.model.summary import walk
from enricher.model.timeline import Marks
from enricher.text import cut, fold, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.model.edition import Enriched, Matching
    from enricher.model.summary import Summary

_SHORT = 60
_THEIRS = {
    "psc": "the publisher has psc:chapters",
    "json": "the publisher has a chapters file",
    "notes": "the publisher has times in the notes",
    "none": "the publisher has none",
}


def explain(matching: Matching, enriched: Sequence[Enriched], wanted: str | None) -> Iterator[str]:
    """Tell of every item, or of those whose title, guid or number is `wanted`, in lines.

    Each item says its summary and the rule, or why it has none; where a time was found or refused, or the item is
    wanted, every topic, quote, clip and question has its time and evidence.
    """
    chosen = [one for one in enriched if wanted is None or is_wanted(one, wanted)]
    for one in chosen:
        yield _short(one.item.title or one.item.identity)
        yield f"  summary: {_name(one)}. {one.match.reason}"
        if one.match.stored is not None and (wanted is not None or one.timeline.moments or one.timeline.refusals):
            yield from _details(one)
    if wanted is None:
        for stored, reason in matching.unused:
            yield f"unused: {stored.path}: {reason}"
        yield _sum(matching, enriched)


def counted(count: int, what: str) -> str:
    """Count things: "1 item", "2 summaries"."""
    return f"{count} {what}" if count == 1 else f"{count} {what[:-1]}ies" if what[-1] == "y" else f"{count} {what}s"


def _sum(matching: Matching, enriched: Sequence[Enriched]) -> str:
    matched, unused = sum(one.match.stored is not None for one in enriched), len(matching.unused)
    said = f"{counted(len(enriched), 'item')}: {matched} with a summary, {len(enriched) - matched} without"
    return said + (f"; {counted(unused, 'summary')} without an item" if unused else "")


def is_wanted(one: Enriched, wanted: str) -> bool:
    """Tell whether an item is the one that a person means: by guid, title, part of the title, or #number."""
    item = one.item
    if wanted.strip() in {item.guid, item.link, item.audio}:
        return True
    folded = fold(wanted)
    return bool(folded) and f" {folded} " in f" {fold(item.title)} "


def _short(text: str) -> str:
    return cut(one_line(text), _SHORT)


def _name(one: Enriched) -> str:
    return f"{one.match.stored.path}, by {one.match.rule}" if one.match.stored else "none"


def _details(one: Enriched) -> Iterator[str]:
    assert one.match.stored is not None  # noqa: S101 the caller asked
    for key, what in _parts(one.match.stored.summary):
        moment = one.timeline.moments.get(key)
        if moment is not None:
            yield f"  {clock(moment.start)} {what} [{moment.rule}]: {moment.evidence}"
        else:
            yield f"  --:--:-- {what}: {one.timeline.refusals.get(key, 'no evidence of a time')}"
    if clips := one.match.stored.summary.clips:
        yield f"  soundbites: {_soundbites(len(one.soundbites), len(clips))}"
    yield f"  chapters: {_chapters(one)}"
    for problem in one.problems:
        yield f"  problem: {problem.message}"


def _chapters(one: Enriched) -> str:
    """Say how many chapters there are, where the publisher has theirs, and where we write the list."""
    chapters, theirs = one.chapters, _THEIRS[one.marks.source]
    if not chapters.chapters:
        return f"none of ours; {theirs}" + (" (a list needs three topics with times)" if one.marks == Marks() else "")
    places = {"psc:chapters": chapters.psc, "a chapters file": chapters.json, "the notes": chapters.lines}
    written = ", ".join(name for name, there in places.items() if there)
    return f"{len(chapters.chapters)} in the list; {theirs}; written by us: {written or 'nothing'}"


def _soundbites(made: int, clips: int) -> str:
    """Say how many clips are soundbites, and what the others lack."""
    lacking = " (one needs a start and an end, 15 to 120 seconds apart, and none of the publisher's own there)"
    return f"{made} of {counted(clips, 'clip')}{lacking if made < clips else ''}"


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
