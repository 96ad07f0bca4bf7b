"""What a title says: its own words; apart from them show name and number; the digits that tell parts apart."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from enricher.matching.shows import show_key
from enricher.text import BRACKETED
from enricher.titles.numbers import NUMBER_AT, Number, leads, numbers_at_end, read_number, same_number, show_and_number
from enricher.titles.vocabulary import GENERIC, KINDS, LABELS, PARTS, SITES, TELLING, WEAK_LABELS
from enricher.titles.words import Digit, content_words, digits_of, flatten

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from enricher.model.summary import Summary

Shows = tuple[str, ...]
"""Every name by which titles call the show, as `flatten` writes them, longest first."""

_SITE = re.compile(r"\| ((?:[^\W\d_]+ ){1,4})$")
_NAME_AND_NUMBER = re.compile(r"([^\d#]+ )(?:# )?(\d{1,5}) ")
_GLUED = re.compile(r"([^\W\d_]{2,6})(\d{2,5}) ")  # "PS5" is no fifth episode
_LEADING = re.compile(r"\s*(\d{1,4})[.)]\s+(?=\S)")
_SHARED = 2  # titles: one shares nothing
_MANY_SHARED = 5


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
    named: bool = False
    """A name of the show stood before or behind them."""

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


def show_names(names: Iterable[str | None]) -> Shows:
    """Return every form in which titles carry these names: whole, without "The", "Podcast", subtitle or brackets."""
    found: set[str] = set()
    for name in filter(None, names):
        flat = flatten(name).replace("# ", "")
        for form in (flat, flat.removeprefix("| ").partition("| ")[0], flatten(BRACKETED.sub(" ", name))):
            whole = form.removeprefix("| ").removesuffix("| ")
            bare = whole.removeprefix("the ")
            found |= {whole, bare, whole.replace("| ", ""), bare.replace("| ", "")}
            found.update(bare.removesuffix(end) for end in ("podcast ", "show ") if bare.endswith(f" {end}"))
    # A show of one letter would be found everywhere.
    return tuple(sorted((form for form in found if len(form) > 2), key=lambda form: (-len(form), form)))  # noqa: PLR2004


def shared_names(titles: Iterable[str]) -> Shows:
    """Learn what most titles of a feed begin or end with beside a separator: `… | LUP 227`, `Hive Talk: …`.

    A name that a number follows, another one each time, is learnt from a fifth of the titles, another from half.
    """
    numbers: dict[str, list[str]] = defaultdict(list)
    total = 0
    for total, title in enumerate(titles, start=1):  # noqa: B007 counted on the way
        pieces = flatten(title).strip("| ").split(" | ")
        if glued := _GLUED.match(pieces[0]):  # "LK067 Night passage"
            numbers[f"{glued[1]} "].append(glued[2])
        for piece in {pieces[0], pieces[-1]} if len(pieces) > 1 else ():
            found = _NAME_AND_NUMBER.fullmatch(f"{piece} ")
            name, number = (found[1], found[2]) if found else (f"{piece} ", "")
            numbers[name].append(number)
    tells_nothing = GENERIC | TELLING | LABELS | WEAK_LABELS
    return tuple(
        name
        for name, every in numbers.items()
        if len(name) > 2 and not tells_nothing.issuperset(name.split()) and name.split()[-1] not in PARTS  # noqa: PLR2004 as above
        and _is_shared(len(name.split()), len([one for one in every if one]), len({*every} - {""}), len(every), total)
    )  # fmt: skip


def number_apart(title: str) -> str:
    """Return "44. Why tides matter" with its number set apart."""
    return _LEADING.sub(r"\1: ", title, count=1)


def numbers_lead(titles: Sequence[str]) -> bool:
    """Check whether most titles of a feed begin as "44. Why tides matter" does; "3. Advent" is no episode 3."""
    numbers = [found[1] for found in map(_LEADING.match, titles) if found]
    many = len(numbers) >= _SHARED and len(numbers) * 2 >= len(titles)
    return many and len(set(numbers)) >= len(numbers) * 0.8


def _is_shared(words: int, numbered: int, distinct: int, count: int, total: int) -> bool:
    if numbered >= _SHARED and distinct > numbered * 0.8:
        return numbered >= total / (5 if numbered >= _MANY_SHARED else 2)
    # "Interview: …" begins half the titles of many shows, and names none.
    return words > 1 and count >= _SHARED and count > total / 2


def show_of(summary: Summary) -> str | None:
    """Return the show that a summary names, itself or as ` | Show #N` in its title; None where it names none."""
    if summary.podcast and show_key(summary.podcast):
        return summary.podcast
    show = show_and_number(summary.title)[0]
    return show if show and show_key(show) else None


def read_title(text: str, shows: Shows = (), known: int | None = None) -> Title:
    """Set show name and number apart from a title; `known` is a number that bears out an unlabelled one at the end."""
    flat = flatten(text)
    behind, number, firm = _without_front(flat, shows)
    rest, number, firm = _without_end(_without_site(behind, shows), shows, known, number, firm=firm)
    cut = f" {flat[: len(flat) - len(behind)]}", f" {behind[len(rest) :]}"
    named = any(f" {show}" in piece for piece in cut if len(piece) > 1 for show in shows)
    # "Best of #3" and "Rocky 2" keep their number; their stems have none, for the other side may bear it out.
    tail = _tail(rest, shows, known)
    words, stem = content_words(rest), content_words((tail and tail.head) or rest)
    if not words and number is None:
        words = stem = content_words(flat)
    return Title(words, number, firm, tuple(digits_of(words)), stem, named)


# Show names and numbers at either end of a flat title


def _without_front(text: str, shows: Shows) -> tuple[str, Number | None, bool]:
    """Take show names and the number off the front; return the rest, the number, whether it is firm."""
    number: Number | None = None
    firm = False
    while text:
        show = next((show for show in shows if text.startswith(show)), "")
        behind = text[len(show) :]
        if number is None and (glued := _glued(text, shows)):
            number, firm, text = (None, int(glued[1])), True, text[glued.end() :]
        elif number is None and (found := NUMBER_AT.match(behind)) and leads(found, behind, named=bool(show)):
            number, firm = read_number(found)
            firm, text = firm or bool(show), behind[found.end() :]
        elif text.startswith("| "):
            text = text[2:]
        elif show and behind[:1] in ("", "|"):
            text = behind
        else:
            break
    return text, number, firm


def _glued(text: str, shows: Shows) -> re.Match[str] | None:
    """Match `CRE207`, the show's short name with the number stuck to it."""
    names = (show[:-1] for show in shows if show.count(" ") == 1 and text.startswith(show[:-1]))
    return next((found for name in names if (found := re.match(re.escape(name) + r"(\d{1,4}) ", text))), None)


def _without_site(text: str, shows: Shows) -> str:
    """Take off the name of a site that stands behind the show's: `… | Show #N | Site`."""
    found = _SITE.search(text)
    tail = found[1].split() if found else []
    if not found or not SITES.intersection(tail) or TELLING.intersection(tail):
        return text
    head = text[: found.start()]
    ends = [len(head), *(at for at, _, labelled in numbers_at_end(head) if labelled)]
    named = [before for end in ends if (before := _before_show(head[:end], shows)) is not None]
    return head if any(before.endswith("| ") for before in named) else text


def _without_end(
    text: str, shows: Shows, known: int | None, number: Number | None, *, firm: bool
) -> tuple[str, Number | None, bool]:
    """Take show names and the number off the end; return the rest, the number, whether it is firm."""
    while text:
        if text.endswith("| "):
            text = text[:-2]
        elif (before := _before_show(text, shows)) is not None and _parted(before):
            text = before
        elif (
            (tail := _tail(text, shows, known))
            and tail.certain
            and (number is None or same_number(number, tail.number))
        ):
            # "S1E15 | The Bee Podcast #15" has its season in front.
            number = tail.number if number is None or number[0] is None else number
            text, firm = tail.head, firm or tail.labelled
        else:
            break
    return text, number, firm


class _Tail(NamedTuple):
    """A number that ends a title, with the show's name before it."""

    head: str
    """What stands before them."""
    number: Number
    labelled: bool
    certain: bool
    """It is the episode's: it follows the show's name, stands apart with a label, or is known from elsewhere."""


def _tail(text: str, shows: Shows, known: int | None) -> _Tail | None:
    ends: list[_Tail] = []
    for at, number, firm in numbers_at_end(text):
        head = text[:at]
        before, apart = _before_show(head, shows), _parted(head)
        labelled = before is not None or (firm and apart)
        certain = labelled or (number[1] == known and (firm or apart))
        ends.append(_Tail(head if before is None else before, number, labelled, certain))
    return min(ends, key=lambda tail: len(tail.head), default=None)


def _before_show(text: str, shows: Shows) -> str | None:
    """Return what stands before the show's name that ends a text; None where none does."""
    text = text.removesuffix("| ")
    return next((text[: -len(show)] for show in shows if f" {text}".endswith(f" {show}")), None)


def _parted(head: str) -> bool:
    return not head or head.endswith("| ")
