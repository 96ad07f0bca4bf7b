"""The rules by which a summary may belong to an item, in the order in which they are tried."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from rapidfuzz import fuzz, process

from enricher.matching.assignment import Claim
from enricher.matching.episode import SAME_DAY, agree, contradiction, gap, of_item, of_summary, support
from enricher.matching.index import CROWD, Contained, Index
from enricher.matching.titles import show_names
from enricher.urls import audio_key, audio_query, link_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from enricher.matching.episode import Episode
    from enricher.model.feed import Item
    from enricher.model.summary import Summary

LEAST_SIMILARITY = 92.0
SIMILARITY_MARGIN = 8.0
# There a tie is likelier than a match, and the work grows with the square.
_DAY_CROWD = 500  # items of a few days
_LONGEST = 500  # characters of a title
_WHOLE_SHARE = 0.5

_NO_SHOW = "a summary that names no show is not believed by such a title alone"
_KINDS_DIFFER = "only one of them is a bonus, a trailer, or the like"


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
    showless: frozenset[int]
    """Summaries that name no show: they are candidates for every feed, so less is believed of them."""

    @cached_property
    def item_episodes(self) -> Sequence[Episode]:
        """What the items say of their episodes."""
        shows = show_names(self.names)
        return [of_item(item, shows) for item in self.items]

    @cached_property
    def episodes(self) -> Sequence[Episode]:
        """What the summaries say of theirs; a page may call the show by a name of its own."""
        shows = {name: show_names((*self.names, name)) for name in {name or "" for name in self.named}}
        return [of_summary(one, shows[name or ""]) for one, name in zip(self.summaries, self.named, strict=True)]

    @cached_property
    def guids(self) -> Mapping[str, list[int]]:
        """Items by guid."""
        return _positions(enumerate(_stripped(item.guid) for item in self.items))

    @cached_property
    def audio(self) -> Mapping[str, list[int]]:
        """Items by the address of their audio, whichever of their enclosures that is."""
        return _positions((i, audio_key(one)) for i, item in enumerate(self.items) for one in _files(item))

    @cached_property
    def files(self) -> Mapping[tuple[str, str], list[int]]:
        """Items by the address of their audio and its query."""
        return _positions((i, _file_key(one)) for i, item in enumerate(self.items) for one in _files(item))

    @cached_property
    def links(self) -> Mapping[str, list[int]]:
        """Items by the address of their page."""
        return _positions(enumerate(link_key(item.link or "") for item in self.items))

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
        return _positions(enumerate(episode.day for episode in self.item_episodes))

    def pair(self, summary: int, item: int) -> tuple[Episode, Episode]:
        """Return both sides of a comparison."""
        return self.episodes[summary], self.item_episodes[item]

    def strays(self, summary: int) -> bool:
        """Check whether a summary names a guid or audio that no item of this feed has."""
        said = self.summaries[summary]
        guid, audio = _stripped(said.guid), audio_key(said.audio or "")
        return bool((guid and guid not in self.guids) or (audio and audio not in self.audio))

    def number_is_elsewhere(self, summary: int, item: int) -> bool:
        """Check whether this item has no number while another has the summary's."""
        mine, theirs = self.pair(summary, item)
        return not theirs.numbers and bool(self.numbers.near((str(n) for _, n in mine.numbers), mine))


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it is called, what it looks at, what it proposes for the summaries that have no item yet."""

    name: str
    looks_at: str
    propose: Callable[[Case, Iterable[int]], Iterable[Claim]]
    because: Callable[[Case, Claim], str]
    margin: float = 1.0
    least: float = 0.0


_Key = TypeVar("_Key", bound=Hashable)


def _positions(keyed: Iterable[tuple[int, _Key | None]]) -> Mapping[_Key, list[int]]:
    found = defaultdict[_Key, list[int]](list)
    for position, key in dict.fromkeys(keyed):
        if key is not None:
            found[key].append(position)
    return found


def _files(item: Item) -> tuple[str, ...]:
    return (item.audio or "", *item.others)


def _stripped(text: str | None) -> str | None:
    return (text or "").strip() or None


def _file_key(address: str | None) -> tuple[str, str] | None:
    key = audio_key(address or "")
    return (key, audio_query(address or "")) if key else None


def _few(found: Sequence[int]) -> Sequence[int]:
    """Return nothing where so many share an address that it is the show's, not an episode's."""
    return found if len(found) <= CROWD else ()


def _by_guid(case: Case, summaries: Iterable[int]) -> Iterator[Claim]:
    for s in summaries:
        if guid := _stripped(case.summaries[s].guid):
            yield from (Claim(s, i) for i in _few(case.guids.get(guid, ())))


def _by_audio(case: Case, summaries: Iterable[int]) -> Iterator[Claim]:
    """Compare audio; where "media.mp3?id=2" and "media.mp3?id=3" share a path, the query parts them."""
    for s in summaries:
        if file := _file_key(case.summaries[s].audio):
            exact = case.files.get(file, ())
            yield from (Claim(s, i, float(bool(exact))) for i in _few(exact or case.audio.get(file[0], ())))


def _by_link(case: Case, summaries: Iterable[int]) -> Iterator[Claim]:
    for s in summaries:
        if key := link_key(case.summaries[s].link or ""):
            yield from (Claim(s, i) for i in _few(case.links.get(key, ())))


def _by_title(case: Case, summaries: Iterable[int]) -> Iterator[Claim]:
    """Compare titles for equality: re-runs of one title are told apart by number and date alone."""
    for s in summaries:
        for i in case.titles.near(case.episodes[s].title.keys, case.episodes[s]):
            mine, theirs = case.pair(s, i)
            against = contradiction(mine, theirs)
            if not against and s in case.showless and mine.title.generic and gap(mine, theirs) is None:
                against = _NO_SHOW
            yield Claim(s, i, support(mine, theirs), against)


def _by_part(case: Case, summaries: Iterable[int]) -> Iterator[Claim]:
    """Look for one title whole inside the other, but never for less of it than some other title shares.

    "Guido van Rossum: Python and the Future" must not go to "Guido van Rossum: Python" because the item that has
    all of its title is forbidden.
    """
    summaries = list(summaries)
    items, shorter = Contained(case.item_episodes, range(len(case.items))), Contained(case.episodes, summaries)
    found = {(s, i) for s in summaries for i in items.inside(case.episodes[s])}
    found |= {(s, i) for s in summaries for i in case.titles.near(case.episodes[s].title.keys, case.episodes[s])}
    found |= {(s, i) for i, episode in enumerate(case.item_episodes) for s in shorter.inside(episode)}
    most_of_summary, most_of_item = defaultdict[int, int](int), defaultdict[int, int](int)
    shared = {pair: min(len(episode.title.words) for episode in case.pair(*pair)) for pair in sorted(found)}
    for (s, i), words in shared.items():
        most_of_summary[s] = max(words, most_of_summary[s])
        most_of_item[i] = max(words, most_of_item[i])
    for (s, i), words in shared.items():
        if words == most_of_summary[s] == most_of_item[i]:
            yield Claim(s, i, support(*case.pair(s, i)), _against_part(case, s, i))


def _against_part(case: Case, s: int, i: int) -> str | None:
    """Believe a contained title unless something speaks for another episode of the same words."""
    mine, theirs = case.pair(s, i)
    shorter, longer = sorted((mine.title, theirs.title), key=lambda title: len(title.words))
    if against := _against(case, s, i):
        return against
    if shorter.generic:  # "Ask Me Anything" is inside "Ann Lee Decides: Ask Me Anything with Bees"
        return "any show may have an episode of such a title"
    if support(mine, theirs):  # a number or a day that agrees outweighs what follows
        return None
    if case.strays(s):
        return "the summary names a guid or audio that no item of this feed has"
    # "the history of bees" alone does not pick "Ann Lee, Bob Ray and Cy Orr on the history of bees and men".
    if s in case.showless and len(shorter.words) < _WHOLE_SHARE * len(longer.words):
        return _NO_SHOW
    return None


def _against(case: Case, s: int, i: int) -> str | None:
    mine, theirs = case.pair(s, i)
    if forbidden := contradiction(mine, theirs):
        return forbidden
    if mine.kinds != theirs.kinds:
        return _KINDS_DIFFER
    # The summary is #12, #12 is "Wasps": an item without a number is not it, however alike.
    return "another item has its number" if case.number_is_elsewhere(s, i) else None


def _by_number_and_date(case: Case, summaries: Iterable[int]) -> Iterator[Claim]:
    """Take the one item of that number and day; a bonus of the same number and day leaves a doubt, so it is a tie."""
    for s in summaries:
        mine = case.episodes[s]
        # Every show has a #12, and many publish on one day.
        if s in case.showless or not mine.days:
            continue
        near = case.numbers.near((str(n) for _, n in mine.numbers), mine)
        found = []
        for i in near:
            theirs, apart = case.item_episodes[i], gap(mine, case.item_episodes[i])
            same_day = apart is not None and apart <= SAME_DAY
            if same_day and agree(mine, theirs) and not contradiction(mine, theirs):
                found.append(i)
        alone = len(found) == 1 and mine.kinds != case.item_episodes[found[0]].kinds
        yield from (Claim(s, i, against=_KINDS_DIFFER if alone else None) for i in found)


def _by_similarity(case: Case, summaries: Iterable[int]) -> Iterator[Claim]:
    least = LEAST_SIMILARITY - SIMILARITY_MARGIN
    for s in summaries:
        mine = case.episodes[s]
        around = [i for day in mine.days for i in case.days.get(day, ())]
        if len(around) > _DAY_CROWD or len(mine.title.text) > _LONGEST:
            continue
        texts = {i: case.item_episodes[i].title.text[:_LONGEST] for i in around}
        for _, score, i in process.extract(mine.title.text, texts, scorer=fuzz.ratio, limit=None, score_cutoff=least):
            yield Claim(s, i, score, _against(case, s, i))


def _borne_out(case: Case, s: int, i: int) -> str:
    mine, theirs = case.pair(s, i)
    said = ["the numbers"] if agree(mine, theirs) else []
    said += ["the dates"] if gap(mine, theirs) is not None else []
    return f", and {' and '.join(said)} agree" if said else ""


def _why_part(case: Case, claim: Claim) -> str:
    mine, theirs = case.pair(claim.summary, claim.item)
    inside = "summary's title stands whole inside the item's"
    if len(mine.title.words) > len(theirs.title.words):
        inside = "item's title stands whole inside the summary's"
    return f"The {inside}{_borne_out(case, claim.summary, claim.item)}."


RULES = (
    Rule("guid", "guid", _by_guid, lambda *_: "The guid is the same."),
    Rule("audio", "audio", _by_audio, lambda *_: "The audio is the same file, tracking and query aside."),
    Rule("link", "link", _by_link, lambda *_: "The link is the same page."),
    Rule("title", "title", _by_title, lambda case, claim: f"The titles are equal{_borne_out(case, *claim[:2])}."),
    Rule("title", "part of a title", _by_part, _why_part),
    Rule("number and date", "number and date", _by_number_and_date, lambda *_: "Number and date are the same."),
    Rule(
        "similarity",
        "similarity",
        _by_similarity,
        lambda _, claim: f"The titles are {claim.weight:.0f} % alike and the dates agree; no other is near.",
        margin=SIMILARITY_MARGIN,
        least=LEAST_SIMILARITY,
    ),
)
