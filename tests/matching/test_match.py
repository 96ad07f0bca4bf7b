"""Which item a stored summary belongs to."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from enricher.errors import SourceError
from enricher.feed.parse import parse
from enricher.matching.match import match, page_of, related_items
from enricher.model.feed import Document, Feed, FeedConfig, Item
from enricher.model.summary import StoredSummary, Summary
from tests.corpus import CORPUS, LEX, few_fast, files, needs_corpus
from tests.examples import examples
from tests.growth import calls

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from enricher.model.edition import Match, Matching

SHOW = "Field Notes"
CONFIG = FeedConfig("notes", "https://notes.example/feed", "https://feeds.example.com")
DAY = dt.date(2024, 5, 2)


def item(title: str = "", published: dt.date | None = None, **known: Any) -> Item:
    """Make an item."""
    seconds = dt.datetime.combine(published, dt.time(9), dt.UTC).timestamp() if published else None
    return Item(etree.Element("item"), "", title=title, published=seconds, **known)


def stored(title: str = "", podcast: str | None = SHOW, folder: str = "/all", **known: Any) -> StoredSummary:
    """Make a stored summary."""
    return StoredSummary(f"{folder}/{title or 'x'}.json", folder, title, Summary(title, podcast, **known))


def decide(items: Sequence[Item], summaries: Sequence[StoredSummary], **known: Any) -> Matching:
    """Match them in a feed of the show."""
    return match(Feed(etree.Element("rss"), SHOW, tuple(items)), summaries, known.pop("config", CONFIG), **known)


def alone(one: Item, summary: StoredSummary) -> Match:
    """Match one item and one summary."""
    return decide([one], [summary]).matches[0]


def pairs(found: Matching) -> dict[str, str]:
    """Return the summaries' titles by their items' titles."""
    return {one.item.title: one.stored.summary.title for one in found.matches if one.stored}


def twin(one: Item) -> object:
    """Return what doubled items share."""
    return (one.guid, one.audio, one.title) if one.guid and one.audio else id(one)


def test_a_doubled_item_has_the_summary_twice() -> None:
    """The same guid, audio and title are one episode; the same guid and audio under another title are a slip."""
    known: dict[str, Any] = {"guid": "a", "audio": "https://h.example/a.mp3"}
    summary = stored("Bees", guid="a")
    found = decide([item("Bees", **known), item("Wasps", guid="b"), item("Bees", **known)], [summary])
    assert [one.stored for one in found.matches] == [summary, None, summary]
    assert not found.unused
    assert not pairs(decide([item("Bees", **known), item("Wasps", **known)], [stored("x", guid="a")]))


def test_the_audio_may_be_any_enclosure_of_an_item() -> None:
    """A booklet may stand first, and the page may name the file of another podcast:alternateEnclosure."""
    one = item("Bees", audio="https://h.example/a.mp3", others=("https://h.example/a.pdf", "https://h.example/a.opus"))
    assert alone(one, stored("Other", audio="https://h.example/a.opus")).rule == "audio"


# Rules 1 to 3


def test_guid_wins_over_audio_over_link_over_title() -> None:
    """Each rule decides before the next is asked, and a taken item is out."""
    items = [
        item("A", guid="a", audio="https://h.example/a.mp3", link="https://n.example/a"),
        item("B", guid="b", audio="https://h.example/b.mp3", link="https://n.example/b"),
        item("C", guid="c", audio="https://h.example/c.mp3", link="https://n.example/c"),
        item("D", guid="d", audio="https://h.example/d.mp3", link="https://n.example/d"),
    ]
    summaries = [
        stored("B", guid="a", audio="https://h.example/b.mp3"),
        stored("C", audio="http://pdst.fm/e/h.example/b.mp3?x=1", link="https://n.example/c"),
        stored("D", link="http://www.n.example/c/?utm_source=rss#top"),
        stored("D "),
    ]
    found = decide(items, summaries)
    assert [one.rule for one in found.matches] == ["guid", "audio", "link", "title"]
    assert [one.stored for one in found.matches] == summaries
    assert found.unused == ()


def test_a_guid_of_another_item_keeps_a_title_from_matching() -> None:
    """Two summaries claim one item by guid: neither slips to the item that its title would fit."""
    items = [item("Swarms of bees", guid="a"), item("The dance of bees", guid="b")]
    found = decide(items, [stored("Swarms of bees", guid="b"), stored("The dance of bees", guid="b")])
    assert not pairs(found)
    assert [reason for _, reason in found.unused] == [
        "2 summaries claim \u201cThe dance of bees\u201d by guid: a tie is no match."
    ] * 2
    assert "2 summaries claim it by guid" in found.matches[1].reason


def test_an_item_that_a_better_rule_gave_away_is_not_replaced_by_the_next_best() -> None:
    """Whose audio is taken by another's guid stays without an item, whatever its title says."""
    items = [item("One", guid="a", audio="https://h.example/1.mp3"), item("Two", audio="https://h.example/2.mp3")]
    found = decide(items, [stored("First", guid="a"), stored("Two", audio="https://h.example/1.mp3")])
    assert pairs(found) == {"One": "First"}
    assert "which has First.json" in found.unused[0][1]


def test_a_guid_that_two_items_share_is_decided_by_lower_rules_among_these_alone() -> None:
    """A tie narrows the choice: an item outside it cannot match any more."""
    items = [item("Bees", guid="a"), item("Wasps", guid="a"), item("Ants", guid="c")]
    assert pairs(decide(items, [stored("Bees", guid="a")])) == {"Bees": "Bees"}
    found = decide(items, [stored("Ants", guid="a")])
    assert not pairs(found)
    assert "2 items fit it equally by guid" in found.unused[0][1]
    assert "fits 2 items equally by guid" in found.matches[0].reason


def test_another_query_of_one_file_needs_support() -> None:
    """`?id=3` may be another file than `?id=2`, though no item has it; `?updated=2` of an equal title is not."""
    address = "https://h.example/media.mp3"
    one = item("Bees", audio=f"{address}?id=2")
    found = decide([one], [stored("Wasps", audio=f"{address}?id=3")])
    assert not pairs(found)
    assert "queries of their audio differ" in found.unused[0][1]
    assert alone(one, stored("Bees", audio=f"{address}?id=3")).rule == "audio"
    assert alone(one, stored("Wasps", audio=address)).rule == "audio"
    assert alone(dataclasses.replace(one, audio=address), stored("Wasps", audio=f"{address}?id=3")).rule == "audio"


def test_the_page_of_the_show_is_no_page_of_an_episode() -> None:
    """Some items, and some summaries, link to nothing but the show."""
    rss = etree.fromstring("<rss><channel><link>https://www.show.example/notes/</link></channel></rss>")
    items = (item("Bees", link="https://show.example/notes"), item("Wasps", link="https://show.example/notes/2"))
    summaries = [stored("Ants", link="https://show.example/notes/"), stored("x", link="https://show.example/notes/2")]
    found = match(Feed(rss, SHOW, items), summaries, CONFIG)
    assert pairs(found) == {"Wasps": "x"}


def test_audio_behind_one_script_is_told_apart_by_its_query() -> None:
    """A path that many files share says nothing; its query does."""
    items = [item(f"{n}", audio=f"https://h.example/media.mp3?id={n}") for n in range(4)]
    assert pairs(decide(items, [stored("x", audio="https://h.example/media.mp3?id=2")])) == {"2": "x"}
    assert not pairs(decide(items, [stored("x", audio="https://h.example/media.mp3?id=9")]))
    script = item("one", audio="https://h.example/get.php?id=1")
    assert alone(script, stored("x", audio="https://h.example/get.php?id=2")).stored is None


def test_a_link_that_all_items_share_leaves_the_choice_to_the_titles() -> None:
    """The show's page is not an episode's."""
    items = [item(f"Episode on subject {chr(97 + n)}", link="https://n.example/show") for n in range(4)]
    summaries = [stored(one.title, link="https://n.example/show") for one in items]
    assert len(pairs(decide(items, summaries))) == 4


def test_a_guid_from_elsewhere_does_not_stop_an_equal_title_but_a_contained_one() -> None:
    """A guid or audio that the feed has not asks for more than a part of a title."""
    one = item("Ann Lee: How Bees Decide", DAY)
    assert alone(one, stored("Ann Lee: How Bees Decide", guid="elsewhere")).stored
    assert alone(one, stored("How Bees Decide", guid="elsewhere")).stored is None
    assert alone(one, stored("How Bees Decide", audio="https://other.example/x.mp3")).stored is None
    assert alone(one, stored("How Bees Decide", guid="elsewhere", published=DAY)).stored


# Rule 4


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("#12 \u2013 Ann Lee: Bees", "Ann Lee: Bees | Field Notes #12"),
        ("Field Notes 12: Ann Lee: Bees", "Ann Lee - Bees"),
        ("Episode 12: Ann Lee & Bob: Bees", "ANN LEE and Bob \u2014 bees"),
        ("S2E5 Ann Lee: Bees", "Ann Lee: Bees (Season 2, Episode 5)"),
        ("Ann Lee: Bees, Part II", "Ann Lee: Bees \u2013 Part Two"),
        ("Ann Lee\u2019s Bees", "Ann Lees Bees"),
        ("fast.ai and the bees", "fastai and the bees"),
        ("012: B\u00e9la\u2019s \uff22ees", "Bela's Bees"),
        ("Bees", "Bees"),
    ],
)
def test_equal_titles_match_whatever_decorates_them(theirs: str, ours: str) -> None:
    """Case, punctuation, accents, show name and number are set apart."""
    assert alone(item(theirs), stored(ours)).rule == "title"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("#12 \u2013 Bees", "Bees | Field Notes #13"),
        ("S1E5 Bees", "S2E5 Bees"),
        ("Bees, Part 1", "Bees, Part 2"),
        ("The Bees of Rome Part One", "The Bees of Rome Part Two"),
        ("The Bees of Rome", "The Bees of Rome, Part 2"),
        ("The Bees of Rome II", "The Bees of Rome"),
        ("The Bees of Rome #2", "The Bees of Rome"),
        ("The Bees of Rome (1/2)", "The Bees of Rome (2/2)"),
        ("Best of 2019", "Best of 2020"),
        ("Psalm 1:19", "Psalm 119"),
        ("Notes 01-11-2011", "Notes 11-01-2011"),
        ("Notes 58a", "Notes 58b"),
        ("An intro to C", "An intro to C++"),
        ("An intro to C#", "An intro to C"),
        ("BONUS: The Bees of Rome", "The Bees of Rome"),
        ("The Bees of Rome", "The Bees of Rome (Trailer)"),
        ("Bees of Rome", "Bees"),
        ("Ask Me Anything", "Ann Lee Decides: Ask Me Anything with Bees"),
        ("\U0001f41d", "\U0001f41d"),
        ("", ""),
    ],
)
def test_titles_of_two_episodes_never_match(theirs: str, ours: str) -> None:
    """Numbers, parts, digits and kinds that differ forbid; two words inside a title are not enough."""
    found = alone(item(theirs), stored(ours))
    assert found.stored is None
    assert found.rule == "none"
    assert found.reason


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "http://www.itunes.com/DTDs/Podcast-1.0.dtd",
        "https://podcastindex.org/namespace/1.0",
    ],
)
def test_the_number_of_an_item_is_that_of_its_elements(namespace: str) -> None:
    """Those of iTunes under either spelling, and those of the Podcast namespace."""
    body = (
        f'<rss version="2.0" xmlns:n="{namespace}"><channel><title>{SHOW}</title><item><title>Bees</title>'
        "<n:season>3</n:season><n:episode> 12 </n:episode></item></channel></rss>"
    )
    feed = parse(Document("https://n.example/feed", body.encode()))
    for title, found in (("S3E12 Bees", True), ("S2E12 Bees", False), ("#12 Bees", True), ("#13 Bees", False)):
        assert bool(match(feed, [stored(title)], CONFIG).matches[0].stored) is found, title


def test_the_number_comes_from_itunes_episode_where_the_title_has_none() -> None:
    """With its season; what is no number is none."""
    ours = stored("Bees | Field Notes #12", number=12)
    assert alone(item("Bees", episode="12"), ours).stored
    assert alone(item("Bees", episode="13"), ours).stored is None
    assert alone(item("Bees", episode="12", season="3"), stored("S3E12 Bees")).stored
    assert alone(item("Bees", episode="12", season="3"), stored("S2E12 Bees")).stored is None
    assert alone(item("Bees", episode="many"), ours).stored
    assert alone(item("Bees | 12", episode="12"), ours).stored
    many = [item("Bees", episode=str(n)) for n in range(300)]
    assert decide(many, [ours]).matches[12].stored is ours


@pytest.mark.parametrize(
    "title",
    ["{} (Re-run)", "{} (re-air)", "Best of: {}", "Throwback: {}", "From the archives: {}", "{} (Live)", "{} Revisited",
     "{} - An update", "Wiederholung: {}", "{} (Part 2)", "{} II", "{}, Pt. 3", "BONUS: {}", "Trailer: {}",
     "{} - Season 9"],
)  # fmt: skip
def test_another_making_of_an_episode_is_not_the_episode(title: str) -> None:
    """Re-runs, archives, bests, updates and parts are things of their own, in both directions."""
    plain = "How Honeybees Decide Where to Go"
    assert alone(item(plain), stored(title.format(plain))).stored is None
    assert alone(item(title.format(plain)), stored(plain)).stored is None


def test_a_guest_behind_the_shows_name_tells_episodes_apart() -> None:
    """Only what sites are called is taken off a title's end."""
    anns, bobs = (f"How Honeybees Decide | {SHOW} | {name}" for name in ("Ann Lee", "Bob Roe"))
    assert alone(item(anns), stored(bobs)).stored is None
    assert alone(item(anns), stored(anns)).stored is not None
    assert (
        alone(item("How Honeybees Decide"), stored(f"How Honeybees Decide | {SHOW} | Podcast Notes")).stored is not None
    )


def test_a_dated_rerun_is_told_from_its_original() -> None:
    """Of equal titles the day or the number decides; without either a tie is no match."""
    items = [item("Bees", DAY), item("Bees", DAY + dt.timedelta(days=400))]
    found = decide(items, [stored("Bees", published=DAY)])
    assert [bool(one.stored) for one in found.matches] == [True, False]
    assert "400 days apart" not in found.matches[0].reason
    tied = decide(items, [stored("Bees")])
    assert not pairs(tied)
    assert "2 items fit it equally by title" in tied.unused[0][1]
    numbered = decide([item("#1 Bees"), item("Bees")], [stored("Bees", number=1)])
    assert [bool(one.stored) for one in numbered.matches] == [True, False]


def test_dates_more_than_two_days_apart_forbid_a_title() -> None:
    """The day is the summary's, in no time zone; an item of up to two days before or after it may be meant."""
    for days, expected in ((-4, False), (-2, True), (0, True), (2, True), (3, False)):
        one = item("Bees", DAY + dt.timedelta(days=days))
        assert bool(alone(one, stored("Bees", published=DAY)).stored) is expected, days
    far = alone(item("Bees", DAY + dt.timedelta(days=9)), stored("Bees", published=DAY))
    assert "the dates are 9 days apart" in far.reason


def test_one_title_whole_inside_the_other_matches_if_no_other_item_holds_it() -> None:
    """Three words or more, in either direction."""
    items = [item("#3 \u2013 Ann Lee: How Bees Decide, Dance, and Sleep"), item("#4 \u2013 Bob Ray: Wasps")]
    assert pairs(decide(items, [stored("Ann Lee: How Bees Decide")])) == {items[0].title: "Ann Lee: How Bees Decide"}
    longer = stored("Bob Ray: Wasps and their nests in winter")
    assert "item's title stands whole inside" in decide(items, [longer]).matches[1].reason
    twice = [*items, item("#9 \u2013 Ann Lee: How Bees Decide Again")]
    assert not pairs(decide(twice, [stored("Ann Lee: How Bees")]))


def test_a_number_that_another_item_has_forbids_a_part_of_an_unnumbered_title() -> None:
    """The summary's #12 is in the feed, so an unnumbered item is not it."""
    items = [item("Ann Lee: How Bees Decide in Spring"), item("#12 \u2013 Wasps")]
    assert not pairs(decide(items, [stored("Ann Lee: How Bees Decide", number=12)]))
    assert pairs(decide(items, [stored("Ann Lee: How Bees Decide", number=13)]))


def test_equal_number_and_day_match_a_changed_title() -> None:
    """Only one item may have both; a bonus of the same number and day leaves a doubt."""
    ours = stored("Wings", number=12, published=DAY)
    assert alone(item("#12 \u2013 Bees", DAY), ours).rule == "number and date"
    assert alone(item("#12 \u2013 Bees", DAY + dt.timedelta(days=2)), ours).stored is None
    assert alone(item("Bees", DAY, episode="12", kind="bonus"), ours).stored is None
    both = [item("#12 \u2013 Bees", DAY), item("Inside the hive", DAY, episode="12", kind="bonus")]
    assert not pairs(decide(both, [ours]))


def test_two_summaries_for_one_item_are_a_tie_unless_one_has_more_to_say() -> None:
    """Equal evidence is no match for either; a number or a day that agrees is more."""
    tied = decide([item("#1 Bees")], [stored("Bees"), stored("bees")])
    assert not pairs(tied)
    assert len(tied.unused) == 2
    decided = decide([item("#1 Bees")], [stored("Bees"), stored("bees", number=1)])
    assert pairs(decided) == {"#1 Bees": "bees"}
    assert "which has bees.json" in decided.unused[0][1]


def test_a_contested_item_is_not_given_to_a_lower_rule() -> None:
    """Two equal titles claim it, so a third that is contained in it does not get it."""
    summaries = [stored("How Bees Decide"), stored("How bees decide"), stored("How Bees Decide at Night")]
    found = decide([item("How Bees Decide")], summaries)
    assert not pairs(found)
    assert "which several summaries claim" in found.unused[-1][1]


# Rule 5


def test_similar_titles_match_within_two_days_if_no_other_is_near() -> None:
    """At least 92 per cent, at least 8 above the next, digits equal."""
    ours = stored("Ann Lee: How Honeybees Decide Where to Live", published=DAY)
    like = item("Ann Lee: How Honey Bees Decided Where to Live", DAY)
    found = alone(like, ours)
    assert found.rule == "similarity"
    assert "alike" in found.reason
    assert alone(dataclasses.replace(like, published=None), ours).stored is None
    assert alone(item("Ann Lee: How Elephants Choose Where to Live", DAY), ours).stored is None
    near = item("Ann Lee: How Honeybee Decide Where They Live", DAY)
    assert not pairs(decide([like, near], [ours]))
    assert alone(item("Ann Lee: How 2 Honeybees Decide Where to Live", DAY), ours).stored is None


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Morning Prayer for Monday of Holy Week", "Morning Prayer for Sunday of Holy Week"),
        ("How Honeybees Decide Where to Live, with Ann Lee", "How Honeybees Decide Where to Live, with Dan Lee"),
        ("The Mens Singles Final of the Australian Open", "The Womens Singles Final of the Australian Open"),
        ("An Asocial Bee and its Many Ways of Living", "A Social Bee and its Many Ways of Living"),
        ("The Swarm and the Queen and her Court of Bees", "The Swarm and the Queen and not her Court of Bees"),
        ("How the Honeybees Decide, with Maria Santos", "How the Honeybees Decide, with Mario Santos"),
        ("The Morning of the Queen of the Honeybees", "The Mourning of the Queen of the Honeybees"),
        ("The Brain and the Dance of the Honeybees", "The Brian and the Dance of the Honeybees"),
        ("蜜蜂はどうやって新しい家を見つけるのかを語る前編", "蜜蜂はどうやって新しい家を見つけるのかを語る後編"),
    ],
)
def test_titles_that_differ_in_a_telling_word_are_not_similar(theirs: str, ours: str) -> None:
    """They are 92 per cent alike and of one day, as the episodes of a daily show are, and two episodes."""
    found = decide([item(theirs, DAY)], [stored(ours, published=DAY)])
    assert not pairs(found)
    assert "differ" in found.unused[0][1]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Ann Lee on the Waggle Dance of the Honey Bees", "Ann Lee on the Waggle Dance of the Honeybees"),
        ("Ann Lee on the Wagle Dance of the Honeybees", "Ann Lee on the Waggle Dance of the Honeybees"),
        ("Ann Lee on the Waggle Dance of the Honeybees", "Ann Lee on Waggle Dance of the Honeybees"),
        ("Über den Schwänzeltanz der Honigbienen", "Über Schwänzeltanz der Honigbiene"),
        ("Как пчёлы решают, где им жить дальше", "Как пчелы решаютт, где им жить дальше"),
    ],
)
def test_titles_that_differ_in_spelling_are_similar(theirs: str, ours: str) -> None:
    """A slip of the pen, a word written as two, an article: it is the same title."""
    assert alone(item(theirs, DAY), stored(ours, published=DAY)).stored


# Candidates


def test_a_summary_is_a_candidate_by_folder_then_show_else_for_all() -> None:
    """A folder speaks louder than a name, and the folder of another show is closed."""
    config = dataclasses.replace(CONFIG, summaries=("/all/notes",), aliases=("Bee Talk",))
    one = item("Ann Lee on Bees")

    def found(podcast: str | None, folder: str, title: str = "Ann Lee on Bees") -> bool:
        summary = stored(title, podcast, folder)
        result = decide([one], [summary], config=config, reserved=("/all/other",))
        return bool(result.matches[0].stored)

    assert found("Another Show", "/all/notes")
    assert not found(SHOW, "/all/other")
    assert not found(None, "/all/other/deeper")
    assert found(SHOW, "/all")
    assert found("The field notes Podcast", "/all")
    assert found("bee talk", "/all")
    assert not found("Field Notes Daily", "/all")
    assert found(None, "/all")
    assert not found(None, "/all", "Ann Lee on Bees | Another Show #3")
    assert found(None, "/all", "Ann Lee on Bees | Bee Talk #3")
    assert decide([one], [stored("x", "Another Show")], config=config).unused == ()


def test_a_summary_without_a_show_is_not_believed_by_a_title_that_any_show_may_have() -> None:
    """Such as a trailer: it fits every feed; a date that agrees is enough."""
    for title in ("Trailer", "Best of 2019", "Q&A", "Episode 12"):
        assert alone(item(title, DAY), stored(title, None)).stored is None, title
        assert alone(item(title, DAY), stored(title, None, published=DAY)).stored, title
        assert alone(item(title, DAY), stored(title)).stored, title
    small = item("Ann Lee, Bob Ray and Cy Orr on the history of bees and men")
    assert alone(small, stored("the history of bees", None)).stored is None
    assert alone(small, stored("the history of bees")).stored
    assert alone(item("#12 Bees", DAY), stored("Wings", None, number=12, published=DAY)).stored is None


# Reasons


def test_every_item_and_unused_summary_has_a_reason_that_names_what_is_like_it() -> None:
    """A pair that a rule considered and refused is told with what forbade it; where nothing is like it that is said."""
    found = decide(
        [item("#1 Ann Lee: Bees"), item("Quite something else"), item("BONUS: Bob Ray: Wasps")],
        [stored("Ann Lee: Bees", number=2), stored("Bob Ray Wasps"), stored("Zebra")],
    )
    differ = "but the episode numbers differ (2 and 1)."
    assert found.matches[0].reason == f"Ann Lee: Bees.json (\u201cAnn Lee: Bees\u201d) is like it, {differ}"
    assert found.matches[1].reason == "No summary of this show has a guid, audio, link or title like it."
    assert "only one of them is a bonus" in found.matches[2].reason
    assert found.unused[0][1] == f"It is like \u201c#1 Ann Lee: Bees\u201d, {differ}"
    assert found.unused[2][1] == "No item of this feed has a guid, audio, link or title like it."
    assert decide([item("A")], []).matches[0].reason == "There is no summary of this show."


@pytest.mark.parametrize(
    ("theirs", "ours", "reason"),
    [
        (item("The Bees of Rome, Part 1"), stored("The Bees of Rome"), "the digits in the titles differ (none and 1)"),
        (item("S1E5 Bees"), stored("S2E5 Bees"), "season 2 episode 5 and season 1 episode 5"),
        (item("Trailer"), stored("Trailer", None), "names no show"),
        (item("Ann Lee: Beetles", DAY), stored("Ann Lee: Beagles", published=DAY), "the titles are 87 % alike"),
        (item("Ann Lee: How Bees Decide"), stored("How Bees Decide", guid="x"), "a guid or audio that no item"),
        (item("Ann Lee Decides: Ask Me Anything"), stored("Ask Me Anything"), "any show may have"),
    ],
)
def test_what_forbids_a_pair_is_told(theirs: Item, ours: StoredSummary, reason: str) -> None:
    """To the item and to the summary alike."""
    found = decide([theirs], [ours])
    assert reason in found.matches[0].reason
    assert reason in found.unused[0][1]


def test_an_item_that_another_item_outdoes_is_told_so() -> None:
    """An unnumbered title is not believed where another item has the summary's number."""
    items = [item("Ann Lee: How Bees Decide in Spring"), item("#12 \u2013 Wasps")]
    found = decide(items, [stored("Ann Lee: How Bees Decide", number=12)])
    assert "another item has its number" in found.unused[0][1]


def test_a_title_that_fits_a_forbidden_item_better_does_not_slip_to_a_part() -> None:
    """The item of the whole title has another number: then an item of its first words is not meant either."""
    items = [item("Ann Lee: Bees"), item("#341 \u2013 Ann Lee: Bees and the Future of Farming")]
    assert not pairs(decide(items, [stored("Ann Lee: Bees and the Future of Farming", number=8)]))
    assert pairs(decide(items[:1], [stored("Ann Lee: Bees and the Future of Farming", number=8)]))


# Related episodes


def test_a_related_episode_finds_the_page_of_the_one_item_with_its_title() -> None:
    """Never a guess: one item, an equal title, an absolute link."""
    items = (
        item("#1 \u2013 Ann Lee: Bees", link="https://n.example/1"),
        item("Wasps", link="https://n.example/2"),
        item("Wasps", link="https://n.example/3"),
        item("Ants", link="javascript:alert(1)"),
        item("Slugs", link="https://n.example/6.mp3", audio="https://n.example/6.mp3?x=1"),
        item("Trailer", link="https://n.example/4"),
        item("Moths"),
    )
    related = related_items(Feed(etree.Element("rss"), SHOW, items), CONFIG)

    def find(title: str) -> str | None:
        return page_of(related(title))

    assert find("Ann Lee: Bees | Field Notes #1") == "https://n.example/1"
    assert find("ann lee, bees") == "https://n.example/1"
    for title in (
        "Ann Lee: Bees | Field Notes #2",
        "Ann Lee: Bees | Other #1",
        "Wasps",
        "Ants",
        "Slugs",
        "Trailer",
        "Moths",
        "",
    ):
        assert find(title) is None, title


# Properties

TITLES = st.lists(
    st.sampled_from(["bees", "wasps", "on", "the", "1", "2", "#3", "#4", ":", "|", "-", "part", "ii", SHOW, "S1E2"]),
    max_size=7,
).map(" ".join)
DATES = st.none() | st.dates(DAY, DAY + dt.timedelta(days=5))
KEYS = st.none() | st.sampled_from(["a", "https://h.example/a.mp3", "https://h.example/b.mp3?x=1"])
ITEMS = st.lists(st.builds(item, TITLES, DATES, guid=KEYS, audio=KEYS, link=KEYS), max_size=6)
SUMMARIES = st.lists(
    st.builds(stored, TITLES, st.sampled_from([SHOW, None]), published=DATES, guid=KEYS, audio=KEYS, link=KEYS),
    max_size=6,
)


@settings(max_examples=examples(300))
@given(ITEMS, SUMMARIES, st.randoms(use_true_random=False))
def test_one_item_has_one_summary_and_the_order_of_summaries_does_not_matter(
    items: list[Item], summaries: list[StoredSummary], rng: random.Random
) -> None:
    """Whatever comes in, everything is said once, with a reason, and again in the same way."""
    found = decide(items, summaries)
    owners = {(twin(one.item), id(one.stored)) for one in found.matches if one.stored}
    used = [summary for _, summary in owners]
    left = [id(one) for one, _ in found.unused]
    assert [one.item for one in found.matches] == items
    assert len(used + left) == len({*used, *left})
    assert {id(one) for one in summaries if one.summary.podcast} <= {*used, *left} <= {id(one) for one in summaries}
    assert all(one.reason for one in found.matches)
    assert all(reason for _, reason in found.unused)
    shuffled = rng.sample(summaries, len(summaries))
    again = decide(items, shuffled)
    assert [id(one.stored) for one in again.matches] == [id(one.stored) for one in found.matches]


def test_too_many_items_of_a_day_or_too_long_a_title_are_not_compared_by_similarity() -> None:
    """There a tie is likelier than a match, and the work grows with the square."""
    ours = stored("Ann Lee: How Honeybees Decide Where to Live", published=DAY)
    like = item("Ann Lee: How Honey Bees Decided Where to Live", DAY)
    others = [item(chr(0x4E00 + n), DAY) for n in range(501)]
    assert pairs(decide([like, *others[:400]], [ours]))
    assert not pairs(decide([like, *others], [ours]))
    long = "bees " * 200
    assert alone(item(long + "fly", DAY), stored(long + "flew", published=DAY)).stored is None


@pytest.mark.parametrize("shape", ["numbered", "unlike", "same title", "same title and day", "nested", "one address"])
def test_twice_as_many_items_and_summaries_are_twice_the_work(shape: str) -> None:
    """Nothing looks at every pair, whatever the titles have in common."""
    words = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in "bdfgklmnprst"]
    known: dict[str, Any] = {"link": "https://n.example/show", "audio": "https://h.example/x.mp3"}
    shared = known if shape == "one address" else {}

    def title(n: int, rng: random.Random) -> str:
        if shape.startswith("same title"):
            return "The Morning News"
        return " ".join(words[: 3 + n % 57]) if shape == "nested" else f"#{n} {' '.join(rng.choices(words, k=8))}"

    def turned(title: str) -> str:
        return " ".join(reversed(title.split())) if shape == "unlike" else f"{title} again"

    def work(count: int) -> int:
        rng = random.Random(count)  # noqa: S311 a seed, no secret
        titles = [title(n, rng) for n in range(count)]
        items = [item(one, DAY, **shared) for one in titles]
        kept = shape in ("numbered", "one address") or shape.startswith("same title")
        day = DAY if shape.endswith("day") else None
        ours = [stored(one if kept else turned(one), published=day, **shared) for one in titles]
        found: list[Matching] = []
        taken = calls(lambda: found.append(decide(items, ours)))
        assert len(pairs(found[0])) == (count if shape in ("numbered", "one address") else 0)
        return taken

    few = 800 if shape.endswith("day") else 400  # more than those of a day that are compared by similarity
    assert work(2 * few) < 2.5 * work(few)


# Real titles


def _lex() -> Feed:
    return parse(Document("https://lexfridman.com/feed/podcast/", LEX.read_bytes()))


def _number(one: Item) -> int | None:
    found = re.match(r"#(\d+) ", one.title)
    return int(found[1]) if found else None


def _lex_summaries(kind: str) -> list[StoredSummary]:
    rng = random.Random(7)  # noqa: S311 a seed, no secret
    summaries = []
    for line in (CORPUS / "matching" / "lex_titles.txt").read_text(encoding="utf-8").split():
        number, _, title = line.partition("_-_")
        right = int(number)
        given_number = {"right": right, "none": None, "wrong": right + rng.choice([-2, -1, 1, 50])}.get(kind, 0)
        if kind == "random":
            given_number = rng.randint(1, 402)
        summary = Summary(title.replace("_", " "), "Lex Fridman Podcast", given_number)
        summaries.append(StoredSummary(f"/s/{line}.txt", "/s", line, summary))
    return summaries


def _right(one: Match) -> bool:
    """Check whether a match is right: by the number in the file's name, else by a title judged by hand."""
    assert one.stored is not None
    number = _number(one.item)
    if number is not None:
        return number == int(one.stored.digest.partition("_")[0])
    contained = {"Colin Angle - iRobot CEO", "Oriol Vinyals DeepMind AlphaStar StarCraft and Language"}
    return "titles are equal" in one.reason or one.stored.summary.title in contained


@needs_corpus
@pytest.mark.parametrize(
    ("kind", "numbered", "unnumbered"), [("right", 304, 52), ("none", 303, 52), ("wrong", 0, 45), ("random", 0, 45)]
)
def test_titles_that_somebody_else_wrote_find_their_items_and_never_another(
    kind: str, numbered: int, unnumbered: int
) -> None:
    """Of 390 titles 320 have a number that is in the feed; with right, no, wrong and random numbers not one errs."""
    feed = _lex()
    in_feed = {_number(one) for one in feed.items}
    summaries = _lex_summaries(kind)
    assert sum(int(one.digest.partition("_")[0]) in in_feed for one in summaries) == 320
    matched = [one for one in match(feed, summaries, CONFIG).matches if one.stored]
    assert [one for one in matched if not _right(one)] == []
    assert sum(_number(one.item) is not None for one in matched) >= numbered
    assert sum(_number(one.item) is None for one in matched) >= unnumbered


@needs_corpus
@pytest.mark.parametrize("kind", ["right", "none", "wrong", "random"])
@pytest.mark.parametrize("kept", [0, 1])
def test_titles_whose_items_are_gone_match_nothing(kind: str, kept: int) -> None:
    """With half of the feed away, the other half gets no summary that is not its own."""
    feed = _lex()
    half = dataclasses.replace(feed, items=feed.items[kept::2])
    assert all(_right(one) for one in match(half, _lex_summaries(kind), CONFIG).matches if one.stored)


def _feed(path: Path) -> Feed | None:
    try:
        feed = parse(Document(f"https://n.example/{path.name}", path.read_bytes()))
    except SourceError:
        return None
    return feed if feed.title else None


def _own_titles(feed: Feed, *, suffix: bool, dated: bool) -> list[StoredSummary]:
    summaries = []
    for n, one in enumerate(feed.items):
        title = f"{one.title} | {feed.title}" if suffix else one.title
        day = dt.datetime.fromtimestamp(one.published, dt.UTC).date() if dated and one.published else None
        summaries.append(StoredSummary(f"/s/{n}", "/s", str(n), Summary(title, feed.title, published=day)))
    return summaries


@needs_corpus
@pytest.mark.parametrize(("suffix", "dated"), few_fast(((True, True), (False, False), (True, False), (False, True))))
def test_every_items_own_title_finds_its_item_or_nothing(suffix: bool, dated: bool) -> None:
    """In all real feeds, with and without show name and date; only titles that a feed repeats stay without."""
    unique = matched = 0
    for feed in filter(None, map(_feed, files("feeds"))):
        found = match(feed, _own_titles(feed, suffix=suffix, dated=dated), CONFIG).matches
        for n, one in enumerate(found):
            if one.stored:
                assert one.stored.digest == str(n), one
                matched += 1
        unique += len({one.title for one in feed.items})
    assert matched > 0.98 * unique


@needs_corpus
def test_a_title_whose_item_is_gone_finds_only_an_item_of_the_very_same_title() -> None:
    """In all real feeds without dates: half of the items away, nothing is mistaken for what is left."""
    for feed in filter(None, map(_feed, files("feeds"))):
        half = dataclasses.replace(feed, items=feed.items[::2])
        for one in match(half, _own_titles(feed, suffix=True, dated=False)[1::2], CONFIG).matches:
            if one.stored:
                assert feed.items[int(one.stored.digest)].title.strip() == one.item.title.strip()
