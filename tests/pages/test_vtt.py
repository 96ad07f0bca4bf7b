"""WebVTT as an independent reader reads it, and transcripts as paragraphs."""

from __future__ import annotations

import html
import io

import pytest
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st

from enricher.model.timeline import Cue
from enricher.pages.transcript import paragraphs
from enricher.pages.vtt import webvtt as write
from tests.examples import examples
from tests.pages.samples import CUES


def test_the_form_of_a_file() -> None:
    """Cues in order, speakers as voices, markup escaped."""
    assert (
        write(CUES[3:4]) == b"WEBVTT\n\n00:00:12.500 --> 00:00:20.000\n<v Ann Lee>A swarm &amp; its &lt;scouts&gt;.\n"
    )
    assert write(()) == b"WEBVTT\n"


@pytest.mark.parametrize(
    ("cues", "times"),
    [
        ([Cue(5, 5, "a"), Cue(7, 8, "b")], ["00:00:05.000 --> 00:00:07.000", "00:00:07.000 --> 00:00:08.000"]),
        ([Cue(5, 3, "a")], ["00:00:05.000 --> 00:00:06.000"]),
        ([Cue(9, 10, "b"), Cue(5, 6, "a")], ["00:00:05.000 --> 00:00:06.000", "00:00:09.000 --> 00:00:10.000"]),
        ([Cue(5, 5.0001, "a"), Cue(5, 6, "b")], ["00:00:05.000 --> 00:00:06.000", "00:00:05.000 --> 00:00:06.000"]),
        ([Cue(359999.5, 360001, "a")], ["99:59:59.500 --> 100:00:01.000"]),
        ([Cue(1, 2, " \n "), Cue(2, 3, "")], []),
    ],
)
def test_cues_that_the_format_does_not_allow(cues: list[Cue], times: list[str]) -> None:
    """Are put in order, and shown for some time."""
    assert [line for line in write(cues).decode().splitlines() if "-->" in line] == times


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)


@settings(max_examples=examples(100))
@given(st.lists(st.builds(Cue, st.floats(0, 90_000), st.floats(0, 90_000), texts, st.one_of(st.none(), texts))))
def test_an_independent_reader_finds_every_word(cues: list[Cue]) -> None:
    """Each cue begins in time, lasts, and says what it said."""
    read = webvtt.from_buffer(io.BytesIO(write(cues))).captions
    said = sorted(
        (cue for cue in cues if "".join(cue.text.split()).strip("\u200b\u2060\ufeff\u00ad")), key=lambda cue: cue.start
    )
    spoken = [one for one in said if paragraphs([one])]
    assert len(read) == len(spoken)
    for found, cue in zip(read, spoken, strict=True):
        assert found.start_in_seconds == int(round(cue.start, 3))
        assert found.end > found.start or len(found.end) > len(found.start)
        assert html.unescape(found.raw_text.rpartition(">")[2]).split() == paragraphs([cue])[0].sentences[0][1].split()


def test_a_transcript_is_read_in_paragraphs() -> None:
    """A turn each, of whole sentences with the time of their first word; a speaker is named when the turn is theirs."""
    said = [(one.start, one.speaker, one.sentences) for one in paragraphs(CUES)]
    assert said == [
        (0.0, "Mara", [(0.0, "Good morning."), (4.0, "What are we looking at?")]),
        (12.5, "Ann Lee", [(12.5, "A swarm & its <scouts>.")]),
        (60.0, "", [(60.0, "They vote with their feet.")]),
    ]


def test_captions_without_full_stops_are_parted() -> None:
    """No paragraph is endless, no word is lost."""
    cues = [Cue(i * 2.0, i * 2.0 + 2, f"word{i} and so on") for i in range(400)]
    found = paragraphs(cues)
    assert all(sum(len(text) for _start, text in one.sentences) < 1000 for one in found)
    assert " ".join(text for one in found for _start, text in one.sentences) == " ".join(cue.text for cue in cues)
