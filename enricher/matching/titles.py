"""What a title says beside its decorations: its words, its episode number, the digits that tell parts apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from enricher.matching.title_numbers import Form, Number, number_at
from enricher.matching.title_tokens import plain, tokens_of
from enricher.matching.vocabulary import (
    FOREIGN,
    GENERIC,
    HASH,
    JOINING,
    KINDS,
    MOST_DIGITS,
    NUMERALS,
    PARTS,
    ROMAN,
    SEP,
    SITES,
    TELLING,
)
from enricher.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Shows = tuple[tuple[str, ...], ...]
"""The folded words of every name by which titles call the show, longest first."""

_RUNS = re.compile(r"\d+(?:[a-z]$)?")  # "58a" is not "58b"
_SITE = 4
"""So many words may name a site."""
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")


class Digit(NamedTuple):
    """A number inside a title."""

    value: str
    bare: bool
    """Plain digits that no word such as "Part" belongs to: they may be the episode's number."""


@dataclass(frozen=True, slots=True)
class Title:
    """A title, folded, with show name and episode number set apart."""

    words: tuple[str, ...]
    number: Number | None = None
    firm: bool = False
    """The number is labelled as one (`#12`, `Episode 12`, `Show 12`) or leads the title with its season."""
    digits: tuple[Digit, ...] = ()
    stem: tuple[str, ...] = ()
    """The words without a number at their end that may be the episode's."""

    @property
    def text(self) -> str:
        """The words, parted by one space."""
        return " ".join(self.words)

    @property
    def keys(self) -> tuple[str, ...]:
        """What equal titles share: the words, or the stem, without spaces; the number where there are no words."""
        spelled = dict.fromkeys(key for key in ("".join(self.words), "".join(self.stem)) if key)
        return tuple(spelled) or ((f"#{self.number[1]}",) if self.number else ())

    @property
    def kinds(self) -> frozenset[str]:
        """What makes it another thing than the plain episode, such as `bonus` or `trailer`."""
        return KINDS.intersection(self.words)

    @property
    def generic(self) -> bool:
        """Whether any show may have an episode of this title: nothing but "Trailer", "Best of 2019" or a number."""
        return all(word in GENERIC or word.isdecimal() for word in self.words)


def show_key(name: str) -> str:
    """Reduce a show's name to what names are compared by: folded, without a leading "The" and a trailing "Podcast"."""
    words = fold(_BRACKETS.sub("", name)).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    if len(words) > 1 and words[-1] == "podcast":
        words = words[:-1]
    return " ".join(words)


def show_names(names: Iterable[str | None]) -> Shows:
    """Give every form in which titles carry these show names: whole, without "The", "Podcast", subtitle or brackets."""
    found: set[tuple[str, ...]] = set()
    for name in names:
        tokens = tokens_of(name or "")
        head = tokens[: tokens.index(SEP)] if SEP in tokens else tokens
        bare = tokens_of(_BRACKETS.sub("", name or ""))
        for words in (tokens, head, bare):
            found.update(_shortened(tuple(word for word in words if word not in (SEP, HASH))))
    return tuple(sorted((words for words in found if len("".join(words)) > 1), key=lambda words: (-len(words), words)))


def _shortened(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield words
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
        yield words
    if len(words) > 1 and words[-1] in ("podcast", "show"):
        yield words[:-1]


def read_title(text: str, shows: Shows = (), known: int | None = None) -> Title:
    """Set show name and number apart from a title; `known` is a number that bears out an unlabelled one at the end."""
    tokens = tokens_of(text)
    start, number, firm = _from_left(tokens, shows)
    rest = _Rest(tokens, start, shows, known)
    end, number, firm = _from_right(rest, number, firm=firm)
    words, stem = _content(tokens[start:end]), _content(_stem(rest, end))
    if not words and number is None:
        words = stem = _content(tokens)
    return Title(words, number, firm, tuple(_digits(words)), stem)


def _content(tokens: Sequence[str]) -> tuple[str, ...]:
    words = [token for token in tokens if token not in (SEP, HASH)]
    words = [word for word in words if word not in JOINING] or words
    for i, word in enumerate(words[1:], start=1):
        value = ROMAN.get(word) or NUMERALS.get(word) or FOREIGN.get(word)
        if value and words[i - 1] in PARTS:
            words[i] = str(value)
    return tuple(words)


def _digits(words: Sequence[str]) -> Iterator[Digit]:
    for i, word in enumerate(words):
        value = NUMERALS.get(word) or ROMAN.get(word)
        if value and (len(word) > 1 or i == len(words) - 1):
            yield Digit(str(value), bare=False)
        else:
            for run in _RUNS.findall(word):
                yield Digit(plain(run), bare=i == 0 or words[i - 1] not in PARTS)


# Numbers and show names at the edges


def _from_left(tokens: Sequence[str], shows: Shows) -> tuple[int, Number | None, bool]:
    """Take show names and the number off the front: where the rest begins, the number, whether it is firm."""
    at, number, firm = _past_separators(tokens, 0), None, False
    while at < len(tokens):
        shown = _show_at(tokens, at, shows)
        found = None if number else (_glued_show(tokens, at, shows) or _leading(tokens, shown, named=shown > at))
        if found:
            number, at, firm = found.number, found.end, found.firm or shown > at
        elif shown > at and (shown == len(tokens) or tokens[shown] == SEP):
            at = shown
        else:
            break
        at = _past_separators(tokens, at)
    return at, number, firm


def _leading(tokens: Sequence[str], at: int, *, named: bool) -> Form | None:
    """Read a number that leads a title or follows the show's name there."""
    found = number_at(tokens, at, len(tokens))
    if found is None or found.firm or found.end == len(tokens):
        return found
    following = tokens[found.end]
    return found if (not following.isdecimal() if named else following == SEP) else None


def _glued_show(tokens: Sequence[str], at: int, shows: Shows) -> Form | None:
    """Read `CRE207`: the show's short name with the number stuck to it."""
    for show in shows:
        if len(show) == 1 and tokens[at].startswith(show[0]):
            number = tokens[at].removeprefix(show[0])
            if number.isdecimal() and len(number) <= MOST_DIGITS:
                return Form((None, int(number)), at + 1, firm=True)
    return None


def _past_separators(tokens: Sequence[str], at: int) -> int:
    while at < len(tokens) and tokens[at] == SEP:
        at += 1
    return at


def _show_at(tokens: Sequence[str], at: int, shows: Shows) -> int:
    """Give the place after the show's name that begins here, or here."""
    for show in shows:
        here, found = at, 0
        while here < len(tokens) and found < len(show) and tokens[here] in (show[found], SEP):
            found += tokens[here] != SEP
            here += 1
        if found == len(show):
            return here
    return at


class _Rest(NamedTuple):
    """What is left of a title after its front."""

    tokens: Sequence[str]
    start: int
    shows: Shows
    known: int | None


def _from_right(rest: _Rest, number: Number | None, *, firm: bool) -> tuple[int, Number | None, bool]:
    """Take show names and the number off the end: where the rest ends, the number, whether it is firm."""
    end = _without_site(rest)
    while end > rest.start:
        shown = _show_before(rest, end)
        found = _trailing(rest, end)
        if rest.tokens[end - 1] == SEP:
            end -= 1
        elif shown < end and _stands_apart(rest, shown):
            end = shown
        elif found and found.certain and (number is None or _agrees(number, found.number)):
            number = found.number if number is None or number[0] is None else number
            end, firm = found.start, firm or found.labelled
        else:
            break
    return end, number, firm


def _without_site(rest: _Rest) -> int:
    """Give the place where the name of a site begins that stands behind the show's: `… | Show #N | Site`."""
    tokens = rest.tokens
    for at in range(len(tokens) - 1, rest.start, -1):
        tail = tokens[at + 1 :]
        if len(tail) > _SITE:
            break
        is_site = SITES.intersection(tail) and not any(word in TELLING or not word.isalpha() for word in tail)
        if tokens[at] != SEP or not is_site:
            continue
        numbers = [n for n in range(max(rest.start, at - 3), at) if _ends_at(tokens, n, at)]
        shows = ((_show_before(rest, end), end) for end in (at, *numbers))
        if any(rest.start < shown < end and tokens[shown - 1] == SEP for shown, end in shows):
            return at
    return len(tokens)


def _ends_at(tokens: Sequence[str], at: int, end: int) -> bool:
    found = number_at(tokens, at, end)
    return found is not None and found.firm and found.end == end


def _stem(rest: _Rest, end: int) -> Sequence[str]:
    """Give the words without a number at their end that nothing bears out: `Best of #3`, `Rocky 2`."""
    found = _trailing(rest, end)
    return rest.tokens[rest.start : found.start if found and found.start > rest.start else end]


def _agrees(one: Number, other: Number) -> bool:
    return one[1] == other[1] and (None in (one[0], other[0]) or one[0] == other[0])


def _stands_apart(rest: _Rest, at: int) -> bool:
    return at == rest.start or rest.tokens[at - 1] == SEP


class _Trailing(NamedTuple):
    """A number that ends a title, with the show's name before it."""

    start: int
    number: Number
    labelled: bool
    certain: bool
    """It is the episode's: it follows the show's name, stands apart with a label, or is known from elsewhere."""


def _trailing(rest: _Rest, end: int) -> _Trailing | None:
    ends: list[_Trailing] = []
    for at in range(max(rest.start, end - 6), end):
        found = number_at(rest.tokens, at, end)
        if found is None or found.end != end:
            continue
        shown, apart = _show_before(rest, at), _stands_apart(rest, at)
        labelled = shown < at or (found.firm and apart)
        known = found.number[1] == rest.known and (found.firm or apart)
        ends.append(_Trailing(shown, found.number, labelled, certain=labelled or known))
    return min(ends, key=lambda trailing: trailing.start, default=None)


def _show_before(rest: _Rest, end: int) -> int:
    """Give the place where the show's name that ends here begins, or here."""
    for show in rest.shows:
        here, left = end, len(show)
        while here > rest.start and left and rest.tokens[here - 1] in (show[left - 1], SEP):
            left -= rest.tokens[here - 1] != SEP
            here -= 1
        if not left:
            return here
    return end
