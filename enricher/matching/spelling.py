"""Whether two titles that are alike in their letters say the same: word by word."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from enricher.matching.vocabulary import FILLING

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    """Check whether two words are one, with a letter more, less, changed or exchanged behind the first.

    Only in scripts that know capital letters: elsewhere one character is a word (前編 and 後編: two parts).
    """
    if one == other or FILLING.issuperset([one, other]):
        return True
    if min(len(one), len(other)) < _TOO_SHORT or one[0] != other[0]:
        return False
    is_alphabet = all(letter.upper() != letter.lower() for letter in one + other)
    return is_alphabet and OSA.distance(one, other) == 1
