"""Notes of any making, told by their shape: lists of times, repeated blocks, quotes, lines that ask, links."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from enricher.model.timeline import Mark
from enricher.summaries.blocks import stands_alone
from enricher.summaries.boilerplate import share_of_links, why_boilerplate
from enricher.summaries.lists import ASKS, read_questions
from enricher.summaries.quotes import is_quoted, says_who
from enricher.summaries.sections import BOLD, rank
from enricher.summaries.topics import Topics
from enricher.summaries.vocabulary import Role, is_junk, is_one_of, role_of
from enricher.text import one_line
from enricher.timestamp_lists import find_list, time_alone, titled_line
from enricher.timestamps import clock, parse_clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.summaries.blocks import Piece
    from enricher.summaries.narrative import Narrative

_TIMED = 10**6
"""The level of a line of a list of times: below every heading."""
_HASHTAGS = re.compile(r"(?:\s#[\w/-]{1,40})+$")
_SIGNS = re.compile(r"^(?![←⬅«])[^\w“\"'(«「\[]+(?=\w|[“\"'(«「\[])")
_DASH = re.compile(r"\s[—–-]{1,2}\s")
_LIST = 3
"""So many entries are a list."""
_SHARE, _HALF = 0.7, 0.5
_LINE = 200


class Notes:
    """Notes of one document. What is left out, and why, is added to the list given."""

    def __init__(self, narrative: Narrative, left_out: list[str]) -> None:
        self._narrative = narrative
        self._left_out = left_out

    def read(self, pieces: Sequence[Piece], times: Sequence[Sequence[Mark] | None]) -> dict[str, Any]:
        """Return abstract, topics, questions in the JSON form; `times` are what `find_times` found for each piece."""
        links, asking = _lists_of(pieces)
        topics = Topics(self._narrative, [piece for piece in pieces if piece.kind != "bullet"])
        abstract: list[str] = []
        asked: list[Piece] = []
        advertised = False
        for i, role, piece in self._with_roles(pieces, times):
            marks = times[i]
            if marks or piece.kind == "heading":
                advertised = bool(marks) and all(is_one_of("advertised", one.title) for one in marks or ())
            elif advertised:
                continue
            if piece.kind == "heading" and role:
                topics.close(piece.level * 10)  # a part of the page ends the topics above it
            elif marks:
                if len(marks) >= _LIST and not topics.is_open:  # a list that runs on behind a text
                    abstract += self._before_list(piece.text)
                self._begin_timed(topics, piece, marks)
            elif i in asking:
                asked.append(piece)
            elif marks is None or i in links:
                self._leave("times that are no list" if marks is None else "links", piece.text)
            elif piece.kind == "heading" or not self._is_boilerplate(piece):
                abstract += self._tell(topics, role, piece)
        return {
            "abstract": "\n".join(filter(None, abstract)) or None,
            "topics": [topic.document(whole=False) for topic in topics.found if not topic.is_empty],
            "questions": read_questions(asked, self._narrative.read),
        }

    def _with_roles(
        self, pieces: Sequence[Piece], times: Sequence[Sequence[Mark] | None]
    ) -> Iterator[tuple[int, Role | None, Piece]]:
        """Return the place of each piece that counts, the role of its section (None of a topic), and the piece."""
        now: Role | None = None
        until = 0
        listed = False
        for i, piece in enumerate(pieces):
            level = rank(piece)
            if level is None and _names_boilerplate(piece):
                level = BOLD
            if level is None:
                listed |= piece.kind == "bullet"
                if now == "skip" and until == BOLD and listed and piece.kind == "text" and not piece.depth:
                    now = None  # what a bold line stands over ends with its list
                if now != "skip":
                    yield i, now, piece
                continue
            listed = False
            if now == "skip" and level > until and not times[i]:
                continue
            now, until = None if times[i] else role_of(piece.text), level
            yield i, now, replace(piece, kind="heading", level=level, is_bold=False)
            if now == "skip":
                self._leave("for listeners of the original or the note-taker alone", piece.text)

    def _tell(self, topics: Topics, role: Role | None, piece: Piece) -> list[str]:
        """Begin a topic, or add to the open one; return a paragraph that belongs to the abstract."""
        alone = time_alone(piece.text)
        mark = titled_line(piece.text) if piece.kind in {"text", "bullet"} else None
        if piece.kind == "heading":
            topics.begin(_HASHTAGS.sub("", piece.text), piece.level * 10, piece.links)
        elif alone and topics.open_topic:
            topics.open_topic.start = alone.start if topics.open_topic.start is None else topics.open_topic.start
        elif piece.kind == "quote" or (role == "quotes" and is_quoted(_DASH.split(piece.text)[0])):
            if topics.is_open or role == "quotes" or piece.speaker or says_who(piece.text):
                lines = piece.text.splitlines()
                several = all(is_quoted(_DASH.split(line)[0]) for line in lines)
                for text in lines if several else [piece.text]:
                    topics.take(replace(piece, kind="quote", text=text))
            else:
                self._leave("asides", piece.text)
        elif piece.kind != "rule" and role != "abstract" and topics.found:
            # What stands below an entry is no heading. A time that is in no list is printed nowhere.
            below = "bullet" if piece.kind == "text" and piece.depth else piece.kind
            topics.take(replace(piece, kind=below, text=mark.title if mark else piece.text))
        elif piece.kind != "rule":
            return [self._narrative.read(one_line(piece.text), piece.links)]
        return []

    def _begin_timed(self, topics: Topics, piece: Piece, marks: Sequence[Mark]) -> None:
        level = piece.level * 10 if piece.kind == "heading" and piece.level else _TIMED
        for one in marks:
            if is_one_of("advertised", one.title):
                self._leave("sponsors and ways to follow", one.title)
                topics.close(level)
            else:
                topics.begin(_HASHTAGS.sub("", one.title), level, start=one.start)

    def _before_list(self, text: str) -> list[str]:
        """Return the sentences before a list that runs on in one paragraph, up to the first of a sponsor."""
        begun = re.search(r"[\[(]?\d{1,2}:\d\d", text)
        kept: list[str] = []
        for sentence in re.split(r"(?<=[.!?])\s+", text[: begun.start()] if begun else ""):
            if is_junk(sentence):
                self._leave("sponsors and ways to follow", sentence)
                break
            if sentence[-1:] in ".!?":
                kept.append(sentence)
        return [self._narrative.read(" ".join(kept))]

    def _is_boilerplate(self, piece: Piece) -> bool:
        why = why_boilerplate(piece) if piece.kind != "rule" else None
        if why:
            self._leave(why, piece.text)
        return why is not None

    def _leave(self, why: str, text: str) -> None:
        said = f"{why}: “{one_line(text)[:60]}”"
        if len(self._left_out) < 100 and said not in self._left_out:  # noqa: PLR2004 the rest is more of the same
            self._left_out.append(said)


def find_times(pieces: Sequence[Piece]) -> list[Sequence[Mark] | None]:
    """Find the list of times, judged whole: what each piece has of it, None where it only looks like an entry."""
    lines, places = [], []
    for i, piece in enumerate(pieces):
        for line in _rows(pieces, i) if piece.kind in {"text", "bullet", "heading"} else ():
            lines.append(line)
            places.append(i)
    entries = find_list(lines)
    times: list[list[Mark]] = [[] for _ in pieces]
    for one in entries:
        here = next((places[n] for n in one.lines if time_alone(lines[n]) is None), places[one.lines[0]])
        times[here].append(Mark(one.start, one.title))
    found: list[Sequence[Mark] | None] = list(times)
    if entries:
        return found
    timed = {places[n]: mark for n, line in enumerate(lines) if (mark := titled_line(line))}
    for i, mark in timed.items():
        if len(timed) < _LIST:
            found[i] = [mark] if "\n" not in pieces[i].text else []
        elif pieces[i].kind != "heading":
            found[i] = None  # so many could have been a list, and are none
    return found


def without_signs(piece: Piece) -> Piece:
    """Take pictures and signs off the beginning of a line: "⭐ The quorum", "📚 Transcript"."""
    if piece.kind not in {"heading", "bullet"} and not piece.is_bold:
        return piece
    text = _SIGNS.sub("", piece.text)
    return piece if text == piece.text or time_alone(piece.text) else replace(piece, text=text)


def _names_boilerplate(piece: Piece) -> bool:
    """Recognise a short line of text that names a part for nobody, though nothing marks it as a heading."""
    short = piece.kind == "text" and len(piece.text) <= _LINE / 4 and ":" not in piece.text and not piece.links
    return short and stands_alone(piece.text) and role_of(piece.text) == "skip"


def _rows(pieces: Sequence[Piece], i: int) -> Iterator[str]:
    """Return the lines of a piece, each with its time first if a table, its link or the line below it has that."""
    piece = pieces[i]
    rows = piece.text.splitlines()
    if piece.kind == "heading" and i + 1 < len(pieces):
        # "🎧 05:12 - 06:40 (01:28)" below a heading is when that is spoken (Snipd).
        alone = time_alone(pieces[i + 1].text.partition("\n")[0])
        if alone and alone.start is not None:
            yield f"{clock(alone.start)} {piece.text}"
            return
    if len(rows) > 1 and time_alone(rows[0]):
        # "- @1:24", and below it in the same entry what is said then.
        rows = [" ".join(rows)] if len(piece.text) < _LINE else [" ".join(rows[:2]), *rows[2:]]
    for line in rows:
        if not (time_alone(line) and i and pieces[i - 1].kind == "heading"):
            yield _time_first(piece, line)


def _time_first(piece: Piece, line: str) -> str:
    cells = [cell.strip() for cell in line.split(" | ")]
    clocks = [cell for cell in cells if ":" in cell and parse_clock(cell.strip("[]()@")) is not None]
    words = [cell for cell in cells if cell not in clocks and any(map(str.isalpha, cell))]
    if clocks and words:
        return f"{clocks[0]} {words[0]}"
    if piece.kind != "text" and not any(map(str.isdigit, line.partition(" ")[0])) and not re.search(r"\d:\d\d", line):
        start = next((link.start for link in piece.links if link.start is not None and link.text in line), None)
        return line if start is None else f"{clock(start)} {line}"
    return line


def _lists_of(pieces: Sequence[Piece]) -> tuple[set[int], set[int]]:
    """Find lists that are links and nothing else, and lists that ask: the places of their entries."""
    # Below an entry of a list of topics stand its links: "Adam's tweet", "book" (Oxide and Friends).
    links = {
        i
        for i, piece in enumerate(pieces)
        if piece.depth > (piece.kind == "bullet") and share_of_links(piece) > _HALF and piece.kind in {"text", "bullet"}
    }
    asking: set[int] = set()
    for is_list, places in groupby(range(len(pieces)), key=lambda i: pieces[i].kind == "bullet"):
        group = list(places) if is_list else []
        asks = [i for i in group if pieces[i].text[-1:] in ASKS]
        if len(asks) >= _LIST and len(asks) >= len(group) * _SHARE:
            asking.update(asks)
        linked = sum(len(pieces[i].text) * share_of_links(pieces[i]) for i in group)
        if linked > sum(len(pieces[i].text) for i in group) * _SHARE:
            links.update(i for i in group if pieces[i].text[-1:] not in ASKS)
    return links, asking
