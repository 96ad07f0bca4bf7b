"""Pieces to a `Summary` in the JSON form: the one reading behind text, HTML and Markdown."""

from __future__ import annotations

from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any

from enricher.summaries.boilerplate import without_boilerplate
from enricher.summaries.entries import find_times, times_first
from enricher.summaries.head import read_head, without_fields
from enricher.summaries.lists import read_clips, read_questions, read_related
from enricher.summaries.narrative import TIME_CITED, Narrative
from enricher.summaries.notes import Notes, without_signs
from enricher.summaries.outline import unfolded, unfolded_page
from enricher.summaries.sections import content, section_of, sections
from enricher.summaries.titles import guest_of, show_of
from enricher.summaries.topics import Topics
from enricher.summaries.vocabulary import is_junk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.summaries.blocks import Page, Piece
    from enricher.summaries.records import Record


def interpret(page: Page, record: Record, left_out: list[str], *, named: bool) -> dict[str, Any]:
    """Return the page in the JSON form, with the candidates for its title under `titles`.

    `named` says that the file's name could be its title. What is left out and why is added to `left_out`. Raises
    SummaryError where the page is none of one episode.
    """
    pieces = without_fields(unfolded_page(list(content(page.pieces))), record)
    known = record.said.get("title")
    head = read_head(pieces, known, named=named or "fallback_title" in page.said)
    title = next(iter(head.titles), "")
    words = " ".join(piece.text for piece in head.rest)
    narrative = Narrative(guest_of(known or title, words), cites_times=len(TIME_CITED.findall(words)) > 2)  # noqa: PLR2004
    show = record.said.get("podcast") or page.said.get("podcast") or show_of(title)[0]
    is_page = any(section_of(piece) == "highlights" for piece in head.rest)
    found = _read(head.rest, narrative, show, left_out, is_page=is_page)
    about = {"is_page": is_page, "titles": head.titles, "published": head.published}
    return found | about | {"citations": narrative.citations()}


def _read(
    pieces: Sequence[Piece], narrative: Narrative, show: str | None, left_out: list[str], *, is_page: bool
) -> dict[str, Any]:
    """Read a page section by section, in its order; what stands in no named one is notes."""
    found: dict[str, Any] = {"abstract": None, "topics": [], "clips": [], "questions": [], "related": []}
    parts = [
        (role, without_boilerplate(here, None if role == "related" else show, beside=role != "highlights"))
        for role, here in sections(pieces)
    ]
    parts = [(role, here if role else times_first(unfolded(list(map(without_signs, here))))) for role, here in parts]
    times = iter(find_times([piece for role, here in parts if role is None for piece in here]))
    notes = Notes(narrative, left_out)
    for role, here in parts:
        spoken = [piece for piece in here if piece.kind != "rule" and piece.text]
        if role == "clips":
            found["clips"] += read_clips(spoken)
        elif role == "questions":
            found["questions"] += read_questions(spoken, narrative.read)
        elif role == "related":
            found["related"] += read_related(spoken)
        elif role == "highlights":
            topics = Topics(narrative, here)
            for piece, following in zip_longest(here, here[1:]):
                topics.take(piece, following)
            found["topics"] += topics.found
        elif is_page and not any(piece.kind == "heading" and piece.level for piece in here):
            said = [narrative.read(piece.text, piece.links) for piece in spoken if not is_junk(piece.text)]
            found["abstract"] = "\n".join(filter(None, said)) or None
        else:
            read = notes.read(here, list(islice(times, len(here))))
            found["abstract"] = found["abstract"] or read["abstract"]
            found["topics"] += read["topics"]
            found["questions"] += read["questions"]
    return found
