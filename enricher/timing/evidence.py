"""Read the files that time one item's summary: transcripts, and the outline of another cut."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from enricher.errors import Problem, TranscriptError
from enricher.model.summary import parts
from enricher.model.timeline import Evidence
from enricher.timestamp_lists import read_outline
from enricher.timing.transcript import read_transcript

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enricher.model.feed import Document, ItemDocuments
    from enricher.model.summary import StoredSummary, Summary
    from enricher.model.timeline import Transcript

_LANGUAGE = re.compile(r"(?:\.transcript)?\.([a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3})\.[a-z]+", re.IGNORECASE)


def evidence_of(stored: StoredSummary, documents: ItemDocuments, title: str) -> tuple[Evidence, tuple[Problem, ...]]:
    """Read what was fetched for an item and what lies beside its summary; `title` is the item's, for the problems."""
    problems: list[Problem] = []

    def read(body: bytes, kind: str, origin: str) -> Transcript | None:
        try:
            return read_transcript(body, kind, origin)
        except TranscriptError as error:
            problems.append(Problem(str(error), title))
            return None

    fetched, beside = documents.transcript, stored.transcript
    transcript = read(fetched.body, fetched.content_type, fetched.shown) if fetched else None
    companion = read(beside.body, beside.path, beside.path.rpartition("/")[2]) if beside else None
    outline = read_outline(stored.outline.body) if stored.outline else ()
    return Evidence(transcript, companion, outline), tuple(problems)


def ends_of(summary: Summary, evidence: Evidence) -> Iterator[float]:
    """Return the last time in seconds of the summary and of each transcript; of those that have any."""
    starts = [part.start for part in parts(summary) if part.start is not None]
    yield from [max(starts)] if starts else []
    yield from (one.cues[-1].end for one in (evidence.transcript, evidence.companion) if one is not None)


def language_of(transcript: str, summary: str) -> str | None:
    """Return the language that a transcript's path names, `NAME.en.vtt` beside the summary `NAME.txt`; BCP 47."""
    rest = transcript.removeprefix(summary.rpartition(".")[0])
    found = _LANGUAGE.fullmatch(rest) if rest != transcript else None
    return found[1].lower() if found else None


def is_transcript(document: Document) -> bool:
    """Check whether a document holds a transcript."""
    try:
        read_transcript(document.body, document.content_type, document.shown)
    except TranscriptError:
        return False
    return True
