"""The publisher's own chapters of an item, in the three places where they can stand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from enricher.errors import Problem
from enricher.feed.chapter_formats import chapters_link
from enricher.feed.item import read_item, transcript_links
from enricher.feed.parse import parse
from enricher.model.feed import Document, Item
from enricher.model.timeline import Mark, Marks
from tests.corpus import CORPUS, files, needs_corpus
from tests.examples import examples

DECLARED = (
    'xmlns:psc="http://podlove.org/simple-chapters" xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
)
OUTLINE = "<description>0:00 Start\n1:00 Middle\n2:00 End</description>"
PSC = (
    '<psc:chapters version="1.2"><psc:chapter start="00:01:00.500" title="Two" href="https://a.example/" image="x"/>'
    '<psc:chapter start="0" title="One"/><psc:chapter start="soon" title="?"/><psc:chapter start="9"/></psc:chapters>'
)

ODD: tuple[Any, ...] = (None, True, -1, "x", [], {}, 1e300, 10**300)


def item(inner: str, duration: float | None = None) -> Item:
    """Make an item of some elements."""
    return Item(etree.fromstring(f"<item {DECLARED}>{inner}</item>"), "", title="Bees", duration=duration)


def chapters(*entries: Any, **more: Any) -> Document:
    """Make a chapters file."""
    body = {"version": "1.2.0", "chapters": list(entries), **more}
    return Document("https://a.example/c.json", json.dumps(body).encode(), shown="a.example/c.json")


def read(inner: str, document: Document | None = None, duration: float | None = None) -> Marks:
    """Read an item's marks, expecting no problem."""
    content = read_item(item(inner, duration), document)
    assert content.problems == ()
    return content.marks


def test_simple_chapters_are_read_sorted_with_their_links() -> None:
    """Entries without a time or a title are passed over, links that are none too."""
    marks = read(PSC)
    assert marks.source == "psc"
    assert marks.marks == (Mark(0.0, "One"), Mark(60.5, "Two", url="https://a.example/"))
    assert (marks.has_psc, marks.has_json, marks.in_notes) == (True, False, False)


def test_the_richest_carrier_is_taken_and_all_are_known() -> None:
    """Simple chapters before the file before the notes."""
    link = '<podcast:chapters url=" https://a.example/c.json " type="application/json+chapters"/>'
    file = chapters({"startTime": 5, "title": "File"})
    assert read(PSC + link + OUTLINE, file).source == "psc"
    assert read(link + OUTLINE, file).source == "json"
    marks = read("<psc:chapters/>" + link + OUTLINE)
    assert (marks.source, marks.has_psc, marks.has_json, marks.in_notes) == ("notes", False, True, True)
    assert chapters_link(item(link)) == ("https://a.example/c.json", "application/json+chapters")
    assert chapters_link(item('<podcast:chapters url=""/>')) is None


@pytest.mark.parametrize(
    "entries",
    [
        (),
        ({"startTime": 0, "title": "Cover", "toc": False},),
        ({"startTime": 0, "title": "Cover", "toc": "false"},),
        ({"startMs": 0, "title": "One"}, {"startMs": 9, "title": "Two"}),
    ],
)
def test_an_empty_or_hidden_list_is_none(entries: tuple[dict[str, object], ...]) -> None:
    """Of podnews and others: the times in the notes are the publisher's list then."""
    link = '<podcast:chapters url="https://a.example/c.json" type="application/json+chapters"/>'
    marks = read("<psc:chapters/>" + link + OUTLINE, chapters(*entries))
    assert (marks.source, marks.has_psc, marks.has_json, marks.in_notes) == ("notes", False, False, True)
    marks = read(link + OUTLINE, chapters({"startTime": 5, "title": "File", "toc": None}))
    assert (marks.source, marks.has_json, marks.marks[0].hidden) == ("json", True, False)


def test_a_chapters_file_in_all_its_freedom() -> None:
    """Fractions, times as text, out of order, twice, silent changes of picture, entries that are none."""
    marks = read(
        "",
        chapters(
            {"startTime": 90.25, "title": " Two \n", "endTime": 100, "url": "https://a.example/", "img": "ftp://x"},
            {"startTime": "0:00", "title": "One"},
            {"startTime": 30, "title": "Picture", "img": "https://a.example/i.png", "toc": False},
            {"startTime": 90.25, "title": "Again"},
            *({"startTime": x, "title": "x"} for x in ODD),
            {"startTime": 1, "title": 7}, {"startTime": 1, "title": " "}, {"startTime": 1}, {}, None, "x", [1],
        ),
    )  # fmt: skip
    assert marks.marks == (
        Mark(0.0, "One"),
        Mark(30.0, "Picture", hidden=True),
        Mark(90.25, "Two", 100.0, "https://a.example/"),
        Mark(90.25, "Again"),
    )


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"7", b"null", b"{}", b'{"chapters": 7}', b'{"chapters": null}', b"[" * 9000, b"\xff\xfe\x00",
     b"<html>", b'{"chapters": [{"startTime": 1' + b"0" * 5000 + b"}]}"],
)  # fmt: skip
def test_a_file_that_is_no_chapters_is_a_problem_and_no_more(body: bytes) -> None:
    """It is told, and the notes are read."""
    content = read_item(item(OUTLINE), Document("https://a.example/c.json", body, shown="a.example/c.json"))
    assert content.marks.source == "notes"
    assert [type(one) for one in content.problems] == [Problem]
    assert "a.example/c.json" in content.problems[0].message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_chapters_file_in_any_encoding(encoding: str) -> None:
    """Byte order marks are common."""
    body = json.dumps({"chapters": [{"startTime": 0, "title": "Café"}]}, ensure_ascii=False).encode(encoding)
    assert read("", Document("u", body)).marks == (Mark(0.0, "Café"),)


def test_times_are_kept_to_the_millisecond() -> None:
    """So every carrier rounds to the same second."""
    assert read("", chapters({"startTime": 59.9996, "title": "x"})).marks == (Mark(60.0, "x"),)


def test_ten_thousand_chapters() -> None:
    """A long list is read whole."""
    found = read("", chapters(*({"startTime": i, "title": f"c{i}"} for i in range(10_000, 0, -1))))
    assert len(found.marks) == 10_000
    assert found.marks[0].start == 1


def test_marks_beyond_the_end_are_dropped_and_a_list_far_beyond_it_is_not_trusted() -> None:
    """A few seconds too late is rounding; minutes too late is another timeline."""
    assert [mark.title for mark in read(OUTLINE, duration=110).marks] == ["Start", "Middle"]
    content = read_item(item(OUTLINE, 30), None)
    marks, problems = content.marks, content.problems
    assert (marks.source, marks.marks, marks.in_notes) == ("none", (), True)
    assert "run past the end" in problems[0].message


@needs_corpus
def test_real_chapters_files_are_read() -> None:
    """Each of them gives as many marks as it has titled entries."""
    for path in files("chapters/cdspill"):
        body = path.read_bytes()
        titled = [one for one in json.loads(body)["chapters"] if one.get("title", "").strip()]
        content = read_item(item(""), Document(path.name, body))
        assert (len(content.marks.marks), content.problems) == (len(titled), ()), path.name


@needs_corpus
def test_real_simple_chapters_are_read() -> None:
    """The CRE feed has them on its items."""
    feed = parse(Document("x", (CORPUS / "feeds" / "feedjira_CRE.xml").read_bytes()))
    found = [read_item(one, None).marks for one in feed.items]
    with_psc = [marks for marks in found if marks.has_psc]
    assert with_psc
    assert all(marks.source == "psc" and len(marks.marks) >= 3 for marks in with_psc)


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.sampled_from(["chapters", "startTime", "title", "toc"])
    return st.lists(inner, max_size=3) | st.dictionaries(keys, inner)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.floats() | st.text(max_size=5) | st.integers(),
    _nested,
)


@given(st.binary(max_size=60) | JSON.map(lambda found: json.dumps(found).encode()))
@settings(max_examples=examples(200))
def test_any_file_gives_sound_marks_or_a_problem(body: bytes) -> None:
    """Nothing is raised; starts ascend and are finite."""
    starts = [mark.start for mark in read_item(item(""), Document("u", body)).marks.marks]
    assert starts == sorted(starts)
    assert all(0 <= start < 200_000 for start in starts)


def test_the_notes_are_read_as_they_stand() -> None:
    """Absent, empty, escaped, and not escaped."""
    inside = "<description/><content:encoded>a &lt;b <i>c</i></content:encoded>"
    notes = read_item(item(inside), None).notes
    assert (notes.description, notes.content, notes.summary) == ("", "a &lt;b <i>c</i>", None)
    assert notes.marked_up == {"content"}


def test_the_publishers_soundbites_are_read() -> None:
    """Start and duration; one without numbers is passed over."""
    inside = '<podcast:soundbite startTime="1.5" duration="20">A</podcast:soundbite><podcast:soundbite startTime="x"/>'
    assert read_item(item(inside), None).soundbites == ((1.5, 20.0),)


def test_an_address_that_cannot_be_parsed_costs_that_link_alone() -> None:
    """Contract C57: `http://[x]/` is told, and asked for by nobody."""
    link = '<podcast:chapters url="http://[x]/c.json" type="application/json+chapters"/>'
    assert chapters_link(item(link)) is None
    content = read_item(item(link + OUTLINE), None)
    assert (content.marks.source, content.marks.has_json) == ("notes", True)
    assert [one.message for one in content.problems] == [
        "the address of its chapters file cannot be read; it is left as it is"
    ]
    linked = '<psc:chapters><psc:chapter start="1" title="A" href="http://[x]/"/></psc:chapters>'
    assert read(linked).marks == (Mark(1.0, "A"),)


def with_transcripts(*transcripts: str) -> Item:
    """Make an item with podcast:transcript elements."""
    inner = "".join(f"<podcast:transcript {attributes}/>" for attributes in transcripts)
    return Item(etree.fromstring(f"<item {DECLARED}><!-- x --><title/>{inner}</item>"), "d")


def test_the_best_transcript_comes_first() -> None:
    """The feed's language before the format; JSON, VTT, SRT, HTML; unknown ones last; each address once."""
    links = transcript_links(
        with_transcripts(
            'url="https://a.example/t.txt" type="text/plain"',
            'url="https://a.example/h" type="text/html"',
            'url="https://a.example/t.srt?x=1"',
            'url="https://a.example/s" type="application/x-subrip" rel="captions"',
            'url="https://a.example/es.json" type="application/json" language="es"',
            'url="https://a.example/en.vtt" type="text/vtt" language="EN-gb"',
            'url="https://a.example/en.vtt" type="text/vtt"',
            'url=" " type="text/vtt"',
            'url="http://[x]/t.vtt" type="text/vtt"',
        ),
        "en-us",
    )
    assert [link.url.rsplit("/")[-1] for link in links] == ["en.vtt", "t.srt?x=1", "s", "h", "t.txt", "es.json"]
    assert links[0].language == "EN-gb"
    assert transcript_links(with_transcripts('url="https://a.example/x" language="no"'), None)
