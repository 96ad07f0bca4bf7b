"""What a feed's own titles teach: decoration that they share, and which of a page's titles is the episode's."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from enricher.matching.titles import number_apart, numbers_lead, shared_names
from tests.matching.test_match import DAY, alone, decide, item, pairs, stored

FN = [item("Nest Magic | FN 68", DAY), item("Wasp Wars | FN 67", DAY - dt.timedelta(7))]


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (["Nest Magic | FN 68", "Wasp Wars | FN 67"], ("fn ",)),
        (["FN 68: Nest Magic", "FN 67: Wasp Wars", "Bees"], ("fn ",)),
        (["Hive Talk: Bees", "Hive Talk: Wasps", "Bumble: Ants"], ("hive talk ",)),
        # a guest of two in five, parts of one thing, what any show says, a number that stays the same
        (["A | Bo Vik", "B | Bo Vik", "C | Ann Lee", "D | Cy Orr", "E | Di Moe"], ()),
        (["A | Part 1", "B | Part 2"], ()),
        (["Chorus, Part 1 | FN #9", "Chorus, Part 2 | FN #8"], ("fn ",)),
        (["Chorus, Part 1: A", "Chorus, Part 2: B"], ()),
        (["Bonus: A", "Bonus: B"], ()),
        (["Interview: A", "Interview: B"], ()),
        (["Best of: A", "Best of: B"], ()),
        (["A | Rome 2", "B | Rome 2", "C", "D"], ()),
        (["Bees | FN 1"], ()),
        (["FN068 Bees", "FN067 Wasps"], ("fn ",)),
        (["Mix068 Bees", "Ants and men", "Mix067 Wasps", "The 1920s"], ("mix ",)),
        (["PS3 in review", "PS4 in review", "PS5 in review"], ()),
        (["Web3 and bees", "Mp3 players", "Apollo13", "Top10 bees"], ()),
        ([], ()),
    ],
)
def test_what_most_titles_share_is_learnt(titles: list[str], names: tuple[str, ...]) -> None:
    """A name beside a separator, with a number of its own in each or without."""
    assert shared_names(titles) == names


def test_two_short_words_behind_a_learnt_name_match() -> None:
    """`| FN 68` is decoration: show and number; a page that says another number is another episode."""
    assert alone_of("Nest Magic", number=68, published=DAY) == {"Nest Magic | FN 68": "Nest Magic"}
    assert alone_of("Nest Magic FN 68") == {"Nest Magic | FN 68": "Nest Magic FN 68"}
    assert not alone_of("Nest Magic", number=67, published=DAY)


def alone_of(title: str, **known: Any) -> dict[str, str]:
    """Match one summary, which names no show, in a feed that numbers its titles."""
    return pairs(decide(FN, [stored(title, podcast=None, **known)]))


def test_the_candidate_title_that_fits_an_item_wins() -> None:
    """A heading of the show, the second heading or the file's name; what fits none stays the first."""
    bees, wasps = item("How bees choose a home", DAY), item("Wasps build with paper")
    summary = stored("Notes of a listener", titles=("Ideas", "how bees choose a home"))
    found = decide([bees, wasps], [summary])
    assert pairs(found) == {"How bees choose a home": "Notes of a listener"}
    # The first that is equal, before one that is contained.
    summary = stored("Wasps build with paper, notes", titles=("How bees choose a home",))
    assert pairs(decide([bees, wasps], [summary])) == {bees.title: summary.summary.title}
    assert not pairs(decide([bees, wasps], [stored("Notes", titles=("2024-05-02", "11", "Trailer"))]))


@pytest.mark.parametrize("title", ["Field Notes 11", "Field Notes #11", "Field Notes Episode 11 - 25/04/2024"])
def test_show_and_number_alone_are_enough(title: str) -> None:
    """Where one item has the number, and no date says otherwise."""
    wasps = item("#11: Wasps are not bees", dt.date(2024, 4, 25))
    bees = item("#12: How bees choose a home", DAY)
    assert pairs(decide([bees, wasps], [stored(title, podcast=None)])) == {wasps.title: title}
    assert not pairs(decide([bees, wasps], [stored("11", podcast=None)]))
    assert not pairs(decide([bees, wasps], [stored(title, podcast=None, published=DAY)]))
    assert not pairs(decide([bees, wasps, item("#11 again")], [stored(title, podcast=None)]))


def test_a_day_behind_the_number_is_no_part_of_the_title() -> None:
    """Unless the items' titles end with their days, which then tell them apart."""
    items = [item("Field Notes Episode #75"), item("Field Notes Episode #74")]
    summary = stored("Field Notes Episode #75 - 9/06/2019", podcast=None)
    assert pairs(decide(items, [summary])) == {items[0].title: summary.summary.title}
    days = [item("The Morning - 9/06/2019"), item("The Morning - 9/07/2019")]
    assert pairs(decide(days, [stored("The Morning - 9/06/2019")])) == {days[0].title: "The Morning - 9/06/2019"}
    assert not pairs(decide(days, [stored("The Morning - 9/08/2019")]))


def test_a_guest_behind_a_bar_is_no_show() -> None:
    """The item says it too. What no item says may be another show, which has an episode of that title."""
    title = "How bees choose a home | Ann Lee (Hive Lab)"
    assert alone(item(title), stored(title, podcast=None)).rule == "title"
    other = stored("How bees choose a home | Wasp Weekly", podcast=None)
    found = alone(item("How bees choose a home"), other)
    assert found.stored is None
    assert "may be another show" in found.reason
    dated = stored("How bees choose a home | Hive Lab", podcast=None, published=DAY)
    assert alone(item("How bees choose a home", DAY), dated).rule == "title"


def test_whoever_names_no_show_shares_the_words_where_number_and_day_agree() -> None:
    """Every show has a #12, and many publish on one day."""
    bees = item("12: Nest Magic and Ann", DAY, episode="12")
    said: dict[str, Any] = {"podcast": None, "number": 12, "published": DAY}
    assert alone(bees, stored("Nest Magic", **said)).rule == "number and date"
    assert alone(bees, stored("Nest Music", **said)).stored is None


# Values under any name


def test_a_value_under_any_name_is_the_items() -> None:
    """Of guid, audio or link; a value that the summary calls its guid goes before."""
    items = [item("A", guid="a-1", audio="https://h.example/a.mp3", link="https://n.example/a"), item("B", guid="b-1")]
    for value in ("a-1", "https://h.example/a.mp3?x=1", "http://www.n.example/a/"):
        found = decide(items, [stored("Of something else", identities=("x-9", value))])
        assert pairs(found) == {"A": "Of something else"}
    assert pairs(decide(items, [stored("Of something else", guid="b-1", identities=("a-1",))])) == {
        "B": "Of something else"
    }


def test_values_of_other_episodes_decide_nothing() -> None:
    """Those of several, or of one whose title, number or date is not the summary's."""
    items = [item("Bees", DAY, link="https://n.example/12"), item("Wasps", link="https://n.example/11")]
    both = ("https://n.example/12", "https://n.example/11")
    assert not pairs(decide(items, [stored("Else", identities=both)]))
    assert pairs(decide(items, [stored("Bees", identities=both[1:])])) == {"Bees": "Bees"}
    to_come = stored("Honey", guid="fn-13", identities=both[:1])
    assert not pairs(decide(items, [to_come]))
    late = stored("Else", published=DAY + dt.timedelta(9), identities=both[:1])
    assert not pairs(decide(items, [late]))


def test_a_number_stuck_to_a_learnt_name_is_the_episodes() -> None:
    """`LK067 Nightfall` and `LK066 Nightfall` are two; a page that says number and day is of one."""
    feed = [item("LK067 Nightfall", DAY), item("LK066 Nightfall", DAY - dt.timedelta(7)), item("LK065 Salt")]
    summary = stored("Nightfall", podcast=None, number=67, published=DAY)
    assert pairs(decide(feed, [summary])) == {"LK067 Nightfall": "Nightfall"}
    assert not pairs(decide(feed, [stored("Nightfall", podcast=None)]))


def test_numbers_that_lead_most_titles_are_the_episodes() -> None:
    """Then the show's name and a number are enough; where few titles begin so, it is another number."""
    titles = ["44. Nest magic", "43. Wasp wars", "4. Salt"]
    assert numbers_lead(titles)
    assert list(map(number_apart, titles)) == ["44: Nest magic", "43: Wasp wars", "4: Salt"]
    assert pairs(decide(list(map(item, titles)), [stored("Field Notes 044", podcast=None)])) == {
        "44. Nest magic": "Field Notes 044"
    }
    assert pairs(decide(list(map(item, titles)), [stored("4. Salt", podcast=None)])) == {"4. Salt": "4. Salt"}
    declared = [item(one, episode=str(100 + n)) for n, one in enumerate(("1. Monday", "2. Tuesday", "3. Bees"), 1)]
    assert not pairs(decide(declared, [stored("Field Notes #2", podcast=None)]))
    for few in (["3. Advent", "Bees", "Wasps"], ["1. Bees", "1. Wasps", "1. Ants"], ["44. Nest magic"]):
        assert not numbers_lead(few)


@pytest.mark.parametrize("end", [" | March 14, 2024", " - 14 March 2024", " (14. März 2024)", " – 14/03/2024"])
def test_the_day_of_publication_is_no_word_of_a_title(end: str) -> None:
    """At its end, in words or numbers; another day is."""
    day = dt.date(2024, 3, 14)
    feed = [item("Field Notes #44", day), item("Field Notes #43", day - dt.timedelta(7))]
    assert pairs(decide(feed, [stored(f"Field Notes #44{end}", podcast=None, published=day)])) == {
        "Field Notes #44": f"Field Notes #44{end}"
    }
    assert not pairs(decide([item("Morning news", day)], [stored("Morning news | Hour 14 of 2024", published=day)]))
    assert not pairs(decide(feed, [stored("Moon landing | July 20, 1969", podcast=None, published=day)]))
