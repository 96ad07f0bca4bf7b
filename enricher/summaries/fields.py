"""Lines of metadata in the text of a page, such as `Podcast: Field Notes`, and lines that say when."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from enricher.summaries.dates import read_date
from enricher.summaries.record_lists import is_web
from enricher.summaries.records import add_tree
from enricher.summaries.vocabulary import expression, key_role, role_of
from enricher.titles.numbers import show_and_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.summaries.blocks import Piece
    from enricher.summaries.records import Record

FIELD = re.compile(r"(?P<name>[^\W\d_][\w /;-]{1,38}?)\s?(?::\s+|：\s*)(?P<value>\S.*)")
_FACTS = {"podcast", "series", "published", "number", "duration", "link", "audio", "guid", "people", "private"}
"""What a line of metadata may begin with; "Summary: …" may be an abstract."""
_SAID = {"title", "abstract", "source", "id", "related"}
_ROW = re.compile(r"[^|:\n]{1,40} \| [^|\n]{1,120}")
_DATE, _VALUE, _LONGEST = 40, 100, 500
_POSTED = 140
HEAD = 3
"""So many pieces hold date and title."""


def without_fields(pieces: Sequence[Piece], record: Record) -> list[Piece]:
    """Take the `Name: value` lines off the head of a page and off its metadata, as Notion and Snipd write them."""
    pieces = _with_fields(_titled(pieces))
    kept: list[Piece] = []
    said: dict[str, str] = {}
    labelled = _labelled(pieces)
    for i, piece in enumerate(pieces):
        by_looks = piece.kind == "heading" and not piece.is_marked and not is_dated(piece)
        lines = piece.text.splitlines() if by_looks or piece.kind in {"text", "bullet"} else []
        if i < 2:  # noqa: PLR2004 below the title, as apps share it; further down are those of other episodes
            record.identities |= dict.fromkeys(filter(is_web, lines))
        fields = [found for found in map(FIELD.fullmatch, lines) if found]
        facts = sum(key_role(found["name"]) in _FACTS for found in fields) * 2 >= len(lines) and i < HEAD * 4
        if fields and len(fields) == len(lines) and (facts or piece.kind == "bullet"):
            known = _FACTS if i >= HEAD * 4 else _FACTS | _SAID  # "Introduction: Ann welcomes Bo" below is content
            table = {found["name"]: found["value"].strip() for found in fields if key_role(found["name"]) in known}
            said = table | said
            if len(table) * 2 >= len(fields):
                continue
        if i not in labelled:
            kept.append(piece)
    every = [FIELD.fullmatch(line) for i in labelled for line in pieces[i].text.splitlines()]
    told = [found for found in every if found and key_role(found["name"]) != "private"]
    days = {day for found in told if (day := read_date(found["value"]))}
    said |= {found["name"]: found["value"] for found in every if found and is_web(found["value"])} | said
    if len(days) == 1 and not any(key_role(name) == "published" for name in said):
        said.setdefault("published", days.pop())  # one date under a name of any language
    add_tree(record, said)
    return kept


def _with_fields(pieces: Sequence[Piece]) -> list[Piece]:
    """Read rows of two cells at the head of a page as fields, where one of them is a fact: "Released | May 2, 2024"."""
    found: list[Piece] = []
    for is_row, group in groupby(
        enumerate(pieces), key=lambda one: one[0] < HEAD * 4 and bool(_ROW.fullmatch(one[1].text))
    ):
        rows = [piece for _, piece in group]
        cells = [row.text.split(" | ") for row in rows]
        if is_row and len(rows) > 1 and any(key_role(name) in _FACTS for name, _ in cells):
            rows = [replace(row, text=f"{name}: {value}") for row, (name, value) in zip(rows, cells, strict=True)]
        found += rows
    return found


def _titled(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Make a heading of what stands below a line "Title", as models write it."""
    for i, (label, below) in enumerate(pairwise(pieces[:HEAD])):
        named = key_role(label.text) == "title" and (label.is_bold or label.kind == "heading")
        if named and below.kind in {"text", "heading"}:
            return [*pieces[:i], replace(below, kind="heading", level=1), *pieces[i + 2 :]]
    return pieces


def _labelled(pieces: Sequence[Piece]) -> set[int]:
    """Find the metadata below the title alone, in any language: blocks of lines with labels, one of them a fact."""
    blocks: list[set[int]] = [set()]
    counts = [0]
    sure: list[bool] = [False]
    for i, piece in enumerate(pieces[: HEAD * 4]):
        fields = [FIELD.fullmatch(line) for line in piece.text.splitlines()]
        here = [one for one in fields if one and _is_value(one)]
        if not here or len(here) < len(fields) or any(_says(one["name"]) for one in here):
            below = pieces[i + 1] if i + 1 < len(pieces) else None
            if piece.is_marked and piece.level > 1 and below and FIELD.match(below.text):
                blocks.append(set())  # below "Info", "기본 정보"
                counts.append(0)
                sure.append(False)
            elif i and piece.kind != "rule" and not is_dated(piece) and piece.level != 1:
                break
        elif piece.kind in {"text", "bullet"}:
            blocks[-1].update([] if is_dated(piece) else [i])  # a date is read where it stands
            counts[-1] += len(here)
            sure[-1] |= any(key_role(x["name"]) in _FACTS or read_date(x["value"]) or is_web(x["value"]) for x in here)
    return {i for block, count, told in zip(blocks, counts, sure, strict=True) if told and count > 1 for i in block}


def _is_value(field: re.Match[str]) -> bool:
    short = len(field["value"]) <= _VALUE
    return short and (field["value"][-1] not in ".!?。！？" or key_role(field["name"]) in _FACTS)


def _says(label: str) -> bool:
    """Recognise the label of content: "TL;DR", "Quotes"."""
    return role_of(label) not in {None, "skip", "metadata"} or key_role(label) not in _FACTS.union({None})


def is_dated(piece: Piece) -> bool:
    """Recognise the line that says when, readable or not: `Published 03/04/2024`, `May 2, 2024`."""
    if piece.kind == "quote":
        return False
    found = expression("published").fullmatch(piece.text)
    if found and found["plain"] and len(found["date"]) <= _DATE and any(map(str.isdigit, found["date"])):
        return True
    return day_of(piece) is not None and (found is not None or show_and_number(piece.text)[1] is None)


def _posted(line: str) -> re.Match[str] | None:
    return expression("posted").search(line) if len(line) <= _POSTED else None


def day_of(piece: Piece) -> str | None:
    """Read the day of a line that says when."""
    found = expression("published").fullmatch(piece.text) or _posted(piece.text)
    cells = re.split(
        r"\s?[·•|\n]\s?|\s(?:by|von|par|por|at|um|à|and|in)\s|\s[-–—/]\s",
        (found["date"] if found else piece.text)[:_LONGEST],
    )
    # "Field Notes · Episode 12 · 2 May 2024 · 62 min"
    here = cells if len(cells) > HEAD and len(piece.text) <= _VALUE else cells[:1]
    dates = (read_date(one) for one in here if len(one) <= _DATE and any(map(str.isdigit, one)))
    return next(filter(None, dates), None)
