"""Names that a page lost within its sentences."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from enricher.model.summary import Passage, Summary, Topic
from enricher.summaries.lost_names import name_the_guest

TEXT = "[Ann Lee] says that they live in trees. Comparing bees to wasps, notes that both sting."


def summary(text: str, kind: str = "text") -> Summary:
    """Make a summary of one passage in a topic of a topic."""
    deep = Topic("Deep", passages=(Passage(kind, text),))  # type: ignore[arg-type]
    return Summary("Bees", people=("Ann Lee",), topics=(Topic("Bees", topics=(deep,)),))


def said(one: Summary) -> str:
    """Return the passage."""
    return one.topics[0].topics[0].passages[0].text


def test_the_one_reading_of_a_sentence_names_the_guest() -> None:
    """Who compares is who notes; the brackets say that the name is ours."""
    assert said(name_the_guest(summary(TEXT))) == (
        "[Ann Lee] says that they live in trees. Comparing bees to wasps, [Ann Lee] notes that both sting."
    )


@pytest.mark.parametrize(
    "text",
    [
        "In his book, notes that he kept are printed.",
        "During the middle ages, claims that it was flat were rare.",
        "According to the paper, claims that it was flat were rare.",
        "Pushing back on the idea, argues that they do.",
        "Challenging the optimism of Lee, argues that they do not.",
        "Comparing bees to wasps, Cy notes that both sting.",
        "Comparing bees, ants, notes that both sting.",
        "Comparing bees to wasps, notes are read aloud.",
        "She says: comparing bees to wasps, notes that both sting.",
    ],
)
def test_what_may_be_read_otherwise_is_left(text: str) -> None:
    """A word too many is worse than one that lacks."""
    lost = f"[Ann Lee] says that they live in trees. {text}"
    assert said(name_the_guest(summary(lost))) == lost


def test_a_page_that_lost_no_name_is_left() -> None:
    """Somebody wrote it so."""
    text = "Comparing bees to wasps, notes that both sting."
    assert said(name_the_guest(summary(text))) == text


def test_quotes_and_summaries_of_several_people_are_left() -> None:
    """The words of a quote are its speaker's; of two people nobody knows which is meant."""
    assert said(name_the_guest(summary(TEXT, "quote"))) == TEXT
    two = replace(summary(TEXT), people=("Ann Lee", "Bob Ray"))
    assert name_the_guest(two) == two
