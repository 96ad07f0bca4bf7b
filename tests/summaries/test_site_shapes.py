"""What sites, their generators and scripts write around and into notes, as pages of 23 of them have it."""

from __future__ import annotations

import json

import pytest

from enricher.model.summary import Summary, parts
from enricher.summaries.document import Document, read_document
from tests.summaries.written import BEES, SWARM, read, texts


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
    said += "<blockquote><p>...</p></blockquote>"
    summary = read(f"<h1>{BEES}</h1><p>{SWARM}</p><h2>Said</h2><p>{SWARM}</p>{said}", "12.html")
    assert [(part.text, part.speaker) for part in parts(summary) if part.kind == "quote"] == [("They vote.", "Ann Lee")]


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


# What a reviewer found


@pytest.mark.parametrize("end", ["John 3:16", "Romans 8:28", "11:40", "Ann Lee, 1984"])
def test_what_stands_behind_a_dash_is_no_time(end: str) -> None:
    """Verses and clocks: only a comma or a tilde before it says that it was heard then."""
    summary = read(f"# {BEES}\n\n{SWARM}\n\n## Said\n\n{SWARM}\n\n> They leave the hive at dawn — {end}\n")
    assert [part.start for part in parts(summary) if part.kind == "quote"] == [None]


def test_a_time_that_ends_a_section_is_not_of_the_next() -> None:
    """Lengths stand there, too; on cards the first heading has one."""
    names = ("Bees", "Wasps", "Ants", "Moths")
    text = "".join(f"## {name}\n\n{SWARM}\n\n{n}:30\n\n" for n, name in enumerate(names, 12))
    assert [start for _, start in timed(read(f"# {BEES}\n\n{SWARM}\n\n{text}"))] != [None, 750, 810, 870]
    assert ("Wasps", 750) not in timed(read(f"# {BEES}\n\n{SWARM}\n\n{text}"))


def test_chapters_of_one_name_are_no_turns() -> None:
    """News come back in a list of many."""
    names = ("Opening", "News: Bees are dying in Leeds!", "The dance", "Question: Who is first?", "The quorum",
             "News: The queen is dead!", "Wax", "Question: Who is last?", "Honey", "Goodbye")  # fmt: skip
    text = "".join(f"- {n * 3}:00 {name}\n" for n, name in enumerate(names))
    assert [title for title, _ in timed(read(f"# {BEES}\n\n{SWARM}\n\n{text}"))] == list(names)


@pytest.mark.parametrize(
    ("said", "stays"),
    [
        ("안녕하세요~~오늘은 벌에 대해 이야기합니다~~재미있게 들어 주세요.", "오늘은 벌에 대해"),
        (
            "Ann and her students count every hive in Leeds for ten years, and half are gone, as told in https://x.y",
            "half are",
        ),
        (
            "- [Honeybee Democracy](https://b.example/1) by Tom Seeley\n- [Bees](https://b.example/2) by Bee Wilson\n",
            "by Tom",
        ),
        (
            "Ann tells how bees choose a home, why they vote, and on what it is:\n\n- 0:00 A\n- 5:00 B\n- 9:00 C",
            "why they vote",
        ),
    ],
)
def test_what_says_something_stays(said: str, stays: str) -> None:
    """Drawn out words, sentences that end with an address, books, an abstract that leads to the chapters."""
    assert stays in str(read(f"# {BEES}\n\n{SWARM}\n\n{said}\n"))


def test_names_of_shows_that_have_words_of_programs() -> None:
    """Whisper Nights is one, what is called no more than a podcast is none; an author may write his name small."""
    assert read(json.dumps({"title": BEES, "podcast": "Whisper Nights", "description": SWARM}), "1.json").podcast
    assert not read(json.dumps({"title": BEES, "series": "Podcast", "description": SWARM}), "1.json").podcast
    said = "<blockquote><p>They vote, all of them.</p><footer>danah boyd</footer></blockquote>"
    summary = read(f"<h1>{BEES}</h1><p>{SWARM}</p><h2>Said</h2><p>{SWARM}</p>{said}", "12.html")
    assert [part.speaker for part in parts(summary) if part.kind == "quote"] == ["danah boyd"]


# More of sites


def test_the_open_shownote_format() -> None:
    """Only what is tagged so is a chapter; times may be seconds since 1970."""
    text = (
        "HEADER\nPodcast: Hive Talk\nEpisode: hive-12\nShownoter: @ann\n/HEADER\n\n{0} Opening #c\n"
        "{1} A swarm <https://bees.example/> #t\n- of May #g\n{2} The dance #c #t\n{3} Wax #c\n"
    )
    for times in (
        ("00:00:00", "00:01:00", "00:05:12", "00:21:40"),
        tuple(str(1358966352 + n) for n in (0, 60, 312, 1300)),
    ):
        summary = read(text.format(*times), "hive12.osf.txt")
        assert timed(summary) == [("Opening", 0), ("The dance", 312), ("Wax", 1300)]
        assert (summary.podcast, texts(summary)) == ("Hive Talk", ["A swarm", "of May"])


def test_first_signs_that_are_words() -> None:
    """Pictures go; brackets, question marks and money are said."""
    heads = ("【精簡總結】", "¿Cómo eligen?", "$100 for a queen", ".NET for bees", "📚 What they read", "» The dance")
    text = "".join(f"## {one}\n\nOf {one} and of wax.\n\n" for one in heads)
    found = [title for title, _ in timed(read(f"# {BEES}\n\n{SWARM}\n\n{text}"))]
    assert found == [*heads[:4], "What they read", "The dance"]


def test_prose_behind_a_list_of_links_is_outside_of_it() -> None:
    """A site's page goes on below them; what is below a list of sponsors is theirs."""
    said = "Ann Lee joins the podcast today to tell how bees choose their home and how long that takes them."
    text = "## {}\n\n- [a](https://a.example)\n- [b](https://b.example)\n\n" + said
    assert said in str(read(f"# {BEES}\n\n{text.format('Links')}"))
    assert said not in str(read(f"# {BEES}\n\n{SWARM}\n\n{text.format('Sponsors')}"))


def test_turns_below_names_with_times_are_left_out() -> None:
    """As headings or as lines: few names that come back with rising times."""
    about = f"{SWARM} They dance for the place that they have found, and the others follow."
    for head in ("### {}  {}:{}0\n\n", "**{}** (0{}:{}0):\n"):
        heads = (head.format(("Ann", "Bo")[n % 2], n // 6, n % 6) for n in range(12))
        turns = "".join(f"{one}Yes, I do think so.\n\nAnd more.\n\n" for one in heads)
        for above in ("## Transcript\n\n", ""):
            found = read(f"# {BEES}\n\n{about}\n\n{above}{turns}")
            assert (found.abstract, found.topics) == (about, ())


@pytest.mark.parametrize("name", ["2024-05-02-bees/index.md", "2024/05/02/bees.html", "site/2024/05/02/bees.md"])
def test_the_day_of_a_post_may_be_in_its_path(name: str) -> None:
    """As Zola and WordPress lay them."""
    assert str(read(f"<h1>{BEES}</h1><p>{SWARM}</p>", name).published) == "2024-05-02"
    assert read(f"# {BEES}\n\n{SWARM}\n", "2010-10-083-bees.md").titles in ((), ("2010 10 083 bees",))


def test_several_guests_of_one_line() -> None:
    """With a word between them; what is no name stays as it is."""
    for written, names in (
        ("Ann Lee and Bo Ek", ("Ann Lee", "Bo Ek")),
        ("Ann Lee, Bo Ek und Cy Dee", ("Ann Lee", "Bo Ek", "Cy Dee")),
        ("Ann and Bo", ("Ann", "Bo")),
        ("Ann Lee, PhD", ("Ann Lee, PhD",)),
        ("Ann Lee and the bees", ("Ann Lee and the bees",)),
    ):
        assert read(json.dumps({"title": BEES, "guest": written, "description": SWARM}), "1.json").people == names


@pytest.mark.parametrize("name", ["12.md", "12.txt", "12.html"])
def test_lines_below_a_time_and_a_title_are_what_is_said_there(name: str) -> None:
    """As below videos: the title behind its time, then a line or two; wrapped titles are one."""
    lines = [
        f"00:00 Opening of the hive\n{SWARM}",
        "05:12 The dance\nScouts tell where they have been. Others follow them.",
        "21:40 The quorum\nThirty at one place decide for all.",
    ]
    text = "\n".join(lines)
    page = f"<h1>{BEES}</h1><p>{BEES}.</p><p>{text}</p>".replace("\n", "<br>")
    summary = read(
        page if name.endswith("html") else f"{'# ' * name.endswith('md')}{BEES}\n\n{BEES}.\n\n{text}\n", name
    )
    assert timed(summary) == [("Opening of the hive", 0), ("The dance", 312), ("The quorum", 1300)]
    assert [topic.passages[0].text for topic in summary.topics] == [one.partition("\n")[2] for one in lines]


# The last measurement


def test_values_of_generators_that_name_no_show() -> None:
    """A class of the menu, a table of the audio; an account is nobody's name."""
    assert read(json.dumps({"title": BEES, "podcast": "current-menu-item", "body": SWARM}), "1.json").podcast is None
    table = {"title": BEES, "link": "https://b.example/1.mp3", "duration": "10:00"}
    found = read(json.dumps({"podcast": table, "guests": ["danis2", "Ann Lee"], "description": SWARM}), "1.json")
    assert (found.podcast, found.title, found.people) == (None, BEES, ("Ann Lee",))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Join us on this discussion where we chat about bees and wax.", True),
        ("Join us as we talk to two scholars about their bees.", True),
        ("Join us on Slack and talk to two scholars about their bees.", False),
        ("Timestamps created with https://x.example by @ann", False),
        ("The Sh**t of the hive is what they call it.", True),
    ],
)
def test_invitations_and_tools(written: str, said: bool) -> None:
    """An invitation to listen is the abstract; one to a place elsewhere is nobody's content."""
    assert (written in str(read(f"# {BEES}\n\n{SWARM}\n\n{written}\n"))) is said


def test_metadata_that_is_nearly_right() -> None:
    """A key without a blank, an entity, a link that had a template's address, a guest's section."""
    text = "---\ntitle:Bees, Pt.1: a home\ndescription: The template&lt;auto&gt; of it all, said in a sentence.\n---\n"
    summary = read(f"{text}## Guest\n\nAnn Lee keeps bees on the roofs of Leeds.\n\n[Get it]({{{{ site.url }}}})\n")
    assert (summary.title, summary.abstract) == (
        "Bees, Pt.1: a home",
        "The template<auto> of it all, said in a sentence.",
    )
    assert texts(summary) == ["Ann Lee keeps bees on the roofs of Leeds."]


def test_times_of_bullets_that_are_no_list() -> None:
    """What is long says something without them; a player's line has the length of its file."""
    bullets = "".join(f"- {n}:30 - Of how the bees of hive number {n} came home\n" for n in (47, 12, 30, 8))
    summary = read(f"# {BEES}\n\n{SWARM}\n\n## Of what\n\n{bullets}\n00:53:53 (49.4 MB), Download, Mirror\n")
    assert texts(summary)[0] == "Of how the bees of hive number 47 came home"
    assert [start for _, start in timed(summary)] == [None]


def test_the_head_of_a_web_page_may_be_of_the_site() -> None:
    """What other pages of the folder do not say is of the episode."""
    page = (
        '<html><head><meta property="og:description" content="{}"></head><body><h1>{}</h1><h2>A</h2><p>{}</p><h2>B</h2>'
    )
    pages = [page.format(f"Of hive {n} and its bees", f"Hive {n}", f"Of bees in hive {n} alone.") for n in range(4)]
    pages = [f"{one}<p>Made by Wax and Honey of Leeds</p>" for one in pages]
    others = [Document(f"{n}.html", one.encode()).keys for n, one in enumerate(pages)]
    assert Document("0.html", pages[0].encode()).read(others[1:]).summary.abstract == "Of hive 0 and its bees"
    assert read(pages[0], "0.html").abstract is None
