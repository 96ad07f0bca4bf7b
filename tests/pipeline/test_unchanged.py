"""Nothing is made again while nothing of what an edition was made of has changed."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import structs

from enricher.http.schedule import DAY
from enricher.model.edition import Artifact
from enricher.model.feed import FeedConfig
from enricher.model.state import FeedState, Published
from enricher.pipeline.unchanged import code_digest, inputs_digest, is_unchanged
from enricher.publish.folder import Folder
from enricher.publish.publisher import Publisher

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_800_000_000.0
FILES = ("show.xml", "show/chapters/0123456789abcdef.json")


def published(output: Path) -> tuple[Publisher, FeedState]:
    """Publish two files."""
    publisher = Publisher(Folder(output))
    publisher.publish([Artifact(path, b"made") for path in FILES], NOW)
    files = publisher.stamps(dict.fromkeys(FILES, ""))
    assert files is not None
    return publisher, FeedState(published=Published("inputs", "source", NOW + DAY, 1, 1, 1, 1), files=files)


def test_the_same_source_inputs_and_files_are_unchanged(tmp_path: Path) -> None:
    """Until an item's file has to be asked for again."""
    publisher, known = published(tmp_path)
    assert is_unchanged(known, "source", "inputs", publisher, NOW)
    assert is_unchanged(known, "source", "inputs", publisher, NOW + DAY - 1)
    assert not is_unchanged(known, "source", "inputs", publisher, NOW + DAY)
    assert not is_unchanged(known, "other", "inputs", publisher, NOW)
    assert not is_unchanged(known, "source", "other", publisher, NOW)
    assert known.published is not None
    late = structs.replace(known, published=structs.replace(known.published, until=NOW - 1))
    assert not is_unchanged(late, "source", "inputs", publisher, NOW)
    assert not is_unchanged(FeedState(files=known.files), "source", "inputs", publisher, NOW)


def test_a_clock_that_was_set_back_lets_everything_be_made_again(tmp_path: Path) -> None:
    """What was noted years ahead would hold for years."""
    publisher, known = published(tmp_path)
    assert not is_unchanged(known, "source", "inputs", publisher, NOW - 1)
    assert not is_unchanged(known, "source", "inputs", publisher, NOW - 400 * DAY)


def test_a_file_that_somebody_touched_is_made_again(tmp_path: Path) -> None:
    """Deleted, of another size, or of another time."""
    publisher, known = published(tmp_path)
    path = tmp_path / FILES[1]
    os.utime(path, (NOW, NOW + 60))
    assert not is_unchanged(known, "source", "inputs", publisher, NOW)
    path.unlink()
    assert not is_unchanged(known, "source", "inputs", publisher, NOW)


def test_everything_that_an_edition_is_made_of_is_in_its_inputs() -> None:
    """The URL and a private feed's token too, which are secrets and stand in no text; the code itself."""
    feed = FeedConfig("show", "https://a.example/feed", "https://feeds.example", private=True, token="1" * 32)
    others = (
        (replace(feed, url="https://a.example/other"), frozenset[str](), "summaries"),
        (replace(feed, token="2" * 32), frozenset[str](), "summaries"),
        (replace(feed, label="By us."), frozenset[str](), "summaries"),
        (feed, frozenset({"/summaries"}), "summaries"),
        (feed, frozenset[str](), "others"),
    )
    found = [inputs_digest(feed, frozenset(), "summaries"), *(inputs_digest(*other) for other in others)]
    assert len(set(found)) == len(found)
    assert found[0] == inputs_digest(replace(feed), frozenset(), "summaries")
    assert code_digest() == code_digest()
    assert "1" * 32 not in found[0]
