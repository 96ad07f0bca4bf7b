"""Transcripts in HTML as the podcast namespace describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree
from lxml import html as lxml_html

from enricher.model.timeline import Cue
from enricher.text import one_line, xml_safe
from enricher.timestamps import parse_clock
from enricher.timing.cues import end_cues

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_html(text: str) -> list[Cue]:
    """Read `<cite>` (who), `<time>` (when) and whatever text follows; a cue lasts until the next one's time.

    https://github.com/Podcastindex-org/podcast-namespace/blob/main/transcripts/transcripts.md#html
    """
    try:
        root = lxml_html.document_fromstring(xml_safe(text))
    except (etree.ParserError, ValueError):
        return []
    cues: list[tuple[float, str | None, list[str]]] = []
    speaker: str | None = None
    for what, piece in _pieces(root):
        if what == "cite":
            speaker = piece.strip(" :\uff1a") or None
        elif what == "time" and (start := parse_clock(piece.strip("[]() "))) is not None:
            cues.append((start, speaker, []))
        elif what == "text" and cues:
            cues[-1][2].append(piece)
    return end_cues([Cue(start, start, one_line("".join(said)), who) for start, who, said in cues])


def _pieces(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Visit a page's text in order: each piece with "cite", "time" or "text", or "skip" for what is not shown."""
    inside = ""
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name = element.tag if isinstance(element.tag, str) else "comment"
        if event == "end" or name == "comment":
            inside = "" if name == inside else inside
            yield "skip" if inside else "text", (element.tail or "") + (" " if name in {"p", "div", "li"} else "")
        elif name in {"cite", "time"} and not inside:
            inside = name
            yield name, one_line("".join(element.itertext()))
        else:
            inside = inside or (name if name in {"script", "style", "head"} else "")
            yield "skip" if inside else "text", element.text or ""
