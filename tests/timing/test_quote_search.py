"""Quotes among cues."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import alignment as bench
from enricher.model.timeline import Cue, Transcript
from enricher.timing.quote_search import Index, Placement, Refusal
from enricher.timing.transcript import read_transcript
from tests.corpus import CORPUS, needs_corpus
from tests.examples import examples

QUOTES = (
    (
        "It's a very simple mathematical expression and it's got knobs in it. Many knobs. And these knobs are loosely "
        "related to basically the synapses in your brain. They're trainable, they're modifiable."
    ),
    "You need it to be very large, you need it to be accurate, no mistakes, and you need it to be diverse.",
    (
        "The neural nets that we're training, okay, they are complicated alien artifacts. I do not make analogies to "
        "the brain because I think the optimization process that gave rise to it is very different from the brain."
    ),
)
"""Pull quotes of a real page, as its editors wrote them."""


def transcript(*said: str, seconds: float = 4.0) -> Transcript:
    """Make a transcript of cues that last equally long."""
    cues = tuple(Cue(i * seconds, (i + 1) * seconds, text) for i, text in enumerate(said))
    return Transcript(cues, "here", "digest")


TALK = transcript(
    "Welcome to Field Notes, the show about small animals.",
    "Um, so, swarms choose a home by, you know, by dancing.",
    "They vote with their feet. And about two thousand twenty two of them",
    "came back to the the honey coloured centre in nineteen eighty four, didn't they?",
    "I'm gonna organise that with Doctor Smythe tomorrow.",
    "Nobody had expected the queen to leave before the summer was over.",
    "Thank you for listening, see you next week.",
)


def place(quote: str, among: Transcript = TALK) -> Placement:
    """Align one quote that must be found."""
    found = Index(among).place(quote)
    assert isinstance(found, Placement), found
    return found


def refusal(quote: str, among: Transcript = TALK) -> Refusal:
    """Align one quote that must not be found."""
    found = Index(among).place(quote)
    assert isinstance(found, Refusal), found
    return found


@pytest.mark.parametrize(
    ("quote", "second"),
    [
        ("Swarms choose a home by dancing.", 5),
        ("SWARMS, CHOOSE A HOME \u2013 by dancing", 5),
        ("They vote with their feet.", 8),
        ("They vote with their feet. About 2,022 of them came back", 8),
        ("came back to the honey-colored center, didn't they", 12),
        ("I'm going to organize that with Doctor Smith tomorrow", 16),
        ("Nobody expected the queen to leave before summer was over", 20),
    ],
)
def test_a_quote_is_found_as_editors_write_it(quote: str, second: float) -> None:
    """Fillers, stammers, casing, a number, spelling, a short form, a misheard name: to the second."""
    assert place(quote).start == pytest.approx(second, abs=1)


def test_an_ellipsis_joins_sentences_that_stand_apart() -> None:
    """The first sentence gives the start, the last one the end; both must be there, in order."""
    for dots in ("\u2026", "...", " [\u2026] ", " [. . .] "):
        found = place(f"They vote with their feet{dots}Nobody had expected the queen to leave")
        assert found.start == pytest.approx(8, abs=0.5)
        assert 22 < found.end < 24
    assert refusal("Nobody had expected the queen to leave \u2026 They vote with their feet.")
    assert refusal("The moon is made of green cheese \u2026 They vote with their feet.")
    assert refusal("They vote with their feet \u2026 The moon is made of green cheese")
    assert place("They \u2026 vote with their feet.").start == pytest.approx(8, abs=0.5)


def test_a_quote_that_stands_twice_has_candidates_and_no_place() -> None:
    """The caller must decide by something else."""
    twice = transcript(
        "The bees came home at dusk.", *["Something else was said here then."] * 5, "The bees came home at dusk."
    )
    found = refusal("The bees came home at dusk", twice)
    assert [candidate.start for candidate in found.candidates] == [0, 24]
    assert found.reason == "the quote stands at 2 places alike"


def test_a_quote_of_many_minutes_is_sought_by_its_ends() -> None:
    """Its first words give the start and its last ones the end; an endless or a senseless one has no place."""
    long = transcript(*(f"saying{i} follows upon thing{i} and more" for i in range(150)))
    text = " ".join(cue.text for cue in long.cues[20:110])
    assert place(text, long).start == 80
    assert place(text, long).end == pytest.approx(440)
    assert "too long" in refusal(f"{text} {'nobody ever spoke such words here ' * 60}", long).reason
    assert refusal("bee hive " * 140, transcript(*["bee hive " * 12] * 200))


def test_what_was_not_said_has_no_place() -> None:
    """Other words, a phrase of anybody's, and nothing at all."""
    assert "nearest thing scores 61" in refusal("They vote with their wings. And nobody knows why").reason
    assert "nearest" not in refusal("They voted against the new budget with a large majority in the end").reason
    assert "too short" in refusal("to the").reason
    assert "too short" in refusal("\u2026").reason
    assert refusal("xyzzy plugh frobnicate quux").reason == "the quote is not in the transcript"


def test_the_start_is_that_of_a_sentence_for_chapters() -> None:
    """A quote from the middle of a sentence begins a chapter at its sentence, at most fifteen seconds before."""
    assert place("expected the queen to leave before the summer").sentence == 20
    assert place("choose a home by dancing").sentence == 4
    dashes = transcript("It all began in the morning with the bees", "- and then the queen left her hive")
    assert place("then the queen left her hive", dashes).sentence == 4
    long = transcript("It all began", *["with many words that have no end and"] * 8, "then the queen left her hive")
    assert place("then the queen left her hive", long).sentence == 36
    assert place("see you next week").start > place("see you next week").sentence == 24


def test_scripts_without_spaces_and_from_right_to_left() -> None:
    """Chinese by its characters, Arabic by its words."""
    chinese = transcript(
        "\u4eca\u5929\u6211\u4eec\u6765\u8c08\u8c08\u4eba\u5de5\u667a\u80fd\u7684\u53d1\u5c55\u3002",
        "\u6211\u89c9\u5f97\u795e\u7ecf\u7f51\u7edc\u5176\u5b9e\u662f\u4e00\u4e2a"
        "\u975e\u5e38\u7b80\u5355\u7684\u6570\u5b66\u8868\u8fbe\u5f0f\u3002",
        "\u5b83\u91cc\u9762\u6709\u5f88\u591a\u65cb\u94ae\u3002",
    )
    quote = "\u795e\u7ecf\u7f51\u7edc\u662f\u4e00\u4e2a\u975e\u5e38\u7b80\u5355\u7684\u6570\u5b66\u8868\u8fbe\u5f0f"
    assert place(quote, chinese).start == pytest.approx(4.5, abs=0.6)
    assert refusal("\u6211\u559c\u6b22\u5728\u516c\u56ed\u91cc\u6563\u6b65\u770b\u82b1\u548c\u9e1f", chinese)
    first = "\u0623\u0639\u062a\u0642\u062f \u0623\u0646 \u0627\u0644\u0634\u0628\u0643\u0627\u062a"
    many = "\u0627\u0644\u0643\u062b\u064a\u0631 \u0645\u0646 \u0627\u0644\u0645\u0642\u0627\u0628\u0636"
    arabic = transcript(
        first, f"\u0648\u0644\u062f\u064a\u0647\u0627 {many} \u0627\u0644\u0642\u0627\u0628\u0644\u0629"
    )
    assert place(many, arabic).start > 4


@needs_corpus
def test_the_quotes_of_a_real_page_stand_where_they_were_spoken() -> None:
    """Three pull quotes of an episode, edited, in the transcript of its video."""
    body = (CORPUS / "transcripts" / "lex-333.srt").read_bytes()
    video = read_transcript(body, ".srt", "x")
    assert [place(quote, video).start for quote in QUOTES] == pytest.approx([85.7, 4449.5, 401.4], abs=0.1)


@needs_corpus
def test_roughened_quotes_are_found_and_foreign_ones_are_not() -> None:
    """The benchmark's promise on a smaller sample: 99 % within 3 s, none wrong by 10 s, no false accept in 500."""
    transcripts = bench.read_corpus()
    chance = random.Random(2)  # noqa: S311 a seeded sample
    tries = bench.seek(transcripts, bench.LEVELS[1], 300, chance)
    assert sum(one.found is not None and one.error <= 3 for one in tries) >= 0.99 * len(tries)
    assert all(one.error <= 10 for level in bench.LEVELS[2:] for one in bench.seek(transcripts, level, 100, chance))
    placed, asked = 0, 0
    for level in bench.LEVELS[:2]:
        for name in transcripts:
            count = bench.placed_foreign(transcripts, name, level, 50, chance)
            placed, asked = placed + count[0], asked + 50
    assert asked >= 500
    assert placed == 0


TOKENS = ("bee", "the", "a", "of", "queen", "hive", "two", "\u4eba", ",", ".", "\u2026", "um")
WORDS = st.lists(st.sampled_from(TOKENS), max_size=30).map(" ".join)


@settings(max_examples=examples(150))
@given(st.lists(WORDS, min_size=1, max_size=12), WORDS)
def test_a_place_lies_inside_the_transcript(said: list[str], quote: str) -> None:
    """Whatever is sought in whatever was said: sentence, start and end are in order and among the cues."""
    found = Index(transcript(*said)).place(quote)
    for one in (found,) if isinstance(found, Placement) else found.candidates:
        assert 0 <= one.sentence <= one.start <= one.end <= 4 * len(said) + 1e-6
        assert 0 <= one.score <= 100
