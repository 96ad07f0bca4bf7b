"""Chapter files of other makers within text, as lines of titled times."""

from __future__ import annotations

import html
import re

from enricher.timestamps import clock

_PSC = re.compile(r"<psc:chapter\b(?P<attributes>[^<>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(start|title)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_PSC_BLOCK = re.compile(
    r"(?:<\?xml[^<>]{0,200}>\s*)?<psc:chapters.*?(?:</psc:chapters\s*>|$)", re.IGNORECASE | re.DOTALL
)
_FFMETADATA = ";FFMETADATA"
_FF_CHAPTER = re.compile(
    r"^\[CHAPTER\]\s*\nTIMEBASE=(?P<n>\d{1,9})/(?P<d>\d{1,12})\s*\nSTART=(?P<start>\d{1,18})\s*\nEND=\d{1,18}\s*\n"
    r"title=(?P<title>[^\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
_FF_TITLE = re.compile(r"^title=(?P<title>[^\n]*)", re.MULTILINE)


def as_lines(text: str) -> str:
    """Write chapters as lines such as `00:05:12 The dance`; any other text is returned as it is.

    Podlove Simple Chapters, https://podlove.org/simple-chapters/, and what ffmpeg writes,
    https://ffmpeg.org/ffmpeg-formats.html#Metadata-2.
    """
    if text.startswith(_FFMETADATA):
        head = _FF_TITLE.search(text.partition("[CHAPTER]")[0])
        lines = [f"{clock(_seconds(one))} {one['title']}" for one in _FF_CHAPTER.finditer(text)]
        return "\n\n".join([head["title"] if head else "", "\n".join(lines)])
    return _PSC_BLOCK.sub(_simple_chapters, text) if "<psc:" in text else text


def _seconds(chapter: re.Match[str]) -> float:
    return int(chapter["start"]) * int(chapter["n"]) / max(1, int(chapter["d"]))


def _simple_chapters(block: re.Match[str]) -> str:
    lines = []
    for chapter in _PSC.finditer(block[0]):
        said = {name: double or single for name, double, single in _ATTRIBUTE.findall(chapter["attributes"])}
        lines.append(f"{said.get('start', '')} {html.unescape(said.get('title', ''))}")
    return "\n" + "\n".join(lines) + "\n"
