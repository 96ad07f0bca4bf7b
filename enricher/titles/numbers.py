"""The number of an episode in a title: "#12", "Episode 12", "S2E5", "第12期", and where it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from enricher.text import BRACKETED, one_line
from enricher.titles.vocabulary import LABELS, WEAK_LABELS
from enricher.titles.words import content_words, flatten

if TYPE_CHECKING:
    from collections.abc import Iterator

Number = tuple[int | None, int]
"""The season where it is known, and the episode's number."""

_PIPE = re.compile(r"[|｜]")
_LONGEST = 400  # characters at the end of a title in which show and number are looked for
_ABBREVIATED = re.compile(r"(?:no |nr |e)\d")  # "Field Notes No. 7", "Field Notes E7", but not "Vitamin E 7"
_NUMBER = "|".join(
    (
        # "S2E5", "S02 E05", "Season 2, Episode 5", "Staffel 2 | Folge 5"
        r"(?:s|season|staffel) ?(?P<season>\d{1,4}) ?(?:\| )?(?:e|ep|episode|folge) ?(?:# )?(\d{1,5}) ",
        # "Ep12", "Folge12", "第12期"
        r"(?:episode|eps?|folge)(\d{1,5}) ",
        r"第(\d{1,5})[期集回话話] ",
        # "Episode 12", "Episode #12", "#12", "Podcast #12"; even a year: "Episode 2019"
        rf"(?:{'|'.join(sorted(LABELS))}) (?:# )?(\d{{1,5}}) ",
        rf"(?:(?:{'|'.join(sorted(WEAK_LABELS))}) )?# (\d{{1,5}}) ",
        # "12", "No. 12", "E12", but no year: "2020: A Year", "E3 2019"
        rf"(?:e|(?:{'|'.join(sorted(WEAK_LABELS))}) )?(?P<loose>(?!(?:19|20)\d\d )\d{{1,4}}) ",
    )
)
NUMBER_AT = re.compile(_NUMBER)
"""An episode's number, to be matched where a word of a flat title begins."""


def show_and_number(title: str) -> tuple[str | None, int | None]:
    """Read the show and the number that a page's title ends with: `… | Show #12`, `… | Show | Episode 12 | Site`."""
    pieces = _PIPE.split(one_line(title[-_LONGEST:]))[1:]
    for at, piece in reversed(list(enumerate(pieces))):
        # "Field Notes #12 (Part 2)", but "Field Notes (Episode 12)"
        for words in (piece.split(), BRACKETED.sub(" ", piece).split()):
            for cut in range(max(0, len(words) - 4), len(words)):
                flat = flatten(" ".join(words[cut:])).removeprefix("| ").removesuffix("| ")
                found = NUMBER_AT.fullmatch(flat)
                labelled = found and (found["loose"] is None or _ABBREVIATED.match(flat))
                # "The Daily Show #12" is not show 12 of "The Daily".
                if found and labelled and not flat.startswith(("show ", "podcast ")):
                    show = " ".join(words[:cut]) or (pieces[at - 1] if at else "")
                    return show.strip(" -–—,:(") or None, read_number(found)[0][1]
    return None, None


def last_piece(title: str) -> tuple[str, ...]:
    """Return the words behind the last `|` of a title, which may name a show; none where there is no `|`."""
    return content_words(flatten(_PIPE.split(title[-_LONGEST:])[-1])) if _PIPE.search(title) else ()


def leading_number(title: str) -> int | None:
    """Return the number that a title begins with: "#61 – Swarms", "61: Swarms", "Episode 61", "第61回 Swarms".

    "3. Advent" has none, and that of "-1: Before the beginning" is not 1.
    """
    flat = "" if title.startswith(("-", "–", "−")) else flatten(title)
    found = NUMBER_AT.match(flat)
    return read_number(found)[0][1] if found and flat[found.end() :] and leads(found, flat, named=False) else None


def leads(found: re.Match[str], text: str, *, named: bool) -> bool:
    """Check that a number which leads a title, or follows the show's name there, is the episode's."""
    behind = text[found.end() :]
    if found["loose"] is None or not behind:
        return True
    # "Bee 01/28/2014" is a date; "10 great apps" are ten, "012: Bees" is a number.
    return not behind.split()[0].isdecimal() if named else behind.startswith("|")


def read_number(found: re.Match[str]) -> tuple[Number, bool]:
    """Return the number that NUMBER_AT matched, and whether it is labelled as an episode's."""
    season = found["season"]
    return (int(season) if season else None, int(found[found.lastindex or 0])), found["loose"] is None


def numbers_at_end(text: str) -> Iterator[tuple[int, Number, bool]]:
    """Find the numbers that end a flat title: where each begins, itself, whether it is labelled.

    "podcast # 12" is read in three ways, by its last one, two and three words; who knows the show's name chooses.
    """
    # Most titles end with a word; "第12期" ends with one that counts.
    if not (text[-2:-1].isdecimal() or text[-2:-1] in "期集回话話"):
        return
    at = len(text)
    for _ in range(6):  # "season 2 | episode # 5" is the longest
        at = text.rfind(" ", 0, max(at - 1, 0)) + 1
        if found := NUMBER_AT.fullmatch(text, at):
            yield (at, *read_number(found))
        if at == 0:
            return


def same_number(one: Number, other: Number) -> bool:
    """Check that two numbers mean one episode; a season that only one names is no difference."""
    return one[1] == other[1] and (None in (one[0], other[0]) or one[0] == other[0])
