"""Shapes of data that sites, tools and programs keep: what is the episode's, and what is of something in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from enricher.errors import SummaryError
from enricher.summaries.document import read_document, read_summary

if TYPE_CHECKING:
    from enricher.model.summary import Summary

BEES = "How bees choose a home"
SWARM = "A swarm agrees on a nest without a leader, and every scout has a say."


def read(tree: dict[str, Any], name: str = "12.json") -> Summary:
    """Read data to its summary."""
    return read_summary(name, json.dumps(tree).encode())


@pytest.mark.parametrize(
    "table",
    [
        {"podcast": {"mp3": "x.mp3", "mp3Size": "108860317", "episodeType": "full", "explicit": "no"}},
        {"show": {"available_markets": ["AR", "AU"], "id": "5Xt5DXGzch68nY"}},
        {"series": "none"},
        {"podcast": "N/A"},
    ],
)
def test_what_is_no_name_names_no_show(table: dict[str, Any]) -> None:
    """A summary of a show that nobody has would fit no feed."""
    assert read({"title": BEES, "summary": SWARM} | table).podcast is None


@pytest.mark.parametrize("name", ["cover", "seo", "a_sponsor_info"])
def test_the_pages_own_values_count_before_those_of_tables_in_it(name: str) -> None:
    """Many tools sort keys, so that a picture's title stands above the page's."""
    tree = {name: {"title": "Hive photo", "link": "https://x.example/photo", "number": 3, "id": 4}}
    summary = read(tree | {"title": BEES, "link": "https://show.example/12", "summary": SWARM})
    assert (summary.title, summary.link, summary.number, summary.guid) == (BEES, "https://show.example/12", None, None)
    assert read(tree | {"title": BEES, "summary": SWARM}).link is None


@pytest.mark.parametrize(
    ("tree", "guid"),
    [
        ({"id": 42}, None),
        ({"id": "42"}, None),
        ({"id": 16795088, "guid": "bees/19b"}, "bees/19b"),
        ({"guid": "44678 at https://show.example"}, "44678 at https://show.example"),
        (
            {"guid": "https://show.example/?name=12.mp3", "file": "https://cdn.example/12.mp3"},
            "https://show.example/?name=12.mp3",
        ),
        ({"extra": {"guid": "wotc001"}}, "wotc001"),
        ({"params": {"guid": "wotc001"}}, "wotc001"),
        ({"id": "6e0b7e6d-6123-983a-cc5f-215c6e0b7e6d"}, "6e0b7e6d-6123-983a-cc5f-215c6e0b7e6d"),
    ],
)
def test_a_guid_is_what_is_called_so(tree: dict[str, Any], guid: str | None) -> None:
    """Every data file has an id of its own, and feeds with plain numbers exist."""
    assert read({"title": BEES, "summary": SWARM} | tree).guid == guid


def test_an_address_of_audio_that_is_the_guid_leaves_the_audio_its_place() -> None:
    """Breadcrumbs has both."""
    tree = {
        "title": BEES,
        "summary": SWARM,
        "guid": "https://show.example/?name=12.mp3",
        "file": "https://cdn.example/12.mp3",
    }
    assert read(tree).audio == "https://cdn.example/12.mp3"


def test_chapters_may_be_a_table_of_tables() -> None:
    """As the template of many Japanese sites has them."""
    chapters = {
        f"chap{n}": {"time": time, "title": title}
        for n, (time, title) in enumerate([("0:00", "Hello"), ("5:12", "Dance")])
    }
    assert [(one.title, one.start) for one in read({"title": BEES, "chapter": chapters}).topics] == [
        ("Hello", 0),
        ("Dance", 312),
    ]


def test_the_best_named_abstract_counts() -> None:
    """A summary before a description before a subtitle, wherever they stand."""
    tree = {
        "title": BEES,
        "subtitle": "Bees at home, and what else there is.",
        "description": f"Publisher: {SWARM}",
        "summary": SWARM,
    }
    assert read(tree).abstract == SWARM
    del tree["summary"]
    assert read(tree).abstract == f"Publisher: {SWARM}"


def test_html_in_values_is_markup() -> None:
    """Dumps of hosts have it in descriptions, with chapters between breaks."""
    summary = read(
        {
            "title": "Bees &amp; wasps",
            "description": "On <strong>strong</strong> bees.<br>0:00 Hello<br>5:00 Dance<br>9:30 Bye",
        }
    )
    assert (summary.title, summary.abstract) == ("Bees & wasps", "On strong bees.")
    assert [one.start for one in summary.topics] == [0, 300, 570]


def test_lists_within_strings_are_lists() -> None:
    """Databases and scripts keep them so; questions are told by their marks, whatever they are called."""
    asked = ["Wie tanzen sie?", "Why do they dance?"]
    tree = {"title": BEES, "points": "1. Scouts repeat what they have seen.\n2. Thirty at one place decide on it."}
    summary = read(
        tree | {"question_matches": asked, "extra_topics": '["Scouts dance longer for better sites than for others."]'}
    )
    assert [one.question for one in summary.questions] == asked
    assert [said.text for said in summary.topics[0].passages][:1] == ["Scouts repeat what they have seen."]


def test_the_lookup_of_a_directory_is_its_episode() -> None:
    """Apple gives the show first, and the episode beside it."""
    show = {"wrapperType": "track", "kind": "podcast", "collectionName": "Hive Talk", "trackName": "Hive Talk"}
    episode = {
        "kind": "podcast-episode",
        "collectionName": "Hive Talk",
        "trackName": BEES,
        "episodeGuid": "g-12",
        "description": SWARM,
    }
    for results in ([show, episode], [episode]):
        summary = read({"resultCount": len(results), "results": results})
        assert (summary.title, summary.podcast, summary.guid, summary.abstract) == (BEES, "Hive Talk", "g-12", SWARM)


def test_soundbites_are_clips_with_an_end() -> None:
    """https://podcasting2.org/docs/podcast-namespace/tags/soundbite has a start and a duration."""
    summary = read(
        {
            "title": BEES,
            "soundbites": [
                {"startTime": 73.0, "duration": 60.0, "title": "They vote"},
                {"startTime": 200, "duration": 5, "title": "Wax"},
            ],
        }
    )
    assert [(one.title, one.start, one.end) for one in summary.clips] == [("They vote", 73, 133), ("Wax", 200, 205)]


def test_what_says_nothing_is_refused_in_words_that_help() -> None:
    """Data of another schema has no unknown key of ours."""
    with pytest.raises(SummaryError, match="says nothing that could be added"):
        read({"title": BEES, "date": {"start": "2024-05-02"}, "youtube": {"id": "x"}, "tags": ["a"], "overflow": []})


def test_front_matter_above_html_is_front_matter() -> None:
    """Jekyll's older posts are HTML."""
    body = f"---\ntitle: {BEES}\nguid: g-12\n---\n<p>{SWARM}</p>\n"
    summary = read_summary("2010-12-01-bees.html", body.encode())
    assert (summary.title, summary.guid, summary.abstract) == (BEES, "g-12", SWARM)


def test_a_folder_names_what_its_file_does_not() -> None:
    """Bundles of Hugo and Eleventy: `142/index.md`."""
    for name in (
        "episodes/bees and wasps 142/index.md",
        "bees and wasps 142\\_index.md",
        "bees and wasps 142/README.md",
    ):
        summary = read_summary(name, f"## News\n\n{SWARM}\n\n## Talk\n\n{SWARM}\n".encode())
        assert (summary.title, summary.number) == ("bees and wasps 142", 142)


@pytest.mark.parametrize(
    ("name", "number"),
    [("Ann Lee 2", None), ("bees retrospective 2015", None), ("field-notes-9", 9), ("-1", None)],
)
def test_a_copy_and_a_year_are_no_number(name: str, number: int | None) -> None:
    """The number at the end of a file's name is the episode's where it can be nothing else."""
    assert read_summary(f"{name}.md", f"{SWARM}\n".encode()).number == number


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("61: Bees", 61),
        ("#22 – Bees", 22),
        ("Episode 1: Bees", 1),
        ("第7回 Bees", 7),
        ("012: Bees", 12),
        ("10 great bees", None),
        ("3. Advent", None),
        ("-1: Before bees", None),
        ("2024 - a year of bees", None),
    ],
)
def test_a_number_that_leads_a_title_is_the_episodes(title: str, number: int | None) -> None:
    """Where it stands apart."""
    assert read({"title": title, "summary": SWARM}).number == number


def test_chapter_files_within_text() -> None:
    """Podlove Simple Chapters and ffmpeg's metadata are lists of times."""
    psc = '<psc:chapters version="1.2">\n <psc:chapter start="0:00" title="Hello" />\n'
    psc += ' <psc:chapter title="The logo" start="09:59"/>\n'
    ff = ";FFMETADATA1\ntitle=Ann Lee on bees\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=599000\ntitle=Hello\n"
    for start, end, title in ((599, 1860, "The logo"), (1860, 2860, "Bye")):
        ff += f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}000\nEND={end}000\ntitle={title}\n"
    psc += ' <psc:chapter start="31:00" title="Bye" />\n</psc:chapters>\n'
    for text in (psc, ff):
        topics = read_summary("ann lee on bees.txt", text.encode()).topics
        assert [(one.title, one.start) for one in topics] == [("Hello", 0), ("The logo", 599), ("Bye", 1860)]


def test_a_few_words_beside_the_abstract_are_told() -> None:
    """The abstract is the data's; what the text says at more length stays a part of the summary."""
    head = f"---\ntitle: {BEES}\ndescription: {SWARM}\n---\n\n"
    reading = read_document("12.md", f"{head}Hello to all of you!\n".encode())
    assert (reading.summary.abstract, reading.summary.topics) == (SWARM, ())
    assert "a few words beside the abstract" in str(reading.left_out)
    longer = "Ann Lee has kept bees for eleven years. She tells what scouts do, what they dance for, and who decides."
    assert longer in str(read_document("12.md", f"{head}{longer}\n".encode()).summary.topics)
    begun = f"{SWARM} {longer}"
    assert read_document("12.md", f"{head}{begun}\n".encode()).summary.abstract == begun


@pytest.mark.parametrize(
    "table",
    [
        {"length": 12784423},
        {"enclosure": {"url": "https://cdn.example/12.mp3", "length": 37846421, "type": "audio/mpeg"}},
        {"audio": {"url": "https://cdn.example/12.mp3", "length": 37846421}},
    ],
)
def test_the_length_of_an_enclosure_is_in_bytes(table: dict[str, Any]) -> None:
    """https://www.rssboard.org/rss-specification#ltenclosuregtSubelementOfLtitemgt, copied into front matter."""
    assert read({"title": BEES, "summary": SWARM} | table).duration is None


def test_what_is_of_the_audio_is_the_episodes() -> None:
    """Its title, and its sources; an address is no abstract."""
    media = {
        "title": BEES,
        "content": "/audio/12.mp3",
        "sources": [{"src": "https://cdn.example/12.ogg", "type": "audio/ogg"}],
    }
    summary = read({"media": media, "summary": SWARM})
    assert (summary.title, summary.abstract, summary.audio) == (BEES, SWARM, "https://cdn.example/12.ogg")


def test_a_players_buttons_name_no_show() -> None:
    """PowerPress writes "Podcast: Play in new window | Download"."""
    body = (
        f"# {BEES}\n\nPodcast: [Play in new window](https://x.example/1) | [Download](https://x.example/2)\n\n{SWARM}\n"
    )
    assert read_summary("12.md", body.encode()).podcast is None


def test_chapters_in_a_description_are_chapters() -> None:
    """Feeds are made from front matter that has the notes."""
    chapters = "\n".join(f"00:{n:02}:00.000 Part {n}" for n in range(0, 50, 10))
    body = f"---\ntitle: {BEES}\npodcast_description: |\n  {SWARM}\n  " + chapters.replace("\n", "\n  ") + "\n---\n"
    assert [one.start for one in read_summary("12.md", body.encode()).topics] == [0, 600, 1200, 1800, 2400]


def test_what_somebody_does_is_no_guest() -> None:
    """A title may begin with what its episode does."""
    assert read({"title": "Making Robot Arms Work: Ann Lee", "summary": SWARM}).people == ()


@pytest.mark.parametrize(
    "table",
    [
        {"podcast": {"title": "Hive Talk", "uuid": "917393e3-5b45-11f0-9a7e-000000000001"}},
        {"show": {"guid": "hive-talk-of-ann-lee"}},
        {"audio": {"id": "0123456789abcdef01234567"}},
    ],
)
def test_the_id_of_something_else_is_no_guid(table: dict[str, Any]) -> None:
    """A guid that no item has keeps all other rules from looking."""
    assert read({"title": BEES, "summary": SWARM} | table).guid is None


def test_a_guid_counts_before_an_id_that_looks_like_one() -> None:
    """Wherever it stands."""
    assert (
        read({"episode_id": "6123983acc5f215c6e0b7e6d", "guid": "w-14", "title": BEES, "summary": SWARM}).guid == "w-14"
    )


def test_of_several_episodes_none_is_chosen_for_its_guid() -> None:
    """A show and its episode are one; two episodes are two."""
    with pytest.raises(SummaryError):
        read({"results": [{"guid": "x-1", "title": "Wasps"}, {"title": BEES}]})


def test_when_a_note_was_made_is_no_date_of_the_episode() -> None:
    """An equal title would be refused for it."""
    for label in ("Created", "Recorded", "Listened on", "纪要生成"):
        body = f"# {BEES}\n\n**Podcast:** Hive Talk\n**{label}:** 2025-06-01\n\n{SWARM}\n"
        assert read_summary("12.md", body.encode()).published is None


def test_a_sponsors_abstract_is_told() -> None:
    """It may be all that there was."""
    reading = read_document(
        "12.json", json.dumps({"title": BEES, "description": "Support us on our page.", "summary": SWARM}).encode()
    )
    assert reading.summary.abstract == SWARM
    assert "Support us" in str(reading.left_out)
