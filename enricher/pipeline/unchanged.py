"""Whether anything that a published edition was made of has changed: known without parsing, rendering or writing."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from enricher import __version__
from enricher.http.schedule import DAY

if TYPE_CHECKING:
    from enricher.model.feed import FeedConfig
    from enricher.model.state import FeedState
    from enricher.publish.publisher import Publisher


@cache
def code_digest() -> str:
    """Return a digest of this program and the libraries under it: results are remembered for that code alone.

    By the sizes and times of the program's own files, templates and tables among them, and the times of the folders
    that libraries are installed in: a look at the disk that costs a millisecond, and errs on the side of making a
    result again.
    """
    seen: list[object] = [__version__, sys.version]
    for path in sorted(Path(__file__).parent.parent.rglob("*.*")):
        if path.parent.name == "__pycache__" or not path.is_file():  # which Python writes meanwhile
            continue
        found = path.stat()
        seen.append((path.name, found.st_size, found.st_mtime_ns))
    folders = [folder for folder in map(Path, sys.path) if folder.name in {"site-packages", "dist-packages"}]
    seen += [(str(folder), folder.stat().st_mtime_ns) for folder in folders if folder.is_dir()]
    return hashlib.blake2b(repr(seen).encode(), digest_size=8).hexdigest()


def inputs_digest(feed: FeedConfig, reserved: frozenset[str], summaries: str, theme: str = "") -> str:
    """Return a digest of everything that an edition is made of but its source.

    `summaries` is that of its summaries, `theme` that of the folder of templates.
    """
    # Not in repr(feed): they may be secrets.
    parts = [code_digest(), repr(feed), feed.url, feed.sent, feed.token, _folders_digest(reserved), summaries, theme]
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@cache
def _folders_digest(reserved: frozenset[str]) -> str:
    # Cached: it is the same for every feed of a run, and there may be a folder for each of thousands.
    return hashlib.blake2b(repr(sorted(reserved)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def is_unchanged(state: FeedState, source: str, inputs: str, publisher: Publisher, now: float) -> bool:
    """Check whether the published edition is what would be made again of a source (its SHA-256 in hex) and inputs.

    Raises PublishError.
    """
    known = state.published
    if known is None or not state.files or (known.source, known.inputs) != (source, inputs):
        return False
    # What was noted for longer than a day was noted before the clock was set back.
    return known.until - DAY <= now < known.until and publisher.stand(state.files)
