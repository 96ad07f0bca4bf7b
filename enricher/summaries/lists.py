"""The lists of a page: popular clips, questions, related episodes, in the JSON form."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from enricher.summaries.blocks import ASKS, SENTENCE_ENDS
from enricher.summaries.boilerplate import is_placeholder
from enricher.summaries.dates import read_date
from enricher.summaries.quotes import is_quoted, unquoted
from enricher.summaries.vocabulary import ASKED_AND_ANSWERED
from enricher.text import one_line
from enricher.timestamp_lines import titled_line
from enricher.timestamps import Timed, part_length, part_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from enricher.summaries.blocks import Link, Piece

_ABOUT = re.compile(r"\s?\((?P<about>[^()]{4,250})\)$|\s[-–—·•|]\s(?P<said>[^()]{4,250})$")
_LABEL = re.compile(rf"^(?:{'|'.join(ASKED_AND_ANSWERED)})\s?\d{{0,2}}\s?[:：.]\s*(?=\S)")
_LONGEST = 600
_SHOW = 80


def read_clips(pieces: Sequence[Piece]) -> list[dict[str, Any]]:
    """Read titles with the time at their end, their beginning or in their link, each with the quote below it."""
    clips: list[dict[str, Any]] = []
    marked = any(piece.kind in {"bullet", "heading"} for piece in pieces)
    waiting: dict[str, float | None] | None = None
    """The time that stood alone above every clip so far: such a list has each time above its title."""
    for piece in pieces:
        if piece.kind == "quote" or (clips and is_quoted(piece.text)):
            if clips and piece.text:
                clips[-1]["quote"] = " ".join(filter(None, (clips[-1]["quote"], unquoted(piece.text))))
            continue
        for text, links in _entries(piece):
            found = _timed(text, links)
            times = {"start": found.start, "end": found.end}
            if not found.title and found.start is not None and (not clips or waiting is not None):
                waiting = times
            elif found.title and (not marked or piece.kind != "text" or not clips or text.endswith(ASKS)):
                clips.append({"title": found.title, "quote": None} | (waiting or times))
                waiting = waiting and {"start": None, "end": None}
            elif clips:
                _complete(clips[-1], found)
    return clips


def say_more(pieces: Sequence[Piece]) -> bool:
    """Return whether clips each have a text below them, which is no quotation: so they are topics."""
    headings = sum(piece.kind == "heading" for piece in pieces)
    texts = (piece for piece in pieces if piece.kind == "text" and piece.text and not is_quoted(piece.text))
    return 1 < headings <= sum(one.text[-1] in SENTENCE_ENDS and not titled_line(one.text) for one in texts)


def _complete(clip: dict[str, Any], found: Timed) -> None:
    """Add to a clip the time or the length that stands below it."""
    if clip["start"] is None:
        clip |= {"start": found.start, "end": found.end}
    elif clip["end"] is None and found.start == clip["start"] and found.end is not None:
        clip["end"] = found.end
    elif clip["end"] is None and found.length and not found.title and found.start is None:
        clip["end"] = clip["start"] + found.length


def read_questions(pieces: Sequence[Piece], narrate: Callable[[str, Sequence[Link]], str]) -> list[dict[str, Any]]:
    """Read questions and the answers below them; `narrate` reads an answer as narrative."""
    questions: list[dict[str, Any]] = []
    shallowest = min((piece.depth for piece in pieces if piece.kind in {"bullet", "heading"}), default=0)
    marked = any(piece.kind in {"bullet", "heading"} for piece in pieces)
    for piece in pieces:
        lines = [_LABEL.sub("", one_line(line)) for line in piece.text.splitlines()]
        asks = piece.kind in {"bullet", "heading"} and not (piece.depth > shallowest and questions)
        while lines:
            if asks or (not marked and _timed(lines[0], ()).title.endswith(ASKS)) or not questions:
                said, start = _asked(lines, piece.links)
                questions.append({"question": said, "answer": None, "start": start})
                asks = False
            else:
                last = questions[-1]
                said = narrate(_answer(lines, marked=marked), piece.links)
                last["answer"] = " ".join(filter(None, (last["answer"], said)))
    return [one for one in questions if one["question"]]


def is_asked(line: str) -> bool:
    """Recognise "Q: Why do they dance?", perhaps with its time."""
    return bool(_LABEL.match(line)) and _timed(line, ()).title.endswith(ASKS)


def questions_of(piece: Piece) -> list[Piece]:
    """Part the lines that begin with "Q: …?": each is a heading, which what follows it answers, bullets too."""
    lines = piece.text.splitlines()
    begins = [i for i, line in enumerate(lines) if is_asked(line)]
    edges = [0, *begins[1:], len(lines)]
    return [replace(piece, kind="heading", text="\n".join(lines[a:b]), depth=1) for a, b in pairwise(edges)]


def read_related(pieces: Sequence[Piece]) -> list[dict[str, Any]]:
    """Read titles, each with its link and its show and date: in brackets or behind a dash, or on lines below it."""
    marked = any(piece.kind == "bullet" or piece.level or any(x.url for x in piece.links) for piece in pieces)
    entries: list[tuple[list[str], str | None]] = []
    for piece in pieces:
        lines = [one_line(line) for line in piece.text.splitlines()]
        below = marked and piece.kind == "text" and not any(x.url for x in piece.links)
        if piece.kind == "quote" or ((below or read_date(lines[0])) and not entries):
            continue
        if below or read_date(lines[0]):
            entries[-1][0].extend(lines)
        elif len(lines) > 1 and _dated(lines[-1]) and not any(map(_dated, lines[:-1])):
            entries.append((lines, _url(piece.links)))  # above a date, only the first line is a title
        else:
            entries += [([_without_addresses(text, links)], _url(links)) for text, links in _entries(piece)]
    found = []
    for (first, *below_it), url in entries:
        title, show, date = _about(first)
        dated = next((i for i, line in enumerate(below_it) if _dated(line)), None)
        if date is None and dated is not None:
            show, date = _dated(below_it[dated]) or (None, None)
            above = below_it[dated - 1] if dated else ""
            show = show or (above if 0 < len(above) <= _SHOW and above[-1] not in ".!…" else None)
        if any(map(str.isalnum, title)) and not is_placeholder(title):
            found.append({"title": title, "url": url, "podcast": show, "published": date})
    return found


def _url(links: Sequence[Link]) -> str | None:
    return next((x.url for x in links if x.url), None)


def _about(title: str) -> tuple[str, str | None, str | None]:
    """Part a title from its show and its date; without a date, what stands there belongs to the title."""
    about = _ABOUT.search(title) if len(title) <= _LONGEST else None
    dated = _dated(about["about"] or about["said"]) if about else None
    return (title[: about.start()], *dated) if about and dated else (title, None, None)


def _dated(text: str) -> tuple[str | None, str] | None:
    """Read `Show, May 2, 2024`, `Show · 2024-05-02` or a date alone."""
    whole = read_date(text)
    if whole:
        return None, whole
    for separator in re.finditer(r"\s?[,·•|–—]\s?|\s-\s", text[:_LONGEST]):
        date = read_date(text[separator.end() :])
        if date:
            return one_line(text[: separator.start()]) or None, date
    return None


def _entries(piece: Piece) -> Iterator[tuple[str, Sequence[Link]]]:
    """Return the entries that a piece holds: a bullet is one, other text one each line."""
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
    count = next((i + 1 for i, line in enumerate(lines) if _timed(line, ()).title.endswith(ASKS)), len(lines))
    found = _timed(" ".join(lines[:count]), links)
    del lines[:count]
    return found.title, found.start


def _answer(lines: list[str], *, marked: bool) -> str:
    """Take the answer off the lines that it begins: to the next that asks."""
    count = len(lines)
    if not marked:
        count = next((i for i, line in enumerate(lines) if i and line.endswith(ASKS)), count)
    text = " ".join(lines[:count])
    del lines[:count]
    return text


def _timed(line: str, links: Sequence[Link]) -> Timed:
    """Part an entry from the times at its end or its beginning; those in its link count where it writes none."""
    link = next((x for x in links if x.start is not None), None)
    line = _without_addresses(line, links)
    found = part_time(line)
    if link is None:
        return found
    if found.start is None:
        title, length = part_length(line)
        end = link.start + length if link.start is not None and link.end is None and length else link.end
        return Timed(title, link.start, end)
    exact = link.end is not None or found.end is None or link.start is None or found.end <= link.start
    return found._replace(start=link.start, end=link.end if exact else found.end)


def _without_addresses(text: str, links: Sequence[Link]) -> str:
    for link in links:
        if link.text.startswith(("http://", "https://")):
            text = text.replace(link.text, " ")
    text = one_line(text).replace("( )", "").replace("()", "")
    return one_line(text).rstrip(" :-–—|") if links else text
