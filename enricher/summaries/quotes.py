"""Quotations: their marks, who spoke them and when, as pages write it around them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from enricher.text import one_line
from enricher.timestamps import part_bracketed, part_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.summaries.blocks import Link

_MARKS = ("“”", '""', "„“", "„”", "«»", "»«", "「」", "『』")
_SPEAKER = re.compile(r"[—–-]{1,2}\s?(?P<name>[\w“\"‘(].{0,60})")
_SHORT_END = re.compile(r"\b(?:[^\W\d_]|Jr|Sr|Ph\.?\s?D|M\.?D|Esq)\.$")
NO_NAME_ENDS = (".", "!", "?", ",", ";", ":")
_INLINE = re.compile(r"(?P<said>.{2,}[.!?。…”\"'“»」』])\s[—–-]{1,2}\s?(?P<name>[^\W\d_][^—–]{0,60})", re.DOTALL)
_LED = re.compile(r"(?P<name>[^\W\d_][^:“”\"]{0,60}):\s?(?P<said>[“\"„«].+)", re.DOTALL)
_DASH = re.compile(r"\s[—–-]{1,2}\s")
_STOP_OUTSIDE = re.compile(r"(?<=[»”“])[.,]$")
_NAMED_BEHIND = re.compile(r"(?P<said>[“\"„«].+[”\"“»])\s?[(\[](?P<name>[^()\[\]]{2,60})[)\]]", re.DOTALL)
_COMMENT = re.compile(
    r"\n[—–-]{1,2}\s?(?P<time>(?:\d{1,2}:)?\d{1,2}:\d\d)\s?[·•|,–—-]\s[^\n]{0,300}$"
    r"|\s?\((?P<time2>(?:\d{1,2}:)?\d{1,2}:\d\d)[,;]\s[^()]{0,100}\)$"
    r"|(?P<who>\s[—–]\s?[^—–\n\d]{0,80}?)(?:,\s[~≈]?|\s[~≈])(?P<time3>(?:\d{1,2}:)?\d{1,2}:\d\d)$"
)
"""When a quotation was said, and what somebody thinks of it."""
_NAMES_AT_MOST = 60
_WORDS_OF_A_NAME = 5


def unquoted(text: str) -> str:
    """Take one pair of quotation marks off, which are the page's and not the speaker's."""
    text = _STOP_OUTSIDE.sub("", one_line(text))
    if len(text) > 1 and f"{text[0]}{text[-1]}" in _MARKS and text[0] not in text[1:-1]:
        return text[1:-1].strip()
    return text


def is_quoted(text: str) -> bool:
    """Return whether a whole text stands in one pair of quotation marks."""
    return unquoted(text) != one_line(text)


def begins_quoted(text: str) -> bool:
    """Return whether a line is a quotation, and perhaps who said it behind a dash or in brackets."""
    behind = _NAMED_BEHIND.fullmatch(text.partition("\n")[0])
    return is_quoted(_DASH.split(text)[0]) or (behind is not None and is_quoted(behind["said"]))


def says_who(text: str) -> bool:
    """Distinguish a quotation from an aside that is set off: it stands in quotation marks, or names its speaker."""
    lines = text.splitlines()
    return is_quoted(text) or is_quoted(lines[0]) or speaker_of(lines[-1]) is not None or " — " in text


def speaker_of(line: str, *, sure: bool = False) -> str | None:
    """Read `— Name`: a few words that begin with a capital letter and are no sentence; any, where it is `sure`."""
    found = _SPEAKER.fullmatch(one_line(line)) if len(line) <= _NAMES_AT_MOST * 2 else None
    if not found:
        return None
    name = found["name"]
    sentence = name.endswith(NO_NAME_ENDS) and not _SHORT_END.search(name)
    if not sure and (sentence or not name[0].isalpha() or name[0].islower()):
        return None
    return part_bracketed(name).title


def read_quote(text: str, speaker: str | None = None, links: Sequence[Link] = ()) -> dict[str, Any]:
    """Read a quote to the JSON form: its text, the name of its speaker, and its time.

    The name stands in the last line, behind a dash at its end, or before a colon; the time in its link, or in brackets
    behind all.
    """
    text = _COMMENT.sub(lambda x: f"{x['who'] or ''} ({x['time'] or x['time2'] or x['time3']})", text)
    lines = text.splitlines()
    behind = _NAMED_BEHIND.fullmatch(one_line(text))
    span = part_time(behind["name"]) if behind else part_bracketed(one_line(text))
    if behind and not (" " in span.title and _is_name(span.title)):  # "(Laughter)" is nobody
        behind, span = None, part_bracketed(one_line(text))
    said, named = span.title, speaker_of(part_bracketed(lines[-1]).title) if len(lines) > 1 else None
    inline, led = _INLINE.fullmatch(said), _LED.fullmatch(said)
    if behind:
        said, named = behind["said"], span.title
    elif named:
        said = " ".join(lines[:-1])
    elif inline and (" " in inline["name"] or not inline["name"].isascii()) and _is_name(inline["name"]):
        said, named = inline["said"], inline["name"]
    elif inline and is_quoted(inline["said"]) and inline["name"][0].islower():
        said = inline["said"]  # "…" — on what it is about
    elif led and _is_name(led["name"]) and is_quoted(led["said"]):
        said, named = led["said"], led["name"]
    link = next((x for x in links if x.start is not None), span)
    said = said.strip('" ') if said.count('"') == 1 else unquoted(said)  # one alone has lost its other
    return {"kind": "quote", "text": said, "speaker": speaker or named, "start": link.start, "end": link.end}


def _is_name(text: str) -> bool:
    """Distinguish a name, perhaps with what its bearer does behind a comma, from the rest of a sentence."""
    words = text.partition(",")[0].split()
    return (
        0 < len(words) <= _WORDS_OF_A_NAME
        and text[-1] not in NO_NAME_ENDS
        and words[0][0].isalpha()
        and not words[0][0].islower()
        and not words[-1][0].islower()
    )
