"""A PostgreSQL server that the tests begin themselves, asked by a socket in its folder."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator

PG_BIN = next((path.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None)
PG_NAME = "enricher"


@contextmanager
def postgresql() -> Iterator[str]:
    """Begin a server; give the address of its databases, with {} for a name. Skips where there is none."""
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
    try:
        yield f"postgresql+psycopg://{PG_NAME}:swordfish@/{{}}?host={folder}"
    finally:
        do(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def create_database(server_url: str, name: str) -> str:
    """Create an empty database; give its address."""
    engine = sa.create_engine(server_url.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server_url.format(name)
