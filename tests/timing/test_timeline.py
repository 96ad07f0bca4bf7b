"""The times of a summary's parts and the evidence for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from enricher.feed.parse import parse
from enricher.feed.xml import PODCAST
from enricher.model.feed import Document, Item
from enricher.model.summary import Citation, Clip, Passage, Question, Summary, Topic
from enricher.model.timeline import Cue, Evidence, Mark, Marks, Timeline, Transcript
from enricher.text import lines_of
from enricher.timestamps import clock, parse_clock
from enricher.timing.same_audio import is_length_wrong
from enricher.timing.timeline import time_summary
from enricher.timing.transcript import read_transcript
from tests.corpus import CORPUS, LEX, needs_corpus
from tests.timing.test_quote_search import QUOTES

if TYPE_CHECKING:
    from collections.abc import Sequence

SAID = (
    "Welcome to Field Notes, the show about small animals that nobody counts.",
    "Swarms choose a home by dancing for each other in the dark.",
    "They vote with their feet. That is what surprised me most about honey bees.",
    "In winter the whole colony becomes one warm ball around its queen.",
    "Wasps on the other hand leave their paper nests before the frost.",
    "Nobody had expected the old queen to leave before summer was over.",
    "So plant clover instead of lawn and let the dandelions flower first.",
    "Thank you for listening and see you again in the autumn.",
)
CUES = tuple(Cue(i * 100.0, (i + 1) * 100.0, text) for i, text in enumerate(SAID))
TALK = Transcript(CUES, "talk.srt", "d1")
VOTE = Passage("quote", "They vote with their feet.")
QUEEN = Passage("quote", "Nobody expected the old queen to leave before summer was over")
MARKS = (Mark(0, "Hello"), Mark(150, "Swarming"), Mark(420, "Wasps"), Mark(650, "What to plant"))


def item(duration: float | None = 800.0, inner: str = "") -> Item:
    """Make an item whose audio lasts so long."""
    element = etree.fromstring(f'<item xmlns:podcast="{PODCAST}"><!-- x -->{inner}</item>')
    return Item(element, "d", title="Bees", duration=duration)


def timed(
    summary: Summary, evidence: Evidence | None = None, marks: Sequence[Mark] = (), duration: float | None = 800.0
) -> Timeline:
    """Time a summary."""
    return time_summary(summary, item(duration), Marks("notes", tuple(marks)), evidence or Evidence())


def page(*topics: Topic, **parts: Any) -> Summary:
    """Make a summary."""
    return Summary("Bees", topics=topics, **parts)


def starts(timeline: Timeline) -> dict[str, tuple[float, str]]:
    """Give each moment's start, whole, and its rule."""
    return {path: (int(moment.start), moment.rule) for path, moment in timeline.moments.items()}


def test_a_summarys_own_times_come_first() -> None:
    """Topics, passages, clips, questions and citations with a time keep it, though a mark would have another."""
    summary = page(
        Topic("Swarming", 160.0, (Passage("quote", "x", start=170.0, end=180.0), Passage("text", "y", start=200.0))),
        clips=(Clip("a", 10.0, 40.0), Clip("b", 50.0, 20.0), Clip("c", 50.0, 900.0)),
        questions=(Question("q", start=7.0), Question("r")),
        citations={1: Citation(5.0), 2: Citation()},
    )
    timeline = timed(summary, marks=MARKS)
    assert starts(timeline) == {
        "topics/0": (160, "summary"),
        "topics/0/passages/0": (170, "summary"),
        "topics/0/passages/1": (200, "summary"),
        "clips/0": (10, "summary"),
        "clips/1": (50, "summary"),
        "clips/2": (50, "summary"),
        "questions/0": (7, "summary"),
        "citations/1": (5, "summary"),
    }
    assert [timeline.moments[f"clips/{i}"].end for i in range(3)] == [40.0, None, None]
    assert timeline.refusals == {
        "questions/1": "the summary gives no time",
        "citations/2": "the summary gives no time",
    }


@pytest.mark.parametrize(
    ("summary", "reason"),
    [
        (page(Topic("Bees", 10.0), duration=870.0), "lasts 00:14:30, but this audio lasts 00:13:20"),
        (page(Topic("Bees", 10.0), Topic("Late", 1000.0)), "a time of 00:16:40, but the audio ends at 00:13:20"),
        (page(Topic("Swarming", 10.0), Topic("Bees", 20.0)), "'Swarming' is at 00:02:30, not 00:00:10"),
    ],
)
def test_a_summarys_times_of_other_audio_are_not_used(summary: Summary, reason: str) -> None:
    """Another length, a time past the end, marks that say otherwise: a problem, and the other rules serve."""
    timeline = timed(summary, marks=MARKS)
    assert reason in str(timeline.problems[0])
    assert "summary" not in {moment.rule for moment in timeline.moments.values()}


def test_times_that_are_all_as_much_off_are_on_another_timeline() -> None:
    """However near each is to its mark: three that lie 45 s late are no slip."""
    marks = (Mark(150.0, "Swarming"), Mark(420.0, "Wasps"), Mark(650.0, "What to plant"))
    late = timed(page(*(Topic(mark.title, mark.start + 45) for mark in marks)), marks=marks)
    assert "about +45 s off" in str(late.problems[0])
    assert {moment.rule for moment in late.moments.values()} == {"mark"}
    assert not timed(page(*(Topic(mark.title, mark.start + 5) for mark in marks)), marks=marks).problems


def test_times_near_the_marks_outweigh_one_slip() -> None:
    """Two topics at their marks bear the summary's times out; the time past the end alone is refused."""
    timeline = timed(page(Topic("Swarming", 151.0), Topic("Wasps", 421.0), Topic("Late", 1000.0)), marks=MARKS)
    assert starts(timeline) == {"topics/0": (151, "summary"), "topics/1": (421, "summary")}
    assert "not inside the audio" in timeline.refusals["topics/2"]
    assert timed(page(Topic("Any", 10.0)), duration=None).moments
    slightly = timed(page(Topic("Late", 830.0)))
    assert not slightly.problems
    assert "not inside the audio" in slightly.refusals["topics/0"]


def test_a_topic_has_the_time_of_the_mark_of_its_title() -> None:
    """Folded or uniquely similar; not where two marks or two topics have the title, nor where digits differ."""
    marks = (*MARKS, Mark(500, "Part 1"), Mark(560, "Twice"), Mark(600, "twice"), Mark(700, "Hidden", hidden=True))
    titles = ("SWARMING!", "What to plants", "Part 2", "Twice", "Hidden", "Wasps", "Wasp nests", "\u2026")
    timeline = timed(page(*map(Topic, titles)), marks=marks)
    assert starts(timeline) == {"topics/0": (150, "mark"), "topics/1": (650, "mark"), "topics/5": (420, "mark")}
    assert "no mark of the publisher's has its title" in timeline.refusals["topics/2"]
    twins = timed(page(Topic("Wasps"), Topic("wasps")), marks=marks)
    assert "another topic has its title too" in twins.refusals["topics/0"]
    nested = timed(page(Topic("Wasps", topics=(Topic("Wasps"),))), marks=marks)
    assert starts(nested) == {"topics/0": (420, "mark")}
    similar = timed(page(Topic("Wasp nest")), marks=(Mark(1, "Wasps nest"), Mark(2, "Wasp nests")))
    assert not similar.moments
    outside = timed(page(Topic("End")), marks=(Mark(900, "End"),))
    assert "not inside the audio" in outside.refusals["topics/0"]


def test_quotes_have_the_times_at_which_they_are_spoken() -> None:
    """Each with its evidence; topics begin with the sentence of their earliest quote, subtopics' quotes too."""
    summary = page(
        Topic("A", passages=(Passage("text", "Queens [3]."), VOTE), topics=(Topic("B", passages=(QUEEN,)),)),
        Topic("C", passages=(Passage("text", "Nothing."), Passage("quote", "This was never said by anybody here"))),
        clips=(Clip("Dance", quote="Swarms choose a home by dancing"),),
    )
    timeline = timed(summary, Evidence(transcript=TALK))
    assert starts(timeline) == {
        "topics/0": (200, "quote"),
        "topics/0/passages/1": (200, "transcript"),
        "topics/0/topics/0": (500, "quote"),
        "topics/0/topics/0/passages/0": (500, "transcript"),
        "clips/0": (100, "transcript"),
    }
    evidence = timeline.moments["topics/0/passages/1"].evidence
    assert evidence == f"found in talk.srt at 00:03:20, score 100: \u201c{SAID[2]}\u201d"
    assert timeline.refusals["topics/1/passages/1"].startswith("the summary gives no time; the quote is not in")
    assert timeline.refusals["topics/1"].endswith("nothing in it is timed")
    companion = timed(summary, Evidence(companion=TALK))
    assert starts(companion) == starts(timeline)


def test_a_topic_may_begin_with_a_citation() -> None:
    """The earliest of its quotes and citations."""
    summary = page(
        Topic("A", passages=(Passage("text", "Queens [3], drones [4] and [77]."), VOTE)),
        citations={3: Citation(130.0), 4: Citation(90.0)},
    )
    timeline = timed(summary, Evidence(transcript=TALK))
    assert starts(timeline)["topics/0"] == (90, "citation")
    assert timeline.moments["topics/0"].evidence.startswith("its citation at 00:01:30 (citations/4)")


@pytest.mark.parametrize(
    ("duration", "marks", "reason"),
    [
        (870.0, (), "it ends at 00:13:20, but the audio lasts 00:14:30"),
        (None, (), "does not say how long its audio is"),
        (None, (Mark(0, "A"), Mark(1000, "Coda")), "the publisher's mark 'Coda' is at 00:16:40"),
    ],
)
def test_a_transcript_of_other_audio_gives_no_time(duration: float | None, marks: Sequence[Mark], reason: str) -> None:
    """Another length, or none known and nothing that bears it out: said once as a problem."""
    timeline = timed(page(Topic("T", passages=(VOTE,))), Evidence(companion=TALK), marks, duration)
    assert not timeline.moments
    assert len(timeline.problems) == 1
    assert reason in timeline.problems[0].message
    assert timeline.refusals["topics/0/passages/0"].endswith("cannot be trusted to look for the quote in")


def test_the_items_own_transcript_is_believed_where_no_length_disagrees() -> None:
    """An unknown length is not a wrong one (C41), but a transcript beside the summary may be of the video."""
    topic = page(Topic("T", passages=(VOTE,)))
    assert starts(timed(topic, Evidence(transcript=TALK), (), None))["topics/0"] == (200, "quote")
    same = timed(topic, Evidence(companion=TALK, outline=MARKS), (), None)
    assert not same.moments
    late = timed(topic, Evidence(transcript=TALK), (Mark(0, "A"), Mark(1000, "Coda")), None)
    assert "the publisher's mark 'Coda' is at 00:16:40" in late.problems[0].message


@pytest.mark.parametrize(
    ("length", "ends", "wrong"),
    [
        (1.0, (1800.0,), True),  # no audio is so short
        (1.0, (), False),
        (75.0, (4400.0, 4480.0), True),  # minutes
        (75.0, (4480.0,), False),  # a trailer whose notes list the times of a conference
        (3600.0, (4300.0, 4500.0, 4400.0), False),  # the video, from which summary, notes and transcript are
        (4_500_000.0, (4480.0,), True),  # milliseconds
        (4_500_000.0, (), False),
        (75.0, (4480.0, 60.0), False),  # not every evidence
    ],
)
def test_a_length_that_everything_contradicts_is_wrong(length: float, ends: Sequence[float], wrong: bool) -> None:
    """No cut of an episode is a fifth of another; one kind of evidence is enough against a length that cannot be."""
    assert is_length_wrong(length, ends) is wrong


def shifted(by: float, words: int = 12) -> tuple[Mark, ...]:
    """Make marks whose titles are spoken in LONG so many seconds after the mark."""
    return tuple(Mark(max(0.0, 300.0 * i + 20 - by), f"On subject{'abcdefghijkl'[i]}") for i in range(words))


LONG = Transcript(
    tuple(
        Cue(
            10.0 * n,
            10.0 * n + 10,
            f"talk of subject{'abcdefghijkl'[n // 30]}" if n % 30 == 2 else f"word{n} and word{n + 1}",
        )
        for n in range(360)
    ),
    "long.vtt",
    "d2",
)


def test_marks_bear_a_transcript_out_or_contradict_it() -> None:
    """What a mark is about is spoken after it; spoken minutes off, the transcript is of another cut."""
    summary = page(Topic("T", passages=(Passage("quote", "word100 and word101 word101 and word102"),)))
    borne = timed(summary, Evidence(transcript=LONG), shifted(0), None)
    assert starts(borne)["topics/0/passages/0"][1] == "transcript"
    for by in (200, -200):
        refused = timed(summary, Evidence(transcript=LONG), shifted(by), 3600.0)
        assert not refused.moments
        assert f"{'later' if by > 0 else 'earlier'}" in refused.problems[0].message
    others = tuple(Mark(99 * n, f"Zebras {n}") for n in range(4))
    refused = timed(summary, Evidence(companion=LONG), others, None)
    assert "do not bear the transcript out" in refused.problems[0].message
    silent = timed(summary, Evidence(transcript=LONG), (Mark(0, "Zebras"), Mark(99, "Yaks")), 3600.0)
    assert silent.moments


OTHER = tuple(Mark(max(0.0, mark.start - (30 if mark.start else 0)), mark.title) for mark in MARKS)


def test_another_cut_is_carried_over_by_shared_marks() -> None:
    """Between agreeing marks; before an advert that was put in, and after the last mark, there is no time."""
    early = Passage("quote", "Swarms choose a home by dancing for each other")
    late = Passage("quote", "Thank you for listening and see you again")
    summary = page(Topic("T", passages=(VOTE, early, late)), clips=(Clip("c", quote=QUEEN.text),))
    timeline = timed(summary, Evidence(companion=TALK, outline=OTHER), MARKS, 5000.0)
    assert starts(timeline) == {
        "topics/0": (230, "quote"),
        "topics/0/passages/0": (230, "other cut"),
        "clips/0": (530, "other cut"),
    }
    carried = timeline.moments["clips/0"].evidence
    assert carried.endswith("on this audio +30.0 s, between the marks \u201cWasps\u201d and \u201cWhat to plant\u201d")
    assert "cut or put in between" in timeline.refusals["topics/0/passages/1"]
    assert "after the last mark" in timeline.refusals["topics/0/passages/2"]
    assert all(130 <= cue.start <= 650 for cue in timeline.cues)
    assert timeline.cues


def test_an_outline_that_shares_too_little_carries_nothing() -> None:
    """The other cut's times are never taken for this audio's, even if it is as long."""
    timeline = timed(page(Topic("T", passages=(VOTE,))), Evidence(companion=TALK, outline=OTHER), ())
    assert not timeline.moments
    assert "share 0 marks" in timeline.problems[0].message


def test_a_companion_with_this_audios_own_outline_is_no_other_cut() -> None:
    """Then times after the last mark stand too; unless its length disagrees."""
    late = Passage("quote", "Thank you for listening and see you again")
    summary = page(Topic("T", passages=(VOTE, late)))
    timeline = timed(summary, Evidence(companion=TALK, outline=MARKS), MARKS)
    assert starts(timeline)["topics/0/passages/1"] == (700, "transcript")
    longer = timed(summary, Evidence(companion=TALK, outline=MARKS), MARKS, 5000.0)
    assert starts(longer) == {"topics/0": (200, "quote"), "topics/0/passages/0": (200, "other cut")}


def test_the_second_transcript_is_asked_for_what_the_first_does_not_have() -> None:
    """And a quote found outside the audio has no time."""
    first = Transcript((Cue(0, 780, "nothing of the kind"), Cue(780, 800, SAID[7])), "first.vtt", "d3")
    timeline = timed(page(Topic("T", passages=(VOTE,))), Evidence(transcript=first, companion=TALK))
    assert starts(timeline)["topics/0/passages/0"] == (200, "transcript")
    outside = timed(page(Topic("T", passages=(Passage("quote", SAID[7]),))), Evidence(companion=TALK), duration=700.0)
    assert "not used" in str(outside.problems)
    beyond = timed(page(Topic("T", passages=(Passage("quote", SAID[7]),))), Evidence(transcript=TALK), duration=750.0)
    assert starts(beyond)["topics/0/passages/0"] == (700, "transcript")
    after = Transcript((*CUES[:7], Cue(760, 800, SAID[7])), "after.vtt", "d4")
    none = timed(page(Topic("T", passages=(Passage("quote", SAID[7]),))), Evidence(transcript=after), duration=750.0)
    assert "spoken at 00:12:40, which is not inside the audio" in none.refusals["topics/0/passages/0"]


TWICE = Transcript(
    (
        *CUES[:5],
        Cue(500, 600, SAID[2]),
        Cue(2000, 2100, SAID[2]),
        *(replace(c, start=c.start + 2500, end=c.end + 2500) for c in CUES[5:]),
    ),
    "twice.srt",
    "d5",
)


def test_a_quote_spoken_twice_is_timed_if_its_topic_or_the_order_decides() -> None:
    """Near the topic's own mark and far from it; between its neighbours where all stand in order; else not."""
    evidence = Evidence(transcript=TWICE)
    swarm, queen = Passage("quote", SAID[1]), Passage("quote", SAID[5])
    undecided = timed(
        page(Topic("T", passages=(VOTE,)), clips=(Clip("c", quote=VOTE.text),)), evidence, duration=3300.0
    )
    assert "at 3 places (00:03:20, 00:08:20, 00:33:20)" in undecided.refusals["topics/0/passages/0"]
    assert "clips/0" in undecided.refusals
    marked = timed(page(Topic("Feet", passages=(VOTE,))), evidence, (Mark(1900, "Feet"),), 3300.0)
    assert starts(marked)["topics/0/passages/0"] == (2000, "transcript")
    assert "near the rest of its topic" in marked.moments["topics/0/passages/0"].evidence
    ordered = page(
        Topic("A", passages=(swarm,)),
        Topic("B", passages=(Passage("quote", SAID[4]),)),
        Topic("C", passages=(VOTE,)),
        Topic("D", passages=(queen,)),
    )
    both = timed(ordered, evidence, duration=3300.0)
    assert "topics/2/passages/0" in both.refusals
    between = Transcript((*CUES[:5], Cue(2000, 2100, SAID[2]), *TWICE.cues[7:]), "b", "d6")
    decided = timed(ordered, Evidence(transcript=between), duration=3300.0)
    assert starts(decided)["topics/2/passages/0"] == (2000, "transcript")
    assert "in the summary's order" in decided.moments["topics/2/passages/0"].evidence


def outline(lines: Sequence[str]) -> tuple[Mark, ...]:
    """Read `(M:SS) - Title` and `M:SS - Title`."""
    parted = [line.replace("(", "").replace(")", "").replace("\u2013", "-").partition(" - ") for line in lines]
    return tuple(Mark(time, title) for at, _, title in parted if (time := parse_clock(at)) is not None and title)


@needs_corpus
def test_quotes_of_the_video_come_out_on_the_audio() -> None:
    """Three pull quotes of a real page: through the outlines that video and audio share, and not without."""
    feed = parse(Document("", LEX.read_bytes()))
    (episode,) = [one for one in feed.items if "Karpathy" in one.title]
    marks = Marks("notes", outline(lines_of(episode.element.findtext("description") or "")))
    assert len(marks.marks) == 31
    video = read_transcript((CORPUS / "transcripts" / "lex-333.srt").read_bytes(), ".srt", "lex-333.srt")
    there = outline((CORPUS / "transcripts" / "lex-333.outline.txt").read_text("utf-8").splitlines())
    summary = page(Topic("Neural Networks", passages=tuple(Passage("quote", quote) for quote in QUOTES)))
    timeline = time_summary(summary, episode, marks, Evidence(companion=video, outline=there))
    assert timeline.moments["topics/0"].rule == "mark"
    found = [timeline.moments[f"topics/0/passages/{i}"].start for i in range(3)]
    assert found == pytest.approx([368.7, 4733.5, 685.4], abs=0.2)
    assert [clock(start) for start in found] == ["00:06:08", "01:18:53", "00:11:25"]
    for evidence in (Evidence(companion=video), Evidence(transcript=video)):
        without = time_summary(summary, episode, marks, evidence)
        assert list(without.moments) == ["topics/0"]
        assert "ends at 03:28:38, but the audio lasts 03:33:38" in without.problems[0].message
        hidden = time_summary(summary, replace(episode, duration=12600.0), marks, evidence)
        assert "are about is spoken in it about 300 s earlier" in hidden.problems[0].message


def test_a_clip_with_a_quote_has_the_quotes_end() -> None:
    """Where it has no times, or a start alone and its quote begins there; a quote elsewhere lends it nothing."""
    summary = page(
        clips=(
            Clip("a", quote="Swarms choose a home by dancing for each other in the dark."),
            Clip("b", 290.0, quote="In winter the whole colony becomes one warm ball around its queen"),
            Clip("c", 10.0, quote="In winter the whole colony becomes one warm ball around its queen"),
            Clip("d", 10.0, quote="never said at all by anybody, not here"),
        )
    )
    timeline = timed(summary, Evidence(transcript=TALK))
    assert [timeline.moments[f"clips/{i}"].end for i in range(4)] == pytest.approx([200.0, 400.0, None, None])
