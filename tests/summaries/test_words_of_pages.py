"""Words and marks of pages that are taken for what they are not: names of parts, of shows, of episodes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from enricher.summaries.blocks import Piece
from enricher.summaries.boilerplate import why_boilerplate
from enricher.summaries.title_parts import guest_of
from tests.summaries.written import BEES, SWARM, read, texts

if TYPE_CHECKING:
    from enricher.model.summary import Summary


def test_a_sentence_that_has_a_word_of_a_sponsor_is_content() -> None:
    """A name of a part is short and no sentence; a sponsor's paragraph is known by how it begins."""
    law = "The sponsor of the law, who keeps bees, read its transcript to them."
    summary = read(
        f"# {BEES}\n\n{law}\n\n## The law\n\n- {law}\n\nThis episode is sponsored by Wax.\n\n"
        f"## Our sponsors and friends\n\nBuy wax.\n"
    )
    assert (summary.abstract, texts(summary)) == (law, [law])


def test_attributes_behind_a_heading_are_not_its_title() -> None:
    """Pandoc and Hugo write `{#id .class}` there; braces within a line are its words."""
    summary = read(f"# {BEES}\n\n{SWARM}\n\n## The dance [05:12] {{#the-dance .wide}}\n\nSets {{#a}} and b.\n")
    assert [(one.title, one.start) for one in summary.topics] == [("The dance", 312)]
    assert texts(summary) == ["Sets {#a} and b."]


def test_a_letter_in_brackets_belongs_to_the_title() -> None:
    """Parts of an episode differ in nothing else; "(my notes)" does not belong to it."""
    assert [read(f"# {BEES} {end}\n\n{SWARM}\n").title for end in ("[a]", "(a)", "(my notes)")] == [
        f"{BEES} [a]",
        f"{BEES} (a)",
        BEES,
    ]


def test_one_of_several_episodes_is_a_series_and_no_show() -> None:
    """As the show's name it would keep the summary from its feed."""
    written = [
        f"# {BEES}\n\n**Series**: {name}\n**Date**: 2020-05-02\n\n{SWARM}\n"
        for name in ("Bees (Episode 1 of 5)", "Bees of the World", "The Field Notes Podcast")
    ]
    assert [read(text).podcast for text in written] == [None, None, "The Field Notes Podcast"]


def test_only_the_episode_has_the_guid_of_the_episode() -> None:
    """The id of a contributor or of the show is not its, and zeros are nobody's."""
    about = {"title": BEES, "summary": SWARM, "publicationDate": "2020-05-02T10:00:00+00:00"}
    others = {"contributors": [{"id": "1", "name": "Ann Lee"}], "show": {"id": "hive", "title": "Field Notes"}}
    found = [
        read(json.dumps(about | others | one), "12.json")
        for one in ({}, {"guid": "00000000-0000-0000"}, {"id": "abc-12"}, {"episode": {"guid": "abc-12"}})
    ]
    assert [one.guid for one in found] == [None, None, None, "abc-12"]
    assert found[2].identities == ("abc-12",)  # which an item of another title is not matched by
    assert {str(one.published) for one in found} == {"2020-05-02"}
    assert {one.podcast for one in found} == {"Field Notes"}


def test_what_follows_a_question_answers_it() -> None:
    """Up to the next one or a heading, lists that ask too: "Q:" says who asks."""
    summary = read(
        f"# {BEES}\n\n{SWARM}\n\n**Q: How do they choose?**\n\nThey dance.\n\nThey vote.\n\n"
        "Q: What do you ask in spring?\n\n- How many frames?\n- How many queens?\n- How much honey?\n\n"
        "Q: Are they wrong?\nA: All the time.\n\n## Honey\n\nHoney is patience.\n"
    )
    assert [(one.question, one.answer) for one in summary.questions] == [
        ("How do they choose?", "They dance. They vote."),
        ("What do you ask in spring?", "How many frames? How many queens? How much honey?"),
        ("Are they wrong?", "All the time."),
    ]
    assert (summary.abstract, texts(summary)) == (SWARM, ["Honey is patience."])


def test_labelled_lines_below_the_title_are_metadata_in_any_language() -> None:
    """One date, address or known label says that all are; what has no such neighbour, or is a sentence, is content."""
    chinese = f"# {BEES}\n\n**来源：** Hive Talk | Ann Lee\n**生成：** 2026-02-22\n\n---\n\n{SWARM}\n"
    english = f"# {BEES}\n\n- Channel: hive\n- Main: [Bees](x.md)\n- Watch: https://v.example/1\n\n{SWARM}\n"
    assert [read(text).abstract for text in (chinese, english)] == [SWARM, SWARM]
    points = read(f"# {BEES}\n\n{SWARM}\n\n- Scouts: They dance.\n- Queens: They lay eggs.\n")
    assert points.abstract == f"{SWARM}\nScouts: They dance.\nQueens: They lay eggs."


def test_a_bare_address_is_no_passage() -> None:
    """Nor are ways to reach the hosts."""
    summary = read(
        f"# {BEES}\n\n{SWARM}\n\n## The dance\n\nhttps://bees.example/dance\n\nThey dance.\n\n"
        "## Contacts\n\n- Ann Lee email: ann@example.com\n\n## Get in contact\n\n- Call us any time\n"
    )
    assert texts(summary) == ["They dance."]


def snips(*entries: str) -> Summary:
    """Read snips as Readwise exports them."""
    return read(f"# {BEES}\n\n## Metadata\n- Category: #podcasts\n\n## Highlights\n" + "".join(entries))


def test_the_time_behind_nested_lists_is_that_of_their_snip() -> None:
    """It stands behind the transcript, in the last entry; what the note-taker adds below is for nobody else."""
    first = (
        "- How swarms choose\n  Key takeaways:\n  - Scouts dance\n  - Scouts vote\n  Transcript:\n  Speaker 1\n"
        "  They vote. ([Time 0:11:42](https://snip.example/1))\n    - **Note:** ask Ann about it\n"
    )
    second = (
        "- What queens do\n  Key takeaways:\n  - Queens lay eggs\n  Transcript:\n  Speaker 1\n"
        "  They rule. ([Time 1:01:50](https://snip.example/2))\n"
    )
    summary = snips(first, second)
    found = [(one.title, one.start) for one in summary.topics[0].topics]
    assert found == [("How swarms choose", 702), ("What queens do", 3710)]
    assert texts(summary) == ["Scouts dance", "Scouts vote", "Queens lay eggs"]


def test_a_single_snip_is_read_too() -> None:
    """A linked time below other lines is no appointment, which stands in one line."""
    summary = snips(
        "- Wax\n  Summary:\n  Young bees make it.\n  Transcript:\n  Wax. ([Time 0:24:09](https://s.example))\n"
    )
    topic = summary.topics[0].topics[0]
    assert (topic.title, topic.start, texts(summary)) == ("Wax", 1449, ["Young bees make it."])
    other = read(f"# {BEES}\n\n{SWARM}\n\n## Plans\n\n- Meet the keepers ([10:30](https://c.example))\n")
    assert [one.start for one in other.topics] == [None]


def test_a_value_of_one_line_is_content() -> None:
    """It is nobody's heading: nothing stands below it."""
    about = {"title": BEES, "description": "<p>今回のシリーズは「蜂」。ここから深掘っていきます🐝</p>"}
    assert read(json.dumps(about), "12.json").abstract == "今回のシリーズは「蜂」。ここから深掘っていきます🐝"


def test_nobody_is_called_by_a_code() -> None:
    """Digits, and capitals alone beside other words, are in names of products; initials and shouted names are names."""
    names = ("Gemini CLI", "TGIR S01E03", "Ann Lee", "ANN LEE", "AJ Lee")
    assert [guest_of(f"{name}: {BEES}") for name in names] == [None, None, "Ann Lee", "ANN LEE", "AJ Lee"]


def test_entries_without_text_break_nothing() -> None:
    """An empty entry has no title to give a time to."""
    empty = "-\n  - Scouts dance\n    They vote. ([Time 0:11:42](https://snip.example/1))\n"
    assert "Scouts dance" in str(snips(empty, empty.replace("0:11:42", "1:01:50")))
    assert read(f"<h1>{BEES}</h1><p>{SWARM}</p><li><p></p><blockquote></blockquote></li>", "12.html").abstract == SWARM


def test_a_quotation_of_nothing_is_none() -> None:
    """A mutated page has them: `<blockquote></blockquote>` around a mark that is left out."""
    assert why_boilerplate(Piece("quote", "")) == ""
