"""Shapes of show notes that people and models write: each reads as its page obviously says."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from enricher.errors import SummaryError
from enricher.summaries.document import read_document, read_summary

if TYPE_CHECKING:
    from enricher.model.summary import Summary, Topic

HEAD = "# Ann Lee on bees\n\nAnn Lee tells how a swarm decides where to live, and what a keeper can learn from it.\n\n"


def read(body: str, name: str = "ann-lee-on-bees.md") -> Summary:
    """Read a document to its summary."""
    return read_summary(name, body.encode())


def said(topic: Topic) -> list[str]:
    """Give what stands in a topic."""
    return [one.text for one in topic.passages]


def test_a_wrapped_entry_of_a_list_is_one_sentence() -> None:
    """An editor's line break behind the last word that found place is none of the page's (Castálio, Oxide)."""
    long = (
        "A smoker, used by most keepers for calming bees on standard (British\n    National) hives and many other kinds"
    )
    summary = read(f"{HEAD}## Tools\n\n-   One hive tool for every keeper\n-   {long}\n")
    assert said(summary.topics[0]) == ["One hive tool for every keeper", " ".join(long.split())]


def test_a_title_above_its_text_in_an_entry_stays_a_title() -> None:
    """There was place for the next word: the line was ended on purpose."""
    text = "Swarms choose their home by dancing, and every scout repeats what she has seen with her own eyes."
    summary = read(f"{HEAD}## Topics\n\n- Swarming\n  {text}\n- Queens\n  {text[:40]}.\n")
    assert "Swarming" in str(summary.topics)
    assert text in str(summary.topics)
    assert "Swarming Swarms" not in str(summary.topics)


def test_what_stands_below_a_second_title_is_the_abstract() -> None:
    """The first heading is the video's title, which the front matter has too, the second the document's own."""
    body = "---\ntitle: Ann Lee on Bees | Hive Talk\n---\n\n# Ann Lee on Bees | Hive Talk\n\n- **Channel:** hivetalk\n"
    body += (
        "- **Published:** 2026-03-10\n\n# How swarms decide\n\nAnn Lee tells how it does.\n\n## Swarming\n\nBy dance.\n"
    )
    summary = read(body)
    assert (summary.abstract, [one.title for one in summary.topics]) == ("Ann Lee tells how it does.", ["Swarming"])
    assert "How swarms decide" in summary.titles


@pytest.mark.parametrize("line", ["**Field Notes** | 5. April 2026 | ~33 Min", "Field Notes • Apr 5, 2026 09:00 AM"])
def test_a_line_of_metadata_below_the_title_has_the_date(line: str) -> None:
    """It is left out of the notes, and not before its date was read."""
    summary = read(f"# EP025 — Control\n\n{line}\n\nWhat this week is about.\n")
    assert (str(summary.published), summary.abstract) == ("2026-04-05", "What this week is about.")


def test_one_date_under_an_unknown_name_is_the_episodes_two_are_nobodys() -> None:
    """When the notes were written may stand beside it."""
    head = "# Ann Lee on Bees\n\n**来源：** Hive Talk\n**原文：** Feb 13, 2026\n"
    assert read(f"{head}\n## 全集重点\n\n- 蜂群通过舞蹈选择新家。\n").published == dt.date(2026, 2, 13)
    assert read(f"{head}**纪要：** 2026-02-22\n\n## 全集重点\n\n- 蜂群通过舞蹈选择新家。\n").published is None


def test_one_of_several_headings_is_no_title_where_the_files_name_can_be_it() -> None:
    """Pages of rubynoname have no title; their first heading is "News"."""
    summary = read("## News\n\n* Keepers found a queen.\n\n## Talk\n\n* Bees dance.\n", "S05E03.md")
    assert (summary.title, [one.title for one in summary.topics]) == ("S05E03", ["News", "Talk"])


def test_an_address_is_a_title_of_last_resort_alone() -> None:
    """A model was given a video's address, and no title."""
    body = "https://video.example/watch?v=abc\n\nThis video tells how swarms decide.\n\n### Summary\n\n* Bees dance.\n"
    assert read(body).title == "ann lee on bees"
    assert read(body, "n8n.md").title == "https://video.example/watch?v=abc"
    assert "https://video.example/watch?v=abc" in read(body).identities


def test_a_video_file_is_audio_and_no_page() -> None:
    """Enclosures are videos too (vimcasts)."""
    body = "---\n:title: Bees at work\n:ogg:\n  :url: http://m.example/bees.ogv\n---\n\nOn bees.\n\nREADMORE\n\nMore.\n"
    summary = read(body)
    assert (summary.audio, summary.link, summary.abstract) == (
        "http://m.example/bees.ogv",
        None,
        "On bees.\nMore.",
    )


def test_values_that_many_documents_share_identify_nothing() -> None:
    """A guid may be short; a value under any other name must look like one."""
    table = 'title: Bees at work\nsize: "1"\nexplicit: "no"\nlayout_id: main\nplayer: kx7-2205-ab\n'
    assert read(f"---\n{table}---\n\nOn bees.\n").identities == ("kx7-2205-ab",)


def test_what_was_said_word_for_word_is_left_out_with_what_stands_between() -> None:
    """Some paragraphs of a transcript have times (The Podlets); those between them are the same people's."""
    turns = ("0:00:41.8] CC: Hi, everybody.", "0:00:57.9] DC: Hey.", "0:07:00.1] CC: So?", "0:20:01.0] DC: No.")
    spoken = "\n\nIt is something else totally.\n\n".join(f"[{turn}" for turn in turns)
    reading = read_document("bees.md", f"{HEAD}## Episode\n\n{spoken}".encode())
    assert not reading.summary.topics
    assert "what looks like a raw transcript" in str(reading.left_out)


def test_paragraphs_in_quotation_marks_are_quotes_and_titles_in_them_are_none() -> None:
    """Several in a row that end as sentences do; the titles of books do not."""
    summary = read(f"{HEAD}## Said\n\n「蜂は踊る。」\n\n「女王は支配しない。」\n")
    assert [(one.kind, one.text) for one in summary.topics[0].passages] == [
        ("quote", "蜂は踊る。"),
        ("quote", "女王は支配しない。"),
    ]
    books = read(
        f'{HEAD}## Books\n\n- "Honeybee Democracy" (Thomas Seeley)\n- "The Wisdom of the Hive" (Thomas Seeley)\n'
    )
    assert not any(one.kind == "quote" for one in books.topics[0].passages)


def test_a_topic_that_says_the_abstract_again_is_left_out() -> None:
    """Front matter and text may have the same sentence."""
    summary = read("---\ntitle: Bees\ndescription: How swarms decide.\n---\n\n## Episode\n\nHow swarms decide.\n")
    assert (summary.abstract, summary.topics) == ("How swarms decide.", ())


def test_one_snip_is_a_snip_by_its_link() -> None:
    """([Time 0:00:02](…)) says that it is one, though no other is there to tell."""
    snip = "- **How to set up**\n  - Ensure you have a hive.\n  - Press Y. ([Time 0:00:02](https://snips.example/1))\n"
    body = f"# Snip\n\n## Metadata\n- Author: [[Your uploads]]\n- Full Title: Ann Lee on Bees\n\n## Highlights\n{snip}"
    summary = read(body)
    assert "Time" not in str(summary.topics)
    assert [(one.title, one.start) for one in summary.topics[0].topics] == [("How to set up", 2.0)]
    assert summary.podcast is None


@pytest.mark.parametrize("title", ["This episode is brought to you by Hivebox", "Sponsored by Hivebox"])
def test_a_sponsors_entry_in_a_list_of_times_is_no_chapter(title: str) -> None:
    """However it is said."""
    times = f"00:00 Hello\n01:20 {title}\n02:30 How swarms decide\n16:10 What queens do\n"
    assert [one.start for one in read(f"{HEAD}{times}").topics] == [0, 150, 970]


def test_metadata_below_a_title_is_metadata_in_text_too() -> None:
    """A line by itself looks like a heading where nothing marks one."""
    summary = read(
        "Ann Lee on Bees\n\nPodcast: Hive Talk\n\nHow a swarm decides where to live.\n\nSwarming\n\nBy dance.\n",
        "a.txt",
    )
    assert (summary.podcast, summary.abstract) == ("Hive Talk", "How a swarm decides where to live.")


def test_the_name_of_a_product_is_no_guest() -> None:
    """No name of a person has a capital within, behind three small letters."""
    assert read("# OpenAI Dev Day: Assistants and agents\n\nExplains how they work.\n").people == ()
    assert read("# Sinéad McDonald: Assistants and agents\n\nExplains how they work.\n").people == ("Sinéad McDonald",)


TURNS = "\n\n".join(
    f"**{name}**: This is line {n} of what was said in the show." for n in range(9) for name in ("Bob Ray", "Ann Lee")
)


@pytest.mark.parametrize(
    "above",
    [HEAD, f"{HEAD}00:00 Hello\n02:30 How swarms decide\n16:10 What queens do\n\n", f"{HEAD}## The conversation\n\n"],
)
def test_notes_above_a_transcript_are_read_and_it_is_left_out(above: str) -> None:
    """Sites print what was said below their notes, with a heading that says so or without one."""
    reading = read_document(
        "bees.md", f"{above}{TURNS}\n\n## Key takeaways\n\n- Scouts repeat what they have seen.\n".encode()
    )
    assert reading.summary.abstract is not None
    assert "This is line" not in str(reading.summary)
    assert "what looks like a raw transcript" in str(reading.left_out)
    assert "Scouts repeat" in str(reading.summary.topics)
    assert sum(one.start is not None for one in reading.summary.topics) == above.count(":")


def test_a_transcript_alone_is_refused() -> None:
    """With a title, and no more."""
    with pytest.raises(SummaryError, match="is a transcript"):
        read(f"# Ann Lee on bees\n\n{TURNS}\n")


def test_prose_between_shortcodes_stays_and_data_goes() -> None:
    """Hugo renders what stands in `{{% %}}`, and notices hold sentences."""
    prose = "Ann Lee tells how a swarm decides where to live, and what a keeper can learn from it."
    for opening, closing in (("{{% image %}}", "{{% /image %}}"), ('{{< notice type="x" >}}', "{{< /notice >}}")):
        assert read(f"# Ann Lee on bees\n\n{opening}\n{prose}\n{closing}\n").abstract == prose


def test_the_head_of_a_table_is_none_of_its_rows() -> None:
    """Short rows are content; the names of columns are not."""
    summary = read(f"{HEAD}## Words\n\n| Word | Meaning |\n|---|---|\n| Quorum | Thirty bees |\n| Swarm | A colony |\n")
    assert "Quorum" in str(summary.topics)
    assert "Meaning" not in str(summary.topics)


def test_a_list_of_links_goes_as_a_whole_with_its_label() -> None:
    """A title that asks is no question; "Listen on" says nothing without what it leads to."""
    links = "".join(
        f"- [{title}](https://x.example/{n})\n" for n, title in enumerate(("Why care?", "On wax", "On honey"))
    )
    summary = read(f"{HEAD}Listen to the episode on\n\n{links}")
    assert (summary.topics, summary.questions, summary.abstract) == ((), (), HEAD.splitlines()[2])


def test_links_below_several_topics_are_what_the_episode_is_about() -> None:
    """News shows list what they talked about, each with its source (Binärgewitter)."""
    parts = "".join(
        f"## {name}\n\n- [{name} fly](https://x.example/1)\n- [{name} rest](https://x.example/2)\n\n"
        for name in ("Bees", "Wasps", "Ants")
    )
    assert [said(one) for one in read(f"{HEAD}{parts}").topics] == [
        [f"{name} fly", f"{name} rest"] for name in ("Bees", "Wasps", "Ants")
    ]


def test_one_link_into_a_video_dates_nothing() -> None:
    """A reading list is somebody else's."""
    summary = read(
        f"{HEAD}## Reading\n\n- [How bees work](https://video.example/watch?v=1#t=9m42s) is worth it for all of us.\n"
    )
    assert all(one.start is None for one in summary.topics)


def test_times_within_sentences_are_no_chapters() -> None:
    """Models say where each thing was said, several times in a line; the time of a bold lead is its entry's."""
    cited = (
        "Scouts agree less often than people think (25:00-25:06), which this talk is meant to change soon (4:46-4:52)."
    )
    entries = "".join(
        f"- **{title} ({time}):** {cited}\n"
        for title, time in (("The crux", "2:05"), ("The dance", "9:39"), ("The quorum", "21:16"))
    )
    assert [one.start for one in read(f"{HEAD}## Points\n\n- {cited}\n- {cited}\n- {cited}\n").topics] == [None]
    timed = read(f"{HEAD}{entries}").topics
    assert [(one.title, one.start) for one in timed] == [("The crux", 125), ("The dance", 579), ("The quorum", 1276)]


def test_a_chapter_that_goes_on_with_a_sentence_has_a_title_and_a_text() -> None:
    """As models write them; a title with a subtitle stays whole."""
    lines = [
        ("00:08", "Opening", "What this show is about, and who is there today."),
        ("01:34", "The dance", "Scouts repeat what they have seen at length."),
        ("10:51", "The quorum", "Thirty scouts at one place decide for all others."),
    ]
    topics = read(HEAD + "\n".join(f"{time} {title} — {text}" for time, title, text in lines) + "\n").topics
    assert [(one.title, said(one)) for one in topics] == [(title, [text]) for _, title, text in lines]


def test_nothing_below_a_list_of_chapters_is_of_the_last_one() -> None:
    """Descriptions made for video sites end with addresses."""
    times = "00:00 Hello\n02:30 How swarms decide\n16:10 What queens do\n\n"
    summary = read(
        f"{HEAD}{times}Сайт - https://x.example/\nTelegram - t.me/x\n\nСлушайте: iTunes, YouTube, RSS\n\n"
        "Ann Lee has kept bees for eleven years now.\n"
    )
    assert said(summary.topics[2]) == []
    assert "x.example" not in str(summary.topics)
    assert "iTunes" not in str(summary.topics)


def test_metadata_below_a_heading_is_metadata_in_any_language() -> None:
    """Labels nobody knows, with a date and addresses."""
    info = "## 기본\n\n- 프로그램: 손에\n- 올린 날: 2026-05-25\n- 어디: https://show.example/12\n- 들은 곳: https://cdn.example/12.mp3\n\n"
    summary = read(f"# Ann Lee on bees\n\n{info}## Swarms\n\nSwarms choose by dancing.\n")
    assert (str(summary.published), summary.audio) == ("2026-05-25", "https://cdn.example/12.mp3")
    assert [one.title for one in summary.topics] == ["Swarms"]


def test_sentences_for_nobody_are_left_out_of_a_paragraph() -> None:
    """The rest of it stays."""
    text = "Today's concept covers swarms. Feel free to reach out to us on our channels. Keepers can learn from them."
    assert (
        read(f"# Ann Lee on bees\n\n{text}\n").abstract == "Today's concept covers swarms. Keepers can learn from them."
    )


def test_the_article_of_a_page_whose_header_has_the_sites_name() -> None:
    """Built pages have it as h1, the episode's title as h2, and its player beside."""
    head = '<header><h1><a href="/">Hive Talk</a></h1><p>Hive Talk is a podcast for keepers.</p></header>'
    body = '<article><h2>Episode 1: Ann Lee on bees</h2><p>How swarms decide.</p><audio src="https://cdn.example/1.mp3"></audio></article>'
    page = f"<html><head><title>Hive Talk</title></head><body>{head}{body}</body></html>"
    summary = read(page, "index.html")
    assert (summary.title, summary.abstract) == ("Episode 1: Ann Lee on bees", "How swarms decide.")
    assert summary.identities == ("https://cdn.example/1.mp3",)  # it may be the latest episode's


def test_a_page_without_a_heading_is_called_what_its_head_says() -> None:
    """Its first line may be a button's label."""
    page = '<html><head><meta property="og:title" content="Ann Lee on bees">'
    page += '<meta itemprop="datePublished" content="2019-04-21">'
    summary = read(
        f"{page}</head><body><p>Available on</p><p>How swarms decide where to live.</p></body></html>", "index.html"
    )
    assert (summary.title, str(summary.published)) == ("Ann Lee on bees", "2019-04-21")


def test_a_download_in_the_text_may_identify_the_item() -> None:
    """Where there is one alone."""
    one = "[MP3](https://cdn.example/12.mp3)"
    assert read(f"{HEAD}Download: {one}\n").identities == ("https://cdn.example/12.mp3",)
    assert read(f"{HEAD}Download: {one} [before](https://cdn.example/11.mp3)\n").identities == ()


def test_a_comment_on_a_quotation_is_not_said_in_it() -> None:
    """When it was said, and what somebody thinks of it, stand below it."""
    quote = '> "Scouts vote with their feet."\n>\n> — [3:06](https://x.example/?t=186) · *The premise of the talk.*\n'
    passage = read(f"{HEAD}## Quotes\n\n{quote}").topics[0].passages[0]
    assert (passage.text, passage.start) == ("Scouts vote with their feet.", 186)


def test_navigation_of_a_vault_is_left_out() -> None:
    """Lists of nothing but links to notes; a picture is no word."""
    lists = "## Mentioned\n\n- [[wiki/people/ann-lee]]\n- [[wiki/people/bob]]\n- [[wiki/places/hive]]\n\n"
    summary = read(f"{HEAD}{lists}## Swarms\n\nSee [[wiki/notes/the dance]] ![[bees.png]] for more.\n")
    assert [(one.title, said(one)) for one in summary.topics] == [("Swarms", ["See the dance for more."])]


def test_bare_chapters_are_a_document_under_a_good_name() -> None:
    """Short lines, each like a heading, are no card of an app's."""
    summary = read("00:00 Intro\n01:59 Bees\n09:59 The logo\n41:51 Erratum\n", "ann lee on bees.txt")
    assert [one.start for one in summary.topics] == [0, 119, 599, 2511]


def test_clips_that_snipd_shares_have_titles_and_no_transcript() -> None:
    """A title in bold is set off as a quotation is, and "Transcript:" stands above what was said."""
    clips = "".join(
        f"> **{title}**\n\n- Bees {title.lower()} in spring.\n\nTranscript:\nBob Ray\nSo?\n\nAnn Lee\nThey do.\n\n"
        for title in ("Dance", "Vote", "Swarm")
    )
    summary = read(f"# Ann Lee on bees\n\n{clips}")
    assert [(one.title, said(one)) for one in summary.topics] == [
        (title, [f"Bees {title.lower()} in spring."]) for title in ("Dance", "Vote", "Swarm")
    ]


def test_a_list_of_times_that_runs_on_need_not_begin_at_0() -> None:
    """Descriptions that lost their line breaks; six times that ascend are no accident."""
    times = (
        "03:00 The scouts 04:53 The dance 09:47 The quorum 17:11 The queen 26:49 The wax 1:41:33 The end 📝 And more."
    )
    assert [one.start for one in read(f"{HEAD}{times}\n").topics] == [180, 293, 587, 1031, 1609, 6093]
    assert read(f"{HEAD}{times}\n").topics[-1].title == "The end"
    data = f'{{"title": "Bees at work", "summary": "On bees, what they do and why.", "description": "We met. {times}"}}'
    assert [one.start for one in read(data, "12.json").topics] == [180, 293, 587, 1031, 1609, 6093]


def test_labels_that_come_back_are_no_speakers_and_their_times_are_the_headings() -> None:
    """What models conclude: "What:", "Source: [00:02:32]", "Why:", below each heading."""
    parts = "".join(
        f"### {n}. Do {word}\n\n**What:** Do it {word}.\n\n**How:** By hand.\n\n"
        f"**Source:** [00:{n:02}:32]\n\n**Why:** It helps.\n\n"
        for n, word in enumerate(("first", "then", "later", "last"), start=1)
    )
    topics = read(f"{HEAD}{parts}").topics
    assert [one.start for one in topics] == [92, 152, 212, 272]
    assert said(topics[0]) == ["What: Do it first.", "How: By hand.", "Why: It helps."]


def test_a_transcript_in_html_is_left_out() -> None:
    """Every turn a paragraph, its speaker in bold."""
    turns = "".join(f"<p><b>{name}:</b> This is line {n}.</p>" for n in range(9) for name in ("Bob", "Ann"))
    page = f"<html><body><article><h1>Ann Lee on bees</h1><p>{HEAD.splitlines()[2]}</p>{turns}</article></body></html>"
    summary = read(page, "index.html")
    assert (summary.abstract, summary.topics) == (HEAD.splitlines()[2], ())


def test_the_title_of_a_page_by_its_class_and_what_is_around_it() -> None:
    """The only heading is the site's name; the next episode stands above this one's text (Rehydrate)."""
    page = (
        '<html><body><header><h1><a href="/">Hive Talk</a></h1></header>'
        '<div class="pane prev-next"><span>Wasps</span> <span>Season 3, Ep. 4</span></div>'
        '<div class="episode-title">Ann Lee on bees</div><p>How swarms decide where to live.</p></body></html>'
    )
    summary = read(page, "droplet.html")
    assert (summary.title, summary.abstract) == ("Ann Lee on bees", "How swarms decide where to live.")


@pytest.mark.parametrize(
    ("name", "day"), [("2022-05-23-bees.md", "2022-05-23"), ("2022-05-23 Bees and wasps.md", "None")]
)
def test_the_date_in_a_posts_name_is_its_day(name: str, day: str) -> None:
    """As Jekyll has it; before a blank, and without a layout, it may be when a note was taken."""
    assert str(read(f"---\nlayout: post\n---\n{HEAD}", name).published) == day
    assert read(HEAD, name).published is None


def test_rows_of_a_table_that_begin_with_dates_are_content() -> None:
    """One date at the head is when; the others are what was spoken of."""
    rows = "".join(f"| {day} May 2024 | The swarm was seen in tree number {day} |\n" for day in (2, 3, 4))
    summary = read(f"{HEAD}## When\n\n| Date | Event |\n|---|---|\n{rows}")
    assert all(f"tree number {day}" in str(summary.topics) for day in (2, 3, 4))


def test_a_line_with_a_length_is_no_title() -> None:
    """Whatever language its label is."""
    assert read(f"Durée du podcast : 0:41:19\n\n{HEAD}", "ann lee on bees.txt").title != "Durée du podcast : 0:41:19"


def test_metadata_that_a_rule_ends_and_none_begins() -> None:
    """As some generators have it."""
    summary = read(
        f"title: Ann Lee on bees\ndate: 2019-01-11\nguid: g-5\naudio: https://cdn.example/5.mp3\n---\n{HEAD}", "005.md"
    )
    assert (summary.title, summary.guid, str(summary.published)) == ("Ann Lee on bees", "g-5", "2019-01-11")


def test_other_episodes_and_callouts_of_metadata_of_a_vault() -> None:
    """The alias of a link may hold a bar; who hosts is no abstract."""
    info = "> [!info]\n> Host: Bob\n> Company: Hive\n\n"
    related = "## 相关单集\n\n- [[2026-05-24-wasps|Wasps | Bob Ray]]\n"
    summary = read(f"# Ann Lee on bees\n\n{info}## TLDR\n\nHow swarms decide where to live.\n\n{related}")
    assert summary.abstract == "How swarms decide where to live."
    assert [one.title for one in summary.related] == ["Wasps | Bob Ray"]


def test_an_ordinal_is_no_citation() -> None:
    """Where no source stands behind it: languages of half Europe write a full stop."""
    for ordinal in ("in 1. Semester lernt man", "den 1. etappen var", "w 1. edycji było", "version 1. Nobody knew"):
        text = f"Ann Lee tells how {ordinal} what swarms do, and more."
        assert read(f"# Ann Lee on bees\n\n{text}\n").abstract == text


def test_times_in_a_sentence_do_not_spoil_the_list_below() -> None:
    """A model says which part it has heard."""
    said_of = "The transcript was read from 00:00:00 through 01:05:34, and nothing of it is left out of this summary."
    parts = (("00:00", "05:10", "Hello"), ("05:10", "31:00", "Dance"), ("31:00", "59:10", "Quorum"))
    items = "".join(f"- **{start}–{end}:** {title}\n" for start, end, title in parts)
    topics = read(f"{HEAD}{said_of}\n\n## Parts\n\n{items}").topics
    assert [one.start for one in topics if one.start is not None] == [0, 310, 1860]


def test_ranges_with_two_hyphens() -> None:
    """Markdown makes a dash of them."""
    lines = "Hello (0:00--2:43)\nThe dance (2:43--11:55)\nThe quorum (11:55--31:20)"
    assert [one.start for one in read(f"{HEAD}{lines}\n").topics] == [0, 163, 715]


def test_a_name_without_blanks_may_be_a_title() -> None:
    """Chinese and Japanese notes are called so."""
    assert read("# Summary\n\n" + HEAD.splitlines()[2] + "\n", "家务与学术.md").title == "家务与学术"


def test_what_is_set_off_in_prose_is_kept_and_is_no_quotation() -> None:
    """Nothing says that it is one; a short one is an aside."""
    set_off = "The swarm does not ask its queen, and the scouts do not ask each other, and yet they agree."
    reading = read_document(
        "bees.md", f"{HEAD}> {set_off}\n\nHis answer is short.\n\n> A machine wrote this.\n".encode()
    )
    assert set_off in (reading.summary.abstract or "")
    assert "asides" in str(reading.left_out)
    assert not any(one.kind == "quote" for topic in reading.summary.topics for one in topic.passages)


def test_what_is_said_in_other_words_than_a_sponsors_stays() -> None:
    """Ordinary sentences begin as those of sites do."""
    for text in (
        "You can find a queen by her long body, says Ann Lee, who has looked for many.",
        "Certainly the oldest hive that is kept here stands behind the house of Ann Lee.",
        "Thanks to Karl von Frisch for decoding the dance, we know what scouts tell each other.",
        "Write me a letter, said Darwin, and tell me what the bees of your garden do in spring.",
    ):
        assert read(f"# Ann Lee on bees\n\n{text}\n").abstract == text


@pytest.mark.parametrize("label", ["Duration", "Runtime", "Wakes"])
def test_a_time_that_is_a_length_dates_nothing(label: str) -> None:
    """Only labels that say where something was heard do."""
    parts = "".join(
        f"## {name}\n\n{label}: 0{n}:12\n\nA song of {name}.\n\n" for n, name in enumerate(("Wax", "Wing", "Web"), 3)
    )
    assert all(one.start is None for one in read(f"{HEAD}{parts}").topics)


def test_pairs_of_labels_and_quotes_of_two_are_no_transcript() -> None:
    """Myths and facts, pros and cons; lines of a dialogue that are set off."""
    pairs = "".join(f"**Myth:** Queens rule {n}.\n\n**Fact:** Nobody rules {n}.\n\n" for n in range(5))
    assert "Nobody rules" in str(read(f"{HEAD}## Myths\n\n{pairs}").topics)
    lines = "".join(f"> {name}: “Bees vote, number {n}.”\n\n" for n in range(9) for name in ("Ann", "Bob"))
    assert "Bees vote" in str(read(f"{HEAD}## Best lines\n\n{lines}").topics)


def test_another_link_in_a_heading_is_no_sites_name() -> None:
    """What stands beside, of other posts, is no title of the page."""
    page = '<h1><a href="#ants">Ants on the march</a></h1><p>How ants march.</p>'
    page += '<div>Next: <span class="post-title">Wasps at war</span></div>'
    assert read(page, "a.html").title == "Ants on the march"
    assert (
        read('<h2>How bees choose</h2><p>By dance.</p><h3 class="post-title">Wasps at war</h3>', "a.html").title
        != "Wasps at war"
    )


def test_a_player_and_a_link_to_other_audio_are_checked_like_any_value() -> None:
    """They may be of the latest episode, or of a talk that is mentioned."""
    page = (
        '<h1>Moths by night</h1><p>On moths.</p><p>Latest episode: <audio src="https://cdn.example/99.mp3"></audio></p>'
    )
    assert (read(page, "a.html").audio, read(page, "a.html").identities) == (None, ("https://cdn.example/99.mp3",))
    assert read(f"{HEAD}See [this talk](https://cdn.example/wasps.mp3) too.\n").identities == ()


def test_a_bold_line_above_its_text_in_one_paragraph_is_a_heading() -> None:
    """Models write two blanks and no empty line between; "Title" stands above the title."""
    body = "**Title**  \nAnn Lee on bees\n\n**Episode Summary**  \nHow swarms decide where to live.\n\n"
    body += "**Swarms**  \nSwarms choose by dancing, and every scout repeats what she has seen.\n\n"
    summary = read(f"{body}A **bold** word\nis no heading of what follows.\n", "summary_openai.md")
    assert (summary.title, summary.abstract) == ("Ann Lee on bees", "How swarms decide where to live.")
    assert [(one.title, len(one.passages)) for one in summary.topics] == [("Swarms", 2)]


def test_times_in_prose_are_no_list_that_runs_on() -> None:
    """Before them stand the words of a sentence."""
    prose = "At **10:35–11:00**, Ann tells of scouts. At **22:23–23:45**, she dances. At **33:45–34:42**, she votes."
    assert all(one.start is None for one in read(f"{HEAD}## The idea\n\n{prose}\n").topics)


def test_the_first_of_ranges_that_has_only_its_end_begins_at_0() -> None:
    """The next one begins where it ends."""
    lines = "- Hello (2:43)\n- The dance (2:43–11:55)\n- The quorum (11:55–31:20)\n- The wax (31:20–40:00)\n"
    assert [one.start for one in read(f"{HEAD}{lines}").topics] == [0, 163, 715, 1880]
