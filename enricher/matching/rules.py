"""The rules by which a summary may belong to an item, in the order in which they are tried."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from enricher.matching.assignment import Claim
from enricher.matching.episode import SAME_DAY, agree, contradiction, gap, support
from enricher.matching.index import CROWD, Contained
from enricher.matching.match_inputs import file_key, stripped
from enricher.matching.spelling import telling_difference
from enricher.titles.numbers import last_piece
from enricher.urls import link_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from enricher.matching.episode import Episode
    from enricher.matching.match_inputs import Case
    from enricher.model.summary import Summary

    Propose = Callable[[Case, Iterable[int]], Iterable[Claim]]

LEAST_SIMILARITY = 92.0
SIMILARITY_MARGIN = 8.0
# There a tie is likelier than a match, and the work grows with the square.
_DAY_CROWD = 500  # items of a few days
_LONGEST = 500  # characters of a title
_WHOLE_SHARE = 0.5

_NO_SHOW = "a summary that names no show is not believed by such a title alone"
_KINDS_DIFFER = "only one of them is a bonus, a trailer, or the like"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it is called, what it looks at, what it proposes for the summaries that have no item yet."""

    name: str
    looks_at: str
    propose: Propose
    because: Callable[[Case, Claim], str]
    margin: float = 1.0
    doubt: Callable[[Case, Claim], str | None] = lambda *_: None
    """Why a claim that nothing forbids is not enough; it is a rival of others all the same."""


def _few(found: Sequence[int]) -> Sequence[int]:
    """Return nothing where so many share an address that it is the show's, not an episode's."""
    return found if len(found) <= CROWD else ()


def _guid(case: Case, guid: str) -> Iterator[tuple[int, bool]]:
    yield from ((i, True) for i in _few(case.guids.get(guid.strip(), ())))


def _audio(case: Case, address: str) -> Iterator[tuple[int, bool]]:
    """Compare audio; where "media.mp3?id=2" and "media.mp3?id=3" share a path, the query parts them."""
    if file := file_key(address):
        exact = case.files.get(file, ())
        for i in _few(exact or case.audio.get(file[0], ())):
            yield i, bool(exact) or not case.has_other_query(i, file)


def _link(case: Case, address: str) -> Iterator[tuple[int, bool]]:
    if (key := link_key(address)) and key != case.home:
        yield from ((i, True) for i in _few(case.links.get(key, ())))


def _by_value(
    said: Callable[[Summary], str | None], find: Callable[[Case, str], Iterator[tuple[int, bool]]]
) -> Propose:
    """Make a rule of what a summary says by name and, where that is nobody's, of the values under any other name.

    Such a value may be another episode's too (`previous: https://…`): it counts where all of them mean one item, and
    neither title, number nor date say otherwise. `find` returns items, and whether their value is the very same.
    """

    def propose(case: Case, summaries: Iterable[int]) -> Iterator[Claim]:
        for s in summaries:
            claims = [
                Claim(s, i, float(same), None if same else _against_file(case, s, i))
                for i, same in find(case, stripped(said(case.summaries[s])) or "")
            ]
            if not claims and not case.strays(s):  # a guid that no item has is of an episode still to come
                meant = {i for value in case.summaries[s].identities for i, _ in find(case, value)}
                claims = [Claim(s, i, against=_against_value(case, s, i)) for i in meant if len(meant) == 1]
            yield from claims

    return propose


def _against_value(case: Case, s: int, i: int) -> str | None:
    mine, theirs = case.pair(s, i)
    called = case.titles.near(mine.title.keys, mine)
    return contradiction(mine, theirs) or ("another item has its title" if called and i not in called else None)


def _against_file(case: Case, s: int, i: int) -> str | None:
    """Believe another query of one path ("media.mp3?updated=1") where title, number or date say that it is the item."""
    mine, theirs = case.pair(s, i)
    if i in case.titles.near(mine.title.keys, mine) or support(mine, theirs):
        return contradiction(mine, theirs)
    return "the queries of their audio differ, and nothing else says that it is this one"


def _by_title(case: Case, summaries: Iterable[int]) -> Iterator[Claim]:
    """Compare titles for equality: re-runs of one title are told apart by number and date alone."""
    for s in summaries:
        for i in case.titles.near(case.episodes[s].title.keys, case.episodes[s]):
            mine, theirs = case.pair(s, i)
            against = contradiction(mine, theirs)
            if not against and case.is_showless(s) and mine.title.generic and gap(mine, theirs) is None:
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
    if against := _against(case, s, i):
        return against
    if min(
        mine.title, theirs.title, key=lambda title: len(title.words)
    ).generic:  # "Ask Me Anything" is inside "Ann Lee Decides: Ask Me Anything with Bees"
        return "any show may have an episode of such a title"
    if support(mine, theirs):  # a number or a day that agrees outweighs what follows
        return None
    if case.strays(s):
        return "the summary names a guid or audio that no item of this feed has"
    return _against_showless(case, s, i) if case.is_showless(s) else None


def _against_showless(case: Case, s: int, i: int) -> str | None:
    mine, theirs = (episode.title.words for episode in case.pair(s, i))
    # "Bees | Wasp Weekly" names another show, perhaps, which has its own "Bees".
    tail = last_piece(case.summaries[s].title)
    if not set(tail) <= set(theirs):
        return f"“{' '.join(tail)}” may be another show"
    # "the history of bees" alone does not pick "Ann Lee, Bob Ray and Cy Orr on the history of bees and men".
    shorter, longer = sorted((len(mine), len(theirs)))
    return _NO_SHOW if shorter < _WHOLE_SHARE * longer else None


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
        if not mine.days:
            continue
        near = case.numbers.near((str(n) for _, n in mine.numbers), mine)
        found = []
        for i in near:
            theirs, apart = case.item_episodes[i], gap(mine, case.item_episodes[i])
            same_day = apart is not None and apart <= SAME_DAY
            # Every show has a #12, and many publish on one day: who names no show shares the title's words.
            known = not case.is_showless(s) or _shares_words(mine, theirs)
            if known and same_day and agree(mine, theirs) and not contradiction(mine, theirs):
                found.append(i)
        alone = len(found) == 1 and mine.kinds != case.item_episodes[found[0]].kinds
        yield from (Claim(s, i, against=_KINDS_DIFFER if alone else None) for i in found)


def _shares_words(one: Episode, other: Episode) -> bool:
    """Check that all words of one title are in the other, and that not every show says them."""
    shorter, longer = sorted((one.title, other.title), key=lambda title: len(title.words))
    return not shorter.generic and set(shorter.words) <= set(longer.words)


def _by_show_and_number(case: Case, summaries: Iterable[int]) -> Iterator[Claim]:
    """Take the one item of a number that the show's name stands before, where a summary is called nothing else."""
    for s in summaries:
        mine = case.episodes[s]
        if mine.title.words or case.is_showless(s):
            continue
        for i in case.numbers.near((str(n) for _, n in mine.numbers), mine):
            if agree(mine, case.item_episodes[i]):
                yield Claim(s, i, support(*case.pair(s, i)), _against(case, s, i))


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


def _unlike(case: Case, claim: Claim) -> str | None:
    """Doubt titles that are less alike than they must be, or alike in letters but not in what they say."""
    if claim.weight < LEAST_SIMILARITY:
        return f"the titles are {claim.weight:.0f} % alike"
    mine, theirs = case.pair(claim.summary, claim.item)
    differ = telling_difference(mine.title.words, theirs.title.words)
    return f"the titles differ in {differ}" if differ else None


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
    Rule("guid", "guid", _by_value(lambda one: one.guid, _guid), lambda *_: "The guid is the same."),
    Rule(
        "audio",
        "audio",
        _by_value(lambda one: one.audio, _audio),
        lambda *_: "The audio is the same file, tracking and query aside.",
    ),
    Rule("link", "link", _by_value(lambda one: one.link, _link), lambda *_: "The link is the same page."),
    Rule("title", "title", _by_title, lambda case, claim: f"The titles are equal{_borne_out(case, *claim[:2])}."),
    Rule("title", "part of a title", _by_part, _why_part),
    Rule("number and date", "number and date", _by_number_and_date, lambda *_: "Number and date are the same."),
    Rule(
        "number", "show and number", _by_show_and_number, lambda *_: "It is called by the show and this number alone."
    ),
    Rule(
        "similarity",
        "similarity",
        _by_similarity,
        lambda _, claim: f"The titles are {claim.weight:.0f} % alike and the dates agree; no other is near.",
        margin=SIMILARITY_MARGIN,
        doubt=_unlike,
    ),
)
