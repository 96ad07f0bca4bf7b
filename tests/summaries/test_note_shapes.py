"""Shapes of show notes that people and models write: each reads as its page obviously says."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

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
