"""A title as folded words, the places where it falls apart, and the numbers among its words."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from enricher.text import fold
from enricher.titles.vocabulary import FOREIGN, JOINING, NUMERALS, PARTS, ROMAN

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 2000  # characters of a title that are read: a feed may hold a megabyte of them
# Where a title falls apart. Not at "10:30" and "2019-20", with whatever dash, nor at "Jean-Luc".
_SEPARATOR = re.compile(
    "\\s[-\u2010-\u2015~/]+\\s|[|()\\[\\]{}\u2022\u00b7\u2503]|(?<!\\d)[:\u2013\u2014]|[:\u2013\u2014](?!\\d)"
)
_PIECES = re.compile(r"(\||#(?=\s?\d))")
# Folding would make one of "C", "C++" and "C#".
_PLUSES = re.compile(r"(?<![^\W_])([A-Za-z])\+\+")
_SHARP = re.compile(r"(?<![^\W_])([A-Za-z])#(?!\w)")
_THOUSANDS = re.compile(r"(#\s?\d{1,3}),(?=\d{3}\b)")  # "Field Notes #1,024"
# "Re-run" and "re run" are "rerun", one of KINDS.
_REPEATED = re.compile(r"\bre[- \u2010\u2011](run|air|broadcast|issue|play|release|post)(?:s|ed)?\b", re.IGNORECASE)

_RUNS = re.compile(r"\d+(?:[a-z]$)?")  # "Notes 58a" is not "Notes 58b"


class Digit(NamedTuple):
    """A number inside a title."""

    value: str
    bare: bool
    """Plain digits that no word such as "Part" belongs to: they may be the episode's number."""


def flatten(text: str) -> str:
    """Return the folded words, `|` where pieces part and `#` before numbers, each with a space behind it."""
    text = unicodedata.normalize("NFKC", text[:_LONGEST])
    text = _REPEATED.sub(r"re\1", text)
    if "#" in text or "+" in text:
        text = _SHARP.sub(r"\1sharp", _PLUSES.sub(r"\1plusplus", _THOUSANDS.sub(r"\1", text)))
    tokens: list[str] = []
    for piece in _PIECES.split(_SEPARATOR.sub(" | ", text)):
        if piece == "#" or (piece == "|" and tokens[-1:] != ["|"]):
            tokens.append(piece)
        elif piece != "|":
            # "012" and "١٢" are 12
            tokens.extend(str(int(word)) if word.isdecimal() else word for word in fold(piece).split())
    return " ".join((*tokens, ""))


def content_words(text: str) -> tuple[str, ...]:
    """Return the words of a flat title by which titles are compared: "Part II" is "part 2", "A & B" is "A and B"."""
    words = [word for word in text.split() if word not in ("|", "#")]
    words = [word for word in words if word not in JOINING] or words
    for i, word in enumerate(words[1:], start=1):
        value = ROMAN.get(word) or NUMERALS.get(word) or FOREIGN.get(word)
        if value and words[i - 1] in PARTS:
            words[i] = str(value)
    return tuple(words)


def digits_of(words: tuple[str, ...]) -> Iterator[Digit]:
    """Find the numbers that these words say in whatever way: two titles with other numbers are two episodes."""
    for i, word in enumerate(words):
        value = NUMERALS.get(word) or ROMAN.get(word)
        # "Malcolm X" ends with a letter that may be a numeral; "I, Claudius" does not begin with one.
        if value and (len(word) > 1 or i == len(words) - 1):
            yield Digit(str(value), bare=False)
        else:
            for run in _RUNS.findall(word):
                yield Digit(str(int(run)) if run.isdecimal() else run, bare=i == 0 or words[i - 1] not in PARTS)
