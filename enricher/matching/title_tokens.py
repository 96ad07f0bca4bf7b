"""A title as folded words and the places where it falls apart."""

from __future__ import annotations

import re
import unicodedata

from enricher.matching.vocabulary import HASH, REPEATED, SEP
from enricher.text import fold

_LONGEST = 2000  # characters of a title that are looked at
# "10:30" and "2019-20", with whatever dash, are no places where a title falls apart.
_SEPARATOR = re.compile(
    "\\s[-\u2010-\u2015~/]+\\s|[|()\\[\\]{}\u2022\u00b7\u2503]|(?<!\\d)[:\u2013\u2014]|[:\u2013\u2014](?!\\d)"
)
_PIECES = re.compile(r"(\||#(?=\s?\d))")
# Folding would make one of "C", "C++" and "C#".
_PLUSES = re.compile(r"(?<![^\W_])([A-Za-z])\+\+")
_SHARP = re.compile(r"(?<![^\W_])([A-Za-z])#(?!\w)")


def tokens_of(text: str) -> list[str]:
    """Give the folded words, and `|` and `#` where pieces part and numbers are marked."""
    text = unicodedata.normalize("NFKC", text[:_LONGEST])
    text = REPEATED.sub(r"re\1", text)
    text = _SHARP.sub(r"\1sharp", _PLUSES.sub(r"\1plusplus", text))
    tokens: list[str] = []
    for piece in _PIECES.split(_SEPARATOR.sub(" | ", text)):
        if piece in (SEP, HASH):
            if tokens[-1:] != [SEP] or piece == HASH:
                tokens.append(piece)
        else:
            tokens.extend(plain(word) for word in fold(piece).split())
    return tokens


def plain(word: str) -> str:
    """Write a number without leading zeros, in European digits."""
    return str(int(word)) if word.isdecimal() and len(word) < _LONGEST else word
