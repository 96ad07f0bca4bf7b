"""Pages of made-up episodes, for the tests: a show, an item, a summary of everything with a time for some of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lxml import etree

from enricher.model.edition import Chapter, ChapterList
from enricher.model.feed import Item
from enricher.model.page import Episode, EpisodeEntry, PageLink, Show
from enricher.model.timeline import Cue, Moment, Timeline
from enricher.pages.theme import make_theme
from enricher.summaries.document import read_summary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enricher.model.summary import Summary

THEME = make_theme()
SHOW = Show(
    "Field Notes (highlights)",
    "https://feeds.example.com/field-notes.xml",
    "https://feeds.example.com/field-notes/",
    "en",
    "https://media.example/cover.jpg",
    "https://field-notes.example/",
    "<p>Conversations &amp; <b>walks</b>.</p>",
)
DOCUMENT: dict[str, Any] = {
    "version": 1,
    "title": "How Bees Choose a Home",
    "source": {"name": "Meadow Digest", "url": "https://digest.example/12"},
    "people": ["Ann Lee"],
    "abstract": "A swarm decides [1]. Slowly [9].\nSecond paragraph.",
    "topics": [
        {
            "title": "Swarming",
            "start": 60,
            "passages": [
                {"kind": "text", "text": "Most bees wait [1]. Few scouts fly [2].\n• in the rain\n• in the sun"},
                {"kind": "quote", "text": "They vote with their feet.", "speaker": "Ann Lee", "start": 65},
                {"kind": "quote", "text": "Nobody counts."},
            ],
            "topics": [{"title": "Scouts", "passages": [{"kind": "text", "text": "In the dark."}]}],
        },
        {"title": "Silence"},
    ],
    "clips": [{"title": "The dance", "start": 70, "end": 99.5, "quote": "She dances."}, {"title": "Without a time"}],
    "questions": [{"question": "Who decides?", "answer": "The scouts do [1].", "start": 90}],
    "citations": {"1": {"start": 62}, "2": {"url": "https://digest.example/play"}},
}
MOMENTS = {
    "topics/0": (60.0, None),
    "topics/0/passages/1": (65.4, 69.0),
    "clips/0": (70.0, 99.5),
    "questions/0": (90.0, None),
    "citations/1": (62.9, None),
}
CUES = (
    Cue(0.0, 4.0, "Good morning.", "Mara"),
    Cue(4.0, 9.5, "What are we", "Mara"),
    Cue(9.5, 12.0, "looking at?", "Mara"),
    Cue(12.5, 20.0, "A swarm & its <scouts>.", "Ann Lee"),
    Cue(60.0, 70.0, "They vote with their feet.", "Ann Lee"),
)
CHAPTERS = ChapterList((Chapter(0.0, "Intro"), Chapter(60.0, "Swarming"), Chapter(90.0, "Decision")))


def item(**fields: Any) -> Item:
    """Make an item."""
    known: dict[str, Any] = {
        "guid": "field-notes-12",
        "title": "Ann Lee: How Bees Choose a Home | Field Notes #12",
        "link": "https://field-notes.example/12",
        "published": 1714629600.0,
        "audio": "https://media.example/12.mp3",
        "duration": 120.0,
    }
    return Item(etree.Element("item"), "0", **(known | fields))


def summary(document: Mapping[str, Any]) -> Summary:
    """Read a summary."""
    return read_summary("a.json", json.dumps(document).encode())


def timeline(moments: Mapping[str, tuple[float, float | None]]) -> Timeline:
    """Make a timeline of starts and ends."""
    return Timeline({path: Moment(start, end, "summary", "") for path, (start, end) in moments.items()})


def episode(**fields: Any) -> Episode:
    """Make an episode with something of everything."""
    known: dict[str, Any] = {
        "item": item(),
        "summary": summary(DOCUMENT),
        "timeline": timeline(MOMENTS),
        "chapters": CHAPTERS,
        "source_name": "feeds.example.com",
        "related": (PageLink("Wasps", "wasps-0a1b2c3d4e5f.html", 1714000000.0), PageLink("Ants")),
        "cues": CUES,
    }
    return Episode(**(known | fields))


def entries(count: int, name: str = "Episode") -> list[EpisodeEntry]:
    """Make lines of an index, a day each, the oldest first."""
    return [EpisodeEntry(f"{name} {i}", f"e-{i}.html", 86400.0 * i, f"Teaser {i}", 600.0) for i in range(count)]
