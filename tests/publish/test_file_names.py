"""Names: which are ours, and in which order files are written. test_publisher.py has what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enricher.errors import PublishError
from enricher.publish.folder import Folder
from enricher.publish.publisher import Publisher, rank

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "show/bees-0123456789ab.html"


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    """A link in place of the show's folder."""
    output = tmp_path / "public"
    output.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (output / "show").symlink_to(tmp_path / "elsewhere")
    publisher = Publisher(Folder(output))
    with publisher.staging({}) as staging:
        staging.add(PAGE, b"x")
        with pytest.raises(PublishError, match="move it away"):
            publisher.publish([], 0.0, staging, [PAGE])
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert [path.name for path in output.iterdir()] == ["show"]


def test_files_are_written_after_those_that_they_point_to() -> None:
    """Fragments before the entry of the search, pages before indexes, everything before the feed."""
    order = [PAGE, "show/search/pagefind-entry.json", "show/index.html", "show.xml"]
    assert sorted(dict.fromkeys(reversed(order)), key=rank) == order
    assert rank("show/older-1.html") == rank("show/index.html")
    assert rank("style-0123.css") == rank("show/search/pagefind.js") == rank(PAGE)
