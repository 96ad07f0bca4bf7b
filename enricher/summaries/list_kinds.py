"""What lists and runs of paragraphs are, told by their shape: links, questions, quotes, speech, titles with a text."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from enricher.summaries.blocks import ASKS, SENTENCE_ENDS, Piece, stands_alone
from enricher.summaries.boilerplate import why_boilerplate
from enricher.summaries.links import is_links, words_beside_links
from enricher.summaries.lists import is_asked
from enricher.summaries.quotes import begins_quoted
from enricher.summaries.sections import rank
from enricher.summaries.vocabulary import is_one_of, role_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from enricher.timestamps import Timed

_DESCRIBED = re.compile(r"(?P<title>.{3,70}?)(?:\s[-–—]\s|[:：]\s?|\.\s)(?P<said>.{40,})", re.DOTALL)
_SAID = re.compile(r"[.!?…。！？][”\"»」』]")
_SENTENCE_END = re.compile(r"[.!?]\s|[。！？]")
_SAYS = 30
_ONE_LINK, _LABEL = 40, 64
_LIST = 3
"""So many entries are a list."""
_SHARE, _MOST, _HALF = 0.7, 0.6, 0.5


def left_out(pieces: Sequence[Piece], times: Sequence[Sequence[Timed] | None], links: set[int]) -> dict[int, str]:
    """Return the places of what is no content, and why; `links` are the places of entries that are links."""
    # An entry of some length says something without its time.
    told = {i for i, piece in enumerate(pieces) if piece.kind == "bullet" and len(piece.text) >= _SAYS}
    untimed = (i for i, marks in enumerate(times) if marks is None and i not in told)
    left = dict.fromkeys(untimed, "times that are no list")
    left |= dict.fromkeys(_spoken(pieces, times), "what looks like a raw transcript")
    left |= dict.fromkeys(_below_transcript_labels(pieces), "what looks like a raw transcript")
    if _are_the_topics(links, pieces):
        return left | dict.fromkeys(_idle_labels(pieces, times, left), "labels of nothing")
    # "Listen on" says nothing without what it leads to.
    above = (i - 1 for i in links if i and i - 1 not in links and pieces[i - 1].kind == "text")
    labels = (i for i in above if stands_alone(pieces[i].text.rstrip(":：")))
    left |= dict.fromkeys([*labels, *sorted(links)], "links")
    return left | dict.fromkeys(_idle_labels(pieces, times, left), "labels of nothing")


def _idle_labels(
    pieces: Sequence[Piece], times: Sequence[Sequence[Timed] | None], left: Container[int]
) -> Iterator[int]:
    """Find lines that end with a colon and have nothing below them that is told, or a list of times, which is apart."""
    idle: set[int] = set()
    for i, piece in reversed(list(enumerate(pieces))):
        label = piece.kind in {"text", "bullet"} and piece.text.endswith((":", "：")) and len(piece.text) <= _LABEL
        if label and not _SENTENCE_END.search(piece.text):
            below = pieces[i + 1] if i + 1 < len(pieces) and i + 1 not in left and not times[i + 1] else None
            told = below and below.kind in {"text", "bullet", "quote"} and below.depth >= piece.depth
            if not told or i + 1 in idle or (below and why_boilerplate(below) is not None):
                idle.add(i)
                yield i


def _are_the_topics(links: set[int], pieces: Sequence[Piece]) -> bool:
    """Return whether lists of links are what an episode is about: below several topics, and nothing but an abstract."""
    told = [i for i, piece in enumerate(pieces) if piece.kind in {"text", "bullet", "quote"} and i not in links]
    begun = next((i for i, piece in enumerate(pieces) if piece.kind == "heading"), len(pieces))
    named = (i for i, one in enumerate(pieces) if one.kind == "heading" and role_of(one.text) is None)
    headings = [i for i in named if not re.search(r"\d:\d\d", pieces[i].text)]
    over = sum(i + 1 in links for i in headings)
    return len(links) >= _LIST and over >= _LIST and sum(i > begun for i in told) <= len(links) * (1 - _SHARE)


def lists_of(pieces: Sequence[Piece]) -> tuple[set[int], set[int]]:
    """Find lists that are links and nothing else, and lists that ask: the places of their entries."""
    # Below an entry of a list of topics stand its links: "Adam's tweet", "book" (Oxide and Friends).
    linked = {i for i, piece in enumerate(pieces) if piece.kind in {"text", "bullet"} and is_links(piece)}
    links = {i for i in linked if pieces[i].depth > (pieces[i].kind == "bullet") and _mostly_linked(pieces[i])}
    alone = {i for i in linked if pieces[i].kind == "text" and not pieces[i].depth and len(pieces[i].links) == 1}
    lone = {i for i in alone if len(pieces[i].text) < _ONE_LINK and not words_beside_links(pieces[i])}
    links |= lone | {i for i in alone if _in_run(i, alone)}
    asking = {i for i, piece in enumerate(pieces) if piece.kind == "text" and is_asked(piece.text.partition("\n")[0])}
    for is_list, places in groupby(range(len(pieces)), key=lambda i: pieces[i].kind == "bullet"):
        group = list(places) if is_list else []
        asks = [i for i in group if pieces[i].text[-1:] in ASKS]
        # Below "Ask yourself these three:" they are what a topic says.
        above = pieces[: group[0]] if group else ()
        led = any(map(rank, above)) and above[-1].text.endswith((":", "："))
        if len(asks) >= _LIST and len(asks) >= len(group) * _SHARE and not led:
            asking.update(asks)
        here = linked.intersection(group) - asking
        if len(here) >= len(group) * _MOST:
            links |= here
    return links, asking


def _mostly_linked(piece: Piece) -> bool:
    return sum(len(link.text) for link in piece.links) > len(piece.text) * _HALF


def _in_run(place: int, places: Container[int]) -> bool:
    """Return whether this and two beside it are in a set: one alone may head what stands below it."""
    return any(all(i in places for i in range(n, n + _LIST)) for n in range(place - _LIST + 1, place + 1))


def quoted_runs(pieces: Sequence[Piece]) -> set[int]:
    """Find runs of entries or paragraphs that each stand in quotation marks and mostly end as sentences do."""
    found: set[int] = set()
    for is_run, places in groupby(range(len(pieces)), key=lambda i: begins_quoted(pieces[i].text)):
        run = list(places) if is_run else []
        sentences = sum(bool(_SAID.search(pieces[i].text)) for i in run)
        if len(run) > 1 and sentences * 2 > len(run):
            found.update(run)
    return found


def _below_transcript_labels(pieces: Sequence[Piece]) -> Iterator[int]:
    """Find "Transcript:" and the paragraphs below it, as Snipd shares clips."""
    inside = False
    for i, piece in enumerate(pieces):
        first, _, below = piece.text.partition("\n")
        label = piece.kind == "text" and first.endswith((":", "：")) and role_of(first) == "skip"
        inside = piece.kind == "text" and not piece.is_bold and (inside or (label and is_one_of("transcript", first)))
        if inside or (label and below):
            yield i


def _spoken(pieces: Sequence[Piece], times: Sequence[Sequence[Timed] | None]) -> set[int]:
    """Find a transcript: paragraphs with times that are no list, from the first on to what is no paragraph."""
    found: set[int] = set()
    for is_text, places in groupby(range(len(pieces)), key=lambda i: pieces[i].kind == "text"):
        run = list(places) if is_text else []
        said = [i for i in run if times[i] is None and pieces[i].text[-1] in ".!?…"]
        if len(said) > 1:
            found.update(i for i in run if i >= said[0])
    return found


def all_described(marks: Sequence[Timed]) -> bool:
    """Return whether the titles of a list of times go on with a sentence each."""
    said = [below for one in marks if (below := described(one.title)[1])]
    sentences = sum(below[-1] in SENTENCE_ENDS for below in said)
    return len(said) >= _LIST and len(said) >= len(marks) * _SHARE and sentences >= len(said) * _SHARE


def described(title: str) -> tuple[str, str]:
    """Part "The quorum — thirty scouts at one place decide." into a title and what is said below it."""
    found = _DESCRIBED.fullmatch(title)
    return (found["title"], found["said"]) if found else (title, "")
