"""Episodes found by day, by number and by the words of their titles, without looking at all of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from enricher.matching.episode import DAY, NEAR

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from enricher.matching.episode import Episode

CROWD = 100
"""What more episodes share, and date and number do not part, tells none of them from the others."""
_MANY = CROWD + 1
_WINDOW = 60  # words of a title in which another title is looked for
_RARE = 200  # titles that may share a word before it says nothing
_KIN = 60  # titles that are compared to find the nearest
_HEAD = 200  # characters that are compared for that


class Shelf:
    """Episodes that have something in common, by their positions."""

    def __init__(self, positions: Iterable[int], episodes: Sequence[Episode]) -> None:
        """Sort them by date and number."""
        self._all = list(positions)
        dated = sorted((episodes[i].first or 0.0, i) for i in self._all if episodes[i].dated)
        self._times = [time for time, _ in dated]
        self._dated = [i for _, i in dated]
        self._undated = [i for i in self._all if not episodes[i].dated]
        self._numbered = defaultdict[int, list[int]](list)
        self._unnumbered = [i for i in self._all if not episodes[i].numbers]
        for i in self._all:
            for number in {number for _, number in episodes[i].numbers}:
                self._numbered[number].append(i)

    def near(self, episode: Episode) -> list[int]:
        """Give those that date or number may allow; a superset, cheap to get; of a crowd, as many as make one."""
        low, high = self._around(episode)
        found = [*self._dated[low : min(high, low + _MANY)], *self._undated[:_MANY]] if episode.dated else self._all
        if len(found) > CROWD and episode.numbers:
            numbered = (i for n in {number for _, number in episode.numbers} for i in self._numbered.get(n, ())[:_MANY])
            found = list(dict.fromkeys([*numbered, *self._unnumbered[:_MANY]]))
        return found[:_MANY]

    def around(self, episode: Episode) -> list[int]:
        """Give those whose date is known and lies within some days."""
        low, high = self._around(episode)
        return self._dated[low:high]

    def _around(self, episode: Episode) -> tuple[int, int]:
        if episode.first is None or episode.last is None:
            return 0, 0
        low = bisect_left(self._times, episode.first - NEAR - DAY)
        return low, bisect_right(self._times, episode.last + NEAR)


class Shelves:
    """Shelves by what their episodes share."""

    def __init__(self, keyed: Iterable[tuple[str, int]], episodes: Sequence[Episode]) -> None:
        """Make a shelf for each key."""
        groups = defaultdict[str, dict[int, None]](dict)
        for key, position in keyed:
            groups[key][position] = None
        self._shelves = {key: Shelf(group, episodes) for key, group in groups.items()}

    def near(self, keys: Iterable[str], episode: Episode) -> list[int]:
        """Give those on the shelves of these keys that date or number may allow, each once; of a crowd, none."""
        shelves = (self._shelves[key] for key in keys if key in self._shelves)
        found = list(dict.fromkeys(i for shelf in shelves for i in shelf.near(episode)))
        return found if len(found) <= CROWD else []


class Contained:
    """Titles of three words or more, to find those that stand whole inside a longer one."""

    def __init__(self, episodes: Sequence[Episode], positions: Iterable[int]) -> None:
        """Remember the titles, and with which three words they begin."""
        eligible = [i for i in positions if 3 <= len(episodes[i].title.words) <= _WINDOW]  # noqa: PLR2004 FORMATS
        self._lengths = defaultdict[tuple[str, ...], set[int]](set)
        for i in eligible:
            words = episodes[i].title.words
            self._lengths[words[:3]].add(len(words))
        self._shelves = Shelves(((episodes[i].title.text, i) for i in eligible), episodes)

    def inside(self, episode: Episode) -> list[int]:
        """Give the shorter titles inside this one that date or number may allow, each once; of a crowd, none."""
        words = episode.title.words[:_WINDOW]
        found: dict[int, None] = {}
        for at in range(len(words) - 2):
            for length in self._lengths.get(words[at : at + 3], ()):
                if at + length <= len(words) and length < len(episode.title.words):
                    found |= dict.fromkeys(self._shelves.near([" ".join(words[at : at + length])], episode))
                if len(found) > CROWD:
                    return []
        return list(found)


class Nearest:
    """Titles by their words, to name the most similar one to people."""

    def __init__(self, episodes: Sequence[Episode], positions: Iterable[int]) -> None:
        """Index the words."""
        self._texts = {i: episodes[i].title.text[:_HEAD] for i in positions}
        self._by_word = defaultdict[str, list[int]](list)
        for i, text in self._texts.items():
            for word in dict.fromkeys(text.split()):
                self._by_word[word].append(i)

    def to(self, episode: Episode) -> tuple[int, float] | None:
        """Give the most similar title that shares a telling word, and the similarity in per cent."""
        text = episode.title.text[:_HEAD]
        rows = sorted((self._by_word.get(word, []) for word in dict.fromkeys(text.split())), key=len)
        kin: dict[int, str] = {}
        for row in rows:
            if len(row) <= _RARE and len(kin) < _KIN:
                kin |= {i: self._texts[i] for i in row}
        found = process.extractOne(text, kin, scorer=fuzz.ratio)
        return (found[2], found[1]) if found else None
