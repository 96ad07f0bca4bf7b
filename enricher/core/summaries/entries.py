"""The lists of a page: popular clips, questions, related episodes, in the JSON form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from enricher.core.clock import parse_clock
from enricher.core.summaries.dates import read_date
from enricher.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from enricher.core.summaries.pieces import Link, Piece

_RANGE = (
    r"[\[(]?(?P<start>(?:\d{1,2}:)?\d{1,3}:\d{2})(?:\s?(?:[-–—]|to)\s?(?P<end>(?:\d{1,2}:)?\d{1,3}:\d{2}))?"
    r"(?:\s(?:min|mins|minutes))?[\])]?"
)
_AT_END = re.compile(r"(?:^|\s)" + _RANGE + r"$")
_AT_START = re.compile(_RANGE + r"(?:\s?[-–—:|]\s?|\s|$)")
_ABOUT = re.compile(r"\s?\((?P<show>[^()]{0,200}?),?\s?(?P<date>\d{4}-\d{2}-\d{2})\)$")
_PLACEHOLDER = re.compile(r"\([^()]{0,200}\)")
_ASKS = ("?", "？", "؟")
_LONGEST = 600
_QUOTES = ("“”", '""', "„“", "„”", "«»", "»«", "「」", "『』")


def unquoted(text: str) -> str:
    """Take one pair of quotation marks off, which are the page's and not the speaker's."""
    text = one_line(text)
    if len(text) > 1 and f"{text[0]}{text[-1]}" in _QUOTES and text[0] not in text[1:-1]:
        return text[1:-1].strip()
    return text


def is_quoted(text: str) -> bool:
    """Tell whether a whole text stands in one pair of quotation marks."""
    return unquoted(text) != one_line(text)


def read_clips(pieces: Sequence[Piece]) -> list[dict[str, Any]]:
    """Read titles with the time at their end, their beginning or in their link, each with the quote below it."""
    clips: list[dict[str, Any]] = []
    marked = any(piece.kind in {"bullet", "heading"} for piece in pieces)
    for piece in pieces:
        if piece.kind == "quote" or (clips and is_quoted(piece.text)):
            if clips and piece.text:
                clips[-1]["quote"] = " ".join(filter(None, (clips[-1]["quote"], unquoted(piece.text))))
            continue
        for text, links in _entries(piece):
            title, start, end = _timed(text, links)
            if title and (not marked or piece.kind != "text" or not clips):
                clips.append({"title": title, "start": start, "end": end, "quote": None})
            elif clips and start is not None and clips[-1]["start"] is None:
                clips[-1] |= {"start": start, "end": end}
    return clips


def read_questions(pieces: Sequence[Piece], narrate: Callable[[str], str]) -> list[dict[str, Any]]:
    """Read questions and the answers below them; `narrate` reads an answer as narrative."""
    questions: list[dict[str, Any]] = []
    marked = any(piece.kind in {"bullet", "heading"} for piece in pieces)
    for piece in pieces:
        lines = [one_line(line) for line in piece.text.splitlines()]
        asks = piece.kind in {"bullet", "heading"} and not (piece.depth > 1 and questions)
        while lines:
            if asks or (not marked and _timed(lines[0], ())[0].endswith(_ASKS)) or not questions:
                said, start = _asked(lines, piece.links)
                questions.append({"question": said, "answer": None, "start": start})
                asks = False
            else:
                last = questions[-1]
                last["answer"] = " ".join(filter(None, (last["answer"], narrate(_answer(lines, marked=marked)))))
    return [one for one in questions if one["question"]]


def read_related(pieces: Sequence[Piece]) -> Iterator[dict[str, Any]]:
    """Read titles, each with its link and, in brackets behind it, its show and date."""
    marked = any(piece.kind in {"bullet", "heading"} or any(x.url for x in piece.links) for piece in pieces)
    for piece in pieces:
        if piece.kind == "quote" or (marked and piece.kind == "text" and not any(x.url for x in piece.links)):
            continue
        for text, links in _entries(piece):
            link = next((x for x in links if x.url), None)
            title = _without_addresses(text, links)
            about = _ABOUT.search(title) if len(title) < _LONGEST else None
            date = read_date(about["date"]) if about else None
            shown = title[: about.start()] if about and date else title
            if any(x.isalnum() for x in shown) and not _PLACEHOLDER.fullmatch(shown):
                yield {
                    "title": shown,
                    "url": link.url if link else None,
                    "podcast": (one_line(about["show"]) or None) if about and date else None,
                    "published": date,
                }


def _entries(piece: Piece) -> Iterator[tuple[str, Sequence[Link]]]:
    """Give the entries that a piece holds: a bullet is one, other text one each line."""
    lines = piece.text.splitlines()
    if piece.kind != "text":
        first = next((i for i, line in enumerate(lines) if i and is_quoted(line)), len(lines))
        yield one_line(" ".join(lines[:first])), piece.links
        return
    for line in lines:
        here = [x for x in piece.links if x.text and x.text in line]
        yield line, here if here or len(lines) > 1 else piece.links


def _asked(lines: list[str], links: Sequence[Link]) -> tuple[str, float | None]:
    """Take the question off the lines that it begins: to the first that asks, else all of them."""
    count = next((i + 1 for i, line in enumerate(lines) if _timed(line, ())[0].endswith(_ASKS)), len(lines))
    text, start, _ = _timed(" ".join(lines[:count]), links)
    del lines[:count]
    return text, start


def _answer(lines: list[str], *, marked: bool) -> str:
    """Take the answer off the lines that it begins: to the next that asks."""
    count = len(lines)
    if not marked:
        count = next((i for i, line in enumerate(lines) if i and line.endswith(_ASKS)), count)
    text = " ".join(lines[:count])
    del lines[:count]
    return text


def _timed(line: str, links: Sequence[Link]) -> tuple[str, float | None, float | None]:
    """Part an entry from the times at its end or its beginning; those in its link count where it writes none."""
    link = next((x for x in links if x.start is not None), None)
    line = _without_addresses(line, links)
    found = (_AT_END.search(line) or _AT_START.match(line)) if len(line) < _LONGEST else None
    start = parse_clock(found["start"]) if found else None
    if found is None or start is None:
        return line, link.start if link else None, link.end if link else None
    title = (line[: found.start()] if found.start() else line[found.end() :]).strip(" -–—:|")
    if link and (link.end is not None or not found["end"]):
        return title, link.start, link.end
    start = link.start if link and link.start is not None else start
    end = parse_clock(found["end"]) if found["end"] else None
    return title, start, end if end is not None and end > start else None


def _without_addresses(text: str, links: Sequence[Link]) -> str:
    for link in links:
        if link.text.startswith(("http://", "https://")):
            text = text.replace(link.text, " ")
    text = one_line(text).replace("( )", "").replace("()", "")
    return one_line(text).rstrip(" :-–—|") if links else text
