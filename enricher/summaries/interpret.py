"""Pieces to a `Summary` in the JSON form: the one reading behind text, HTML and Markdown."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from enricher.errors import SummaryError
from enricher.summaries.finish import guest_of, show_of
from enricher.summaries.lists import read_clips, read_questions, read_related
from enricher.summaries.prose import Prose
from enricher.summaries.sections import (
    Section,
    content,
    is_foreign,
    is_page,
    role_of,
    section_of,
    without_furniture,
)
from enricher.summaries.topics import Topics
from enricher.text import fold, one_line
from enricher.time_lists import titled_line
from enricher.timestamps import read_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enricher.summaries.blocks import Page, Piece

_PUBLISHED = re.compile(
    r"(?:(?:episode\s)?(?P<plain>published)|released|aired|posted|uploaded|(?:(?:release|publish(?:ed|ing)?|air)\s)?date)"
    r"(?:\s(?:on|at))?\s?[:·|–—-]?\s(?P<date>.{4,80})",
    re.IGNORECASE | re.DOTALL,
)
_DATE = 40
_ABOVE = 60
"""So many pieces may stand above the title and the date."""
_EMPTY = re.compile(
    r"[(\[<][^()\[\]<>]{0,200}[)\]>]|(?:tbd|tba|todo|n/?a|none|coming soon)\.?"
    r"|(?:[←⬅«]\s*)?(?:back|return|go) to\b.{0,300}|[^:]{1,60}:",
    re.IGNORECASE,
)
_TIMED = 10**6
"""The level of a line that begins with a time: below every heading."""
_TITLE = 500
_SENTENCE = 100
_HEAD = 3
"""So many pieces hold date and title."""
_BANNER = re.compile(
    r"\b(?:cookies?|consent|javascript|newsletter|sign up|subscribe|ad ?block(?:er)?)\b", re.IGNORECASE
)


def interpret(page: Page) -> dict[str, Any]:
    """Give the page in the JSON form. Raises SummaryError where it has no title."""
    pieces = list(content(list(_headed(page.pieces))))
    said = dict(page.said)
    fallback = said.pop("fallback_title", None)
    said_title = said.pop("title", None)
    title, published, rest = _head(pieces, said_title)
    title = said_title or title or fallback
    if not title:
        raise SummaryError("has no title; a page of highlights begins with `Published …` and the episode's title")
    words = " ".join(piece.text for piece in rest)
    prose = Prose(guest_of(title, words))
    show = said.get("podcast") or show_of(title)[0]
    found = _read_page(rest, prose, show) if is_page(rest) else _read_notes(rest, prose)
    return {"version": 1, "title": title, "published": published, **found} | {k: v for k, v in said.items() if v}


def _headed(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Part the first lines where no blank one parts them: the date and what follows it, a title with its number."""
    dated = False
    for i, piece in enumerate(pieces):
        lines = piece.text.splitlines()
        while i < _HEAD and len(lines) > 1:
            line = replace(piece, text=lines[0])
            was, dated = dated, _is_dated(line)
            if not (dated or (was and _is_title(line)) or show_of(lines[0])[1] is not None):
                break
            yield line
            del lines[0]
        yield piece if "\n".join(lines) == piece.text else replace(piece, text="\n".join(lines))
        dated = bool(lines) and _is_dated(replace(piece, text=lines[-1]))


def _head(pieces: Sequence[Piece], known: str | None) -> tuple[str | None, str | None, list[Piece]]:
    """Read title and date, which come before everything else; of a whole web page, what stands above them is none."""
    sections = [i for i, piece in enumerate(pieces) if section_of(piece)]
    end = sections[0] if sections else len(pieces)
    first = _place_of_title(pieces[: min(end, _ABOVE)], known)
    title: str | None = None
    published: str | None = None
    rest: list[Piece] = []
    for i, piece in enumerate(pieces[:end]):
        if i < _ABOVE and _is_dated(piece):
            published = published or _date(piece)
        elif i == first:
            title = one_line(piece.text)
        elif not _is_above(i, first, piece) and (rest or (piece.kind != "rule" and not _repeats(piece, known))):
            rest.append(piece)
    if title is not None and len(title) > _TITLE:
        raise SummaryError(f"begins with a paragraph of {len(title)} characters and no title")
    return title, published, rest + list(pieces[end:])


def _place_of_title(pieces: Sequence[Piece], known: str | None) -> int | None:
    """Find the title: the first heading of the first level, else what follows the date, else what comes first."""
    top = next((i for i, piece in enumerate(pieces) if piece.level == 1 and _is_title(piece)), None)
    if top is not None or known:
        return top
    dated = next((i for i, piece in enumerate(pieces) if _is_dated(piece)), None)
    if dated is not None and dated + 1 < len(pieces):
        after = pieces[dated + 1]
        above = fold(pieces[dated - 1].text) if dated else ""
        if _is_title(after) and (not dated or (after.text[-1] not in ".…" and fold(after.text) not in above)):
            return dated + 1
    begun = [i for i, piece in enumerate(pieces) if piece.kind != "rule" and not _is_dated(piece)]
    return begun[0] if begun and _is_title(pieces[begun[0]]) else None


def _is_title(piece: Piece) -> bool:
    """Tell a title from a sentence, and from the heading of a part."""
    if piece.kind == "heading":
        return role_of(piece.text) is None
    return piece.kind == "text" and (len(piece.text) < _SENTENCE or piece.text[-1] not in ".…")


def _repeats(piece: Piece, known: str | None) -> bool:
    return fold(piece.text[:_TITLE]) == fold(known or "")


def _is_above(i: int, first: int | None, piece: Piece) -> bool:
    """Tell whether a piece stands above the title; long paragraphs there are an abstract all the same."""
    return first is not None and i < first and (len(piece.text) < _TITLE // 5 or bool(_BANNER.search(piece.text)))


def _is_dated(piece: Piece) -> bool:
    """Tell the line that says when, readable or not: `Published 03/04/2024`, `May 2, 2024`."""
    found = _PUBLISHED.fullmatch(piece.text) if piece.kind != "quote" else None
    says_when = found and found["plain"] and len(found["date"]) <= _DATE and any(map(str.isdigit, found["date"]))
    named = found is None and show_of(piece.text)[1] is not None
    return bool(says_when) or (piece.kind != "quote" and not named and _date(piece) is not None)


def _date(piece: Piece) -> str | None:
    found = _PUBLISHED.fullmatch(piece.text)
    said = re.split(r"\s?[·•|\n]\s?|\sby\s|\s[-–—]\s", found["date"] if found else piece.text, maxsplit=1)[0]
    return read_date(said) if len(said) <= _DATE and any(map(str.isdigit, said)) else None


def _read_page(pieces: Sequence[Piece], prose: Prose, show: str | None) -> dict[str, Any]:
    """Read a page of highlights, section by section in its order."""
    parts = {
        section: without_furniture(here, None if section == "related" else show, beside=section != "highlights")
        for section, here in _sections(pieces).items()
    }
    abstract = [prose.narrative(piece.text, piece.links) for piece in _spoken(parts.pop("preamble", ()))]
    found: dict[str, Any] = {"abstract": "\n".join(filter(None, abstract)) or None}
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
    """Gather the pieces of each section; behind the related episodes, a heading of the site's own ends them."""
    parts: dict[Section, list[Piece]] = {}
    now: Section | None = "preamble"
    level = 0
    for piece in pieces:
        if named := section_of(piece):
            now, level = named, piece.level
        elif now == "related" and is_foreign(piece, level):
            now = None
        elif now:
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
