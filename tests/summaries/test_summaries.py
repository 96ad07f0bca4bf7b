"""Summary documents: one page in four forms, what each form can hold, and what is refused."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from enricher.errors import SummaryError
from enricher.model.summary import SUFFIXES, Passage, Summary, Topic, parts
from enricher.summaries.document import read_document, read_summary
from enricher.summaries.json_form import dump, load
from tests.corpus import ROOT, SEED, files, needs_corpus

if TYPE_CHECKING:
    from pathlib import Path

PAGES = ROOT / "tests" / "pages"
FORMS = ("txt", "html", "md", "json")
MOSS = "Moss: A Life | Field Notes #9"


def read(text: str, form: str = "txt") -> Summary:
    """Read a page that a test writes."""
    return read_summary(f"page.{form}", text.encode())


def page(form: str) -> Summary:
    """Read the page of field notes in one of its four forms."""
    path = PAGES / f"field-notes.{form}"
    return read_summary(path.name, path.read_bytes())


def refusal(text: str | bytes, form: str = "json") -> str:
    """Give the reason why a document is refused."""
    with pytest.raises(SummaryError) as caught:
        read_summary(f"page.{form}", text if isinstance(text, bytes) else text.encode())
    return str(caught.value)


def titles(summary: Summary) -> list[tuple[int, str]]:
    """Give each topic's depth and title."""
    return [(len([*part.topics]), part.text) for part in parts(summary) if part.kind == "topic"]


def highlights(body: str, title: str = "Ann Lee: Bees") -> Summary:
    """Read a text page whose highlights are the body."""
    return read(f"Published May 2, 2024\n\n{title}\n\nEpisode Highlights\n\n{body}\n")


# One page, four forms


def seed_blocks() -> list[str]:
    """Cut the seed page at its blank lines, by hand."""
    lines = SEED.read_text("utf-8").replace("\xa0", " ").splitlines()
    return [block.strip() for block in "\n".join(line.strip() for line in lines).split("\n\n") if block.strip()]


def seed_parts() -> tuple[str, str, str, list[tuple[str, str]]]:
    """Give the seed's date, title and abstract, and its highlights as (kind, text)."""
    blocks = seed_blocks()
    begin = len(blocks) - blocks[::-1].index("Episode Highlights")
    parts: list[tuple[str, str]] = []
    for block in blocks[begin : blocks.index("Related Episodes")]:
        if block == "---":
            parts[-1] = ("quote", parts[-1][1])
        elif block.startswith("•"):
            parts.append(("topic", block[1:].strip()))
        else:
            parts.append(("text" if block.endswith(".") else "sub", block))
    return blocks[0], blocks[1], blocks[2].splitlines()[0], parts


def seed_json() -> dict[str, Any]:
    """Write the seed page in the JSON form."""
    date, title, abstract, parts = seed_parts()
    assert date == "Published Oct 29, 2022"
    topics: list[dict[str, Any]] = []
    for kind, text in parts:
        if kind == "topic":
            topics.append({"title": text, "passages": [], "topics": []})
        elif kind == "sub":
            topics[-1]["topics"].append({"title": text, "passages": []})
        else:
            here = topics[-1]["topics"][-1] if topics[-1]["topics"] else topics[-1]
            if kind == "text":
                said = re.sub(r"(^|\. )explains that", r"\1[Andrej Karpathy] explains that", text)
                here["passages"].append({"kind": kind, "text": re.sub(r" (\d)\.", r" [\1].", said)})
            else:
                here["passages"].append({"kind": kind, "text": text})
    return {"version": 1, "title": title, "published": "2022-10-29", "abstract": abstract, "topics": topics}


def seed_html() -> str:
    """Write the seed page as a web page."""
    date, title, abstract, parts = seed_parts()
    tags = {"text": "<p>{}</p>", "quote": "<p>{}</p><hr/>", "sub": "<p>&nbsp; &nbsp;</p><h4>{}</h4>"}
    items, is_open = "", False
    for kind, text in parts:
        if kind == "topic":
            items += ("</li>" if is_open else "") + f"<li><p>{html.escape(text)}</p>"
            is_open = True
        else:
            items += tags[kind].format(html.escape(text))
    return (
        f"<!DOCTYPE html><html><head><title>{html.escape(title)}</title></head><body><p>{date}</p>"
        f"<h1>{html.escape(title)}</h1><p>{html.escape(abstract)}</p><div>Episode Highlights</div>"
        "<div>Lex Fridman Podcast logo</div><h2>Popular Clips</h2><h2>Questions from this episode</h2>"
        f"<h2>Episode Highlights</h2><ul>{items}</li></ul><h2>Related Episodes</h2></body></html>"
    )


def seed_markdown() -> str:
    """Write the seed page as Markdown."""
    date, title, abstract, parts = seed_parts()
    forms = {"topic": "### {}", "sub": "#### {}", "quote": "> {}", "text": "{}"}
    sections = ("## Popular Clips", "## Questions from this episode", "## Episode Highlights")
    body = [forms[kind].format(text) for kind, text in parts]
    return "\n\n".join([date, f"# {title}", abstract, *sections, *body, "## Related Episodes", ""])


@needs_corpus
def test_the_seed_page_is_the_same_summary_in_every_form() -> None:
    """Text as it is, HTML, Markdown and JSON made of it, and the text itself taken for Markdown."""
    summary = read_summary(SEED.name, SEED.read_bytes())
    assert summary == read(json.dumps(seed_json()), "json")
    assert summary == read(seed_html(), "html")
    assert summary == read(seed_markdown(), "md")
    assert summary == read_summary("seed.md", SEED.read_bytes())


@needs_corpus
def test_the_seed_page_is_read_whole() -> None:
    """Date, show, number, guest, one topic with two subtopics, three quotes, six citations, no navigation."""
    summary = read_summary(SEED.name, SEED.read_bytes())
    assert (str(summary.published), summary.podcast, summary.number) == ("2022-10-29", "Lex Fridman Podcast", 333)
    assert summary.people == ("Andrej Karpathy",)
    assert titles(summary) == [(0, "Neural Networks"), (1, "Training"), (1, "Biological Comparisons")]
    passages = [part for part in parts(summary) if part.kind in {"text", "quote"}]
    assert [passage.kind for passage in passages] == ["text", "quote", "text"] * 3
    said = " ".join(passage.text for passage in passages)
    assert [int(number) for number in re.findall(r"\[(\d)\]", said)] == [1, 2, 2, 3, 4, 5, 6]
    assert said.count("[Andrej Karpathy] explains") == 2
    assert ", notes that while both" in said
    assert "logo" not in dump(summary)
    assert (summary.clips, summary.questions, summary.related) == ((), (), ())


@pytest.mark.parametrize("form", ["html", "md"])
def test_a_page_of_every_kind_of_content_is_the_same_in_html_markdown_and_json(form: str) -> None:
    """Subtopics two deep, quotes and their speakers, citations, answers, clips, links with times, related episodes."""
    assert page(form) == page("json")


def test_plain_text_holds_all_of_it_but_addresses_and_their_times() -> None:
    """Take from the page what only metadata and links can say, and the text gives the rest."""
    whole = page("json")

    def bare(topic: Topic) -> Topic:
        passages = tuple(replace(passage, start=None, end=None) for passage in topic.passages)
        return replace(topic, start=None, passages=passages, topics=tuple(map(bare, topic.topics)))

    assert page("txt") == replace(
        whole,
        guid=None,
        audio=None,
        duration=None,
        source=type(whole.source)(),
        topics=tuple(map(bare, whole.topics)),
        questions=tuple(replace(one, start=None) for one in whole.questions),
        related=tuple(replace(one, url=None) for one in whole.related),
        citations={},
    )


@pytest.mark.parametrize("form", FORMS)
def test_what_was_read_is_written_and_read_again(form: str) -> None:
    """`dump` and `load` are inverse on every summary that was read."""
    assert load(dump(page(form))) == page(form)


# The page, sentence by sentence


@pytest.mark.parametrize("line", ["Popular Clips", "Related Episodes", "Episode Highlights\n\n  • A\n\n    B."])
def test_each_part_is_optional(line: str) -> None:
    """A title and one section, even an empty one, are a page."""
    assert read(f"Bees\n\n{line}\n").title == "Bees"


def test_navigation_is_no_content() -> None:
    """A logo and the first "Episode Highlights" are left out; a clip or a topic about a logo is not."""
    summary = read(
        "Bees\n\nOn bees.\nEpisode Highlights\nField Notes logo\n\nPopular Clips\n\n• Drawing the logo\n\n"
        "Episode Highlights\n\n• The logo\n\n  Bees drew it.\n"
    )
    assert summary.abstract == "On bees."
    assert [clip.title for clip in summary.clips] == ["Drawing the logo"]
    assert titles(summary) == [(0, "The logo")]


def test_a_short_line_that_stands_alone_begins_a_subtopic() -> None:
    """Short and without punctuation at its end; a short sentence is narrative."""
    summary = highlights("• One\n\nIt is so.\n\n \xa0 \xa0\n\nTwo and a half\n\nShort.\n\nWhy not?\n\n• Three\n\nLast.")
    assert titles(summary) == [(0, "One"), (1, "Two and a half"), (0, "Three")]
    assert [passage.text for passage in summary.topics[0].topics[0].passages] == ["Short.", "Why not?"]


def test_a_rule_makes_a_quote_of_the_paragraph_above_it_alone() -> None:
    """The paragraph's very words, numbers included; a rule without a paragraph is nothing."""
    summary = highlights("• One\n\n---\n\nIt is so 1.\n\nexplains number 2.\n\n---\n\n---\n\nAnd so 2.")
    assert [(one.kind, one.text) for one in summary.topics[0].passages] == [
        ("text", "It is so [1]."),
        ("quote", "explains number 2."),
        ("text", "And so [2]."),
    ]


def test_in_markdown_a_rule_right_below_a_paragraph_makes_a_quote_and_no_heading() -> None:
    """CommonMark would make a heading of the sentence; below a short line without punctuation it still does."""
    summary = read(
        "# Bees\n\n## Episode Highlights\n\nOne\n---\n\nThey vote with their feet.\n---\n\nSo it is.\n", "md"
    )
    assert titles(summary) == [(0, "One")]
    assert [one.kind for one in summary.topics[0].passages] == ["quote", "text"]


@pytest.mark.parametrize(
    ("narrative", "expected"),
    [
        ("It detects 1.", "It detects [1]."),
        ("It detects 1. GPT 3.", "It detects [1]. GPT 3."),
        ("It detects 2.", "It detects 2."),
        ("So 1. So 2. Again 1. So 3.", "So [1]. So [2]. Again [1]. So [3]."),
        ("So 1. So 1 2. So 3 4!", "So [1]. So [1] [2]. So [3] [4]!"),
        ("Already [1]. And midway [2] too.", "Already [1]. And midway [2] too."),
        ("In 2022. It fell by 0.1. CO2. Of 10 1.", "In 2022. It fell by 0.1. CO2. Of 10 [1]."),
        ("So 1 and more. Zero 0.", "So 1 and more. Zero 0."),
        ("“So it is 1.” He left.", "“So it is [1].” He left."),
        ("So 1. And 2,3. Or 4, 5.", "So [1]. And [2] [3]. Or [4] [5]."),
        ("神经网络是大脑的抽象 1。它有很多参数 2。GPT 4。", "神经网络是大脑的抽象 [1]。它有很多参数 [2]。GPT 4。"),
        ("So (1). There are (1) bees, (2) wasps. And [2, 3].", "So [1]. There are (1) bees, (2) wasps. And [2] [3]."),
        ("So [^1]. It is.[2] E = mc². Of bees³.", "So [1]. It is. [2] E = mc². Of bees [3]."),
        ("Of 1,100 1. Of 1.1 billion 2. Of (2024). Of 0,5.", "Of 1,100 [1]. Of 1.1 billion [2]. Of (2024). Of 0,5."),
    ],
)
def test_numbers_that_continue_the_count_are_citations(narrative: str, expected: str) -> None:
    """At the end of a sentence, before its full stop: 1, or at most one more than the highest so far."""
    assert highlights(f"• One\n\n{narrative}").topics[0].passages[0].text == expected


def test_citations_count_over_the_whole_page() -> None:
    """Answers and topics share one count."""
    summary = read(
        "Bees\n\nQuestions from this episode\n\nWhy?\n\nSo 1.\n\nEpisode Highlights\n\n• One\n\nAnd 2. Or 4.\n"
    )
    assert summary.questions[0].answer == "So [1]."
    assert summary.topics[0].passages[0].text == "And [2]. Or 4."


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Ann Lee: Bees", "[Ann Lee] "),
        ("#12 – Ann Lee: Bees", "[Ann Lee] "),
        ("Ludwig van Beethoven: Bees", "[Ludwig van Beethoven] "),
        ("Ann Lee and Bob Roe: Bees", ""),
        ("Ann Lee & Bob Roe: Bees", ""),
        ("Bees: A History", ""),
        ("Bees", ""),
        ("Episode 12: Ann Lee: Bees", "[Ann Lee] "),
        ("The Beatles: Get Back", ""),
    ],
)
def test_a_lost_name_is_the_guests_if_the_title_names_exactly_one(title: str, named: str) -> None:
    """At the beginning of a paragraph or sentence only, before a verb of saying in lower case."""
    summary = highlights("• One\n\nexplains it. So it is, notes he. discusses that. Explains it. explainers do.", title)
    expected = f"{named}explains it. So it is, notes he. {named}discusses that. Explains it. explainers do."
    assert summary.topics[0].passages[0].text == expected


@pytest.mark.parametrize("before", ["In the U.S. ", "At 5 p.m. ", "Bees, e.g. ", "So Dr. ", "Bees, honey, etc. "])
def test_no_name_is_put_behind_an_abbreviation(before: str) -> None:
    """Its full stop ends no sentence."""
    assert highlights(f"• One\n\n{before}notes it.").topics[0].passages[0].text == f"{before}notes it."


@pytest.mark.parametrize("form", ["html", "md", "txt"])
def test_speakers_stand_below_their_quotes(form: str) -> None:
    """`— Name` in the last line, in a paragraph of its own, in `cite` or `figcaption`; a sentence is no name."""
    pages = {
        "html": "<h1>Bees</h1><h2>Episode Highlights</h2><h3>One</h3><blockquote>Aye. <cite>Ann Lee</cite></blockquote>"
        "<figure><blockquote><p>No.</p></blockquote><figcaption>Bob Roe</figcaption></figure>"
        "<blockquote><p>Well.</p><p>— and then some.</p></blockquote><blockquote>Yes.</blockquote><p>– Ann Lee</p>",
        "md": "# Bees\n\n## Episode Highlights\n\n### One\n\n> Aye.\n> — Ann Lee\n\n> “No.”\n>\n> -- Bob Roe\n\n"
        "> Well.\n> — and then some.\n\n> Yes.\n\n— Ann Lee\n",
        "txt": "Bees\n\nEpisode Highlights\n\n• One\n\nAye.\n— Ann Lee\n\n---\n\n“No.”\n\n— Bob Roe\n\nWell.\n"
        "— and then some.\n\n---\n\n> Yes.\n\n— Ann Lee\n",
    }
    assert [(one.text, one.speaker) for one in read(pages[form], form).topics[0].passages] == [
        ("Aye.", "Ann Lee"),
        ("No.", "Bob Roe"),
        ("Well. — and then some.", None),
        ("Yes.", "Ann Lee"),
    ]


@pytest.mark.parametrize(
    ("quote", "text", "speaker"),
    [
        ("They vote. — Ann Lee", "They vote.", "Ann Lee"),
        ("“They vote.” – Ann Lee, beekeeper", "They vote.", "Ann Lee, beekeeper"),
        ("Ann Lee: “They vote.”", "They vote.", "Ann Lee"),
        ("They vote, bees: “Aye.”", "They vote, bees: “Aye.”", None),
        ("It is so. – And then it is not so", "It is so. – And then it is not so", None),
        ("No stop at its end", "No stop at its end", None),
    ],
)
def test_the_speaker_of_a_quote_may_stand_in_its_line(quote: str, text: str, speaker: str | None) -> None:
    """Behind a dash after the sentence, or before a colon; a short line above a rule is a quote and no heading."""
    one, other = highlights(f"• One\n\nText.\n\n{quote}\n\n---\n\nMore.").topics[0].passages[1:]
    assert (one.kind, one.text, one.speaker) == ("quote", text, speaker)
    assert other.text == "More."


@pytest.mark.parametrize("rule", ["---", "-----", "- - -", "--", "———", "* * *", "***", "___", "⸻"])
def test_rules_as_people_write_them(rule: str) -> None:
    """Hyphens, dashes, asterisks, with spaces or without."""
    passages = highlights(f"• One\n\nThey vote.\n\n{rule}\n\nMore.").topics[0].passages
    assert [(one.kind, one.text) for one in passages] == [("quote", "They vote."), ("text", "More.")]


def test_a_topic_may_ask_exclaim_or_end_with_an_abbreviation() -> None:
    """A bullet that heads paragraphs is a topic; entries that follow each other are points."""
    summary = highlights("• Why?\n\nSo.\n\n• Go!\n\nSo.\n\n• The U.S.\n\nSo.\n\n• Ends here.\n\nSo.")
    assert [topic.title for topic in summary.topics] == ["Why?", "Go!", "The U.S."]
    assert [one.text for one in summary.topics[2].passages] == ["So.", "Ends here.", "So."]


def test_bullets_and_numbers_wherever_they_stand() -> None:
    """On a line above the text, without indents, as numbers from 1 on; a year at the beginning of a line is none."""
    summary = highlights(
        "•\nOne\n\nText 1.\n\n1. Bees dance 2.\n2. Bees sleep 3.\n\n•\n\nTwo\n\n◦ Three\n\nDeep 4.\n\n"
        "19. century bees are no list."
    )
    assert titles(summary) == [(0, "One"), (0, "Two"), (1, "Three")]
    assert [one.text for one in summary.topics[0].passages] == ["Text [1].", "Bees dance [2].", "Bees sleep [3]."]
    assert summary.topics[1].topics[0].passages[1].text == "19. century bees are no list."
    numbered = read("Bees\n\nQuestions from this episode\n\n1. Why?\n\n   So.\n\n2. How?\n\nEpisode Highlights\n\n"
                    "1. One\n\n   Text.\n\n2. Two\n\n   Text.\n")  # fmt: skip
    assert [(one.question, one.answer) for one in numbered.questions] == [("Why?", "So."), ("How?", None)]
    assert titles(numbered) == [(0, "One"), (0, "Two")]


def test_lists_in_lists_are_topics_in_topics() -> None:
    """A nested entry with text below it is a subtopic; a list of points is narrative, its last entry too."""
    for text, form in (
        (
            "# Bees\n\n## Episode Highlights\n\n- One\n\n  Text.\n\n  - Two\n\n    Deep.\n\n    - a\n    - b\n- Four\n",
            "md",
        ),
        (
            "Bees\n\nEpisode Highlights\n\n• One\n\n  Text.\n\n  ◦ Two\n\n    Deep.\n\n    ▪ a\n    ▪ b\n\n• Four\n",
            "txt",
        ),
    ):
        summary = read(text, form)
        assert titles(summary) == [(0, "One"), (1, "Two"), (0, "Four")], form
        assert [one.text for one in summary.topics[0].topics[0].passages] == ["Deep.", "a", "b"], form


def test_points_below_a_heading_are_narrative() -> None:
    """Where headings begin topics, no bullet does."""
    summary = read("# Bees\n\n## Episode Highlights\n\n### One\n\n- a\n- b\n\n### Two\n\n- c\n", "md")
    assert [(t.title, len(t.passages)) for t in summary.topics] == [("One", 2), ("Two", 1)]


@pytest.mark.parametrize(
    ("line", "title", "start", "end"),
    [
        ("The dance (05:12 - 06:11)", "The dance", 312, 371),
        ("The dance 5:12–6:11", "The dance", 312, 371),
        ("[1:05:12] The dance", "The dance", 3912, None),
        ("05:12 - The dance", "The dance", 312, None),
        ("The dance (06:11 - 05:12)", "The dance", 371, None),
        ("The 3:2 ratio", "The 3:2 ratio", None, None),
        ("The dance https://digest.example/p#t=312,371", "The dance", 312, 371),
        ("The dance (at 5:12)", "The dance", 312, None),
        ("The dance · 5:12 · 59 sec", "The dance", 312, 371),
        ("[5:12 → 6:11] The dance", "The dance", 312, 371),
        ("The dance (0:05:12.500 - 0:06:11.250)", "The dance", 312.5, 371.25),
        ("The dance @ 1h05m12s", "The dance", 3912, None),
        ("The dance (05:12) – (06:11)", "The dance", 312, 371),
        ("5:12 The dance 6:11", "The dance", 312, 371),
        ("\n  5:12 - 6:11", "The dance", 312, 371),
        ("Why I wake at 5:30", "Why I wake at 5:30", None, None),
        ("On John 3:16", "On John 3:16", None, None),
        ("12:01 PM in Rome", "12:01 PM in Rome", None, None),
        ("The first 30 seconds", "The first 30 seconds", None, None),
    ],
)
def test_clips_have_their_times_from_line_or_link(line: str, title: str, start: float, end: float) -> None:
    """At either end of the line, in brackets or not, as a range or not."""
    clip = read(f"Bees\n\nPopular Clips\n\n• {'The dance' if line[0].isspace() else ''}{line}\n").clips[0]
    assert (clip.title, clip.start, clip.end) == (title, start, end)


@pytest.mark.parametrize(
    "lines",
    ["The dance\n5:12 - 6:11\n\nThe sleep\n10:00", "5:12 - 6:11\nThe dance\n10:00\nThe sleep",
     "The dance\n\n5:12\n\n59 sec\n\nThe sleep\n\n10:00", "Field Notes\n\n5:12–6:11 The dance\n\n10:00 The sleep"],
)  # fmt: skip
def test_times_on_lines_of_their_own_belong_to_the_clip_beside_them(lines: str) -> None:
    """Below each title or, where the first stands above the first title, above each."""
    clips = read(f"Bees | Field Notes #3\n\nPopular Clips\n\n{lines}\n").clips
    assert [(clip.title, clip.start, clip.end) for clip in clips] == [("The dance", 312, 371), ("The sleep", 600, None)]


def test_questions_and_answers() -> None:
    """In lines, in paragraphs, in headings; a question without a mark; an answer that asks back."""
    plain = read("Bees\n\nQuestions from this episode\n\nWhy?\nBecause.\nHow?\n\nSo.\n")
    assert [(one.question, one.answer) for one in plain.questions] == [("Why?", "Because."), ("How?", "So.")]
    marked = read("# Bees\n\n## Questions from this episode\n\n### Why they dance\n\nWho knows?\n\n### How\n", "md")
    assert [(one.question, one.answer) for one in marked.questions] == [("Why they dance", "Who knows?"), ("How", None)]


def test_related_episodes() -> None:
    """Link, show and date where they are; what stands between the links is no episode."""
    summary = read(
        "<h1>Bees</h1><h2>Related Episodes</h2><div><a href='/11'>Wasps (again)</a></div><p>42 min</p>"
        "<div><a href='https://a.example/10'>Moss</a> (Field Notes, 2024-04-18)</div>", "html"
    )  # fmt: skip
    assert [(one.title, one.url, one.podcast) for one in summary.related] == [
        ("Moss", "https://a.example/10", "Field Notes")
    ]


@pytest.mark.parametrize(
    ("form", "entries"),
    [
        ("txt", "• Wasps (Field Notes, Apr 18, 2024)\n\n• Moss: A Life | Field Notes #9\n"),
        ("txt", "Wasps\nField Notes\nApr 18, 2024\n\nMoss: A Life | Field Notes #9\n\nAnswers 383 questions\n"),
        ("txt", "Wasps\nField Notes • Apr 18, 2024\n\nMoss: A Life | Field Notes #9\n© 2024 Meadow\n"),
        ("md", "- Wasps — Field Notes, April 18, 2024\n- Moss: A Life | Field Notes #9\n"),
        ("html", "<a href='1'><div>Wasps</div><div>Field Notes</div><div>Apr 18, 2024</div></a><a href='9'><h3>"
         + MOSS + "</h3><p>42 min</p></a>"),
        ("html", "<h3><a href='1'>Wasps</a></h3><i>Field Notes</i><time>Apr 18, 2024</time><h3><a href='9'>"
         + MOSS + "</a></h3>"),
        ("html", "<p><a href='1'>Wasps</a><br>Field Notes<br>18 Apr 2024</p><p><a href='9'>" + MOSS + "</a></p>"),
    ],
)  # fmt: skip
def test_related_episodes_have_their_show_and_date_in_or_below_their_line(form: str, entries: str) -> None:
    """In brackets, behind a dash, on lines of their own; what else sites put there is no episode."""
    heads = {"txt": "Bees\n\nRelated Episodes\n\n", "md": "# Bees\n\n## Popular Clips\n\n## Related Episodes\n\n"}
    head = heads.get(form, "<h1>Bees</h1><h2>Popular Clips</h2><h2>Related Episodes</h2>")
    entries = entries.replace("href='", "href='https://a.example/")
    found = read(head.replace("Bees\n\nR", "Bees\n\nPopular Clips\n\nR") + entries, form).related
    assert [(one.title, one.podcast, str(one.published)) for one in found] == [
        ("Wasps", "Field Notes", "2024-04-18"),
        ("Moss: A Life | Field Notes #9", None, "None"),
    ]
    assert form != "html" or all(one.url for one in found)


@pytest.mark.parametrize(
    ("address", "start", "end"),
    [
        ("?t=5m12s", 312, None),
        ("#t=312,371", 312, 371),
        ("?start_time=312&end_time=371", 312, 371),
        ("?startTime=312.5&endTime=371", 312.5, 371),
        ("#05:12", 312, None),
        ("?t=1699999999", None, None),
        ("?t=abc&s=20", None, None),
    ],
)
def test_times_in_links(address: str, start: float | None, end: float | None) -> None:
    """In the shapes of players; what is no time, such as seconds since 1970, is none."""
    clip = read(f"# Bees\n\n## Popular Clips\n\n- [The dance](https://a.example/c{address})\n", "md").clips[0]
    assert (clip.title, clip.start, clip.end) == ("The dance", start, end)


def test_a_link_around_whole_blocks_is_the_first_ones() -> None:
    """Sites put a card of blocks into one link: its time is the clip's."""
    cards = (
        "<a href='/c?start=312&end=371'><div>The dance</div><div>05:12</div></a>",
        "<a href='/c?start=600'><h3>The sleep</h3><p>10:00 - 10:45</p></a>",
    )
    clip = read("<h1>Bees</h1><h2>Popular Clips</h2>" + "".join(cards), "html").clips
    assert [(one.title, one.start, one.end) for one in clip] == [("The dance", 312, 371), ("The sleep", 600, 645)]


# The head of a page


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("Published on Thursday, May 2nd, 2024", "2024-05-02"),
        ("Published May 2, 2024 · 1h 2m", "2024-05-02"),
        ("Released: 2 May 2024", "2024-05-02"),
        ("May 2, 2024", "2024-05-02"),
        ("Published 05/02/2024", "None"),
        ("Published 2. Mai 2024", "2024-05-02"),
        ("Published 3 days ago", "None"),
    ],
)
def test_the_line_that_says_when_is_never_the_title(line: str, date: str) -> None:
    """Readable or not, above the title or below it, and whatever stands above both."""
    for head in (f"{line}\n\nAnn Lee: Bees", f"Ann Lee: Bees\n\n{line}", f"Home\nLog in\n\n{line}\n\nAnn Lee: Bees"):
        summary = read(f"{head}\n\nOn bees.\n\nPopular Clips\n")
        assert (summary.title, str(summary.published), summary.abstract) == ("Ann Lee: Bees", date, "On bees.")


@pytest.mark.parametrize("title", ["Released from Prison in 1984: A Bee", "Published Bees", "Dates of 1984"])
def test_a_title_that_begins_like_a_date_is_a_title(title: str) -> None:
    """What holds no date is none."""
    assert read(f"{title}\n\nOn bees.\n\nPopular Clips\n").title == title


@pytest.mark.parametrize(
    ("end", "show", "number"),
    [
        (" | Field Notes #12", "Field Notes", 12),
        (" | Field Notes | Ep. 12", "Field Notes", 12),
        (" | Field Notes #12 | Meadow", "Field Notes", 12),
        (" | Field Notes (Episode 12)", "Field Notes", 12),
        (" | Field Notes #12 (Part 2)", "Field Notes", 12),
        (" | Field Notes S2 E12", "Field Notes", 12),
        (" | Why | Field Notes", None, None),
        ("|Field Notes #12", "Field Notes", 12),
        (" | #12", None, 12),
        ("", None, None),
    ],
)
def test_show_and_number_at_the_end_of_a_title(end: str, show: str | None, number: int | None) -> None:
    """The piece with the number names the show, or the one before it; behind it stands the site."""
    summary = read(f"Ann Lee: Bees{end}\n\nPopular Clips\n")
    assert (summary.podcast, summary.number) == (show, number)


def test_a_subject_is_not_taken_for_a_guest() -> None:
    """What the page writes without capitals too is nobody's name."""
    body = "On machine learning.\n\nEpisode Highlights\n\n• One\n\nexplains it."
    assert read(f"Machine Learning: Part\n\n{body}").topics[0].passages[0].text == "explains it."
    assert read(f"Ann Lee: Part\n\n{body}").topics[0].passages[0].text == "[Ann Lee] explains it."


def test_topics_may_be_called_like_buttons_or_like_the_show() -> None:
    """What stands among the highlights is content."""
    summary = read(
        "Bees | Field Notes #3\n\nPopular Clips\n\n• Home\n\nEpisode Highlights\n\n• Play\n\nText.\n\nSearch\n\n"
        "More.\n\n• Field Notes\n\nText.\n\nShow more\n"
    )
    assert titles(summary) == [(0, "Play"), (1, "Search"), (0, "Field Notes")]
    assert [clip.title for clip in summary.clips] == ["Home"]


def test_buttons_counts_and_names_of_shows_are_no_content() -> None:
    """What sites put around and between the parts."""
    summary = read(
        "May 2, 2024\n\nBees | Field Notes #3\n\nField Notes logo\nField Notes\n\nOn bees.\n\nShare\nPlay episode\n\n"
        "Popular Clips (0)\n\nNo clips yet\n\nQuestions from this episode\n\nAsked by 12 people\n\nWhy?\n\n"
        "Show more\n\nEpisode Highlights\n\n• One\n\nText.\n\nRelated Episodes\n\nSign up\n© 2024 Meadow\n"
    )
    assert (summary.abstract, summary.clips, summary.related) == ("On bees.", (), ())
    assert [(one.question, one.answer) for one in summary.questions] == [("Why?", None)]


CARD = (
    "<article><a href='https://d.example/?t=312'><figure><img><figcaption>The dance</figcaption></figure></a>"
    "<span>5:12 – 6:11</span></article><article><h4>The sleep</h4><p>45 sec</p><a href='https://d.example/?t=600'>Play</a>"
    "</article><p>None</p>"
)


def test_cards_of_clips_keep_each_its_own_time() -> None:
    """A caption inside a link is a title, and a button leads to the time of what it stands below."""
    clips = read(f"<h1>Bees</h1><h2>Popular Clips</h2>{CARD}<h2>Episode Highlights</h2>", "html").clips
    assert [(clip.title, clip.start, clip.end) for clip in clips] == [("The dance", 312, 371), ("The sleep", 600, 645)]


def test_times_in_brackets_are_times_and_no_words() -> None:
    """Behind a topic's title, a quote, or the name of its speaker; never printed as part of them."""
    topic = highlights(
        "• One (5:12)\n\nText.\n\nThey vote. (05:40 - 05:52)\n\n---\n\n“Aye.” — Ann Lee (1:00:10)\n\n---\n\nNo.\n"
        "— Bob Roe [6:00]\n\n---\n\nWe met at (3:2)\n\n---"
    ).topics[0]
    assert (topic.title, topic.start) == ("One", 312)
    assert [(one.text, one.speaker, one.start, one.end) for one in topic.passages[1:]] == [
        ("They vote.", None, 340, 352),
        ("Aye.", "Ann Lee", 3610, None),
        ("No.", "Bob Roe", 360, None),
        ("We met at (3:2)", None, None, None),
    ]


def test_what_a_site_parts_by_its_style_alone_is_parted() -> None:
    """Entries that begin with a bold line, rules between breaks, what stands before every topic."""
    summary = read(
        "<h1>Bees</h1><h2>Episode Highlights</h2><p>All of it is true.</p><ul><li><b>One</b><br>Bees dance 1.<br>"
        "They vote.<br>---<br>And more 2.</li><li><strong>Two</strong><blockquote>Aye.<footer>— <cite>Ann Lee</cite>, "
        "<time>1:50</time></footer></blockquote></li></ul><h2>Related Episodes</h2><ul><li>"
        "<a href='https://a.example'><b>Wasps</b><span>Field Notes</span></a></li></ul>", "html"
    )  # fmt: skip
    assert titles(summary) == [(0, ""), (0, "One"), (0, "Two")]
    said = [(one.kind, one.text, one.speaker) for topic in summary.topics for one in topic.passages]
    assert said == [
        ("text", "All of it is true.", None),
        ("quote", "Bees dance 1. They vote.", None),
        ("text", "And more 2.", None),
        ("quote", "Aye.", "Ann Lee"),
    ]
    assert [one.title for one in summary.related] == ["Wasps Field Notes"]


# Web pages, front matter, encodings


def test_a_web_page_without_landmarks_gives_nothing_but_its_page() -> None:
    """What stands above the title, is hidden, or is a list of links to elsewhere, is no content."""
    summary = read(
        "<div>Home</div><div>Shows</div><div>Published Oct 2, 2022</div><h1>Bees</h1><div hidden>Secret</div>"
        "<p style='display:none'>Hidden</p><div role='navigation'>More</div><p>On bees.</p>"
        "<h2>Episode Highlights</h2><h3>One ¶</h3><p>Text.</p><footer>Imprint</footer>", "html"
    )  # fmt: skip
    assert (summary.title, summary.abstract, str(summary.published)) == ("Bees", "On bees.", "2022-10-02")
    assert titles(summary) == [(0, "One")]


def test_a_page_whose_main_part_lacks_the_title_is_read_whole() -> None:
    """Some pages put the title above `main`."""
    summary = read("<header><h1>Bees</h1></header><main><h2>Popular Clips</h2><ul><li>A</ul></main>", "html")
    assert (summary.title, len(summary.clips)) == ("Bees", 1)


@pytest.mark.parametrize(
    "ld",
    [
        {"@type": "PodcastEpisode", "identifier": "g", "audio": "https://a.example/1.mp3", "timeRequired": "PT62M5S"},
        [{"@type": ["CreativeWork", "PodcastEpisode"], "identifier": ["g"], "duration": "P0DT3725S"}],
        {"@type": "WebPage", "mainEntity": {"@type": "PodcastEpisode", "identifier": "g", "duration": "1:02:05"}},
    ],
)
def test_json_ld_in_its_many_shapes(ld: object) -> None:
    """A list, a graph, a page about an episode; texts in lists and in objects."""
    text = f"<script type='application/ld+json'>{json.dumps(ld)}</script><h1>Bees</h1>"
    summary = read(text, "html")
    assert (summary.guid, summary.duration) == ("g", 3725)


@pytest.mark.parametrize(
    "ld",
    ["{", "[" * 5000, "null", '{"@type": "PodcastSeries", "episode": {"@type": "PodcastEpisode", "identifier": "x"}}',
     '{"@type": "PodcastEpisode", "identifier": {"a": 1}, "datePublished": "soon", "duration": "long", "audio": 7}'],
)  # fmt: skip
def test_json_ld_that_says_nothing_usable_spoils_nothing(ld: str) -> None:
    """Broken, hostile, about something else, or of other types."""
    summary = read(f"<script type='application/ld+json'>{ld}</script><h1>Bees</h1>", "html")
    assert (summary.title, summary.guid, summary.duration) == ("Bees", None, None)


def test_front_matter_in_the_names_of_other_tools() -> None:
    """Episode number, guests, a date in milliseconds, a date in words; shapes that mean nothing are passed over."""
    summary = read(
        "---\nnumber: 100\ntitle: 1984\nguest:\n  name: Ann Lee\ndate: 1544623200959\nshow: Field Notes\n"
        "topics: [a, b]\nsource: https://a.example/\nduration: 1:02:05\nlink: [x]\n---\nOn bees.\n", "md"
    )  # fmt: skip
    assert (summary.number, summary.title, summary.people, summary.podcast) == (
        100,
        "1984",
        ("Ann Lee",),
        "Field Notes",
    )
    assert (str(summary.published), summary.source.url, summary.duration) == ("2018-12-12", "https://a.example/", 3725)
    assert (summary.abstract, summary.link, summary.topics) == ("On bees.", None, ())
    assert load(dump(summary)) == summary


def test_the_names_of_schema_org_are_read_in_any_data() -> None:
    """Front matter that a tool made of JSON-LD."""
    summary = read(
        "---\ntitle: Bees\nidentifier: g-12\npartOfSeries: {name: Field Notes}\ntimeRequired: PT1H\n---\nA.", "md"
    )
    assert (summary.guid, summary.podcast, summary.duration) == ("g-12", "Field Notes", 3600)


@pytest.mark.parametrize(
    "matter",
    ["a: [", 'a: "b" c', "a: &a [x]\nb: *a", "a: " + "[" * 3000, "a: " + "b" * 200_000, "duration: -1", "a: 2024-13-45",
     "source: {nam: x}", "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]"],
)  # fmt: skip
def test_front_matter_that_is_broken_costs_the_broken_key_alone(matter: str) -> None:
    """The page is read without it; aliases stand for nothing endless."""
    summary = read(f"---\ntitle: Bees\n{matter}\nguid: g-12\n---\n\nText.\n", "md")
    assert (summary.title, summary.guid, summary.abstract) == ("Bees", "g-12", "Text.")


def test_what_is_broken_in_front_matter_is_told() -> None:
    """With its key."""
    left_out = read_document("a.md", b'---\ntitle: Bees\na: "b" c\n---\n').left_out
    assert left_out == ("front matter that is not YAML: “a”",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
@pytest.mark.parametrize("form", ["txt", "md", "html"])
def test_encodings(form: str, encoding: str) -> None:
    """UTF-8 with and without its mark, UTF-16 with its mark, Windows-1252."""
    text = "<h1>Zoë’s café</h1>" if form == "html" else "Zoë’s café\n"
    assert read_summary(f"a.{form}", text.encode(encoding)).title == "Zoë’s café"


def test_an_encoding_that_nobody_knows_is_read_as_windows_1252() -> None:
    """So do browsers."""
    assert read_summary("a.html", b"<meta charset=x-nonsense><h1>Caf\xe9</h1>").title == "Café"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("body", [b"", b" \n\t", b"\xef\xbb\xbf", b"\xff\xfe", b"\0\0\0"])
def test_an_empty_file_is_refused(form: str, body: bytes) -> None:
    """Whatever its encoding leaves in it."""
    assert refusal(body, form) == "is empty"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "body", [b"PK\3\4" + b"a" * 99, b"\x89PNG\r\n\x1a\n" + b"a" * 99, b"%PDF-1.7\n", bytes(range(1, 250)) * 4]
)
def test_a_picture_or_an_archive_is_no_document(form: str, body: bytes) -> None:
    """Whatever its name ends with."""
    assert "no text but a picture" in refusal(body, form)


def test_a_file_of_another_kind_is_refused() -> None:
    """By the end of its name."""
    with pytest.raises(SummaryError, match=re.escape(", ".join(SUFFIXES))):
        read_summary("page.pdf", b"%PDF")


@pytest.mark.parametrize(("form", "text"), [("txt", "---\n"), ("html", "<p></p>"), ("md", "***\n"), ("md", "> Q\n"),
                                            ("txt", "Popular Clips\n"), ("json", '{"title": "-"}')])  # fmt: skip
def test_a_page_without_a_title_is_refused(form: str, text: str) -> None:
    """A section's name, a rule and a quote are no titles."""
    assert "title" in refusal(text, form)


# Notes of other origins


@needs_corpus
@pytest.mark.parametrize("path", [path for path in files("summaries") if path.suffix == ".md"], ids=lambda p: p.name)
def test_notes_of_other_origins_give_no_boilerplate(path: Path) -> None:
    """Sponsors, links and ways to follow are no topics; nothing is printed that the file does not say."""
    summary = read_summary(path.name, path.read_bytes())
    words = re.sub(r"\W+", "", re.sub(r"\[\[[^|\]]*\|", "", path.read_text("utf-8")))
    for title in (part.text for part in parts(summary) if part.kind == "topic"):
        assert re.sub(r"\W+", "", title) in words
        assert not re.search(r"- sponsor$|^links$|tweet us|shameless|s.i*ck p", title, re.IGNORECASE)
    assert not re.search(r"\(list|to be added|\[\[|vault home", dump(summary), re.IGNORECASE)


@needs_corpus
def test_timed_notes_have_the_times_of_their_lines() -> None:
    """Each line `M:SS - Title` is a topic at that time, and nothing else has one."""
    for path in files("summaries"):
        text = path.read_text("utf-8")
        marks = [int(m) * 60 + int(s) for m, s in re.findall(r"^(?:#+ )?(\d+):(\d\d) ", text, re.MULTILINE)]
        if marks:
            summary = read_summary(path.name, path.read_bytes())
            starts = [part.start for part in parts(summary) if part.kind == "topic" and part.start is not None]
            assert starts == marks, path.name


def test_code_and_imports_are_left_out() -> None:
    """Nobody listens to them."""
    summary = read("export x\n\n# Bees\n\nOn bees.\n\n## One\n\n1:00 - Two\n\n```js\nlet x\n```\n\nText.\n", "md")
    assert summary.abstract == "On bees."
    assert [(one.title, one.start) for one in summary.topics[0].topics] == [("Two", 60)]
    assert summary.topics[0].topics[0].passages == (Passage("text", "Text."),)
