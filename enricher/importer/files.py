"""Summaries folders as they lie on the disk: the documents, what stands beside each, what cannot be read."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from enricher import __version__
from enricher.errors import SummaryError
from enricher.importer.series import Places, in_order, neighbours
from enricher.model.summary import COMPANIONS, SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from enricher.model.summary import Companion

_OUTLINE = ".outline.txt"
_LANGUAGE = re.compile(r"(?:\.transcript)?(?:\.(?:mp3|m4a|mp4|([a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3})))?\Z", re.IGNORECASE)
"""What may stand between the stem and the suffix: `NAME.en.vtt`, `NAME.mp3.srt`."""
_MAYBE = (".json", ".txt")
"""Documents of a summary's stem that may be its transcript: whisper leaves NAME.json and NAME.txt."""
_UNREAD = (".org", ".rst", ".adoc", ".docx", ".doc", ".odt", ".rtf", ".pdf", ".epub", ".opml", ".yaml", ".yml")
_SETTLED_SECONDS = 2.0  # the coarsest clock of a common file system
_BILLION = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Around:
    """The documents before and behind one in its series."""

    paths: tuple[Path, ...] = ()
    looks: str = ""
    """A digest of what they look like."""
    touched: int = 0
    """When the last of them was changed (nanoseconds since 1970)."""


@dataclass(frozen=True, slots=True)
class Files:
    """A document, and what stands beside it: "transcript" or "maybe" (one, best first) or "outline", and its path."""

    path: Path
    companions: tuple[tuple[str, Path], ...] = ()
    looks: tuple[tuple[int, ...], ...] | None = None
    """Inode, size, times of change (nanoseconds) of all of them, before any was read."""
    around: Around = Around()


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder holds."""

    files: tuple[Files, ...] = ()
    faults: tuple[str, ...] = ()
    unread: frozenset[str] = frozenset()
    """Folders and files that could not be looked at: nothing is known of them."""
    idle: tuple[tuple[str, str], ...] = ()
    """Paths of transcripts and outlines that nothing is made of, and why."""
    transcripts: tuple[Path, ...] = ()


def list_folder(folder: Path, others: Collection[str]) -> Listing:
    """List the documents of a folder and its subfolders, but for hidden ones and those among `others`."""
    files: list[Files] = []
    faults: dict[str, str] = {}
    idle: list[tuple[str, str]] = []
    transcripts: list[Path] = []
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
        transcripts.extend(Path(here, name) for name in names if is_transcript_name(name))
    ordered = sorted(files, key=lambda one: in_order(one.path))
    return Listing(
        tuple(_with_neighbours(ordered)),
        tuple(faults.values()),
        frozenset(faults),
        tuple(sorted(idle)),
        tuple(sorted(transcripts)),
    )


class Folders:
    """Folders of documents that are listed one by one."""

    def __init__(self) -> None:
        self._beside: dict[Path, dict[str, list[tuple[str, str]]]] = {}
        self._places = Places(lambda name: _is_document(name) and not _misnamed(name))

    def list_one(self, path: Path) -> Listing:
        """Find what stands beside one document, and around it in its series."""
        if fault := _misnamed(str(path)):
            return Listing(faults=(fault,))
        if path.parent not in self._beside:
            try:
                names = os.listdir(path.parent)  # noqa: PTH208 names are wanted
            except OSError:
                names = []
            self._beside[path.parent] = _beside(names)
        found = _files(path.parent, path.name, self._beside[path.parent])
        around = [Files(one, looks=_looks(one)) for one in self._places.around(path)]
        return Listing((replace(found, around=_around(_described(around))),))


def _with_neighbours(files: Sequence[Files]) -> Iterator[Files]:
    looks = _described(files)
    around = neighbours([one.path for one in files])
    for one in files:
        yield replace(one, around=_around({path: looks[path] for path in around[one.path] if path in looks}))


def _described(files: Iterable[Files]) -> dict[Path, tuple[str, int]]:
    """Return the name of each document with what it looks like, and when it was touched."""
    return {one.path: (f"{one.path.name} {one.looks[0]}", max(one.looks[0][2:])) for one in files if one.looks}


def _around(looks: Mapping[Path, tuple[str, int]]) -> Around:
    digest = hashlib.blake2b("".join(text for text, _ in looks.values()).encode(), digest_size=16)
    return Around(tuple(looks), digest.hexdigest(), max((touched for _, touched in looks.values()), default=0))


NO_OWNER = "no summary beside it has its name"


def owner_of(path: Path) -> str | None:
    """Return which document a transcript is read with; None where there is none."""
    stems = {path.stem, *(stem for stem, every in _beside([path.name]).items() if every)}
    names = (name for name in os.listdir(path.parent) if _is_document(name) and name != path.name)  # noqa: PTH208 names
    owners = sorted((name.lower().endswith(_MAYBE), name) for name in names if Path(name).stem in stems)
    return f"it is read with {_printable(owners[0][1])}" if owners else None


def is_transcript_name(name: str) -> bool:
    """Check whether a file's name is one of a transcript beside a summary."""
    return name.lower().endswith(COMPANIONS) and not name.lower().endswith((_OUTLINE, ".csv"))


def stamp_of(files: Files, now: float) -> str | None:
    """Return what the files look like, such that every later change shows; None where it might not.

    A file that is written within one tick of the file system's clock may change without looking different, so files
    that were touched in the last two seconds before `now` have no stamp. A change cannot hide its inode time.
    """
    if files.looks is None:
        return None
    if max(files.around.touched, *(max(look[2:]) for look in files.looks)) > (now - _SETTLED_SECONDS) * _BILLION:
        return None
    return json.dumps([__version__, [path.name for _, path in files.companions], files.looks, files.around.looks])


def digest_of(
    name: str, body: bytes, companions: Mapping[str, Companion], around: Iterable[tuple[str, str]] = ()
) -> str:
    """Digest a document, its companions, the names and digests of those around it, and the version of what reads."""
    digest = hashlib.sha256()
    parts = [(kind, Path(one.path).name, one.body) for kind, one in sorted(companions.items())]
    parts += [("around", path, content.encode()) for path, content in around]
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
    """Find transcripts without a document, outlines without a transcript, and documents of forms that nobody reads."""
    for name in names:
        if name.lower().endswith(_UNREAD):
            path = _printable(os.path.join(folder, name))  # noqa: PTH118 a path of os.scandir
            yield path, f"no summary is read from this form; save it as one of {', '.join(SUFFIXES)}"
    stems = {Path(name).stem for name in names if _is_document(name)}
    for stem, companions in _beside(names).items():
        for suffix, name in companions:
            path = _printable(os.path.join(folder, name))  # noqa: PTH118 a path of os.scandir
            if stem not in stems and suffix in COMPANIONS and suffix != ".csv":  # tables are many things
                yield path, f"no document beside it has its name, {_printable(stem)}.txt, .html, .md or .json"
            elif suffix == _OUTLINE and all(other in {_OUTLINE, *_MAYBE} for other, _ in companions):
                yield path, "no transcript beside it has its name, and it gives marks on a transcript's timeline"


def _beside(names: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Return by stem what may stand beside a document, best first: suffix and name.

    A language before the suffix (`NAME.en.vtt`) belongs to the suffix unless a document has that stem.
    """
    names = sorted(names)
    stems = Counter(Path(name).stem for name in names if _is_document(name))
    found: dict[str, list[tuple[int, str, str]]] = {}
    for name in names:
        ends = (*COMPANIONS, *(_MAYBE if _is_document(name) else ()))
        suffix = next((suffix for suffix in ends if name.lower().endswith(suffix)), None)
        if suffix is None:
            continue
        stem = name[: -len(suffix)]
        base = without_language(stem)
        plain = stems[stem] > _is_document(name) or not base  # no document is its own transcript
        found.setdefault(stem if plain else base, []).append((ends.index(suffix) + 100 * (not plain), suffix, name))
    return {stem: [(suffix, name) for _, suffix, name in sorted(every)] for stem, every in found.items()}


def without_language(stem: str) -> str:
    """Return the stem of the summary that `NAME.en.vtt` or `NAME.mp3.srt` belongs to."""
    return _LANGUAGE.sub("", stem, count=1)


def language_of(name: str) -> str:
    """Return the language in the name of a transcript beside a summary, "" for none: `NAME.en.transcript.json`."""
    stem = Path(name).stem
    found = _LANGUAGE.search(stem.removesuffix(".transcript"))
    return (found[1] or "").lower() if found else ""


def _files(folder: Path, name: str, beside: Mapping[str, Sequence[tuple[str, str]]]) -> Files:
    companions: list[tuple[str, Path]] = []
    for suffix, other in beside.get(Path(name).stem, ()):
        kind = "outline" if suffix == _OUTLINE else "maybe" if suffix in _MAYBE else "transcript"
        if other != name and (kind != "outline" or kind not in dict(companions)):
            companions.append((kind, folder / other))
    return Files(folder / name, tuple(companions), _looks(folder / name, *(path for _, path in companions)))


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
