"""Which item a stored summary belongs to: items x summaries -> matches, each with its reason.

A wrong summary is worse than none: whatever is ambiguous is no match, and evidence that points at an item which a
summary cannot have keeps it from slipping to the next best.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from enricher.errors import Problem
from enricher.matching.claims import Claim, Settled, settle
from enricher.matching.episode import Episode, contradiction, of_summary, of_title, read_items
from enricher.matching.rules import RULES, Case, Rule
from enricher.matching.shelf import Nearest, Shelves
from enricher.matching.titles import show_key, show_names
from enricher.model.edition import Match, Matching
from enricher.model.feed import forget
from enricher.text import cut, one_line
from enricher.urls import audio_key, is_web_address

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from enricher.model.feed import Feed, FeedConfig, Remember
    from enricher.model.summary import StoredSummary, Summary

_SHOW_IN_TITLE = re.compile(r"([^|]+?)\s*#\s?\d{1,9}\s*$")
_SEPARATOR = re.compile("/")
_SHOWN_TITLE = 80
_SHOWN_FEW = 3
_KIN = 60  # per cent of similarity from which on a title is worth naming


def episodes_of(feed: Feed, config: FeedConfig, remember: Remember = forget) -> Sequence[Episode]:
    """Read what the items say of their episodes, for `match` and `page_links`."""
    return read_items(feed.items, show_names([feed.title, *config.aliases]), remember)


def match(
    feed: Feed,
    stored: Sequence[StoredSummary],
    config: FeedConfig,
    *,
    reserved: Collection[str] = (),
    episodes: Sequence[Episode] | None = None,
) -> Matching:
    """Find for every item its summary, by the first rule that decides: guid, audio, link, title, number, similarity.

    `reserved` are the absolute folders that belong to one show alone; those of another one hold no candidates.
    `episodes` are those of `episodes_of`, where they were read already.
    """
    chosen = [one for one in stored if _is_candidate(one, feed, config, reserved)]
    case = _case(feed, chosen, config, episodes_of(feed, config) if episodes is None else episodes)
    board = _Board(case, chosen)
    for rule in RULES:
        board.apply(rule)
    return board.result()


def page_links(
    feed: Feed, config: FeedConfig, *, episodes: Sequence[Episode] | None = None
) -> Callable[[str], str | None]:
    """Give a function from a related episode's title to the page of the one item of this feed that has the title.

    It gives an absolute http or https link, or None where no item or several have the title.
    """
    shows = show_names([feed.title, *config.aliases])
    items = episodes_of(feed, config) if episodes is None else episodes

    @cache  # a feed without related episodes has no use for them
    def shelves() -> Shelves:
        return Shelves(((key, i) for i, item in enumerate(items) for key in item.title.keys), items)

    def find_page(related_title: str) -> str | None:
        related = of_title(related_title, shows)
        if related.title.generic:
            return None
        found = [i for i in shelves().near(related.title.keys, related) if not contradiction(related, items[i])]
        item = feed.items[found[0]] if len(found) == 1 else None
        link = item.link if item else None
        is_page = item is not None and (not item.audio or audio_key(link or "") != audio_key(item.audio))
        return link if is_page and is_web_address(link) else None

    return find_page


# Candidates


def _is_candidate(stored: StoredSummary, feed: Feed, config: FeedConfig, reserved: Collection[str]) -> bool:
    """Tell whether a summary may belong to this feed: by its folder, else by the show that it names, else it may."""
    owner = max((_holder(folders, stored) for folders in (config.summaries, reserved)), key=len)
    if owner:
        return owner in config.summaries
    show = _show_of(stored.summary)
    return show is None or show_key(show) in {show_key(name) for name in (feed.title, *config.aliases)}


def _holder(folders: Collection[str], stored: StoredSummary) -> str:
    """Give the innermost of the folders that a summary lies in; empty where it lies in none."""
    above = (stored.path[: found.start()] or found[0] for found in _SEPARATOR.finditer(stored.path))
    return max((folder for folder in (stored.folder, *above) if folder in folders), key=len, default="")


def _show_of(summary: Summary) -> str | None:
    """Give the show that a summary names, itself or as ` | Show #N` in its title."""
    if summary.podcast and show_key(summary.podcast):
        return summary.podcast
    title, _, last = summary.title[-_SHOWN_TITLE * 4 :].rpartition("|")
    found = _SHOW_IN_TITLE.match(last.strip()) if title else None
    return found[1] if found and show_key(found[1]) else None


def _case(feed: Feed, chosen: Sequence[StoredSummary], config: FeedConfig, items: Sequence[Episode]) -> Case:
    names = (feed.title, *config.aliases)
    summaries = [one.summary for one in chosen]
    said = [_show_of(summary) for summary in summaries]
    own = {name: show_names((*names, name)) for name in set(said)}
    return Case(
        items=feed.items,
        summaries=summaries,
        item_episodes=items,
        episodes=[of_summary(summary, own[show]) for summary, show in zip(summaries, said, strict=True)],
        showless=frozenset(
            s
            for s, (one, show) in enumerate(zip(chosen, said, strict=True))
            if show is None and not _holder(config.summaries, one)
        ),
    )


# Decisions


class _Board:
    """What is decided so far."""

    def __init__(self, case: Case, stored: Sequence[StoredSummary]) -> None:
        self._case = case
        self._stored = stored
        self._owners: dict[int, tuple[int, str, str]] = {}
        self._barred_items: set[int] = set()
        self._open = dict.fromkeys(range(len(stored)))
        self._among: dict[int, frozenset[int]] = {}
        self._item_notes: dict[int, str] = {}
        self._notes: dict[int, str] = {}
        self._ties: list[tuple[int, tuple[int, ...], str]] = []

    def apply(self, rule: Rule) -> None:
        """Let one rule decide about the summaries that are still open."""
        if not self._open:
            return
        found = rule.propose(self._case, tuple(self._open))
        claims = [Claim(s, i, weight) for (s, i), weight in found.items() if i in self._among.get(s, (i,))]
        if rule.least:
            best = {s for s, _, weight in claims if weight >= rule.least}
            claims = [claim for claim in claims if claim.summary in best]
        settled = settle(claims, {*self._owners, *self._barred_items}, rule.margin)
        for s, i in settled.pairs:
            self._owners[i] = (s, rule.name, rule.because(self._case, s, i, found[s, i]))
            self._close([s])
        self._leave_unmatched(settled, rule.looks_at)

    def _leave_unmatched(self, settled: Settled, by: str) -> None:
        """Settle the ties: lower evidence counts only among what tied, and not at all for a contested item."""
        for s, items in settled.torn.items():
            self._among[s] = frozenset(items)
            self._ties.append((s, items, by))
        for i, summaries in settled.contested.items():
            self._barred_items.add(i)
            self._close(summaries)
            count = len(summaries)
            self._item_notes[i] = f"{count} summaries claim it by {by}, a tie is no match: {self._names(summaries)}."
            for s in summaries:
                self._notes[s] = f"{count} summaries claim {self._items([i])} by {by}: a tie is no match."
        for s, i in settled.outdone.items():
            self._notes.setdefault(s, f"By {by} it belongs to {self._items([i])}, {self._holder(i)}.")
            self._close([s])

    def _note_ties(self, used: Collection[int]) -> None:
        for s, items, by in self._ties:
            if s not in used:
                few = self._items(items)
                self._notes.setdefault(s, f"{len(items)} items fit it equally by {by}, a tie is no match: {few}.")
                for i in items:
                    note = f"{self._name(s)} fits {len(items)} items equally by {by}: a tie is no match."
                    self._item_notes.setdefault(i, note)

    def _close(self, summaries: Iterable[int]) -> None:
        for s in summaries:
            self._open.pop(s, None)

    def result(self) -> Matching:
        """Give every item's match, and why the other summaries have none."""
        case, used = self._case, {owner[0] for owner in self._owners.values()}
        self._note_ties(used)
        left = [s for s in range(len(self._stored)) if s not in used]
        near_summary = Nearest(case.episodes, left)
        near_item = Nearest(case.item_episodes, range(len(case.items)) if left else ())
        matches = tuple(self._match(i, near_summary if left else None) for i in range(len(case.items)))
        unused = tuple((self._stored[s], self._notes.get(s) or self._why_unused(s, near_item)) for s in left)
        contested = (Problem(self._item_notes[i], case.items[i].title) for i in sorted(self._barred_items))
        return Matching(matches, unused, tuple(contested))

    def _match(self, i: int, near: Nearest | None) -> Match:
        item = self._case.items[i]
        if i in self._owners:
            s, rule, reason = self._owners[i]
            return Match(item, self._stored[s], rule, reason)
        return Match(item, None, "none", self._item_notes.get(i) or self._why_unmatched(i, near))

    def _why_unmatched(self, i: int, near: Nearest | None) -> str:
        found = near.to(self._case.item_episodes[i]) if near else None
        if found is None or found[1] < _KIN:
            unlike = "No summary of this show has a guid, audio, link or title like it."
            return unlike if self._stored else "There is no summary of this show."
        return f"The nearest summary is {self._name(found[0])}, but {self._against(found[0], i, found[1])}."

    def _why_unused(self, s: int, near: Nearest) -> str:
        found = near.to(self._case.episodes[s])
        if found is None or found[1] < _KIN:
            return "No item of this feed has a guid, audio, link or title like it."
        return f"The nearest item is {self._items([found[0]])}, but {self._against(s, found[0], found[1])}."

    def _against(self, s: int, i: int, score: float) -> str:
        """Say what forbade a pair."""
        mine, theirs = self._case.episodes[s], self._case.item_episodes[i]
        if forbidden := contradiction(mine, theirs):
            return forbidden
        if mine.kinds != theirs.kinds:
            return "only one of them is a bonus, a trailer, or the like"
        if i in self._owners:
            return "that item has a summary"
        weak = "" if mine.dated and theirs.dated else " and no date bears it out"
        return f"the titles are {score:.0f} % alike{weak}" if mine.title != theirs.title else f"{_ANY_SHOW}{weak}"

    def _holder(self, i: int) -> str:
        if i not in self._owners:
            return "which several summaries claim"
        return f"which has {self._name(self._owners[i][0])} by {self._owners[i][1]}"

    def _items(self, positions: Sequence[int]) -> str:
        return _listed([f"\u201c{_short(self._case.items[i].title)}\u201d" for i in positions[:_SHOWN_FEW]], positions)

    def _name(self, s: int) -> str:
        return f"{self._stored[s].path.rpartition('/')[2]} (\u201c{_short(self._stored[s].summary.title)}\u201d)"

    def _names(self, summaries: Sequence[int]) -> str:
        return _listed([self._name(s) for s in summaries[:_SHOWN_FEW]], summaries)


_ANY_SHOW = "a summary that names no show is not believed by such a title alone"


def _short(title: str) -> str:
    return cut(one_line(title), _SHOWN_TITLE)


def _listed(shown: Sequence[str], every: Sequence[int]) -> str:
    more = len(every) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
