"""Clips as soundbites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enricher.enrich.soundbites import soundbites
from enricher.model.edition import Soundbite
from enricher.model.summary import Clip, Summary
from enricher.model.timeline import Cue, Moment, Timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

SENTENCES = tuple(Cue(i * 10.0, i * 10.0 + 10, f"This is part {i}{'.' if i % 2 else ','}") for i in range(20))


def bites(
    *clips: Clip,
    cues: Sequence[Cue] = (),
    published: Sequence[tuple[float, float]] = (),
    duration: float | None = 200.0,
) -> list[Soundbite]:
    """Make the soundbites of clips that have times of their own."""
    moments = {
        f"clips/{i}": Moment(clip.start, clip.end, "summary", "said")
        for i, clip in enumerate(clips)
        if clip.start is not None
    }
    return list(soundbites(Summary("x", clips=clips), Timeline(moments, cues=tuple(cues)), duration, published))


def test_a_clip_becomes_a_soundbite() -> None:
    """15 to 120 s, inside the audio, its title cut at a word; not without an end, too short or too long."""
    (bite,) = bites(
        Clip("ab " * 100, 10.0, 40.25),
        Clip("open", 10.0),
        Clip("short", 10.0, 20.0),
        Clip("long", 10.0, 131.0),
        Clip("", 10.0, 50.0),
        Clip("twice", 10.0, 40.0),
        Clip("none"),
    )
    assert (bite.start, bite.duration) == (10.0, 30.25)
    assert bite.title == "ab " * 41 + "ab\u2026"


def test_a_soundbite_is_stretched_to_whole_sentences() -> None:
    """To the sentence that it begins and ends in, then by those that follow, at the end by those before."""
    assert bites(Clip("a", 25.0, 55.0), cues=SENTENCES) == [Soundbite(20.0, 40.0, "a")]
    assert bites(Clip("a", 41.0, 43.0), cues=SENTENCES) == [Soundbite(40.0, 20.0, "a")]
    last = (*SENTENCES, Cue(205.0, 211.0, "The end."))
    assert bites(Clip("a", 206.0, 208.0), cues=last, duration=211.0) == [Soundbite(180.0, 31.0, "a")]
    assert bites(Clip("a", 20.0, 139.0), cues=SENTENCES) == [Soundbite(20.0, 120.0, "a")]
    endless = (Cue(0.0, 200.0, "one"), Cue(200.0, 400.0, "two"))
    assert bites(Clip("a", 150.0, 152.0), cues=endless) == []


def test_the_publishers_own_soundbites_are_not_repeated() -> None:
    """An equal one is left out, others stand beside it."""
    published = ((10.5, 30.0), (70.0, 30.0))
    assert bites(Clip("a", 10.0, 40.0), Clip("b", 50.0, 90.0), published=published) == [Soundbite(50.0, 40.0, "b")]
