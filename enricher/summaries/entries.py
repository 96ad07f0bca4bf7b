"""Entries of several lines: the time may stand in the last one, and labels say what their lines are."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from enricher.summaries.blocks import CITED, SENTENCE_ENDS, Piece, is_wrapped
from enricher.summaries.inline_transcript import without_turns
from enricher.summaries.record_lists import is_web
from enricher.summaries.sections import in_sections
from enricher.summaries.times_beside_titles import times_of_headings
from enricher.summaries.vocabulary import is_one_of, key_role, role_of
from enricher.timestamp_lines import Entry, time_alone, time_behind, titled_line
from enricher.timestamp_lists import find_list, with_colons
from enricher.timestamps import Timed, clock, parse_clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_LABEL = 40
_BRACKETED = re.compile(r"[\[(（]\s?(\d{1,2}(?::\d\d){1,2})")
_NONE = re.compile(r"[0:]+")
_CLOCK = re.compile(r"\d\s?[:hm'’]\s?\d")
_LED = re.compile(
    r"(?P<title>[^\[\]()]{3,100}?)\s?[\[(](?P<time>(?:\d{1,2}:)?\d{1,2}:\d\d)[\])]\s?[:：]\s(?P<said>\S.*)"
)
_CITED = re.compile(r"\s?[\[(][^\[\]()]{0,40}\d:\d\d[^\[\]()]{0,40}[\])]")
_APART = re.compile(r"\d{1,2}(?::\d\d){1,2}")
_AT_FIRST = re.compile(r"(?:at|from|around|in|bei|um)\s\W{0,3}\d", re.IGNORECASE)
_TWO = 2
_SIZE = re.compile(r"\d\s?(?:[kKMG]i?B|[КкМГ]б|МБ|Mo)\b")
"""Of a file, beside its length."""
_LONG, _PACE = 80, 8  # characters, and how many a second are spoken at least
_LIST = 3
"""So many entries are a list."""


def times_first(pieces: Sequence[Piece]) -> list[Piece]:
    """Put the time of an entry into its first line, which is its title, where it stands alone or behind its last line.

    So Snipd, Readwise and Airr write it. One time at the end of a few lines is somebody's appointment.
    """
    pieces = times_of_headings(pieces)
    blocks = list(_blocks(pieces))
    timed = {i: found for i, block in enumerate(blocks) if (found := _time_of(block)) is not None}
    every = list(timed.values())
    starts = [one.start for one in every]
    one_each = len(every) > 1 or all(one.alone for one in every)
    sure = len(every) < _LIST and one_each and starts == sorted(set(starts))
    # Where more times stand alone than in entries, one below a heading is of what follows it.
    lone = sum(len(block) == 1 and time_alone(block[0].text) is not None for block in blocks)
    several = lone <= len(every) and any(len(one.lines) > 1 or one.alone for one in every)
    if not several or not (sure or find_list([f"{clock(one.start)} {one.lines[0]}" for one in every])):
        return list(pieces)
    entries: dict[int, tuple[float | None, list[str]]] = {i: (one.start, one.lines) for i, one in timed.items()}
    for i, outer in _outermost(blocks, timed).items():
        entries |= {i: (None, timed[i].lines), outer: (timed[i].start, _lines(blocks[outer]))}
    rewritten: list[Piece] = []
    for i, block in enumerate(blocks):
        if i in entries:
            rewritten += _rewritten(block, *entries[i])
        elif block[0].depth < 2 or key_role(block[0].text.partition(":")[0]) != "private":  # noqa: PLR2004
            rewritten += block  # "Note: ask Ann about it", below a snip, is the note-taker's own
    return rewritten


def _rewritten(block: Sequence[Piece], start: float | None, lines: list[str]) -> Iterator[Piece]:
    """Return an entry with the time, if it has one, before its first line."""
    said = _said(lines)
    if not said and start is None:
        return
    title, *below = said or lines
    if (
        below
        and block[0].kind != "heading"
        and (is_wrapped(title, below[0]) or title[-1] == "," or below[0][0].islower())
    ):
        title, below = " ".join([title, *below]), []  # one sentence on several lines
    links = tuple(x for one in block for x in one.links if x.text in title)
    yield replace(block[0], text=title if start is None else f"{clock(start)} {title}", links=links)
    if below:
        yield Piece("text", "\n".join(below), depth=max(1, block[0].depth))


def _outermost(blocks: Sequence[Sequence[Piece]], timed: Iterable[int]) -> dict[int, int]:
    """Find the entries whose time stands at the end of the last of the entries in them, as Readwise exports snips.

    Empty unless every time stands so or in an outermost entry, one in each.
    """
    inside = [i for i, block in enumerate(blocks) if block[0].depth and block[0].kind in {"bullet", "heading"}]
    shallowest = min((blocks[i][0].depth for i in inside), default=0)
    roots = [i for i in inside if blocks[i][0].depth == shallowest and blocks[i][0].text.strip()]
    above = {i: max((root for root in roots if root <= i), default=-1) for i in timed}
    once = len(set(above.values())) == len(above) and -1 not in above.values()
    within = all(blocks[n][0].depth > shallowest for i, root in above.items() for n in range(root + 1, i + 1))
    return {i: root for i, root in above.items() if i != root} if once and within else {}


def _lines(block: Sequence[Piece]) -> list[str]:
    return [line for piece in block for line in piece.text.splitlines()]


def _blocks(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Part pieces into headings and entries of lists, each with the text that stands in it, and others alone."""
    block: list[Piece] = []
    for piece in pieces:
        goes_on = block and block[0].depth and piece.kind == "text" and piece.depth == block[0].depth
        # "🎧 05:12 - 06:40 (01:28)" below a heading is when that is spoken (Snipd).
        headed = len(block) == 1 and block[0].kind == "heading" and piece.kind in {"text", "bullet"}
        if block and not goes_on and not (headed and time_alone(piece.text.partition("\n")[0])):
            yield block
            block = []
        block.append(piece)
    if block:
        yield block


class _Entry(NamedTuple):
    start: float
    lines: list[str]
    """All but the time."""
    alone: bool
    """Whether the time had a line by itself."""


def _time_of(block: Sequence[Piece]) -> _Entry | None:
    """Read the one time of an entry, alone in a line or behind the last; None where there are several."""
    lines = _lines(block)
    if block[0].kind not in {"bullet", "heading", "text"} or not lines:
        return None
    alone = [i for i, line in enumerate(lines) if time_alone(line)]
    found = time_alone(lines[alone[0]]) if len(alone) == 1 and len(lines) > 1 else None
    if found and found.start is not None:
        del lines[alone[0]]
        return None if any(map(time_behind, lines)) else _Entry(found.start, lines, alone=True)
    *above, last = lines
    link = next((x.text for x in block[-1].links if x.text and last.rstrip(")] ").endswith(x.text)), None)
    behind = time_behind(last)
    bracketed = last[-1] in ")]）】" or (link and time_behind(f"- {link}"))
    if alone or not behind or not bracketed or any(map(time_behind, above)):
        return None
    rest = last[: last.rindex(link)].rstrip(" ([") if link else behind.title
    # ([Time 0:24:09](…)) is a snip, one of its kind or not, so is ([0:24:09](…)) below other lines; no appointment.
    snip = link and (above or not link[0].isdigit())
    return _Entry(behind.start, [*above, *filter(None, [rest])], alone=bool(snip))


def _said(lines: Sequence[str]) -> list[str]:
    """Leave out labels, what they say is for nobody else, addresses, and names of speakers whom nobody knows."""
    kept: list[str] = []
    skipping = False
    for line in lines:
        name = line.rstrip(":：") if line.endswith((":", "：")) and len(line) <= _LABEL else ""
        role = role_of(name) or key_role(name) if name else None
        if role:
            skipping = role in {"skip", "private"}
        elif not skipping and not is_web(line) and not is_one_of("nobody", line):
            kept.append(line)
    return kept


def find_times(pieces: Sequence[Piece]) -> list[Sequence[Timed] | None]:
    """Find the list of times, judged whole: what each piece has of it, None where it only looks like an entry.

    What stands among its entries with a time that is out of order has none.
    """
    lines, places = _lines_of(pieces)
    headings = [n for n, i in enumerate(places) if pieces[i].kind == "heading" and not re.search(r"\d:\d\d", lines[n])]
    told = without_turns(lines)
    entries = find_list(told, headings=headings)
    if entries and sum(len(one.title) for one in entries) > _PACE * (entries[-1].start - entries[0].start):
        told = [line if titled_line(line) is None else "" for line in told]  # what was said, and nobody's titles
        entries = []
    if _lead_elsewhere([pieces[places[one.lines[0]]] for one in entries], entries):
        entries = []
    times: list[list[tuple[int, Timed]]] = [[] for _ in pieces]
    for one in entries:
        line = next((n for n in one.lines if time_alone(lines[n]) is None), one.lines[0])
        times[places[line]].append((line, Timed(one.title, one.start)))
    for line, title in _out_of_order(told, entries):
        if pieces[places[line]].kind == "heading" or times[places[line]]:
            times[places[line]].append((line, Timed(title)))
    found: list[Sequence[Timed] | None] = [[one for _, one in sorted(here, key=lambda x: x[0])] for here in times]
    for place in {place for place, line, kept in zip(places, lines, told, strict=True) if line and not kept}:
        found[place] = None
    return found if entries else _single_times(pieces, found, {places[n]: line for n, line in enumerate(lines)})


def _single_times(
    pieces: Sequence[Piece], found: list[Sequence[Timed] | None], lines: Mapping[int, str]
) -> list[Sequence[Timed] | None]:
    """Read the times of pieces that are no list; `lines` are the last lines of pieces that may have one."""
    timed = {i: mark for i, line in lines.items() if (mark := titled_line(line))}
    for i, mark in timed.items():
        if pieces[i].kind != "heading" and not _CLOCK.search(pieces[i].text):
            continue  # one link into somebody's video
        # "Honey | 5:00" and "Wax | 7:30" may as well be prices.
        if " | " in pieces[i].text or _SIZE.search(pieces[i].text):
            found[i] = None
        elif len(timed) < _LIST:
            found[i] = [Timed(mark.title, mark.start)] if "\n" not in pieces[i].text else []
        elif pieces[i].kind != "heading":
            found[i] = None  # so many could have been a list, and are none
    return found


def _out_of_order(lines: Sequence[str], entries: Sequence[Entry]) -> Iterator[tuple[int, str]]:
    """Return the lines written as those of a list are, from its first on, whose times are not in its order."""
    places = sorted((n, one.start) for one in entries for n in one.lines)
    used, titles = {n for n, _ in places}, {one.title for one in entries}
    first = places[0][0] if places else len(lines)
    read = titled_line if entries and titled_line(lines[first]) else time_behind
    for n in range(first, len(lines)):
        mark = read(lines[n]) if n not in used else None
        i = bisect_left(places, (n, 0.0))
        after = places[i][1] if i < len(places) else inf
        # A transcript below the list has its titles again, as headings.
        if mark and (mark.title in titles or not places[i - 1][1] <= mark.start <= after):
            yield n, mark.title


def _lines_of(pieces: Sequence[Piece]) -> tuple[list[str], list[int]]:
    """Return the lines that may be of a list of times, and the place of the piece of each."""
    lines, places = list[str](), list[int]()
    # Below headings that have times, one behind a sentence says where that was said.
    headed = bool(find_list([piece.text for piece in pieces if _heads(piece)]))
    told = _told(pieces)
    for i, piece in enumerate(pieces):
        for line in piece.text.splitlines() if i in told and piece.kind in {"text", "bullet", "heading"} else ():
            cited = (headed and _cites(piece, line)) or _cites_several(piece, line)
            lines.append("" if cited else _time_first(piece, line))
            places.append(i)
    return with_colons(lines), places


def _lead_elsewhere(pieces: Sequence[Piece], entries: Sequence[Entry]) -> bool:
    """Recognise other videos, each behind its link: what their links say is theirs, few times behind are lengths."""
    timed = {_resource(one.url) for piece in pieces for one in piece.links if one.start is not None}
    behind = [one for piece in pieces for one in piece.links[:1] if piece.text.startswith(one.text)]
    linked = len({one.url for one in behind if one.start is None and not time_alone(one.text)})
    lengths = len(entries) < _LIST * 2 and entries[0].start > 0 and linked == len(entries) if entries else False
    return len(timed) * 2 > max(len(entries), 2) or lengths


def _resource(url: str) -> str:
    """Return an address without its time."""
    return re.sub(r"[?&#](?:t|start|time)=[^&#]*|/\d+(?::\d\d)+$", "", url)


def _told(pieces: Sequence[Piece]) -> set[int]:
    """Return the places of what stands in no section to be skipped: a transcript's times are no chapters."""
    marks = (titled_line(one.text) or time_behind(one.text) for one in pieces)
    timed = [[Timed(mark.title, mark.start)] if mark else None for mark in marks]
    return {i for i, _, _ in in_sections(pieces, timed)}


def _heads(piece: Piece) -> bool:
    return piece.kind == "heading" or piece.is_bold


def _cites(piece: Piece, line: str) -> bool:
    said = not _heads(piece) and (piece.kind == "text" or CITED.search(line))
    return bool(said and time_behind(line))


def _cites_several(piece: Piece, line: str) -> bool:
    """Recognise a sentence that says more than once where something was said; a list that runs on begins at 0."""
    sentence = len(line) > _LONG and not _heads(piece) and not _LED.match(line)
    times = _BRACKETED.findall(line) if sentence else []
    if sentence and line[-1] in SENTENCE_ENDS and _AT_FIRST.match(line):
        return True  # "At 1:00:35, Tan tells …"
    if sentence and line[-1] in SENTENCE_ENDS and len(parts := _APART.split(line)) == _TWO + 1:
        return any(map(str.isalpha, parts[0])) and any(map(str.isalpha, parts[1]))  # "from 0:00 through 1:05, she …"
    return len(times) > 1 and not _BRACKETED.match(line) and not any(_NONE.fullmatch(time) for time in times)


def _time_first(piece: Piece, line: str) -> str:
    """Return a line with its time first if a table or its link has that."""
    line = line.rstrip(" :：") if _heads(piece) else line
    led = _LED.match(line)
    if led and parse_clock(led["time"]) is not None:
        # As models write it: a bold title with its time, and what was said there, with times of its own.
        return f"{led['time']} {led['title']}: {_CITED.sub('', led['said'])}"
    cells = [cell.strip() for cell in line.split(" | ")]
    clocks = [cell for cell in cells if ":" in cell and parse_clock(cell.strip("[]()@")) is not None]
    words = [cell for cell in cells if cell not in clocks and any(map(str.isalpha, cell))]
    if clocks and words:
        return f"{clocks[0]} {words[0]}"
    if piece.kind != "text" and not any(map(str.isdigit, line.partition(" ")[0])) and not re.search(r"\d:\d\d", line):
        start = next((link.start for link in piece.links if link.start is not None and link.text in line), None)
        return line if start is None else f"{clock(start)} {line}"
    return line
