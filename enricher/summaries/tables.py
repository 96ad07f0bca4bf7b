"""Tables of times: which column begins an entry, and which names it, told by all that stands in them."""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from enricher.summaries.record_lists import SENTENCE
from enricher.summaries.vocabulary import key_role, part_of_record
from enricher.text import one_line
from enricher.timestamp_lines import time_alone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

_LEAST = 3
"""So many rows with a time are a list."""
_SHARE = 0.8
_WIDEST = 20
_DELIMITERS = re.compile(r"[\t;]")


def rewrite_tables(root: etree._Element) -> None:
    """Make each table of times in a page one cell to a row, its time first: "04:35 | The moon's pull"."""
    for table in list(root.iter("table")):
        if table.find(".//table") is not None:
            continue  # it is there for the looks of a page
        rows = list(table.iter("tr"))
        cells = [[row_cell for row_cell in row if row_cell.tag in {"td", "th"}] for row in rows]
        texts = [[one_line("".join(map(str, cell.itertext("*")))) for cell in row] for row in cells]
        lines = lines_of_times(texts)
        for row, own in zip(rows, cells, strict=True) if texts and lines is None else ():
            for cell in [own[n] for n in _lengths_in_order(texts) if n < len(own)]:
                row.remove(cell)  # how long a song is, is no time of the episode
        for row, own, line in zip(rows, cells, lines or [], strict=False):
            for cell in own[1:]:
                row.remove(cell)
            for cell in own[:1]:
                cell.tag, cell.text, cell[:] = "td", line, []
            above = row.getparent()
            if above is not None and above.tag == "thead":
                above.tag = "tbody"


def lines_of_table(text: str) -> str:
    """Write lines that are a table of times, with tabs or semicolons between cells, as lines that begin with a time."""
    written: list[str] = []
    for _, group in groupby(text.splitlines(), key=lambda line: len(_DELIMITERS.findall(line))):
        lines = list(group)
        rows = [[one_line(cell) for cell in _DELIMITERS.split(line)] for line in lines]
        written += lines_of_times(rows) or lines
    return "\n".join(written)


def lines_of_times(rows: Sequence[Sequence[str]]) -> list[str] | None:
    """Return each row as "04:35 | Title | more", "" for the names of columns; None where it is no table of times."""
    width = max(map(len, rows), default=0)
    if not 1 < width <= _WIDEST:
        return None
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    head = rows[0] if not any(map(time_alone, rows[0])) else [""] * width
    below = rows[1:] if head is rows[0] else rows
    columns = list(zip(*below, strict=True))
    clocks = [n for n, column in enumerate(columns) if _are_clocks(column)]
    start = _starts(columns, clocks, head) if width > 2 or head is not rows[0] else None  # noqa: PLR2004 title and time
    others = [n for n, column in enumerate(columns) if n not in clocks and any(map(str.isalpha, "".join(column)))]
    if start is None or not others or len(below) < _LEAST:
        return None
    named = [n for n in others if part_of_record(head[n])[0] == "title"]
    # What comes again is who speaks.
    distinct = [n for n in others if len(set(columns[n])) == len(columns[n])]
    title = next(iter((*named, *distinct, *others)))
    lines = [" | ".join(filter(None, [row[start], row[title], *_said(row, others, title)])) for row in below]
    return [""] * (head is rows[0]) + lines


def _lengths(head: Sequence[str]) -> list[int]:
    return [n for n, name in enumerate(head) if part_of_record(name)[0] == "length" or key_role(name) == "duration"]


def _lengths_in_order(rows: Sequence[Sequence[str]]) -> list[int]:
    """Find columns of lengths that would be taken for starts."""
    starts = {n: [time_alone(row[n]) for row in rows[1:] if n < len(row)] for n in _lengths(rows[0])}
    return [
        n for n, found in starts.items() if all(a and b and (a.start or 0) < (b.start or 0) for a, b in pairwise(found))
    ]


def _said(row: Sequence[str], others: Sequence[int], title: int) -> list[str]:
    return [row[n] for n in others if n != title and len(row[n]) >= SENTENCE]


def _are_clocks(column: Sequence[str]) -> bool:
    filled = [cell for cell in column if cell]
    return len(filled) >= _LEAST and sum(time_alone(cell) is not None for cell in filled) >= len(filled) * _SHARE


def _starts(columns: Sequence[Sequence[str]], clocks: Sequence[int], head: Sequence[str]) -> int | None:
    """Choose the column of starts: where one begins when the other ends, the former; else the first that ascends."""
    times = {n: [found.start for cell in columns[n] if (found := time_alone(cell))] for n in clocks}
    ascending = [n for n in clocks if all((a or 0) < (b or 0) for a, b in pairwise(times[n]))]
    for n in ascending:
        if any(m != n and times[m][:-1] == times[n][1:] for m in clocks):
            return n
    other = {*_lengths(head), *(n for n in ascending if part_of_record(head[n])[0] == "end")}
    named = [n for n in ascending if n not in other]
    return next((n for n in named if times[n][0] == 0), next(iter(named), None))
