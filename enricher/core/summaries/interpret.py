"""Pieces to a `Summary` in the JSON form: the one reading behind text, HTML and Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from enricher.core.errors import SummaryError
from enricher.core.outline import titled_line
from enricher.core.summaries.dates import read_date
from enricher.core.summaries.entries import read_clips, read_questions, read_related
from enricher.core.summaries.finish import guest_of
from enricher.core.summaries.prose import Prose
from enricher.core.summaries.sections import Section, content, is_page, role_of, section_of
from enricher.core.summaries.topics import Topics
from enricher.core.text import fold, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enricher.core.summaries.pieces import Page, Piece

_PUBLISHED = re.compile(r"published(?:\s+on)?:?\s+(?P<date>.{4,40})", re.IGNORECASE)
_EMPTY = re.compile(
    r"[(\[<][^()\[\]<>]{0,200}[)\]>]|(?:tbd|tba|todo|n/?a|none|coming soon)\.?"
    r"|(?:back|return|go) to\b.{0,300}|[^:]{1,60}:",
    re.IGNORECASE,
)
_TIMED = 10**6
"""The level of a line that begins with a time: below every heading."""
_TITLE = 500
_SENTENCE = 100
_SENTENCE = 100


def interpret(page: Page) -> dict[str, Any]:
    """Give the page in the JSON form. Raises SummaryError where it has no title."""
    pieces = list(content(page.pieces))
    said = dict(page.said)
    fallback = said.pop("fallback_title", None)
    said_title = said.pop("title", None)
    title, published, rest = _head(pieces, said_title)
    title = said_title or title or fallback
    if not title:
        raise SummaryError("has no title; a page of highlights begins with `Published …` and the episode's title")
    prose = Prose(guest_of(title))
    found = _read_page(rest, prose) if is_page(rest) else _read_notes(rest, prose)
    return {"version": 1, "title": title, "published": published, **found} | {k: v for k, v in said.items() if v}


def _head(pieces: Sequence[Piece], known: str | None) -> tuple[str | None, str | None, list[Piece]]:
    """Read title and date, which come before everything else; of a whole web page, what stands above them is none."""
    sections = [i for i, piece in enumerate(pieces) if section_of(piece)]
    end = sections[0] if sections else len(pieces)
    first = next((i for i in range(end) if pieces[i].level == 1 and _is_title(pieces[i])), None)
    title: str | None = None
    published: str | None = None
    rest: list[Piece] = []
    for i, piece in enumerate(pieces[:end]):
        date = _date(piece)
        if date and published is None:
            published = date
        elif i == first or (first is None and not title and not known and not rest and _is_title(piece)):
            title = one_line(piece.text)
        elif rest or (piece.kind != "rule" and not _is_above(i, first, piece) and not _repeats(piece, known)):
            rest.append(piece)
    if title is not None and len(title) > _TITLE:
        raise SummaryError(f"begins with a paragraph of {len(title)} characters and no title")
    return title, published, rest + list(pieces[end:])


def _is_title(piece: Piece) -> bool:
    """Tell a title from a sentence, and from the heading of a part."""
    if piece.kind == "heading":
        return role_of(piece.text) is None
    return piece.kind == "text" and (len(piece.text) < _SENTENCE or piece.text[-1] not in ".…")


def _repeats(piece: Piece, known: str | None) -> bool:
    return fold(piece.text[:_TITLE]) == fold(known or "")


def _is_above(i: int, first: int | None, piece: Piece) -> bool:
    """Tell whether a piece stands above the title; long paragraphs there are an abstract all the same."""
    return first is not None and i < first and len(piece.text) < _TITLE // 5


def _date(piece: Piece) -> str | None:
    found = _PUBLISHED.fullmatch(piece.text)
    return read_date(found["date"]) if found else None


def _read_page(pieces: Sequence[Piece], prose: Prose) -> dict[str, Any]:
    """Read a page of highlights, section by section in its order."""
    parts = _sections(pieces)
    abstract = [one_line(piece.text) for piece in parts.pop("preamble", ()) if piece.kind != "rule"]
    found: dict[str, Any] = {"abstract": "\n".join(map(prose.named, filter(None, abstract))) or None}
    for section, here in parts.items():
        if section == "clips":
            found["clips"] = read_clips(_spoken(here))
        elif section == "questions":
            found["questions"] = read_questions(_spoken(here), prose.narrative)
        elif section == "related":
            found["related"] = list(read_related(_spoken(here)))
        else:
            topics = Topics(prose, here)
            for piece, following in zip(here, [*here[1:], None], strict=True):
                topics.take(piece, following)
            found["topics"] = [topic.document() for topic in topics.found]
    return found | {"citations": prose.citations()}


def _sections(pieces: Iterable[Piece]) -> dict[Section, list[Piece]]:
    parts: dict[Section, list[Piece]] = {}
    now: Section = "preamble"
    for piece in pieces:
        named = section_of(piece)
        if named:
            now = named
        else:
            parts.setdefault(now, []).append(piece)
    return parts


def _spoken(pieces: Iterable[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.kind != "rule" and piece.text]


def _read_notes(pieces: Sequence[Piece], prose: Prose) -> dict[str, Any]:
    """Read notes of another kind: headings and lines that begin with a time are topics, what stands first the abstract.

    What only listeners of the original want (sponsors, links, ways to follow) and headings over nothing are left out.
    """
    topics = Topics(prose, [piece for piece in pieces if piece.kind != "bullet"])
    abstract: list[str] = []
    related: list[Piece] = []
    for role, piece in _with_roles(pieces):
        mark = titled_line(one_line(piece.text)) if piece.kind in {"text", "bullet", "heading"} else None
        if role == "related":
            related.append(piece)
        elif mark is not None and "\n" not in piece.text:
            topics.begin(mark.title, _TIMED, start=mark.start)
        elif role == "begin":
            topics.begin(piece.text, piece.level * 10, piece.links)
        elif role == "close":
            topics.close(piece.level * 10)
        elif _EMPTY.fullmatch(piece.text):
            continue
        elif topics.is_open and role != "abstract":
            if piece.kind != "rule":
                topics.take(piece)
        elif piece.kind in {"text", "bullet"}:
            abstract.append(prose.named(one_line(piece.text)))
    return {
        "abstract": "\n".join(abstract) or None,
        "topics": [topic.document() for topic in topics.found if not topic.is_empty],
        "related": list(read_related([piece for piece in related if piece.kind == "bullet" or piece.links])),
        "citations": prose.citations(),
    }


def _with_roles(pieces: Iterable[Piece]) -> Iterator[tuple[str, Piece]]:
    """Give each piece that counts, with what is to be done with it."""
    now, until = "", 0
    for piece in pieces:
        level = piece.level if piece.kind == "heading" else 0
        name = one_line(piece.text)
        heads = piece.kind == "heading" or section_of(piece) == "related"
        if not heads:
            if now != "skip":
                yield now, piece
            continue
        if now == "skip" and level > until and not titled_line(name):
            continue
        role = role_of(name)
        now, until = role or "", level
        if role is None:
            yield "begin", piece
        elif level:
            yield "close", piece
