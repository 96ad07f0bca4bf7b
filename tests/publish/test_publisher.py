"""What holds for a folder and for an object store: order, wholeness, only what differs, and what is deleted when."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from enricher.errors import PublishError
from enricher.model.edition import Artifact, File
from enricher.publish.staging import digest_of

if TYPE_CHECKING:
    from enricher.model.state import Stamp
    from tests.publish.conftest import Place

DAY = 86400.0
FEED = Artifact("show.xml", b"<rss>show/chapters/0123456789abcdef.json</rss>")
FILE = Artifact("show/chapters/0123456789abcdef.json", b"{}")
OTHER = Artifact("show/chapters/fedcba9876543210.json", b"{ }")
NEW = Artifact("show.xml", b"<rss>show/chapters/fedcba9876543210.json</rss>")
PAGE = "show/bees-0123456789ab.html"
INDEX = Artifact("show/index.html", b"<ul>")


def now() -> float:
    """Tell the time: an object store has a clock of its own."""
    return time.time()


def stamps(place: Place, *artifacts: Artifact) -> dict[str, Stamp]:
    """Remember what is published."""
    found = place.publisher().stamps({one.path: digest_of(one.body) for one in artifacts})
    assert found is not None
    return found


def test_files_come_before_the_feed_that_points_to_them(place: Place) -> None:
    """Whatever order they are given in; that is also what a dry run says, which writes nothing."""
    expected = (FILE.path, OTHER.path, FEED.path)
    assert place.publisher(dry=True).publish([FEED, FILE, OTHER], now()) == expected
    assert place.listing() == {}
    assert place.publisher().publish([FEED, FILE, OTHER], now()) == expected
    assert place.listing() == {one.path: one.body for one in (FEED, FILE, OTHER)}


def test_only_what_differs_is_written(place: Place) -> None:
    """Known by its stamp, else looked into: a file of the same size may be another one."""
    place.publisher().publish([FILE, FEED], now())
    before = stamps(place, FILE, FEED)
    for known in ({}, before):
        publisher = place.publisher()
        assert publisher.publish([FILE, FEED], now(), publisher.staging(known)) == ()
        assert publisher.stand(before)
    place.put(FEED.path, FEED.body[::-1])
    assert not place.publisher().stand(before)
    assert place.publisher(dry=True).publish([FILE, FEED], now()) == (FEED.path,)
    publisher = place.publisher()
    assert publisher.publish([FILE, FEED], now(), publisher.staging(before)) == (FEED.path,)
    assert place.listing()[FEED.path] == FEED.body


def test_feeds_that_are_published_at_once_write_what_they_share_once(place: Place) -> None:
    """The theme's files are of all feeds: each remembers when they were written, and makes its pages anew if later."""
    publisher = place.publisher()
    for n in range(4):
        style = Artifact(f"style-{n:012}.css", b"body {}" * 1000)

        def publish(feed: int, style: Artifact = style) -> dict[str, Stamp]:
            mine = Artifact(f"show-{feed}.xml", b"<rss>")
            publisher.publish([style, mine], now())
            return publisher.stamps({style.path: digest_of(style.body)}) or {}

        with ThreadPoolExecutor(8) as threads:
            assert all(map(publisher.stand, list(threads.map(publish, range(8)))))


def test_a_file_that_somebody_deleted_is_missed(place: Place) -> None:
    """And written again."""
    place.publisher().publish([FILE, FEED], now())
    before = stamps(place, FILE, FEED)
    place.delete(FILE.path)
    publisher = place.publisher()
    assert not publisher.stand(before)
    assert publisher.stamps({FILE.path: ""}) is None
    assert publisher.publish([FILE, FEED], now(), publisher.staging(before)) == (FILE.path,)
    assert place.listing()[FILE.path] == FILE.body


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
def test_a_name_that_is_not_ours_is_refused(place: Place, name: str) -> None:
    """Nothing is written, not even the files before it, and nothing waits."""
    for dry in (True, False):
        with pytest.raises(PublishError, match="no name that this program gives to a file"):
            place.publisher(dry=dry).publish([FILE, Artifact(name, b"x")], now())
    with place.publisher().staging({}) as staging, pytest.raises(PublishError, match="no name that this program"):
        staging.add(name, b"x")
    assert place.listing() == {}


@pytest.mark.parametrize("name", [FILE.path, "show/transcripts/0123456789abcdef.vtt", PAGE])
def test_a_file_stays_for_30_days_after_the_feed_pointed_to_it(place: Place, name: str) -> None:
    """From the run that replaced the feed, however old the file was by then, and though its state is lost."""
    begin, file = now(), Artifact(name, b"{}")
    place.publisher().publish([file, Artifact("show.xml", f"<rss>{name}</rss>".encode())], begin)
    place.age(name, 300 * DAY)
    place.publisher().publish([OTHER, NEW], begin)
    assert name in place.listing()
    place.publisher().publish([OTHER, NEW], begin + 29.9 * DAY)
    assert name in place.listing()
    place.publisher().publish([OTHER, NEW], begin + 30.1 * DAY)
    assert set(place.listing()) == {OTHER.path, NEW.path}


def test_a_chapters_file_that_is_pointed_to_is_never_swept(place: Place) -> None:
    """However old."""
    place.publisher().publish([FILE, FEED], now())
    place.age(FILE.path, 1000 * DAY)
    place.publisher().publish([FILE, FEED], now() + 1000 * DAY)
    assert FILE.path in place.listing()


@pytest.mark.parametrize(
    "path",
    [PAGE, "show/transcripts/0123456789abcdef.vtt", "show/search/fragment/en_1.pf_fragment", "show/older-2.html"],
)
def test_files_of_an_edition_are_swept_30_days_after_it_lost_them(place: Place, path: str) -> None:
    """However old they were by then, and though a run is repeated; what the edition has is never swept."""
    begin = now()
    publisher = place.publisher()
    with publisher.staging({}) as staging:
        staging.add(path, b"x")
        publisher.publish([FEED], begin, staging, [path])
    place.age(path, 300 * DAY)
    known = {path: ("", 1, "0")}
    for files, later, stays in (([path], 0, True), ([], 0, True), ([], 29.9, True), ([], 30.1, False)):
        publisher = place.publisher()
        publisher.publish([FEED], begin + later * DAY, publisher.staging({} if later else known), files)
        assert (path in place.listing()) is stays


def test_what_is_not_ours_is_never_swept(place: Place) -> None:
    """Files of other names in the show's folder, other feeds' files, and the site's own."""
    others = [
        *("show/readme.html", "show/search/mine.txt", "index.html", "show/transcripts/mine.vtt", "show/a.css"),
        *("show/chapters/readme.json", "other/chapters/0123456789abcdef.json", "other.xml", "show-2/index.html"),
    ]
    for path in others:
        place.put(path, b"mine")
        place.age(path, 1000 * DAY)
    place.publisher().publish([FEED], now() + 1000 * DAY)
    assert set(place.listing()) == {*others, FEED.path}


def test_what_waits_comes_into_place_before_what_points_to_it(place: Place) -> None:
    """Pages, then their index, then the feed; nothing is left waiting."""
    publisher = place.publisher()
    with publisher.staging({}) as staging:
        file = staging.add(PAGE, b"page")
        assert staging.holds(file)
        assert staging.read(PAGE) == b"page"
        assert PAGE not in place.listing()
        assert publisher.publish([FEED, INDEX], now(), staging, [PAGE]) == (PAGE, INDEX.path, FEED.path)
    assert place.listing() == {PAGE: b"page", INDEX.path: INDEX.body, FEED.path: FEED.body}


def test_a_copy_can_be_had_of_what_waits_and_of_what_stands(place: Place) -> None:
    """A copy that is deleted leaves the file as it is."""
    publisher = place.publisher()
    publisher.publish([INDEX, FEED], now())
    with publisher.staging({}) as staging:
        staging.add(PAGE, b"page")
        with staging.scratch() as folder:
            for path in (PAGE, INDEX.path):
                staging.copy(path, folder / "copy")
                assert (folder / "copy").read_bytes() == (b"page" if path == PAGE else INDEX.body)
                (folder / "copy").unlink()
        assert staging.read(PAGE) == b"page"


def test_what_is_not_published_is_gone(place: Place) -> None:
    """Whatever ended the edition."""
    with pytest.raises(RuntimeError), place.publisher().staging({}) as staging:  # noqa: PT012 the end of the with
        staging.add(PAGE, b"page")
        assert staging.waiting(PAGE).read_bytes() == b"page"
        waiting = staging.waiting(PAGE)
        raise RuntimeError
    assert not waiting.parent.exists()
    assert place.listing() == {}


def test_a_file_that_waits_is_there_by_its_bytes(place: Place) -> None:
    """By a stamp of the last run where that fits, else they are read: a file of the same size is none."""
    publisher = place.publisher()
    with publisher.staging({}) as staging:
        file = staging.add(PAGE, b"page")
        publisher.publish([FEED], now(), staging, [PAGE])
    known = stamps(place, Artifact(PAGE, b"page"))
    assert place.publisher().staging(known).holds(file)
    assert place.publisher().staging({}).holds(file)
    assert not place.publisher().staging(known).holds(File(PAGE, "0" * 64, 4))
    with place.publisher().staging({}) as staging:
        staging.add(PAGE, b"page")
        assert staging.changed == ()
        assert staging.kept("show/") == ()
    place.put(PAGE, b"gape")
    assert not place.publisher().staging(known).holds(file)
    place.delete(PAGE)
    assert not place.publisher().staging(known).holds(file)


def test_a_dry_run_writes_nothing_and_says_what_it_would(place: Place) -> None:
    """Not even what waits."""
    publisher = place.publisher(dry=True)
    with publisher.staging({}) as staging:
        assert staging.holds(staging.add(PAGE, b"page"))
        assert publisher.publish([FEED], now(), staging, [PAGE]) == (PAGE, FEED.path)
    assert place.listing() == {}


def test_what_stands_can_be_asked_for(place: Place) -> None:
    """Files, and the names in a folder."""
    place.publisher().publish([FILE, FEED, INDEX], now())
    publisher = place.publisher()
    assert publisher.read(FEED.path) == FEED.body
    assert publisher.read("nothing.xml") is None
    assert (publisher.has(FILE.path), publisher.has(OTHER.path), publisher.has("show/chapters")) == (True, False, False)
    assert publisher.names("show") == ["index.html"]
    assert publisher.names("") == ["show.xml"]
    assert publisher.names("show/chapters") == ["0123456789abcdef.json"]
    assert publisher.names("nothing") == []
    assert publisher.shown(FEED.path).endswith("/show.xml")


def test_trying_it_leaves_nothing(place: Place) -> None:
    """No file."""
    place.publisher().try_writing()
    assert place.listing() == {}
