"""Which documents are a series: those of one folder and form, or one to a folder, in the order of their names."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

AROUND = 5
"""So many documents before one, and behind it, are looked at for what they share."""
_DIGITS = re.compile(r"([0-9]+)")
_DEEPEST = 3  # a folder of days: 2012/03/09


def in_order(path: Path) -> list[str | int]:
    """Return the key that sorts names as people do: 2.md before 10.md."""
    return [int(part) if part.isdecimal() else part for part in _DIGITS.split(str(path))]


def neighbours(paths: Sequence[Path]) -> dict[Path, Sequence[Path]]:
    """Return for each document, given in order, those of its series around it."""
    counts = Counter((path.parent, path.suffix.lower()) for path in paths)
    every: dict[tuple[Path, str], list[Path]] = {}
    for path in paths:
        alone = counts[path.parent, path.suffix.lower()] == 1
        every.setdefault(_series(path, alone=alone), []).append(path)
    return {
        path: [*series[max(0, i - AROUND) : i], *series[i + 1 : i + 1 + AROUND]]
        for series in every.values()
        for i, path in enumerate(series)
    }


def others_of_series(path: Path, names: Iterable[str]) -> Iterator[Path]:
    """Find the files that may be of the series of one, whose folder has these `names`."""
    base = _above_dates(path.parent)
    beside = [path.with_name(name) for name in names if not name.startswith(".")]
    yield from (one for one in beside if one != path)
    if base != path.parent:
        yield from (one for one in _below(base, _DEEPEST) if one.parent != path.parent)
    elif not any(one != path and one.suffix.lower() == path.suffix.lower() for one in beside):
        folders = (one for one in _listed(path.parent.parent) if one != path.parent)
        yield from (one / path.name for one in folders if (one / path.name).is_file())


def _series(path: Path, *, alone: bool) -> tuple[Path, str]:
    """Return what a document shares with its series: folder and form; `2012/03/*/*.html`; `*/index.md`."""
    base = _above_dates(path.parent)
    return (path.parent.parent, path.name) if alone and base == path.parent else (base, path.suffix.lower())


def _above_dates(folder: Path) -> Path:
    """Return the folder above those that are numbers, by which sites part what they publish."""
    for _ in range(_DEEPEST):
        folder = folder.parent if folder.name.isdecimal() else folder
    return folder


def _below(folder: Path, deepest: int) -> Iterator[Path]:
    for one in _listed(folder):
        if not one.name.isdecimal():
            if folder.name.isdecimal():
                yield one
        elif deepest and one.is_dir():
            yield from _below(one, deepest - 1)


def _listed(folder: Path) -> list[Path]:
    try:
        return [Path(entry.path) for entry in os.scandir(folder) if not entry.name.startswith(".")]
    except OSError:
        return []
