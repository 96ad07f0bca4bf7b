"""Notes of any making, told by their shape: lists of times, repeated blocks, quotes, lines that ask, links."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from enricher.summaries.lists import is_quoted, read_questions
from enricher.summaries.text import stands_alone
from enricher.summaries.topics import Topics, speaker_of
from enricher.summaries.vocabulary import ADVERTISED, JUNK, Role, role_of
from enricher.text import fold, one_line
from enricher.timestamp_lists import find_list, time_alone, titled_line
from enricher.timestamps import clock, parse_clock, read_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.summaries.blocks import Piece
    from enricher.summaries.prose import Prose

_EMPTY = re.compile(
    r"[(\[<][^()\[\]<>]{0,200}[)\]>]|(?:tbd|tba|todo|n/?a|none|coming soon)\.?"
    r"|(?:[←⬅«]\s*)?(?:back|return|go) to\b.{0,300}|[^:]{1,60}:",
    re.IGNORECASE,
)
_TIMED = 10**6
"""The level of a line of a list of times: below every heading."""
_BOLD = 10  # below the headings of HTML, beside the lines that stand alone
_ASKS = ("?", "？", "؟")
_HASHTAGS = re.compile(r"(?:\s#[\w/-]{1,40})+$")
_SIGNS = re.compile(r"^(?![←⬅«])[^\w“\"'(«「\[]+(?=\w|[“\"'(«「\[])")
_DASH = re.compile(r"\s[—–-]{1,2}\s")
_CELLS = re.compile(r"\s[|·•]\s")
_COUNTED = re.compile(
    r"[\d.,]+\s?[km]?\s(?:views?|likes?|plays?|comments?)\b|\b\d+ (?:hours?|days?|weeks?|months?|years?) ago",
    re.IGNORECASE,
)
_SHARE_OF_LINKS = 0.7
_TRANSCRIBED = 4000  # a paragraph of so many characters, below nothing, is what was said and no summary


def is_empty(text: str) -> bool:
    """Recognise placeholders, ways back, and labels of nothing."""
    return bool(_EMPTY.fullmatch(text))


class _Time(NamedTuple):
    """Where a list of times has an entry."""

    title: str
    start: float


class Notes:
    """Notes of one document. What is left out, and why, is added to the list given."""

    def __init__(self, prose: Prose, left_out: list[str]) -> None:
        self._prose = prose
        self._left_out = left_out

    def read(self, pieces: Sequence[Piece]) -> dict[str, Any]:
        """Return abstract, topics, questions in the JSON form."""
        pieces = [_unsigned(piece) for piece in pieces]
        times, untimed = self._times(pieces)
        links, asking = _lists_of(pieces)
        topics = Topics(self._prose, [piece for piece in pieces if piece.kind != "bullet"])
        abstract: list[str] = []
        asked: list[Piece] = []
        advertised = False
        for i, (role, piece) in self._with_roles(pieces, times):
            if i in times or piece.kind == "heading":
                advertised = i in times and all(_is_advertised(one) for one in times[i])
            elif advertised:
                continue
            if piece.kind == "heading" and role:
                topics.close(piece.level * 10)  # a part of the page ends the topics above it
                continue
            if i in times:
                if len(times[i]) > 2 and not topics.is_open:  # noqa: PLR2004 a list that runs on behind a text
                    abstract += self._before_list(piece.text)
                self._begin_timed(topics, piece, times[i])
            elif role == "questions" or i in asking:
                asked.append(piece)
            elif i in untimed or i in links or (piece.kind == "text" and piece.depth and _is_link(piece)):
                self._leave("times that are no list" if i in untimed else "links", piece.text)
            elif piece.kind == "heading" or not self._is_furniture(piece):
                abstract += self._tell(topics, role, piece)
        return {
            "abstract": "\n".join(filter(None, abstract)) or None,
            "topics": [topic.document(whole=False) for topic in topics.found if not topic.is_empty],
            "questions": read_questions(asked, self._prose.narrative) if asked else [],
        }

    def _tell(self, topics: Topics, role: Role | None, piece: Piece) -> list[str]:
        """Begin a topic, or add to the open one; return a paragraph that belongs to the abstract."""
        alone = time_alone(piece.text)
        mark = titled_line(piece.text) if piece.kind in {"text", "bullet"} else None
        if piece.kind == "heading":
            topics.begin(_HASHTAGS.sub("", piece.text), piece.level * 10, piece.links)
        elif alone and topics.open_topic:
            if topics.open_topic.start is None:
                topics.open_topic.start = alone.start
        elif piece.kind == "quote" or (role == "quotes" and is_quoted(_DASH.split(piece.text)[0])):
            if topics.is_open or role == "quotes" or piece.speaker or _says_who(piece.text):
                topics.take(replace(piece, kind="quote"))
            else:
                self._leave("asides", piece.text)
        elif piece.kind != "rule" and role != "abstract" and topics.found:
            # What stands below an entry is no heading. A time that is in no list is printed nowhere.
            below = "bullet" if piece.kind == "text" and piece.depth else piece.kind
            topics.take(replace(piece, kind=below, text=mark.title if mark else piece.text))
        elif piece.kind != "rule":
            return [self._prose.narrative(one_line(piece.text), piece.links)]
        return []

    def _begin_timed(self, topics: Topics, piece: Piece, entries: list[_Time]) -> None:
        level = piece.level * 10 if piece.kind == "heading" and piece.level else _TIMED
        for one in entries:
            if _is_advertised(one):
                self._leave("sponsors and ways to follow", one.title)
                topics.close(level)
            else:
                topics.begin(_HASHTAGS.sub("", one.title), level, start=one.start)

    def _before_list(self, text: str) -> list[str]:
        """Return the sentences before a list that runs on in one paragraph, up to the first of a sponsor."""
        begun = re.search(r"[\[(]?\d{1,2}:\d\d", text)
        kept: list[str] = []
        for sentence in re.split(r"(?<=[.!?])\s+", text[: begun.start()] if begun else ""):
            if JUNK.fullmatch(fold(sentence)):
                self._leave("sponsors and ways to follow", sentence)
                break
            if sentence[-1:] in ".!?":
                kept.append(sentence)
        return [self._prose.narrative(" ".join(kept))] if kept else []

    def _leave(self, why: str, text: str) -> None:
        said = f"{why}: “{one_line(text)[:60]}”"
        if len(self._left_out) < 100 and said not in self._left_out:  # noqa: PLR2004 the rest is more of the same
            self._left_out.append(said)

    def _is_furniture(self, piece: Piece) -> bool:
        """Leave out sponsors, ways to follow, counts of views, and lines of metadata."""
        text = piece.text
        cells = _CELLS.split(text) if len(text) < 300 else []  # noqa: PLR2004 a line
        if is_empty(text) or (len(cells) > 2 and all(len(cell) < 12 for cell in cells)):  # noqa: PLR2004 a table's head
            return True
        if piece.kind != "rule" and (JUNK.fullmatch(fold(text[:500])) or role_of(text) == "skip"):
            self._leave("sponsors and ways to follow", text)
        elif len(text) < 120 and _COUNTED.search(text):  # noqa: PLR2004 a line
            self._leave("other pages of the site", text)
        elif any(read_date(cell) for cell in cells[1:]) or (piece.links and _are_addresses(piece)):
            self._leave("metadata and addresses", text)
        elif len(text) > _TRANSCRIBED:
            self._leave("what looks like a raw transcript", text)
        else:
            return False
        return True

    def _with_roles(
        self, pieces: Sequence[Piece], times: dict[int, list[_Time]]
    ) -> Iterator[tuple[int, tuple[Role | None, Piece]]]:
        """Return each piece that counts, with its place and the role of its section; of headings, those of topics."""
        now: Role | None = None
        until = 0
        listed = False
        for i, piece in enumerate(pieces):
            heads = piece.kind == "heading" or (piece.is_bold and stands_alone(piece.text) and not piece.depth)
            alone = piece.kind == "text" and len(piece.text) < 60 and ":" not in piece.text and not piece.links  # noqa: PLR2004
            alone = alone and stands_alone(piece.text) and role_of(piece.text) == "skip"
            if not heads and not alone:
                listed |= piece.kind == "bullet"
                if now == "skip" and until == _BOLD and listed and piece.kind == "text" and not piece.depth:
                    now = None  # what a bold line stands over ends with its list
                if now != "skip":
                    yield i, (now, piece)
                continue
            listed = False
            level = piece.level if piece.kind == "heading" else _BOLD
            if now == "skip" and level > until and i not in times:
                continue
            name = one_line(piece.text)
            now, until = (None if i in times else role_of(name)), level
            yield i, (now, replace(piece, kind="heading", level=level, is_bold=False))
            if now == "skip":
                self._leave("for listeners of the original or the note-taker alone", name)

    def _times(self, pieces: Sequence[Piece]) -> tuple[dict[int, list[_Time]], set[int]]:
        """Find the page's list of times, judged whole; and the lines that look like one and are none."""
        lines, places = [], []
        for i, piece in enumerate(pieces):
            if piece.kind not in {"text", "bullet", "heading"}:
                continue
            below = pieces[i + 1] if i + 1 < len(pieces) else None
            alone = time_alone(below.text.partition("\n")[0]) if below and piece.kind == "heading" else None
            rows = piece.text.splitlines()
            if len(rows) > 1 and time_alone(rows[0]):
                rows = [" ".join(rows)] if len(piece.text) < 200 else [" ".join(rows[:2]), *rows[2:]]  # noqa: PLR2004
                # "- @1:24", and below it in the same entry what is said then
            for line in rows:
                if time_alone(line) and i and pieces[i - 1].kind == "heading":
                    continue
                # "🎧 05:12 - 06:40 (01:28)" below a heading is when that is spoken (Snipd).
                lines.append(
                    f"{clock(alone.start)} {line}" if alone and alone.start is not None else _as_line(piece, line)
                )
                places.append(i)
        entries = find_list(lines)
        times: dict[int, list[_Time]] = {}
        for one in entries:
            here = next((places[n] for n in one.lines if time_alone(lines[n]) is None), places[one.lines[0]])
            times.setdefault(here, []).append(_Time(one.title, one.start))
        if entries:
            return times, set()
        timed = {places[n]: mark for n, line in enumerate(lines) if (mark := titled_line(line))}
        if len(timed) >= 3:  # noqa: PLR2004 so many could have been a list, and are none
            return {}, {i for i in timed if pieces[i].kind != "heading"}
        return {i: [_Time(mark.title, mark.start)] for i, mark in timed.items() if "\n" not in pieces[i].text}, set()


def _is_advertised(one: _Time) -> bool:
    return bool(ADVERTISED.fullmatch(fold(one.title)))


def _unsigned(piece: Piece) -> Piece:
    """Take pictures and signs off the beginning of a line: "⭐ The quorum", "📚 Transcript"."""
    if piece.kind not in {"heading", "bullet"} and not piece.is_bold:
        return piece
    text = _SIGNS.sub("", piece.text)
    return piece if text == piece.text or time_alone(piece.text) else replace(piece, text=text)


def _as_line(piece: Piece, line: str) -> str:
    """Write an entry with its time first where a table or the address of its link has it elsewhere."""
    if " | " in line:
        cells = [cell.strip() for cell in line.split(" | ")]
        clocks = [cell for cell in cells if ":" in cell and parse_clock(cell.strip("[]()@")) is not None]
        words = [cell for cell in cells if cell not in clocks and any(map(str.isalpha, cell))]
        if clocks and words:
            return f"{clocks[0]} {words[0]}"
    if piece.kind != "text" and not any(map(str.isdigit, line.partition(" ")[0])) and not re.search(r"\d:\d\d", line):
        start = next((link.start for link in piece.links if link.start is not None and link.text in line), None)
        if start is not None:
            return f"{clock(start)} {line}"
    return line


def _lists_of(pieces: Sequence[Piece]) -> tuple[set[int], set[int]]:
    """Find lists that are links and nothing else, and lists that ask: the places of their entries."""
    links: set[int] = set()
    asking: set[int] = set()
    group: list[int] = []
    for i, piece in enumerate([*pieces, None]):
        if piece is not None and piece.kind == "bullet":
            group.append(i)
            continue
        asks = [n for n in group if pieces[n].text[-1:] in _ASKS]
        if len(asks) > 2 and len(asks) >= len(group) * _SHARE_OF_LINKS:  # noqa: PLR2004 a list
            asking.update(asks)
        words = sum(len(pieces[n].text) for n in group)
        linked = sum(min(len(pieces[n].text), sum(len(link.text) for link in pieces[n].links)) for n in group)
        if group and linked > words * _SHARE_OF_LINKS:
            links.update(n for n in group if pieces[n].text[-1:] not in _ASKS)
        # Below an entry of a list of topics stand its links: "Adam's tweet", "book" (Oxide and Friends).
        links.update(n for n in group if pieces[n].depth > 1 and _is_link(pieces[n]))
        group = []
    return links, asking


def _says_who(text: str) -> bool:
    """Distinguish a quotation from an aside that is set off: it stands in quotation marks, or names its speaker."""
    lines = text.splitlines()
    return is_quoted(text) or is_quoted(lines[0]) or speaker_of(lines[-1]) is not None or " — " in text


def _is_link(piece: Piece) -> bool:
    return sum(len(link.text) for link in piece.links) > len(piece.text) / 2


def _are_addresses(piece: Piece) -> bool:
    """Recognise a line of nothing but addresses, names of accounts and the names of what they lead to."""
    linked = sum(len(link.text) for link in piece.links)
    web = any(link.text.startswith(("http", "@", "www.")) or "@" in link.text for link in piece.links)
    return (len(piece.links) > 1 and linked > len(piece.text) * 0.6) or (web and linked > len(piece.text) * 0.6)
