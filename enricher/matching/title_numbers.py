"""An episode's number, in the forms in which titles write it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from enricher.matching.vocabulary import GLUED, HASH, LABELS, MOST_DIGITS, SEASONED, SEP, WEAK_LABELS, YEARS

if TYPE_CHECKING:
    from collections.abc import Sequence

Number = tuple[int | None, int]
"""The season where it is known, and the episode's number."""


_DIGIT = re.compile(r"\d")


class Form(NamedTuple):
    """A number among the words of a title: itself, the place after it, and whether it is labelled as one."""

    number: Number
    end: int
    firm: bool


def number_at(tokens: Sequence[str], at: int, end: int) -> Form | None:
    """Read an episode number that begins at a token."""
    ahead = tokens[at : min(at + 6, end)]
    if not ahead or ahead[0] == SEP:
        return None
    if found := _seasoned(ahead):
        return Form(found[0], at + found[1], firm=True)
    if glued := GLUED.fullmatch(ahead[0]):
        return Form((None, int(glued[1] or glued[2])), at + 1, firm=ahead[0][0] != "e" or ahead[0][1] == "p")
    label = ahead[0] in LABELS or ahead[0] in WEAK_LABELS
    rest = ahead[1:] if label else ahead
    marked = rest[:1] == [HASH]
    rest = rest[1:] if marked else rest
    if not rest or not rest[0].isdecimal() or len(rest[0]) > MOST_DIGITS + 1:
        return None
    firm = marked or ahead[0] in LABELS
    if not firm and (len(rest[0]) > MOST_DIGITS or int(rest[0]) in YEARS):
        return None
    return Form((None, int(rest[0])), at + label + marked + 1, firm)


def _seasoned(ahead: Sequence[str]) -> tuple[Number, int] | None:
    """Read `S2E5`, `S2 E5` or `Season 2 Episode 5`, and how many tokens it takes."""
    words = [token for token in ahead if token not in (SEP, HASH)]
    if not _DIGIT.search("".join(words[:4])):
        return None
    for taken, written in ((1, words[0:1]), (2, words[0:2]), (4, words[0:4])):
        joined = "".join(written)
        if taken == 4:  # noqa: PLR2004 season, its number, episode, its number
            joined = re.sub("^(?:season|staffel)", "s", re.sub("(?:episode|ep|folge)(?=\\d+$)", "e", joined))
        if len(written) == taken and (found := SEASONED.fullmatch(joined)):
            last = _nth_word(ahead, taken)
            return (int(found[1]), int(found[2])), last + 1
    return None


def _nth_word(ahead: Sequence[str], n: int) -> int:
    places = [i for i, token in enumerate(ahead) if token not in (SEP, HASH)]
    return places[n - 1]
