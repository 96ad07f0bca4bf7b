"""What apps, models and people of many languages keep of an episode: each kind reads as what it obviously says."""

from __future__ import annotations

import pytest

from enricher.model.summary import Summary, parts
from enricher.summaries.document import read_document, read_summary
from enricher.summaries.json_form import dump

# ruff: noqa: ISC004 pages are written in lines

BEES = "How bees choose a home"
LEADER = "A swarm agrees on a nest without a leader, and this is how."
DANCE, FIFTEEN, ONCE = "Scouts dance longer for better sites.", "Fifteen scouts at one site are enough.", "All at once."
NAMES = ("The dance", "The quorum", "Moving house")
SAID = list(zip(NAMES, (DANCE, FIFTEEN, ONCE), strict=True))
TIMED = list(zip((312.0, 1300.0, 2400.0), NAMES, strict=True))
CLOCKS = ("0:05:12", "0:21:40", "0:40:00")


def read(text: str, name: str = f"{BEES}.md") -> Summary:
    """Read a page that a test writes."""
    return read_summary(name, text.encode())


def times(summary: Summary) -> list[tuple[float | None, str]]:
    """Return start and title of every topic."""
    return [(part.start, part.text) for part in parts(summary) if part.kind == "topic"]


def said(summary: Summary) -> list[tuple[str, str]]:
    """Return every passage, and the topic that it stands in."""
    return [(part.parent.text, part.text) for part in parts(summary) if part.parent and part.kind in {"text", "quote"}]


def entries(form: str) -> str:
    """Write the three topics, each in the same form."""
    return "\n".join(form.format(title=t, said=s, time=c) for (t, s), c in zip(SAID, CLOCKS, strict=True))


# Entries of several lines


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("- {title}\n  Summary:\n  {said} ([Time {time}](https://snip.example/1))\n    - Note: my brother\n", "a.md"),
        (
            "- {title}\n  {said}\n  Transcript:\n  Speaker 1\n  So we all look. ([Time {time}](https://snip.example/1))",
            "a.md",
        ),
        ("\t- {title}\n\t  {said} ([Time {time}](https://snip.example/1))\n\t\t- **Note**: my brother", "a.md"),
        ("<p>{title}<br>{said} <a href='https://snip.example/1'>Time {time}</a></p>", "a.html"),
        ("<ul><li>{title}<br>{said}<br>{time}</li></ul>", "a.html"),
        ("{title}\n{said}\n{time}\n", "a.txt"),
        ("{title}\n{said} ({time})\n", "a.txt"),
    ],
    ids=["readwise", "readwise with transcript", "logseq", "links", "items", "text", "text, in brackets"],
)
def test_the_time_of_an_entry_may_stand_behind_its_last_line(form: str, name: str) -> None:
    """Its first line is its title; notes of one's own and transcripts are left out."""
    head = f"<h1>{BEES}</h1>" if name.endswith("html") else f"{BEES}\n\n" if name.endswith("txt") else f"# {BEES}\n\n"
    summary = read(head + entries(form), name)
    assert (times(summary), said(summary), summary.abstract) == (TIMED, SAID, None)


def test_one_appointment_at_the_end_of_a_few_lines_is_no_time() -> None:
    """Nor are some that do not ascend."""
    one = "- Meetup in Berlin\n  Doors open (19:30)\n- Tickets\n  at the door"
    several = "- Berlin\n  Doors open (19:30)\n- Paris\n  Doors open (18:30)\n- Rome\n  Doors open (20:00)"
    for lines in (one, several):
        assert {part.start for part in parts(read(f"# {BEES}\n\n{LEADER}\n\n{lines}\n"))} <= {None}


def test_the_row_of_a_table_says_more_than_its_title() -> None:
    """Its longest cells do."""
    rows = entries("| 1 | {title} | {time} | 0:50:00 | {said} And they vote. |")
    summary = read(f"# {BEES}\n\n| # | Topic | Start | End | Notes |\n|---|---|---|---|---|\n{rows}\n")
    assert (times(summary), said(summary)) == (TIMED, [(name, f"{text} And they vote.") for name, text in SAID])


def test_the_rows_of_a_table_may_be_topics() -> None:
    """Where their first cells name what the others say (notes of Cornell's kind)."""
    rows = "".join(f"| {title} | {text} And they vote. |\n" for title, text in SAID)
    summary = read(f"# {BEES}\n\n| Cue | Notes |\n|---|---|\n{rows}\n**Summary:** {LEADER}\n")
    assert said(summary) == [(title, f"{text} And they vote.") for title, text in SAID]
    assert summary.abstract == LEADER


def test_an_address_is_no_title() -> None:
    """Pocket Casts shares a time between the title and the address."""
    shared = entries("{title}\n{time}\nhttps://pca.st/episode/abc?t=1\n")
    assert times(read(f"{BEES}\n\n{shared}", "a.txt")) == TIMED


def test_a_sentence_on_several_lines_is_one_title() -> None:
    """Though its time stands behind the last."""
    lines = entries("- {said} Then they look\n  for themselves ([{time}](https://snip.example/1))")
    assert times(read(f"# {BEES}\n\n{lines}\n")) == [
        (start, f"{text} Then they look for themselves") for (start, _), (_, text) in zip(TIMED, SAID, strict=True)
    ]


# Outlines

OUTLINE = (
    "- The dance\n\t- {0}\n- The quorum\n\t- {1}\n\t- TODO ask my brother\n- Moving house\n\t- {2} ((64f0c1a2-1111))\n"
)


@pytest.mark.parametrize(
    "page",
    [
        f"title:: {BEES}\nshow:: [[Field Notes]]\nguest:: [[Ann Lee]], [[Bo Vik]]\n\n- {LEADER}\n" + OUTLINE,
        f"- type:: podcast\n  show:: [[Field Notes]]\n  guests:: [[Ann Lee]], [[Bo Vik]]\n- {LEADER}\n" + OUTLINE,
        f"- {BEES}\n  show:: [[Field Notes]]\n  collapsed:: true\n  guest:: [[Ann Lee]] and [[Bo Vik]]\n\t- {LEADER}"
        "\n\t"
        + OUTLINE.replace("\n", "\n\t"),
        f"- Show:: [[Field Notes]]\n- Guest:: [[Ann Lee]], [[Bo Vik]]\n- Tags:: #podcast #[[bees]]\n- **Summary**\n"
        f"\t- {LEADER}\n" + OUTLINE.replace("TODO", "{{{{[[TODO]]}}}}"),
        f"---\nshow: Field Notes\nguests: [Ann Lee, Bo Vik]\n---\n- ## Summary\n\t- {LEADER}\n- ## Notes\n\t"
        + OUTLINE.replace("\n", "\n\t") + "- ## My thoughts\n\t\t- ask my brother",
    ],
    ids=["logseq", "logseq, first entry", "logseq, one root", "roam", "logseq, headings"],
)  # fmt: skip
def test_an_outline_is_read_by_its_shape(page: str) -> None:
    """Its outermost entries that have entries are topics, its properties are front matter, its tasks are private."""
    summary = read(page.format(DANCE, FIFTEEN, ONCE))
    assert (summary.title, summary.podcast, summary.people) == (BEES, "Field Notes", ("Ann Lee", "Bo Vik"))
    assert summary.abstract == LEADER
    assert (said(summary), [title for _, title in times(summary)]) == (SAID, list(NAMES))


def test_an_outline_as_text_is_one() -> None:
    """So Workflowy gives it."""
    topics = entries("  - {title} ({time})\n    - {said}\n    - Nobody counts.")
    summary = read(f"- {BEES}\n  - Summary\n    - {LEADER}\n{topics}\n", "a.txt")
    assert (summary.title, summary.abstract, times(summary)) == (BEES, LEADER, TIMED)
    assert said(summary)[:2] == [("The dance", DANCE), ("The dance", "Nobody counts.")]


def test_what_follows_a_list_of_topics_is_none_of_them() -> None:
    """A topic of a list ends with its entry."""
    summary = read(
        f"# {BEES}\n\n## Part one\n\n{OUTLINE.format(DANCE, FIFTEEN, ONCE)}\nSo they live.\n\n## Part two\n\nSo.\n"
    )
    assert said(summary) == [("Part one", "So they live."), *SAID, ("Part two", "So.")]


def test_a_list_of_wrapped_lines_has_no_topics() -> None:
    """The rest of a line is nothing below it."""
    summary = read(
        f"# {BEES}\n\n## Part one\n\n- Scouts dance\n  longer for it\n- Fifteen of\n  them\n\n## Part two\n\nSo.\n"
    )
    assert [title for _, title in times(summary)] == ["Part one", "Part two"]


# Note apps


def test_callouts_are_what_they_are_called() -> None:
    """Of Obsidian and GitHub: quotes have a speaker, metadata is read, tasks and sponsors are nobody's."""
    found = read_document(
        "12.md",
        f"# {BEES}\n\n> [!info] Episode\n> Guest: Ann Lee\n> Date: 2024-05-02\n\n> [!abstract] TL;DR\n> {LEADER}\n\n"
        f"## The dance\n\n{DANCE}\n\n> [!quote] Ann Lee\n> They vote with their feet.\n\n"
        f"> [!example]+ The quorum\n> {FIFTEEN}\n\nThey fly.\n\n> [!warning] Sponsor\n> Buy honey.\n\n"
        "> [!todo]\n> ask my brother\n".encode(),
    )
    summary = found.summary
    assert (summary.abstract, summary.people, str(summary.published)) == (LEADER, ("Ann Lee",), "2024-05-02")
    quote = summary.topics[0].passages[1]
    assert (quote.kind, quote.speaker) == ("quote", "Ann Lee")
    below = (DANCE, "They vote with their feet.", "They fly.")
    assert said(summary) == [*(("The dance", one) for one in below), ("The quorum", FIFTEEN)]
    assert "honey" not in dump(summary)
    assert "brother" not in dump(summary)
    assert any("Sponsor" in one for one in found.left_out)


def test_a_page_of_notion_is_read() -> None:
    """Its properties in one paragraph, its callout, its toggles."""
    toggles = entries("- {title}\n    \n    {said}\n    ")
    summary = read(
        f"# {BEES}\n\nCreated: May 3, 2024 9:12 AM\nPodcast: Field Notes\nGuest: Ann Lee\nEpisode: 12\nRating: ⭐⭐⭐\n"
        f"Published: May 2, 2024\n\n<aside>\n💡 {LEADER}\n\n</aside>\n\n# Part one\n\n{toggles}\n# Tasks\n\n- [ ] ask\n"
    )
    assert (summary.title, summary.podcast, summary.number) == (BEES, "Field Notes", 12)
    assert (str(summary.published), summary.abstract, said(summary)) == ("2024-05-02", LEADER, SAID)


def test_marks_and_tags_of_note_apps_are_nobody_s_words() -> None:
    """Of Bear, Obsidian, Roam."""
    summary = read(f"# {BEES}\n#podcasts/field-notes# #bees\n\n=={LEADER}==\n\n## The dance\n\n^^{DANCE}^^ #[[a b]]\n")
    assert (summary.abstract, said(summary)) == (LEADER, [("The dance", DANCE)])


@pytest.mark.parametrize(
    ("page", "quote"),
    [
        (f"= {BEES}\n:podcast: Field Notes\n:date: 2024-05-02\n\n{LEADER}\n\n== The dance\n\n{DANCE}\n\n"
         "[quote, Ann Lee]\n____\nThey vote.\n____\n", ("They vote.", "Ann Lee")),
        (f"#+TITLE: {BEES}\n#+PODCAST: Field Notes\n#+DATE: 2024-05-02\n\n* Summary\n{LEADER}\n* Notes\n** The dance\n"
         f"{DANCE}\n#+BEGIN_QUOTE\nThey vote.\n#+END_QUOTE\n* TODO ask my brother\n- soon\n", ("They vote.", None)),
    ],
    ids=["asciidoc", "org"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["txt", "md"])
def test_other_markup_has_headings_too(page: str, quote: tuple[str, str | None], form: str) -> None:
    """And fields, and quotes."""
    summary = read(page, f"a.{form}")
    assert (summary.title, summary.podcast, str(summary.published)) == (BEES, "Field Notes", "2024-05-02")
    assert (summary.abstract, [title for _, title in times(summary)]) == (LEADER, ["The dance"])
    assert [(one.text, one.speaker) for one in summary.topics[0].passages] == [(DANCE, None), quote]


@pytest.mark.parametrize(
    "head",
    [
        f"Podcast: Field Notes\nEpisode: {BEES}\nDate: May 2, 2024\n\nBookmarks:\n",
        f"{BEES}\nField Notes\nMay 2, 2024 · 1 hr 2 min\nhttps://show.example/12\n\n",
    ],
    ids=["podcast addict", "castro"],
)
def test_what_players_share_is_read(head: str) -> None:
    """Title, show, date and address, each in its line."""
    summary = read(head + entries("{time} {title}"), "a.txt")
    assert (summary.title, str(summary.published), summary.abstract) == (BEES, "2024-05-02", None)
    assert times(summary) == TIMED


def test_a_line_above_a_list_heads_it() -> None:
    """As people type notes; a name in brackets behind a quote spoke it."""
    summary = read(
        f"{BEES}\n\nThe dance (5:12)\n- {DANCE}\n\nThe quorum (21:40)\n- {FIFTEEN}\n\nQuotes\n"
        '"They vote." (Ann Lee, 5:40)\n"Nobody counts." (Ann Lee)\n', "a.txt"
    )  # fmt: skip
    assert times(summary)[:2] == TIMED[:2]
    assert said(summary)[:2] == SAID[:2]
    quotes = [part for part in parts(summary) if part.kind == "quote"]
    assert [(one.text, one.speaker, one.start) for one in quotes] == [
        ("They vote.", "Ann Lee", 340),
        ("Nobody counts.", "Ann Lee", None),
    ]


def test_bullets_of_a_wiki_are_no_headings() -> None:
    """Two stars are a deeper entry where no text stands below one."""
    summary = read(f"{BEES}\n\n{LEADER}\n\n* The dance\n** {DANCE}\n* The quorum\n** {FIFTEEN}\n", "a.txt")
    assert (summary.title, summary.abstract, said(summary)) == (BEES, LEADER, SAID[:2])


@pytest.mark.parametrize(
    "page",
    [
        f"<html><head><title>{BEES}</title></head><body><div>Date: May 2, 2024</div><div>{LEADER}</div>"
        f"<div><b>The dance</b></div><div>{DANCE}</div></body></html>",
        f"<article><h1>{BEES}</h1><div>Bo Vik</div><div>May 2, 2024</div><p>{LEADER}</p><h4>The dance</h4>"
        f"<p>{DANCE}</p><h4>The quorum</h4><p>Thanks for reading! Subscribe to receive new posts.</p></article>",
    ],
    ids=["evernote", "substack"],
)
def test_neither_a_sentence_is_a_title_nor_a_byline_an_abstract(page: str) -> None:
    """Where the head of the page has a title; where the name stands above the date."""
    summary = read(page, "a.html")
    assert (summary.title, summary.abstract, said(summary)) == (BEES, LEADER, SAID[:1])
    assert str(summary.published) == "2024-05-02"


# Data


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
@pytest.mark.parametrize("mark", ["---\n", ""])
def test_yaml_without_a_text_is_data(name: str, mark: str) -> None:
    """With the line that begins front matter, or without."""
    rows = entries('  - {{title: "{title}", start: "{time}", text: "{said}"}}')
    summary = read(f"{mark}title: {BEES}\npodcast: Field Notes\nabstract: >\n  {LEADER}\ntopics:\n{rows}\n", name)
    assert (summary.title, summary.podcast, summary.abstract) == (BEES, "Field Notes", LEADER)
    assert (times(summary), said(summary)) == (TIMED, SAID)


def test_a_key_of_two_words_hints_by_its_last() -> None:
    """And a span begins where it begins."""
    rows = ",".join(
        f'{{"segment_title": "{t}", "time_range": "{c} - 1:00:00", "key_points": ["{s}"], "sentiment": "good"}}'
        for (t, s), c in zip(SAID, CLOCKS, strict=True)
    )
    quotes = '[{"quote": "They vote.", "attribution": "Ann Lee", "timestamp": "00:05:40"}]'
    summary = read(
        f'{{"episode": {{"episode_title": "{BEES}"}}, "a": {{"segments": [{rows}], "quotes": {quotes}}}}}', "a.json"
    )
    assert (summary.title, times(summary)) == (BEES, TIMED)
    assert said(summary) == [SAID[0], ("The dance", "They vote."), *SAID[1:]]
    assert summary.topics[0].passages[1].speaker == "Ann Lee"


def test_what_all_rows_say_alike_is_said_of_the_episode() -> None:
    """So tables of highlights repeat the title; a time may stand below the text."""
    rows = entries('{{"highlight": "{title}\\n{said}\\n{time}", "book_title": "' + BEES + '", "note": "brother"}},')
    summary = read(f"[{rows.rstrip(',')}]", "a.json")
    assert (summary.title, times(summary), said(summary)) == (BEES, TIMED, SAID)


def test_a_list_is_what_the_last_word_of_its_key_says() -> None:
    """Where the whole key says nothing."""
    summary = read(f'{{"videoTitle": "{BEES}", "summaryPoints": ["{DANCE}", "{FIFTEEN}"]}}', "a.json")
    assert said(summary) == [("Summary points", f"{DANCE}"), ("Summary points", FIFTEEN)]


# Models


def test_a_model_that_talks_is_left_out() -> None:
    """What it says before and behind the summary; the title stands in the first line."""
    summary = read(
        f'Here is a summary of the episode **"{BEES}"** from *Field Notes*:\n\n---\n\n### **Overview**\n{LEADER}\n\n'
        f"### **The dance** (05:12)\n- **Longer:** {DANCE}\n\n---\n\nLet me know if you'd like me to go on!\n", "x.md"
    )  # fmt: skip
    assert (summary.title, summary.abstract, times(summary)) == (BEES, LEADER, [(312, "The dance")])
    assert said(summary) == [("The dance", f"Longer: {DANCE}")]


def test_headings_of_the_first_level_may_all_be_parts() -> None:
    """The title is the name of the file then (fabric's extract_wisdom)."""
    summary = read(
        f"# SUMMARY\n\n{LEADER}\n\n# IDEAS\n\n- {DANCE}\n\n# REFERENCES\n\n- A book\n", "bees-choose-a-home.md"
    )
    assert (summary.title, summary.abstract, said(summary)) == ("bees choose a home", LEADER, [("IDEAS", DANCE)])


@pytest.mark.parametrize("lead", ["> **TL;DR** — {}", "TL;DR: {}", "**Summary:** {}", "> Summary: {}"])
def test_an_abstract_may_have_a_label(lead: str) -> None:
    """Set off or not; the day stands in any cell of a line of facts."""
    summary = read(f"**{BEES}**\n*Notes · Episode 12 · 2 May 2024 · 62 min*\n\n{lead.format(LEADER)}\n\n### A\n\nSo.\n")
    assert (summary.title, summary.abstract, str(summary.published)) == (BEES, LEADER, "2024-05-02")
    assert said(summary) == [("A", "So.")]


def test_paragraphs_that_ask_and_answer_are_questions() -> None:
    """With their labels and times."""
    summary = read(f"# {BEES}\n\n**Q: How do bees decide?**\nA: They vote.\n\n**Q: When?** (40:00)\nA: {ONCE}\n")
    assert [(one.question, one.answer, one.start) for one in summary.questions] == [
        ("How do bees decide?", "They vote.", None),
        ("When?", ONCE, 2400),
    ]


# Languages


@pytest.mark.parametrize(
    ("fields", "points", "quotes", "quote", "thoughts"),
    [
        ("**Podcast:** Feld\n**Gast:** ", "Wichtigste Erkenntnisse", "Zitate", "„Ja.“", "Eigene Gedanken"),
        ("Programa: Feld\nInvitada: ", "Puntos clave", "Citas destacadas", "«Votan.»", "Mis reflexiones"),
        ("**Émission :** Feld\n**Invitée :** ", "Points clés", "Citations", "« Oui. »", "Mes réflexions"),
        ("番組名：Feld\nゲスト：", "重要なポイント", "印象に残った言葉", "「彼らは投票する。」", "感想"),
        ("البودكاست: Feld\nالضيف: ", "أهم النقاط", "اقتباسات", "«إنها تصوت.»", "أفكاري"),
    ],
    ids=["de", "es", "fr", "ja", "ar"],
)  # fmt: skip
def test_pages_of_other_languages_are_read(fields: str, points: str, quotes: str, quote: str, thoughts: str) -> None:
    """Fields, points, quotes with their speakers, private parts; a heading of a list of times is no topic."""
    page = (
        f"# Bees\n\n{fields}Ann Lee\n\n{LEADER}\n\n## Zzzz\n\n- 0:00 Aa\n- 5:12 Bb\n- 21:40 Cc\n\n"
        f"## {points}\n\n- {DANCE}\n\n## {quotes}\n\n> {quote} — Ann Lee\n\n## {thoughts}\n\nBrother.\n"
    )
    summary = read(page)
    assert (summary.title, summary.podcast, summary.people) == ("Bees", "Feld", ("Ann Lee",))
    assert summary.abstract == LEADER
    assert times(summary) == [(0, "Aa"), (312, "Bb"), (1300, "Cc"), (None, points), (None, "")]
    one = summary.topics[-1].passages[0]
    assert (one.kind, one.text, one.speaker) == ("quote", quote.strip("„“«»「」 "), "Ann Lee")
    assert "Brother" not in dump(summary)
