"""Stand-in."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.model.page import EpisodeEntry, ListedShow, Show
    from enricher.pages.theme import Theme

_PAGE = 50


def show_pages(show: Show, entries: Sequence[EpisodeEntry], theme: Theme, *, search: bool) -> list[tuple[str, bytes]]:
    """Return index.html and older-N.html."""
    older = max(0, len(entries) // _PAGE - 1)
    first = len(entries) - older * _PAGE
    pages = [("index.html", entries[:first])]
    pages += [
        (f"older-{n}.html", entries[len(entries) - n * _PAGE : len(entries) - (n - 1) * _PAGE])
        for n in range(1, older + 1)
    ]
    found = []
    for name, some in pages:
        lines = "".join(f'<li><a href="{escape(one.url)}">{escape(one.title)}</a> {escape(one.teaser)}' for one in some)
        body = f'<!doctype html><title>{escape(show.title)}</title><link rel="stylesheet" href="../{theme.style}">'
        found.append((name, f"{body}{search}<ul>{lines}</ul>".encode("utf-8", "replace")))
    return found


def site_page(shows: Sequence[ListedShow], theme: Theme) -> bytes:
    """Return the page of all shows."""
    lines = "".join(f'<li><a href="{one.folder}/index.html">{escape(one.show.title)}</a>' for one in shows)
    style = theme.style
    return f'<!doctype html><meta name="generator" content="enricher"><link rel="stylesheet" href="{style}"><ul>{lines}</ul>'.encode()


def opml(shows: Sequence[ListedShow], theme: Theme) -> bytes:
    """Return an OPML document."""
    lines = "".join(
        f'<outline type="rss" text="{escape(one.show.title)}" xmlUrl="{escape(one.show.feed_url)}"/>' for one in shows
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0"><head/><body>{lines}</body></opml>'.encode()
