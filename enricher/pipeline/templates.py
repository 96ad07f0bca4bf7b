"""The theme of the pages, read once for each state of its folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from enricher.pages.theme import Theme


@dataclass(frozen=True, slots=True)
class Templates:
    """Where the theme comes from."""

    folder: Path | None = None
    """Its files replace the program's own of the same name."""

    def digest(self) -> str:
        """Return a digest of the folder's files, empty without one."""
        if self.folder is None:
            return ""
        try:
            found = [(path.name, path.read_bytes()) for path in sorted(self.folder.iterdir()) if path.is_file()]
        except OSError as error:  # `theme` says what to do
            found = [(str(error), b"")]
        return hashlib.blake2b(repr(found).encode(), digest_size=16).hexdigest()

    def theme(self) -> Theme:
        """Return the theme. Raises ConfigError where the folder cannot be used."""
        return _theme(self.folder, self.digest())


@lru_cache(maxsize=8)
def _theme(folder: Path | None, digest: str) -> Theme:
    del digest  # a folder that is edited is read again
    # Jinja2 takes 60 ms to load, and a run that finds nothing changed makes no page.
    from enricher.theme_files import load_theme

    return load_theme(folder)
