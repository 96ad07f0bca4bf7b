"""Topics of a page, gathered piece by piece: headings and bullets begin them, paragraphs and quotes fill them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from enricher.summaries.blocks import stands_alone
from enricher.summaries.quotes import NO_NAME_ENDS, is_quoted, read_quote, speaker_of, unquoted
from enricher.summaries.record_lists import topic
from enricher.text import one_line
from enricher.timestamp_lines import titled_line
from enricher.timestamps import Timed, part_bracketed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.summaries.blocks import Link, Piece
    from enricher.summaries.narrative import Narrative

_MAY_END = re.compile(r"[?!:]$|\b(?:[^\W\d_]|etc|Inc|Co|Corp|Ltd|Jr|Sr|vs|St|Ph\.?D)\.$", re.IGNORECASE)
_TITLE = 120
_DEEPER = 1000
"""Levels are ordered: an entry of a list, the headings in it (times ten), lines that stand alone, by their indent."""
_ALONE = 100
_UNTITLED = 10**7
"""The level of what is said before the first topic begins: every topic ends it."""
_ENDS_A_SENTENCE = tuple(".!?…。！？”]")
_DEEPEST = 36
_SAYS_SOMETHING = 40


class Topics:
    """What the page says by topic."""

    def __init__(self, narrative: Narrative, pieces: Sequence[Piece] = ()) -> None:
        """`pieces` are those of the section that is going to be read; their shapes tell how it marks its topics."""
        self.found: list[dict[str, Any]] = []
        """In the JSON form; they nest no deeper than `_DEEPEST`."""
        self._open: list[tuple[int, dict[str, Any]]] = []
        """Level and topic."""
        self._narrative = narrative
        self._has_headings = any(piece.kind == "heading" and piece.level for piece in pieces)
        first = next((piece.kind for piece in pieces if piece.kind in {"bullet", "heading"}), None)
        self._by_bullets = first == "bullet"
        self._shallowest = min((piece.depth for piece in pieces if piece.kind == "bullet"), default=1)

    @property
    def open_topic(self) -> dict[str, Any] | None:
        """The topic that takes what comes."""
        return self._open[-1][1] if self._open else None

    @property
    def _passages(self) -> list[dict[str, Any]]:
        return self.open_topic["passages"] if self.open_topic else []

    def take(self, piece: Piece, following: Piece | None = None, *, listed: bool = False) -> None:
        """Read the next piece; `following` is the one after it, `listed` says that it stays an entry of a list."""
        if piece.kind == "rule":
            self._make_quote()
        elif piece.kind == "quote":
            self._quote(piece)
        elif not piece.text or self._attribute(piece, following):
            return
        elif self._is_heading(piece, following):
            within = self._open[0][0] // _DEEPER if self._open and self._by_bullets else 0
            level = piece.level * 10 if piece.level else _ALONE + piece.indent
            self.begin(piece.text, max(within, piece.depth) * _DEEPER + level, piece.links)
        elif piece.kind == "bullet" and self._is_topic(piece, following):
            self.begin(piece.text, piece.depth * _DEEPER, piece.links)
        else:
            self._narrate(piece, listed=listed)

    def begin(self, title: str, level: int, links: Sequence[Link] = (), start: float | None = None) -> None:
        """Begin a topic below the open ones of a lesser level."""
        self.close(level)
        del self._open[_DEEPEST:]
        found = Timed(one_line(title), start)
        if start is None:
            mark = titled_line(found.title)
            found = Timed(mark.title, mark.start) if mark else part_bracketed(found.title)
            start = next((link.start for link in links if link.start is not None), found.start)
        begun = topic(found.title.strip("* ").rstrip(":："), start)
        (self.open_topic["topics"] if self.open_topic else self.found).append(begun)
        self._open.append((level, begun))

    def close(self, level: int) -> None:
        """End the open topics of this level and beyond."""
        while self._open and self._open[-1][0] >= level:
            self._open.pop()

    def _is_topic(self, piece: Piece, following: Piece | None) -> bool:
        """Distinguish an entry that is a topic from one that says something: short, no sentence, something below."""
        if not self._by_bullets or len(piece.text) > _TITLE:
            return False
        heads = following is not None and (following.kind != "bullet" or following.depth > piece.depth)
        # A topic may ask or exclaim, and end with an abbreviation.
        sentence = piece.text[-1:] in NO_NAME_ENDS and not (heads and _MAY_END.search(piece.text))
        return not sentence and (heads or piece.depth <= self._shallowest)

    def _is_heading(self, piece: Piece, following: Piece | None) -> bool:
        """Recognise a heading that the page does not mark by its looks; above a rule such a line is a pull quote."""
        if self._open and following is not None and following.kind == "rule" and not piece.level:
            return False
        if piece.kind != "text" or self._has_headings or not _stands_alone(piece):
            return piece.kind == "heading"
        return bool(self._open) or (following is not None and following.kind == "text" and not _stands_alone(following))

    def _attribute(self, piece: Piece, following: Piece | None) -> bool:
        """Read the name of a speaker below a quote, which a rule ends; other lines with a dash are narrative."""
        ruled = following is not None and following.kind == "rule"
        name = speaker_of(piece.text, sure=ruled)
        last = next(reversed(self._passages), None)
        if not name or last is None or last["speaker"]:
            return False
        if last["kind"] == "text":
            if not is_quoted(last["text"]):
                if ruled:
                    last["speaker"] = name
                return ruled
            self._make_quote()
        self._passages[-1]["speaker"] = name
        return True

    def _narrate(self, piece: Piece, *, listed: bool) -> None:
        if not self._open and (piece.text.rstrip()[-1:] in _ENDS_A_SENTENCE or len(piece.text) > _SAYS_SOMETHING):
            self.begin("", _UNTITLED)
        if self._open:
            text = self._narrative.read(piece.text, piece.links)
            self._passages.append({"kind": "text", "text": text, "speaker": None, "listed": listed})

    def _quote(self, piece: Piece) -> None:
        """Read a quote; its last line may name the speaker, and a piece that only does so belongs to the one before."""
        if not self._open:
            self.begin("", _UNTITLED)
        passages = self._passages
        quote = read_quote(piece.text, piece.speaker, piece.links)
        mark = titled_line(quote["text"]) if len(quote["text"]) < _TITLE * 3 else None
        if any(map(str.isalnum, quote["text"])):
            passages.append(quote | ({"text": unquoted(mark.title)} if mark else {}))
        elif passages and passages[-1]["kind"] == "quote":
            passages[-1]["speaker"] = passages[-1]["speaker"] or quote["speaker"]

    def _make_quote(self) -> None:
        """Turn the paragraph before a rule into a pull quote, its very words."""
        passages = self._passages
        if passages and passages[-1]["kind"] == "text":
            text, links = self._narrative.take_back()
            passages[-1] = read_quote(text, passages[-1]["speaker"], links)


def _stands_alone(piece: Piece) -> bool:
    return "\n" not in piece.text and stands_alone(piece.text)
