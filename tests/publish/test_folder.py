"""Artifacts to the output folder: order, wholeness, only what differs, and what is swept away when."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from enricher.errors import PublishError
from enricher.model.edition import Artifact
from enricher.publish.atomic import try_output, write_whole
from enricher.publish.folder import FolderPublisher, changes, publish

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_800_000_000.0
DAY = 86400.0
FEED = Artifact("show.xml", b"<rss>show/chapters/0123456789abcdef.json</rss>")
FILE = Artifact("show/chapters/0123456789abcdef.json", b"{}")
OTHER = Artifact("show/chapters/fedcba9876543210.json", b"{ }")


def listing(folder: Path) -> dict[str, bytes]:
    """Give every file's bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_files_come_before_the_feed_that_points_to_them(tmp_path: Path) -> None:
    """Whatever order they are given in; that is also what a dry run says."""
    assert changes(tmp_path / "public", [FEED, FILE, OTHER]) == (FILE.path, OTHER.path, FEED.path)
    assert not (tmp_path / "public").exists()
    assert publish(tmp_path / "public", [FEED, FILE, OTHER], NOW) == (FILE.path, OTHER.path, FEED.path)
    assert listing(tmp_path / "public") == {one.path: one.body for one in (FEED, FILE, OTHER)}


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    """Not even a time of change moves for the rest; a file of the same size is looked into."""
    publish(tmp_path, [FILE, FEED], NOW)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert publish(tmp_path, [FILE, FEED], NOW) == ()
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    (tmp_path / FEED.path).write_bytes(FEED.body[::-1])
    assert changes(tmp_path, [FILE, FEED]) == (FEED.path,)
    assert publish(tmp_path, [FILE, FEED], NOW) == (FEED.path,)
    assert (tmp_path / FEED.path).read_bytes() == FEED.body


def test_a_file_that_cannot_be_written_leaves_the_old_feed(tmp_path: Path) -> None:
    """The feed is not replaced before all that it points to is there; nothing temporary stays."""
    publish(tmp_path, [FILE, FEED], NOW)
    before = listing(tmp_path)
    (tmp_path / OTHER.path).mkdir()
    new = Artifact("show.xml", b"<rss>show/chapters/fedcba9876543210.json</rss>")
    with pytest.raises(PublishError, match="a folder stands where the file shall be; move it away") as caught:
        publish(tmp_path, [OTHER, new], NOW)
    assert "what was published stays" in str(caught.value)
    assert listing(tmp_path) == before


def test_a_full_disk_leaves_the_old_feed(tmp_path: Path) -> None:
    """A limit on the size of files ends the writing in the middle; what stood stays, no piece of the new is left."""
    publish(tmp_path, [FILE, FEED], NOW)
    before = listing(tmp_path)
    program = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from enricher.model.edition import Artifact; from enricher.publish.folder import publish\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "publish(Path(sys.argv[1]), [Artifact('show.xml', b'x' * 100_000)], 1.8e9)\n"
    )
    # The limit is not for what measures coverage.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    command = [sys.executable, "-c", program, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=kept)
    assert done.returncode == 1
    assert "PublishError" in done.stderr.splitlines()[-1]
    assert "the file is larger than the system allows; what was published stays" in done.stderr
    assert listing(tmp_path) == before


@pytest.mark.parametrize(
    ("inside", "said"),
    [("show/chapters", "a file stands where a folder shall be; move it away"), ("show.xml", "a folder stands where")],
)
def test_what_stands_in_the_way_is_said(tmp_path: Path, inside: str, said: str) -> None:
    """With its path."""
    path = tmp_path / "public" / inside
    path.parent.mkdir(parents=True)
    path.mkdir() if path.suffix else path.write_bytes(b"in the way")
    with pytest.raises(PublishError, match=said) as caught:
        publish(tmp_path / "public", [FILE, FEED], NOW)
    assert str(path) in str(caught.value)


def test_an_output_folder_inside_a_file_is_refused(tmp_path: Path) -> None:
    """When it is tried as when it is written."""
    (tmp_path / "file").write_bytes(b"in the way")
    for act in (lambda: publish(tmp_path / "file" / "public", [FEED], NOW), lambda: try_output(tmp_path / "file")):
        with pytest.raises(PublishError, match="a file stands where a folder shall be; move it away"):
            act()


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../up.xml",
        "a/../../b.xml",
        "a//b.json",
        "Show.xml",
        "show.txt",
        "a/search/..",
        "a/search/../../b.js",
        "a/search/.hidden",
        "show",
        "a b.xml",
        "",
        "x\n.xml",
    ],
)
def test_a_name_that_is_not_ours_is_refused(tmp_path: Path, name: str) -> None:
    """Nothing is written, not even the files before it."""
    for act in (changes, lambda output, artifacts: publish(output, artifacts, NOW)):
        with pytest.raises(PublishError, match="no name that this program gives to a file"):
            act(tmp_path / "public", [FILE, Artifact(name, b"x")])
    assert not (tmp_path / "public").exists()


def test_files_are_readable_for_a_web_server(tmp_path: Path) -> None:
    """With the rights that the umask leaves."""
    publish(tmp_path, [FEED], NOW)
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / FEED.path).stat().st_mode & 0o777 == 0o644 & ~mask


def test_a_chapters_file_stays_for_30_days_after_it_was_pointed_to(tmp_path: Path) -> None:
    """By the given clock, from the run that replaced the feed, however old the file was by then."""
    publish(tmp_path, [FILE, FEED], NOW)
    os.utime(tmp_path / FILE.path, (NOW - 300 * DAY, NOW - 300 * DAY))
    new = Artifact("show.xml", b"<rss>show/chapters/fedcba9876543210.json</rss>")
    publish(tmp_path, [OTHER, new], NOW)
    assert (tmp_path / FILE.path).is_file()
    publish(tmp_path, [OTHER, new], NOW + 29.9 * DAY)
    assert (tmp_path / FILE.path).is_file()
    publish(tmp_path, [OTHER, new], NOW + 30.1 * DAY)
    assert not (tmp_path / FILE.path).exists()
    assert (tmp_path / OTHER.path).is_file()


def test_a_chapters_file_that_is_pointed_to_is_never_swept(tmp_path: Path) -> None:
    """However old."""
    publish(tmp_path, [FILE, FEED], NOW)
    os.utime(tmp_path / FILE.path, (0, 0))
    publish(tmp_path, [FILE, FEED], NOW + 1000 * DAY)
    assert (tmp_path / FILE.path).is_file()


def test_what_is_not_ours_is_never_swept(tmp_path: Path) -> None:
    """Files of other names, other feeds' chapters, folders, links to elsewhere."""
    outside = tmp_path / "outside.json"
    outside.write_bytes(b"{}")
    public = tmp_path / "public"
    publish(public, [FILE, FEED], NOW)
    publish(public, [Artifact("other/chapters/0123456789abcdef.json", b"{}"), Artifact("other.xml", b"<rss/>")], NOW)
    (public / "show/chapters/readme.json").write_bytes(b"mine")
    (public / "show/chapters/aaaaaaaaaaaaaaaa.json").mkdir()
    (public / "index.html").write_bytes(b"mine")
    for path in public.rglob("*"):
        os.utime(path, (0, 0))
    publish(public, [Artifact("show.xml", b"<rss/>")], NOW)
    publish(public, [Artifact("show.xml", b"<rss/>")], NOW + 40 * DAY)
    left = listing(public)
    assert sorted(left) == [
        "index.html",
        "other.xml",
        "other/chapters/0123456789abcdef.json",
        "show.xml",
        "show/chapters/readme.json",
    ]
    assert (public / "show/chapters/aaaaaaaaaaaaaaaa.json").is_dir()


def test_leftovers_of_killed_runs_are_swept_after_an_hour(tmp_path: Path) -> None:
    """Not sooner, and only where something was written: nothing else costs a look."""
    publish(tmp_path, [FILE, FEED], NOW)
    old, young = tmp_path / ".enricher-aaaa", tmp_path / ".enricher-bbbb"
    for path, age in ((old, 3601), (young, 3599)):
        path.write_bytes(b"half a feed")
        os.utime(path, (NOW - age, NOW - age))
    publish(tmp_path, [FILE, FEED], NOW)
    assert old.exists()
    publish(tmp_path, [FILE, Artifact("show.xml", b"<rss/>")], NOW)
    assert (old.exists(), young.exists()) == (False, True)


def test_the_output_folder_may_be_a_link(tmp_path: Path) -> None:
    """The folder itself, by whoever configures it."""
    (tmp_path / "real").mkdir()
    (tmp_path / "public").symlink_to("real")
    publish(tmp_path / "public", [FEED], NOW)
    assert (tmp_path / "real" / "show.xml").read_bytes() == FEED.body


def test_nothing_but_a_file_is_replaced_and_nothing_written_through_a_link(tmp_path: Path) -> None:
    """Links, pipes and devices below the output folder are refused, and stay with what they lead to."""
    (tmp_path / "elsewhere" / "chapters").mkdir(parents=True)
    old = tmp_path / "elsewhere" / "chapters" / "0123456789abcdef.json"
    old.write_bytes(b"mine")
    os.utime(old, (0, 0))
    output = tmp_path / "public"
    output.mkdir()
    for kind in (old, "nowhere", None):
        if kind is None:
            os.mkfifo(output / "show.xml")
        else:
            (output / "show.xml").symlink_to(kind)
        with pytest.raises(PublishError, match="move it away"):
            publish(output, [FEED], NOW)
        with pytest.raises(PublishError, match="move it away"):
            write_whole(output / "show.xml", b"")
        assert FolderPublisher(output).read("show.xml") in {None, b"mine"}
        (output / "show.xml").unlink()
    (output / "show").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PublishError, match="move it away"):
        publish(output, [FILE, FEED], NOW)
    publish(output, [FEED], NOW)
    assert [one.name for one in (tmp_path / "elsewhere").rglob("*")] == ["chapters", old.name]


def test_trying_the_folder_leaves_nothing(tmp_path: Path) -> None:
    """Not even what a run before it left under its name."""
    try_output(tmp_path / "public")
    assert not list((tmp_path / "public").iterdir())
