"""A database that is damaged, lost, locked or full: what was published stays, and the next run goes on."""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from enricher.config import load
from enricher.errors import ConfigError, EnricherError, StoreError
from enricher.model.state import FeedState
from enricher.run.run import Options, run_all
from enricher.store import schema
from enricher.store.database import DamagedError, open_database
from enricher.store.store import Store
from tests.corpus import few_fast
from tests.hostile.answers import GOOD, answer, feed
from tests.hostile.server import Server
from tests.workshop import Workshop, summary_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enricher.run.run import RunResult
    from tests.hostile.server import Talk

NOW = 1_800_000_000.0
NAMES = ("a", "b", "c", "d")


def url_of(path: Path) -> str:
    """Write a file as `database` has it."""
    return f"sqlite:///{path}"


class Place:
    """Four small feeds with summaries, published once; runs in this process, which is quicker."""

    def __init__(self, folder: Path) -> None:
        self.workshop = Workshop(folder)
        self.workshop.settings["workers"] = 1
        for i, name in enumerate(NAMES):
            (folder / f"{name}.xml").write_bytes(feed(*range(10 * i + 1, 10 * i + 8)))
            self.workshop.add_feed(name, f"{name}.xml")
            guid = f"show-{10 * i + 1}"
            document = summary_of(item_of(guid), 3600.0)
            self.workshop.add_summary(f"{name}.json", document)
        self.workshop.write_config()
        self.database = folder / "enricher.db"

    def run(self, options: Options | None = None) -> RunResult:
        """Do a whole run."""
        return run_all(load(self.workshop.write_config(), {}), [], options or Options())

    def published(self) -> dict[str, bytes]:
        """Give every published file."""
        return {name: body for name, (body, _) in self.workshop.snapshot().items()}

    def aside(self) -> list[str]:
        """Give the databases that were moved aside."""
        found = (path.name for path in self.workshop.folder.glob("*damaged*"))
        return sorted(name for name in found if not name.endswith(("-wal", "-shm")))


def item_of(guid: str) -> Any:
    """Make an item with a guid and a title."""
    item = etree.Element("item")
    etree.SubElement(item, "title").text = f"Episode {guid.removeprefix('show-')}"
    etree.SubElement(item, "guid").text = guid
    return item


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish once."""
    place = Place(tmp_path_factory.mktemp("ready"))
    assert outcomes(place.run()) == ["published"] * len(NAMES)
    return place.workshop.folder


@pytest.fixture
def place(ready: Path, tmp_path: Path) -> Place:
    """Give a copy of the place where everything was published, at its own address."""
    place = Place(tmp_path)
    shutil.copytree(ready / "public", place.workshop.output, copy_function=shutil.copy2)
    with closing(sqlite3.connect(ready / "enricher.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy2(ready / "enricher.db", place.database)
    assert outcomes(place.run()) == ["unchanged"] * len(NAMES)
    return place


def outcomes(done: RunResult) -> list[str]:
    """Give every feed's outcome; a bug of ours is none."""
    assert done.bugs == ()
    return [report.outcome for report in done.reports]


def _header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\0" * 100)


def _middle(path: Path) -> None:
    """Overwrite the first page of every table, its version's included."""
    with closing(sqlite3.connect(path)) as database:
        pages = [page for (page,) in database.execute("SELECT rootpage FROM sqlite_master WHERE type = 'table'")]
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * 4096)
            file.write(random.Random(page).randbytes(4096))  # noqa: S311 repeatable


def _half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _text(path: Path) -> None:
    path.write_text("Dear diary, this is no database. " * 200)


@pytest.mark.parametrize("damage", few_fast([_middle, _header, _half, _text]))
def test_a_damaged_database_is_moved_aside_and_rebuilt(place: Place, damage: Callable[[Path], None]) -> None:
    """The run says so and goes on; what was published is not touched, and the old file can be looked into."""
    before = place.workshop.snapshot()
    damage(place.database)
    broken = place.database.read_bytes()
    done = place.workshop.run()
    assert done["exit"] == 0
    assert [done[name]["outcome"] for name in NAMES] == ["unchanged"] * len(NAMES)
    (aside,) = place.aside()
    assert aside.startswith("enricher.db.damaged-")
    assert done["stderr"].startswith("the database was damaged (")
    assert f"it was moved to {place.workshop.folder / aside}, and it is rebuilt" in done["stderr"]
    assert (place.workshop.folder / aside).read_bytes() == broken
    assert place.workshop.snapshot() == before
    with Store.open(url_of(place.database)) as store:
        assert store.summaries.count() == len(NAMES)
    again = place.workshop.run()
    assert (again["exit"], again["stderr"], place.aside()) == (0, "", [aside])


@pytest.mark.parametrize("left", ["", "wal"])
def test_a_database_that_was_emptied_is_begun_anew(place: Place, left: str) -> None:
    """Zero bytes are a new database, with a journal of nobody's beside it, too."""
    before = place.workshop.snapshot()
    place.database.write_bytes(b"")
    if left:
        place.database.with_name("enricher.db-wal").write_bytes(random.Random(1).randbytes(40_000))  # noqa: S311
    done = place.run()
    assert outcomes(done) == ["unchanged"] * len(NAMES)
    assert place.workshop.snapshot() == before
    assert outcomes(place.run()) == ["unchanged"] * len(NAMES)


@pytest.mark.parametrize("seed", few_fast(range(6)))
def test_a_damaged_journal_costs_no_more_than_what_was_in_it(place: Place, tmp_path: Path, seed: int) -> None:
    """The state before it or after it, never a mixture: whatever is overwritten, the next runs are right."""
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    with Store.open(url_of(place.database)) as store:
        for name in NAMES:
            store.save_feed(name, FeedState(outcome="held"), {}, NOW)
        for suffix in ("", "-wal", "-shm"):
            shutil.copy(f"{place.database}{suffix}", crashed / f"enricher.db{suffix}")
    for suffix in ("", "-wal", "-shm"):
        shutil.copy(crashed / f"enricher.db{suffix}", f"{place.database}{suffix}")
    journal = place.database.with_name("enricher.db-wal")
    body, chance = bytearray(journal.read_bytes()), random.Random(seed)  # noqa: S311 repeatable
    at = chance.randrange(len(body))
    body[at : at + 200] = chance.randbytes(len(body[at : at + 200]))
    journal.write_bytes(bytes(body))
    for _ in range(2):
        assert outcomes(place.run()) == ["unchanged"] * len(NAMES)


@pytest.mark.parametrize(("count", "least"), [(4, 0), pytest.param(20, 6, marks=pytest.mark.slow)])
def test_wherever_damage_lies_the_next_runs_put_it_right(place: Place, count: int, least: int) -> None:
    """Some pages of the file are damaged in turn: no traceback, no published byte changes, and soon all is well."""
    good, published = place.database.read_bytes(), place.published()
    met = 0
    chance = random.Random(4)  # noqa: S311 repeatable
    pages = chance.sample(range(len(good) // 4096), 20)[:count]
    for i, page in enumerate(pages):
        body = bytearray(good)
        body[page * 4096 : page * 4096 + 4096] = chance.randbytes(4096) if i % 2 else bytes(4096)
        for path in place.workshop.folder.glob("enricher.db*"):
            path.unlink()
        place.database.write_bytes(body)
        said = [_try(place) for _ in range(3)]
        assert said[-1] == ["unchanged"] * len(NAMES), (page, said)
        assert place.published() == published, page
        met += said[0] != said[-1] or bool(place.aside())
    assert met >= least, "hardly any damage was met"


def _try(place: Place) -> list[str]:
    """Make everything anew; give the outcomes, or the error that ended the run."""
    try:
        done = place.run(Options(force=True))
    except EnricherError as error:
        return [str(error)]
    return outcomes(done) + [str(problem) for problem in done.problems if "moved to" not in str(problem)]


def test_damage_that_a_run_meets_on_its_way_is_told_and_mended_by_the_next(place: Place) -> None:
    """The opening does not look everywhere; the feeds that need what is broken fail with one line each."""
    with closing(sqlite3.connect(place.database)) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'results'").fetchone()
    with place.database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    before = place.published()
    (place.workshop.folder / "a.xml").write_bytes(feed(1, 2, 3, 4, 5, 6, 7, 8))
    done = place.workshop.run()
    assert (done["exit"], done["a"]["outcome"]) == (1, "failed")
    assert "the next run rebuilds it from summaries and sources" in done["a"]["error"]
    assert len(place.aside()) == 1
    assert place.published() == before
    again = place.workshop.run()
    assert (again["exit"], again["a"]["outcome"], again["b"]["outcome"]) == (0, "published", "unchanged")


def test_a_shrunken_feed_is_not_believed_because_the_database_was_lost(place: Place) -> None:
    """The edition that stands still knows its items."""
    place.database.unlink()
    before = place.published()
    (place.workshop.folder / "a.xml").write_bytes(feed(1, 2))
    done = place.run()
    assert outcomes(done) == ["held", "unchanged", "unchanged", "unchanged"]
    assert "5 of 7 known items are gone" in (done.reports[0].error or "")
    assert (done.reports[0].error or "").endswith("for six hours, or say: enricher run --accept a")
    assert place.published() == before
    accepted = place.run(Options(accept=frozenset({"a"})))
    assert outcomes(accepted)[0] == "published"


# What can be had only in part


def test_a_database_that_somebody_holds_is_told(place: Place) -> None:
    """One line, with advice; what was published stays, and the run after that is well."""
    place.workshop.settings["database"] = "sqlite:///enricher.db?timeout=0.2"
    before = place.published()
    with closing(sqlite3.connect(place.database, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("UPDATE meta SET value = value")
        done = place.workshop.call("run", "--config", str(place.workshop.write_config()))
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == (
            f"the database {place.database} cannot be used: database is locked;"
            " another program holds it; wait for it to end and run again\n"
        )
        other.execute("ROLLBACK")
    assert place.published() == before
    assert place.workshop.run()["exit"] == 0


def test_a_database_that_takes_nothing_more_is_told_and_the_feeds_are_done(place: Place) -> None:
    """Where another program begins to write and does not end, one line says so, and the next run has everything."""
    other = sqlite3.connect(place.database, isolation_level=None, check_same_thread=False)

    def lock(talk: Talk) -> None:
        other.execute("BEGIN IMMEDIATE")
        answer(body=GOOD)(talk)

    with closing(other), Server({"e": lock, "f": answer(body=GOOD)}) as server:
        pair = server.open("http").pair
        place.workshop.settings |= {"database": "sqlite:///enricher.db?timeout=0.2", "allow_private": [pair]}
        place.workshop.add_feed("e", f"http://{pair}/e")
        done = place.workshop.run()
        other.execute("ROLLBACK")
        assert done["exit"] == 1
        assert [done[name]["outcome"] for name in NAMES] == ["unchanged"] * len(NAMES)
        assert done["e"]["outcome"] == "failed"
        assert all("is locked; another program holds it; wait" in line for line in done["stderr"].splitlines())
        server.behaviours = {"e": answer(body=GOOD)}
        again = place.workshop.run()
        assert (again["exit"], again["e"]["outcome"]) == (0, "published")


@contextmanager
def nobody(*folders: Path) -> Iterator[None]:
    """Be somebody for whom permissions count, where these tests are run by the superuser."""
    if os.geteuid():
        yield
        return
    for folder in folders:
        for path in [folder, *folder.parents]:
            if path != Path("/") and path.owner() == "root":
                path.chmod(path.stat().st_mode | 0o011)
        os.chown(folder, 65534, -1)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_database_that_may_not_be_written_is_told(tmp_path: Path, what: str) -> None:
    """The message says what has to be made writable; nothing is moved aside."""
    folder = tmp_path / "data"
    folder.mkdir()
    path = folder / "x.db"
    open_database(url_of(path))[0].close()
    with nobody(folder):
        if what == "folder":
            path.unlink() if os.access(folder, os.W_OK) else None
            folder.chmod(0o555)
        else:
            path.chmod(0o444) if path.stat().st_uid == os.geteuid() else None
        with pytest.raises(StoreError) as caught:
            _write(path)
        folder.chmod(0o755)
    assert not isinstance(caught.value, DamagedError)
    assert "make the file and its folder writable" in str(caught.value) or "can be written" in str(caught.value)
    assert not [one.name for one in folder.iterdir() if "damaged" in one.name]


def _write(path: Path) -> None:
    database, _ = open_database(url_of(path))
    with database.writing() as connection:
        connection.execute(schema.META.insert().values(key="x", value="y"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk with room for little."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    done = subprocess.run(
        [mount or "false", "-t", "tmpfs", "-o", "size=1500k", "none", disk], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("a small disk cannot be mounted here: that takes a Linux superuser")
    yield disk
    subprocess.run(["umount", disk], check=True)  # noqa: S607


def test_a_full_disk_is_told_and_what_was_published_stays(place: Place, small_disk: Path) -> None:
    """The database takes nothing, one line says what to do, and with room again the next run does everything."""
    place.workshop.settings["database"] = url_of(small_disk / "x.db")
    assert place.workshop.run()["exit"] == 0
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space left"):
        ballast.write_bytes(bytes(2_000_000))
    before = place.published()
    (place.workshop.folder / "a.xml").write_bytes(feed(*range(1, 200)))
    done = place.workshop.call("run")
    assert done.returncode == 1
    assert done.stdout == ""
    assert re.search("make room on the disk and run again|see that its disk has room", done.stderr)
    assert "Traceback" not in done.stderr
    for name, body in place.published().items():
        assert body == before[name] or name == "a.xml"
    ballast.unlink()
    again = place.workshop.run()
    assert (again["exit"], [again[name]["items"] for name in NAMES]) == (0, [199, 7, 7, 7])
    assert not list(small_disk.glob("*damaged*"))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:////nowhere/at/all/x.db", "see that its folder exists and can be written"),
        ("mysql://u:pw@h/x", "`database` names mysql; expected sqlite or postgresql"),
        ("postgresql+nothing://u:pw@h/x", "is no database address; write it like sqlite:///enricher.db"),
        ("no address at all", "is no database address; write it like sqlite:///enricher.db"),
        ("postgresql+pg8000://me:swordfish@127.0.0.1:1/x", "not installed: pg8000; install it (pip install pg8000)"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(url: str, said: str) -> None:
    """One line says what to do, and no password stands in it."""
    with pytest.raises((ConfigError, StoreError)) as caught:
        Store.open(url)
    assert said in str(caught.value)
    assert caught.value.exit_code == (1 if "nowhere" in url else 78)
    assert "pw" not in str(caught.value)
    assert "swordfish" not in str(caught.value)


def test_a_damaged_summary_is_read_anew(place: Place) -> None:
    """Its feed is held for one run."""
    with closing(sqlite3.connect(place.database)) as database:
        database.execute("UPDATE summaries SET document = '{\"version\": 1, ' WHERE path LIKE '%/a.json'")
        database.commit()
    (place.workshop.folder / "a.xml").write_bytes(feed(1, 2, 3, 4, 5, 6, 7, 8))
    done = place.run()
    # Summaries that name no show are candidates for every feed: whichever is made is held, and none goes without.
    assert outcomes(done)[0] == "held"
    assert set(outcomes(done)) <= {"held", "unchanged"}
    assert "its stored copy is damaged; the next run reads it anew" in (done.reports[0].error or "")
    assert outcomes(place.run())[0] == "published"


def test_a_damaged_document_that_was_imported_has_to_be_imported_again(place: Place) -> None:
    """No folder has it, so no run can read it anew; until then the last good edition stands."""
    extra = place.workshop.add_summary("extra.json", {"title": "Nobody's episode of nothing"}, "elsewhere")
    assert place.workshop.call("import", str(extra)).returncode == 0
    with closing(sqlite3.connect(place.database)) as database:
        database.execute("UPDATE summaries SET document = '{' WHERE path LIKE '%/extra.json'")
        database.commit()
    (place.workshop.folder / "a.xml").write_bytes(feed(1, 2, 3, 4, 5, 6, 7, 8))
    for _ in range(2):
        done = place.run()
        assert outcomes(done)[0] == "held"
        assert f"{extra}: its stored copy is damaged; import it again" in (done.reports[0].error or "")
    assert place.workshop.call("import", str(extra)).returncode == 0
    assert outcomes(place.run())[0] == "published"


def test_damaged_notes_of_a_feed_are_none(place: Place) -> None:
    """It is as if it had never run, and its edition stands."""
    before = place.workshop.snapshot()
    with closing(sqlite3.connect(place.database)) as database:
        database.execute("UPDATE feeds SET state = '[1, 2'")
        database.commit()
    assert outcomes(place.run()) == ["unchanged"] * len(NAMES)
    assert place.workshop.snapshot() == before
