"""Notes of any making, told by their shape: lists of times, repeated blocks, quotes, lines that ask, links."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from enricher.summaries.blocks import SENTENCE_ENDS, Piece
from enricher.summaries.boilerplate import why_boilerplate, without_junk
from enricher.summaries.links import without_addresses
from enricher.summaries.list_kinds import all_described, described, left_out, lists_of, quoted_runs
from enricher.summaries.lists import questions_of, read_questions
from enricher.summaries.quotes import begins_quoted, says_who
from enricher.summaries.record_lists import SENTENCE
from enricher.summaries.sections import ENTRY, in_sections
from enricher.summaries.topics import Topics
from enricher.summaries.vocabulary import is_junk, is_one_of, role_of
from enricher.text import one_line
from enricher.timestamp_lines import time_alone, titled_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.summaries.narrative import Narrative
    from enricher.summaries.records import Record
    from enricher.summaries.sections import Section
    from enricher.summaries.vocabulary import Role
    from enricher.timestamps import Timed

_TIMED = 10**6
"""The level of a line of a list of times: below every heading."""
_LABEL = re.compile(r"(?P<name>[^\W\d_][^:：—–]{0,38})\s?[:：—–]\s?")
_TAG = r"\s#(?=[\w/-]*[^\W\d])[\w/-]{1,40}"
_HASHTAGS = re.compile(rf"(?:{_TAG})+$")
_TAGS_BEHIND = re.compile(rf"(?:(?<=[.!?…。！？])|{_TAG})(?:{_TAG})+$")
"""Behind a sentence, or several: "F #sharp" has none."""
_SIGNS = re.compile(r"^[@|](?=\d)|^(?:[\\/|&#*~=_·…\-–—>»+.:;,]{1,4}\s+)+(?=\S)")
_PICTURES = re.compile(r"^[\u2022\u25a0-\u27bf\u2b00-\u2b04\u2b06-\u2bff\U0001f000-\U0001faff\ufe0f\u200d\s]+(?=\S)")
"""What stands before a line for its looks; the marks of a quotation, of a question or of money are its own."""
_QUOTED = 60
"""So long a text that is set off is more than an aside, though nothing says that it is a quotation."""
_LIST = 3
"""So many entries are a list."""


class Notes:
    """One part of a page that is notes. What is left out, and why, is added to the record."""

    def __init__(self, narrative: Narrative, record: Record, pieces: Sequence[Piece]) -> None:
        self._narrative = narrative
        self._record = record
        self._pieces = pieces
        self._topics = Topics(narrative, [one for one in pieces if one.kind != "bullet" and one.level < ENTRY])
        self._abstract: list[str] = []
        self._listed = self._describes = False
        self._plain = self._timed_depth = 0
        """How many entries of a list of times came one after the other, and how deep the last one stands."""

    def read(self, times: Sequence[Sequence[Timed] | None]) -> dict[str, Any]:
        """Return abstract, topics, questions in the JSON form; `times` are what `find_times` found for each piece."""
        links, asking = lists_of(self._pieces)
        left = left_out(self._pieces, times, links)
        quoted = quoted_runs(self._pieces)
        self._describes = all_described([one for marks in times for one in marks or ()])
        self._listed = any(times)  # then a time that stands alone is of an entry, not of the heading above
        asked: list[Piece] = []
        advertised = answering = False
        begun: Section | None = None
        for i, section, piece in in_sections(self._pieces, times):
            marks = [] if i in quoted else times[i]  # the time of a quotation is its own
            if marks or piece.kind == "heading":
                advertised = bool(marks) and all(is_one_of("advertised", one.title) for one in marks or ())
            elif begun and begun.depth and section is not begun:
                self._topics.close(section.level * 10 + 1)  # an entry of an outline ended
            begun = section
            answering &= not marks and piece.kind in {"text", "bullet"} and i not in links
            if piece.kind == "heading" and not marks:
                self._head(section, piece)
            elif advertised and not marks:
                continue
            elif marks:
                self._begin_timed(piece, marks)
            elif i in asking or (answering and marks is not None and why_boilerplate(piece) is None):
                begins = i in asking and piece.kind == "text"
                asked += questions_of(piece) if begins else [replace(piece, kind="text") if answering else piece]
                answering |= begins
            elif i in left:
                self._record.leave(left[i], piece.text)
            else:
                self._tell(section, replace(piece, kind="quote") if i in quoted else piece)
        return {
            "abstract": "\n".join(filter(None, self._abstract)) or None,
            "topics": _without_list_name(_that_say_something(self._topics.found)),
            "questions": read_questions(asked, self._narrative.read),
        }

    def _head(self, section: Section, piece: Piece) -> None:
        """Begin a topic, or a part of the page, which ends the topics above it."""
        why = None if piece.is_marked or section.role else why_boilerplate(piece)
        if why:
            self._record.leave(why, piece.text)
            return
        self._plain = 0
        if section.role == "skip":
            self._record.leave("for listeners of the original or the note-taker alone", piece.text)
        if section.role:
            self._topics.close(piece.level * 10)
        else:
            self._topics.begin(_HASHTAGS.sub("", piece.text), piece.level * 10, piece.links)

    def _tell(self, section: Section, piece: Piece) -> None:
        """Add what is said to the open topic or to the abstract, without sentences for nobody."""
        why = why_boilerplate(piece) if piece.kind != "rule" else ""
        if section.role == "metadata" and piece.text[-1:] not in SENTENCE_ENDS:
            why = "metadata and addresses"
        if why is not None:
            if why:
                self._record.leave(why, piece.text)
            return
        text, junk = without_junk(piece.text) if piece.kind in {"text", "quote"} else (piece.text, [])
        if piece.kind == "quote" and text:
            text, junk = piece.text, []  # word for word or not at all
        for one in junk:
            self._record.leave("sponsors and ways to follow", one)
        text = _TAGS_BEHIND.sub("", text)
        piece = replace(piece, text=text) if text != piece.text else piece
        said = piece if piece.kind == "quote" else without_addresses(piece)
        if len(said.text) * 2 < len(piece.text):
            self._record.leave("metadata and addresses", piece.text)
        piece = said
        if piece.text or piece.kind == "rule":
            self._say(section, piece)

    def _say(self, section: Section, piece: Piece) -> None:
        topics, role = self._topics, section.role
        if self._plain >= _LIST and piece.depth <= self._timed_depth and piece.kind in {"text", "bullet"}:
            topics.close(0)  # below a list of chapters nothing is of its last one
        self._plain = 0
        alone = time_alone(piece.text)
        if role == "topics" and piece.kind == "bullet" and not topics.open_topic:
            topics.begin(section.name, section.level * 10)  # a list of points without times
        labelled = None if topics.open_topic else _unlabelled(one_line(piece.text))
        begun = topics.open_topic
        if alone:
            if begun and not (self._listed or begun["passages"] or begun["topics"] or begun["start"] is not None):
                begun["start"] = alone.start
        elif labelled:
            self._abstract.append(self._narrative.read(labelled, piece.links))
        elif piece.kind == "quote" or (role == "quotes" and begins_quoted(piece.text)):
            self._quote(role, piece)
        elif role != "abstract" and topics.found:
            # What stands below an entry is no heading. A time that is in no list is printed nowhere.
            below = "bullet" if piece.kind == "text" and piece.depth else piece.kind
            mark = titled_line(piece.text)
            said = replace(piece, kind=below, text=mark.title if mark else piece.text)
            topics.take(said, listed=piece.kind == "bullet")
        else:
            self._abstract.append(self._narrative.read(one_line(piece.text), piece.links))

    def _quote(self, role: Role | None, piece: Piece) -> None:
        if not (self._topics.open_topic or role == "quotes" or piece.speaker or says_who(piece.text)):
            if len(piece.text) < _QUOTED or piece.text.rstrip('”"’»」)')[-1:] not in SENTENCE_ENDS:
                self._record.leave("asides", piece.text)
            else:
                self._abstract.append(self._narrative.read(one_line(piece.text), piece.links))
            return
        lines = piece.text.splitlines()
        several = all(begins_quoted(line) for line in lines)
        for text in lines if several else [piece.text]:
            self._topics.take(replace(piece, kind="quote", text=text))

    def _begin_timed(self, piece: Piece, marks: Sequence[Timed]) -> None:
        """Begin a topic of each line of a list of times."""
        topics = self._topics
        self._plain, self._timed_depth = self._plain + len(marks), piece.depth
        if len(marks) >= _LIST and not topics.open_topic:
            self._abstract += self._before_list(piece.text)  # the list runs on behind a text
        level = piece.level * 10 if piece.kind == "heading" and piece.level else _TIMED
        for one in marks:
            if is_one_of("advertised", one.title):
                self._record.leave("sponsors and ways to follow", one.title)
                topics.close(level)
            else:
                if one.start is None:
                    self._record.leave("times that are out of order", one.title)
                title, below = described(one.title) if self._describes else (one.title, "")
                topics.begin(_HASHTAGS.sub("", title), level, start=one.start)
                topics.take(Piece("bullet", below))
                cells = piece.text.split(" | ")[1:] if len(marks) == 1 else []  # of the row of a table
                said = [cell for cell in cells if len(cell) >= SENTENCE and one.title not in cell]
                topics.take(Piece("bullet", " ".join(said)))

    def _before_list(self, text: str) -> list[str]:
        """Return the sentences before a list that runs on in one paragraph, up to the first of a sponsor."""
        begun = re.search(r"[\[(]?\d{1,2}:\d\d", text)
        kept: list[str] = []
        for sentence in re.split(r"(?<=[.!?])\s+", text[: begun.start()] if begun else ""):
            if is_junk(sentence):
                self._record.leave("sponsors and ways to follow", sentence)
                break
            if sentence[-1:] in ".!?" and not sentence.endswith(".."):  # leaders, behind the first title
                kept.append(sentence)
        return [self._narrative.read(" ".join(kept))]


def _unlabelled(text: str) -> str | None:
    """Take "TL;DR:" or the like off an abstract; None where a text has no such label."""
    label = _LABEL.match(text)
    return text[label.end() :] if label and role_of(label["name"]) == "abstract" else None


def _that_say_something(topics: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out topics that have no more than a title."""
    every = [one | {"topics": _that_say_something(one["topics"])} for one in topics]
    return [one for one in every if one["start"] is not None or one["passages"] or one["topics"]]


def _without_list_name(topics: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out the one heading that stands over all that has a time and over nothing else: it names their list."""
    over = [one for one in topics if any(below["start"] is not None for below in (one, *one["topics"]))]
    below = over[0]["topics"] if len(over) == 1 and over[0]["start"] is None and not over[0]["passages"] else []
    several = len(below) + sum(len(one["topics"]) for one in below) >= _LIST
    named = over[0] if several and all(one["start"] is not None for one in below) else None
    return [one for topic in topics for one in (topic["topics"] if topic is named else [topic])]


def without_signs(piece: Piece) -> Piece:
    """Take pictures and signs off the beginning of a line: "⭐ The quorum", "📚 Transcript", "» The dance"."""
    titled = piece.kind in {"heading", "bullet"} or piece.is_bold
    text = _PICTURES.sub("", piece.text)
    text = _SIGNS.sub("", text) if titled else text
    return piece if text == piece.text or time_alone(piece.text) else replace(piece, text=text)
