"""Where in a transcript a quote was spoken, tolerant of what editors and speech recognisers do to words.

A quote's word pairs vote for the place where most of them stand in order; the best places are then aligned word by
word. The limits below are measured: `python bench/alignment.py`.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from enricher.text import cut
from enricher.timing.sentences import parted, timed_words
from enricher.timing.words import normal, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enricher.model.timeline import Cue, Transcript

# Weights are counted in rare words: a word that stands once in the transcript weighs one, a common one a third.
_ACCEPT = 70.0  # least score of a place; 10,000 quotes of other episodes scored 65 at most where their words weigh much
_CLOSE = 90.0  # least score where they weigh little: quotes of other episodes reached 77 there
_LIGHT = 2.1  # what weighs less, or has fewer than three words, is anybody's phrase
_HEAVY = 5.7  # the weight from which the least score is enough
_FEWEST = 3
_APART = 12.0  # a second place that scores less than this below the first makes the quote ambiguous
_COMMON = 300  # a pair of words that stands at more places than this says nothing of where
_PLACES = 4  # how many places are aligned word by word
_GAP = 0.04  # what a word skipped costs
_REACH = 20  # how many words of the transcript a quote may skip at once
_BEFORE = 60  # and how many matches before it each is held against
_MATCHES = 4000  # speech of 200 words has 1,500 or so; more is one phrase over and over, which stands nowhere
_LONGEST = 200  # of a longer quote, half as many words at its start and at its end are sought
_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:\.\s?){3,}\]|\[\u2026\]|(?:\.\s?){3,}|\u2026)\s*")
_PART = 4  # fewer words between ellipses are no sentence of their own
_JOINED = 600.0  # the most seconds that an ellipsis leaves out
_EXCERPT = 120
_SENTENCE = 15.0  # how far before a quote its sentence may begin, in seconds
_BREATH = 0.5  # a cue's own start is better evidence than a share of it that is less than this later


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a quote was spoken, in seconds on the transcript's timeline."""

    start: float
    end: float
    sentence: float
    """Start of the sentence that the quote begins in, at most 15 s before it."""
    score: float
    """0 to 100: how much of the quote, by the weight of its words, stands there in order."""
    text: str
    """What the transcript says there, shortened."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a quote has no place, and the places it might have had if it has several."""

    reason: str
    candidates: tuple[Placement, ...] = ()


def align(quotes: Sequence[str], transcript: Transcript) -> tuple[Placement | Refusal, ...]:
    """Find each quote's place among the cues; a Refusal where it is not there, or at several places alike."""
    index = Index(transcript.cues)
    return tuple(index.place(quote) for quote in quotes)


@dataclass(frozen=True, slots=True)
class _Span:
    """A run of the transcript's normal words that a quote was matched to; `last` belongs to it."""

    first: int
    last: int
    score: float
    weight: float


class Index:
    """A transcript's words, where each pair of them stands, and when each is spoken."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        self._cues = cues
        self._times: list[tuple[float, float]] = []
        self._cue_of: list[int] = []
        self._begins: list[bool] = []
        written: list[str] = []
        before: Cue | None = None
        for i, cue in enumerate(cues):
            fresh = before is None or parted(before, cue)
            for word, start, end, ends in timed_words(cue):
                written.append(word)
                self._times.append((start, end))
                self._cue_of.append(i)
                self._begins.append(fresh)
                fresh = ends
            before = cue
        words = normal(written)
        self._words = [word for word, _ in words]
        self._written = [at for _, at in words]
        self._single: dict[str, list[int]] = defaultdict(list)
        for i, word in enumerate(self._words):
            self._single[word].append(i)
        self._pairs: dict[tuple[str, str], list[int]] = defaultdict(list)
        for i, pair in enumerate(pairwise(self._words)):
            self._pairs[pair].append(i)
        for i, pair in enumerate(zip(self._words, self._words[2:], strict=False)):
            self._pairs[pair].append(i)
        self._log = math.log(len(self._words) + 2)

    def place(self, quote: str) -> Placement | Refusal:
        """Find a quote; where an ellipsis joins sentences, each is sought by itself."""
        words = _normal_words(quote)
        if len(words) > _LONGEST:
            ends = (words[: _LONGEST // 2], words[-_LONGEST // 2 :])
            return self._join([self._place(part) for part in ends]) or Refusal("the quote is too long to be one")
        found = self._place(words)
        parts = _parts(quote)
        if len(parts) > 1 and (not isinstance(found, Placement) or found.score < 90):  # noqa: PLR2004 not word for word
            return self._join([self._place(part) for part in parts]) or found
        return found

    def _place(self, quote: Sequence[str]) -> Placement | Refusal:
        spans = self._spans(quote)
        if not spans or len(quote) < _FEWEST or spans[0].score < _needed(spans[0].weight):
            return self._unplaced(quote, spans[:1])
        rivals = [span for span in spans if spans[0].score - span.score < _APART and span.score >= _needed(span.weight)]
        if len(rivals) > 1:
            places = tuple(sorted((self._placement(span) for span in rivals), key=lambda place: place.start))
            return Refusal(f"the quote stands at {len(places)} places alike", places)
        return self._placement(spans[0])

    def _unplaced(self, quote: Sequence[str], best: Sequence[_Span]) -> Refusal:
        if len(quote) < _FEWEST or sum(map(self._weigh, quote)) < _LIGHT:
            return Refusal("the quote is too short, or its words too common, to tell where it was spoken")
        nearest = f"; the nearest thing scores {best[0].score:.0f} of 100" if best else ""
        return Refusal(f"the quote is not in the transcript{nearest}")

    def _spans(self, quote: Sequence[str]) -> list[_Span]:
        """Give the places where the quote may stand, apart from one another, best first."""
        weights = [self._weigh(word) for word in quote]
        spans: list[_Span] = []
        for shift in self._shifts(quote):
            span = self._span(quote, weights, shift)
            if span and not any(span.first <= other.last and other.first <= span.last for other in spans):
                spans.append(span)
        return sorted(spans, key=lambda span: (-span.score, span.first))

    def _weigh(self, word: str) -> float:
        return self._rarity(max(1, len(self._single.get(word, ()))))

    def _rarity(self, places: int) -> float:
        return 1 - math.log(places) / self._log

    def _shifts(self, quote: Sequence[str]) -> list[int]:
        """Let the quote's words and pairs vote for how far into the transcript it begins; the best few, best first."""
        width = max(6, len(quote) // 2)
        votes: dict[int, float] = defaultdict(float)
        for i, places, weight in self._clues(quote):
            for bucket in {(place - i) // width for place in places}:
                votes[bucket] += weight
                votes[bucket + 1] += weight
        best = sorted(votes, key=lambda bucket: (-votes[bucket], bucket))[: _PLACES * 2]
        return [(bucket - 1) * width for bucket in best]

    def _clues(self, quote: Sequence[str]) -> Iterator[tuple[int, Sequence[int], float]]:
        for step in (1, 2):
            for i, pair in enumerate(zip(quote, quote[step:], strict=False)):
                places = self._pairs.get(pair, ())
                if 0 < len(places) <= _COMMON:
                    yield i, places, self._rarity(len(places))
        for i, word in enumerate(quote):
            places = self._single.get(word, ())
            if 0 < len(places) <= _COMMON // 10:
                yield i, places, self._rarity(len(places))

    def _span(self, quote: Sequence[str], weights: Sequence[float], shift: int) -> _Span | None:
        """Align the quote with the words around a place, and keep the stretch where they agree most densely."""
        width = max(6, len(quote) // 2)
        low = max(0, shift - width)
        there = self._words[low : shift + 3 * width + len(quote)]
        chain = _chain(quote, there, weights)
        if not chain:
            return None
        first = low + max(0, chain[0][1] - chain[0][0])
        last = min(len(self._words) - 1, low + chain[-1][1] + len(quote) - 1 - chain[-1][0])
        weight = sum(weights[i] for i, _ in chain)
        return _Span(first, last, self._score(quote, weights, weight, (first, last)), weight)

    def _score(self, quote: Sequence[str], weights: Sequence[float], weight: float, span: tuple[int, int]) -> float:
        letters = fuzz.ratio(" ".join(quote), " ".join(self._words[span[0] : span[1] + 1]))
        return (100 * weight / sum(weights) + letters) / 2

    def _placement(self, span: _Span) -> Placement:
        first, last = self._written[span.first], self._written[span.last]
        start = self._times[first][0]
        cues = self._cues[self._cue_of[first] : self._cue_of[last] + 1]
        if start - cues[0].start < _BREATH:
            start = cues[0].start
        text = cut(" ".join(cue.text for cue in cues[:_EXCERPT]), _EXCERPT)
        sentence = min(start, self._sentence(first))
        return Placement(start, max(start, self._times[last][1]), sentence, round(span.score, 1), text)

    def _sentence(self, first: int) -> float:
        """Go back to where the sentence begins: after a full stop, a pause or a change of speaker."""
        start = self._times[first][0]
        at = first
        while at > 0 and start - self._times[at - 1][0] <= _SENTENCE:
            if self._begins[at]:
                return self._times[at][0]
            at -= 1
        return self._times[at][0] if self._begins[at] else start

    def _join(self, places: Sequence[Placement | Refusal]) -> Placement | None:
        """Make one place of the sentences that an ellipsis joins, if all stand there in the order quoted."""
        joined = places[0]
        if isinstance(joined, Refusal):
            return None
        for place in places[1:]:
            nearest = [p for p in _choices(place) if 0 <= p.start - joined.start <= _JOINED and p.end >= joined.end]
            if not nearest:
                return None
            part = min(nearest, key=lambda p: p.start)
            joined = Placement(joined.start, part.end, joined.sentence, min(joined.score, part.score), joined.text)
        return joined


def _choices(place: Placement | Refusal) -> tuple[Placement, ...]:
    return (place,) if isinstance(place, Placement) else place.candidates


def _needed(weight: float) -> float:
    """Give the least score for words of this weight: the commoner they are, the closer the match must be."""
    if weight < _LIGHT:
        return math.inf
    return _ACCEPT + (_CLOSE - _ACCEPT) * max(0.0, (_HEAVY - weight) / (_HEAVY - _LIGHT))


def _chain(quote: Sequence[str], there: Sequence[str], weights: Sequence[float]) -> list[tuple[int, int]]:
    """Give the run of words matched in order that weighs most after paying for the words skipped between them."""
    at: dict[str, list[int]] = defaultdict(list)
    for i, word in enumerate(quote):
        at[word].append(i)
    matched = [(i, j) for j, word in enumerate(there) for i in at.get(word, ())]
    if len(matched) > _MATCHES:
        return []
    best: list[tuple[float, int]] = []  # what the heaviest run that ends with this match weighs, and the match before
    far = 0
    for k, (i, j) in enumerate(matched):
        while matched[far][1] < j - _REACH:
            far += 1
        gain, before = 0.0, -1
        for m in range(max(far, k - _BEFORE), k):
            skipped = i - matched[m][0] + j - matched[m][1] - 2
            if matched[m][0] < i and matched[m][1] < j and best[m][0] - _GAP * skipped > gain:
                gain, before = best[m][0] - _GAP * skipped, m
        best.append((gain + weights[i], before))
    k = max(range(len(best)), key=lambda m: best[m][0], default=-1)
    chain = []
    while k >= 0:
        chain.append(matched[k])
        k = best[k][1]
    return chain[::-1]


def _normal_words(quote: str) -> list[str]:
    return [word for word, _ in normal(words_of(quote))]


def _parts(quote: str) -> list[list[str]]:
    """Part a quote at its ellipses; pieces of a few words stay with their neighbour."""
    parts: list[list[str]] = []
    for piece in _ELLIPSIS.split(quote):
        words = _normal_words(piece)
        if parts and min(len(words), len(parts[-1])) < _PART:
            parts[-1] += words
        else:
            parts.append(words)
    return parts
