"""Reports and explanations: what people and programs are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enricher.errors import FetchError, HeldError, LossError, Problem, PublishError, RefusedError, SourceError
from enricher.model.edition import Chapter, ChapterList, Enriched, Match, Matching, Report
from enricher.model.timeline import Marks
from enricher.report import explain, failure, is_wanted, to_json, to_lines, written_lines
from enricher.run.run import exit_code
from enricher.text import counted
from tests.edition import MIRROR, enriched, stored

if TYPE_CHECKING:
    from enricher.errors import FeedError

GOOD = Report("a", "published", items=3, matched=2, timed=1, chapters=1, written=("a.xml",))
SAME = Report("b", "unchanged", problems=(Problem("odd", "One"), Problem("odder")))
HELD = Report("c", "held", error="down", notes=("not due",))

SOURCE = b"""<rss version="2.0"><channel><title>Show</title>
<item><title>Swarms | Show #12</title><guid>g12</guid><link>https://a.example/12</link>
<enclosure url="https://a.example/12.mp3" length="1" type="audio/mpeg"/></item>
<item><title>%s</title><guid>g13</guid></item><item><guid>g14</guid></item></channel></rss>""" % (b"Long " * 40)
SUMMARY = {
    "title": "Swarms",
    "topics": [
        {"title": "Choosing", "start": 60, "passages": [{"kind": "quote", "text": "They vote."}]},
        {"title": "Dancing", "start": 600},
        {"title": "Flying", "start": 1200},
        {"title": "No time"},
    ],
    "clips": [{"title": "The dance", "start": 600}],
    "questions": [{"question": "How?"}],
    "citations": {"1": {"start": 61}, "2": {"url": "https://a.example/c"}},
}


# What was written


def test_where_many_files_of_a_kind_were_written_their_number_is_said() -> None:
    """Pages, transcripts and the like; up to five of a kind are named, and every feed and index is."""
    pages = [f"a/bees-{n:012x}.html" for n in range(400)]
    few = [f"a/chapters/{n:016x}.json" for n in range(5)]
    search = [f"a/search/fragment/en_{n}.pf_fragment" for n in range(6)]
    other = ["b/bees-0123456789ab.html", "b/index.html", "b.xml"]
    written = [*pages, *few, *search, "a.xml", "a/index.html", *other]
    assert list(written_lines(written)) == ["a: 400 pages", *few, "a: 6 search files", "a.xml", "a/index.html", *other]
    assert list(written_lines([])) == []


# Reports


@pytest.mark.parametrize(
    ("error", "published", "outcome"),
    [
        (FetchError("x"), True, "held"),
        (SourceError("x"), True, "held"),
        (HeldError("x"), True, "held"),
        (FetchError("x"), False, "failed"),
        (RefusedError("x"), True, "failed"),
        (LossError("x"), True, "failed"),
        (PublishError("x"), True, "failed"),
    ],
)
def test_a_feed_is_held_where_waiting_helps_and_something_stands(
    error: FeedError, *, published: bool, outcome: str
) -> None:
    """Else it has failed."""
    assert failure("a", error, published=published) == Report("a", outcome, error="x")  # type: ignore[arg-type]


def test_the_exit_code_is_1_where_some_feed_failed_or_is_held() -> None:
    """Published and unchanged are good."""
    failed = Report("d", "failed", error="x")
    assert [exit_code(reports) for reports in ([], [GOOD, SAME], [GOOD, HELD], [failed, GOOD])] == [0, 0, 1, 1]


def test_lines_for_people_are_the_error_and_the_problems() -> None:
    """Each with the feed's name; what is well is not told."""
    assert [list(to_lines(report)) for report in (GOOD, SAME, HELD)] == [
        [],
        ["b: One: odd", "b: odder"],
        ["c: held: down"],
    ]


def test_the_report_for_programs_has_more_keys_only_where_there_is_more() -> None:
    """Notes of a feed, and problems that concern no feed."""
    plain = to_json([GOOD, SAME])
    assert plain == {
        "version": 1,
        "feeds": [
            {
                "name": "a",
                "outcome": "published",
                "items": 3,
                "matched": 2,
                "timed": 1,
                "chapters": 1,
                "written": ["a.xml"],
                "problems": [],
                "error": None,
            },
            {
                "name": "b",
                "outcome": "unchanged",
                "items": 0,
                "matched": 0,
                "timed": 0,
                "chapters": 0,
                "written": [],
                "problems": ["One: odd", "odder"],
                "error": None,
            },
        ],
    }
    more = to_json([HELD], ["a summary is broken"])
    assert more["problems"] == ["a summary is broken"]
    assert (more["feeds"][0]["notes"], more["feeds"][0]["error"]) == (["not due"], "down")


# Explanations


def edition() -> tuple[Matching, tuple[Enriched, ...]]:
    """Enrich the first of three items; a second summary has none."""
    _, found = enriched(SOURCE, {0: SUMMARY}, MIRROR)
    return Matching(
        tuple(one.match for one in found), ((stored({"title": "X"}, "x.json"), "Nothing is like it."),)
    ), found


def test_every_item_is_told_with_its_reason_and_every_time_with_its_evidence() -> None:
    """Then the summaries that nobody has, and the sum."""
    lines = list(explain(*edition(), None))
    assert lines[:3] == [
        "Swarms | Show #12",
        "  summary: /summaries/a.json, by guid. The guids are equal.",
        "  00:01:00 topic “Choosing” [summary]: the summary gives this time",
    ]
    assert lines[3].startswith("  --:--:-- quote “They vote.”: ")
    assert [line[:27] for line in lines[4:12]] == [
        "  00:10:00 topic “Dancing” ",
        "  00:20:00 topic “Flying” [",
        "  --:--:-- topic “No time”:",
        "  00:10:00 clip “The dance”",
        "  --:--:-- question “How?”:",
        "  00:01:01 citation [1] [su",
        "  --:--:-- citation [2]: th",
        "  soundbites: 0 of 1 clip (",
    ]
    assert lines[12].startswith("  chapters: 4 in the list; ")
    assert lines[12].endswith("the publisher has none; written by us: psc:chapters, a chapters file, the notes")
    assert lines[13].startswith("Long Long")
    assert len(lines[13]) <= 60
    assert lines[14:] == [
        "  summary: none. The guids are equal.",
        "g14",
        "  summary: none. The guids are equal.",
        "unused: /summaries/x.json: Nothing is like it.",
        "3 items: 1 with a summary, 2 without; 1 summary without an item",
    ]


def test_a_wanted_item_is_told_alone_and_in_full() -> None:
    """Without the sum; an item without a summary has its reason."""
    matching, found = edition()
    assert next(iter(explain(matching, found, "swarms"))) == "Swarms | Show #12"
    assert list(explain(matching, found, "g14")) == ["g14", "  summary: none. The guids are equal."]
    assert list(explain(matching, found, "nobody")) == []


YES = ("g12", "https://a.example/12", "https://a.example/12.mp3", "swarms", "#12", "12", "Swarms | Show", " g12 ")


@pytest.mark.parametrize("wanted", [*YES, "swarm", "1", "", "#"])
def test_an_item_is_wanted_by_guid_link_audio_number_or_whole_words(wanted: str) -> None:
    """A piece of a word is none."""
    assert is_wanted(edition()[1][0], wanted) is (wanted in YES)


def test_whose_the_chapters_are_is_said() -> None:
    """And where we write them; problems of the item, too."""
    item = edition()[1][0].item
    match = Match(item, stored(SUMMARY), "title", "The titles are equal.")
    three = tuple(Chapter(float(i * 60), f"C{i}") for i in range(3))

    def said(marks: Marks, chapters: ChapterList) -> str:
        one = Enriched(match, marks, chapters=chapters, problems=(Problem("odd"),))
        *_, line, problem = explain(Matching((match,)), [one], "g12")
        assert problem == "  problem: odd"
        return line.removeprefix("  chapters: ")

    assert said(Marks(), ChapterList()) == "none of ours; the publisher has none (a list needs three topics with times)"
    assert said(Marks("psc", has_psc=True), ChapterList()) == "none of ours; the publisher has psc:chapters"
    assert said(Marks("notes", in_notes=True), ChapterList(three, psc=True, json=True)) == (
        "3 in the list; the publisher has times in the notes; written by us: psc:chapters, a chapters file"
    )
    assert said(Marks("json", has_json=True), ChapterList(three)) == (
        "3 in the list; the publisher has a chapters file; written by us: nothing"
    )


def test_things_are_counted_in_words() -> None:
    """One and many."""
    assert [counted(1, "item"), counted(0, "item"), counted(2, "summary")] == ["1 item", "0 items", "2 summaries"]
