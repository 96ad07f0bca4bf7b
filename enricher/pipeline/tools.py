"""What feeds are republished with: a fetcher, a store and a publisher, the same for every feed of a run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from enricher.http.fetcher import Fetcher
    from enricher.pages.theme import Theme
    from enricher.publish.folder import FolderPublisher
    from enricher.store.store import Store


@dataclass(frozen=True, slots=True)
class Tools:
    """What feeds are republished with."""

    fetcher: Fetcher
    store: Store
    publisher: FolderPublisher
    reserved: frozenset[str] = frozenset()
    """The folders whose summaries belong to one show alone, whichever it is."""
    making: Callable[[str], None] = lambda _: None
    """Called with a feed's name before anything is made of it."""
    templates: Path | None = None
    """The folder whose files replace those of the program's own theme."""

    def theme(self) -> Theme:
        """Return the theme of the pages. Raises ConfigError where its folder cannot be used."""
        return _theme(self.templates, self.theme_digest())

    def theme_digest(self) -> str:
        """Return a digest of the folder of templates, empty where there is none."""
        if self.templates is None:
            return ""
        try:
            found = [(path.name, path.read_bytes()) for path in sorted(self.templates.iterdir()) if path.is_file()]
        except OSError as error:  # `load_theme` says what to do
            found = [(str(error), b"")]
        return hashlib.blake2b(repr(found).encode(), digest_size=16).hexdigest()


@lru_cache(maxsize=8)
def _theme(folder: Path | None, digest: str) -> Theme:
    del digest  # a folder that is edited is read again
    # Jinja2 takes 60 ms to load, and a run that finds nothing changed makes no page.
    from enricher.theme_files import load_theme

    return load_theme(folder)
