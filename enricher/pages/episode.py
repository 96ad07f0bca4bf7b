"""Stand-in."""

from __future__ import annotations

import re
import unicodedata
from html import escape
from typing import TYPE_CHECKING

from enricher.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enricher.model.edition import ChapterList
    from enricher.model.feed import Item
    from enricher.model.page import PageLink, Show
    from enricher.model.summary import Summary
    from enricher.model.timeline import Cue, Timeline
    from enricher.pages.theme import Theme


def page_name(item: Item) -> str:
    """Return the file's name."""
    plain = unicodedata.normalize("NFKD", item.title).encode("ascii", "ignore").decode().lower()
    slug = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return f"{slug}-{item.key}.html" if slug else f"{item.key}.html"


def episode_page(  # noqa: PLR0913
    show: Show,
    item: Item,
    summary: Summary,
    timeline: Timeline,
    chapters: ChapterList,
    related: Sequence[PageLink],
    *,
    related_is_named: bool,
    cues: Sequence[Cue],
    label: str,
    theme: Theme,
) -> bytes:
    """Return the page."""
    style, script = theme.files
    times = "".join(
        f'<li><a href="#t={int(one.start)}">{clock(one.start)}</a> {escape(one.title)}' for one in chapters.chapters
    )
    said = "".join(f'<p><a href="#t={int(cue.start)}">{clock(cue.start)}</a> {escape(cue.text)}' for cue in cues)
    links = "".join(f'<li><a href="{escape(one.url)}">{escape(one.title)}</a>' for one in related)
    robots = '<meta name="robots" content="noindex">' if show.noindex else ""
    moments = "".join(f'<a href="#t={int(one.start)}">{clock(one.start)}</a>' for one in timeline.moments.values())
    return (
        f'<!doctype html><html lang="{escape(show.language)}"><meta charset="utf-8">{robots}<title>{escape(item.title)}</title>'
        f'<link rel="stylesheet" href="../{style}"><script src="../{script}" defer></script>'
        f'<body><main data-pagefind-body><h1>{escape(item.title)}</h1><p>{escape(label)}<p>{escape(summary.abstract or "")}'
        f'<audio controls preload="none" src="{escape(item.audio or "")}"></audio><ol>{times}</ol>{moments}{said}'
        f'<ul>{links}</ul></main><a href="index.html">{escape(show.title)}</a>{related_is_named}'
    ).encode("utf-8", "replace")
