"""What a finished page may not have: a time that nothing bears out, a link to a file that is not there (C40, C53).

Finished bytes are looked at, whatever template made them. Foreign text cannot look like what is looked for: in it
quotation marks are escaped.
"""

from __future__ import annotations

import math
import posixpath
import re
from html import unescape
from typing import TYPE_CHECKING

from enricher.errors import LossError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from enricher.model.page import Episode

_LINK = re.compile(r'\s(?:href|src)="([^"]*)"')
_TIME = re.compile(r"#t=(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?")
_PRINTED = re.compile(r'class="time"[^>]*>([\d:–]*)<')
_CLOCK = re.compile(r"(\d{2,}):(\d\d):(\d\d)")
_SAID = re.compile(r'\sdata-t="([^"]*)"')
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def times_of(episode: Episode) -> frozenset[int]:
    """Return the whole seconds that a page may name: those of the timeline, of the chapters, of the transcript."""
    spans: list[tuple[float, float | None]] = [(one.start, one.end) for one in episode.timeline.moments.values()]
    spans += [(one.start, one.end) for one in episode.chapters.chapters]
    spans += [(one.start, one.end) for one in episode.cues]
    ends = {end for _, end in spans if end is not None}
    return frozenset({int(start) for start, _ in spans} | {int(end) for end in ends} | {math.ceil(end) for end in ends})


def verify_page(path: str, body: bytes, times: Collection[int] = ()) -> set[str]:
    """Return the files of the site that a page links to. Raises LossError for a time that is not among `times`.

    `path` is the page's, below the output folder.
    """
    text, files = body.decode(), set[str]()
    for link in map(unescape, _LINK.findall(text)):
        if link.startswith("#t="):
            _check(path, link, _seconds(link), times)
        elif not (link.startswith("#") or _SCHEME.match(link)):
            where = posixpath.join(posixpath.dirname(path), re.split("[?#]", link, maxsplit=1)[0])
            files.add(posixpath.normpath(f"{where}index.html" if where.endswith("/") else where))
    for said in _SAID.findall(text):
        _check(path, said, _seconds(f"#t={said}"), times)
    for printed in _PRINTED.findall(text):
        clocks = (tuple(map(int, found)) for found in _CLOCK.findall(printed))
        _check(path, printed, (hours * 3600 + minutes * 60 + seconds for hours, minutes, seconds in clocks), times)
    return files


def verify_links(links: Collection[str], files: Collection[str]) -> None:
    """Check that every link leads to a file. Raises LossError."""
    if missing := sorted(set(links) - set(files)):
        raise LossError(f"a page would link to {missing[0]}, which there is not; nothing was published")


def _seconds(link: str) -> Iterator[float]:
    found = _TIME.fullmatch(link)
    yield from (float(part) for part in found.groups() if part) if found else (-1.0,)


def _check(path: str, said: str, seconds: Iterator[float], times: Collection[int]) -> None:
    if any(int(one) not in times for one in seconds):
        raise LossError(f"the page {path} would name the time {said}, which nothing bears out; nothing was published")
