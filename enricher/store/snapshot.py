"""A copy of a SQLite file that leaves no trace at the file: for runs that shall write nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


def copy_file(path: Path, target: Any, patience: float) -> None:  # noqa: ANN401 what an engine gives is of no one type
    """Copy a database into an open connection, waiting `patience` seconds for its writers. Raises sqlite3.Error.

    Where nobody has it open, it is read as a file that cannot change: the journals that a reader makes would stay.
    https://sqlite.org/wal.html#read_only_databases
    """
    journal = Path(f"{path}-wal")
    still = not journal.exists()
    before = path.stat()
    address = f"{path.absolute().as_uri()}?{'immutable=1' if still else 'mode=ro'}"
    with closing(sqlite3.connect(address, uri=True, timeout=patience)) as source:
        source.backup(target)
    after = path.stat()
    if still and (journal.exists() or (before.st_mtime_ns, before.st_ino) != (after.st_mtime_ns, after.st_ino)):
        copy_file(path, target, patience)
