"""Stand-in."""

from __future__ import annotations

import re
import unicodedata
from html import escape
from typing import TYPE_CHECKING

from enricher.timestamps import clock

if TYPE_CHECKING:
    from enricher.model.feed import Item
    from enricher.model.page import Episode, Show
    from enricher.pages.theme import Theme


def page_name(item: Item) -> str:
    """Return the file's name."""
    plain = unicodedata.normalize("NFKD", item.title).encode("ascii", "ignore").decode().lower()
    slug = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return f"{slug}-{item.key}.html" if slug else f"{item.key}.html"


def episode_page(
    show: Show,
    episode: Episode,
    theme: Theme,
) -> bytes:
    """Return the page."""
    style, script = theme.style, theme.script
    item, summary, timeline, chapters = episode.item, episode.summary, episode.timeline, episode.chapters
    related, label, cues = episode.related, episode.label, episode.cues
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
        f"<body><main data-pagefind-body><h1>{escape(item.title)}</h1><p>{escape(label)}<p>{escape(summary.abstract or '')}"
        f'<audio controls preload="none" src="{escape(item.audio or "")}"></audio><ol>{times}</ol>{moments}{said}'
        f'<ul>{links}</ul></main><a href="index.html">{escape(show.title)}</a>{episode.related_is_named}'
    ).encode("utf-8", "replace")
