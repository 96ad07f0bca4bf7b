"""What a folder has of its own: links, rights, full disks, leftovers. test_publisher.py has the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from enricher.errors import PublishError
from enricher.model.edition import Artifact
from enricher.publish.atomic import write_whole
from enricher.publish.folder import Folder
from enricher.publish.publisher import Publisher

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


def test_a_file_that_cannot_be_written_leaves_the_old_feed(tmp_path: Path) -> None:
    """The feed is not replaced before all that it points to is there; nothing temporary stays."""
    Publisher(Folder(tmp_path)).publish([FILE, FEED], NOW)
    before = listing(tmp_path)
    (tmp_path / OTHER.path).mkdir()
    new = Artifact("show.xml", b"<rss>show/chapters/fedcba9876543210.json</rss>")
    with pytest.raises(PublishError, match="a folder stands where the file shall be; move it away") as caught:
        Publisher(Folder(tmp_path)).publish([OTHER, new], NOW)
    assert "what was published stays" in str(caught.value)
    assert listing(tmp_path) == before


def test_a_full_disk_leaves_the_old_feed(tmp_path: Path) -> None:
    """A limit on the size of files ends the writing in the middle; what stood stays, no piece of the new is left."""
    Publisher(Folder(tmp_path)).publish([FILE, FEED], NOW)
    before = listing(tmp_path)
    program = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from enricher.model.edition import Artifact; from enricher.publish.folder import Folder\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "from enricher.publish.publisher import Publisher\n"
        "Publisher(Folder(Path(sys.argv[1]))).publish([Artifact('show.xml', b'x' * 100_000)], 1.8e9)\n"
    )
    # The limit is not for what measures coverage.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    command = [sys.executable, "-c", program, str(tmp_path)]
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
        Publisher(Folder(tmp_path / "public")).publish([FILE, FEED], NOW)
    assert str(path) in str(caught.value)


def test_an_output_folder_inside_a_file_is_refused(tmp_path: Path) -> None:
    """When it is tried as when it is written."""
    (tmp_path / "file").write_bytes(b"in the way")
    for act in (
        lambda: Publisher(Folder(tmp_path / "file" / "public")).publish([FEED], NOW),
        lambda: Publisher(Folder(tmp_path / "file")).try_writing(),
    ):
        with pytest.raises(PublishError, match="a file stands where a folder shall be; move it away"):
            act()


def test_files_are_readable_for_a_web_server(tmp_path: Path) -> None:
    """With the rights that the umask leaves."""
    Publisher(Folder(tmp_path)).publish([FEED], NOW)
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / FEED.path).stat().st_mode & 0o777 == 0o644 & ~mask


def test_what_is_not_ours_is_never_swept(tmp_path: Path) -> None:
    """Files of other names, other feeds' chapters, folders, links to elsewhere."""
    outside = tmp_path / "outside.json"
    outside.write_bytes(b"{}")
    public = tmp_path / "public"
    Publisher(Folder(public)).publish([FILE, FEED], NOW)
    Publisher(Folder(public)).publish(
        [Artifact("other/chapters/0123456789abcdef.json", b"{}"), Artifact("other.xml", b"<rss/>")], NOW
    )
    (public / "show/chapters/readme.json").write_bytes(b"mine")
    (public / "show/chapters/aaaaaaaaaaaaaaaa.json").mkdir()
    (public / "index.html").write_bytes(b"mine")
    for path in public.rglob("*"):
        os.utime(path, (0, 0))
    Publisher(Folder(public)).publish([Artifact("show.xml", b"<rss/>")], NOW)
    Publisher(Folder(public)).publish([Artifact("show.xml", b"<rss/>")], NOW + 40 * DAY)
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
    Publisher(Folder(tmp_path)).publish([FILE, FEED], NOW)
    old, young = tmp_path / ".enricher-aaaa", tmp_path / ".enricher-bbbb"
    for path, age in ((old, 3601), (young, 3599)):
        path.write_bytes(b"half a feed")
        os.utime(path, (NOW - age, NOW - age))
    Publisher(Folder(tmp_path)).publish([FILE, FEED], NOW)
    assert old.exists()
    publisher = Publisher(Folder(tmp_path))
    publisher.publish([FILE, Artifact("show.xml", b"<rss/>")], NOW)
    assert (old.exists(), young.exists()) == (False, True)
    publisher.publish([FILE, FEED], NOW + 3600)
    assert young.exists(), "a run looks through each folder once"


def test_the_output_folder_may_be_a_link(tmp_path: Path) -> None:
    """The folder itself, by whoever configures it."""
    (tmp_path / "real").mkdir()
    (tmp_path / "public").symlink_to("real")
    Publisher(Folder(tmp_path / "public")).publish([FEED], NOW)
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
            Publisher(Folder(output)).publish([FEED], NOW)
        with pytest.raises(PublishError, match="move it away"):
            write_whole(output / "show.xml", b"")
        assert Publisher(Folder(output)).read("show.xml") in {None, b"mine"}
        (output / "show.xml").unlink()
    (output / "show").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PublishError, match="move it away"):
        Publisher(Folder(output)).publish([FILE, FEED], NOW)
    Publisher(Folder(output)).publish([FEED], NOW)
    assert [one.name for one in (tmp_path / "elsewhere").rglob("*")] == ["chapters", old.name]


def test_trying_the_folder_leaves_nothing(tmp_path: Path) -> None:
    """Not even what a run before it left under its name."""
    Publisher(Folder(tmp_path / "public")).try_writing()
    assert not list((tmp_path / "public").iterdir())
