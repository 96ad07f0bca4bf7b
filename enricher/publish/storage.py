"""What publishing needs of the place where files are published: a folder and an object store have it alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path


class Stat(NamedTuple):
    """What a listing tells of a file."""

    size: int
    """In bytes."""
    version: str
    """Another one whenever the file changes: of a folder the time of change, of an object store the ETag."""
    modified: float
    """When it was written or renewed, in epoch seconds."""


class Storage(Protocol):
    """Files by their paths. Whatever cannot be done raises PublishError, which says what to do."""

    def shown(self, path: str = "") -> str:
        """Return where a file is published, for people."""

    def stat(self, path: str) -> Stat | None:
        """Return what is known of a file without reading it, None where there is none."""

    def files(self, folder: str) -> Mapping[str, Stat]:
        """Return the files in a folder by name, not those below it; the root is the empty name."""

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file, None where there is none."""

    def write(self, files: Mapping[str, bytes | Path]) -> None:
        """Write files, each whole or not at all, in any order; return when they outlive whatever happens.

        A path's content are bytes, or a file in a folder of `scratch`, which may be moved away.
        """

    def renew(self, paths: Iterable[str], now: float) -> None:
        """Let the age of files begin now, of those that are there."""

    def delete(self, paths: Iterable[str]) -> None:
        """Delete files."""

    def scratch(self) -> AbstractContextManager[Path]:
        """Make a folder on this machine's disk for what waits; it is deleted at the end."""

    def tidy(self, paths: Iterable[str], now: float) -> None:
        """Delete what killed runs left half-written beside these files, once it is an hour old."""

    def clean_up(self) -> None:
        """Delete all that a killed run left half-written; only for the holder of the run's lock."""
