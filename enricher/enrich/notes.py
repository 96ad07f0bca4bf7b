"""Highlights to an item's notes: our block within a budget, the publisher's notes whole beside it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from enricher.enrich.layout import Block, Matter, Rank, blocks, cited
from enricher.enrich.render import Html, Plain, Voice, as_html, tamed
from enricher.errors import Problem
from enricher.feed import namespaces as ns
from enricher.feed.markup import inner, is_open
from enricher.model.edition import Notes
from enricher.text import fold, lines_of, looks_html, xml_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from enricher.model.feed import FeedConfig, Item

__all__ = ["Matter", "item_notes", "write_notes"]

_DESCRIPTION_BYTES = 4000
_CONTENT = ns.tag(ns.CONTENT, "encoded")
_SUMMARY = ns.tag(ns.ITUNES, "summary")


@dataclass(frozen=True, slots=True)
class Fields:
    """The publisher's own notes of one item, as they stand; None where there is no such element."""

    description: str | None
    content: str | None
    summary: str | None


def item_notes(item: Item) -> Fields:
    """Read the item's notes fields."""
    return Fields(*(inner(item.element.find(tag)) for tag in ("description", _CONTENT, _SUMMARY)))


def _is_marked_up(item: Item, tag: str) -> bool:
    """Tell whether a field holds elements: then it has no text to write beside."""
    element = item.element.find(tag)
    return element is not None and len(element) > 0


def write_notes(item: Item, matter: Matter, config: FeedConfig) -> Notes:
    """Write description and content:encoded anew: our block before or after the publisher's notes.

    A field that has no room for the abstract and the label stays as it was (contract C16 to C26), and so do both where
    the summary has nothing to say.
    """
    if config.notes == "off" or not _says_anything(matter):
        return Notes()
    theirs = item_notes(item)
    if _is_marked_up(item, _CONTENT):
        return Notes(
            problems=(Problem("its notes hold elements where text should be; they are left as they are", item.title),)
        )
    base, voice = _base_of_content(theirs)
    room = config.notes_limit - len(base) - len(voice.gap)
    content = _beside(_block(matter, voice, room, len) or _least(matter, voice, room), base, voice.gap, config)
    description = None
    if not _is_marked_up(item, "description"):
        description = _description(matter, theirs, len(content), config)
    longest = _longest(content, description, theirs, voice)
    if longest is None:
        said = "the publisher's own fields are longer than notes may be; the notes are left as they are"
        return Notes(problems=(Problem(said, item.title),))
    return Notes(description, longest)


def _base_of_content(theirs: Fields) -> tuple[str, Voice]:
    """Give what content:encoded is built on: itself, or the description where the source has none; and its tongue."""
    if theirs.content and theirs.content.strip():
        return theirs.content, _voice_of(theirs.content)
    base = _short_notes(theirs)
    return (base if looks_html(base) else as_html(base)), Html()


def _short_notes(theirs: Fields) -> str:
    """Give the publisher's notes where there is no content:encoded: the description, else the itunes:summary."""
    description = theirs.description or ""
    return description if description.strip() else theirs.summary or description


def _voice_of(text: str) -> Voice:
    return Html() if looks_html(text) else Plain()


def _description(matter: Matter, theirs: Fields, content: int, config: FeedConfig) -> str | None:
    """Write the description within its bytes and shorter than content:encoded; None where it stays as it was."""
    base = theirs.description or ""
    if theirs.description is None and theirs.content:
        return None
    base = base if (theirs.content or "").strip() else _short_notes(theirs)
    voice = _voice_of(base)
    # Less stands between: so the same block in both fields leaves content:encoded the longer.
    gap = voice.less
    room = _DESCRIPTION_BYTES - _bytes(base + gap)
    block = _block(matter, voice, room, _bytes)
    if block and len(block + gap + base) >= content:
        block = _block(matter, voice, min(room, content - 1 - _bytes(base + gap)), _bytes)
    return _beside(block, base, gap, config) if block else None


def _bytes(text: str) -> int:
    return len(text.encode())


def _beside(block: str, base: str, gap: str, config: FeedConfig) -> str:
    if not base.strip():
        return block
    after = config.notes == "after" and not is_open(base)
    return f"{base}{gap}{block}" if after else f"{block}{gap}{base}"


def _longest(content: str, description: str | None, theirs: Fields, voice: Voice) -> str | None:
    """Make content:encoded the longest field, since apps show the longest; None where that cannot be done."""
    for rival in (theirs.description if description is None else None, theirs.summary):
        if rival is None or len(rival) < len(content):
            continue
        added = _translated(rival, voice)
        if fold(added) not in fold(content):
            content = f"{content}{voice.gap}{added}"
        if len(content) <= len(rival):
            return None
    return content


def _translated(notes: str, voice: Voice) -> str:
    """Say one field's notes in the tongue of another."""
    if voice.links_inline:
        return tamed(notes) if looks_html(notes) else as_html(notes)
    return "\n".join(lines_of(notes)) if looks_html(notes) else xml_safe(notes).strip()


def _block(matter: Matter, voice: Voice, room: int, measure: Callable[[str], int]) -> str | None:
    """Write our block into so much room; None where not even the abstract and the label fit.

    Citation marks are printed only if the list that they point at is printed too.
    """
    marks = cited(matter)
    kept = _select(list(blocks(matter, voice, marks)), voice, room, measure)
    if marks and kept and sum(block.rank == Rank.CITED for block in kept) < len(marks):
        kept = _select(list(blocks(matter, voice, ())), voice, room, measure)
    return _assemble(kept, voice) if kept else None


def _says_anything(matter: Matter) -> bool:
    """Tell whether there is more to print than the label."""
    return any(block.rank != Rank.LABEL for block in blocks(matter, Plain(), ()))


def _least(matter: Matter, voice: Voice, room: int) -> str:
    """Write what is printed even without room for it: the label, and of an abstract as much as fits, or its beginning.

    Without an abstract it is what comes first.
    """
    every = list(blocks(matter, voice, ()))
    label = next(block for block in every if block.rank == Rank.LABEL)
    first = min((block for block in every if block.rank != Rank.LABEL), key=lambda block: block.rank)
    rest = [block for block in every if block.rank == Rank.ABSTRACT and block is not first]
    left = room - _cost(first, (), len) - len(label.text)
    kept = [first]
    for block in rest:
        left -= len(block.text)
        if left < 0:
            break
        kept.append(block)
    return _assemble([*kept, label], voice)


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
        if broken and rank != Rank.CHAPTERS:
            break
    # The label alone says nothing, and without the label nothing may be said.
    return [every[i] for i in sorted(kept)] if len(kept) > len(ranked[Rank.LABEL]) else []


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
