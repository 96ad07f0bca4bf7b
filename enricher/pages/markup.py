"""Foreign text as markup: escaped, its citations as links, its lists as lists; times and addresses as links.

Everything here returns finished markup, which templates print as it is; whatever else they print, they escape.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from enricher.text import one_line
from enricher.timestamps import clock
from enricher.urls import absolute

if TYPE_CHECKING:
    from collections.abc import Mapping

_CITATION = re.compile(r"\s?\[(\d{1,4})\]")
_BULLET = re.compile(r"[•‣◦▪*–-]\s+")
_UNSEARCHED = "data-pagefind-ignore"
"""Keeps times out of what a search finds and shows."""
_OURS = re.compile(r"[a-z0-9-]+\.html")


@lru_cache(maxsize=256)  # every page of a show has the same cover and the same addresses of the show
def web(url: str | None) -> str | None:
    """Return an address that a page may link to or load, None for any other: absolute, http or https."""
    address = absolute(url)
    return address if address and address.lower().startswith(("http://", "https://")) else None


def page_address(url: str) -> str | None:
    """Return the address of an episode's page: on the web, or the name of a file in the same folder."""
    return url if _OURS.fullmatch(url) else web(url)


def fragment(start: float, end: float | None = None) -> str:
    """Return the link to a time, https://www.w3.org/TR/media-frags/#naming-time.

    In whole seconds, the beginning rounded down and the end up, so that no first or last syllable is lost.
    """
    return f"#t={int(start)}" + (f",{math.ceil(end)}" if end is not None and end > start else "")


def seek(start: float, end: float | None = None, *, linked: bool = True) -> Markup:
    """Print a time as a link to it; without audio as plain text."""
    said = clock(start) + (f"–{clock(end)}" if end is not None and end > start else "")
    if not linked:
        return Markup(f'<span class="time" {_UNSEARCHED}>{said}</span>')  # noqa: S704 digits
    return Markup(f'<a class="time" {_UNSEARCHED} href="{fragment(start, end)}">{said}</a>')  # noqa: S704 digits


def inline(text: str, citations: Mapping[int, Markup]) -> Markup:
    """Escape one line; of its citation marks those are printed that point at something, as links (contract C26)."""
    pieces = _CITATION.split(one_line(text))
    said: list[str] = [escape(pieces[0])]
    for number, after in zip(pieces[1::2], pieces[2::2], strict=True):
        said += (citations.get(int(number), ""), escape(after))
    return Markup("".join(said))  # noqa: S704 each piece is escaped


def prose(text: str, citations: Mapping[int, Markup]) -> Markup:
    """Write a text as paragraphs; lines that begin with a bullet are a list."""
    lines = [line for line in map(one_line, text.splitlines()) if line]
    blocks: list[str] = []
    for is_list, group in groupby(lines, key=lambda line: bool(_BULLET.match(line))):
        if is_list:
            items = (f"<li>{inline(_BULLET.sub('', line, count=1), citations)}</li>" for line in group)
            blocks.append(f"<ul>{''.join(items)}</ul>")
        else:
            blocks.append(f"<p>{'<br>'.join(inline(line, citations) for line in group)}</p>")
    return Markup("".join(blocks))  # noqa: S704 each line is escaped


def plain(text: str) -> str:
    """Return a text on one line, without citation marks."""
    return one_line(_CITATION.sub("", text))
