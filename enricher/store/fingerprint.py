"""Which code made a result: it is remembered for that code alone."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path

from enricher import __version__


@cache
def fingerprint() -> str:
    """Tell this program and the libraries under it from any other state of them.

    By the names, sizes and times of the program's own files and the times of the folders that libraries are installed
    in: a look at the disk that costs next to nothing, and that errs on the side of making a result anew.
    """
    seen: list[object] = [__version__, sys.version]
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        found = path.stat()
        seen.append((path.name, found.st_size, found.st_mtime_ns))
    folders = [folder for folder in map(Path, sys.path) if folder.name in {"site-packages", "dist-packages"}]
    seen += [(str(folder), folder.stat().st_mtime_ns) for folder in folders if folder.is_dir()]
    return hashlib.blake2b(repr(seen).encode(), digest_size=8).hexdigest()
