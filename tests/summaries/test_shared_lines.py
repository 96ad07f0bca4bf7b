"""What documents of one folder share is left out: in any language, and nothing of one episode's own."""

from __future__ import annotations

import json

import pytest

from enricher.model.summary import Summary, parts
from enricher.summaries.document import Document, Reading

BEES = "Scouts dance for the place that they have found."
OTHERS = ("Wasps build with paper that they chew.", "Ants farm lice and herd them.", "Moths hear bats and drop.")


def read(own: str, *others: str, end: str = ".md") -> Reading:
    """Read a document beside others of its folder."""
    said = [Document(f"{i}{end}", text.encode()).keys for i, text in enumerate(others, 12)]
    return Document(f"11{end}", own.encode()).read(said)


def words(summary: Summary) -> list[str]:
    """Return what would be printed."""
    return [*(summary.abstract or "").splitlines(), *(part.text for part in parts(summary) if part.kind != "topic")]


def series(template: str) -> list[str]:
    """Return four documents of one template: `{title}`, `{number}` and `{said}` differ."""
    titles = ("How bees choose", "Paper wasps", "Ants at home", "Moths by night")
    every = zip(titles, (BEES, *OTHERS), range(11, 15), strict=True)
    return [template.format(title=title, said=said, number=number) for title, said, number in every]


@pytest.mark.parametrize(
    "junk",
    [
        "Podržite nas na Patreonu i ocijenite nas.",
        "Podden klipps och mixas av Sven i Malmö.",
        "Ascolta “{title}” su Voce, ogni giorno.",
        "Folge {number} wurde von Wachs & Co. möglich gemacht.",
        "- Muzička podloga: Zvuk Leta\n- Ko smo mi: Ana i Iva Horvat",
        "このエピソードの感想は #ハチ でお待ちしています。",
        "> Nasza strona i nasze zasady, które każdy zna i które każdy ma czytać.",
        "Vi finns på [vår egen plats](https://bees.example/) dygnet runt.",
    ],
)
def test_what_every_document_says_is_nobodys_content(junk: str) -> None:
    """Sponsors, ways to follow and credits in words that no list knows."""
    reading = read(*series(f"# {{title}}\n\n{{said}}\n\n{junk}\n"))
    assert words(reading.summary) == [BEES]
    assert any(one.startswith("what other documents in its folder say too") for one in reading.left_out)
    assert words(read(series(f"# {{title}}\n\n{{said}}\n\n{junk}\n")[0]).summary) != [BEES]


def test_a_shared_sentence_leaves_the_rest_of_its_paragraph() -> None:
    """A greeting, say; wrapped as editors do it or not. What is short may be the same by chance."""
    texts = series("# {title}\n\nBonjour et bienvenue dans la ruche des abeilles. {said} Why? Because.\n")
    assert words(read(*texts).summary) == [f"{BEES} Why? Because."]
    wrapped = series("# {title}\n\nBonjour et bienvenue dans la\nruche des abeilles. {said} Why?\nBecause.\n")
    assert words(read(*wrapped).summary) == [f"{BEES} Why? Because."]


def test_a_name_that_heads_every_document_is_no_title() -> None:
    """It is the show's; below it stands the title, or the file's name has it."""
    below = read(*series("# Hive Talk and Friends\n\n## {title}\n\n{said}\n\n## What else\n\n{said}\n"))
    assert (below.summary.title, words(below.summary)[0]) == ("How bees choose", BEES)
    data = [json.dumps({"title": "Hive Talk", "episode_name": "x", "description": text}) for text in (BEES, *OTHERS)]
    said = [Document(f"{i}.json", text.encode()).keys for i, text in enumerate(data[1:])]
    assert Document("How bees choose.json", data[0].encode()).read(said).summary.title == "How bees choose"


def test_one_document_may_say_what_one_other_says() -> None:
    """Two parts of one story; and what it says in three forms is a copy of it and shares everything."""
    one, two, *rest = series("# {title}\n\n{said}\n")
    story = "The queen left in May and never came back."
    assert words(read(f"{one}\n{story}\n", f"{two}\n{story}\n", *rest).summary) == [BEES, story]
    whole = f"{one}\n{story}\n"
    assert words(read(whole, whole, whole, whole).summary) == [BEES, story]


def test_times_headings_and_metadata_stay_however_often_they_come() -> None:
    """Every episode has an intro, and each names its show."""
    text = (
        "---\npodcast: Hive Talk\n---\n# {title}\n\nPodcast: Hive Talk\n\n{said}\n\n## Deel één\n\n- 0:00 Intro\n"
        "- 5:{number} {title}\n- 20:00 Goodbye\n\n## Deel twee\n\n{said}\n"
    )
    summary = read(*series(text)).summary
    assert summary.podcast == "Hive Talk"
    timed = [(part.text, part.start) for part in parts(summary) if part.start is not None]
    assert timed == [("Intro", 0), ("How bees choose", 311), ("Goodbye", 1200)]


def test_an_address_of_many_documents_is_no_identity() -> None:
    """It leads to the show; nor is what another has as its own, such as that of the next episode."""
    text = (
        "---\ntitle: {title}\nhome: https://bees.example/\nlink: https://bees.example/{number}\n"
        "elsewhere: https://bees.example/page/{number}\n---\n{said}\n"
    )
    texts = series(text)
    summary = read(*texts).summary
    assert (summary.link, summary.identities) == ("https://bees.example/11", ("https://bees.example/page/11",))
    linked = texts[0].replace("link: https://bees.example/11\n", "next: https://bees.example/12\n")
    assert read(linked, *texts[1:]).summary.identities == ("https://bees.example/page/11",)


def test_our_own_form_says_what_it_says() -> None:
    """Nothing is taken from JSON of version 1, whatever the others say."""
    texts = [json.dumps({"version": 1, "title": f"Bees {n}", "abstract": BEES}) for n in "abcd"]
    assert words(read(*texts, end=".json").summary) == [BEES]


PAGE = (
    "Published May {number}, 2024\n\n{title} | Field Notes #{number}\n\n{said}\n\nPopular Clips\n\n"
    "• What is honey? (1:10)\n\nQuestions from this episode\n\n• What is the meaning of life?\n\n"
    "Episode Highlights\n\n• Advice to the young\n\nWhat to do\n\nBees dance, as all of them say 1. It was so, and"
    " nobody knew 2. {said}\n\nRelated Episodes\n\n• The best of bees (Field Notes, May 2, 2024)\n"
)


def test_a_page_of_highlights_is_read_as_it_is() -> None:
    """What comes back in its sections is content: questions that every guest is asked, citations, related episodes."""
    texts = series(PAGE)
    assert read(*texts, end=".txt").summary == read(texts[0], end=".txt").summary


@pytest.mark.parametrize(
    "line",
    [
        "The Dow fell {number}1 points to 3{number},1{number}1 on Monday.",
        "Today we read Psalm 1{number} and say why it was sung.",
        "We talk with Dr. {said} of the University of Leeds.",
        "the U.S. Department of Agriculture has a say in all of it, as {said}",
        "Q: Which book would you take to the island?\nA: A book about bees and wax, as ever.",
        "- Elections\n- Climate",
        "Would read again.",
        "20:00\nNews of the week in the hives\n\n40:00\nGoodbye and good night\n\n55:{number}\n{title}",
    ],
)
def test_what_may_be_the_same_by_chance_stays(line: str) -> None:
    """Facts with other numbers, abbreviations, questions and answers, short lines, times above their titles."""
    texts = series(f"# {{title}}\n\n{{said}}\n\n{line}\n")
    assert words(read(*texts).summary) == words(read(texts[0]).summary)
    assert read(*texts).summary.topics == read(texts[0]).summary.topics


def test_a_part_that_others_have_not_is_no_title() -> None:
    """Below the name of a daily show stand its topics."""
    days = [
        f"# The Daily Brief\n\n## {t}\n\n{s}\n\n## More on it\n\n{s}\n"
        for t, s in zip("ABCD", (BEES, *OTHERS), strict=True)
    ]
    days = [day.replace("More on it", f"More {n}") for n, day in enumerate(days)]
    assert [one.title for one in read(*days).summary.topics] == ["A", "More 0"]


def test_a_heading_that_is_a_sentence_of_the_site_goes_without_what_it_heads() -> None:
    """A name of a part stays, however many have it."""
    text = (
        "# {title}\n\nOf hive {number}.\n\n## Seht die Aufnahme dieser Folge auf unserem Kanal an\n\n{said}\n\n"
        "## Was bleibt\n\n{said}\n"
    )
    topics = read(*series(text)).summary.topics
    assert [(one.title, one.passages[0].text) for one in topics] == [("", BEES), ("Was bleibt", BEES)]


def test_an_episode_that_others_mention_keeps_its_title() -> None:
    """In their lists of related or recent episodes."""
    mine, *rest = series("# {title}\n\n{said}\n")
    rest = [f"{one}\n## Recent\n\n- How bees choose\n- Something else\n" for one in rest]
    assert read(mine, *rest).summary.title == "How bees choose"


def test_parts_of_one_story_share_what_it_is_about() -> None:
    """Three parts among many episodes; documents of one guid are one episode; what is all shared is all there is."""
    story = "The queen left in May and never came back, and this is her story in three parts."
    parts_of_it = [f"# The queen, part {n}\n\n{story}\n\nPart {n} is of {one}\n" for n, one in enumerate(OTHERS)]
    other = series("# {title}\n\n{said}\n")
    assert story in (read(*parts_of_it, *other[1:]).summary.abstract or "")
    same = series("---\nguid: bees-at-home-12\n---\n# {title}\n\n{said}\n\n" + story + "\n")
    assert story in (read(*same).summary.abstract or "")
    alike = [f"# {title}\n\n{story}\n" for title in ("One bee", "Two bees", "Three bees", "Four")]
    assert read(*alike).summary.abstract == story
