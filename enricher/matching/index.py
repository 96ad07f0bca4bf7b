"""Episodes found by what they share, by number and by day, without looking at all of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from enricher.matching.episode import Episode

CROWD = 100
"""What more episodes share, and date and number do not part, tells none of them from the others."""
_SHORTEST = 3  # words that a title must have to count where it stands inside another
_WINDOW = 60  # words of a title in which another title is looked for


class Index:
    """Episodes, by their positions, under the keys that they have."""

    def __init__(self, keyed: Iterable[tuple[str, int]], episodes: Sequence[Episode]) -> None:
        self._all = defaultdict[str, list[int]](list)
        self._by_day = defaultdict[tuple[str, int | None], list[int]](list)
        self._by_number = defaultdict[tuple[str, int | None], list[int]](list)
        for key, i in dict.fromkeys(keyed):
            self._all[key].append(i)
            self._by_day[key, episodes[i].day].append(i)
            for number in {number for _, number in episodes[i].numbers} or (None,):
                self._by_number[key, number].append(i)

    def near(self, keys: Iterable[str], episode: Episode) -> list[int]:
        """Find those of these keys that date or number may allow, each once; none where they are a crowd.

        Feeds that call every episode "The Morning News" are told apart by date or number alone.
        """
        found: dict[int, None] = {}
        for key in keys:
            group = self._all.get(key, [])
            if len(group) > CROWD and episode.days:
                group = _some(self._by_day.get((key, day)) for day in (None, *episode.days))
            if len(group) > CROWD and episode.numbers:
                numbers = dict.fromkeys(number for _, number in episode.numbers)
                group = _some(self._by_number.get((key, number)) for number in (*numbers, None))
            if len(group) > CROWD:
                return []
            found |= dict.fromkeys(group)
        return list(found) if len(found) <= CROWD else []


def _some(groups: Iterable[list[int] | None]) -> list[int]:
    """Join lists, of each as much as makes a crowd: 5,000 items of one day are not copied 5,000 times."""
    return [i for group in groups if group for i in group[: CROWD + 1]]


class Contained:
    """Titles of three words or more, to find those that stand whole inside a longer one."""

    def __init__(self, episodes: Sequence[Episode], positions: Iterable[int]) -> None:
        """Note the titles, and how long those are that begin with the same three words."""
        long_enough = [i for i in positions if _SHORTEST <= len(episodes[i].title.words) <= _WINDOW]
        self._lengths = defaultdict[tuple[str, ...], set[int]](set)
        for i in long_enough:
            words = episodes[i].title.words
            self._lengths[words[:_SHORTEST]].add(len(words))
        self._index = Index(((episodes[i].title.text, i) for i in long_enough), episodes)

    def inside(self, episode: Episode) -> list[int]:
        """Find the shorter titles inside this one that date or number may allow, each once; of a crowd, none."""
        words = episode.title.words
        found: dict[int, None] = {}
        for at in range(min(len(words), _WINDOW) - _SHORTEST + 1):
            for length in self._lengths.get(words[at : at + _SHORTEST], ()):
                if at + length <= min(len(words), _WINDOW) and length < len(words):
                    found |= dict.fromkeys(self._index.near([" ".join(words[at : at + length])], episode))
            if len(found) > CROWD:
                return []
        return list(found)
