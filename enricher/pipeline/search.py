"""The index by which a show's pages are searched in the browser, made by Pagefind where that is installed.

https://pagefind.app: its files are fetched piece by piece, so a search loads a few kilobytes, and no server of ours
is asked anything.
"""

from __future__ import annotations

import hashlib
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from enricher.publish.file_names import SEARCH_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.model.edition import File
    from enricher.model.state import FeedSite
    from enricher.publish.staging import Staging

SECONDS = 300.0
"""How long it may take: 400 pages with transcripts take six."""
_SAID = 200
_AT_ONCE = 8


class SearchError(Exception):
    """No index could be made; the page of the show filters titles instead."""


@cache
def version() -> str:
    """Return which Pagefind is installed, empty where none is."""
    try:
        return metadata.version("pagefind_bin")
    except metadata.PackageNotFoundError:
        return ""


def inputs_of(pages: Sequence[File]) -> str:
    """Return a digest of what an index of these pages is made of."""
    parts = [version(), *sorted((page.path, page.digest) for page in pages)]
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def index_of(folder: str, pages: Sequence[File], known: FeedSite, staging: Staging) -> tuple[File, ...]:
    """Return the files of the index of a show's pages, made anew only where a page changed. Raises SearchError.

    `folder` is the show's below the output folder.
    """
    kept = staging.kept(f"{folder}/search/")
    if known.search == inputs_of(pages) and kept and all(map(staging.holds, kept)):
        return kept
    if staging.dry:
        return ()
    with staging.scratch() as scratch:
        site, out = scratch / "site", scratch / "out"
        site.mkdir()

        def copy(page: File) -> None:
            staging.copy(page.path, site / page.path.rpartition("/")[2])

        with ThreadPoolExecutor(_AT_ONCE) as threads:  # each page is a request where they are in an object store
            list(threads.map(copy, pages))
        _run(scratch, site, out)
        # The rest of what it leaves is a ready-made search box.
        found = sorted(path for path in out.rglob("*") if SEARCH_FILE.fullmatch(path.relative_to(out).as_posix()))
        return tuple(
            staging.add(f"{folder}/search/{path.relative_to(out).as_posix()}", path.read_bytes()) for path in found
        )


def executable() -> Path:
    """Return Pagefind's program."""
    from pagefind_bin import get_executable  # an extra, which may not be there

    return Path(get_executable())


def _run(scratch: Path, site: Path, out: Path) -> None:
    command = [str(executable()), "--site", str(site), "--output-path", str(out), "--quiet"]
    try:
        # In a folder without settings of somebody else's, and without their environment.
        done = subprocess.run(command, cwd=scratch, env={}, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 no shell
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SearchError(str(error)) from error
    if done.returncode or not (out / "pagefind-entry.json").is_file():
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise SearchError(said[-1][:_SAID] if said else f"it ended with {done.returncode}")
