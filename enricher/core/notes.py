"""Highlights to an item's notes: our block within a budget, the publisher's notes whole beside it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from enricher.core import namespaces as ns
from enricher.core.blocks import Block, Matter, Rank, blocks, cited
from enricher.core.errors import Problem
from enricher.core.model import Notes
from enricher.core.text import fold, looks_html
from enricher.core.voices import Html, Plain, Voice, as_html, tamed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from enricher.core.model import FeedConfig, Item

__all__ = ["Matter", "item_notes", "write_notes"]

_DESCRIPTION_BYTES = 4000
_CONTENT = ns.tag(ns.CONTENT, "encoded")
_SUMMARY = ns.tag(ns.ITUNES, "summary")
_NEVER_CUT = {Rank.ABSTRACT, Rank.LABEL}


@dataclass(frozen=True, slots=True)
class Fields:
    """The publisher's own notes of one item, as they stand; None where there is no such element."""

    description: str | None
    content: str | None
    summary: str | None


def item_notes(item: Item) -> Fields:
    """Read the item's notes fields."""
    found = (item.element.find(tag) for tag in ("description", _CONTENT, _SUMMARY))
    return Fields(*(None if element is None else element.text or "" for element in found))


def write_notes(item: Item, matter: Matter, config: FeedConfig) -> Notes:
    """Write description and content:encoded anew: our block before or after the publisher's notes.

    A field that has no room for the abstract and the label stays as it was (contract C16 to C26).
    """
    if config.notes == "off":
        return Notes()
    theirs = item_notes(item)
    base, voice = _base_of_content(theirs)
    room = config.notes_limit - len(base) - len(voice.gap)
    content = _beside(_block(matter, voice, room, len) or _least(matter, voice), base, voice, config)
    description = _description(matter, theirs, len(content), config)
    longest = _longest(content, description, theirs)
    if longest is None:
        said = "the publisher's own fields are longer than notes may be; the notes are left as they are"
        return Notes(problems=(Problem(said, item.title),))
    return Notes(description, longest)


def _base_of_content(theirs: Fields) -> tuple[str, Voice]:
    """Give what content:encoded is built on: itself, or the description where the source has none; and its tongue."""
    if theirs.content and theirs.content.strip():
        return theirs.content, _voice_of(theirs.content)
    base = theirs.description or ""
    return (base if looks_html(base) else as_html(base)), Html()


def _voice_of(text: str) -> Voice:
    return Html() if looks_html(text) else Plain()


def _description(matter: Matter, theirs: Fields, content: int, config: FeedConfig) -> str | None:
    """Write the description within its bytes and shorter than content:encoded; None where it stays as it was."""
    base = theirs.description
    if base is None and theirs.content:
        return None
    voice = _voice_of(base or "")
    room = min(_DESCRIPTION_BYTES, content - 1) - len((base or "").encode()) - len(voice.gap)
    block = _block(matter, voice, room, lambda text: len(text.encode()))
    return _beside(block, base or "", voice, config) if block else None


def _beside(block: str, base: str, voice: Voice, config: FeedConfig) -> str:
    if not base.strip():
        return block
    return f"{block}{voice.gap}{base}" if config.notes == "before" else f"{base}{voice.gap}{block}"


def _longest(content: str, description: str | None, theirs: Fields) -> str | None:
    """Make content:encoded the longest field, since apps show the longest; None where that cannot be done."""
    for rival in (theirs.description if description is None else None, theirs.summary):
        if rival is None or len(rival) < len(content):
            continue
        added = tamed(rival) if looks_html(rival) else as_html(rival)
        if fold(added) not in fold(content):
            content = f"{content}\n{added}"
        if len(content) <= len(rival):
            return None
    return content


def _block(matter: Matter, voice: Voice, room: int, measure: Callable[[str], int]) -> str | None:
    """Write our block into so much room; None where not even the abstract and the label fit.

    Citation marks are printed only if the list that they point at is printed too.
    """
    marks = cited(matter)
    kept = _select(list(blocks(matter, voice, marks)), voice, room, measure)
    if marks and kept and sum(block.rank == Rank.CITED for block in kept) < len(marks):
        kept = _select(list(blocks(matter, voice, ())), voice, room, measure)
    return _assemble(kept, voice) if kept else None


def _least(matter: Matter, voice: Voice) -> str:
    """Write what is never cut: the abstract and the label."""
    return _assemble([block for block in blocks(matter, voice, ()) if block.rank in _NEVER_CUT], voice)


def _select(every: Sequence[Block], voice: Voice, room: int, measure: Callable[[str], int]) -> list[Block]:
    """Keep blocks by rank while they fit; nothing after a cut in its chain, no rank after one that was cut."""
    ranked: dict[Rank, list[int]] = defaultdict(list)
    for i, block in enumerate(every):
        ranked[block.rank].append(i)
    kept: set[int] = set()
    headings: set[tuple[str, ...]] = set()
    left = room - measure(voice.listed("")) * sum(1 for rank in ranked if rank >= Rank.CITED)
    for rank in sorted(ranked):
        broken: set[str] = set()
        for i in ranked[rank]:
            cost = _cost(every[i], headings, measure)
            if every[i].chain in broken or cost > left:
                broken.add(every[i].chain)
                continue
            left -= cost
            kept.add(i)
            headings.update(every[i].path[:n] for n in range(1, len(every[i].path) + 1))
        if broken and rank in _NEVER_CUT:
            return []
        if broken:
            break
    return [every[i] for i in sorted(kept)]


def _cost(block: Block, headings: Collection[tuple[str, ...]], measure: Callable[[str], int]) -> int:
    path = block.path
    fresh = (path[n - 1] for n in range(1, len(path) + 1) if path[:n] not in headings)
    return measure(block.text) + sum(map(measure, fresh))


def _assemble(kept: Iterable[Block], voice: Voice) -> str:
    """Join blocks under their headings, entries of lists in lists."""
    parts: list[str] = []
    above: tuple[str, ...] = ()
    for (path, is_item), group in groupby(kept, key=lambda block: (block.path, block.is_item)):
        same = next(
            (n for n, (a, b) in enumerate(zip(path, above, strict=False)) if a != b), min(len(path), len(above))
        )
        parts.extend(path[same:])
        text = "".join(block.text for block in group)
        parts.append(voice.listed(text) if is_item else text)
        above = path
    return "".join(parts).strip()
