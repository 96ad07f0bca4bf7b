"""Which item a stored summary belongs to: items x summaries -> matches, each with its reason.

A wrong summary is worse than none: whatever is ambiguous is no match, and evidence that points at an item which a
summary cannot have keeps it from slipping to the next best.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from enricher.errors import Problem
from enricher.matching.assignment import Assignment, Claim, assign
from enricher.matching.episode import contradiction, of_items, of_title
from enricher.matching.index import Index
from enricher.matching.match_inputs import Case
from enricher.matching.rules import RULES, Rule
from enricher.matching.shows import show_key
from enricher.matching.titles import show_names, show_of
from enricher.model.edition import Match, Matching
from enricher.text import cut, one_line
from enricher.urls import audio_key, is_web_address, link_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Sequence

    from enricher.matching.episode import Episode
    from enricher.model.feed import Feed, FeedConfig, Item
    from enricher.model.summary import StoredSummary

_SEPARATOR = re.compile("/")
_SHOWN_TITLE = 80
_SHOWN_FEW = 3


def match(source: Feed, stored: Sequence[StoredSummary], feed: FeedConfig, reserved: Collection[str] = ()) -> Matching:
    """Find for every item its summary, by the first rule that decides: guid, audio, link, title, number, similarity.

    `reserved` are the absolute folders that belong to one show alone; those of another one hold no candidates.
    """
    # A doubled item is one: what fits it goes to both of them.
    firsts = {_twin(item): item for item in reversed(source.items)}
    items = tuple(item for item in source.items if firsts[_twin(item)] is item)
    names = (source.title, *feed.aliases)
    keys = {show_key(name) for name in names}
    chosen = [one for one in stored if _is_candidate(one, keys, feed, reserved)]
    named = [show_of(one.summary) for one in chosen]
    own = [bool(_innermost(feed.summaries, one)) for one in chosen]
    home = link_key((source.root.findtext("channel/link") or "").strip())
    board = _Board(Case(items, [one.summary for one in chosen], names, named, own, home), chosen)
    for rule in RULES:
        board.apply(rule)
    result = board.result()
    if len(items) == len(source.items):
        return result
    found = {_twin(one.item): one for one in result.matches}
    return replace(result, matches=tuple(replace(found[_twin(item)], item=item) for item in source.items))


def _twin(item: Item) -> Hashable:
    """Return what doubled items have in common; some feeds give the guid and audio of one episode to the next one."""
    return (item.guid, item.audio, item.title) if item.guid and item.audio else id(item)


def related_items(source: Feed, feed: FeedConfig) -> Callable[[str], Item | None]:
    """Return a function from a related episode's title to the one item of this feed that has the title.

    It returns None where no item or several have it.
    """
    shows = show_names((source.title, *feed.aliases))

    @cache  # a feed without related episodes has no use for them
    def index() -> tuple[Sequence[Episode], Index]:
        items = of_items(source.items, shows)
        return items, Index(((key, i) for i, item in enumerate(items) for key in item.title.keys), items)

    def find(related_title: str) -> Item | None:
        related = of_title(related_title, shows)
        if related.title.generic:  # a "Trailer" may be another show's
            return None
        items, titles = index()
        found = [i for i in titles.near(related.title.keys, related) if not contradiction(related, items[i])]
        return source.items[found[0]] if len(found) == 1 else None

    return find


def page_of(item: Item | None) -> str | None:
    """Return the publisher's page of an item, an absolute http or https link; None where it has none."""
    if item is None or not is_web_address(item.link):
        return None
    # Some feeds give the audio file as the item's page.
    return None if item.audio and audio_key(item.link or "") == audio_key(item.audio) else item.link


# Candidates


def _is_candidate(stored: StoredSummary, keys: Collection[str], feed: FeedConfig, reserved: Collection[str]) -> bool:
    """Check whether a summary may belong to this feed: by its folder, else by the show that it names, else it may."""
    owner = max((_innermost(folders, stored) for folders in (feed.summaries, reserved)), key=len)
    if owner:
        return owner in feed.summaries
    show = show_of(stored.summary)
    return show is None or show_key(show) in keys


def _innermost(folders: Collection[str], stored: StoredSummary) -> str:
    """Return the innermost of the folders that a summary lies in; empty where it lies in none."""
    above = (stored.path[: found.start()] or found[0] for found in _SEPARATOR.finditer(stored.path))
    return max((folder for folder in (stored.folder, *above) if folder in folders), key=len, default="")


# Decisions


class _Board:
    """What is decided so far, and what a person should hear of what is not."""

    def __init__(self, case: Case, stored: Sequence[StoredSummary]) -> None:
        self._case = case
        self._stored = stored
        self._owners: dict[int, tuple[int, str, str]] = {}
        """By item: its summary, the rule, the reason."""
        self._open = dict.fromkeys(range(len(stored)))
        self._contested: set[int] = set()
        """Items that several summaries claim, so that none gets them."""
        self._among: dict[int, frozenset[int]] = {}
        """By summary: the items that tied for it; no other may be its any more."""
        self._ties: list[tuple[int, tuple[int, ...], str]] = []
        self._of_item: dict[int, str] = {}
        self._of_summary: dict[int, str] = {}
        self._refused: list[Claim] = []

    def apply(self, rule: Rule) -> None:
        """Let one rule decide about the summaries that are still open."""
        if not self._open:
            return
        proposed = list(rule.propose(self._case, tuple(self._open)))
        self._refused += (claim for claim in proposed if claim.against)
        claims = [one for one in proposed if not one.against and one.item in self._among.get(one.summary, (one.item,))]
        # Of titles 84 to 92 % alike each is too unlike to be taken, and yet a rival of one that is like enough.
        doubted = [(claim, rule.doubt(self._case, claim)) for claim in claims]
        enough = {claim.summary for claim, doubt in doubted if not doubt}
        self._refused += (one._replace(against=doubt) for one, doubt in doubted if one.summary not in enough)
        claims = [claim for claim in claims if claim.summary in enough]
        made = {claim[:2]: claim for claim in claims}
        assigned = assign(claims, {*self._owners, *self._contested}, rule.margin)
        for s, i in assigned.pairs:
            self._owners[i] = (s, rule.name, rule.because(self._case, made[s, i]))
            self._close([s])
        self._note_undecided(assigned, rule.looks_at)

    def _note_undecided(self, assigned: Assignment, by: str) -> None:
        """Lower evidence counts only among the items that tied for a summary, and not at all for a contested item."""
        for s, items in assigned.tied.items():
            self._among[s] = frozenset(items)
            self._ties.append((s, items, by))
        for i, summaries in assigned.contested.items():
            self._contested.add(i)
            self._close(summaries)
            count = len(summaries)
            names = _listed([self._name(s) for s in summaries[:_SHOWN_FEW]], count)
            self._of_item[i] = f"{count} summaries claim it by {by}, a tie is no match: {names}."
            for s in summaries:
                self._of_summary[s] = f"{count} summaries claim {self._items([i])} by {by}: a tie is no match."
        for s, i in assigned.outdone.items():
            holder = "which several summaries claim"
            if i in self._owners:
                holder = f"which has {self._name(self._owners[i][0])} by {self._owners[i][1]}"
            self._of_summary.setdefault(s, f"By {by} it belongs to {self._items([i])}, {holder}.")
            self._close([s])

    def _close(self, summaries: Iterable[int]) -> None:
        for s in summaries:
            self._open.pop(s, None)

    def result(self) -> Matching:
        """Return every item's match, and why the other summaries have none."""
        items, used = self._case.items, {owner[0] for owner in self._owners.values()}
        for s, tied, by in self._ties:
            if s not in used:
                many = f"{len(tied)} items fit it equally by {by}, a tie is no match: {self._items(tied)}."
                self._of_summary.setdefault(s, many)
                for i in tied:
                    note = f"{self._name(s)} fits {len(tied)} items equally by {by}: a tie is no match."
                    self._of_item.setdefault(i, note)
        for s, i, _, against in self._refused:
            if s not in used:
                self._of_summary.setdefault(s, f"It is like {self._items([i])}, but {against}.")
                self._of_item.setdefault(i, f"{self._name(s)} is like it, but {against}.")
        unlike = "No summary of this show has a guid, audio, link or title like it."
        nothing = unlike if self._stored else "There is no summary of this show."
        matches = []
        for i, item in enumerate(items):
            if i in self._owners:
                s, rule, reason = self._owners[i]
                matches.append(Match(item, self._stored[s], rule, reason))
            else:
                matches.append(Match(item, None, "none", self._of_item.get(i, nothing)))
        nobody = "No item of this feed has a guid, audio, link or title like it."
        left = ((s, one) for s, one in enumerate(self._stored) if s not in used)
        unused = tuple((one, self._of_summary.get(s, nobody)) for s, one in left)
        contested = (Problem(self._of_item[i], items[i].title) for i in sorted(self._contested))
        return Matching(tuple(matches), unused, tuple(contested))

    def _items(self, positions: Sequence[int]) -> str:
        shown = [f"\u201c{_short(self._case.items[i].title)}\u201d" for i in positions[:_SHOWN_FEW]]
        return _listed(shown, len(positions))

    def _name(self, s: int) -> str:
        return f"{self._stored[s].path.rpartition('/')[2]} (\u201c{_short(self._stored[s].summary.title)}\u201d)"


def _short(title: str) -> str:
    return cut(one_line(title), _SHOWN_TITLE)


def _listed(shown: Sequence[str], count: int) -> str:
    return ", ".join(shown) + (f" and {count - len(shown)} more" if count > len(shown) else "")
