"""The head of a page: its title, when it was published, and lines of metadata such as `Podcast: Field Notes`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from enricher.errors import SummaryError
from enricher.summaries.blocks import LINE_WIDTH, Piece, stands_alone
from enricher.summaries.dates import read_date
from enricher.summaries.fields import FIELD, HEAD, day_of, is_dated
from enricher.summaries.record_lists import is_web
from enricher.summaries.sections import ENTRY, section_of
from enricher.summaries.vocabulary import GENERIC, is_junk, is_one_of, role_of
from enricher.text import fold, one_line
from enricher.timestamp_lines import titled_line
from enricher.timestamps import parse_clock
from enricher.titles.days import part_end
from enricher.titles.numbers import show_and_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.summaries.shared_lines import Shared

_QUOTED_IN = re.compile(r"[“\"„«「《]\s?([^“”\"„«»「」《》]{4,200}?)\s?[”\"“»」》]")
_NUMBER = re.compile(r"\d+")
_ABOVE = 60
"""So many pieces may stand above the title and the date."""
_TITLE = 500
_SENTENCE = 100
SEVERAL = "holds several episodes, it seems; write one file for each"
_FIRST_PODCASTS = "2003"
_CELLS = re.compile(r"\s[·|–—-]\s|:\s|\s?[()]")


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a page says: candidates for the title, best first; the day as `YYYY-MM-DD`; and what follows."""

    titles: tuple[str, ...]
    published: str | None
    rest: list[Piece]


def read_head(pieces: Sequence[Piece], known: str | None, shared: Shared, *, named: bool, fallback: str = "") -> Head:
    """Read title and date. Raises SummaryError where the page is none of one episode.

    `known` is the title that the data of the document gives; `named` says that its file's name could be one: then no
    sentence is. `fallback` is what the head of a web page calls itself.
    """
    parted = list(_parted(pieces))
    fallback = "" if shared.has_title(fallback) else fallback  # the site's
    title, published, rest = _title_and_date(parted, known, fallback, named=named)
    if not known and _are_dated_parts(parted):
        raise SummaryError(SEVERAL)
    top = any(piece.kind == "heading" and piece.level == 1 for piece in pieces)
    if title and named and not known and not top and (title[-1] in ".。" or len(title) > _SENTENCE * 3 / 2):
        rest = [Piece("text", title), *rest]
        title = None
    if title is None and rest and rest[0].text.endswith((":", "：")):
        # Here is a summary of the episode "How bees choose a home":
        named_in = _QUOTED_IN.search(rest[0].text)
        title, rest = (named_in[1], rest[1:]) if named_in else (None, rest)
    if title and not known and _is_generic(title):
        # "Key Takeaways" and "My podcast notes" are no episode's title.
        if sum(piece.kind == "heading" and piece.level == 2 for piece in rest) > 1:  # noqa: PLR2004 below the title
            raise SummaryError(SEVERAL)
        title = None
    titles = [title] if title else []
    if title and pieces[0].text.startswith(f"{title}\n") and len(pieces[0].text) <= _TITLE / 2:
        titles.append(one_line(pieces[0].text))  # wrapped, perhaps
    below = rest[0] if rest and rest[0].kind == "heading" and 0 < rest[0].level < ENTRY else None
    sentence = below is not None and below.text.endswith((".", "。"))
    if (title or known) and below and not sentence and role_of(below.text) is None and not _is_generic(below.text):
        levels = [piece.level for piece in rest if piece.kind == "heading" and piece.level <= below.level]
        alone = len(levels) == 1 and (title or any(piece.kind == "heading" for piece in rest[1:]))
        others = [x.text for x in rest[1:] if x.kind == "heading" and x.level == below.level and not role_of(x.text)]
        named = not known and shared.has_title(title or "") and all(map(shared.has_heading, others))
        if alone or (title and named):
            # "# Oxide and Friends: April 17th, 2023", "## Rust Trademark": below the show's name stands the title.
            titles.append(one_line(rest.pop(0).text))
    # "Oxide and Friends: April 17th, 2023" has its date at its end.
    bare, end = part_end(title or "")
    day = read_date(end)
    titles += [bare] if day else []
    return Head(tuple(titles), published or day, rest)


def _are_dated_parts(pieces: Sequence[Piece]) -> bool:
    """Recognise a log of a show's episodes: headings of one rank that each say show and day, or have it below."""
    lines: dict[int, list[str]] = {}
    for piece, below in zip_longest(pieces, pieces[1:]):
        if piece.is_marked:
            line = piece.text if _day_within(piece.text) or below is None else below.text
            lines.setdefault(piece.level, []).append(line)
    for every in lines.values():
        days = {_day_within(line) for line in every}
        cells = [set(_CELLS.split(line)) for line in every]
        if (
            len(every) > 1
            and None not in days
            and len(days) == len(every)
            and any(map(str.strip, set.intersection(*cells)))
        ):
            return True
    return False


def _day_within(line: str) -> str | None:
    """Read a day that podcasts may have of one of the parts of a line."""
    cells = _CELLS.split(line) if len(line) <= _SENTENCE else ()
    return next((day for cell in cells if (day := read_date(cell)) and day >= _FIRST_PODCASTS), None)


def _is_generic(title: str) -> bool:
    return all(word in GENERIC for word in fold(title).split())


def _parted(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Part the first lines where no blank one parts them: the date and what follows it, a title with its number."""
    dated = False
    for i, piece in enumerate(pieces):
        lines = piece.text.splitlines()
        if i == 0 and piece.kind == "text" and len(lines) > 1 and all(map(_is_of_a_card, lines)):
            card = [replace(piece, text=line) for line in lines]
            title = next((one for one in card if not is_dated(one)), None)
            yield from (one for one in card if one is title or is_dated(one))
            continue
        while i < HEAD and len(lines) > 1:
            line = replace(piece, text=lines[0])
            was, dated = dated, is_dated(line)
            below = not is_dated(piece) and is_dated(replace(piece, text=lines[1]))
            if not (dated or ((was or below) and _is_title(line)) or show_and_number(lines[0])[1] is not None):
                break
            yield line
            del lines[0]
        yield piece if "\n".join(lines) == piece.text else replace(piece, text="\n".join(lines))
        dated = bool(lines) and is_dated(replace(piece, text=lines[-1]))


def _is_of_a_card(line: str) -> bool:
    """Recognise a line as apps share episodes: title, show, date, address, each in its line."""
    card = stands_alone(line) or is_web(line) or is_dated(Piece("text", line))
    return card and len(line) <= LINE_WIDTH and titled_line(line) is None


def _title_and_date(
    pieces: Sequence[Piece], known: str | None, fallback: str, *, named: bool
) -> tuple[str | None, str | None, list[Piece]]:
    """Read what comes before everything else; of a whole web page, what stands above both is none."""
    end = next((i for i, piece in enumerate(pieces) if section_of(piece)), len(pieces))
    first = _place_of_title(pieces[: min(end, _ABOVE)], known, fallback, named=named)
    title: str | None = None
    published: str | None = None
    rest: list[Piece] = []
    dated = _dated_lines(pieces[: _ABOVE + 1])
    for i, piece in enumerate(pieces[:end]):
        above = first is not None and i < first and (len(piece.text) < _SENTENCE or is_one_of("banner", piece.text))
        if i < _ABOVE and dated[i] and (published is None or i <= (first or 0) + HEAD):
            published = published or day_of(piece)
        elif i < HEAD * 4 and _is_fact(piece):
            continue
        elif i == first:
            title = one_line(piece.text)
        elif first is not None and first < i <= first + HEAD and not rest and (day := _day_of_cells(piece)):
            published = published or day
        elif first is not None and first < i < _ABOVE and dated[i + 1] and stands_alone(piece.text):
            continue  # who wrote the page, alone above the date
        elif not above and (rest or (piece.kind != "rule" and fold(piece.text[:_TITLE]) != fold(known or ""))):
            rest.append(piece)
    if title is not None and len(title) > _TITLE:
        raise SummaryError(f"begins with a paragraph of {len(title)} characters and no title")
    return title, published, rest + list(pieces[end:])


def _dated_lines(pieces: Sequence[Piece]) -> list[bool]:
    """Return for each piece, and two more, whether it says when; not rows of a table that each begin with a date."""
    dated = [*map(is_dated, pieces), False, False]
    rows = [on and " | " in piece.text for on, piece in zip(dated, pieces, strict=False)]
    return [on and not any(rows[max(0, i - 1) : i] + rows[i + 1 : i + 2]) for i, on in enumerate(dated)]


def _place_of_title(pieces: Sequence[Piece], known: str | None, fallback: str, *, named: bool) -> int | None:
    """Find the title: the first heading of the first level, else what follows the date, else what comes first."""
    tops = [i for i, piece in enumerate(pieces) if piece.level == 1 and piece.kind == "heading"]
    # Where the first of several headings of the first level names a part, so do the others (fabric's extract_wisdom).
    parts = len(tops) > 2 and role_of(pieces[tops[0]].text) is not None  # noqa: PLR2004
    top = None if parts else next((i for i in tops if _is_title(pieces[i])), None)
    if top is not None:
        # With a title in the front matter, headings of the first level may be the page's sections (Castálio).
        alone = len(tops) == 1 and all(len(piece.text) < _SENTENCE for piece in pieces[:top])
        return top if not known or alone else None
    levels = [piece.level for piece in pieces if piece.kind == "heading" and piece.level]
    begun = next((i for i, piece in enumerate(pieces) if not (piece.kind == "rule" or is_dated(piece))), None)
    if begun is not None and levels and not pieces[begun].is_marked and _is_link(pieces[begun]):
        begun = next(i for i, piece in enumerate(pieces) if piece.is_marked)  # "‹ Back" above the heading
    if begun is None or (known and not levels):
        return None
    if known:
        # The notes of BEMA repeat their title in other words: a first heading above all others.
        lone = pieces[begun].level == min(levels) and levels.count(min(levels)) == 1 < len(levels)
        lone |= pieces[begun].level > 0 and _is_generic(_NUMBER.sub("", known))  # below "Episode 20" stands its title
        return begun if lone and _is_title(pieces[begun]) else None
    if (beside := _beside_date(pieces)) is not None:
        return beside
    if fallback and not pieces[begun].is_marked:
        inside = (i for i, piece in enumerate(pieces) if piece.kind != "quote" and fold(piece.text) in fold(fallback))
        named_in_head = next((i for i in inside if len(pieces[i].text) * 2 > len(fallback)), None)
        first = next((i for i, piece in enumerate(pieces) if piece.is_marked), 0)
        lone = levels.count(min(levels, default=0)) == 1 and pieces[first].level == min(levels)
        return named_in_head if named_in_head is not None or not lone or not _is_title(pieces[first]) else first
    # One of several headings of a rank is a part's, where the file's name can be the title (rubynoname, S05E03).
    part = named and levels.count(pieces[begun].level) > 1
    return begun if _is_title(pieces[begun]) and not part else None


def _is_link(piece: Piece) -> bool:
    return piece.text in {link.text for link in piece.links}


def _beside_date(pieces: Sequence[Piece]) -> int | None:
    """Find the title right above the date, if it is marked as a heading, or below it."""
    dated = next((i for i, piece in enumerate(pieces) if is_dated(piece)), None)
    if dated and pieces[dated - 1].is_marked and _is_title(pieces[dated - 1]):
        return dated - 1
    if dated is not None and dated + 1 < len(pieces):
        after = pieces[dated + 1]
        above = fold(pieces[dated - 1].text) if dated else ""
        if _is_title(after) and (not dated or (after.text[-1] not in ".…" and fold(after.text) not in above)):
            return dated + 1
    return None


def _is_title(piece: Piece) -> bool:
    """Distinguish a title from a sentence, and from the heading of a part."""
    if _is_fact(piece):
        return False
    if piece.kind == "heading":
        sentence = len(piece.text) > _SENTENCE and piece.text.endswith((".", "。"))
        named = role_of(piece.text) is None and piece.level < ENTRY and not sentence
        return named and (piece.is_marked or not titled_line(piece.text))
    if piece.text.endswith((":", "：")) or any(titled_line(x) or is_web(x) for x in piece.text.splitlines()):
        return False  # leads to what follows, or is a list of times, or an address
    # A long line that goes on past a full stop is text, however it ends.
    ends = piece.text[-1:] in ".…" or ". " in piece.text
    return piece.kind == "text" and (len(piece.text) < _SENTENCE or not ends) and not is_junk(piece.text)


def _is_fact(piece: Piece) -> bool:
    """Recognise a label with a time that nothing marks as a heading: "Durée du podcast : 0:41:19"."""
    field = None if piece.is_marked or piece.kind == "bullet" else FIELD.fullmatch(piece.text)
    return field is not None and parse_clock(field["value"]) is not None


def _day_of_cells(piece: Piece) -> str | None:
    """Read the date of a line of metadata below the title: "Field Notes | May 2, 2024 | ~33 min"."""
    cells = re.split(r"\s[|·•]\s", piece.text) if not piece.is_marked else []
    found = [day for cell in cells if (day := read_date(cell))]
    return found[0] if len(cells) > 1 and len(found) == 1 and len(piece.text) <= _SENTENCE else None
