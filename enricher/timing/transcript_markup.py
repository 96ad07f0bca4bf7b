"""Transcripts in markup: HTML with times in any element, TTML, and captions in XML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree
from lxml import html as lxml_html

from enricher.text import one_line, xml_safe
from enricher.timing.transcript_lines import read_lines
from enricher.timing.transcript_records import cues_of_groups

if TYPE_CHECKING:
    from enricher.model.timeline import Cue

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_BLOCK = re.compile("p|div|li|h[1-6]|br|tr|td|d[td]|section|article|blockquote|header|footer|cite|time")
_TIME = re.compile(r"[\[(<\s]*\d{1,3}:\d\d(?::\d\d)?(?:[.,]\d{1,3})?[\])>\s]*")
_LINKED = re.compile(r"[?#&](?:t|start)=(\d{1,7}(?:\.\d{1,3})?)s?\Z")
_NESTED = 4
_MOST = 0.5  # of a page's letters, for elements with times in attributes to be the transcript


def read_markup(text: str) -> list[Cue]:
    """Read elements whose attributes say when they are said, as in TTML; else the times between the lines.

    https://www.w3.org/TR/ttml2/#timing and
    https://github.com/Podcastindex-org/podcast-namespace/blob/main/transcripts/transcripts.md#html
    """
    try:
        root = lxml_html.document_fromstring(xml_safe(_DECLARATION.sub("", text, count=1)))
    except (etree.ParserError, ValueError):
        return []
    etree.strip_elements(root, "script", "style", "head", etree.Comment, with_tail=False)
    groups: dict[Any, list[Any]] = {}
    _timed_elements(root, groups)
    timed = cues_of_groups(groups)
    lines = _lines(root)
    letters = sum(map(len, lines))
    if sum(len(cue.text) for cue in timed) >= _MOST * letters:
        return timed
    return read_lines(lines) or timed


def _timed_elements(root: etree._Element, groups: dict[Any, list[Any]]) -> None:
    """Group the elements that have numbers in attributes by their tags and those of what they stand in."""
    paths: dict[Any, tuple[tuple[str, ...], int]] = {root.getparent(): ((), 0)}
    for element in root.iter(etree.Element):
        path, within = paths[element.getparent()]
        record = {str(name): str(value) for name, value in element.attrib.items()}
        if found := _LINKED.search(record.get("href", "")):
            record["start"] = found[1]
        is_timed = any(character.isdigit() for value in record.values() for character in value)
        # Documents may nest ten thousand deep; transcripts time paragraphs, sentences and words.
        if is_timed and within < _NESTED:
            groups.setdefault((*path, element.tag), []).append(
                record | {"text": one_line(" ".join(map(str, element.itertext())))}
            )
        paths[element] = ((*path[-_NESTED:], str(element.tag)), within + is_timed)


def _lines(root: etree._Element) -> list[str]:
    """Return the text of a page in lines: blocks, names and times have lines of their own."""
    for element in root.iter(etree.Element):
        if _BLOCK.fullmatch(str(element.tag)) or (element.text and len(element) == 0 and _TIME.fullmatch(element.text)):
            element.text, element.tail = f"\n{element.text or ''}", f"\n{element.tail or ''}"
    return [one_line(line) for line in "".join(map(str, root.itertext())).split("\n")]
