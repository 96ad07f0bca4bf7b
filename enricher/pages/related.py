"""The most alike of a show's episodes, by the words of their topics' titles and by the people in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import sqrt
from typing import TYPE_CHECKING

from enricher.model.summary import parts
from enricher.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enricher.model.summary import Summary

_MOST = 3
_LIKE = 0.12
"""The least likeness (1: the same words) that is worth a link; a single common word among many is less."""
_PERSON = 2.0
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
    # What every tenth episode has (the host, "introduction") tells nothing, and would cost the most.
    common = max(3, len(summaries) // 10)
    weights = {
        term: (_PERSON if term.startswith("@") else 1.0) / sqrt(len(keys))
        for term, keys in holders.items()
        if len(keys) <= common
    }
    sizes = {key: sqrt(sum(weights.get(term, 0.0) ** 2 for term in found)) for key, found in terms.items()}
    places = {key: place for place, key in enumerate(summaries)}
    likes: dict[str, tuple[str, ...]] = {}
    for key, found in terms.items():
        score: Counter[str] = Counter()
        shared: Counter[str] = Counter()
        for term in found:
            weight = weights.get(term, 0.0)
            for other in holders[term] if weight and len(holders[term]) > 1 else ():
                score[other] += weight * weight  # type: ignore[assignment] # counters count in fractions too
                shared[other] += _SHARED_WORDS if term.startswith("@") else 1
        close = [
            (-likeness, abs(places[other] - places[key]), places[other], other)
            for other, one in score.items()
            if other != key
            and shared[other] >= _SHARED_WORDS
            and (likeness := round(one / (sizes[key] * sizes[other]), 6)) >= _LIKE
        ]
        if close:
            likes[key] = tuple(other for *_, other in sorted(close)[:_MOST])
    return likes


def _terms(summary: Summary) -> tuple[str, ...]:
    """Return the words of topics' titles and the names of people, marked by an `@`, each once, in a fixed order."""
    people = (f"@{fold(name)}" for name in summary.people)
    return tuple(dict.fromkeys((*_words(summary), *people)))


def _words(summary: Summary) -> Iterator[str]:
    for topic in (part for part in parts(summary) if part.kind == "topic"):
        for word in fold(topic.text).split():
            # "AI" is a word, "a" is none; East Asian words are not parted by spaces, but titles repeat whole.
            if len(word) > 1 and not word.isdecimal():
                yield word
