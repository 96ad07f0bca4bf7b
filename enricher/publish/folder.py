"""Artifacts to the output folder: whole or not at all, only what differs, the feed after the files it points to.

A file ages by its time of modification, which is renewed when an edition comes that has it no more: so its 30 days
begin when it stops being pointed to, and a killed or repeated run cannot shorten them.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from enricher.publish.atomic import TEMPORARY, flush, make_folder, refused, replace_file, stands
from enricher.publish.names import FOLDERS, check_name, is_ours, rank
from enricher.publish.staging import Staging

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from enricher.model.edition import Artifact
    from enricher.publish.staging import Stamp

_KEPT_SECONDS = 30 * 86400
_STALE_SECONDS = 3600
# Two, each with a plain beginning, which is found ten times as fast as an alternative.
_POINTED = re.compile(rb"chapters/[0-9a-f]{16}\.json"), re.compile(rb"transcripts/[0-9a-f]{16}\.vtt")


class FolderPublisher:
    """Publishes into the output folder; where it is `dry`, it only says what it would write."""

    def __init__(self, output: Path, *, dry: bool = False) -> None:
        self._output, self.dry = output, dry

    def staging(self, known: Mapping[str, Stamp]) -> Staging:
        """Return where files of an edition wait until it is published; `known`: what is published already."""
        return Staging(self._output, known, dry=self.dry)

    def publish(
        self, artifacts: Sequence[Artifact], now: float, staging: Staging | None = None, files: Collection[str] = ()
    ) -> tuple[str, ...]:
        """Write the files that differ; return their paths. Raises PublishError.

        `staging` has waiting files; `files` are the paths of all that the edition has beside the artifacts.
        """
        waiting = staging or self.staging({})
        if self.dry:
            return changes(self._output, artifacts, waiting)
        return publish(self._output, artifacts, now, waiting, files)

    def read(self, path: str) -> bytes | None:
        """Return a published file, None where there is none."""
        try:
            return (self._output / path).read_bytes() if self.has(path) else None
        except OSError:
            return None

    def has(self, path: str) -> bool:
        """Check whether a file is published."""
        return (self._output / path).is_file()

    def path(self, path: str) -> Path:
        """Return where a file is published."""
        return self._output / path

    def names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder, in order."""
        return sorted(entry.name for entry in _entries(self._output / folder))

    def stats(self, paths: Iterable[str]) -> dict[str, tuple[int, int]] | None:
        """Return size and time of change (nanoseconds) of published files by path; None where one is missing."""
        try:
            found = {path: os.stat(f"{self._output}/{path}") for path in paths}  # noqa: PTH116 many files
        except OSError:
            return None
        return {path: (one.st_size, one.st_mtime_ns) for path, one in found.items()}


def changes(output: Path, artifacts: Sequence[Artifact], staging: Staging | None = None) -> tuple[str, ...]:
    """Return which files would be written, in order. Raises PublishError where the folder cannot be read."""
    bodies = _bodies(artifacts)
    differ = [path for path, body in bodies.items() if not stands(output, path, body)]
    return tuple(sorted([*(staging.changed if staging else ()), *differ], key=rank))


def publish(
    output: Path, artifacts: Sequence[Artifact], now: float, staging: Staging | None = None, files: Collection[str] = ()
) -> tuple[str, ...]:
    """Write the files that differ, the feed last; give their paths.

    Killed at any moment this leaves the old or the new feed, whole, and every file it points to. Files that nothing
    points to any more stay for 30 days. `now` is in epoch seconds. Raises PublishError.
    """
    staging = staging or Staging(output, {}, dry=False)
    bodies, written, turn = _bodies(artifacts), list[str](), 0
    current = {*bodies, *files, *staging.changed}
    renew(output, set(staging.known) - current, now)
    try:
        for path in sorted([*staging.changed, *bodies], key=rank):
            if path in bodies and stands(output, path, bodies[path]):
                continue
            if rank(path) > turn:
                flush(output / one for one in written)
                turn = rank(path)
            if path.endswith(".xml"):
                _renew(output, path, current, now)
            if path in bodies:
                make_folder((output / path).parent)
                replace_file(output / path, bodies[path])
            else:
                staging.put(path)
            written.append(path)
        flush(output / path for path in written)
    except OSError as error:
        raise refused(error, output) from error
    _sweep(output, current, now, written)
    return tuple(written)


def renew(output: Path, paths: Iterable[str], now: float) -> None:
    """Let the age of files begin now."""
    for path in paths:
        with suppress(OSError):
            os.utime(output / path, (now, now), follow_symlinks=False)


def _bodies(artifacts: Sequence[Artifact]) -> dict[str, bytes]:
    """Return the files by path. Raises PublishError for a name that is not ours."""
    for artifact in artifacts:
        check_name(artifact.path)
    return {artifact.path: artifact.body for artifact in artifacts}


def _renew(output: Path, feed: str, current: Collection[str], now: float) -> None:
    """Let the age of the files that the old feed points to, and the new one does not, begin now."""
    path = output / feed
    if path.is_file():
        folder = feed.removesuffix(".xml")
        body = path.read_bytes()
        pointed = {f"{folder}/{found.decode()}" for names in _POINTED for found in names.findall(body)}
        renew(output, pointed - set(current), now)


def _sweep(output: Path, current: Collection[str], now: float, written: Sequence[str]) -> None:
    """Delete files that nothing has pointed to for 30 days, and, where we wrote, what killed runs left.

    What cannot be deleted now is deleted another time: the feed is published.
    """
    for feed in (path.removesuffix(".xml") for path in current if path.endswith(".xml")):
        for below in FOLDERS:
            folder = output / feed / below
            places = [folder, *folder.parents[: below.count("/") + bool(below)]]
            for entry in () if any(one.is_symlink() for one in places) else _entries(folder):
                path = Path(entry.path).relative_to(output).as_posix()
                if is_ours(below, entry.name) and path not in current:
                    _delete_old(entry, now - _KEPT_SECONDS)
    for folder in {(output / path).parent for path in written}:
        for entry in _entries(folder):
            if entry.name.startswith(TEMPORARY):
                _delete_old(entry, now - _STALE_SECONDS)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _delete_old(entry: os.DirEntry[str], before: float) -> None:
    with suppress(OSError):
        if entry.stat(follow_symlinks=False).st_mtime < before:
            Path(entry.path).unlink()
