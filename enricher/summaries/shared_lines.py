"""Lines that documents of one folder share: the site's greeting, its sponsors and ways to follow, in any language.

No list of words knows them all; that other episodes' documents say the same word for word does.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from enricher.summaries.blocks import is_wrapped
from enricher.summaries.quotes import is_quoted
from enricher.summaries.record_lists import is_web
from enricher.summaries.vocabulary import role_of
from enricher.text import fold, one_line
from enricher.timestamp_lines import time_alone, time_behind, titled_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from enricher.summaries.blocks import Page, Piece
    from enricher.summaries.records import Record

_SENTENCES = re.compile(r"((?<=[.!?。！？])\s+|(?<=[。！？]))")
_NUMBER = re.compile(r"\d+")
_LONG = 25
"""So many letters are not said word for word by chance: "It depends." may well be."""
_TOLD = 8
"""A heading of so many words is no name of a part."""
_OTHERS, _SHARE = 2, 0.25
_COPY = 0.8
"""What shares so much with another document is of the same episode, in another form."""
_WHY = "what other documents in its folder say too"
OF_ONE_EPISODE = ("guid", "audio", "link")
"""What is one episode's alone."""


def said_in(pages: Sequence[Page], record: Record) -> frozenset[str]:
    """Return what a document says, line by line and sentence by sentence, in a form that can be compared."""
    pieces = [piece for page in pages for piece in page.pieces]
    texts = [piece.text for piece in pieces] + [text for _, text in record.abstracts] + record.sentences
    keys = {key for text in texts for line in _lines(text) for key in _keys(line) if any(map(str.isalpha, key))}
    titles = [piece.text for piece in pieces] + [str(record.said.get("title", ""))]
    said = [record.said, *(page.said for page in pages)]
    addresses = [*record.identities, *(str(one.get(name)) for one in said for name in OF_ONE_EPISODE)]
    addresses += [one for page in pages for one in page.identities]
    return frozenset(keys | set(map(_title, titles)) | set(filter(is_web, addresses)))


def shared_lines(own: Collection[str], others: Sequence[Collection[str]]) -> frozenset[str]:
    """Return what at least two of the other documents, and a quarter of them, say too; copies of one do not count."""
    counts = Counter[str]()
    for other in others:
        both = [key for key in own if key in other]
        if len(both) < len(own) * _COPY:
            counts.update(both)
    return frozenset(key for key, count in counts.items() if count >= max(_OTHERS, len(others) * _SHARE))


def is_shared_title(title: str, shared: Collection[str]) -> bool:
    """Recognise the name of the show or of a part, which heads other documents too."""
    return _title(title) in shared


def forget_shared(record: Record, shared: Collection[str]) -> None:
    """Take from the data what descriptions of other episodes say too."""
    abstracts = ((rank, _without(text, shared, record)) for rank, text in record.abstracts)
    record.abstracts = [(rank, text) for rank, text in abstracts if text]
    record.sentences = list(filter(None, (_without(text, shared, record) for text in record.sentences)))


def without_shared(pieces: Iterable[Piece], shared: Collection[str], record: Record) -> Iterator[Piece]:
    """Leave out shared lines and sentences; not headings, times and questions, whose place among others says more."""
    for piece in pieces:
        timed = any(link.start is not None for link in piece.links)
        if piece.is_marked and len(piece.text.split()) >= _TOLD and is_shared_title(piece.text, shared):
            record.leave(_WHY, piece.text)
            yield replace(piece, text="", links=())  # "See the video of this episode on our channel"
            continue
        if piece.kind in {"heading", "rule"} or piece.is_bold or timed or not piece.text:
            yield piece
            continue
        whole = piece.kind == "quote" or is_quoted(piece.text)
        text = _without(piece.text, shared, record, whole=whole)
        if text == piece.text:
            yield piece
        elif text:
            yield replace(piece, text=text, links=tuple(one for one in piece.links if one.text in text))


def _without(text: str, shared: Collection[str], record: Record, *, whole: bool = False) -> str:
    """Leave out the shared lines of a text, or nothing but the `whole` of it."""
    lines = _lines(text)
    if whole:
        every = all(_text(line) in shared for line in lines)
        if every:
            record.leave(_WHY, text)
        return "" if every else text
    left = [_line_without(line, shared, record) for line in lines]
    return text if left == lines else "\n".join(filter(None, left))


def _line_without(line: str, shared: Collection[str], record: Record) -> str:
    if titled_line(line) or time_behind(line) or time_alone(line) or line.endswith((":", "：")) or role_of(line):
        return line
    if _text(line) in shared:
        record.leave(_WHY, line)
        return ""
    parts = _SENTENCES.split(line)
    for i in range(0, len(parts), 2):
        if len(parts) > 1 and _is_long(parts[i]) and _text(parts[i]) in shared:
            record.leave(_WHY, parts[i])
            parts[i : i + 2] = [""] * len(parts[i : i + 2])
    return "".join(parts).strip()


def _lines(text: str) -> list[str]:
    """Return the lines of a text, or one where its sentences are wrapped: a piece of a sentence is nobody's."""
    lines = text.splitlines()
    wrapped = any(below[:1].islower() or is_wrapped(line, below) for line, below in pairwise(lines))
    return [one_line(text)] if wrapped else lines


def _keys(line: str) -> Iterator[str]:
    yield _text(line)
    yield from map(_text, filter(_is_long, _SENTENCES.split(line)[::2]))


def _is_long(sentence: str) -> bool:
    return len(sentence.encode()) >= _LONG


def _text(line: str) -> str:
    """Return a line without what a template fills in: "Episode 12 of …"."""
    return _NUMBER.sub("0", fold(line))


def _title(line: str) -> str:
    return f"# {fold(line)}"
