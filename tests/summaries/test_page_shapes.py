"""Shapes in which pages of highlights really come: each reads as what the page obviously says, and adds no word."""

from __future__ import annotations

import json
from typing import Any

import pytest

from enricher.summaries.document import read_document, read_summary
from enricher.summaries.json_form import dump


def read(body: str, name: str = "page.txt") -> dict[str, Any]:
    """Read a page to the JSON form."""
    found: dict[str, Any] = json.loads(dump(read_summary(name, body.encode())))
    return found


def page(highlights: str, title: str = "Ann Lee: Bees | Field Notes #12", abstract: str = "On bees.") -> str:
    """Give a page of highlights as text."""
    return f"Published May 2, 2024\n\n{title}\n\n{abstract}\n\nEpisode Highlights\n\n{highlights}"


def texts(found: dict[str, Any]) -> list[str]:
    """Give all passages of the first topic."""
    return [passage["text"] for passage in found["topics"][0]["passages"]]


def titles(found: dict[str, Any]) -> list[str]:
    """Give the titles of the topics of the first level."""
    return [topic["title"] for topic in found["topics"]]


# The head


@pytest.mark.parametrize(
    "head",
    [
        "Published May 2, 2024\nAnn Lee: Bees | Field Notes #12\n\nOn bees and their homes.\n",
        "Published May 2, 2024\nAnn Lee: Bees | Field Notes #12\nOn bees and their homes.\n",
        "Ann Lee: Bees | Field Notes #12\nOn bees and their homes.\n",
        "Published May 2, 2024\n\nAnn Lee: Bees | Field Notes #12\nOn bees and their homes.\n",
        "\u200fPublished May 2, 2024\n\n\u200fAnn Lee: Bees | Field Notes #12\n\n\u200eOn bees and their homes.\n",
    ],
)
def test_the_head_is_read_with_and_without_blank_lines(head: str) -> None:
    """Date, title and abstract are lines of their own, whatever stands between them."""
    found = read(f"{head}\nEpisode Highlights\n\n\u200f• One\n\nThey dance.\n")
    assert (found["title"], found["abstract"]) == ("Ann Lee: Bees | Field Notes #12", "On bees and their homes.")
    assert titles(found) == ["One"]


@pytest.mark.parametrize(
    ("end", "show", "number"),
    [
        ("Bienenfunk Folge 212", "Bienenfunk", 212),
        ("Bienenfunk Nr. 7", "Bienenfunk", 7),
        ("Abeilles Épisode 9", "Abeilles", 9),
        ("Abejas Episodio 9", "Abejas", 9),
        ("蜜蜂 第12期", "蜜蜂", 12),
        ("Field Notes #1,024", "Field Notes", 1024),
        ("Field Notes Season 2 Episode 5", "Field Notes", 5),
    ],
)
def test_the_number_of_an_episode_is_read_as_people_write_it(end: str, show: str, number: int) -> None:
    """In other languages, with a season, above a thousand."""
    summary = read_summary("page.txt", page("• One\n\nThey dance.", f"Bees | {end}").encode())
    assert (summary.podcast, summary.number) == (show, number)


def test_a_date_may_be_a_title() -> None:
    """Where the show and the number stand behind it, and the page has a date of its own."""
    found = read(page("• One\n\nThey dance.", "January 6, 2021 | Field Notes #3"))
    assert (found["title"], found["published"]) == ("January 6, 2021 | Field Notes #3", "2024-05-02")


def test_a_banner_above_the_title_is_no_abstract() -> None:
    """What a site asks everybody is the last that a listener wants to hear."""
    banner = "We use cookies and similar technologies to give you the best experience, to measure, and to show ads. "
    found = read(
        f"<body><p>{banner}</p><p>Accept</p><p>Notes.example</p><h1>Ann Lee: Bees | Field Notes #12</h1>"
        "<p>On bees.</p><h2>Episode Highlights</h2><h3>One</h3><p>They dance.</p></body>",
        "page.html",
    )
    assert found["abstract"] == "On bees."


# Guests


@pytest.mark.parametrize(
    "title",
    ["World War II: The End", "Roman Empire: Its Fall", "New York: A City", "Breaking News: Bees",
     "Listener Questions: Us", "Live From Berlin: Bees"],
)  # fmt: skip
def test_what_is_nobody_s_name_explains_nothing(title: str) -> None:
    """No guest is invented for a sentence that lost its own."""
    assert texts(read(page("• One\n\nexplains that bees dance.", f"{title} | Field Notes #12"))) == [
        "explains that bees dance."
    ]


@pytest.mark.parametrize(
    ("title", "guest"),
    [
        ("Neil deGrasse Tyson: Stars", "Neil deGrasse Tyson"),
        ("Ann Lee, PhD: Bees", "Ann Lee"),
        ("Ann Lee: B", "Ann Lee"),
    ],
)
def test_a_guest_is_known_by_the_title(title: str, guest: str) -> None:
    """With small letters within, and with what stands behind a name."""
    assert texts(read(page("• One\n\nspeaks of bees.", f"{title} | Field Notes #12"))) == [f"[{guest}] speaks of bees."]


# Sections and topics


def test_a_bullet_right_below_its_section_begins_a_topic() -> None:
    """So does each bullet after another's text."""
    found = read("Ann Lee: Bees | Field Notes #12\n\nEpisode Highlights\n• One\nThey dance.\n• Two\nThey fly.\n")
    assert titles(found) == ["One", "Two"]
    clips = read(
        "Bees | Field Notes #12\n\nPopular Clips\n• The dance\n• The flight\n\nEpisode Highlights\n\n• One\n\nSo."
    )
    assert [clip["title"] for clip in clips["clips"]] == ["The dance", "The flight"]


@pytest.mark.parametrize("title", ["Hands, Sensors, etc.", "Grip:", "Startups, Inc.", "Why bees?", "Martin Jr."])
def test_a_bullet_begins_a_topic_however_it_ends(title: str) -> None:
    """Where text stands below it."""
    assert titles(read(page(f"• One\n\nThey dance.\n\n• {title}\n\nThey fly."))) == ["One", title.rstrip(":")]


def test_points_below_a_topic_are_told_without_their_dashes() -> None:
    """A list within a topic."""
    assert " ".join(texts(read(page("• One\n  - Bees dance.\n  - They vote.")))) == "Bees dance. They vote."


@pytest.mark.parametrize("said", ["Asked by 1,204 people", "Asked by 1.2K people", "Answers 3 questions"])
def test_how_many_asked_is_no_question(said: str) -> None:
    """It stands below each question on the page."""
    found = read(
        f"Bees | Field Notes #12\n\nQuestions from this episode\n\n• How do bees decide?\n\n{said}\n\n• Why?\n\n"
        f"{said}\n\nEpisode Highlights\n\n• One\n\nSo."
    )
    assert [(one["question"], one["answer"]) for one in found["questions"]] == [
        ("How do bees decide?", None),
        ("Why?", None),
    ]


@pytest.mark.parametrize("heading", ["Comments", "Privacy", "Newsletter", "Leave a reply", "About us"])
def test_what_follows_the_related_episodes_is_none(heading: str) -> None:
    """The foot of a site begins with headings of its own."""
    found = read(
        "<h1>Bees | Field Notes #12</h1><h2>Episode Highlights</h2><h3>One</h3><p>They dance.</p>"
        f'<h2>Related Episodes</h2><ul><li><a href="https://a.example/w">Wasps</a></li></ul><h2>{heading}</h2>'
        '<p>Great!</p><p><a href="https://spam.example/">Cheap watches</a></p>',
        "page.html",
    )
    assert [one["title"] for one in found["related"]] == ["Wasps"]


def test_the_first_topic_of_a_page_without_headings_keeps_its_title() -> None:
    """As the second does."""
    found = read(
        "<h1>Bees | Field Notes #12</h1><h2>Episode Highlights</h2><p><strong>One</strong></p><p>They dance.</p>"
        "<p><strong>Two</strong></p><p>They fly.</p>",
        "page.html",
    )
    assert titles(found) == ["One", "Two"]


def test_a_paragraph_before_the_first_topic_is_kept_however_it_ends() -> None:
    """It says something."""
    found = read(
        "<h1>Bees | Field Notes #12</h1><h2>Episode Highlights</h2>"
        "<p>A swarm that has to choose a home holds a long and lively vote<sup>1</sup></p><h3>One</h3><p>So.</p>",
        "page.html",
    )
    assert "holds a long and lively vote" in texts(found)[0]


# Quotes


@pytest.mark.parametrize("name", ["Martin Voss Jr.", "Ann Lee, Ph.D.", "bell hooks", "50 Cent", "“Weird Al” Yankovic"])
def test_a_speaker_above_a_rule_is_the_speaker(name: str) -> None:
    """Whatever the name looks like, the paragraph above it is the quote."""
    found = read(page(f"• One\n\nThey vote with their feet.\n\n— {name}\n\n---"))
    assert [(p["kind"], p["text"], p["speaker"]) for p in found["topics"][0]["passages"]] == [
        ("quote", "They vote with their feet.", name)
    ]


def test_a_line_with_a_dash_that_is_no_speaker_is_not_hidden() -> None:
    """No quote stands above it, and no rule follows."""
    found = read(page("• One\n\nThey dance for hours.\n\n– Milestones\n\nThey fly."))
    assert "Milestones" in json.dumps(found["topics"], ensure_ascii=False)


# Citations


def test_a_citation_in_the_abstract_counts() -> None:
    """It is part of the page's count."""
    found = read(page("• One\n\nThey vote 2.", abstract="Bees dance 1."))
    assert (found["abstract"], texts(found)) == ("Bees dance [1].", ["They vote [2]."])


@pytest.mark.parametrize("said", ["Am 2. Oktober flogen sie.", "See Fig. 2. It shows bees.", "He was No. 2. They won."])
def test_a_number_that_belongs_to_a_word_is_no_citation(said: str) -> None:
    """Though it continues the count."""
    assert texts(read(page(f"• One\n\nBees dance 1.\n\n{said}")))[1] == said


def test_a_citation_in_an_answer_has_its_time() -> None:
    """Its link says it."""
    found = read(
        "<h1>Bees | Field Notes #12</h1><h2>Questions from this episode</h2><ul><li>How do they?"
        '<p>They dance <a href="https://a.example/?t=61">1</a>.</p></li></ul>'
        "<h2>Episode Highlights</h2><h3>One</h3><p>So.</p>",
        "page.html",
    )
    assert found["citations"]["1"]["start"] == 61


def test_a_link_in_double_brackets_is_a_citation() -> None:
    """And no link between notes of a vault."""
    found = read(
        "# Bees | F #12\n\n## Episode Highlights\n\n### One\n\nBees dance [[1]](https://a.example/c/1).\n", "page.md"
    )
    assert texts(found) == ["Bees dance [1]."]
    assert found["citations"]["1"]["url"] == "https://a.example/c/1"


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("10<sup>67</sup> stars.", "1067 stars."),
        ("the 2<sup>nd</sup> swarm.", "the 2nd swarm."),
        ("They dance.<sup>1</sup>", "They dance. [1]"),
    ],
)
def test_what_is_raised_stands_where_it_stands(html: str, said: str) -> None:
    """A power and an ordinal are no citations; a number behind a full stop is one."""
    found = read(f"<h1>Bees | F #12</h1><h2>Episode Highlights</h2><h3>One</h3><p>{html}</p>", "page.html")
    assert texts(found) == [said]


def test_json_ld_with_a_line_break_in_a_string_is_read() -> None:
    """Sites write it by hand."""
    ld = '{"@type": "PodcastEpisode", "description": "One\nTwo", "datePublished": "2024-05-02"}'
    found = read(
        f'<script type="application/ld+json">{ld}</script><h1>Bees | F #12</h1>'
        "<h2>Episode Highlights</h2><h3>One</h3><p>So.</p>",
        "page.html",
    )
    assert found["published"] == "2024-05-02"


@pytest.mark.parametrize("between", ["<!-- ad -->", "<?php echo 1 ?>", "<b>so</b><!-- ad -->"])
def test_a_comment_before_an_element_is_nothing(between: str) -> None:
    """It is no element that could part it from the text before."""
    for tag in ("span", "strong", "small", "sup"):
        found = read(f"<h1>Bees</h1><p>All of it is on {between}<{tag}>bees</{tag}> that dance.</p>", "page.html")
        assert "bees that dance." in found["abstract"]


def test_times_that_do_not_ascend_are_no_topics_times() -> None:
    """Below the titles of other videos stand their lengths."""
    page = "<h1>Bees</h1><p>A swarm agrees on a nest.</p>" + "".join(
        f"<p>Video {n}</p><p>{time}</p>" for n, time in enumerate(("8:10", "7:20", "9:30", "5:40", "4:50"))
    )
    assert {topic.start for topic in read_summary("a.html", page.encode()).topics} <= {None}


@pytest.mark.parametrize("mark", ["[0:03 → 1:10]", "[1:12–2:00]", "(2:20)", "`[2:00-2:30]` `[2:05-2:20]`"])
@pytest.mark.parametrize("heading", ["## {}", "**{}**"])
def test_a_time_behind_a_sentence_below_timed_headings_is_a_citation(mark: str, heading: str) -> None:
    """It begins no topic; the headings do."""
    parts = {"Hello (0:00)": "Ann greets us.", "The dance (0:50)": "Scouts dance.", "Honey (6:30)": "Ann eats honey."}
    body = "\n\n".join(f"{heading.format(head)}\n\n{said} {mark}" for head, said in parts.items())
    topics = read(f"# Bees and keepers\n\nAnn Lee on bees.\n\n{body}\n", "page.md")["topics"]
    assert [(one["title"], one["start"]) for one in topics] == [("Hello", 0), ("The dance", 50), ("Honey", 390)]
    assert not any(one["topics"] for one in topics)


@pytest.mark.parametrize("name", ["Video Transcription", "Full Transcript", "Transkription", "What was said"])
def test_lines_of_a_transcript_are_no_chapters(name: str) -> None:
    """Whatever it is called: beside chapters some minutes long there are lines some seconds long, and more of them."""
    said = "\n".join(f"- 00:{n * 7:02} and so the scouts that came back" for n in range(8))
    body = f"## Chapters\n\n- 00:00 Hello\n- 03:10 The dance\n- 12:40 Honey\n\n## {name}\n\n{said}\n"
    timed = read(f"# Bees and keepers\n\nAnn Lee on bees.\n\n{body}", "page.md")["topics"]
    assert [one["start"] for one in timed if one["start"] is not None] == [0, 190, 760]


@pytest.mark.parametrize(
    ("entry", "starts"),
    [
        ("[{}](https://v.example/{}?t={})", []),
        ("[{}](https://v.example/?v={}&t={})", []),
        ("[{}](https://v.example/{}) {}", []),
        ("[{}](https://v.example/?id=1&from={}#t={})", []),
        ("[{0}](https://v.example/?v=1&t={2})", [250, 451, 1304]),
    ],
)
def test_links_to_several_videos_say_nothing_of_when(entry: str, starts: list[float]) -> None:
    """A time in such a link is one of that video, and few behind them are lengths. One video's are chapters."""
    videos = [("The dance", "a", "4:10"), ("A queen", "b", "7:31"), ("Wax", "c", "21:44")]
    body = "\n".join(f"- {entry.format(*one)}" for one in videos)
    topics = read(f"# Bees and keepers\n\nAnn Lee on bees.\n\n{body}\n", "page.md")["topics"]
    assert [one["start"] for one in topics if one["start"] is not None] == starts


def test_a_second_list_below_another_heading_does_not_spoil_the_first() -> None:
    """Its times go back, though not to the beginning."""
    times = "| When | What |\n|---|---|\n| 0:06 | Hello |\n| 3:06 | The dance |\n| 26:55 | Queens |\n| 45:24 | Wax |\n"
    figures = "| Figure | When |\n|---|---|\n| Cells | 3:30 |\n| Wax | 27:10 |\n| Frames | 46:00 |\n"
    body = f"# Bees and keepers\n\nAnn Lee on bees.\n\n## Timeline\n\n{times}\n## Figures\n\n{figures}"
    topics = read(body, "page.md")["topics"]
    assert [one["start"] for one in topics if one["start"] is not None] == [6, 186, 1615, 2724]


@pytest.mark.parametrize("form", ["{1} {0}\n", "## {0} ({1})\n\nAbout {0}.\n\n"])
def test_a_time_that_is_out_of_order_is_told_and_dates_nothing(form: str) -> None:
    """Somebody mistyped it; the others stay."""
    typed = [("Hello", "0:00"), ("The dance", "2:10"), ("Queens", "93:00"), ("Wax", "20:00"), ("Honey", "30:00")]
    reading = read_document("page.md", f"# Bees\n\n{''.join(form.format(*one) for one in typed)}".encode())
    assert [one.start for one in reading.summary.topics if one.start is not None] == [0, 130, 1200, 1800]
    assert "times that are out of order: “Queens”" in reading.left_out


@pytest.mark.parametrize("key", ["ads", "sponsors", "ad_breaks", "Sponsor segments"])
def test_advertisements_in_data_are_no_chapters(key: str) -> None:
    """However well their times fit."""
    chapters = [{"start": 0, "title": "Hello"}, {"start": 310, "title": "The dance"}, {"start": 1260, "title": "Wax"}]
    ads = [{"start": 120, "end": 180, "title": "Hivebox"}, {"start": 900, "end": 960, "title": "BeeBank"}]
    found = read(json.dumps({"title": "Bees and keepers", "chapters": chapters, key: ads}), "page.json")
    assert titles(found) == ["Hello", "The dance", "Wax"]


@pytest.mark.parametrize(
    ("line", "count"), [("[{}] {}: So it is, {}.", 0), ("{} {}: bees of {}", 6), ("{} Q: Who is {}, and {}?", 6)]
)
def test_a_few_lines_of_speakers_are_no_chapters(line: str, count: int) -> None:
    """Two who take turns at sentences are a transcript; parts and questions that come back are none."""
    turns = [("0:12", "AL"), ("2:15", "BK"), ("5:40", "AL"), ("9:03", "BK"), ("15:20", "AL"), ("22:41", "BK")]
    body = "\n\n".join(line.format(time, name, n) for n, (time, name) in enumerate(turns))
    topics = read(f"# Bees and keepers\n\nAnn Lee on bees.\n\n{body}\n", "page.md")["topics"]
    assert sum(one["start"] is not None for one in topics) == count


def test_times_alone_above_lists_are_of_their_first_entries() -> None:
    """The first of them does not date the heading above; where they are no list, they are printed nowhere."""
    parts = {"02:44": "How do swarms choose?", "6:20": "What do queens do?", "34:00": "How can I start?"}
    body = "# Bees and keepers\n\nAnn Lee on bees.\n\n## Show Notes\n\n"
    lists = "\n\n".join(f"{time}\n\n* {said}\n* Eggs\n* Wax" for time, said in parts.items())
    topics = read(f"{body}{lists}\n", "page.md")["topics"]
    assert [(one["title"], one["start"]) for one in topics if one["start"] is not None] == [
        (said, start) for said, start in zip(parts.values(), (164, 380, 2040), strict=True)
    ]
    assert "0:00" not in str(read("# Bees and keepers\n\nAnn Lee on bees.\n\n0:00\n\n* Hello to all!\n", "page.md"))


def test_rows_of_a_short_table_are_no_times() -> None:
    """Three that ascend from the beginning are a list; two may as well be prices."""
    rows = ["| Hello | 0:00 |", "| Wax | 7:30 |", "| Propolis | 9:45 |"]
    for count, starts in ((2, []), (3, [0, 450, 585])):
        table = "\n".join(["| What | When |", "|---|---|", *rows[:count]])
        summary = read_summary("a.md", f"# The shop of the bees\n\nWhat there is in the shop.\n\n{table}\n".encode())
        assert [one.start for one in summary.topics if one.start is not None] == starts
