"""A title as folded words, the places where it falls apart, and the numbers among its words."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from enricher.text import fold
from enricher.titles.vocabulary import FOREIGN, JOINING, LABELS, NUMERALS, PARTS, ROMAN, WEAK_LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator

Number = tuple[int | None, int]
"""The season where it is known, and the episode's number."""

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
