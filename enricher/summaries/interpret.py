"""Pieces to a `Summary` in the JSON form: the one reading behind text, HTML and Markdown."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from enricher.errors import SummaryError
from enricher.summaries.blocks import Piece
from enricher.summaries.finish import guest_of, show_of
from enricher.summaries.lists import read_clips, read_questions, read_related
from enricher.summaries.notes import Notes, is_empty
from enricher.summaries.prose import TIME_CITED, Prose
from enricher.summaries.records import set_field
from enricher.summaries.sections import Section, content, is_foreign, section_of, without_furniture
from enricher.summaries.topics import Topics
from enricher.summaries.vocabulary import GENERIC, JUNK, key_role, role_of
from enricher.text import fold, one_line
from enricher.timestamps import read_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enricher.summaries.blocks import Page
    from enricher.summaries.rows import Record

_PUBLISHED = re.compile(
    r"(?:(?:episode\s)?(?P<plain>published)|released|aired|posted|uploaded"
    r"|(?:(?:episode|release|publish(?:ed|ing)?|air)\s)?date)"
    r"(?:\s(?:on|at))?\s?[:·|–—-]?\s(?P<date>.{4,80})",
    re.IGNORECASE | re.DOTALL,
)
_FIELD = re.compile(r"(?P<name>[^\W\d_][\w /-]{1,38})(?::\s+|：\s*)(?P<value>\S.*)")
_FACTS = {"podcast", "published", "number", "duration", "link", "audio", "guid", "people", "private"}
"""What a line of metadata may begin with; "Summary: …" may be an abstract."""
_DATE = 40
_ABOVE = 60
"""So many pieces may stand above the title and the date."""
_TITLE = 500
_SENTENCE = 100
_HEAD = 3
"""So many pieces hold date and title."""
_BANNER = re.compile(
    r"\b(?:cookies?|consent|javascript|newsletter|sign up|subscribe|ad ?block(?:er)?)\b", re.IGNORECASE
)


def interpret(page: Page, record: Record, left_out: list[str], *, named: bool) -> dict[str, Any]:
    """Return the page in the JSON form, with other candidates for its title under `titles`.

    `named` says that the file's name could be its title: then no sentence is.

    What is left out and why is added to `left_out`. Raises SummaryError where the page is none of one episode.
    """
    pieces = list(content(list(_headed(page.pieces))))
    known = record.said.get("title") or page.said.get("title")
    pieces = _without_fields(pieces, record)
    title, published, rest = _head(pieces, known)
    if (
        title
        and named
        and not known
        and (title[-1] in ".。" or len(title) > _SENTENCE * 3 / 2)
        and not any(piece.kind == "heading" and piece.level == 1 for piece in pieces)
    ):
        rest = [Piece("text", title), *rest]
        title = None
    if title and _is_generic(title) and not known:
        if sum(piece.kind == "heading" and piece.level == 2 for piece in rest) > 1:  # noqa: PLR2004 below the title
            raise SummaryError("holds several episodes, it seems; write one file for each")
        title = None
    titles = [title] if title else []
    below = rest[0] if rest and rest[0].kind == "heading" and rest[0].level else None
    if below and not section_of(below) and role_of(below.text) is None:
        levels = [piece.level for piece in rest if piece.kind == "heading" and piece.level <= below.level]
        if title and len(levels) == 1:
            # "# Oxide and Friends: April 17th, 2023", "## Rust Trademark": below the show's name stands the title.
            titles.append(one_line(rest.pop(0).text))
    words = " ".join(piece.text for piece in rest)
    prose = Prose(guest_of(known or title or "", words), cites_times=len(TIME_CITED.findall(words)) > 2)  # noqa: PLR2004
    show = record.said.get("podcast") or page.said.get("podcast") or show_of(title or "")[0]
    found = _read(rest, prose, show, left_out)
    is_page = any(section_of(piece) == "highlights" for piece in rest)
    return (
        {"is_page": is_page, "titles": titles, "published": published or _date_in(title)}
        | found
        | {"citations": prose.citations()}
    )


def _without_fields(pieces: list[Piece], record: Record) -> list[Piece]:
    """Take the `Name: value` lines off the head of a page and off its metadata, as Notion and Snipd write them."""
    kept: list[Piece] = []
    inside = False
    for i, piece in enumerate(pieces):
        if piece.kind == "heading" and piece.level:
            role = role_of(piece.text)
            inside = role == "metadata"
            if inside:
                continue
        lines = piece.text.splitlines()
        fields = [_FIELD.fullmatch(line) for line in lines] if piece.kind in {"text", "bullet"} else []
        facts = i < _HEAD * 4 and fields and fields[0] and key_role(fields[0]["name"]) in _FACTS
        near = inside or facts or piece.kind == "bullet"
        if near and fields and all(fields):
            used = [set_field(record, found["name"], found["value"].strip()) for found in fields if found]
            if inside or sum(used) * 2 >= len(used):
                continue
        kept.append(piece)
    return kept


def _is_generic(title: str) -> bool:
    """Recognise "Key Takeaways" and "My podcast notes", which are no episode's title."""
    return all(word in GENERIC for word in fold(title).split())


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
    if top is not None:
        alone = sum(piece.level == 1 and piece.kind == "heading" for piece in pieces) == 1
        # With a title in the front matter, headings of the first level may be the page's sections (Castálio).
        return top if not known or (alone and (not top or piece_before_is_short(pieces[:top]))) else None
    levels = [piece.level for piece in pieces if piece.kind == "heading" and piece.level]
    begun = [i for i, piece in enumerate(pieces) if piece.kind != "rule" and not _is_dated(piece)]
    if known:
        # The notes of BEMA repeat their title in other words: a first heading above all others.
        lone = begun and levels and pieces[begun[0]].level == min(levels) and levels.count(min(levels)) == 1
        return begun[0] if lone and len(levels) > 1 and _is_title(pieces[begun[0]]) else None
    dated = next((i for i, piece in enumerate(pieces) if _is_dated(piece)), None)
    if dated is not None and dated + 1 < len(pieces):
        after = pieces[dated + 1]
        above = fold(pieces[dated - 1].text) if dated else ""
        if _is_title(after) and (not dated or (after.text[-1] not in ".…" and fold(after.text) not in above)):
            return dated + 1
    return begun[0] if begun and _is_title(pieces[begun[0]]) else None


def piece_before_is_short(pieces: Sequence[Piece]) -> bool:
    """Return whether nothing but navigation stands here."""
    return all(len(piece.text) < _SENTENCE for piece in pieces)


def _is_title(piece: Piece) -> bool:
    """Distinguish a title from a sentence, and from the heading of a part."""
    if piece.kind == "heading":
        return role_of(piece.text) is None
    # A long line that goes on past a full stop is text, however it ends.
    ends = piece.text[-1:] in ".…" or ". " in piece.text
    return piece.kind == "text" and (len(piece.text) < _SENTENCE or not ends) and not is_junk(piece.text)


def _repeats(piece: Piece, known: str | None) -> bool:
    return fold(piece.text[:_TITLE]) == fold(known or "")


def _is_above(i: int, first: int | None, piece: Piece) -> bool:
    """Return whether a piece stands above the title; long paragraphs there are an abstract all the same."""
    return first is not None and i < first and (len(piece.text) < _TITLE // 5 or bool(_BANNER.search(piece.text)))


def _is_dated(piece: Piece) -> bool:
    """Recognise the line that says when, readable or not: `Published 03/04/2024`, `May 2, 2024`."""
    found = _PUBLISHED.fullmatch(piece.text) if piece.kind != "quote" else None
    says_when = found and found["plain"] and len(found["date"]) <= _DATE and any(map(str.isdigit, found["date"]))
    named = found is None and show_of(piece.text)[1] is not None
    return bool(says_when) or (piece.kind != "quote" and not named and _date(piece) is not None)


def _date(piece: Piece) -> str | None:
    found = _PUBLISHED.fullmatch(piece.text)
    said = re.split(r"\s?[·•|\n]\s?|\sby\s|\s[-–—]\s", found["date"] if found else piece.text, maxsplit=1)[0]
    return read_date(said) if len(said) <= _DATE and any(map(str.isdigit, said)) else None


def _date_in(title: str | None) -> str | None:
    """Read the date at the end of a title: "Oxide and Friends: April 17th, 2023"."""
    parts = re.split(r"[:–—|]\s|\s-\s", title or "")
    return read_date(parts[-1]) if len(parts) > 1 else None


def _read(pieces: Sequence[Piece], prose: Prose, show: str | None, left_out: list[str]) -> dict[str, Any]:
    """Read a page part by part, in its order; what stands in no named section is notes."""
    found: dict[str, Any] = {"abstract": None, "topics": [], "clips": [], "questions": [], "related": []}
    is_page = any(section_of(piece) == "highlights" for piece in pieces)
    notes = Notes(prose, left_out)
    for section, here in _sections(pieces, is_page=is_page):
        parts = without_furniture(here, None if section == "related" else show, beside=section != "highlights")
        if section == "clips":
            found["clips"] += read_clips(_spoken(parts))
        elif section == "questions":
            found["questions"] += read_questions(_spoken(parts), prose.narrative)
        elif section == "related":
            found["related"] += [one for one in read_related(_spoken(parts)) if is_page or not is_empty(one["title"])]
        elif section == "highlights":
            topics = Topics(prose, parts)
            for piece, following in zip(parts, [*parts[1:], None], strict=True):
                topics.take(piece, following)
            found["topics"] += [topic.document() for topic in topics.found]
        elif is_page and not any(piece.kind == "heading" and piece.level for piece in parts):
            said = [prose.narrative(piece.text, piece.links) for piece in _spoken(parts) if not is_junk(piece.text)]
            found["abstract"] = "\n".join(filter(None, said)) or None
        else:
            read = notes.read(parts)
            abstract = read.pop("abstract")
            found["abstract"] = found["abstract"] or abstract
            for part, entries in read.items():
                found[part] += entries or []
    return found


def is_junk(text: str) -> bool:
    """Recognise a paragraph of a sponsor, of ways to follow, or of the site."""
    return bool(JUNK.fullmatch(fold(text[:_TITLE])))


def _sections(pieces: Iterable[Piece], *, is_page: bool) -> Iterator[tuple[Section, list[Piece]]]:
    """Part a page into its named sections; a heading of the same or a higher rank ends them.

    Within the page of highlights only behind the related episodes: there a site's own headings end them.
    """
    now: Section | None = "preamble"
    level = 0
    gathered: list[Piece] = []
    for piece in pieces:
        named = section_of(piece)
        foreign = now == "related" and is_foreign(piece, level)
        ended = not is_page and level and piece.kind == "heading" and 0 < piece.level <= level
        if named or foreign or ended:
            if now and (gathered or now != "preamble"):
                yield now, gathered
            now = named or (None if foreign and is_page else "preamble")
            level, gathered = (piece.level if named else 0), [] if named else [piece]
        else:
            gathered.append(piece)
    if now and gathered:
        yield now, gathered


def _spoken(pieces: Iterable[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.kind != "rule" and piece.text]
