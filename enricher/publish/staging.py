"""Files of one edition that wait, whole, on this machine's disk until it is published, or are thrown away with it.

Pages and transcripts of hundreds of items would not fit into memory; and an edition that is refused leaves no page.
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

from enricher.model.edition import File
from enricher.publish.atomic import refused, write_new
from enricher.publish.file_names import check_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enricher.model.state import Stamp
    from enricher.publish.storage import Storage


class Staging:
    """The waiting files of one edition; `known` are stamps of what was published before. `dry`: nothing is written."""

    def __init__(self, storage: Storage, known: Mapping[str, Stamp], *, dry: bool) -> None:
        self._storage, self.known, self.dry = storage, known, dry
        self._waiting: dict[str, Path | None] = {}
        """Where each file waits, by its path; None in a dry run."""
        self._stack = ExitStack()
        self._folder: Path | None = None

    def __enter__(self) -> Self:
        """Use it in a `with`: what was not published is deleted at its end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Delete what still waits."""
        self._stack.close()

    @property
    def changed(self) -> tuple[str, ...]:
        """The paths of the files that differ from what is published, in the order in which they came."""
        return tuple(self._waiting)

    def holds(self, file: File) -> bool:
        """Check whether a file is published with the bytes that are remembered, or waits. Raises PublishError."""
        return file.path in self._waiting or self.stands(file.path, file.digest, file.size)

    def stands(self, path: str, digest: str, size: int) -> bool:
        """Check whether a file is published with bytes of this SHA-256 and size. Raises PublishError."""
        found = self._storage.stat(path)
        if found is None or found.size != size:
            return False
        known = self.known.get(path)
        if known is not None and known[1:] == (found.size, found.version):
            return known[0] == digest  # 400 pages are looked at in a millisecond; to read them takes 50
        return digest_of(self._storage.read(path) or b"") == digest

    def equals(self, path: str, body: bytes) -> bool:
        """Check whether a file is published with these bytes. Raises PublishError."""
        found = self._storage.stat(path)
        return found is not None and found.size == len(body) and self.stands(path, digest_of(body), len(body))

    def is_as_known(self, path: str) -> bool:
        """Check whether a file stands as it was published before. Raises PublishError."""
        found, known = self._storage.stat(path), self.known.get(path)
        return found is not None and known is not None and known[1:] == (found.size, found.version)

    def kept(self, start: str) -> tuple[File, ...]:
        """Return the files that were published before whose paths begin so."""
        return tuple(File(path, *stamp[:2]) for path, stamp in self.known.items() if path.startswith(start))

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Make a folder for what is made in between, which is deleted again. Raises PublishError."""
        with TemporaryDirectory(dir=self._disk()) as folder:
            yield Path(folder)

    def add(self, path: str, body: bytes) -> File:
        """Take a file in. Raises PublishError."""
        check_name(path)
        file = File(path, digest_of(body), len(body))
        if self.holds(file):
            return file
        self._waiting[path] = None
        if not self.dry:
            waiting = self._disk() / str(len(self._waiting))
            try:
                write_new(waiting, body)
            except OSError as error:
                raise refused(error, waiting.parent) from error
            self._waiting[path] = waiting
        return file

    def read(self, path: str) -> bytes:
        """Return the bytes of a file that waits or is published; none where it is neither. Raises PublishError."""
        waiting = self._waiting.get(path)
        return waiting.read_bytes() if waiting else self._storage.read(path) or b""

    def copy(self, path: str, place: Path) -> None:
        """Put a file that waits or is published at a place in a folder of `scratch`. Raises PublishError."""
        waiting = self._waiting.get(path)
        with suppress(OSError):  # a disk without hard links
            if waiting:
                place.hardlink_to(waiting)
                return
        place.write_bytes(self.read(path))

    def waiting(self, path: str) -> Path:
        """Return the file on this machine's disk that waits to be published."""
        found = self._waiting[path]
        assert found is not None  # noqa: S101 a dry run publishes nothing
        return found

    def _disk(self) -> Path:
        if self._folder is None:
            self._folder = self._stack.enter_context(self._storage.scratch())
        return self._folder


def digest_of(body: bytes) -> str:
    """Return the SHA-256 of a file in hex."""
    return hashlib.sha256(body).hexdigest()
