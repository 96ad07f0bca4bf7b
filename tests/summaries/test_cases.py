"""Stored summaries as people really have them: a folder each in tests/cases/pages; its README says what is right."""

from __future__ import annotations

from typing import Any

import pytest

from enricher.errors import SummaryError
from enricher.model.summary import Summary, parts
from enricher.summaries.document import read_document, read_summary
from enricher.summaries.json_form import dump
from tests.corpus import ROOT

# ruff: noqa: ISC004 pages are written in lines

CASES = ROOT / "tests" / "cases" / "pages"
BEES = "How bees choose a home"
FOUR = [(0, "Opening"), (312, "The dance"), (1300, "The quorum"), (2400, "Moving house")]
THREE = FOUR[:3]
SWARM = "The swarm hangs on a branch and sends out scouts."
LEADER = "A swarm agrees on a nest without a leader."


def case(name: str, file: str = "") -> Summary:
    """Read the (first) summary of a case."""
    path = CASES / name / "summaries" / file if file else min((CASES / name / "summaries").iterdir())
    return read_summary(path.name, path.read_bytes())


def times(summary: Summary) -> list[tuple[float | None, str]]:
    """Return start and title of every topic."""
    return [(part.start, part.text) for part in parts(summary) if part.kind == "topic"]


def read(text: str, name: str = "12.md") -> Summary:
    """Read a page that a test writes."""
    return read_summary(name, text.encode())


@pytest.mark.parametrize(
    ("name", "expected", "title"),
    [
        ("arabic-digits", [(0, "مقدمة"), (312, "الرقصة"), (1300, "النصاب")], "كيف يختار النحل بيته"),
        ("at-times", FOUR, BEES),
        ("duration-in-minutes", THREE, BEES),
        ("json-front-matter", THREE, BEES),
        ("llm-json", THREE, BEES),
        ("md-link-times", [*FOUR, (3000, "The end")], BEES),
        ("plain-timestamp-lines-md", FOUR, BEES),
        ("plain-timestamp-lines-txt", FOUR, BEES),
        ("podcast-chapters-json", THREE, BEES),
        ("readwise-json", FOUR[1:3], BEES),
        ("run-on-times", FOUR, BEES),
        ("snipd-obsidian", FOUR[1:], BEES),
        ("table-of-times-last", THREE, BEES),
        ("time-at-line-end", [(16, "Opening"), *FOUR[1:]], BEES),
    ],
)
def test_the_times_of_a_page_are_its_topics(name: str, expected: list[tuple[float, str]], title: str) -> None:
    """Wherever and however they are written."""
    summary = case(name)
    assert [one for one in times(summary) if one[0] is not None] == expected
    assert summary.title == title


def test_points_of_data_are_a_topic() -> None:
    """Where half of them say something."""
    points = next(one for one in case("llm-json").topics if one.title == "Key takeaways")
    assert [one.text for one in points.passages] == ["Scouts dance longer for better sites.", "Fifteen are enough."]


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("duration-in-minutes", {"duration": 3720}),
        ("front-matter-description", {"abstract": LEADER, "guid": "g-12"}),
        ("front-matter-ids-other-names", {"guid": "g-12", "audio": "https://cdn.show.example/0.mp3",
                                          "link": "https://show.example/12"}),
        ("front-matter-indented-rule", {"title": BEES, "abstract": SWARM}),
        ("front-matter-slightly-broken", {"title": BEES, "abstract": SWARM}),
        ("json-front-matter", {"podcast": "Field Notes", "number": 12, "guid": "g-12", "abstract": LEADER}),
        ("liquid-list-fields", {"abstract": LEADER, "duration": 4217, "topics": ()}),
        ("llm-json", {"podcast": "Field Notes", "abstract": LEADER}),
        ("metadata-lines", {"podcast": "Field Notes", "duration": 3720, "link": "https://show.example/12",
                            "abstract": LEADER}),
        ("number-acronym", {"title": "Nest Magic", "number": 68, "podcast": "Field Notes"}),
        ("private-notes", {"abstract": LEADER}),
        ("readwise-json", {"podcast": "Field Notes"}),
        ("run-on-times", {"abstract": SWARM}),
        ("section-as-title", {"title": "how bees choose a home"}),
        ("snipd-obsidian", {"podcast": "Field Notes", "abstract": LEADER, "people": ("Ann Lee",), "duration": 3720}),
        ("social-footer", {"abstract": "A swarm agrees on a nest without a leader, and this is how."}),
        ("web-page-false-chapters", {"abstract": SWARM, "topics": (), "clips": ()}),
    ],
)  # fmt: skip
def test_what_a_page_says_is_read(name: str, facts: dict[str, Any]) -> None:
    """Whatever its keys and headings are called."""
    summary = case(name)
    assert {key: getattr(summary, key) for key in facts} == facts


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("liquid-list-fields", ["70 mins", "Bo Vik", "hosts"]),
        ("private-notes", ["brother", "tax", "hive", "offer", "Personal"]),
        ("social-footer", ["Sponsored", "social.example", "suggest", "YouTube", "Contributing"]),
        ("snipd-obsidian", ["you see", "Owner", "01:28", "#bees"]),
        ("run-on-times", ["sponsor", "hive.example"]),
        ("web-page-false-chapters", ["laughed", "Reply", "Wasps", "views"]),
        ("cjk-bold", ["**"]),
        ("guest-from-label", ["[Podcast Summary]"]),
        ("metadata-lines", ["Bo Vik"]),
    ],
)
def test_what_is_not_for_listeners_is_left_out(name: str, words: list[str]) -> None:
    """Sponsors, ways to follow, private notes, comments, metadata, markup."""
    said = dump(case(name))
    assert not [word for word in words if word in said]


def test_a_title_may_be_the_name_of_the_file() -> None:
    """Of notes that do not repeat it; a number at its end is the episode's."""
    assert case("no-title-but-name", "how-bees-choose-a-home.txt").title == "how bees choose a home"
    numbered = case("no-title-but-name", "field-notes-11.md")
    assert (numbered.title, numbered.number) == ("field notes 11", 11)


def test_a_file_of_several_episodes_says_so() -> None:
    """Notes of one episode have its title."""
    with pytest.raises(SummaryError, match="several episodes"):
        case("several-episodes")
    with pytest.raises(SummaryError, match="several episodes"):
        read_summary(
            "a.json", b'[{"title": "Bees", "summary": "They vote."}, {"title": "Wasps", "summary": "They do not."}]'
        )


def test_a_transcript_says_so() -> None:
    """Whisper leaves such JSON beside a recording."""
    cues = ", ".join(f'{{"start": {i * 4}.0, "end": {i * 4 + 4}.0, "text": "And so it was."}}' for i in range(20))
    with pytest.raises(SummaryError, match="is a transcript"):
        read_summary("bees.json", f'{{"text": "And so it was.", "segments": [{cues}], "language": "en"}}'.encode())


@pytest.mark.parametrize(
    "text",
    ["\n".join(f"[00:{i // 15:02}:{i % 15 * 4:02}] And so it was." for i in range(60)),
     "\n\n".join(f"{'Ann Lee' if i % 2 else 'Bo Vik'}: And so it was, they say." for i in range(40)),
     "\n\n".join(f"**{'Ann Lee' if i % 2 else 'Bo Vik'} [00:{i:02}:00]:** And so it was." for i in range(40)),
     "\n\n".join(f"{i}\n00:00:{i:02},000 --> 00:00:{i:02},900\nAnd so it was." for i in range(1, 40))],
    ids=["timed", "speakers", "bold speakers", "cues"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["txt", "md"])
def test_a_transcript_as_text_says_so(text: str, form: str) -> None:
    """It would be published as highlights."""
    with pytest.raises(SummaryError, match="is a transcript"):
        read(text, f"bees.{form}")


@pytest.mark.parametrize("name", ["How bees choose a home.markdown", "y.mdx"])
def test_every_suffix_of_a_form_is_read(name: str) -> None:
    """Markdown and web pages end in many ways; other formats are refused with a word about it."""
    assert case("suffixes", name).title == BEES
    assert case("suffixes", "Wasps are not bees.htm").title == "Wasps are not bees"
    with pytest.raises(SummaryError, match=r"expected one of \.txt"):
        case("suffixes", "x.org")


def test_bold_lines_are_headings() -> None:
    """Though the page has a real heading too."""
    assert times(case("bold-headings")) == [(None, "The dance"), (None, "The quorum")]


def test_quotes_of_data_stand_where_they_were_said() -> None:
    """Within the chapter that their time lies in."""
    quote = case("llm-json").topics[1].passages[0]
    assert (quote.kind, quote.text, quote.speaker, quote.start) == (
        "quote",
        "They vote with their feet.",
        "Ann Lee",
        340,
    )


# Each kind


@pytest.mark.parametrize(
    "lines",
    [
        "- [@0:00] Opening\n- [@5:12] The dance\n- [@21:40] The quorum",
        "* 0:00 — Opening\n* 5:12 — The dance\n* 21:40 — The quorum",
        "(0:00~) Opening\n(5:12~) The dance\n(21:40~) The quorum",
        "**0:00** Opening  \n**5:12** The dance  \n**21:40** The quorum",
        "### 0:00 Opening\n\n### 5:12 The dance\n\n### 21:40 The quorum",
        "### Opening (0:00 - 5:12)\n\n### The dance (5:12 - 21:40)\n\n### The quorum (21:40 - 40:00)",
        "| Time | Topic |\n|---|---|\n| 0:00 | Opening |\n| 5:12 | The dance |\n| 21:40 | The quorum |",
        "0'00 Opening\n05'12 The dance\n21'40 The quorum",
        "０：００ Opening\n５：１２ The dance\n２１：４０ The quorum",
        "[0:00](https://a.example/?t=0) Opening\n[5:12](https://a.example/?t=312) The dance\n"
        "[21:40](https://a.example/?t=1300) The quorum",
        "- [Opening](https://a.example/?t=0)\n- [The dance](https://a.example/?t=312)\n"
        "- [The quorum](https://a.example/?t=1300)",
        "Opening\n0:00\nThe dance\n5:12\nThe quorum\n21:40",
        "## Opening\n\n0:00\n\n## The dance\n\n5:12 - 6:00\n\n## The quorum\n\n21:40",
        "In this episode: 0:00 Opening 5:12 The dance 21:40 The quorum",
    ],
)
def test_a_list_of_times_is_read_in_every_shape(lines: str) -> None:
    """In Markdown, as people and models write it."""
    assert times(read(f"# {BEES}\n\n{SWARM}\n\n{lines}\n")) == THREE


@pytest.mark.parametrize(
    "matter",
    [
        "---\ntitle: Bees\nchapters:\n- time: '0:00'\n  name: Opening\n- time: '5:12'\n  name: The dance\n"
        "- time: '21:40'\n  name: The quorum\n---\n",
        '+++\ntitle = "Bees"\n[[timestamps]]\nstart = 0\ntopic = "Opening"\n[[timestamps]]\nstart = 312\n'
        'topic = "The dance"\n[[timestamps]]\nstart = 1300\ntopic = "The quorum"\n+++\n',
        '{"title": "Bees", "segments": [{"startMs": 0, "heading": "Opening"}, {"startMs": 312000, '
        '"heading": "The dance"}, {"startMs": 1300000, "heading": "The quorum"}]}\n',
        '---\ntitle: Bees\nchapters:\n  "0:00": Opening\n  "5:12": The dance\n  "21:40": The quorum\n---\n',
        "---\ntitle: Bees\noutline:\n- 0:00 Opening\n- 5:12 The dance\n- 21:40 The quorum\n---\n",
    ],
)
def test_records_with_times_are_chapters_whatever_their_keys(matter: str) -> None:
    """In YAML, TOML and JSON."""
    assert times(read(f"{matter}\nText.\n")) == THREE


@pytest.mark.parametrize("key", ["description", "summary", "tldr", "excerpt", "subtitle", "ai_description"])
def test_an_abstract_may_stand_in_front_matter_alone(key: str) -> None:
    """Under the names that tools use."""
    assert read(f"---\ntitle: Bees\n{key}: {LEADER}\n---\n").abstract == LEADER


@pytest.mark.parametrize(
    "heading",
    ["Sponsors", "My Thoughts", "Personal notes", "Action Items", "Werbung", "Comments", "Transcript", "Kommentare",
     "Meine Notizen", "Connect with the hosts", "Share this episode", "Links", "ссылки", "评论", "💭 My Reflections"],
)  # fmt: skip
def test_sections_that_are_not_for_listeners_are_left_out_and_said(heading: str) -> None:
    """In a dozen languages."""
    found = read_document(
        "12.md", f"# Bees\n\n{SWARM}\n\n## The dance\n\nThey dance.\n\n## {heading}\n\nSecret.\n".encode()
    )
    assert "Secret" not in dump(found.summary)
    assert any(heading.rsplit(maxsplit=1)[-1] in said for said in found.left_out)
    assert times(found.summary) == [(None, "The dance")]


def test_topics_stay_topics_where_a_named_section_begins() -> None:
    """Clips and questions beside them are what they are."""
    summary = read(
        f"# Bees\n\n{SWARM}\n\n## The dance\n\nThey dance.\n\n## Popular clips\n\n- The vote (5:12 - 6:11)\n\n"
        "## Questions\n\n- Why do they dance?\n\n  To vote.\n\n## The quorum\n\nFifteen are enough.\n"
    )
    assert times(summary) == [(None, "The dance"), (None, "The quorum")]
    assert [(one.title, one.start, one.end) for one in summary.clips] == [("The vote", 312, 371)]
    assert [(one.question, one.answer) for one in summary.questions] == [("Why do they dance?", "To vote.")]


@pytest.mark.parametrize("heading", ["Questions", "Key Questions", "Fragen", "Questions from this episode", "Q&A"])
def test_questions_are_questions_however_they_are_marked(heading: str) -> None:
    """As headings, as bold lines, as entries of a list; a heading of the rank of their section ends them."""
    for mark in ("### {}", "**{}**", "- {}"):
        asked = "\n\n".join(mark.format(one) for one in ("Why do they dance?", "Who decides?"))
        summary = read(f"# Bees\n\n{SWARM}\n\n## {heading}\n\n{asked}\n\n## The quorum\n\nFifteen are enough.\n")
        assert [one.question for one in summary.questions] == ["Why do they dance?", "Who decides?"]
        assert times(summary) == [(None, "The quorum")]


def test_a_list_of_times_is_one_though_a_named_section_parts_it() -> None:
    """Two times above the clips and one below are three."""
    summary = read(
        "# Bees\n\n## 0:00 Opening\n\nSo.\n\n## 5:12 The dance\n\nThey dance.\n\n## Clips\n\n- The vote (6:00)\n\n"
        "## 21:40 The quorum\n\nFifteen are enough.\n"
    )
    assert times(summary) == THREE
    assert [(one.title, one.start) for one in summary.clips] == [("The vote", 360)]


def test_below_the_highlights_what_has_a_name_is_what_its_name_says() -> None:
    """A sponsor is none of them, a topic of the same rank is."""
    summary = read(
        f"# Bees\n\n{SWARM}\n\n## Episode Highlights\n\n### The dance\n\nThey dance.\n\n## The quorum\n\nFifteen.\n\n"
        "## Sponsors\n\nBuy honey.\n"
    )
    assert times(summary) == [(None, "The dance"), (None, "The quorum")]
    assert "honey" not in dump(summary)


def test_headings_without_a_blank_line_below_them_are_headings() -> None:
    """In capitals, or named as a section is; and the lines of quotes are a quote each."""
    summary = read(
        f"{BEES}\n2024-05-02 · 62 min\n\nSUMMARY\n{LEADER}\n\nTHE DANCE\n* Scouts dance.\n* Others follow.\n\n"
        'Quotes:\n"They vote." - Ann Lee (05:40)\n"Nobody counts." - Ann Lee\n\nACTION ITEMS\n1. Buy honey\n',
        "12.txt",
    )
    assert (summary.title, str(summary.published), summary.abstract) == (BEES, "2024-05-02", LEADER)
    assert [topic.title for topic in summary.topics] == ["The dance".upper(), ""]
    quotes = summary.topics[1].passages
    assert [(one.text, one.speaker, one.start) for one in quotes] == [
        ("They vote.", "Ann Lee", 340),
        ("Nobody counts.", "Ann Lee", None),
    ]
    assert "honey" not in dump(summary)


@pytest.mark.parametrize(
    "said",
    ["Thanks to Honey Inc. for sponsoring this episode.", "Try honey today and use code BEES for 10% off.",
     "If you enjoyed this episode, leave a review."],
)  # fmt: skip
def test_a_sponsor_in_the_text_is_no_abstract(said: str) -> None:
    """Nor is a plea for a review."""
    assert read(f"# {BEES}\n\n{SWARM}\n\n{said}\n").abstract == SWARM


def test_the_head_of_a_table_says_nothing() -> None:
    """What its columns are called is no abstract."""
    table = "| Time | Topic |\n|---|---|\n| 0:00 | Opening |\n| 5:12 | The dance |\n| 21:40 | The quorum |\n"
    summary = read(f"# {BEES}\n\n{SWARM}\n\n{table}")
    assert (summary.abstract, times(summary)) == (SWARM, THREE)


def test_other_addresses_of_a_document_may_identify_its_item() -> None:
    """They are kept for matching, whatever their keys are called; so are other titles."""
    summary = read(
        "---\ntitle: Bees\nweb: https://show.example/12\nyoutube: https://v.example/x\n---\n# A swarm votes\n\nSo.\n"
    )
    assert summary.identities == ("https://show.example/12", "https://v.example/x")
    assert (summary.title, summary.titles) == ("Bees", ("A swarm votes",))


def test_lines_with_times_that_are_no_list_give_none() -> None:
    """Kick-offs, verses and lengths are not when something is said; their lines are left out and that is said."""
    found = read_document(
        "12.md", b"# Bees\n\nOn bees.\n\n- 20:15 News\n- 19:00 Sports\n- 21:30 Film\n- 18:00 Cartoons\n"
    )
    assert [start for start, _ in times(found.summary) if start is not None] == []
    assert any(said.startswith("times that are no list") for said in found.left_out)
