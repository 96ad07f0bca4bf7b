"""What holds for every test: it and all that it runs stay on this machine, and chance is the same each time."""

from __future__ import annotations

import gc
import hashlib
import os
import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import examples, program
from tests.object_store import StoreServer
from tests.postgresql import create_database, postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator

OFFLINE = Path(__file__).parent / "offline"

# Every interpreter that a test starts loads it; this one has started already.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(OFFLINE), os.environ.get("PYTHONPATH")]))
runpy.run_path(str(OFFLINE / "sitecustomize.py"))

examples.register()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run more processes of tests than there are cores: many a test waits, for a browser, a server, the disk."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Leave what was collected out of every later search for garbage: it stays to the end."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """End what the tests' runs were forked from, in time for its coverage to be counted."""
    program.stop()


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    """Begin a PostgreSQL server."""
    with postgresql() as url:
        yield url


@pytest.fixture
def pg(server_url: str, request: pytest.FixtureRequest) -> str:
    """Create a database for one test."""
    return create_database(server_url, "x" + hashlib.sha256(request.node.name.encode()).hexdigest()[:16])


@pytest.fixture(scope="session")
def running() -> Iterator[StoreServer]:
    """Start an object store."""
    pytest.importorskip("obstore", reason="obstore is not installed: the extra object-store")
    pytest.importorskip("moto", reason="moto is not installed")
    with StoreServer() as server:
        yield server
