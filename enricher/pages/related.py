"""The most alike of a show's episodes, by the words of their topics' titles and by the people in them."""

from __future__ import annotations

from collections import defaultdict
from math import sqrt
from typing import TYPE_CHECKING

from enricher.model.summary import parts
from enricher.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from enricher.model.summary import Summary

_MOST = 3
_LIKE = 0.12
"""The least likeness (1: the same words) that is worth a link; a single common word among many is less."""
_PERSON = 4.0
"""How much more a common guest says than a common word."""
_SHARED_WORDS = 2
"""How many words two episodes must have in common where they have no person in common."""


def most_alike(summaries: Mapping[str, Summary]) -> dict[str, tuple[str, ...]]:
    """Return up to three most alike others for each key; a key whose likes are weak is left out.

    A term's weight depends on how many summaries hold it, not on how many there are: so a new summary changes the likes
    of those alone that share a term with it, and few pages have to be made again.
    """
    terms = {key: _terms(summary) for key, summary in summaries.items()}
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for key, found in terms.items():
        for term in found:
            holders[term].append(key)
    # What every twentieth episode has (the host, "introduction") tells little, and would cost the most.
    common = max(3, len(summaries) // 20)
    weights = {
        term: (_PERSON if term.startswith("@") else 1.0) / len(keys)
        for term, keys in holders.items()
        if len(keys) <= common
    }
    sizes = {key: sqrt(sum(weights.get(term, 0.0) for term in found)) for key, found in terms.items()}
    places = {key: place for place, key in enumerate(summaries)}
    likes: dict[str, tuple[str, ...]] = {}
    for key, found in terms.items():
        score: dict[str, float] = {}
        for term in found:
            weight = weights.get(term, 0.0)
            for other in holders[term] if weight else ():
                score[other] = score.get(other, 0.0) + weight
        least = _LIKE * sizes[key]
        close = [
            (-round(one / sizes[other], 9), abs(places[other] - places[key]), places[other], other)
            for other, one in score.items()
            if other != key and one >= least * sizes[other] and _is_shared(found & terms[other] & weights.keys())
        ]
        if close:
            likes[key] = tuple(other for *_, other in sorted(close)[:_MOST])
    return likes


def _is_shared(common: Collection[str]) -> bool:
    return len(common) >= _SHARED_WORDS or any(term.startswith("@") for term in common)


def _terms(summary: Summary) -> AbstractSet[str]:
    """Return the words of topics' titles and the names of people, marked by an `@`, in the order of the summary."""
    people = (f"@{fold(name)}" for name in summary.people)
    # A dict's keys are a set in a fixed order: sums of fractions depend on it, and pages on these.
    return dict.fromkeys((*_words(summary), *people)).keys()


def _words(summary: Summary) -> Iterator[str]:
    for topic in (part for part in parts(summary) if part.kind == "topic"):
        for word in fold(topic.text).split():
            # "AI" is a word, "a" is none; East Asian words are not parted by spaces, but titles repeat whole.
            if len(word) > 1 and not word.isdecimal():
                yield word
