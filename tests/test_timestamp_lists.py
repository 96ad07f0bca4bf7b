"""Outlines in notes: every shape in which people write them, and what only looks like one."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enricher.feed import xml as ns
from enricher.feed.parse import parse
from enricher.model.feed import Document
from enricher.text import fold
from enricher.timestamp_lines import titled_line
from enricher.timestamp_lists import read_outline, read_text
from tests.corpus import CORPUS, LEX, files, needs_corpus
from tests.examples import examples

NOTES = (ns.tag(ns.CONTENT, "encoded"), "description", ns.tag(ns.ITUNES, "summary"))
THREE = [(0.0, "Intro"), (312.0, "The dance"), (3912.0, "Honey & co")]

SHAPES = {
    "before": "0:00 Intro\n5:12 The dance\n1:05:12 Honey & co",
    "dashes": "00:00 - Intro\n05:12 – The dance\n1:05:12 — Honey & co",
    "round brackets": "(0:00) Intro\n(05:12) - The dance\n(1:05:12) Honey & co",
    "square brackets": "[00:00:00] Intro\n[00:05:12] The dance\n[01:05:12] Honey & co",
    "behind": "Intro (00:00)\nThe dance (05:12)\nHoney & co (1:05:12)",
    "behind, bare": "Intro 0:00\nThe dance - 5:12\nHoney & co: 1:05:12",
    "bullets": "• 0:00 Intro\n• 5:12 The dance\n• 1:05:12 Honey & co",
    "numbered": "1. 0:00 Intro\n2. 5:12 The dance\n3. 1:05:12 Honey & co",
    "emphasised": "_0:00_ Intro\n_5:12_ The dance\n_1:05:12_ Honey & co",
    "as code": "`0:00` Intro\n`5:12` The dance\n`1:05:12` Honey & co",
    "numbered by hashes": "#1 0:00 Intro\n#2 5:12 The dance\n#3 1:05:12 Honey & co",
    "addresses behind": "00:00:00.000 Intro <https://a.example/1>\n00:05:12.000 The dance\n"
    "01:05:12.000 Honey & co <https://a.example/3?x=1>",
    "ranges": "0:00-5:12 Intro\n5:12 – 1:05:12 The dance\n(1:05:12 - 1:30:00) Honey & co",
    "ranges behind": "Intro 0:00-5:12\nThe dance (5:12 – 1:05:12)\nHoney & co 1:05:12-1:30:00",
    "fractions": "00:00:00.000 Intro\n00:05:12.000 The dance\n01:05:12.000 Honey & co",
    "hours in letters": "0h00 Intro\n0h05m12s The dance\n1h05m12s Honey & co",
    "under their times": "0:00\nIntro\n5:12\nThe dance\n1:05:12\nHoney & co",
    "paragraphs": "<p>0:00 Intro</p><p>5:12 The dance</p><p>1:05:12 Honey &amp; co</p>",
    "breaks": "<p>Outline:<br>0:00 &#8211; Intro<br/>\n5:12 &#8211; The dance<br />1:05:12 &#8211; Honey &amp; co</p>",
    "list": "<ul><li>0:00 Intro</li><li>5:12 The dance</li><li>1:05:12 Honey &amp; co</li></ul>",
    "links": '<p><a href="#t=0">0:00</a> Intro<br><a>5:12</a> The dance<br><a>(1:05:12)</a> Honey &amp; co</p>',
    "table": "<table><tr><td>0:00</td><td>Intro</td></tr><tr><td>5:12</td><td>The dance</td></tr>"
    "<tr><td>1:05:12</td><td>Honey &amp; co</td></tr></table>",
    "running": "Bees. Chapters: (0:00) Intro (5:12) The dance (1:05:12) Honey &amp; co --- Write to us",
    "running, bare": "<p>0:00 Intro 5:12 - The dance 1:05:12 - Honey &amp; co https://a.example/</p>",
    "entities": "0:00 Intro\n5:12 The dance\n1:05:12 Honey &amp; co",
    "stray": "0:00 Intro\n5:12 The dance\nSee 3:33 too\n1:05:12 Honey & co",
    "minutes in letters": "0m00s Intro\n5m12s The dance\n65m12s Honey & co",
    "units": "0:00 min Intro\n5:12 min The dance\n1:05:12 hrs: Honey & co",
    "signs": "⏱️ 0:00 Intro\n🕑 05:12 - The dance\n🕒 1:05:12 - Honey & co",
    "at": "@0:00 Intro\n~5:12 The dance\n@ 1:05:12 Honey & co",
    "other brackets": "{0:00} Intro\n<05:12> The dance\n{1:05:12} Honey & co",
    "escaped brackets": "&lt;0:00&gt; Intro<br>&lt;05:12&gt; The dance<br>&lt;1:05:12&gt; Honey &amp; co",
    "escaped breaks": "0:00 Intro&lt;br&gt;5:12 The dance&lt;br&gt;1:05:12 Honey &amp; co",
    "wide": "００：００ Intro\n０５：１２ The dance\n１：０５：１２ Honey & co",
    "right to left": "\u200f0:00 Intro\n\u202b5:12 The dance\u202c\n\u200f1:05:12 Honey & co",
    "definitions": "<dl><dt>0:00</dt><dd>Intro</dd><dt>5:12</dt><dd>The dance</dd><dt>1:05:12</dt>"
    "<dd>Honey &amp; co</dd></dl>",
    "behind a word": "Intro at 0:00\nThe dance at 5:12\nHoney & co at 1:05:12",
    "leaders": "Intro ........ 0:00\nThe dance … … 5:12\nHoney & co ____ 1:05:12",
    "semicolons": "Chapters: 0:00 Intro; 5:12 The dance; 1:05:12 Honey &amp; co",
    "slashes": "(0:00) Intro / (5:12) The dance / (1:05:12) Honey & co",
    "counted chapters": "Chapter 1: 0:00 Intro\nChapter 2: 5:12 The dance\nChapter 3 - 1:05:12 Honey & co",
    "counted": "01 - 0:00 - Intro\n02 - 5:12 - The dance\n03 - 1:05:12 - Honey & co",
    "rows": "1 | 0:00 | Intro\n2 | 5:12 | The dance\n3 | 1:05:12 | Honey & co",
    "keycaps": "1\ufe0f\u20e3 0:00 Intro\n2\ufe0f\u20e3 5:12 The dance\n3\ufe0f\u20e3 1:05:12 Honey & co",
    "ranges in words": "0:00 to 5:12 Intro\n5:12 to 1:05:12 The dance\n1:05:12 - End: Honey & co",
    "waves": "0:00〜 Intro\n5:12～ The dance\n1:05:12〜 Honey & co",
    "arrows behind": "Intro (0:00 → 5:12)\nThe dance [5:12 → 1:05:12]\nHoney & co 1:05:12 → 1:30:00",
    "open-ended behind": "Intro(0:00~)\nThe dance (5:12〜)\nHoney & co [1:05:12–]",
    "links of Markdown": "[0:00](https://a.example/?t=0) Intro\n[5:12](https://a.example/?t=312) The dance\n"
    "[1:05:12](https://a.example/?t=3912) Honey & co",
    "above other times": "0:00 Intro\n5:12 The dance\n1:05:12 Honey & co\n\nBooks:\n3:10 Bees\n44:00 Wasps",
    "among sentences": "On bees.\n\n0:00 Intro\n5:12 The dance\n1:05:12 Honey & co\n\nWrite to bees at a.example.",
}

NONE = {
    "empty": "",
    "two": "0:00 Intro\n5:12 The dance",
    "times of day": "Live at\n10:30 PM in Rome\n11:30 p.m. in Oslo\n12:30 am in Riga",
    "time zones": "8:00 UTC start\n9:10 GMT talk\n10:20 CET end",
    "a timetable": "Doors: 9:00\nTalk: 10:30\nLunch: 12:45\nEnd: 17:00",
    "masses": "8:00 mass\n10:00 high mass\n12:00 mass",
    "verses": "John 3:16\nRomans 8:28\n1 Corinthians 13:13",
    "songs": "First song (2:45)\nSecond song (3:12)\nThird song (4:01)",
    "dates": "On 2023-11-26 10:30\nOn 2023-11-27 11:31\nOn 2023-11-28 12:32",
    "results": "Won 2:1\nLost 0:3\nDrew 1:1",
    "unsorted": "5:12 b\n0:10 a\n9:00 c\n2:00 d\n1:00 e\n8:00 f",
    "one sentence": "We spoke of it at 5:12, then at 6:13, and again at 7:14.",
    "one time again and again": "5:12 a\n5:12 b\n5:12 c\n5:12 d",
    "no titles": "0:00\n5:12\n9:14",
    "songs behind their lengths": "3:45 One\n4:12 Two\n5:01 Three\n5:31 Four\n6:02 Five\n7:07 Six",
    "many songs": "\n".join(f"{i}. Song {i} {3 + i // 2}:{10 + i}" for i in range(1, 9)),
    "a morning": "8:10 Breakfast\n9:20 Talk\n10:35 Walk\n12:10 Lunch",
    "trains": "08:03 Bern\n08:34 Olten\n09:12 Zürich",
    "news on the hour": "0:05 News\n1:05 Music\n2:05 Night\n3:05 Jazz",
    "verses of many books": "1. Genesis 1:26-27\n2. Exodus 2:15\n3. Exodus 3:15\n4. Genesis 12:01\n5. Genesis 15:06\n"
    "6. Psalm 22:14\n7. Psalm 50:20",
    "a sermon": "1:01 In the beginning\n1:02 And the earth\n1:03 Let there be light",
    "a race": "Ann 14:05\nBob 14:10\nCid 15:20\nDan 16:01\nEve 16:30\nFay 17:02",
    "no clock": "0:75 a\n1:88 b\n2:99 c",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_an_outline_is_read(shape: str) -> None:
    """Three titled times give three marks, whatever stands around them."""
    found = read_text(SHAPES[shape])
    assert [(mark.start, mark.title) for mark in found.marks] == THREE
    assert found.is_list


@pytest.mark.parametrize("kind", NONE)
def test_what_only_looks_like_an_outline_is_none(kind: str) -> None:
    """Times of day, verses, lengths, dates, results: precision comes before recall."""
    found = read_text(NONE[kind])
    assert found.marks == ()
    assert not found.is_list


@pytest.mark.parametrize(("duration", "count"), [(None, 3), (400.0, 3), (1300.0, 0), (3600.0, 0)])
def test_a_list_that_does_not_begin_at_the_beginning_goes_on_to_the_end(duration: float | None, count: int) -> None:
    """Of a long episode, six minutes are the lengths of songs; chapters go on to its end."""
    assert len(read_text("0:45 Tuning\n3:20 Bertha\n6:10 Sugaree", duration).marks) == count
    chapters = "2:45 One\n13:20 Two\n46:10 Three"
    assert len(read_text(chapters, 3600.0).marks) == len(read_text(chapters).marks) == 3


def test_what_goes_past_24_minutes_within_the_audio_is_no_time_of_day() -> None:
    """However late it begins, and though all of it is on the quarter of a minute."""
    for text in (
        "01:00 a\n05:00 b\n20:00 c\n31:00 d\n51:00 e",
        "16:33 a\n25:07 b\n50:41 c",
        "02:30 a\n15:15 b\n33:45 c",
    ):
        assert len(read_text(text, 3600.0).marks) == text.count("\n") + 1
    assert read_text("19:30 a\n20:15 b\n21:00 c", 3600.0).marks == ()


def test_of_two_lists_the_one_that_begins_at_the_beginning_is_taken() -> None:
    """A list of what was mentioned when stands above the chapters in some notes."""
    text = "a (8:38)\nb (50:03)\nc (1:12:01)\nIntro (0:00)\nTwo (2:00)\nThree (4:00)\nFour (6:00)"
    assert [mark.title for mark in read_text(text).marks] == ["Intro", "Two", "Three", "Four"]


def test_of_equal_times_the_first_stays() -> None:
    """Some shows give chapters for supporters the time of the one that follows."""
    marks = read_text("0:00 a\n1:10 b\n1:10 c\n2:00 d\n2:00 e\n3:00 f").marks
    assert [mark.title for mark in marks] == ["a", "b", "d", "f"]


EXPECTED = {
    "feedjira_CRE.xml": 4,
    "kagi_fallthrough.xml": 63,
    "lexfridman_2023-11-26.xml": 362,
    "rssparser_itunes-keywords-astext.rss": 1,
    "zh_lexbrief.xml": 32,
}
"""Items with outlines. Of the Lex feed, 269 write them in brackets and 93 without, such as `0:00 – Introduction`."""


@needs_corpus
def test_the_outlines_of_real_feeds() -> None:
    """So many items of each feed have one, and no other feed has any."""
    counts = {}
    for path in files("feeds"):
        if path.name == "partytime_empty.xml":
            continue
        items = parse(Document(str(path), path.read_bytes())).items
        found = (any(read_text(item.element.findtext(tag) or "").is_list for tag in NOTES) for item in items)
        counts[path.name] = sum(found)
    assert {name: count for name, count in counts.items() if count} == EXPECTED


@needs_corpus
def test_the_outline_of_a_real_item_agrees_with_the_one_written_beside_its_transcript() -> None:
    """Episode #333 has 31 marks, with the titles of the outline of its video."""
    item = next(i for i in parse(Document(str(LEX), LEX.read_bytes())).items if i.title.startswith("#333 "))
    marks = max((read_text(item.element.findtext(tag) or "").marks for tag in NOTES), key=len)
    beside = read_outline((CORPUS / "transcripts" / "lex-333.outline.txt").read_bytes())
    assert [fold(mark.title) for mark in marks] == [fold(mark.title) for mark in beside]
    assert len(marks) == 31


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_an_outline_file_is_read_in_any_encoding(encoding: str) -> None:
    """Lines that are no marks are passed over; one mark is enough."""
    marks = read_outline("Zoë’s outline\n0:00 Café\nnothing\n5:12 – Thé\n".encode(encoding))
    assert [(mark.start, mark.title) for mark in marks] == [(0.0, "Café"), (312.0, "Thé")]


def test_a_titled_line() -> None:
    """One line, one mark; a time without a title is none."""
    mark = titled_line("5:12 - The dance")
    assert mark is not None
    assert (mark.start, mark.title) == (312.0, "The dance")
    assert titled_line("5:12") is None
    assert titled_line("The dance") is None


@pytest.mark.parametrize(
    "text",
    ["0:00 a\n" * 100_000, "(" * 300_000, "1:" * 200_000, "0:00 a " * 50, "•" * 300_000, "- " * 200_000, "1h" * 200_000,
     "\n".join(f"{i // 60}:{i % 60:02} t" for i in range(50_000)), "<td>" * 100_000, "x 0:00" * 100_000],
    ids=lambda text: repr(text[:12]),
)  # fmt: skip
def test_hostile_notes_are_read_in_a_moment(text: str) -> None:
    """No repetition makes a reading long."""
    begun = time.process_time()
    read_text(text)
    assert time.process_time() - begun < 10


LINE = st.sampled_from(["0:00 a", "1:30 b", "(2:00) c", "d (3:00)", "1:00:00 e", "4:00", "f", "<li>5:00 g", "<br>"])


@given(st.lists(LINE | st.text(max_size=20), max_size=15).map("\n".join))
@settings(max_examples=examples(200))
def test_marks_are_in_order_and_at_least_three(text: str) -> None:
    """Ascending, titled, and a list or nothing."""
    found = read_text(text)
    starts = [mark.start for mark in found.marks]
    assert starts == sorted(set(starts))
    assert all(mark.title for mark in found.marks)
    assert found.is_list == bool(starts)
    assert not starts or len(starts) >= 3
