"""Transcripts in markup: HTML with times in any element, TTML, and captions in XML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree
from lxml import html as lxml_html

from enricher.text import one_line, xml_safe
from enricher.timestamps import parse_clock
from enricher.timing.transcript_keys import role_of
from enricher.timing.transcript_lines import read_lines
from enricher.timing.transcript_records import cues_of_groups

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enricher.model.timeline import Cue

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_BLOCK = re.compile("p|div|li|h[1-6]|br|tr|td|d[td]|section|article|blockquote|header|footer|cite|time")
_TIME = re.compile(r"[\[(<\s]*\d{1,3}:\d\d(?::\d\d)?(?:[.,]\d{1,3})?[\])>\s]*")
_LINKED = re.compile(r"[?#&](?:t|start)=(\d{1,7}(?:\.\d{1,3})?)s?\Z")
_NESTED = 4
_MOST_FIELDS = 8  # fields of a record in elements of its own
_COUNTED = re.compile(r"(?:(\d{1,3}:\d\d:\d\d)[:;])?(\d{1,15}(?:\.\d{1,3})?)([ft]?)")
_LONGEST_RATE = 12  # digits
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
    _count_frames(root)
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
        # `<caption><start>1.5</start><text>Yes.</text></caption>`, as old players have it
        if len(element) <= _MOST_FIELDS and not any(map(len, element)):
            fields = {str(field.tag): field.text or "" for field in element}
            record |= fields if {"start", "text"} <= {role_of(name)[0] for name in fields} else {}
        if found := _LINKED.search(record.get("href", "")):
            record["start"] = found[1]
        is_timed = any(character.isdigit() for value in record.values() for character in value)
        # Documents may nest ten thousand deep; transcripts time paragraphs, sentences and words.
        if is_timed and within < _NESTED:
            text = record.get("text") or one_line(" ".join(map(str, element.itertext())))
            groups.setdefault((*path, element.tag), []).append(record | {"text": text})
        paths[element] = ((*path[-_NESTED:], str(element.tag)), within + is_timed)


def _count_frames(root: etree._Element) -> None:
    """Write the frames and ticks of TTML as seconds, by the rates that its root gives.

    https://www.w3.org/TR/ttml2/#timing-value-time-expression
    """
    rated = [one.attrib for one in root.iter(etree.Element) if {"ttp:tickrate", "ttp:framerate"} & set(one.attrib)]
    rates: Mapping[Any, Any] = dict(rated[0]) if rated else {}
    frames, ticks = (_rate(str(rates.get(f"ttp:{kind}rate", ""))) for kind in ("frame", "tick"))
    times = _rate(str(rates.get("ttp:frameratemultiplier", "1 1")).partition(" ")[0])
    over = _rate(str(rates.get("ttp:frameratemultiplier", "1 1")).rpartition(" ")[2])
    if frames and times and over:
        frames *= times / over
    for element in root.iter(etree.Element) if rates else ():
        for name in ("begin", "end", "dur"):
            found = _COUNTED.fullmatch(str(element.attrib.get(name, "")).strip())
            rate = found and (ticks if found[3] == "t" else frames)
            if found and rate and (found[1] or found[3]):
                whole = parse_clock(found[1]) if found[1] else 0.0
                element.attrib[name] = f"{(whole or 0.0) + float(found[2]) / rate:.3f}s"


def _rate(text: str) -> float | None:
    return float(text) if text.isdecimal() and 0 < len(text) < _LONGEST_RATE and int(text) else None


def _lines(root: etree._Element) -> list[str]:
    """Return the text of a page in lines: blocks, names and times have lines of their own."""
    for element in root.iter(etree.Element):
        if _BLOCK.fullmatch(str(element.tag)) or (element.text and len(element) == 0 and _TIME.fullmatch(element.text)):
            element.text, element.tail = f"\n{element.text or ''}", f"\n{element.tail or ''}"
    return [one_line(line) for line in "".join(map(str, root.itertext())).split("\n")]
