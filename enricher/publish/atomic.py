"""Files replaced whole or not at all, and what a person should do where that fails."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from shutil import rmtree
from typing import TYPE_CHECKING

from enricher.errors import PublishError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

TEMPORARY = ".enricher-"
_MODE = 0o644
_AT_ONCE = 4
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


def write_whole(path: Path, body: bytes) -> None:
    """Replace a file whole or not at all. Raises PublishError."""
    refuse_foreign(path)
    try:
        replace_files({path: body})
    except OSError as error:
        raise refused(error, path) from error


def remove_half_written(output: Path) -> None:
    """Delete what a killed run has left half-written; only for the holder of the run's lock."""
    with suppress(OSError):  # what is left over harms nobody
        for path in list(output.rglob(f"{TEMPORARY}*")):
            if path.is_dir() and not path.is_symlink():
                rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def refused(error: OSError, output: Path) -> PublishError:
    """Return the error that says what to do."""
    why = f"{error.strerror}; {_ADVICE.get(error.errno or 0, 'see `output` in the configuration')}"
    return PublishError(f"{error.filename or output}: cannot be written: {why}; what was published stays")


def refuse_foreign(path: Path) -> None:
    """Refuse to replace what is no file, and to write through a link. Raises PublishError.

    A pipe would be read for ever; where a link leads, nothing is ours.
    """
    with suppress(FileNotFoundError, NotADirectoryError):
        kind = stat.S_IFMT(os.lstat(path).st_mode)
        if kind not in {stat.S_IFREG, stat.S_IFDIR}:
            raise PublishError(f"{path}: is a link, a pipe or a device, and none of ours; move it away")


def replace_files(files: Mapping[Path, bytes | Path]) -> None:
    """Write temporary files beside, flush them to the disk, and put each in place in one step, which is flushed too.

    Content that is a file on the same disk is moved. Raises OSError, with the path that could not be written.
    """
    waiting: dict[Path, Path] = {}
    path: Path | None = None
    try:
        for path, content in files.items():
            make_folder(path.parent)
            if isinstance(content, bytes):
                waiting[path] = path.parent / (TEMPORARY + secrets.token_hex(8))
                write_new(waiting[path], content)
            else:
                waiting[path] = content
        path = None
        flush(waiting.values())
        for path, temporary in waiting.items():
            temporary.replace(path)
    except BaseException as error:
        for temporary in waiting.values():
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and path:
            error.filename = str(path)  # nobody knows of the temporary one
        raise
    flush({path.parent for path in files})


def write_new(path: Path, body: bytes) -> None:
    """Write a file that is not there yet, readable for a web server."""
    # The system applies the umask; asking for it would change it for every thread.
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _MODE), "wb") as file:  # noqa: PTH123 a handle
        file.write(body)


def make_folder(folder: Path) -> None:
    """Make a folder and its parents such that they outlive a loss of power."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        flush_file(folder.parent)


def flush(paths: Collection[Path]) -> None:
    """Flush files, or folders' names, to the disk, several at a time: written together they take a third of it."""
    if len(paths) == 1:
        flush_file(*paths)
        return
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        list(threads.map(flush_file, paths))


def flush_file(path: Path) -> None:
    """Flush a file, or a folder's names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
