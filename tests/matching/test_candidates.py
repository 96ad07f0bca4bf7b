"""Which summaries the store offers a feed: the shows that they name, from the configuration to the published file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hostile.answers import feed
from tests.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("title", ["Field Notes", "The Field Notes [HD] Podcast (Video)"])
def test_a_summary_with_an_equal_guid_is_found_however_it_writes_the_show(tmp_path: Path, title: str) -> None:
    """The key by which the store finds a show's summaries is the one by which matching compares its name.

    A guid of another show is never taken: many shows number their items from 1.
    """
    shop = Workshop(tmp_path)
    named = ["Field Notes", "Field Notes (Video)", "The Field Notes Podcast (MP3)", "field notes: The Podcast", None]
    (tmp_path / "notes.xml").write_bytes(feed(*range(7), title=title))
    shop.add_feed("notes", tmp_path / "notes.xml")
    for n, podcast in enumerate([*named, "Field Notes Daily"]):
        shop.add_summary(f"{n}.json", {"version": 1, "title": "x", "guid": f"show-{n}", "podcast": podcast})
    shop.add_summary("6.json", {"version": 1, "title": "x | Field Notes (MP3) #6", "guid": "show-6"})
    assert shop.run()["notes"]["matched"] == len(named) + 1
