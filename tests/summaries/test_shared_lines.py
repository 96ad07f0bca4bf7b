"""What documents of one folder share is left out: in any language, and nothing of one episode's own."""

from __future__ import annotations

import json

import pytest

from enricher.model.summary import Summary, parts
from enricher.summaries.document import Opened, Reading

BEES = "Scouts dance for the place that they have found."
OTHERS = ("Wasps build with paper that they chew.", "Ants farm lice and herd them.", "Moths hear bats and drop.")


def read(own: str, *others: str, end: str = ".md") -> Reading:
    """Read a document beside others of its folder."""
    said = [Opened(f"{i}{end}", text.encode()).said for i, text in enumerate(others, 2)]
    return Opened(f"1{end}", own.encode()).read(said)


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
        "Folge {number} wurde von Wachs & Co. möglich gemacht.",
        "- Muzička podloga: Zvuk Leta\n- Ko smo mi: Ana i Iva",
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
    said = [Opened(f"{i}.json", text.encode()).said for i, text in enumerate(data[1:])]
    assert Opened("How bees choose.json", data[0].encode()).read(said).summary.title == "How bees choose"


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
    """It leads to the show, or to its latest episode."""
    text = (
        "---\ntitle: {title}\nwebsite: https://bees.example/\naudio: https://bees.example/latest.mp3\n"
        "page: https://bees.example/{number}\n---\n{said}\n"
    )
    summary = read(*series(text)).summary
    assert (summary.audio, summary.link, summary.identities) == (None, None, ("https://bees.example/11",))


def test_our_own_form_says_what_it_says() -> None:
    """Nothing is taken from JSON of version 1, whatever the others say."""
    texts = [json.dumps({"version": 1, "title": f"Bees {n}", "abstract": BEES}) for n in "abcd"]
    assert words(read(*texts, end=".json").summary) == [BEES]
