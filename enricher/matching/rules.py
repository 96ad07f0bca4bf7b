"""The rules by which a summary may belong to an item, in the order in which they are tried."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from rapidfuzz import fuzz, process

from enricher.matching.episode import SAME_DAY, contradiction, gap, same_number, support
from enricher.matching.shelf import CROWD, Contained, Shelf, Shelves
from enricher.urls import audio_key, audio_query, link_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from enricher.matching.episode import Episode
    from enricher.model.feed import Item
    from enricher.model.summary import Summary

LEAST_SIMILARITY = 92.0
SIMILARITY_MARGIN = 8.0
_DAY_CROWD = 500  # items of a few days among which nothing is looked for by similarity
_LONGEST = 500  # characters of titles that are compared by similarity
_WHOLE_SHARE = 0.5

Claims = dict[tuple[int, int], float]
"""How much speaks for a summary and an item, by their positions."""


@dataclass(frozen=True)
class Case:
    """Everything that is known of the items and summaries to be matched, with its indexes."""

    items: Sequence[Item]
    summaries: Sequence[Summary]
    item_episodes: Sequence[Episode]
    episodes: Sequence[Episode]
    """Of the summaries."""
    showless: frozenset[int]
    """Summaries that name no show: they are candidates for every feed, so less is believed of them."""

    @cached_property
    def guids(self) -> Mapping[str, list[int]]:
        """Items by guid."""
        return _index((_stripped(item.guid), i) for i, item in enumerate(self.items))

    @cached_property
    def audio(self) -> Mapping[str, list[int]]:
        """Items by the address of their audio."""
        return _index((audio_key(item.audio or ""), i) for i, item in enumerate(self.items))

    @cached_property
    def files(self) -> Mapping[tuple[str, str], list[int]]:
        """Items by the address of their audio and its query."""
        return _index((_file_key(item.audio), i) for i, item in enumerate(self.items))

    @cached_property
    def links(self) -> Mapping[str, list[int]]:
        """Items by the address of their page."""
        return _index((link_key(item.link or ""), i) for i, item in enumerate(self.items))

    @cached_property
    def titles(self) -> Shelves:
        """Items by title."""
        return Shelves(((key, i) for i, e in enumerate(self.item_episodes) for key in e.title.keys), self.item_episodes)

    @cached_property
    def numbers(self) -> Shelves:
        """Items by number."""
        keyed = ((str(n), i) for i, e in enumerate(self.item_episodes) for _, n in e.numbers)
        return Shelves(keyed, self.item_episodes)

    @cached_property
    def days(self) -> Shelf:
        """Items by day."""
        return Shelf(range(len(self.items)), self.item_episodes)

    def strays(self, summary: int) -> bool:
        """Tell whether a summary names a guid or audio that no item of this feed has."""
        said = self.summaries[summary]
        guid, audio = _stripped(said.guid), audio_key(said.audio or "")
        return bool((guid and guid not in self.guids) or (audio and audio not in self.audio))


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it is called, what it looks at, and whom it proposes."""

    name: str
    looks_at: str
    propose: Callable[[Case, Iterable[int]], Claims]
    because: Callable[[Case, int, int, float], str]
    margin: float = 1.0
    least: float = 0.0


_Key = TypeVar("_Key", bound=Hashable)


def _index(keyed: Iterable[tuple[_Key | None, int]]) -> Mapping[_Key, list[int]]:
    found = defaultdict[_Key, list[int]](list)
    for key, position in keyed:
        if key:
            found[key].append(position)
    return found


def _file_key(url: str | None) -> tuple[str, str] | None:
    key = audio_key(url or "")
    return (key, audio_query(url or "")) if key else None


def _stripped(text: str | None) -> str | None:
    return text.strip() if text else None


def _few(found: Sequence[int]) -> Sequence[int]:
    """Give nothing where so many share an address that it is the show's, not an episode's."""
    return found if len(found) <= CROWD else ()


def _by_guid(case: Case, summaries: Iterable[int]) -> Claims:
    guids = ((s, _stripped(case.summaries[s].guid)) for s in summaries)
    return {(s, i): 0.0 for s, guid in guids if guid for i in _few(case.guids.get(guid, ()))}


def _by_audio(case: Case, summaries: Iterable[int]) -> Claims:
    """Compare audio; where files share a path, the query parts them."""
    claims: Claims = {}
    for s in summaries:
        if file := _file_key(case.summaries[s].audio):
            exact = case.files.get(file, ())
            claims |= {(s, i): float(bool(exact)) for i in _few(exact or case.audio.get(file[0], ()))}
    return claims


def _by_link(case: Case, summaries: Iterable[int]) -> Claims:
    keys = ((s, link_key(case.summaries[s].link or "")) for s in summaries)
    return {(s, i): 0.0 for s, key in keys if key for i in _few(case.links.get(key, ()))}


def _by_title(case: Case, summaries: Iterable[int]) -> Claims:
    """Compare titles for equality: re-runs of one title are told apart by number and date alone."""
    claims: Claims = {}
    for s in summaries:
        mine = case.episodes[s]
        for i in case.titles.near(mine.title.keys, mine):
            theirs = case.item_episodes[i]
            if contradiction(mine, theirs) or (s in case.showless and mine.title.generic and not _dated(mine, theirs)):
                continue
            claims[s, i] = support(mine, theirs)
    return claims


def _dated(mine: Episode, theirs: Episode) -> bool:
    return gap(mine, theirs) is not None


def _by_part(case: Case, summaries: Iterable[int]) -> Claims:
    """Look for one title whole inside the other, but never for less of it than some other title shares.

    "Guido van Rossum: Python and the Future" must not go to "Guido van Rossum: Python" because the item that has
    all of its title is forbidden.
    """
    shared = _shared(case, list(summaries))
    most_of_summary, most_of_item = defaultdict[int, int](int), defaultdict[int, int](int)
    for (s, i), words in shared.items():
        most_of_summary[s] = max(words, most_of_summary[s])
        most_of_item[i] = max(words, most_of_item[i])
    return {
        (s, i): support(case.episodes[s], case.item_episodes[i])
        for (s, i), words in shared.items()
        if words == most_of_summary[s] == most_of_item[i] and _part_holds(case, s, i)
    }


def _shared(case: Case, summaries: Sequence[int]) -> dict[tuple[int, int], int]:
    """Count the words of titles that are equal or stand inside the other, forbidden or not."""
    found: set[tuple[int, int]] = set()
    shorter_items = Contained(case.item_episodes, range(len(case.items)))
    for s in summaries:
        mine = case.episodes[s]
        found.update((s, i) for i in shorter_items.inside(mine))
        found.update((s, i) for i in case.titles.near(mine.title.keys, mine))
    shorter_summaries = Contained(case.episodes, summaries)
    for i, theirs in enumerate(case.item_episodes):
        found.update((s, i) for s in shorter_summaries.inside(theirs))
    lengths = [len(episode.title.words) for episode in case.item_episodes]
    return {(s, i): min(len(case.episodes[s].title.words), lengths[i]) for s, i in sorted(found)}


def _part_holds(case: Case, s: int, i: int) -> bool:
    """Believe a contained title unless something speaks for another episode of the same words."""
    mine, theirs = case.episodes[s], case.item_episodes[i]
    shorter, longer = sorted((mine.title, theirs.title), key=lambda title: len(title.words))
    if shorter.generic or mine.kinds != theirs.kinds or contradiction(mine, theirs) or _number_elsewhere(case, s, i):
        return False
    whole = len(shorter.words) >= _WHOLE_SHARE * len(longer.words)
    return bool(support(mine, theirs)) or not (case.strays(s) or (s in case.showless and not whole))


def _number_elsewhere(case: Case, s: int, i: int) -> bool:
    """Tell whether this item has no number while another has the summary's."""
    mine, theirs = case.episodes[s], case.item_episodes[i]
    return not theirs.numbers and any(case.numbers.near([str(n)], mine) for _, n in mine.numbers)


def _by_number_and_date(case: Case, summaries: Iterable[int]) -> Claims:
    """Take the one item of that number and day; a bonus of the same number and day leaves a doubt, so it is a tie."""
    claims: Claims = {}
    for s in summaries:
        mine = case.episodes[s]
        if s in case.showless or not mine.dated:
            continue
        near = case.numbers.near([str(n) for _, n in mine.numbers], mine)
        found = [i for i in near if _same_number_and_day(mine, case.item_episodes[i])]
        if len(found) > 1 or all(mine.kinds == case.item_episodes[i].kinds for i in found):
            claims |= {(s, i): 0.0 for i in found}
    return claims


def _same_number_and_day(mine: Episode, theirs: Episode) -> bool:
    apart = gap(mine, theirs)
    same_day = apart is not None and apart <= SAME_DAY
    return same_day and same_number(mine, theirs) and not contradiction(mine, theirs)


def _by_similarity(case: Case, summaries: Iterable[int]) -> Claims:
    claims: Claims = {}
    for s in summaries:
        mine = case.episodes[s]
        around = case.days.around(mine)
        if len(around) > _DAY_CROWD or len(mine.title.text) > _LONGEST:
            continue
        texts = {i: case.item_episodes[i].title.text[:_LONGEST] for i in around}
        alike = process.extract(
            mine.title.text, texts, scorer=fuzz.ratio, limit=None, score_cutoff=LEAST_SIMILARITY - SIMILARITY_MARGIN
        )
        for _, score, i in alike:
            theirs = case.item_episodes[i]
            if mine.kinds == theirs.kinds and not (contradiction(mine, theirs) or _number_elsewhere(case, s, i)):
                claims[s, i] = score
    return claims


def _borne_out(case: Case, s: int, i: int) -> str:
    mine, theirs = case.episodes[s], case.item_episodes[i]
    said = ["the numbers"] if same_number(mine, theirs) else []
    said += ["the dates"] if _dated(mine, theirs) else []
    return f", and {' and '.join(said)} agree" if said else ""


def _why_part(case: Case, s: int, i: int, _: float) -> str:
    mine, theirs = case.episodes[s].title, case.item_episodes[i].title
    inside = "summary's title stands whole inside the item's"
    if len(mine.words) > len(theirs.words):
        inside = "item's title stands whole inside the summary's"
    return f"The {inside}{_borne_out(case, s, i)}."


RULES = (
    Rule("guid", "guid", _by_guid, lambda *_: "The guid is the same."),
    Rule("audio", "audio", _by_audio, lambda *_: "The audio is the same file, tracking and query aside."),
    Rule("link", "link", _by_link, lambda *_: "The link is the same page."),
    Rule("title", "title", _by_title, lambda c, s, i, _: f"The titles are equal{_borne_out(c, s, i)}."),
    Rule("title", "part of a title", _by_part, _why_part),
    Rule("number and date", "number and date", _by_number_and_date, lambda *_: "Number and date are the same."),
    Rule(
        "similarity",
        "similarity",
        _by_similarity,
        lambda _c, _s, _i, score: f"The titles are {score:.0f} % alike and the dates agree; no other is near.",
        margin=SIMILARITY_MARGIN,
        least=LEAST_SIMILARITY,
    ),
)
