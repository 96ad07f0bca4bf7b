"""Files that wait for their edition: in place together, or gone with it; what stands already is not written again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from enricher.errors import PublishError
from enricher.model.edition import Artifact, File
from enricher.publish.folder import FolderPublisher, publish
from enricher.publish.names import rank
from enricher.publish.staging import Staging

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_800_000_000.0
DAY = 86400.0
FEED = Artifact("show.xml", b"<rss/>")
PAGE = "show/bees-0123456789ab.html"


def listing(folder: Path) -> dict[str, bytes]:
    """Give every file's bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_what_waits_comes_into_place_before_what_points_to_it(tmp_path: Path) -> None:
    """Pages, then their index, then the feed; nothing is left waiting."""
    index = Artifact("show/index.html", b"<ul>")
    with Staging(tmp_path, {}, dry=False) as staging:
        file = staging.add(PAGE, b"page")
        assert staging.holds(file)
        assert staging.read(PAGE) == b"page"
        assert not (tmp_path / PAGE).exists()
        assert publish(tmp_path, [FEED, index], NOW, staging, [PAGE]) == (PAGE, index.path, FEED.path)
    assert listing(tmp_path) == {PAGE: b"page", index.path: b"<ul>", FEED.path: b"<rss/>"}


def test_what_is_not_published_is_gone(tmp_path: Path) -> None:
    """Whatever ended the edition."""
    with pytest.raises(RuntimeError), Staging(tmp_path, {}, dry=False) as staging:  # noqa: PT012 the end of the with
        staging.add(PAGE, b"page")
        assert len(listing(tmp_path)) == 1
        raise RuntimeError
    assert listing(tmp_path) == {}


def test_what_stands_is_not_written_again(tmp_path: Path) -> None:
    """Nor does its time of change move."""
    with Staging(tmp_path, {}, dry=False) as staging:
        staging.add(PAGE, b"page")
        publish(tmp_path, [FEED], NOW, staging, [PAGE])
    before = (tmp_path / PAGE).stat().st_mtime_ns
    with Staging(tmp_path, {}, dry=False) as staging:
        staging.add(PAGE, b"page")
        assert staging.changed == ()
        assert publish(tmp_path, [FEED], NOW, staging, [PAGE]) == ()
    assert (tmp_path / PAGE).stat().st_mtime_ns == before


def test_a_file_stands_by_its_bytes(tmp_path: Path) -> None:
    """By a stamp of the last run where that fits, else they are read: a file of the same size is none."""
    with Staging(tmp_path, {}, dry=False) as staging:
        file = staging.add(PAGE, b"page")
        publish(tmp_path, [FEED], NOW, staging, [PAGE])
    found = (tmp_path / PAGE).stat()
    stamp = (file.digest, found.st_size, found.st_mtime_ns)
    assert Staging(tmp_path, {PAGE: stamp}, dry=False).holds(file)
    assert Staging(tmp_path, {}, dry=False).holds(file)
    assert not Staging(tmp_path, {PAGE: stamp}, dry=False).holds(File(PAGE, "0" * 64, 4))
    (tmp_path / PAGE).write_bytes(b"gape")
    os.utime(tmp_path / PAGE, ns=(0, found.st_mtime_ns + 1))
    assert not Staging(tmp_path, {PAGE: stamp}, dry=False).holds(file)
    (tmp_path / PAGE).unlink()
    assert not Staging(tmp_path, {PAGE: stamp}, dry=False).holds(file)


def test_a_dry_run_writes_nothing_and_says_what_it_would(tmp_path: Path) -> None:
    """Not even what waits."""
    publisher = FolderPublisher(tmp_path / "public", dry=True)
    with publisher.staging({}) as staging:
        assert staging.holds(staging.add(PAGE, b"page"))
        assert publisher.publish([FEED], NOW, staging, [PAGE]) == (PAGE, FEED.path)
    assert not (tmp_path / "public").exists()


@pytest.mark.parametrize("name", ["../x.html", "show/.x.html", "show/X.html", "show/x.php", "show/search/../x.js"])
def test_a_name_that_is_not_ours_is_refused(tmp_path: Path, name: str) -> None:
    """Nothing is written."""
    with Staging(tmp_path, {}, dry=False) as staging, pytest.raises(PublishError, match="no name that this program"):
        staging.add(name, b"x")
    assert listing(tmp_path) == {}


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    """A link in place of the show's folder, or of a page."""
    output = tmp_path / "public"
    output.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (output / "show").symlink_to(tmp_path / "elsewhere")
    with Staging(output, {}, dry=False) as staging, pytest.raises(PublishError, match="move it away"):
        staging.add(PAGE, b"x")
    assert listing(tmp_path / "elsewhere") == {}


@pytest.mark.parametrize(
    "path",
    [PAGE, "show/transcripts/0123456789abcdef.vtt", "show/search/fragment/en_1.pf_fragment", "show/older-2.html"],
)
def test_files_of_an_edition_are_swept_30_days_after_it_lost_them(tmp_path: Path, path: str) -> None:
    """However old they were by then, and though a run is repeated; what the edition has is never swept."""
    with Staging(tmp_path, {}, dry=False) as staging:
        staging.add(path, b"x")
        publish(tmp_path, [FEED], NOW, staging, [path])
    os.utime(tmp_path / path, (0, 0))
    known = {path: ("", 1, 0)}
    publish(tmp_path, [FEED], NOW, Staging(tmp_path, known, dry=False), [path])
    assert (tmp_path / path).is_file()
    publish(tmp_path, [FEED], NOW, Staging(tmp_path, known, dry=False))
    publish(tmp_path, [FEED], NOW + 29.9 * DAY, Staging(tmp_path, {}, dry=False))
    assert (tmp_path / path).is_file()
    publish(tmp_path, [FEED], NOW + 30.1 * DAY, Staging(tmp_path, {}, dry=False))
    assert not (tmp_path / path).exists()


def test_what_is_not_ours_is_never_swept(tmp_path: Path) -> None:
    """Files of other names in the show's folder, and the site's own."""
    others = ["show/readme.html", "show/search/mine.txt", "index.html", "show/transcripts/mine.vtt", "show/a.css"]
    for path in others:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"mine")
        os.utime(tmp_path / path, (0, 0))
    publish(tmp_path, [FEED], NOW + 1000 * DAY)
    assert set(others) < set(listing(tmp_path))


def test_files_are_written_after_those_that_they_point_to() -> None:
    """Fragments before the entry of the search, pages before indexes, everything before the feed."""
    order = [PAGE, "show/search/pagefind-entry.json", "show/index.html", "show.xml"]
    assert sorted(dict.fromkeys(reversed(order)), key=rank) == order
    assert rank("show/older-1.html") == rank("show/index.html")
    assert rank("style-0123.css") == rank("show/search/pagefind.js") == rank(PAGE)
