"""Records of scripts, models and exports whose keys are in any language and of any making: values say what they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enricher.errors import SummaryError
from enricher.model.summary import Summary, parts
from enricher.summaries.document import read_document, read_summary
from enricher.summaries.record_columns import with_known_keys
from tests.summaries.written import BEES, SWARM

TIMES = [("Opening", 0.0), ("The dance", 312.0), ("The quorum", 1300.0)]
CLOCKS = ("00:00", "05:12", "21:40")
SAID = ("The hosts say hello.", "Scouts dance longer for better sites.", "Fifteen scouts are enough.")


def read(tree: Any) -> Summary:
    """Read data to its summary."""
    return read_summary("12.json", json.dumps(tree).encode())


def timed(summary: Summary) -> list[tuple[str, float | None]]:
    """Return the topics with their times."""
    return [(part.text, part.start) for part in parts(summary) if part.kind == "topic"]


def rows(time: str, title: str, text: str) -> list[dict[str, str]]:
    """Return three records under these keys."""
    return [{time: CLOCKS[i], title: TIMES[i][0], text: SAID[i]} for i in range(3)]


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("segments", ("start_time", "heading", "gist")),
        ("kapitel", ("zeit", "titel", "inhalt")),
        ("rozdziały", ("czas", "nazwa", "omówienie")),
        ("章", ("時刻", "見出し", "内容")),
        ("x", ("a1", "b1", "c1")),
    ],
)
def test_records_with_times_are_topics_whatever_their_keys(name: str, keys: tuple[str, str, str]) -> None:
    """A column of clocks is when, one of sentences what is said, a short one a title."""
    summary = read({"title": BEES, "summary": SWARM, name: rows(*keys)})
    assert timed(summary) == TIMES
    assert [one.passages[0].text for one in summary.topics] == list(SAID)


def test_quotations_know_their_speakers_by_what_stands_under_their_keys() -> None:
    """Names are short, and begin with capitals."""
    quotes = [{"sprecher": "Ann Lee", "zitat": "They vote with their feet.", "zeit": "05:40"}]
    found = [part for part in parts(read({"titel": BEES, "zitate": quotes})) if part.kind == "quote"]
    assert [(one.text, one.speaker, one.start) for one in found] == [("They vote with their feet.", "Ann Lee", 340)]


def test_what_is_explained_is_a_title() -> None:
    """Models give points with explanations, and neither is lost."""
    points = [{"point": title, "explanation": said} for (title, _), said in zip(TIMES, SAID, strict=True)]
    summary = read({"title": BEES, "summary": SWARM, "main_points": points})
    assert [(one.title, one.passages[0].text) for one in summary.topics] == [
        (title, said) for (title, _), said in list(zip(TIMES, SAID, strict=True))[1:]
    ]  # hello is too short for a point


def test_a_record_may_hold_a_summary_and_a_quotation() -> None:
    """Snips of Snipd do: the summary is the topic's, the quotation stands in it, the transcript is nobody's."""
    quote = {"text": "They vote with their feet.", "speaker": "Ann Lee"}
    snip = {"snip_title": "The dance", "start": "05:12", "end": "06:00", "summary": [SAID[1]], "quote": quote}
    (topic,) = read({"episode_title": BEES, "snips": [snip | {"transcript": "so, um"}]}).topics
    assert (topic.title, topic.start) == ("The dance", 312)
    assert [(one.kind, one.text, one.speaker) for one in topic.passages] == [
        ("text", SAID[1], None),
        ("quote", quote["text"], "Ann Lee"),
    ]


@pytest.mark.parametrize("unit", [("duration_ms", "start_ms", 1000), ("durationSeconds", "startSeconds", 1)])
def test_keys_say_what_their_numbers_are_in(unit: tuple[str, str, int]) -> None:
    """Milliseconds of Spotify's, seconds of others."""
    length, start, factor = unit
    chapters = [{"title": title, start: int(at * factor)} for title, at in TIMES]
    summary = read({"title": BEES, length: 2400 * factor, "summary": SWARM, "chapters": chapters})
    assert (summary.duration, timed(summary)) == (2400, TIMES)


@pytest.mark.parametrize("turned", [False, True])
def test_pairs_of_title_and_time_are_chapters(turned: bool) -> None:
    """So hexo-podcast keeps them; pairs with addresses are links."""
    pairs = [[at, title] if turned else [title, at] for title, at in TIMES]
    links = [[title, f"https://bees.example/{title[:3]}"] for title, _ in TIMES]
    assert timed(read({"title": BEES, "summary": SWARM, "chapters": pairs, "references": links})) == TIMES
    assert timed(read({"title": BEES, "summary": SWARM, "songs": [["A", 300], ["B", 120], ["C", 200]]})) == []


@pytest.mark.parametrize(
    "tree",
    [
        {"poll": [["Ann Lee", 3], ["Bo Ek", 14], ["Cy Orr", 120]]},
        {"results": [{"runner": name, "finish": at} for name, at in (("Ann", "0:42"), ("Bo", "1:10"), ("Cy", "4:20"))]},
        {"songs": [{"track": name, "laenge": at} for name, at in (("Sea", "2:42"), ("Moon", "3:10"), ("Sun", "4:20"))]},
        {"chapters": [["x", 10**400], ["y", 2], ["z", 3]], "start_ms": 10**400, "duration": 10**400},
        {"chapters": [{"start_ms": 10**400, "title": "A"}, {"start": 1e308, "title": "B"}]},
    ],
)
def test_numbers_of_other_things_are_no_times(tree: dict[str, Any]) -> None:
    """Votes, results, lengths of songs, and what is greater than any."""
    assert not any(start is not None for _, start in timed(read({"title": BEES, "summary": SWARM} | tree)))


@pytest.mark.parametrize(
    ("tree", "facts"),
    [
        ({"titulo_episodio": BEES, "programa": "Field Notes"}, (BEES, "Field Notes")),
        ({"episodeName": BEES, "podcast_name": "Field Notes"}, (BEES, "Field Notes")),
        ({"podcast_episode_title": BEES, "show": "Field Notes"}, (BEES, "Field Notes")),
        ({"tytuł": BEES, "podcast": "Field Notes"}, (BEES, "Field Notes")),
    ],
)
def test_keys_say_what_they_are_of(tree: dict[str, str], facts: tuple[str, str]) -> None:
    """With the word for an episode before or behind, or without it."""
    summary = read(tree | {"ideas_principales": list(SAID)})
    assert ((summary.title, summary.podcast), len(summary.topics[0].passages)) == (facts, 3)


def test_what_all_records_say_alike_is_the_episodes() -> None:
    """Readwise repeats title and show in each highlight."""
    rows = [{"text": said, "title": BEES, "author": "Field Notes", "category": "podcasts"} for said in SAID]
    summary = read({"highlights": rows})
    assert (summary.title, summary.podcast, len(summary.topics)) == (BEES, "Field Notes", 2)


def test_hidden_chapters_and_titles_within_are_known() -> None:
    """`toc: false` of the JSON chapters format; ffprobe keeps titles in tags."""
    chapters = [{"start": at, "tags": {"title": title}} for title, at in TIMES]
    assert timed(read({"title": BEES, "chapters": [*chapters, {"start": 1500, "title": "Ad", "toc": False}]})) == TIMES


def test_marks_of_markdown_in_values_are_not_printed() -> None:
    """A link shows its words."""
    said = "Scouts **dance** longer for [better](https://bees.example/) sites."
    summary = read({"title": BEES, "summary": said, "points": [said, said]})
    assert summary.abstract == "Scouts dance longer for better sites."
    assert {one.text for one in summary.topics[0].passages} == {summary.abstract}


@pytest.mark.parametrize("line", ["host = Ann Lee", 'tags = ["a",'])
def test_one_broken_line_of_toml_costs_its_key(line: str) -> None:
    """As one of YAML does."""
    found = read_document("12.md", f'+++\ntitle = "{BEES}"\n{line}\nguid = "g-12-bees"\n+++\n\n{SWARM}\n'.encode())
    assert (found.summary.title, found.summary.guid) == (BEES, "g-12-bees")
    assert "TOML" in found.left_out[0]


def test_sentences_under_keys_that_nobody_knows_are_said() -> None:
    """All of a list must be sentences; the last word of a key may say that one is the abstract."""
    tree = {"title": BEES, "oneSentenceSummary": SWARM, "kernaussagen": list(SAID[1:]), "stimmung": ["froh", "klug"]}
    summary = read(tree)
    assert summary.abstract == SWARM
    assert [(one.title, len(one.passages)) for one in summary.topics] == [("Kernaussagen", 2)]
    assert read(tree | {"sponsor_summary": "Buy honey of Ann, it is sweet and good."}).abstract == SWARM


def test_several_episodes_in_one_file_are_told() -> None:
    """Each with lists of its own: no summary of one episode says so much."""
    books = [{"title": title, "highlights": [{"text": said}]} for (title, _), said in zip(TIMES, SAID, strict=True)]
    with pytest.raises(SummaryError, match="several episodes"):
        read({"exported_at": "2024-03-30", "books": books})


def test_addresses_of_other_episodes_identify_nothing() -> None:
    """Who links the one before must not be taken for it."""
    other = "https://show.example/11"
    for tree in (
        {"previous": other},
        {"see_also": {"title": "Wasps", "url": other}},
        {"cover": "https://x.example/12.jpg"},
    ):
        assert read({"title": BEES, "summary": SWARM} | tree).identities == ()


def test_a_series_is_no_show_unless_it_is_called_one() -> None:
    """Sites have a few episodes under a series; a show that no feed is called would keep a page from its feed."""
    names = ("Cloud Gaming Notes", "The Hive Podcast")
    assert [read({"title": BEES, "summary": SWARM, "series": name}).podcast for name in names] == [None, names[1]]


@pytest.mark.parametrize("mark", ["json", "yaml", "toml"])
def test_front_matter_may_say_what_it_is(mark: str) -> None:
    """`---json`, as Eleventy has it, with nothing below it."""
    head = f'title = "{BEES}"\nblurb = "{SWARM}"' if mark == "toml" else json.dumps({"title": BEES, "blurb": SWARM})
    summary = read_summary("12.md", f"---{mark}\n{head}\n---\n".encode())
    assert (summary.title, summary.abstract) == (BEES, SWARM)


def test_a_description_of_paragraphs_counts_where_the_text_says_less() -> None:
    """And is told where it says less than the text."""
    long = "Scouts dance for a site that they like, and more of them come to see it.\n\nThen they vote."
    for value, abstract in ((long, long.partition("\n")[0]), ("About.\n\nBees.", SWARM)):
        found = read_document(
            "12.md", f"---\ntitle: {BEES}\ndescription: {json.dumps(value)}\n---\n\n{SWARM}\n".encode()
        )
        assert found.summary.abstract
        assert found.summary.abstract.startswith(abstract)
        assert found.left_out


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from(CLOCKS + SAID)
)


@given(
    st.lists(
        st.dictionaries(st.text(max_size=6), st.one_of(VALUES, st.lists(VALUES, max_size=3)), max_size=4), max_size=5
    )
)
def test_any_records_are_named_without_losing_a_value(tables: list[dict[str, Any]]) -> None:
    """Keys that are known stay, others get at most another name."""
    for before, after in zip(tables, with_known_keys(tables), strict=True):
        assert len(after) <= len(before)
        assert all(any(value is other for other in before.values()) for value in after.values())
