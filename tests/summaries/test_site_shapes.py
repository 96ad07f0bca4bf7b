"""What sites, their generators and scripts write around and into notes, as pages of 23 of them have it."""

from __future__ import annotations

import json

import pytest

from enricher.model.summary import Summary, parts
from enricher.summaries.document import read_document, read_summary

BEES = "How bees choose a home"
SWARM = "The swarm hangs on a branch and sends out scouts."


def read(text: str, name: str = "12.md") -> Summary:
    """Read a page that a test writes."""
    return read_summary(name, text.encode())


def texts(summary: Summary) -> list[str]:
    """Return what the topics say."""
    return [part.text for part in parts(summary) if part.kind in {"text", "quote"}]


def timed(summary: Summary) -> list[tuple[str, float | None]]:
    """Return the topics with their times."""
    return [(part.text, part.start) for part in parts(summary) if part.kind == "topic"]


# Metadata above the text


@pytest.mark.parametrize(
    "head",
    [
        '---\n{{\n  "title": "{t}",\n  "page": "{p}",\n  "audio": {{"url": "{a}"}},\n  "date": "2024-05-02"\n}}\n---\n',
        "title={t}\npage={p}\naudio.url={a}\naudio.length=91044526\ndate=2024-05-02\n----\n",
        "title: {t}\npage: {p}\naudio.url: {a}\ndate: 2024-05-02\n----\n",
        "export const meta = {{\ntitle: '{t}',\npage: '{p}',\naudio: '{a}',\ndate: '2024-05-02',\n}};\n\n",
    ],
)
def test_metadata_is_a_tree_however_it_is_set_off(head: str) -> None:
    """JSON between rules, properties of JBake, MultiMarkdown, an object of MDX."""
    page, audio = "https://bees.example/12", "https://bees.example/12.mp3"
    summary = read(head.format(t=BEES, p=page, a=audio) + f"\n{SWARM}\n")
    assert (summary.title, str(summary.published), summary.abstract) == (BEES, "2024-05-02", SWARM)
    assert {page, audio} <= {summary.audio, summary.link, *summary.identities}
    assert summary.duration is None


def test_what_mdx_adds_is_no_text() -> None:
    """Comments, which name parts for the site's tabs alone, and expressions."""
    summary = read(
        f"# {BEES}\n\n{{/* TAB: NOTES */}}\n\n{SWARM}\n\n{{/* LINKS */}}\n\n- [0:00:00] Opening\n"
        "- [0:05:12] The dance\n- [0:21:40] The quorum\n\n{/* cut this:\n\nnot for others */}\n\n{props.children}\n"
    )
    assert (summary.abstract, [start for _, start in timed(summary)]) == (SWARM, [0, 312, 1300])
    assert not texts(summary)


def test_headings_without_a_blank_are_headings() -> None:
    """As Markdown was before CommonMark; one sign is a tag. What is struck out is not said."""
    summary = read(f"# {BEES}\n\n{SWARM} #bees\n\n##The dance\nScouts ~~sleep~~ dance.\n\n#bees at the end\n")
    assert [title for title, _ in timed(summary)] == ["The dance"]
    assert texts(summary)[0] == "Scouts dance."


# Labels, links, addresses


def test_a_label_stands_with_what_it_leads_to() -> None:
    """And goes with it; a list of times stands apart."""
    summary = read(
        f"# {BEES}\n\n{SWARM}\n\n## The dance\n\nTwo things decide:\n\n- The angle of it.\n- The length of it.\n\n"
        "Listen here:\n\nhttps://bees.example/listen\n\n## Chapters\n\nAll of them:\n\n- 0:00 Opening\n- 5:12 The dance"
        "\n- 21:40 The quorum\n"
    )
    assert texts(summary) == ["Two things decide:", "The angle of it.", "The length of it."]


def test_of_a_list_of_links_what_says_something_stays() -> None:
    """Names of what they lead to say nothing without it; a list with a few links is no list of links."""
    links = "".join(f"- [Bee number {n}](https://bees.example/{n})\n" for n in range(4))
    told = "- [The dance](https://bees.example/dance), which tells the others where to fly\n"
    summary = read(f"# {BEES}\n\n{SWARM}\n\n## More of it\n\n{links}{told}")
    assert texts(summary) == ["The dance, which tells the others where to fly"]
    topics = "- Queens and their courts\n- Wax\n- [Honey](https://bees.example/honey)\n- Wasps of all kinds\n"
    assert len(texts(read(f"# {BEES}\n\n{SWARM}\n\n## Of what\n\n{topics}"))) == 4


def test_paragraphs_that_are_links_are_a_list_of_them() -> None:
    """Below one another; one above a list heads it."""
    links = "".join(f"[Bees in the news, number {n} of many](https://bees.example/{n})\n\n" for n in range(4))
    summary = read(f"# {BEES}\n\n{SWARM}\n\n{links}")
    assert (summary.abstract, summary.topics) == (SWARM, ())
    heads = "".join(
        f"**Ann #{n}:** [The bees of town {n}](https://bees.example/{n})\n\n- They fly in swarm {n}.\n\n"
        for n in range(3)
    )
    found = read(f"# {BEES}\n\n{SWARM}\n\n{heads}")
    assert "They fly in swarm 2." in str(found)
    assert "The bees of town 2" in str(found)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("The hive of the year opened in May https://bees.example/2024", "The hive of the year opened in May"),
        ("Ann Lee (https://ann.example) keeps bees in town.", "Ann Lee keeps bees in town."),
        ("Ann Lee https://ann.example and Bo Ek https://bo.example/x keep bees.", "Ann Lee and Bo Ek keep bees."),
        ("They vote with their feet. All of it stands on https://bees.example/all", "They vote with their feet."),
        ("Take the file http://bees.example/list and count the swarms.", ""),
        ("> They vote, as https://bees.example says, with all of their feet.\n> — Ann Lee", ""),
    ],
)
def test_addresses_beside_what_is_said(written: str, said: str) -> None:
    """They go where nothing is missing without them: in a sentence they are words of it, in a quote said."""
    summary = read(f"# {BEES}\n\n{SWARM}\n\n## The dance\n\n{written}\n")
    assert texts(summary) == [said or written.partition("\n")[0].removeprefix("> ")]


def test_a_sentence_with_a_mail_address_asks_for_mail() -> None:
    """In any language."""
    summary = read(
        f"# {BEES}\n\n{SWARM} Kirjoita meille: hive@bees.example heti. They dance.\n\n- Ann: ann@bees.example\n"
    )
    assert summary.abstract == f"{SWARM} They dance."


def test_numbers_that_lead_to_several_places_are_no_citations() -> None:
    """Each line counts its own links; a number that leads to one place may be one of the page's list."""
    line = "<li>{} <a href='https://bees.example/{}'>[1]</a> <a href='https://bees.example/{}'>[2]</a></li>"
    items = "".join(line.format(one, n, n + 9) for n, one in enumerate(("The dance of scouts", "The quorum they need")))
    page = "<h1>{}</h1><p>{}</p><h2>Of what</h2><ul>{}</ul>"
    assert texts(read(page.format(BEES, SWARM, items), "12.html")) == ["The dance of scouts", "The quorum they need"]
    once = f"<li>They dance <a href='https://bees.example/1'>[1]</a>.</li><li>{SWARM}</li>"
    assert texts(read(page.format(BEES, SWARM, once), "12.html"))[0] == "They dance [1]."


# Who, and of which show


def test_names_of_files_and_programs_name_nobody() -> None:
    """The audio's file is no show, the recogniser no author, a note's address the name of its person."""
    data: dict[str, object] = {"title": BEES, "description": SWARM, "podcast": "hive112.mp3", "source": "whisper"}
    data |= {"guests": ["[[people/ann-lee]]", "[Bo Ek](https://bo.example)", "ann-lee", "Unknown Guest"]}
    summary = read(json.dumps(data), "12.json")
    assert (summary.podcast, summary.audio, summary.source.name) == (None, "hive112.mp3", None)
    assert summary.people == ("Ann Lee", "Bo Ek")
    text = (
        f"# {BEES}\n\n[[people/ann-lee]] keeps [[bees/hive-mind|bees]].\n\n**Ideas:** [[a/b]] · [[a/c]] · [[a/d-e]]\n"
    )
    assert read(text).abstract == "Ann Lee keeps bees."


def test_the_speaker_of_a_work_and_a_quote_of_nothing() -> None:
    """Bootstrap's `<footer>Ann Lee in <cite>Bees</cite></footer>`."""
    said = "<blockquote><p>They vote.</p><footer>Ann Lee in <cite>Bees</cite></footer></blockquote>"
    summary = read(f"<h1>{BEES}</h1><p>{SWARM}</p><h2>Said</h2><p>{SWARM}</p>{said}", "12.html")
    assert [part.speaker for part in parts(summary) if part.kind == "quote"] in [["Ann Lee"], ["Bees"]]


def test_a_title_that_is_cut_or_says_nothing_is_not_the_only_one() -> None:
    """Scripts cut titles; "Episode 12" has a name in the first heading; a name may be missing behind a dash."""
    whole = "How a swarm of bees chooses its new home among the many that scouts have found"
    cut = read(f"---\ntitle: {whole[:70]}\n---\n# {whole}\n\n{SWARM}\n")
    assert cut.title == whole
    named = read(f'---\ntitle: "Episode 12"\n---\n### [{BEES}](https://bees.example/12.mp3)\n\n{SWARM}\n')
    assert {BEES, "Episode 12"} == {named.title, *named.titles}
    assert read(f"---\ntitle: {BEES} — \n---\n{SWARM}\n").title == BEES


# Abstracts, questions


def test_a_short_description_stands_before_what_the_text_says() -> None:
    """It says something else; what repeats the text or the title is said once."""
    assert (
        read(f"---\ntitle: {BEES}\ndescription: Scouts at work\n---\n{SWARM}\n").abstract == f"Scouts at work\n{SWARM}"
    )
    assert read(f"---\ntitle: {BEES}\ndescription: The swarm hangs\n---\n{SWARM}\n").abstract == SWARM


def test_questions_that_a_sentence_leads_to_are_part_of_what_it_says() -> None:
    """Below a topic; at the head of a page they are what the episode answers."""
    asked = "- How many frames?\n- How many queens?\n- How much honey?\n"
    below = read(f"# {BEES}\n\n{SWARM}\n\n## In spring\n\nThe keeper asks three things:\n\n{asked}")
    assert (len(below.questions), len(texts(below))) == (0, 4)
    above = read(f"# {BEES}\n\n{SWARM}\n\nWe ask:\n\n{asked}")
    assert len(above.questions) == 3


# Times


def test_about_a_time_is_a_time() -> None:
    """Models hedge: `(~03:00)`, `— on wax, ~39:53`."""
    summary = read(
        f'# {BEES}\n\n{SWARM}\n\n## Quotes\n\n- "They vote with their feet." — Ann Lee (~03:00)\n'
        '- "Wax is patience." — on wax, ~39:53\n- "Honey is time." — ~1:01:40\n'
    )
    quotes = [(part.text, part.speaker, part.start) for part in parts(summary) if part.kind == "quote"]
    assert quotes == [
        ("They vote with their feet.", "Ann Lee", 180),
        ("Wax is patience.", None, 2393),
        ("Honey is time.", None, 3700),
    ]


def test_a_time_alone_above_a_heading_is_of_it() -> None:
    """With the number of its card or without; one below a heading is of that one."""
    card = "<article><p><span>0{}</span> <span>{}</span></p><h3>{}</h3><p>{}</p></article>"
    marks = (("00:00:00 – 00:05:12", "Opening"), ("00:05:12 – 00:21:40", "The dance"), ("00:21:40 – 00:40:00", "Wax"))
    cards = "".join(card.format(n, span, title, SWARM) for n, (span, title) in enumerate(marks, 1))
    summary = read(f"<h1>{BEES}</h1><p>{SWARM}</p><h2>Parts</h2>{cards}", "12.html")
    assert [one for one in timed(summary) if one[1] is not None] == [("Opening", 0), ("The dance", 312), ("Wax", 1300)]
    below = read(f"# {BEES}\n\n{SWARM}\n\n## Opening\n\n0:00\n\n{SWARM}\n\n## The dance\n\n5:12\n\n{SWARM}\n")
    assert timed(below) == [("Opening", 0), ("The dance", 312)]


def test_turns_with_times_are_no_chapters() -> None:
    """A transcript repeats the list as its headings, and has a time for each turn."""
    marks = "".join(f"- [00:{n:02}:00] Part {n} of it\n" for n in range(0, 50, 10))
    turns = "".join(
        f"## [00:{n:02}:05] Part {n} of it\n\n" + "".join(
            f"[00:{n + m:02}:{m:02}] {name}: Yes, the bees of hive {m} are what I would look at first of all.\n\n"
            for m, name in enumerate(("Ann", "Bo", "Ann", "Bo"), 1)
        )
        for n in range(0, 50, 10)
    )  # fmt: skip
    summary = read(f"---\ntitle: {BEES}\n---\n{SWARM}\n\n{marks}\n{turns}")
    assert [start for _, start in timed(summary) if start is not None] in (
        [n * 60.0 for n in range(0, 50, 10)],
        [n * 60.0 + 5 for n in range(0, 50, 10)],
    )
    assert not texts(summary)


def test_what_is_left_out_of_a_label_is_told() -> None:
    """A line that leads to nothing is named."""
    reading = read_document(
        "12.md", f"# {BEES}\n\n{SWARM}\n\n## More\n\nWhat we read:\n\n[x](https://x.example)\n".encode()
    )
    assert any(one.startswith("labels of nothing: “What we read:”") for one in reading.left_out)
