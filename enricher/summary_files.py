"""Summaries folders as they lie on the disk: the documents, what stands beside each, what cannot be read."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from enricher import __version__
from enricher.errors import SummaryError
from enricher.model.summary import COMPANIONS, SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from enricher.model.summary import Companion

_OUTLINE = ".outline.txt"
_SETTLED_SECONDS = 2.0  # the coarsest clock of a common file system
_BILLION = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Files:
    """A document, and what stands beside it: ("transcript" or "outline", path)."""

    path: Path
    companions: tuple[tuple[str, Path], ...] = ()
    looks: tuple[tuple[int, ...], ...] | None = None
    """Inode, size, times of change (nanoseconds) of all of them, before any was read."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder holds."""

    files: tuple[Files, ...] = ()
    faults: tuple[str, ...] = ()
    unread: frozenset[str] = frozenset()
    """Folders and files that could not be looked at: nothing is known of them."""
    idle: tuple[tuple[str, str], ...] = ()
    """Paths of transcripts and outlines that nothing is made of, and why."""


def list_folder(folder: Path, others: Collection[str]) -> Listing:
    """List the documents of a folder and its subfolders, but for hidden ones and those among `others`."""
    files: list[Files] = []
    faults: dict[str, str] = {}
    idle: list[tuple[str, str]] = []
    visited: set[tuple[int, int]] = set()
    open_folders, links = [str(folder)], list[str]()
    while open_folders or links:
        # A folder that a link leads to as well keeps its own name.
        here = (open_folders or links).pop()
        try:
            found = os.stat(here)  # noqa: PTH116 a path of os.scandir
            if (found.st_dev, found.st_ino) in visited:
                continue
            visited.add((found.st_dev, found.st_ino))
            with os.scandir(here) as entries:
                names, real, linked = _sort(entries, others)
        except OSError as error:
            faults[here] = f"{_printable(here)}: cannot be read: {error.strerror}; its summaries stay as they were"
            continue
        open_folders += real
        links += linked
        files.extend(_documents(Path(here), names, faults))
        idle.extend(_idle(here, names))
    ordered = tuple(sorted(files, key=lambda one: one.path))
    return Listing(ordered, tuple(faults.values()), frozenset(faults), tuple(sorted(idle)))


def list_one(path: Path) -> Listing:
    """Find what stands beside one document."""
    if fault := _misnamed(str(path)):
        return Listing(faults=(fault,))
    try:
        names = os.listdir(path.parent)  # noqa: PTH208 names are wanted
    except OSError:
        names = []
    return Listing((_files(path.parent, path.name, _beside(names)),))


def stamp_of(files: Files, now: float) -> str | None:
    """Return what the files look like, such that every later change shows; None where it might not.

    A file that is written within one tick of the file system's clock may change without looking different, so files
    that were touched in the last two seconds before `now` have no stamp. A change cannot hide its inode time.
    """
    if files.looks is None or any(max(look[2:]) > (now - _SETTLED_SECONDS) * _BILLION for look in files.looks):
        return None
    return json.dumps([__version__, [path.name for _, path in files.companions], files.looks])


def digest_of(name: str, body: bytes, companions: Mapping[str, Companion]) -> str:
    """Digest a document, its companions and the version of what reads them."""
    digest = hashlib.sha256()
    parts = [(kind, Path(one.path).name, one.body) for kind, one in sorted(companions.items())]
    for kind, path, content in [(__version__, name, body), *parts]:
        for part in (kind.encode(), path.encode(), content):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def read_bytes(path: Path, limit: int) -> bytes:
    """Read a regular file of at most `limit` bytes; nothing else is waited for. Raises SummaryError."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:  # noqa: PTH123 a handle
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SummaryError("is no regular file")
            body = file.read(limit + 1)
    except OSError as error:
        raise SummaryError(f"cannot be read: {error.strerror}") from error
    if len(body) > limit:
        raise SummaryError(f"has more than {limit:,} bytes, which is the most that is read")
    return body


def _sort(entries: Iterable[os.DirEntry[str]], others: Collection[str]) -> tuple[list[str], list[str], list[str]]:
    """Part a folder's entries: the names of files, the paths of folders and of links to folders."""
    names, real, linked = list[str](), list[str](), list[str]()
    for entry in sorted(entries, key=lambda entry: entry.name, reverse=True):
        if entry.name.startswith("."):
            continue
        if not entry.is_dir():
            names.append(entry.name)
        elif entry.path not in others:
            (linked if entry.is_symlink() else real).append(entry.path)
    return names, real, linked


def _documents(folder: Path, names: Collection[str], faults: dict[str, str]) -> Iterable[Files]:
    beside = _beside(names)
    for name in filter(_is_document, names):
        path = str(folder / name)
        if fault := _misnamed(path):
            faults[path] = fault
        else:
            yield _files(folder, name, beside)


def _is_document(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not name.lower().endswith(COMPANIONS)


def _idle(folder: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Find transcripts without a document, and outlines without a transcript to be the outline of."""
    stems = {Path(name).stem for name in names if _is_document(name)}
    beside = _beside(names)
    for (stem, suffix), name in beside.items():
        path = _printable(os.path.join(folder, name))  # noqa: PTH118 a path of os.scandir
        if stem not in stems:
            yield path, f"no document beside it has its name, {_printable(stem)}.txt, .html, .md or .json"
        elif suffix == _OUTLINE and not any((stem, other) in beside for other in COMPANIONS if other != _OUTLINE):
            yield path, "no transcript beside it has its name, and it gives marks on a transcript's timeline"


def _beside(names: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return the companions among names by stem and suffix."""
    found = {}
    for name in sorted(names, reverse=True):
        for suffix in COMPANIONS:
            if name.lower().endswith(suffix):
                found[name[: -len(suffix)], suffix] = name
                break
    return found


def _files(folder: Path, name: str, beside: Mapping[tuple[str, str], str]) -> Files:
    companions: dict[str, Path] = {}
    for suffix in COMPANIONS:
        found = beside.get((Path(name).stem, suffix))
        if found:
            companions.setdefault("outline" if suffix == _OUTLINE else "transcript", folder / found)
    return Files(folder / name, tuple(companions.items()), _looks(folder / name, *companions.values()))


def _looks(*paths: Path) -> tuple[tuple[int, ...], ...] | None:
    try:
        found = [path.stat() for path in paths]
    except OSError:
        return None
    return tuple((one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns) for one in found)


def _misnamed(path: str) -> str | None:
    """Return the message that a name is none that the store can keep."""
    return None if _printable(path) == path else f"{_printable(path)}: its name is not UTF-8; rename it"


def _printable(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "replace")
