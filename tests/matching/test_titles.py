"""What a title says beside its decorations."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enricher.matching.titles import read_title, show_names, show_of
from enricher.model.summary import Summary
from enricher.titles.numbers import show_and_number
from tests.examples import examples

SHOWS = show_names(["The Bee Podcast: Notes from the hive (MP3)", "CRE"])


@pytest.mark.parametrize(
    ("title", "words", "number"),
    [
        ("#333 \u2013 Ann Lee: Bees | The Bee Podcast #333", "ann lee bees", (None, 333)),
        ("PODCAST #186 - Ann Lee", "ann lee", (None, 186)),
        ("Episode 12: Bees", "bees", (None, 12)),
        ("Ep. 12 Bees", "bees", (None, 12)),
        ("Ep12 - Bees", "bees", (None, 12)),
        ("E12 | Bees", "bees", (None, 12)),
        ("No. 12: Bees", "bees", (None, 12)),
        ("012: Bees", "bees", (None, 12)),
        ("Bees (Ep. 12)", "bees", (None, 12)),
        ("Bees [EP 100!]", "bees", (None, 100)),
        ("S2E5 Bees", "bees", (2, 5)),
        ("S01 E46: Bees", "bees", (1, 46)),
        ("Season 2, Episode 5 - Bees", "bees", (2, 5)),
        ("Staffel 2 | Folge 5 | Bees", "bees", (2, 5)),
        ("Inside the hive: S1E15 | The Bee Podcast #15", "inside the hive", (1, 15)),
        ("The Bee Podcast 578: Bees", "bees", (None, 578)),
        ("Bee 578", "", (None, 578)),
        ("Bees of Rome Bee Podcast 165", "bees of rome", (None, 165)),
        ("CRE207 Planetarien", "planetarien", (None, 207)),
        ("\u7b2c12\u671f | Bees", "bees", (None, 12)),
        ("\u0627\u0644\u062d\u0644\u0642\u0629 \u0661\u0662: Bees", "bees", (None, 12)),
        ("The Bee Podcast \u2013 Bees", "bees", None),
        ("New name: The Bee Podcast", "new name", None),
        ("Bees | The Bee Podcast | Meadow Digest", "bees", None),
        ("Bees | The Bee Podcast #12 | Meadow Notes", "bees", (None, 12)),
        ("Bees | The Bee Podcast | Podcast Notes", "bees", None),
        ("Bees | The Bee Podcast | Ann Lee", "bees the bee podcast ann lee", None),
        ("Bees | The Bee Podcast | Part 2", "bees the bee podcast part 2", None),
        ("Bees | The Bee Podcast | Bonus", "bees the bee podcast bonus", None),
        ("Bees (Re-run)", "bees rerun", None),
        ("The Bee Podcast", "the bee podcast", None),
        ("The Bee Podcast and friends", "the bee podcast friends", None),
        ("Bee 01/28/2014", "bee 1 28 2014", None),
        ("2020: A Year", "2020 a year", None),
        ("07.02. \u2013 Die Woche", "7 2 die woche", None),
        ("0.00000015: Ann", "0 15 ann", None),
        ("10 great apps", "10 great apps", None),
        ("Solo #3 \u2013 Bees", "solo 3 bees", None),
        ("Best of #3", "best of 3", None),
        ("E3 2019: Bees", "e3 2019 bees", None),
        ("9/11: Bees", "9 11 bees", None),
        ("99999999999 - Bees", "99999999999 bees", None),
        ("Bees & Wasps and Ants", "bees wasps ants", None),
        ("Bees, Part II", "bees part 2", None),
        ("Bees, Teil zwei", "bees teil 2", None),
        ("C++ and C#", "cplusplus csharp", None),
        ("S1E2 Bees - S1E3", "bees s1e3", (1, 2)),
        ("", "", None),
        ("#", "", None),
    ],
)
def test_show_name_and_number_are_set_apart(title: str, words: str, number: tuple[int | None, int] | None) -> None:
    """At either end, in every usual form; dates, years and numbers of other things stay."""
    read = read_title(title, SHOWS)
    assert (read.text, read.number) == (words, number)


def test_a_number_at_the_end_is_the_episodes_only_if_something_says_so() -> None:
    """Its stem stands by as another key, for the number to be confirmed by the other side."""
    assert read_title("Bees | 6").text == "bees 6"
    assert read_title("Bees | 6").keys == ("bees6", "bees")
    assert read_title("Bees | 6", known=6).number == (None, 6)
    assert read_title("Bees #6", known=6).text == "bees"
    assert read_title("Bees #6", known=7).text == "bees 6"
    assert read_title("Bees 6", known=6).keys == ("bees6", "bees")


def test_digits_know_whether_they_may_be_the_episodes_number() -> None:
    """Parts, Roman numerals and number words never are; a single letter counts only at the end."""
    read = read_title("58a Bees 3.0, Part 2, World War II, ten tips and I, Malcolm X")
    assert [one.value for one in read.digits] == ["58a", "3", "0", "2", "2", "10", "10"]
    assert [one.bare for one in read.digits] == [True, True, True, False, False, False, False]


@pytest.mark.parametrize(
    ("title", "show", "number"),
    [
        ("Bees | Field Notes #12", "Field Notes", 12),
        ("Bees|Field Notes #12", "Field Notes", 12),
        ("Bees｜Field Notes #12", "Field Notes", 12),
        ("Bees | Field Notes | Ep. 12", "Field Notes", 12),
        ("Bees | Field Notes #12 | Meadow", "Field Notes", 12),
        ("Bees | Field Notes (Episode 12)", "Field Notes", 12),
        ("Bees | Field Notes #12 (Part 2)", "Field Notes", 12),
        ("Bees | Field Notes S2 E12", "Field Notes", 12),
        ("Bees | Field Notes Season 2 Episode 5", "Field Notes", 5),
        ("Bees | Field Notes #1,024", "Field Notes", 1024),
        ("Bees | Bienenfunk Folge 212", "Bienenfunk", 212),
        ("Bees | Bienenfunk Nr. 7", "Bienenfunk", 7),
        ("Bees | Bienenfunk E7", "Bienenfunk", 7),
        ("Bees | Vitamin E 7", None, None),
        ("Bees | Abeilles Épisode 9", "Abeilles", 9),
        ("Bees | Abejas Episodio 9", "Abejas", 9),
        ("Bees | 蜜蜂 第12期", "蜜蜂", 12),
        ("Bees | The Daily Show #12", "The Daily Show", 12),
        ("Bees | The Bee Podcast #12", "The Bee Podcast", 12),
        ("Bees | #12", None, 12),
        ("Bees | Field Notes", None, None),
        ("Bees | Field Notes 12", None, None),
        ("Bees, Field Notes #12", None, None),
        ("", None, None),
    ],
)
def test_a_page_names_its_show_and_number_behind_the_title(title: str, show: str | None, number: int | None) -> None:
    """The piece with the number names the show, or the one before it; what has no number may be a guest or a part."""
    assert show_and_number(title) == (show, number)


def test_the_show_of_a_summary_is_what_it_says_itself_and_else_what_its_title_says() -> None:
    """A name without a letter or digit is none."""
    title = "Bees | Field Notes #12"
    assert show_of(Summary(title, "Bee Talk")) == "Bee Talk"
    assert show_of(Summary(title, "\U0001f41d")) == "Field Notes"
    assert show_of(Summary(title)) == "Field Notes"
    assert show_of(Summary("Bees | \U0001f41d #12")) is None
    assert show_of(Summary("Bees")) is None


@settings(max_examples=examples(300))
@given(st.text() | st.text(alphabet="se|#12 -:()\u2013\u0664part"), st.none() | st.integers(0, 20))
def test_any_title_is_read_and_reading_is_stable(title: str, known: int | None) -> None:
    """Nothing raises, and no separator survives among the words."""
    read = read_title(title, SHOWS, known)
    assert not {"|", "#"} & set(read.words)
    assert read == read_title(title, SHOWS, known)
    assert show_names([title]) == show_names([title])


def test_hostile_titles_take_no_time() -> None:
    """A title of a megabyte is read like its first characters."""
    for piece in ("a | ", "# ", "Bee ", "s1", "((", " - ", "9"):
        assert len(read_title(piece * 300_000, SHOWS).words) <= 2000
