"""Which documents are a series: those of one folder and form, in the order of their names."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from enricher.model.summary import NAMELESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

AROUND = 5
"""So many documents before one, and behind it, are looked at for what they share."""
_DIGITS = re.compile(r"([0-9]+)")


def in_order(path: Path) -> list[str | int]:
    """Return the key that sorts names as people do: 2.md before 10.md."""
    return [int(part) if part.isdecimal() else part for part in _DIGITS.split(str(path))]


def neighbours(paths: Iterable[Path]) -> dict[Path, Sequence[Path]]:
    """Return for each document, given in order, those of its series around it."""
    every: dict[tuple[Path, str], list[Path]] = {}
    for path in paths:
        every.setdefault(_series(path), []).append(path)
    return {
        path: [*series[max(0, i - AROUND) : i], *series[i + 1 : i + 1 + AROUND]]
        for series in every.values()
        for i, path in enumerate(series)
    }


def others_of_series(path: Path, names: Iterable[str]) -> Iterator[Path]:
    """Find the other files of the series of one, whose folder has these `names`."""
    above = path.parent.parent
    try:
        nested = os.listdir(above) if path.stem.lower() in NAMELESS else ()  # noqa: PTH208 names are wanted
    except OSError:
        nested = ()
    found = [*(above / name / path.name for name in nested if (above / name / path.name).exists())]
    found = found or [path.with_name(name) for name in names]
    for one in found:
        if one != path and _series(one) == _series(path) and not one.relative_to(above).parts[0].startswith("."):
            yield one


def _series(path: Path) -> tuple[Path, str]:
    """Return what a document shares with its series: folder and form, or `*/index.md`."""
    return (path.parent.parent, path.name) if path.stem.lower() in NAMELESS else (path.parent, path.suffix.lower())
