"""Chapter files of other makers within text, as lines of titled times."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from enricher.summaries.tables import lines_of_table
from enricher.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

_PSC = re.compile(r"<psc:chapter\b(?P<attributes>[^<>]{0,2000})>", re.IGNORECASE)
_PSC_TAGS = re.compile(r"(?:\s*</?psc:[^<>]{0,2000}>)+\s*", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(start|title)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_OSF_LINE = re.compile(r"(?:(\d{10})|\d{1,2}:\d\d:\d\d)\s")
_OSF_CHAPTER = re.compile(r"^(?:\d{10}|\d{1,2}:\d\d:\d\d)\s[^\n]{1,500}\s#c(?:hapter)?\b[^\n]*$", re.MULTILINE)
_OSF_TAGS = re.compile(r"(?:\s+(?:#\w{1,20}|<https?://[^\s<>]{1,2000}>))+\s*$")
_SEVERAL = 3
_FFMETADATA = ";FFMETADATA"
_FIELD = re.compile(r"^(\w+)=(.*)$", re.MULTILINE)
_ESCAPED = re.compile(r"\\(.)")


def as_lines(text: str) -> str:
    """Write chapters as lines such as `00:05:12 The dance`; any other text is returned as it is.

    Podlove Simple Chapters, https://podlove.org/simple-chapters/, what ffmpeg writes,
    https://ffmpeg.org/ffmpeg-formats.html#Metadata-2, and the Open Shownote Format,
    https://github.com/shownotes/OSF-in-a-Nutshell, where only what is tagged so is a chapter.
    """
    if len(_OSF_CHAPTER.findall(text)) >= _SEVERAL:
        return "\n".join(_shownotes(text))
    if text.startswith(_FFMETADATA):
        head, *chapters = text.split("[CHAPTER]")
        lines = [line for one in chapters if (line := _ffmpeg_line(dict(_FIELD.findall(one))))]
        return "\n\n".join([_unescaped(dict(_FIELD.findall(head)).get("title", "")), "\n".join(lines)])
    if "<psc:" in text:
        return _PSC_TAGS.sub(_simple_chapters, text)
    return lines_of_table(text) if "\t" in text or ";" in text else text


def _shownotes(text: str) -> Iterator[str]:
    """Read shownotes; times may be seconds since 1970, the first of which is the beginning."""
    first = next((int(one[1]) for one in map(_OSF_LINE.match, text.splitlines()) if one and one[1]), 0)
    for line in text.splitlines():
        found = _OSF_LINE.match(line)
        said = _OSF_TAGS.sub("", line[found.end() :] if found else line).strip()
        if found and _OSF_CHAPTER.fullmatch(line):
            time = clock(int(found[1]) - first) if found[1] and int(found[1]) >= first else found[0].strip()
            yield f"\n{time} {said}\n"
        elif said:
            yield f"- {said.lstrip('- ')}"


def _ffmpeg_line(fields: dict[str, str]) -> str | None:
    numerator, _, denominator = fields.get("TIMEBASE", "1/1000000000").partition("/")
    numbers = (fields.get("START", ""), numerator, denominator)
    if not all(number.isdecimal() and len(number) < 20 for number in numbers) or not int(denominator):  # noqa: PLR2004
        return None
    return f"{clock(int(numbers[0]) * int(numerator) / int(denominator))} {_unescaped(fields.get('title', ''))}"


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _simple_chapters(tags: re.Match[str]) -> str:
    lines = []
    for chapter in _PSC.finditer(tags[0]):
        said = {name: double or single for name, double, single in _ATTRIBUTE.findall(chapter["attributes"])}
        lines.append(f"{said.get('start', '')} {html.unescape(said.get('title', ''))}")
    return "\n\n" + "\n".join(lines) + "\n\n"
