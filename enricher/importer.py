"""Summaries folders to the store: new and changed documents imported, deleted ones removed, broken ones reported.

A folder is read with its subfolders, hidden ones aside; links are followed, each folder is read once. A file belongs to
the innermost configured folder. Files of one stem, such as NAME.html and NAME.json, are a summary each.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enricher.companions import TRANSCRIPT, look_at, read_companions, unread_transcripts, why_no_summary
from enricher.errors import Problem, SummaryError
from enricher.folders import (
    NO_OWNER,
    Files,
    digest_of,
    list_folder,
    list_one,
    owner_of,
    read_bytes,
    stamp_of,
    without_language,
)
from enricher.matching.shows import show_key
from enricher.model.summary import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from enricher.model.summary import Companion, Summary
    from enricher.store.store import Store
    from enricher.store.summaries import SummaryRow

MAX_SIZE = 5_000_000
"""The most bytes of a summary document."""
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


@dataclass(slots=True)
class _Reading:
    """What has been read and not yet stored."""

    store: Store
    imported: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    stamps: dict[str, str | None] = field(default_factory=dict)
    transcripts: dict[Path, str] = field(default_factory=dict)
    """Documents that are transcripts and no summaries, and how that is known."""

    def add(self, row: dict[str, Any], summary: Summary) -> None:
        self.imported.append((row["path"], summary.title))
        self.waiting.append(row)
        sizes = (len(one[key] or "") for one in self.waiting for key in ("document", "transcript", "outline"))
        if sum(sizes) > _BATCH:
            self.flush()

    def flush(self) -> None:
        self.store.summaries.put(self.waiting)
        self.waiting.clear()
        self.store.summaries.set_stamps(self.stamps)
        self.stamps.clear()


def sync(store: Store, folders: Sequence[Path], is_over: Callable[[], bool] = lambda: False) -> Shelved:
    """Bring the store in line with the folders; `is_over` ends that before the next document.

    What cannot be read takes nothing away: the summaries of a folder that is missing or unreadable stay, and a
    document that has become unreadable keeps its last good version until it is corrected.
    """
    names = {str(folder) for folder in folders}
    known = store.summaries.known()
    reading = _Reading(store)
    seen: set[str] = set()
    lost: set[str] = set()
    named: list[Path] = []
    found: dict[str, bytes] = {}
    unchanged, idle = 0, list[tuple[str, str]]()
    for folder in dict.fromkeys(folders):
        listing = list_folder(folder, names)
        reading.problems.extend(Problem(fault) for fault in listing.faults)
        lost |= listing.unread
        if not listing.faults and (emptied := _emptied(folder, known)):
            reading.problems.append(Problem(emptied))
            lost.add(str(folder))
        idle += listing.idle
        named += listing.transcripts
        recalled = _recall(store, [files for files in listing.files if str(files.path) not in known])
        for files in listing.files:
            if is_over():
                reading.flush()
                return Shelved(tuple(reading.imported), (), tuple(reading.problems), unchanged)
            if files.path in recalled:
                reading.transcripts[files.path] = recalled[files.path]
                continue
            unchanged += _take(files, str(folder), known.get(str(files.path)), reading) is True
            if files.path not in reading.transcripts:
                seen.add(str(files.path))
            elif key := _transcript_key(files):
                found[key] = reading.transcripts[files.path].encode()
    reading.flush()
    store.save_results(found)
    idle += _alone(reading.transcripts, seen)
    removed = tuple(sorted(_gone(known, names, seen, lost)))
    store.summaries.remove(removed)
    transcripts = tuple(sorted((*named, *(path for path, why in reading.transcripts.items() if why == TRANSCRIPT))))
    return Shelved(tuple(reading.imported), removed, tuple(reading.problems), unchanged, tuple(idle), transcripts)


def _recall(store: Store, unknown: Sequence[Files]) -> dict[Path, str]:
    """Return which documents are transcripts and unchanged since that was found out, which takes long."""
    keys = {files.path: key for files in unknown if (key := _transcript_key(files))}
    results = store.results(list(keys.values())) if keys else {}
    return {path: results[key].decode() for path, key in keys.items() if key in results}


def _transcript_key(files: Files) -> str | None:
    stamp = stamp_of(files, time.time())
    return None if stamp is None else hashlib.sha256(f"transcript {files.path} {stamp}".encode()).hexdigest()


def _alone(transcripts: dict[Path, str], documents: set[str]) -> Iterator[tuple[str, str]]:
    """Find the documents that are transcripts of no summary."""
    owners = {Path(path).with_suffix("") for path in documents}
    for path, why in transcripts.items():
        if not {path.with_suffix(""), path.with_name(without_language(path.stem))} & owners:
            yield str(path), f"{why}, and {NO_OWNER}"


def _emptied(folder: Path, known: dict[str, SummaryRow]) -> str | None:
    """Return the message that a folder has nothing in it at all, where there were many summaries."""
    count = sum(one.folder == str(folder) for one in known.values())
    if count < _MANY or any(folder.iterdir()):
        return None
    return (
        f"{folder}: is empty, and {count} summaries were in it; they stay as they were (to take them away, put any file"
        " into it, or take it out of `summaries`)"
    )


def _gone(known: dict[str, SummaryRow], names: set[str], seen: set[str], lost: set[str]) -> Iterator[str]:
    """Return the summaries whose file is deleted or whose folder is configured no more."""
    for path, one in known.items():
        unread = one.folder in names and any(str(parent) in lost for parent in Path(path).parents)
        if path not in seen and one.folder != _IMPORTED and not unread and path not in lost:
            yield path


def import_paths(store: Store, paths: Iterable[Path]) -> Iterator[tuple[Path, Summary | None, str]]:
    """Read documents (and folders of them) into the store; yield each one's summary, or the reason of its refusal.

    They stay until the same command finds them deleted. A file that a run found in a summaries folder stays of it.
    """
    known, reading = store.summaries.known(), _Reading(store)
    for path in paths:
        absolute = path.absolute()
        if absolute.is_dir():
            listing = list_folder(absolute, set())
            if not (listing.files or listing.faults):
                yield absolute, None, f"there is no summary in this folder; expected files in {', '.join(SUFFIXES)}"
        elif absolute.exists():
            listing = list_one(absolute)
        elif str(absolute) in known:
            store.summaries.remove([str(absolute)])
            yield absolute, None, "removed: the file is gone"
            continue
        else:
            yield absolute, None, "there is no such file"
            continue
        yield from ((absolute, None, fault) for fault in listing.faults)
        for files in listing.files:
            before, said = known.get(str(files.path)), len(reading.problems)
            summary = _take(files, before.folder if before else _IMPORTED, before, reading, anew=True)
            if files.path in reading.transcripts:
                why = reading.transcripts[files.path]
                look = look_at(files.path) if why == TRANSCRIPT else None
                yield files.path, None, (look and look.error) or f"{look or why}; {owner_of(files.path)}"
                continue
            # What is wrong with its companions is said where it had to be read without them.
            problems = [one.message.removeprefix(f"{files.path}: ") for one in reading.problems[said:]]
            problems += unread_transcripts(files)
            yield files.path, None if isinstance(summary, bool) else summary, "; ".join(problems)
    reading.flush()


def _take(
    files: Files, folder: str, known: SummaryRow | None, reading: _Reading, *, anew: bool = False
) -> Summary | bool:
    """Read one document if it is new or changed; return it, or whether it is as it was (False: it was refused)."""
    stamp = stamp_of(files, time.time())
    if not anew and known and known.stamp and known.stamp == stamp and known.folder == folder:
        return True
    try:
        body, companions, faults = _read(files, is_known=known is not None)
    except SummaryError as error:
        _refuse(files.path, str(error), known, reading)
        return False
    reading.problems.extend(Problem(f"{files.path}: {fault}; it is read without") for fault in faults)
    digest = digest_of(files.path.name, body, companions)
    if not anew and known and (known.digest, known.folder) == (digest, folder):
        if known.stamp != stamp:
            reading.stamps[str(files.path)] = stamp
        return True
    # most runs read none
    from enricher.matching.titles import show_of
    from enricher.summaries import dump, read_summary

    if why := why_no_summary(files.path, body, companions):
        reading.transcripts[files.path] = why
        return False
    try:
        summary = read_summary(files.path.name, body)
    except SummaryError as error:
        _refuse(files.path, str(error), known, reading)
        return False
    row = _row(files.path, folder, digest, None if faults else stamp, companions)
    reading.add(row | {"show": show_key(show_of(summary) or ""), "document": dump(summary)}, summary)
    return summary


def _read(files: Files, *, is_known: bool) -> tuple[bytes, dict[str, Companion], tuple[str, ...]]:
    """Read a document and what stands beside it; a known one must not lose a companion. Raises SummaryError."""
    body = read_bytes(files.path, MAX_SIZE)
    companions, faults = read_companions(files)
    if faults and is_known:
        raise SummaryError("; ".join(faults))
    return body, companions, faults


def _refuse(path: Path, reason: str, known: SummaryRow | None, reading: _Reading) -> None:
    reading.problems.append(Problem(f"{path}: {reason}" + ("; its last good version stays" if known else "")))


def _row(path: Path, folder: str, digest: str, stamp: str | None, companions: dict[str, Companion]) -> dict[str, Any]:
    """Return the columns of schema.SUMMARIES that do not depend on what the document says."""
    transcript, outline = companions.get("transcript"), companions.get("outline")
    return {
        "path": str(path),
        "folder": folder,
        "digest": digest,
        "stamp": stamp,
        "transcript_path": transcript.path if transcript else None,
        "transcript": transcript.body if transcript else None,
        "outline_path": outline.path if outline else None,
        "outline": outline.body if outline else None,
    }
