"""Whether two titles that are alike in their letters say the same: word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from enricher.titles.vocabulary import FILLING, INFLECTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

_DOUBLED = re.compile(r"(.)\1")
_TOO_SHORT = 5
"""Letters: "Ann" is not "Anna", and "Ben" is not "Len"."""


def telling_difference(one: Sequence[str], other: Sequence[str]) -> str | None:
    """Return the words in which two titles differ by more than spelling, for people; None where there are none.

    "Morning Prayer for Monday" and "Morning Prayer for Sunday" are 94 % alike and two episodes, like those with Ann
    Lee and Dan Lee, and like the men's final and the women's. "Honey Bees" are "honeybees", and to "decide" may be
    "decided". A word that only one title has is a difference too, unless it says nothing.
    """
    # Without autojunk: what a long title repeats tells as much as the rest of it.
    for _, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        mine, theirs = one[a:b], other[c:d]
        if not _is_spelling(mine, theirs):
            return " and ".join(f"\u201c{' '.join(words)}\u201d" for words in (mine, theirs) if words)
    return None


def _is_spelling(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    if FILLING.issuperset([*mine, *theirs]):
        return True
    if len(mine) != len(theirs):  # "honey bees" and "honeybees"
        mine, theirs = ["".join(mine)], ["".join(theirs)]
    return all(map(_is_misspelt, mine, theirs))


def _is_misspelt(one: str, other: str) -> bool:
    """Check whether two words are one, inflected ("decide", "decided") or with a letter doubled ("wagle", "waggle").

    Any other letter may tell: Mario is not Maria, the morning no mourning, and Brian no brain. Only in scripts that
    know capital letters: elsewhere one character is a word (前編 and 後編: two parts).
    """
    if one == other or FILLING.issuperset([one, other]):
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < _TOO_SHORT or any(letter.upper() == letter.lower() for letter in one + other):
        return False
    is_inflected = longer.startswith(shorter) and longer[len(shorter) :] in INFLECTIONS
    return is_inflected or _DOUBLED.sub(r"\1", one) == _DOUBLED.sub(r"\1", other)
