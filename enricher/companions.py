"""Files beside summaries: which is the transcript of a summary, and what can be read of each."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from enricher.errors import SummaryError, TranscriptError
from enricher.folders import is_transcript_name, read_bytes
from enricher.model.summary import Companion
from enricher.text import counted, decode
from enricher.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from enricher.folders import Files

TRANSCRIPT = "is a transcript"
MAX_COMPANION = 25_000_000
"""The most bytes of a transcript or an outline."""


@dataclass(frozen=True, slots=True)
class Look:
    """What can be read of a transcript: how many cues, and the second at which the last one ends."""

    path: str
    cues: int = 0
    end: float | None = None
    error: str | None = None

    def __str__(self) -> str:
        """Say what it holds, or what to do."""
        return self.error or f"{TRANSCRIPT} of {counted(self.cues, 'cue')}, to {clock(self.end or 0)}"

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


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


def read_companions(files: Files) -> tuple[dict[str, Companion], tuple[str, ...]]:
    """Read the outline and the best readable transcript beside a document; say which files cannot be had.

    Where none of several can be read, the first is kept: a run says what is wrong with it where it is wanted.
    """
    found: dict[str, Companion] = {}
    faults: list[str] = []
    first: Companion | None = None
    several = len(files.companions) > 1
    for kind, path in files.companions:
        if kind != "outline" and "transcript" in found:
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
            found["transcript"] = one
        elif kind == "transcript":
            first = first or one
    if first and "transcript" not in found:
        found["transcript"] = first
    return found, tuple(faults)


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

    if is_transcript_name(path.name) or plain_transcript(path.name, body):
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
