"""Pages of sites, note apps and models that nobody here had seen: each shape was found in one and is many's."""

from __future__ import annotations

import pytest

from enricher.errors import SummaryError
from enricher.model.summary import Summary, parts
from enricher.summaries.document import Document, read_document
from tests.summaries.written import BEES, SWARM, read, texts

DANCE = "Scouts dance longer for better sites."
LIST = "00:00:00 Opening\n00:05:12 The dance\n00:21:40 The quorum\n"
TIMES = [("Opening", 0), ("The dance", 312), ("The quorum", 1300)]


def timed(summary: Summary) -> list[tuple[str, float | None]]:
    """Return the topics with their times."""
    return [(part.text, part.start) for part in parts(summary) if part.kind == "topic"]


def printed(summary: Summary) -> str:
    """Return all that is said."""
    return "\n".join((summary.abstract or "", *(part.text for part in parts(summary))))


# Headings and lists


@pytest.mark.parametrize(
    "line", ["**1. {}**\n\n{}", "**{}:**\n- {}", "***{}***\n\n{}", "**{}**:\n\n{}", "<b>{}</b>\n\n{}"]
)
def test_a_bold_line_is_a_heading_however_it_is_set(line: str) -> None:
    """Numbered, with a colon, right above a list."""
    body = "\n\n".join(line.format(title, DANCE) for title in ("The dance", "The quorum", "The swarm"))
    summary = read(f"# {BEES}\n\n{SWARM}\n\n{body}\n")
    assert [title.removeprefix("1. ") for title, _ in timed(summary)] == ["The dance", "The quorum", "The swarm"]
    assert (summary.abstract, texts(summary)) == (SWARM, [DANCE] * 3)


@pytest.mark.parametrize(
    "body",
    [
        f"```\n{LIST}```\n",
        f"```text\n{LIST}```\n",
        "\n".join(
            f"- [{title}](https://overcast.fm/+AbC/{at})"
            for at, title in (("0:00", "Opening"), ("5:12", "The dance"), ("21:40", "The quorum"))
        ),
        "- **00.00** Opening\n- **05.12** The dance\n- **21.40** The quorum\n- **48.44** Closing\n",
    ],
)
def test_a_list_of_times_is_read_wherever_it_stands(body: str) -> None:
    """In code, where models write it; behind links of Overcast, in paths; with points for colons."""
    assert timed(read(f"# {BEES}\n\n{SWARM}\n\n{body}\n"))[:3] == TIMES


@pytest.mark.parametrize(
    "prices",
    [
        "- 04.50 Honey\n- 12.30 Wax\n- 18.00 A hive\n- 20.10 Bees\n",
        "- 00.10 A\n- 00.05 B\n",
        "- 00.00 Preface\n- 01.01 Bees\n- 01.02 Wasps\n- 02.01 Ants\n",
        "$00.00 Free\n$10.05 Basic\n$20.00 Pro\n$30.00 All\n",
    ],
)
def test_numbers_with_points_are_no_times(prices: str) -> None:
    """Prices do not begin at nothing."""
    assert not any(start is not None for _, start in timed(read(f"# {BEES}\n\n{SWARM}\n\n{prices}")))


@pytest.mark.parametrize("name", ["12.txt", "12.md"])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_what_stands_below_a_title_with_its_time_is_its_text(name: str, gap: str) -> None:
    """One paragraph to a topic, or all of them in one."""
    body = gap.join(
        f"[{at}] {title}\n{DANCE}"
        for at, title in (("00:00", "Opening"), ("05:12", "The dance"), ("21:40", "The quorum"))
    )
    summary = read(f"# {BEES}\n\n{SWARM}\n\n{body}\n" if name == "12.md" else f"{BEES}\n\n{SWARM}\n\n{body}\n", name)
    assert (timed(summary), texts(summary)) == (TIMES, [DANCE] * 3)


def test_clips_with_a_text_below_are_topics() -> None:
    """Their length behind the time is no title; what is set off by a star is no word of it."""
    clips = "".join(
        f"#### ⭐ {title}\n*{at} · 1m 27s*\n\n{DANCE}\n\n"
        for at, title in (("00:05:12 → 00:06:39", "The dance"), ("00:21:40 → 00:23:07", "The quorum"))
    )
    summary = read(f"# {BEES}\n\n> **Field Notes** · May 2, 2024 · 1 hr 20 min\n\n## Clips\n\n{clips}")
    assert (timed(summary), texts(summary), str(summary.published)) == (TIMES[1:], [DANCE] * 2, "2024-05-02")


def test_the_summary_of_each_topic_stays_with_it() -> None:
    """So Snipd's template has it, with a link to play each."""
    play = "[🎧 Play snip - 1min️ (05:12 - 06:02)](https://share.snipd.com/snip/1)"
    snip = f"### [{{}}] {{}}\n\n{play}\n\n#### ✨ Summary\n{{}}\n\n"
    body = "".join(snip.format(at, title, DANCE) for at, title in (("05:12", "The dance"), ("21:40", "The quorum")))
    summary = read(
        f"# {BEES}\n\n{SWARM}\n\n## Snips\n\n{body}\n*Created with [Snipd](https://www.snipd.com) | Notes*\n"
    )
    assert timed(summary) == TIMES[1:]
    assert "nip" not in printed(summary)


def test_a_link_over_two_lines_is_one() -> None:
    """A wrapped title is no two entries."""
    entry = "* Scouts write of [the dance\n  of the others](https://bees.example/) again.\n"
    summary = read(f"# {BEES}\n\n{SWARM}\n\n## The dance\n\n{entry}")
    assert texts(summary) == ["Scouts write of the dance of the others again."]


def test_an_entry_stays_whose_entries_are_addresses() -> None:
    """The addresses go."""
    body = "".join(
        f"- {name} is learnt this year\n  - https://bees.example/{name}\n" for name in ("Dancing", "Waxing", "Flying")
    )
    assert texts(read(f"# {BEES}\n\n{SWARM}\n\n## Plans\n\n{body}")) == [
        f"{name} is learnt this year" for name in ("Dancing", "Waxing", "Flying")
    ]


# Heads


def test_rows_of_a_table_may_be_metadata() -> None:
    """Whoever presents it is not said."""
    rows = "| | |\n|---|---|\n| Released | 14 March 2024 |\n| Runtime | 48:20 Min. |\n| Presenter | Bo Ek |\n"
    summary = read(f"# {BEES}\n\n{rows}\n{SWARM}\n")
    assert (summary.abstract, str(summary.published), summary.duration) == (SWARM, "2024-03-14", 2900)


@pytest.mark.parametrize(
    "line",
    [
        "This entry was posted on Thursday, May 2nd, 2024 at 12:19 pm and is filed under Podcast.",
        "Recorded 2024-03-19. Published 2024-05-02.",
        "Veröffentlicht am 2. Mai 2024 von Ann",
        "2 May, 2024 / Podcast",
        "Vom 2. Mai 2024",
    ],
)
def test_a_line_that_says_when_is_no_text(line: str) -> None:
    """Beside whatever else it says."""
    summary = read(f"<h1>{BEES}</h1><p>{line}</p><p>{SWARM}</p>", "12.html")
    assert (str(summary.published), summary.abstract) == ("2024-05-02", SWARM)


def test_the_day_at_the_end_of_a_title_may_go() -> None:
    """It stays one of the titles."""
    summary = read(f"Field Notes #44 | May 2, 2024\n\n{SWARM}\n", "44.txt")
    assert (summary.title, summary.titles) == ("Field Notes #44 | May 2, 2024", ("Field Notes #44",))


@pytest.mark.parametrize(
    ("name", "title", "number"),
    [
        ("044 - How bees choose a home.md", BEES, 44),
        ("How bees choose a home.chapters.md", BEES, None),
        ("Swarms.chapters.md", "Swarms", None),
        ("7 habits of bees.md", "7 habits of bees", None),
        ("10 - Things I learned.md", "Things I learned", None),
        ("2001 - A Space Odyssey.md", "2001 A Space Odyssey", None),
    ],
)
def test_the_name_of_a_file_says_number_and_title(name: str, title: str, number: int | None) -> None:
    """And what kind of file it is."""
    summary = read(f"# Summary\n\n{SWARM}\n\n# Chapters\n\n{LIST}", name)
    assert (summary.title, summary.number) == (title, number)


@pytest.mark.parametrize(
    "at", ["### 2024-05-{} – Field Notes: {}\n\n{}", "## {1}\n\nField Notes · May {0}, 2024 · 1:20:00\n\n{2}"]
)
def test_a_log_of_episodes_is_several(at: str) -> None:
    """Each under its own day; a history of days is one."""
    with pytest.raises(SummaryError, match="several episodes"):
        read(
            "# Listening log\n\n" + "\n\n".join(at.format(day, f"Bees {day}", SWARM) for day in ("02", "09")), "log.md"
        )
    raids = "\n\n".join(f"## The raid: May {day}, 1924\n\n{SWARM}" for day in (2, 9))
    assert len(read(f"# {BEES}\n\n{raids}\n").topics) == 2


# For nobody else


@pytest.mark.parametrize(
    "heading",
    [
        "Privat",
        "Journal",
        "How this applies to me",
        "My open questions",
        "Why I listened",
        "Todo",
        "Notas personales",
        "Ma réflexion",
        "Persönlich",
        "Impressum",
        "Síguenos",
        "フォロー",
    ],
)
def test_what_is_the_note_takers_or_the_sites_is_not_printed(heading: str) -> None:
    """In several languages."""
    found = read_document(
        "12.md", f"# {BEES}\n\n{SWARM}\n\n## The dance\n\n{DANCE}\n\n## {heading}\n\n- Tell Ann of it.\n".encode()
    )
    assert texts(found.summary) == [DANCE]
    assert found.left_out


@pytest.mark.parametrize(
    "line",
    [
        "Werbung: Honig von Ann, Code BEES.",
        "Support for Hive Notes is provided by the Smith Foundation.",
        "Be sure to follow us wherever you get your podcasts.",
        "Twitch: twitch.tv/hive",
        "Fateci sapere cosa ne pensate!",
        "1.204 Aufrufe · vor 2 Wochen",
    ],
)
def test_lines_of_the_site_are_not_printed(line: str) -> None:
    """Sponsors, ways to follow, counts."""
    assert read(f"# {BEES}\n\n{line}\n\n{SWARM}\n").abstract == SWARM


def test_numbers_and_words_of_the_text_stay() -> None:
    """A number is no tag, a count in a sentence is content, and a club is no guest."""
    said = "They began it 8 years ago."
    summary = read(
        f"# Book Club: The Bees\n\n{SWARM}\n\n## The dance\n\n- Squad #4\n- {said}\n- describes the dance.\n"
    )
    assert texts(summary) == ["Squad #4", said, "describes the dance."]


# Web pages


def page(body: str, head: str = "") -> Summary:
    """Read a web page."""
    return read(f"<html><head>{head}</head><body>{body}</body></html>", "12/index.html")


@pytest.mark.parametrize(
    "when",
    [
        '<p>by Ann <time class="entry-date" datetime="2024-05-02T10:00:00+02:00">last week</time></p>',
        '<time datetime="2024-05-02">neulich</time>',
        '<p class="postmetadata">Posted on Thursday, May 2nd, 2024 at 12:19 pm</p>',
    ],
)
def test_a_page_says_when_in_its_markup(when: str) -> None:
    """Other pages that it names have times as well."""
    aside = '<div class="nav-links"><time datetime="2024-04-25">25</time></div>'
    assert str(page(f"<h1>{BEES}</h1>{when}<p>{SWARM}</p>{aside}").published) == "2024-05-02"


def test_the_address_of_a_page_makes_others_whole() -> None:
    """Open Graph has it, where the page's own audio is relative."""
    head = '<meta property="og:url" content="https://hive.example/12/">'
    summary = page(f'<h1>{BEES}</h1><audio src="../audio/12.mp3"></audio><p>{SWARM}</p>', head)
    assert (summary.source.url, summary.identities) == (
        "https://hive.example/12/",
        ("https://hive.example/audio/12.mp3",),
    )


@pytest.mark.parametrize(
    "body",
    [
        f'<h1>Field Notes</h1><h1 class="entry-title">{BEES}</h1><p>{SWARM}</p>',
        f"<p>Episode 12</p><h2>{BEES}</h2><p>{SWARM}</p>",
        f"<h2>{BEES}</h2><p>May 2, 2024</p><p>{SWARM}</p>",
        f'<p><a href="/">&lt; Zurück</a></p><h3>{BEES}</h3><p>{SWARM}</p>',
    ],
)
def test_the_title_of_a_page_is_not_its_sites(body: str) -> None:
    """Though the head of the page names that alone."""
    assert page(body, "<title>Field Notes | The podcast of bees</title>").title == BEES


@pytest.mark.parametrize(
    "body",
    [
        "<h2 id='navigation-by-the-sun'>Navigation</h2><p>{0}</p><h2 id='what-comes-next'>Next</h2><p>{0}</p>",
        "<section id='navigation-by-the-sun' class='level2'><h2>By the sun</h2><p>{0}</p></section>",
        "<div class='elementor-widget elementor-widget-text-editor'><p>{0}</p></div>",
        "<div class='tab-pane' id='nav-queens'><p>{0}</p></div>",
        "<div class='post category-social-insects tag-navigation'><p>{0}</p></div><script>" + "x" * 4000 + "</script>",
    ],
)
def test_what_only_sounds_like_a_site_is_content(body: str) -> None:
    """Ids that are made of headings, classes of page builders, tags and tabs."""
    assert DANCE in printed(page(f"<h1>{BEES}</h1><p>{SWARM}</p>{body.format(DANCE)}"))


@pytest.mark.parametrize(
    "line",
    [
        "Journal: why writing helps",
        "Vor 100 Jahren in Berlin",
        "Let us know no more of death, said the poet.",
        "Support for Ukraine was provided by the bees.",
        "The show was hosted by a queen who never left the hive, and by all of her many daughters.",
        "It is the language named F #sharp",
        "The gardens are of [the cave](https://quran.com/18:32), says Ann.",
    ],
)
def test_sentences_with_words_of_a_site_are_content(line: str) -> None:
    """Each was dropped or cut once."""
    summary = read(f"# {BEES}\n\n{SWARM}\n\n## The dance\n\n- {line}\n- {DANCE}\n")
    assert texts(summary) == [line.replace("[", "").replace("](https://quran.com/18:32)", ""), DANCE]
    assert not any(part.start for part in parts(summary))


def test_entries_of_a_topic_are_no_metadata() -> None:
    """They may begin with a word that names a part of a page."""
    said = ["Discussion: how bees dance.", "Timeline: it takes three days.", "Introduction: Ann welcomes Bo."]
    notes = "".join(f"- {one}\n" for one in said)
    assert (
        texts(
            read(
                f"# {BEES}\n\n{SWARM}\n\n- Podcast: Field Notes\n- Datum: 2024-05-02\n\n## A\n\n{DANCE}\n\n{DANCE}\n\n"
                f"{DANCE}\n\n{DANCE}\n\n{DANCE}\n\n{DANCE}\n\n{DANCE}\n\n## The dance\n\n{notes}"
            )
        )[-3:]
        == said
    )


def test_what_stands_around_a_post_is_none_of_it() -> None:
    """Told by the words of classes and ids, and never most of a page."""
    around = (
        "".join(
            f'<div class="{name}"><p>Wasps are not bees, says {name}.</p></div>'
            for name in ("post-navigation", "commentlist", "powerpress_links", "post-sidebar-2", "post_nav", "up-next")
        )
        + '<div id="disqus_thread"><p>Nobody here.</p></div>'
    )
    inside = f'<div class="has-sidebar"><h1>{BEES}</h1><p>{SWARM}</p><p>{DANCE} {DANCE} {DANCE}</p></div>'
    assert "asps" not in printed(page(inside + around))
    assert SWARM in printed(page(f'<div class="content-nav-wrap"><h1>{BEES}</h1><p>{SWARM}</p></div>'))


def test_a_transcript_that_is_folded_away_is_none() -> None:
    """Its short lines are no headings."""
    spoken = "".join(f"<p>And welcome to line {n}</p>" for n in range(30))
    assert (
        printed(
            page(f"<h1>{BEES}</h1><p>{SWARM}</p><details><summary> Podcast Transcript </summary>{spoken}</details>")
        ).strip()
        == SWARM
    )


def test_how_long_other_videos_are_is_no_chapter() -> None:
    """Their times stand in links to them, above their titles."""
    cards = "".join(
        f'<div><a href="/w{n}"><span>1{n}:04</span><h3>Video {n}</h3></a><span>{n}.123 views</span></div>'
        for n in range(2, 6)
    )
    summary = page(f"<h1>{BEES}</h1><p>{SWARM}</p><div><h2>More videos</h2>{cards}</div>")
    assert not any(start is not None for _, start in timed(summary))


# Beside other documents


def test_paragraphs_of_a_quote_and_labels_may_be_shared() -> None:
    """What all documents of a folder say, in an introduction that is set off, or before a player."""
    blurb = "> The show of the hive and of all who live in it.\n>\n> {1}"
    written = f"# {{0}}\n\n{blurb}\n\nOf Episode {{2}} {{0}} there is a video on our channel too:\n\n{{1}}\n"
    documents = [
        Document(f"{n}.md", written.format(title, said, n).encode())
        for n, (title, said) in enumerate(
            [(BEES, SWARM), ("Wasps are not bees", "Wasps chew paper."), ("The ants of Rome", "Ants farm lice.")], 12
        )
    ]
    said = printed(documents[0].read([one.keys for one in documents[1:]]).summary)
    assert SWARM in said
    assert "hive" not in said
    assert "channel" not in said


def test_a_blurb_with_the_day_in_it_is_shared() -> None:
    """Written in whatever way."""
    blurb = "description: Episode of {} 05 2024 - a review of the hive, live."
    documents = [
        Document(
            f"{day}.md",
            f"---\ntitle: Bees {day}\ndate: 2024-05-{day}\n{blurb.format(day)}\n---\n\n{said}\n".encode(),
        )
        for day, said in (("02", SWARM), ("09", "Wasps chew paper."), ("16", "Ants farm lice."))
    ]
    assert documents[0].read([one.keys for one in documents[1:]]).summary.abstract == SWARM
