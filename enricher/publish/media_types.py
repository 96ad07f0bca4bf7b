"""What HTTP says of each published file: its media type, and for how long it may be kept."""

from __future__ import annotations

import re

_TYPES = {
    ".xml": "application/rss+xml; charset=UTF-8",
    ".html": "text/html; charset=UTF-8",
    ".json": "application/json",
    ".vtt": "text/vtt; charset=UTF-8",
    ".css": "text/css; charset=UTF-8",
    ".js": "text/javascript; charset=UTF-8",
    ".opml": "text/x-opml; charset=UTF-8",
}
_CHAPTERS = re.compile(r"(?:.*/)?chapters/[^/]+\.json")
# Named by their content, such as `show/chapters/0123456789abcdef.json` and `style-0123456789ab.css`.
_HASHED = re.compile(r"[a-z0-9-]+/(?:chapters|transcripts)/[0-9a-f]{16}\.(?:json|vtt)|[a-z]+-[0-9a-f]{12}\.(?:css|js)")
FOR_GOOD = "public, max-age=31536000, immutable"
"""`Cache-Control` of files that are named by their content."""
A_MINUTE = "public, max-age=60"
"""`Cache-Control` of all others: apps ask for a feed every few minutes."""


def media_type(path: str) -> str:
    """Return the media type that feeds and browsers want of a file, by its path."""
    if _CHAPTERS.fullmatch(path):
        # https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters/jsonChapters.md
        return "application/json+chapters"
    return _TYPES.get(path[path.rfind(".") :], "application/octet-stream")


def cache_control(path: str) -> str:
    """Return for how long a file may be kept without asking again."""
    return FOR_GOOD if _HASHED.fullmatch(path) else A_MINUTE
