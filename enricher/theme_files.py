"""A theme read from its folder: files there replace the program's own of the same name.

Names that begin with `_` are of parts that its templates include.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from enricher.errors import ConfigError
from enricher.pages.theme import FILES, Theme, make_theme
from enricher.text import nearest

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIXES = {".html", ".opml", ".css", ".js"}


def load_theme(folder: Path | None) -> Theme:
    """Read a theme; without a folder it is the program's own. Raises ConfigError where it cannot be used."""
    if folder is None:
        return make_theme()
    try:
        found = {path.name: path for path in sorted(folder.iterdir()) if path.suffix in _SUFFIXES}
        for name in found:
            if name not in FILES and not name.startswith("_"):
                meant = nearest(name, FILES) or f"_{name}, for a part that templates include"
                raise ConfigError(f"templates: {folder / name} replaces nothing; did you mean {meant}?")
        return make_theme({name: path.read_text("utf-8") for name, path in found.items()})
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"templates: the folder {folder} cannot be read: {error}") from error
