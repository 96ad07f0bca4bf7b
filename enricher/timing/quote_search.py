"""Where in a transcript a quote was spoken, tolerant of what editors and speech recognisers do to words.

rapidfuzz finds the stretches whose letters are most like the quote's; equal words in the same order confirm them, each
weighted by how rare it is. The limits are measured by `python -m bench.alignment`. Folding alone makes words equal:
dropping fillers, writing numbers as digits and American spelling were tried and found no more quotes.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import fuzz

from enricher.text import cut
from enricher.timing.words import timed_words, words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from enricher.model.timeline import Cue, Transcript

_ALIKE = 62.0  # least likeness of letters; quotes with a fifth of their words changed rarely fall below it
_PLACES = 4  # how many stretches are confirmed word by word
# Weights are counted in rare words: one that stands once in the transcript weighs 1, the commonest nearly 0.
# Of 18,000 quotes of other episodes none was accepted by these limits but the jingle that all episodes have.
_ACCEPT = 71.0  # least score where the words in common weigh much
_CLOSE = 88.0  # least score where they weigh little: "I don't even know what how old are you" scored 71 elsewhere
_LIGHT, _HEAVY = 2.1, 5.0  # the weights of little and of much; below the former it is anybody's phrase
_FEWEST = 3  # words of a quote
_APART = 12.0  # a second place that scores less than this below the first makes the quote ambiguous
_GAP = 0.04  # what skipping a word costs
_BEFORE = 60  # how many earlier matches each match is tried after
_MATCHES = 4000  # 200 words of speech have 1,500 or so; more is one phrase over and over, which stands nowhere
_LONGEST = 200  # of a longer quote half as many words at either end are sought
_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:\.\s?){3,}\]|\[\u2026\]|(?:\.\s?){3,}|\u2026)\s*")
_PART = 4  # fewer words between ellipses are no sentence of their own
_JOINED = 600.0  # the most seconds that an ellipsis leaves out
_WORD_FOR_WORD = 90.0  # the score from which an ellipsis is a pause in the speech, and leaves nothing out
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
    """0 to 100: how much of the quote, by the weight of its words and by its letters, stands there in order."""
    text: str
    """What the transcript says there, shortened."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a quote has no place, and the places it might have had if it has several."""

    reason: str
    candidates: tuple[Placement, ...] = ()


class _Span(NamedTuple):
    """The stretch from the first to the last word that a quote was matched to."""

    score: float
    weight: float
    """Of the words that it has in common with the quote."""
    first: int
    last: int

    @property
    def is_close(self) -> bool:
        """The commoner the words in common, the closer the match must be."""
        lack = max(0.0, (_HEAVY - self.weight) / (_HEAVY - _LIGHT))
        return self.weight >= _LIGHT and self.score >= _ACCEPT + (_CLOSE - _ACCEPT) * lack


class Index:
    """A transcript's words and when each is spoken."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self._words: list[str] = []
        self._times: list[tuple[float, float]] = []
        self._cue_of: list[int] = []
        self._begins: list[bool] = []
        """Whether a sentence begins with the word."""
        before: Cue | None = None
        for i, cue in enumerate(transcript.cues):
            begins = before is None or cue.begins_sentence(before)
            for word, start, end, ends in timed_words(cue):
                self._words.append(word)
                self._times.append((start, end))
                self._cue_of.append(i)
                self._begins.append(begins)
                begins = ends
            before = cue
        self._counts = Counter(self._words)
        self._text = " ".join(self._words)
        self._offsets = list(accumulate((len(word) + 1 for word in self._words), initial=0))

    def times_of(self, wanted: Collection[str]) -> dict[str, list[float]]:
        """Return when each of some folded words is spoken; those that are not spoken are left out."""
        times: dict[str, list[float]] = defaultdict(list)
        for word, (start, _) in zip(self._words, self._times, strict=True):
            if word in wanted:
                times[word].append(start)
        return times

    def place(self, quote: str) -> Placement | Refusal:
        """Find where a quote is spoken; where an ellipsis joins sentences, each is sought by itself.

        A Refusal where it is not there, or at several places alike.
        """
        parts = _parts(quote)
        words = [word for part in parts for word in part]
        if len(words) > _LONGEST:
            ends = (words[: _LONGEST // 2], words[-_LONGEST // 2 :])
            return self._join([self._place(part) for part in ends]) or Refusal("the quote is too long to be one")
        found = self._place(words)
        if len(parts) > 1 and (isinstance(found, Refusal) or found.score < _WORD_FOR_WORD):
            return self._join([self._place(part) for part in parts]) or found
        return found

    def _place(self, quote: Sequence[str]) -> Placement | Refusal:
        rare = math.log(len(self._words) + 2)
        weights = [1 - math.log(max(1, self._counts[word])) / rare for word in quote]
        if len(quote) < _FEWEST or sum(weights) < _LIGHT:
            return Refusal("the quote is too short, or its words too common, to tell where it was spoken")
        spans = self._spans(quote, weights)
        if not spans or not spans[0].is_close:
            nearest = f"; the nearest thing scores {spans[0].score:.0f} of 100" if spans else ""
            return Refusal(f"the quote is not in the transcript{nearest}")
        alike = [span for span in spans if spans[0].score - span.score < _APART and span.is_close]
        if len(alike) > 1:
            places = tuple(sorted((self._placement(span) for span in alike), key=lambda place: place.start))
            return Refusal(f"the quote stands at {len(places)} places alike", places)
        return self._placement(spans[0])

    def _spans(self, quote: Sequence[str], weights: Sequence[float]) -> list[_Span]:
        """Return the stretches that are most like the quote, apart from one another, best first."""
        sought = " ".join(quote)
        spans: list[_Span] = []
        regions = [(0, len(self._text))]
        while regions and len(spans) < _PLACES:
            low, high = regions.pop(0)
            # Where the text is the shorter, rapidfuzz would look for it in the quote.
            if high - low < len(sought):
                continue
            found = fuzz.partial_ratio_alignment(sought, self._text[low:high], score_cutoff=_ALIKE)
            if found is None:
                continue
            start, end = low + found.dest_start, low + found.dest_end
            regions += [(low, start), (end, high)]
            if span := self._confirm(quote, weights, start, end):
                spans.append(span)
        return sorted(spans, key=lambda span: (-span.score, span.first))

    def _confirm(self, quote: Sequence[str], weights: Sequence[float], start: int, end: int) -> _Span | None:
        """Match word by word what stands around a stretch of letters; None if no word is the same."""
        around = max(_PART, len(quote) // 3)
        low = max(0, bisect_right(self._offsets, start) - 1 - around)
        there = self._words[low : bisect_right(self._offsets, end) + around]
        chain = _chain(quote, there, weights)
        if not chain:
            return None
        # Words of the quote before the first match, and behind the last, were changed and take their places.
        first = low + max(0, chain[0][1] - chain[0][0])
        last = min(len(self._words) - 1, low + chain[-1][1] + len(quote) - 1 - chain[-1][0])
        weight = sum(weights[i] for i, _ in chain)
        letters = fuzz.ratio(" ".join(quote), " ".join(self._words[first : last + 1]))
        return _Span((100 * weight / sum(weights) + letters) / 2, weight, first, last)

    def _placement(self, span: _Span) -> Placement:
        start = self._times[span.first][0]
        cues = self.transcript.cues[self._cue_of[span.first] : self._cue_of[span.last] + 1]
        if start - cues[0].start < _BREATH and not cues[0].starts:
            start = cues[0].start
        text = cut(" ".join(cue.text for cue in cues[:_EXCERPT]), _EXCERPT)
        sentence = min(start, self._sentence(span.first))
        return Placement(start, max(start, self._times[span.last][1]), sentence, round(span.score, 1), text)

    def _sentence(self, first: int) -> float:
        """Go back to where the sentence begins; where it is too far, its middle serves."""
        start, at = self._times[first][0], first
        while at > 0 and not self._begins[at] and start - self._times[at - 1][0] <= _SENTENCE:
            at -= 1
        return self._times[at][0] if self._begins[at] else start

    def _join(self, places: Sequence[Placement | Refusal]) -> Placement | None:
        """Make one place of the sentences that an ellipsis joins, if all stand there in the order quoted."""
        joined = places[0]
        if isinstance(joined, Refusal):
            return None
        for place in places[1:]:
            choices = (place,) if isinstance(place, Placement) else place.candidates
            after = [one for one in choices if 0 <= one.start - joined.start <= _JOINED and one.end >= joined.end]
            if not after:
                return None
            part = min(after, key=lambda one: one.start)
            joined = Placement(joined.start, part.end, joined.sentence, min(joined.score, part.score), joined.text)
        return joined


def _chain(quote: Sequence[str], there: Sequence[str], weights: Sequence[float]) -> list[tuple[int, int]]:
    """Return the run of equal words in order that weighs most after paying for the words skipped between them.

    A longest common subsequence (rapidfuzz's LCSseq) skips words for nothing, and so takes in a stray "the" far before
    the quote: one start in twenty was then wrong by a second or more instead of 0.3 s.
    """
    at: dict[str, list[int]] = defaultdict(list)
    for i, word in enumerate(quote):
        at[word].append(i)
    matched = [(i, j) for j, word in enumerate(there) for i in at.get(word, ())]
    if len(matched) > _MATCHES:
        return []
    best: list[tuple[float, int]] = []  # what the heaviest run that ends with this match weighs, and the match before
    for k, (i, j) in enumerate(matched):
        gain, before = 0.0, -1
        for m in range(max(0, k - _BEFORE), k):
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


def _parts(quote: str) -> list[list[str]]:
    """Part a quote's words at its ellipses; pieces of a few words stay with their neighbour."""
    parts: list[list[str]] = []
    for piece in _ELLIPSIS.split(quote):
        words = words_of(piece)
        if parts and min(len(words), len(parts[-1])) < _PART:
            parts[-1] += words
        else:
            parts.append(words)
    return parts
