"""Files beside summaries: which is the transcript of a summary, and what can be read of each."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enricher.errors import SummaryError, TranscriptError
from enricher.importer.files import (
    NO_OWNER,
    Around,
    is_transcript_name,
    language_of,
    read_bytes,
    stamp_of,
    without_language,
)
from enricher.model.summary import Companion
from enricher.text import counted, decode
from enricher.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from enricher.importer.files import Files
    from enricher.store.store import Store

_FRONT_MATTER = (b"---\n", b"---\r\n", b"+++\n", b"+++\r\n")
TRANSCRIPT = "is a transcript"
MAX_COMPANION = 25_000_000
"""The most bytes of a transcript or an outline."""
_LANGUAGES = 12  # video sites translate captions into a hundred
_FEWEST_WORDS, _LEAD = 3, 2  # words of one language alone, and how many times as many as of the next


@dataclass(frozen=True, slots=True)
class Look:
    """What can be read of a transcript: how many cues, and the second at which the last one ends."""

    path: str
    cues: int = 0
    end: float | None = None
    error: str | None = None

    def __str__(self) -> str:
        """Return what it holds, or what to do, in words."""
        return self.error or f"{TRANSCRIPT} of {counted(self.cues, 'cue')}, to {clock(self.end or 0)}"

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


@dataclass(slots=True)
class Transcripts:
    """Documents that are transcripts and no summaries, and how that is known: remembered, for to find it takes long."""

    found: dict[Path, str] = field(default_factory=dict)
    _fresh: dict[str, bytes] = field(default_factory=dict)

    def others(self, store: Store, listed: Sequence[Files], known: Container[str]) -> list[Files]:
        """Return the documents that may be summaries; of those not `known`, what is remembered is no one."""
        keys = {files.path: key for files in listed if str(files.path) not in known and (key := _key(files))}
        results = store.results(list(keys.values())) if keys else {}
        self.found |= {path: results[key].decode() for path, key in keys.items() if key in results}
        return [files for files in listed if files.path not in self.found]

    def add(self, files: Files, why: str) -> None:
        """Take one more."""
        self.found[files.path] = why
        if key := _key(files):
            self._fresh[key] = why.encode()

    def save(self, store: Store) -> None:
        """Remember what was found anew."""
        store.save_results(self._fresh)

    def paths(self) -> list[Path]:
        """Return those that have times."""
        return [path for path, why in self.found.items() if why == TRANSCRIPT]

    def alone(self, documents: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Find those of no summary, and say so."""
        owners = {Path(path).with_suffix("") for path in documents}
        for path, why in self.found.items():
            if not {path.with_suffix(""), path.with_name(without_language(path.stem))} & owners:
                yield str(path), f"{why}, and {NO_OWNER}"


def _key(files: Files) -> str | None:
    stamp = stamp_of(replace(files, around=Around()), time.time())
    return None if stamp is None else hashlib.sha256(f"transcript {files.path} {stamp}".encode()).hexdigest()


def look_at(path: Path) -> Look:
    """Read a transcript to see whether it can be read."""
    from enricher.timing.transcript import read_transcript

    try:
        cues = read_transcript(read_bytes(path, MAX_COMPANION), path.name, path.name).cues
    except (SummaryError, TranscriptError) as error:
        return Look(str(path), error=str(error).removeprefix(f"{path.name}: "))
    return Look(str(path), len(cues), round(cues[-1].end, 3))


def unread_transcripts(files: Files) -> Iterator[str]:
    """Return what is wrong with each transcript beside a document that cannot be read."""
    for kind, path in files.companions:
        if kind == "transcript" and (error := look_at(path).error):
            yield f"{path.name}: {error}"


def read_companions(files: Files, document: bytes) -> tuple[dict[str, Companion], tuple[str, ...]]:
    """Read the outline and the best readable transcript beside a document; say which files cannot be had.

    Of transcripts in several languages (`NAME.en.vtt`, `NAME.de.vtt`) the one that has the document's words is best:
    its quotes are found in their own language alone. Where none can be read, the first is kept: a run says what is
    wrong with it where it is wanted.
    """
    found: dict[str, Companion] = {}
    faults: list[str] = []
    first: Companion | None = None
    readable: dict[str, Companion] = {}
    several = len(files.companions) > 1
    for kind, path in files.companions:
        language = language_of(path.name)
        if kind != "outline" and (language in readable or len(readable) == _LANGUAGES):
            continue
        try:
            one = Companion(str(path), read_bytes(path, MAX_COMPANION))
        except SummaryError as error:
            if kind != "maybe":
                faults.append(f"{path.name}: {error}")
            continue
        if kind == "outline":
            found[kind] = one
        elif (kind == "transcript" and not several) or _can_be_read(one, plainly=kind == "maybe"):
            readable[language] = one
        elif kind == "transcript":
            first = first or one
    if chosen := _in_its_language(document, list(readable.values())) or first:
        found["transcript"] = chosen
    return found, tuple(faults)


def _in_its_language(document: bytes, transcripts: Sequence[Companion]) -> Companion | None:
    """Return the transcript that most words of a document are in and no other transcript has; the first if none leads.

    Names are in all of them, and of English and American English neither leads.
    """
    if len(transcripts) < 2:  # noqa: PLR2004 nothing to choose
        return next(iter(transcripts), None)
    from enricher.timing.transcript import read_transcript
    from enricher.timing.words import words_of

    said = [
        {word for cue in read_transcript(one.body, one.path, one.path).cues for word in words_of(cue.text)}
        for one in transcripts
    ]
    words = Counter(word for every in said for word in every)
    wanted = {word for word in words_of(decode(document)) if words[word] == 1}
    scores = [len(every & wanted) for every in said]
    second, best = sorted(scores)[-2:]
    leads = best >= max(_FEWEST_WORDS, _LEAD * second)
    return transcripts[scores.index(best) if leads else 0]


def _can_be_read(one: Companion, *, plainly: bool) -> bool:
    from enricher.timing.plain_transcript import plain_transcript
    from enricher.timing.transcript import read_transcript

    if plainly:
        return plain_transcript(one.path, one.body) is not None
    try:
        return bool(read_transcript(one.body, one.path, one.path))
    except TranscriptError:
        return False


def why_no_summary(path: Path, body: bytes, companions: Mapping[str, Companion]) -> str | None:
    """Return why a document is a transcript and no summary; None for all others."""
    from enricher.timing.plain_transcript import is_captions, is_text_of, plain_transcript
    from enricher.timing.transcript import read_transcript

    if is_transcript_name(path.name):
        return TRANSCRIPT
    # A page with front matter is a summary of it at least, whatever stands below (DevTools FM).
    if not body.lstrip().startswith(_FRONT_MATTER) and plain_transcript(path.name, body):
        return TRANSCRIPT
    if path.suffix.lower() != ".txt":
        return None
    text = decode(body)
    beside = companions.get("transcript")
    try:
        if beside and is_text_of(text, read_transcript(beside.body, beside.path, "")):
            return "is the text of the transcript beside it"
    except TranscriptError:
        return None
    return f"{TRANSCRIPT} without times" if is_captions(text) else None
