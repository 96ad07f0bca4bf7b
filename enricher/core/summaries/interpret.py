"""Pieces to a `Summary`: the one reading behind text, HTML and Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from enricher.core.clock import parse_clock
from enricher.core.errors import SummaryError
from enricher.core.outline import titled_line
from enricher.core.summaries.dates import read_date
from enricher.core.summaries.finish import guest_of
from enricher.core.summaries.prose import Prose
from enricher.core.text import fold, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.core.summaries.pieces import Link, Page, Piece

Section = Literal["preamble", "clips", "questions", "highlights", "related"]

_SECTIONS: dict[str, Section] = {
    "popular clips": "clips",
    "questions from this episode": "questions",
    "episode highlights": "highlights",
    "related episodes": "related",
}
_PUBLISHED = re.compile(r"published(?:\s+on)?:?\s+(?P<date>.{4,40})", re.IGNORECASE)
_LOGO = re.compile(r".{0,100}\blogo", re.IGNORECASE)
_RANGE = re.compile(
    r"\s*[\[(]?(?P<start>(?:\d{1,2}:)?\d{1,3}:\d{2})(?:\s*[-–—]\s*(?P<end>(?:\d{1,2}:)?\d{1,3}:\d{2}))?[\])]?"
)
_SPEAKER = re.compile(r"[—–-]{1,2}\s*(?P<name>[^\W\d_].{0,60})")
_PLACEHOLDER = re.compile(r"\([^()]*\)")
_ABOUT = re.compile(r"\s*\((?P<show>[^()]*?),?\s*(?P<date>\d{4}-\d{2}-\d{2})?\)$")
_DEEPEST = 12


@dataclass(slots=True)
class _Topic:
    """A topic that is being gathered; `_document` makes the JSON form of it."""

    title: str
    level: int
    start: float | None = None
    passages: list[dict[str, Any]] = field(default_factory=list)
    topics: list[_Topic] = field(default_factory=list)


def interpret(page: Page) -> dict[str, Any]:
    """Give the page in the JSON form. Raises SummaryError where it has no title."""
    return _Reader(page).document()


class _Reader:
    """One reading of one page, piece by piece."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._said = dict(page.said)
        self._fallback = self._said.pop("fallback_title", None)
        self._published: str | None = None
        self._title: str | None = None
        self._abstract: list[str] = []
        self._topics: list[_Topic] = []
        self._open: list[_Topic] = []
        self._clips: list[dict[str, Any]] = []
        self._questions: list[dict[str, Any]] = []
        self._related: list[dict[str, Any]] = []
        self._section: Section = "preamble"
        self._prose = Prose(None)

    def document(self) -> dict[str, Any]:
        """Read everything."""
        pieces = list(_content(self._page.pieces))
        self._has_sections = any(_section(piece) for piece in pieces)
        self._title = self._said.get("title") if isinstance(self._said.get("title"), str) else None
        rest = self._head(pieces)
        title = self._title or self._fallback
        if not title:
            raise SummaryError("has no title; a page of highlights begins with `Published …` and the episode's title")
        self._prose = Prose(guest_of(title))
        for piece, following in zip(rest, [*rest[1:], None], strict=True):
            self._take(piece, following)
        return self._document(title)

    def _head(self, pieces: list[Piece]) -> list[Piece]:
        """Read date and title, which come before everything else."""
        for i, piece in enumerate(pieces):
            found = _PUBLISHED.fullmatch(piece.text)
            date = read_date(found["date"]) if found else None
            if date and self._published is None:
                self._published = date
            elif piece.kind == "rule" or (self._title and fold(piece.text) == fold(self._title)):
                continue
            elif self._title is None and not _section(piece) and piece.kind in {"heading", "text"}:
                self._title = one_line(piece.text)
            elif self._title is None and self._fallback is None and not _section(piece):
                continue
            else:
                return pieces[i:]
        return []

    def _take(self, piece: Piece, following: Piece | None) -> None:
        section = _section(piece)
        if section:
            self._section, self._open = section, []
        elif self._section == "preamble":
            self._preamble(piece)
        elif self._section == "highlights":
            self._highlight(piece, following)
        elif piece.kind != "rule":
            getattr(self, f"_{self._section}_piece")(piece)

    def _preamble(self, piece: Piece) -> None:
        """Read the abstract; on a page without the known sections, headings begin topics."""
        if self._has_sections:
            if piece.kind != "rule" and not _PLACEHOLDER.fullmatch(piece.text):
                self._abstract.append(one_line(piece.text))
            return
        if self._open or piece.kind == "heading" or titled_line(one_line(piece.text)):
            self._highlight(piece, None)
        elif piece.kind in {"text", "bullet"}:
            self._abstract.append(one_line(piece.text))

    def _highlight(self, piece: Piece, following: Piece | None) -> None:
        mark = titled_line(one_line(piece.text)) if piece.kind in {"text", "bullet", "heading"} else None
        if piece.kind == "rule":
            self._make_quote()
        elif mark is not None and not self._has_sections:
            self._begin(mark.title, _DEEPEST, mark.start)
        elif piece.kind == "heading":
            self._begin(one_line(piece.text), 1 + (piece.level or 1), _first_time(piece.links))
        elif piece.kind == "bullet" and self._is_topic(piece, following):
            self._begin(one_line(piece.text), 1, _first_time(piece.links))
        elif piece.kind == "quote":
            self._quote(piece)
        elif not _PLACEHOLDER.fullmatch(piece.text):
            self._narrate(piece)

    def _is_topic(self, piece: Piece, following: Piece | None) -> bool:
        short = len(piece.text) <= 100 and piece.text[-1:] not in ".!?"  # noqa: PLR2004 a title's length
        return short and self._has_sections and (following is None or following.kind != "bullet" or not self._open)

    def _begin(self, title: str, level: int, start: float | None) -> None:
        while self._open and self._open[-1].level >= level:
            self._open.pop()
        topic = _Topic(title.strip("* "), level, start)
        (self._open[-1].topics if self._open else self._topics).append(topic)
        self._open.append(topic)

    def _narrate(self, piece: Piece) -> None:
        speaker = _SPEAKER.fullmatch(piece.text)
        last = self._open[-1].passages[-1] if self._open and self._open[-1].passages else None
        if speaker and last and (last["kind"] == "quote" or len(piece.text) < 60):  # noqa: PLR2004 a name's length
            last["speaker"] = one_line(speaker["name"])
            return
        if not self._open:
            self._abstract.append(one_line(piece.text))
            return
        text = self._prose.narrative(one_line(piece.text), piece.links)
        passage = {"kind": "text", "text": text}
        self._open[-1].passages.append(passage)
        self._prose.remember(passage, one_line(piece.text), piece.links)

    def _quote(self, piece: Piece) -> None:
        """Read a quote; its last line may name the speaker, and a piece that only does so belongs to the one before."""
        passages = self._open[-1].passages if self._open else []
        lines = piece.text.splitlines()
        speaker = piece.speaker
        found = _SPEAKER.fullmatch(lines[-1]) if len(lines) > 1 else None
        if found:
            speaker, lines = one_line(found["name"]), lines[:-1]
        text = _unquoted(" ".join(lines))
        if not text:
            if passages and passages[-1]["kind"] == "quote":
                passages[-1]["speaker"] = speaker
            return
        link = next((x for x in piece.links if x.start is not None), None)
        if self._open:
            passages.append(_quote(text, speaker, link))

    def _make_quote(self) -> None:
        """Turn the paragraph before a rule into a pull quote, its very words."""
        if not self._has_sections or not self._open or not self._open[-1].passages:
            return
        last = self._open[-1].passages[-1]
        if last["kind"] == "text":
            said, links = self._prose.take_back(last)
            link = next((x for x in links if x.start is not None), None)
            self._open[-1].passages[-1] = _quote(_unquoted(said), last.get("speaker"), link)

    def _clips_piece(self, piece: Piece) -> None:
        if piece.kind == "quote":
            if self._clips:
                self._clips[-1]["quote"] = " ".join(filter(None, (self._clips[-1]["quote"], _unquoted(piece.text))))
            return
        for line in piece.text.splitlines():
            title, start, end = _split_range(line)
            link = next((x for x in piece.links if x.start is not None), None)
            if link is not None and start is None:
                start, end = link.start, link.end
            if title:
                self._clips.append({"title": title, "start": start, "end": end, "quote": None})
            elif self._clips and start is not None:
                self._clips[-1] |= {"start": start, "end": end}

    def _questions_piece(self, piece: Piece) -> None:
        for line in piece.text.splitlines():
            text, start, _ = _split_range(line)
            start = _first_time(piece.links) if start is None else start
            if text.endswith(("?", "？", "؟")) or not self._questions:
                self._questions.append({"question": text, "answer": None, "start": start})
            else:
                last = self._questions[-1]
                last["answer"] = " ".join(filter(None, (last["answer"], text)))

    def _related_piece(self, piece: Piece) -> None:
        for line in piece.text.splitlines():
            link = next((x for x in piece.links if x.url), None)
            text = one_line(line.replace(link.url, "") if link else line).rstrip(" :-–—")
            about = _ABOUT.search(text)
            date = read_date(about["date"]) if about and about["date"] else None
            named = bool(about and date)
            self._related.append(
                {
                    "title": text[: about.start()] if about and named else text,
                    "url": link.url if link else None,
                    "podcast": (about["show"].strip() or None) if about and named else None,
                    "published": date,
                }
            )

    def _document(self, title: str) -> dict[str, Any]:
        said = {key: value for key, value in self._said.items() if key not in {"number", "title"}}
        found = {
            "version": 1,
            "title": one_line(title),
            "published": self._published,
            "abstract": "\n".join(self._abstract) or None,
            "topics": [_document(topic) for topic in self._topics],
            "clips": self._clips,
            "questions": self._questions,
            "related": [one for one in self._related if one["title"]],
            "citations": self._prose.citations(),
        }
        return {**found, **{key: value for key, value in said.items() if value is not None}}


def _content(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Leave out navigation: logos, and the "Episode Highlights" that are not the last."""
    highlights = [i for i, piece in enumerate(pieces) if _section(piece) == "highlights"]
    for i, piece in enumerate(pieces):
        if _LOGO.fullmatch(one_line(piece.text)) or (i in highlights[:-1]):
            continue
        if i in highlights and i + 1 < len(pieces) and _LOGO.fullmatch(one_line(pieces[i + 1].text)):
            continue
        if piece.text and piece.kind in {"text", "heading"} and "\n" in piece.text:
            yield from _unglued(piece)
        else:
            yield piece


def _unglued(piece: Piece) -> Iterator[Piece]:
    """Part lines that run together where one of them is navigation or the name of a section."""
    lines = piece.text.splitlines()
    if not any(fold(line) in _SECTIONS or _LOGO.fullmatch(line) for line in lines):
        yield piece
        return
    for line in lines:
        if not _LOGO.fullmatch(line):
            yield type(piece)("heading" if fold(line) in _SECTIONS else piece.kind, line, piece.level, piece.links)


def _section(piece: Piece) -> Section | None:
    return _SECTIONS.get(fold(piece.text)) if piece.kind in {"heading", "text"} and len(piece.text) < 60 else None  # noqa: PLR2004


def _document(topic: _Topic) -> dict[str, Any]:
    return {
        "title": topic.title,
        "start": topic.start,
        "passages": topic.passages,
        "topics": [_document(sub) for sub in topic.topics],
    }


def _quote(text: str, speaker: str | None, link: Link | None) -> dict[str, Any]:
    start, end = (link.start, link.end) if link else (None, None)
    return {"kind": "quote", "text": text, "speaker": speaker, "start": start, "end": end}


def _unquoted(text: str) -> str:
    """Take one pair of quotation marks off, which are the page's and not the speaker's."""
    text = one_line(text)
    for opening, closing in ("“”", '""', "„“", "«»", "「」"):
        if len(text) > 1 and text[0] == opening and text[-1] == closing and opening not in text[1:-1]:
            return text[1:-1].strip()
    return text


def _split_range(line: str) -> tuple[str, float | None, float | None]:
    """Part a line from the times at its end or its beginning."""
    line = one_line(line)
    found = re.search(_RANGE.pattern + r"$", line) or re.match(_RANGE.pattern + r"(?:\s*[-–—:]\s*|\s+)", line)
    if not found:
        return line, None, None
    title = (line[: found.start()] if found.start() else line[found.end() :]).rstrip(" -–—:|")
    return title, parse_clock(found["start"]), parse_clock(found["end"]) if found["end"] else None


def _first_time(links: Sequence[Link]) -> float | None:
    return next((link.start for link in links if link.start is not None), None)
