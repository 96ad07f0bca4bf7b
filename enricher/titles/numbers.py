"""The number of an episode in a title, at its beginning or with the show's name at its end."""

from __future__ import annotations

import re

from enricher.text import BRACKETED, one_line
from enricher.titles.words import NUMBER_AT, content_words, flatten, read_number

_PIPE = re.compile(r"[|｜]")
_LONGEST = 400  # characters at the end of a title in which show and number are looked for
_ABBREVIATED = re.compile(r"(?:no |nr |e)\d")  # "Field Notes No. 7", "Field Notes E7", but not "Vitamin E 7"


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
