"""Captions and annotations in formats with one plain rule each: SubStation Alpha, SAMI, Praat's TextGrid, ELAN."""

from __future__ import annotations

import html
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from enricher.timestamps import parse_clock
from enricher.timing.cues import UNKNOWN, make_cue
from enricher.timing.transcript_records import cues_of_groups

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from enricher.model.timeline import Cue

# Layer or Marked, Start, End, Style, Name, three margins, Effect, Text: http://www.tcax.org/docs/ass-specs.htm
_DIALOGUE = re.compile(r"^Dialogue:[^,\n]*,([^,\n]*),([^,\n]*),[^,\n]*,([^,\n]*)(?:,[^,\n]*){4},(.*)$", re.MULTILINE)
_SYNC = re.compile(r"<sync\b[^>]{0,200}?\bstart\s*=\s*[\"']?(\d{1,9})[^>]{0,200}>", re.IGNORECASE)
_TIER = re.compile(r'\bclass = "')
_NAME = re.compile(r'\bname = "([^"\n]*)"')
_INTERVAL = re.compile(r'\bxmin = ([\d.]+)\s+xmax = ([\d.]+)\s+text = "((?:[^"]|"")*)"')
_SLOT = re.compile(r"<TIME_SLOT\b([^>]{0,500})>")
_ANNOTATION = re.compile(r"<ALIGNABLE_ANNOTATION\b([^>]{0,500})>\s*<ANNOTATION_VALUE>([^<]*)")
_ATTRIBUTE = re.compile(r"\b([\w:]+)=\"([^\"]*)\"")


def read_captions(text: str) -> list[Cue]:
    """Read a text in the one of these formats that its marks are of; empty where it has none of them."""
    readers: Mapping[str, Callable[[str], list[Cue]]] = {
        "Dialogue:": _substation, "<sync": _sami, "ooTextFile": _textgrid, "<ANNOTATION_DOCUMENT": _elan,
    }  # fmt: skip
    lower = text.lower()
    return next((read(text) for mark, read in readers.items() if mark.lower() in lower), [])


def _substation(text: str) -> list[Cue]:
    cues = []
    for start, end, name, said in _DIALOGUE.findall(text):
        a, b = parse_clock(start), parse_clock(end)
        if a is not None:
            words = said.replace("\\N", " ").replace("\\n", " ").replace("\\h", " ")
            cues.append(make_cue(a, UNKNOWN if b is None else b, words, name.strip() or None))
    return cues


def _sami(text: str) -> list[Cue]:
    """Read SAMI, whose elements nobody closes; a blank one ends the one before."""
    marks = list(_SYNC.finditer(text))
    starts = [int(found[1]) / 1000 for found in marks]
    bounds = [*((found.start(), found.end()) for found in marks), (len(text), len(text))]
    blocks = [text[a[1] : b[0]] for a, b in pairwise(bounds)]
    return [make_cue(a, b, said) for (a, b), said in zip(pairwise([*starts, UNKNOWN]), blocks, strict=True)]


def _textgrid(text: str) -> list[Cue]:
    """Read the tiers of intervals; those of phones are no words."""
    groups: dict[Any, list[dict[str, Any]]] = {}
    for number, tier in enumerate(_TIER.split(text)):
        name = _NAME.search(tier)
        if name is None or "phone" not in name[1].lower():
            groups[number] = [{"start": f"{a}s", "end": f"{b}s", "text": said.replace('""', '"')}
                              for a, b, said in _INTERVAL.findall(tier)]  # fmt: skip
    return cues_of_groups(groups)


def _elan(text: str) -> list[Cue]:
    """Read the tiers that are aligned, those of one type together: each speaker has one."""
    slots = [dict(_ATTRIBUTE.findall(one)) for one in _SLOT.findall(text)]
    times = {one["TIME_SLOT_ID"]: int(one["TIME_VALUE"]) for one in slots if one.get("TIME_VALUE", "").isdecimal()
             and "TIME_SLOT_ID" in one}  # fmt: skip
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in text.split("<TIER ")[1:]:
        head, _, body = one.partition(">")
        tier = dict(_ATTRIBUTE.findall(head))
        for attributes, said in _ANNOTATION.findall(body):
            ends = dict(_ATTRIBUTE.findall(attributes))
            start, end = times.get(ends.get("TIME_SLOT_REF1")), times.get(ends.get("TIME_SLOT_REF2"))
            if start is not None:
                groups.setdefault(tier.get("LINGUISTIC_TYPE_REF", ""), []).append(
                    {"start": f"{start}ms", "end": None if end is None else f"{end}ms", "text": html.unescape(said),
                     "speaker": tier.get("PARTICIPANT") or tier.get("TIER_ID", "")})  # fmt: skip
    ordered = {kind: sorted(every, key=lambda one: int(one["start"][:-2])) for kind, every in groups.items()}
    return cues_of_groups(ordered)
