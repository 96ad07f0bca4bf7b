"""The head of a page: its title, when it was published, and lines of metadata such as `Podcast: Field Notes`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from enricher.errors import SummaryError
from enricher.summaries.blocks import LINE_WIDTH, Piece, stands_alone
from enricher.summaries.dates import read_date
from enricher.summaries.record_lists import is_web
from enricher.summaries.records import add_tree
from enricher.summaries.sections import ENTRY, section_of
from enricher.summaries.vocabulary import GENERIC, expression, is_junk, is_one_of, key_role, role_of
from enricher.text import fold, one_line
from enricher.timestamp_lines import titled_line
from enricher.timestamps import parse_clock
from enricher.titles.numbers import show_and_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.summaries.records import Record
    from enricher.summaries.shared_lines import Shared

_FIELD = re.compile(r"(?P<name>[^\W\d_][\w /;-]{1,38}?)\s?(?::\s+|：\s*)(?P<value>\S.*)")
_FACTS = {"podcast", "published", "number", "duration", "link", "audio", "guid", "people", "private"}
"""What a line of metadata may begin with; "Summary: …" may be an abstract."""
_QUOTED_IN = re.compile(r"[“\"„«「《]\s?([^“”\"„«»「」《》]{4,200}?)\s?[”\"“»」》]")
_NUMBER = re.compile(r"\d+")
_DATE = 40
_ABOVE = 60
"""So many pieces may stand above the title and the date."""
_TITLE = 500
_SENTENCE = 100
_HEAD = 3
"""So many pieces hold date and title."""


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
    title, published, rest = _title_and_date(list(_parted(pieces)), known, fallback, named=named)
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
            raise SummaryError("holds several episodes, it seems; write one file for each")
        title = None
    titles = [title] if title else []
    if title and pieces[0].text.startswith(f"{title}\n") and len(pieces[0].text) <= _TITLE / 2:
        titles.append(one_line(pieces[0].text))  # wrapped, perhaps
    below = rest[0] if rest and rest[0].kind == "heading" and 0 < rest[0].level < ENTRY else None
    if (title or known) and below and role_of(below.text) is None and not _is_generic(below.text):
        levels = [piece.level for piece in rest if piece.kind == "heading" and piece.level <= below.level]
        alone = len(levels) == 1 and (title or any(piece.kind == "heading" for piece in rest[1:]))
        others = [x.text for x in rest[1:] if x.kind == "heading" and x.level == below.level and not role_of(x.text)]
        named = not known and shared.has_title(title or "") and all(map(shared.has_heading, others))
        if alone or (title and named):
            # "# Oxide and Friends: April 17th, 2023", "## Rust Trademark": below the show's name stands the title.
            titles.append(one_line(rest.pop(0).text))
    # "Oxide and Friends: April 17th, 2023" has its date at its end.
    *_, end = re.split(r"[:–—|]\s|\s-\s", title or "")
    return Head(tuple(titles), published or (read_date(end) if end != title else None), rest)


def _is_generic(title: str) -> bool:
    return all(word in GENERIC for word in fold(title).split())


def without_fields(pieces: Sequence[Piece], record: Record) -> list[Piece]:
    """Take the `Name: value` lines off the head of a page and off its metadata, as Notion and Snipd write them."""
    pieces = _titled(pieces)
    kept: list[Piece] = []
    said: dict[str, str] = {}
    labelled = _labelled(pieces)
    for i, piece in enumerate(pieces):
        by_looks = piece.kind == "heading" and not piece.is_marked and not _is_dated(piece)
        lines = piece.text.splitlines() if by_looks or piece.kind in {"text", "bullet"} else []
        if i < 2:  # noqa: PLR2004 below the title, as apps share it; further down are those of other episodes
            record.identities |= dict.fromkeys(filter(is_web, lines))
        fields = [found for found in map(_FIELD.fullmatch, lines) if found]
        facts = sum(key_role(found["name"]) in _FACTS for found in fields) * 2 >= len(lines) and i < _HEAD * 4
        if fields and len(fields) == len(lines) and (facts or piece.kind == "bullet"):
            table = {found["name"]: found["value"].strip() for found in fields if key_role(found["name"])}
            said = table | said
            if len(table) * 2 >= len(fields):
                continue
        if i not in labelled:
            kept.append(piece)
    every = [_FIELD.fullmatch(line) for i in labelled for line in pieces[i].text.splitlines()]
    told = [found for found in every if found and key_role(found["name"]) != "private"]
    days = {day for found in told if (day := read_date(found["value"]))}
    said |= {found["name"]: found["value"] for found in every if found and is_web(found["value"])} | said
    if len(days) == 1 and not any(key_role(name) == "published" for name in said):
        said.setdefault("published", days.pop())  # one date under a name of any language
    add_tree(record, said)
    return kept


def _titled(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Make a heading of what stands below a line "Title", as models write it."""
    for i, (label, below) in enumerate(pairwise(pieces[:_HEAD])):
        named = key_role(label.text) == "title" and (label.is_bold or label.kind == "heading")
        if named and below.kind in {"text", "heading"}:
            return [*pieces[:i], replace(below, kind="heading", level=1), *pieces[i + 2 :]]
    return pieces


def _labelled(pieces: Sequence[Piece]) -> set[int]:
    """Find the metadata below the title alone, in any language: blocks of lines with labels, one of them a fact."""
    blocks: list[set[int]] = [set()]
    counts = [0]
    sure: list[bool] = [False]
    for i, piece in enumerate(pieces[: _HEAD * 4]):
        fields = [_FIELD.fullmatch(line) for line in piece.text.splitlines()]
        here = [one for one in fields if one and len(one["value"]) <= _SENTENCE and one["value"][-1] not in ".!?。！？"]
        if not here or len(here) < len(fields) or any(_says(one["name"]) for one in here):
            below = pieces[i + 1] if i + 1 < len(pieces) else None
            if piece.is_marked and piece.level > 1 and below and _FIELD.match(below.text):
                blocks.append(set())  # below "Info", "기본 정보"
                counts.append(0)
                sure.append(False)
            elif i and piece.kind != "rule" and not _is_dated(piece) and piece.level != 1:
                break
        elif piece.kind in {"text", "bullet"}:
            blocks[-1].update([] if _is_dated(piece) else [i])  # a date is read where it stands
            counts[-1] += len(here)
            sure[-1] |= any(key_role(x["name"]) in _FACTS or read_date(x["value"]) or is_web(x["value"]) for x in here)
    return {i for block, count, told in zip(blocks, counts, sure, strict=True) if told and count > 1 for i in block}


def _says(label: str) -> bool:
    """Recognise the label of content: "TL;DR", "Quotes"."""
    return role_of(label) not in {None, "skip", "metadata"} or key_role(label) not in _FACTS.union({None})


def _parted(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Part the first lines where no blank one parts them: the date and what follows it, a title with its number."""
    dated = False
    for i, piece in enumerate(pieces):
        lines = piece.text.splitlines()
        if i == 0 and piece.kind == "text" and len(lines) > 1 and all(map(_is_of_a_card, lines)):
            card = [replace(piece, text=line) for line in lines]
            title = next((one for one in card if not _is_dated(one)), None)
            yield from (one for one in card if one is title or _is_dated(one))
            continue
        while i < _HEAD and len(lines) > 1:
            line = replace(piece, text=lines[0])
            was, dated = dated, _is_dated(line)
            below = not _is_dated(piece) and _is_dated(replace(piece, text=lines[1]))
            if not (dated or ((was or below) and _is_title(line)) or show_and_number(lines[0])[1] is not None):
                break
            yield line
            del lines[0]
        yield piece if "\n".join(lines) == piece.text else replace(piece, text="\n".join(lines))
        dated = bool(lines) and _is_dated(replace(piece, text=lines[-1]))


def _is_of_a_card(line: str) -> bool:
    """Recognise a line as apps share episodes: title, show, date, address, each in its line."""
    card = stands_alone(line) or is_web(line) or _is_dated(Piece("text", line))
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
        if i < _ABOVE and dated[i] and (published is None or i <= (first or 0) + _HEAD):
            published = published or _date(piece)
        elif i < _HEAD * 4 and _is_fact(piece):
            continue
        elif i == first:
            title = one_line(piece.text)
        elif first is not None and first < i <= first + _HEAD and not rest and (day := _day_of_cells(piece)):
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
    dated = [*map(_is_dated, pieces), False, False]
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
    begun = next((i for i, piece in enumerate(pieces) if piece.kind != "rule" and not _is_dated(piece)), None)
    if begun is None or (known and not levels):
        return None
    if known:
        # The notes of BEMA repeat their title in other words: a first heading above all others.
        lone = pieces[begun].level == min(levels) and levels.count(min(levels)) == 1 < len(levels)
        lone |= pieces[begun].level > 0 and _is_generic(_NUMBER.sub("", known))  # below "Episode 20" stands its title
        return begun if lone and _is_title(pieces[begun]) else None
    dated = next((i for i, piece in enumerate(pieces) if _is_dated(piece)), None)
    if dated is not None and dated + 1 < len(pieces):
        after = pieces[dated + 1]
        above = fold(pieces[dated - 1].text) if dated else ""
        if _is_title(after) and (not dated or (after.text[-1] not in ".…" and fold(after.text) not in above)):
            return dated + 1
    if fallback and not pieces[begun].is_marked:
        inside = (i for i, piece in enumerate(pieces) if piece.kind != "quote" and fold(piece.text) in fold(fallback))
        return next((i for i in inside if len(pieces[i].text) * 2 > len(fallback)), None)
    # One of several headings of a rank is a part's, where the file's name can be the title (rubynoname, S05E03).
    part = named and levels.count(pieces[begun].level) > 1
    return begun if _is_title(pieces[begun]) and not part else None


def _is_title(piece: Piece) -> bool:
    """Distinguish a title from a sentence, and from the heading of a part."""
    if _is_fact(piece):
        return False
    if piece.kind == "heading":
        return role_of(piece.text) is None and piece.level < ENTRY and (piece.is_marked or not titled_line(piece.text))
    if piece.text.endswith((":", "：")) or any(titled_line(x) or is_web(x) for x in piece.text.splitlines()):
        return False  # leads to what follows, or is a list of times, or an address
    # A long line that goes on past a full stop is text, however it ends.
    ends = piece.text[-1:] in ".…" or ". " in piece.text
    return piece.kind == "text" and (len(piece.text) < _SENTENCE or not ends) and not is_junk(piece.text)


def _is_fact(piece: Piece) -> bool:
    """Recognise a label with a time that nothing marks as a heading: "Durée du podcast : 0:41:19"."""
    field = None if piece.is_marked or piece.kind == "bullet" else _FIELD.fullmatch(piece.text)
    return field is not None and parse_clock(field["value"]) is not None


def _is_dated(piece: Piece) -> bool:
    """Recognise the line that says when, readable or not: `Published 03/04/2024`, `May 2, 2024`."""
    if piece.kind == "quote":
        return False
    found = expression("published").fullmatch(piece.text)
    if found and found["plain"] and len(found["date"]) <= _DATE and any(map(str.isdigit, found["date"])):
        return True
    return _date(piece) is not None and (found is not None or show_and_number(piece.text)[1] is None)


def _date(piece: Piece) -> str | None:
    found = expression("published").fullmatch(piece.text)
    cells = re.split(r"\s?[·•|\n]\s?|\sby\s|\s[-–—]\s", (found["date"] if found else piece.text)[:_TITLE])
    # "Field Notes · Episode 12 · 2 May 2024 · 62 min"
    here = cells if len(cells) > _HEAD and len(piece.text) <= _SENTENCE else cells[:1]
    dates = (read_date(one) for one in here if len(one) <= _DATE and any(map(str.isdigit, one)))
    return next(filter(None, dates), None)


def _day_of_cells(piece: Piece) -> str | None:
    """Read the date of a line of metadata below the title: "Field Notes | May 2, 2024 | ~33 min"."""
    cells = re.split(r"\s[|·•]\s", piece.text) if piece.kind != "quote" and not piece.is_marked else []
    found = [day for cell in cells if (day := read_date(cell))]
    return found[0] if len(cells) > 1 and len(found) == 1 and len(piece.text) <= _SENTENCE else None
