"""Transcripts to cues, sound or broken."""

from __future__ import annotations

import json

import pysubs2
import pytest
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st

from enricher.errors import TranscriptError
from enricher.model.timeline import Cue
from enricher.timestamps import parse_clock
from enricher.timing.transcript import read_transcript
from tests.corpus import CORPUS, needs_corpus
from tests.examples import examples

SRT = """1
00:00:01,000 --> 00:00:04,000
Ann Lee: Swarms choose a home by dancing.

2
00:00:04,000 --> 00:00:06,500
Ann Lee: They vote with their feet.

3
00:00:07,000 --> 00:00:09,000
Bob: And then 5 < 6 & so on?
"""
VTT = """WEBVTT - made by hand
Kind: captions

STYLE
::cue { color: red }

NOTE
nothing that is said
00:00 is no time

intro
00:01.000 --> 00:04.000 align:start position:0%
<v Ann Lee>Swarms <i>choose</i> a home by dancing.

00:00:04.000 --> 00:00:06.500
<v.loud Ann Lee>They vote with their feet.</v>

00:07.000 --> 00:09.000
<v Bob>And then 5 &lt; 6 &amp; so on?
"""
JSON = json.dumps(
    {
        "version": "1.0.0",
        "segments": [
            {"speaker": "Ann Lee", "startTime": 1, "endTime": 4.0, "body": "Swarms choose a home by dancing."},
            {"speaker": "Ann Lee", "startTime": 4.0, "endTime": 6.5, "body": "They vote with their feet."},
            {"speaker": "Bob", "startTime": 7.0, "endTime": 9.0, "body": "And then 5 < 6 & so on?"},
        ],
    }
)
HTML = """<html><head><title>The bees</title><style>p {}</style></head><body><h1>Field notes</h1>
<cite>Ann Lee:</cite> <time>0:01</time> <p>Swarms choose a <b>home</b> by dancing.</p>
<cite>Ann Lee:</cite> <time>0:04</time> <p>They vote with their feet.</p><!-- a remark -->
<cite>Bob:</cite> <time>00:00:07</time> <p>And then 5 &lt; 6 &amp; so on?</p></body></html>
"""
SAID = ["Swarms choose a home by dancing.", "They vote with their feet.", "And then 5 < 6 & so on?"]


def cues(text: str | bytes, kind: str = ".srt") -> tuple[Cue, ...]:
    """Read cues from text."""
    return read_transcript(text.encode() if isinstance(text, str) else text, kind, "here").cues


def test_the_four_formats_of_one_transcript_give_the_same_cues() -> None:
    """Speakers, texts and starts are equal; HTML knows no ends, so a cue lasts until the next one's time."""
    srt = cues(SRT)
    assert [(cue.start, cue.end, cue.text) for cue in srt] == [
        (1.0, 4.0, SAID[0]),
        (4.0, 6.5, SAID[1]),
        (7.0, 9.0, SAID[2]),
    ]
    assert [cue.speaker for cue in srt] == ["Ann Lee", "Ann Lee", "Bob"]
    assert cues(VTT, "text/vtt") == srt
    assert cues(JSON, "application/json") == srt
    html = cues(HTML, "text/html")
    assert [(c.start, c.text, c.speaker) for c in html] == [(c.start, c.text, c.speaker) for c in srt]
    assert [cue.end for cue in html[:2]] == [4.0, 7.0]
    assert 7 < html[2].end < 10


@pytest.mark.parametrize("kind", ["", "text/plain", "text/vtt", "application/json", ".srt"])
def test_the_content_says_what_it_is_when_the_type_lies(kind: str) -> None:
    """Feeds declare the wrong type; all but a WebVTT that says nothing of itself are told by their content."""
    for text in (SRT, VTT, JSON, HTML):
        assert [cue.text for cue in cues(text, kind)] == SAID


def test_broken_subrip_gives_what_is_sound_in_it() -> None:
    """Missing numbers, points for commas, short fractions, no blank lines, two-part times, half a file."""
    for text in (
        "00:00:01,000 --> 00:00:02,000\nhello\n\n00:00:03,500 --> 00:00:04,000\nthere 2\n",
        "1\n00:00:01.000 --> 00:00:02.000\nhello\n\n2\n00:00:03.5 --> 00:00:04\nthere 2\n",
        "1\n00:00:01,000 --> 00:00:02,000\nhello\n2\n00:00:03,500 --> 00:00:04,000\nthere 2\n",
        "1\n00:01,000 -> 00:02,000 X1:0\nhello\n\n2\n00:03,500 ---> 00:04,000\nthere 2\n",
        "1\r00:00:01,000 --> 00:00:02,000\rhello\r\r2\r00:00:03,500 --> 00:00:04,000\rthere 2\r",
        "1\n00:00:01,000 --> 00:00:02,000\nhello\n\n2\n00:00:03,500 --> 00:00:04,000\nthere\n\n2\n\n3\n00:00:05,0",
        "\ufeff1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<b>hello</b>\n\n2\n00:00:03,500 --> 00:00:04,000\nthere 2",
    ):
        assert [(cue.start, cue.end) for cue in cues(text)] == [(1.0, 2.0), (3.5, 4.0)]
        assert [cue.text.removesuffix(" 2") for cue in cues(text)] == ["hello", "there"]


def test_a_number_that_is_said_is_kept() -> None:
    """Only the number of the cue that follows is left out."""
    text = "1\n00:00:01,000 --> 00:00:02,000\n2001\n\n2\n00:00:03,000 --> 00:00:04,000\nA space odyssey\n"
    assert [cue.text for cue in cues(text)] == ["2001", "A space odyssey"]


def test_a_time_that_cannot_be_leaves_its_cue_out() -> None:
    """Seconds beyond 59 are no clock's."""
    text = "1\n00:00:71,000 --> 00:00:72,000\nno\n\n2\n00:00:03,000 --> 00:00:99,000\nyes\n"
    assert cues(text) == (Cue(3.0, 3.2, "yes"),)


def test_unsorted_and_overlapping_cues_are_put_in_order() -> None:
    """Each ends where the next begins at the latest; one that ends before it starts lasts until the next."""
    text = "".join(
        f"00:00:{a:02},000 --> 00:00:{b:02},000\n{said}\n\n" for a, b, said in ((9, 12, "c"), (1, 30, "a"), (5, 2, "b"))
    )
    assert cues(text) == (Cue(1, 5, "a"), Cue(5, 9, "b"), Cue(9, 12, "c"))


def test_encodings_of_the_wild_are_read() -> None:
    """UTF-8 with a mark, UTF-16, Windows-1252, and UTF-8 cut inside its last letter."""
    text = "1\n00:00:01,000 --> 00:00:02,000\ncaf\u00e9 \u201cnoir\u201d \u00e9"
    said = "caf\u00e9 \u201cnoir\u201d"
    for body in (
        text.encode("utf-8-sig"),
        text.encode("utf-16"),
        b"\xfe\xff" + text.encode("utf-16-be"),
        text.encode("cp1252"),
        text.encode()[:-1],
    ):
        assert cues(body)[0].text.startswith(said)


def test_decimal_commas_and_a_missing_first_line_do_not_spoil_webvtt() -> None:
    """Cues with commas count too."""
    text = "00:00:01,000 --> 00:00:02,000\nhi\n\nid\n00:00:03.000 --> 00:00:04.000\nho\n"
    assert [cue.text for cue in cues(text, "text/vtt")] == ["hi", "ho"]


def test_rolling_captions_are_said_once() -> None:
    """Automatic captions show each line twice, the second time above the new one, and time every word."""
    text = (
        "WEBVTT\n\n00:00.000 --> 00:02.000\nso<00:00:00.500><c> this</c>\n\n"
        "00:02.000 --> 00:02.010\nso this\n\n"
        "00:02.010 --> 00:04.000\nso this\nis<00:00:02.500><c> it.</c>\n\n"
        "00:04.000 --> 00:06.000\nis it.\nat<00:00:04.500><c> long</c><00:00:05.500><c> last</c>\n\n"
        "00:06.000 --> 00:09.000\nat long last\nit<00:00:08.000><c> is</c>\n\n"
    )
    assert [(cue.start, cue.text) for cue in cues(text, "text/vtt")] == [
        (0.0, "so this is it."),
        (4.0, "at long last it"),
        (8.0, "is"),
    ]


def test_rolling_captions_in_subrip_are_said_once() -> None:
    """Tools turn the captions of videos into SubRip, each line twice."""
    words = [f"line {n} of what is said here" for n in range(8)]
    blocks = [f"{n + 1}\n00:00:{n:02},000 --> 00:00:{n + 2:02},000\n" + "\n".join(words[max(n - 1, 0) : n + 1])
              for n in range(8)]  # fmt: skip
    cues = read_transcript("\n\n".join(blocks).encode(), "application/x-subrip", "x.srt").cues
    assert [(cue.start, cue.text) for cue in cues] == [(float(n), word) for n, word in enumerate(words)]


def test_rolling_captions_that_are_held_are_said_once() -> None:
    """As yt-dlp and ffmpeg convert them: each line is shown twice, and held for 10 ms by a cue of its own."""
    lines = ["hello", "and welcome to", "a talk about worms", "and what they", "eat at night", "in winter"]
    blocks = [
        f"{2 * n + k + 1}\n00:00:{4 * n + 3 * k:02},{990 * k:03} --> 00:00:{4 * n + 3 + k:02},{990 * (1 - k):03}\n"
        + shown
        for n, line in enumerate(lines)
        for k, shown in enumerate(("\n".join((*lines[n - 1 : n], line)), line))
    ]
    assert [(cue.start, cue.end, cue.text) for cue in cues("\n\n".join(blocks))] == [
        (4.0 * n, 4.0 * n + 4, line) for n, line in enumerate(lines)
    ]


def test_captions_that_grow_or_light_up_word_by_word_are_said_once() -> None:
    """Live captions show a line again with each new word, karaoke the same line with another word marked."""
    words = ["so", "swarms", "choose", "a", "home", "by", "dancing"]
    growing = "".join(
        f"{n + 1}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n{' '.join(words[: n + 1])}\n\n" for n in range(len(words))
    )
    marked = "".join(
        f"{n + 1}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n"
        + " ".join(f"<u>{word}</u>" if i == n else word for i, word in enumerate(words)) + "\n\n"
        for n in range(len(words))
    )  # fmt: skip
    assert " ".join(cue.text for cue in cues(growing)) == " ".join(words)
    assert cues(growing)[-1].end == 7
    assert cues(marked) == (Cue(0.0, 7.0, " ".join(words)),)


def test_what_cannot_be_spoken_in_its_time_is_left_out() -> None:
    """Recognisers make sentences up in no time; a word or two may have none."""
    text = (
        "1\n00:00:01,000 --> 00:00:04,000\nSwarms choose a home by dancing.\n\n"
        "2\n00:00:04,000 --> 00:00:04,100\nThank you all so much for watching and for subscribing.\n\n"
        "3\n00:00:04,100 --> 00:00:04,100\nYes.\n\n4\n00:00:05,000 --> 00:00:08,000\nThey vote with their feet.\n"
    )
    assert [cue.text for cue in cues(text)] == [
        "Swarms choose a home by dancing.",
        "Yes.",
        "They vote with their feet.",
    ]


def test_a_cue_without_an_end_lasts_as_long_as_its_words() -> None:
    """Until the next one's start, or until music begins, for which the pace of the others is the measure."""
    lines = [f"00:00:{4 * n:02} Swarms choose a home by dancing, says number {n}." for n in range(5)]
    (*_, last, after) = cues("\n".join([*lines, "00:01:30 They vote with their feet."]), ".txt")
    assert (last.start, after.start) == (16.0, 90.0)
    assert 20 < last.end < 30


def test_a_line_of_one_space_is_no_end_of_a_caption() -> None:
    """Rolling captions begin with one; the first words are said then, and not two seconds later."""
    body = b"WEBVTT\n\n00:00:00.160 --> 00:00:02.230\n \nhello and welcome\n\n00:00:02.230 --> 00:00:04.000\nto bees\n"
    cues = read_transcript(body, "text/vtt", "x.vtt").cues
    assert [(cue.start, cue.text) for cue in cues] == [(0.16, "hello and welcome"), (2.23, "to bees")]


def test_speakers_are_told_from_sentences() -> None:
    """A short name before a colon speaks; `Unknown` is nobody; a clause before a colon is said."""
    said = [
        "Dr. Ann Lee: yes",
        "- [Lex] okay",
        ">> BOB: no",
        "Unknown: hm",
        "so I said: go",
        "\u5f20\u4e09\uff1a \u597d",
    ]
    text = "".join(f"00:00:0{i},000 --> 00:00:0{i},900\n{line}\n\n" for i, line in enumerate(said))
    assert [(cue.speaker, cue.text) for cue in cues(text)] == [
        ("Dr. Ann Lee", "yes"),
        ("Lex", "okay"),
        ("BOB", "no"),
        (None, "hm"),
        (None, "so I said: go"),
        ("\u5f20\u4e09", "\u597d"),
    ]


def test_json_of_other_makers_and_broken_json_give_their_whole_segments() -> None:
    """`start`, `end` and `text`; a bare list; clock times; nonsense left out; a file that stops in the middle."""
    segments = [
        {"start": "00:00:01.5", "end": 2, "text": "hello"},
        {"start": float("nan"), "end": 3, "text": "never"},
        {"start": True, "text": "never"},
        {"start": 10**400, "text": "never"},
        {"end": 3, "text": "never"},
        {"start": 4, "text": "last"},
        {"start": 5, "text": 7},
        "nonsense",
    ]
    body = json.dumps(segments)
    assert [(cue.start, cue.text) for cue in cues(body)] == [(1.5, "hello"), (4.0, "last")]
    assert [cue.text for cue in cues(JSON[: JSON.index("And then")], ".transcript.json")] == SAID[:2]
    assert [cue.text for cue in cues('{"segments": [{bad}, {"start": 1, "text": "good"}, ')] == ["good"]


@pytest.mark.parametrize(
    "body",
    [b"", b"hello world", b"[]", b"{}", b'{"segments": 3}', b"<html></html>", b"<html><p>no time</p>", b"[" * 100_000],
)
def test_what_holds_no_cue_is_refused_with_advice(body: bytes) -> None:
    """The message names the document and what to give instead."""
    with pytest.raises(TranscriptError, match=r"^notes\.txt: no line of speech .*SubRip"):
        read_transcript(body, "text/html", "notes.txt")


def test_html_with_times_alone_and_words_before_the_first() -> None:
    """What stands before the first time is no speech; one cue lasts as long as its letters take."""
    (cue,) = cues("<div><p>Intro words</p><time>1:00</time><p>One two three four five.</p></div>", "text/html")
    assert cue.text == "One two three four five."
    assert 60 < cue.end < 63


@needs_corpus
def test_sound_files_are_read_as_the_libraries_read_them() -> None:
    """pysubs2 and webvtt-py give the same starts, ends and words on the corpus, but for speakers and overlaps."""
    paths = sorted((CORPUS / "transcripts").glob("*.srt"))
    assert paths
    for path in paths:
        ours = cues(path.read_bytes())
        theirs = [event for event in pysubs2.load(str(path), encoding="utf-8") if event.plaintext.strip()]
        assert [round(cue.start * 1000) for cue in ours] == [event.start for event in theirs]
        for cue, event in zip(ours, theirs, strict=True):
            assert " ".join(event.plaintext.split()).endswith(cue.text)
            assert cue.end <= event.end / 1000
    for path in sorted((CORPUS / "transcripts").glob("*.vtt")):
        captions = webvtt.read(str(path)).captions
        assert [cue.start for cue in cues(path.read_bytes(), ".vtt")] == [
            parse_clock(str(one.start)) for one in captions
        ]


@needs_corpus
def test_the_namespace_examples_are_read() -> None:
    """SRT and HTML are one episode, whose words agree but for credits; VTT and JSON are excerpts of others."""
    folder = CORPUS / "transcripts"
    srt, vtt, html, jsn = (
        cues((folder / f"namespace_example.{kind}").read_bytes(), f".{kind}") for kind in ("srt", "vtt", "html", "json")
    )
    assert (len(srt), len(vtt), len(html), len(jsn)) == (222, 7, 10, 5)
    ours, theirs = (" ".join(cue.text for cue in one).replace(" ", "") for one in (srt, html))
    assert ours[:3000] == theirs[:3000]
    assert {cue.speaker for cue in html} == {cue.speaker for cue in srt} - {None}
    assert [cue.speaker for cue in jsn] == ["Darth Vader"] * 4 + ["Luke"]
    assert {cue.speaker for cue in vtt} == {"Sarah", "Gillian"}


TIMES = st.builds(
    "{:02}:{:02}:{:02}{}{:03}".format, *[st.integers(0, 70)] * 3, st.sampled_from(",."), st.integers(0, 999)
)
LINES = st.one_of(
    st.builds("{} --> {}".format, TIMES, TIMES),
    st.text(max_size=12),
    st.sampled_from(["", "1", "WEBVTT", "<v A>b", "{"]),
)


@settings(max_examples=examples(200))
@given(
    st.one_of(
        st.lists(LINES, max_size=20).map(lambda lines: "\n".join(lines).encode("utf-8", "replace")),
        st.binary(max_size=200),
    ),
    st.sampled_from(["", "vtt"]),
)
def test_any_input_gives_cues_in_order_or_is_refused(body: bytes, kind: str) -> None:
    """Starts and ends never go back, no cue ends before it starts, and nothing else is raised."""
    try:
        found = cues(body.replace(b"\xed", b""), kind)
    except TranscriptError:
        return
    starts, ends = [cue.start for cue in found], [cue.end for cue in found]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(cue.start <= cue.end and cue.text for cue in found)
