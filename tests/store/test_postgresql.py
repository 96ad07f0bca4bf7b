"""The same store in PostgreSQL, in a server that the tests begin themselves; skipped where there is none."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from enricher.errors import StoreError
from enricher.model.feed import Document
from enricher.model.state import FeedState
from enricher.store.store import Store
from tests.hostile.answers import GOOD, feed

if TYPE_CHECKING:
    from collections.abc import Iterator


from tests.store.test_damage import Place
from tests.store.test_store import NOW, URL, judge_forgetting

pytestmark = pytest.mark.slow

PG_BIN = next((path.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None)
PG_NAME = "enricher"


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    """Begin a PostgreSQL server of its own, which is asked by a socket in its folder."""
    initdb = PG_BIN / "initdb" if PG_BIN else shutil.which("initdb")
    if initdb is None:
        pytest.skip("PostgreSQL's server is not here (Debian: apt-get install postgresql)")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not here (pip install 'psycopg[binary]')")
    folder = Path(tempfile.mkdtemp(prefix="enricher-pg-"))
    # The server refuses to be run by the superuser.
    who = "nobody" if os.geteuid() == 0 else None
    if who:
        shutil.chown(folder, who)

    def do(*command: str | Path) -> None:
        subprocess.run(command, cwd=folder, user=who, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    control = (Path(initdb).with_name("pg_ctl"), "-D", folder / "data", "-w", "-s")
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    do(initdb, "-D", folder / "data", "-U", PG_NAME, "-A", "trust", "-E", "UTF8")
    do(*control, "-l", folder / "log", "-o", options, "start")
    yield f"postgresql+psycopg://{PG_NAME}:swordfish@/{{}}?host={folder}"
    do(*control, "-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.fixture
def pg(server_url: str, request: pytest.FixtureRequest) -> str:
    """Create a database for one test."""
    name = "x" + hashlib.sha256(request.node.name.encode()).hexdigest()[:16]
    engine = sa.create_engine(server_url.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server_url.format(name)


def test_postgresql_makes_the_same_editions(pg: str, tmp_path: Path) -> None:
    """Byte for byte what SQLite's are; the second run settles, a change is published, and no password is shown."""
    place = Place(tmp_path)
    place.run()
    before = place.published()
    shutil.rmtree(place.workshop.output)
    place.workshop.settings["database"] = pg
    first = place.workshop.run()
    assert (first["exit"], first["stderr"]) == (0, "")
    assert place.published() == before
    stands = place.workshop.snapshot()
    assert place.workshop.run()["exit"] == 0
    assert place.workshop.snapshot() == stands
    (place.workshop.folder / "a.xml").write_bytes(feed(1, 2, 3, 4, 5, 6, 7, 8))
    assert place.workshop.run()["a"]["outcome"] == "published"
    for command in (["status"], ["check"], ["explain", "a"], ["run", "--force"]):
        done = place.workshop.call(*command)
        assert (done.returncode, done.stderr) == (0, "")
        assert "swordfish" not in done.stdout


def test_postgresql_remembers_keeps_and_forgets(pg: str) -> None:
    """Everything that the store does, by the same tables."""
    with Store.open(pg) as store:
        judge_forgetting(store)
        state = FeedState(outcome="held", known=("a",))
        store.save_feed("show", state, {URL: Document(URL, GOOD, "text/xml", '"\xe9"')}, NOW)
        store.save_host_wait("feeds.example", 5.0)
    with Store.open(pg, read_only=True) as store:
        assert store.feed_state("show") == state
        assert store.read_document(URL).etag == '"\xe9"'
        assert store.host_waits() == {"feeds.example": 5.0}
        store.save_feed("other", state, {}, NOW)
        assert store.feed_names() == ["show"]


def test_postgresql_that_cannot_be_reached_is_told_without_its_password(server_url: str) -> None:
    """A database that is not there, a server that is not there."""
    for url in (server_url.format("nowhere"), "postgresql+psycopg://me:swordfish@127.0.0.1:1/x"):
        with pytest.raises(StoreError) as caught:
            Store.open(url)
        assert "cannot be used: " in str(caught.value)
        assert "see `database` in config.toml" in str(caught.value)
        assert "swordfish" not in str(caught.value)
