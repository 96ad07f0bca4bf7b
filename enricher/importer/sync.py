"""Summaries folders to the store: new and changed documents imported, deleted ones removed, broken ones reported.

A folder is read with its subfolders, hidden ones aside; links are followed, each folder is read once. A file belongs to
the innermost configured folder. Files of one stem, such as NAME.html and NAME.json, are a summary each.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enricher.errors import Problem, SummaryError
from enricher.importer.companions import (
    TRANSCRIPT,
    Transcripts,
    look_at,
    read_companions,
    unread_transcripts,
    why_no_summary,
)
from enricher.importer.files import NO_OWNER, Files, Folders, digest_of, list_folder, owner_of, read_bytes, stamp_of
from enricher.importer.neighbours import Neighbours
from enricher.matching.shows import show_key
from enricher.model.summary import MAX_SIZE, SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from enricher.model.summary import Companion, Summary
    from enricher.store.store import Store
    from enricher.store.summaries import SummaryRow
    from enricher.summaries.document import Reading

_BATCH = 16_000_000  # bytes of documents and transcripts that wait in memory to be stored together
_IMPORTED = ""
_MANY = 3
"""So many summaries are not taken for deleted at once where their folder is quite empty: its disk may be missing."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """What reading the folders did."""

    imported: tuple[tuple[str, str], ...] = ()
    """Path and title of every new or changed summary."""
    removed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    unchanged: int = 0
    idle: tuple[tuple[str, str], ...] = ()
    """Paths of transcripts and outlines that nothing is made of, and why."""
    transcripts: tuple[Path, ...] = ()
    """All that there are, by name or by what is in them."""
    lost: bool = False
    """A folder that had summaries cannot be read: they stay, and a person has to mend the path or the disk."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one document that was imported by its path."""

    path: Path
    summary: Summary | None = None
    left_out: tuple[str, ...] = ()
    """What was left out of the document and why."""
    error: str | None = None
    """Why it was refused."""
    note: str = ""
    """What else a person should know."""


@dataclass(slots=True)
class _Batch:
    """What has been read and not yet stored; without a store nothing is."""

    store: Store | None
    imported: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    size: int = 0
    """Of what waits, in bytes."""
    stamps: dict[str, str | None] = field(default_factory=dict)
    transcripts: Transcripts = field(default_factory=Transcripts)
    neighbours: Neighbours = field(default_factory=Neighbours)

    def add(self, row: dict[str, Any], summary: Summary) -> None:
        self.imported.append((row["path"], summary.title))
        self.waiting.append(row)
        self.size += sum(len(row[key] or "") for key in ("document", "transcript", "outline"))
        if self.size > _BATCH:
            self.flush()

    def flush(self) -> None:
        if self.store:
            self.store.summaries.put(self.waiting)
            self.store.summaries.set_stamps(self.stamps)
        self.waiting.clear()
        self.stamps.clear()
        self.size = 0


def sync(store: Store, folders: Sequence[Path], is_over: Callable[[], bool] = lambda: False) -> Shelved:
    """Bring the store in line with the folders; `is_over` ends that before the next document.

    What cannot be read takes nothing away: the summaries of a folder that is missing or unreadable stay, and a
    document that has become unreadable keeps its last good version until it is corrected.
    """
    names = {str(folder) for folder in folders}
    known = store.summaries.known()
    batch = _Batch(store)
    seen: set[str] = set()
    lost: set[str] = set()
    unchanged, idle, named = 0, list[tuple[str, str]](), list[Path]()
    for folder in dict.fromkeys(folders):
        listing = list_folder(folder, names)
        batch.problems.extend(Problem(fault) for fault in listing.faults)
        lost |= listing.unread
        if not listing.faults and (emptied := _emptied(folder, known)):
            batch.problems.append(Problem(emptied))
            lost.add(str(folder))
        idle += listing.idle
        named += listing.transcripts
        for files in batch.transcripts.others(store, listing.files, known):
            if is_over():
                batch.flush()
                return Shelved(tuple(batch.imported), (), tuple(batch.problems), unchanged)
            seen.add(str(files.path))
            unchanged += _take(files, str(folder), known.get(str(files.path)), batch) is True
    batch.flush()
    batch.transcripts.save(store)
    seen -= set(map(str, batch.transcripts.found))
    idle += batch.transcripts.alone(seen)
    missing = {str(folder) for folder in folders} & lost
    # A folder that is not there may be a slip in its name: what belongs to folders of other names stays as well.
    removed = tuple(sorted(_gone(known, names, seen, lost, everywhere=not missing)))
    store.summaries.remove(removed)
    kept = any(one.folder in missing or one.folder not in {*names, _IMPORTED} for one in known.values())
    return Shelved(
        tuple(batch.imported),
        removed,
        tuple(batch.problems),
        unchanged,
        tuple(idle),
        tuple(sorted((*named, *batch.transcripts.paths()))),
        bool(missing) and kept,
    )


def _emptied(folder: Path, known: dict[str, SummaryRow]) -> str | None:
    """Return the message that a folder has nothing in it at all, where there were many summaries."""
    count = sum(one.folder == str(folder) for one in known.values())
    if count < _MANY or any(folder.iterdir()):
        return None
    return (
        f"{folder}: is empty, and {count} summaries were in it; they stay as they were (to take them away, put any file"
        " into it, or take it out of `summaries`)"
    )


def _gone(
    known: dict[str, SummaryRow], names: set[str], seen: set[str], lost: set[str], *, everywhere: bool
) -> Iterator[str]:
    """Return the summaries whose file is deleted or, if `everywhere`, whose folder is configured no more."""
    for path, one in known.items():
        if path in seen or path in lost:
            continue
        if one.folder == _IMPORTED:
            # Where even its folder is gone, a disk may be missing.
            if not Path(path).exists() and Path(path).parent.exists():
                yield path
        elif one.folder in names:
            if not any(str(parent) in lost for parent in Path(path).parents):
                yield path
        elif everywhere:
            yield path


def import_paths(store: Store | None, paths: Iterable[Path]) -> Iterator[Imported]:
    """Read documents (and folders of them) into the store, if one is given; yield what became of each.

    They stay until their file is deleted. A file that a run found in a summaries folder stays of it.
    """
    known, batch, folders = store.summaries.known() if store else {}, _Batch(store), Folders()
    for path in paths:
        absolute = path.absolute()
        if absolute.is_dir():
            listing = list_folder(absolute, set())
            if not (listing.files or listing.faults):
                expected = f"expected files in {', '.join(SUFFIXES)}"
                yield Imported(absolute, error=f"there is no summary in this folder; {expected}")
        elif absolute.exists():
            listing = folders.list_one(absolute)
        elif store and str(absolute) in known:
            store.summaries.remove([str(absolute)])
            yield Imported(absolute, note="removed: the file is gone")
            continue
        else:
            yield Imported(absolute, error="there is no such file")
            continue
        yield from (Imported(absolute, error=fault) for fault in listing.faults)
        for files in listing.files:
            yield _import(files, known.get(str(files.path)), batch)
    batch.flush()


def _import(files: Files, before: SummaryRow | None, batch: _Batch) -> Imported:
    told = len(batch.problems)
    found = _take(files, before.folder if before else _IMPORTED, before, batch, anew=True)
    if why := batch.transcripts.found.get(files.path):
        look, owner = look_at(files.path) if why == TRANSCRIPT else None, owner_of(files.path)
        said = f"{look or why}; {owner or NO_OWNER}"
        error = look.error if look and look.error else None if owner else said
        return Imported(files.path, error=error, note="" if error else said)
    # What is wrong with its companions is said where it had to be read without them.
    problems = (one.message.removeprefix(f"{files.path}: ") for one in batch.problems[told:])
    said = "; ".join((*problems, *unread_transcripts(files)))
    if isinstance(found, bool):
        return Imported(files.path, error=said)
    return Imported(files.path, found.summary, found.left_out, note=said)


def _take(files: Files, folder: str, known: SummaryRow | None, batch: _Batch, *, anew: bool = False) -> Reading | bool:
    """Read one document if it is new or changed; return it, or whether it is as it was (False: it was refused)."""
    looks = stamp_of(files, time.time()) or ""
    before, _, seen = (known.stamp or "" if known else "").partition(" ")
    if not anew and known and looks and seen == looks and known.folder == folder:
        return True
    try:
        body, companions, faults = _read(files, is_known=known is not None)
    except SummaryError as error:
        _refuse(files.path, str(error), known, batch)
        return False
    batch.problems.extend(Problem(f"{files.path}: {fault}; it is read without") for fault in faults)
    made_of = digest_of(files.path.name, body, companions, batch.neighbours.digests(files))
    stamp = f"{made_of} {'' if faults else looks}"
    if not anew and known and (before, known.folder) == (made_of, folder):
        if known.stamp != stamp:
            batch.stamps[str(files.path)] = stamp
        return True
    if why := why_no_summary(files.path, body, companions):
        batch.transcripts.add(files, why)
        return False
    try:
        return _interpret(files, body, companions, {"folder": folder, "stamp": stamp}, batch)
    except SummaryError as error:
        _refuse(files.path, str(error), known, batch)
        return False


def _interpret(
    files: Files, body: bytes, companions: dict[str, Companion], row: dict[str, Any], batch: _Batch
) -> Reading:
    """Read a document into a row of the store. Raises SummaryError."""
    # most runs read none
    from enricher.matching.titles import show_of
    from enricher.summaries.json_form import dump
    from enricher.summaries.shortcoming import shortcoming

    read = batch.neighbours.parse(files.path, body).read(batch.neighbours.keys(files))
    if fault := shortcoming(read.summary, body):
        batch.problems.append(Problem(f"{files.path}: {fault}"))
    document = dump(read.summary)
    row |= {
        "path": str(files.path),
        "show": show_key(show_of(read.summary) or ""),
        "digest": digest_of(files.path.name, document.encode("utf-8", "surrogatepass"), companions),
        "document": document,
        "fault": fault,
    }
    for kind in ("transcript", "outline"):
        beside = companions.get(kind)
        row |= {f"{kind}_path": beside.path if beside else None, kind: beside.body if beside else None}
    batch.add(row, read.summary)
    return read


def _read(files: Files, *, is_known: bool) -> tuple[bytes, dict[str, Companion], tuple[str, ...]]:
    """Read a document and what stands beside it; a known one must not lose a companion. Raises SummaryError."""
    body = read_bytes(files.path, MAX_SIZE)
    companions, faults = read_companions(files, body)
    if faults and is_known:
        raise SummaryError("; ".join(faults))
    return body, companions, faults


def _refuse(path: Path, reason: str, known: SummaryRow | None, batch: _Batch) -> None:
    batch.problems.append(Problem(f"{path}: {reason}" + ("; its last good version stays" if known else "")))
