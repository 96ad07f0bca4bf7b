"""What is known of the items and summaries that are to be matched, read when a rule first asks for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from enricher.matching.episode import numbers_lead_items, of_items, of_summary
from enricher.matching.index import Contained, Index
from enricher.matching.titles import shared_names, show_names
from enricher.urls import audio_key, audio_query, link_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from enricher.matching.episode import Episode
    from enricher.matching.titles import Shows
    from enricher.model.feed import Item
    from enricher.model.summary import Summary

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True)
class Case:
    """Everything that is known of the items and summaries to be matched.

    Titles are read, and indexes made, when a rule first asks for them: most summaries are known by their guid.
    """

    items: Sequence[Item]
    summaries: Sequence[Summary]
    names: Sequence[str]
    """What the show is called: the feed's title and the configured aliases."""
    named: Sequence[str | None]
    """The show that each summary names."""
    owned: Sequence[bool]
    """Whether each summary lies in a folder of this show alone."""
    home: str | None = None
    """The show's own page, as `link_key` writes it: some items link to nothing else, and it is no episode's."""

    @cached_property
    def learned(self) -> Shows:
        """What the items' titles share, such as the `lup` of `… | LUP 227`: it calls the show too."""
        return shared_names(item.title for item in self.items)

    def shows(self, *more: str) -> Shows:
        """Return every name of the show as titles carry it; a page may call it by one `more`."""
        return tuple(sorted({*show_names((*self.names, *more)), *self.learned}, key=lambda name: (-len(name), name)))

    @cached_property
    def item_episodes(self) -> Sequence[Episode]:
        """What the items say of their episodes."""
        return of_items(self.items, self.shows())

    @cached_property
    def episodes(self) -> Sequence[Episode]:
        """What the summaries say of theirs: of what could be the title, that which fits an item, else the first."""
        shows = {name: self.shows(name) for name in {name or "" for name in self.named}}
        lead = numbers_lead_items(self.items)
        contained = Contained(self.item_episodes, range(len(self.items)))
        return [
            self._fitting(of_summary(one, shows[name or ""], lead=lead), contained)
            for one, name in zip(self.summaries, self.named, strict=True)
        ]

    def _fitting(self, candidates: Sequence[Episode], contained: Contained) -> Episode:
        tellable = [one for one in candidates if not one.title.generic]
        for find in (lambda one: self.titles.near(one.title.keys, one), contained.inside):
            if fitting := next((one for one in tellable if find(one)), None):
                return fitting
        # Nothing but the show's name and a number says enough, where nothing says more.
        numbered = (one for one in candidates if one.title.named and one.numbers and not one.title.words)
        return candidates[0] if tellable else next(numbered, candidates[0])

    @cached_property
    def guids(self) -> Mapping[str, list[int]]:
        """Items by guid."""
        return positions(enumerate(stripped(item.guid) for item in self.items))

    @cached_property
    def audio(self) -> Mapping[str, list[int]]:
        """Items by the address of their audio, whichever of their enclosures that is."""
        return positions((i, audio_key(one)) for i, item in enumerate(self.items) for one in _files(item))

    @cached_property
    def files(self) -> Mapping[tuple[str, str], list[int]]:
        """Items by the address of their audio and its query."""
        return positions((i, file_key(one)) for i, item in enumerate(self.items) for one in _files(item))

    @cached_property
    def links(self) -> Mapping[str, list[int]]:
        """Items by the address of their page."""
        return positions(enumerate(link_key(item.link or "") for item in self.items))

    @cached_property
    def titles(self) -> Index:
        """Items by title."""
        return Index(((key, i) for i, e in enumerate(self.item_episodes) for key in e.title.keys), self.item_episodes)

    @cached_property
    def numbers(self) -> Index:
        """Items by number."""
        return Index(((str(n), i) for i, e in enumerate(self.item_episodes) for _, n in e.numbers), self.item_episodes)

    @cached_property
    def days(self) -> Mapping[int, list[int]]:
        """Items by day."""
        return positions(enumerate(episode.day for episode in self.item_episodes))

    def pair(self, summary: int, item: int) -> tuple[Episode, Episode]:
        """Return both sides of a comparison."""
        return self.episodes[summary], self.item_episodes[item]

    def is_showless(self, summary: int) -> bool:
        """Check whether a summary names no show: it is a candidate for every feed, so less is believed of it."""
        return self.named[summary] is None and not self.owned[summary] and not self.episodes[summary].title.named

    def strays(self, summary: int) -> bool:
        """Check whether a summary names a guid or audio that no item of this feed has."""
        said = self.summaries[summary]
        guid, audio = stripped(said.guid), audio_key(said.audio or "")
        return bool((guid and guid not in self.guids) or (audio and audio not in self.audio))

    def has_other_query(self, item: int, file: tuple[str, str]) -> bool:
        """Check whether an item's audio of this path says something else in every query; what has none says nothing."""
        queries = {one[1] for one in map(file_key, _files(self.items[item])) if one and one[0] == file[0]}
        return bool(file[1]) and "" not in queries and file[1] not in queries

    def number_is_elsewhere(self, summary: int, item: int) -> bool:
        """Check whether this item has no number while another has the summary's."""
        mine, theirs = self.pair(summary, item)
        return not theirs.numbers and bool(self.numbers.near((str(n) for _, n in mine.numbers), mine))


def positions(keyed: Iterable[tuple[int, _Key | None]]) -> Mapping[_Key, list[int]]:
    """Return where each key stands; where there is none, nothing stands."""
    found = defaultdict[_Key, list[int]](list)
    for position, key in dict.fromkeys(keyed):
        if key is not None:
            found[key].append(position)
    return found


def _files(item: Item) -> tuple[str, ...]:
    return (item.audio or "", *item.others)


def stripped(text: str | None) -> str | None:
    """Return a text without the blanks around it; None where nothing else is in it."""
    return (text or "").strip() or None


def file_key(address: str | None) -> tuple[str, str] | None:
    """Return what addresses of one audio file share, and the query, which may part two files."""
    key = audio_key(address or "")
    return (key, audio_query(address or "")) if key else None
