"""The output folder: files that are replaced whole, and flushed to the disk.

A file ages by its time of modification, which `renew` sets.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from enricher.publish.atomic import (
    TEMPORARY,
    make_folder,
    refuse_foreign,
    refused,
    remove_half_written,
    replace_files,
)
from enricher.publish.storage import Stat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_STALE_SECONDS = 3600


class Folder:
    """A folder on the disk as the place where files are published."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._tidied: set[Path] = set()

    def shown(self, path: str = "") -> str:
        """Return the path of a file."""
        return str(self._root / path)

    def stat(self, path: str) -> Stat | None:
        """Return size and times of a file, None where none stands there."""
        try:
            found = os.stat(f"{self._root}/{path}")  # noqa: PTH116 hundreds of files of every feed in every run
        except (OSError, ValueError):
            return None
        return _stat(found) if stat.S_ISREG(found.st_mode) else None

    def files(self, folder: str) -> dict[str, Stat]:
        """Return the files in a folder by name; nothing that lies behind a link is ours."""
        path = self._root / folder
        if folder and any(one.is_symlink() for one in (path, *path.parents[: folder.count("/")])):
            return {}
        found = {}
        for entry in _entries(path):
            with suppress(OSError):  # it is gone
                if entry.is_file(follow_symlinks=False):
                    found[entry.name] = _stat(entry.stat(follow_symlinks=False))
        return found

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file, None where none can be read."""
        try:
            return (self._root / path).read_bytes() if self.stat(path) else None
        except OSError:
            return None

    def write(self, files: Mapping[str, bytes | Path]) -> None:
        """Replace files; what was put in place outlives a loss of power."""
        targets = {self._root / path: content for path, content in files.items()}
        try:
            for one in (*targets, *self._folders(files)):
                refuse_foreign(one)
            replace_files(targets)
        except OSError as error:
            raise refused(error, self._root) from error

    def _folders(self, files: Iterable[str]) -> set[Path]:
        """Return the folders of files, and those that they are in, below the root."""
        own = {PurePosixPath(path).parent for path in files}
        return {self._root / one for folder in own for one in (folder, *folder.parents) if one.name}

    def renew(self, paths: Iterable[str], now: float) -> None:
        """Set the time of modification."""
        for path in paths:
            with suppress(OSError):
                os.utime(self._root / path, (now, now), follow_symlinks=False)

    def delete(self, paths: Iterable[str]) -> None:
        """Delete files; what cannot be deleted now is deleted another time."""
        for path in paths:
            with suppress(OSError):
                (self._root / path).unlink()

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Make a folder on the same disk, so that what waits there is put in place by its name alone."""
        try:
            make_folder(self._root)
            folder = TemporaryDirectory(prefix=TEMPORARY, dir=self._root, ignore_cleanup_errors=True)
        except OSError as error:
            raise refused(error, self._root) from error
        with folder as name:
            yield Path(name)

    def tidy(self, paths: Iterable[str], now: float) -> None:
        """Delete old half-written files from the folders of these."""
        # Once a run: to look through the root for each of a thousand feeds took a tenth of the run.
        for folder in {(self._root / path).parent for path in paths} - self._tidied:
            self._tidied.add(folder)
            for entry in _entries(folder):
                with suppress(OSError):
                    if entry.name.startswith(TEMPORARY) and entry.stat(follow_symlinks=False).st_mtime < (
                        now - _STALE_SECONDS
                    ):
                        Path(entry.path).unlink()

    def clean_up(self) -> None:
        """Delete whatever is half-written."""
        remove_half_written(self._root)


def _stat(found: os.stat_result) -> Stat:
    return Stat(found.st_size, str(found.st_mtime_ns), found.st_mtime)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []
