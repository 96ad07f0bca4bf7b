"""What an item or a summary says of its episode, in one form for both, and where two of them contradict."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from enricher import translations
from enricher.matching.titles import Shows, Title, number_apart, numbers_lead, read_title
from enricher.text import fold
from enricher.titles.days import part_end
from enricher.titles.numbers import Number, same_number, show_and_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.model.feed import Item
    from enricher.model.summary import Summary

_MONTHS = [frozenset(fold(name) for name in names) for names in translations.MONTHS]
DAY = 86400.0
NEAR = 2 * DAY
"""Dates further apart than this are those of two episodes."""
SAME_DAY = 14 * 3600.0
"""How far from a day, as UTC has it, a time may lie that some time zone calls that day: Kiribati is 14 hours ahead."""
_DAY_AT_END = re.compile(
    r"(?<=\w)[\s\-–—|,:(\[]+(?:\d{1,2}[/.\-]\d{1,2}[/.\-](?:\d\d){1,2}|\d{4}[/.\-]\d{1,2}[/.\-]\d{1,2})[)\]]?\s*$"
)


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
    def day(self) -> int | None:
        """The day on which it is known to be, counted from 1970 in UTC."""
        return None if self.first is None else math.floor(self.first / DAY)

    @property
    def days(self) -> range:
        """Every `day` that another side of so near a date may have; none where no date is known."""
        if self.first is None or self.last is None:
            return range(0)
        # One day more before it: a summary's day ends 24 hours after it began.
        return range(math.floor((self.first - NEAR - DAY) / DAY), math.floor((self.last + NEAR) / DAY) + 1)


def numbers_lead_items(items: Sequence[Item]) -> bool:
    """Check whether numbers lead the titles of a feed, and are not others than itunes:episode says."""
    leading = [(number_apart(item.title).partition(":")[0].strip(), _whole(item.episode)) for item in items]
    declared = [(number, episode) for number, episode in leading if number.isdecimal() and episode is not None]
    agree = sum(int(number) == episode for number, episode in declared)
    return numbers_lead([item.title for item in items]) and agree * 2 >= len(declared)


def of_items(items: Sequence[Item], shows: Shows) -> list[Episode]:
    """Read the items of a feed."""
    lead = numbers_lead_items(items)
    return [_of_item(item, number_apart(item.title) if lead else item.title, shows) for item in items]


def _of_item(item: Item, title: str, shows: Shows) -> Episode:
    """Read an item: its title, its number from there or from itunes:episode, its time."""
    season, declared = _whole(item.season), _whole(item.episode)
    read = read_title(title, shows, declared)
    numbers: set[Number] = set()
    if read.number:
        numbers.add((read.number[0] or season, read.number[1]))
    # A title that begins "012:" while itunes:episode is 13 may mean either, one that says "#12" means 12.
    if declared is not None and not (read.number and read.firm):
        numbers.add((season, declared))
    published = item.published if item.published is not None and math.isfinite(item.published) else None
    kinds = read.kinds | ({(item.kind or "").casefold()} & {"bonus", "trailer"})
    return Episode(read, frozenset(numbers), published, published, kinds)


def of_summary(summary: Summary, shows: Shows, *, lead: bool = False) -> list[Episode]:
    """Read a summary: its number, its day, and whatever could be its title, each as an episode, the likeliest first.

    `lead` says that numbers lead the titles of the feed's items.
    """
    first = last = None
    if summary.published is not None:
        first = dt.datetime.combine(summary.published, dt.time.min, dt.UTC).timestamp()
        last = first + DAY
    found: list[Episode] = []
    for text in (summary.title, *summary.titles):
        known = summary.number if summary.number is not None else show_and_number(text)[1]
        forms = []
        # "Field Notes #75 - 9/06/2019": the day is no part of what it is called.
        for one in dict.fromkeys((text, _without_day(text, summary.published), _DAY_AT_END.sub("", text))):
            title = read_title(number_apart(one) if lead else one, shows, known)
            season = title.number[0] if title.number else None
            numbers = {(season, known)} if known is not None else {title.number} if title.number else ()
            forms.append(Episode(title, frozenset(numbers), first, last, title.kinds))
        found += sorted(forms, key=lambda form: bool(form.title.words))  # without words, the day was all that it had
    return found


def _without_day(text: str, day: dt.date | None) -> str:
    """Take "… | March 14, 2024" off the end of a title, where that is the day of publication."""
    title, end = part_end(text)
    if not end or day is None:
        return text
    numbers = sorted(map(int, re.findall(r"\d+", end)))
    in_words = numbers == sorted([day.day, day.year]) and not _MONTHS[day.month - 1].isdisjoint(fold(end).split())
    return title if in_words or numbers == sorted([day.day, day.month, day.year]) else text


def of_title(text: str, shows: Shows) -> Episode:
    """Read a mere title, such as a related episode's."""
    title = read_title(text, shows)
    return Episode(title, frozenset({title.number} if title.number else ()), kinds=title.kinds)


def gap(one: Episode, other: Episode) -> float | None:
    """Return the seconds between two dates; None unless both are known."""
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return None
    return max(0.0, one.first - other.last, other.first - one.last)


def agree(one: Episode, other: Episode) -> bool:
    """Check that both numbers are known and mean one episode."""
    return any(same_number(a, b) for a in one.numbers for b in other.numbers)


def contradiction(one: Episode, other: Episode) -> str | None:
    """Return what forbids that two titles mean one episode, in words; None where nothing does."""
    agreed = agree(one, other)
    if one.numbers and other.numbers and not agreed:
        return f"the episode numbers differ ({_shown(one)} and {_shown(other)})"
    apart = gap(one, other)
    if apart is not None and apart > NEAR:
        return f"the dates are {math.ceil(apart / DAY)} days apart"
    mine, theirs = one.title.digits, other.title.digits
    if mine != theirs:
        ours, others = _beside(one, other, agreed=agreed), _beside(other, one, agreed=agreed)
        # Where the numbers agree, "9/11" may be "911"; else "Psalm 1:19" is not "Psalm 119".
        if ("".join(ours) != "".join(others)) if agreed else (ours != others):
            shown = (" ".join(digit.value for digit in digits) or "none" for digits in (mine, theirs))
            return f"the digits in the titles differ ({' and '.join(shown)})"
    return None


def support(one: Episode, other: Episode) -> float:
    """Weigh what else bears out two like titles: the number, the day, a day or two beside it."""
    apart = gap(one, other)
    day = 0.0 if apart is None or apart > NEAR else 2.0 if apart <= SAME_DAY else 1.0
    return 2.0 * agree(one, other) + day


def _beside(episode: Episode, other: Episode, *, agreed: bool) -> list[str]:
    """Return the digits of a title, but not those that say the other's number, or the number of both."""
    numbers = other.numbers | (episode.numbers if agreed else frozenset())
    known = {str(number) for _, number in numbers}
    return [digit.value for digit in episode.title.digits if not (digit.bare and digit.value in known)]


def _shown(episode: Episode) -> str:
    ordered = sorted(episode.numbers, key=lambda number: (number[1], number[0] or 0))
    return " or ".join(f"{n}" if season is None else f"season {season} episode {n}" for season, n in ordered)


def _whole(text: str | None) -> int | None:
    """Parse itunes:season or itunes:episode; Apple asks for whole numbers, feeds write "many" and "0.00000015" too."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 no show has a billion
