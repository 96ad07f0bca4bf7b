"""What an item or a summary says of its episode, in one form for both, and where two of them contradict."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from enricher.feed.namespaces import ITUNES, PODCAST, tag
from enricher.matching.titles import Digit, Shows, Title, read_title

if TYPE_CHECKING:
    from enricher.matching.title_numbers import Number
    from enricher.model.feed import Item, Remember
    from enricher.model.summary import Summary

DAY = 86400.0
NEAR = 2 * DAY
"""Dates further apart than this are those of two episodes."""
SAME_DAY = 14 * 3600.0
"""How far from a day, as UTC has it, a time may lie that some time zone calls that day."""

_ITUNES_OTHER_CASE = "http://www.itunes.com/DTDs/Podcast-1.0.dtd"
_SHOWN_NUMBER = re.compile(r"#\s?(\d{1,9})\s*$")


@dataclass(frozen=True, slots=True)
class Episode:
    """One side of a comparison."""

    title: Title
    numbers: frozenset[Number] = frozenset()
    first: float | None = None
    """Seconds since 1970, UTC: an item's time, or the beginning of a summary's day."""
    last: float | None = None
    """The same, or the end of the day."""
    kinds: frozenset[str] = frozenset()

    @property
    def dated(self) -> bool:
        """Whether a date is known."""
        return self.first is not None


def of_item(item: Item, shows: Shows) -> Episode:
    """Read an item: its title, its number from there or from itunes:episode, its time."""
    season, episode = _declared(item, "season"), _declared(item, "episode")
    title = read_title(item.title, shows, episode)
    numbers: set[Number] = set()
    if title.number:
        numbers.add((title.number[0] or season, title.number[1]))
    if episode is not None and not (title.number and title.firm):
        numbers.add((season, episode))
    published = item.published if item.published is not None and math.isfinite(item.published) else None
    kind = (_child(item, "episodeType") or "").strip().casefold()
    kinds = title.kinds | ({kind} & {"bonus", "trailer"})
    return Episode(title, frozenset(numbers), published, published, kinds)


class _Remembered(Sequence[Episode]):
    """Episodes that are unpacked when they are looked at: most items are known by their guid or not at all."""

    def __init__(self, packed: Sequence[Any]) -> None:
        self._packed = packed
        self._episodes: dict[int, Episode] = {}

    def __len__(self) -> int:
        return len(self._packed)

    @overload
    def __getitem__(self, at: int) -> Episode: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Episode]: ...
    def __getitem__(self, at: int | slice) -> Episode | Sequence[Episode]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        if at not in self._episodes:
            self._episodes[at] = _unpack(self._packed[at])
        return self._episodes[at]


def read_items(items: Sequence[Item], shows: Shows, remember: Remember) -> Sequence[Episode]:
    """Read every item of a feed; what was read of an item is remembered by its digest and the show's names."""
    named = hashlib.blake2b(repr(shows).encode("utf-8", "replace"), digest_size=8).hexdigest()

    def read(positions: Sequence[int]) -> list[list[Any]]:
        return [_pack(of_item(items[i], shows)) for i in positions]

    return _Remembered(remember("episode/1", [f"{item.digest}{named}" for item in items], read))


def _pack(episode: Episode) -> list[Any]:
    title = episode.title
    read = [title.words, title.number, title.firm, title.digits, title.stem]
    return [read, sorted(episode.numbers, key=repr), episode.first, sorted(episode.kinds)]


def _unpack(packed: Sequence[Any]) -> Episode:
    (words, number, firm, digits, stem), numbers, published, kinds = packed
    read = Title(
        tuple(words), tuple(number) if number else None, firm, tuple(Digit(*one) for one in digits), tuple(stem)
    )
    return Episode(read, frozenset((season, n) for season, n in numbers), published, published, frozenset(kinds))


def of_summary(summary: Summary, shows: Shows) -> Episode:
    """Read a summary: its title, its number, its day."""
    shown = _SHOWN_NUMBER.search(summary.title) if "|" in summary.title else None
    known = summary.number if summary.number is not None else int(shown[1]) if shown else None
    title = read_title(summary.title, shows, known)
    season = title.number[0] if title.number else None
    numbers = {(season, known)} if known is not None else {title.number} if title.number else ()
    first = last = None
    if summary.published is not None:
        first = dt.datetime.combine(summary.published, dt.time.min, dt.UTC).timestamp()
        last = first + DAY
    return Episode(title, frozenset(numbers), first, last, title.kinds)


def of_title(text: str, shows: Shows) -> Episode:
    """Read a mere title."""
    title = read_title(text, shows)
    numbers = frozenset({title.number} if title.number else ())
    return Episode(title, numbers, kinds=title.kinds)


def gap(one: Episode, other: Episode) -> float | None:
    """Give the seconds between two dates; None unless both are known."""
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return None
    return max(0.0, one.first - other.last, other.first - one.last)


def same_number(one: Episode, other: Episode) -> bool:
    """Tell whether both numbers are known and agree; a season that only one names is no difference."""
    return any(a[1] == b[1] and (None in (a[0], b[0]) or a[0] == b[0]) for a in one.numbers for b in other.numbers)


def contradiction(one: Episode, other: Episode) -> str | None:
    """Say what forbids that two titles mean one episode, or None."""
    agreed = same_number(one, other)
    if one.numbers and other.numbers and not agreed:
        return f"the episode numbers differ ({_shown(one)} and {_shown(other)})"
    apart = gap(one, other)
    if apart is not None and apart > NEAR:
        return f"the dates are {math.ceil(apart / DAY)} days apart"
    if one.title.digits != other.title.digits and _digits_differ(one, other, agreed=agreed):
        return f"the digits in the titles differ ({_digits(one)} and {_digits(other)})"
    return None


def support(one: Episode, other: Episode) -> float:
    """Weigh what else bears out two like titles: the number, the day, a day or two beside it."""
    apart = gap(one, other)
    day = 0.0 if apart is None or apart > NEAR else 2.0 if apart <= SAME_DAY else 1.0
    return 2.0 * same_number(one, other) + day


def _digits_differ(one: Episode, other: Episode, *, agreed: bool) -> bool:
    mine, theirs = _beside(one, other, agreed=agreed), _beside(other, one, agreed=agreed)
    return "".join(mine) != "".join(theirs) if agreed else mine != theirs  # agreed: "9/11" and "911"


def _beside(episode: Episode, other: Episode, *, agreed: bool) -> list[str]:
    """Give the digits of a title, but not those that say the other's number, or the number of both."""
    numbers = other.numbers | (episode.numbers if agreed else frozenset())
    known = {str(number) for _, number in numbers}
    return [digit.value for digit in episode.title.digits if not (digit.bare and digit.value in known)]


def _digits(episode: Episode) -> str:
    return " ".join(digit.value for digit in episode.title.digits) or "none"


def _shown(episode: Episode) -> str:
    ordered = sorted(episode.numbers, key=lambda number: (number[1], number[0] or 0))
    return " or ".join(f"{n}" if season is None else f"season {season} episode {n}" for season, n in ordered)


def _declared(item: Item, name: str) -> int | None:
    text = (_child(item, name) or "").strip()
    return int(text) if text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 no show has a billion episodes


def _child(item: Item, name: str) -> str | None:
    for namespace in (ITUNES, _ITUNES_OTHER_CASE, PODCAST):
        found = item.element.find(tag(namespace, name))
        if found is not None and found.text:
            return found.text
    return None
