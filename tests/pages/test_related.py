"""The most alike of a show's episodes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from enricher.pages.related import most_alike
from tests.pages.samples import summary

if TYPE_CHECKING:
    from enricher.model.summary import Summary


def one(*topics: str, people: tuple[str, ...] = ()) -> Summary:
    """Make a summary of topics and people."""
    return summary({"title": "a", "people": list(people), "topics": [{"title": topic} for topic in topics]})


SHOW = {
    "bees": one("How a swarm decides", "Honey bees in winter"),
    "wasps": one("A swarm of wasps", "What wasps do in winter"),
    "rivers": one("Reading a river", "Floods"),
    "guest": one("Lichens", people=("Ann Lee",)),
    "again": one("Compost", people=("ann lee",)),
    "void": one(),
}


def test_common_words_and_people_make_episodes_alike() -> None:
    """Weak likeness is none."""
    assert most_alike(SHOW) == {"bees": ("wasps",), "wasps": ("bees",), "guest": ("again",), "again": ("guest",)}


def test_what_every_episode_has_says_nothing() -> None:
    """The host, and the names of standing parts."""
    standing = {f"{i}": one("Introduction and welcome", f"word{i} only{i}", people=("Host",)) for i in range(50)}
    assert most_alike(standing) == {}


def test_a_new_episode_changes_those_alone_that_share_a_word_with_it() -> None:
    """Few pages are made again."""
    chance = random.Random(4)  # noqa: S311 a seed
    words = [f"w{i}" for i in range(400)]
    show = {f"{i}": one(" ".join(chance.sample(words, 8))) for i in range(100)}
    before = most_alike(show)
    after = most_alike({"new": one("w1 w2 w3 w4 fresh"), **show})
    touched = {key for key in show if before.get(key) != after.get(key)}
    assert before
    assert len(touched) < 15
    assert all(len(likes) <= 3 and key not in likes for key, likes in after.items())
