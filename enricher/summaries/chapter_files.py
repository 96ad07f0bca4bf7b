"""Chapter files of other makers within text, as lines of titled times."""

from __future__ import annotations

import html
import re

from enricher.timestamps import clock

_PSC = re.compile(r"<psc:chapter\b(?P<attributes>[^<>]{0,2000})>", re.IGNORECASE)
_PSC_TAGS = re.compile(r"(?:\s*</?psc:[^<>]{0,2000}>)+\s*", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(start|title)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_FFMETADATA = ";FFMETADATA"
_FIELD = re.compile(r"^(\w+)=(.*)$", re.MULTILINE)
_ESCAPED = re.compile(r"\\(.)")


def as_lines(text: str) -> str:
    """Write chapters as lines such as `00:05:12 The dance`; any other text is returned as it is.

    Podlove Simple Chapters, https://podlove.org/simple-chapters/, and what ffmpeg writes,
    https://ffmpeg.org/ffmpeg-formats.html#Metadata-2.
    """
    if text.startswith(_FFMETADATA):
        head, *chapters = text.split("[CHAPTER]")
        lines = [line for one in chapters if (line := _ffmpeg_line(dict(_FIELD.findall(one))))]
        return "\n\n".join([_unescaped(dict(_FIELD.findall(head)).get("title", "")), "\n".join(lines)])
    return _PSC_TAGS.sub(_simple_chapters, text) if "<psc:" in text else text


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
