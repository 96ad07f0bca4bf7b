"""Which summary gets which item where many claim many: one item for one summary, and a tie is no match."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


class Claim(NamedTuple):
    """That a summary may belong to an item, by their positions, and how much speaks for it."""

    summary: int
    item: int
    weight: float = 0.0
    against: str | None = None
    """What forbids this pair, which is like enough that a person should hear why it is none."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What became of the claims."""

    pairs: tuple[tuple[int, int], ...]
    """Summaries and their items, each unique for the other."""
    tied: Mapping[int, tuple[int, ...]]
    """Summaries with several equally good items."""
    contested: Mapping[int, tuple[int, ...]]
    """Items with several equally good summaries, none of them tied."""
    outdone: Mapping[int, int]
    """Summaries whose one item has a better summary, and that item."""


def assign(claims: Iterable[Claim], taken: Collection[int] = (), margin: float = 1.0) -> Assignment:
    """Pair the summaries and items that are each other's only best: by `margin` better than the next.

    A taken item keeps its claims, for a summary that points at it must not slip to its next best.
    """
    by_summary, by_item = defaultdict[int, list[Claim]](list), defaultdict[int, list[Claim]](list)
    for claim in claims:
        by_summary[claim.summary].append(claim)
        by_item[claim.item].append(claim)
    best = {summary: [claim.item for claim in _top(found, margin)] for summary, found in by_summary.items()}
    tied = {summary: tuple(items) for summary, items in best.items() if len(items) > 1}
    aims = {summary: items[0] for summary, items in best.items() if len(items) == 1}
    pairs: list[tuple[int, int]] = []
    contested: dict[int, tuple[int, ...]] = {}
    outdone: dict[int, int] = {}
    for item, found in by_item.items():
        top = {claim.summary for claim in _top(found, margin)}
        aiming = [claim.summary for claim in found if aims.get(claim.summary) == item]
        sure = tuple(summary for summary in aiming if summary in top and item not in taken)
        if len(sure) == 1:
            pairs.append((sure[0], item))
        elif sure:
            contested[item] = sure
        outdone |= {summary: item for summary in aiming if summary not in sure}
    return Assignment(tuple(pairs), tied, contested, outdone)


def _top(claims: Sequence[Claim], margin: float) -> list[Claim]:
    limit = max(claim.weight for claim in claims) - margin
    return [claim for claim in claims if claim.weight > limit]
