"""Which documents are a series: those of one folder and form, or one to a folder, in the order of their names."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

AROUND = 5
"""So many documents before one, and behind it, are looked at for what they share."""
_DIGITS = re.compile(r"([0-9]+)")
_DEEPEST = 3  # a folder of days: 2012/03/09


def in_order(path: Path) -> list[str | int]:
    """Return the key that sorts names as people do: 2.md before 10.md."""
    return [int(part) if i % 2 else part for i, part in enumerate(_DIGITS.split(str(path)))]


def neighbours(paths: Sequence[Path]) -> dict[Path, Sequence[Path]]:
    """Return for each document, given in order, those of its series around it."""
    folders: dict[tuple[Path, str], list[Path]] = {}
    for path in paths:
        folders.setdefault((path.parent, path.suffix.lower()), []).append(path)
    every: dict[tuple[Path, str], list[Path]] = {}
    for here in folders.values():
        every.setdefault(_series(here[0], alone=len(here) == 1), []).extend(here)
    return {
        path: [*series[max(0, i - AROUND) : i], *series[i + 1 : i + 1 + AROUND]]
        for series in every.values()
        for i, path in enumerate(series)
    }


class Places:
    """Where documents that are looked at one by one lie among those of their series; each folder is listed once."""

    def __init__(self, is_document: Callable[[str], bool]) -> None:
        self._is_document = is_document
        self._known: dict[Path, dict[Path, Sequence[Path]]] = {}

    def around(self, path: Path) -> Sequence[Path]:
        """Return what `neighbours` would for one document, among all that lie where its series does."""
        base = _above_dates(path.parent)
        if path not in self._known.get(base, {}):
            self._known[base] = self._neighbours([path, *self._here(base), *self._below(base, _DEEPEST)])
        found = self._known[base][path]
        if found or base != path.parent:
            return found
        above = _above_dates(path.parent.parent)  # one to a folder, perhaps
        if path not in self._known.get(above / "*", {}):
            every = (one for folder in self._folders(above, _DEEPEST) for one in self._here(folder))
            self._known[above / "*"] = self._neighbours([path, *every])
        return self._known[above / "*"][path]

    def _neighbours(self, paths: Iterable[Path]) -> dict[Path, Sequence[Path]]:
        return neighbours(sorted(set(paths), key=in_order))

    def _here(self, folder: Path) -> list[Path]:
        return [Path(one) for one in _listed(folder) if self._is_document(one.name) and one.is_file()]

    def _folders(self, folder: Path, deepest: int) -> Iterator[Path]:
        """Return the folders below one, and below those of them that are numbers."""
        for one in _listed(folder):
            if one.is_dir():
                yield Path(one)
                if deepest and one.name.isdecimal():
                    yield from self._folders(Path(one), deepest - 1)

    def _below(self, folder: Path, deepest: int) -> Iterator[Path]:
        """Return the documents in folders that are numbers."""
        for one in _listed(folder) if deepest else ():
            if one.name.isdecimal() and one.is_dir():
                yield from self._here(Path(one))
                yield from self._below(Path(one), deepest - 1)


def _series(path: Path, *, alone: bool) -> tuple[Path, str]:
    """Return what a document shares with its series: folder and form; `2012/03/*/*.html`; `*/index.md`."""
    base = _above_dates(path.parent)
    above = _above_dates(path.parent.parent)
    return (above, path.name) if alone and base == path.parent else (base, path.suffix.lower())


def _above_dates(folder: Path) -> Path:
    """Return the folder above those that are numbers, by which sites part what they publish."""
    for _ in range(_DEEPEST):
        folder = folder.parent if folder.name.isdecimal() else folder
    return folder


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    try:
        return [entry for entry in os.scandir(folder) if not entry.name.startswith(".")]
    except OSError:
        return []
