"""One list of chapters by the rules that apps demand."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from enricher.enrich.chapters import list_chapters
from enricher.feed.chapter_formats import json_chapters, psc_chapters
from enricher.model.edition import Chapter, ChapterList
from enricher.model.feed import FeedConfig, Item
from enricher.model.timeline import Mark, Marks
from tests.examples import examples

if TYPE_CHECKING:
    from collections.abc import Sequence

THEIRS = (Mark(0.0, "One"), Mark(300.0, "Two"), Mark(600.0, "Three"))
OURS = (Chapter(120.0, "a"), Chapter(310.0, "b"), Chapter(450.9, "c"), Chapter(465.0, "d"), Chapter(900.0, "e"))
SOURCES = {"psc": {"has_psc": True}, "json": {"has_json": True}, "notes": {"in_notes": True}}


def config(**more: Any) -> FeedConfig:
    """Make a feed's configuration."""
    return FeedConfig("bees", "bees.xml", "https://feeds.example.com", **more)


def make(
    marks: Sequence[Mark], wanted: Sequence[Chapter], source: str = "none", duration: float | None = None, **more: Any
) -> ChapterList:
    """List the chapters of an item."""
    known: Any = Marks(source, tuple(marks), **SOURCES.get(source, {}))  # type: ignore[arg-type]
    return list_chapters(known, wanted, Item(etree.Element("item"), "", duration=duration), config(**more))


def pairs(found: ChapterList) -> list[tuple[float, str]]:
    """Give starts and titles."""
    return [(one.start, one.title) for one in found.chapters]


def test_without_the_publishers_ours_are_the_list_in_all_three_carriers() -> None:
    """A neutral chapter at 0, whole seconds, thirty seconds apart, the earlier wins."""
    found = make((), OURS)
    assert pairs(found) == [(0, "Intro"), (120, "a"), (310, "b"), (450, "c"), (900, "e")]
    assert (found.psc, found.json, found.lines) == (True, True, True)


@pytest.mark.parametrize(("source", "carriers"), [("psc", (False, True, True)), ("json", (True, False, True)),
                                                  ("notes", (True, True, False))])  # fmt: skip
def test_the_publishers_list_is_the_list_and_only_missing_carriers_are_filled(
    source: str, carriers: tuple[bool, bool, bool]
) -> None:
    """Never a second list in the notes, none of ours between theirs."""
    found = make(THEIRS, OURS, source)
    assert pairs(found) == [(0, "One"), (300, "Two"), (600, "Three")]
    assert (found.psc, found.json, found.lines) == carriers


def test_their_list_in_the_notes_that_begins_late_gets_a_first_chapter() -> None:
    """Apps demand one at 0; where we write all carriers we may add it."""
    assert pairs(make((Mark(70.0, "a"), Mark(80.0, "b")), (), "notes")) == [(0, "Intro"), (70, "a"), (80, "b")]


@pytest.mark.parametrize(
    "marks",
    [THEIRS[:2], (*THEIRS[1:], Mark(900.0, "Four")), (*THEIRS, Mark(600.5, "Four")), (*THEIRS, Mark(9999.0, "Late"))],
)  # fmt: skip
@pytest.mark.parametrize("source", ["psc", "json"])
def test_a_list_of_theirs_that_apps_do_not_take_is_left_as_it_is(marks: tuple[Mark, ...], source: str) -> None:
    """A second carrier would have to differ from it; the report says why there is none."""
    found = make(marks, OURS, source, duration=1000)
    assert (found.psc, found.json, found.lines) == (False, False, False)
    assert "left as they are" in found.problems[0].message


@pytest.mark.parametrize("source", ["psc", "json"])
def test_a_title_or_an_end_that_apps_do_not_take_costs_itself(source: str) -> None:
    """The list fills the other carriers all the same."""
    marks = (*THEIRS, Mark(700.0, "The <dialog>", end=650.0), Mark(800.0, "word " * 60))
    found = make(marks, OURS, source, duration=1000)
    assert (found.psc, found.json, found.lines) == (source != "psc", source != "json", True)
    assert pairs(found)[:4] == [(0, "One"), (300, "Two"), (600, "Three"), (700, "The ‹dialog›")]
    assert found.chapters[3].end is None
    assert len(found.chapters[4].title) <= 128


def test_two_carriers_of_theirs_are_theirs() -> None:
    """Nothing is filled from one of them into the other."""
    marks = Marks("json", THEIRS, has_psc=True, has_json=True)
    assert list_chapters(marks, OURS, Item(etree.Element("item"), ""), config()) == ChapterList()


def test_a_list_of_theirs_that_is_not_trusted_is_not_replaced() -> None:
    """The publisher's chapters come first even where they cannot be used."""
    assert make((), OURS, "notes") == ChapterList()
    assert make((), OURS, "json") == ChapterList()


def test_merging_puts_ours_between_theirs() -> None:
    """Thirty seconds from each of theirs."""
    found = make(THEIRS, OURS, "psc", chapters="merge")
    assert pairs(found) == [(0, "One"), (120, "a"), (300, "Two"), (450, "c"), (600, "Three"), (900, "e")]
    assert (found.psc, found.json, found.lines) == (True, True, True)
    assert make(THEIRS, OURS[1:2], "psc", chapters="merge") == make(THEIRS, (), "psc")


def test_no_mark_of_theirs_gets_a_twin() -> None:
    """A topic of a mark's title is that mark, wherever its own time lies."""
    found = make(THEIRS, (Chapter(345.0, "TWO!"), Chapter(450.0, "c")), "psc", chapters="merge")
    assert pairs(found) == [(0, "One"), (300, "Two"), (450, "c"), (600, "Three")]


def test_ours_replace_theirs_only_where_that_is_wanted_and_there_are_three() -> None:
    """Else theirs stay."""
    assert pairs(make(THEIRS, OURS, "psc", chapters="summary"))[1] == (120, "a")
    assert pairs(make(THEIRS, OURS[:1], "psc", chapters="summary"))[1] == (300, "Two")
    assert make(THEIRS, OURS, "psc", chapters="off") == ChapterList()


def test_silent_changes_of_picture_are_no_chapters() -> None:
    """`toc: false` stays in the publisher's file alone."""
    marks = (*THEIRS, Mark(700.0, "Picture", hidden=True))
    assert len(make(marks, (), "json").chapters) == 3


def test_carriers_hold_the_same_list() -> None:
    """Links and pictures too; times to the millisecond; compact JSON in a fixed order."""
    chapters = (Chapter(0.0, "A & B"), Chapter(59.9996, "C", 70.0, "https://a.example/?a=1&b=2", "https://a.example/i"))
    element = psc_chapters(chapters)
    assert [dict(one.attrib) for one in element] == [
        {"start": "00:00:00.000", "title": "A & B"},
        {"start": "00:01:00.000", "title": "C", "href": chapters[1].url, "image": chapters[1].image},
    ]
    assert element.get("version") == "1.2"
    written = json.loads(json_chapters(chapters))
    assert written["version"] == "1.2.0"
    assert written["chapters"] == [
        {"startTime": 0, "title": "A & B"},
        {"startTime": 60, "title": "C", "endTime": 70, "url": chapters[1].url, "img": chapters[1].image},
    ]


TITLES = st.text(max_size=200) | st.sampled_from(["<b>", "a\nb", "\x07", "", "Topic"])
STARTS = st.floats(-10, 5000, allow_nan=False) | st.integers(0, 300).map(float)
MARKS = st.lists(st.builds(Mark, STARTS, TITLES, hidden=st.booleans()), max_size=12)
WANTED = st.lists(st.builds(Chapter, STARTS, TITLES), max_size=12)


@given(
    MARKS.map(lambda marks: sorted(marks, key=lambda mark: mark.start)),
    WANTED,
    st.sampled_from(["none", "psc", "json", "notes"]),
    st.sampled_from(["publisher", "merge", "summary", "off"]),
    st.none() | st.floats(1, 5000),
)
@settings(max_examples=examples(600))
def test_any_list_that_is_written_is_one_that_apps_take(
    marks: list[Mark], wanted: list[Chapter], source: str, policy: str, duration: float | None
) -> None:
    """Three or more, from 0, whole seconds that ascend, before the end, apart, with titles that are titles."""
    found = make(marks if source != "none" else (), wanted, source, duration, chapters=policy)
    if not (found.psc or found.json or found.lines):
        return
    seconds = [int(one.start) for one in found.chapters]
    assert len(seconds) >= 3
    assert seconds[0] == found.chapters[0].start == 0
    assert all(a < b for a, b in pairwise(seconds))
    assert all(1 <= len(one.title) <= 128 and "<" not in one.title for one in found.chapters)
    assert duration is None or all(one.start < duration for one in found.chapters)
    theirs = {int(mark.start) for mark in marks if not mark.hidden} | {0}
    assert all(b - a >= 30 or {a, b} <= theirs for a, b in pairwise(seconds))
    if policy == "merge" and source != "none" and duration is None:
        visible = [mark for mark in marks if not mark.hidden and mark.start >= 0]
        kept = {int(mark.start) for mark in visible if mark.title.isascii() and mark.title.isalnum()}
        assert kept <= set(seconds)
