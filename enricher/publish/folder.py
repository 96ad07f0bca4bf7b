"""Artifacts to the output folder: whole or not at all, only what differs, the feed after the files it points to.

A chapters file ages by its time of modification, which is renewed when the feed that points to it is replaced: so the
30 days begin when it stops being pointed to, and a killed or repeated run cannot shorten them.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from enricher.errors import PublishError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from enricher.model.edition import Artifact

_KEPT_SECONDS = 30 * 86400
_TEMPORARY = ".enricher-"
_STALE_SECONDS = 3600
_MODE = 0o644
_OURS = re.compile(r"[0-9a-f]{16}\.json")
_POINTED = re.compile(rb"chapters/([0-9a-f]{16}\.json)")
_NAME = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)*\.(xml|json)")
_ADVICE = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room in the quota",
    errno.EFBIG: "the file is larger than the system allows",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "make the folder writable",
    errno.EPERM: "make the folder writable",
    errno.EISDIR: "a folder stands where the file shall be; move it away",
    errno.ENOTDIR: "a file stands where a folder shall be; move it away",
    errno.EEXIST: "a file stands where a folder shall be; move it away",
    errno.ENAMETOOLONG: "the name is too long; shorten the feed's name or the output folder's path",
}


class FolderPublisher:
    """Publishes into the output folder; where it is `dry`, it only says what it would write."""

    def __init__(self, output: Path, *, dry: bool = False) -> None:
        self._output, self._dry = output, dry

    def publish(self, artifacts: Sequence[Artifact], now: float) -> tuple[str, ...]:
        """Write the files that differ; return their paths. Raises PublishError."""
        return changes(self._output, artifacts) if self._dry else publish(self._output, artifacts, now)

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

    def stats(self, paths: Iterable[str]) -> dict[str, tuple[int, int]] | None:
        """Return size and time of change (nanoseconds) of published files by path; None where one is missing."""
        try:
            found = {path: os.stat(f"{self._output}/{path}") for path in paths}  # noqa: PTH116 many files
        except OSError:
            return None
        return {path: (one.st_size, one.st_mtime_ns) for path, one in found.items()}


def changes(output: Path, artifacts: Sequence[Artifact]) -> tuple[str, ...]:
    """Return which files would be written, in order. Raises PublishError where the folder cannot be read."""
    return tuple(artifact.path for artifact in _in_order(artifacts) if not _stands(output, artifact))


def publish(output: Path, artifacts: Sequence[Artifact], now: float) -> tuple[str, ...]:
    """Write the files that differ, the feed last; give their paths.

    Killed at any moment this leaves the old or the new feed, whole, and every file it points to. Chapters files that
    the feed no longer points to stay for 30 days. `now` is in epoch seconds. Raises PublishError.
    """
    written: list[str] = []
    try:
        for artifact in _in_order(artifacts):
            if _stands(output, artifact):
                continue
            target = output / artifact.path
            if target.suffix == ".xml":
                _flush(output / path for path in written)
                _renew(target, now)
            _write(target, artifact.body)
            written.append(artifact.path)
        _flush(output / path for path in written)
    except OSError as error:
        raise _refused(error, output) from error
    _sweep(output, artifacts, now, written)
    return tuple(written)


def remove_half_written(output: Path) -> None:
    """Delete what a killed run has left half-written; only for the holder of the run's lock."""
    with suppress(OSError):  # what is left over harms nobody
        for path in output.rglob(f"{_TEMPORARY}*"):
            path.unlink(missing_ok=True)


def try_output(output: Path) -> None:
    """Write a file into the output folder and delete it again. Raises PublishError."""
    path = output / f"{_TEMPORARY}trial"
    try:
        _write(path, b"trial")
        path.unlink()
    except OSError as error:
        raise _refused(error, output) from error


def _refused(error: OSError, output: Path) -> PublishError:
    why = f"{error.strerror}; {_ADVICE.get(error.errno or 0, 'see `output` in the configuration')}"
    return PublishError(f"{error.filename or output}: cannot be written: {why}; what was published stays")


def write_whole(path: Path, body: bytes) -> None:
    """Replace a file whole or not at all. Raises PublishError."""
    refuse_foreign(path)
    try:
        _write(path, body)
    except OSError as error:
        raise _refused(error, path) from error


def _in_order(artifacts: Sequence[Artifact]) -> list[Artifact]:
    """Put feeds after the files they point to. Raises PublishError for a name that is not ours."""
    for artifact in artifacts:
        if not _NAME.fullmatch(artifact.path):
            raise PublishError(f"{artifact.path!r} is no name that this program gives to a file")
    return sorted(artifacts, key=lambda artifact: artifact.path.endswith(".xml"))


def refuse_foreign(path: Path, output: Path | None = None) -> None:
    """Refuse to replace what is no file, and to write through a link below the output folder. Raises PublishError.

    A pipe would be read for ever; where a link leads, nothing is ours.
    """
    folders = [one for one in path.parents if output and one.is_relative_to(output) and one != output]
    for one in (path, *folders):
        if one.is_symlink() or (one.exists() and not (one.is_file() or one.is_dir())):
            raise PublishError(f"{one}: is a link, a pipe or a device, and none of ours; move it away")


def _stands(output: Path, artifact: Artifact) -> bool:
    path = output / artifact.path
    refuse_foreign(path, output)
    try:
        return path.stat().st_size == len(artifact.body) and path.read_bytes() == artifact.body
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, "see `output` in the configuration")
        raise PublishError(f"{path}: cannot be read: {error.strerror}; {advice}") from error


def _write(path: Path, body: bytes) -> None:
    """Write a temporary file beside, flush it to the disk, and put it in place in one step."""
    _make_folder(path.parent)
    name = path.with_name(_TEMPORARY + secrets.token_hex(8))
    try:
        # The system applies the umask; asking for it would change it for every thread.
        with open(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _MODE), "wb") as file:  # noqa: PTH123 a handle
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        name.replace(path)
    except BaseException as error:
        with suppress(OSError):
            name.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(path)  # nobody knows of the temporary one
        raise


def _make_folder(folder: Path) -> None:
    """Make a folder and its parents such that they outlive a loss of power."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _flush_folder(folder.parent)


def _flush(paths: Iterable[Path]) -> None:
    for folder in dict.fromkeys(path.parent for path in paths):
        _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _renew(feed: Path, now: float) -> None:
    """Let the age of the files that the old feed points to begin now, when it is replaced."""
    chapters = feed.with_suffix("") / "chapters"
    if feed.is_file() and chapters.is_dir():
        pointed = {found.decode() for found in _POINTED.findall(feed.read_bytes())}
        for name in pointed:
            with suppress(FileNotFoundError):
                os.utime(chapters / name, (now, now))


def _sweep(output: Path, artifacts: Sequence[Artifact], now: float, written: Sequence[str]) -> None:
    """Delete chapters files that nothing has pointed to for 30 days, and, where we wrote, what killed runs left.

    What cannot be deleted now is deleted another time: the feed is published.
    """
    for feed in (artifact.path for artifact in artifacts if artifact.path.endswith(".xml")):
        pointed = {output / artifact.path for artifact in artifacts}
        chapters = output / feed.removesuffix(".xml") / "chapters"
        is_linked = chapters.is_symlink() or chapters.parent.is_symlink()
        for entry in () if is_linked else _entries(chapters):
            if _OURS.fullmatch(entry.name) and Path(entry.path) not in pointed:
                _delete_old(entry, now - _KEPT_SECONDS)
    for folder in {(output / path).parent for path in written}:
        for entry in _entries(folder):
            if entry.name.startswith(_TEMPORARY):
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
