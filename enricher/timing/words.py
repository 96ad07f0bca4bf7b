"""Words as quotes and transcripts are compared by: folded, without fillers, numbers as digits, one spelling.

Both sides go through the same mill, so a rule may be coarse: it only has to give two spellings of one thing one form.
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from enricher.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Word = tuple[str, int]
"""A normal word and the place of the written word that it comes from."""

_THOUSANDS = re.compile(r"(?<=\d)[,\u2019'](?=\d{3}(?!\d))")
# Scripts that put no spaces between words: each character is a word of its own.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # kana and Han
)
_PIECES = re.compile(f"[{_UNSPACED}]|[^{_UNSPACED}]+")

_FILLERS = frozenset(
    ("um", "uh", "uhm", "umm", "er", "erm", "ah", "eh", "hm", "hmm", "mm", "mhm", "mmm", "like", "ahm", "ohm", "euh")
)
_FILLER_PAIRS = frozenset({("you", "know"), ("i", "mean"), ("sort", "of"), ("kind", "of")})
_LONG_FORMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "gonna": ("going", "to"),
        "wanna": ("want", "to"),
        "gotta": ("got", "to"),
        "gimme": ("give", "me"),
        "dunno": ("do", "not", "know"),
        "cannot": ("can", "not"),
        "cant": ("can", "not"),
        "wont": ("will", "not"),
        "lets": ("let", "us"),
        "im": ("i", "am"),
        "cause": ("because",),
        "cuz": ("because",),
        "okay": ("ok",),
        "percent": (),
        "yep": ("yeah",),
        "yes": ("yeah",),
        **{f"{verb}nt": (verb, "not") for verb in ("do", "does", "did", "is", "are", "was", "were", "would")},
        **{f"{verb}nt": (verb, "not") for verb in ("could", "should", "have", "has", "had")},
        **{f"{who}ve": (who, "have") for who in ["i", "you", "we", "they"]},
        **{f"{who}re": (who, "are") for who in ["you", "they"]},
        **{f"{who}s": (who, "is") for who in ["that", "what", "he", "she", "there", "it", "who", "here", "where"]},
    }
)
_TO_NINE = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TIES = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_UNITS: Mapping[str, int] = MappingProxyType({word: value for value, word in enumerate((*_TO_NINE, *_TEENS))})
_TENS: Mapping[str, int] = MappingProxyType({word: 10 * n for n, word in enumerate(_TIES, start=2)})
_SCALES: Mapping[str, int] = MappingProxyType({"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9})
_NTHS = ("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINALS: Mapping[str, str] = MappingProxyType(
    {word: f"{n}th" for n, word in enumerate(_NTHS, start=3)} | {"first": "1st", "3rd": "3th", "2nd": "second"}
)
_SPELLINGS = tuple(
    (re.compile(pattern), american)
    for pattern, american in (
        (r"(?<=\w{3})is(e|ed|es|er|ers|ing|ation|ations)$", r"iz\1"),
        (r"(?<=\w{2})ys(e|ed|es|ing)$", r"yz\1"),
        (r"(?<=\w{2})our(s|ed|ing|ful|ite|ites|able|al|hood)?$", r"or\1"),
        (r"(?<=\w{2}[bdt])re(s)?$", r"er\1"),
        (r"(?<=\w{2})ll(ed|ing|er|ers)$", r"l\1"),
        (r"(?<=\w{2})ogue(s)?$", r"og\1"),
        (r"(?<=\w{3})ence$", r"ense"),
        (r"(?<=\w{2})mme(s)?$", r"m\1"),
        (r"^grey", r"gray"),
        (r"(?<=\w{2})aeo", r"eo"),
    )
)


def words_of(text: str) -> list[str]:
    """Split text into folded words as they are written; scripts without spaces into characters."""
    folded = fold(_THOUSANDS.sub("", text))
    if folded.isascii():
        return folded.split()
    return [piece for word in folded.split() for piece in _PIECES.findall(word)]


def normal(words: Sequence[str]) -> list[Word]:
    """Give the words' normal forms in order, each with the place of its written word."""
    return list(_once(_numbers(_plain(words))))


def _plain(words: Sequence[str]) -> Iterator[Word]:
    """Drop fillers, write short forms out, and spell as Americans do."""
    pair = -1
    for i, word in enumerate(words):
        if i == pair or word in _FILLERS:
            continue
        if i + 1 < len(words) and (word, words[i + 1]) in _FILLER_PAIRS:
            pair = i + 1
            continue
        for long in _LONG_FORMS.get(word, (word,)):
            yield _american(long), i


@lru_cache(maxsize=65536)
def _american(word: str) -> str:
    if len(word) < 5 or not word.isascii():  # noqa: PLR2004 shorter words are spelt alike
        return _ORDINALS.get(word, word)
    for pattern, american in _SPELLINGS:
        word, changed = pattern.subn(american, word)
        if changed:
            return word
    return _ORDINALS.get(word, word)


def _numbers(words: Iterator[Word]) -> Iterator[Word]:
    """Write runs of number words as digits: "two thousand twenty two" and "2022" become one word."""
    run: list[Word] = []
    for word in words:
        if word[0] in _UNITS or word[0] in _TENS or (run and word[0] in _SCALES) or _is_count(word[0]):
            run.append(word)
            continue
        yield from _digits(run)
        run = []
        yield word
    yield from _digits(run)


def _is_count(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 10  # noqa: PLR2004 longer ones are no amounts


def _digits(run: Sequence[Word]) -> Iterator[Word]:
    """Read a run of number words as one or several numbers."""
    total = part = 0
    last = 0  # the size of what was read last: only something smaller can still belong to the number
    place = -1
    for word, at in run:
        scale = _SCALES.get(word)
        value = scale or _value(word)
        if place >= 0 and not scale and not _continues(part, value, last):
            yield str(total + part), place
            total = part = 0
            place = -1
        place = at if place < 0 else place
        if scale == 100:  # noqa: PLR2004 hundred, which multiplies what stands before it within a thousand
            part = (part or 1) * scale
        elif scale:
            total, part = total + (part or 1) * scale, 0
        else:
            part = part * 100 + value if last and _is_year(part, value, last) else part + value
        last = scale or value or 1
    if place >= 0:
        yield str(total + part), place


def _value(word: str) -> int:
    return _UNITS[word] if word in _UNITS else _TENS[word] if word in _TENS else int(word)


def _continues(part: int, value: int, last: int) -> bool:
    """Tell whether a value still belongs to the number: twenty + two, hundred + anything less, nineteen + eighty."""
    if last >= 100:  # noqa: PLR2004 after a scale, or after digits
        return value < last and (last in _SCALES.values())
    return (last in _TENS.values() and 0 < value < 10 and part % 10 == 0) or _is_year(part, value, last)  # noqa: PLR2004


def _is_year(part: int, value: int, last: int) -> bool:
    return part == last and 18 <= part <= 20 and 10 <= value <= 99  # noqa: PLR2004 nineteen eighty, twenty twenty


def _once(words: Iterator[Word]) -> Iterator[Word]:
    """Say a stammered word once."""
    before = ""
    for word, at in words:
        if word != before or not word.isascii():
            yield word, at
        before = word
