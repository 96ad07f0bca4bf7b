"""Highlights in an item's notes, read as a listener and as an app read them."""

from __future__ import annotations

import re
from dataclasses import replace as replaced
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from msgspec.structs import replace

from enricher.enrich.item import signature
from enricher.enrich.layout import Highlights, Surroundings
from enricher.enrich.notes import write_notes
from enricher.enrich.render import HtmlRenderer, PlainRenderer, as_html, clean_html
from enricher.model.edition import Chapter, ChapterList, Notes
from enricher.model.feed import FeedConfig, NotesFields
from enricher.model.summary import Citation, Clip, Passage, Question, Related, Source, Summary, Topic
from enricher.model.timeline import Moment, Timeline
from enricher.text import looks_html
from enricher.translations import words_for
from enricher.urls import absolute
from tests.examples import examples
from tests.summaries.test_summaries import page

if TYPE_CHECKING:
    from collections.abc import Mapping

LABEL = "Highlights by {source}. Not written by the publisher."
ALLOWED = {"p", "br", "a", "ul", "ol", "li", "strong", "em"}


def config(**more: Any) -> FeedConfig:
    """Make a feed's configuration."""
    return FeedConfig("bees", "bees.xml", "https://feeds.example.com", **more)


def write(theirs: NotesFields, ours: Highlights, config: FeedConfig) -> Notes:
    """Write an item's notes."""
    return write_notes(theirs, ours, config, "Bees")


def moments(**starts: float) -> Timeline:
    """Make a timeline; `_` stands for `/` in its keys."""
    return Timeline({key.replace("_", "/"): Moment(start, None, "summary", "said") for key, start in starts.items()})


def highlights(
    summary: Summary,
    timeline: Timeline = Timeline(),
    chapters: ChapterList = ChapterList(),
    links: Mapping[int, str] | None = None,
    label: str = LABEL,
) -> Highlights:
    """Put together what notes are made of."""
    around = Surroundings(words_for("en"), links or {})
    return Highlights(summary, timeline, chapters, around, label, "feeds.example.com")


def both(notes: Notes) -> tuple[str, str]:
    """Give description and content:encoded, which must both be there."""
    assert notes.description is not None
    assert notes.content is not None
    return notes.description, notes.content


TINY = Summary("Bees", abstract="On bees.", topics=(Topic("One", passages=(Passage("text", "Text."),)),))


PAGE_TIMES = moments(topics_0=312.5, clips_0=312, questions_0=312, citations_1=318, topics_0_passages_1=340)


def in_order(content: str, said: list[str]) -> None:
    """Find every one of the words behind the one before."""
    place = 0
    for words in said:
        found = content.find(words, place)
        assert found >= 0, words
        place = found + len(words)


def test_around_theirs_stand_what_it_is_about_and_when_and_behind_them_the_rest() -> None:
    """On a telephone the publisher's own first words are not screens away, and nobody takes ours for theirs."""
    around = Surroundings(words_for("en"), page="https://feeds.example.com/bees/x.html")
    ours = replaced(highlights(page("json"), PAGE_TIMES), surroundings=around)
    _, content = both(write(NotesFields("<p>Theirs.</p>"), ours, config()))
    source = '<a href="https://digest.example/field-notes/12">Meadow Digest</a>'
    signed = f"Highlights by {source}. Not written by the publisher."
    said = [
        "Ann Lee tells how", signed, '<a href="https://feeds.example.com/bees/x.html">Page with player and clips</a>',
        "Topics", "Swarming (00:05:12)", "Popular clips", "<li>The dance of the scouts (00:05:12)</li>",
        "<p>* * *</p>", "<p>Theirs.</p>", "<p>* * *</p>", signed, "Swarming</strong> (00:05:12)", "[Ann Lee] explains",
        "(00:05:40)", "<em>Scouts<", "Questions from this episode", "Clips cited", "Related episodes",
    ]  # fmt: skip
    in_order(content, said)
    front, theirs, _ = content.split("\n<p>* * *</p>\n")
    assert theirs == "<p>Theirs.</p>"
    assert "explains" not in front


def test_around_nothing_our_block_is_one() -> None:
    """Where the publisher has no notes, and where theirs would swallow what stands behind them."""
    assert "* * *" not in both(write(NotesFields(), highlights(page("json"), PAGE_TIMES), config()))[1]
    _, content = both(write(NotesFields("<div>Theirs."), highlights(page("json"), PAGE_TIMES), config()))
    assert content.count("* * *") == 1
    assert content.endswith("<div>Theirs.")


def test_around_a_chapter_list_stands_for_the_topics() -> None:
    """No time is listed twice before the publisher's notes."""
    chapters = ChapterList(tuple(Chapter(60.0 * n, f"Chapter {n}") for n in range(3)), lines=True)
    _, content = both(write(NotesFields("Theirs."), highlights(page("json"), PAGE_TIMES, chapters), config()))
    in_order(
        content, ["00:01:00 Chapter 1<br>", "Popular clips", "<p>* * *</p>", "Theirs.", "Swarming</strong> (00:05:12)"]
    )
    assert "Topics" not in content


def test_before_theirs_the_whole_page_in_its_order() -> None:
    """Abstract, label, highlights with quotes, clips, questions, what is cited, related; then the publisher's notes."""
    ours = highlights(page("json"), PAGE_TIMES)
    _, content = both(write(NotesFields("<p>Theirs.</p>"), ours, config(notes="before")))
    said = [
        "Ann Lee tells how", 'Highlights by <a href="https://digest.example/field-notes/12">Meadow Digest</a>',
        ">Highlights<", "Swarming</strong> (00:05:12)", "[Ann Lee] explains", "dancing [1].",
        "“They vote with their feet, and nobody counts.”</em> — Ann Lee (00:05:40)",
        "<em>Scouts<", "<em>Old scouts<", ">Honey<",
        "Popular clips", "The dance of the scouts (00:05:12)", "Questions from this episode",
        "How do bees decide where to live? (00:05:12)", "follow [1].", "Clips cited", "[1]</a> (00:05:18)",
        "Related episodes", "Wasps, Our Friends (Field Notes, 2024-04-18)",
        "<p>* * *</p>", "<p>Theirs.</p>",
    ]  # fmt: skip
    in_order(content, said)


def test_after_or_off() -> None:
    """Where our block stands is configured."""
    description, content = both(write(NotesFields("Theirs."), highlights(TINY), config(notes="after")))
    assert description.startswith("Theirs.\n\n* * *\n\nOn bees.")
    assert content.startswith("<p>Theirs.</p>\n<p>* * *</p>\n<p>On bees.")
    assert write(NotesFields("Theirs."), highlights(TINY), config(notes="off")) == Notes()


@pytest.mark.parametrize(
    "theirs",
    [
        "<p>Text</p><!-- open",
        '<a href="https://a.example/">Text',
        "<div hidden>Text",
        "<p>Text <b",
        "<p>Text</p><![title[ x",
    ],
)
def test_what_is_left_open_swallows_nothing_of_ours(theirs: str) -> None:
    """Behind a tag that is never closed our block would be inside of it, so it goes before."""
    _, content = both(write(NotesFields(theirs), highlights(TINY), config(notes="after")))
    assert content.startswith("<p>On bees.</p>")
    assert content.endswith(theirs)
    closed = "<ul><li>One<li>Two</ul><p>Three<br/><p>Four of R&B"
    assert write(NotesFields(closed), highlights(TINY), config(notes="after")).content.startswith(closed)  # type: ignore[union-attr]


def test_a_chapter_list_without_room_gives_its_room_to_highlights() -> None:
    """It is printed whole or not at all; content:encoded has it."""
    many = ChapterList(tuple(Chapter(60.0 * n, f"Chapter {n} {'x' * 80}") for n in range(50)), lines=True)
    description, content = both(write(NotesFields("Theirs."), highlights(TINY, chapters=many), config()))
    assert "Chapter 7" not in description
    assert "Text." in description
    assert "Chapter 49" in content


def test_each_field_is_spoken_to_in_its_own_tongue() -> None:
    """Plain text keeps its line breaks, which a single tag would cost it in some apps; HTML gets HTML."""
    description, content = both(write(NotesFields("Line 1\nLine 2 <3"), highlights(TINY), config()))
    assert description == (
        "On bees.\n\nHighlights by feeds.example.com. Not written by the publisher.\n\n* * *\n\nLine 1\nLine 2 <3"
        "\n\n* * *\n\nHighlights by feeds.example.com. Not written by the publisher.\n\nOne\n\nText."
    )
    assert "<p>Line 1<br>Line 2 &lt;3</p>" in content
    _, content = both(write(NotesFields("d", "Line 1\nLine 2" * 9), highlights(TINY), config()))
    assert not looks_html(content)
    description, _ = both(write(NotesFields("<p>d</p>"), highlights(TINY), config()))
    assert description.startswith("<p>On bees.</p><p><em>Highlights by feeds.example.com.")
    assert description.endswith("<p>Text.</p>")


def test_the_longest_field_is_content() -> None:
    """Apps show the longest: an itunes:summary that is longer is told in content:encoded too."""
    long = "<p>" + "Their summary. " * 400 + '</p><script>x</script><a href="/relative">l</a>'
    description, content = both(write(NotesFields("d", None, long), highlights(TINY), config()))
    assert len(content) > max(len(long), len(description))
    assert "<script" not in content
    assert 'href="/' not in content


def test_content_in_plain_text_stays_plain_text_when_it_has_to_grow() -> None:
    """What it is made longer with is told in its own tongue, wherever that comes from."""
    for long in ("Line 1\nLine 2 & <3\n" * 100, "<p>Line 1<br>Line 2 &amp; &lt;3</p>" * 60):
        _, content = both(
            write(NotesFields("d", "Theirs.", long), highlights(replace(TINY, abstract="So. " * 300)), config())
        )
        assert not looks_html(content)
        assert "Line 1\nLine 2 & <3\n" in content


def test_where_the_longest_field_cannot_be_beaten_nothing_is_changed() -> None:
    """Markup that is dropped leaves nothing to be longer with; the report says so."""
    notes = write(NotesFields("d", None, f"<p>{'<img src=x>' * 2000}</p>"), highlights(TINY), config())
    assert (notes.description, notes.content) == (None, None)
    assert "longer than notes may be" in notes.problems[0].message


@pytest.mark.parametrize("form", ["<p>{}</p>", "{}"])
def test_a_description_that_is_full_stays_as_it_was(form: str) -> None:
    """What is cut is ours, never theirs; content:encoded has what the description has no room for."""
    theirs = form.format("x" * 3990)
    notes = write(NotesFields(theirs), highlights(TINY), config())
    assert notes.description is None
    assert notes.content is not None
    assert "On bees." in notes.content
    assert theirs in notes.content


def test_an_item_without_notes_gets_ours() -> None:
    """An empty element counts as none."""
    for one in (NotesFields(), NotesFields("  "), NotesFields("", "")):
        description, content = both(write(one, highlights(TINY), config()))
        assert "On bees." in description
        assert "On bees." in content
    assert write(NotesFields(None, "<p>c</p>"), highlights(TINY), config()).description is None


def test_a_summary_that_says_nothing_leaves_the_notes_alone() -> None:
    """A label above nothing helps nobody."""
    assert write(NotesFields("Theirs."), highlights(Summary("Bees")), config()) == Notes()
    only = Summary("Bees", topics=(Topic("One", passages=(Passage("text", "[1]"),)),))
    assert write(NotesFields("Theirs."), highlights(only), config()) == Notes()


def test_chapters_alone_are_worth_a_block() -> None:
    """Each on a line of its own, outside any link, as HH:MM:SS."""
    chapters = ChapterList((Chapter(0, "Intro"), Chapter(65.5, "1:05 & more"), Chapter(3600, "End")), lines=True)
    description, content = both(write(NotesFields("d"), highlights(Summary("Bees"), chapters=chapters), config()))
    assert "CHAPTERS\n\n00:00:00 Intro\n00:01:05 1:05 & more\n01:00:00 End\n\n" in description
    assert "<p>00:00:00 Intro<br>00:01:05 1:05 &amp; more<br>01:00:00 End</p>" in content


def test_a_topic_of_which_nothing_is_said_is_not_listed_twice() -> None:
    """The chapter list has it; what has a text stands below as well."""
    topics = (Topic("Intro"), Topic("The dance", passages=(Passage("text", "So."),)), Topic("End"))
    chapters = ChapterList(tuple(Chapter(60.0 * n, one.title) for n, one in enumerate(topics)), lines=True)
    for field in both(write(NotesFields("d"), highlights(Summary("Bees", topics=topics), chapters=chapters), config())):
        assert [field.count(one.title) for one in topics] == [1, 2, 1]
    bare = highlights(Summary("Bees", topics=topics[::2]), chapters=chapters)
    assert "Highlights<" not in both(write(NotesFields("d"), bare, config()))[1]
    theirs = both(write(NotesFields("d"), highlights(Summary("Bees", topics=topics)), config()))[1]
    assert [theirs.count(one.title) for one in topics] == [1, 1, 1]


def test_nothing_is_printed_that_has_no_evidence() -> None:
    """Times in the summary that the timeline does not bear out, and citation marks that would point at nothing."""
    description, content = both(write(NotesFields("d"), highlights(page("json")), config()))
    for text in (description, content):
        assert not re.search(r"\d:\d\d", text)
        assert "[2]" not in text
    # A link is something to point at.
    assert '<a href="https://digest.example/play#t=318">[1]</a>' in content
    bare = replace(page("json"), citations={})
    for text in both(write(NotesFields("d"), highlights(bare), config())):
        assert not re.search(r"\[\d+\]", text)


def test_citation_marks_go_where_their_list_has_no_room() -> None:
    """A mark without its entry is none; the text stays."""
    summary = Summary(
        "Bees", abstract="On bees [1].", topics=(Topic("One", passages=(Passage("text", "So [1]. And [2]!"),)),),
        citations={1: Citation(url="https://a.example/" + "x" * 3000), 2: Citation()},
    )  # fmt: skip
    _, content = both(write(NotesFields("d"), highlights(summary), config(notes_limit=500)))
    assert "So. And!" in content
    assert "[1]" not in content
    assert "So [1]. And!" in both(write(NotesFields("d"), highlights(summary), config()))[1]


def test_a_time_behind_a_mark_that_goes_is_no_chapter() -> None:
    """Without the mark it would begin the line; behind a mark that stays it does not."""
    summary = Summary(
        "Bees", abstract="[2] 10:30 is late [1] 11:30 is later.", citations={1: Citation(url="https://a.example/")}
    )
    for text in both(write(NotesFields("d"), highlights(summary), config())):
        assert "– 10:30 is late [1] 11:30 is later." in text


def test_what_is_cut_first() -> None:
    """Related, questions, clips, subtopics' second paragraphs; a subtopic's quote goes with its text."""
    words = "Said at length. " * 12
    sub = Topic(
        "Sub", passages=(Passage("text", words + "S1."), Passage("quote", "Q2"), Passage("text", words + "S2."))
    )
    summary = Summary(
        "Bees",
        abstract="On bees.",
        topics=(Topic("One", passages=(Passage("text", words + "T1."), Passage("quote", "Q1")), topics=(sub,)),),
        clips=(Clip("C1"),),
        questions=(Question("W1?"),),
        related=(Related("R1"),),
    )
    order = ["On bees.", "T1.", "Q1", "S1.", "Q2", "S2.", "C1", "W1?", "R1"]
    seen = []
    for limit in range(100, 1800, 10):
        _, content = both(write(NotesFields("d"), highlights(summary), config(notes_limit=limit)))
        kept = [mark for mark in order if mark in content]
        assert kept == order[: len(kept)], limit
        assert ("Sub<" in content) == ("S1." in content)
        seen.append(len(kept))
    assert seen == sorted(seen)
    assert {1, 9} <= set(seen)


def test_a_very_long_abstract_leaves_the_limits_alone() -> None:
    """It is cut between its paragraphs, and one that is a book is cut at a word."""
    many = Summary("Bees", abstract="\n".join(f"Paragraph {i}. " + "word " * 60 for i in range(100)))
    one = Summary("Bees", abstract="word " * 20_000)
    for summary in (many, one):
        description, content = both(write(NotesFields("<p>Theirs.</p>"), highlights(summary), config()))
        assert len(description.encode()) <= 4000
        assert 3000 < len(content) <= 10_000
        assert "Not written by the publisher." in content
    notes = write(NotesFields("<p>Theirs.</p>"), highlights(many), config(notes_limit=10))
    assert notes.content is not None
    assert notes.content.startswith("<p>Paragraph 0.")
    assert "Paragraph 1." not in notes.content


@pytest.mark.parametrize(
    ("label", "source", "expected"),
    [
        (LABEL, Source("M & D", "https://a.example/?a=1&b=2"),
         'Highlights by <a href="https://a.example/?a=1&amp;b=2">M &amp; D</a>. Not written by the publisher.'),
        (LABEL, Source(), "Highlights by feeds.example.com. Not written by the publisher."),
        (LABEL, Source("M", "javascript:x"), "Highlights by M. Not written by the publisher."),
        ("Not theirs", Source("M", "https://a.example/"),
         'Not theirs <a href="https://a.example/">https://a.example/</a>'),
        ("{source} says", Source("M", None), "M says"),
        ("By {source}, {source} & co.", Source("M", "https://a.example/"),
         'By <a href="https://a.example/">M</a>, M &amp; co.'),
    ],
)  # fmt: skip
def test_the_label_says_who_summarised_with_a_link(label: str, source: Source, expected: str) -> None:
    """Where the summary has one; in plain text the address is written out."""
    summary = replace(TINY, source=source)
    description, content = both(write(NotesFields("d"), highlights(summary, label=label), config()))
    assert f"<p><em>{expected}</em></p>" in content
    if absolute(source.url):
        assert f" {source.url}\n" in description


def test_nobody_reads_the_same_quote_twice() -> None:
    """A clip's quote that stands among the highlights, or that is the clip's title, is not said again."""
    topic = Topic("One", passages=(Passage("quote", "They vote with their feet."),))
    clips = (
        Clip("The dance", quote="They vote, with their feet"),
        Clip("So be it", quote="So be it."),
        Clip("A", quote="B"),
    )
    description, content = both(
        write(NotesFields("d"), highlights(replace(TINY, topics=(topic,), clips=clips)), config())
    )
    for notes in (description, content):
        assert notes.count("with their feet") == notes.count("So be it") == 1
        assert notes.count("“B”") == 1


@pytest.mark.parametrize("markup", ["{}", "<p>{}</p>"])
def test_both_fields_have_the_whole_block_where_both_have_room(markup: str) -> None:
    """What parts it from the publisher's notes is longer in content:encoded, and so is that."""
    theirs = markup.format("Theirs.")
    description, content = both(write(NotesFields(theirs, theirs), highlights(page("json")), config()))
    assert "The Moss Report" in description
    assert len(content) > len(description)


def test_related_episodes_lead_to_pages_of_the_same_feed() -> None:
    """Those known to the feed before the summary's own links."""
    summary = replace(TINY, related=(Related("A", "https://x.example/"), Related("B", "https://y.example/")))
    _, content = both(
        write(NotesFields("<p>d</p>"), highlights(summary, links={0: "https://bees.example/a"}), config())
    )
    assert (
        '<ul><li><a href="https://bees.example/a">A</a></li><li><a href="https://y.example/">B</a></li></ul>' in content
    )


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "/x", "http:///x", "https://a b", "http://[::1", "data:x", "", None]
)
def test_links_that_are_no_links_are_text(url: str | None) -> None:
    """Only absolute http, https and mailto."""
    assert HtmlRenderer().link("x", url) == "x"
    assert PlainRenderer().link("x", url) == "x"
    assert absolute("mailto:bees@a.example") == "mailto:bees@a.example"


def test_texts_that_would_be_read_as_something_else() -> None:
    """A line that begins with a time would be a chapter, and a `<b>` in plain text markup."""
    assert PlainRenderer().text("10:30 is late") == "– 10:30 is late"
    assert HtmlRenderer().text("(1:05) a <b>") == "– (1:05) a &lt;b&gt;"
    assert PlainRenderer().text("a <b> c") == "a ‹b› c"
    assert as_html("a\n\n\nb\nc & d") == "<p>a</p>\n<p>b<br>c &amp; d</p>"
    assert clean_html('<p onclick="x">a<img src="x"><a href="javascript:x">b</a></p>') == "<p>a<a>b</a></p>"


TEXT = st.text(max_size=40) | st.sampled_from(
    ["]]>", "&amp; & <b>", "\x07\x0b", "שלום", "1:00 x", "[1] a [2].", "[9999]", "word " * 80, "a\nb", "“q”", "— x"]
)
URL = st.none() | st.sampled_from(["https://a.example/?a=1&b=2", "javascript:x", "//x", "mailto:a@b.example", "x y"])
PASSAGE = st.builds(Passage, st.sampled_from(["text", "quote"]), TEXT, st.none() | TEXT)
TOPIC = st.recursive(
    st.builds(Topic, TEXT, passages=st.lists(PASSAGE, max_size=3).map(tuple)),
    lambda inner: st.builds(
        Topic, TEXT, passages=st.lists(PASSAGE, max_size=2).map(tuple), topics=st.lists(inner, max_size=2).map(tuple)
    ),
    max_leaves=3,
)
SUMMARY = st.builds(
    Summary,
    st.just("Bees"),
    source=st.builds(Source, st.none() | TEXT, URL),
    abstract=st.none() | TEXT,
    topics=st.lists(TOPIC, max_size=3).map(tuple),
    clips=st.lists(st.builds(Clip, TEXT, quote=st.none() | TEXT), max_size=3).map(tuple),
    questions=st.lists(st.builds(Question, TEXT, st.none() | TEXT), max_size=3).map(tuple),
    related=st.lists(st.builds(Related, TEXT, URL), max_size=3).map(tuple),
    citations=st.dictionaries(st.integers(1, 3), st.builds(Citation, url=URL), max_size=2),
)
FIELD = st.sampled_from(
    [None, "", "  ", "Theirs.", "Line\nline & <3", "<p>HTML &amp; more</p>", "x " * 1900, "<p>y</p>" * 500]
)
PLACES = st.sampled_from([{}, {"topics/0": 10.0, "clips/0": 70.0, "citations/1": 5.0, "questions/0": 7.5}])


def tags_of(ours: str) -> None:
    """Hold our HTML against the few tags, and its links against absolute ones."""
    root = lxml_html.fromstring(f"<div>{ours}</div>")
    for element in root.iterdescendants():
        assert element.tag in ALLOWED, element.tag
        assert set(element.attrib) <= ({"href"} if element.tag == "a" else set())
        assert absolute(element.get("href")) or element.tag != "a"


@given(
    SUMMARY,
    st.tuples(FIELD, FIELD, FIELD),
    PLACES,
    st.sampled_from(["around", "before", "after"]),
    st.sampled_from([10_000, 2_000, 300]),
)
@settings(max_examples=examples(500))
def test_whatever_the_summary_the_notes_keep_the_rules(
    summary: Summary,
    fields: tuple[str | None, str | None, str | None],
    places: dict[str, float],
    place: Any,
    limit: int,
) -> None:
    """Theirs whole in both, budgets kept, only allowed tags, no empty field, content:encoded the longest."""
    timeline = Timeline({key: Moment(start, None, "summary", "said") for key, start in places.items()})
    notes = write(NotesFields(*fields), highlights(summary, timeline), config(notes=place, notes_limit=limit))
    description, content, long = (field or "" for field in fields)
    if notes.description is not None:
        assert len(notes.description.encode()) <= 4000
        base = description if description.strip() or content.strip() or not long.strip() else long
        assert base.strip() in notes.description
        held(notes.description, base, is_html=looks_html(base))
    if notes.content is not None:
        short = description if description.strip() or not long.strip() else long
        base = content if content.strip() else short if looks_html(short) else as_html(short)
        assert base.strip() in notes.content
        assert len(notes.content) > max(len(notes.description or description), len(long))
        held(notes.content, base, is_html=looks_html(base) or not content.strip())


def held(field: str, theirs: str, *, is_html: bool) -> None:
    """Hold what we added to a field against its tongue."""
    ours = field.replace(theirs, "", 1) if theirs.strip() else field
    assert ours.strip()
    if is_html:
        tags_of(ours)
    else:
        assert not looks_html(ours) or looks_html(theirs)


@given(st.lists(st.integers(1, 5), max_size=6), st.sets(st.integers(1, 5)), st.integers(100, 3000))
@settings(max_examples=examples(200))
def test_no_citation_mark_points_at_nothing(cited: list[int], known: set[int], limit: int) -> None:
    """Wherever the text has marks, and however much is cut: each that is printed has its entry below."""
    text = "".join(f"So [{number}]. " for number in cited)
    summary = Summary(
        "Bees",
        abstract=text,
        topics=(Topic("One", passages=(Passage("text", text),)),),
        questions=(Question("Q", text),),
        citations={number: Citation(url=f"https://a.example/{number}") for number in known},
    )  # fmt: skip
    notes = write(NotesFields("d"), highlights(summary), config(notes_limit=limit))
    for field, entry in ((notes.content, ">[{}]</a>"), (notes.description, "• [{}]: https://")):
        for number in set(re.findall(r"\[(\d)\]", field or "")):
            assert entry.format(number) in (field or "")


@pytest.mark.parametrize(
    ("base_url", "name"),
    [
        ("https://feeds.example.com/sub", "feeds.example.com"),
        ("http://127.0.0.1:8000", "bees"),
        ("http://[::1]/feeds", "bees"),
        ("http://nas.local", "bees"),
        ("http://nas:8080", "bees"),
        ("https://xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("https://feeds.xn--p1ai", "feeds.xn--p1ai"),
    ],
)
def test_a_mirror_on_a_bare_address_is_signed_by_the_feed(base_url: str, name: str) -> None:
    """`127.0.0.1` tells a listener nothing."""
    assert signature(FeedConfig("bees", "bees.xml", base_url)) == name


def test_lists_in_a_topic_stay_lists() -> None:
    """Their entries stand in a list of the field's own tongue, one after another, between the paragraphs."""
    passages = (
        Passage("text", "Scouts look for:"),
        Passage("text", "a dry hollow", listed=True),
        Passage("text", "a small entrance [1]", listed=True),
        Passage("text", "Then they dance."),
    )
    summary = Summary("Bees", topics=(Topic("One", passages=passages),))
    notes = write(NotesFields("Theirs.", "<p>Theirs.</p>"), highlights(summary), config())
    description, content = both(notes)
    assert (
        "<p>Scouts look for:</p><ul><li>a dry hollow</li><li>a small entrance</li></ul><p>Then they dance.</p>"
        in content
    )
    assert "Scouts look for:\n\n• a dry hollow\n• a small entrance\n\nThen they dance." in description


def test_our_few_words_are_in_the_feed_s_language() -> None:
    """Sections, the label that nobody changed, and the link to the page."""
    around = Surroundings(words_for("de-AT"), page="https://feeds.example.com/bees/x.html")
    ours = replaced(highlights(page("json"), PAGE_TIMES), surroundings=around)
    _, content = both(write(NotesFields("<p>Theirs.</p>"), ours, config()))
    in_order(content, ["Höhepunkte von", ">Seite mit Player und Ausschnitten</a>", ">Themen<", "Beliebte Ausschnitte"])
    own = both(write(NotesFields("<p>Theirs.</p>"), replaced(ours, label="By {source}."), config()))[1]
    assert "<em>By <a" in own


def test_a_bare_topic_of_the_publishers_own_list_is_not_listed_again() -> None:
    """Their outline stands below; of a template with an abstract alone nothing else would be printed."""
    topics = (Topic("The dance"), Topic("The quorum", passages=(Passage("text", "Fifteen."),)), Topic("Ours"))
    summary = Summary("Bees", abstract="On bees.", topics=topics)
    theirs = ChapterList((Chapter(0, "The dance"), Chapter(60, "The quorum"), Chapter(90, "Thanks")))
    ours = highlights(summary, moments(topics_0=0, topics_1=60, topics_2=75), theirs)
    front = both(write(NotesFields("<p>Theirs.</p>"), ours, config()))[1].partition("Theirs.")[0]
    assert "The dance" not in front
    in_order(front, ["The quorum (00:01:00)", "Ours (00:01:15)"])
