"""A transcript for reading: cues joined to sentences, sentences to paragraphs, each sentence with its time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from enricher.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.model.timeline import Cue

_SENTENCE = 320
"""Characters after which a sentence is parted at the next cue: automatic captions have no full stops."""
_PARAGRAPH = 480
"""Characters after which a paragraph ends with the sentence."""
_PAUSE = 3.0
"""Seconds of silence that part paragraphs."""


@dataclass(slots=True)
class Paragraph:
    """What one person says in a row."""

    start: float
    speaker: str
    """Empty where it is unknown, or that of the paragraph before."""
    sentences: list[tuple[float, str]] = field(default_factory=list)


def paragraphs(cues: Sequence[Cue]) -> list[Paragraph]:
    """Join cues in time order to paragraphs."""
    found: list[Paragraph] = []
    said, before, length, speaker = list[str](), None, 0, ""
    for cue in cues:
        text = one_line(cue.text)
        if not text:
            continue
        name = one_line(cue.speaker or "")
        apart = before is None or name != one_line(before.speaker or "") or cue.start - before.end > _PAUSE
        begins = before is None or cue.begins_sentence(before) or sum(map(len, said)) > _SENTENCE
        if apart or (begins and length > _PARAGRAPH):
            found.append(Paragraph(cue.start, name if name != speaker else ""))
            speaker, length, begins = name, 0, True
        if begins:
            said = []
            found[-1].sentences.append((cue.start, ""))
        said.append(text)
        length += len(text)
        found[-1].sentences[-1] = (found[-1].sentences[-1][0], " ".join(said))
        before = cue
    return found
