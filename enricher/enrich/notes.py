"""Highlights to an item's notes: our block within a budget, the publisher's notes whole beside it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import groupby
from typing import TYPE_CHECKING

from enricher.enrich.layout import Block, Highlights, Layout, Rank
from enricher.enrich.render import HtmlRenderer, PlainRenderer, Renderer, as_html, clean_html
from enricher.errors import Problem
from enricher.model.edition import Notes
from enricher.text import fold, lines_of, looks_html, xml_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from enricher.model.feed import FeedConfig, NotesFields, NotesPlace

_DESCRIPTION_BYTES = 4000  # contract C16
# Void elements, and those whose end tags HTML lets be left out where the next one begins.
_CLOSED = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_CLOSED |= {"p", "li", "dt", "dd", "tr", "td", "th", "option", "thead", "tbody", "tfoot"}


def write_notes(theirs: NotesFields, highlights: Highlights, config: FeedConfig, title: str) -> Notes:
    """Write description and content:encoded anew: our block before, after or around the publisher's notes.

    A field that has no room for the abstract and the label stays as it was (contract C16 to C26), and so do both where
    the summary has nothing to say but the label. `title` is the item's, for the problems.
    """
    ours = Layout(highlights, PlainRenderer()).blocks()
    if config.notes == "off" or all(block.rank == Rank.LABEL for block in ours):
        return Notes()
    if "content" in theirs.marked_up:
        said = "its notes hold elements where text should be; they are left as they are"
        return Notes(problems=(Problem(said, title),))
    base, renderer = _base_of_content(theirs)
    writer = _Writer(highlights, renderer, _place(base, config), renderer.gap, base)
    content = writer.write(config.notes_limit, len) or writer.least(config.notes_limit)
    description = None
    if "description" not in theirs.marked_up:
        description = _description(highlights, theirs, len(content), config)
    longest = _longest(content, description, theirs, renderer)
    if longest is None:
        said = "the publisher's own fields are longer than notes may be; the notes are left as they are"
        return Notes(problems=(Problem(said, title),))
    return Notes(description, longest)


def _base_of_content(theirs: NotesFields) -> tuple[str, Renderer]:
    """Return what content:encoded is built on, itself or else the description (C20), and the renderer that fits it."""
    if theirs.content and theirs.content.strip():
        return theirs.content, _renderer_of(theirs.content)
    base = _short_notes(theirs)
    return (base if looks_html(base) else as_html(base)), HtmlRenderer()


def _short_notes(theirs: NotesFields) -> str:
    """Return the publisher's notes where there is no content:encoded: the description, else the itunes:summary."""
    description = theirs.description or ""
    return description if description.strip() else theirs.summary or description


def _renderer_of(text: str) -> Renderer:
    return HtmlRenderer() if looks_html(text) else PlainRenderer()


def _description(highlights: Highlights, theirs: NotesFields, content: int, config: FeedConfig) -> str | None:
    """Write the description within its bytes and shorter than content:encoded; None where it stays as it was."""
    if theirs.description is None and theirs.content:
        return None
    base = (theirs.description or "") if (theirs.content or "").strip() else _short_notes(theirs)
    renderer = _renderer_of(base)
    # Less stands between: so the same block in both fields leaves content:encoded the longer.
    writer = _Writer(highlights, renderer, _place(base, config), renderer.description_gap, base)
    description = writer.write(_DESCRIPTION_BYTES, _bytes)
    if description and len(description) >= content:
        description = writer.write(min(_DESCRIPTION_BYTES, content - 1), _bytes)
    return description


def _bytes(text: str) -> int:
    return len(text.encode())


def _place(base: str, config: FeedConfig) -> NotesPlace:
    """Return where our block can stand: behind a tag or comment that is never closed it would be inside of it."""
    return "before" if not base.strip() or (config.notes != "before" and _is_open(base)) else config.notes


def _longest(content: str, description: str | None, theirs: NotesFields, renderer: Renderer) -> str | None:
    """Make content:encoded the longest field, since AntennaPod shows the longest (C17); None where it cannot be."""
    for rival in (theirs.description if description is None else None, theirs.summary):
        if rival is None or len(rival) < len(content):
            continue
        if renderer.links_inline:
            added = clean_html(rival) if looks_html(rival) else as_html(rival)
        else:
            added = "\n".join(lines_of(rival)) if looks_html(rival) else xml_safe(rival).strip()
        if fold(added) not in fold(content):
            content = f"{content}{renderer.gap}{added}"
        if len(content) <= len(rival):
            return None
    return content


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes one field: our block at its place beside the publisher's notes."""

    highlights: Highlights
    renderer: Renderer
    place: NotesPlace
    gap: str
    base: str

    def write(self, limit: int, measure: Callable[[str], int]) -> str | None:
        """Write as much of our block as the limit leaves room for; None where the abstract and the label do not fit.

        Citation marks are printed only if the list that they point at is printed too (contract C26).
        """
        room, cited = limit - self._taken(measure), self.highlights.cited()
        kept = _select(self._blocks(cited), self.renderer, room, measure)
        if cited and kept and sum(block.rank == Rank.CITED for block in kept) < len(cited):
            kept = _select(self._blocks(), self.renderer, room, measure)
        return self._joined(kept) if kept else None

    def least(self, limit: int) -> str:
        """Write what is printed even without room for it: the label, and of an abstract as much as fits.

        Without an abstract it is what comes first.
        """
        every = self._blocks()
        label = next(block for block in every if block.rank == Rank.LABEL)
        first = min((block for block in every if block is not label), key=lambda block: block.rank)
        left = limit - self._taken(len) - _cost(first, (), len) - len(label.text)
        kept = [first, label]
        for block in every:
            if block.rank == Rank.ABSTRACT and block is not first:
                left -= len(block.text)
                if left < 0:
                    break
                kept.append(block)
        return self._joined(sorted(kept, key=every.index))

    def _blocks(self, cited: Collection[int] = ()) -> list[Block]:
        return list(Layout(self.highlights, self.renderer, cited, around=self.place == "around").blocks())

    def _taken(self, measure: Callable[[str], int]) -> int:
        """Measure what stands in the field beside our block."""
        return measure(self.base) + measure(self.gap) * (2 if self.place == "around" else 1)

    def _joined(self, kept: Sequence[Block]) -> str:
        """Put our block, or both halves of it, beside the publisher's notes, each behind a visible break (C25)."""
        front = [block for block in kept if self.place == "before" or (self.place == "around" and block.is_front)]
        behind = [block for block in kept if block not in front]
        base = self.base if self.base.strip() else ""
        pieces = (_assemble(front, self.renderer), base, _assemble(behind, self.renderer))
        return self.gap.join(piece for piece in pieces if piece)


def _select(every: Sequence[Block], renderer: Renderer, room: int, measure: Callable[[str], int]) -> list[Block]:
    """Keep blocks by rank while they fit; nothing after a cut in its chain, no rank after one that was cut."""
    ranked: dict[Rank, list[int]] = defaultdict(list)
    for i, block in enumerate(every):
        ranked[block.rank].append(i)
    kept: set[int] = set()
    headings: set[tuple[str, ...]] = set()
    left = room - measure(renderer.list_of("")) * sum(is_item for (_, is_item), _ in groupby(every, key=_run_of))
    for rank in sorted(ranked):
        broken: set[str] = set()
        for i in ranked[rank]:
            cost = _cost(every[i], headings, measure)
            if every[i].chain in broken or cost > left:
                broken.add(every[i].chain)
                continue
            left -= cost
            kept.add(i)
            headings.update(every[i].headings[:n] for n in range(1, len(every[i].headings) + 1))
        if broken and rank != Rank.CHAPTERS:
            break
    # The label alone says nothing, and without the label nothing may be said.
    return [every[i] for i in sorted(kept)] if len(kept) > len(ranked[Rank.LABEL]) else []


def _cost(block: Block, printed: Collection[tuple[str, ...]], measure: Callable[[str], int]) -> int:
    """Measure a block with those of its headings that are not printed yet."""
    path = block.headings
    fresh = (path[n - 1] for n in range(1, len(path) + 1) if path[:n] not in printed)
    return measure(block.text) + sum(map(measure, fresh))


def _run_of(block: Block) -> tuple[tuple[str, ...], bool]:
    """Return what blocks that stand together share: their headings, and whether they make a list."""
    return block.headings, block.is_item


def _assemble(kept: Iterable[Block], renderer: Renderer) -> str:
    """Join blocks under their headings, entries of lists in lists."""
    pieces: list[str] = []
    above: tuple[str, ...] = ()
    for (path, is_item), group in groupby(kept, key=_run_of):
        shared = 0
        while shared < min(len(path), len(above)) and path[shared] == above[shared]:
            shared += 1
        pieces.extend(path[shared:])
        text = "".join(block.text for block in group)
        pieces.append(renderer.list_of(text) if is_item else text)
        above = path
    return "".join(pieces).strip()


def _is_open(html: str) -> bool:
    """Check whether a comment, a tag or an element of some HTML has no end."""
    if "<" not in html:
        return False
    reader = _OpenTags()
    try:
        reader.feed(html)
    except AssertionError:  # "<![title[": until Python 3.13 html.parser takes it for a section without a known keyword
        return True
    # What is left unread is a tag or comment without an end, or a text that ends in what may be a character reference.
    return bool(reader.open) or reader.rawdata.startswith("<")


class _OpenTags(HTMLParser):
    """Counts what is open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in _CLOSED:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # HTML knows no such thing: the slash of <div/> says nothing.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]
