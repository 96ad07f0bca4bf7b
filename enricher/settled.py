"""Whether anything that an edition was made of has changed: known without parsing, rendering or writing."""

from __future__ import annotations

import hashlib
import os
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from enricher.errors import Problem
from enricher.model.edition import Report
from enricher.store.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from enricher.model.feed import FeedConfig

Looks = dict[str, list[int]]
"""Size and time of change (nanoseconds) of published files, by path below the output folder."""


@dataclass(frozen=True, slots=True)
class Settled:
    """An edition that stands: what it was made of, what it looks like, and its report."""

    inputs: str
    """Digest of everything but the source; see `inputs_of`."""
    source: str
    """SHA-256 of the source in hex."""
    title: str
    """The source's, by which its summaries are found."""
    until: float
    """When a transcript or chapters file has to be asked for again, in epoch seconds."""
    files: Looks
    report: Mapping[str, Any]

    @classmethod
    def from_json(cls, state: Mapping[str, Any] | None) -> Settled | None:
        """Read what the store kept; None for nothing, or for what another version kept."""
        try:
            return cls(**state) if state else None
        except TypeError:
            return None

    def as_json(self) -> dict[str, Any]:
        """Give what the store keeps."""
        return asdict(self)

    def stands(self, output: Path) -> bool:
        """Tell whether every published file is as it was left."""
        return looks_of(output, self.files) == self.files

    def told(self, name: str) -> Report:
        """Give the report of an edition that stands."""
        numbers = {key: self.report[key] for key in ("items", "matched", "timed", "chapters")}
        problems = tuple(Problem(**one) for one in self.report["problems"])
        return Report(name, "unchanged", **numbers, problems=problems)


def summed_up(report: Report, passing: Collection[Problem]) -> dict[str, Any]:
    """Give what stays true of a report as long as nothing changes; `passing` are problems that are told once."""
    problems = [asdict(problem) for problem in report.problems if problem not in passing]
    numbers = {"items": report.items, "matched": report.matched, "timed": report.timed, "chapters": report.chapters}
    return numbers | {"problems": problems}


def inputs_of(feed: FeedConfig, reserved: frozenset[str], summaries: str) -> str:
    """Digest everything that an edition is made of beside its source: code, configuration, summaries' digest."""
    return _digest([fingerprint(), repr(feed), feed.url, feed.token, _folders(reserved), summaries])


@cache
def _folders(reserved: frozenset[str]) -> str:
    return _digest(sorted(reserved))


def _digest(parts: Sequence[str]) -> str:
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def looks_of(output: Path, paths: Iterable[str]) -> Looks | None:
    """Look at published files; None where one is missing."""
    try:
        found = {path: os.stat(f"{output}/{path}") for path in paths}  # noqa: PTH116 many files
    except OSError:
        return None
    return {path: [one.st_size, one.st_mtime_ns] for path, one in found.items()}
