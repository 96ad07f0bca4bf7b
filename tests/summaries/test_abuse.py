"""What a summary document must not be: every violation is told, nothing hostile is slow, nothing foreign is raised."""

from __future__ import annotations

import gc
import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enricher.errors import SummaryError
from enricher.model.summary import SUFFIXES
from enricher.summaries.document import read_summary
from enricher.summaries.json_form import dump, json_schema, load
from tests.examples import examples
from tests.growth import calls, grows_faster, watchdog
from tests.summaries.test_summaries import FORMS, PAGES, page, read, refusal, titles

# JSON


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ("[]", "the document"),
        ('{"title": "A", "topics": [{"title": "B", "start": -1}]}', "topics[0].start"),
        ('{"title": "A", "topics": [{"title": "B", "start": NaN}]}', "topics[0].start"),
        ('{"title": "A", "clips": [{"title": "B", "end": Infinity}]}', "clips[0].end"),
        ('{"title": "A", "clips": [{"title": "B", "start": 1e999}]}', "clips[0].start"),
        ('{"title": "A", "duration": "62"}', "duration"),
        ('{"title": "A", "clips": [{"title": "B", "start": 9, "end": 3}]}', "clips[0]"),
        ('{"title": "A", "topics": [{"title": "B", "passages": [{"kind": "note", "text": "c"}]}]}',
         "topics[0].passages[0].kind"),
        ('{"title": "A", "topics": [{"title": "B", "topics": [{"start": 3}]}]}', "topics[0].topics[0].title"),
        ('{"title": "A", "citations": {"x": {}}}', "citations"),
        ('{"title": "A", "published": "yesterday"}', "published"),
        ('{"title": "A", "version": 2}', "version"),
        ('{"title": "A", "peopel": []}', "peopel: unknown key; did you mean “people”?"),
        ('{"title": " "}', "title"),
        ("{", "is not JSON"),
        ('{"a":' * 5000, "nests too deep"),
    ],
)  # fmt: skip
def test_every_violation_is_reported_with_its_path(document: str, path: str) -> None:
    """Wrong types, unknown keys, times that are none."""
    assert path in refusal(document)


def test_a_document_of_nothing_but_violations_is_refused_in_few_words() -> None:
    """The first is told."""
    said = refusal(json.dumps({"title": "A", "clips": [{}] * 5000}))
    assert said == "clips[0].title: is missing"


def test_topics_nest_to_any_sensible_depth() -> None:
    """Forty levels are read, more are refused."""
    topic: dict[str, Any] = {"title": "T"}
    for _ in range(39):
        topic = {"title": "T", "topics": [topic]}
    assert len(titles(read(json.dumps({"title": "A", "topics": [topic]}), "json"))) == 40
    assert "deeper than" in refusal(json.dumps({"title": "A", "topics": [{"title": "T", "topics": [topic]}]}))


def test_the_schema_agrees_with_what_is_read() -> None:
    """What the schema forbids is refused, and the example of every form passes it."""
    schema = json_schema()
    checker = jsonschema.Draft202012Validator(schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    checker.validate(json.loads((PAGES / "field-notes.json").read_text("utf-8")))
    for bad in ({"title": 1}, {"title": "A", "x": 1}, {"title": "A", "citations": {"0": {}}}, {"title": " "}, {},
                {"title": "A", "duration": "1"}, {"title": "A", "topics": [{"title": "B", "start": -1}]}):  # fmt: skip
        assert not checker.is_valid(bad)
        refusal(json.dumps(bad))
    for form in FORMS:
        checker.validate(json.loads(dump(page(form))))


def test_characters_that_no_feed_can_carry_are_dropped() -> None:
    """Control characters and lone surrogates, written as JSON escapes them."""
    summary = read(r'{"title": "A\u0007\ud83d B", "abstract": "\u000b\udc00", "people": ["\ud800"]}', "json")
    assert (summary.title, summary.abstract, summary.people) == ("A B", "", ())


# Whatever comes


HOSTILE = {
    "md": ("[" * 50_000, "*a_ " * 50_000, "`" * 100_000 + "a", "> " * 50_000, "- " * 50_000, "![[" * 10_000,
           "<a " * 50_000, "| " * 50_000, "\n\n".join(["a\n---"] * 5_000), "[a](" * 10_000, "![[a|" * 10_000,
           "# T\n\n" + "- [a](https://a.example)\n" * 10_000 + "- Why?\n" * 10_000,
           "# T\n\n" + "## Questions\n\n" * 20_000,
           "# T\n\n## Related Episodes\n\n" + "[a](https://a.example)\n\nb\n\n" * 5_000),
    "txt": ("T\n\nEpisode Highlights\n\n• a\n\nbees" + " 1." * 200_000, "(" * 1_000_000,
            "• a\n" * 100_000, "1 " * 500_000 + ".", "a | " * 300_000, "—" * 900_000,
            "Title\n\nRelated Episodes\n\n" + "(a, " * 300_000, "T\n\nPopular Clips\n\n" + "1:00-" * 300_000,
            "Ann Lee: T\n\nEpisode Highlights\n\n• a\n\n" + "explains. " * 200_000, "T\n\n" + "a\n\n---\n\n" * 50_000,
            "T | " + " " * 1_000_000 + "#",
            "T\n\n" + "1. a\n" * 100_000, "T\n\nRelated Episodes\n\n" + "a, " * 300_000, "•\n" * 300_000,
             "T\n\nEpisode Highlights\n\n" + "".join(" " * i + "• a\n" for i in range(999))),
    "html": ("<div>" * 200_000, "<li>" + "<p>a</p>" * 100_000, "<blockquote>" * 50_000 + "a", "<h1>" * 100_000,
             "<h1>T</h1><h2>Episode Highlights</h2>" + "<ul><li>a" * 50_000, "<cite>" * 100_000 + "a",
             "<figure><blockquote>a</blockquote>" + "<cite>a</cite>" * 100_000, "<a href=x>" * 50_000 + "a",
             "<h1>T</h1><p>" + "a<sup>" * 50_000, "<h1>T</h1><p>a" + "<sup>1</sup>" * 100_000,
             "<h1>T</h1>" + "a<br> <br>" * 40_000, "<h1>T</h1><p>a" + "<span>a</span>" * 100_000),
    "json": ('{"title": "a | ' + " " * 1_000_000 + '#"}', "[" * 1_000_000, '{"title":"' + "1" * 4_000_000 + '"}',
             '{"title": "a", "duration": ' + "1" * 1_000_000 + "}", '{"' + "k" * 1_000_000 + '": 1}'),
}  # fmt: skip


@pytest.mark.parametrize("share", [8, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("form", "number"), [(form, i) for form, every in HOSTILE.items() for i in range(len(every))])
def test_hostile_documents_are_read_or_refused_in_time_that_grows_with_them_alone(
    form: str, number: int, share: int
) -> None:
    """No nesting, no repetition makes a reading long, and nothing but SummaryError comes out."""
    document = HOSTILE[form][number]
    document = document[: len(document) // share]
    said: list[str] = []

    def read_or_refuse(text: str) -> None:
        try:
            read(text, form)
        except SummaryError as error:
            said.append(str(error))

    with watchdog(document[:12]):
        # What is four times as long takes four times as long, not sixteen.
        assert not grows_faster(
            lambda: read_or_refuse(document), lambda: read_or_refuse(document[: len(document) // 4]), 12
        )
    assert all(len(one) < 2000 for one in said)


LINES = st.sampled_from(
    ["Published Oct 29, 2022", "Bees | Field Notes #3", "Episode Highlights", "Popular Clips", "Related Episodes",
     "Questions from this episode", "• One", "- two", "  - three", "---", "explains it 1.", "Why?", "— Ann Lee",
     "“Aye.”", "> so", "# H1", "## H2", "1:00 a", "a (1:00-2:00)", "", "", " \xa0", "<ul><li>x", "</ul>",
     "<blockquote>", "<cite>y", "</cite>", "</blockquote>", "<hr>", "<figure>", "[1](https://a.example/#t=5)",
     "<a href='/?t=3'>2</a>.", "***", "| a | b |"]
)  # fmt: skip


@given(st.lists(LINES | st.text(max_size=30), max_size=25).map("\n".join), st.sampled_from(["txt", "md", "html"]))
@settings(max_examples=examples(400))
def test_any_page_is_read_or_refused_and_what_is_read_can_be_kept(text: str, form: str) -> None:
    """Nothing but SummaryError is raised; dump and load give the same summary."""
    try:
        summary = read_summary(f"a.{form}", text.encode("utf-8", "surrogatepass"))
    except SummaryError:
        return
    assert load(dump(summary)) == summary


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*json_schema()["properties"], "kind", "text", "start", "end", "x"]), inner)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(list(json_schema()["properties"])), JSON), st.text(max_size=20))
@settings(max_examples=examples(300))
def test_any_json_is_read_or_refused(found: dict[str, Any], title: str) -> None:
    """Whatever stands where."""
    try:
        summary = read(json.dumps({"title": title, **found}), "json")
    except SummaryError:
        return
    assert load(dump(summary)) == summary


@given(st.binary(max_size=200), st.sampled_from(SUFFIXES))
@settings(max_examples=examples(200))
def test_any_bytes_are_read_or_refused(body: bytes, suffix: str) -> None:
    """No encoding error comes out."""
    try:
        read_summary(f"a{suffix}", body)
    except SummaryError:
        return


@pytest.mark.parametrize(
    ("line", "name", "expected"),
    [
        ("published: 2024-05-02", "published", "2024-05-02"),
        ("published: 2024-05-02 10:00:00", "published", "2024-05-02"),
        ("published: May 2nd, 2024", "published", "2024-05-02"),
        ("published: 2024", "published", "None"),
        ("published: true", "published", "None"),
        ("published: .inf", "published", "None"),
        ("published: 9e30", "published", "None"),
        ("published: [2024]", "published", "None"),
        ("audio: {url: https://a.example/1.mp3}", "audio", "https://a.example/1.mp3"),
        ("guests: [Ann Lee, {name: Bob Roe}, {x: y}, []]", "people", "('Ann Lee', 'Bob Roe')"),
        ("episode: '#12'", "number", "12"),
        ("episode: twelve", "number", "None"),
        ("duration: '1:02:05'", "duration", "3725.0"),
        ("duration: true", "duration", "None"),
        ("guid: 7", "guid", "7"),
        ("source: Meadow Digest", "source", "Source(name='Meadow Digest', url=None)"),
        ("citations: {1: {start: 5}}", "citations", "{1: Citation(start=5.0, end=None, url=None)}"),
        ("citations: [1]", "citations", "{}"),
        ("- a list", "guid", "None"),
    ],
)
def test_front_matter_in_every_shape(line: str, name: str, expected: str) -> None:
    """What was meant is read, what cannot be meant is passed over."""
    value = getattr(read(f"---\n{line}\n---\n# Bees\n\nOn bees.\n", "md"), name)
    assert str(dict(value) if name == "citations" else value) == expected


def test_pages_larger_than_any_page_are_refused() -> None:
    """Five megabytes for all forms, one for Markdown, whose reader is slow."""
    assert "no page of highlights has more" in refusal(" " * 5_000_000 + "Bees", "txt")
    assert "no page of highlights has more" in refusal("Bees " * 300_000, "md")
    assert "no title" in refusal("Bees " * 300_000, "txt")


def pages(first: int, count: int) -> None:
    """Read so many pages, no two of which have a heading or a key in common."""
    for i in range(first, first + count):
        sections = f"## Topic {i}\n\n- 0:00 A {i}\n- They dance 1.\n\n> Aye.\n\n## Questions\n\n- Why {i}?\n"
        matter = f"---\ntitle: Bees {i}\nkey{i}: https://a.example/{i}\nlist{i}: [{{start: 1, name{i}: x}}]\n---\n"
        read(f"{matter}On bees.\n\n{sections}", "md")


@pytest.mark.slow
def test_ten_thousand_pages_are_read_as_one_is() -> None:
    """The last as quickly as those at the beginning, counted in calls; and nothing of the pages stays in memory."""
    pages(0, 2000)
    early = calls(lambda: pages(2000, 100))
    gc.collect()
    before = len(gc.get_objects())
    pages(2100, 7800)
    gc.collect()
    assert len(gc.get_objects()) - before < 1000
    assert calls(lambda: pages(9900, 100)) < early * 1.05
